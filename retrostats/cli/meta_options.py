"""The options of the command that pools trials."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

#: By default: whose figures may contribute, and the correlation between visits.
ROLES, CORRELATION = "cited,retro trial", 0.5


class Tau2(StrEnum):
    """Estimators of the variance between trials."""

    REML = "reml"
    ML = "ml"
    DL = "dl"
    PM = "pm"
    PMM = "pmm"
    EB = "eb"
    SJ = "sj"
    HE = "he"
    HS = "hs"
    HSK = "hsk"
    COMMON = "common"


class Test(StrEnum):
    """Tests of the pooled effect."""

    HKSJ = "hksj"
    HKSJ_ADHOC = "hksj_adhoc"
    T = "t"
    Z = "z"


class Measure(StrEnum):
    """What the effects of an own table are."""

    SMD = "standardised mean difference"
    MD = "mean difference"
    ROM = "ratio of means"
    RR = "risk ratio"
    OR = "odds ratio"
    RD = "risk difference"
    GENERIC = "generic"


class Sign(StrEnum):
    """Which sign of the estimates of an own table is a benefit."""

    NEGATIVE = "negative"
    POSITIVE = "positive"


Out = Annotated[Path, typer.Option(help="Folder for the report; made if it is missing.")]
Outcome = Annotated[
    str | None,
    typer.Option(
        help="pain, function, mobility, strength, or the name of an outcome; pain when omitted."
    ),
]
Trials = Annotated[
    Path | None,
    typer.Option(help="Your own folder of trial folders, in place of the bundled one."),
]
Roles = Annotated[str, typer.Option(help="Roles of the trials that may contribute, with commas.")]
Compare = Annotated[
    tuple[str, str] | None,
    typer.Option(help="Which arms, e.g. --compare retro control; any pair when omitted."),
]
Estimates = Annotated[
    Path | None, typer.Option(help="A table of trials of your own, in place of these.")
]
WhatEffects = Annotated[Measure, typer.Option(help="What the effects of --estimates are.")]
Unit = Annotated[str, typer.Option(help="Unit of a mean difference in --estimates.")]
Favours = Annotated[
    tuple[str, str] | None,
    typer.Option(help="Of --estimates: whom a value below zero favours, and one above."),
]
Benefit = Annotated[Sign | None, typer.Option(help="Of --estimates: the sign of a benefit.")]
VarianceBetween = Annotated[Tau2, typer.Option(help="Variance between trials.")]
TestOfMean = Annotated[Test, typer.Option(help="Test of the pooled effect.")]
Level = Annotated[float, typer.Option(help="Of every interval.")]
Correlation = Annotated[
    float, typer.Option(help="Imputed between visits, where only changes are printed.")
]
Instrument = Annotated[str | None, typer.Option(help="Tell the answer in its unit too, e.g. nrs.")]
Sd = Annotated[float | None, typer.Option(help="SD of its scores, by which a g is multiplied.")]
Grade = Annotated[
    Path | None, typer.Option(help="Judgements; `retrostats new grade` writes the file.")
]
