"""What a report was made from: digests of the inputs, versions of the programs."""

from __future__ import annotations

import platform
from importlib.metadata import version

from retrostats.analysis.types import Analysis

#: Packages whose version can change a number or a drawing of the report.
PACKAGES = (
    "formulaic",
    "jinja2",
    "matplotlib",
    "numpy",
    "pandas",
    "python-docx",
    "retrostats",
    "scipy",
    "typst",
)


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages, sorted by name."""
    known = {name: version(name) for name in PACKAGES} | {"python": platform.python_version()}
    return dict(sorted(known.items()))


def digests(analysis: Analysis) -> dict[str, str]:
    """Return SHA-256 digests of what the analysis was made from.

    Parameters
    ----------
    analysis
        Its cohort knows file, content and codebook, its plan the plan.
    """
    cohort, plan = analysis.cohort, analysis.plan
    return {
        "codebook": cohort.codebook.digest,
        "data": cohort.digest,
        "file": cohort.file_digest,
        "plan": plan.digest,
        "plan_file": plan.file_digest,
    }
