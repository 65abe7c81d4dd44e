import json
from dataclasses import replace

import pytest

from retrostats.models.inference.ftest import FTest
from retrostats.models.margins.anova_table import TIDY_COLUMNS, AnovaTable, NotEstimable

TABLE = AnovaTable(
    "Type III tests of <terms>",
    (
        replace(FTest.from_wald(9.0, 2, 40.0, method="satterthwaite"), label="arm"),
        NotEstimable("arm:visit", "a combination has no rows"),
    ),
)


def test_a_table_reads_as_its_rows():
    assert repr(TABLE).splitlines() == [
        "Type III tests of <terms>",
        "             numerator df  denominator df     F      p",
        "  arm                   2              40  4.50  0.017",
        "  arm:visit  not estimable, a combination has no rows",
    ]
    assert len(TABLE) == 2
    assert [row.label for row in TABLE] == ["arm", "arm:visit"]


def test_markdown_and_json_have_every_row():
    assert TABLE.to_markdown().splitlines() == [
        r"**Type III tests of \<terms\>**",
        "",
        "|  | numerator df | denominator df | F | p |",
        "| --- | ---: | ---: | ---: | ---: |",
        "| arm | 2 | 40 | 4.50 | 0.017 |",
        "| arm:visit | not estimable, a combination has no rows |  |  |  |",
    ]
    stored = json.loads(json.dumps(TABLE.to_dict(), allow_nan=False))
    assert stored["caption"] == TABLE.caption
    assert stored["tests"][0] == TABLE[0].to_dict()
    assert stored["tests"][1] == {
        "label": "arm:visit",
        "not_estimable": "a combination has no rows",
    }
    assert AnovaTable("none", ()).to_dict() == {"caption": "none", "tests": []}


def test_rows_are_found_by_term_and_by_position():
    assert TABLE["arm"] is TABLE[0]
    assert TABLE[-1] is TABLE["arm:visit"]
    with pytest.raises(KeyError, match="no term 'sex'"):
        TABLE["sex"]


def test_tidy_has_a_row_without_numbers_for_what_cannot_be_tested():
    tidy = TABLE.tidy()
    assert tuple(tidy.columns) == TIDY_COLUMNS
    assert tidy.attrs == {"caption": TABLE.caption}
    assert tidy.loc[0, ["term", "statistic", "df_num", "df_den", "method", "note"]].tolist() == [
        "arm",
        4.5,
        2.0,
        40.0,
        "satterthwaite",
        "",
    ]
    assert tidy.loc[1, ["statistic", "df_num", "df_den", "p"]].isna().all()
    assert tidy.loc[1, "note"] == "not estimable, a combination has no rows"
    assert "p" in AnovaTable("none", ()).tidy().columns


def test_html_is_escaped():
    html = TABLE._repr_html_()
    assert "Type III tests of &lt;terms&gt;" in html
    assert "<terms>" not in html
    assert html.index("arm:visit") < html.index('colspan="4"') < html.index("no rows")
    for raw in ("df_num", "df_den", "statistic"):
        assert raw not in html
