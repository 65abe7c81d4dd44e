"""Numbers that are possible and yet may stand for a missing value, such as a TUG of 999 s."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from retrostats.arrays import Floats
from retrostats.data.checks.evidence import Evidence, Found
from retrostats.data.checks.quantities import MISSING_NUMBERS, Quantity
from retrostats.data.cohort.cells import Flags, Integers
from retrostats.data.cohort.matching import plain, shorten, show

#: Numbers that are codes where they stand apart from all other values.
TYPICAL = (*MISSING_NUMBERS, 9.0)
#: From here on, typical codes are no steps of a scale.
LARGE = 77.0
#: A code lies this many robust SDs of the others from the nearest of them.
APART = 3.0
#: Other values that are needed before their spread means anything.
ENOUGH = 5
#: Quantiles of a normal distribution lie so many SDs apart: 25 to 75 %, and 5 to 95 %.
_QUARTILES, _NINETY = 1.349, 3.290


def possible_missing_code(evidence: Evidence) -> Iterator[Found]:
    """Yield each number without a declared end that looks like a code for a missing value."""
    for quantity in evidence.of_kind("outcome", "covariate", "adherence"):
        for code in np.flatnonzero(missing_like(evidence, quantity)):
            entries = _cells(quantity, int(code))
            if not len(entries):
                continue
            text = str(quantity.cells.texts[code])
            count = "1 cell" if len(entries) == 1 else f"{len(entries)} cells"
            rest = _others(quantity.entry_values())
            yield Found(
                evidence.line(quantity, int(entries[0])),
                quantity.cells.column_of(int(entries[0])),
                shorten(text),
                f"{show(text)} in {count} of {quantity.name} looks like a missing code, and counts "
                "as a value",
                f"values near the others, {plain(rest.min())} to {plain(rest.max())}",
                "declare it under [file] missing if it stands for a missing value, and otherwise "
                "check the source",
            )


def missing_like(evidence: Evidence, quantity: Quantity) -> Flags:
    """Return which texts of a quantity look like codes for missing that no range reveals.

    Parameters
    ----------
    evidence
        The file; a code with a value label is left to the rule about labels.
    quantity
        Numbers. One with two ends is not asked, because 99 is a sound value of 0 to 100.

    Returns
    -------
    numpy.ndarray
        Shape ``(k,)``, by text.
    """
    nothing = np.zeros(len(quantity.values), dtype=bool)
    typical = np.isin(quantity.values, TYPICAL)
    ends = np.isfinite([quantity.limits.low, quantity.limits.high])
    if not typical.any() or ends.all() or _is_category(evidence, quantity):
        return nothing
    rest = _others(quantity.entry_values())
    if len(rest) < ENOUGH:
        return nothing
    low, high = float(rest.min()), float(rest.max())
    values = quantity.values
    gap = np.maximum(low - values, values - high)
    labels = evidence.cells.table.labels
    for code in np.flatnonzero(typical):
        text = str(quantity.cells.texts[code])
        typical[code] = not any(text in labels.get(name, {}) for name in quantity.cells.columns)
    far: Flags = gap > APART * _spread(rest)
    return typical & far


def like_missing_among(value: float, others: Floats) -> bool:
    """Whether a labelled number is a typical code; a small one must stand apart from the others.

    Examples
    --------
    >>> like_missing_among(999.0, np.array([1.0, 2.0]))
    True
    >>> like_missing_among(9.0, np.arange(9.0)), like_missing_among(9.0, np.array([1.0, 2.0]))
    (False, True)
    """
    return value in TYPICAL and (abs(value) >= LARGE or stands_apart(value, others))


def stands_apart(value: float, others: Floats) -> bool:
    """Whether a value lies outside of others, further than these lie from one another.

    Parameters
    ----------
    value
        Of any size.
    others
        Different values, ascending; nothing stands apart from none.
    """
    if not len(others):
        return False
    step = float(np.diff(others).max()) if len(others) > 1 else 1.0
    return bool(max(others[0] - value, value - others[-1]) > step)


def _spread(values: Floats) -> float:
    """Return a robust SD; of values that hardly differ, a small share of their size."""
    q5, q25, q75, q95 = np.quantile(values, [0.05, 0.25, 0.75, 0.95])
    spread = max((q75 - q25) / _QUARTILES, (q95 - q5) / _NINETY, 0.05 * abs(np.median(values)))
    return float(spread) or 1.0


def _others(values: Floats) -> Floats:
    """Return the sound values that are no typical codes."""
    return values[~np.isnan(values) & ~np.isin(values, TYPICAL)]


def _cells(quantity: Quantity, code: int) -> Integers:
    found = quantity.cells.codes == code
    return np.flatnonzero(found if quantity.blamed is None else found & ~quantity.blamed)


def _is_category(evidence: Evidence, quantity: Quantity) -> bool:
    if quantity.kind != "covariate":
        return False
    return evidence.codebook.covariate(quantity.name).kind == "category"
