"""Claims held against the printed figures, by the rules of `docs/methods/claims.md`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from retrostats.data import grammar
from retrostats.data.claims import Claim, ClaimFigure
from retrostats.data.published import PublishedTrial
from retrostats.errors import DataError
from retrostats.integrity.claim_figures import Says, as_printed, says_of, speaks
from retrostats.integrity.inputs import pair
from retrostats.integrity.verdicts import Reproduction
from retrostats.layout import Layout
from retrostats.layout.html import safe

if TYPE_CHECKING:
    import pandas as pd

#: Columns of the figures of a claim, in their order.
FINDING_COLUMNS = (
    "trial",
    "outcome",
    "timepoint",
    "contrast",
    "printed",
    "bears",
    "says",
    "words",
    "note",
)

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


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class JudgedClaim:
    """A claim, the figures that speak to it, and the verdict that follows.

    Attributes
    ----------
    claim
        What is claimed, by whom, and where figures were looked for.
    verdict
        ``"supported"``, ``"contradicted"``, ``"mixed"`` or ``"not checkable"``.
    findings
        Every figure that speaks to it, and what it says. Only figures that decide count.

    Examples
    --------
    >>> import retrostats as rs
    >>> studies = [rs.reproduce(trial) for trial in ("zhang2015", "zhang2025")]
    >>> judged = rs.judge_claims(rs.load_claims(), studies)[0]
    >>> judged.claim.id
    'ekam-both-peaks'
    >>> judged.verdict, judged.tally()
    ('contradicted', {'for': 2, 'against': 2, 'silent': 0})
    """

    claim: Claim
    verdict: ClaimVerdict
    findings: tuple[ClaimFinding, ...]

    def tidy(self) -> pd.DataFrame:
        """Return the figures that speak to the claim, one per row."""
        import pandas as pd

        rows = [[getattr(finding, name) for name in FINDING_COLUMNS] for finding in self.findings]
        return pd.DataFrame(rows, columns=list(FINDING_COLUMNS))

    def tally(self) -> dict[str, int]:
        """Return how many of the figures that decide are for the claim, against it, or silent."""
        decides = [finding.says for finding in self.findings if finding.bears == "decides"]
        return {says: decides.count(says) for says in ("for", "against", "silent")}

    def __repr__(self) -> str:
        return "\n".join([self.claim.text, f"Verdict: {self.verdict}.", self._layout().text()])

    def _repr_html_(self) -> str:
        text, verdict = (safe(part) for part in (self.claim.text, self.verdict))
        return f"<p>{text}<br>Verdict: <b>{verdict}</b></p>{self._layout().html()}"

    def _layout(self) -> Layout:
        """Return the figures as a table: the notes stand behind what each figure says."""
        header = ("Figure", "Printed", "Bears", "Says", "Why")
        rows = tuple(
            (
                ", ".join(filter(None, (f.trial, f.outcome, f.timepoint, f.contrast))),
                f.printed or "nothing",
                f.bears,
                f.says,
                " ".join(filter(None, (f.words, f.note and f"Note: {f.note}."))),
            )
            for f in self.findings
        )
        none = (("No figure in print was found", ""),)
        return Layout(caption="", header=header, rows=rows or none, words=4, closing_words=1)

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
        As `load_claims` gives them.
    reproductions
        The studies, recomputed by `reproduce`. A claim is judged when all studies of its
        evidence are among them.

    Returns
    -------
    tuple of JudgedClaim
        In the order of the claims, with the verdict that follows from the printed figures by the
        rule of ``docs/methods/claims.md``.

    Raises
    ------
    DataError
        If a claim looks for an outcome, an arm or a time that its study does not have.

    Examples
    --------
    >>> import retrostats as rs
    >>> found = [rs.reproduce(trial) for trial in ("zhang2015", "zhang2025")]
    >>> [(each.claim.id, each.verdict) for each in rs.judge_claims(rs.load_claims(), found)]
    [('ekam-both-peaks', 'contradicted')]
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
