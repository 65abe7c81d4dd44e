"""A fitted model as text, as HTML and as plain JSON values."""

from __future__ import annotations

import html
import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from retrostats.models.results.mixed_fit import MixedFit

_FORMATS = {"estimate": "{:.4g}", "se": "{:.4g}", "df": "{:.1f}", "p": "{:.4f}"}


def fit_text(fit: MixedFit) -> str:
    """Return what a reader of a terminal sees."""
    width = max(len(name) for name, _ in _lines(fit))
    lines = [f"{name:<{width}}  {words}" for name, words in _lines(fit)]
    lines += ["", *fit.covariance_lines, "", _coefficient_text(fit)]
    lines += [f"Caveat: {caveat}" for caveat in fit.caveats]
    return "\n".join(lines)


def fit_html(fit: MixedFit) -> str:
    """Return what a notebook shows."""
    rows = "".join(
        f"<tr><th style='text-align:left'>{html.escape(name)}</th>"
        f"<td style='text-align:left'>{html.escape(words)}</td></tr>"
        for name, words in _lines(fit)
    )
    covariance = html.escape("\n".join(fit.covariance_lines))
    caveats = "".join(f"<p><b>Caveat:</b> {html.escape(text)}</p>" for text in fit.caveats)
    return f"<table>{rows}</table><pre>{covariance}</pre>{fit.coefficients._repr_html_()}{caveats}"


def fit_dict(fit: MixedFit) -> dict[str, Any]:
    """Return plain JSON values; what is not a number becomes None."""
    criteria = fit.information_criteria()
    return {
        "formula": fit.formula,
        "model": dict(fit.model_lines),
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


def matrix_lines(labels: tuple[object, ...], matrix: np.ndarray[Any, Any]) -> list[str]:
    """Return a symmetric matrix as aligned text with labels."""
    names = [str(label) for label in labels]
    cells = [[f"{value:.4g}" for value in row] for row in matrix]
    width = max(len(text) for text in [*names, *(cell for row in cells for cell in row)])
    lines = [" " * width + "".join(f"  {name:>{width}}" for name in names)]
    for name, row in zip(names, cells, strict=True):
        lines.append(f"{name:<{width}}" + "".join(f"  {cell:>{width}}" for cell in row))
    return lines


def _lines(fit: MixedFit) -> list[tuple[str, str]]:
    used = f"{fit.n_subjects} subjects; {fit.ledger}"
    fitted = {"reml": "restricted maximum likelihood", "ml": "maximum likelihood"}[fit.method]
    return [
        ("Mean", fit.formula),
        *fit.model_lines,
        ("Data", used),
        ("Fitted by", f"{fitted}; {fit.optimiser}"),
        ("Inference", f"{fit.df_method}, {fit.information} information"),
        ("Log-likelihood", f"{fit.loglik:.4f}"),
    ]


def _coefficient_text(fit: MixedFit) -> str:
    table = fit.coefficients
    unit = f" ({fit.unit})" if fit.unit else ""
    percent = f"{100 * fit.level:.4g}% CI"
    rows: list[tuple[str, ...]] = [("", f"Estimate{unit}", "SE", "df", "t", percent, "p")]
    for e in table:
        df = "inf" if math.isinf(e.df) else f"{e.df:.1f}"
        interval = f"{e.ci.low:.4g} to {e.ci.high:.4g}"
        p = "< 0.0001" if e.p < 1e-4 else f"{e.p:.4f}"
        rows.append(
            (e.label, f"{e.value:.4g}", f"{e.se:.4g}", df, f"{e.value / e.se:.2f}", interval, p)
        )
    for place, name in table.aliased:
        rows.insert(place + 1, (name, "not estimated: depends on earlier columns", *[""] * 5))
    widths = [
        max(len(row[column]) for row in rows if not row[1].startswith("not estimated"))
        for column in range(7)
    ]
    widths[0] = max(len(row[0]) for row in rows)
    lines = []
    for row in rows:
        cells = [f"{row[0]:<{widths[0]}}"]
        cells += [f"{cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
