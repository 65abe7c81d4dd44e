"""The names under which estimators of tau squared are known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

from retrostats.arrays import Floats
from retrostats.meta.tau import likelihood, moments

#: Anything that turns estimates and their variances, each of shape ``(k,)``, into tau squared.
TauSquared = Callable[..., float]
TauName = Literal["common", "dl", "pm", "pmm", "reml", "ml", "eb", "sj", "he", "hs", "hsk"]

ESTIMATORS: dict[str, TauSquared] = {
    "common": moments.common,
    "dl": moments.dersimonian_laird,
    "pm": moments.paule_mandel,
    "pmm": moments.paule_mandel_median,
    "reml": likelihood.reml,
    "ml": likelihood.maximum_likelihood,
    "eb": moments.paule_mandel,
    "sj": moments.sidik_jonkman,
    "he": moments.hedges_olkin,
    "hs": moments.hunter_schmidt,
    "hsk": moments.hunter_schmidt_corrected,
}


def find_estimator(tau2: TauName | TauSquared) -> tuple[str, TauSquared]:
    """Return the name of an estimator and the function, of a name or a user's own function."""
    if callable(tau2):
        return getattr(tau2, "__name__", "own function"), tau2
    if tau2 not in ESTIMATORS:
        raise ValueError(
            f"tau2 must be one of {', '.join(get_args(TauName))}, or a function of (y, v); "
            f"got {tau2!r}"
        )
    return tau2, ESTIMATORS[tau2]
