"""One real instance of every result type of missing-data analyses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

MISSING: dict[str, Callable[[], Any]] = {}
