"""A reproduction cut down to the rows that are asked for."""

import pytest

import retrostats as rs


@pytest.fixture(scope="module")
def found():
    return rs.reproduce("chen2021")


def test_only_keeps_the_rows_with_these_values_in_their_order(found):
    kept = found.only(outcome="pain", quantity="p")
    assert kept.trial is found.trial
    assert kept.rows == tuple(r for r in found.rows if (r.outcome, r.quantity) == ("pain", "p"))
    assert len(kept.rows) == 2


def test_of_a_verdict_the_beginning_is_enough(found):
    kept = found.only(verdict="not recomputable").rows
    assert len(kept) == found.counts()["not recomputable"] == 2
    assert {row.verdict for row in kept} == {
        "not recomputable: mean and SD of the follow-up scores"
    }
    assert found.only(outcome="swa").rows == ()


def test_nothing_asked_keeps_everything(found):
    assert found.only() == found


def test_an_unknown_column_is_told_with_those_there_are(found):
    with pytest.raises(ValueError, match="no column colour, low; there are trial, outcome"):
        found.only(low="1", colour="red")
