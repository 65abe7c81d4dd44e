"""A plan in sentences, for those who sign it and for the head of a notebook."""

from __future__ import annotations

from dataclasses import dataclass

from retrostats.data.codebook.types import Codebook
from retrostats.layout.html import safe
from retrostats.plan.agreement import require_fits
from retrostats.plan.sentences import planned_sentences
from retrostats.plan.types import AnalysisPlan


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PlanInWords:
    """Every choice of a plan; it prints one sentence to a line.

    Attributes
    ----------
    sentences
        Each ends in a full stop.
    """

    sentences: tuple[str, ...]

    def __repr__(self) -> str:
        return "\n".join(self.sentences)

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{safe(sentence)}</li>" for sentence in self.sentences)
        return f"<ul>{items}</ul>"


def plan_in_words(plan: AnalysisPlan, codebook: Codebook) -> PlanInWords:
    """Return every choice of a plan in plain sentences.

    Parameters
    ----------
    plan
        From `read_plan`.
    codebook
        What the outcomes, arms and visits of the trial are; `Cohort.codebook` or from
        `read_codebook`.

    Returns
    -------
    PlanInWords
        The estimand with its five attributes, comparisons, endpoints, model, inference,
        multiplicity, population and further analyses, in the words of the report.

    Raises
    ------
    PlanError
        If the plan asks for something that the codebook does not have; every such place is told
        with what there is.

    Examples
    --------
    >>> import retrostats as rs
    >>> from retrostats.data.catalogue import data_folder
    >>> folder = data_folder() / "example_cohort"
    >>> codebook = rs.read_codebook(folder / "codebook.toml")
    >>> words = plan_in_words(rs.read_plan(folder / "plan.toml"), codebook)
    >>> words.sentences[3]
    'The further comparisons are Forward walking minus Usual care alone and Retro walking minus \
Forward walking.'
    """
    require_fits(plan, codebook)
    return PlanInWords(sentences=planned_sentences(plan, codebook))
