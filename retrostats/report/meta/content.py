"""The report of pooled trials as a document, the answer first."""

from __future__ import annotations

from collections.abc import Sequence

from retrostats.data.published import PublishedTrial
from retrostats.report.blocks import Block, Document
from retrostats.report.meta.answer import answer_blocks
from retrostats.report.meta.citing import citing_blocks
from retrostats.report.meta.grade import grade_blocks
from retrostats.report.meta.numbers import (
    funnel_blocks,
    heterogeneity_blocks,
    leaving_out_blocks,
    sensitivity_blocks,
)
from retrostats.report.meta.prisma import prisma_blocks
from retrostats.report.meta.published import published_blocks
from retrostats.report.meta.scale import Scale
from retrostats.report.meta.synthesis import Synthesis
from retrostats.report.meta.trials import forest_blocks, trial_blocks


def meta_document(
    synthesis: Synthesis,
    figures: dict[str, str],
    *,
    scale: Scale | None = None,
    trials: Sequence[PublishedTrial] = (),
) -> Document:
    """Return the whole report.

    Parameters
    ----------
    synthesis
        What was computed.
    figures
        Alternative text of each figure that was drawn, by its id.
    scale
        In whose unit the answer is told too.
    trials
        Publications whose figures were used, to be cited.
    """
    outcome = synthesis.evidence.outcome
    blocks: tuple[Block, ...] = (
        *answer_blocks(synthesis, scale),
        *forest_blocks(synthesis, figures),
        *trial_blocks(synthesis),
        *heterogeneity_blocks(synthesis),
        *leaving_out_blocks(synthesis),
        *sensitivity_blocks(synthesis),
        *funnel_blocks(synthesis, figures),
        *published_blocks(synthesis),
        *grade_blocks(synthesis),
        *prisma_blocks(synthesis),
        *citing_blocks(synthesis, trials),
    )
    return Document(
        title=f"{outcome[:1].upper()}{outcome[1:]}: what the trials say together",
        subtitle=f"Estimates {synthesis.evidence.origin}",
        blocks=blocks,
    )
