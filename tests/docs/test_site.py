"""The local parts of the documentation: formulas, links to names, papers and files elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from check_links import faults_of
from mathml import mathml
from messages import break_paths, hold_together, keep_quotes, mark, size_cells
from names import WRITTEN, is_meant, linked, page_of, public_name
from outside import contents, redirected, stand_ins

DOCS = Path(__file__).parents[2] / "docs"
FORMULA = re.compile(r"\$\$(.+?)\$\$|(?<![\w$])\$([^$\n]+)\$", re.DOTALL)
CODE = re.compile(r"^ *```.*?^ *```$|`[^`\n]*`", re.DOTALL | re.MULTILINE)


def test_every_formula_of_the_pages_is_set():
    found = 0
    for page in [*DOCS.glob("*.md"), *DOCS.glob("methods/*.md")]:
        for block, inline in FORMULA.findall(CODE.sub("", page.read_text(encoding="utf-8"))):
            assert mathml(block or inline, "inline").startswith("<math alttext=")
            found += 1
    assert found >= 400


def test_a_formula_keeps_its_source_and_is_well_formed():
    assert mathml("a < b", "block") == (
        '<math alttext="a &lt; b" xmlns="http://www.w3.org/1998/Math/MathML" display="block">'
        "<mrow><mi>a</mi><mo>&#x0003C;</mo><mi>b</mi></mrow></math>"
    )


@pytest.mark.parametrize(
    ("formula", "part"),
    [
        (r"y \sim N", "<mo>&#x0223C;</mo>"),
        (r"X'X", '<msup><mi>X</mi><mo class="prime" lspace="0" rspace="0">&#x02032;</mo></msup>'),
        (r"N\log 2", '<mi>N</mi><mspace width="0.17em"/><mi>log</mi><mspace width="0.17em"/><mn>'),
        (r"\log(x)", '<mi>log</mi><mo stretchy="false">&#x00028;'),
        (r"\lvert i\rvert", '<mo stretchy="false" lspace="0" rspace="0">&#x0007C;</mo><mi>i</mi>'),
        (r"a \pm b", "<mo>&#x000B1;</mo>"),
        (r"(a)^2", '<msup><mo form="postfix" stretchy="false">&#x00029;</mo>'),
        (r"U\operatorname{diag}(d)", '<mi>U</mi><mspace width="0.17em"/><mi>diag</mi>'),
        (r"\operatorname{tr}(A)", '<mi>tr</mi><mo stretchy="false">&#x00028;'),
    ],
)
def test_spaces_and_forms_are_those_of_tex(formula, part):
    assert part in mathml(formula, "inline")


def test_a_command_that_cannot_be_set_is_an_error():
    with pytest.raises(ValueError, match=r"\\nosuchthing cannot be set"):
        mathml(r"a \nosuchthing b", "inline")


def test_sentences_are_wrapped_and_columns_are_not():
    from docutils import nodes

    said = nodes.literal_block("", "retro - control: -0.9.  Two  spaces", language="text")
    table = nodes.literal_block("", "arm      mean\nretro     1.5", language="console")
    code = nodes.literal_block("", "print(1)", language="python")
    mark(nodes.section("", said, table, code))
    assert [block["classes"] for block in (said, table, code)] == [["message"], [], []]


@pytest.mark.parametrize(
    ("line", "width", "marked"),
    [("a    b", 104, []), ("a    b", 105, ["sentences"]), ("a" * 105 + "    b", 105, [])],
)
def test_a_long_sentence_beside_columns_is_wrapped_where_these_have_room(line, width, marked):
    from docutils import nodes

    block = nodes.literal_block("", f"{line}\n{'s' * width}", language="text")
    mark(nodes.section("", block))
    assert block["classes"] == marked


def test_a_path_in_a_table_may_break_behind_a_slash():
    from docutils import nodes

    path, alone, outside = (nodes.literal("", text) for text in ("a/b/c.py", "d/", "e/f"))
    page = nodes.section("", nodes.entry("", path, alone), nodes.paragraph("", "", outside))
    break_paths(None, page, "architecture")
    made = ["|" if isinstance(child, nodes.raw) else child.astext() for child in path.children]
    assert made == ["a/", "|", "b/", "|", "c.py"]
    assert [len(literal.children) for literal in (alone, outside)] == [1, 1]


def table_of(head, *cells):
    from docutils import nodes

    rows = [nodes.row("", nodes.entry("", nodes.paragraph("", text))) for text in (head, *cells)]
    parts = (nodes.thead("", rows[0]), nodes.tbody("", *rows[1:]))
    return nodes.section("", nodes.table("", nodes.tgroup("", *parts)))


def test_cells_are_short_long_or_neither():
    from docutils import nodes

    page = table_of("ms", "too narrow", "eleven ones", "s" * 40, "s" * 41)
    size_cells(page)
    found = [entry["classes"] for entry in page.findall(nodes.entry)]
    assert found == [["short"], ["short"], [], [], ["long"]]


@pytest.mark.parametrize(("head", "shown"), [("example", "'Retro ' is none"), ("rule", None)])
def test_messages_of_a_table_keep_their_quotes(head, shown):
    from docutils import nodes

    page = table_of(head, "\u2018Retro \u2018 is none")
    before = page.astext()
    page += nodes.table("", nodes.tgroup("", nodes.tbody()))
    keep_quotes(page)
    assert page.astext().strip() == (f"{head}\n\n{shown}" if shown else before)


def test_a_full_stop_stays_with_its_formula():
    from docutils import nodes

    said = nodes.paragraph("", "", nodes.math("", "a"), nodes.Text(".) Then "))
    said += [nodes.math("", "b"), nodes.Text(" and "), nodes.math("", "c")]
    hold_together(nodes.section("", said))
    held = said.children[0]
    assert isinstance(held.children[0], nodes.math)
    assert (held["classes"], held.children[1].astext()) == (["held"], ".)")
    assert said.astext() == "a.) Then b and c"
    assert [type(child).__name__ for child in said.children[1:]] == ["Text", "math", "Text", "math"]


def test_paths_of_modules_lead_to_public_names():
    assert public_name("retrostats.estimate.Estimate.from_se") == "retrostats.Estimate.from_se"
    assert public_name("retrostats.effects.two_group.hedges_g") == "retrostats.hedges_g"
    assert public_name("retrostats.estimate.Estimates") == "retrostats.estimate.Estimates"


@pytest.mark.parametrize(
    ("written", "page", "meant"),
    [
        ("rs.describe(ax.figure)", "index", True),
        ("describe", "methods/mmrm", False),
        ("hedges_g(variance=...)", "methods/mean-effects", True),
        ("hedges_g", "data-format", False),
        ("FitError", "methods/mmrm", True),
        ("rs.nothing", "index", False),
    ],
)
def test_which_words_are_public_names(written, page, meant):
    assert is_meant(WRITTEN.fullmatch(written), page) is meant


def test_a_field_stands_on_the_page_of_its_type():
    assert page_of("Estimate", ".from_se") == "retrostats.Estimate.from_se"
    assert page_of("Journal", ".source") == "retrostats.Journal"
    assert page_of("grim", "") == "retrostats.grim"


def test_a_doi_becomes_a_link():
    from names import DOI

    text = "Lancet 327. doi:10.1016/S0140-6736(86)90837-8. See (doi:10.1002/sim.2324)"
    assert DOI.sub(linked, text) == (
        "Lancet 327. `doi:10.1016/S0140-6736(86)90837-8 "
        "<https://doi.org/10.1016/S0140-6736(86)90837-8>`__. "
        "See (`doi:10.1002/sim.2324 <https://doi.org/10.1002/sim.2324>`__)"
    )


def test_links_to_files_elsewhere_lead_to_the_pages_that_show_them(tmp_path):
    docs = tmp_path / "docs"
    (docs / "records").mkdir(parents=True)
    (docs / "records" / "data.md").write_text("<!-- stands for: ../../data/README.md -->")
    (docs / "index.md").write_text("<!-- answers for: ../README.md -->")
    pages = stand_ins(docs)
    text = "[a](../data/README.md#x) [b](plan.md) `[c](../README.md)` [d](../README.md) [e](#f)"
    page = docs / "tutorial.md"
    assert redirected(text, page, page, pages) == (
        "[a](records/data.md#x) [b](plan.md) `[c](../README.md)` [d](index.md) [e](#f)"
    )
    moved = redirected(
        "[p](../docs/plan.md)", tmp_path / "data" / "README.md", docs / "records" / "data.md", {}
    )
    assert moved == "[p](../plan.md)"


def test_a_hidden_table_of_contents():
    assert contents("\n:caption: For a paper\nfigures\n") == (
        "```{toctree}\n:hidden:\n:caption: For a paper\nfigures\n```"
    )


GOOD = '<a href="b.html#there">b</a><a href="https://doi.org/10.1/x">x</a><p id="here">'
SITES = {
    "all well": (GOOD, []),
    "no page": ('<a href="c.html">', ["index.html: c.html leads to no file"]),
    "no place": ('<a href="b.html#no">', ["index.html: b.html#no leads to no place of that page"]),
    "here": ('<a href="#no">', ["index.html: #no leads to no place of that page"]),
    "picture": ('<img src="c.png">', ["index.html: c.png leads to no file"]),
    "script": ('<script src="https://a.b/c.js">', ["index.html: loads https://a.b/c.js"]),
    "film": ('<video src="https://a.b/c">', ["index.html: loads https://a.b/c"]),
    "object": ('<object data="https://a.b/c">', ["index.html: loads https://a.b/c"]),
    "fine picture": (
        '<img srcset="d.png 1x, https://a.b/c 2x">',
        ["index.html: loads https://a.b/c", "index.html: d.png leads to no file"],
    ),
    "background": ('<p style="background:url(//a.b/c)">', ["index.html: loads //a.b/c"]),
    "style": (
        "<style>@import 'https://a.b/c'</style>url(//d)",
        ["index.html: loads https://a.b/c"],
    ),
    "early": ('<link rel="preconnect" href="https://a.b">', ["index.html: loads https://a.b"]),
    "font": ('<link rel="stylesheet" href="//a.b/c">', ["index.html: loads //a.b/c"]),
}


@pytest.mark.parametrize("site", SITES)
def test_the_check_of_links(site, tmp_path):
    text, faults = SITES[site]
    (tmp_path / "index.html").write_text(text)
    (tmp_path / "b.html").write_text('<p id="there">')
    assert faults_of(tmp_path) == faults


def test_styles_fetch_nothing(tmp_path):
    (tmp_path / "index.html").write_text("")
    (tmp_path / "a.css").write_text("a {background: url('https://a.b/c')} b {background: url(d)}")
    assert faults_of(tmp_path) == ["a.css: loads https://a.b/c"]
    assert "no index.html" in faults_of(tmp_path / "none")[0]
