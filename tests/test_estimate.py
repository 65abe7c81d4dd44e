import json
import math
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from retrostats.estimate import TIDY_COLUMNS, Estimate, EstimateTable, Interval

COLUMNS = ["label", "estimate", "se", "df", "ci_low", "ci_high", "level", "p", "unit"]
#: Two routes of scipy to the same t distribution; 2e-13 measured.
SAME_T = 1e-11


def estimate(**changes):
    given = {"label": "a - b", "value": -2.0, "se": 0.8, "unit": "mm", "df": 31.5} | changes
    return Estimate.from_se(**given)


@given(
    st.floats(-1e6, 1e6),
    st.floats(1e-3, 1e3),
    st.one_of(st.floats(1, 1e4), st.just(math.inf)),
    st.sampled_from([0.5, 0.9, 0.95, 0.99]),
)
def test_interval_and_p_are_those_of_the_t_distribution(value, se, df, level):
    e = Estimate.from_se("x", value, se, unit="", df=df, level=level)
    reference = stats.norm if math.isinf(df) else stats.t(df)
    margin = reference.ppf(0.5 + level / 2) * se
    assert e.ci.low == pytest.approx(value - margin, rel=SAME_T, abs=SAME_T * margin)
    assert e.ci.high == pytest.approx(value + margin, rel=SAME_T, abs=SAME_T * margin)
    assert e.p == pytest.approx(2 * reference.sf(abs(value) / se), rel=1e-8, abs=1e-290)
    assert (e.value, e.se, e.df, e.ci.level) == (value, se, df, level)


def test_p_and_interval_agree_at_the_edge():
    quantile = stats.t(12).ppf(0.975)
    edge = Estimate.from_se("x", quantile, 1.0, unit="", df=12)
    assert edge.p == pytest.approx(0.05, rel=SAME_T)
    assert edge.ci.low == pytest.approx(0, abs=SAME_T)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"se": 0}, "a - b: the standard error must be positive, got 0"),
        ({"se": -1.0}, "a - b: the standard error must be positive, got -1.0"),
        ({"se": math.nan}, "a - b: the standard error must be positive, got nan"),
        ({"se": math.inf}, "a - b: the standard error must be positive, got inf"),
        ({"value": math.nan}, "a - b: the value must be finite, got nan"),
        ({"value": math.inf}, "a - b: the value must be finite, got inf"),
        ({"df": 0}, "a - b: need se > 0 and df > 0, got 0.8 and 0.0"),
        ({"df": -1}, "a - b: need se > 0 and df > 0, got 0.8 and -1.0"),
        ({"df": math.nan}, "a - b: need se > 0 and df > 0, got 0.8 and nan"),
        ({"level": 0}, "a - b: the level must lie between 0 and 1, got 0"),
        ({"level": 1}, "a - b: the level must lie between 0 and 1, got 1"),
        ({"level": 95}, "a - b: the level must lie between 0 and 1, got 95"),
        ({"level": math.nan}, "a - b: the level must lie between 0 and 1, got nan"),
    ],
)
def test_what_cannot_be_is_refused_with_its_own_reason(changes, message):
    with pytest.raises(ValueError, match="a - b") as error:
        estimate(**changes)
    assert str(error.value) == message


@pytest.mark.parametrize("label", [None, 5, math.nan, ["a - b"]])
def test_a_label_that_is_no_text_is_refused(label):
    words = f"the label of an estimate must be text, got {label!r}"
    for make in (lambda: estimate(label=label), lambda: replace(estimate(), label=label)):
        with pytest.raises(ValueError, match="label of an estimate") as error:
            make()
        assert str(error.value) == words
    assert estimate(label=np.str_("a - b")) == estimate()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ci": Interval(1.0, 0.0, 0.95)}, "a - b: the interval 1.0 to 0.0 runs backwards"),
        ({"ci": Interval(math.nan, 0.0, 0.95)}, "a - b: the interval nan to 0.0 runs backwards"),
        ({"p": 1.5}, "a - b: p must lie in 0 to 1, got 1.5"),
        ({"p": -0.1}, "a - b: p must lie in 0 to 1, got -0.1"),
        ({"se": 0.0}, "a - b: need se > 0 and df > 0, got 0.0 and 31.5"),
    ],
)
def test_fields_that_contradict_each_other_are_refused(changes, message):
    with pytest.raises(ValueError, match="a - b") as error:
        replace(estimate(), **changes)
    assert str(error.value) == message


def test_exact_limits_need_not_enclose_the_value_nor_have_a_standard_error():
    e = replace(estimate(), value=0.0, se=math.nan, ci=Interval(0.1, 0.4, 0.9))
    assert (e.value, e.ci.low) == (0.0, 0.1)


def test_a_method_without_a_test_gives_no_p():
    untested = replace(estimate(), p=math.nan)
    assert untested.to_dict()["p"] is None
    row = EstimateTable("", (untested,)).to_markdown().splitlines()[-1]
    assert row.endswith("|  |")


def test_an_estimate_is_frozen():
    with pytest.raises(FrozenInstanceError):
        estimate().value = 0


def test_it_prints_as_a_line_of_a_paper():
    normal = estimate(df=math.inf, level=0.9)
    assert str(estimate()) == "a - b: -2 mm (95% CI -3.63 to -0.369), df 31.5"
    assert str(normal) == "a - b: -2 mm (90% CI -3.32 to -0.684)"
    assert str(estimate(unit="", level=0.975)).startswith("a - b: -2 (97.5% CI ")


@pytest.mark.parametrize("kind", [float, np.float64, np.float32, np.int64])
def test_the_dictionary_is_plain_json_whatever_numbers_came_in(kind):
    e = Estimate.from_se("x", kind(2), kind(1), unit="mm", df=kind(10))
    row = json.loads(json.dumps(e.to_dict(), allow_nan=False))
    assert row == e.to_dict()
    assert list(row) == ["label", "value", "se", "df", "ci", "p", "unit"]
    assert list(row["ci"]) == ["low", "high", "level"]
    assert type(e.value) is type(e.ci.low) is float


def test_what_json_cannot_say_becomes_null():
    e = replace(estimate(df=math.inf), se=math.nan, ci=Interval(-math.inf, 1.0, 0.95))
    row = json.loads(json.dumps(e.to_dict(), allow_nan=False))
    assert row["se"] is row["df"] is row["ci"]["low"] is None
    assert row["ci"]["high"] == 1.0


def test_a_table_has_always_the_same_columns():
    table = EstimateTable("Pain", (estimate(), estimate(label="c - b", df=math.inf)))
    tidy = table.tidy()
    assert list(tidy.columns) == COLUMNS == list(TIDY_COLUMNS)
    assert list(EstimateTable("none", ()).tidy().columns) == COLUMNS
    first = table[0]
    assert tuple(tidy.iloc[0]) == (
        *("a - b", -2.0, 0.8, 31.5, first.ci.low, first.ci.high, 0.95, first.p, "mm"),
    )
    assert len(table) == len(list(table)) == 2
    assert [e.label for e in table] == ["a - b", "c - b"]


TWO = EstimateTable(
    "Differences; p adjusted by Holm", (estimate(), estimate(label="c - b", value=2.0, se=0.041))
)


def exact(**changes):
    """Return an estimate as exact methods give them: without standard error and df."""
    given = {"se": math.nan, "df": math.inf, "ci": Interval(0.14, 0.5571, 0.95), "p": 0.2}
    return replace(estimate(), **({"value": 0.3812} | given | changes))


def test_a_table_prints_aligned_with_standard_errors_and_p():
    assert repr(TWO).splitlines() == [
        "Differences; p adjusted by Holm",
        "         Estimate (mm)      SE    df             95% CI       p",
        "  a - b        -2.000   0.800   31.5  -3.631 to -0.369    0.018",
        "  c - b         2.0000  0.0410  31.5  1.9164 to  2.0836  <0.001",
    ]
    assert str(TWO) == repr(TWO)


def test_without_caption_the_rows_are_not_indented():
    assert repr(EstimateTable("", TWO.estimates)).splitlines()[1].startswith("a - b  ")
    assert repr(EstimateTable("none", ())).splitlines()[0] == "none"


def heads(*estimates):
    return EstimateTable("", estimates).to_markdown().splitlines()[0]


def test_columns_that_say_nothing_are_left_out():
    assert heads(estimate()) == "|  | Estimate (mm) | SE | df | 95% CI | p |"
    assert heads(estimate(df=math.inf)) == "|  | Estimate (mm) | SE | 95% CI | p |"
    assert heads(exact(unit="")) == "|  | Estimate | 95% CI | p |"
    assert heads(exact(), estimate()) == "|  | Estimate (mm) | SE | df | 95% CI | p |"
    rows = EstimateTable("", (exact(), estimate())).layout().rows
    assert [row[2:4] for row in rows] == [("", ""), ("0.800", "31.5")]


def test_units_and_levels_that_differ_get_columns():
    table = EstimateTable("", (estimate(), estimate(unit="SD", level=0.975, df=math.inf)))
    assert table.to_markdown().splitlines() == [
        "|  | Unit | Estimate | SE | df (∞: normal) | CI | Level | p |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
        "| a - b | mm | -2.000 | 0.800 | 31.5 | -3.631 to -0.369 | 95% | 0.018 |",
        "| a - b | SD | -2.000 | 0.800 | ∞ | -3.793 to -0.207 | 97.5% | 0.012 |",
    ]


@pytest.mark.parametrize(
    ("e", "cells"),
    [
        (estimate(value=-9.476, se=3.853, df=57.31), "-9.48 | 3.85 | 57.3 | -17.19 to -1.76"),
        (estimate(value=123456.7, se=38.53, df=12), "123456.7 | 38.5 | 12 | 123372.8 to 123540.6"),
        (estimate(value=98765.4, se=3853.0, df=12), "98765 | 3853 | 12 | 90370 to 107160"),
        (estimate(value=-0.00001, se=0.8, df=9), "0.000 | 0.800 | 9 | -1.810 to 1.810"),
        (estimate(value=2e-5, se=2e-4, df=9), "0.000020 | 0.000200 | 9 | -0.000432 to 0.000472"),
        (exact(), "0.381 | 0.140 to 0.557"),
        (exact(ci=Interval(-math.inf, 40.0, 0.95)), "0.4 | -∞ to 40.0"),
        (exact(ci=Interval(-math.inf, math.inf, 0.95)), "0.381 | -∞ to ∞"),
        (exact(value=0.0, ci=Interval(0.0, 0.0, 0.95)), "0.00 | 0.00 to 0.00"),
    ],
)
def test_a_row_has_the_decimals_of_three_digits_of_its_standard_error(e, cells):
    row = EstimateTable("", (e,)).to_markdown().splitlines()[-1]
    assert row.startswith(f"| a - b | {cells} | ")


def test_estimates_are_found_by_label_by_place_and_by_slice():
    assert TWO["c - b"] is TWO[1] is TWO[-1] is TWO[np.int64(1)]
    part = TWO[1:]
    assert type(part) is EstimateTable
    assert (part.caption, part.estimates) == (TWO.caption, TWO.estimates[1:])
    with pytest.raises(KeyError, match="no estimates are labelled 'x'; there are 'a - b', 'c - b'"):
        TWO["x"]
    with pytest.raises(KeyError, match="2 estimates are labelled 'a - b'; ask by place"):
        EstimateTable("", (estimate(), estimate()))["a - b"]


def test_the_dictionary_of_a_table_has_caption_and_estimates():
    stored = json.loads(json.dumps(TWO.to_dict(), allow_nan=False))
    assert stored == {"caption": TWO.caption, "estimates": [e.to_dict() for e in TWO]}


def test_the_caption_stays_with_a_tidy_frame():
    tidy, other = TWO.tidy(), EstimateTable("Other", TWO.estimates).tidy()
    assert tidy.attrs == {"caption": "Differences; p adjusted by Holm"}
    assert tidy[tidy["p"] < 0.05].attrs == tidy.attrs
    # What pandas compares and joins are the numbers.
    assert tidy.equals(other)
    pd.testing.assert_frame_equal(tidy, other)
    both = pd.concat([tidy, other])
    assert len(both) == 4
    assert both.attrs == {}


def test_the_notebook_view_escapes_caption_and_labels():
    table = EstimateTable("<b>Pain & more</b>", (estimate(label="<i>x</i>"),))
    view = table._repr_html_()
    assert "&lt;b&gt;Pain &amp; more&lt;/b&gt;" in view
    assert "&lt;i&gt;x&lt;/i&gt;" in view
    assert "<i>" not in view
    assert "<b>Pain & more" not in view
    assert "ci_low" not in view
    assert "95% CI" in view
    markdown = table.to_markdown()
    assert r"\<b\>Pain \& more\</b\>" in markdown
