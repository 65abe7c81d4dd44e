"""The sample-size paragraph, its references, and what the report was made from."""

from __future__ import annotations

from collections.abc import Iterator

from retrostats.report.analysis.provenance import versions
from retrostats.report.blocks import Block, Facts, Heading, Listing, Notice, Paragraph
from retrostats.report.citation import HEADINGS, cite
from retrostats.report.power.types import PowerStudy
from retrostats.report.sources.methods import METHODS
from retrostats.report.sources.reference import Reference

#: Name of the file with the paragraph.
PARAGRAPH = "paragraph.txt"


def _paper(key: str, text: str, doi: str, used: str) -> Reference:
    return Reference(key=key, kind="method", text=text, doi=doi, used=(used,))


#: Papers of planning, by what was done. The DOIs are those of the docstrings of the functions
#: that do the work; a test compares.
PLANNING = {
    "simulation": _paper(
        "morris2019",
        "Morris TP, White IR, Crowther MJ. Using simulation studies to evaluate statistical "
        "methods. Stat Med 2019;38(11):2074-102",
        "10.1002/sim.8086",
        "simulation of power, and its Monte Carlo error",
    ),
    "power_mmrm": _paper(
        "lu2008",
        "Lu K, Luo X, Chen PY. Sample size estimation for repeated measures analysis in "
        "randomized clinical trials with missing data. Int J Biostat 2008;4(1):9",
        "10.2202/1557-4679.1098",
        "closed form of the power of a mixed model for repeated measures",
    ),
    "power_ancova": _paper(
        "borm2007",
        "Borm GF, Fransen J, Lemmens WA. A simple sample size formula for analysis of covariance "
        "in randomized clinical trials. J Clin Epidemiol 2007;60(12):1234-8",
        "10.1016/j.jclinepi.2007.02.006",
        "closed form of the power of an analysis of covariance",
    ),
}
_SAME = {"kenward-roger-linear": "kenward-roger"}


def paragraph_blocks(study: PowerStudy) -> tuple[Block, ...]:
    """Return the paragraph for a protocol, and where to copy it from."""
    return (
        Heading(text="The paragraph for the protocol", anchor="paragraph"),
        Paragraph(text=study.paragraph()),
        Notice(
            text=f"The same words, with their references, lie beside this page in {PARAGRAPH}. "
            "They say what was assumed; why this may be assumed has to be added."
        ),
    )


def paragraph_text(study: PowerStudy) -> str:
    """Return the paragraph and its references as plain text."""
    references = [*cite().of("software"), *method_references(study)]
    numbered = [f"{place}. {each.line}" for place, each in enumerate(references, start=1)]
    return "\n".join([study.paragraph(), "", "References", *numbered, ""])


def method_references(study: PowerStudy) -> tuple[Reference, ...]:
    """Return the papers of the methods that were used; a method without one is left out."""
    model = study.plan.model
    names: list[str] = [model.kind]
    if model.kind in ("mmrm", "lmm"):
        names += ["reml", _SAME.get(model.df, model.df)]
    elif model.standard_errors != "classical":
        names.append("HC")
    papers = [METHODS[name] for name in names if name in METHODS]
    planning = ["simulation", *([study.sizes.closed_name] if study.sizes.closed else [])]
    return (*(PLANNING[name] for name in planning), *papers)


def citing_blocks(study: PowerStudy) -> tuple[Block, ...]:
    """Return what to cite, the seed, digests of design and plan, and versions of all programs."""
    pairs = [
        ("Seed", str(study.request.seed)),
        *((f"SHA-256 of the {name}", digest) for name, digest in digests(study).items()),
        ("Versions", ", ".join(f"{name} {known}" for name, known in versions().items())),
    ]
    return (
        Heading(text="How to cite, and versions", anchor="citing"),
        *_references(study),
        Facts(pairs=tuple(pairs)),
    )


def _references(study: PowerStudy) -> Iterator[Block]:
    for kind, references in (
        ("software", cite().of("software")),
        ("method", method_references(study)),
    ):
        heading = next(words for name, words in HEADINGS.items() if name == kind)
        yield Heading(text=heading, anchor=f"citing-{kind}", depth=3)
        yield Listing(items=tuple(reference.sentence for reference in references))


def digests(study: PowerStudy) -> dict[str, str]:
    """Return SHA-256 digests of design and plan, without their comments and spacing."""
    return {"design": study.design.digest, "plan": study.plan.digest}
