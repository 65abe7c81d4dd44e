"""The names under which estimators of tau squared are known."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal, SupportsFloat, get_args

from retrostats.arrays import Floats
from retrostats.errors import FitError
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

#: Name of a function that has none.
_OWN = "own function"

#: As a paper calls them.
ESTIMATOR_WORDS: dict[str, str] = {
    "common": "common effect",
    "dl": "DerSimonian-Laird",
    "pm": "Paule-Mandel",
    "pmm": "median-unbiased Paule-Mandel",
    "reml": "restricted maximum likelihood",
    "ml": "maximum likelihood",
    "eb": "empirical Bayes",
    "sj": "Sidik-Jonkman",
    "he": "Hedges",
    "hs": "Hunter-Schmidt",
    "hsk": "Hunter-Schmidt, corrected for few trials",
}


def find_estimator(tau2: TauName | TauSquared) -> tuple[str, TauSquared]:
    """Return the name of an estimator and the function, of a name or a user's own function.

    Parameters
    ----------
    tau2
        A name of `TauName`, or a function of ``(y, v)``.

    Returns
    -------
    name, function
        A function that stands in `ESTIMATORS` gets its name there back; one without a name of its
        own is called "own function".

    Raises
    ------
    ValueError
        If the name is unknown.

    Examples
    --------
    >>> name, function = find_estimator("reml")
    >>> find_estimator(function)[0]
    'reml'
    """
    if callable(tau2):
        known = next((name for name, each in ESTIMATORS.items() if each is tau2), None)
        own = getattr(tau2, "__name__", "<lambda>")
        return known or (own if own != "<lambda>" and isinstance(own, str) else _OWN), tau2
    if tau2 not in tuple(ESTIMATORS):  # a tuple: what has no hash is refused like any other
        raise ValueError(
            f"tau2 must be one of {', '.join(get_args(TauName))}, or a function of (y, v); "
            f"got {tau2!r}"
        )
    return tau2, ESTIMATORS[tau2]


def estimate_tau2(name: str, function: TauSquared, y: Floats, v: Floats) -> float:
    """Return tau squared by a function, which must give one finite number of 0 or more.

    Parameters
    ----------
    name, function
        As `find_estimator` returns them.
    y, v
        Trial estimates and sampling variances, shape ``(k,)``.

    Raises
    ------
    FitError
        If the function gives anything else.

    Examples
    --------
    >>> import numpy as np
    >>> estimate_tau2("mine", lambda y, v: np.ptp(y), np.array([0.25, 0.5]), np.array([1.0, 1.0]))
    0.25
    """
    given: object = function(y, v)
    try:
        value = float(given) if isinstance(given, SupportsFloat) else math.nan
    except (TypeError, ValueError):
        value = math.nan
    if not 0 <= value < math.inf:
        raise FitError(
            f"the estimator of tau2 {name!r} gave {given!r}; a function of (y, v) has to return "
            "one finite number of 0 or more"
        )
    # A function may give -0.0, which would be printed with its sign.
    return abs(value)
