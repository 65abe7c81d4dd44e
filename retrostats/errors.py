"""The errors that a user of the package can mend, and the faults that they list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal


class RetrostatsError(Exception):
    """Base of every deliberate error; the command line prints it without a traceback.

    Catch it where any fault of files, plans or fits is to be told and not to stop the work. A
    `ValueError`, `TypeError` or `KeyError` is a slip in a call and stays what it is.

    Examples
    --------
    >>> import retrostats as rs
    >>> try:
    ...     rs.load_trial("nobody2020")
    ... except rs.RetrostatsError as error:
    ...     print(type(error).__name__)
    DataError
    """


class DataError(RetrostatsError):
    """A file or a number in it cannot be used as it stands.

    Raised by whatever reads or takes in data: trials, codebooks, cohorts, printed numbers, and the
    data frame and arguments of a model. The message lists every fault with its file, line and
    column, where there are such. Mend the file (or the codebook that describes it) and read it
    again; nothing is repaired for you.

    Examples
    --------
    >>> import retrostats as rs
    >>> try:
    ...     rs.Printed("1e999")
    ... except rs.DataError as error:
    ...     print(error)
    '1e999' is too large or too small to compute with
    """


class PlanError(RetrostatsError):
    """An analysis plan contradicts itself or the data.

    Raised by `read_plan` for faults of the file, and by `analyse` where the plan asks for
    something that the codebook or the data do not have, or its primary model cannot be fitted.
    Change the plan and give the reason for it in your report: no other model takes its place
    unasked.

    Examples
    --------
    >>> import retrostats as rs
    >>> try:
    ...     rs.read_plan("mine.toml")
    ... except rs.PlanError as error:
    ...     print(error)
    plan mine.toml: 1 fault found.
      1. mine.toml: there is no such file; `retrostats new plan` writes a plan to be filled in
    """


class FitError(RetrostatsError):
    """A model could not be fitted, or a fit cannot answer what it is asked.

    Raised by `fit_mmrm`, `fit_lmm`, `fit_ancova` and `fit_mixed_anova`, and by methods of a fit:
    the search did not converge, columns depend on one another, or too few rows are left. The
    message says which, and what may help: most often fewer coefficients or a simpler covariance.

    Examples
    --------
    >>> import pandas as pd
    >>> import retrostats as rs
    >>> two = pd.DataFrame({"arm": ["retro", "control"], "pain": [3.0, 5.0]})
    >>> try:
    ...     rs.fit_ancova("pain ~ arm", two)
    ... except rs.FitError as error:
    ...     print(error)
    2 rows cannot determine 2 coefficients and a covariance; use fewer terms
    """


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
