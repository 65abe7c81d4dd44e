"""A look at all bytes of a text at once: which faults its cells may have at all."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from retrostats.data.formats.content import CONTROL, LONGEST, WIDE_SPACES
from retrostats.data.formats.records import Records

_TAB, _LF, _CR, _SPACE, _QUOTE, _DELETE = 9, 10, 13, 32, 34, 127
_WIDE_SPACE = re.compile(f"[{WIDE_SPACES}]")
_WIDE_FORMULA = re.compile("[\uff1d\uff0b\uff0d\uff20]")


def suspects_of(data: bytes, delimiter: bytes, records: Records) -> frozenset[str]:
    """Return the names of the rules that some cell may break, and what else to look at.

    A name that is missing here is certain: no cell breaks that rule. A name that is here says
    only that it is worth to look.
    """
    codes = np.frombuffer(data, dtype=np.uint8)
    borders = np.zeros(256, dtype=bool)
    borders[[_LF, _CR, _QUOTE, delimiter[0]]] = True
    looked_for = {
        "control character": _has_control(data, codes),
        "huge field": bool((records.ends - records.starts > LONGEST).any()),
        "spreadsheet error": b"#" in data,
        "decimal mark": _has_commas(data, delimiter, records),
        "spaces": _has_spaces(data, codes, borders, delimiter) or _breaks_within(records),
    }
    borders[[_SPACE, _TAB]] = True
    looked_for["formula injection"] = any(_begins_a_cell(codes, borders, ord(c)) for c in "=+-@")
    found = {name for name, suspected in looked_for.items() if suspected}
    if not data.isascii():
        found |= _beyond_ascii(data.decode())
    return frozenset(found)


def _beyond_ascii(text: str) -> set[str]:
    found = set()
    if CONTROL.search(text):
        found.add("control character")
    if _WIDE_SPACE.search(text):
        found |= {"spaces", "formula injection"}
    if _WIDE_FORMULA.search(text):
        found.add("formula injection")
    return found


def _has_control(data: bytes, codes: NDArray[np.uint8]) -> bool:
    allowed = sum(map(data.count, (b"\t", b"\n", b"\r")))
    return bool(np.count_nonzero(codes < _SPACE) > allowed) or bytes([_DELETE]) in data


def _has_commas(data: bytes, delimiter: bytes, records: Records) -> bool:
    """Whether a comma stands within a cell."""
    delimiters = int((records.counts - 1).sum()) if delimiter == b"," else 0
    return data.count(b",") > delimiters


def _breaks_within(records: Records) -> bool:
    """Whether some cell holds a line end, which may stand at its edge."""
    return records.file_lines > len(records.lines)


def _has_spaces(
    data: bytes, codes: NDArray[np.uint8], borders: NDArray[np.bool_], delimiter: bytes
) -> bool:
    spaces = [space for space in (b" ", b"\t") if space != delimiter and space in data]
    return any(_beside_a_border(codes, borders, space[0]) for space in spaces)


def _beside_a_border(codes: NDArray[np.uint8], borders: NDArray[np.bool_], space: int) -> bool:
    """Whether a space stands at the edge of a cell."""
    at = np.flatnonzero(codes == space)
    if not len(at):
        return False
    if at[0] == 0 or at[-1] == len(codes) - 1:
        return True
    return bool(borders[codes[at - 1]].any() or borders[codes[at + 1]].any())


def _begins_a_cell(codes: NDArray[np.uint8], borders: NDArray[np.bool_], sign: int) -> bool:
    """Whether a sign stands at the beginning of a cell."""
    at = np.flatnonzero(codes == sign)
    return bool(len(at)) and (at[0] == 0 or bool(borders[codes[at[at > 0] - 1]].any()))
