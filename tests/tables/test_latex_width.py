"""What the estimate of a width says is what LaTeX sets: nothing stands out of its page."""

import pytest
from latex_pages import overfull

from retrostats.layout import Layout
from retrostats.tables.latex import as_latex
from retrostats.tables.latex_width import column_ems, setting_of, text_em
from retrostats.tables.paper import PaperTable
from retrostats.tables.shape import shape_of

WORDS = "a long sentence of words that goes on and on "


def table(header, row, **shape):
    layout = Layout(caption="c", header=header, rows=(row, *shape.pop("more", ())), **shape)
    return PaperTable(id="x", layout=layout, note="A note. " * 40)


TABLES = {
    "numbers": table(("", *["95% CI"] * 6), ("a", *["−12.5 to −0.7"] * 6)),
    "capitals": table(("", "n"), ("WOMAC MMMM WWWW " * 2, "1")),
    "many": table(("", *["n"] * 14), ("a", *["111.1 (11.1)"] * 14)),
    "sentences": table(("", "What", "n"), ("a", WORDS * 4, "5"), words=2),
    "long head": table(("", WORDS * 4, "n"), ("a", "b", "5"), words=2),
    "across": table(("", "n", "p"), ("a", WORDS), more=(("b", "1", "0.5"),)),
    "headed": table(
        ("", "n"), (WORDS * 2, ""), more=(("b", "1"),), indents=(0, 1)
    ),
    "turned": table(("", *["95% CI"] * 8), ("a", *["−12.5 to −0.7"] * 8)),
    "pages": table(
        ("", *["95% CI"] * 8), ("a", *["−12.5 to −0.7"] * 8),
        more=(("b", *["−1.5 to −0.7"] * 8),) * 45,
    ),
}  # fmt: skip


def test_nothing_that_is_told_to_fit_is_too_wide(tmp_path):
    shapes = {name: shape_of(each.layout) for name, each in TABLES.items()}
    told = {name: setting_of(shape) for name, shape in shapes.items()}
    assert [name for name, each in told.items() if not each.fits] == ["many"]
    assert [name for name, each in told.items() if each.turned] == ["many", "turned", "pages"]
    texts = {name: as_latex(each) for name, each in TABLES.items() if told[name].fits}
    assert overfull(tmp_path, texts) == []


@pytest.mark.parametrize("wider", ["m", "W", "−", "步"])
def test_a_wider_sign_is_a_wider_text(wider):
    assert text_em(wider) > text_em("0") > text_em("i")
    assert text_em("00") == 2 * text_em("0")
    assert text_em("e\N{COMBINING ACUTE ACCENT}") == text_em("é")


def test_a_column_is_as_wide_as_its_widest_line():
    shape = shape_of(table(("", "n"), ("name", "1"), more=(("x", "22222"),)).layout)
    assert column_ems(shape) == [text_em("name"), text_em("22222")]
