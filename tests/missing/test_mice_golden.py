"""Posterior draws and predictive mean matching against mice, within the error of both draws.

``tests/golden/missing/mice.R`` makes the numbers, on the subjects of ``data.csv`` without gaps
before a visit that was seen: there one pass of mice, visit by visit, is what is done here.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from retrostats.missing.ancova import ancova_many
from retrostats.missing.filling_scores import completed_scores
from retrostats.missing.matching import nearest_donors
from retrostats.missing.rubin import rubin
from retrostats.missing.types import VisitScores

from .test_reference_golden import FOLDER, scores

#: Standard errors that two means of draws may differ by; 1.5 measured.
ERRORS = 4.0
#: Shares of donors in 8,000 draws of mice and as many here: six standard errors of a share of a
#: fifth; 3.2 of them measured, the largest of 35.
SHARE = 6 * np.sqrt(2 * 0.2 * 0.8 / 8000)
KINDS = {"norm": "posterior draws", "pmm": "predictive mean matching"}


@cache
def reference() -> dict[str, Any]:
    return json.loads((FOLDER / "mice.json").read_text())


def monotone() -> VisitScores:
    whole = scores()
    kept = np.isin(np.arange(1, len(whole.y) + 1), reference()["subjects"])
    return replace(whole, y=whole.y[kept], arm=whole.arm[kept], covariates=whole.covariates[kept])


def drawn(kind: str, arm: int) -> np.ndarray:
    """Return the effect of an arm at the last visit in each of 1,000 data sets."""
    data = monotone()
    filled = completed_scores(data, 1000, rng=np.random.default_rng(1), imputation=KINDS[kind])
    return ancova_many(filled[:, :, 3], data.subject_columns, np.eye(5)[arm]).values


@pytest.mark.parametrize("kind", KINDS)
def test_the_mean_of_many_data_sets_is_that_of_mice(kind):
    assert len(monotone().y) == 41
    for arm, name in ((1, "retro"), (2, "forward")):
        found, wanted = drawn(kind, arm), reference()[kind]
        error = np.hypot(found.std(ddof=1) / np.sqrt(1000), wanted[f"error_{name}"])
        assert abs(found.mean() - wanted[name]) < ERRORS * error


def test_the_spread_of_matched_data_sets_is_that_of_mice():
    for arm, name in ((1, "retro"), (2, "forward")):
        wanted = reference()["pmm"][f"error_{name}"] * np.sqrt(2000)
        # Two SDs of 1,000 and 2,000 draws: 2.7% each way; 4% measured.
        assert drawn("pmm", arm).std(ddof=1) == pytest.approx(wanted, rel=0.1)


def test_the_donors_are_those_of_mice():
    fitted, places = np.array([reference()["fitted"]]), len(reference()["fitted"])
    for wanted, shares in zip(reference()["wanted"], reference()["shares"], strict=True):
        asked, rng = np.full((1, 8000), wanted), np.random.default_rng(2)
        found = nearest_donors(fitted, asked, rng, donors=5)
        mine = np.bincount(found[0], minlength=places) / 8000
        assert np.flatnonzero(mine).tolist() == np.flatnonzero(shares).tolist()
        assert len(np.flatnonzero(mine)) == 5
        assert mine == pytest.approx(np.array(shares), abs=SHARE)


def test_without_variance_between_mice_keeps_a_little_of_it():
    # mice takes a share of missing information of at least 1e-4; so the df are nearly ours of the
    # formula, and ours of the complete analysis are 49.
    formula = 49 * 50 / 52
    assert reference()["df_no_variance_between"] == pytest.approx(formula, rel=2e-4)
    assert reference()["df_no_variance_between"] < formula
    same = np.ones((3, 1))
    assert rubin(same, same / 4, 49.0).df[0] == 49
