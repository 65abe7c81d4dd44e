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
        "  arm: F(2, 40) = 4.5, p = 0.0173",
        "  arm:visit: not estimable, a combination has no rows",
    ]
    assert len(TABLE) == 2
    assert [row.label for row in TABLE] == ["arm", "arm:visit"]


def test_rows_are_found_by_term_and_by_position():
    assert TABLE["arm"] is TABLE[0]
    assert TABLE[-1] is TABLE["arm:visit"]
    with pytest.raises(KeyError, match="no term 'sex'"):
        TABLE["sex"]


def test_tidy_has_a_row_without_numbers_for_what_cannot_be_tested():
    tidy = TABLE.tidy()
    assert tuple(tidy.columns) == TIDY_COLUMNS
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
    assert "arm:visit" in html
