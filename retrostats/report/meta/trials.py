"""Which trials contribute, by which route, and which do not and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from retrostats.layout import Layout, true_minus
from retrostats.meta.pooled_words import heterogeneity, model_words
from retrostats.report.analysis.words import counted, interval_words, sentence
from retrostats.report.blocks import Block, Figure, Heading, Listing, Paragraph, Table
from retrostats.report.meta.synthesis import Synthesis
from retrostats.report.meta.types import Contribution, Evidence

_N = "n, subjects of both arms: those analysed, else those randomised."
_SD = "SD, the unit of a standardised difference: one standard deviation of the scores."
_ROUTE = "Route, the printed figures from which the estimate was made."
_CORRELATION = "r, the correlation of the visits that was assumed where only changes are printed."
_INFERRED = "†, a figure behind it was inferred."


def forest_blocks(synthesis: Synthesis, figures: dict[str, str]) -> tuple[Block, ...]:
    """Return the forest plot, where there is an estimate."""
    if "forest" not in figures:
        return ()
    pooled = synthesis.pooled
    told = "The estimates of the trials; nothing is pooled."
    if pooled is not None:
        told = (
            "Squares: estimates of the trials, their area by weight; diamond: the pooled effect; "
            f"dashed: where the effect in a further trial is expected. {model_words(pooled)}; "
            f"{heterogeneity(pooled)}."
        )
    return (
        Heading(text="The trials in one figure", anchor="forest"),
        Figure(id="forest", caption=told, alt=figures["forest"]),
    )


def trial_blocks(synthesis: Synthesis) -> tuple[Block, ...]:
    """Return the tables of the trials that contribute and of those that do not."""
    blocks: list[Block] = [Heading(text="Which trials contribute", anchor="trials")]
    evidence = synthesis.evidence
    blocks.append(Paragraph(text=sentence(f"the estimates are {evidence.origin}")))
    if evidence.used:
        blocks.append(_contributing(synthesis))
        blocks += _caveats(evidence)
    further = [row for row in evidence.rows if not row.used and row.estimate is not None]
    if further:
        blocks.append(_not_chosen(further, evidence.outcome))
    blocks.append(Heading(text="Which trials do not, and why", anchor="left-out"))
    if not evidence.left_out:
        blocks.append(Paragraph(text="No trial that measured the outcome is left out."))
    for name, rows, what in (
        ("left_out", evidence.left_out, f"Trials with {evidence.outcome} that give no estimate"),
        ("unrelated", evidence.unrelated, f"Trials that have nothing on {evidence.outcome}"),
    ):
        if rows:
            layout = Layout(caption=what, header=("Trial", "Reason"), rows=rows, words=2)
            blocks.append(Table(id=name, layout=layout))
    return tuple(blocks)


def _contributing(synthesis: Synthesis) -> Table:
    used = synthesis.evidence.used
    weights = synthesis.pooled.weights if synthesis.pooled else ()
    rows = tuple(
        (
            row.label,
            row.contrast,
            ", ".join(filter(None, (row.outcome, row.timepoint))),
            "" if row.n is None else str(row.n),
            _estimate_cell(row),
            f"{100 * weights[place]:.1f}%" if weights else "–",
            row.route,
        )
        for place, row in enumerate(used)
    )
    heads = ("Trial", "Comparison", "Outcome, time", "n", "Estimate", "Weight", "Route")
    layout = _without_empty(
        Layout(
            caption=f"Trials that are pooled for {synthesis.evidence.outcome}"
            if synthesis.pooled
            else f"Trials with an estimate of {synthesis.evidence.outcome}",
            header=heads,
            rows=rows,
            words=len(heads),
        )
    )
    return Table(id="trials", layout=layout, note=_note(used))


def _note(used: Sequence[Contribution]) -> str:
    """Say what the columns and marks stand for, of those that the table has."""
    marks = "".join(row.label for row in used)
    told = [
        (_N, any(row.n for row in used)),
        (_SD, any(row.estimate is not None and row.estimate.unit == "SD" for row in used)),
        (_ROUTE, any(row.route not in ("", "given") for row in used)),
        (_CORRELATION, "r = " in marks),
        (_INFERRED, "†" in marks),
    ]
    return " ".join(words for words, needed in told if needed)


def _caveats(evidence: Evidence) -> Iterator[Block]:
    """Yield what a reader must know of each estimate that is used."""
    told = [f"{row.label}: {'; '.join(row.caveats)}." for row in evidence.used if row.caveats]
    if told:
        yield Paragraph(text="What to know of these estimates:")
        yield Listing(items=tuple(told))


def _estimate_cell(row: Contribution) -> str:
    return true_minus(interval_words(row.estimate)) if row.estimate else ""


def _not_chosen(rows: list[Contribution], outcome: str) -> Table:
    cells = tuple(
        (
            row.label,
            row.contrast,
            ", ".join(filter(None, (row.outcome, row.timepoint))),
            _estimate_cell(row),
            row.route,
            row.why_not,
        )
        for row in rows
    )
    caption = f"{counted(len(rows), 'further estimate')} of {outcome} that {{}} not pooled"
    layout = Layout(
        caption=caption.format("is" if len(rows) == 1 else "are"),
        header=("Trial", "Comparison", "Outcome, time", "Estimate", "Route", "Why it is not"),
        rows=cells,
        words=6,
    )
    return Table(id="not_chosen", layout=_without_empty(layout))


def _without_empty(layout: Layout) -> Layout:
    """Return a table of words without the columns in which no row says anything."""
    keep = [
        place
        for place in range(len(layout.header))
        if place == 0 or any(row[place] for row in layout.rows)
    ]
    return Layout(
        caption=layout.caption,
        header=tuple(layout.header[place] for place in keep),
        rows=tuple(tuple(row[place] for place in keep) for row in layout.rows),
        words=len(keep),
    )
