"""Reference-based imputation against R: nlme for the model, and the rules of rbmi.

``tests/golden/missing/script.R`` makes the numbers in R, by a program of our own. The functions of
rbmi's source (strategies, conditional distribution, jackknife, Rubin's rules), transcribed and run
on the same fits outside this repository, gave its numbers to 1e-14.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import retrostats as rs
from retrostats.missing import filling_scores, posterior
from retrostats.missing.ancova import ancova_many
from retrostats.missing.estimate import missing_estimate
from retrostats.missing.filling import conditional_means
from retrostats.missing.reference import imputation_means
from retrostats.missing.shifted import imputed_analyses
from retrostats.missing.types import MissingRequest, VisitScores

FOLDER = Path(__file__).parents[1] / "golden" / "missing"
#: Sums and linear solutions of the same numbers; 1.3e-14 measured.
CLOSED = 1e-11
#: Two programs that look for the same largest likelihood, the second until nothing moves: 2.3e-13
#: measured in coefficients, 3.6e-13 in limits of the jackknife's intervals.
SEARCHED = 1e-9
#: nlme's `gls` alone stops earlier: 2.2e-7 measured.
GLS = 2e-6
STRATEGIES = {
    "MAR": "missing at random",
    "JR": "jump to reference",
    "CR": "copy reference",
    "CIR": "copy increments in reference",
    "LMCF": "last mean carried forward",
}


@cache
def reference() -> dict[str, Any]:
    return json.loads((FOLDER / "ref.json").read_text())


@cache
def frame() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "data.csv")


@cache
def scores() -> VisitScores:
    arms = ("control", "retro", "forward")
    return VisitScores(
        y=frame().iloc[:, 4:].to_numpy(float),
        arm=np.array([arms.index(each) for each in frame()["arm"]]),
        covariates=frame()[["baseline", "man"]].to_numpy(float),
        names=("baseline", "man"),
        arms=arms,
        visits=tuple(frame().columns[4:]),
    )


def asked(row: dict[str, Any]) -> MissingRequest:
    arms, visits = len(scores().arms), len(scores().visits)
    shifts = tuple((row["delta"] * (code == 1),) * visits for code in range(arms))
    return MissingRequest(
        strategy=STRATEGIES[row["strategy"]],
        visit=row["visit"] - 1,
        treatment=row["arm"] - 1,
        comparator=0,
        reference=0,
        delta=shifts if row["delta"] else (),
    )


def test_the_trial_has_every_kind_of_gap():
    seen = scores().seen
    last = np.where(seen.any(axis=1), 4 - np.argmax(seen[:, ::-1], axis=1), 0)
    between = seen.sum(axis=1) < last
    assert np.bincount(last, minlength=5).tolist() == [2, 4, 5, 7, 36]
    # Gaps of those who stayed, and of those who left later: 5 of retro, 1 of forward.
    assert (between & (last == 4)).sum() == 7
    assert np.bincount(scores().arm[between & (last < 4)]).tolist() == [0, 5, 1]


def test_the_model_is_that_of_nlme():
    long = frame().melt(["id", "arm", "baseline", "man"], var_name="week", value_name="pain")
    long["week"] = pd.Categorical(long["week"], scores().visits)
    fit = rs.fit_mmrm(
        "pain ~ 0 + week + week:arm + week:baseline + week:man",
        long.assign(arm=pd.Categorical(long["arm"], scores().arms)),
        subject="id",
        visit="week",
    )
    assert fit.loglik == pytest.approx(reference()["loglik"], abs=SEARCHED)
    assert fit.sigma == pytest.approx(np.array(reference()["sigma"]), abs=SEARCHED)
    assert fit.sigma == pytest.approx(np.array(reference()["gls"]["sigma"]), abs=GLS)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_conditional_means_are_those_of_rbmi(strategy):
    beta, sigma = (np.array([reference()[name]]) for name in ("beta", "sigma"))
    means = imputation_means(scores(), beta, STRATEGIES[strategy], 0)
    (found,) = conditional_means(scores().y, means, sigma)
    gaps = found.T[~scores().seen.T]  # R goes down the columns
    assert gaps.shape == (52,)
    assert gaps == pytest.approx(np.array(reference()["completed"][strategy]), abs=CLOSED)


@pytest.fixture
def fitted_once(monkeypatch):
    """Fit each set of resamples once: no fit hangs on the strategy, the visit or the contrast."""
    from retrostats.models.batch import fit

    kept, really = {}, fit.fit_batch

    def again(*arrays, multiplicity, **options):
        key = multiplicity.tobytes()
        if key not in kept:
            kept[key] = really(*arrays, multiplicity=multiplicity, **options)
        return kept[key]

    monkeypatch.setattr(fit, "fit_batch", again)
    return kept


def test_effects_and_jackknife_are_those_of_r(fitted_once):
    rows = reference()["conditional"]
    assert len(rows) == 5 * 4 * 2 * 2  # strategies, visits, arms against control, shifts
    for row in rows:
        found = missing_estimate(scores(), asked(row)).estimate
        numbers = (found.value, found.se, found.ci.low, found.ci.high, found.p)
        wanted = [row[name] for name in ("estimate", "se", "lower", "upper", "p")]
        assert numbers == pytest.approx(wanted, abs=SEARCHED), row
    assert len(fitted_once) == 2


def test_gls_alone_gives_them_as_closely_as_it_converges():
    exact = [row for row in reference()["conditional"] if not row["delta"]]
    rough = reference()["by_gls_alone"]
    assert len(rough) == len(exact) == 40
    for one, other in zip(rough, exact, strict=True):
        assert (one["estimate"], one["se"]) == pytest.approx(
            (other["estimate"], other["se"]), abs=GLS
        )


def test_given_draws_are_analysed_and_pooled_as_by_lm_and_mice():
    row = {"strategy": "JR", "delta": 0, "visit": 4, "arm": 2}
    parts = imputed_analyses(scores(), asked(row), np.array(reference()["draws"]))
    assert (parts.replicates, parts.df, len(reference()["pooled"])) == (7, 49, 2)
    for wanted in reference()["pooled"]:
        found = parts.pooled(np.array([[0.0, wanted["delta"], 0.0]]))
        for name in ("estimate", "df", "within", "between", "riv", "fmi"):
            assert getattr(found, name)[0] == pytest.approx(wanted[name], rel=CLOSED), name
        assert np.sqrt(found.variance[0]) == pytest.approx(wanted["se"], rel=CLOSED)


def test_draws_of_imputed_data_sets_and_of_analyses_have_the_means_of_rbmi(monkeypatch):
    # At week 2 the gaps are of subjects who left later: under copy reference copies as well. The
    # parameters stay those of R, so that only scores are drawn.
    (row,) = [
        row
        for row in reference()["conditional"]
        if (row["strategy"], row["delta"], row["visit"], row["arm"]) == ("CR", 0, 1, 2)
    ]
    fixed = [np.array(reference()[name]) for name in ("beta", "sigma")]

    def parameters(_y, _columns, count, **_):
        beta, sigma = (np.broadcast_to(each, (count, *each.shape)) for each in fixed)
        return SimpleNamespace(beta=beta, sigma=sigma)

    monkeypatch.setattr(posterior, "posterior_draws", parameters)
    monkeypatch.setattr(filling_scores, "posterior_draws", parameters)
    request = replace(
        asked(row), imputation="posterior draws", inference="rubin", imputations=1000, seed=3
    )
    analysed = missing_estimate(scores(), request)
    filled = filling_scores.completed_scores(
        scores(), 1000, rng=np.random.default_rng(4), strategy="copy reference", reference=0
    )
    columns = scores().subject_columns
    values = ancova_many(filled[:, :, 0], columns, np.eye(columns.shape[1])[1]).values
    # Their own means in these gaps would move the effect by 0.06, fifteen errors.
    for value, variance in (
        (analysed.estimate.value, analysed.between),
        (values.mean(), values.var(ddof=1)),
    ):
        assert abs(value - row["estimate"]) < 3.5 * np.sqrt(variance / 1000)
