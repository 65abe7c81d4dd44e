import json
from pathlib import Path

import pandas as pd
import pytest

import retrostats as rs
from retrostats.models.results.criteria import information_criteria
from retrostats.models.results.mmrm_fit import STRUCTURES

MIXED = Path(__file__).parents[1] / "golden" / "mixed"
FORMULA = "womac ~ womac_bl + arm * visit"
NOT = "not estimated: depends on earlier columns"


def after():
    trial = pd.read_csv(MIXED / "trial3" / "data.csv")
    return trial[trial["week"] > 0].assign(visit=lambda rows: rows["week"].astype("category"))


def mmrm(data=None, formula=FORMULA, **options):
    data = after() if data is None else data
    return rs.fit_mmrm(formula, data, subject="id", visit="visit", unit="points", **options)


def lmm(**options):
    sleep = pd.read_csv(MIXED / "sleepstudy" / "data.csv")
    options = {"random": "1 + Days", "unit": "ms"} | options
    return rs.fit_lmm("Reaction ~ Days", sleep, subject="Subject", **options)


@pytest.fixture(scope="module")
def fit():
    return mmrm()


@pytest.fixture(scope="module")
def gap():
    """Return a fit with an empty cell, listed before other columns."""
    data = after()
    seen = data[~((data["arm"] == "forward") & (data["week"] == 6))]
    return mmrm(seen)


def test_a_repeated_measures_fit_reads_in_words(fit):
    lines = fit.summary().splitlines()
    assert lines[1] == "Covariance      unstructured covariance of visits 3, 6"
    assert lines[3].startswith("Fitted by       REML; Newton, 4 iterations, largest scaled")
    assert lines[6] == "Criteria        AIC 844.5, BIC 851.1 (SAS: covariance parameters only)"
    start = lines.index("Covariance of the visits, points squared")
    assert lines[start + 1 : start + 4] == [
        "         3       6",
        "  3  80.45   64.16",
        "  6  64.16  143.64",
    ]
    start = lines.index("Coefficients")
    assert lines[start + 1 : start + 4] == repr(fit.coefficients).splitlines()[1:4]
    assert fit.to_dict()["covariance"] == "us"


def test_a_mixed_model_reads_in_words():
    fit = lmm()
    lines = fit.summary().splitlines()
    assert "Criteria        AIC 1755.6, BIC 1774.8 (lme4: all parameters)" in lines
    assert fit.covariance_lines == (
        "Random effects",
        "             SD (ms)  corr. with Intercept",
        "  Intercept   24.74",
        "  Days         5.922                 0.066",
        "  residuals   25.59",
    )
    assert "1 iteration," in fit.summary()
    assert [len(line.split()) for line in lmm(covariance="vc").covariance_lines[2:]] == [2, 2, 2]


def test_criteria_say_what_they_count():
    facts = {"n_rows": 118, "n_subjects": 67, "n_mean": 7, "n_covariance": 3}
    both = information_criteria(-419.2408, method="reml", **facts)
    assert repr(both["sas"]) == "AIC 844.5, BIC 851.1 (SAS: covariance parameters only)"
    assert str(both["lme4"]) == "AIC 858.5, BIC 886.2 (lme4: all parameters)"
    full = information_criteria(-419.2408, method="ml", **facts)["sas"]
    assert str(full) == "AIC 858.5, BIC 880.5 (SAS: all parameters)"


@pytest.mark.parametrize("name", STRUCTURES)
def test_every_structure_has_words(name):
    shown = mmrm(covariance=name).summary()
    assert f"Covariance      {STRUCTURES[name]} covariance of visits 3, 6" in shown


def test_each_group_has_its_covariance():
    shown = mmrm(group="arm").covariance_lines
    titles = [line for line in shown if line.startswith("Covariance")]
    assert titles == [
        f"Covariance of the visits ({arm}), points squared"
        for arm in ("control", "forward", "retro")
    ]


def test_html_has_the_caveats_above_and_no_preformatted_text():
    data = pd.read_csv(MIXED / "trial3" / "data.csv")
    # Three visits as numbers: a straight line, which is a caveat.
    straight = rs.fit_mmrm("womac ~ arm * week", data, subject="id", visit="week")
    view = straight._repr_html_()
    assert "<pre" not in view
    assert view.count("<p style=") == 1
    order = ["Criteria", "Caveat:", "Covariance of the visits", "Coefficients", "arm[T.retro]</th>"]
    assert sorted(map(view.index, order)) == [view.index(words) for words in order]
    shown = straight.summary()
    assert shown.index("Caveat:") < shown.index("Coefficients")


def test_aliased_columns_stay_in_their_place(gap):
    place = gap.names.index("arm[T.forward]:visit[T.6]")
    assert place == len(gap.names) - 2
    text = repr(gap.coefficients).splitlines()[2:]
    assert text[place].split(maxsplit=1) == ["arm[T.forward]:visit[T.6]", NOT]
    assert text[place] in gap.summary().splitlines()
    markdown = gap.coefficients.to_markdown().splitlines()[4:]
    assert NOT in markdown[place]
    for view in (gap.coefficients._repr_html_(), gap._repr_html_()):
        rows = view[view.rindex("<tbody>") :].split("<tr>")[1:]
        assert len(rows) == len(gap.names)
        assert NOT in rows[place]


def test_a_coefficient_table_answers_as_any_table(gap):
    table = gap.coefficients
    assert table["womac_bl"] is table.estimates[1]
    assert type(table[1:3]) is rs.EstimateTable
    assert table[1:3].estimates == table.estimates[1:3]
    with pytest.raises(KeyError, match=r"no estimates are labelled .*there are 'Intercept'"):
        table["arm[T.forward]:visit[T.6]"]
    assert table.tidy().attrs == {"caption": table.caption}
    stored = json.loads(json.dumps(table.to_dict(), allow_nan=False))
    assert stored["aliased"] == ["arm[T.forward]:visit[T.6]"]
    assert len(stored["estimates"]) == len(gap.names) - 1


def test_a_ledger_is_its_sentence(fit):
    assert repr(fit.ledger) == str(fit.ledger)
    assert repr(fit.ledger) == "118 of 136 rows used; 18 left out (outcome missing 18)"


def test_adjusted_differences_keep_their_caption(fit):
    table = fit.differences("arm", by="visit", reference="control", adjust="dunnett")
    assert "Dunnett" in table.tidy().attrs["caption"]
    assert "Dunnett" in table.to_dict()["caption"]
    assert table["retro - control, visit 6"].p == pytest.approx(0.032, abs=5e-4)
    assert repr(table).splitlines()[-1].endswith(" 0.032")
