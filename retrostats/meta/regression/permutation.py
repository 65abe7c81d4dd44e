"""Test a meta-regression by permutation of its moderators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from retrostats.errors import FitError
from retrostats.jobs.types import Workers
from retrostats.layout import Layout, ShownAsTable, number, p_number
from retrostats.layout.html import caveats
from retrostats.meta.many.requests import require_seed
from retrostats.meta.regression.drawn_orders import DrawnOrders, drawn
from retrostats.meta.regression.orders import count_orders, every_order
from retrostats.meta.regression.types import MetaRegression

#: Different orders up to which all are computed: some seconds.
EXACT_UP_TO = 50_000
#: Different orders below which two extreme ones are more than 5% of all.
FEW = 40
#: Orders drawn when nothing else is said: p near 0.05 is known to 0.002 or so.
REPLICATES = 9999


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PermutationTest(ShownAsTable):
    """Tests of moderators against the orders in which they could stand beside the trials.

    Attributes
    ----------
    names
        Coefficients, without the intercept.
    statistics
        Coefficient over standard error, as fitted.
    p
        Share of orders whose statistic is as far from 0 or farther.
    joint_p
        The same for the joint test of all.
    orders
        How many were computed; drawn orders without the one that was found.
    kind
        ``"exact"``: all different orders; ``"random"``: drawn ones.
    seed
        Of drawn orders.
    caveats
        What a reader must know.

    Examples
    --------
    >>> import retrostats as rs
    >>> pain = [
    ...     rs.Estimate.from_se("Trial A", -0.9, 0.32, unit="SD"),
    ...     rs.Estimate.from_se("Trial B", -0.15, 0.22, unit="SD"),
    ...     rs.Estimate.from_se("Trial C", -0.4, 0.28, unit="SD"),
    ...     rs.Estimate.from_se("Trial D", -0.62, 0.35, unit="SD"),
    ... ]
    >>> test = rs.permutation_test(rs.meta_regression(pain, {"weeks": [12, 4, 6, 8]}))
    >>> print(test)
    Permutation test, all 24 orders of the moderators
                      Statistic      p
      weeks             -10.359  0.042
      all moderators             0.042
    """

    names: tuple[str, ...]
    statistics: tuple[float, ...]
    p: tuple[float, ...]
    joint_p: float
    orders: int
    kind: Literal["exact", "random"]
    seed: int | None
    caveats: tuple[str, ...] = ()

    @property
    def smallest(self) -> float:
        """The smallest p that so many orders can give."""
        return 1 / self.orders if self.kind == "exact" else 1 / (self.orders + 1)

    def layout(self) -> Layout:
        """Return the cells as they are printed."""
        of = f"all {self.orders:,}" if self.kind == "exact" else f"{self.orders:,} drawn"
        rows = [
            (name, number(statistic, 3), p_number(p))
            for name, statistic, p in zip(self.names, self.statistics, self.p, strict=True)
        ]
        return Layout(
            caption=f"Permutation test, {of} orders of the moderators",
            header=("", "Statistic", "p"),
            rows=(*rows, ("all moderators", "", p_number(self.joint_p))),
        )

    def __repr__(self) -> str:
        return self.layout().text()

    def _repr_html_(self) -> str:
        return self.layout().html() + caveats(self.caveats)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "coefficients": [
                {"name": name, "statistic": statistic, "p": p}
                for name, statistic, p in zip(self.names, self.statistics, self.p, strict=True)
            ],
            "joint_p": self.joint_p,
            "orders": self.orders,
            "kind": self.kind,
            "seed": self.seed,
            "caveats": list(self.caveats),
        }


def permutation_test(
    regression: MetaRegression,
    *,
    replicates: int | None = None,
    seed: int | None = None,
    workers: int | Workers = 1,
) -> PermutationTest:
    """Test a meta-regression against all orders of its moderators.

    If the effect does not depend on the moderators, any trial might have had those of any other.
    The regression is fitted again for each order, with the same estimator and test, and p is the
    share of orders whose statistic is as far from 0 as the one found.

    Use it beside the p values of a regression of few trials, where tau squared is hardly known;
    not to rescue a moderator that was found by trying many, and not for the mean effect (flip
    signs for that: `permutation_test_pooled`).

    Parameters
    ----------
    regression
        A fit with an intercept.
    replicates
        Orders to draw at random where there are more than 50,000 different ones, or more than
        this number; 9,999 by default. Otherwise all are computed and p is exact.
    seed
        Of the draws; needed where orders are drawn.
    workers
        A number of processes, or `retrostats.Workers`; the numbers are the same for any.
        They share drawn orders, never all orders, and help where tau squared is found order by
        order (all but REML, ML and a common effect; a function of your own) or with 100,000
        orders; 9,999 orders by REML take less time than other processes need to start.

    Returns
    -------
    PermutationTest
        p for each coefficient but the intercept, and for all. Rows of moderators stay whole, so
        that each p is of the hypothesis that no moderator matters.

    Raises
    ------
    TypeError
        If it is no meta-regression.
    ValueError
        If orders must be drawn and there is no seed, or `replicates` is below 99.
    FitError
        If the regression has no intercept, so that orders do not answer its test.

    Notes
    -----
    p of drawn orders counts the one found: ``(1 + b) / (1 + replicates)`` for `b` orders as far.
    It is the ``permutest`` of metafor, which shuffles rows of the design likewise.

    References
    ----------
    .. [1] Higgins JPT, Thompson SG (2004). Stat Med 23, 1663-1682. doi:10.1002/sim.1752

    Examples
    --------
    >>> import retrostats as rs
    >>> effects = [(-0.9, 0.3), (-0.1, 0.2), (-0.8, 0.3), (-0.4, 0.4), (-0.3, 0.2)]
    >>> trials = [
    ...     rs.Estimate.from_se(f"Trial {name}", *effect, unit="SD")
    ...     for name, effect in zip("ABCDE", effects)
    ... ]
    >>> weeks = rs.meta_regression(trials, {"weeks": [12, 4, 6, 8, 3]})
    >>> rs.permutation_test(weeks)
    Permutation test, all 120 orders of the moderators
                      Statistic      p
      weeks              -2.170  0.150
      all moderators             0.150
    """
    _require_regression(regression, replicates)
    seed = None if seed is None else require_seed("permutation_test", seed)
    task = DrawnOrders.of(regression)
    count = count_orders(task.codes)
    exact = count <= (EXACT_UP_TO if replicates is None else max(replicates, 0))
    if exact:
        orders, as_far = count, task.as_far(every_order(task.codes))
    else:
        orders = REPLICATES if replicates is None else replicates
        as_far = drawn(task, orders, _needed(seed, count), workers)
    spare = 0 if exact else 1
    shares = (spare + np.count_nonzero(as_far, axis=0)) / (spare + orders)
    tested = regression.columns.tested
    return PermutationTest(
        names=tuple(regression.columns.names[place] for place in tested),
        statistics=tuple(task.found[:-1].tolist()),
        p=tuple(shares[:-1].tolist()),
        joint_p=float(shares[-1]),
        orders=orders,
        kind="exact" if exact else "random",
        seed=None if exact else seed,
        caveats=_caveats(orders, exact, len(tested)),
    )


def _require_regression(regression: MetaRegression, replicates: int | None) -> None:
    if not isinstance(regression, MetaRegression):
        raise TypeError(
            "permutation_test: a result of meta_regression is needed, got "
            f"{type(regression).__name__}"
        )
    if regression.columns.intercept is None:
        raise FitError(
            f"permutation_test: {regression.formula!r} has no intercept, and its joint test is of "
            "the means themselves, which other orders do not answer; fit it with an intercept"
        )
    if replicates is not None and (type(replicates) is not int or replicates < 99):
        raise ValueError(
            f"permutation_test: replicates must be a whole number of 99 or more, got {replicates!r}"
        )


def _needed(seed: int | None, count: int) -> int:
    if seed is None:
        raise ValueError(
            f"permutation_test: there are {count:,} different orders, so that some are drawn at "
            "random; give a whole number as seed, as in seed=1"
        )
    return seed


def _caveats(orders: int, exact: bool, tested: int) -> tuple[str, ...]:
    told = []
    if exact and orders < FEW:
        told.append(
            f"There are only {orders} different orders, so that p cannot be below {1 / orders:.2g}."
        )
    if tested > 1:
        told.append(
            "Rows of moderators stay whole: each p is of the hypothesis that no moderator matters."
        )
    return tuple(told)
