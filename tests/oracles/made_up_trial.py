"""One made-up trial in every layout: 24 people, three arms, three visits, and its codebooks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from retrostats.data.codebook.types import (
    Adherence,
    Arm,
    Codebook,
    Covariate,
    FileForm,
    Level,
    Outcome,
    Roles,
    Visit,
)
from retrostats.data.formats.table import RawTable
from retrostats.data.rules import parse_rule
from retrostats.instruments import Instrument

VISITS = ("baseline", "week 3", "week 6")
ARMS = ("retro", "forward", "control")
SUBJECTS = 24
OUTCOMES = ("nrs", "vas", "quad", "tug", "flexion", "extension")
#: The free text stands last, so that a record without line breaks in it fills one line.
HEADER = (
    *("id", "group", "visit", "seen"),
    *OUTCOMES,
    *("age", "sex", "sessions", "left", "note"),
)

INSTRUMENTS = {
    "nrs": Instrument(
        id="nrs", name="NRS 0-10", measures="pain", low=0, high=10, unit="points",
        better="lower", whole=True,
    ),
    "vas": Instrument(
        id="vas_mm", name="VAS 0-100 mm", measures="pain", low=0, high=100, unit="mm",
        better="lower",
    ),
    "quad": Instrument(
        id="quadriceps_n", name="Quadriceps strength", measures="quadriceps strength", low=0,
        high=float("inf"), unit="N", better="higher", zero=False, usual=(20, 1200),
    ),
    "tug": Instrument(
        id="tug", name="TUG", measures="function", low=0, high=float("inf"), unit="s",
        better="lower", zero=False, usual=(4, 60),
    ),
    "flexion": Instrument(
        id="knee_flexion", name="Knee flexion", measures="knee flexion", low=0, high=180,
        unit="degrees", better="higher",
    ),
    "extension": Instrument(
        id="knee_extension", name="Knee extension deficit", measures="knee extension deficit",
        low=-30, high=90, unit="degrees", better="lower",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """A table before it is a file: a header and records of text."""

    header: tuple[str, ...]
    records: tuple[tuple[str, ...], ...]

    def cell(self, row: int, column: str) -> str:
        return self.records[row][self.header.index(column)]

    def find(self, **cells: str) -> int:
        """The first record with these cells."""
        return next(
            row
            for row in range(len(self.records))
            if all(self.cell(row, column) == text for column, text in cells.items())
        )

    def put(self, row: int, column: str, text: str) -> Sheet:
        records = [list(record) for record in self.records]
        records[row][self.header.index(column)] = text
        return Sheet(self.header, tuple(map(tuple, records)))

    def drop(self, *rows: int) -> Sheet:
        kept = [record for row, record in enumerate(self.records) if row not in rows]
        return Sheet(self.header, tuple(kept))

    def add(self, record: tuple[str, ...], at: int | None = None) -> Sheet:
        records = list(self.records)
        records.insert(len(records) if at is None else at, record)
        return Sheet(self.header, tuple(records))

    def rename(self, old: str, new: str) -> Sheet:
        return Sheet(tuple(new if name == old else name for name in self.header), self.records)

    def table(self, **changes: object) -> RawTable:
        """The table that a reader of files makes of it: a record a line."""
        columns = [np.array(cells, dtype=object) for cells in zip(*self.records, strict=False)]
        columns = columns or [np.empty(0, dtype=object) for _ in self.header]
        made = RawTable(
            file="trial.csv",
            form="CSV, comma, decimal point, UTF-8",
            digest="0" * 64,
            header=self.header,
            columns=tuple(columns),
            lines=np.arange(len(self.records)) + 2,
        )
        return replace(made, **changes)


@dataclass(frozen=True)
class Form:
    """How a sheet is written as CSV."""

    bom: bool = False
    crlf: bool = False
    blank_lines: bool = False
    breaks: bool = False
    broken_rows: frozenset[int] = field(default_factory=lambda: frozenset({0, 1, 4}))


def to_bytes(sheet: Sheet, form: Form) -> bytes:
    """Write a sheet as CSV; with `breaks`, some rows get line breaks in their free text."""
    end = "\r\n" if form.crlf else "\n"
    lines = [",".join(map(quoted, sheet.header))]
    for row, record in enumerate(sheet.records):
        cells = list(record)
        if form.breaks and row in form.broken_rows and "note" in sheet.header:
            cells[sheet.header.index("note")] += f' said:{end}"a little better",{end}{end}he said'
        lines.append(",".join(map(quoted, cells)))
        if form.blank_lines and row % 3 == 0:
            lines.append("")
    text = end.join(lines) + end
    return (b"\xef\xbb\xbf" if form.bom else b"") + text.encode()


def quoted(text: str) -> str:
    if any(sign in text for sign in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def long_sheet() -> Sheet:
    """The trial with a row per subject and visit; two people left before week 6."""
    rng = np.random.default_rng(11)
    records = []
    for subject in range(SUBJECTS):
        arm = subject % 3
        level = rng.normal(size=4)
        for visit in range(3):
            if subject in {5, 13} and visit == 2:
                continue
            gain = visit * (0.9 if arm < 2 else 0.4)
            near = rng.normal(size=4)
            values = {
                "nrs": f"{round(min(10, max(1, 6.5 + 0.8 * level[0] - gain + 0.4 * near[0])))}",
                "vas": f"{round(62 + 6 * level[0] - 5 * gain + 3 * near[1])}",
                "quad": f"{240 + 40 * level[1] + 12 * gain + 8 * near[2]:.1f}",
                "tug": f"{10.4 + 1.1 * level[2] - 0.5 * gain + 0.3 * near[3]:.2f}",
                "flexion": f"{round(120 + 5 * level[3] + 2 * gain)}",
                "extension": f"{round(4 + level[3])}",
            }
            if (subject, visit) == (7, 1):
                values["nrs"] = ""
            if (subject, visit) == (9, 2):
                values["tug"] = "NA"
            records.append(
                (
                    f"K{subject + 1:02d}",
                    ARMS[arm],
                    VISITS[visit],
                    f"2024-0{1 + visit}-{10 + subject % 15}",
                    *(values[name] for name in OUTCOMES),
                    f"{50 + subject}",
                    "FM"[subject % 2],
                    "" if visit == 0 and subject == 2 else f"{8 + subject % 10}",
                    "moved away" if subject == 5 else "",
                    "well",
                )
            )
    return Sheet(HEADER, tuple(records))


def long_codebook(**changes: object) -> Codebook:
    book = Codebook(
        title="A made-up trial",
        simulated=True,
        form=FileForm(missing=("NA", "-99")),
        roles=Roles(subject="id", arm="group", visit="visit", date="seen", withdrawal="left"),
        arms=(
            Arm(label="control", name="Usual care", values=("control", "3"), reference=True),
            Arm(label="retro", name="Retro walking", values=("retro", "1")),
            Arm(label="forward", name="Forward walking", values=("forward", "2")),
        ),
        visits=(
            Visit(label="baseline", week=0, values=("baseline", "0")),
            Visit(label="week 3", week=3, values=("week 3", "3")),
            Visit(label="week 6", week=6, values=("week 6", "6")),
        ),
        outcomes=tuple(
            Outcome(name=name, label=name, instrument=INSTRUMENTS[name], column=name)
            for name in OUTCOMES
        ),
        covariates=(
            Covariate(
                name="age", label="Age", column="age", kind="number", unit="years", low=18, high=90
            ),
            Covariate(
                name="sex",
                label="Sex",
                column="sex",
                kind="category",
                levels=(
                    Level(label="female", values=("F", "2")),
                    Level(label="male", values=("M", "1")),
                ),
            ),
        ),
        adherence=(Adherence(name="sessions", label="Sessions", column="sessions", planned=18),),
        eligibility=(parse_rule("age >= 40"), parse_rule("nrs >= 2")),
    )
    return replace(book, **changes)


def wide_sheet() -> Sheet:
    """The same trial with a row per subject."""
    long = long_sheet()
    per_visit = ("seen", *OUTCOMES)
    header = ("id", "group", *(f"{name}_{i}" for i in range(3) for name in per_visit))
    header += ("age", "sex", "sessions", "left", "note")
    records = []
    for person in dict.fromkeys(record[0] for record in long.records):
        rows = [i for i, record in enumerate(long.records) if record[0] == person]
        at = {long.cell(row, "visit"): row for row in rows}
        cells = [person, long.cell(rows[0], "group")]
        for visit in VISITS:
            cells += [long.cell(at[visit], name) if visit in at else "" for name in per_visit]
        last = rows[-1]
        cells += [long.cell(last, name) for name in ("age", "sex", "sessions", "left", "note")]
        records.append(tuple(cells))
    return Sheet(header, tuple(records))


def wide_codebook() -> Codebook:
    book = long_codebook()
    outcomes = tuple(
        replace(
            outcome,
            column=None,
            columns={visit: f"{outcome.name}_{i}" for i, visit in enumerate(VISITS)},
        )
        for outcome in book.outcomes
    )
    roles = Roles(
        subject="id",
        arm="group",
        dates={visit: f"seen_{i}" for i, visit in enumerate(VISITS)},
        withdrawal="left",
    )
    form = replace(book.form, layout="wide")
    return replace(book, outcomes=outcomes, roles=roles, form=form)


def redcap_sheet() -> Sheet:
    """The same trial as REDCap exports it: an event of enrolment, and a repeated instrument."""
    long = long_sheet()
    header = ("record_id", "redcap_event_name", "redcap_repeat_instrument", "group", "seen")
    header += (*OUTCOMES, "age", "sex", "sessions", "left", "note")
    records = []
    for person in dict.fromkeys(record[0] for record in long.records):
        rows = [i for i, record in enumerate(long.records) if record[0] == person]
        last, number = rows[-1], int(person[1:])
        facts = [long.cell(last, name) for name in ("group", "age", "sex")]
        blank = [""] * len(OUTCOMES)
        records.append(
            (person, "enrolment_arm_1", "", facts[0], "", *blank, *facts[1:], "", "", "well")
        )
        for row in rows:
            event = f"{long.cell(row, 'visit').replace(' ', '_')}_arm_1"
            values = [long.cell(row, name) for name in OUTCOMES]
            told = [long.cell(row, "sessions"), long.cell(row, "left")] if row == last else ["", ""]
            seen = long.cell(row, "seen")
            records.append((person, event, "", "", seen, *values, "", "", *told, "well"))
        if number % 5 == 0:
            event = "week_3_arm_1"
            records.append((person, event, "falls", "", "", *blank, "", "", "", "", "tripped"))
    return Sheet(header, tuple(records))


def redcap_codebook() -> Codebook:
    book = long_codebook()
    visits = tuple(
        replace(visit, values=(f"{visit.label.replace(' ', '_')}_arm_1",)) for visit in book.visits
    )
    roles = replace(book.roles, subject="record_id", visit="redcap_event_name")
    form = replace(book.form, layout="redcap", leave_out_visits=("enrolment_arm_1",))
    return replace(book, visits=visits, roles=roles, form=form)


def adam_sheet() -> Sheet:
    """The same trial as ADaM: a row per subject, visit and parameter, with BASE and CHG."""
    long = long_sheet()
    header = ("USUBJID", "TRT01P", "AVISIT", "ADT", "PARAMCD", "AVAL", "BASE", "CHG")
    header += ("age", "sex", "sessions", "left", "note")
    base = {
        (record[0], name): long.cell(row, name)
        for row, record in enumerate(long.records)
        for name in OUTCOMES
        if long.cell(row, "visit") == "baseline"
    }
    records = []
    for row, record in enumerate(long.records):
        last = [r for r in range(len(long.records)) if long.records[r][0] == record[0]][-1]
        facts = [long.cell(last, name) for name in ("age", "sex", "sessions", "left", "note")]
        start = (record[0], record[1], long.cell(row, "visit"), long.cell(row, "seen"))
        for name in OUTCOMES:
            value, first = long.cell(row, name), base[record[0], name]
            known = value not in {"", "NA"}
            change = f"{float(value) - float(first):.2f}" if known else ""
            records.append((*start, name.upper()[:8], value, first, change, *facts))
        records.append((*start, "PULSE", "72", "", "", *facts))
    return Sheet(header, tuple(records))


def adam_codebook() -> Codebook:
    book = long_codebook()
    outcomes = tuple(replace(o, column=None, code=o.name.upper()[:8]) for o in book.outcomes)
    roles = Roles(
        subject="USUBJID",
        arm="TRT01P",
        visit="AVISIT",
        date="ADT",
        withdrawal="left",
        parameter="PARAMCD",
        value="AVAL",
        base="BASE",
        change="CHG",
    )
    return replace(book, outcomes=outcomes, roles=roles, form=replace(book.form, layout="adam"))


#: Sheet and codebook of each layout.
LAYOUTS = {
    "long": (long_sheet, long_codebook),
    "wide": (wide_sheet, wide_codebook),
    "redcap": (redcap_sheet, redcap_codebook),
    "adam": (adam_sheet, adam_codebook),
}
