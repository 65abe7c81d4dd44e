"""The reference MMRM fits of three arms made with R's mmrm, as a batch of one."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from gaps import Ledger

from retrostats.models.batch.fit import fit_batch

GOLDEN = Path(__file__).parents[2] / "golden" / "mixed" / "trial3"
#: The tolerances of the single fits (tests/models/test_golden_mmrm.py). Measured 5e-10 and 1e-14.
LIKELIHOOD, POLISHED = 1e-11, 1e-8
ARMS = ("control", "forward", "retro")
#: Linear structures have no second derivatives, so that both of our names mean mmrm's "linear".
KINDS = {
    "satterthwaite": "Satterthwaite/",
    "kenward-roger": "Kenward-Roger/linear",
    "kenward-roger-linear": "Kenward-Roger/linear",
}


def arrays(outcome):
    data = pd.read_csv(GOLDEN / "data.csv")
    data = data[data["week"] > 0]
    wide = data.pivot_table(index="id", columns="week", values=outcome, dropna=False)
    people = data.drop_duplicates("id").set_index("id").loc[wide.index]
    columns = [np.ones(len(people)), people[f"{outcome}_bl"], people["age"], people["sex"] == "M"]
    columns += [people["arm"] == arm for arm in ARMS[1:]]
    y = wide.to_numpy()
    return y, np.isfinite(y), np.column_stack(columns).astype(float)


def one_slope(m, q, shared):
    """Restrict the coefficients of some columns to be equal at all visits."""
    own = [j for j in range(q) if j not in shared]
    restriction = np.zeros((m, q, m * len(own) + len(shared)))
    for a in range(m):
        restriction[a, own, a * len(own) : (a + 1) * len(own)] = np.eye(len(own))
        restriction[a, shared, m * len(own) :] = np.eye(len(shared))
    return restriction.reshape(m * q, -1)


def differences(m, q):
    """Return all pairs of arms at each visit, by their labels."""
    rows = {}
    for a in range(m):
        for i, one in enumerate(ARMS):
            for j, other in enumerate(ARMS[i + 1 :], start=i + 1):
                row = np.zeros(m * q)
                row[a * q + 3 + j] = 1
                if i:
                    row[a * q + 3 + i] = -1
                rows[f"{other} - {one}", a] = row
    return rows


@pytest.mark.parametrize("df", KINDS)
@pytest.mark.parametrize("covariance", ["us", "cs"])
@pytest.mark.parametrize("outcome", ["nrs", "womac"])
def test_three_arms(outcome, covariance, df):
    results = json.loads((GOLDEN / "results.json").read_text(encoding="utf-8"))
    expected = results["mmrm_post_baseline"][f"{outcome}/{covariance}/{KINDS[df]}"]
    y, seen, columns = arrays(outcome)
    m = y.shape[1]
    rows = differences(m, 6)
    fits = fit_batch(
        y,
        seen,
        columns,
        list(rows.values()),
        restriction=one_slope(m, 6, [1, 2, 3]),
        covariance=covariance,
        df=df,
    )
    assert not fits.failed[0]
    assert not fits.alone[0]
    ledger, likelihood = Ledger(), Ledger()
    likelihood.add(fits.loglik[0], expected["loglik"], "loglik")
    weeks = sorted({int(pair["visit"]) for pair in expected["pairs_noadjust"]})
    places = {name: place for place, name in enumerate(rows)}
    for theirs in expected["pairs_noadjust"]:
        place = places[theirs["contrast"], weeks.index(int(theirs["visit"]))]
        se = theirs["SE"]
        ledger.add(fits.estimate[0, place] / se, theirs["estimate"] / se, "pair", least=1)
        ledger.add(fits.se[0, place], se, "se")
        ledger.add(fits.df[0, place], theirs["df"], "df")
        ledger.add(fits.p()[0, place], theirs["p.value"], "p", least=1e-6)
    likelihood.assert_settled(count=1, tolerance=LIKELIHOOD)
    ledger.assert_settled(count=24, tolerance=POLISHED)
