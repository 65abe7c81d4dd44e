"""p values of several planned tests that share one error rate."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from retrostats.models.margins.multiplicity import step_down


def holm(p: Sequence[float]) -> tuple[float, ...]:
    """Adjust p values by Holm's step-down method, valid under any dependence.

    Parameters
    ----------
    p
        Two-sided p values, in any order.

    Returns
    -------
    tuple of float
        In the same order, none above 1.

    References
    ----------
    Holm S. A simple sequentially rejective multiple test procedure. Scand J Stat 1979;6:65-70.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03])
    (0.03, 0.06, 0.06)
    """
    return tuple(step_down(np.asarray(p, dtype=float)).tolist())


def hierarchical(p: Sequence[float]) -> tuple[float, ...]:
    """Adjust p values of tests made in a fixed order, each only while all before it succeed.

    Parameters
    ----------
    p
        Two-sided p values in the order of the plan.

    Returns
    -------
    tuple of float
        The largest p value up to and including each: below a level exactly when that test is
        reached and succeeds at that level.

    References
    ----------
    Maurer W, Hothorn LA, Lehmacher W. Multiple comparisons in drug clinical trials and
    preclinical assays: a-priori ordered hypotheses. Biometrie in der chemisch-pharmazeutischen
    Industrie 1995;6:3-18.

    Examples
    --------
    >>> hierarchical([0.01, 0.2, 0.001])
    (0.01, 0.2, 0.2)
    """
    return tuple(np.maximum.accumulate(np.asarray(p, dtype=float)).tolist())
