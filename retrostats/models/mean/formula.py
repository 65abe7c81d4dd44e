"""Formulas: from the text of a model to its terms and the columns that they need."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any

from retrostats.errors import DataError
from retrostats.models.mean.expressions import Expression, column_expression, read_expression
from retrostats.models.mean.plain_formula import PlainFormula, plain_formula

if TYPE_CHECKING:
    from formulaic.parser.types import Factor as ParsedFactor
    from formulaic.parser.types import Term as ParsedTerm


#: Of a sum of terms: there are as many products as terms to this power.
HIGHEST = 6


@dataclass(frozen=True, slots=True)
class Term:
    """A product of expressions; the intercept is the empty product.

    Attributes
    ----------
    expressions
        In the order in which the formula names them.
    """

    expressions: tuple[Expression, ...] = ()

    @property
    def factors(self) -> tuple[str, ...]:
        """The expressions as text, e.g. ``("arm", "visit")``."""
        return tuple(expression.text for expression in self.expressions)

    @property
    def label(self) -> str:
        """What a table of terms calls it: ``"Intercept"``, ``"arm:visit"``."""
        return ":".join(self.factors) or "Intercept"


@dataclass(frozen=True, slots=True)
class MeanModel:
    """The outcome and the terms of its mean.

    Attributes
    ----------
    text
        The formula as written.
    outcome
        The expression left of the tilde.
    terms
        By degree and then as written, the order of formulaic; the intercept comes first.
    """

    text: str
    outcome: Expression
    terms: tuple[Term, ...]

    @property
    def response(self) -> str:
        """The outcome as text, e.g. ``"pain"`` or ``"np.log(pain)"``."""
        return self.outcome.text


@lru_cache(maxsize=256)
def read_formula(text: str) -> MeanModel:
    """Read a formula such as ``"pain ~ baseline + arm * visit"``.

    Parameters
    ----------
    text
        A Wilkinson formula as formulaic understands it: ``+ - : * / ** %in%``, ``0`` or
        ``-1`` for no intercept, names with spaces in backticks, ``C(x)`` for a number that is
        a category, ``C(x, contr.treatment("b"))`` for a reference level other than the first,
        and Python expressions such as ``np.log(x)`` or ``center(x)``.

    Returns
    -------
    MeanModel
        The same object for the same text.

    Raises
    ------
    DataError
        If the text is no formula, has no outcome or several, or asks for random effects.

    Examples
    --------
    >>> [term.label for term in read_formula("pain ~ arm * visit").terms]
    ['Intercept', 'arm', 'visit', 'arm:visit']
    """
    plain = plain_formula(text)
    if plain is not None and plain.outcome is not None:
        return MeanModel(
            text=text, outcome=column_expression(plain.outcome), terms=_plain_terms(plain)
        )
    _refuse_operators(text)
    left, right = _parsed(text)
    if left is None:
        raise DataError(f"formula {text!r}: there is no outcome; write it before a tilde, y ~ ...")
    if len(left) != 1 or len(left[0].factors) != 1:
        raise DataError(
            f"formula {text!r}: exactly one outcome is needed before the tilde; write a computed "
            "one as a Python expression, such as np.log(y) or {y1 - y0}"
        )
    outcome = _expression(left[0].factors[0], text)
    if outcome.categorical:
        raise DataError(f"formula {text!r}: the outcome must be a number, not a category")
    return MeanModel(text=text, outcome=outcome, terms=_terms(right, text))


@lru_cache(maxsize=256)
def read_terms(text: str) -> tuple[Term, ...]:
    """Read the right-hand side alone, such as the ``"1 + week"`` of random effects.

    Parameters
    ----------
    text
        As in `read_formula`, without outcome and tilde; the intercept is there unless
        ``0`` or ``-1`` takes it away.

    Raises
    ------
    DataError
        If the text cannot be read, or has a tilde.

    Examples
    --------
    >>> [term.label for term in read_terms("week")]
    ['Intercept', 'week']
    """
    plain = plain_formula(text)
    if plain is not None and plain.outcome is None:
        return _plain_terms(plain)
    left, right = _parsed(text)
    if left is not None:
        raise DataError(f"terms {text!r}: there must be no outcome here; leave out the tilde")
    return _terms(right, text)


def _plain_terms(plain: PlainFormula) -> tuple[Term, ...]:
    return tuple([Term(tuple([column_expression(name) for name in t])) for t in plain.terms])


def _parsed(text: str) -> tuple[list[ParsedTerm] | None, list[ParsedTerm]]:
    """Return the terms left and right of the tilde; ``None`` where there is no left side."""
    from formulaic.errors import FormulaicError
    from formulaic.formula import Formula, SimpleFormula

    if not text.strip():
        raise DataError(f"formula {text!r}: a text such as 'y ~ arm * visit' is needed")
    _refuse_high_powers(text)
    try:
        formula = Formula(text)
    except (FormulaicError, SyntaxError, ValueError, KeyError, IndexError, TypeError) as error:
        raise DataError(f"formula {text!r}: {_reason(text, error)}") from error
    left, right = (None, formula) if isinstance(formula, SimpleFormula) else _sides(formula)
    if not isinstance(right, SimpleFormula):
        raise DataError(f"formula {text!r}: {_BARS}")
    if left is not None and not isinstance(left, SimpleFormula):
        raise DataError(f"formula {text!r}: exactly one outcome is needed before the tilde")
    return None if left is None else list(left), list(right)


def _refuse_operators(text: str) -> None:
    """Refuse ``y - y0 ~ ...``: left of the tilde, too, formulaic adds and drops terms.

    It would take ``y`` alone as the outcome, without a word.
    """
    written = [(t.token, t.source_start) for t in _tokens(text) if t.kind.value == "operator"]
    tilde = [name for name, _ in written].index("~") if ("~" in dict(written)) else 0
    operators = [name for name, _ in written[:tilde]]
    if not operators:
        return
    left = " ".join(text[: written[tilde][1]].split())
    hint = "write a computed outcome as a Python expression, such as {y1 - y0}"
    if set("".join(operators)) <= set("+-*/^:") and operators.count(":") == left.count(":"):
        computed = left.replace("^", "**").replace(":", "*")
        hint = f"for a computed outcome write {{{computed}}} or I({computed})"
    raise DataError(
        f"formula {text!r}: exactly one outcome is needed before the tilde; an operator there, "
        f"such as {operators[-1]!r}, would drop or add terms and not compute with numbers; {hint}"
    )


def _refuse_high_powers(text: str) -> None:
    """Refuse ``(a + b)**50``: formulaic would make all products of fifty terms, for hours."""
    for sign, power in pairwise(t.token for t in _tokens(text)):
        if sign in ("**", "^") and power.isdigit() and int(power[:9]) > HIGHEST:
            raise DataError(
                f"formula {text!r}: the power {power[:9]} is above {HIGHEST}; no trial has data "
                "for such interactions. For a power of a number write I(x**2)"
            )


def _tokens(text: str) -> list[Any]:
    """Return what formulaic splits a text into; nothing where parsing will say why not."""
    from formulaic.errors import FormulaicError
    from formulaic.parser import DefaultFormulaParser

    try:
        return list(DefaultFormulaParser().get_tokens(text))
    except (FormulaicError, SyntaxError, ValueError):
        return []


_BARS = (
    "the bar '|' is not read in the mean; give random effects by their own argument, "
    "random='1 + week', and the subjects by subject='...'"
)


def _sides(formula: Any) -> tuple[Any, Any]:
    return getattr(formula, "lhs", None), getattr(formula, "rhs", None)


def _reason(text: str, error: Exception) -> str:
    if "|" in text:
        return _BARS
    if "`.` operator" in str(error):
        return "'.' for all other columns is not read; name the columns"
    if "%" in text and "quote context" in str(error):
        return "'%' is read in %in% only; for the remainder write {a % b}"
    told = str(error).strip().splitlines()
    return f"it cannot be read ({told[0] if told else type(error).__name__})"


def _terms(parsed: list[ParsedTerm], text: str) -> tuple[Term, ...]:
    terms = tuple(Term(_expressions(term.factors, text)) for term in parsed)
    if not terms:
        raise DataError(f"formula {text!r}: no term is left; at least '1' is needed")
    return terms


def _expressions(factors: tuple[ParsedFactor, ...], text: str) -> tuple[Expression, ...]:
    literal = [factor.expr for factor in factors if factor.eval_method.value == "literal"]
    if any(value != "1" for value in literal):
        raise DataError(
            f"formula {text!r}: the number {literal[0]} multiplies a term; write I({literal[0]} "
            "* x), or change the unit in the data"
        )
    return tuple(_expression(f, text) for f in factors if f.eval_method.value != "literal")


def _expression(factor: ParsedFactor, text: str) -> Expression:
    if factor.eval_method.value == "lookup":
        return column_expression(factor.expr)
    if factor.eval_method.value == "literal":
        raise DataError(f"formula {text!r}: the outcome must be a column, not {factor.expr}")
    try:
        return read_expression(factor.expr)
    except DataError as error:
        raise DataError(f"formula {text!r}: {error}") from error


def expressions_of(terms: tuple[Term, ...]) -> tuple[Expression, ...]:
    """Return every expression of the terms once, in order of first appearance."""
    return tuple(dict.fromkeys(chain.from_iterable(term.expressions for term in terms)))
