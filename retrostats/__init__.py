"""Analysis of trials of retro and forward walking: from table or file to checked answer.

Names are imported when they are first used, so that ``import retrostats`` costs nothing.

Examples
--------
>>> import retrostats as rs
>>> rs.Printed("0.50").low
0.495
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from retrostats.analysis.reproduce import reproduce
    from retrostats.data.catalogue import list_trials, load_trial
    from retrostats.data.printed import Printed
    from retrostats.data.published import PublishedTrial
    from retrostats.effects.convert import effect_from_f, effect_from_p, effect_from_t
    from retrostats.effects.paired import paired_dav, paired_drm, paired_dz
    from retrostats.effects.pairs import PairedSummary
    from retrostats.effects.pre_post import pre_post_control_d, standardised_mean_change
    from retrostats.effects.summaries import ArmSummary
    from retrostats.effects.two_group import cohens_d, glass_delta, hedges_g, mean_difference
    from retrostats.errors import DataError, FitError, RetrostatsError
    from retrostats.estimate import Estimate, EstimateTable, Interval
    from retrostats.figures.forest import plot_forest
    from retrostats.figures.saving import save_figure
    from retrostats.integrity.debit import debit
    from retrostats.integrity.grim import grim
    from retrostats.integrity.grimmer import grimmer
    from retrostats.integrity.sprite import sprite
    from retrostats.integrity.verdicts import Reproduction
    from retrostats.models.covariance import CovarianceStructure
    from retrostats.models.inference.ftest import FTest
    from retrostats.models.lmm import fit_lmm
    from retrostats.models.mmrm import fit_mmrm
    from retrostats.models.results.lmm_fit import LmmFit
    from retrostats.models.results.mmrm_fit import MmrmFit

__version__ = "0.1.0"

__all__ = [
    "ArmSummary",
    "CovarianceStructure",
    "DataError",
    "Estimate",
    "EstimateTable",
    "FTest",
    "FitError",
    "Interval",
    "LmmFit",
    "MmrmFit",
    "PairedSummary",
    "Printed",
    "PublishedTrial",
    "Reproduction",
    "RetrostatsError",
    "cohens_d",
    "debit",
    "effect_from_f",
    "effect_from_p",
    "effect_from_t",
    "fit_lmm",
    "fit_mmrm",
    "glass_delta",
    "grim",
    "grimmer",
    "hedges_g",
    "list_trials",
    "load_trial",
    "mean_difference",
    "paired_dav",
    "paired_drm",
    "paired_dz",
    "plot_forest",
    "pre_post_control_d",
    "reproduce",
    "save_figure",
    "sprite",
    "standardised_mean_change",
]

#: Where each public name lives; a test holds this table against `__all__`.
_HOMES = {
    "analysis.reproduce": ("reproduce",),
    "data.catalogue": (
        "list_trials",
        "load_trial",
    ),
    "data.printed": ("Printed",),
    "data.published": ("PublishedTrial",),
    "effects.convert": (
        "effect_from_f",
        "effect_from_p",
        "effect_from_t",
    ),
    "effects.paired": (
        "paired_dav",
        "paired_drm",
        "paired_dz",
    ),
    "effects.pairs": ("PairedSummary",),
    "effects.pre_post": (
        "pre_post_control_d",
        "standardised_mean_change",
    ),
    "effects.summaries": ("ArmSummary",),
    "effects.two_group": (
        "cohens_d",
        "glass_delta",
        "hedges_g",
        "mean_difference",
    ),
    "errors": (
        "DataError",
        "FitError",
        "RetrostatsError",
    ),
    "estimate": (
        "Estimate",
        "EstimateTable",
        "Interval",
    ),
    "figures.forest": ("plot_forest",),
    "figures.saving": ("save_figure",),
    "integrity.debit": ("debit",),
    "integrity.grim": ("grim",),
    "integrity.grimmer": ("grimmer",),
    "integrity.sprite": ("sprite",),
    "integrity.verdicts": ("Reproduction",),
    "models.covariance": ("CovarianceStructure",),
    "models.inference.ftest": ("FTest",),
    "models.lmm": ("fit_lmm",),
    "models.mmrm": ("fit_mmrm",),
    "models.results.lmm_fit": ("LmmFit",),
    "models.results.mmrm_fit": ("MmrmFit",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'retrostats' has no attribute {name!r}")
    value = getattr(import_module(f"retrostats.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
