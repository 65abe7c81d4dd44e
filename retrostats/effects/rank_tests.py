"""Rank tests of three or more groups or visits, each with its effect size."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import fdtrc

from retrostats.effects.arguments import shown
from retrostats.effects.raw_values import complete_values
from retrostats.layout import ShownAsSentence, number, p_sentence

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class KruskalTest(ShownAsSentence):
    """Kruskal and Wallis's test that several groups have the same distribution.

    Attributes
    ----------
    statistic, df, p
        H corrected for ties, its degrees of freedom, and the chi-square tail probability.
    epsilon_squared
        ``H / (N - 1)``, from 0 to 1: the share of the variance of the ranks between groups.
    eta_squared
        ``(H - k + 1) / (N - k)``: the same corrected for chance, below 0 where the groups differ
        less than chance makes them.
    n, groups
        Participants in all, and number of groups.
    """

    statistic: float
    df: int
    p: float
    epsilon_squared: float
    eta_squared: float
    n: int
    groups: int

    def __str__(self) -> str:
        return (
            f"Kruskal-Wallis: H({self.df}) = {number(self.statistic, 2)}, {p_sentence(self.p)}, "
            f"epsilon squared {number(self.epsilon_squared, 3)} (n = {self.n})"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class FriedmanTest(ShownAsSentence):
    """Friedman's test that several conditions rank alike within subjects.

    Attributes
    ----------
    method
        ``"chi-square"`` or ``"iman-davenport"``.
    statistic, df, df_error, p
        The statistic of that method, its degrees of freedom (``df_error`` is ``inf`` for
        chi-square), and its tail probability. F is infinite where all subjects agree.
    kendalls_w
        Kendall's coefficient of concordance, from 0 (no agreement of the subjects on the order of
        the conditions) to 1 (all agree).
    mean_ranks
        By condition; 1 is the lowest value.
    conditions
        Their names.
    n
        Number of subjects.
    """

    method: str
    statistic: float
    df: float
    df_error: float
    p: float
    kendalls_w: float
    mean_ranks: tuple[float, ...]
    conditions: tuple[str, ...]
    n: int

    def __str__(self) -> str:
        if self.method == "chi-square":
            test = f"chi-square({self.df:g}) = {number(self.statistic, 2)}"
        else:
            test = f"F({self.df:g}, {self.df_error:g}) = {number(self.statistic, 2)}"
        w = f"Kendall's W {number(self.kendalls_w, 3)}"
        return f"Friedman: {test}, {p_sentence(self.p)}, {w} (n = {self.n})"

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; what is infinite becomes ``None``."""
        row = asdict(self)
        infinite = {k: None for k in ("statistic", "df_error") if math.isinf(row[k])}
        return row | infinite


def kruskal_test(groups: Mapping[str, ArrayLike] | Sequence[ArrayLike]) -> KruskalTest:
    """Compare two or more independent groups by ranks.

    Use it when an ordinal or skewed outcome of three or more arms is compared at one visit; not
    when there are two arms: `probability_of_superiority` has an interval. The effects it gives
    have no direction, and no interval here: `bootstrap_interval` makes one.

    Parameters
    ----------
    groups
        Raw values, shape ``(n_i,)`` each, at least two, none missing; by name or in order.

    Returns
    -------
    KruskalTest
        H corrected for ties, its degrees of freedom and p, epsilon and eta squared.

    Raises
    ------
    ValueError
        If there are fewer than two groups, values are missing, or all values are equal.

    References
    ----------
    .. [1] Kruskal WH, Wallis WA (1952). J Am Stat Assoc 47, 583-621.
       doi:10.1080/01621459.1952.10483441
    .. [2] Tomczak M, Tomczak E (2014). Trends Sport Sci 21, 19-25.

    Examples
    --------
    >>> arms = {"retro": [2, 3, 4, 2], "forward": [4, 3, 5, 4], "control": [5, 6, 7, 5]}
    >>> print(kruskal_test(arms))
    Kruskal-Wallis: H(2) = 8.16, p = 0.017, epsilon squared 0.742 (n = 12)
    """
    from scipy.stats import kruskal

    if not isinstance(groups, (Mapping, list, tuple)):
        raise ValueError(f"groups: need lists of numbers by name or in order, got {shown(groups)}")
    named = groups.items() if isinstance(groups, Mapping) else enumerate(groups, start=1)
    values = [complete_values(f"group {name!r}", each) for name, each in named]
    if len(values) < 2:
        raise ValueError(f"need at least two groups to compare, got {len(values)}")
    everybody = np.concatenate(values)
    if everybody.min() == everybody.max():
        raise ValueError(f"all values are {everybody[0]:g}; there are no ranks to compare")
    test = kruskal(*values)
    h, n, k = float(test.statistic), len(everybody), len(values)
    return KruskalTest(
        statistic=h,
        df=k - 1,
        p=float(test.pvalue),
        epsilon_squared=h / (n - 1),
        eta_squared=(h - k + 1) / (n - k),
        n=n,
        groups=k,
    )


def friedman_test(
    values: ArrayLike | pd.DataFrame,
    *,
    method: Literal["chi-square", "iman-davenport"] = "chi-square",
) -> FriedmanTest:
    r"""Compare three or more conditions or visits of the same subjects by ranks.

    .. math::  W = \frac{\chi^2}{n(k-1)},\qquad F = \frac{(n-1)\,\chi^2}{n(k-1)-\chi^2}

    Use it when one group is measured at three or more visits on an ordinal scale; not for two
    visits (`matched_rank_biserial`), nor to compare arms over time: it cannot see arms. Subjects
    with a gap cannot be used; a mixed model (`fit_mmrm`) can use them.

    Parameters
    ----------
    values
        Shape ``(subjects, conditions)``, at least 2 by 3, none missing; of a data frame the
        columns are the conditions.
    method
        ``"chi-square"``: Friedman's own test, conservative in small samples.
        ``"iman-davenport"``: its F form, with ``k - 1`` and ``(k - 1)(n - 1)`` degrees of freedom.

    Returns
    -------
    FriedmanTest
        The statistic of that method, its degrees of freedom and p, Kendall's W, and the mean rank
        of each condition.

    Raises
    ------
    ValueError
        If the shape is another, values are missing, or no subject tells the conditions apart.

    References
    ----------
    .. [1] Friedman M (1937). J Am Stat Assoc 32, 675-701. doi:10.1080/01621459.1937.10503522
    .. [2] Iman RL, Davenport JM (1980). Commun Stat Theory Methods 9, 571-595.
       doi:10.1080/03610928008827904

    Examples
    --------
    >>> pain = [[7, 5, 4], [6, 6, 4], [8, 5, 5], [5, 4, 4], [7, 6, 3]]
    >>> print(friedman_test(pain))
    Friedman: chi-square(2) = 8.59, p = 0.014, Kendall's W 0.859 (n = 5)
    """
    from scipy.stats import friedmanchisquare, rankdata

    if method not in ("chi-square", "iman-davenport"):
        raise ValueError(f"method must be 'chi-square' or 'iman-davenport', got {method!r}")
    table = _complete_table(values)
    n, k = table.shape
    test = friedmanchisquare(*table.T)
    chi2, p = float(test.statistic), float(test.pvalue)
    statistic, df_error = chi2, math.inf
    if method == "iman-davenport":
        # Rounding may leave W a hair off 1 where all subjects agree.
        rest = n * (k - 1) - chi2
        statistic = (n - 1) * chi2 / rest if rest > 1e-9 * chi2 else math.inf
        df_error = (k - 1) * (n - 1)
        p = float(fdtrc(k - 1, df_error, statistic))
    return FriedmanTest(
        method=method,
        statistic=statistic,
        df=k - 1,
        df_error=df_error,
        p=p,
        kendalls_w=min(1.0, chi2 / (n * (k - 1))),
        mean_ranks=tuple(float(rank) for rank in rankdata(table, axis=1).mean(axis=0)),
        conditions=tuple(str(name) for name in getattr(values, "columns", range(1, k + 1))),
        n=n,
    )


def _complete_table(values: ArrayLike | pd.DataFrame) -> np.ndarray[tuple[int, int]]:
    try:
        table = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"need a table of numbers, got {shown(values)}") from None
    if table.ndim != 2 or table.shape[0] < 2 or table.shape[1] < 3:
        raise ValueError(
            "need one row for each of at least 2 subjects and one column for each of at least 3 "
            f"conditions, got an array of shape {table.shape}"
        )
    gaps = int((~np.isfinite(table)).any(axis=1).sum())
    if gaps:
        raise ValueError(
            f"{gaps} of {len(table)} subjects have a missing value; leave them out deliberately, "
            "and report how many, or fit a mixed model."
        )
    if (table == table[:, :1]).all():
        raise ValueError("each subject has one value under all conditions; no ranks to compare")
    return table
