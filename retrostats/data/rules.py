"""Rules over the subjects of a trial, such as ``age >= 40``."""

from __future__ import annotations

import operator as operators
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Operator = Literal[">=", "<=", ">", "<", "==", "!=", "in"]

#: Operators that ask for an order, and hence for numbers.
ORDERING = frozenset({">=", "<=", ">", "<"})
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    ">=": operators.ge,
    "<=": operators.le,
    ">": operators.gt,
    "<": operators.lt,
    "==": operators.eq,
    "!=": operators.ne,
}
_RULE = re.compile(r"([A-Za-z][A-Za-z0-9_]*)\s*(>=|<=|==|!=|>|<|\bin\b)\s*(.*)", re.A | re.S)
_VALUE = re.compile(r"\s*(?:\"([^\"]*)\"|'([^']*)'|([^,\"']*))\s*(,|$)", re.S)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.A | re.I)
_FORM = "write it as `name operator value`, e.g. age >= 40, or as `sex in female, male`"
#: What people write instead of an operator.
_INSTEAD = {
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
    "=>": ">=",
    "=<": "<=",
    "<>": "!=",
    "=": "==",
    ":": "==",
    "is not ": "!=",
    "is ": "==",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One condition that a subject meets or not.

    Attributes
    ----------
    text
        As written, e.g. ``"age >= 40"`` or ``"sex in female, male"``.
    name
        A covariate, an adherence measure, or an outcome (its baseline) of the codebook.
    operator, values
        What is asked; numbers or labels. All operators but ``in`` have one value.
    """

    text: str
    name: str
    operator: Operator
    values: tuple[float, ...] | tuple[str, ...]

    @property
    def numeric(self) -> bool:
        """Whether it asks about a number, not about a label."""
        return isinstance(self.values[0], float)


def parse_rule(text: str) -> Rule:
    """Read a rule of one condition.

    Parameters
    ----------
    text
        A name, one of ``>= <= > < == != in``, and a value; after ``in`` several, separated by
        commas. Values that all are numbers ask about a number; a label that looks like a number,
        or that holds a comma, stands in quotes.

    Raises
    ------
    ValueError
        With what is wrong and what to write.

    Examples
    --------
    >>> parse_rule("age >= 40").values
    (40.0,)
    >>> parse_rule("sex in female, male").values
    ('female', 'male')
    >>> parse_rule("stage in '2', '3'").values
    ('2', '3')
    """
    match = _RULE.fullmatch(text.strip())
    if not match:
        raise ValueError(f"{text!r} is no rule; {_hint(text)}")
    name, sign, rest = match[1], cast(Operator, match[2]), match[3]
    values = _values(rest)
    if values is None or (len(values) > 1 and sign != "in"):
        raise ValueError(f"{text!r} is no rule; {_hint(text)}")
    numbers = [value for value, quoted in values if not quoted and _NUMBER.fullmatch(value)]
    if len(numbers) == len(values):
        found = tuple(float(number) for number in numbers)
        if not np.isfinite(found).all():
            raise ValueError(f"{text!r}: a number is too large to be told from infinity")
        return Rule(text=text, name=name, operator=sign, values=found)
    if numbers:
        raise ValueError(
            f"{text!r} mixes numbers and labels; put labels that look like numbers in quotes"
        )
    if sign in ORDERING:
        raise ValueError(f"{text!r}: {rest!r} is no number, which {sign} needs{_joined(rest)}")
    doubtful = next((value for value, quoted in values if not quoted and _joined(value)), None)
    if doubtful is not None:
        hint = f"{_joined(doubtful)}; a label with such words or signs stands in quotes"
        raise ValueError(f"{text!r} is more than one condition{hint}")
    labels = tuple(value for value, _ in values)
    return Rule(text=text, name=name, operator=sign, values=labels)


def meets(rule: Rule, subjects: pd.DataFrame) -> NDArray[np.bool_]:
    """Return who meets a rule; a missing value does not meet any, ``!=`` included.

    Parameters
    ----------
    rule
        As read by `parse_rule`.
    subjects
        One row per subject, with a column `rule.name`: numbers for a number, labels (text or
        categorical) for a category.

    Returns
    -------
    ndarray of bool, shape (n,)
        In the order of the rows.

    Raises
    ------
    ValueError
        If there is no such column, or if the rule asks about a number where the column holds
        labels, or the other way round.
    """
    import pandas as pd

    if rule.name not in subjects:
        known = ", ".join(str(name) for name in subjects)
        raise ValueError(f"{rule.text!r}: there is no column {rule.name}; there are {known}")
    column = subjects[rule.name]
    if bool(pd.api.types.is_numeric_dtype(column)) != rule.numeric:
        holds, asks = ("labels", "a number") if rule.numeric else ("numbers", "a label")
        raise ValueError(f"{rule.text!r} asks for {asks}, but {rule.name} holds {holds}")
    known_values = column.notna().to_numpy(dtype=bool)
    if rule.operator == "in":
        met = column.isin(list(rule.values)).to_numpy(dtype=bool)
    else:
        asked: Any = column if rule.numeric else column.astype(object)
        met = np.asarray(_COMPARE[rule.operator](asked, rule.values[0]).fillna(False), dtype=bool)
    return known_values & met


def _values(text: str) -> list[tuple[str, bool]] | None:
    """Return the values and whether each stood in quotes; ``None`` where one is empty."""
    found: list[tuple[str, bool]] = []
    position = 0
    while True:
        match = _VALUE.match(text, position)
        if not match:
            return None
        quoted = match[3] is None
        value = (match[1] if match[1] is not None else match[2]) if quoted else match[3].strip()
        if not value:
            return None
        found.append((value, quoted))
        if not match[4]:
            return found
        position = match.end()


def _joined(text: str) -> str:
    """Say that a rule holds one condition, where the text seems to hold two."""
    if re.search(r"\s(and|or|&&?|\|\|?)\s|[<>]|[!=]=|^=", text, re.I):
        return "; one condition a rule: list several rules, and a subject must meet all of them"
    return ""


def _hint(text: str) -> str:
    """Say what to write instead."""
    for written, sign in _INSTEAD.items():
        start = rf"\s*([A-Za-z]\w*)\s*(?<![<>!=]){re.escape(written)}(?![<>=])\s*(\S.*)"
        match = re.fullmatch(start, text, re.S)
        if match:
            return f"did you mean {match[1]} {sign} {match[2].strip()}?"
    return _FORM
