"""The words that a plan may use, and what to say of a word that is nearly one of them."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import get_args

from retrostats.plan.sensitivity import ImputationKind, InferenceKind, SensitivityKind
from retrostats.plan.types import (
    ModelKind,
    ModelPlan,
    MultiplicityMethod,
    PopulationKind,
    Strategy,
)

MODELS: tuple[str, ...] = get_args(ModelKind)
POPULATIONS: tuple[str, ...] = get_args(PopulationKind)
STRATEGIES: tuple[str, ...] = get_args(Strategy)
MULTIPLICITY_METHODS: tuple[str, ...] = get_args(MultiplicityMethod)
SENSITIVITIES: tuple[str, ...] = get_args(SensitivityKind)
IMPUTATIONS: tuple[str, ...] = get_args(ImputationKind)
INFERENCES: tuple[str, ...] = get_args(InferenceKind)
FAMILIES = ("comparisons", "all")
STANDARD_ERRORS = ("classical", "HC2", "HC3")
MISSING_RESPONSES = ("non-responder", "excluded")
SUMMARIES = ("difference of means",)

#: Covariance structures of an MMRM; the package of models knows the same.
COVARIANCES = {
    "us": "unstructured",
    "ar1": "first-order autoregressive",
    "arh1": "heterogeneous first-order autoregressive",
    "cs": "compound symmetry",
    "csh": "heterogeneous compound symmetry",
    "toep": "Toeplitz",
    "toeph": "heterogeneous Toeplitz",
    "ad": "first-order ante-dependence",
    "adh": "heterogeneous first-order ante-dependence",
}

#: Degrees of freedom of a mixed model, and what a sentence calls them.
DEGREES_OF_FREEDOM = {
    "kenward-roger": "Kenward and Roger's adjusted covariance and degrees of freedom",
    "kenward-roger-linear": (
        "Kenward and Roger's adjusted covariance without second derivatives, and Satterthwaite's "
        "degrees of freedom"
    ),
    "satterthwaite": "Satterthwaite's degrees of freedom",
    "between-within": "degrees of freedom counted between and within subjects",
    "residual": "residual degrees of freedom",
    "asymptotic": "the normal distribution",
    "CR0": "a cluster-robust (CR0) covariance with Bell and McCaffrey's degrees of freedom",
    "CR2": "a cluster-robust (CR2) covariance with Bell and McCaffrey's degrees of freedom",
    "CR3": "a cluster-robust (CR3) covariance with Bell and McCaffrey's degrees of freedom",
}

#: What each model is called in a sentence.
MODEL_WORDS = {
    "mmrm": "a mixed model for repeated measures",
    "lmm": "a linear mixed model with a random intercept of the subject",
    "ancova": "an analysis of covariance",
    "mixed_anova": "a mixed (split-plot) analysis of variance",
}


def default_model(kind: ModelKind, *, baseline: bool | None = None) -> ModelPlan:
    """Return the model that a plan describes which names its kind and nothing else.

    Parameters
    ----------
    kind
        Of the model.
    baseline
        Whether the baseline is a covariate, where the plan says so; without it, its slope
        cannot differ between visits.

    Examples
    --------
    >>> default_model("ancova").df
    'residual'
    >>> default_model("mmrm", baseline=False).baseline_by_visit
    False
    """
    adjusted = kind != "mixed_anova" if baseline is None else baseline
    by_visit = adjusted and kind in ("mmrm", "lmm")
    return ModelPlan(
        kind=kind,
        baseline=adjusted,
        baseline_by_visit=by_visit,
        covariance=ModelPlan().covariance if kind == "mmrm" else (),
        df="kenward-roger" if kind in ("mmrm", "lmm") else "residual",
    )


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a question that names the nearest known word; empty where none is near.

    Examples
    --------
    >>> did_you_mean("kenward_roger", DEGREES_OF_FREEDOM)
    "; did you mean 'kenward-roger'?"
    """
    lower = {name.lower(): name for name in known}
    found = get_close_matches(word.lower(), lower, n=1)
    return f"; did you mean {lower[found[0]]!r}?" if found else ""


def unknown(what: str, word: str, known: Iterable[str]) -> str:
    """Return the message for a word that is not one of those known.

    Examples
    --------
    >>> unknown("arm", "retr", ["control", "retro"])
    "there is no arm 'retr'; did you mean 'retro'? There are: control, retro"
    """
    names = list(known)
    listed = f"There are: {', '.join(names)}" if names else "There are none"
    question = did_you_mean(word, names)
    return f"there is no {what} {word!r}{question or '.'} {listed}"
