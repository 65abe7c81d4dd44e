"""What a user gives of sample size, power and difference, checked as a whole."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from retrostats.effects.arguments import is_number, shown
from retrostats.layout import percent
from retrostats.power.closed.claims import BETTER, GOALS, Better, Claim, Goal
from retrostats.power.closed.faults import faults_of, number_faults
from retrostats.power.closed.solving import MOST

Asked = Literal["n", "power", "difference"]
#: A number of subjects, or one for each arm: treated, comparator.
Sizes = int | Sequence[int]
#: Beyond these an allocation is a slip.
RATIOS = (1e-3, 1e3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Arguments that all closed forms share, as given; `question` checks them.

    Attributes
    ----------
    n, power, difference
        Two of the three; the one asked for is None.
    level, goal, margin, better
        As in `Claim`; `margin` None for superiority.
    arms
        How many sizes there are: 1 for pairs.
    ratio
        Size of the treated arm over that of the comparator.
    dropout
        Share without an outcome.
    unit
        Of the difference.
    meant
        What the difference has to be, in words.
    """

    n: Sizes | None
    power: float | None
    difference: float | None
    level: float
    arms: int = 2
    ratio: float = 1.0
    goal: Goal = "superiority"
    margin: float | None = None
    better: Better | None = None
    dropout: float = 0.0
    unit: str = ""
    meant: str = "one finite number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Checked arguments: what is asked, and what is known.

    Attributes
    ----------
    asked
        The one of the three that was left out.
    sizes
        Per arm, treated first; empty if asked.
    power, difference
        ``nan`` if asked.
    allocation
        Sizes relative to the last arm.
    claim, dropout, unit
        As given.
    """

    asked: Asked
    sizes: tuple[int, ...]
    power: float
    difference: float
    allocation: tuple[float, ...]
    claim: Claim
    dropout: float
    unit: str


def question(function: str, given: Given, further: Sequence[str] = ()) -> Question:
    """Return what is asked, or tell all that is wrong.

    Parameters
    ----------
    function
        Opens the message.
    given
        The shared arguments.
    further
        Faults of the arguments that this function has alone.

    Raises
    ------
    DataError
        With every fault.

    Examples
    --------
    >>> question("power", Given(n=20, power=None, difference=1.0, level=0.95)).asked
    'power'
    """
    faults = [*_faults_of_three(given), *_faults_of_claim(given), *further, *_faults_of_rest(given)]
    if faults:
        raise faults_of(function, faults)
    claim = Claim(
        goal=given.goal,
        margin=math.nan if given.margin is None else float(given.margin),
        better=given.better,
        level=float(given.level),
    )
    asked: Asked = next(name for name in _THREE if getattr(given, name) is None)
    known = math.nan if given.difference is None else float(given.difference)
    nothing = claim.out_of_reach(known) if asked == "n" else ""
    faults = [nothing] if nothing else []
    if given.power is not None and given.power <= claim.size:
        faults.append(_too_low(given.power, claim))
    if faults:
        raise faults_of(function, faults)
    sizes = () if given.n is None else _sizes(given)
    return Question(
        asked=asked,
        sizes=sizes,
        power=math.nan if given.power is None else float(given.power),
        difference=known,
        allocation=_allocation(given, sizes),
        claim=claim,
        dropout=float(given.dropout),
        unit=given.unit,
    )


_THREE: tuple[Asked, ...] = ("n", "power", "difference")


def _too_low(power: float, claim: Claim) -> str:
    # Whoever knows alpha gives level=0.05, and cannot know what a test at 95% is.
    remedy = "ask for more"
    if claim.level < 0.5:
        remedy = (
            f"level={claim.level:g} is a {percent(claim.level)} interval; the usual test at 5% has "
            "level=0.95"
        )
    return (
        f"power={power:g} is no more than the size of the test, {claim.size:.4g}, which a trial "
        f"without any effect reaches; {remedy}"
    )


def _faults_of_three(given: Given) -> list[str]:
    left_out = [name for name in _THREE if getattr(given, name) is None]
    faults = []
    if len(left_out) != 1:
        what = f"{' and '.join(left_out)} are left out" if left_out else "all three are given"
        faults.append(f"give two of n, power and difference and leave out the one asked; {what}")
    if given.power is not None:
        meant = "a chance between 0 and 1, as in power=0.8"
        faults += number_faults("power", given.power, above=0, below=1, meant=meant)
    if given.difference is not None:
        faults += number_faults("difference", given.difference, meant=given.meant)
    if given.n is not None and not _are_sizes(given):
        per = "a whole number of 1 or more" + (
            ", or one for each arm: (treated, comparator)" if given.arms == 2 else ""
        )
        faults.append(f"n must be {per}; got {shown(given.n)}")
    elif isinstance(given.n, Sequence) and given.ratio != 1:
        faults.append("n for each arm states the allocation already; leave ratio out")
    return faults


def _are_sizes(given: Given) -> bool:
    sizes = list(given.n) if isinstance(given.n, Sequence) else [given.n]
    whole = all(is_number(x) and 1 <= x <= MOST and x == int(x) for x in sizes if x is not None)
    per_arm = isinstance(given.n, Sequence) and not isinstance(given.n, str)
    return whole and None not in sizes and (not per_arm or (given.arms == 2 == len(sizes)))


def _faults_of_claim(given: Given) -> list[str]:
    faults = []
    if not (is_number(given.level) and 0 < given.level < 1):
        faults.append(f"the level must lie between 0 and 1, as in level=0.95; got {given.level!r}")
    if given.goal not in GOALS:
        faults.append(f"goal must be one of {', '.join(GOALS)}; got {given.goal!r}")
    if given.better not in (None, *BETTER):
        faults.append(f"better must be 'lower' or 'higher'; got {given.better!r}")
    if given.margin is not None:
        meant = "a distance above 0, whatever the side"
        faults += number_faults("margin", given.margin, above=0, meant=meant)
    if given.goal == "superiority" and given.margin is not None:
        faults.append("superiority has no margin; set goal='non-inferiority' or 'equivalence'")
    if given.goal in GOALS[1:] and given.margin is None:
        faults.append(f"{given.goal} needs a margin, in the unit of the difference")
    if given.goal == "non-inferiority" and given.better is None:
        faults.append("non-inferiority needs better='lower' or 'higher': which scores are better")
    return faults


def _faults_of_rest(given: Given) -> list[str]:
    low, high = RATIOS
    between = f"the size of the treated arm over the comparator's, {low:g} to {high:g}"
    faults = number_faults("ratio", given.ratio, above=low / 2, below=2 * high, meant=between)
    if not (is_number(given.dropout) and 0 <= given.dropout < 1):
        faults.append(
            f"dropout must be a share from 0 to below 1, as in 0.15; got {shown(given.dropout)}"
        )
    if not isinstance(given.unit, str):
        faults.append(f"unit must be a text, as in unit='points'; got {shown(given.unit)}")
    return faults


def _sizes(given: Given) -> tuple[int, ...]:
    if isinstance(given.n, Sequence):
        return tuple(int(n) for n in given.n)
    n = int(given.n or 0)
    return (n,) if given.arms == 1 else (whole_above(given.ratio * n), n)


def _allocation(given: Given, sizes: tuple[int, ...]) -> tuple[float, ...]:
    if sizes:
        return tuple(n / sizes[-1] for n in sizes)
    return (1.0,) if given.arms == 1 else (float(given.ratio), 1.0)


def whole_above(size: float) -> int:
    """Return the next whole number, where a number within 1e-9 of one is that one.

    Examples
    --------
    >>> whole_above(0.1 * 30), whole_above(3.1)
    (3, 4)
    """
    return math.ceil(size - 1e-9)
