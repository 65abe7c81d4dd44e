"""The plan in sentences, as a notebook shows it."""

import re
from dataclasses import replace

import pytest

import retrostats as rs
from retrostats.plan.sentences import planned_sentences

FOLDER = "data/example_cohort"


@pytest.fixture(scope="module")
def codebook():
    return rs.read_codebook(f"{FOLDER}/codebook.toml")


@pytest.fixture(scope="module")
def plan():
    return rs.read_plan(f"{FOLDER}/plan.toml")


def test_every_sentence_of_the_report_is_there_one_to_a_line(plan, codebook):
    words = rs.plan_in_words(plan, codebook)
    assert words.sentences == planned_sentences(plan, codebook)
    assert str(words).splitlines() == list(words.sentences)


def test_a_notebook_shows_a_list_and_escapes_what_the_plan_says(plan, codebook):
    odd = replace(plan, estimand=replace(plan.estimand, population="adults <script>x</script>"))
    html = rs.plan_in_words(odd, codebook)._repr_html_()
    assert re.findall(r"<(\w+)", html) == ["ul", *["li"] * len(planned_sentences(odd, codebook))]
    assert "adults &lt;script&gt;" in html


def test_a_plan_that_does_not_fit_is_refused_with_every_place(plan, codebook):
    odd = replace(plan, secondary=(replace(plan.primary, outcome="mood"),))
    odd = replace(odd, model=replace(odd.model, covariates=("height",)))
    with pytest.raises(rs.PlanError) as told:
        rs.plan_in_words(odd, codebook)
    assert "mood" in str(told.value)
    assert "height" in str(told.value)
