"""Faults to plant in a sound file: how, and what must be told about each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from made_up_trial import LAYOUTS, VISITS, Sheet, long_codebook

from retrostats.data.codebook.types import Codebook, Screening

Plant = Callable[[Sheet, str], Sheet]
Where = tuple[str, int]


@dataclass(frozen=True)
class Planted:
    """One fault.

    Attributes
    ----------
    name
        What was done to the file.
    rule, severity, column, message
        What must be told; `message` is a part of it.
    plant
        Puts the fault in, and a mark into the free text of the faulty record.
    marked
        Whether the line of a record is told.
    line
        What is told otherwise: the line of the header, or 0 for the file as a whole.
    also
        Rules that the same fault breaks too.
    alone
        Whether it spoils the file for other faults.
    layout
        The layout of the sound file.
    book
        Changes the codebook.
    """

    name: str
    rule: str
    column: str
    message: str
    plant: Plant
    severity: str = "error"
    marked: bool = True
    line: int = 0
    also: tuple[str, ...] = ()
    alone: bool = False
    layout: str = "long"
    book: Callable[[Codebook], Codebook] = lambda book: book

    def sheet(self, sound: Sheet | None = None, mark: str = "#mark#") -> Sheet:
        return self.plant(LAYOUTS[self.layout][0]() if sound is None else sound, mark)

    def codebook(self) -> Codebook:
        return self.book(LAYOUTS[self.layout][1]())


def marked(sheet: Sheet, row: int, mark: str) -> Sheet:
    return sheet.put(row, "note", sheet.cell(row, "note") + mark)


def row_of(sheet: Sheet, where: Where) -> int:
    """The record of a person and visit, whatever else was changed in it."""
    person, visit = where
    return sheet.find(id=person, visit=VISITS[visit])


def cell(where: Where, column: str, text: str, **others: str) -> Plant:
    def plant(sheet: Sheet, mark: str) -> Sheet:
        row = row_of(sheet, where)
        sheet = marked(sheet, row, mark)
        for name, other in {column: text, **others}.items():
            sheet = sheet.put(row, name, other)
        return sheet

    return plant


def every_row(person: str, changes: dict[str, str], at: int = 0) -> Plant:
    """Change all rows of a person; the mark stands in one of them."""

    def plant(sheet: Sheet, mark: str) -> Sheet:
        sheet = marked(sheet, row_of(sheet, (person, at)), mark)
        for row in [r for r in range(len(sheet.records)) if sheet.cell(r, "id") == person]:
            for column, text in changes.items():
                sheet = sheet.put(row, column, text)
        return sheet

    return plant


def repeated(sheet: Sheet, mark: str) -> Sheet:
    """Repeat a visit with another value, five records further down."""
    row = row_of(sheet, ("K01", 1))
    again = list(sheet.records[row])
    again[sheet.header.index("vas")] = "61"
    again[-1] += mark
    return sheet.add(tuple(again), row + 5)


def identical(sheet: Sheet, mark: str) -> Sheet:
    row = row_of(sheet, ("K05", 0))
    sheet = marked(sheet, row, mark)
    return sheet.add(sheet.records[row], row + 4)


def without_baseline(sheet: Sheet, mark: str) -> Sheet:
    sheet = marked(sheet, row_of(sheet, ("K20", 1)), mark)
    return sheet.drop(row_of(sheet, ("K20", 0)))


def once(sheet: Sheet, mark: str) -> Sheet:
    sheet = marked(sheet, row_of(sheet, ("K21", 0)), mark)
    return sheet.drop(row_of(sheet, ("K21", 1)), row_of(sheet, ("K21", 2)))


def new_person(name: str, like: str) -> Plant:
    def plant(sheet: Sheet, mark: str) -> Sheet:
        rows = [row_of(sheet, (like, visit)) for visit in range(3)]
        for number, row in enumerate(rows):
            record = list(sheet.records[row])
            record[0] = name
            record[-1] += mark if number == 0 else ""
            sheet = sheet.add(tuple(record))
        return sheet

    return plant


def renumbered(sheet: Sheet, mark: str) -> Sheet:
    """Number the people 1 to 24, the twelfth as 1.0."""
    first = row_of(sheet, ("K12", 0))
    sheet = marked(sheet, first, mark)
    for row in range(len(sheet.records)):
        number = int(sheet.cell(row, "id")[1:])
        sheet = sheet.put(row, "id", "1.0" if number == 12 else str(number))
    return sheet


def ragged(sheet: Sheet, mark: str) -> Sheet:
    """Add a cell to a record."""
    row = row_of(sheet, ("K12", 0))
    sheet = marked(sheet, row, mark)
    records = list(sheet.records)
    records[row] = (*records[row], "more")
    return Sheet(sheet.header, tuple(records))


def renamed(old: str, new: str) -> Plant:
    return lambda sheet, _: sheet.rename(old, new)


def constant(sheet: Sheet, _: str) -> Sheet:
    for row in range(len(sheet.records)):
        sheet = sheet.put(row, "flexion", "120")
    return sheet


def one_in_arm(sheet: Sheet, _: str) -> Sheet:
    """Leave one person in the control arm."""
    first = sheet.cell(sheet.find(group="control"), "id")
    gone = [
        row
        for row in range(len(sheet.records))
        if sheet.cell(row, "group") == "control" and sheet.cell(row, "id") != first
    ]
    return sheet.drop(*gone)


def unchanged(sheet: Sheet, _: str) -> Sheet:
    return sheet


def where(columns: dict[str, str], column: str, text: str) -> Plant:
    """Change one cell of the record that these cells name."""

    def plant(sheet: Sheet, mark: str) -> Sheet:
        row = sheet.find(**columns)
        return marked(sheet, row, mark).put(row, column, text)

    return plant


def leaving_out(*visits: str) -> Callable[[Codebook], Codebook]:
    def change(book: Codebook) -> Codebook:
        return replace(book, form=replace(book.form, leave_out_visits=visits))

    return change


def without_visits(book: Codebook) -> Codebook:
    """Declare visits that the file lacks, and leave its own out."""
    visits = tuple(replace(visit, values=(f"{visit.label}!",)) for visit in book.visits)
    return leaving_out(*VISITS)(replace(book, visits=visits))


def adam_row(person: str, visit: int, parameter: str) -> dict[str, str]:
    return {"USUBJID": person, "AVISIT": VISITS[visit], "PARAMCD": parameter}


def other_parameter(sheet: Sheet, _: str) -> Sheet:
    for row in range(len(sheet.records)):
        if sheet.cell(row, "PARAMCD") == "TUG":
            sheet = sheet.put(row, "PARAMCD", "UPANDGO")
    return sheet


def extra_visit(sheet: Sheet, mark: str) -> Sheet:
    """Add a person who is seen at a visit that the codebook leaves out."""
    record = list(sheet.records[0])
    record[0], record[2] = "K99", "Unscheduled"
    record[-1] += mark
    return sheet.add(tuple(record))


def no_arm_at_all(sheet: Sheet, mark: str) -> Sheet:
    row = sheet.find(record_id="K08", redcap_event_name="enrolment_arm_1")
    return marked(sheet, row, mark).put(row, "group", "")


def two_arms(sheet: Sheet, mark: str) -> Sheet:
    row = sheet.find(record_id="K08", redcap_event_name="week_3_arm_1")
    return marked(sheet, row, mark).put(row, "group", "control")


def twice_wide(sheet: Sheet, mark: str) -> Sheet:
    record = list(sheet.records[3])
    record[-1] += mark
    return sheet.add(tuple(record))


NOT_A_NUMBER = "not a number"
UNDECLARED = "undeclared missing code"
ADAM = {"layout": "adam", "alone": True}
REDCAP = {"layout": "redcap", "alone": True}
WARNING = {"severity": "warning"}
OUTCOMES = ("vas", "quad", "tug", "flexion", "extension")


def screened(book: Codebook) -> Codebook:
    return replace(book, screening=Screening(assessed=30, excluded=(("declined", 5),)))


PLANTED = (
    # the file
    Planted("column renamed", "missing column", "vas", "did you mean 'VAS_'",
            renamed("vas", "VAS_"), marked=False, alone=True),
    Planted("arm column gone", "missing column", "group", "a column for the arm",
            renamed("group", "x"), marked=False, alone=True),
    Planted("every row left out", "nothing left", "", "every row is left out", unchanged,
            marked=False, alone=True, book=without_visits, also=("subject left out",)),
    Planted("seen at a left-out visit only", "subject left out", "id", "every row of this subject",
            extra_visit, **WARNING, alone=True, book=leaving_out("Unscheduled")),
    Planted("name twice", "duplicated header", "nrs", "the same name", renamed("note", "nrs"),
            marked=False, line=1, alone=True),
    # rows
    Planted("cell too many", "ragged row", "", "cells", ragged),
    Planted("formula", "formula injection", "left", "=1+1",
            cell(("K16", 0), "left", "=1+1"), also=("changes within a subject",)),
    Planted("bell", "control character", "left", "", cell(("K22", 0), "left", "a\x07b")),
    Planted("novel", "huge field", "left", "at most 1000", every_row("K03", {"left": "x" * 1500}),
            also=("huge field", "huge field")),
    Planted("subject empty", "subject empty", "id", "the subject is empty",
            cell(("K03", 2), "id", "")),
    Planted("subject a missing code", "subject empty", "id", "the subject is empty",
            cell(("K05", 2), "id", "NA")),
    Planted("visit empty", "visit empty", "visit", "the visit is empty",
            cell(("K04", 2), "visit", "")),
    Planted("visit in other case", "unknown visit", "visit", "did you mean 'week 6'",
            cell(("K07", 2), "visit", "Week 6")),
    Planted("visit unheard of", "unknown visit", "visit", "'month 9' is no visit",
            cell(("K08", 2), "visit", "month 9")),
    Planted("arm empty", "arm empty", "group", "the arm is empty", cell(("K09", 1), "group", "")),
    Planted("arm misspelt", "unknown arm", "group", "did you mean 'retro'",
            cell(("K10", 2), "group", "Retro ")),
    Planted("arm unheard of", "unknown arm", "group", "'placebo' is no arm",
            cell(("K11", 1), "group", "placebo")),
    Planted("visit twice", "repeated visit", "visit", "on line", repeated),
    Planted("row twice", "identical rows", "", "in every cell", identical),
    # values
    Planted("decimal comma", "mixed decimal marks", "tug", "a decimal comma in 9,5",
            cell(("K01", 2), "tug", "9,5")),
    Planted("space among thousands", NOT_A_NUMBER, "quad", "Write 1000",
            cell(("K02", 2), "quad", "1 000")),
    Planted("typographic minus", NOT_A_NUMBER, "extension", "Write -5",
            cell(("K12", 1), "extension", "\u22125")),
    Planted("unit in the cell", NOT_A_NUMBER, "vas", "Write 50 alone",
            cell(("K12", 2), "vas", "50 mm")),
    Planted("limit in the cell", NOT_A_NUMBER, "vas", "it is a limit",
            cell(("K13", 1), "vas", "<5")),
    Planted("word", NOT_A_NUMBER, "nrs", "'five' is no number", cell(("K15", 1), "nrs", "five")),
    Planted("number beyond numbers", NOT_A_NUMBER, "quad", "'1e999' is no number",
            cell(("K16", 1), "quad", "1e999")),
    Planted("age with its unit", NOT_A_NUMBER, "age", "Write 54 alone",
            cell(("K05", 1), "age", "54y")),
    Planted("NRS of 11", "outside the range", "nrs", "0 to 10 points",
            cell(("K15", 2), "nrs", "11")),
    Planted("NRS of 60", "outside the range", "nrs", "divided by 10 it would be 6",
            cell(("K16", 2), "nrs", "60")),
    Planted("negative strength", "outside the range", "quad", "0 or more N",
            cell(("K17", 1), "quad", "-210.5")),
    Planted("half a point", "not a whole number", "nrs", "'5.5' is not whole",
            cell(("K17", 2), "nrs", "5.5")),
    Planted("strength of zero", "impossible zero", "quad", "zero cannot occur",
            cell(("K18", 1), "quad", "0")),
    Planted("undeclared 999", UNDECLARED, "nrs", "Declare it under [file] missing",
            cell(("K18", 2), "nrs", "999")),
    Planted("undeclared -1", UNDECLARED, "vas", "'-1' looks like a code",
            cell(("K19", 1), "vas", "-1")),
    Planted("undeclared n/a", UNDECLARED, "tug", "'n/a' looks like a code",
            cell(("K19", 2), "tug", "n/a")),
    Planted("undeclared 9999", UNDECLARED, "age", "Declare it under [file] missing",
            cell(("K22", 2), "age", "9999")),
    Planted("swapped angles", "extension above flexion", "extension", "exceeds flexion",
            cell(("K22", 1), "extension", "89", flexion="60")),
    Planted("VAS in cm", "unit slip", "vas", "multiplied by 10 it would be 60",
            cell(("K23", 1), "vas", "6"), **WARNING),
    Planted("TUG in ms", "unit slip", "tug", "divided by 1000 it would be 9.8",
            cell(("K24", 1), "tug", "9800"), **WARNING),
    Planted("strength in kg", "unit slip", "quad", "multiplied by 9.81",
            cell(("K23", 2), "quad", "24.5"), **WARNING),
    Planted("fast TUG", "outside the usual range", "tug", "usually 4 to 60 s",
            cell(("K20", 2), "tug", "3.1"), **WARNING),
    Planted("TUG of 999", "possible missing code", "tug", "'999' in 1 cell of tug",
            cell(("K02", 1), "tug", "999"), **WARNING, alone=True),
    Planted("same value everywhere", "constant outcome", "flexion", "values of flexion are 120",
            constant, **WARNING, marked=False, alone=True),
    Planted("age of 17", "outside the declared range", "age", "18 to 90 years",
            cell(("K04", 1), "age", "17")),
    Planted("sex in words", "unknown level", "sex", "'woman' is no level of sex",
            cell(("K07", 1), "sex", "woman")),
    Planted("fewer than no sessions", "negative adherence", "sessions", "'-2' is negative",
            cell(("K08", 1), "sessions", "-2")),
    # dates
    Planted("day first", "not a date", "seen", "year-month-day",
            cell(("K09", 2), "seen", "12/03/2024")),
    Planted("30 February", "impossible date", "seen", "'2024-02-30' is in no calendar",
            cell(("K03", 1), "seen", "2024-02-30")),
    Planted("visits in wrong order", "dates out of order", "seen", "week 3 is dated 2023",
                 cell(("K10", 1), "seen", "2023-02-19")),
    # subjects
    Planted("another arm", "arm changes", "group",
                 "arm is 'control' here and 'forward' on line",
                 cell(("K14", 1), "group", "control")),
    Planted("another age", "changes within a subject", "age", "age is '88' here and '60' on line",
            cell(("K11", 2), "age", "88")),
    Planted("another sex", "changes within a subject", "sex", "sex is 'M' here and 'F' on line",
            cell(("K13", 1), "sex", "M")),
    Planted("two reasons to leave", "changes within a subject", "left", "one value of withdrawal",
            cell(("K06", 1), "left", "died")),
    Planted("a name in a reason", "subject named", "left", "the identifier of a subject",
            every_row("K02", {"left": "swapped with k03"}), also=("subject named",) * 2),
    Planted("one in an arm", "arm too small", "group", "arm 'control' has 1 subject", one_in_arm,
            marked=False, alone=True),
    Planted("pain not asked at baseline", "baseline missing", "nrs", "nrs is missing at baseline",
            cell(("K18", 0), "nrs", ""), **WARNING),
    Planted("no row at baseline", "no baseline", "visit", "nothing at baseline", without_baseline,
            **WARNING),
    Planted("seen at baseline only", "seen once", "id", "at this visit only", once, **WARNING),
    Planted("identifier another number", "similar subjects", "id", "the form of a number",
            renumbered, **WARNING, alone=True),
    Planted("identifier in small letters", "similar subjects", "id", "only by case",
            new_person("k-1", "K01"), **WARNING, alone=True),
    Planted("more sessions than planned", "above planned", "sessions", "up to 18",
            every_row("K15", {"sessions": "20"}), **WARNING,
            also=("above planned", "above planned")),
    Planted("too young", "not eligible", "age", "age >= 40", every_row("K17", {"age": "35"}),
            **WARNING),
    Planted("too little pain", "not eligible", "nrs", "nrs is 1", cell(("K19", 0), "nrs", "1"),
            **WARNING),
    Planted("all outcomes empty at baseline", "no baseline", "visit", "nothing at baseline",
            cell(("K12", 0), "nrs", "", **dict.fromkeys(OUTCOMES, "")), **WARNING, alone=True),
    Planted("one more was assessed", "screening differs", "",
            "30 assessed less 5 excluded are 25, and the file has 24 subjects",
            lambda sheet, _: sheet, **WARNING, marked=False, alone=True, book=screened),
    # the other layouts
    Planted("person twice", "repeated visit", "id", "has a row on line", twice_wide,
            layout="wide", alone=True),
    Planted("no arm on any event", "arm empty", "group", "on every event", no_arm_at_all, **REDCAP),
    Planted("two arms on two events", "arm changes", "group", "'control' here and 'forward' on",
            two_arms, **REDCAP),
    Planted("BASE of another", "baseline differs", "BASE", "is not the value at baseline",
            where(adam_row("K04", 1, "VAS"), "BASE", "99"), **ADAM),
    Planted("CHG with the other sign", "change differs", "CHG", "minus that at baseline",
            where(adam_row("K04", 2, "TUG"), "CHG", "5.55"), **ADAM),
    Planted("two dates", "two dates for a visit", "ADT", "one date per subject and visit",
            where(adam_row("K04", 1, "TUG"), "ADT", "2024-02-25"), **ADAM),
    Planted("parameter in small letters", "similar parameter", "PARAMCD", "did you mean 'TUG'",
            where(adam_row("K04", 2, "TUG"), "PARAMCD", "tug"), **ADAM, **WARNING),
    Planted("parameter empty", "missing parameter", "PARAMCD", "the parameter is empty",
            where(adam_row("K04", 2, "TUG"), "PARAMCD", ""), **ADAM),
    Planted("parameter of another name", "missing parameter", "PARAMCD",
            "no row has the parameter 'TUG' of outcome tug", other_parameter, marked=False, **ADAM),
    Planted("parameter twice", "repeated visit", "AVAL", "a value of this parameter",
            where(adam_row("K04", 2, "PULSE"), "PARAMCD", "TUG"), **ADAM,
            also=("outside the usual range",)),
)  # fmt: skip


def coded(sheet: Sheet, _: str) -> Sheet:
    """Write the arms of the codebook as their codes."""
    codes = {"retro": "1", "forward": "2", "control": "3"}
    for row in range(len(sheet.records)):
        sheet = sheet.put(row, "group", codes[sheet.cell(row, "group")])
    return sheet


#: Faults of files with value labels, and the labels that make them.
LABELLED = (
    (Planted("arms swapped", "label contradicts", "group", "means arm 'retro' and its value label",
             coded), {"group": {"1": "forward", "2": "retro", "3": "control"}}),
    (Planted("not done is 99", "labelled number", "vas", "on 99 in 2 cells",
             lambda sheet, _: sheet.put(1, "vas", "99").put(4, "vas", "99"), **WARNING),
     {"vas": {"0": "no pain", "100": "worst", "99": "not done"}}),
)  # fmt: skip

#: Those that one file can hold together.
TOGETHER = tuple(fault for fault in PLANTED if not fault.alone)


def all_together() -> tuple[Sheet, Codebook]:
    """Plant all that can share a file; the mark of each is its place in `TOGETHER`."""
    sheet = LAYOUTS["long"][0]()
    for number, fault in enumerate(TOGETHER):
        sheet = fault.sheet(sheet, f"#{number}#")
    return sheet, long_codebook()


def line_of(data: bytes, mark: str) -> int:
    """The line on which the last record with a mark begins, counted in the bytes."""
    return data[: data.rindex(mark.encode())].count(b"\n") + 1
