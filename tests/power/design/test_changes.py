"""A design with one thing changed keeps everything else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from retrostats.errors import DataError
from retrostats.power.design.types import TrialDesign, autoregressive, exchangeable


def test_dropout_keeps_its_course(design: TrialDesign) -> None:
    changed = design.with_dropout(0.4)
    assert [arm.dropout[-1] for arm in changed.arms] == [0.4, 0.4]
    assert changed.arms[0].dropout == pytest.approx((0, 0.1, 0.2, 0.4))
    assert changed.arms[1].dropout == pytest.approx((0, 0.4 / 3, 0.8 / 3, 0.4))
    assert replace(changed, arms=design.arms) == design


def test_dropout_follows_the_weeks_where_nobody_left(design: TrialDesign) -> None:
    changed = design.with_dropout(0.0).with_dropout(0.24)
    assert changed.arms[0].dropout == pytest.approx((0, 0.06, 0.12, 0.24))
    with pytest.raises(DataError, match="expected shares from 0 to below 1"):
        design.with_dropout(1.2)


def test_correlation(design: TrialDesign) -> None:
    assert design.with_correlation(0.5).correlation == exchangeable(0.5, 4)
    assert design.with_correlation(0.5, kind="ar1").correlation == autoregressive(0.5, 4)
    with pytest.raises(ValueError, match="expected one of exchangeable, ar1, got 'us'"):
        design.with_correlation(0.5, kind="us")  # type: ignore[arg-type]
    with pytest.raises(DataError, match="not positive definite"):
        design.with_correlation(1.0)


def test_difference_scales_the_course(design: TrialDesign) -> None:
    changed = design.with_difference("retro", "control", -2.0)
    gaps = np.subtract(changed.arm("retro").means, changed.arm("control").means)
    assert gaps == pytest.approx([0, -1, -1.6, -2])
    assert changed.arm("control") == design.arm("control")
    none = design.with_difference("retro", "control", 0.0)
    assert none.arm("retro").means == none.arm("control").means
    again = none.with_difference("retro", "control", -1.2)  # by the weeks: 3, 6, 12
    gaps = np.subtract(again.arm("retro").means, again.arm("control").means)
    assert gaps == pytest.approx([0, -0.3, -0.6, -1.2])


def test_difference_of_what_is_not_there(design: TrialDesign) -> None:
    with pytest.raises(DataError, match=r"there is no arm 'x'\. There are: retro, control"):
        design.with_difference("x", "control", 1)
    with pytest.raises(DataError, match="cannot be compared with itself"):
        design.with_difference("retro", "retro", 1)
