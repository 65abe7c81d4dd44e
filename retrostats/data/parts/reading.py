"""Look at a folder of data files: which there are, and whether their columns agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from retrostats.data.parts.types import PartFiles, PartKind, first_line
from retrostats.errors import DataError
from retrostats.jobs.types import Workers

_ENDINGS: dict[str, PartKind] = {".parquet": "Parquet", ".csv": "CSV"}
#: Endings of files that have to be unpacked first: their sizes and lines cannot be checked.
_PACKED = (".gz", ".zip", ".bz2", ".xz", ".zst")
#: So many files are named in a message, and how many more there are.
_NAMED = 5
#: What else divides the columns of CSV files.
_SEPARATORS = {";": "semicolons", "\t": "tabs", ",": "commas"}


def read_parts(
    folder: Path | str,
    *,
    texts: Sequence[str] = (),
    separator: str = ",",
    decimal: str = ".",
    workers: int | Workers = 1,
) -> PartFiles:
    r"""Look at a folder of data files that together are one data set too large for memory.

    Use it for a registry: `fit_mmrm` then sums up one file after the other, or several at once
    with ``workers``, and needs no more memory than these files and some bytes for each subject.
    A data set that fits into memory is read with pandas, and its fit can tell more.

    Parameters
    ----------
    folder
        Holds Parquet files or CSV files (``.parquet``, ``.csv``) with the same columns, and
        nothing else. Names that start with a dot or an underscore are passed over, as other
        programs do. All rows of a subject are in one file; the fit checks it.
    texts
        Columns of CSV files to read as text, such as identifiers with leading zeros. In these as
        in all others a cell that is empty or says ``NA``, ``None``, ``null`` or the like is a
        missing value, as pandas has it: an arm must not be called so.
    separator, decimal
        Of CSV files.
    workers
        How many processes sum up files at the same time, or a `Workers` for a cluster, whose
        machines must see the folder under the same name. The result is the same for any number.

    Returns
    -------
    PartFiles
        Nothing is read yet but the names of the columns.

    Raises
    ------
    TypeError
        If ``texts`` is one text and no list of them.
    DataError
        If there are no such files, files of both kinds, others beside them, or files whose
        columns differ; all faults at once.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import retrostats as rs
    >>> folder = Path(tempfile.mkdtemp())
    >>> for centre, arms in enumerate((["retro", "control"], ["control", "retro"])):
    ...     lines = [f"{10 * centre + i},{arm},{5 + i}" for i, arm in enumerate(arms)]
    ...     _ = (folder / f"centre-{centre}.csv").write_text("\n".join(["id,arm,pain", *lines]))
    >>> parts = rs.read_parts(folder)
    >>> parts
    2 CSV files with the columns id, arm, pain
    >>> parts.levels("arm")
    {'arm': ('control', 'retro')}
    """
    if isinstance(texts, str):  # whose letters would be taken for columns
        raise TypeError(f"read_parts: texts must be a list of columns: texts=({texts!r},)")
    place = Path(folder)
    if not place.is_dir():
        raise DataError(f"{place.name}: not a folder; expected one of Parquet or CSV files")
    entries = sorted(p for p in place.iterdir() if not p.name.startswith((".", "_")))
    kind = _kind(place, entries)
    return PartFiles(
        folder=place,
        files=tuple(p.name for p in entries),
        kind=kind,
        columns=_columns(place, _headers(entries, kind, separator), texts),
        texts=tuple(texts),
        separator=separator,
        decimal=decimal,
        workers=Workers.of(workers),
        sizes=tuple(p.stat().st_size for p in entries),
    )


def _kind(folder: Path, entries: list[Path]) -> PartKind:
    endings = [_ENDINGS.get(p.suffix.lower()) if p.is_file() else None for p in entries]
    kinds = {kind for kind in endings if kind}
    strange = [p.name for p, kind in zip(entries, endings, strict=True) if not kind]
    if strange:
        more = f" and {len(strange) - _NAMED} more" if len(strange) > _NAMED else ""
        packed = any(name.lower().endswith(_PACKED) for name in strange)
        raise DataError(
            f"{folder.name}: {', '.join(strange[:_NAMED])}{more}: neither a .parquet nor a .csv "
            f"file; {'unpack the files, and ' if packed else ''}keep only the parts of the data "
            "in the folder"
        )
    if len(kinds) != 1:
        what = "both Parquet and CSV files" if kinds else "no .parquet and no .csv file"
        raise DataError(f"{folder.name}: {what}; expected a folder of one kind")
    return kinds.pop()


def _columns(
    folder: Path, headers: Mapping[str, list[str]], texts: Sequence[str]
) -> tuple[str, ...]:
    """Return the columns that all files have, in the order of the first one."""
    origin, first = next(iter(headers.items()))
    faults = [
        f"{name}: repeats the column {column!r}"
        for name, header in headers.items()
        for column, count in Counter(header).items()
        if count > 1
    ]
    for name, header in headers.items():
        lacking = [column for column in first if column not in header]
        strange = [column for column in header if column not in first]
        told = [f"lacks {', '.join(lacking)}"] if lacking else []
        told += [f"has {', '.join(strange)} beside them"] if strange else []
        faults += [f"{name}: {' and '.join(told)}"] if told else []
    faults += [f"texts: no column {name!r}" for name in texts if name not in first]
    faults += [
        f"{name}: seems to be divided by {other}; separator={sign!r} reads files that all are"
        for name, header in headers.items()
        for sign, other in _SEPARATORS.items()
        if Path(name).suffix.lower() == ".csv" and len(header) == 1 and sign in header[0]
    ]
    if faults:
        listed = "\n".join(f"  {fault}" for fault in faults)
        raise DataError(
            f"{folder.name}: every file needs the columns of {origin} "
            f"({', '.join(first)}), and a column has one name.\n{listed}"
        )
    return tuple(first)


def _headers(paths: Sequence[Path], kind: PartKind, separator: str) -> dict[str, list[str]]:
    """Return the names of the columns of each file, by its name."""
    return {path.name: _header(path, kind, separator) for path in paths}


def _header(path: Path, kind: PartKind, separator: str) -> list[str]:
    try:
        if kind == "CSV":
            import pandas as pd

            line = pd.read_csv(path, header=None, nrows=1, dtype="str", sep=separator)
            return [str(column) for column in line.iloc[0].tolist()]
        from pyarrow.parquet import read_schema

        return [str(column) for column in read_schema(path).names if not column.startswith("__")]
    except ImportError:
        raise DataError(
            f"{path.name}: Parquet files need pyarrow; install it with "
            'pip install "retrostats[parquet]"'
        ) from None
    except (OSError, ValueError) as error:
        raise DataError(f"{path.name}: cannot be read: {first_line(error)}") from error
