"""Expressions of a formula: which columns they need, and whether they are categories."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from retrostats.errors import DataError
from retrostats.models.mean.permitted import FUNCTIONS, check_permitted

#: A quoted string, which stays, or a name in backticks, which becomes an identifier.
_QUOTED = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|`[^`]*`")

#: Functions of formulaic that have no place in a model of repeated measures.
_REFUSED = {
    "hashed": "categories are coded by their levels; use C(...)",
    "lag": "it would mix rows of different subjects; compute it in the data, by subject",
    "Q": "write the name in backticks",
    "Poly": "only treatment coding is available",
}


@dataclass(frozen=True, slots=True)
class Expression:
    """A column, a category made of a column, or a Python expression.

    Attributes
    ----------
    text
        As it appears in the names of coefficients.
    categorical
        Whether it was written as ``C(...)``. A column of text is a category as well; that
        shows only in the data.
    column
        The column that gives the values; empty when they are computed.
    code
        Python code of the values, with identifiers for the names in backticks; empty for a
        column.
    names
        Pairs of identifier in ``code`` and column in the data, without repetition.
    reference
        Reference level asked for by ``contr.treatment``; ``None`` means the first level.
    """

    text: str
    categorical: bool = False
    column: str = ""
    code: str = ""
    names: tuple[tuple[str, str], ...] = ()
    reference: Any = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the data that it needs."""
        return (self.column,) if self.column else tuple(dict.fromkeys(c for _, c in self.names))


def column_expression(name: str) -> Expression:
    """Return the expression that is a column itself."""
    return Expression(text=name, column=name)


def read_expression(text: str) -> Expression:
    """Read a Python expression of a formula.

    Parameters
    ----------
    text
        E.g. ``"np.log(x)"``, ``"C(visit)"``, ``"center(`peak torque`)"``.

    Raises
    ------
    DataError
        If it is no Python expression, holds anything that `check_permitted` refuses, or asks
        for another than treatment coding.
    """
    quoted: dict[str, str] = {}

    def identifier(match: re.Match[str]) -> str:
        found = match.group(0)
        if found[0] != "`":
            return found
        name = f"_column{len(quoted)}_"
        quoted[name] = found[1:-1]
        return name

    try:
        tree = ast.parse(_QUOTED.sub(identifier, text).strip(), mode="eval").body
    except SyntaxError as error:
        raise DataError(f"{text!r} is no Python expression: {error.msg}") from error
    categorical, reference = _called(tree) == "C", None
    if categorical:
        tree, reference = _category(tree, text)
    if isinstance(tree, ast.Name):
        column = quoted.get(tree.id, tree.id)
        return Expression(text, categorical=categorical, column=column, reference=reference)
    names = tuple(dict.fromkeys((n, quoted.get(n, n)) for n in _variables(tree, text)))
    if not names:
        raise DataError(f"{text!r} uses no column of the data")
    return Expression(text, categorical, code=ast.unparse(tree), names=names, reference=reference)


def _called(node: ast.AST) -> str:
    """Return the dotted name of the function that a call calls; empty for anything else."""
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def _category(tree: ast.AST, text: str) -> tuple[ast.expr, Any]:
    """Return what stands inside ``C(...)``, and the reference level asked for."""
    assert isinstance(tree, ast.Call)  # noqa: S101 - for mypy: `_called` has seen it
    options = {keyword.arg: keyword.value for keyword in tree.keywords}
    coding = [*tree.args[1:], *(value for name, value in options.items() if name == "contrasts")]
    if not tree.args or len(coding) > 1 or set(options) - {"contrasts"}:
        raise DataError(
            f"{text!r}: C takes one column and perhaps contr.treatment(...); give the order of "
            "levels by levels={...} or as an ordered categorical column"
        )
    return tree.args[0], _reference(coding[0], text) if coding else None


def _reference(coding: ast.expr, text: str) -> Any:
    if ast.unparse(coding) in {"contr.treatment", "Treatment"}:
        return None
    values: list[ast.expr] = []
    if isinstance(coding, ast.Call):
        values = [*coding.args, *(keyword.value for keyword in coding.keywords)]
    if _called(coding) not in {"contr.treatment", "Treatment"} or len(values) > 1:
        raise DataError(
            f"{text!r}: only treatment coding is available, contr.treatment(reference); other "
            "comparisons are contrasts of the fitted model"
        )
    if not values:
        return None
    if not isinstance(values[0], ast.Constant):
        raise DataError(f"{text!r}: the reference must be a level written out")
    return values[0].value


def _variables(tree: ast.expr, text: str) -> Iterator[str]:
    """Yield the names of variables, once it is known that every function is permitted."""
    functions = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            if isinstance(node.value, ast.Name) and node.value.id == "np":
                functions.add(node.value)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            _check_function(node.func.id, text)
            functions.add(node.func)
    check_permitted(tree, text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node not in functions:
            yield node.id


def _check_function(name: str, text: str) -> None:
    if name == "C":
        raise DataError(f"{text!r}: C(...) must stand alone, not inside another expression")
    if name in _REFUSED:
        raise DataError(f"{text!r}: {name} is not available: {_REFUSED[name]}")
    if name not in FUNCTIONS:
        raise DataError(
            f"{text!r}: the function {name} is not known; use numpy's, as in np.{name}, or one "
            f"of {', '.join(sorted({*FUNCTIONS, 'C'}))}"
        )
