"""Parquet files, where pyarrow is installed."""

from __future__ import annotations

import importlib
import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrostats.data.codebook.types import FileForm
from retrostats.data.formats.assembling import Sheet, assemble
from retrostats.data.formats.cell_text import column_text, value_text
from retrostats.data.formats.listing import Findings
from retrostats.data.formats.source import Progress, Source
from retrostats.data.formats.table import RawTable


def read_parquet(source: Source, form: FileForm, progress: Progress) -> RawTable:
    """Return the table of a Parquet file.

    Raises
    ------
    DataError
        If pyarrow is not installed, or the file is damaged.
    """
    try:
        pyarrow = importlib.import_module("pyarrow")
        parquet = importlib.import_module("pyarrow.parquet")
    except ImportError:
        message = "Parquet needs pyarrow, which is not installed"
        advice = "pip install 'retrostats[parquet]', or export the data as CSV"
        raise source.refusal(f"{message}; {advice}") from None
    decimal = form.decimal if form.decimal in (".", ",") else "."
    columns = []
    try:
        table = parquet.read_table(io.BytesIO(source.raw))
        for number, column in enumerate(table.columns, start=1):
            columns.append(_texts(pyarrow, column, decimal))
            progress(0.9 * number / table.num_columns)
    except (pyarrow.ArrowException, OSError, ValueError, OverflowError) as error:
        message = f"the Parquet file is damaged ({type(error).__name__}); write it again"
        raise source.refusal(message) from None
    sheet = Sheet(
        form="Parquet",
        header=list(table.column_names),
        header_line=0,
        columns=columns,
        lines=np.arange(1, table.num_rows + 1),
    )
    return assemble(source, form, sheet, Findings())


def _texts(pyarrow: Any, column: Any, decimal: str) -> NDArray[np.object_]:
    """Return one column as text; singles in the shortest form of their own precision."""
    if pyarrow.types.is_floating(column.type):
        return column_text(column.to_numpy(zero_copy_only=False), decimal=decimal)
    texts = [value_text(value, decimal=decimal) for value in column.to_pylist()]
    return np.array(texts, dtype=object)
