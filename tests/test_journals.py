"""The presets of journals agree with themselves and with what their sources print."""

import math
from dataclasses import fields, replace

import pytest

from retrostats.journals import HOUSE, JOURNALS, Journal, find_journal

#: Not of any one journal, so that there are no instructions to point to.
OWN = {"house", "comma"}


@pytest.mark.parametrize("journal", JOURNALS.values(), ids=lambda journal: journal.name)
def test_every_preset_is_consistent(journal):
    assert JOURNALS[journal.name] is journal
    assert journal.title
    assert journal.source.startswith("https://") or journal.name in OWN
    assert 0 < journal.single_mm <= journal.double_mm < 250
    assert 100 < journal.tallest_mm < 300
    assert 5 <= journal.smallest_text <= 8
    assert 300 <= journal.dpi <= 1200
    assert journal.interval in {"to", "dash"}


@pytest.mark.parametrize("journal", JOURNALS.values(), ids=lambda journal: journal.name)
def test_what_differs_from_the_house_has_a_source(journal):
    told = {"name", "title", "source", "unknown"}
    differs = [
        field.name
        for field in fields(Journal)
        if field.name not in told and getattr(journal, field.name) != getattr(HOUSE, field.name)
    ]
    assert bool(differs) <= (bool(journal.source) or journal.name in OWN)
    # What is not known of a journal is the house's, and is not told to be the journal's.
    assert not set(differs) & journal.unknown
    for name in journal.unknown:
        assert journal.owner_of(name) == HOUSE.title


def test_the_presets_have_what_is_printed_in_the_instructions():
    sizes = {
        name: (journal.single_mm, journal.double_mm, journal.tallest_mm, journal.smallest_text)
        for name, journal in JOURNALS.items()
    }
    assert sizes["nature"] == (89, 183, 170, 5)
    assert sizes["elsevier"][:2] == (90, 190)
    assert sizes["springer"][:3] == (84, 174, 234)
    # 2250 by 2625 pixels at 300 dpi
    assert sizes["plos"][1:3] == (2250 / 300 * 25.4, 2625 / 300 * 25.4)
    assert JOURNALS["lancet"].decimal_mark == "\N{MIDDLE DOT}"
    assert JOURNALS["lancet"].p_digits == "two significant"
    assert (JOURNALS["jama"].p_zero, JOURNALS["jama"].p_digits) == (False, "two or three")
    assert (JOURNALS["nejm"].p_zero, JOURNALS["nejm"].p_digits) == (True, "two or three")
    assert (JOURNALS["comma"].decimal_mark, JOURNALS["comma"].interval) == (",", "dash")


def test_a_journal_is_found_by_its_name_and_stays_what_it_is():
    assert find_journal(None) is HOUSE
    assert find_journal("lancet") is JOURNALS["lancet"]
    mine = replace(HOUSE, name="mine", single_mm=80.0)
    assert find_journal(mine) is mine


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(ValueError, match=r"^journal 'bjm' is not known; expected one of comma, "):
        find_journal("bjm")
    for name in ("", "Lancet", 5, ["jama"], b"jama"):
        with pytest.raises(ValueError, match="is not known; expected one of comma, "):
            find_journal(name)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"single_mm": 0.0}, "single_mm 0; expected more than 0"),
        ({"dpi": -1, "tallest_mm": math.nan}, "tallest_mm nan, dpi -1"),
        ({"dpi": True, "double_mm": "170"}, "double_mm '170', dpi True; expected more than 0"),
        ({"decimal_mark": ";"}, r"decimal_mark ';'; expected one of '\.', ',', '·'"),
        ({"interval": "hyphen"}, "interval 'hyphen'; expected one of 'to', 'dash'"),
        ({"p_digits": 3}, "p_digits 3; expected one of 'three', 'two or three', 'two sig"),
        ({"p_zero": "no"}, "p_zero 'no'; expected one of True, False"),
        ({"unknown": frozenset({"width"})}, "unknown width is no value of it"),
        ({"double_mm": 80.0}, "one column of 85 mm is wider than two of 80 mm"),
    ],
)
def test_a_journal_of_impossible_sizes_is_refused(change, message):
    with pytest.raises(ValueError, match=f"^journal 'house': {message}"):
        replace(HOUSE, **change)
