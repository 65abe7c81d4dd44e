"""The CONSORT 2025 checklist: what the report covers, and what is for the authors to write."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from retrostats.layout import Layout
from retrostats.report.blocks import Block, Heading, Paragraph, Table

#: Stands where a program cannot know the answer.
AUTHORS = "to be written by the authors"

_SOURCE = (
    "Items in short words after CONSORT 2025 (Hopewell S, et al. BMJ 2025;389:e081123, "
    "doi:10.1136/bmj-2024-081123)."
)


class Item(NamedTuple):
    """An item of the checklist; `anchors` are sections that answer it, `covered` says how far."""

    number: str
    text: str
    covered: str = ""
    anchors: tuple[str, ...] = ()


ITEMS = (
    Item("1a", "Title: identification as a randomised trial"),
    Item("1b", "Structured summary", "numbers for it", ("answer",)),
    Item("2", "Trial registration"),
    Item("3", "Access to protocol and statistical analysis plan", "digest of the plan", ("data",)),
    Item("4", "Sharing of data, code and materials", "digests, versions", ("data", "citing")),
    Item("5a", "Funding and role of funders"),
    Item("5b", "Conflicts of interest"),
    Item("6", "Background and rationale"),
    Item("7", "Objectives: benefits and harms", "the estimand", ("methods",)),
    Item("8", "Patient and public involvement"),
    Item("9", "Trial design", "arms and their numbers", ("participants",)),
    Item("10", "Changes after the start, and analyses not planned", "", ()),
    Item("11", "Settings and locations"),
    Item("12a", "Eligibility of participants", "population of the estimand", ("methods",)),
    Item("12b", "Eligibility of sites and of those who deliver the interventions"),
    Item("13", "Intervention and comparator, so that they can be repeated"),
    Item(
        "14",
        "Outcomes: measure, variable, aggregation, time",
        "instruments, visits, summary measure",
        ("outcomes", "methods"),
    ),
    Item("15", "Definition and assessment of harms"),
    Item("16a", "Sample size"),
    Item("16b", "Interim analyses and stopping"),
    Item("17a", "Random sequence: who made it and how"),
    Item("17b", "Type of randomisation and its restrictions"),
    Item("18", "Concealment of the allocation"),
    Item("19", "Who enrolled and who assigned"),
    Item("20a", "Who was blinded"),
    Item("20b", "How blinding was achieved"),
    Item(
        "21a",
        "Statistical methods, for harms too",
        "in part: efficacy outcomes; analyses of harms are not part of the report",
        ("methods", "models"),
    ),
    Item(
        "21b",
        "Who is in each analysis, and in which arm",
        "primary endpoint in full; of the others subjects used, and rows left out by reason",
        ("participants", "models"),
    ),
    Item("21c", "Missing data", "numbers, and how they were handled", ("methods", "outcomes")),
    Item(
        "21d",
        "Methods of further analyses, planned or not",
        "those of the plan",
        ("methods", "sensitivity", "subgroups"),
    ),
    Item(
        "22a",
        "Numbers randomised, treated as intended, analysed",
        "in part: randomised and analysed; who received the intended treatment is not in the "
        "file but for adherence, where it was recorded",
        ("participants", "adherence"),
    ),
    Item("22b", "Losses and exclusions with reasons", "as the file has them", ("participants",)),
    Item("23a", "Dates of recruitment and follow-up"),
    Item("23b", "Why the trial ended"),
    Item("24a", "Delivery of the interventions and adherence", "adherence", ("adherence",)),
    Item("24b", "Concomitant care"),
    Item("25", "Baseline table", "what the codebook declares", ("baseline",)),
    Item(
        "26",
        "For each outcome: numbers, results by group, effect and precision",
        "in part: planned endpoints with numbers by arm; of responders, where planned, "
        "absolute and relative effects; other outcomes as observed",
        ("contrasts", "outcomes", "responders"),
    ),
    Item("27", "Harms"),
    Item("28", "Further analyses", "those of the plan", ("sensitivity", "subgroups")),
    Item("29", "Interpretation"),
    Item("30", "Limitations", "caveats of the data and the models", ("answer",)),
)


def consort_blocks(sections: Collection[tuple[str, str]]) -> tuple[Block, ...]:
    """Return the checklist with the sections that answer each item.

    Parameters
    ----------
    sections
        Anchor and title of each section of the report. An item whose sections are all missing
        is left to the authors.
    """
    titles = dict(sections)
    rows = tuple(_row(item, titles) for item in ITEMS)
    return (
        Heading(text="CONSORT checklist", anchor="consort"),
        Paragraph(
            text="What this report covers. Everything else a reader of the trial needs can only "
            "come from those who did it."
        ),
        Table(
            id="consort",
            layout=Layout(
                caption="CONSORT 2025 items and where the report answers them",
                header=("Item", "What is asked", "Covered here", "Section"),
                rows=rows,
                words=4,
            ),
            note=_SOURCE,
            paper=False,
        ),
    )


def _row(item: Item, titles: dict[str, str]) -> tuple[str, str, str, str]:
    found = [titles[anchor] for anchor in item.anchors if anchor in titles]
    if not found:
        return item.number, item.text, AUTHORS, "–"
    return item.number, item.text, item.covered, "; ".join(found)
