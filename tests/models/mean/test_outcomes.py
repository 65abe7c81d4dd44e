"""The outcome left of the tilde: what is computed is what was written, or nothing is."""

import numpy as np
import pandas as pd
import pytest

import retrostats as rs
from retrostats.errors import DataError
from retrostats.models.frame.model_frame import model_frame
from retrostats.models.mean.formula import read_formula

#: The same sums of doubles, perhaps in another order; no gap measured.
SAME = 1e-12


def trial(seed=2):
    random = np.random.default_rng(seed)
    n = 24
    return pd.DataFrame(
        {
            "womac": random.gamma(9.0, size=2 * n),
            "womac_bl": np.repeat(random.gamma(9.0, size=n), 2),
            "arm": np.repeat(["retro", "forward"], n),
            "visit": np.tile([3, 6], n),
            "id": np.repeat(np.arange(n), 2),
        }
    )


@pytest.mark.parametrize("fit", [rs.fit_mmrm, rs.fit_lmm])
@pytest.mark.parametrize(
    "outcome",
    [
        "womac - womac_bl",
        "womac + womac_bl",
        "womac * womac_bl",
        "womac / womac_bl",
        "womac:womac_bl",
        "womac ** 2",
        "womac %in% womac_bl",
        "(womac - womac_bl)",
        "{womac} - womac_bl",
        "womac - 1",
    ],
)
def test_an_outcome_with_an_operator_reaches_no_fit(fit, outcome):
    roles = {"visit": "visit"} if fit is rs.fit_mmrm else {}
    with pytest.raises(DataError, match=r"exactly one outcome .* computed outcome"):
        fit(f"{outcome} ~ arm * C(visit)", trial(), subject="id", **roles)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("{womac - womac_bl}", lambda d: d["womac"] - d["womac_bl"]),
        ("I(womac - womac_bl)", lambda d: d["womac"] - d["womac_bl"]),
        ("{womac * womac_bl}", lambda d: d["womac"] * d["womac_bl"]),
        ("{100 * (womac / womac_bl - 1)}", lambda d: 100 * (d["womac"] / d["womac_bl"] - 1)),
        ("np.log(womac)", lambda d: np.log(d["womac"])),
        ("np.log(womac / womac_bl)", lambda d: np.log(d["womac"] / d["womac_bl"])),
        ("(womac)", lambda d: d["womac"]),
    ],
)
def test_a_computed_outcome_is_what_pandas_computes(outcome, expected):
    data, right = trial(), "arm * C(visit)"
    computed = data.assign(change=expected)
    frame = model_frame(read_formula(f"{outcome} ~ {right}"), data, subject="id")
    np.testing.assert_allclose(frame.outcome, computed["change"], rtol=SAME)
    roles = {"subject": "id", "visit": "visit", "covariance": "cs"}
    first = rs.fit_mmrm(f"{outcome} ~ {right}", data, **roles)
    second = rs.fit_mmrm(f"change ~ {right}", computed, **roles)
    for mine, theirs in zip(first.coefficients, second.coefficients, strict=True):
        assert mine.value == pytest.approx(theirs.value, rel=1e-9, abs=1e-9)
        assert mine.se == pytest.approx(theirs.se, rel=1e-9)
