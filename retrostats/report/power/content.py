"""The report of the power of a plan as a document, the answer first."""

from __future__ import annotations

from retrostats.report.blocks import Block, Document
from retrostats.report.power.answer import answer_blocks
from retrostats.report.power.assumed import design_blocks, limit_blocks, plan_blocks
from retrostats.report.power.citing import citing_blocks, paragraph_blocks
from retrostats.report.power.numbers import (
    behaviour_blocks,
    changed_blocks,
    search_blocks,
    size_blocks,
)
from retrostats.report.power.types import PowerStudy


def power_document(study: PowerStudy, figures: dict[str, str]) -> Document:
    """Return the whole report.

    Parameters
    ----------
    study
        What was simulated.
    figures
        Alternative text of each figure that was drawn, by its id.
    """
    blocks: tuple[Block, ...] = (
        *answer_blocks(study),
        *paragraph_blocks(study),
        *design_blocks(study),
        *plan_blocks(study),
        *size_blocks(study, figures),
        *changed_blocks(study, figures),
        *behaviour_blocks(study),
        *search_blocks(study),
        *limit_blocks(study),
        *citing_blocks(study),
    )
    return Document(
        title="How many subjects?" if study.found else "With what power?",
        subtitle=study.design.title,
        blocks=blocks,
    )
