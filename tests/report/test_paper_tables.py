"""The tables of a report one by one: the very ones of the report, in the style of a journal."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document as WordDocument
from latex_pages import overfull

import retrostats as rs
from retrostats.data.catalogue import data_folder
from retrostats.report.analysis.content import analysis_document
from retrostats.report.pages.word import as_word

OUTCOMES = ("pain", "womac", "strength", "tug")
IN_ORDER = (
    "flow", "baseline", "outcomes_pain", "outcomes_womac", "outcomes_strength", "outcomes_tug",
    "contrasts", "means_pain", "means_womac", "means_strength", "means_tug", "responders_1",
    "responders_2", "sensitivity", "subgroups", "adherence",
)  # fmt: skip


@pytest.fixture(scope="module")
def analysis():
    place = Path(str(data_folder())) / "example_cohort"
    cohort = rs.read_cohort(place / "cohort.csv", place / "codebook.toml")
    return rs.analyse(cohort, rs.read_plan(place / "plan.toml"))


@pytest.fixture(scope="module")
def tables(analysis):
    return rs.report_tables(analysis)


def test_they_are_the_paper_tables_of_the_report_with_its_numbers(analysis, tables):
    drawn = [f"{kind}_{name}" for kind in ("trajectories", "diagnostics") for name in OUTCOMES]
    figures = dict.fromkeys(["flow", "forest", "responders_pain", *drawn], "what it shows")
    document = analysis_document(analysis, figures)
    assert len(document.figures) == len(figures)
    told = [(table.id, table.layout, table.note) for table in document.tables if table.paper]
    assert [(name, table.layout, table.note) for name, table in tables.items()] == told
    assert tuple(tables) == IN_ORDER
    captions = [f"{table.full_caption}" for table in tables.values()]
    word = WordDocument(io.BytesIO(as_word(document)))
    assert [p.text for p in word.paragraphs if p.style.name == "Caption"] == captions
    assert captions[1] == ("Table 2. Characteristics at baseline by arm, all randomised subjects")


def test_table_1_counts_and_describes_the_file(analysis, tables, tmp_path):
    subjects = analysis.cohort.subjects()
    table = replace(tables["baseline"], number=1)
    path = rs.save_table(table, tmp_path / "table1.csv", journal="lancet")
    header, *rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig")))
    cells = {row[0]: row[1:] for row in rows}
    assert header[4] == f"All (n = {len(subjects)})"
    women = (subjects["sex"] == "female").sum()
    assert cells["female"][3] == f"{women} ({100 * women / len(subjects):.0f}%)"
    age = subjects["age"]
    shown = f"{age.mean():.1f} ({age.std():.1f})".replace(".", "·")
    assert cells["Age, years: mean (SD)"][3] == shown
    word = rs.save_table(table, tmp_path / "table1.docx")
    assert WordDocument(word).paragraphs[0].text.startswith("Table 1. Characteristics")


def test_numbers_in_notes_follow_the_journal_too(tables):
    assert (
        "Sex: interaction F(1, 52·0) = 0·00, p = 0·95"
        in tables["subgroups"].in_style("lancet").note
    )
    note = tables["subgroups"].in_style("jama").note
    assert "p = .95. Age: interaction F(1, 53.6) = 1.43, p = .24;" in note
    ratios = tables["responders_1"].in_style("comma").note
    assert "Risk ratios of response: retro - control 2,07 (95% CI 0,96 to 4,48);" in ratios


def test_quartiles_follow_the_journal(tables):
    # The changes of pain are negative, but no quartile of pain is.
    first = tables["outcomes_pain"].in_style("lancet").layout.rows[1]
    assert first[4] == "6·0 (4·2–7·8)"


def test_no_table_mixes_decimal_marks(tables):
    for table in tables.values():
        shown = table.in_style("lancet")
        full = [row for row in shown.layout.rows if len(row) == len(shown.layout.header)]
        numbers = [
            cell for row in full for place, cell in enumerate(row)
            if not shown.layout.holds_words(place)
        ]  # fmt: skip
        assert not [cell for cell in numbers if "." in cell]
        assert not [cell for cell in numbers if cell.count("–") and " to " in cell]


def test_tables_cannot_be_changed_by_chance(tables):
    with pytest.raises(TypeError):
        tables["baseline"] = None


@pytest.mark.parametrize("journal", ["house", "lancet", "jama"])
def test_every_table_of_the_example_fits_a_page_of_latex(tables, tmp_path, journal):
    texts = {}
    for name, table in tables.items():
        path = rs.save_table(table, tmp_path / f"{name}.tex", journal=journal)
        texts[name] = path.read_text(encoding="utf-8")
    assert overfull(tmp_path, texts) == []
    turned = [name for name, text in texts.items() if "{sidewaystable}" in text]
    assert turned == ["baseline", "contrasts", "sensitivity"]
