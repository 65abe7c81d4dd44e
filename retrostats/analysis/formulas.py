"""The mean of a planned model as a formula."""

from __future__ import annotations

from collections.abc import Sequence

from retrostats.plan.types import ModelPlan


def mean_formula(
    outcome: str,
    model: ModelPlan,
    covariates: Sequence[str],
    *,
    visits: int,
    modifier: str | None = None,
) -> str:
    """Return the formula of the mean of one outcome.

    Parameters
    ----------
    outcome
        Its column.
    model
        Whether baseline is a covariate, and whether its slope differs between visits.
    covariates
        Further columns.
    visits
        Number of visits after baseline in the model.
    modifier
        A covariate that changes the effect of the arm, for a subgroup analysis.

    Notes
    -----
    Baseline is centred at its mean over the rows used, so that the tests of arm and visit are
    those at the mean baseline.

    Examples
    --------
    >>> mean_formula("pain", ModelPlan(), ["age"], visits=2)
    'pain ~ center(baseline) + center(baseline):visit + age + arm * visit'
    >>> mean_formula("pain", ModelPlan(), ["age"], visits=1, modifier="sex")
    'pain ~ center(baseline) + age + arm * sex'
    """
    terms: list[str] = []
    if model.baseline:
        terms.append("center(baseline)")
        if visits > 1 and model.baseline_by_visit:
            terms.append("center(baseline):visit")
    terms += [name for name in covariates if name != modifier]
    factors = ["arm", *(["visit"] if visits > 1 else []), *([modifier] if modifier else [])]
    terms.append(" * ".join(factors))
    return f"{outcome} ~ {' + '.join(terms)}"
