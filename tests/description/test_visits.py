import math

import numpy as np
import pytest
from small_trials import NAN, STRENGTH, TRIAL, VISITS, codebook, cohort_of

from retrostats.data.codebook.types import Outcome, Visit
from retrostats.description.adherence import adherence_rows
from retrostats.description.visits import outcome_summaries

#: Means and SDs in another order of summation; below 2e-15 measured.
SAME = 1e-12


def summary_of(summaries, visit, arm, outcome="pain"):
    (found,) = [s for s in summaries if (s.outcome, s.visit, s.arm) == (outcome, visit, arm)]
    return found


def test_every_outcome_visit_and_arm_by_hand():
    summaries = outcome_summaries(cohort_of())
    assert [(s.visit, s.week, s.arm) for s in summaries] == [
        (visit.label, visit.week, arm) for visit in VISITS for arm in ("control", "retro")
    ]
    week6 = summary_of(summaries, "week 6", "retro")
    assert (week6.label, week6.unit) == ("Pain", "points")
    # 2 3 2 0 of five; changes -4 -2 -2 0
    assert (week6.values.n, week6.values.missing, week6.values.mean) == (4, 1, 1.75)
    assert (week6.change.n, week6.change.missing, week6.change.mean) == (4, 1, -2.0)
    assert week6.change.sd == pytest.approx(math.sqrt(8 / 3), rel=SAME)
    control = summary_of(summaries, "week 3", "control")
    # Seen at week 3 without a baseline: a value and no change.
    assert (control.values.n, control.values.mean) == (3, pytest.approx(14 / 3, rel=SAME))
    assert (control.change.n, control.change.missing, control.change.mean) == (2, 2, -0.5)
    assert summary_of(summaries, "baseline", "retro").change is None


def test_only_members_count_as_missing():
    members = np.array([not math.isnan(person[1][2]) for person in TRIAL])
    week6 = summary_of(outcome_summaries(cohort_of(), members=members), "week 6", "retro")
    assert (week6.values.n, week6.values.missing) == (4, 0)


def test_visits_before_baseline_have_no_change():
    visits = (Visit(label="screening", week=-2.0, values=()), *VISITS)
    trial = [(arm, (9.0, *pain), *rest) for arm, pain, *rest in TRIAL]
    summaries = outcome_summaries(cohort_of(trial, book=codebook(visits=visits)))
    assert summary_of(summaries, "screening", "retro").values.mean == 9.0
    assert summary_of(summaries, "screening", "retro").change is None
    assert summary_of(summaries, "baseline", "retro").change is None
    assert summary_of(summaries, "week 6", "retro").change.mean == -2.0


def test_several_outcomes_and_one_measured_at_baseline_only():
    strength = Outcome(name="strength", label="Strength", instrument=STRENGTH, column="s")
    book = codebook(outcomes=(*codebook().outcomes, strength))
    values = [(300.0 + i, NAN, NAN) for i in range(len(TRIAL))]
    summaries = outcome_summaries(cohort_of(book=book, outcomes={"strength": values}))
    assert [s.outcome for s in summaries] == ["pain"] * 6 + ["strength"] * 6
    later = summary_of(summaries, "week 6", "control", "strength")
    assert (later.values.n, later.values.missing, later.change.n) == (0, 4, 0)
    assert math.isnan(later.values.mean)
    assert summary_of(summaries, "baseline", "control", "strength").values.mean == 301.5


def test_reordering_subjects_changes_nothing():
    moved = cohort_of(list(reversed(TRIAL)))
    assert repr(outcome_summaries(moved)) == repr(outcome_summaries(cohort_of()))
    assert repr(adherence_rows(moved)) == repr(adherence_rows(cohort_of()))


def test_adherence_by_hand():
    control, retro = adherence_rows(cohort_of())
    assert (control.values.n, control.values.missing, control.share) == (0, 4, None)
    assert (retro.name, retro.label, retro.arm, retro.planned) == (
        "sessions", "Sessions", "retro", 18.0,
    )  # fmt: skip
    # 18 9 3 18 12: mean 12 of 18
    assert (retro.values.n, retro.values.mean, retro.values.median) == (5, 12.0, 12.0)
    assert retro.share == pytest.approx(12 / 18, rel=SAME)
    members = np.array([True] * 5 + [False] * 4)
    assert adherence_rows(cohort_of(), members=members)[1].share == 1.0
    # 18 9 3 18: the mean is 12, the median is not.
    members = np.array([True] * 8 + [False])
    assert adherence_rows(cohort_of(), members=members)[1].share == pytest.approx(2 / 3, rel=SAME)
    assert adherence_rows(cohort_of(book=codebook(adherence=()))) == ()
