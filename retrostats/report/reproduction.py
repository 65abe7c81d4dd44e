"""The report of a reproduction: one page, its data as JSON and CSV, and its forest plot."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from retrostats.figures.forest import forest_height, plot_forest
from retrostats.figures.saving import save_figure
from retrostats.figures.style import Axes, blank_axes, describe
from retrostats.integrity.claims import JudgedClaim
from retrostats.integrity.verdicts import Reproduction
from retrostats.report import sections
from retrostats.report.citation import cite
from retrostats.report.document import Writer, render, write_text, write_together
from retrostats.report.effects import MARKS, ShownEffect, forest_table, select_effects
from retrostats.report.exports import as_csv, as_json
from retrostats.report.tally import tally
from retrostats.report.words import CLAIM_VERDICTS, MEANINGS, anchor

_FIGURES = ("forest.svg", "forest.pdf", "forest.png")

#: Whom a value below and above zero favours, in the words of the row labels.
FAVOURS = ("the second-named arm", "the first-named arm")


def write_reproduction(
    reproductions: Sequence[Reproduction],
    claims: Sequence[JudgedClaim],
    out: Path,
    *,
    generated_from: Mapping[str, Any],
) -> tuple[Path, ...]:
    """Write the page, its data and its figure into one folder: all of them, or none.

    Parameters
    ----------
    reproductions
        The studies, in the order in which they shall stand.
    claims
        The claims that were held against them; none is fine.
    out
        The folder; it is made if it is missing. Files of the same names are replaced.
    generated_from
        Digests and versions, e.g. of `provenance`.

    Returns
    -------
    tuple of Path
        ``reproduction.html``, ``.json`` and ``.csv``; ``forest.svg``, ``.pdf`` and ``.png``
        where any study gives a standardised effect. The same input gives the same bytes.

    Raises
    ------
    ValueError
        If there is no study to report, or two have the same id.
    """
    _require_distinct(reproductions)
    shown = select_effects(reproductions)
    forest = draw_forest(shown) if shown else None
    rows = [row for reproduction in reproductions for row in reproduction.rows]
    writers: dict[str, Writer] = {
        "reproduction.json": write_text(as_json(reproductions, claims, generated_from)),
        "reproduction.csv": write_text(as_csv(rows)),
    }
    if forest:
        writers |= {name: _writer(forest) for name in _FIGURES}

    def write_page(path: Path) -> None:
        # The page shows the very SVG that lies beside it.
        svg = (path.parent / "forest.svg").read_bytes() if forest else b""
        alt = describe(forest) if forest else ""
        page = _page(reproductions, claims, generated_from, svg=svg, alt=alt)
        path.write_bytes(page.encode("utf-8"))

    # An older figure must not stand beside a page that has none.
    stale = () if forest else _FIGURES
    written = write_together(out, writers | {"reproduction.html": write_page}, stale=stale)
    return written[-1], *written[:-1]


def provenance(reproductions: Sequence[Reproduction], claims_digest: str | None) -> dict[str, Any]:
    """Return what a report is generated from: digests of the data, versions of the programs.

    Parameters
    ----------
    reproductions
        The studies of the report.
    claims_digest
        SHA-256 of `claims.toml`; ``None`` where no claim was judged.
    """
    sources: dict[str, Any] = {
        "trials": {r.trial.id: dict(r.trial.digests) for r in reproductions},
        "versions": {name: version(name) for name in ("numpy", "retrostats", "scipy")},
    }
    return sources | ({"claims.toml": claims_digest} if claims_digest else {})


def draw_forest(shown: Sequence[ShownEffect]) -> Axes:
    """Return the forest plot of the chosen effects, 170 mm wide.

    Parameters
    ----------
    shown
        As chosen by `retrostats.report.effects.select_effects`; at least one.
    """
    caption = "One standardised difference per study, outcome and comparison"
    used = [
        f"{mark} {words}" for mark, words in MARKS.items() if any(mark in e.label for e in shown)
    ]
    caption = "\n".join([caption, *used])
    table = forest_table(shown, caption)
    groups = [effect.group for effect in shown]
    marks = ["size only" if effect.sized else "signed" for effect in shown]
    ax = blank_axes(170, forest_height(table, groups))
    return plot_forest(table, groups=groups, marks=marks, favours=FAVOURS, ax=ax)


def _writer(ax: Axes) -> Writer:
    return lambda path: save_figure(ax.figure, path, width="double")


def _page(
    reproductions: Sequence[Reproduction],
    claims: Sequence[JudgedClaim],
    generated_from: Mapping[str, Any],
    *,
    svg: bytes,
    alt: str,
) -> str:
    anchors = {r.trial.id: anchor(r.trial.id) for r in reproductions}
    verdicts = [judged.verdict for judged in claims]
    return render(
        "reproduction.html",
        counts=tally(reproductions),
        studies=[sections.study(reproduction) for reproduction in reproductions],
        meanings=MEANINGS,
        outstanding=sections.outstanding(reproductions),
        claims=[sections.claim_section(judged, anchors) for judged in claims],
        claim_counts={word: verdicts.count(word) for word in CLAIM_VERDICTS if word in verdicts},
        overview=sections.overview(reproductions),
        sources=sections.sources(generated_from),
        citations=cite(*reproductions),
        svg=base64.b64encode(svg).decode("ascii"),
        alt=alt,
    )


def _require_distinct(reproductions: Sequence[Reproduction]) -> None:
    ids = [reproduction.trial.id for reproduction in reproductions]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if not ids:
        raise ValueError("write_reproduction: no study to report; give at least one reproduction")
    if twice:
        raise ValueError(f"write_reproduction: {twice[0]!r} stands twice; give each study once")
