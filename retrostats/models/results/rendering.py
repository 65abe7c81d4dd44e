"""A fitted model as text, as HTML and as plain JSON values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from retrostats.arrays import Floats
from retrostats.layout import Layout, decimals, number
from retrostats.layout.html import caveats, facts

if TYPE_CHECKING:
    from retrostats.models.results.mixed_fit import MixedFit

#: Significant digits of the smallest variance or standard deviation of a covariance.
_DIGITS = 4


def fit_text(fit: MixedFit) -> str:
    """Return what a reader of a terminal sees."""
    named = fit.summary_lines
    width = max(len(name) for name, _ in named)
    lines = [f"{name:<{width}}  {words}" for name, words in named]
    lines += [f"Caveat: {caveat}" for caveat in fit.caveats]
    for table in (*fit.covariance_tables, _coefficients(fit)):
        lines += ["", table.text()]
    return "\n".join(lines)


def fit_html(fit: MixedFit) -> str:
    """Return what a notebook shows."""
    tables = "".join(table.html() for table in (*fit.covariance_tables, _coefficients(fit)))
    return facts(fit.summary_lines) + caveats(fit.caveats) + tables


def fit_dict(fit: MixedFit) -> dict[str, Any]:
    """Return plain JSON values; what is not a number becomes None."""
    criteria = fit.information_criteria()
    return {
        "formula": fit.formula,
        "model": dict(fit.model_lines),
        "covariance": getattr(fit, "covariance", ""),
        "method": fit.method,
        "df_method": fit.df_method,
        "information": fit.information,
        "rows": fit.n_rows,
        "subjects": fit.n_subjects,
        "left_out": fit.ledger.counts(),
        "loglik": fit.loglik,
        "criteria": {
            name: {"aic": c.aic, "aicc": _finite(c.aicc), "bic": c.bic, "parameters": c.parameters}
            for name, c in criteria.items()
        },
        "coefficients": [estimate.to_dict() for estimate in fit.coefficients],
        "aliased": [name for _, name in fit.coefficients.aliased],
        "covariance_parameters": dict(zip(fit.theta_names, fit.theta.tolist(), strict=True)),
        "optimiser": {
            "route": fit.optimiser.route,
            "iterations": len(fit.optimiser.iterations),
            "evaluations": fit.optimiser.evaluations,
            "max_gradient": fit.optimiser.max_gradient,
        },
        "caveats": list(fit.caveats),
        "digest": fit.digest,
    }


def matrix_layout(caption: str, labels: Sequence[object], matrix: Floats) -> Layout:
    """Lay out a covariance with its labels, all entries with the same decimals.

    Parameters
    ----------
    caption
        Above the table.
    labels, matrix
        Of rows and columns, and the covariance, shape ``(m, m)``.
    """
    names = tuple(str(label) for label in labels)
    places = decimals(float(np.diagonal(matrix).min()), _DIGITS)
    cells = [tuple(number(value, places) for value in row) for row in matrix.tolist()]
    rows = tuple((name, *row) for name, row in zip(names, cells, strict=True))
    return Layout(caption=caption, header=("", *names), rows=rows)


def effects_layout(
    names: Sequence[str], sd: Floats, sigma: float, *, unit: str, correlation: Floats | None
) -> Layout:
    """Lay out the standard deviations of random effects and of residuals.

    Parameters
    ----------
    names, sd
        Names and standard deviations of the effects, shape ``(q,)``.
    sigma
        That of the residuals.
    unit
        Unit of the outcome.
    correlation
        Shape ``(q, q)``, of which the lower triangle is shown; None where there is none.
    """
    header = ("", f"SD ({unit})" if unit else "SD")
    rows = []
    for place, (name, value) in enumerate(zip((*names, "residuals"), (*sd, sigma), strict=True)):
        row = [name, number(value, decimals(value, _DIGITS))]
        if correlation is not None:
            told = correlation[place, :place].tolist() if place < len(sd) else []
            row += ["" if math.isnan(r) else number(r, 3) for r in told]
            row += [""] * (len(sd) - 1 - len(told))
        rows.append(tuple(row))
    if correlation is None:
        return Layout(caption="Random effects", header=header, rows=tuple(rows))
    heads = tuple(f"corr. with {name}" for name in names[:-1])
    return Layout(caption="Random effects", header=(*header, *heads), rows=tuple(rows))


def _coefficients(fit: MixedFit) -> Layout:
    # The caption of the table by itself names the mean, which stands above already.
    return replace(fit.coefficients.layout(), caption="Coefficients")


def mixed_lines(fit: MixedFit) -> tuple[tuple[str, str], ...]:
    """Return what was fitted to what and how, as pairs of a name and words."""
    steps = len(fit.optimiser.iterations)
    optimiser = (
        f"{fit.method.upper()}; {fit.optimiser.route.replace('newton', 'Newton')}, "
        f"{steps} iteration{'' if steps == 1 else 's'}, "
        f"largest scaled gradient {fit.optimiser.max_gradient:.1e}"
    )
    return (
        ("Mean", fit.formula),
        *fit.model_lines,
        ("Data", f"{fit.n_subjects} subjects; {fit.ledger}"),
        ("Fitted by", optimiser),
        ("Inference", f"{fit.df_method}, {fit.information} information"),
        ("Log-likelihood", f"{fit.loglik:.4f}"),
        ("Criteria", str(fit.information_criteria()[fit.convention])),
    )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
