"""How problems are told: all in the CSV, the first of each rule in the text, and no names."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from made_up_trial import long_codebook, long_sheet, wide_codebook, wide_sheet

from retrostats.data.checks.registry import RULES
from retrostats.data.cohort.reading import check_cohort, check_table, read_cohort
from retrostats.data.problems import PROBLEM_COLUMNS, CheckReport, Problem
from retrostats.errors import DataError

from .planted import LABELLED, PLANTED, all_together

PAGE = Path(__file__).parents[3] / "docs" / "cohort-files.md"


def problem(line: int, rule: str = "not a number", severity: str = "error") -> Problem:
    clauses = {"found": "'x' is no number", "expected": "a number", "todo": "Correct it"}
    return Problem(rule=rule, severity=severity, line=line, column="nrs", value="x", **clauses)


def report(*problems: Problem) -> CheckReport:
    return CheckReport(file="trial.csv", form="CSV, comma", rows=3000, problems=problems)


def test_a_rule_broken_often_is_cut_in_the_text_and_whole_in_the_csv():
    often = [problem(line) for line in range(2, 2002)]
    told = report(*often, problem(2500, "outside the range"), problem(3, "unit slip", "warning"))
    text = told.text()
    lines = text.splitlines()
    assert lines[0] == "trial.csv (CSV, comma; 3000 rows): 2001 errors, 1 warning."
    assert "  20. line 21, column nrs: 'x' is no number; expected a number. Correct it." in lines
    assert not any(line.startswith("  22. ") for line in lines)
    assert "  21. line 2500, column nrs: 'x' is no number; expected a number. Correct it." in lines
    assert "  ... and 1,980 more of the rule: not a number" in lines
    assert len(list(csv.reader(io.StringIO(told.to_csv())))) == 2003
    with pytest.raises(DataError) as error:
        told.require_no_errors()
    assert str(error.value).count("\n") == 22
    assert "unit slip" not in str(error.value)


def test_many_problems_begin_with_one_line_for_each_rule():
    often = [problem(line) for line in range(2, 22)]
    few = report(*often).text().splitlines()
    assert few[1] == "Errors:"
    told = report(*often, problem(30, "unknown arm"), problem(3, "unit slip", "warning")).text()
    assert told.splitlines()[1:6] == [
        "In short:",
        "  - 20 errors: not a number",
        "  - 1 error: unknown arm",
        "  - 1 warning: unit slip",
        "Errors:",
    ]


def test_a_report_shows_itself_as_its_text():
    told = report(problem(2, "a < b"))
    assert repr(told) == told.text()
    assert f"<pre>{told.text().replace(chr(39), '&#x27;')}</pre>" in told._repr_html_()


def test_the_csv_holds_every_problem_with_its_place():
    sheet, codebook = all_together()
    told = check_table(sheet.table(), codebook)[1]
    text = told.to_csv()
    assert text.startswith("\ufeff")
    header, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert tuple(header) == PROBLEM_COLUMNS
    assert len(rows) == len(told.problems)
    at = dict(zip(header, rows[0], strict=True))
    first = told.problems[0]
    assert (at["line"], at["column"], at["rule"]) == (str(first.line), first.column, first.rule)


def test_no_error_no_exception():
    report(problem(2, "unit slip", "warning")).require_no_errors()


@pytest.mark.parametrize("fault", PLANTED, ids=lambda fault: fault.name)
def test_no_message_names_a_subject(fault):
    told = check_table(fault.sheet().table(), fault.codebook())[1]
    for found in told.problems:
        assert not re.search(r"\bK ?-?\d", f"{found} {found.value}", re.IGNORECASE)


def test_clauses_have_no_full_stop_and_begin_as_they_should():
    for fault in PLANTED:
        for found in check_table(fault.sheet().table(), fault.codebook())[1].problems:
            clauses = (found.found, found.expected, found.todo)
            assert all(clause and not clause.endswith(".") for clause in clauses)
            assert found.todo[0].isupper()


def test_every_cell_of_a_column_may_be_faulty():
    sheet = long_sheet()
    for row in range(len(sheet.records)):
        sheet = sheet.put(row, "vas", "ten")
    told = check_table(sheet.table(), long_codebook())[1]
    assert sum(p.rule == "not a number" for p in told.problems) == len(sheet.records)


@pytest.mark.parametrize("make", [(long_sheet, long_codebook), (wide_sheet, wide_codebook)])
def test_a_file_of_a_header_alone_is_an_error(make):
    sheet, codebook = (part() for part in make)
    empty = sheet.drop(*range(len(sheet.records)))
    rules = {p.rule for p in check_table(empty.table(), codebook)[1].errors}
    assert rules == {"nothing left"}


def test_a_file_without_any_column_of_the_codebook_is_told_column_by_column():
    sheet = long_sheet()
    for name in sheet.header:
        sheet = sheet.rename(name, f"other {name} column")
    told = check_table(sheet.table(), long_codebook())[1]
    assert {p.rule for p in told.problems} == {"missing column"}
    assert len(told.problems) == len(sheet.header) - 1  # nobody asks for the note


@pytest.mark.parametrize("content", [b"", b"   \n", b"\xff\xfe\x00", b"PK\x03\x04"])
def test_what_is_no_table_is_a_data_error(content, tmp_path: Path):
    path = tmp_path / "trial.csv"
    path.write_bytes(content)
    for run in (check_cohort, read_cohort):
        with pytest.raises(DataError, match=r"trial\.csv"):
            run(path, long_codebook())


def test_progress_runs_from_nothing_to_all(tmp_path: Path):
    path = tmp_path / "trial.csv"
    path.write_text("\n".join(",".join(r) for r in (long_sheet().header, *long_sheet().records)))
    shares: list[float] = []
    read_cohort(path, long_codebook(), progress=shares.append)
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)


def test_the_page_lists_every_rule_as_the_code_has_it():
    page = PAGE.read_text(encoding="utf-8")
    listed = re.findall(
        r"^\| ([a-z][a-z ]+?) \| (error|warning) \| ([^|]+) \| ([^|]+) \|$", page, re.M
    )
    assert [(name, severity, sentence) for name, severity, sentence, _ in listed] == [
        (rule.name, rule.severity, rule.sentence) for rule in RULES
    ]


def test_the_examples_of_the_page_are_what_is_told():
    """Each example is the beginning of a message about a planted fault."""
    page = PAGE.read_text(encoding="utf-8")
    examples = re.findall(r"^\| [a-z ]+ \| (?:error|warning) \| [^|]+ \| ([^|]+) \|$", page, re.M)
    told = {
        str(found).replace("|", "")
        for fault, labels in (*((fault, {}) for fault in PLANTED), *LABELLED)
        for found in check_table(fault.sheet().table(labels=labels), fault.codebook())[1].problems
    }
    bare = {re.sub(r"^(line \d+)?(, )?(column [^:]+)?: ", "", text) for text in told}
    for example in examples:
        assert any(text.startswith(example.strip().rstrip("…")) for text in bare), example
