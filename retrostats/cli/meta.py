"""The command that pools trials."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from retrostats.cli import meta_options as options
from retrostats.cli.writing import told_plainly
from retrostats.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from retrostats.data.published import PublishedTrial
    from retrostats.report.meta.scale import Scale
    from retrostats.report.meta.synthesis import Synthesis
    from retrostats.report.meta.types import Benefit, Evidence


def meta(  # noqa: PLR0913 - each is an option of the command
    out: options.Out,
    outcome: options.Outcome = None,
    trials: options.Trials = None,
    roles: options.Roles = options.ROLES,
    compare: options.Compare = None,
    *,
    estimates: options.Estimates = None,
    measure: options.WhatEffects = options.Measure.SMD,
    unit: options.Unit = "",
    favours: options.Favours = None,
    benefit: options.Benefit = None,
    tau2: options.VarianceBetween = options.Tau2.REML,
    test: options.TestOfMean = options.Test.HKSJ,
    level: options.Level = 0.95,
    correlation: options.Correlation = options.CORRELATION,
    instrument: options.Instrument = None,
    sd: options.Sd = None,
    grade: options.Grade = None,
) -> None:
    """Pool the trials; write the report, its data, a forest plot and a funnel plot."""
    from retrostats.data.catalogue import load_trials
    from retrostats.report.meta.answer import cautions, lead
    from retrostats.report.meta.judgements import read_judgements
    from retrostats.report.meta.synthesis import synthesise
    from retrostats.report.meta.writing import write_meta

    scale = _scale(instrument, sd)
    of_table = {
        "--measure": measure != options.Measure.SMD,
        "--unit": unit,
        "--favours": favours,
        "--benefit": benefit,
    }
    of_trials = {
        "--roles": roles != options.ROLES,
        "--compare": compare,
        "--correlation": correlation != options.CORRELATION,
    }
    if estimates is None:
        _refuse_unused(of_table, "with --estimates")
    else:
        _refuse_unused(of_trials, "without --estimates")
    asked = _outcome(outcome, estimates)
    judgements = read_judgements(grade, outcome=asked) if grade else None
    loaded = load_trials((), trials)
    if estimates is not None:
        own = _OwnTable(path=estimates, measure=measure, unit=unit, favours=favours, sign=benefit)
        evidence = _of_table(own, asked)
    else:
        evidence = _of_trials(trials, asked, roles=roles, compare=compare, correlation=correlation)
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
    for caution in cautions(synthesis):
        typer.echo(f"Caution: {caution}")
    typer.echo(f"Read {written[0]}")


def _outcome(outcome: str | None, estimates: Path | None) -> str:
    """Return the outcome; a table of one's own does not say of which it is."""
    if outcome is None and estimates is not None:
        raise DataError("--estimates: of which outcome? Name it, e.g. --outcome function")
    if outcome is not None and not outcome.strip():
        raise DataError("--outcome is empty; expected a word, e.g. pain")
    return outcome or "pain"


def _refuse_unused(given: Mapping[str, object], where: str) -> None:
    """Refuse options that would have no effect: their user expects one."""
    unused = [name for name, value in given.items() if value]
    if unused:
        raise DataError(f"{', '.join(unused)}: of use only {where}; leave it out")


@dataclass(frozen=True)
class _OwnTable:
    """A user's own table, and what it does not tell itself."""

    path: Path
    measure: options.Measure
    unit: str
    favours: tuple[str, str] | None
    sign: options.Sign | None


def _of_table(own: _OwnTable, outcome: str) -> Evidence:
    from retrostats.meta.inputs.reading import read_estimates
    from retrostats.report.meta.evidence import evidence_of_table

    table = read_estimates(own.path, measure=own.measure.value, unit=own.unit)
    signs: dict[options.Sign | None, Benefit] = {
        None: "",
        options.Sign.NEGATIVE: "negative",
        options.Sign.POSITIVE: "positive",
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
