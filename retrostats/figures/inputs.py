"""What plot functions take: data of one kind, and the words for arms and directions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from retrostats.description.types import (
    Agreement,
    Distribution,
    Flow,
    ImprovementCurve,
    IndividualChanges,
    MissingPatterns,
    ResidualDiagnostics,
)
from retrostats.estimate import Estimate, EstimateTable

Kind = TypeVar("Kind")

#: What makes the data of each kind, as readers of an error should call it.
_MADE_BY: Mapping[type, str] = {
    Agreement: "rs.agreement(first, second)",
    Distribution: "rs.distributions(cohort, outcome, week=...) or rs.distribution_from_summary",
    Estimate: "rs.mean_difference and the other effects, or rs.Estimate.from_se",
    EstimateTable: (
        "rs.EstimateTable(caption, (estimate, ...)), rs.read_estimates(...).table(), a model or "
        "rs.analyse(...)"
    ),
    Flow: "rs.analyse(cohort, plan).flow",
    ImprovementCurve: "rs.analyse(cohort, plan).curves[outcome]",
    IndividualChanges: "rs.individual_changes(cohort, outcome, week)",
    MissingPatterns: "rs.missing_patterns(cohort, outcome)",
    ResidualDiagnostics: "rs.analyse(cohort, plan).primary.diagnostics",
}
_DIRECTIONS = ("lower", "higher")


def require_kind(who: str, data: object, kind: type[Kind]) -> Kind:
    """Return data of one kind, or say what was expected and what makes it.

    Parameters
    ----------
    who
        The function that asks; it opens the message.
    data
        What it was given.
    kind
        What it needs.

    Raises
    ------
    ValueError
        If the data are of another kind.
    """
    if not isinstance(data, kind):
        raise ValueError(f"{who}: expected {_expected(kind)}; got {kind_words(data)}")
    return data


def require_each(who: str, data: object, kind: type[Kind]) -> tuple[Kind, ...]:
    """Return one or more data of one kind as a tuple, or say what was expected.

    Parameters
    ----------
    who, kind
        As in `require_kind`.
    data
        Any iterable; it may be empty.

    Raises
    ------
    ValueError
        If the data are no iterable, or one of them is of another kind.
    """
    if isinstance(data, kind):
        raise ValueError(
            f"{who}: expected a sequence of {_expected(kind, several=True)}; got one "
            f"{kind.__name__} by itself, so put it into a list"
        )
    wanted = f"{who}: expected a sequence of {_expected(kind, several=True)}"
    if not isinstance(data, Iterable):
        raise ValueError(f"{wanted}; got {kind_words(data)}")
    if isinstance(data, (str, Mapping)) or hasattr(data, "shape"):
        raise ValueError(f"{wanted}; got {kind_words(data)}")
    found = tuple(data)
    if not all(isinstance(each, kind) for each in found):
        # A generator is used up by now, so that the words are of what came out of it.
        raise ValueError(
            f"{wanted}; got {kind_words(data if isinstance(data, Sequence) else found)}"
        )
    return found


def require_tables(who: str, data: object) -> None:
    """Refuse what is no table of estimates by label of the arm.

    Raises
    ------
    ValueError
        If it is none.
    """
    wanted = (
        f"{who}: expected by label of each arm {_expected(EstimateTable)}, as "
        "rs.analyse(cohort, plan).primary.courses has them"
    )
    if not isinstance(data, Mapping):
        raise ValueError(f"{wanted}; got {kind_words(data)}")
    for arm, table in data.items():
        if not isinstance(table, EstimateTable):
            raise ValueError(f"{wanted}; got {kind_words(table)} for {arm}")


def require_words(who: str, arm_names: object, better: object = None) -> None:
    """Refuse names that do not belong to labels, and a direction that is none.

    Parameters
    ----------
    who
        The function that asks.
    arm_names, better
        As given to it.

    Raises
    ------
    ValueError
        If `arm_names` is no mapping or `better` neither ``"lower"`` nor ``"higher"``.
    """
    if arm_names is not None and not isinstance(arm_names, Mapping):
        raise ValueError(
            f"{who}: arm_names are words by label, such as {{'retro': 'Retro walking'}}; "
            f"got {kind_words(arm_names)}"
        )
    if better is not None and better not in _DIRECTIONS:
        raise ValueError(
            f"{who}: better is {better!r}; expected {' or '.join(map(repr, _DIRECTIONS))}"
        )


def kind_words(data: object) -> str:
    """Say what some data are.

    Examples
    --------
    >>> kind_words([1.5, 2.5]), kind_words("pain"), kind_words(None)
    ('a list of float', "the text 'pain'", 'None')
    """
    if data is None:
        return "None"
    if isinstance(data, str):
        return f"the text {data!r}"
    name = type(data).__name__
    article = "an" if name[:1] in "AEIOaeio" else "a"
    if isinstance(data, (list, tuple)) and data:
        inner = dict.fromkeys(type(each).__name__ for each in data)
        return f"{article} {name} of {' and '.join(inner)}"
    return f"{article} {name}"


def _expected(kind: type, *, several: bool = False) -> str:
    return f"{kind.__name__}{' objects' if several else ''}, as made by {_MADE_BY[kind]}"
