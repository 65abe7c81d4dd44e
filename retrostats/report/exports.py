"""The reproduction for programs (JSON) and for spreadsheets (CSV)."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from retrostats.integrity.claims import JudgedClaim
from retrostats.integrity.verdicts import ROW_COLUMNS, Reproduction, Row
from retrostats.tables.spreadsheet import harmless

#: Digits of a float in the files. A double holds 15 to 17; the last few depend on the
#: processor and on the build of numpy, and mean nothing.
SIGNIFICANT_DIGITS = 12


def as_json(
    reproductions: Sequence[Reproduction],
    claims: Sequence[JudgedClaim],
    generated_from: Mapping[str, Any],
) -> str:
    """Return the whole reproduction as JSON text.

    Parameters
    ----------
    reproductions, claims
        In the order in which they shall stand in the file.
    generated_from
        Digests and versions, e.g. of `retrostats.report.reproduction.provenance`.

    Returns
    -------
    str
        An object with ``generated_from``, ``rows`` and ``claims``. An open limit is
        ``null``; there is no ``NaN`` and no ``Infinity``.

    Raises
    ------
    ValueError
        If a number is not finite: a verdict on it would mean nothing.
    """
    content = {
        "generated_from": _in_order(generated_from),
        "rows": [row.cells() for reproduction in reproductions for row in reproduction.rows],
        "claims": [claim.to_dict() for claim in claims],
    }
    return json.dumps(_rounded(content), ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _in_order(value: Any) -> Any:
    """Return a value whose mappings are sorted by key: their order has no meaning."""
    if isinstance(value, Mapping):
        return {str(key): _in_order(value[key]) for key in sorted(value, key=str)}
    return value


def _rounded(value: Any) -> Any:
    """Return a JSON value with every float rounded."""
    if isinstance(value, Mapping):
        return {key: _rounded(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(entry) for entry in value]
    return round_number(value) if isinstance(value, float) else value


def round_number(value: float) -> float:
    """Return a number with `SIGNIFICANT_DIGITS`; what is not finite is left to the caller."""
    if not math.isfinite(value):
        return value
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}") + 0.0  # + 0.0 turns -0.0 into 0.0


def as_csv(rows: Iterable[Row]) -> str:
    """Return the rows as CSV text for a spreadsheet.

    Parameters
    ----------
    rows
        Rows of one or many studies.

    Returns
    -------
    str
        A header and one line per row. The text begins with a byte order mark: without it
        Excel reads UTF-8 as the code page of the machine and turns ``≥`` and ``−`` into
        other letters. Programs that stumble over the mark have the JSON file.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(ROW_COLUMNS)
    for row in rows:
        writer.writerow([_cell(value) for value in row.cells().values()])
    return "\ufeff" + text.getvalue()


def _cell(value: str | float | None) -> str:
    if value is None:
        return ""
    if isinstance(value, float | int):
        return repr(round_number(float(value)))
    return harmless(value)
