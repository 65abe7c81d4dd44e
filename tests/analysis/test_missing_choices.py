"""What is refused of the choices of an analysis of missing outcomes, and in which words."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from retrostats.analysis.analyse import analyse
from retrostats.analysis.missing_choices import Choices
from retrostats.analysis.missing_data import analyse_missing, tipping_point
from retrostats.analysis.missing_scores import missing_scores
from retrostats.data.catalogue import data_folder
from retrostats.errors import DataError

FOLDER = data_folder() / "example_cohort"


def test_the_usual_standard_error_follows_from_the_imputation() -> None:
    assert Choices().way == "jackknife"
    assert Choices(inference="bootstrap").way == "bootstrap"
    assert Choices(imputation="posterior draws").way == "rubin"
    assert Choices(imputation="predictive mean matching").way == "rubin"


@pytest.mark.parametrize("asked", [analyse, analyse_missing, tipping_point])
def test_what_is_no_cohort_is_told(cohort, plan, asked) -> None:
    for given in (str(FOLDER / "cohort.csv"), cohort.frame):
        with pytest.raises(DataError) as error:
            asked(given, plan)
        assert str(error.value) == (
            f"{asked.__name__}: expected a cohort, got {type(given).__name__}; "
            "rs.read_cohort(file, codebook) reads one"
        )
    with pytest.raises(DataError, match="missing_scores: expected a cohort, got DataFrame"):
        missing_scores(cohort.frame, plan)


CONTRADICTIONS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"seed": 1}, "nothing is drawn with inference='jackknife', so a seed does nothing"),
    ({"inference": "bootstrap"}, "inference='bootstrap' draws random numbers and needs a seed"),
    (
        {"strategy": "MAR", "seed": 1},
        r"unknown strategy 'MAR'; expected .* carried forward; nothing is drawn with",
    ),
)


@pytest.mark.parametrize("asked", [analyse_missing, tipping_point])
@pytest.mark.parametrize(("given", "told"), CONTRADICTIONS)
def test_a_contradiction_is_told_under_the_name_that_was_called(
    cohort, plan, asked, given, told
) -> None:
    with pytest.raises(ValueError, match=f"^{asked.__name__}: {told}"):
        asked(cohort, plan, **given)


DELTAS: tuple[tuple[Any, type[Exception], str], ...] = (
    ({"retro": "1"}, ValueError, "finite numbers, in points; got '1' of retro$"),
    (
        {"retro": True, "control": math.nan},
        ValueError,
        "finite numbers, .*; got True of retro, nan of control$",
    ),
    (1.0, TypeError, r"numbers by arm, as in deltas=\{'forward': 1.0\}; got 1.0$"),
    ([1.0], TypeError, r"numbers by arm, .*; got \[1.0\]$"),
)


@pytest.mark.parametrize(("deltas", "kind", "told"), DELTAS)
def test_deltas_are_numbers_by_arm(cohort, plan, deltas, kind, told) -> None:
    with pytest.raises(kind, match=f"^analyse_missing: deltas must be {told}"):
        analyse_missing(cohort, plan, deltas=deltas)


def test_the_assumption_tells_the_shift(cohort, plan) -> None:
    worse = {"retro": 1, "control": np.float64(-0.5), "forward": 0}
    found = analyse_missing(cohort, plan, deltas=worse)
    assert found.assumption == (
        "missing at random, but 0.5 points lower in control and 1 point higher in retro"
    )
    none = analyse_missing(cohort, plan, deltas={})
    assert none.estimate == analyse_missing(cohort, plan, deltas={"retro": 0}).estimate
    assert none.assumption == "missing at random"
