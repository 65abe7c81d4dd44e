"""One real instance of every result type of planning a trial."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

POWER: dict[str, Callable[[], Any]] = {}
