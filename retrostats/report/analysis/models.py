"""What was fitted, how well it fits, and what was left out of it."""

from __future__ import annotations

import math

from retrostats.analysis.types import Analysis, EndpointResult, ModelFacts
from retrostats.layout import Layout, number
from retrostats.report.analysis.keys import endpoint_keys
from retrostats.report.analysis.words import (
    counted,
    covariance_words,
    df_words,
    endpoint_words,
    estimation_words,
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
    for key, result in endpoint_keys(analysis):
        blocks += _model(key, result, figures)
    return tuple(blocks)


def _model(key: str, result: EndpointResult, figures: dict[str, str]) -> list[Block]:
    model, words = result.model, endpoint_words(result)
    blocks: list[Block] = [
        Heading(text=words, anchor=f"model-{key}", depth=3),
        Facts(pairs=model_facts(model)),
    ]
    if model.tests:
        caption = f"{words}: type III tests"
        blocks.append(
            Table(id=f"tests_{key}", layout=tests_layout(model.tests, caption=caption), paper=False)
        )
    if model.parameters:
        caption = f"{words}: standard deviations and correlations of the model"
        blocks.append(
            Table(id=f"parameters_{key}", layout=_parameters(model, caption), paper=False)
        )
    caption = (
        f"{words}: standardised residuals. The largest is "
        f"{number(result.diagnostics.largest, 1)} standard deviations from zero."
    )
    alt = figures[f"diagnostics_{key}"]
    blocks.append(Figure(id=f"diagnostics_{key}", caption=caption, alt=alt))
    return blocks


def model_facts(model: ModelFacts) -> tuple[tuple[str, str], ...]:
    """Return what was fitted as pairs of a term and its value."""
    left = "; ".join(f"{reason}: {count}" for reason, count in model.left_out)
    failed = "; ".join(f"{covariance_words(name)}: {why}" for name, why in model.not_fitted)
    used = f"{counted(model.rows, 'value')} of {counted(model.subjects, 'subject')}"
    criteria = [("log likelihood", model.loglik), ("AIC", model.aic), ("BIC", model.bic)]
    fit = ", ".join(f"{name} {number(x, 2)}" for name, x in criteria if not math.isnan(x))
    pairs = (
        ("Model", model.kind),
        ("Formula", model.formula),
        ("Covariance", covariance_words(model.covariance)),
        ("Planned, not fitted", " ".join(failed.split())),
        ("Estimation", estimation_words(model.method)),
        ("Degrees of freedom", df_words(model.df)),
        ("Data used", used),
        ("Rows left out", left or "none"),
        ("Fit", fit),
        ("SHA-256 of the numbers used", model.digest),
    )
    return tuple((term, value) for term, value in pairs if value)


def _parameters(model: ModelFacts, caption: str) -> Layout:
    rows = tuple((name, number(value, 3)) for name, value in model.parameters)
    return Layout(caption=caption, header=("", "Estimate"), rows=rows)
