"""A data set too large for memory: a folder of files, each with whole subjects in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from retrostats.data.parts.long_rows import require_no_long_rows
from retrostats.errors import DataError
from retrostats.jobs.types import Workers
from retrostats.layout import ShownAsSentence

if TYPE_CHECKING:
    import pandas as pd

PartKind: TypeAlias = Literal["Parquet", "CSV"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PartFiles(ShownAsSentence):
    r"""The files of a folder, one after the other: what `fit_mmrm` takes in place of a data frame.

    Attributes
    ----------
    folder
        Where they are.
    files
        Their names, sorted.
    kind
        ``"Parquet"`` or ``"CSV"``.
    columns
        Those of every file.
    texts
        Columns of CSV files that are read as text, such as identifiers with leading zeros.
    separator, decimal
        Of CSV files.
    workers
        Who sums them up.
    sizes
        Bytes of each file when the folder was looked at: one that has grown or shrunk since then
        is refused, or levels and sums could be those of different data. Empty: not checked.

    Notes
    -----
    Iterating reads one file after the other and keeps none.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import retrostats as rs
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "centre-1.csv").write_text("id,pain\n1,5\n2,6\n")
    >>> _ = (folder / "centre-2.csv").write_text("id,pain\n3,4\n")
    >>> parts = rs.read_parts(folder)
    >>> [len(rows) for rows in parts], parts.kind
    ([2, 1], 'CSV')
    """

    folder: Path
    files: tuple[str, ...]
    kind: PartKind
    columns: tuple[str, ...]
    texts: tuple[str, ...] = ()
    separator: str = ","
    decimal: str = "."
    workers: Workers = field(default_factory=Workers)
    sizes: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.files)

    def __iter__(self) -> Iterator[pd.DataFrame]:
        return (self.read(place) for place in range(len(self)))

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        files = "file" if len(self) == 1 else "files"
        return f"{len(self)} {self.kind} {files} with the columns {', '.join(self.columns)}"

    def read(self, place: int, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the rows of one file.

        Parameters
        ----------
        place
            Which file, from 0.
        columns
            Only these; all when omitted.

        Raises
        ------
        DataError
            If it cannot be read or has changed since the folder was looked at, with its name; if
            a row of a CSV file has more cells than there are columns.
        """
        path = self.folder / self.files[place]
        wanted = list(self.columns if columns is None else columns)
        try:
            if self.sizes and path.stat().st_size != self.sizes[place]:
                raise DataError(
                    f"{path.name}: another size than when the folder was looked at; call "
                    "read_parts again once nobody writes there"
                )
            return (
                self._read_parquet(path, wanted)
                if self.kind == "Parquet"
                else self._read_csv(path, wanted)
            )
        except (OSError, ValueError) as error:  # pyarrow's and pandas' own errors are among them
            raise DataError(f"{path.name}: cannot be read: {first_line(error)}") from error

    @staticmethod
    def _read_parquet(path: Path, wanted: list[str]) -> pd.DataFrame:
        import pandas as pd

        return pd.read_parquet(path, engine="pyarrow", columns=wanted)

    def _read_csv(self, path: Path, wanted: list[str]) -> pd.DataFrame:
        import pandas as pd

        require_no_long_rows(path, self.separator, len(self.columns))
        return pd.read_csv(
            path,
            usecols=wanted,
            index_col=False,  # or a separator at the end of each row would shift the columns
            dtype=dict.fromkeys(set(self.texts) & set(wanted), "str"),
            sep=self.separator,
            decimal=self.decimal,
            low_memory=False,
        )

    def levels(self, *names: str) -> dict[str, tuple[Any, ...]]:
        """Read these columns of every file and return what they hold, sorted.

        Use it for the ``levels=`` of `fit_mmrm` where nobody knows them beforehand; the first one
        becomes the reference, so write them yourself where another should be.

        Parameters
        ----------
        *names
            Columns.

        Returns
        -------
        dict
            Levels by column; missing values are none. A categorical column gives its levels in
            its own order, which must be the same in every file.

        Raises
        ------
        DataError
            If a column does not exist, mixes texts and numbers, or has other categories in
            another file.
        """
        absent = [name for name in names if name not in self.columns]
        if absent:
            raise DataError(
                f"{self.folder.name}: no column {absent[0]!r}; there are {', '.join(self.columns)}"
            )
        found: dict[str, dict[Any, None]] = {name: {} for name in names}
        declared: dict[str, tuple[Any, ...] | None] = {}
        for place, name in enumerate(self.files):
            part = self.read(place, names)
            for column in names:
                own = _declared(part[column])
                if declared.setdefault(column, own) != own:
                    raise DataError(
                        f"{name}: {column} has the categories {own}, and {declared[column]} in "
                        f"{self.files[0]}; write the files with the same categories"
                    )
                found[column].update(dict.fromkeys(part[column].dropna().unique().tolist()))
        return {
            column: declared[column] or _sorted(column, list(levels))
            for column, levels in found.items()
        }


def _declared(column: pd.Series[Any]) -> tuple[Any, ...] | None:
    import pandas as pd

    return tuple(column.cat.categories) if isinstance(column.dtype, pd.CategoricalDtype) else None


def _sorted(column: str, levels: list[Any]) -> tuple[Any, ...]:
    try:
        return tuple(sorted(levels))
    except TypeError:
        raise DataError(
            f"{column}: some files hold texts and others numbers; read the column alike, "
            f"texts=({column!r},)"
        ) from None


def first_line(error: Exception) -> str:
    """Return what another program says of a file, without its traces."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, UnicodeDecodeError):
        return "it is no UTF-8 text; save it as UTF-8"
    if type(error).__name__ == "EmptyDataError":  # of pandas, which is not loaded for this
        return "it is empty; delete it, or put the names of the columns into its first line"
    return str(error).splitlines()[0] if str(error) else type(error).__name__
