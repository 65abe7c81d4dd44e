"""Statistics of a meta-regression in other orders of its moderators, drawn in blocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.jobs.types import Workers
from retrostats.meta.regression.many import TOGETHER, many_statistics
from retrostats.meta.regression.orders import Orders, random_orders, row_codes
from retrostats.meta.regression.types import MetaRegression

#: Relative distance below which two statistics are equal: as in metafor, above what a search for
#: the variance between trials leaves, far below what parts two orders.
TIES = 1e-8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class DrawnOrders:
    """The work of one block: orders drawn at random, and whose statistics are as far from 0.

    Attributes
    ----------
    regression
        What is fitted again.
    rows, codes
        Distinct rows of its design, and which of them each trial has.
    found
        Statistics of the tested coefficients as fitted, and that of all, shape ``(t + 1,)``.
    """

    regression: MetaRegression
    rows: Floats
    codes: Orders
    found: Floats

    @classmethod
    def of(cls, regression: MetaRegression) -> DrawnOrders:
        """Return the work for a regression."""
        rows, codes = row_codes(regression.centred.x)
        found = _statistics(regression, rows, codes[None])[0]
        return cls(regression=regression, rows=rows, codes=codes, found=found)

    def __repr__(self) -> str:
        return f"permutation_test: the estimator {self.regression.estimator!r}"

    def __call__(self, rng: np.random.Generator, places: range) -> Mapping[str, NDArray[np.bool_]]:
        """Return what `as_far` does, for an order at each of these places."""
        return {"as_far": self.as_far(random_orders(self.codes, len(places), rng))}

    def as_far(self, orders: Orders) -> NDArray[np.bool_]:
        """Return which statistics are as far from 0 as those found, shape ``(n, t + 1)``."""
        many = _statistics(self.regression, self.rows, orders)
        return np.asarray(np.abs(many) >= np.abs(self.found) * (1 - TIES))


def drawn(
    task: DrawnOrders, replicates: int, seed: int, workers: int | Workers
) -> NDArray[np.bool_]:
    """Return what `DrawnOrders.as_far` does for orders drawn at random.

    Parameters
    ----------
    task
        The regression and what is found in it.
    replicates, seed, workers
        As in `retrostats.jobs.run.run_replicates`.
    """
    from retrostats.jobs.run import run_replicates

    done = run_replicates(
        task,
        replicates,
        seed=seed,
        block=TOGETHER,
        key="permutation_test",
        workers=workers,
        words="Permuting",
    )
    return np.asarray(done.arrays["as_far"])


def _statistics(regression: MetaRegression, rows: Floats, orders: Orders) -> Floats:
    tested = regression.columns.tested
    many = many_statistics(
        regression.y,
        regression.v,
        rows,
        orders,
        name=regression.estimator,
        estimator=regression.tau2_of,
        test=regression.test,
        tested=tested,
    )
    return np.column_stack((many.each[:, list(tested)], many.joint))
