"""Plain formulas are read as formulaic reads them."""

from __future__ import annotations

import pytest
from formulaic import Formula
from hypothesis import given
from hypothesis import strategies as st

from retrostats.models.mean.formula import read_formula, read_terms
from retrostats.models.mean.plain_formula import plain_formula

names = st.sampled_from(["a", "b", "c", "d_1", "Éa"])
factors = st.lists(names, min_size=1, max_size=3).map(":".join)
products = st.lists(factors, min_size=1, max_size=3).map(" * ".join)
sums = st.lists(products, min_size=1, max_size=4).map(" + ".join)
constants = st.sampled_from(["", "0 + ", "1 + "])
texts = st.tuples(constants, sums).map("".join)


def by_formulaic(text):
    """Terms as tuples of names, the intercept empty."""
    return [
        tuple(f.expr for f in term.factors if f.eval_method.value != "literal")
        for term in Formula(text).rhs
    ]


@given(texts)
def test_plain_formulas_have_the_terms_of_formulaic(text):
    found = plain_formula(f"y ~ {text}")
    assert found is not None
    assert found.outcome == "y"
    assert [tuple(term) for term in found.terms] == by_formulaic(f"y ~ {text}")
    assert [t.factors for t in read_formula(f"y ~ {text}").terms] == by_formulaic(f"y ~ {text}")


@given(sums)
def test_plain_right_hand_sides(text):
    assert [t.factors for t in read_terms(text)] == by_formulaic(f"y ~ {text}")


@pytest.mark.parametrize("text", ["y ~ a + 0", "y ~ 1", "y~a*b", " y  ~\n a\n + b ", "y ~ 0 + a"])
def test_constants_and_spaces(text):
    assert list(plain_formula(text).terms) == by_formulaic(text)


@pytest.mark.parametrize(
    "text",
    ["y ~ a - 1", "y ~ np.log(a)", "y ~ `a b`", "y ~ a / b", "y ~ (a + b)", "y ~ 0 + 1 + a",
     "y ~ a * 2", "y - x ~ a", "y ~ a ~ b", "y ~ a +", "", "~ a", "y ~ a.b", "y ~ class",
     "y ~ a ** 2", "y ~ 0", "y ~ a | b", "y ~ {a + b}",
     "y ~ a %in% b", "y, z ~ a", "y ~ a b", "y ~ 10"],
)  # fmt: skip
def test_what_is_not_plain_is_left_to_the_parser(text):
    assert plain_formula(text) is None
