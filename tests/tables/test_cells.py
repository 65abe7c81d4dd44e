"""How many decimals the numbers of a table have."""

from retrostats.estimate import Estimate
from retrostats.layout import number
from retrostats.tables.cells import estimate_places


def test_a_limit_is_not_written_as_0_where_the_interval_excludes_0():
    near = Estimate.from_se("retro - control", -0.667, 0.33928, unit="points")
    assert near.ci.high < 0
    assert number(near.ci.high, 2) == "0.00"
    assert estimate_places([near]) == 3
    across = Estimate.from_se("retro - control", -0.667, 0.36, unit="points")
    assert estimate_places([across]) == 2
    assert estimate_places([across, near]) == 3
