"""The example cohort, described by pandas straight from its file."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_trials import RETRO

from retrostats.data.codebook.reading import read_codebook
from retrostats.data.cohort.reading import read_cohort
from retrostats.description.baseline import baseline_table
from retrostats.description.responders import improvement_curves, responder_table
from retrostats.description.visits import outcome_summaries
from retrostats.plan.types import Endpoint, ResponderPlan

EXAMPLE = Path(__file__).parents[2] / "data" / "example_cohort"
#: Sums in another order; below 2e-15 measured.
SAME = 1e-12


@pytest.fixture(scope="module")
def cohort():
    return read_cohort(EXAMPLE / "cohort.csv", read_codebook(EXAMPLE / "codebook.toml"))


@pytest.fixture(scope="module")
def wide():
    """Return pain by subject and visit, with arm and covariates."""
    file = pd.read_csv(EXAMPLE / "cohort.csv", na_values=["-99"])
    pain = file.pivot_table(index="id", columns="visit", values="nrs", dropna=False)
    about = file[file["visit"] == "baseline"].set_index("id")[["group", "age", "kl"]]
    return pain.join(about)


def test_pain_at_every_visit(cohort, wide):
    found = {(s.visit, s.arm): s for s in outcome_summaries(cohort) if s.outcome == "pain"}
    compared = 0
    for arm, rows in wide.groupby("group"):
        for visit in ("baseline", "week 3", "week 6"):
            values, cell = rows[visit], found[visit, arm].values
            assert (cell.n, cell.missing) == (values.count(), values.isna().sum())
            assert (cell.mean, cell.sd, cell.q1, cell.median, cell.q3) == pytest.approx(
                (values.mean(), values.std(), *values.quantile([0.25, 0.5, 0.75])), rel=SAME
            )
            change = found[visit, arm].change
            if change:
                wanted = rows[visit] - rows["baseline"]
                assert (change.n, change.mean, change.sd) == pytest.approx(
                    (wanted.count(), wanted.mean(), wanted.std()), rel=SAME
                )
            compared += 1
    assert compared == 9


def test_table_1(cohort, wide):
    table = baseline_table(cohort, [RETRO])
    arms = dict(tuple(wide.groupby("group")))
    assert dict(zip(table.arms, table.sizes, strict=True)) == {k: len(v) for k, v in arms.items()}
    rows = {(row.name, row.level): row for row in table.rows}
    retro, control = arms["retro"]["age"], arms["control"]["age"]
    wanted = (retro.mean() - control.mean()) / math.sqrt((retro.var() + control.var()) / 2)
    assert rows["age", ""].differences[0] == pytest.approx(wanted, rel=SAME)
    for level in ("1", "2", "3"):
        cells = dict(zip(table.arms, rows["kl_grade", level].cells, strict=False))
        for arm, people in arms.items():
            assert cells[arm].count == (people["kl"].astype(str) == level).sum()


def test_responders_and_curves(cohort, wide):
    endpoint = Endpoint(outcome="pain", week=6.0)
    plan = ResponderPlan(endpoint=endpoint, improvement=0.3, basis="relative")
    table = responder_table(cohort, plan, [RETRO])
    better = wide["baseline"] - wide["week 6"]
    curves = {curve.arm: curve for curve in improvement_curves(cohort, endpoint)}
    for arm in table.arms:
        inside = wide["group"] == arm.arm
        assert (arm.n, arm.missing) == (inside.sum(), (inside & better.isna()).sum())
        # Whole points: tenths of a point are compared as integers.
        enough = np.round(10 * better) >= 3 * wide["baseline"]
        assert arm.responders == (inside & enough).sum()
        amounts = better[inside].dropna()
        for amount, share in zip(curves[arm.arm].improvements, curves[arm.arm].shares, strict=True):
            assert share == pytest.approx((amounts >= amount).mean(), rel=SAME)
