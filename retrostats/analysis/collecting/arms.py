"""Which arms are compared, and which of them comes first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from retrostats.data.published import Arm, PublishedTrial
from retrostats.integrity.checks.effect_sizes import contrasts
from retrostats.integrity.inputs import pair

ArmKind = Literal["retro", "forward", "control"]

_BACK = frozenset({"retro", "retrowalking", "backward", "backwards", "bw"})
_FORTH = frozenset({"forward", "forwards", "fw"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """Two independent arms of a trial, in the order in which they are compared.

    Attributes
    ----------
    first, second
        Their labels.
    printed
        The contrast as the figures name it; may name them the other way round.
    turned
        Whether it does.
    """

    first: str
    second: str
    printed: str
    turned: bool

    @property
    def label(self) -> str:
        """First minus second, in words."""
        return f"{self.first} - {self.second}"


def arm_kind(arm: Arm) -> ArmKind:
    """Return how an arm walks; ``"control"`` where neither backward nor forward.

    The label counts first, then the intervention.
    """
    for text in (arm.label, arm.intervention):
        words = set(re.findall(r"[^\W_]+", text.lower()))
        if words & _BACK:
            return "retro"
        if words & _FORTH:
            return "forward"
    return "control"


def pairings(trial: PublishedTrial, compare: tuple[str, str] | None) -> tuple[Pairing, ...]:
    """Return the comparisons of a trial, those that answer the question best first.

    An arm that walks backward stands first in its pair. Printed contrasts come before pairs of
    arms of which no contrast is printed.

    Parameters
    ----------
    compare
        Words of the first and of the second arm: ``"retro"``, ``"forward"``, ``"control"``, or
        any that stand in a label or an intervention. ``None``: every pair; pairs without the arm
        that walks backward only where there is none.
    """
    found = list(_pairs(trial))
    if compare is not None:
        return tuple(kept for one in found if (kept := _matching(trial, one, compare)))
    kinds = {arm.label: arm_kind(arm) for arm in trial.arms}
    oriented = [
        _turn(one) if kinds[one.second] == "retro" and kinds[one.first] != "retro" else one
        for one in found
    ]
    if "retro" not in kinds.values():
        return tuple(oriented)
    about = [one for one in oriented if "retro" in (kinds[one.first], kinds[one.second])]
    return tuple(sorted(about, key=lambda one: kinds[one.second] != "control"))


def _pairs(trial: PublishedTrial) -> Iterator[Pairing]:
    """Yield printed contrasts, then all other pairs of arms; none of arms that share people."""
    if any(f.test == "paired" for f in trial.figures if f.contrast):
        return
    seen: set[frozenset[str]] = set()
    others = [f"{a.label} - {b.label}" for a, b in combinations(trial.arms, 2)]
    for contrast in (*contrasts(trial), *others):
        arms = pair(trial, contrast)
        if arms and frozenset(arms) not in seen:
            seen.add(frozenset(arms))
            yield Pairing(first=arms[0], second=arms[1], printed=contrast, turned=False)


def _turn(one: Pairing) -> Pairing:
    return Pairing(first=one.second, second=one.first, printed=one.printed, turned=not one.turned)


def _matching(trial: PublishedTrial, one: Pairing, compare: tuple[str, str]) -> Pairing | None:
    """Return a pair in the order of the words, ``None`` where it is another comparison."""
    for kept in (one, _turn(one)):
        arms = trial.arm(kept.first), trial.arm(kept.second)
        if all(_is(arm, word) for arm, word in zip(arms, compare, strict=True)):
            return kept
    return None


def _is(arm: Arm, word: str) -> bool:
    asked = word.casefold()
    if asked in ("retro", "forward", "control"):
        return arm_kind(arm) == asked
    return asked in f"{arm.label}\n{arm.intervention}".casefold()
