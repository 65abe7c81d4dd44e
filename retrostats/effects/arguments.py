"""Refusals that all effects share, so that the same slip gets the same words everywhere."""

from __future__ import annotations

import math
from collections.abc import Iterable
from numbers import Real

#: Numbers beyond this are in no unit of any outcome, and powers of them overflow.
LARGEST = 1e50
#: More people than there will ever be.
MOST = 10**12


def require_level(level: float) -> None:
    """Refuse what is no coverage of an interval.

    Parameters
    ----------
    level
        Coverage of the interval.

    Raises
    ------
    ValueError
        If it is no number between 0 and 1.

    Examples
    --------
    >>> require_level(95)
    Traceback (most recent call last):
    ...
    ValueError: the level must lie between 0 and 1, as in level=0.95; got 95
    """
    if not is_number(level) or not 0 < level < 1:
        raise ValueError(f"the level must lie between 0 and 1, as in level=0.95; got {level!r}")


def require_numbers(what: str, **given: object) -> None:
    """Refuse arguments that are no single numbers.

    Parameters
    ----------
    what
        Opens the message.
    **given
        The arguments by their names.

    Raises
    ------
    ValueError
        If one is text, a list or missing; ``nan`` is a number here.

    Examples
    --------
    >>> require_numbers("arm 'retro'", mean=5.0, sd="2.1")
    Traceback (most recent call last):
    ...
    ValueError: arm 'retro': sd must be one number, got '2.1' (a str)
    """
    for name, value in given.items():
        if not is_number(value):
            raise ValueError(f"{what}: {name} must be one number, got {shown(value)}")


def require_kind(name: str, value: object, kind: type, hint: str) -> None:
    """Refuse an argument of another type.

    Parameters
    ----------
    name
        Of the argument.
    value
        What was given.
    kind
        The class it has to be of.
    hint
        How to make one.

    Raises
    ------
    ValueError
        If it is of another class.

    Examples
    --------
    >>> require_kind("treated", [1, 2], float, "Give a float.")
    Traceback (most recent call last):
    ...
    ValueError: treated: need a float, got [1, 2] (a list). Give a float.
    """
    if not isinstance(value, kind):
        raise ValueError(f"{name}: need {_a(kind)}, got {shown(value)}. {hint}")


def is_number(value: object) -> bool:
    """Return whether the value is one real number that a double can hold; ``nan`` is."""
    if not isinstance(value, Real) or isinstance(value, bool):
        return False
    try:
        float(value)
    except OverflowError:
        return False
    return True


def require_ordinary(what: str, numbers: Iterable[float], *, sds: Iterable[float] = ()) -> None:
    """Refuse numbers of a size that no outcome has: their powers would overflow.

    Parameters
    ----------
    what
        Opens the message.
    numbers
        Finite numbers, which may be 0.
    sds
        Standard deviations above 0.

    Raises
    ------
    ValueError
        If one is far beyond all measured things, or an SD far below them.
    """
    strange = [x for x in numbers if abs(x) > LARGEST]
    strange += [sd for sd in sds if not 1 / LARGEST <= sd <= LARGEST]
    if strange:
        raise ValueError(
            f"{what}: {strange[0]:g} is too {'large' if abs(strange[0]) > 1 else 'small'} to "
            "compute with; change the unit."
        )


def shown(value: object) -> str:
    """Return a value and its type, short enough for a message.

    Examples
    --------
    >>> shown(3), shown("3")
    ('3 (an int)', "'3' (a str)")
    """
    text = repr(value)
    text = text if len(text) <= 40 else f"{text[:37]}..."
    return f"{' '.join(text.split())} ({_a(type(value))})"


def _a(kind: type) -> str:
    # "ndarray" begins with the sound of a vowel.
    spoken = kind.__name__.lower().startswith(("a", "e", "i", "o", "u", "nd"))
    return f"{'an' if spoken else 'a'} {kind.__name__}"


def plain_exp(x: float) -> float:
    """Return e to the power of x, infinite where a double ends."""
    return math.exp(x) if x < 709 else math.inf
