"""One table in five formats: the same cells come back, in the style of a journal, byte for byte."""

import csv
import html
import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from docx import Document as WordDocument
from markdown_it import MarkdownIt

from retrostats.estimate import Estimate, EstimateTable
from retrostats.layout import Layout, Words, Written, limits, p_number
from retrostats.meta.pool import pool
from retrostats.tables.latex import as_latex
from retrostats.tables.latex_text import latex
from retrostats.tables.paper import PaperTable
from retrostats.tables.saving import save_table

SUFFIXES = ("html", "tex", "md", "csv", "docx")

#: Everything that one of the formats could read as a command, a mark or the end of a cell.
EVIL = (
    r"a|b *c* _d_ [e](f) `g` <script>alert(1)</script> \input{x} \\ & % # $x$ {z} ~ ^2 -- ''"
    ' "q" − ≥5 ≤6 ± µg a–b ∞ é Łódź “q” … × ° m² → =1+1 {{ 7 * 7 }} &amp; end'
)
NUMBERS = Layout(
    caption="Pain, 0 to 10",
    header=("", "n", "Difference (0.5 steps)", "95% CI", "p", "Verdict"),
    rows=(
        ("Week 6", "", "", "", "", ""),
        ("dose 0.5", "23", "1.52", limits(0.68, 2.36, 2), p_number(0.0449), "better, 0.5 at least"),
        ("dose 1.5", "22", "1.04", limits(0.21, 1.87, 2), p_number(0.0004), "unclear"),
        ("dose 2.5", "not estimated, 0.5 had nobody"),
    ),
    closing_words=1,
    indents=(0, 1, 1, 1),
)
NOTE = Written(Words("Dose 0.5: half. Ratio "), "1.25", Words("."))
TABLE = PaperTable(id="pain", layout=NUMBERS, note=NOTE, number=3)
#: The rows of `TABLE` as a reader sees them in the house style.
HOUSE = [
    ["", "n", "Difference (0.5 steps)", "95% CI", "p", "Verdict"],
    ["Week 6", "", "", "", "", ""],
    ["dose 0.5", "23", "1.52", "0.68 to 2.36", "0.045", "better, 0.5 at least"],
    ["dose 1.5", "22", "1.04", "0.21 to 1.87", "<0.001", "unclear"],
    ["dose 2.5", "not estimated, 0.5 had nobody", "", "", "", ""],
]
LANCET = [
    *HOUSE[:2],
    ["dose 0.5", "23", "1·52", "0·68–2·36", "0·045", "better, 0.5 at least"],
    ["dose 1.5", "22", "1·04", "0·21–1·87", "0·0004", "unclear"],
    HOUSE[4],
]
JAMA = [
    *HOUSE[:2],
    [*HOUSE[2][:4], ".04", HOUSE[2][5]],
    [*HOUSE[3][:4], "<.001", HOUSE[3][5]],
    HOUSE[4],
]
COMMA = [[cell.replace("·", ",").replace("0,0004", "<0,001") for cell in row] for row in LANCET]


class Cells(HTMLParser):
    """Rows of the only table of a page, a cell for each column that it spans."""

    def __init__(self, text):
        super().__init__()
        self.rows, self._open = [], False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1] += [""] * int(dict(attrs).get("colspan", 1))
            self._place = len(self.rows[-1]) - int(dict(attrs).get("colspan", 1))
            self._open = True

    def handle_endtag(self, tag):
        self._open = self._open and tag not in {"td", "th"}

    def handle_data(self, data):
        if self._open:
            self.rows[-1][self._place] += data


def from_html(path):
    text = path.read_text(encoding="utf-8")
    return [[" ".join(cell.split()) for cell in row] for row in Cells(text).rows]


def from_csv(path):
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def from_md(path):
    view = MarkdownIt("gfm-like", {"linkify": False}).render(path.read_text(encoding="utf-8"))
    rows = re.findall(r"<tr>(.*?)</tr>", view, re.S)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in rows]
    return [[html.unescape(re.sub(r"<[^>]*>", "", cell)).strip() for cell in row] for row in cells]


def from_docx(path):
    found = []
    for row in WordDocument(path).tables[0].rows:
        cells, before = [], None
        for cell in row.cells:  # a merged cell stands in each of its columns
            cells.append("" if cell._tc is before else " ".join(cell.text.split()))
            before = cell._tc
        found.append(cells)
    return found


#: What `retrostats.tables.latex_text` writes, backwards.
_PLAIN = {
    r"\textbackslash{}": "\\", r"\textasciitilde{}": "~", r"\textasciicircum{}": "^",
    r"\textasciigrave{}": "`", r"\char34{}": '"', r"\ldots{}": "…", "{``}": "“", "{''}": "”",
    "{[}": "[", "{]}": "]", "{*}": "*", "$<$": "<", "$>$": ">", "$|$": "|", "$-$": "−",
    r"$\geq$": "≥", r"$\leq$": "≤", r"$\pm$": "±", r"$\mu$": "µ", r"$\infty$": "∞",
    r"$\times$": "×", r"$^{\circ}$": "°", "$^{2}$": "²", r"$\rightarrow$": "→",
    r"\{": "{", r"\}": "}", r"\%": "%", r"\&": "&", r"\#": "#", r"\$": "$", r"\_": "_",
    "--": "–", "{}": "", "~": " ", r"\quad ": "", r"\raggedright ": "",
}  # fmt: skip


def plain(text):
    """Return what a piece of LaTeX prints."""
    text = re.sub(r"\\begin\{tabular\}\[b\]\{@\{\}.@\{\}\}(.*?)\\end\{tabular\}",
                  lambda found: found[1].replace(r"\\", " "), text)  # fmt: skip
    text = re.sub(r"^\\textbf\{(.*)\}$", r"\1", text)
    signs = "|".join(map(re.escape, sorted(_PLAIN, key=len, reverse=True)))
    return re.sub(signs, lambda found: _PLAIN[found[0]], text).strip()


def tex_rows(text):
    body = text[text.index(r"\toprule") :]
    lines = [line for line in body.splitlines() if line.endswith((r" \\", r"\tabularnewline"))]
    for line in lines:
        row = re.sub(r" (\\\\|\\tabularnewline)$", "", line)
        cells = []
        for cell in re.split(r"(?<!\\)& ?", row):
            span = re.match(
                r"\\multicolumn\{(\d)\}\{(?:[^{}]|\{[^{}]*\})*\}\{(.*)\}$", cell.strip()
            )
            cells += [plain(span[2]), *[""] * (int(span[1]) - 1)] if span else [plain(cell)]
        yield cells


def from_tex(path):
    return list(tex_rows(path.read_text(encoding="utf-8")))


READERS = {
    "html": from_html, "csv": from_csv, "md": from_md, "docx": from_docx, "tex": from_tex,
}  # fmt: skip


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    ("journal", "rows"), [(None, HOUSE), ("lancet", LANCET), ("jama", JAMA), ("comma", COMMA)]
)
def test_every_format_gives_the_cells_back(tmp_path, suffix, journal, rows):
    path = save_table(TABLE, tmp_path / f"pain.{suffix}", journal=journal)
    assert READERS[suffix](path) == rows


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_negative_numbers_have_a_minus_sign_on_pages_and_a_hyphen_in_sources(tmp_path, suffix):
    rows = (("retro - control", "-1.50", limits(-2.25, -0.5, 2)), ("b", "-∞", "–"))
    layout = Layout(caption="", header=("", "Value", "95% CI"), rows=rows)
    note = "From -2.5 to 3."
    path = save_table(PaperTable(id="x", layout=layout, note=note), tmp_path / f"x.{suffix}")
    minus = "-" if suffix in {"csv", "md"} else "−"
    assert READERS[suffix](path)[1:] == [
        ["retro - control", f"{minus}1.50", f"{minus}2.25 to {minus}0.50"],
        ["b", f"{minus}∞", "–"],
    ]
    if suffix in {"html", "md"}:
        assert f"From {minus}2.5 to 3." in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_captions_numbers_and_notes(tmp_path, suffix):
    path = save_table(TABLE, tmp_path / f"pain.{suffix}", journal="lancet")
    if suffix == "docx":
        first, *_, last = [p.text for p in WordDocument(path).paragraphs]
    else:
        text = path.read_text(encoding="utf-8")
        first = last = html.unescape(re.sub(r"<(?!\d)[^>]*>", "", text))
    caption = {"tex": r"\caption{Pain, 0 to 10}", "csv": ""}.get(suffix, "Table 3. Pain, 0 to 10")
    assert caption in first
    assert ("Dose 0.5: half. Ratio 1·25." in last) is (suffix != "csv")
    if suffix == "tex":
        assert r"\label{tab:pain}" in first


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_hostile_texts_are_only_shown(tmp_path, suffix):
    rows = ((EVIL, "1", EVIL), ("[x] *", EVIL), ("two\nlines", "2", "tab\there"))
    layout = Layout(caption=EVIL, header=(EVIL, "n", EVIL), rows=rows, closing_words=1)
    table = PaperTable(id="evil {x} %", layout=layout, note=EVIL)
    path = save_table(table, tmp_path / f"evil.{suffix}")
    header, first, second, third = READERS[suffix](path)
    assert header == [EVIL, "n", EVIL]
    assert first == [EVIL, "1", EVIL]
    assert second == ["[x] *", EVIL, ""]
    assert third == ["two lines", "2", "tab here"]
    if suffix == "md":
        view = MarkdownIt("gfm-like", {"linkify": False}).render(path.read_text(encoding="utf-8"))
        assert html.unescape(view.rpartition("<p>")[2].removesuffix("</p>\n")) == EVIL
    if suffix == "html":
        text = path.read_text(encoding="utf-8")
        assert "<script" not in text
        assert "49" not in text.split("</style>")[1]


def test_no_hostile_text_reaches_latex_as_a_command():
    layout = Layout(caption=EVIL, header=("", EVIL), rows=((EVIL, EVIL),), words=2)
    text = as_latex(PaperTable(id="}\\input{x}", layout=layout, note=EVIL))
    known = {
        "usepackage", "begin", "end", "centering", "caption", "label", "smallskip", "setlength",
        "tabcolsep", "toprule", "midrule", "bottomrule", "raggedright", "tabularnewline", "parbox",
        "linewidth", "footnotesize", "scriptsize", "small", "textbackslash", "textasciitilde",
        "textasciicircum", "textasciigrave", "char", "ldots", "geq", "leq", "pm", "mu", "infty",
        "times", "circ", "rightarrow",
    }  # fmt: skip
    assert set(re.findall(r"\\([a-zA-Z]+)", text)) <= known
    assert r"\label{tab:-input-x-}" in text
    # After a ragged sentence \\ would break the line, and after \\ a bracket would be its argument.
    assert not re.search(r"\\raggedright [^&]*\\\\$", text, re.MULTILINE)
    assert r"\tabularnewline" in text
    assert latex("[x] *") == "{[}x{]} {*}"
    depth = 0
    for sign in re.sub(r"\\[{}]", "", text):
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    assert depth == 0


def test_csv_cells_are_no_formulas_and_hold_one_value_each(tmp_path):
    rows = (
        ("=1+1", "-1.5", limits(-2.25, -0.5, 2)),
        ("@x", "-1.2 (3.4)", "-2+3"),
        ("-", "12 (-3 to 4)", "–"),
    )
    layout = Layout(caption="", header=("", "a", "b"), rows=rows)
    path = save_table(layout, tmp_path / "x.csv", journal="comma")
    assert from_csv(path) == [
        ["", "a", "b"],
        ["'=1+1", "-1,5", "-2,25 to -0,50"],
        ["'@x", "-1,2 (3,4)", "'-2+3"],
        ["'-", "12 (-3 to 4)", "–"],
    ]
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert '"-1,5"' in path.read_text(encoding="utf-8")


LONG = Layout(
    caption="Long",
    header=("", "What", "n"),
    rows=tuple((f"row {k}", "a sentence that goes on and on " * 3, str(k)) for k in range(41)),
    words=2,
)


def test_long_tables_go_on_over_pages():
    text = as_latex(PaperTable(id="long", layout=LONG, note="Note."))
    assert r"\begin{longtable}" in text
    assert r"\begin{table}" not in text
    assert "% Needs \\usepackage{booktabs,longtable}." in text
    assert text.count(r"\toprule") == 2  # with the head on the first and on later pages
    forty = replace(LONG, rows=LONG.rows[:40])
    assert "longtable" not in as_latex(PaperTable(id="long", layout=forty))


def test_latex_says_what_it_needs():
    def comments(text, columns=1):
        layout = Layout(caption=text, header=("", *["x" * 20] * columns), rows=())
        lines = as_latex(PaperTable(id="x", layout=layout, number=2)).splitlines()
        return [line for line in lines if line.startswith("%")]

    assert comments("plain ≥ 5") == [
        "% Table 2; LaTeX counts for itself.", r"% Needs \usepackage{booktabs}.",
    ]  # fmt: skip
    assert comments("Łódź")[1] == r"% Needs \usepackage{booktabs}, \usepackage[T1]{fontenc}."
    assert comments("步行")[2].startswith("% pdfLaTeX does not know 步行: use LuaLaTeX")
    assert comments("", columns=4)[1:] == [
        r"% Needs \usepackage{booktabs,rotating}.",
        "% Wider than an upright page of the class article: it stands on a turned one.",
    ]
    assert "Wider than that too: set wider margins" in comments("", columns=8)[-1]


def test_latex_is_as_large_as_fits_and_turned_where_it_must_be():
    def made(cells, rows=1):
        layout = Layout(caption="c", header=("", *cells), rows=(("a", *cells),) * rows)
        text = as_latex(PaperTable(id="x", layout=layout, note="n"))
        return re.findall(r"\\(small|footnotesize|scriptsize)$", text, re.MULTILINE)[0], text

    sizes = [made(["1" * 9] * columns)[0] for columns in range(1, 15)]
    assert list(dict.fromkeys(sizes)) == ["small", "footnotesize", "scriptsize"]
    upright = [made(["1" * 9] * columns)[1] for columns in range(1, 7)]
    assert not any("sideways" in text or "landscape" in text for text in upright)
    size, turned = made(["1" * 9] * 9)
    assert size == "small"
    assert turned.count("{sidewaystable}") == 2
    _, long = made(["1" * 9] * 9, rows=41)
    assert long.index(r"\begin{landscape}") < long.index(r"\begin{longtable}")
    assert long.rstrip().endswith(r"\end{landscape}")
    assert "% Needs \\usepackage{booktabs,longtable,pdflscape}." in long


def test_headings_look_alike_where_one_of_them_has_numbers(tmp_path):
    rows = (("Sex", ""), ("female", "12"), ("Grade", "0.07"), ("1", "6"))
    layout = Layout(caption="", header=("", "n"), rows=rows, indents=(0, 1, 0, 1))
    text = save_table(layout, tmp_path / "x.tex").read_text(encoding="utf-8")
    assert r"\textbf" not in text
    assert from_tex(tmp_path / "x.tex")[1:] == [list(row) for row in rows]
    alone = replace(layout, rows=(*rows[:2], ("Grade", ""), rows[3]))
    text = save_table(alone, tmp_path / "x.tex").read_text(encoding="utf-8")
    assert text.count(r"\textbf") == 2


def test_latex_compiles_in_a_plain_article(tmp_path):
    if not shutil.which("pdflatex"):
        pytest.skip("pdflatex is not installed")
    rows = (("*x", EVIL, "[1]"), ("a", "b", "2"), ("[x]", "c", "3"), (EVIL, EVIL))
    layout = Layout(caption=EVIL, header=("", EVIL, "[n]"), rows=rows)
    tables = [TABLE, PaperTable(id="evil", layout=layout, note=EVIL)]
    for place, table in enumerate([*tables, PaperTable(id="long", layout=LONG)]):
        save_table(table, tmp_path / f"{place}.tex", journal="lancet")
    packages = r"\usepackage[T1]{fontenc}\usepackage{booktabs,longtable,rotating,pdflscape}"
    body = r"\input{0.tex}\input{1.tex}\clearpage\input{2.tex}"
    page = rf"\documentclass{{article}}{packages}\begin{{document}}{body}\end{{document}}"
    (tmp_path / "page.tex").write_text(page, encoding="utf-8")
    command = ["pdflatex", "-draftmode", "-halt-on-error", "-interaction=nonstopmode", "page.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-800:]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_same_table_gives_the_same_bytes(tmp_path, suffix):
    first = save_table(TABLE, tmp_path / f"a.{suffix}").read_bytes()
    assert save_table(TABLE, tmp_path / f"a.{suffix}").read_bytes() == first
    assert [path.name for path in tmp_path.iterdir()] == [f"a.{suffix}"]


def test_a_file_stays_as_it_was_when_the_new_one_cannot_be_made(tmp_path, monkeypatch):
    path = save_table(TABLE, tmp_path / "a.docx")
    before = path.read_bytes()

    def broken(_table):
        raise OSError("no room")

    monkeypatch.setattr("retrostats.tables.saving.as_word", broken)
    with pytest.raises(OSError, match="no room"):
        save_table(TABLE, path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_word_files_are_upright_or_turned_and_name_nobody(tmp_path):
    path = save_table(TABLE, tmp_path / "a.docx")
    assert [s.orientation for s in WordDocument(path).sections] == [0]
    wide = Layout(caption="Wide", header=("", *["x" * 18] * 8), rows=(("a", *["1.5"] * 8),))
    turned = save_table(wide, tmp_path / "wide.docx")
    assert [s.orientation for s in WordDocument(turned).sections] == [1]
    with zipfile.ZipFile(path) as file:
        core = file.read("docProps/core.xml").decode()
        names = file.namelist()
    assert re.findall(r"<(?:\w+:)?(\w+)[^>]*>[^<]", core) == ["title"]
    # The template of the library brings a picture of its own and calls itself Word for Macintosh.
    assert [name for name in names if name.startswith("docProps")] == ["docProps/core.xml"]


def test_tables_of_estimates_and_layouts_can_be_saved(tmp_path):
    pain = Estimate.from_se("retro - control", -1.2, 0.55, unit="points", df=60)
    table = EstimateTable("Pain", (pain,))
    path = save_table(table, tmp_path / "my table.md", journal="lancet")
    assert from_md(path)[1] == [
        "retro - control",
        "-1·200",
        "0·550",
        "60",
        "-2·300 to -0·100",
        "0·033",
    ]
    assert "tab:my_table" in save_table(table, tmp_path / "my table.tex").read_text()
    assert "<caption" not in save_table(
        Layout(caption="", header=("", "n"), rows=(("a", "1"),)), tmp_path / "x.html"
    ).read_text(encoding="utf-8")


def test_what_cannot_be_saved_is_said(tmp_path):
    with pytest.raises(ValueError, match=r"a\.pdf has the suffix '\.pdf'; expected one of \.html"):
        save_table(TABLE, tmp_path / "a.pdf")
    with pytest.raises(ValueError, match="journal 'nejm2' is not known"):
        save_table(TABLE, tmp_path / "a.md", journal="nejm2")
    with pytest.raises(
        FileNotFoundError, match=r"the folder .*no of a\.md does not exist; make it"
    ):
        save_table(TABLE, tmp_path / "no" / "a.md")
    with pytest.raises(TypeError, match=r"expected a PaperTable.*got str.*save_figure"):
        save_table("Table 1", tmp_path / "a.md")
    pooled = pool([Estimate.from_se(name, -0.5, 0.2, unit="") for name in "AB"], test="z")
    with pytest.raises(TypeError, match=r"got Pooled\. Give its \.layout\(\)"):
        save_table(pooled, tmp_path / "a.md")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_table_without_rows_is_its_head(tmp_path, suffix):
    path = save_table(Layout(caption="", header=("Arm", "n"), rows=()), tmp_path / f"x.{suffix}")
    assert READERS[suffix](path) == [["Arm", "n"]]


def test_a_notebook_shows_number_rows_and_note():
    view = replace(TABLE, layout=replace(NUMBERS, caption="<b>"), note="-0.5 & more")._repr_html_()
    assert "<b>Table 3. &lt;b&gt;</b>" in view
    assert "−0.5 &amp; more</p>" in view
    assert repr(TABLE).splitlines()[0] == "Table 3. Pain, 0 to 10"
    assert repr(TABLE).splitlines()[-1] == "Dose 0.5: half. Ratio 1.25."
    assert TABLE.full_caption == "Table 3. Pain, 0 to 10"
    assert replace(TABLE, number=None).full_caption == "Pain, 0 to 10"
