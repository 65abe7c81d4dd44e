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
    from retrostats.errors import DataError, FitError, PlanError, RetrostatsError
    from retrostats.estimate import Estimate, EstimateTable, Interval
    from retrostats.integrity.verdicts import Reproduction

__version__ = "0.1.0"

__all__ = [
    "DataError",
    "Estimate",
    "EstimateTable",
    "FitError",
    "Interval",
    "PlanError",
    "Printed",
    "PublishedTrial",
    "Reproduction",
    "RetrostatsError",
    "list_trials",
    "load_trial",
    "reproduce",
]

#: Where each public name lives; a test holds this table against `__all__`.
_HOMES = {
    "analysis.reproduce": ("reproduce",),
    "data.catalogue": ("list_trials", "load_trial"),
    "data.printed": ("Printed",),
    "data.published": ("PublishedTrial",),
    "errors": ("DataError", "FitError", "PlanError", "RetrostatsError"),
    "estimate": ("Estimate", "EstimateTable", "Interval"),
    "integrity.verdicts": ("Reproduction",),
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
