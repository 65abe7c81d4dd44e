"""The standardised effects that printed figures allow, as one table for a forest plot."""

from __future__ import annotations

from collections.abc import Sequence

from retrostats.estimate import EstimateTable
from retrostats.integrity.verdicts import Reproduction
from retrostats.report.effects import MARKS, forest_table, select_effects


def published_effects(reproductions: Sequence[Reproduction]) -> EstimateTable:
    """Return one standardised effect per trial, outcome and comparison, as far as figures allow.

    Follow-up scores come first, then changes, then printed standardised differences, last what a
    p value and the group sizes imply; of several times the latest is taken. Use it to see what a
    publication lets anyone know about sizes, and how uncertain these are. Nothing is pooled.

    Parameters
    ----------
    reproductions
        From `reproduce`, in the order in which the trials shall stand.

    Returns
    -------
    EstimateTable
        Hedges' g with 95% limits, widened over the rounding of the print. Positive favours the
        first-named arm; where a label says "size only" the sign means nothing. There are no
        standard errors. The caption explains the marks. Pain stands first, then function,
        mobility, strength, other outcomes. Empty where no figure allows an effect.

    Examples
    --------
    >>> import retrostats as rs
    >>> print(published_effects([rs.reproduce("alghadir2019")])[0])
    Alghadir 2019: retro - control, pain, change 6wk (from p) †: 0.79 Hedges' g (95% CI 0.143 to \
1.46), df 43
    """
    shown = select_effects(reproductions)
    used = [
        f"{mark} {words}" for mark, words in MARKS.items() if any(mark in e.label for e in shown)
    ]
    caption = "Standardised differences that the printed figures allow"
    return forest_table(shown, "; ".join([caption, *used]))
