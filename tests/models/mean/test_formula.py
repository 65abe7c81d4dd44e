import pytest

from retrostats.errors import DataError
from retrostats.models.mean.formula import MeanModel, expressions_of, read_formula, read_terms


def labels(text):
    return [term.label for term in read_formula(text).terms]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("y ~ 1", ["Intercept"]),
        ("y ~ arm * visit", ["Intercept", "arm", "visit", "arm:visit"]),
        ("y ~ 0 + v + v:a + x", ["v", "x", "v:a"]),
        ("y ~ (a + b + x)**2 - a", ["Intercept", "b", "x", "a:b", "a:x", "b:x"]),
        ("y ~ a/b", ["Intercept", "a", "a:b"]),
        ("y ~ a - 1", ["a"]),
        ("y ~ 1:a", ["Intercept", "a"]),
        ("y ~ `peak torque` + np.log(x)", ["Intercept", "peak torque", "np.log(x)"]),
    ],
)
def test_terms_come_in_the_order_of_formulaic(text, expected):
    assert labels(text) == expected


def test_a_model_knows_its_outcome_and_the_columns_that_each_expression_needs():
    text = "np.log(y / `first y`) ~ C(week, contr.treatment(6)) * center(`peak torque`) + a"
    model = read_formula(text)
    assert isinstance(model, MeanModel)
    assert model.text == text
    assert model.response == "np.log(y / `first y`)"
    assert model.outcome.columns == ("y", "first y")
    week, torque, a = sorted(expressions_of(model.terms), key=lambda e: "Cca".index(e.text[0]))
    assert (week.column, week.categorical, week.reference) == ("week", True, 6)
    assert (torque.column, torque.columns, torque.categorical) == ("", ("peak torque",), False)
    assert (a.column, a.columns, a.categorical) == ("a", ("a",), False)


@pytest.mark.parametrize("coding", ["", ", contr.treatment", ", Treatment", ", contr.treatment()"])
def test_treatment_coding_may_be_spelt_out(coding):
    (_, term) = read_formula(f"y ~ C(x{coding})").terms
    assert (term.expressions[0].column, term.expressions[0].reference) == ("x", None)


@pytest.mark.parametrize(
    "coding", ["contr.treatment('b')", "Treatment(reference='b')", "contrasts=Treatment('b')"]
)
def test_a_reference_level_may_be_named(coding):
    (_, term) = read_formula(f"y ~ C(x, {coding})").terms
    assert term.expressions[0].reference == "b"


def test_a_name_is_a_function_where_it_is_called_and_a_column_elsewhere():
    (term,) = read_formula("y ~ 0 + np.log(log)").terms
    assert term.expressions[0].columns == ("log",)


def test_the_same_text_is_read_once():
    assert read_formula("y ~ once") is read_formula("y ~ once")


def test_terms_alone_are_those_of_random_effects():
    assert [term.label for term in read_terms("week")] == ["Intercept", "week"]
    assert [term.label for term in read_terms("0 + week")] == ["week"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "a text such as"),
        ("a + b", "there is no outcome"),
        ("~ a", "there is no outcome"),
        ("y ~ a +* b", "cannot be read"),
        ("y ~ (a", "cannot be read"),
        ("y ~ np.log(x", "cannot be read"),
        ("y + z ~ a", "exactly one outcome"),
        ("y:z ~ a", r"exactly one outcome.*write \{y\*z\} or I\(y\*z\)"),
        ("womac - `first day` ~ a", r"write \{womac - `first day`\} or I\(womac - `first day`\)"),
        ("y * z ~ a", r"such as '\*', .*write \{y \* z\}"),
        ("y / z ~ a", r"such as '/', .*write \{y / z\}"),
        ("y ** 2 ~ a", r"such as '\*\*', .*write \{y \*\* 2\}"),
        ("y ^ 2 ~ a", r"such as '\^', .*write \{y \*\* 2\}"),
        ("(y - z) ~ a", r"such as '-'"),
        ("y - 1 ~ a", r"such as '-'"),
        ("0 + y ~ a", r"such as '\+'"),
        ("-y ~ a", r"such as '-'"),
        ("y %in% z ~ a", r"exactly one outcome"),
        ("y % z ~ a", r"write \{a % b\}"),
        ("{y:z} ~ a", "cannot be read"),
        ("y | z ~ a", "exactly one outcome"),
        ("1 ~ a", "exactly one outcome|must be a column"),
        ("C(y) ~ a", "must be a number"),
        ("y ~ a + (1 | id)", "random="),
        ("y ~ a | id", "random="),
        ("y ~ .", "name the columns"),
        ("y ~ 0", "no term is left"),
        ("y ~ 2:x", r"I\(2 \* x\)"),
        ("y ~ abs(x)", "np.abs"),
        ("y ~ lag(x)", "different subjects"),
        ("y ~ hashed(x, levels=3)", r"use C\("),
        ("y ~ Q('x')", "backticks"),
        ("y ~ np.log(C(x))", "must stand alone"),
        ("y ~ C(x, contr.sum)", "only treatment coding"),
        ("y ~ C(x, contr.helmert())", "only treatment coding"),
        ("y ~ C(x, contr.treatment('a', 'b'))", "only treatment coding"),
        ("y ~ C(x, contr.treatment(b))", "written out"),
        ("y ~ C(x, levels=['a', 'b'])", "levels="),
        ("y ~ np.log(2)", "uses no column"),
    ],
)
def test_what_cannot_be_read_is_told_with_the_remedy(text, told):
    with pytest.raises(DataError, match=told):
        read_formula(text)


def test_terms_alone_have_no_outcome():
    with pytest.raises(DataError, match="leave out the tilde"):
        read_terms("y ~ week")
