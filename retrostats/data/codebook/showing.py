"""A codebook as a notebook shows it: arms, visits, and what each outcome is measured with."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from retrostats.layout import Layout
from retrostats.layout.html import bold, facts

if TYPE_CHECKING:
    from retrostats.data.codebook.types import Codebook, Covariate, Outcome


def codebook_html(codebook: Codebook) -> str:
    """Return the title, how the file is read, and a table of the outcomes.

    Parameters
    ----------
    codebook
        From `retrostats.data.codebook.reading.read_codebook`.
    """
    reference = codebook.reference.label
    arms = [f"{arm.label} ({arm.name})" * (arm.name != arm.label) or arm.label
            for arm in codebook.arms]  # fmt: skip
    told = (
        ("Data", "simulated" if codebook.simulated else ""),
        ("Layout", codebook.form.layout),
        ("Arms", f"{'; '.join(arms)}; reference {reference}"),
        ("Visits", "; ".join(f"{v.label} (week {v.week:g})" for v in codebook.visits)),
        ("Covariates", "; ".join(map(_covariate, codebook.covariates))),
        ("Adherence", "; ".join(each.label for each in codebook.adherence)),
        ("Eligibility", "; ".join(rule.text for rule in codebook.eligibility)),
        ("File", codebook.source),
        ("Digest", codebook.digest[:12]),
    )
    outcomes = Layout(
        caption="Outcomes",
        header=("Name", "Label", "Measured with", "Unit", "Better", "Lowest", "Highest"),
        rows=tuple(map(_outcome, codebook.outcomes)),
        words=5,
    )
    return bold(codebook.title) + facts(told) + outcomes.html()


def _outcome(outcome: Outcome) -> tuple[str, ...]:
    tool = outcome.instrument
    ends = ("" if math.isinf(end) else f"{end:g}" for end in (tool.low, tool.high))
    return (outcome.name, outcome.label, tool.name, tool.unit, tool.better, *ends)


def _covariate(covariate: Covariate) -> str:
    levels = ", ".join(level.label for level in covariate.levels)
    inner = levels or covariate.unit
    return f"{covariate.label} ({inner})" if inner else covariate.label
