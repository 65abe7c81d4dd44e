"""The rules that a cohort file must keep, by name, and the run of all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from retrostats.data.checks import (
    columns,
    dates,
    derived,
    identifiers,
    labels,
    missing_codes,
    rows,
    screening,
    subjects,
    values,
)
from retrostats.data.checks.evidence import Evidence, Found
from retrostats.data.problems import Problem, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRule:
    """One rule: its name, what breaking it means, how it is found, and a sentence for readers."""

    name: str
    severity: Severity
    find: Callable[[Evidence], Iterator[Found]]
    sentence: str

    def problems(self, evidence: Evidence) -> Iterator[Problem]:
        """Yield each place at which a file breaks the rule."""
        for at in self.find(evidence):
            yield Problem(
                rule=self.name,
                severity=self.severity,
                line=at.line,
                column=at.column,
                value=at.value,
                found=at.found,
                expected=at.expected,
                todo=at.todo[:1].upper() + at.todo[1:],
            )


def _error(name: str, find: Callable[[Evidence], Iterator[Found]], sentence: str) -> CheckRule:
    return CheckRule(name=name, severity="error", find=find, sentence=sentence)


def _warning(name: str, find: Callable[[Evidence], Iterator[Found]], sentence: str) -> CheckRule:
    return CheckRule(name=name, severity="warning", find=find, sentence=sentence)


_OF_THE_FILE = (
    _error("missing column", columns.missing_column, "A column of the codebook is in the file."),
    _error(
        "missing parameter",
        columns.missing_parameter,
        "An ADaM file has rows of every outcome, and a parameter on every row.",
    ),
    _warning(
        "similar parameter",
        columns.similar_parameter,
        "A parameter that is left out does not resemble one of the codebook.",
    ),
    _error("nothing left", columns.nothing_left, "At least one row of the file is used."),
    _warning(
        "subject left out",
        columns.subject_left_out,
        "Every subject has a row that is used.",
    ),
)
_OF_ROWS = (
    _error("subject empty", rows.subject_empty, "Every row says whom it is about."),
    _error("visit empty", rows.visit_empty, "Every row says at which visit it was measured."),
    _error("unknown visit", rows.unknown_visit, "Every visit is one of the codebook."),
    _error(
        "label contradicts",
        labels.label_contradicts,
        "A code and its value label do not mean two different arms, visits or levels.",
    ),
    _error("arm empty", rows.arm_empty, "Every row (REDCap: every subject) has an arm."),
    _error("unknown arm", rows.unknown_arm, "Every arm is one of the codebook."),
    _error(
        "repeated visit",
        rows.repeated_visit,
        "A subject has one row per visit (wide: one row; ADaM: one per visit and parameter).",
    ),
    _error("identical rows", rows.identical_rows, "No row repeats another in every cell."),
)
_OF_VALUES = (
    _error("not a number", values.not_a_number, "Outcomes and measures are numbers."),
    _error(
        "undeclared missing code",
        values.missing_code,
        "A code for a missing value, such as 999 outside the range, is declared.",
    ),
    _error("outside the range", values.outside_range, "An outcome is one its instrument can give."),
    _error(
        "not a whole number",
        values.not_whole,
        "An instrument of whole numbers has no decimals.",
    ),
    _error("impossible zero", values.impossible_zero, "Nobody has, say, a strength of zero."),
    _error(
        "outside the declared range",
        values.outside_declared_range,
        "A covariate lies within the range of the codebook.",
    ),
    _error("unknown level", values.unknown_level, "A category is one of the codebook."),
    _error(
        "negative adherence",
        values.negative_adherence,
        "Adherence is zero or more.",
    ),
    _error(
        "extension above flexion",
        values.extension_above_flexion,
        "A joint flexes further than it extends.",
    ),
    _warning(
        "unit slip",
        values.unit_slip,
        "A value fits its neighbours as it stands, not only after a change of unit.",
    ),
    _warning(
        "outside the usual range",
        values.outside_usual,
        "A value lies in the range that is usual for its instrument.",
    ),
    _warning(
        "labelled number",
        labels.labelled_number,
        "A value label in words stands on a number of the scale, not on a code for missing.",
    ),
    _warning(
        "possible missing code",
        missing_codes.possible_missing_code,
        "A number such as 999 is not far from all other values.",
    ),
    _warning("constant outcome", values.constant_outcome, "An outcome has different values."),
)
_OF_DATES = (
    _error("not a date", dates.not_a_date, "A date is written as year-month-day."),
    _error("impossible date", dates.impossible_date, "A date is in the calendar."),
    _error("two dates for a visit", dates.two_dates, "An ADaM file dates a visit once."),
    _error(
        "dates out of order",
        dates.dates_out_of_order,
        "No visit of a subject is dated before an earlier one.",
    ),
)
_OF_SUBJECTS = (
    _error("arm changes", subjects.arm_changes, "A subject stays in one arm."),
    _error(
        "changes within a subject",
        subjects.fact_changes,
        "A covariate, an adherence measure and a reason to leave are the same on all rows.",
    ),
    _error(
        "subject named",
        identifiers.subject_named,
        "No reason to leave and no label of the codebook holds an identifier of a subject.",
    ),
    _error("arm too small", subjects.arm_too_small, "Every arm has two subjects or more."),
    _error(
        "baseline differs",
        derived.base_differs,
        "BASE of an ADaM file is the value at baseline.",
    ),
    _error(
        "change differs",
        derived.change_differs,
        "CHG of an ADaM file is the value minus that at baseline.",
    ),
    _warning(
        "no baseline",
        subjects.no_baseline,
        "Every subject has a value of some outcome at baseline.",
    ),
    _warning(
        "baseline missing",
        subjects.baseline_missing,
        "A subject seen at baseline has every outcome there.",
    ),
    _warning(
        "seen once",
        subjects.one_row_only,
        "A subject is seen at more than one visit, or left for a reason.",
    ),
    _warning(
        "similar subjects",
        identifiers.similar_subjects,
        "Identifiers differ by more than case, spaces, dashes and leading zeros, and as numbers.",
    ),
    _warning(
        "above planned",
        subjects.adherence_above_planned,
        "Adherence is not above what was planned.",
    ),
    _warning("not eligible", subjects.not_eligible, "A subject meets the rules of eligibility."),
    _warning(
        "screening differs",
        screening.screening_differs,
        "The people assessed less those excluded are the subjects of the file.",
    ),
)

#: Every rule, in the order of the documentation.
RULES: tuple[CheckRule, ...] = (
    *_OF_THE_FILE,
    *_OF_ROWS,
    *_OF_VALUES,
    *_OF_DATES,
    *_OF_SUBJECTS,
)


def find_problems(
    evidence: Evidence, *, progress: Callable[[float], None] | None = None
) -> tuple[Problem, ...]:
    """Return everything that the rules find, and what the reader of the file found.

    Parameters
    ----------
    evidence
        The file, weighed.
    progress
        Called with the share of the rules that have run, from 0 to 1.

    Returns
    -------
    tuple of Problem
        By line, then by the order of the columns in the file, then by the order of the rules.
    """
    found = list(evidence.cells.table.problems)
    for number, rule in enumerate(RULES, start=1):
        found.extend(rule.problems(evidence))
        if progress is not None:
            progress(number / len(RULES))
    names = ("", *evidence.cells.table.header)
    order = {name: position for position, name in reversed(list(enumerate(names)))}
    return tuple(sorted(found, key=lambda p: (p.line, order.get(p.column, 0))))
