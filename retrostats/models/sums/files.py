"""Data in files: each is read, summed up and let go, here or on several workers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from retrostats.arrays import Floats
from retrostats.data.parts.types import PartFiles
from retrostats.errors import DataError
from retrostats.jobs.each import run_each
from retrostats.models.mean.formula import MeanModel, expressions_of
from retrostats.models.sums.parts import Part, prepared_part, summed_part
from retrostats.models.sums.prepared import Prepared
from retrostats.models.sums.sources import Roles


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SumUpFile:
    """Reads one file and sums it up; it travels to a worker.

    Attributes
    ----------
    files
        The folder.
    columns
        Those that the model uses.
    model, roles, levels, basis
        As for `summed_part`.
    """

    files: PartFiles
    columns: tuple[str, ...]
    model: MeanModel
    roles: Roles
    levels: Mapping[str, Sequence[Any]] | None
    basis: Floats | None

    def __call__(self, place: int) -> Part:
        """Return the sums of one file."""
        table = self.files.read(place, self.columns)
        try:
            return summed_part(self.model, table, self.roles, self.levels, self.basis)
        except DataError as error:
            raise DataError(f"{self.files.files[place]}: {error}") from error


def prepare_files(
    model: MeanModel,
    files: PartFiles,
    roles: Roles,
    levels: Mapping[str, Sequence[Any]] | None,
) -> Prepared:
    """Sum up a folder of files.

    The first file with rows gives the coordinates of all, so that the sums do not depend on who
    reads which file; they are added in the order of the files.

    Raises
    ------
    DataError
        As for parts, with the name of the file; if the model asks for columns that no file has.
    """
    columns = _used(model, files, roles)
    work = SumUpFile(
        files=files, columns=columns, model=model, roles=roles, levels=levels, basis=None
    )
    whole, first = _until_rows(work)
    if first < len(files):
        rest = replace(work, basis=whole.moments.basis)
        for part in run_each(rest, range(first, len(files)), workers=files.workers):
            whole = whole + part
    return prepared_part(whole, files.files)


def _until_rows(work: SumUpFile) -> tuple[Part, int]:
    """Return the sum of the files up to the first one with rows, and how many these are."""
    whole, done = work(0), 1
    while not whole.moments.n_rows and done < len(work.files):
        whole, done = whole + work(done), done + 1
    return whole, done


def _used(model: MeanModel, files: PartFiles, roles: Roles) -> tuple[str, ...]:
    """Return the columns that the model needs; those absent are told with what there is."""
    wanted = [*model.outcome.columns, roles.subject, roles.visit, roles.weights, roles.group]
    wanted += [name for each in expressions_of(model.terms) for name in each.columns]
    named = [name for name in dict.fromkeys(wanted) if name is not None]
    absent = [name for name in named if name not in files.columns]
    if absent:
        raise DataError(
            f"{files.folder.name}: no column {', '.join(map(repr, absent))}; the files have "
            f"{', '.join(files.columns)}"
        )
    return tuple(named)
