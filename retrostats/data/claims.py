"""`claims.toml`: what is claimed, and which printed figures speak to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from retrostats.data.catalogue import data_folder
from retrostats.data.files import TextFile, read_text
from retrostats.data.grammar import DIRECTIONS, NAME, TEXT, Key
from retrostats.data.tables import KeyLines, TableAt, check_table, parse_toml, shown
from retrostats.errors import Fault, raise_faults
from retrostats.layout import ShownAsFields

Needs = Literal["any", "every"]
Bears = Literal["decides", "shown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFigure:
    """Where to look for a figure that speaks to a claim.

    Attributes
    ----------
    trial, outcome
        Which study, and which of its outcomes.
    timepoint, contrast, test
        As in `values.csv`; empty means any.
    expect
        ``"lower"`` or ``"higher"`` where the claim says which way the treated side goes;
        empty means benefit, as the study declares it.
    bears
        ``"decides"``, or ``"shown"`` for a figure that stands beside without deciding.
    note
        Why it bears only so far.
    """

    trial: str
    outcome: str
    timepoint: str = ""
    contrast: str = ""
    test: str = ""
    expect: str = ""
    bears: Bears = "decides"
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(ShownAsFields):
    """A statement to be confronted with the printed figures.

    Attributes
    ----------
    evidence
        Ids of the studies that it is held against.
    needs
        ``"every"`` where one failing figure contradicts the claim, else ``"any"``.
    """

    id: str
    text: str
    stated_by: str
    evidence: tuple[str, ...]
    figures: tuple[ClaimFigure, ...]
    needs: Needs = "any"
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFile:
    """The claims of one file, and the SHA-256 of the file as read."""

    claims: tuple[Claim, ...]
    digest: str


_CLAIM_KEYS = {
    "id": NAME,
    "text": NAME,
    "stated_by": NAME,
    "evidence": Key(kind=list),
    "needs": Key(kind=str, allowed=frozenset({"any", "every"})),
    "remark": TEXT,
    "figures": Key(kind=list),
}
_FIGURE_KEYS = {
    "trial": NAME,
    "outcome": NAME,
    "timepoint": TEXT,
    "contrast": TEXT,
    "test": TEXT,
    "expect": Key(kind=str, allowed=DIRECTIONS),
    "bears": Key(kind=str, allowed=frozenset({"decides", "shown"})),
    "note": TEXT,
}


def load_claims(path: Path | str | None = None) -> tuple[Claim, ...]:
    """Load claims about walking, and where the printed figures stand that speak to them.

    Parameters
    ----------
    path
        A TOML file of claims, as ``docs/methods/claims.md`` describes it; the bundled claims
        when omitted.

    Returns
    -------
    tuple of Claim
        In the order of the file. They hold no verdict: `judge_claims` gives it.

    Raises
    ------
    DataError
        With every fault of the file, each with its line.

    Examples
    --------
    >>> [claim.id for claim in load_claims()][:2]
    ['pain-retro-vs-forward', 'strength-retro-vs-forward']
    """
    return read_claims(data_folder() / "claims.toml" if path is None else path).claims


def read_claims(path: Path | str) -> ClaimFile:
    """Read and check a file of claims.

    Parameters
    ----------
    path
        A TOML file of ``[[claims]]`` tables, each with its ``[[claims.figures]]``.

    Raises
    ------
    DataError
        With every fault of the file, each with its line.
    """
    faults: list[Fault] = []
    file = read_text(Path(path), faults)
    claims = _claims(file, faults) if file else []
    raise_faults(f"the claims in {Path(path).name}", faults)
    return ClaimFile(claims=tuple(claims), digest=file.digest if file else "")


def _claims(file: TextFile, faults: list[Fault]) -> list[Claim]:
    content = parse_toml(file, faults)
    if content is None:
        return []
    lines = KeyLines(file.text)
    top = TableAt(file, lines)
    claims: list[Claim] = []
    before = 0  # figures of earlier claims: TOML numbers repeated tables through the file
    listed = check_table(content, {"claims": Key(kind=list)}, where=top, faults=faults)
    for position, table in enumerate(listed.get("claims", [])):
        where = TableAt(file, lines, "claims", position)
        entry = _table(table, _CLAIM_KEYS, where=where, faults=faults)
        figures = entry.pop("figures", [])
        found = [_figure(f, file, lines, before + i, faults) for i, f in enumerate(figures)]
        before += len(figures)
        faults += [
            where.fault("evidence", f"{shown(study)} should be the id of a study, as text")
            for study in entry.get("evidence", [])
            if not isinstance(study, str)
        ]
        if any(claim.id == entry.get("id") for claim in claims):
            faults.append(where.fault("id", f"claim {entry['id']!r} stands twice"))
        if not faults:
            evidence = tuple(entry.pop("evidence", ()))
            good = tuple(f for f in found if f is not None)
            claims.append(Claim(**entry, evidence=evidence, figures=good))
            faults += _unlisted(claims[-1], where)
    return claims


def _table(
    content: object, keys: Mapping[str, Key], *, where: TableAt, faults: list[Fault]
) -> dict[str, Any]:
    """Check one entry of a repeated table, which TOML lets be anything."""
    if isinstance(content, dict):
        return check_table(content, keys, where=where, faults=faults)
    faults.append(where.fault("", f"{shown(content)} should be a table of keys"))
    return {}


def _figure(
    table: object, file: TextFile, lines: KeyLines, position: int, faults: list[Fault]
) -> ClaimFigure | None:
    before = len(faults)
    where = TableAt(file, lines, "claims.figures", position)
    entry = _table(table, _FIGURE_KEYS, where=where, faults=faults)
    if len(faults) > before:
        return None
    bears = cast(Bears, entry.pop("bears", "decides"))
    return ClaimFigure(**entry, bears=bears)


def _unlisted(claim: Claim, where: TableAt) -> list[Fault]:
    """Return a fault where a figure's trial is not among the evidence."""
    strange = {figure.trial for figure in claim.figures} - set(claim.evidence)
    return [
        where.fault("evidence", f"{trial!r} has a figure but is not in evidence")
        for trial in sorted(strange)
    ]
