"""What no cell of any file may hold, looked for once per distinct text of a column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrostats.data.formats.listing import Findings, shown

#: A longer cell is a sign of a quotation mark gone astray, or of a document within a cell.
LONGEST = 1000
#: Spaces that people do not see and spreadsheets and web pages leave around a value.
WIDE_SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_AROUND = " \t\r\n\u00a0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_WIDE = re.compile(f"[{WIDE_SPACES}]")

#: Control characters beside tab and line ends; the invisible and the direction-changing ones.
CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
_FORMULA_START = "=+-@\uff1d\uff0b\uff0d\uff20"
#: A sign with digits is a number or a slip in one; signs alone are words (``-``, ``+++``).
_SIGNED = re.compile(r"[+-][\d.,'’\s]*(?:[eE][+-]?\d+)?%?|[+\-/]+|[+-](?:inf|infinity|nan)", re.I)
_SPREADSHEET_ERRORS = frozenset(
    {
        *("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#CALC!", "#SPILL!"),
        *("#FIELD!", "#BLOCKED!", "#CONNECT!", "#BUSY!", "#UNKNOWN!", "#GETTING_DATA"),
        *("#WERT!", "#BEZUG!", "#NV", "#ZAHL!", "#VALEUR!", "#NOM?", "#NOMBRE!"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentRule:
    """One thing that no cell may hold.

    Attributes
    ----------
    name
        Of the problem.
    breaks
        Whether a text breaks the rule.
    found
        Says what was found in a text that does.
    expected, todo
        As in a problem.
    """

    name: str
    breaks: Callable[[str], bool]
    found: Callable[[str], str]
    expected: str
    todo: str


def _control_in(text: str) -> str:
    match = CONTROL.search(text)
    if match is None:
        return "a control character"
    return f"the invisible character U+{ord(match[0]):04X} at character {match.start() + 1}"


def is_formula(text: str) -> bool:
    """Whether a spreadsheet could take a text for a formula.

    Examples
    --------
    >>> is_formula("=cmd|' /C calc'!A0"), is_formula("-2+3"), is_formula("-3.5"), is_formula("-")
    (True, True, False, False)
    """
    return text[:1] in _FORMULA_START and bool(text) and not _SIGNED.fullmatch(text)


def content_rules(missing: Iterable[str]) -> tuple[ContentRule, ...]:
    """Return the rules for cells; what stands for a missing value breaks none of them."""
    missing = frozenset(missing)
    return (
        ContentRule(
            name="control character",
            breaks=lambda text: CONTROL.search(text) is not None,
            found=_control_in,
            expected="characters that can be seen",
            todo="Remove the character, or type the cell again",
        ),
        ContentRule(
            name="huge field",
            breaks=lambda text: len(text) > LONGEST,
            found=lambda text: f"a cell of {len(text)} characters",
            expected=f"at most {LONGEST}",
            todo="Shorten it, and look for a quotation mark that is not closed",
        ),
        ContentRule(
            name="formula injection",
            breaks=lambda text: is_formula(text) and text not in missing,
            found=lambda text: f"{shown(text)!r}, which a spreadsheet would run as a formula",
            expected="a plain value",
            todo="Replace it by its value, or begin it with another character",
        ),
        ContentRule(
            name="spreadsheet error",
            breaks=lambda text: text in _SPREADSHEET_ERRORS and text not in missing,
            found=lambda text: f"{text}, the error of a formula",
            expected="a value or an empty cell",
            todo="Mend the formula in the spreadsheet, or empty the cell",
        ),
    )


#: Names of all rules for cells.
CONTENT_RULES = frozenset(rule.name for rule in content_rules(()))


def strip_cells(
    columns: list[NDArray[np.object_]], header: list[str], findings: Findings
) -> tuple[list[NDArray[np.object_]], list[str]]:
    """Return cells and names without spaces around them; tell which were no plain spaces."""
    stripped, names, wide = [], [], 0
    for column, name in zip(columns, header, strict=True):
        cells = np.array([cell.strip(_AROUND) for cell in column], dtype=object)
        changed = np.flatnonzero(np.asarray(cells != column, dtype=bool))
        odd = sum(_lost_wide_space(column[row], cells[row]) for row in changed)
        if odd:
            names.append(name.strip(_AROUND))
        wide += odd
        stripped.append(cells)
    bare = [name.strip(_AROUND) for name in header]
    in_header = sum(map(_lost_wide_space, header, bare))
    if wide or in_header:
        places = [f"columns {', '.join(map(shown, names))}"] if wide else []
        places += ["the header"] if in_header else []
        count = "1 cell" if wide + in_header == 1 else f"{wide + in_header} cells"
        findings.note(
            f"No-break or other special spaces around {count} were left out "
            f"({' and '.join(places)})."
        )
    return stripped, bare


def _lost_wide_space(text: str, bare: str) -> bool:
    return len(_WIDE.findall(text)) > len(_WIDE.findall(bare))


def empty_rows(columns: Sequence[NDArray[np.object_]]) -> NDArray[np.bool_]:
    """Return which rows of stripped cells hold nothing, shape ``(n,)``."""
    empty = columns[0] == "" if columns else np.zeros(0, dtype=bool)
    for column in columns[1:]:
        if not empty.any():
            break
        empty &= column == ""
    return np.asarray(empty, dtype=bool)


def check_cells(
    columns: list[NDArray[np.object_]],
    header: list[str],
    *,
    lines: NDArray[np.intp],
    rules: Iterable[ContentRule],
    findings: Findings,
) -> None:
    """Add an error for each cell that breaks a rule."""
    import pandas as pd

    rules = tuple(rules)
    if not rules:
        return
    for position, (name, column) in enumerate(zip(header, columns, strict=True)):
        distinct = pd.unique(column).tolist()
        for rule in rules:
            bad = {text for text in distinct if rule.breaks(text)}
            if bad:
                _tell(rule, bad, (position, shown(name), column), lines, findings)


def _tell(
    rule: ContentRule,
    bad: set[str],
    where: tuple[int, str, NDArray[np.object_]],
    lines: NDArray[np.intp],
    findings: Findings,
) -> None:
    position, name, column = where
    for row, text in enumerate(column):
        if text in bad:
            findings.error(
                rule.name,
                position=position,
                line=int(lines[row]),
                column=name,
                value=shown(text),
                found=rule.found(text),
                expected=rule.expected,
                todo=rule.todo,
            )
