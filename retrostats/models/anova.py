"""Mixed analysis of variance: one factor between subjects, one within, complete subjects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from retrostats.models.inference.choosing import check_choices, require_texts
from retrostats.models.split_plot.complete import Roles, complete_subjects
from retrostats.models.split_plot.effects_table import EffectsTable
from retrostats.models.split_plot.result import MixedAnova
from retrostats.models.split_plot.strata import cells_of, require_size, split_plot_effects


def fit_mixed_anova(
    data: Any,
    *,
    outcome: str,
    subject: str,
    between: str,
    within: str,
    levels: Mapping[str, Sequence[Any]] | None = None,
    unit: str = "",
    level: float = 0.95,
) -> MixedAnova:
    """Analyse long data by a mixed (split-plot) analysis of variance, type III.

    Parameters
    ----------
    data
        A data frame with one row per subject and visit, or a cohort (or other object with a
        data frame in ``frame``).
    outcome, subject
        Columns of the outcome and of who.
    between
        Column of a factor between subjects, such as the arm.
    within
        Column of a factor within subjects, such as the visit. Numbers are levels in their
        order.
    levels
        Levels by column, in order; by default those of a categorical column, or sorted.
    unit
        Of the outcome; it stands beside every estimate.
    level
        Coverage of every interval.

    Returns
    -------
    MixedAnova
        Tests with Greenhouse-Geisser's correction (and Huynh-Feldt's, and none), Mauchly's
        test, shares of variance; means and differences on request.

    Raises
    ------
    DataError
        With the faults of the data: two rows of a subject at a visit, a subject in two arms, one
        arm, one visit.
    FitError
        If an arm has fewer than two complete subjects, or an error variance is zero.

    Notes
    -----
    A subject who lacks a visit cannot enter. How many are lost, by arm, is the first line of what
    is printed, a caveat and part of the ledger; `fit_mmrm` uses all visits that there are.

    Tests are type III also when arms differ in size: visits and interaction are about unweighted
    averages over arms. Means and differences take each visit's own variance, pooled over arms,
    and subjects less arms as degrees of freedom (the multivariate model of emmeans).

    References
    ----------
    .. [1] Greenhouse SW, Geisser S (1959). Psychometrika 24, 95-112. doi:10.1007/BF02289823
    .. [2] Olejnik S, Algina J (2003). Psychol Methods 8, 434-447.
       doi:10.1037/1082-989X.8.4.434

    Examples
    --------
    >>> import pandas as pd
    >>> walks = pd.DataFrame({
    ...     "id": [1, 1, 2, 2, 3, 3, 4, 4],
    ...     "arm": ["control"] * 4 + ["retro"] * 4,
    ...     "week": [0, 6] * 4,
    ...     "pain": [6.0, 5.5, 7.0, 6.0, 6.5, 4.0, 5.5, 4.0],
    ... })
    >>> fit = fit_mixed_anova(
    ...     walks, outcome="pain", subject="id", between="arm", within="week", unit="points"
    ... )
    >>> print(fit.differences_of_change(reference="control")[0])
    retro - control, week 6 - week 0: -1.25 points (95% CI -3.66 to 1.16), df 2
    """
    check_choices("reml", "residual", "observed", level)
    require_texts(unit=unit)
    roles = Roles(outcome=outcome, subject=subject, between=between, within=within)
    subjects = complete_subjects(data, roles, levels)
    require_size(subjects.y)
    cells = cells_of(subjects.y, subjects.arm, len(subjects.arms))
    effects, sphericity = split_plot_effects(cells)
    table = EffectsTable(
        f"Mixed ANOVA of {outcome}, type III, Greenhouse-Geisser",
        (between, within, f"{between}:{within}"),
        (effects["between"], effects["within"], effects["interaction"]),
        sphericity,
    )
    lost = f"{subjects.incomplete} A mixed model uses the visits that they have."
    return MixedAnova(
        outcome=outcome,
        between=between,
        within=within,
        unit=unit,
        level=level,
        subjects=subjects,
        cells=cells,
        table=table,
        caveats=(*([lost] if subjects.incomplete.lost else []), *subjects.caveats),
    )
