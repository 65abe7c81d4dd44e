"""Claims held against the printed figures, by the rules of `docs/methods/claims.md`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from retrostats.data import grammar
from retrostats.data.claims import Claim, ClaimFigure
from retrostats.data.printed import SIGNIFICANT
from retrostats.data.published import Figure, PublishedTrial
from retrostats.errors import DataError
from retrostats.integrity.implied import beside
from retrostats.integrity.inputs import pair, score
from retrostats.integrity.rounding import Span
from retrostats.integrity.verdicts import Reproduction, Row

Says = Literal["for", "against", "silent"]
ClaimVerdict = Literal["supported", "contradicted", "mixed", "not checkable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFinding:
    """What one printed figure says of a claim.

    Attributes
    ----------
    bears
        ``"decides"`` or ``"shown"``.
    says
        ``"for"``, ``"against"`` or ``"silent"``.
    printed
        The figure as printed; empty where nothing is printed.
    words
        Why it says so.
    note
        The note of the claim file.
    """

    trial: str
    outcome: str
    timepoint: str
    contrast: str
    test: str
    bears: str
    says: Says
    printed: str
    words: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedClaim:
    """A claim, the figures that speak to it, and the verdict that follows."""

    claim: Claim
    verdict: ClaimVerdict
    findings: tuple[ClaimFinding, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        claim = self.claim
        return {
            "id": claim.id,
            "text": claim.text,
            "stated_by": claim.stated_by,
            "evidence": list(claim.evidence),
            "needs": claim.needs,
            "remark": claim.remark,
            "verdict": self.verdict,
            "figures": [asdict(finding) for finding in self.findings],
        }


def judge_claims(
    claims: Sequence[Claim], reproductions: Sequence[Reproduction]
) -> tuple[JudgedClaim, ...]:
    """Judge every claim whose studies were all recomputed.

    A claim without any study to look at is judged together with the others, and not alone.

    Parameters
    ----------
    claims
        As read from `claims.toml`.
    reproductions
        The studies of this run.
    """
    known = {reproduction.trial.id: reproduction for reproduction in reproductions}
    ready = [claim for claim in claims if claim.evidence and set(claim.evidence) <= set(known)]
    complete = len(ready) == len([claim for claim in claims if claim.evidence])
    chosen = claims if complete and ready else ready
    return tuple(judge(claim, known) for claim in chosen)


def judge(claim: Claim, reproductions: dict[str, Reproduction]) -> JudgedClaim:
    """Judge one claim by the figures that decide.

    Parameters
    ----------
    claim
        The claim.
    reproductions
        The studies by id; those of its evidence must be there.
    """
    findings = tuple(
        finding
        for wanted in claim.figures
        for finding in _findings(wanted, reproductions[wanted.trial])
    )
    says = {finding.says for finding in findings if finding.bears == "decides"}
    if not says & {"for", "against"}:
        verdict: ClaimVerdict = "not checkable"
    elif "against" not in says:
        verdict = "supported"
    elif "for" not in says or claim.needs == "every":
        verdict = "contradicted"
    else:
        verdict = "mixed"
    return JudgedClaim(claim=claim, verdict=verdict, findings=findings)


def _findings(wanted: ClaimFigure, reproduction: Reproduction) -> Iterator[ClaimFinding]:
    """Yield what the figures at one place say; one silent finding where there are none."""
    trial = reproduction.trial
    _require_known(wanted, trial)
    where = {
        name: value
        for name in ("outcome", "timepoint", "contrast", "test")
        if (value := getattr(wanted, name))
    }
    figures = [figure for figure in trial.find(**where) if _speaks(figure, trial)]
    if not wanted.timepoint:
        figures = [figure for figure in figures if figure.timepoint != "baseline"]
    for figure in figures:
        says, words = _says(figure, reproduction, wanted.expect)
        yield ClaimFinding(
            trial=trial.id,
            outcome=figure.outcome,
            timepoint=figure.timepoint,
            contrast=figure.contrast,
            test=figure.test,
            bears=wanted.bears,
            says=says,
            printed=_text(figure, trial),
            words=words,
            note=wanted.note,
        )
    if not figures:
        yield ClaimFinding(
            trial=trial.id,
            outcome=wanted.outcome,
            timepoint=wanted.timepoint,
            contrast=wanted.contrast,
            test=wanted.test,
            bears=wanted.bears,
            says="silent",
            printed="",
            words="No such figure is printed.",
            note=wanted.note,
        )


def _require_known(wanted: ClaimFigure, trial: PublishedTrial) -> None:
    """Raise where a claim looks for an outcome, arm or time that the study does not have.

    A misspelt name would otherwise read as "nothing is printed".
    """
    outcomes = [outcome.name for outcome in trial.outcomes]
    times = {*trial.timepoints, *(f.timepoint for f in trial.figures), ""}
    problems = []
    if wanted.outcome not in outcomes:
        problems.append(f"no outcome {wanted.outcome!r}; expected {', '.join(outcomes)}")
    if wanted.contrast and trial.arms and pair(trial, wanted.contrast) is None:
        arms = ", ".join(arm.label for arm in trial.arms)
        problems.append(f"no contrast {wanted.contrast!r}; the arms are {arms}")
    if wanted.timepoint not in times:
        problems.append(f"no timepoint {wanted.timepoint!r}; expected {', '.join(sorted(times))}")
    if wanted.test not in grammar.TESTS | {""}:
        problems.append(f"unknown test {wanted.test!r}")
    if problems:
        raise DataError(f"claims.toml, a figure of trial {trial.id}: {'; '.join(problems)}")


def _speaks(figure: Figure, trial: PublishedTrial) -> bool:
    """Whether a figure states a comparison: its p, or an estimate where no p is printed."""
    if not figure.contrast:
        return False
    if figure.statistic == "p":
        return True
    estimates = grammar.DIFFERENCES | grammar.STANDARDISED
    return figure.statistic in estimates and "p" not in beside(trial, figure)


def _text(figure: Figure, trial: PublishedTrial) -> str:
    others = beside(trial, figure)
    if figure.statistic == "p" or not {"ci_low", "ci_high"} <= set(others):
        return figure.printed.text
    low, high = others["ci_low"].printed.text, others["ci_high"].printed.text
    return f"{figure.printed.text} ({low} to {high})"


def _says(figure: Figure, reproduction: Reproduction, expect: str) -> tuple[Says, str]:
    """Return what one figure says, and why."""
    trial = reproduction.trial
    significant = _significant(figure, trial)
    if significant is None:
        return "silent", "The print does not settle whether there is a difference."
    if _flips(figure, reproduction.rows):
        words = "The printed figures contradict the printed p at 0.05."
        return ("against" if significant else "silent"), words
    if not significant:
        return "against", "No significant difference is printed; that is no proof of none."
    direction = _direction(figure, trial, expect)
    if direction < 0:
        return "against", "A significant difference in the other direction."
    if direction > 0:
        return "for", "A significant difference in the claimed direction."
    return "for", "A significant difference; its direction is not in the printed figures."


def _significant(figure: Figure, trial: PublishedTrial) -> bool | None:
    """Return whether the printed decision at 0.05 is for a difference, ``None`` if open."""
    if figure.statistic == "p":
        printed = figure.printed
        if printed.high < SIGNIFICANT or (printed.relation == "<" and printed.high <= SIGNIFICANT):
            return True
        return False if printed.low >= SIGNIFICANT else None
    others = beside(trial, figure)
    if not {"ci_low", "ci_high"} <= set(others):
        return None
    low, high = Span.of(others["ci_low"].printed), Span.of(others["ci_high"].printed)
    if low.low > 0 or high.high < 0:
        return True
    return False if low.high < 0 < high.low else None


def _flips(figure: Figure, rows: Iterable[Row]) -> bool:
    """Whether every variant that could be computed reverses the printed decision."""
    place = (figure.outcome, figure.timepoint, figure.contrast, figure.statistic)
    variants = [
        row
        for row in rows
        if (row.outcome, row.timepoint, row.contrast, row.quantity) == place
        and row.printed == figure.printed.text
        and row.verdict.startswith(("reproduced", "contradicted"))
    ]
    return bool(variants) and all("decision at 0.05 flips" in row.detail for row in variants)


def _direction(figure: Figure, trial: PublishedTrial, expect: str) -> int:
    """Return +1 for the claimed direction, -1 for the other, 0 where no figure tells."""
    expected = {"lower": -1, "higher": 1}.get(expect)
    benefit = expected or trial.outcome(figure.outcome).benefit(change=figure.is_change)
    if figure.statistic != "p":
        sign = 1 if Span.of(figure.printed).middle > 0 else -1
        return sign * benefit
    arms = pair(trial, figure.contrast)
    if arms is None or "/" in figure.timepoint:
        return 0
    treated, control = (score(trial, arm, figure.outcome, figure.timepoint).mean for arm in arms)
    if treated is None or control is None:
        return 0
    difference = treated - control
    if difference.low <= 0 <= difference.high:
        return 0
    return benefit if difference.low > 0 else -benefit
