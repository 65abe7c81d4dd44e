"""Rules over subjects: read exactly, refused with advice, met by those who are known to."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrostats.data.rules import Rule, meets, parse_rule

READ = {
    "age >= 40": ("age", ">=", (40.0,)),
    "age<=75.5": ("age", "<=", (75.5,)),
    " bmi > -1e2 ": ("bmi", ">", (-100.0,)),
    "pain < .5": ("pain", "<", (0.5,)),
    "sex == female": ("sex", "==", ("female",)),
    "sex != 'not said, or unclear'": ("sex", "!=", ("not said, or unclear",)),
    "sex in female, male": ("sex", "in", ("female", "male")),
    "grade in 1, 2": ("grade", "in", (1.0, 2.0)),
    "grade in '1', \"2\"": ("grade", "in", ("1", "2")),
    "site in St Mary, the North": ("site", "in", ("St Mary", "the North")),
    "inside == in": ("inside", "==", ("in",)),
}

REFUSED = {
    "": "'' is no rule; write it as `name operator value`",
    "age": "'age' is no rule; write it as",
    "40 <= age": "'40 <= age' is no rule; write it as",
    "age >=": "'age >=' is no rule; write it as",
    "age = 40": "did you mean age == 40?",
    "age ≥ 40": "did you mean age >= 40?",
    "age => 40": "did you mean age >= 40?",
    "sex is male": "did you mean sex == male?",
    "sex is not male": "did you mean sex != male?",
    "age >= old": "'old' is no number, which >= needs",
    "age >= 40 and age <= 75": "one condition a rule: list several rules",
    "sex == male or age > 3": "one condition a rule: list several rules",
    "age in 1, b": "mixes numbers and labels; put labels that look like numbers in quotes",
    "age >= 1, 2": "is no rule",
    "sex in a,,b": "is no rule",
    "sex in a, b,": "is no rule",
    "sex == 'a": "is no rule",
    "age >= 1e999": "a number is too large",
}


@pytest.mark.parametrize("text", READ)
def test_a_rule_is_read(text):
    rule = parse_rule(text)
    assert (rule.name, rule.operator, rule.values) == READ[text]
    assert rule.text == text
    assert rule.numeric == isinstance(rule.values[0], float)


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_rule_is_refused_with_advice(text):
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the message is held below
        parse_rule(text)
    assert REFUSED[text] in str(error.value)


@given(
    st.text(max_size=30)
    | st.lists(st.sampled_from(["a", ">=", "in", "'", '"', ",", "1", " ", "=", "and"])).map("".join)
)
def test_any_text_is_a_rule_or_refused(text):
    try:
        rule = parse_rule(text)
    except ValueError:
        return
    assert isinstance(rule, Rule)
    assert re.match(r"[A-Za-z]\w*", rule.name, re.A)
    assert len(rule.values) >= 1
    assert rule.operator == "in" or len(rule.values) == 1


SUBJECTS = pd.DataFrame(
    {
        "age": [39.0, 40.0, 41.0, None],
        "sex": pd.Categorical(["female", "male", None, "male"], categories=["female", "male"]),
        "site": ["a", None, "b", "c"],
        "whole": [1, 2, 3, 4],
    },
    index=[7, 7, 1, 0],
)

MET = {
    "age >= 40": [0, 1, 1, 0],
    "age > 40": [0, 0, 1, 0],
    "age <= 40": [1, 1, 0, 0],
    "age < 40": [1, 0, 0, 0],
    "age == 40": [0, 1, 0, 0],
    "age != 40": [1, 0, 1, 0],
    "age in 39, 41": [1, 0, 1, 0],
    "sex == male": [0, 1, 0, 1],
    "sex != male": [1, 0, 0, 0],
    "sex in female, male": [1, 1, 0, 1],
    "sex == other": [0, 0, 0, 0],
    "sex != other": [1, 1, 0, 1],
    "site != a": [0, 0, 1, 1],
    "site in a, b": [1, 0, 1, 0],
    "whole >= 3": [0, 0, 1, 1],
}


@pytest.mark.parametrize("text", MET)
def test_who_meets_a_rule(text):
    met = meets(parse_rule(text), SUBJECTS)
    assert met.dtype == bool
    assert met.tolist() == [bool(x) for x in MET[text]]


def test_a_rule_that_cannot_be_asked():
    with pytest.raises(ValueError, match=r"there is no column height; there are age, sex, site"):
        meets(parse_rule("height > 1"), SUBJECTS)
    with pytest.raises(ValueError, match="asks for a number, but sex holds labels"):
        meets(parse_rule("sex == 1"), SUBJECTS)
    with pytest.raises(ValueError, match="asks for a label, but age holds numbers"):
        meets(parse_rule("age == old"), SUBJECTS)
