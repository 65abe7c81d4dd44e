"""Treatment coding: which columns each term takes, as formulaic decides it.

A term such as ``arm:visit`` needs full dummy columns where lower terms are absent, and reduced
ones where these span the rest. The decision is structural: it looks at the terms, not at the
numbers, so that two data sets with the same levels have the same columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any, TypeAlias

from retrostats.models.mean.transforms import Basis

#: An expression, and whether its reference level (or the spanned column) is left out.
_Scoped: TypeAlias = tuple[str, bool]
#: Expressions multiplied; terms with the same ones in another order span the same.
_Product: TypeAlias = tuple[_Scoped, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a design: numbers times indicators of levels.

    Attributes
    ----------
    name
        As formulaic names it, e.g. ``"arm[T.retro]:visit[T.6]"``.
    term
        Position of its term.
    numeric
        Entries of `ModelFrame.numeric` to multiply.
    levels
        Pairs of a categorical expression and a position in its levels.
    """

    name: str
    term: int
    numeric: tuple[str, ...] = ()
    levels: tuple[tuple[str, int], ...] = ()


def coded_columns(
    terms: tuple[tuple[str, ...], ...],
    factors: Mapping[str, tuple[Any, ...]],
    bases: Mapping[str, Basis],
) -> tuple[Column, ...]:
    """Return the columns of a design in the order and under the names of formulaic.

    Parameters
    ----------
    terms
        Expressions of each term; the empty one is the intercept.
    factors
        Levels of the categorical expressions, the reference first.
    bases
        Columns of the numeric expressions.

    Examples
    --------
    >>> columns = coded_columns((("arm",), ("arm", "x")), {"arm": ("a", "b")}, {"x": Basis(("x",))})
    >>> [column.name for column in columns]
    ['arm[a]', 'arm[b]', 'arm[a]:x', 'arm[b]:x']
    """
    spanning = frozenset(factors) | {text for text, basis in bases.items() if basis.dropped}
    columns: list[Column] = []
    for position, products in enumerate(scoped_terms(terms, spanning)):
        for scoped in products:
            pieces = [_pieces(each, factors, bases, position) for each in scoped]
            if not pieces:
                columns.append(Column("Intercept", position))
            # The first expression varies fastest.
            for chosen in product(*reversed(pieces)):
                columns.extend(_joined(chosen[::-1], position))
    return tuple(columns)


def _pieces(
    scoped: _Scoped,
    factors: Mapping[str, tuple[Any, ...]],
    bases: Mapping[str, Basis],
    term: int,
) -> list[Column]:
    """Return the columns of one expression."""
    text, reduced = scoped
    if text not in factors:
        names = [n for n in bases[text].names if not (reduced and n == bases[text].dropped)]
        return [Column(name, term, numeric=(name,)) for name in names]
    mark = "T." if reduced else ""
    coded = list(enumerate(factors[text]))[int(reduced) :]
    return [Column(f"{text}[{mark}{level}]", term, levels=((text, k),)) for k, level in coded]


def _joined(pieces: tuple[Column, ...], term: int) -> list[Column]:
    """Return the product of columns; none for the empty product."""
    if len(pieces) < 2:
        return list(pieces)
    name = ":".join([piece.name for piece in pieces])
    numeric = tuple([n for piece in pieces for n in piece.numeric])
    return [Column(name, term, numeric, tuple([c for piece in pieces for c in piece.levels]))]


@lru_cache(maxsize=512)
def scoped_terms(
    terms: tuple[tuple[str, ...], ...], spanning: frozenset[str]
) -> tuple[tuple[_Product, ...], ...]:
    """Decide full or reduced coding so that no term repeats what earlier ones span.

    Parameters
    ----------
    terms
        Expressions of each term.
    spanning
        The expressions whose full columns add up to one.

    Returns
    -------
    tuple
        For each term the products of expressions that it adds; usually one, none when
        earlier terms span it.
    """
    spanned: set[frozenset[_Scoped]] = set()
    decided = []
    for term in terms:
        choices = [[(text, True), None] if text in spanning else [(text, False)] for text in term]
        added: dict[frozenset[_Scoped], _Product] = {}
        for choice in product(*choices):
            scoped = tuple(each for each in choice if each is not None)
            if frozenset(scoped) not in spanned:
                added.setdefault(frozenset(scoped), scoped)
        spanned.update(added)
        decided.append(tuple(_merged(list(added.values()))))
    return tuple(decided)


def _merged(products: list[_Product]) -> list[_Product]:
    """Merge ``a`` and ``a:b`` reduced in b into ``a:b`` full in b, as long as there are any."""
    merged: list[_Product] = []
    for candidate in sorted(products, key=len):
        for other in merged:
            extra = set(candidate) - set(other)
            if len(extra) != 1 or len(candidate) - 1 != len(other):
                continue
            (text, reduced) = next(iter(extra))
            if reduced:
                full = tuple((t, r and t != text) for t, r in candidate)
                merged = _merged([each for each in merged if each is not other] + [full])
                break
        else:
            merged.append(candidate)
    return merged
