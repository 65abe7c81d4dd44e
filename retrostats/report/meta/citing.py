"""How to cite the program, the trials, the reviews and the methods of pooling."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import MappingProxyType

from retrostats.data.published import PublishedTrial
from retrostats.report.analysis.provenance import versions
from retrostats.report.blocks import Block, Facts, Heading, Listing
from retrostats.report.citation import HEADINGS, cite
from retrostats.report.meta.synthesis import Synthesis
from retrostats.report.sources.reference import Reference


def _paper(key: str, text: str, doi: str, used: str) -> Reference:
    return Reference(key=key, kind="method", text=text, doi=doi, used=(used,))


#: Papers of the methods, by the name of the estimator, of the test, or of what was done.
METHODS = MappingProxyType(
    {
        "reml": _paper(
            "viechtbauer2005",
            "Viechtbauer W. Bias and efficiency of meta-analytic variance estimators in the "
            "random-effects model. J Educ Behav Stat 2005;30(3):261-93",
            "10.3102/10769986030003261",
            "variance between trials",
        ),
        "dl": _paper(
            "dersimonian1986",
            "DerSimonian R, Laird N. Meta-analysis in clinical trials. Control Clin Trials "
            "1986;7(3):177-88",
            "10.1016/0197-2456(86)90046-2",
            "variance between trials",
        ),
        "pm": _paper(
            "paule1982",
            "Paule RC, Mandel J. Consensus values and weighting factors. J Res Natl Bur Stand "
            "1982;87(5):377-85",
            "10.6028/jres.087.022",
            "variance between trials",
        ),
        "hksj": _paper(
            "inthout2014",
            "IntHout J, Ioannidis JPA, Borm GF. The Hartung-Knapp-Sidik-Jonkman method for random "
            "effects meta-analysis is straightforward and considerably outperforms the standard "
            "DerSimonian-Laird method. BMC Med Res Methodol 2014;14:25",
            "10.1186/1471-2288-14-25",
            "test and interval of the pooled effect",
        ),
        "prediction": _paper(
            "higgins2009",
            "Higgins JPT, Thompson SG, Spiegelhalter DJ. A re-evaluation of random-effects "
            "meta-analysis. J R Stat Soc A 2009;172(1):137-59",
            "10.1111/j.1467-985X.2008.00552.x",
            "prediction interval",
        ),
        "heterogeneity": _paper(
            "viechtbauer2007",
            "Viechtbauer W. Confidence intervals for the amount of heterogeneity in "
            "meta-analysis. Stat Med 2007;26(1):37-52",
            "10.1002/sim.2514",
            "interval of the variance between trials",
        ),
        "funnel": _paper(
            "sterne2011",
            "Sterne JAC, Sutton AJ, Ioannidis JPA, et al. Recommendations for examining and "
            "interpreting funnel plot asymmetry in meta-analyses of randomised controlled "
            "trials. BMJ 2011;343:d4002",
            "10.1136/bmj.d4002",
            "funnel plot",
        ),
        "grade": _paper(
            "guyatt2008",
            "Guyatt GH, Oxman AD, Vist GE, et al. GRADE: an emerging consensus on rating quality "
            "of evidence and strength of recommendations. BMJ 2008;336(7650):924-6",
            "10.1136/bmj.39489.470347.AD",
            "certainty of evidence",
        ),
    }
)
_SAME = {"hksj_adhoc": "hksj", "eb": "pm", "pmm": "pm"}


def citing_blocks(synthesis: Synthesis, trials: Sequence[PublishedTrial]) -> tuple[Block, ...]:
    """Return what to cite, the versions of all programs, and digests of the inputs.

    Parameters
    ----------
    synthesis
        Says which methods were used.
    trials
        Publications whose figures were used.
    """
    pairs = [("Versions", ", ".join(f"{k} {v}" for k, v in versions().items()))]
    pairs += [(f"SHA-256 of {name}", digest) for name, digest in digests(synthesis)]
    return (
        Heading(text="How to cite, and versions", anchor="citing"),
        *_references(synthesis, trials),
        Facts(pairs=tuple(pairs)),
    )


def _references(synthesis: Synthesis, trials: Sequence[PublishedTrial]) -> Iterator[Block]:
    citations = cite(*trials)
    for kind, heading in HEADINGS.items():
        references = citations.of(kind) if kind != "method" else method_references(synthesis)
        if references:
            yield Heading(text=heading, anchor=f"citing-{kind}", depth=3)
            yield Listing(items=tuple(reference.sentence for reference in references))


def method_references(synthesis: Synthesis) -> tuple[Reference, ...]:
    """Return the papers of the methods that were used; a method without one is left out."""
    pooled = synthesis.pooled
    names = ["grade"] if len(synthesis.judgements.open) < len(synthesis.judgements.domains) else []
    if pooled is not None:
        names = [pooled.estimator, pooled.test, *names]
        names += ["prediction"] if pooled.prediction is not None else []
        names += ["heterogeneity"] if synthesis.further.heterogeneity else []
        names += ["funnel"]
    keys = dict.fromkeys(_SAME.get(name, name) for name in names)
    return tuple(METHODS[key] for key in keys if key in METHODS)


def digests(synthesis: Synthesis) -> tuple[tuple[str, str], ...]:
    """Return name and SHA-256 of each input."""
    judged = synthesis.judgements
    more = ((judged.source, judged.digest),) if judged.source else ()
    return (*synthesis.evidence.digests, *more)
