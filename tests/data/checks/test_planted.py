"""Every planted fault is found with its rule, line, column and words, in every form of file."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from made_up_trial import Form, to_bytes

from retrostats.data.checks.registry import RULES
from retrostats.data.cohort.reading import check_cohort, read_cohort
from retrostats.errors import DataError

from .planted import LABELLED, PLANTED, TOGETHER, Planted, all_together, line_of

FORMS = {
    "plain": Form(),
    "quoted line breaks": Form(breaks=True),
    "blank lines": Form(blank_lines=True),
    "byte order mark": Form(bom=True),
    "CRLF": Form(crlf=True),
    "all of them": Form(bom=True, crlf=True, blank_lines=True, breaks=True),
}

#: One by one, every fault is planted in these forms by `make test-slow` only.
SLOW = {form: pytest.mark.slow for form in FORMS if form not in {"plain", "all of them"}}
#: Rules of the reader of files; its own tests hold all of them.
FORM_RULES = {
    *("control character", "duplicated header", "formula injection", "huge field"),
    *("mixed decimal marks", "ragged row"),
}


def written(folder: Path, data: bytes) -> Path:
    path = folder / "trial.csv"
    path.write_bytes(data)
    return path


def test_there_are_forty_and_every_rule_has_one():
    assert len(PLANTED) >= 40
    assert len({fault.name for fault in PLANTED}) == len(PLANTED)
    severity = {rule.name: rule.severity for rule in RULES}
    planted = {fault.rule: fault.severity for fault in (*PLANTED, *(f for f, _ in LABELLED))}
    assert severity.items() <= planted.items()
    assert set(planted) - set(severity) == FORM_RULES


@pytest.mark.parametrize("form", [pytest.param(f, marks=SLOW.get(f, ())) for f in FORMS])
@pytest.mark.parametrize("fault", PLANTED, ids=lambda fault: fault.name)
def test_a_fault_is_found_where_it_stands(fault: Planted, form: str, tmp_path: Path):
    data = to_bytes(fault.sheet(), FORMS[form])
    report = check_cohort(written(tmp_path, data), fault.codebook())

    told = [p for p in report.problems if p.rule == fault.rule]
    line = line_of(data, "#mark#") if fault.marked else fault.line
    assert (line, fault.column, fault.severity) in [(p.line, p.column, p.severity) for p in told]
    at = next(p for p in told if (p.line, p.column) == (line, fault.column))
    assert fault.message in str(at)
    others = Counter(p.rule for p in report.problems) - Counter([fault.rule, *fault.also])
    if fault.rule != "subject left out" and "subject left out" not in fault.also:
        assert not others, report.text()


@pytest.mark.parametrize("form", FORMS)
def test_all_that_can_share_a_file_are_listed(form: str, tmp_path: Path):
    sheet, codebook = all_together()
    data = to_bytes(sheet, FORMS[form])
    path = written(tmp_path, data)
    report = check_cohort(path, codebook)

    told = {(p.rule, p.line, p.column): p for p in report.problems}
    for number, fault in enumerate(TOGETHER):
        key = (fault.rule, line_of(data, f"#{number}#"), fault.column)
        assert key in told, f"{fault.name}: {key}\n{report.text()}"
        assert fault.message in str(told[key])
    with pytest.raises(DataError) as error:
        read_cohort(path, codebook)
    for problem in report.errors:
        assert str(problem) in str(error.value)


def test_problems_stand_by_line_then_by_column():
    from retrostats.data.cohort.reading import check_table

    sheet, codebook = all_together()
    problems = check_table(sheet.table(), codebook)[1].problems
    places = [(p.line, sheet.header.index(p.column) if p.column else -1) for p in problems]
    assert places == sorted(places)
