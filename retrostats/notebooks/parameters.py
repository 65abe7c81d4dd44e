"""The cell of a notebook that a user may change: literals by name, and putting in others."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

#: What a parameter may be.
Value = str | int | float | bool
#: Tells a fault: the line in the cell, from 1, and the message.
Tell = Callable[[int, str], None]
#: The tag of the cell.
TAG = "parameters"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One name of the parameters cell, and where its value stands.

    Attributes
    ----------
    name
        The name that is assigned.
    default
        Its value.
    start, end
        Where the value begins and ends in the cell as UTF-8: bytes from 0, the end excluded.
    """

    name: str
    default: Value
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.name} = {written(self.default)}"


def read_parameters(source: str, tell: Tell) -> tuple[Parameter, ...]:
    """Read the parameters cell.

    Parameters
    ----------
    source
        Code of the cell: assignments of literals to single names, comments, nothing else.
    tell
        Called with each fault.

    Returns
    -------
    tuple of Parameter
        In their order; those at fault are left out.

    Examples
    --------
    >>> [str(each) for each in read_parameters("week = 6  # the primary visit", print)]
    ['week = 6']
    """
    try:
        body = ast.parse(source).body
    except SyntaxError as error:
        tell(error.lineno or 1, f"the parameters cell is no Python: {error.msg}")
        return ()
    lines = [0]
    for line in source.encode().splitlines(keepends=True):
        lines.append(lines[-1] + len(line))
    found: dict[str, Parameter] = {}
    for statement in body:
        named = _assigned(statement)
        if named is None:
            tell(
                statement.lineno,
                "the parameters cell may hold only assignments of a text, a number, True or "
                f"False to one name, not {ast.unparse(statement)!r}",
            )
            continue
        name, node, value = named
        if name in found:
            tell(statement.lineno, f"the parameters cell assigns {name} twice")
        start = lines[node.lineno - 1] + node.col_offset
        end = lines[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
        found[name] = Parameter(name, value, start, end)
    return tuple(found.values())


def _assigned(statement: ast.stmt) -> tuple[str, ast.expr, Value] | None:
    """Return name, node and value of an assignment of a literal; ``None`` for all else."""
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return None
    target = statement.targets[0]
    try:
        value = ast.literal_eval(statement.value)
    except ValueError:
        return None
    if isinstance(target, ast.Name) and isinstance(value, (str, int, float)):
        return target.id, statement.value, value
    return None


def replaced(source: str, parameters: tuple[Parameter, ...], values: Mapping[str, Value]) -> str:
    """Return the parameters cell with other values; comments and layout stay.

    Parameters
    ----------
    source
        Code of the cell.
    parameters
        As read from it.
    values
        New values by name; others stay as they are.

    Examples
    --------
    >>> source = "week = 6  # the primary visit"
    >>> replaced(source, read_parameters(source, print), {"week": 3})
    'week = 3  # the primary visit'
    """
    raw = source.encode()
    for each in sorted(parameters, key=lambda each: each.start, reverse=True):
        if each.name in values:
            raw = raw[: each.start] + written(values[each.name]).encode() + raw[each.end :]
    return raw.decode()


def written(value: Value) -> str:
    """Return a value as Python writes it, texts in double quotes.

    Examples
    --------
    >>> print(written("knee pain"), written(-0.5), written(True))
    "knee pain" -0.5 True
    """
    # The escapes of JSON mean the same in Python.
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def as_type(text: str, default: Value) -> Value:
    """Read a value that a user typed, by the type of the default.

    Parameters
    ----------
    text
        As typed.
    default
        What it replaces: a text stays as typed, a number must be one.

    Raises
    ------
    ValueError
        If the text is nothing of that type; the message says what was expected.

    Examples
    --------
    >>> as_type("6", 3), as_type("6", "3"), as_type("true", False)
    (6, '6', True)
    """
    if isinstance(default, bool):
        if text.lower() not in {"true", "false"}:
            raise ValueError("expected true or false")
        return text.lower() == "true"
    if isinstance(default, int):
        if not text.removeprefix("-").isdecimal() or not text.isascii() or len(text) > 18:
            raise ValueError("expected a whole number")
        return int(text)
    if isinstance(default, float):
        return _finite(text)
    return text


def _finite(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not abs(value) < float("inf") or "_" in text:
        raise ValueError("expected a number, with a point for decimals")
    return value
