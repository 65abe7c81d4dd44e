"""How much the trials disagree, what each of them carries, and what other choices would give."""

from __future__ import annotations

import re

from retrostats.analysis.collecting.sensitivity_table import PoolSensitivity
from retrostats.meta.inference import TEST_WORDS
from retrostats.meta.pooled_words import model_words
from retrostats.meta.tau.estimators import ESTIMATOR_WORDS
from retrostats.report.analysis.words import sentence
from retrostats.report.blocks import Block, Figure, Heading, Paragraph, Table
from retrostats.report.meta.synthesis import Synthesis

_I2 = (
    "tau² is the variance of the true effects between trials, tau its square root: how far effects "
    "differ. I², the share of the variance of a typical trial that is between trials, grows with "
    "the size of the trials. Where a further trial would lie is the prediction interval."
)
_CAUSES = (
    "Asymmetry of a funnel has many causes beside unpublished trials: chance, small trials of "
    "lower quality, other people or doses in small trials, and the effect itself being part of "
    "its standard error."
)


def heterogeneity_blocks(synthesis: Synthesis) -> tuple[Block, ...]:
    """Return the section on the differences between trials; nothing without a pool."""
    if synthesis.pooled is None:
        return ()
    blocks: list[Block] = [
        Heading(text="How much do the trials disagree?", anchor="heterogeneity"),
        Paragraph(text=f"{sentence(model_words(synthesis.pooled))} {_I2}"),
    ]
    found = synthesis.further.heterogeneity
    if found is not None:
        blocks.append(Table(id="heterogeneity", layout=found.layout()))
    else:
        blocks.append(_why_not(synthesis, "heterogeneity", "There is no interval of tau²"))
    return tuple(blocks)


def leaving_out_blocks(synthesis: Synthesis) -> tuple[Block, ...]:
    """Return the pool without each trial in turn; nothing without a pool."""
    if synthesis.pooled is None:
        return ()
    heading = Heading(text="Does one trial carry the answer?", anchor="leave-one-out")
    found = synthesis.further.leave_one_out
    if found is None:
        return heading, _why_not(synthesis, "leave_one_out", "No trial can be left out")
    return heading, Table(id="leave_one_out", layout=found.layout())


def funnel_blocks(synthesis: Synthesis, figures: dict[str, str]) -> tuple[Block, ...]:
    """Return the funnel plot, and a test of its asymmetry where there are enough trials."""
    if synthesis.pooled is None:
        return ()
    blocks: list[Block] = [Heading(text="Do small trials tell another story?", anchor="funnel")]
    if "funnel" in figures:
        caption = "Effects against their standard errors; greys show where p would lie."
        blocks.append(Figure(id="funnel", caption=caption, alt=figures["funnel"]))
    found = synthesis.further.egger
    if found is None:
        blocks.append(_why_not(synthesis, "egger", "Asymmetry is not tested"))
    else:
        blocks.append(Paragraph(text=" ".join(map(sentence, (str(found), *found.caveats)))))
    blocks.append(Paragraph(text=_CAUSES))
    return tuple(blocks)


def _why_not(synthesis: Synthesis, name: str, what: str) -> Paragraph:
    return Paragraph(text=sentence(f"{what}: {synthesis.further.why_not[name]}"))


def sensitivity_blocks(synthesis: Synthesis) -> tuple[Block, ...]:
    """Return the pool under other choices, where any of them gives one."""
    found = synthesis.further.sensitivity
    if found is None:
        return ()
    heading = Heading(text="What would other choices give?", anchor="sensitivity")
    if all(row.pooled is None for row in found.rows):
        return heading, Paragraph(text="No other choice that was tried gives a pool either.")
    return (
        heading,
        Paragraph(text=_CHOICES),
        Table(id="sensitivity", layout=found.layout(), note=_short_names(found)),
    )


def _short_names(found: PoolSensitivity) -> str:
    """Say what the short names of estimators and tests in the table stand for."""
    words = {**ESTIMATOR_WORDS, **TEST_WORDS}
    planned = re.findall(r"\w+", found.caption.rpartition("as planned:")[2])
    labels = dict.fromkeys((*planned, *(row.label for row in found.rows)))
    told = [f"{name}, {words[name]}" for name in labels if name in words]
    return f"k, trials. {'; '.join(told)}." if told else "k, trials."


_CHOICES = (
    "One choice is changed at a time. The first row is what was planned; the others show how far "
    "the answer rests on each choice. They are no menu to choose from."
)
