"""The report as a document: its sections in the order of CONSORT, the answer first."""

from __future__ import annotations

from retrostats.analysis.types import Analysis
from retrostats.report.analysis.answer import answer_blocks
from retrostats.report.analysis.citing import citing_blocks
from retrostats.report.analysis.consort import consort_blocks
from retrostats.report.analysis.data import data_blocks
from retrostats.report.analysis.effects import contrast_blocks
from retrostats.report.analysis.further import sensitivity_blocks, subgroup_blocks
from retrostats.report.analysis.methods import method_blocks
from retrostats.report.analysis.models import model_blocks
from retrostats.report.analysis.responders import responder_blocks
from retrostats.report.analysis.trial import (
    adherence_blocks,
    baseline_blocks,
    outcome_blocks,
    participant_blocks,
)
from retrostats.report.blocks import Block, Document, Heading


def analysis_document(analysis: Analysis, figures: dict[str, str]) -> Document:
    """Return the whole report.

    Parameters
    ----------
    analysis
        The answers.
    figures
        Alternative text of each figure that was drawn, by its id.
    """
    cohort = analysis.cohort
    blocks: tuple[Block, ...] = (
        *answer_blocks(analysis),
        *participant_blocks(analysis, figures),
        *baseline_blocks(analysis),
        *outcome_blocks(analysis),
        *contrast_blocks(analysis, figures),
        *responder_blocks(analysis, figures),
        *sensitivity_blocks(analysis, figures),
        *subgroup_blocks(analysis),
        *adherence_blocks(analysis),
        *model_blocks(analysis, figures),
        *data_blocks(analysis),
        *method_blocks(analysis),
    )
    citing = citing_blocks(analysis)
    sections = [
        (b.anchor, b.text) for b in (*blocks, *citing) if isinstance(b, Heading) and b.depth == 2
    ]
    return Document(
        title=cohort.codebook.title or "Analysis of a trial",
        subtitle=f"Analysed by the plan “{analysis.plan.title}”",
        blocks=(*blocks, *consort_blocks(sections), *citing),
    )
