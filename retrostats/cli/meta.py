"""The command that pools trials."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retrostats.cli.writing import told_plainly
from retrostats.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from retrostats.data.published import PublishedTrial
    from retrostats.report.meta.scale import Scale
    from retrostats.report.meta.synthesis import Synthesis
    from retrostats.report.meta.types import Benefit, Evidence


#: By default: whose figures may contribute, and the correlation between visits.
_ROLES, _CORRELATION = "cited,retro trial", 0.5


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


def meta(  # noqa: PLR0913 - each is an option of the command
    out: Annotated[Path, typer.Option(help="Folder for the report; made if it is missing.")],
    outcome: Annotated[
        str | None,
        typer.Option(
            help="pain, function, mobility, strength, or the name of an outcome; pain when omitted."
        ),
    ] = None,
    trials: Annotated[
        Path | None,
        typer.Option(help="Your own folder of trial folders, in place of the bundled one."),
    ] = None,
    roles: Annotated[
        str, typer.Option(help="Roles of the trials that may contribute, with commas.")
    ] = _ROLES,
    compare: Annotated[
        tuple[str, str] | None,
        typer.Option(help="Which arms, e.g. --compare retro control; any pair when omitted."),
    ] = None,
    *,
    estimates: Annotated[
        Path | None, typer.Option(help="A table of trials of your own, in place of these.")
    ] = None,
    measure: Annotated[
        Measure, typer.Option(help="What the effects of --estimates are.")
    ] = Measure.SMD,
    unit: Annotated[str, typer.Option(help="Unit of a mean difference in --estimates.")] = "",
    favours: Annotated[
        tuple[str, str] | None,
        typer.Option(help="Of --estimates: whom a value below zero favours, and one above."),
    ] = None,
    benefit: Annotated[
        Sign | None, typer.Option(help="Of --estimates: the sign of a benefit.")
    ] = None,
    tau2: Annotated[Tau2, typer.Option(help="Variance between trials.")] = Tau2.REML,
    test: Annotated[Test, typer.Option(help="Test of the pooled effect.")] = Test.HKSJ,
    level: Annotated[float, typer.Option(help="Of every interval.")] = 0.95,
    correlation: Annotated[
        float, typer.Option(help="Imputed between visits, where only changes are printed.")
    ] = _CORRELATION,
    instrument: Annotated[
        str | None, typer.Option(help="Tell the answer in its unit too, e.g. nrs.")
    ] = None,
    sd: Annotated[
        float | None, typer.Option(help="SD of its scores, by which a g is multiplied.")
    ] = None,
    grade: Annotated[
        Path | None, typer.Option(help="Judgements; `retrostats new grade` writes the file.")
    ] = None,
) -> None:
    """Pool the trials; write the report, its data, a forest plot and a funnel plot."""
    from retrostats.data.catalogue import load_trials
    from retrostats.report.meta.answer import lead
    from retrostats.report.meta.judgements import read_judgements
    from retrostats.report.meta.synthesis import synthesise
    from retrostats.report.meta.writing import write_meta

    scale = _scale(instrument, sd)
    if outcome is not None and not outcome.strip():
        raise DataError("--outcome is empty; expected a word, e.g. pain")
    if estimates is None:
        of_table = {"--measure": measure != Measure.SMD, "--unit": unit, "--favours": favours}
        _refuse_unused(of_table | {"--benefit": benefit}, "with --estimates")
    else:
        of_trials = {"--roles": roles != _ROLES, "--compare": compare}
        of_trials |= {"--correlation": correlation != _CORRELATION}
        _refuse_unused(of_trials, "without --estimates")
        if outcome is None:
            raise DataError("--estimates: of which outcome? Name it, e.g. --outcome function")
    outcome = outcome or "pain"
    judgements = read_judgements(grade, outcome=outcome) if grade else None
    loaded = load_trials((), trials)
    if estimates is not None:
        own = _OwnTable(path=estimates, measure=measure, unit=unit, favours=favours, sign=benefit)
        evidence = _of_table(own, outcome)
    else:
        evidence = _of_trials(
            trials, outcome, roles=roles, compare=compare, correlation=correlation
        )
    synthesis = synthesise(
        evidence,
        tau2=tau2.value,
        test=test.value,
        level=_level(level),
        judgements=judgements,
        reviews=loaded,
    )
    with told_plainly(out, "the report"):
        written = write_meta(synthesis, out, scale=scale, trials=_cited(loaded, synthesis))
    typer.echo(lead(synthesis))
    typer.echo(f"Read {written[0]}")


def _refuse_unused(given: Mapping[str, object], where: str) -> None:
    """Refuse options that would have no effect: their user expects one."""
    unused = [name for name, value in given.items() if value]
    if unused:
        raise DataError(f"{', '.join(unused)}: of use only {where}; leave it out")


@dataclass(frozen=True)
class _OwnTable:
    """A user's own table, and what it does not tell itself."""

    path: Path
    measure: Measure
    unit: str
    favours: tuple[str, str] | None
    sign: Sign | None


def _of_table(own: _OwnTable, outcome: str) -> Evidence:
    from retrostats.meta.inputs.reading import read_estimates
    from retrostats.report.meta.evidence import evidence_of_table

    table = read_estimates(own.path, measure=own.measure.value, unit=own.unit)
    signs: dict[Sign | None, Benefit] = {
        None: "",
        Sign.NEGATIVE: "negative",
        Sign.POSITIVE: "positive",
    }
    return evidence_of_table(table, outcome, favours=own.favours, benefit=signs[own.sign])


def _of_trials(
    folder: Path | None,
    outcome: str,
    *,
    roles: str,
    compare: tuple[str, str] | None,
    correlation: float,
) -> Evidence:
    from retrostats.analysis.collect import collect
    from retrostats.data.grammar import ROLES
    from retrostats.report.meta.evidence import evidence_of_trials

    wanted = tuple(role.strip() for role in roles.split(","))
    if strange := sorted(set(wanted) - ROLES):
        raise DataError(
            f"--roles: there is no role {strange[0]!r}; expected some of {', '.join(sorted(ROLES))}"
        )
    if not -1 < correlation < 1:
        raise DataError(f"--correlation {correlation:g} is none; expected between -1 and 1")
    collected = collect(
        outcome, trials=folder, roles=wanted, compare=compare, correlation=correlation
    )
    return evidence_of_trials(collected)


def _scale(instrument: str | None, sd: float | None) -> Scale | None:
    """Return the scale in which the answer is told too."""
    from retrostats.data.instrument_catalogue import load_instruments
    from retrostats.report.meta.scale import Scale

    if instrument is None:
        if sd is not None:
            raise DataError("--sd is the SD of scores on an instrument; name it by --instrument")
        return None
    known = load_instruments()
    if instrument not in known:
        raise DataError(
            f"--instrument: there is no {instrument!r}; expected one of {', '.join(known)}"
        )
    return Scale(instrument=known[instrument], sd=sd)


def _cited(trials: Sequence[PublishedTrial], synthesis: Synthesis) -> list[PublishedTrial]:
    """Return the publications whose figures were used."""
    used = {row.trial for row in synthesis.evidence.used}
    used |= {each.review for each in synthesis.published}
    return [trial for trial in trials if trial.id in used]


def _level(level: float) -> float:
    if not 0 < level < 1:
        raise DataError(f"--level {level:g} is no coverage of an interval; expected e.g. 0.95")
    return level
