"""Read the table of trials that a review has."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import get_args

from retrostats.data.codebook.types import FileForm
from retrostats.data.formats.reading import read_table
from retrostats.data.formats.table import RawTable
from retrostats.effects.arguments import require_level
from retrostats.errors import DataError, Fault, raise_faults
from retrostats.estimate import Estimate
from retrostats.meta.inputs.faults import header_faults, study_fault, why_no_number
from retrostats.meta.inputs.measures import (
    FORMS,
    KNOWN,
    PRINTED,
    Measure,
    Row,
    printed_estimate,
)
from retrostats.meta.inputs.types import StudyTable

_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d{1,3})?")
_MISSING = ("NA", ".")
_TRUE_MINUS = "\N{MINUS SIGN}"


def read_estimates(
    path: Path | str, *, measure: Measure, unit: str = "", level: float = 0.95
) -> StudyTable:
    r"""Read one trial a row, from its arms or from the effect that it prints, to be pooled.

    Use it when a review has its own table of trials; not for the raw data of one trial
    (`read_cohort`), and not for the trials that the package holds (`retrostats.collect`).

    The column ``study`` names the trial. A row then has *either* its arms: ``n1 mean1 sd1 n2 mean2
    sd2`` for measures of means, ``events1 n1 events2 n2`` for those of risks, 1 being the treated
    arm; *or* the effect as printed: ``estimate`` with ``se``, or with ``ci_low`` and ``ci_high``,
    or with ``p`` (two-sided; with ``n1`` and ``n2`` it is taken as that of Student's t, else of
    the normal). Of ratios write estimate and limits as ratios; ``se`` is that of the logarithm.
    Rows of both kinds may be mixed; a ``p`` beside arms is not used, and a note says so. Every
    other column is kept as a moderator.

    Parameters
    ----------
    path
        CSV (comma, semicolon or tab; decimal point or comma), Excel, SPSS, Stata.
    measure
        ``"standardised mean difference"`` (Hedges' g), ``"mean difference"``, ``"ratio of
        means"``, ``"risk ratio"``, ``"odds ratio"``, ``"risk difference"``, or ``"generic"`` for
        printed effects of any kind. Ratios become logarithms.
    unit
        Of a mean difference or a generic effect; the others have their own.
    level
        Coverage of the printed intervals.

    Returns
    -------
    StudyTable
        Estimates and moderators in the order of the file.

    Raises
    ------
    DataError
        With every fault of the file, by line and column: an unknown or missing column, a cell
        that is no number, a row of totals or of neither kind or both, an impossible effect.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import retrostats as rs
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "pain.csv")
    ...     _ = file.write_text(
    ...         "study,n1,mean1,sd1,n2,mean2,sd2,estimate,se,weeks\n"
    ...         "Trial A,16,1.6,0.6,16,2.3,0.9,,,4\n"
    ...         "Trial B,,,,,,,-0.4,0.3,6\n"
    ...     )
    ...     table = rs.read_estimates(file, measure="standardised mean difference")
    >>> [round(estimate.value, 2) for estimate in table], table.moderators["weeks"]
    ([-0.89, -0.4], (4.0, 6.0))
    """
    if measure not in tuple(FORMS):
        raise ValueError(
            f"read_estimates: measure must be one of {', '.join(get_args(Measure))}; "
            f"got {measure!r}"
        )
    require_level(level)
    unit = _unit(measure, unit)
    raw = read_table(path, FileForm())
    errors = [p for p in raw.problems if p.severity == "error"]
    faults = [Fault(raw.file, p.line, p.column, f"{p.found}; {p.todo}") for p in errors]
    if not faults:
        faults = list(header_faults(raw, measure))
    rows = [] if faults else list(_Reader(raw, measure, unit, level, faults))
    raise_faults(f"table of trials {raw.file}", faults)
    return StudyTable(
        file=raw.file,
        digest=raw.digest,
        measure=measure,
        estimates=tuple(estimate for estimate, _ in rows),
        moderators=MappingProxyType(
            {name: _moderator(raw, name) for name in raw.header if name not in KNOWN}
        ),
        form=raw.form,
        notes=tuple(note for _, note in rows if note),
    )


def _unit(measure: Measure, given: object) -> str:
    """Return the unit of the effects; a measure that has its own takes no other."""
    own = FORMS[measure].unit
    if not isinstance(given, str):
        raise TypeError(f"read_estimates: the unit must be a text, as in 'points'; got {given!r}")
    if own and given.strip() not in ("", own):
        raise DataError(
            f"read_estimates: the {measure} is in {own!r}, so that the unit {given!r} does not "
            "belong to it; leave the unit out, or choose another measure"
        )
    return own or given.strip()


class _Reader:
    """Turns the rows of one table into estimates, and collects what is wrong with them."""

    def __init__(
        self, raw: RawTable, measure: Measure, unit: str, level: float, faults: list[Fault]
    ) -> None:
        self._raw, self._form, self._unit, self._level = raw, FORMS[measure], unit, level
        self._faults = faults
        self._columns = [n for n in raw.header if n in KNOWN and n != "study"]

    def __iter__(self) -> Iterator[tuple[Estimate, str]]:
        for place, line in enumerate(self._raw.lines.tolist()):
            before = len(self._faults)
            study = str(self._raw["study"][place])
            if wrong := study_fault(study):
                self._fault(line, "study", wrong)
            row = self._numbers(place, line)
            if len(self._faults) > before:
                continue
            try:
                yield self._estimate(row, study)
            except ValueError as error:
                # Estimates name themselves already.
                self._fault(line, "", f"{study}: {str(error).removeprefix(f'{study}: ')}")

    def _fault(self, line: int, column: str, message: str) -> None:
        self._faults.append(Fault(self._raw.file, line, column, message))

    def _numbers(self, place: int, line: int) -> Row:
        row: Row = {}
        for name in self._columns:
            text = str(self._raw[name][place])
            if text in ("", *_MISSING):
                continue
            value = number_of(text, self._raw.decimal)
            if value is None:
                self._fault(line, name, why_no_number(text, name))
            else:
                row[name] = value
        return row

    def _estimate(self, row: Row, study: str) -> tuple[Estimate, str]:
        form = self._form
        sizes = {"n1", "n2"}
        arms = [name for name in form.cells if name in row]
        has_arms = bool(set(arms) - sizes)
        if "estimate" in row and has_arms:
            raise ValueError("gives its arms and an estimate too; leave one of the two empty")
        if "estimate" in row:
            return printed_estimate(row, study, form=form, unit=self._unit, level=self._level)
        missing = [name for name in form.cells if name not in row]
        if form.make is None or missing:
            what = f"has no {', '.join(missing)}" if has_arms else "holds no effect"
            raise ValueError(f"{what}; such a row cannot be pooled: complete it or remove it")
        unused = ", ".join(name for name in PRINTED if name in row)
        note = f"{study}: {unused} not used; the effect is that of the arms"
        return form.make(row, study, self._unit), note if unused else ""


def _moderator(raw: RawTable, name: str) -> tuple[float, ...] | tuple[str, ...]:
    words = tuple("" if cell in _MISSING else str(cell) for cell in raw[name])
    numbers = [number_of(word, raw.decimal) if word else math.nan for word in words]
    if any(words) and all(number is not None for number in numbers):
        return tuple(number for number in numbers if number is not None)
    return words


def number_of(text: str, decimal: str) -> float | None:
    """Return the number that a cell writes; ``None`` where it writes none.

    Examples
    --------
    >>> number_of("-1,25", ","), number_of("n. s.", "."), number_of("\N{MINUS SIGN}3", ".")
    (-1.25, None, -3.0)
    """
    plain = text.replace(_TRUE_MINUS, "-").replace(decimal, ".")
    value = float(plain) if _NUMBER.fullmatch(plain) else math.nan
    return value if math.isfinite(value) else None
