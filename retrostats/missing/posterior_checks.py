"""What must have been seen before the parameters of a model of the visits are known at all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.errors import FitError

#: A residual sum of squares below this share of the whole is rounding: the scores lie on a line.
ON_A_LINE = 1e-12


def require_known(y: Floats, columns: Floats, visits: Sequence[str] = ()) -> None:
    """Refuse scores from which means and covariances of the visits cannot be told.

    Parameters
    ----------
    y
        Scores, shape ``(n, m)``; ``nan`` where missing.
    columns
        Of the subjects, shape ``(n, q)``.
    visits
        Labels for the message, ``m`` of them.

    Raises
    ------
    FitError
        With every reason.

    Examples
    --------
    >>> import numpy as np
    >>> y = np.array([[1.0, np.nan], [2.0, np.nan], [4.0, 3.0], [5.0, 2.0]])
    >>> require_known(y, np.ones((4, 1)), ["week 3", "week 6"])
    Traceback (most recent call last):
    ...
    retrostats.errors.FitError: week 6: its 2 scores cannot determine 1 coefficients, the \
dependence on 1 other visits and a variance; use fewer covariates, or leave the visit out
    """
    names = list(visits) or [f"visit {a + 1}" for a in range(y.shape[1])]
    seen = np.isfinite(y)
    faults = [
        fault
        for a, name in enumerate(names)
        if (fault := _fault_of_visit(name, columns[seen[:, a]], len(names)))
    ]
    if not faults:
        faults = _faults_of_pairs(seen, columns.shape[1], names) or _faults_of_lines(
            y, columns, names
        )
    if faults:
        raise FitError("; ".join(faults))


def _fault_of_visit(name: str, columns: Floats, m: int) -> str:
    n, q = columns.shape
    size = np.linalg.norm(columns, axis=0)
    if not n:
        return f"{name}: no score was seen; leave the visit out"
    if n <= q + m - 1:
        return (
            f"{name}: its {n} scores cannot determine {q} coefficients, the dependence on {m - 1} "
            "other visits and a variance; use fewer covariates, or leave the visit out"
        )
    if not size.all() or np.linalg.matrix_rank(columns / size) < q:
        return (
            f"{name}: among those seen the arms and covariates depend on one another, as when "
            "nobody of an arm or a level was seen; leave the covariate or the visit out"
        )
    return ""


def _faults_of_pairs(seen: NDArray[np.bool_], q: int, names: Sequence[str]) -> list[str]:
    both = seen.T.astype(int) @ seen.astype(int)
    return [
        f"{names[a]} and {names[b]}: only {both[a, b]} subjects were seen at both, too few for "
        f"their correlation beside {q} coefficients; leave one of the visits out"
        for a, b in np.argwhere(np.triu(both <= q + 1, 1)).tolist()
    ]


def _faults_of_lines(y: Floats, columns: Floats, names: Sequence[str]) -> list[str]:
    """Look for visits whose scores follow from the columns and the earlier visits."""
    faults = []
    for a, name in enumerate(names):
        rows = np.isfinite(y[:, : a + 1]).all(axis=1)
        x = np.column_stack([columns[rows], y[rows, :a]])
        if len(x) <= x.shape[1]:
            continue
        x = x / np.linalg.norm(x, axis=0)
        score = y[rows, a] - y[rows, a].mean()
        left = score - x @ np.linalg.lstsq(x, score, rcond=None)[0]
        if (left**2).sum() <= ON_A_LINE * (score**2).sum():
            faults.append(
                f"{name}: its scores follow from arms, covariates and earlier visits without "
                "error, so that nothing can be drawn; leave the visit out"
            )
    return faults
