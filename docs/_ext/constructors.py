"""How a type is made is shown for those that a user makes, not for what functions give back."""

from __future__ import annotations

import inspect
from typing import Any

#: Types that users make: those with a name in the package, and what such a type is made of.
MADE = (
    "ArmSummary",
    "DesignArm",
    "Dropout",
    "Estimate",
    "EstimateTable",
    "Interval",
    "Journal",
    "Layout",
    "MeasurementScale",
    "PairedSummary",
    "PaperTable",
    "Printed",
    "SimulatedCovariate",
    "TrialDesign",
    "Workers",
)


def signature(*event: Any) -> tuple[str, None] | None:
    """Leave the signature of a type out, unless a user makes it; Sphinx gives name and object."""
    _, kind, path, found = event[:4]
    if kind != "class" or not inspect.isclass(found):
        return None
    return None if path.rpartition(".")[2] in MADE else ("", None)


def setup(app: Any) -> dict[str, bool]:
    """Ask before numpydoc does: the first answer counts."""
    app.connect("autodoc-process-signature", signature, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
