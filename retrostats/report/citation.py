"""How to cite the package, the trials and the instruments."""

from __future__ import annotations
