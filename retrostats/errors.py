"""The errors that a user of the package can mend, and the faults that they list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal


class RetrostatsError(Exception):
    """Base of every deliberate error; the command line prints it without a traceback."""


class DataError(RetrostatsError):
    """A file or a number in it cannot be used as it stands."""


class PlanError(RetrostatsError):
    """An analysis plan contradicts itself or the data."""


class FitError(RetrostatsError):
    """A model could not be fitted."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong with one place of one file.

    Attributes
    ----------
    file
        Name of the file, with its folder where that helps to find it.
    line
        Line in the file, counted from 1; 0 for the file as a whole.
    column
        Name of the column or key; empty for the line as a whole.
    message
        What was found, what was expected, and what to do.
    part
        What `column` names: a column of a data file, or a key of a TOML file.
    """

    file: str
    line: int
    column: str
    message: str
    part: Literal["column", "key"] = field(default="column", compare=False)

    def __str__(self) -> str:
        place = self.file
        if self.line:
            place += f", line {self.line}"
        if self.column:
            place += f", {self.part} {self.column}"
        return f"{place}: {self.message}"


def raise_faults(
    subject: str, faults: Iterable[Fault], *, error: type[RetrostatsError] = DataError
) -> None:
    """Raise one error that lists every fault; do nothing when there is none.

    Parameters
    ----------
    subject
        What was being read, e.g. ``"trial qiu2023"``.
    faults
        In any order; they are listed by file, then line.
    error
        What to raise: `DataError` for data and codebooks, `PlanError` for plans.

    Raises
    ------
    DataError or PlanError
        If there is at least one fault.
    """
    listed = sorted(faults)
    if listed:
        count = "1 fault" if len(listed) == 1 else f"{len(listed)} faults"
        listing = "\n".join(f"  {i}. {fault}" for i, fault in enumerate(listed, start=1))
        raise error(f"{subject}: {count} found.\n{listing}")
