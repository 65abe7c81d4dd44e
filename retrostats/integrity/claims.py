"""Claims held against the printed figures, by the rules of `docs/methods/claims.md`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from retrostats.data import grammar
from retrostats.data.claims import Claim, ClaimFigure
from retrostats.data.published import PublishedTrial
from retrostats.errors import DataError
from retrostats.integrity.claim_figures import Says, as_printed, says_of, speaks
from retrostats.integrity.inputs import pair
from retrostats.integrity.verdicts import Reproduction

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
    figures = [figure for figure in trial.find(**where) if speaks(figure, trial)]
    if not wanted.timepoint:
        figures = [figure for figure in figures if figure.timepoint != trial.baseline]
    for figure in figures:
        says, words = says_of(figure, reproduction, wanted.expect)
        yield ClaimFinding(
            trial=trial.id,
            outcome=figure.outcome,
            timepoint=figure.timepoint,
            contrast=figure.contrast,
            test=figure.test,
            bears=wanted.bears,
            says=says,
            printed=as_printed(figure, trial),
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
            words="No such figure is among those entered.",
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
