"""One document as a web page, a PDF and a Word file."""

import io
import re
import shutil
import subprocess
import zipfile
from html.parser import HTMLParser

import pytest
import typst
from docx import Document as WordDocument

from retrostats.figures.saving import save_figure
from retrostats.figures.style import blank_axes
from retrostats.layout import Layout
from retrostats.report.blocks import (
    Document,
    Facts,
    Figure,
    Heading,
    Listing,
    Notice,
    Paragraph,
    Table,
)
from retrostats.report.pages.html import as_html
from retrostats.report.pages.pdf import as_pdf, text_size
from retrostats.report.pages.shape import numbered
from retrostats.report.pages.word import as_word
from retrostats.tables.normal_zip import normalised_zip
from retrostats.tables.shape import printable, shape_of
from retrostats.tables.word import column_widths

from .invented import EVIL

#: What is left of the hostile text on a page: all of it but what no page can show.
SHOWN = printable(EVIL)

SMALL = Layout(
    caption=f"Small {EVIL}",
    header=("", "control (n = 20)", f"retro {EVIL}"),
    rows=(
        ("Age", "50.1 (3.2)", "51.2 (4.0)"),
        (f"Sex {EVIL}", "", ""),
        ("female", "12 (60%)", "10 (48%)"),
        ("Weight", "not recorded"),
    ),
    indents=(0, 0, 1, 0),
)
WIDE = Layout(
    caption="Wide",
    header=("Outcome", *[f"Column {place}" for place in range(8)]),
    rows=tuple((f"Outcome {k}", *["1.23 (-0.45 to 3.21)"] * 8) for k in range(80)),
)
SENTENCES = Layout(
    caption="Sentences",
    header=("Item", "What"),
    rows=(("1", "a sentence that goes on " * 8),),
    words=2,
)


@pytest.fixture(scope="module")
def figures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("figures")
    ax = blank_axes(170, 60)
    ax.plot([0, 1], [0, 1])
    ax.set_title(EVIL.replace("\x1b", "").replace("\u202e", ""))
    return {
        suffix: {"line": save_figure(ax.figure, folder / f"f.{suffix}", width=170).read_bytes()}
        for suffix in ("svg", "pdf")
    }


@pytest.fixture(scope="module")
def document():
    return Document(
        title=f"Title {EVIL}",
        subtitle=f"Subtitle {EVIL}",
        blocks=(
            Heading(text=f"The answer {EVIL}", anchor="answer"),
            Notice(text=f"Invented {EVIL}", kind="simulated"),
            Paragraph(text=f"Lead {EVIL}", lead=True),
            Notice(text=f"Careful {EVIL}", kind="caution"),
            Listing(items=(f"first {EVIL}", "second")),
            Listing(items=(f"one {EVIL}", "two"), numbered=True),
            Facts(pairs=((f"Term {EVIL}", f"value {EVIL}"),)),
            Heading(text="Tables", anchor="tables"),
            Table(id="small", layout=SMALL, note=f"Note {EVIL}"),
            Table(id="wide", layout=WIDE),
            Table(id="sentences", layout=SENTENCES, paper=False),
            Heading(text="Figure", anchor="figure", depth=3),
            Figure(id="line", caption=f"Caption {EVIL}", alt=f"Alt {EVIL}"),
        ),
    )


@pytest.fixture(scope="module")
def html(document, figures):
    return as_html(document, figures["svg"])


@pytest.fixture(scope="module")
def pdf(document, figures):
    return as_pdf(document, figures["pdf"])


@pytest.fixture(scope="module")
def word(document):
    return as_word(document)


class Page(HTMLParser):
    """Tags with their attributes, and the text outside styles."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.words, self._style = [], [], False
        self.feed(text)
        self.text = " ".join("".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._style = tag == "style"

    def handle_endtag(self, _tag):
        self._style = False

    def handle_data(self, data):
        if not self._style:
            self.words.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


def pdf_text(content):
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not installed")
    done = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True
    )
    return " ".join(done.stdout.decode().split())


STARTS = (
    "Title", "Subtitle", "The answer", "Invented", "Lead", "Careful", "first", "one", "Term",
    "value", "Small", "Sex", "Note", "Caption",
)  # fmt: skip


def test_hostile_text_is_only_shown_on_the_page(html):
    page = Page(html)
    assert page.all("script") == []
    for start in (*STARTS, "retro"):
        assert f"{start} {' '.join(SHOWN.split())}" in page.text
    (image,) = page.all("img")
    assert image["alt"] == f"Alt {SHOWN}"
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e]", html)


def test_hostile_text_is_only_shown_in_the_pdf(pdf):
    # Line breaks fall anywhere, and typst sets ligatures: letters and signs alone are compared.
    text = re.sub(r"\s", "", pdf_text(pdf))
    for start in STARTS:
        assert re.sub(r"\s", "", f"{start} <script>alert(1)</script> #panic") in text, start
    assert text.count('#panic("x")*b*_i_$x$@ref') >= 8


def test_hostile_text_is_only_shown_in_word(word):
    document = WordDocument(io.BytesIO(word))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert f"Title {SHOWN}" in texts
    assert f"Table 1. Small {SHOWN}" in texts
    assert f"Note {SHOWN}" in texts
    assert " ".join(f"Sex {SHOWN}".split()) in [c.text for c in document.tables[0].column_cells(0)]


def test_the_page_loads_nothing_and_runs_nothing(html):
    page = Page(html)
    policy = next(m["content"] for m in page.all("meta") if "http-equiv" in m)
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'unsafe-inline';")
    assert all(image["src"].startswith("data:image/svg+xml;base64,") for image in page.all("img"))
    assert not re.search(r"@import|url\(|https?://", html)
    assert not [name for _, tag in page.tags for name in tag if name.startswith("on")]


def test_what_scrolls_sideways_shows_it_on_a_screen_and_not_on_paper(html):
    # One style for the tables of all reports; `local` moves the cover that hides the shadow.
    style = html[html.index("<style>") : html.index("</style>")]
    shadow = re.search(r"([^{}]*)\{\s*background-image:\s*linear-gradient", style)
    assert {".table", ".scroll"} <= set(shadow[1].strip().split(", "))
    assert "background-attachment: local, local, scroll, scroll;" in style
    paper = style[style.index("@media print", shadow.end()) :]
    assert paper.index(shadow[1].strip()) < paper.index("background-image: none")
    # A later short form would take the shadow away again.
    assert not re.search(r"\.(table|scroll) \{[^}]*background:", style)


def test_the_contents_lead_to_the_chapters(html):
    page = Page(html)
    places = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(places) == len(set(places))
    links = [a["href"] for a in page.all("a")]
    assert links == ["#content", "#answer", "#tables"]
    assert {link[1:] for link in links} <= set(places)


def test_tables_of_the_page_can_be_read_aloud(html):
    tables = re.findall(r"<table.*?</table>", html, flags=re.DOTALL)
    assert len(tables) == 3
    for table, shape in zip(tables, map(shape_of, (SMALL, WIDE, SENTENCES)), strict=True):
        assert table.count("<caption") == 1
        assert table.count('scope="col"') == sum(bool(head) for head in shape.heads)
        headings = sum(row.heading for row in shape.rows)
        assert table.count('scope="rowgroup" colspan="3"') == headings
        assert table.count('scope="row" ') == len(shape.rows) - headings
    assert '<td colspan="2">not recorded</td>' in tables[0]
    assert '<th scope="row" class=" in1">female</th>' in tables[0]
    assert '<td class="number">12 (60%)</td>' in tables[0]


def test_tables_and_figures_count_in_every_form(document, html, pdf, word):
    assert [number for _, number in numbered(document) if number] == [1, 2, 3, 1]
    page, printed = Page(html).text, pdf_text(pdf)
    for words in ("Table 1. Small", "Table 2. Wide", "Table 3. Sentences", "Figure 1. Caption"):
        assert words in page
        assert words in printed
    captions = [
        p.text for p in WordDocument(io.BytesIO(word)).paragraphs if p.style.name == "Caption"
    ]
    assert captions == [f"Table 1. Small {SHOWN}", "Table 2. Wide"]  # the third is not for a paper


def test_every_form_repeats_to_the_byte(document, figures, html, pdf, word):
    assert as_html(document, figures["svg"]) == html
    assert as_pdf(document, figures["pdf"]) == pdf
    assert as_word(document) == word


def test_the_pdf_has_no_date_no_name_and_repeats_table_heads(pdf):
    # XMP and the information dictionary are stored without compression.
    for mark in (b"CreationDate", b"CreateDate", b"/Author"):
        assert mark not in pdf
    assert pdf_text(pdf).count("Column 0") >= 2  # the wide table takes several pages


def test_the_pdf_is_tagged_and_figures_have_words(pdf):
    assert b"/MarkInfo" in pdf
    assert b"/Alt" in pdf


def test_the_pdf_uses_no_font_of_the_machine(document, figures, monkeypatch):
    asked = []
    monkeypatch.setattr(typst, "compile", lambda *_, **how: asked.append(how) or b"")
    as_pdf(document, figures["pdf"])
    assert [how["ignore_system_fonts"] for how in asked] == [True]


def wide_table(columns):
    head = ("Outcome", *[f"Column {k}" for k in range(columns)])
    rows = (("Outcome", *["-1.23 (-0.45 to 3.21)"] * columns),) * 3
    return Layout(caption="Wide", header=head, rows=rows)


@pytest.mark.parametrize(
    ("columns", "expected"),
    [(3, (9.0, False)), (6, (7.0, False)), (8, (8.0, True)), (14, (7.0, True))],
)
def test_wide_tables_get_smaller_text_then_a_turned_page(columns, expected):
    assert text_size(shape_of(wide_table(columns))) == expected


@pytest.mark.parametrize("columns", [3, 4, 5, 6, 7, 8, 9, 10, 14])
def test_no_table_runs_out_of_its_page(columns):
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not installed")
    table = Table(id="wide", layout=wide_table(columns))
    content = as_pdf(Document(title="", subtitle="", blocks=(table,)), {})
    done = subprocess.run(
        ["pdftotext", "-bbox", "-", "-"], input=content, capture_output=True, check=True
    )
    page = float(re.findall(r'<page width="([\d.]+)"', done.stdout.decode())[-1])
    ends = [float(end) for end in re.findall(r'xMax="([\d.]+)"', done.stdout.decode())]
    margin = 20 / 25.4 * 72
    assert max(ends) <= page - margin + 0.5


def test_word_tables_are_set_for_a_journal(word):
    document = WordDocument(io.BytesIO(word))
    small, wide = document.tables
    assert [s.orientation for s in document.sections] == [0, 1]  # upright, then turned
    assert small.rows[3].cells[1].paragraphs[0].alignment == 2  # right
    assert small.rows[3].cells[0].paragraphs[0].alignment is None
    for table in (small, wide):
        heads = [bool(row._tr.xpath("./w:trPr/w:tblHeader")) for row in table.rows]
        assert heads == [True] + [False] * (len(table.rows) - 1)
        rules = [len(row._tr.xpath("./w:tc/w:tcPr/w:tcBorders")) for row in table.rows]
        assert rules[0] > 0
        assert rules[-1] > 0
        assert not any(rules[1:-1])


def test_word_columns_of_numbers_get_what_they_need_and_sentences_the_rest():
    layout = Layout(
        caption="", header=("", "Subjects", "95% CI", "Note"),
        rows=(("as planned", "64", "-1.44 to -0.16", "a long remark about it " * 6),),
        closing_words=1,
    )  # fmt: skip
    label, subjects, interval, note = column_widths(shape_of(layout), 170.0)
    assert label + subjects + interval + note == pytest.approx(170)
    assert interval / len("-1.44 to -0.16") > 1.9  # mm a letter, margins included
    assert subjects / len("Subjects") > 1.9
    assert note > 70
    few = column_widths(shape_of(Layout(caption="", header=("", "n"), rows=(("a", "1"),))), 170.0)
    assert sum(few) < 40  # a narrow table does not spread over the page


def test_the_word_file_knows_no_day_and_no_author(word):
    with zipfile.ZipFile(io.BytesIO(word)) as file:
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        names = file.namelist()
        core = file.read("docProps/core.xml").decode()
    assert names == ["[Content_Types].xml", *sorted(set(names) - {"[Content_Types].xml"})]
    assert re.findall(r"<(?:\w+:)?(\w+)[^>]*>[^<]", core) == ["title"]
    assert normalised_zip(word) == word


def test_a_figure_that_was_not_drawn_is_an_error(document):
    with pytest.raises(KeyError, match="line"):
        as_html(document, {})
    with pytest.raises(KeyError, match="line"):
        as_pdf(document, {})


def test_a_table_with_a_single_row_and_column_has_a_shape():
    shape = shape_of(Layout(caption="", header=("",), rows=(("x",),)))
    assert (shape.heads, shape.numeric, shape.rows[0].heading) == (("",), (False,), False)


def test_a_heading_needs_deeper_rows_below_it():
    layout = Layout(
        caption="", header=("", "n"), rows=(("A", ""), ("b", "1"), ("C", "")), indents=(0, 1, 0)
    )
    assert [row.heading for row in shape_of(layout).rows] == [True, False, False]
