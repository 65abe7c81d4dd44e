import html
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from retrostats.layout import Layout, decimals, df_numbers, number, p_number, p_sentence, percent

TABLE = Layout(
    caption="Means, by arm",
    header=("", "Mean", "95% CI"),
    rows=(
        ("retro, visit 6", "-1.50", "-12.00 to 9.00"),
        ("x:y", "not estimated: no rows"),
        ("control", "0.125", "0.100 to 0.150"),
    ),
)


@pytest.mark.parametrize(
    ("p", "written"),
    [
        (0.0332, "0.033"),
        (0.001, "0.001"),
        (0.00099999, "<0.001"),
        (0.0, "<0.001"),
        (1.0, "1.000"),
        (math.nan, ""),
    ],
)
def test_p_has_one_rule(p, written):
    assert p_number(p) == written
    # In a sentence signs stand apart.
    told = written.replace("<", "< ") if written.startswith("<") else f"= {written}"
    assert math.isnan(p) or p_sentence(p) == f"p {told}"


@given(st.floats(-9.9e6, 9.9e6), st.integers(0, 6))
def test_common_numbers_have_no_power_of_ten_and_all_their_decimals(value, places):
    written = number(value, places)
    assert re.fullmatch(r"-?\d+" + (rf"\.\d{{{places}}}" if places else ""), written)
    assert abs(float(written) - value) <= 0.5000001 * 10.0**-places
    assert float(written) != 0 or not written.startswith("-")


@pytest.mark.parametrize(
    ("value", "places", "written"),
    [
        (1.0e7, 0, "1.0000000e+07"),
        (-2.5e-6, 8, "-2.50e-06"),
        (2.5e-6, 3, "0.000"),
        (0.5, 8, "0.50000000"),
        (0.0, 8, "0.00000000"),
        (math.inf, 2, "inf"),
        (-math.inf, 2, "-inf"),
    ],
)
def test_numbers_beyond_the_common_ones(value, places, written):
    assert number(value, places) == written


def test_decimals_degrees_of_freedom_and_levels():
    assert [decimals(scale) for scale in (9.99, 10.0, 0.0012, 1e6)] == [2, 1, 5, 0]
    assert decimals(80.45, 4) == 2
    assert decimals(math.nan) == decimals(0.0) == decimals(math.inf) == 3
    assert df_numbers([3.0, 57.31, math.inf]) == ["3.0", "57.3", "∞"]
    assert df_numbers([]) == []
    assert [percent(level) for level in (0.95, 0.975, 0.999)] == ["95%", "97.5%", "99.9%"]


def test_text_stands_on_the_decimal_points():
    assert TABLE.text().splitlines() == [
        "Means, by arm",
        "                    Mean           95% CI",
        "  retro, visit 6  -1.50   -12.00 to 9.00",
        "  x:y             not estimated: no rows",
        "  control          0.125   0.100 to 0.150",
    ]


def test_text_has_one_line_for_a_row_whatever_its_label():
    table = Layout(caption="two\nlines", header=("", "n"), rows=(("a\n b", "1"), ("c", "23")))
    assert table.text().splitlines() == ["two lines", "        n", "  a b   1", "  c    23"]
    assert Layout(caption="", header=("", "p"), rows=()).text() == "  p"


def cells(view, tag):
    """Return style and text of the cells of a tag, in their order."""
    found = re.findall(rf'<{tag}[^>]*?style="([^"]*)">(.*?)</{tag}>', view)
    return [(style, html.unescape(re.sub("<[^>]*>", "", text))) for style, text in found]


def test_html_aligns_numbers_right_with_their_heads():
    view = TABLE.html()
    heads, data = cells(view, "th"), cells(view, "td")
    assert [text for _, text in heads] == [*TABLE.header, "retro, visit 6", "x:y", "control"]
    assert ["text-align:right" in style for style, _ in heads] == [False, True, True, *[False] * 3]
    shown = [text.replace("\N{MINUS SIGN}", "-") for _, text in data]
    assert shown == [cell for row in TABLE.rows for cell in row[1:]]
    right = ["text-align:right" in style for style, _ in data]
    assert right == [True, True, False, True, True]
    # Two decimals above three: one digit of room.
    room = [re.findall(r"\+ (.*)ch", style) for style, _ in data]
    assert room == [["1"], ["1"], [], [], []]


def test_pages_have_true_minus_signs_in_numbers_and_nowhere_else():
    table = Layout(
        caption="",
        header=("", "Value", "Note"),
        rows=(("-1 retro - control", "-1.50 (-2.25 to -∞)", "NRS 0-10, -0.5, 2024-01-09, a-1"),),
        closing_words=1,
    )
    assert table.typeset().rows == (
        ("-1 retro - control", "−1.50 (−2.25 to −∞)", "NRS 0-10, −0.5, 2024-01-09, a-1"),
    )
    assert "−1.50 (−2.25 to −∞)" in table.html()
    assert "-1 retro - control" in table.html()
    # What is copied from a terminal or read by a program can be typed and is a number.
    assert "−" not in table.text() + table.markdown()


def test_a_label_that_is_a_number_has_a_true_minus_sign_too():
    table = Layout(caption="", header=("Shift", "n"), rows=(("-1.2", "5"), ("-1 to -2 SD", "6")))
    assert [row[0] for row in table.typeset().rows] == ["−1.2", "-1 to -2 SD"]
    assert "-1.2" in table.text()


def test_thousands_are_no_decimals_in_html():
    table = Layout(
        caption="",
        header=("", "Trials", "Mean"),
        rows=(("a", "500", "0,5"), ("b", "1,000", "1,000"), ("c", "no trials")),
    )
    room = [re.findall(r"\+ (.*)ch", style) for style, _ in cells(table.html(), "td")]
    # A decimal comma beside them is one: two digits of room.
    assert room == [[], ["2"], [], [], []]


def test_html_scrolls_below_its_caption_and_wraps_labels_after_commas_only():
    view = TABLE.html()
    caption = view.index("<b>Means, by arm</b>")
    assert (
        caption < view.index('<div style="overflow-x:auto"><table') < view.index("</table></div>")
    )
    wrapped = re.findall(r'<th scope="row" style="[^"]*white-space:nowrap">(.*?)</th>', view)
    assert wrapped == ['retro,<span style="white-space:normal"> </span>visit 6', "x:y", "control"]


def test_everything_is_escaped_in_html():
    bad = "<script>&"
    view = Layout(caption=bad, header=(bad, bad, bad), rows=((bad, bad), (bad, bad, bad))).html()
    assert bad not in view
    assert view.count("&lt;script&gt;&amp;") == 9


@pytest.mark.parametrize(
    "label",
    [
        r"a|b *c* _d_ [e](f) `g` <h> \ ~~i~~ & &amp; $j$ #",
        "arm[T.retro]:visit[T.6]",
        "womac ~ womac_bl + arm * visit",
        "x < 0.5",
        "<b",
        "<5@x.de>",
        "<.001",
    ],
)
def test_a_reader_of_markdown_gives_labels_back(label):
    table = Layout(caption=label, header=("", label), rows=((label, "<0.001"), (label, label)))
    view = MarkdownIt("gfm-like", {"linkify": False}).render(table.markdown())
    text = [html.unescape(cell) for cell in re.findall(r"<(?:strong|t[hd])[^>]*>(.*?)</", view)]
    assert text == [label, "", label, label, "<0.001", label, label]


def test_markdown_leaves_plain_words_and_numbers_as_they_are():
    lines = Layout(caption="", header=("", "p"), rows=(("a - b, visit 3", "<0.001"),)).markdown()
    assert lines.splitlines() == ["|  | p |", "| --- | ---: |", "| a - b, visit 3 | <0.001 |"]


def test_markdown_keeps_notes_in_the_table():
    lines = TABLE.markdown().splitlines()
    assert lines[5] == "| x:y | not estimated: no rows |  |"
    assert {line.count("|") for line in lines[2:]} == {4}


def test_what_some_readers_take_for_mathematics_is_escaped():
    table = Layout(caption="cost in $, gain in $", header=("", "p"), rows=())
    assert table.markdown().startswith(r"**cost in \$, gain in \$**")


DEEP = Layout(
    caption="",
    header=("", "n", "Verdict"),
    rows=(("Pain", "", ""), ("retro", "23", "better"), ("control", "9", "-")),
    closing_words=1,
    indents=(0, 1, 1),
)


def test_rows_are_indented_and_closing_words_stand_left():
    assert DEEP.text().splitlines() == [
        "            n  Verdict",
        "Pain",
        "  retro    23  better",
        "  control   9  -",
    ]
    lines = DEEP.markdown().splitlines()
    assert lines[1:4] == ["| --- | ---: | --- |", "| Pain |  |  |", "| &emsp;retro | 23 | better |"]
    labels = [style for style, _ in cells(DEEP.html(), "th")][3:]
    assert ["padding-left:1.7em" in style for style in labels] == [False, True, True]
    data = cells(DEEP.html(), "td")
    assert [text for style, text in data if "text-align:left" in style] == ["", "better", "-"]
    assert DEEP.depths == (0, 1, 1)
    assert TABLE.depths == (0, 0, 0)


def test_an_indent_belongs_to_each_row():
    with pytest.raises(ValueError, match="x: 1 indents for 2 rows"):
        Layout(caption="x", header=("",), rows=(("a",), ("b",)), indents=(1,))
