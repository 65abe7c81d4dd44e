"""What a Python expression of a formula may hold: arithmetic and functions of single rows.

A formula may come from a plan that somebody else wrote, and Python evaluates it. Hence only
what is listed here is read: no methods, no attributes, no functions that could reach a file, and
none that look at several rows at once, which parts of the data and new rows would not share.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Container
from functools import cache
from types import SimpleNamespace
from typing import Any

from retrostats.errors import DataError

_UNARY = (
    "abs absolute arccos arccosh arcsin arcsinh arctan arctanh cbrt ceil cos cosh deg2rad degrees "
    "exp exp2 expm1 fabs floor isfinite isinf isnan log log10 log1p log2 logical_not negative "
    "positive rad2deg radians reciprocal rint sign sin sinh sqrt square tan tanh trunc"
)
_BINARY = (
    "add arctan2 copysign divide equal float_power floor_divide fmax fmin fmod greater "
    "greater_equal hypot less less_equal logaddexp logical_and logical_or logical_xor maximum "
    "minimum mod multiply not_equal power remainder subtract true_divide"
)
#: Functions of numpy, and how many arguments they take: one more would be written to.
_NUMPY = {
    **dict.fromkeys(_UNARY.split(), (1, 1)),
    **dict.fromkeys(_BINARY.split(), (2, 2)),
    "round": (1, 2),
    "around": (1, 2),
    "clip": (1, 3),
    "where": (3, 3),
}
_KEYWORDS = {
    "round": {"decimals"},
    "around": {"decimals"},
    "clip": {"a_min", "a_max", "min", "max"},
}
_CONSTANTS = ("pi", "e", "inf", "nan")
#: Functions of formulaic that are those of numpy under a shorter name.
_SHORT = ("log", "log10", "log2", "exp", "exp2", "exp10")
#: Those that learn from the data of the model; their text is the key of what they learnt.
_LEARNING = ("bs", "cc", "cr", "cs", "center", "poly", "scale", "standardize")
#: Every function that may be called without ``np.``.
FUNCTIONS = frozenset({*_SHORT, *_LEARNING, "I"})
_SYNTAX = (
    *(ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.Call, ast.keyword, ast.Name),
    *(ast.Constant, ast.List, ast.Tuple, ast.Attribute, ast.expr_context, ast.boolop),
    *(ast.unaryop, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow),
    *(ast.BitAnd, ast.BitOr, ast.BitXor, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE),
)
_PLAIN = re.compile(r"[\w .+-]*")


def check_permitted(tree: ast.expr, text: str) -> None:
    """Refuse an expression that holds anything but what is listed.

    Parameters
    ----------
    tree
        Of the expression.
    text
        As written, for the message.

    Raises
    ------
    DataError
        With what is not available, and what to write.
    """
    functions = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if not isinstance(node, _SYNTAX):
            written = ast.unparse(node) if isinstance(node, ast.expr) else type(node).__name__
            raise DataError(
                f"{text!r}: {written!r} is not read; a formula takes arithmetic, comparisons and "
                "functions such as np.log; compute anything else in the data first"
            )
        if isinstance(node, ast.Constant):
            _check_constant(node.value, text)
        elif isinstance(node, ast.Call):
            _check_call(node, text)
        elif isinstance(node, ast.Attribute) and id(node) not in functions:
            _check_attribute(node, text, known=_CONSTANTS)


def _check_constant(value: Any, text: str) -> None:
    if isinstance(value, str) and "`" in value:
        raise DataError(f"{text!r}: a backtick inside quotes is not read; rename the label")
    if not isinstance(value, str | int | float):  # booleans are integers
        raise DataError(f"{text!r}: {value!r} is neither a number nor text")


def _check_attribute(node: ast.Attribute, text: str, *, known: Container[str]) -> None:
    if _of_numpy(node) and node.attr in known:
        return
    hint = "methods and attributes are not read"
    if _of_numpy(node):
        hint = (
            "of numpy, only functions that take each row by itself are read, such as np.log, "
            "np.sqrt, np.where or np.clip; use center(x) or scale(x) for means and standard "
            "deviations, and compute anything else in the data first"
        )
    raise DataError(f"{text!r}: {ast.unparse(node)} is not available; {hint}")


def _of_numpy(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "np"
    )


def _check_call(node: ast.Call, text: str) -> None:
    """Refuse arguments that a function would write to, or that would reach its inner parts."""
    function, keywords = node.func, {keyword.arg or "**" for keyword in node.keywords}
    if isinstance(function, ast.Attribute):
        _check_attribute(function, text, known=_NUMPY)
        least, most = _NUMPY[function.attr]
        allowed = _KEYWORDS.get(function.attr, set())
    elif isinstance(function, ast.Name):
        least, most = 1, 1 if function.id in _SHORT else max(1, len(node.args))
        allowed = set() if function.id in _SHORT else {k for k in keywords if k[0] not in "_*"}
    else:
        raise DataError(f"{text!r}: {ast.unparse(function)} is no name of a function")
    name = ast.unparse(function)
    if not least <= len(node.args) <= most:
        takes = str(least) if least == most else f"{least} to {most}"
        raise DataError(f"{text!r}: {name} takes {takes} argument(s), got {len(node.args)}")
    if keywords - allowed:
        told = ", ".join(sorted(keywords - allowed))
        raise DataError(f"{text!r}: the argument {told} of {name} is not available")
    if name in _LEARNING:
        # formulaic writes the text of the call into Python code, between quotes.
        words = [n.value for n in ast.walk(node) if isinstance(n, ast.Constant)]
        odd = [w for w in words if isinstance(w, str) and not _PLAIN.fullmatch(w)]
        if odd:
            raise DataError(f"{text!r}: the text {odd[0]!r} cannot stand inside {name}(...)")


@cache
def permitted_functions() -> dict[str, Any]:
    """Return what expressions see beside the columns; ``np`` has the listed functions only."""
    import numpy as np
    from formulaic.transforms import TRANSFORMS

    known = {name: TRANSFORMS[name] for name in FUNCTIONS}
    numpy = SimpleNamespace(**{name: getattr(np, name) for name in (*_NUMPY, *_CONSTANTS)})
    return {**known, "np": numpy}
