import formulaic
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrostats.errors import DataError
from retrostats.models.frame.model_frame import model_frame
from retrostats.models.mean.design import design_for, design_for_terms
from retrostats.models.mean.formula import read_formula, read_terms

#: The same products, perhaps in another order; no gap measured.
SAME = 1e-13


def walkers(rows=60, seed=1):
    random = np.random.default_rng(seed)
    data = pd.DataFrame(
        {
            "a": np.tile(["p", "q", "r"], rows)[:rows],
            "b": random.permutation(np.tile(["k", "l"], rows)[:rows]),
            "c": pd.Categorical(random.permutation(np.tile(["w", "u"], rows)[:rows]), ["w", "u"]),
            "v": pd.Categorical(np.tile([6, 3, 12, 24], rows)[:rows], [3, 6, 12, 24]),
            "n": random.permutation(np.tile([2, 5, 1], rows)[:rows]),
            "subject": np.arange(rows),
        }
    )
    for name in ("y", "x", "z", "peak torque"):
        data[name] = random.gamma(3.0, size=rows)
    return data


def designed(text, data):
    model = read_formula(text)
    frame = model_frame(model, data, subject="subject")
    return design_for(model, frame), frame


def assert_equals_formulaic(text, data):
    design, frame = designed(text, data)
    reference = formulaic.model_matrix(text, data).rhs
    assert design.names == tuple(reference.columns)
    rows = design.rows(frame.numeric, frame.codes, size=len(frame))
    np.testing.assert_allclose(rows, reference.to_numpy(), rtol=0, atol=SAME)
    np.testing.assert_allclose(design.rows_for(data), rows, rtol=0, atol=SAME)


FORMULAS = (
    "y ~ 1",
    "y ~ a*b*c",
    "y ~ 0 + v + v:a + x",
    "y ~ v:a",
    "y ~ x:a",
    "y ~ a + a:x",
    "y ~ (a+b+x)**2 - a",
    "y ~ np.log(x) + I(x**2)",
    "y ~ C(n)",
    "y ~ C(n):a - 1",
    "y ~ center(x)*a",
    "y ~ scale(x):a:b",
    "y ~ -1 + a",
    "y ~ 0 + x",
    "y ~ a/b",
    "y ~ a:b + b:c + a:c - 1",
    "y ~ a + x:a + x:b",
    "y ~ x:z + a:x:z",
    "y ~ `peak torque`*a + np.abs(`peak torque`)",
    "np.log(y) ~ {x + z}:b",
    "y ~ poly(x, 2)*a",
    "y ~ poly(x, 2, raw=True)",
    "y ~ bs(x, df=4):a",
    "y ~ bs(x, df=5, include_intercept=True)",
    "y ~ 0 + bs(x, df=5, include_intercept=True):a",
    "y ~ cr(x, df=4, constraints='center')",
    "y ~ C(a, contr.treatment('q'))*x",
    "y ~ C(a + b)",
    "y ~ I(a == 'q')",
)


@pytest.mark.parametrize("text", FORMULAS)
def test_columns_names_and_values_are_those_of_formulaic(text):
    assert_equals_formulaic(text, walkers())


@st.composite
def formulas(draw):
    names = st.sampled_from(["a", "b", "c", "x", "z", "np.log(x)", "C(n)"])
    products = st.lists(names, min_size=1, max_size=3, unique=True)
    written = [
        draw(st.sampled_from([":", "*"])).join(product)
        for product in draw(st.lists(products, min_size=1, max_size=5))
    ]
    taken_away = "".join(f" - {term}" for term in draw(st.lists(names, max_size=1)))
    return f"y ~ {draw(st.sampled_from(['', '0 + ', '1 + ']))}{' + '.join(written)} + z{taken_away}"


@settings(max_examples=120)
@given(text=formulas())
def test_any_sum_of_products_has_the_columns_of_formulaic(text):
    assert_equals_formulaic(text, walkers(rows=24))


def test_every_column_belongs_to_its_term():
    design, _ = designed("y ~ x + a*v", walkers())
    labels = [design.terms[k].label for k in design.term_of]
    assert labels == ["Intercept", "x", "a", "a", *["v"] * 3, *["a:v"] * 6]


def test_the_reference_asked_for_comes_first_also_in_full_coding():
    design, frame = designed("y ~ 0 + C(a, contr.treatment('q'))", walkers())
    name = "C(a, contr.treatment('q'))"
    assert frame.factors[name] == ("q", "p", "r")
    assert design.names == (f"{name}[q]", f"{name}[p]", f"{name}[r]")
    assert frame.variables["a"].levels == ("q", "p", "r")


def test_new_rows_use_what_was_learnt_from_the_data_of_the_model():
    data, text = walkers(), "y ~ center(x) + bs(z, df=4) + poly(x, 2) + a"
    design, _ = designed(text, data)
    new = data.iloc[10:14].assign(x=[2.0, 2.5, 3.0, 3.5])
    reference = formulaic.model_matrix(text, data).model_spec.rhs.get_model_matrix(new)
    for _ in range(2):  # new rows teach nothing
        np.testing.assert_allclose(design.rows_for(new), reference.to_numpy(), atol=SAME)


def test_a_grid_of_labels_and_numbers_has_rows():
    design, _ = designed("y ~ x + a:v", walkers())
    rows = design.rows_for({"x": [1.5, 2], "a": ["q", "p"], "v": [12, 3]})
    assert rows[:, design.names.index("x")].tolist() == [1.5, 2.0]
    assert rows[:, design.names.index("a[T.q]:v[12]")].tolist() == [1.0, 0.0]
    assert rows.shape == (2, len(design.names))


@pytest.mark.parametrize(
    ("values", "sizes"),
    [
        ({"x": 50.0, "a": "q", "v": 6}, 1),
        ({"x": 50.0, "a": ["q", "p"], "v": 6}, 2),
        ({"x": [50.0, 50.0], "a": "q", "v": 6}, 2),
        ({"x": np.float64(50), "a": np.str_("q"), "v": np.array([6, 6, 3])}, 3),
        ({"x": pd.array([50, 50], dtype="Int64"), "a": "q", "v": pd.Series([6, 3])}, 2),
    ],
)
def test_a_single_value_stands_for_all_rows(values, sizes):
    design, _ = designed("y ~ x + np.log(x) + a + v", walkers())
    rows = design.rows_for(values)
    assert rows.shape == (sizes, len(design.names))
    written = {n: np.broadcast_to(np.asarray(v), sizes).tolist() for n, v in values.items()}
    np.testing.assert_array_equal(rows, design.rows_for(written))
    expected = [1, 50, np.log(50), 1, 0, 0, 1, 0, 0]
    names = ("Intercept", "x", "np.log(x)", "a[T.q]", "a[T.r]", "v[T.3]", "v[T.6]")
    found = dict(zip(design.names, rows[0].tolist(), strict=True))
    assert [found.get(name, 0) for name in names] == pytest.approx(expected[:7])


def test_a_design_without_columns_of_data_takes_its_rows_from_whatever_is_given():
    design, _ = designed("y ~ 1", walkers(rows=6))
    assert design.rows_for({"a": "p", "x": [1.0, 2.0, 3.0]}).tolist() == [[1.0]] * 3
    assert design.rows_for({}).tolist() == [[1.0]]


def test_whole_numbers_are_numbers_like_others_in_expressions():
    design, _ = designed("y ~ np.power(x, -1)", walkers())
    assert design.rows_for({"x": [2, 4]}).tolist() == [[1, 0.5], [1, 0.25]]


def test_a_design_without_expressions_has_as_many_rows_as_asked_for():
    design, frame = designed("y ~ 1", walkers(rows=6))
    assert design.rows({}, {}, size=3).tolist() == [[1.0]] * 3
    assert design.rows_for({"a": ["p", "q"]}).tolist() == [[1.0]] * 2
    assert design.factored(frame).take(slice(None)).shape == (6, 1)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"a": ["q", "s"]}, r"column a: \['s'\] not among the levels known, \['p', 'q', 'r'\]"),
        ({"n": ["2", 5]}, r"\['2'\] not among the levels known, \[1, 2, 5\]"),
        ({"a": ["q", None]}, r"\[None\] not among"),
        ({"x": [1.0, np.nan]}, "no finite number at position"),
        ({"x": ["1", "2"]}, "numbers are needed"),
        ({"z": [-1.0, 1.0]}, "np.log\\(z\\)' is no finite number"),
        ({"x": [1.0, 2.0, 3.0]}, "one length.*needed; a has 2, n has 2, x has 3, z has 2"),
        ({"x": "1"}, "numbers are needed"),
        ({"a": None}, r"\[None\] not among"),
    ],
)
def test_new_rows_that_cannot_be_coded_are_told(change, told):
    design, _ = designed("y ~ a + C(n) + x + np.log(z)", walkers())
    good = {"a": ["q", "p"], "n": [1, 2], "x": [0.5, 1.0], "z": [1.0, 2.0]}
    assert design.rows_for(good).shape == (2, 7)
    with pytest.raises(DataError, match=told):
        design.rows_for(good | change)


def test_all_faults_of_new_rows_are_told_together():
    design, _ = designed("y ~ a + x + z", walkers())
    with pytest.raises(DataError, match=r"(?s)2 faults.*column x.*column z"):
        design.rows_for({"a": ["q"]})
    with pytest.raises(DataError, match=r"(?s)2 faults.*column a.*column x"):
        design.rows_for({"a": ["?"], "x": [np.inf], "z": [0.0]})


def test_terms_of_random_effects_have_a_design_on_the_same_rows():
    data = walkers(rows=12)
    data.loc[3, "z"] = np.nan
    model, random = read_formula("y ~ a"), read_terms("1 + z")
    frame = model_frame(model, data, subject="subject", extra=random)
    design = design_for_terms(random, frame)
    assert design.names == ("Intercept", "z")
    rows = design.factored(frame).take(slice(None))
    assert rows.shape == (11, 2)
    np.testing.assert_array_equal(rows[:, 1], data["z"].drop(3))
    assert frame.ledger.counts() == {"z missing": 1}
    assert list(frame.variables) == ["a"]
