"""What the names of the columns must be."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retrostats.data.formats.listing import Findings, shown

_PLAIN_VALUE = re.compile(r"[+-]?\d+(?:[.,]\d+)?|\d{4}-\d\d-\d\d|\d\d?[./]\d\d?[./]\d{2,4}")
#: Rows below the header in which a name is looked for as a value.
_LOOKED_AT = 1000


def without_nameless(
    header: Sequence[str], columns: Sequence[NDArray[np.object_]], findings: Findings
) -> tuple[list[str], list[NDArray[np.object_]]]:
    """Leave out the columns that have neither name nor value, and tell how many."""
    kept = [
        position
        for position, (name, column) in enumerate(zip(header, columns, strict=True))
        if name or (column != "").any()
    ]
    left_out = len(header) - len(kept)
    if left_out:
        count = "1 column" if left_out == 1 else f"{left_out} columns"
        findings.note(f"{count} without name and value left out (an extra delimiter in each line).")
    return [header[position] for position in kept], [columns[position] for position in kept]


def check_header(
    header: Sequence[str],
    columns: Sequence[NDArray[np.object_]],
    *,
    line: int,
    findings: Findings,
) -> None:
    """Add an error for each name that is empty or repeated, and for a header that is none.

    Parameters
    ----------
    header, columns
        Names and cells, stripped.
    line
        Where the header begins.
    findings
        Extended in place.
    """
    first: dict[str, int] = {}
    for position, name in enumerate(header):
        if not name:
            values = int((columns[position] != "").sum())
            findings.error(
                "empty header",
                position=position,
                line=line,
                found=f"column {position + 1} has no name, and values in {values} rows",
                expected="a name for every column",
                todo="Name the column in the header, or remove it",
            )
        elif name in first:
            findings.error(
                "duplicated header",
                position=position,
                line=line,
                column=shown(name),
                value=shown(name),
                found=f"columns {first[name] + 1} and {position + 1} have the same name",
                expected="each name once",
                todo="Rename one of the columns, or remove it",
            )
        else:
            first[name] = position
    if _looks_like_data(header, columns):
        findings.error(
            "header looks like data",
            line=line,
            value=shown(", ".join(header)),
            found=f"{shown(', '.join(header))} in the place of the header",
            expected="the names of the columns",
            todo="Write the names into the first line of the file",
        )


def is_plain_value(text: str) -> bool:
    """Whether a text is a number or a date, as names of columns are not."""
    return bool(_PLAIN_VALUE.fullmatch(text))


def _looks_like_data(header: Sequence[str], columns: Sequence[NDArray[np.object_]]) -> bool:
    """Whether a header has plain values, and words that the column below it has as well."""
    values = [is_plain_value(name) for name in header]
    if not any(values):
        return False
    repeated = any(
        name and not value and name in set(column[:_LOOKED_AT])
        for name, value, column in zip(header, values, columns, strict=True)
    )
    return repeated or (values[0] and sum(values) > len(header) / 2)
