"""Hostile words in the pieces of HTML that notebooks show."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

import retrostats as rs
from retrostats.layout import html

#: Turns all that follows: a reader would see 89.0 in place of 0.98.
TURNED = "Pain \u202e"
LONG = "Kniegelenk" * 5
BREAKS = "overflow-wrap:anywhere"
PIECES = {
    "bold": html.bold,
    "paragraphs": html.paragraphs,
    "small": html.small,
    "caveats": lambda text: html.caveats([text]),
    "listed": lambda text: html.listed([text]),
    "facts": lambda text: html.facts([(text, text)]),
    "preformatted": html.preformatted,
    "estimate": lambda text: rs.Estimate.from_se(text, 1.0, 0.5, unit="mm")._repr_html_(),
    "table": lambda text: rs.EstimateTable(
        text, (rs.Estimate.from_se(text, 1.0, 0.5, unit="mm"),)
    )._repr_html_(),
    "citations": lambda text: rs.cite(
        replace(rs.load_instruments()["nrs"], name=text)
    )._repr_html_(),
}  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_a_label_does_not_turn_the_numbers_behind_it(piece):
    shown = PIECES[piece](TURNED)
    assert "\u202e" not in shown
    assert "Pain [U+202E]" in shown


@pytest.mark.parametrize("sign", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_every_sign_that_turns_text_becomes_its_code(sign):
    assert html.safe(f"a{sign}b") == f"a[U+{ord(sign):04X}]b"


def test_letters_that_run_from_the_right_stay():
    assert html.safe("כאב 1") == "כאב 1"


@pytest.mark.parametrize("piece", ["bold", "paragraphs", "listed", "estimate", "citations"])
def test_a_long_word_stays_on_the_page_and_others_are_not_broken(piece):
    def apart_from_links(text):  # an address is a long word
        return re.sub(r"<a .*?</a>", "", PIECES[piece](text))

    assert BREAKS in apart_from_links(LONG)
    assert BREAKS not in apart_from_links("Pain when walking")
