"""What each column of a cohort file means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from retrostats.data.codebook.showing import codebook_html
from retrostats.data.rules import Rule
from retrostats.instruments import Change, Instrument
from retrostats.layout import ShownAsFields

FileLayout = Literal["long", "wide", "redcap", "adam"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileForm:
    """How the file is written; ``None`` means to detect it and say what was found.

    Attributes
    ----------
    layout
        ``"long"``: a row per subject and visit. ``"wide"``: a row per subject. ``"redcap"``: a
        row per subject and event, with arm and covariates on any one of them. ``"adam"``: a row
        per subject, visit and parameter.
    delimiter, decimal, encoding, sheet
        Of a text file; the sheet of a spreadsheet (its first when ``None``).
    missing
        What stands for a missing value, beside the empty cell.
    leave_out_visits
        Values of the visit column whose rows are left out, with that reason.
    """

    layout: FileLayout = "long"
    delimiter: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    missing: tuple[str, ...] = ("NA", ".")
    leave_out_visits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Which column says who, in which arm, and when; the last five are for ``adam``.

    Attributes
    ----------
    subject, arm
        Always needed.
    visit
        Needed unless the file is wide.
    date
        Of the visit, as ``YYYY-MM-DD``; of a wide file, `dates` has a column per visit label.
    withdrawal
        Why a subject left the trial, in words; empty for who stayed.
    parameter, value, base, change
        Of an ADaM file: PARAMCD, AVAL, and where present BASE and CHG, which are checked.
    """

    subject: str
    arm: str
    visit: str | None = None
    date: str | None = None
    dates: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    withdrawal: str | None = None
    parameter: str | None = None
    value: str | None = None
    base: str | None = None
    change: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """An arm: its label in results, its words for readers, and how the file writes it."""

    label: str
    name: str
    values: tuple[str, ...]
    reference: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A scheduled visit: its label, its week from randomisation, and how the file writes it."""

    label: str
    week: float
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(ShownAsFields):
    """An outcome bound to its instrument.

    Attributes
    ----------
    name, label
        The name in plans and formulas (letters, digits, underscores), and for readers.
    instrument
        Range, unit, direction.
    column
        Of a long or REDCap file.
    columns
        Of a wide file: the column at each visit label where it was measured.
    code
        Of an ADaM file: its PARAMCD.
    smallest_change
        The smallest worthwhile change that this trial declares; ``None`` for the instrument's.
    """

    name: str
    label: str
    instrument: Instrument
    column: str | None = None
    columns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    code: str | None = None
    smallest_change: Change | None = None

    @property
    def unit(self) -> str:
        """Unit of the values."""
        return self.instrument.unit

    @property
    def label_with_unit(self) -> str:
        """For an axis, e.g. ``"Pain (points)"``; the label alone where there is no unit."""
        return f"{self.label} ({self.unit})" if self.unit else self.label


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A level of a category, and how the file writes it."""

    label: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Covariate(ShownAsFields):
    """Something known of a subject before treatment.

    Attributes
    ----------
    name, label, column
        As of an outcome.
    kind
        ``"number"`` or ``"category"``.
    unit, low, high
        Of a number; infinite where nothing is declared.
    levels
        Of a category, in order; the first is the reference.
    """

    name: str
    label: str
    column: str
    kind: Literal["number", "category"]
    unit: str = ""
    low: float = float("-inf")
    high: float = float("inf")
    levels: tuple[Level, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Adherence:
    """How much of the treatment a subject took, e.g. sessions attended of those planned."""

    name: str
    label: str
    column: str
    unit: str = ""
    planned: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """Numbers of the participant flow that no row of the file shows."""

    assessed: int | None = None
    excluded: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Codebook:
    """The meaning of a cohort file. All names refer to one another validly.

    Attributes
    ----------
    title
        Of the trial, for the report.
    simulated
        Whether the data are made up; every output then says so.
    form, roles
        How the file is written, and which column says who, in which arm, and when.
    arms
        The reference first, then in the order of the file.
    visits
        By week.
    outcomes, covariates, adherence
        In the order of the file.
    eligibility
        Rules that every subject was to meet at baseline.
    screening
        Numbers of the participant flow that no row of the file shows.
    source, digest
        Name of the TOML file and SHA-256 of its bytes.

    Examples
    --------
    >>> import retrostats as rs
    >>> from retrostats.data.catalogue import data_folder
    >>> folder = data_folder() / "example_cohort"  # or a folder of yours
    >>> codebook = rs.read_codebook(folder / "codebook.toml")
    >>> codebook.reference.name, codebook.baseline.label
    ('Usual care alone', 'baseline')
    >>> codebook.outcome("womac").label, codebook.outcome("womac").unit
    ('WOMAC total', 'points')
    """

    title: str
    simulated: bool
    form: FileForm
    roles: Roles
    arms: tuple[Arm, ...]
    visits: tuple[Visit, ...]
    outcomes: tuple[Outcome, ...]
    covariates: tuple[Covariate, ...] = ()
    adherence: tuple[Adherence, ...] = ()
    eligibility: tuple[Rule, ...] = ()
    screening: Screening = Screening()
    source: str = ""
    digest: str = ""

    @property
    def reference(self) -> Arm:
        """The arm that the others are compared with, unless a plan says otherwise."""
        return self.arms[0]

    @property
    def baseline(self) -> Visit:
        """The last visit at week 0 or before."""
        return [visit for visit in self.visits if visit.week <= 0][-1]

    @property
    def follow_ups(self) -> tuple[Visit, ...]:
        """The visits after baseline, by week."""
        return tuple(visit for visit in self.visits if visit.week > 0)

    def outcome(self, name: str) -> Outcome:
        """Return the outcome of this name; a `KeyError` if there is none."""
        return {outcome.name: outcome for outcome in self.outcomes}[name]

    def covariate(self, name: str) -> Covariate:
        """Return the covariate of this name; a `KeyError` if there is none."""
        return {covariate.name: covariate for covariate in self.covariates}[name]

    def visit_at(self, week: float) -> Visit:
        """Return the visit of this week; a `KeyError` if there is none."""
        return {visit.week: visit for visit in self.visits}[week]

    def _repr_html_(self) -> str:
        return codebook_html(self)
