"""Combine the p values of a baseline table, with what that combination takes for granted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from retrostats.errors import DataError

#: What must hold for a combined p value to mean anything; printed beside every result.
ASSUMPTIONS = (
    "the variables are independent of one another (age, weight and symptoms rarely are)",
    "each p value is uniform under randomisation (continuous variable, enough digits printed)",
    "participants were randomised one by one, not stratified or minimised on these variables",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineCombination:
    """Combined baseline p values in both directions, and their assumptions.

    Attributes
    ----------
    count
        How many p values were combined.
    stouffer_z
        Sum of the normal quantiles of the p values over the root of their number; above zero
        where the arms are more alike than chance makes them.
    stouffer_p_different, stouffer_p_similar
        One-sided p values: small where the arms differ more, or less, than chance explains.
        They add up to one.
    fisher_chi2, fisher_df
        Minus twice the sum of the logarithms, and twice the count.
    fisher_p_different
        Upper tail of `fisher_chi2`.
    fisher_p_similar
        The same test on one minus each p value. The two need not add up to one.
    assumptions
        What the combination takes for granted, a clause each.
    """

    count: int
    stouffer_z: float
    stouffer_p_different: float
    stouffer_p_similar: float
    fisher_chi2: float
    fisher_df: int
    fisher_p_different: float
    fisher_p_similar: float
    assumptions: tuple[str, ...] = ASSUMPTIONS

    def __str__(self) -> str:
        stouffer = _tails(self.stouffer_p_different, self.stouffer_p_similar)
        fisher = _tails(self.fisher_p_different, self.fisher_p_similar)
        lines = [
            f"{self.count} baseline p values combined",
            f"Stouffer: z {self.stouffer_z:.3f}; {stouffer}",
            f"Fisher: chi-squared {self.fisher_chi2:.3f}, df {self.fisher_df}; {fisher}",
            "This holds only if",
            *(f"- {clause}" for clause in self.assumptions),
        ]
        return "\n".join(lines)


def _tails(different: float, similar: float) -> str:
    return f"p {different:.3g} for arms too different, {similar:.3g} for arms too similar"


def combine_baseline_p(p_values: Sequence[float]) -> BaselineCombination:
    """Combine the two-sided p values of a baseline table (Stouffer and Fisher).

    Under randomisation such p values are uniform. Arms that differ too much make them small,
    arms that are too alike make them large. Neither is proof of anything by itself.

    Parameters
    ----------
    p_values
        One two-sided p value per baseline variable, strictly between 0 and 1, shape ``(k,)``.

    Returns
    -------
    BaselineCombination
        It prints its assumptions; repeat them wherever the p values are quoted.

    Raises
    ------
    DataError
        If there are fewer than two p values, or one is not strictly between 0 and 1.

    References
    ----------
    .. [1] Carlisle JB (2017). Anaesthesia 72, 944-952. doi:10.1111/anae.13938

    Examples
    --------
    >>> print(combine_baseline_p([0.80, 0.80, 0.74, 0.77, 0.78]))
    5 baseline p values combined
    Stouffer: z 1.716; p 0.957 for arms too different, 0.0431 for arms too similar
    Fisher: chi-squared 2.514, df 10; p 0.991 for arms too different, 0.128 for arms too similar
    This holds only if
    - the variables are independent of one another (age, weight and symptoms rarely are)
    - each p value is uniform under randomisation (continuous variable, enough digits printed)
    - participants were randomised one by one, not stratified or minimised on these variables
    """
    from scipy.stats import combine_pvalues

    values = [float(p) for p in p_values]
    if len(values) < 2:
        raise DataError(f"{len(values)} p values cannot be combined; expected 2 or more")
    for place, p in enumerate(values, start=1):
        if not 0 < p < 1:
            raise DataError(
                f"p value {place} is {p:g}; expected one strictly between 0 and 1. A p of 0 or 1 "
                "comes from rounding (equal printed means give 1): leave the variable out, or "
                "take a p inside the interval that the printed digits allow."
            )
    stouffer = combine_pvalues(values, method="stouffer")
    fisher = combine_pvalues(values, method="fisher")
    mirrored = [1 - p for p in values]
    return BaselineCombination(
        count=len(values),
        stouffer_z=-float(stouffer.statistic),
        stouffer_p_different=float(stouffer.pvalue),
        stouffer_p_similar=float(combine_pvalues(mirrored, method="stouffer").pvalue),
        fisher_chi2=float(fisher.statistic),
        fisher_df=2 * len(values),
        fisher_p_different=float(fisher.pvalue),
        fisher_p_similar=float(combine_pvalues(mirrored, method="fisher").pvalue),
    )
