"""Marginal means and tests of terms: every cell as printed."""

import math

import pytest

from retrostats.estimate import Estimate, EstimateTable
from retrostats.tables import models


def mean(label, value, *, unit="points", level=0.95):
    return Estimate.from_se(label, value, 0.382, unit=unit, df=math.inf, level=level)


MEANS = {
    "week 3": EstimateTable("", (mean("control", 5.451), mean("retro", 5.0))),
    "week 6": EstimateTable("", (mean("control", 4.7), mean("retro", -0.001))),
}


def test_means_as_printed():
    layout = models.means_layout(MEANS, names={"retro": "Retro walking"})
    assert layout.header == ("", "Mean (points)", "SE", "95% CI")
    assert layout.rows == (
        ("week 3", "", "", ""),
        ("control", "5.45", "0.38", "4.70 to 6.20"),
        ("Retro walking", "5.00", "0.38", "4.25 to 5.75"),
        ("week 6", "", "", ""),
        ("control", "4.70", "0.38", "3.95 to 5.45"),
        ("Retro walking", "0.00", "0.38", "-0.75 to 0.75"),
    )
    assert layout.indents == (0, 1, 1, 0, 1, 1)


@pytest.mark.parametrize("other", [mean("x", 1.0, unit="mm"), mean("x", 1.0, level=0.9), None])
def test_means_share_unit_and_level(other):
    tables = {} if other is None else MEANS | {"week 9": EstimateTable("", (other,))}
    with pytest.raises(ValueError, match="at least one mean, all in one unit and at one level"):
        models.means_layout(tables)


def test_means_for_machines():
    header, rows = models.means_rows(MEANS)
    assert header[:4] == ("visit", "arm", "unit", "estimate")
    assert rows[0][:5] == ("week 3", "control", "points", 5.451, 0.382)
    assert len(rows) == 4


def test_tests_as_printed():
    tests = [("arm", 2.0, 61.31, 4.214, 0.0194), ("visit", 1.0, 60.0, 33.1, 1e-7)]
    layout = models.tests_layout(tests, caption="Type III tests")
    assert layout.caption == "Type III tests"
    assert layout.rows == (
        ("arm", "2", "61.3", "4.21", "0.019"),
        ("visit", "1", "60.0", "33.10", "<0.001"),
    )
    header, rows = models.tests_rows(tests)
    assert header == ("term", "df_numerator", "df_denominator", "f", "p")
    assert rows == tuple(tests)
