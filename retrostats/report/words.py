"""The words of the report page: short names, and what each verdict means to a reader."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote

from retrostats.data.published import Arm, PublishedTrial, split_contrast
from retrostats.integrity.inputs import group_size
from retrostats.integrity.rounding import Span
from retrostats.integrity.words import between, number

_QUANTITIES = {
    "p": "p",
    "t": "t",
    "f": "F",
    "n": "n",
    "k": "k",
    "sd": "SD",
    "smd": "SMD",
    "sd_change": "SD of change",
    "ci_low": "lower limit",
    "ci_high": "upper limit",
    "cohens_d": "Cohen's d",
    "hedges_g": "Hedges' g",
}


class Meaning(NamedTuple):
    """A word of the report and what it means."""

    word: str
    tag: str
    text: str


#: How to read a verdict. A physiotherapist without a statistics course is the reader.
MEANINGS = (
    Meaning(
        "reproduced",
        "reproduced",
        "The printed number comes out again when it is computed from the other printed figures, "
        "within the rounding of the print. GRIM and GRIMMER rows only say that the digits are "
        "possible for whole-number scores; they are not counted as reproduced above.",
    ),
    Meaning(
        "reproduced by some tests",
        "some",
        "The paper's words allow more than one test, for instance Student's and Welch's t-test. "
        "The printed number comes out by one of them and not by another. This may tell which test "
        "was used and is no fault, unless the detail names a condition that is hard to believe.",
    ),
    Meaning(
        "contradicted",
        "contradicted",
        "No variant of the test that the paper's words allow, and that could be computed, gives "
        "the printed number from the printed figures. This is not an accusation: a misprint, "
        "people left out of one analysis, an adjustment or another kind of test that the paper "
        "does not mention, or a slip when the figures were entered has the same effect.",
    ),
    Meaning(
        "inconsistent table",
        "inconsistent",
        "Printed figures of the same table do not fit one another: a change that is not the "
        "difference of its two means, for example, or a mean that no group of that size can have "
        "with whole-number scores (the GRIM test), or the same mean and SD printed again in "
        "another place, which can be chance or a slip of the pen.",
    ),
    Meaning(
        "derived",
        "derived",
        "The paper does not print this number. It was computed from what is printed, so there "
        "is nothing to compare it with.",
    ),
    Meaning(
        "not recomputable",
        "missing",
        "The calculation needs a number that is not among the figures entered, which for many "
        "studies are those of the abstract only; the paper itself may print it. What is needed "
        "stands beside the verdict. It says nothing about whether the printed number is right.",
    ),
)

#: Verdicts on a claim, in the order in which they are counted.
CLAIM_VERDICTS = ("supported", "contradicted", "mixed", "not checkable")

_TAGS = {meaning.word: meaning.tag for meaning in MEANINGS} | {
    "supported": "reproduced",
    "mixed": "some",
    "not checkable": "missing",
    "for": "reproduced",
    "against": "contradicted",
    "silent": "missing",
    "inferred": "inferred",
}


def tag_of(word: str) -> str:
    """Return the class of the style sheet for a verdict, a claim's verdict or a kind."""
    return _TAGS.get(word, "")


def quantity_words(quantity: str) -> str:
    """Return the name of a statistic as a reader writes it."""
    return _QUANTITIES.get(quantity, quantity.replace("_", " "))


def span_words(low: float | None, high: float | None) -> str:
    """Return what was recomputed: one number, a range, or a bound; empty if neither."""
    if low is None and high is None:
        return ""
    if low is None or high is None:
        return f"at most {number(high)}" if high is not None else f"at least {number(low or 0.0)}"
    return between(Span(low, high))


def anchor(trial: str) -> str:
    """Return the id of a study's section; two trials never share one."""
    return "study-" + re.sub(r"[^A-Za-z0-9-]", lambda match: f"_{ord(match[0]):x}", trial)


def doi_address(doi: str) -> str:
    """Return the address of a DOI; empty where the study has none."""
    return f"https://doi.org/{quote(doi, safe='/')}" if doi else ""


def people(trial: PublishedTrial) -> int | None:
    """Return how many people took part, as far as it is printed; ``None`` if it is not.

    The total of the sample where there is one, else the sum of the arms. Arms that the same
    people went through one after the other are counted once.
    """
    totals = [
        int(figure.printed.value or 0)
        for figure in trial.find(arm="", outcome="sample", statistic="n")
    ]
    if totals:
        return max(totals)
    sizes = [arm_size(trial, arm) for arm in trial.arms]
    known = [size for size in sizes if size is not None]
    if not known or len(known) < len(sizes):
        return None
    labels = tuple(arm.label for arm in trial.arms)
    same = any(f.test == "paired" and split_contrast(f.contrast, labels) for f in trial.figures)
    return max(known) if same else sum(known)


def arm_size(trial: PublishedTrial, arm: Arm) -> int | None:
    """Return the size of an arm: randomised, else analysed; ``None`` where neither is known."""
    if arm.n_randomised is not None:
        return arm.n_randomised
    size = group_size(trial, arm.label, "sample", "randomised")
    return size.n if size else arm.n_analysed
