"""Numbers of a column set below one another by their decimal marks."""

from __future__ import annotations

import re
from collections.abc import Sequence

_RANGE = re.compile(r"(.+)( to )(.*)|(.*[\d∞%])(–)(.+)")
_MARK = re.compile(r"(?<=\d)[.,·](?=\d)")
_POINT = re.compile(r"(?<=\d)[.·](?=\d)")
#: A whole number whose thousands stand apart, and nothing that decimals behind a comma may be.
_THOUSANDS = re.compile(r"\D*[1-9]\d{0,2}(,\d{3})+\D*")


def on_marks(cells: Sequence[str]) -> list[str]:
    """Put decimal marks below one another; of ranges, those of the upper ends.

    Parameters
    ----------
    cells
        Of one column. All that are returned have the same length.

    Examples
    --------
    >>> on_marks(["-1.5", "0.125", "12"])
    ['-1.5  ', ' 0.125', '12    ']
    >>> on_marks(["<0.001", "0.03"])
    ['<0.001', ' 0.03 ']
    >>> on_marks(["500", "1,000"])
    ['  500', '1,000']
    """
    parts = [_ends(cell) for cell in cells]
    mark = _mark_of([last for *_, last in parts])
    points = [_around(mark, last) for *_, last in parts]
    first = max((len(low) for low, *_ in parts), default=0)
    left = max((len(whole) for whole, _ in points), default=0)
    right = max((len(rest) for _, rest in points), default=0)
    return [
        f"{low:>{first}}{to}{whole:>{left}}{rest:<{right}}"
        for (low, to, _), (whole, rest) in zip(parts, points, strict=True)
    ]


def lacking_digits(cells: Sequence[str]) -> list[float]:
    """Return by how many digits each cell of a column ends before the longest behind its mark.

    Parameters
    ----------
    cells
        Of one column. A decimal mark counts as half a digit, as wide as it is.

    Examples
    --------
    >>> lacking_digits(["-1.5", "0.125", "12"])
    [2.0, 0.0, 3.5]
    >>> lacking_digits(["500", "1,000"])
    [0.0, 0.0]
    """
    marks = r".·" if _mark_of([_ends(cell)[2] for cell in cells]) is _POINT else r".,·"
    found = [re.search(rf"[{marks}](\d+)\D*$", cell) for cell in cells]
    behind = [len(each[1]) + 0.5 if each else 0.0 for each in found]
    return [max(behind) - own for own in behind]


def _mark_of(cells: Sequence[str]) -> re.Pattern[str]:
    """Return what a decimal mark is: no comma where all of them part thousands."""
    commas = [cell for cell in cells if "," in cell]
    return _POINT if all(map(_THOUSANDS.fullmatch, commas)) else _MARK


def _ends(cell: str) -> tuple[str, str, str]:
    """Return the ends of a range and what joins them; of anything else the cell comes last."""
    found = _RANGE.fullmatch(cell)
    if not found:
        return "", "", cell
    low, joint, high = (part for part in found.groups() if part is not None)
    return low, joint, high


def _around(marks: re.Pattern[str], cell: str) -> tuple[str, str]:
    mark = marks.search(cell)
    return (cell[: mark.start()], cell[mark.start() :]) if mark else (cell, "")
