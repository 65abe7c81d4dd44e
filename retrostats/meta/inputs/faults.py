"""What is wrong with the header, a name or a cell of a table of trials, and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from retrostats.errors import Fault
from retrostats.meta.inputs.measures import FORMS, KNOWN, PRINTED, Measure
from retrostats.plan.names import did_you_mean

if TYPE_CHECKING:
    from retrostats.data.formats.table import RawTable

#: Dashes that look like the minus sign of the keyboard: hyphens, en dash, em dash.
_DASHES = "\u2010\u2011\u2012\u2013\u2014"
#: How the rows under a forest plot begin, which a copied table often has too.
_SUM_OF_TRIALS = re.compile(
    r"((grand |sub[- ]?)?totals?|overall|pooled|summary|all (trials|studies))"
    r"( (effect|estimate)s?)?( \(.*\))?:?|(heterogeneity|test for .*):.*",
    re.IGNORECASE,
)


def header_faults(raw: RawTable, measure: Measure) -> Iterator[Fault]:
    """Find what a header lacks, with the column that was probably meant, and what is too much."""
    form = FORMS[measure]
    others = [name for name in raw.header if name not in KNOWN]
    if "study" not in raw:
        expected = f"is missing; expected the name of each trial{did_you_mean('study', others)}"
        yield Fault(raw.file, 1, "study", expected)
    given = set(raw.header)
    absent = [name for name in form.cells if name not in given]
    # n1 and n2 alone may belong to a printed p.
    begun = bool((set(form.cells) - {"n1", "n2"}) & given)
    for name in absent if begun else ():
        near = did_you_mean(name, others)
        yield Fault(
            raw.file, 1, name, f"is missing; arms need {' '.join(form.cells)}{near}"
        )  # fmt: skip
    if (absent or not form.cells) and not begun and "estimate" not in given:
        wanted = f"the columns {' '.join(form.cells)}, or " if form.cells else ""
        yield Fault(
            raw.file, 1, "", f"holds no effect; for the {measure} expected {wanted}estimate with "
            f"se, with ci_low and ci_high, or with p{did_you_mean('estimate', others)}",
        )  # fmt: skip
    strange = [n for n in raw.header if n in KNOWN and n not in (*form.cells, *PRINTED, "study")]
    for name in [n for n in strange if n not in ("n1", "n2")]:
        yield Fault(raw.file, 1, name, f"does not belong to the {measure}; rename or remove it")


def study_fault(study: str) -> str:
    """Say what is wrong with the name of a trial; empty where nothing is.

    Examples
    --------
    >>> study_fault("Total (95% CI)"), study_fault("Overall 2019")
    ("'Total (95% CI)' is no trial but a sum of trials; remove the row", '')
    """
    if not study:
        return "is empty; name the trial"
    if _SUM_OF_TRIALS.fullmatch(study.strip()):
        return f"{study!r} is no trial but a sum of trials; remove the row"
    return ""


def why_no_number(text: str, column: str) -> str:
    """Say why a cell is no number, and what to write.

    Examples
    --------
    >>> why_no_number("29%", "mean1")
    "'29%' is no number; write 29 or a share, alike in all rows"
    >>> why_no_number("p = 0.04", "p"), why_no_number("x", "se")
    ("'p = 0.04' is no number; write 0.04 alone", "'x' is no number")
    """
    if text[:1] in "<>\u2264\u2265" and column == "p":
        return (
            f"{text!r} is a bound; no standard error follows from it; give se or the interval, "
            "or remove the row"
        )
    dashed = "".join("-" if sign in _DASHES else sign for sign in text)
    if re.fullmatch(r"-[\d.,]+", dashed) and dashed != text:
        return f"{text!r} is no number: it begins with a dash; write {dashed} with a minus sign"
    if found := re.fullmatch(r"(-?[\d.,]+)\s*%", text):
        return f"{text!r} is no number; write {found[1]} or a share, alike in all rows"
    if found := re.fullmatch(r"[pP]\s*=\s*([\d.,]+)", text):
        return f"{text!r} is no number; write {found[1]} alone"
    return f"{text!r} is no number"
