"""Look at a folder of data files: which there are, and whether their columns agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from retrostats.data.parts.types import PartFiles, PartKind, first_line
from retrostats.errors import DataError
from retrostats.jobs.types import Workers

_ENDINGS: dict[str, PartKind] = {".parquet": "Parquet", ".csv": "CSV"}
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
    place = Path(folder)
    if not place.is_dir():
        raise DataError(f"{place.name}: not a folder; expected one of Parquet or CSV files")
    entries = sorted(p for p in place.iterdir() if not p.name.startswith((".", "_")))
    kind = _kind(place, entries)
    found = PartFiles(
        folder=place,
        files=tuple(p.name for p in entries),
        kind=kind,
        columns=(),
        texts=tuple(texts),
        separator=separator,
        decimal=decimal,
        workers=Workers.of(workers),
        sizes=tuple(p.stat().st_size for p in entries),
    )
    return _with_columns(found)


def _kind(folder: Path, entries: list[Path]) -> PartKind:
    kinds = {_ENDINGS[p.suffix] for p in entries if p.suffix in _ENDINGS and p.is_file()}
    strange = [p.name for p in entries if p.suffix not in _ENDINGS or not p.is_file()]
    if strange:
        more = f" and {len(strange) - _NAMED} more" if len(strange) > _NAMED else ""
        raise DataError(
            f"{folder.name}: {', '.join(strange[:_NAMED])}{more}: neither a .parquet nor a .csv "
            "file; keep only the parts of the data in the folder"
        )
    if len(kinds) != 1:
        what = "both Parquet and CSV files" if kinds else "no .parquet and no .csv file"
        raise DataError(f"{folder.name}: {what}; expected a folder of one kind")
    return kinds.pop()


def _with_columns(parts: PartFiles) -> PartFiles:
    headers = [_header(parts, name) for name in parts.files]
    first = headers[0]
    faults = [
        f"{name}: repeats the column {column!r}"
        for name, header in zip(parts.files, headers, strict=True)
        for column, count in Counter(header).items()
        if count > 1
    ]
    for name, header in zip(parts.files[1:], headers[1:], strict=True):
        lacking = [column for column in first if column not in header]
        strange = [column for column in header if column not in first]
        told = [f"lacks {', '.join(lacking)}"] if lacking else []
        told += [f"has {', '.join(strange)} beside them"] if strange else []
        faults += [f"{name}: {' and '.join(told)}"] if told else []
    faults += [f"texts: no column {name!r}" for name in parts.texts if name not in first]
    faults += [
        f"{name}: seems to be divided by {other}; separator={sign!r} reads files that all are"
        for name, header in zip(parts.files, headers, strict=True)
        for sign, other in _SEPARATORS.items()
        if parts.kind == "CSV" and len(header) == 1 and sign in header[0]
    ]
    if faults:
        listed = "\n".join(f"  {fault}" for fault in faults)
        raise DataError(
            f"{parts.folder.name}: every file needs the columns of {parts.files[0]} "
            f"({', '.join(first)}), and a column has one name.\n{listed}"
        )
    return replace(parts, columns=tuple(first))


def _header(parts: PartFiles, name: str) -> list[str]:
    path = parts.folder / name
    try:
        if parts.kind == "CSV":
            import pandas as pd

            line = pd.read_csv(path, header=None, nrows=1, dtype="str", sep=parts.separator)
            return [str(column) for column in line.iloc[0].tolist()]
        from pyarrow.parquet import read_schema

        return [str(column) for column in read_schema(path).names if not column.startswith("__")]
    except ImportError:
        raise DataError(
            f'{name}: Parquet files need pyarrow; install it with pip install "retrostats[parquet]"'
        ) from None
    except (OSError, ValueError) as error:
        raise DataError(f"{name}: cannot be read: {first_line(error)}") from error
