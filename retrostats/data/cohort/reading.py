"""Read a cohort file by its codebook: check it, and build the cohort where it holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from retrostats.data.checks.columns import unused_columns
from retrostats.data.checks.evidence import Evidence, weigh_evidence
from retrostats.data.checks.registry import find_problems
from retrostats.data.codebook.types import Codebook
from retrostats.data.cohort.building import build_cohort, fact_notes
from retrostats.data.cohort.layouts import read_cells
from retrostats.data.cohort.types import Cohort
from retrostats.data.formats.table import RawTable
from retrostats.data.problems import CheckReport
from retrostats.progress import told_share

Progress = Callable[[float], None]
#: Share of the time that reading the file takes, the rest being the checks.
READING = 0.6
#: What a bar says meanwhile.
WORDS = "Reading and checking"


def check_cohort(
    path: Path | str, codebook: Codebook | Path | str, *, progress: Progress | None = None
) -> CheckReport:
    """Check a cohort file against its codebook.

    Parameters
    ----------
    path
        CSV, Excel, SPSS, Stata or Parquet; see ``docs/cohort-files.md``.
    codebook
        What the columns mean, or the TOML file that says so.
    progress
        Called with the share of the work that is done, from 0 to 1. Without it, long work shows
        a bar in a notebook.

    Returns
    -------
    CheckReport
        Every problem, by line and column. Errors keep the file from being analysed.

    Raises
    ------
    DataError
        If the file is no table at all, or the codebook is faulty.

    Examples
    --------
    >>> import retrostats as rs
    >>> from retrostats.data.catalogue import data_folder
    >>> folder = data_folder() / "example_cohort"  # or a folder of yours
    >>> report = rs.check_cohort(folder / "cohort.csv", folder / "codebook.toml")
    >>> report.rows, len(report.errors), len(report.warnings)
    (190, 0, 0)
    >>> print(*report.notes)
    The codebook does not use 1 column of the file: 'note'.
    """
    with told_share(progress, WORDS) as tell:
        return check_table(*_read(path, codebook, tell), progress=_scaled(tell, READING, 1.0))[1]


def read_cohort(
    path: Path | str, codebook: Codebook | Path | str, *, progress: Progress | None = None
) -> Cohort:
    """Read a cohort file that its codebook describes.

    Parameters
    ----------
    path, codebook, progress
        As for `check_cohort`.

    Returns
    -------
    Cohort
        One row per subject and scheduled visit; warnings are kept in `Cohort.warnings`, and rows
        that the codebook leaves out in `Cohort.ledger`.

    Raises
    ------
    DataError
        With every error of the file; with every fault of the codebook; if the file is no table.

    Examples
    --------
    >>> import retrostats as rs
    >>> from retrostats.data.catalogue import data_folder
    >>> folder = data_folder() / "example_cohort"  # or a folder of yours
    >>> cohort = rs.read_cohort(folder / "cohort.csv", folder / "codebook.toml")
    >>> print(cohort.ledger)
    190 of 190 rows used
    >>> cohort.frame.groupby("arm", observed=True)["subject"].nunique().to_dict()
    {'control': 22, 'retro': 23, 'forward': 23}
    """
    with told_share(progress, WORDS) as tell:
        return cohort_of_table(*_read(path, codebook, tell), progress=_scaled(tell, READING, 1.0))


def cohort_of_table(
    table: RawTable, codebook: Codebook, *, progress: Progress | None = None
) -> Cohort:
    """Return the cohort of a table; raise a `DataError` with every error where it has some."""
    evidence, report = check_table(table, codebook, progress=progress)
    report.require_no_errors()
    return build_cohort(evidence, report)


def check_table(
    table: RawTable, codebook: Codebook, *, progress: Progress | None = None
) -> tuple[Evidence, CheckReport]:
    """Return what the rules look at, and what they found."""
    evidence = weigh_evidence(read_cells(table, codebook))
    report = CheckReport(
        file=table.file,
        form=table.form,
        rows=table.n_rows,
        problems=find_problems(evidence, progress=progress),
        notes=(*table.notes, *fact_notes(evidence), *unused_columns(evidence)),
    )
    return evidence, report


def _read(
    path: Path | str, codebook: Codebook | Path | str, progress: Progress
) -> tuple[RawTable, Codebook]:
    from retrostats.data.codebook.reading import read_codebook
    from retrostats.data.formats.reading import read_table

    meaning = codebook if isinstance(codebook, Codebook) else read_codebook(codebook)
    return read_table(path, meaning.form, progress=_scaled(progress, 0.0, READING)), meaning


def _scaled(progress: Progress, start: float, end: float) -> Progress:
    return lambda share: progress(start + (end - start) * share)
