"""Names of arguments that other programs use, told in the names of the closed forms."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection
from difflib import get_close_matches
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

#: What people write, the argument that has to be there for the hint to be of use, and the hint.
_ELSEWHERE: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("alpha", "sig_level", "significance"), "level", "give level = 1 - alpha: level=0.95 for 5%"),
    (("beta",), "power", "give power = 1 - beta"),
    (
        ("effect_size", "effect", "d", "f", "delta"),
        "sd",
        "give difference in the unit of sd; a standardised effect is the difference with sd=1",
    ),
    (
        ("effect_size", "effect", "h", "delta", "treated"),
        "comparator",
        "give difference, treated minus comparator, as a fraction",
    ),
    (("p1", "p2", "control"), "comparator", "give comparator, and difference from it"),
    (
        ("alternative", "sides", "tails", "sided"),
        "level",
        "tests are two-sided at 1 - level; a one-sided claim at 2.5% uses a limit of level=0.95",
    ),
    (("m",), "cluster_size", "give cluster_size"),
    (("k",), "groups", "give groups"),
    (
        ("n1", "n2", "nobs", "nobs1", "n_per_arm", "n_per_group", "sample_size"),
        "n",
        "give n, of each arm",
    ),
    (("sigma", "std", "stdev", "sds"), "sd", "give sd"),
    (("r", "rho", "corr"), "correlation", "give correlation"),
)


def by_name(function: Callable[P, R]) -> Callable[P, R]:
    """Return the function, which tells what an argument is called that it does not have.

    Parameters
    ----------
    function
        All of whose arguments are given by name.

    Returns
    -------
    callable
        With the same signature. It raises a `TypeError` in words where arguments are given
        without their names, or under names that only other programs have.

    Examples
    --------
    >>> @by_name
    ... def power_of(*, difference: float, level: float = 0.95) -> float:
    ...     return difference
    >>> power_of(difference=1.0, alpha=0.05)
    Traceback (most recent call last):
    ...
    TypeError: power_of takes no alpha: give level = 1 - alpha: level=0.95 for 5%
    """
    known = tuple(inspect.signature(function).parameters)

    @wraps(function)
    def asked(*args: P.args, **kwargs: P.kwargs) -> R:
        if args:
            raise TypeError(
                f"{function.__name__} takes all arguments by name: "
                + ", ".join(f"{name}=..." for name in known)
            )
        strange = [name for name in kwargs if name not in known]
        if strange:
            told = "; ".join(f"no {name}: {_hint(name, known)}" for name in strange)
            raise TypeError(f"{function.__name__} takes {told}")
        return function(*args, **kwargs)

    return asked


def _hint(name: str, known: Collection[str]) -> str:
    lower = name.lower()
    for names, needed, hint in _ELSEWHERE:
        if lower in names and needed in known:
            return hint
    near = get_close_matches(lower, known, n=1, cutoff=0.75)
    return f"did you mean {near[0]}?" if near else f"its arguments are {', '.join(known)}"
