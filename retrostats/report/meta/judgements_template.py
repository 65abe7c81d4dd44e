"""A file of judgements in which nothing is judged yet."""

from __future__ import annotations

from retrostats.plan.writing import toml_text
from retrostats.report.meta.judgements import DOMAINS, NOT_JUDGED, SEARCH

#: What each domain asks.
_ASKS = {
    "risk_of_bias": "Could the design or conduct of the trials have biased the effect?",
    "inconsistency": "Do the trials disagree by more than chance, and is that explained?",
    "indirectness": "Are people, walking, comparator and outcome those of the question?",
    "imprecision": "Would a decision differ at the two ends of the interval, or are subjects few?",
    "publication_bias": "Is it likely that trials are missing because of their results?",
}


def new_judgements(outcome: str) -> str:
    """Return the text of a file that is filled in by the authors of a review.

    Parameters
    ----------
    outcome
        What it will be about, e.g. ``"pain"``.

    Examples
    --------
    >>> print(new_judgements("pain").splitlines()[3])
    outcome = "pain"
    """
    domains = "\n".join(_domain(name) for name in DOMAINS)
    search = "\n".join(f"# {name} = " for name in SEARCH)
    return f"""\
# Judgements of one outcome by the domains of GRADE. They are yours: the program shows facts
# beside each, and judges nothing. The certainty is told once all five are judged, two people
# having judged them independently. A judgement needs a reason.
outcome = {toml_text(outcome)}
start = "high"  # "high" for randomised trials, "low" for others

{domains}
# Numbers of your search, as PRISMA 2020 names them. Take away the # before those that you have;
# what is not given is shown as not given.
[search]
{search}
"""


def _domain(name: str) -> str:
    words = ", ".join(f'"{word}"' for word in sorted(DOMAINS[name] - {NOT_JUDGED}))
    return f"""\
[{name}]
# {_ASKS[name]}
judgement = "{NOT_JUDGED}"  # {words}
reason = ""
"""
