"""What was fitted, how well it fits, and what was left out of it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from retrostats.analysis.types import Analysis, EndpointResult, ModelFacts
from retrostats.layout import Layout, number, p_number, true_minus
from retrostats.report.analysis.keys import model_keys
from retrostats.report.analysis.words import (
    counted,
    covariance_words,
    df_words,
    estimation_words,
    joined,
    measure_words,
    term_words,
)
from retrostats.report.blocks import Block, Facts, Figure, Heading, Paragraph, Table
from retrostats.tables.models import tests_layout


def model_blocks(analysis: Analysis, figures: dict[str, str]) -> tuple[Block, ...]:
    """Return the model of each endpoint: facts, type III tests, parameters, residuals.

    Parameters
    ----------
    analysis
        The answers.
    figures
        Alternative text of each figure by its id.
    """
    blocks: list[Block] = [
        Heading(text="Models and their diagnostics", anchor="models"),
        Paragraph(
            text="What was fitted to each endpoint, and its residuals. Residuals that lie far from "
            "the line of the normal quantiles, spread unequally, or reach far out ask for a second "
            "look at the data and the model; no test decides."
        ),
    ]
    for key, results in model_keys(analysis):
        blocks += _model(key, results, analysis, figures)
    return tuple(blocks)


def _model(
    key: str, results: Sequence[EndpointResult], analysis: Analysis, figures: dict[str, str]
) -> list[Block]:
    result, codebook = results[0], analysis.cohort.codebook
    model = result.model
    words = f"{measure_words(result.outcome)}, {joined(r.visit.label for r in results)}"
    blocks: list[Block] = [
        Heading(text=words, anchor=f"model-{key}", depth=3),
        Facts(pairs=model_facts(result)),
    ]
    if model.tests:
        layout = tests_layout(
            [(term_words(test[0], codebook), *test[1:]) for test in model.tests],
            caption=f"{words}: type III tests",
        )
        blocks.append(Table(id=f"tests_{key}", layout=layout, paper=False))
    if model.parameters:
        caption = f"{words}: parameters of the model"
        blocks.append(
            Table(id=f"parameters_{key}", layout=_parameters(model, caption), paper=False)
        )
    caption = (
        f"{words}: standardised residuals. The largest is "
        f"{number(result.diagnostics.largest, 1)} standard deviations from zero."
    )
    alt = f"{words}. {figures[f'diagnostics_{key}']}"
    blocks.append(Figure(id=f"diagnostics_{key}", caption=caption, alt=alt))
    return blocks


def model_facts(result: EndpointResult) -> tuple[tuple[str, str], ...]:
    """Return what was fitted as pairs of a term and its value."""
    model, missing = result.model, f"{result.outcome.label} missing"
    named = ((missing if why == "outcome missing" else why, n) for why, n in model.left_out)
    left = "; ".join(f"{reason}: {count}" for reason, count in named)
    failed = "; ".join(
        f"{covariance_words(name)}: {_reason(why)}" for name, why in model.not_fitted
    )
    used = f"{counted(model.rows, 'value')} of {counted(model.subjects, 'subject')}"
    pairs = (
        ("Model", model.kind),
        ("Formula", model.formula),
        ("Covariance", structure_words(model)),
        ("Planned, not fitted", failed),
        ("Estimation", estimation_words(model.method)),
        ("Tests and intervals", df_words(model.df)),
        ("Data used", used),
        ("Rows left out", left or "none"),
        ("Fit", _fit(model)),
        ("SHA-256 of the numbers used", model.digest),
    )
    return tuple((term, value) for term, value in pairs if value)


def _reason(why: str) -> str:
    """Return why a structure could not be fitted, without the advice of what to try."""
    return " ".join(why.split()).partition(" Try ")[0]


def structure_words(model: ModelFacts) -> str:
    """Return the covariance in words; empty where the kind of the model says it already."""
    return "" if model.covariance in model.kind else covariance_words(model.covariance)


def _fit(model: ModelFacts) -> str:
    criteria = [("log likelihood", model.loglik), ("AIC", model.aic), ("BIC", model.bic)]
    known = [f"{name} {number(x, 2)}" for name, x in criteria if not math.isnan(x)]
    restricted = model.method == "reml" and not math.isnan(model.aic)
    told = " (REML; AIC and BIC count covariance parameters only)" if restricted else ""
    return true_minus(", ".join(known)) + told


def _parameters(model: ModelFacts, caption: str) -> Layout:
    rows = tuple(_parameter(name, value) for name, value in model.parameters)
    return Layout(caption=caption, header=("", "Estimate"), rows=rows)


def _parameter(name: str, value: float) -> tuple[str, str]:
    """Return a parameter; standard deviations and correlations of visits are of residuals."""
    if name.startswith("p of "):
        return name, p_number(value)
    residual = name.startswith(("SD, ", "correlation, "))
    return f"residual {name}" if residual else name, number(value, 3)
