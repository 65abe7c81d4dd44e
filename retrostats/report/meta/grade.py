"""The table of certainty: facts from the trials beside judgements that are the authors' own."""

from __future__ import annotations

from collections.abc import Iterator

from retrostats.layout import Layout, p_sentence, percent, true_minus
from retrostats.report.analysis.words import counted, joined, places_of
from retrostats.report.blocks import Block, Heading, Notice, Paragraph, Table
from retrostats.report.meta.judgements import NOT_JUDGED, Judgement
from retrostats.report.meta.synthesis import ENOUGH_FOR_ASYMMETRY, Synthesis
from retrostats.report.meta.words import range_words

#: Subjects below which GRADE advises to think of imprecision for a continuous outcome, whatever
#: the interval (Guyatt et al. 2011, doi:10.1016/j.jclinepi.2011.01.012).
ENOUGH_SUBJECTS = 400

_NAMES = {
    "risk_of_bias": "Risk of bias",
    "inconsistency": "Inconsistency",
    "indirectness": "Indirectness",
    "imprecision": "Imprecision",
    "publication_bias": "Publication bias",
}
_NOTE = (
    "Facts are computed; judgements are those of the authors, and each takes away its levels. "
    "Nothing is upgraded here."
)


def grade_blocks(synthesis: Synthesis) -> tuple[Block, ...]:
    """Return the section on the certainty of the evidence."""
    judgements = synthesis.judgements
    rows = tuple(
        (
            _NAMES[each.domain],
            true_minus(facts(synthesis, each.domain)),
            each.judgement,
            each.reason,
        )
        for each in judgements.domains
    )
    layout = Layout(
        caption=f"Certainty of the evidence on {synthesis.evidence.outcome}, by domain of GRADE",
        header=("Domain", "Facts", "Judgement", "Reason"),
        rows=rows,
        words=4,
    )
    told: Block = (
        Paragraph(text=certainty_words(synthesis))
        if judgements.certainty
        else Notice(text=certainty_words(synthesis), kind="note")
    )
    return (
        Heading(text="How certain is it?", anchor="certainty"),
        told,
        Table(id="grade", layout=layout, note=_NOTE),
    )


def certainty_words(synthesis: Synthesis) -> str:
    """Say how certain the evidence is by the judgements, or why this cannot be said."""
    judgements = synthesis.judgements
    if judgements.open:
        names = [_NAMES[name].lower() for name in judgements.open]
        everything = len(names) == len(judgements.domains)
        lacking = "no domain is judged" if everything else f"{joined(names)} {{}} not judged"
        return (
            f"No certainty is told, because {lacking.format('is' if len(names) == 1 else 'are')}. "
            "Judging is for the authors of a review; “retrostats new grade” writes the file for it."
        )
    taken = counted(judgements.downgrades, "level")
    verb = "is" if judgements.downgrades == 1 else "are"
    told = (
        f"By the judgements of the authors the certainty of the evidence is "
        f"{judgements.certainty}: it starts {judgements.start}, and {taken} {verb} taken away."
    )
    return told if synthesis.pooled else f"{told} Yet nothing is pooled."


def facts(synthesis: Synthesis, domain: str) -> str:
    """Return what the trials say to one domain; sentences, and no judgement."""
    told = {
        "risk_of_bias": _bias,
        "inconsistency": _inconsistency,
        "indirectness": _indirectness,
        "imprecision": _imprecision,
        "publication_bias": _publication,
    }[domain]
    return " ".join(told(synthesis))


def _bias(synthesis: Synthesis) -> Iterator[str]:
    yield f"{counted(len(synthesis.evidence.estimates), 'trial')} with an estimate."
    marked = sum(bool(row.caveats) for row in synthesis.evidence.used)
    if marked:
        yield f"{counted(marked, 'estimate')} with a caveat (see the trials)."
    yield "The risk of bias of the trials is not on file."


def _inconsistency(synthesis: Synthesis) -> Iterator[str]:
    pooled = synthesis.pooled
    if pooled is None:
        yield "Nothing is pooled."
        return
    found = synthesis.further.heterogeneity
    limits = ""
    if found is not None:
        low, high, level = found.i2_ci
        limits = f" ({percent(level)} CI {_whole(low)} to {_whole(high)})"
    yield f"I² {_whole(pooled.i2)}{limits}, tau² {pooled.tau2:.3g}"
    yield f"(Q = {pooled.q.statistic:.3g}, df {pooled.q.df:g}, {p_sentence(pooled.q.p)})."
    if pooled.prediction is not None:
        places, unit = places_of(pooled.pooled), pooled.pooled.unit
        yield f"Prediction interval {range_words(pooled.prediction, places, unit)}."


def _whole(share: float) -> str:
    return f"{100 * share:.0f}%"


def _indirectness(synthesis: Synthesis) -> Iterator[str]:
    used = synthesis.evidence.used
    for name, words in (
        ("comparisons", [row.contrast for row in used]),
        ("outcomes", [row.outcome for row in used]),
        ("times", [row.timepoint for row in used]),
    ):
        distinct = list(dict.fromkeys(filter(None, words)))
        if distinct:
            yield f"{len(distinct)} {name if len(distinct) > 1 else name[:-1]}: " + (
                "; ".join(distinct) + "."
            )
    if not used:
        yield "Nothing is on file."


def _imprecision(synthesis: Synthesis) -> Iterator[str]:
    number = synthesis.evidence.subjects
    if number is None:
        yield "The number of subjects is not known for every estimate."
    else:
        side = "fewer than" if number < ENOUGH_SUBJECTS else "not fewer than"
        yield f"{counted(number, 'subject')}, {side} {ENOUGH_SUBJECTS}."
    if synthesis.pooled is not None:
        estimate = synthesis.pooled.pooled
        low, high, level = estimate.ci
        spans = "reaches both sides of" if low < 0 < high else "lies on one side of"
        words = range_words(estimate.ci, places_of(estimate), estimate.unit)
        yield f"The {percent(level)} interval {words} {spans} no difference."


def _publication(synthesis: Synthesis) -> Iterator[str]:
    number, left = len(synthesis.evidence.estimates), len(synthesis.evidence.left_out)
    if left:
        yield f"{counted(left, 'trial')} on file without an estimate."
    if synthesis.further.egger is not None:
        yield f"Egger's test: {p_sentence(synthesis.further.egger.p)}."
    elif number < ENOUGH_FOR_ASYMMETRY:
        yield (
            f"{counted(number, 'trial')}: too few to judge a funnel plot "
            f"({ENOUGH_FOR_ASYMMETRY} or more)."
        )


def as_dict(synthesis: Synthesis) -> dict[str, object]:
    """Return judgements and facts for programs; a certainty that is not told is None."""
    judgements = synthesis.judgements

    def one(each: Judgement) -> dict[str, str | None]:
        judged = None if each.judgement == NOT_JUDGED else each.judgement
        return {
            "domain": each.domain,
            "judgement": judged,
            "reason": each.reason,
            "facts": facts(synthesis, each.domain),
        }

    return {
        "start": judgements.start,
        "certainty": judgements.certainty or None,
        "domains": [one(each) for each in judgements.domains],
    }
