"""The answer of a closed form: sample size, power and difference, and what they rest on."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from retrostats.layout import ShownAsSentence
from retrostats.power.closed import words
from retrostats.power.closed.asked import Asked
from retrostats.power.closed.claims import Goal

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerAnswer(ShownAsSentence):
    """Sample size, power and difference of a design: two were given, the third is computed.

    Attributes
    ----------
    design, test
        In words.
    asked
        Which one was computed: ``"n"``, ``"power"`` or ``"difference"``.
    arms
        Names of what the sizes belong to.
    n
        Whole sizes per arm, rounded up; those analysed.
    n_exact
        Size of the last arm at which the power asked is reached exactly, as R's ``pwr`` prints it;
        ``nan`` unless n was asked.
    total
        Sum of `n`.
    randomised
        Sizes per arm after inflation for dropout: n / (1 - dropout), rounded up.
    power
        At the whole sizes; so it may be a little above what was asked.
    power_asked
        ``nan`` if the power was asked.
    difference
        True difference, treated minus comparator.
    effect
        What `difference` is: ``"difference"``, or of several arms ``"SD of the means"``.
    unit
        Of the difference.
    level
        Coverage of the two-sided interval; the test is two-sided at 1 - level.
    goal, margin, claim
        What is to be shown; the margin is ``nan`` for superiority; and in words.
    dropout
        Share without an outcome.
    counted, each
        What `n` counts (subjects, pairs or clusters), and how many subjects one of them holds.
    takes, follows
        What else was given, in words; and what follows from it, a sentence each.
    assumptions
        What has to hold, a sentence each.
    sources
        Papers with their DOI.

    Examples
    --------
    >>> import retrostats as rs
    >>> answer = rs.power_two_groups(difference=-1.5, sd=2.1, power=0.9, unit="points")
    >>> print(answer)
    43 subjects per arm (86 in total): power 90.6% at a difference of -1.5 points (Student's t test)
    >>> answer.n, round(answer.n_exact, 3), round(answer.power, 4)
    ((43, 43), 42.173, 0.9056)
    """

    design: str
    test: str
    asked: Asked
    arms: tuple[str, ...]
    n: tuple[int, ...]
    n_exact: float
    total: int
    randomised: tuple[int, ...]
    power: float
    power_asked: float
    difference: float
    effect: str
    unit: str
    level: float
    goal: Goal
    margin: float
    claim: str
    dropout: float
    counted: str
    each: float
    takes: tuple[str, ...]
    follows: tuple[str, ...]
    assumptions: tuple[str, ...]
    sources: tuple[str, ...]

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        return (
            f"{words.sizes(self)}: power {words.power(self.power)} at {words.effect(self)} "
            f"({self.test}){words.inflated(self)}"
        )

    def paragraph(self) -> str:
        """Return the sample-size paragraph of a paper or protocol.

        It names the design and its test, level, power, difference and all that was assumed, the
        sizes before and after dropout, and the papers of the formulas.

        Examples
        --------
        >>> import retrostats as rs
        >>> answer = rs.power_two_groups(difference=-1.5, sd=2.1, power=0.9, unit="points")
        >>> answer.paragraph().split(". ")[0]
        'The trial compares two parallel arms'
        """
        return words.paragraph(self)

    def tidy(self) -> pd.DataFrame:
        """Return one row per arm; columns never vary."""
        import pandas as pd

        return pd.DataFrame(
            {
                "arm": self.arms,
                "n": self.n,
                "randomised": self.randomised,
                "power": self.power,
                "difference": self.difference,
                "unit": self.unit,
                "level": self.level,
                "goal": self.goal,
                "margin": self.margin,
            }
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; a number that does not exist becomes ``None``."""
        row = asdict(self)
        numbers = {k: v for k, v in row.items() if isinstance(v, float)}
        lists = {k: list(v) for k, v in row.items() if isinstance(v, tuple)}
        return row | lists | {k: v if math.isfinite(v) else None for k, v in numbers.items()}
