"""Short names and words of the page."""

import pytest

from retrostats.data.published import Arm
from retrostats.report.cells import row_cells
from retrostats.report.grid import Column, Grid, Line, text_cell
from retrostats.report.words import anchor, doi_address, people, quantity_words, span_words

from .conftest import figure, row, trial


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (None, None, ""),
        (0.1, None, "at least 0.1"),
        (None, 0.1, "at most 0.1"),
        (0.0, None, "at least 0"),
        (0.1, 0.2, "0.1 to 0.2"),
        (0.65, 0.65001, "0.65"),
    ],
)
def test_a_range_in_words(low, high, words):
    assert span_words(low, high) == words


def test_a_statistic_in_words():
    assert quantity_words("hedges_g") == "Hedges' g"
    assert quantity_words("mean_difference_in_change") == "mean difference in change"


def test_anchors_are_plain_and_distinct():
    names = ["a b", "a_b", "a-b", "ab", "ä", '"><script>']
    anchors = [anchor(name) for name in names]
    assert len(set(anchors)) == len(names)
    assert all(set(a) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_") for a in anchors)


def test_a_doi_becomes_an_address_that_cannot_leave_the_resolver():
    assert doi_address("10.1016/j.joca.2015.02.845") == "https://doi.org/10.1016/j.joca.2015.02.845"
    assert doi_address('10.1/a"b c') == "https://doi.org/10.1/a%22b%20c"
    assert doi_address("") == ""


def test_people_are_counted_once():
    arms = (Arm(label="A", n_randomised=20, n_analysed=18), Arm(label="B", n_analysed=19))
    assert people(trial(arms=arms)) == 39
    crossed = figure("0.04", contrast="A - B", test="paired", statistic="p")
    assert people(trial(arms=arms, figures=(crossed,))) == 20
    assert people(trial(arms=(*arms, Arm(label="C")))) is None
    assert people(trial(arms=())) is None


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("0.04", 0.04),
        ("P < 0.05", 0.05),
        ("\u221238.7", -38.7),
        ("0,685", 0.685),
        ("2.89 to 16.24", 2.89),
        ("not significant", None),
    ],
)
def test_a_printed_text_sorts_by_its_number(printed, number):
    assert row_cells(row(printed=printed))[4].number == number


def test_a_line_with_a_cell_too_many_is_refused():
    with pytest.raises(ValueError, match="table 'x': 2 cells in a line, expected 1"):
        Grid(
            caption="x",
            columns=(Column(title="a"),),
            lines=(Line(cells=(text_cell("1"), text_cell("2"))),),
        )
