"""Formulas of names, ``+``, ``*`` and ``:`` alone, read without the full parser.

Nearly all formulas of trials are of this kind, and formulaic's parser takes longer for one than a
small model takes to fit. Whatever is not plain is left to formulaic; a test holds both against
each other.
"""

from __future__ import annotations

import re
from keyword import iskeyword
from typing import NamedTuple

_NAME = r"[^\W\d]\w*"
_PRODUCT = rf"{_NAME}(?:\s*[*:]\s*{_NAME})*"
_SUMMAND = rf"(?:{_PRODUCT}|0|1)"
_PLAIN = re.compile(
    rf"\s*(?:(?P<outcome>{_NAME})\s*~)?\s*(?P<sum>{_SUMMAND}(?:\s*\+\s*{_SUMMAND})*)\s*"
)


class PlainFormula(NamedTuple):
    """The names of a plain formula.

    Attributes
    ----------
    outcome
        Left of the tilde; None without one.
    terms
        By degree and then as written; the intercept is the empty one.
    """

    outcome: str | None
    terms: tuple[tuple[str, ...], ...]


def plain_formula(text: str) -> PlainFormula | None:
    """Read a plain formula, or return None for any other.

    Parameters
    ----------
    text
        A formula or a right-hand side.

    Examples
    --------
    >>> plain_formula("pain ~ arm * visit")
    PlainFormula(outcome='pain', terms=((), ('arm',), ('visit',), ('arm', 'visit')))
    >>> plain_formula("pain ~ np.log(age)") is None
    True
    """
    found = _PLAIN.fullmatch(text)
    if found is None or any(iskeyword(name) for name in re.findall(_NAME, text)):
        return None
    summands = [part.strip() for part in found["sum"].split("+")]
    constants = [part for part in summands if part in ("0", "1")]
    if len(constants) > 1 or summands == ["0"]:
        return None
    terms: list[tuple[str, ...]] = [] if constants == ["0"] else [()]
    for part in summands:
        if part not in ("0", "1"):
            terms += _crossed(part)
    unique = {frozenset(term): term for term in reversed(terms)}
    kept = [term for term in dict.fromkeys(terms) if unique[frozenset(term)] == term]
    return PlainFormula(found["outcome"], tuple(sorted(kept, key=len)))


def _crossed(product: str) -> list[tuple[str, ...]]:
    """Return the terms of ``a*b:c``: every factor of ``*`` alone, and their products."""
    terms: list[tuple[str, ...]] = []
    for factor in product.split("*"):
        one = _joined(*(name.strip() for name in factor.split(":")))
        terms = [*terms, one, *(_joined(*term, *one) for term in terms)]
    return terms


def _joined(*names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
