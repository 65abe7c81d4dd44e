"""The trials that are pooled, checked once."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Literal

import numpy as np

from retrostats.arrays import Floats, read_only
from retrostats.effects.arguments import LARGEST
from retrostats.errors import DataError
from retrostats.estimate import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Studies:
    """Estimates of one quantity, one for each trial.

    Attributes
    ----------
    estimates
        As given.
    y, v
        Values and sampling variances, shape ``(k,)``; read-only.
    names
        Name of the trial of each estimate.
    unit
        Common to all.
    """

    estimates: tuple[Estimate, ...]
    y: Floats
    v: Floats
    names: tuple[str, ...]
    unit: str

    def __len__(self) -> int:
        return len(self.estimates)


def gather_studies(
    caller: str,
    estimates: Iterable[Estimate],
    *,
    studies: Sequence[str] | None = None,
    fewest: int = 2,
    repeated: Literal["refused", "allowed"] = "refused",
) -> Studies:
    """Return the trials, or say every reason why they cannot be pooled.

    Parameters
    ----------
    caller
        Name of the public function, for messages.
    estimates
        One for each trial.
    studies
        Name of the trial of each estimate; by default those that the estimates come with
        (`Collected`, `StudyTable`), else the labels.
    fewest
        Trials needed at least.
    repeated
        Whether one trial may give several estimates.

    Raises
    ------
    TypeError
        If what is given is no sequence of estimates, or a name no text.
    DataError
        If there are too few, their units differ, one has no standard error or name, a number is of
        a size that no outcome has, or a trial comes twice. Names are compared by `same_name`.

    Examples
    --------
    >>> one = Estimate.from_se("Trial A", -0.9, 0.3, unit="SD")
    >>> same = Estimate.from_se("trial  a", -0.5, 0.3, unit="SD")
    >>> gather_studies("pool", [one, same], repeated="allowed").names
    ('Trial A', 'trial  a')
    """
    given = listed_estimates(caller, estimates)
    # Tables of trials and collections know their studies; their labels say more than the name.
    known = getattr(estimates, "studies", None) if studies is None else studies
    names = listed_names(caller, known) if known is not None else tuple(e.label for e in given)
    problems = list(_problems(given, names, fewest))
    if repeated == "refused":
        problems += _repetitions(names)
    if problems:
        raise DataError(f"{caller}: " + "; ".join(problems))
    return Studies(
        estimates=given,
        y=read_only(np.array([estimate.value for estimate in given])),
        v=read_only(np.array([estimate.se for estimate in given]) ** 2),
        names=names,
        unit=given[0].unit,
    )


def same_name(name: str) -> str:
    """Return a name as it is compared: without regard to case, blanks and invisible characters.

    Parameters
    ----------
    name
        Of a trial. Letters that are written in two ways (``e`` with an accent, or in one) are one.

    Examples
    --------
    >>> same_name(" Trial  A\N{ZERO WIDTH SPACE}")
    'trial a'
    """
    written = unicodedata.normalize("NFKC", name).casefold()
    return " ".join("".join(c for c in written if unicodedata.category(c) != "Cf").split())


def listed_estimates(caller: str, estimates: Iterable[Estimate]) -> tuple[Estimate, ...]:
    """Return estimates as they are given, or say that they are none.

    Parameters
    ----------
    caller
        Name of the public function, for messages.
    estimates
        Any iterable of estimates that has an order.

    Raises
    ------
    TypeError
        If it is none.
    """
    wanted = f"{caller}: need estimates, as a list, a tuple or an EstimateTable"
    if isinstance(estimates, str | Estimate):
        raise TypeError(f"{wanted}; got one {type(estimates).__name__}")
    if isinstance(estimates, Set):
        # Its order differs from run to run, and with it the last digits and the table.
        raise TypeError(f"{wanted}; a set has no order")
    try:
        given = tuple(estimates)
    except TypeError:
        raise TypeError(f"{wanted}; got a {type(estimates).__name__}") from None
    _require_estimates(given, wanted)
    return given


def _require_estimates(given: Sequence[object], wanted: str) -> None:
    for each in given:
        if not isinstance(each, Estimate):
            name = type(each).__name__
            hint = "; of a ratio give its .log" if hasattr(each, "log") else ""
            raise TypeError(f"{wanted}; among them is a value of type {name}{hint}")


def listed_names(caller: str, studies: object) -> tuple[str, ...]:
    """Return names of trials, or say that what is given is no list of names.

    Parameters
    ----------
    caller
        Name of the public function, for messages.
    studies
        Any iterable of texts that has an order.

    Raises
    ------
    TypeError
        If it is none.
    """
    has_order = isinstance(studies, Iterable) and not isinstance(studies, str | Set)
    named = tuple(studies) if isinstance(studies, Iterable) and has_order else ()
    if not has_order or not all(isinstance(name, str) for name in named):
        raise TypeError(f"{caller}: studies must be a list of names; got {studies!r}")
    return tuple(map(str, named))


def _problems(given: Sequence[Estimate], names: Sequence[str], fewest: int) -> Iterator[str]:
    if len(given) < fewest:
        counted = f"{len(given) or 'no'} estimate{'s' * (len(given) != 1)}"
        alone = "; one trial is not pooled, report its own estimate" if len(given) == 1 else ""
        yield f"{counted} given, and {fewest} or more are needed{alone}"
    if len(names) != len(given):
        plural = "s" * (len(names) != 1)
        yield f"{len(names)} name{plural} of studies for {len(given)} estimates; give one each"
    empty = [str(place) for place, name in enumerate(names, start=1) if not same_name(name)]
    if empty:
        yield f"no name is given for estimate {', '.join(empty)}; name the trial"
    units = sorted({repr(estimate.unit) for estimate in given})
    if len(units) > 1:
        yield f"the units differ ({', '.join(units)}); bring all to one scale first"
    for estimate in given:
        if not 1 / LARGEST <= estimate.se <= LARGEST:
            yield (
                f"{estimate.label} has no usable standard error ({estimate.se:g}); an estimate "
                "without one, or beyond all measured things, has no weight"
            )
        if abs(estimate.value) > LARGEST:
            yield f"{estimate.label}: {estimate.value:g} is too large to pool; change the unit"


def _repetitions(names: Sequence[str]) -> list[str]:
    counted = Counter(map(same_name, names))
    spellings: dict[str, dict[str, None]] = {}
    for name in names:
        if same_name(name) and counted[same_name(name)] > 1:
            spellings.setdefault(same_name(name), {})[name] = None
    return [
        f"the trial {' or '.join(map(repr, spelt))} comes more than once; its estimates are not "
        "independent: choose one, combine them, or use a model for dependent estimates"
        for spelt in spellings.values()
    ]
