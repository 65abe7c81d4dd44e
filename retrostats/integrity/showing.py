"""What was recomputed of a trial, and what distributions were found, as a notebook shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrostats.layout import Layout
from retrostats.layout.html import paragraphs, safe, small

if TYPE_CHECKING:
    from retrostats.integrity.sprite import SpriteSamples
    from retrostats.integrity.verdicts import Reproduction, Row

#: Columns of the words that say what a row is of, then of the numbers, then of the verdict.
_WORDS = ("Outcome, time, contrast", "Quantity", "Printed")
_NUMBERS = ("Low", "High")
_VERDICT = ("Verdict", "Detail")
#: So many of the distributions found are shown.
_SHOWN = 10


def reproduction_html(reproduction: Reproduction) -> str:
    """Return counts of the verdicts and a table of all rows.

    Parameters
    ----------
    reproduction
        Of one trial.
    """
    counts = ", ".join(f"{n} {word}" for word, n in reproduction.counts().items() if n)
    told = f"{len(reproduction.rows)} rows: {counts}"
    table = Layout(
        caption="",
        header=(*_WORDS, *_NUMBERS, *_VERDICT),
        rows=tuple(map(_cells, reproduction.rows)),
        words=len(_WORDS),
        closing_words=len(_VERDICT),
    )
    return f"<p><b>{safe(reproduction.trial.id)}</b>: {safe(told)}</p>{table.html()}"


def _cells(row: Row) -> tuple[str, ...]:
    limits = ("" if end is None else f"{end:.4g}" for end in (row.low, row.high))
    place = ", ".join(filter(None, (row.outcome, row.timepoint, row.contrast)))
    how = ": ".join(filter(None, (row.variant, row.detail)))
    return (place, row.quantity, row.printed, *limits, row.verdict, how)


def samples_html(samples: SpriteSamples) -> str:
    """Return how many distributions there are, and the first of them.

    Parameters
    ----------
    samples
        From `retrostats.integrity.sprite.sprite`.
    """
    told = repr(samples).removeprefix(f"{type(samples).__name__}(").removesuffix(")")
    if not len(samples):
        return paragraphs(told)
    first = samples.counts[:_SHOWN].tolist()
    table = Layout(
        caption="How many have each score",
        header=("", *(f"{value:g}" for value in samples.values)),
        rows=tuple((f"{k}", *map(str, counts)) for k, counts in enumerate(first, start=1)),
    )
    more = len(samples) - len(first)
    return paragraphs(told) + table.html() + small(f"and {more:,} more" if more else "")
