"""Rules over the subjects of a trial, such as ``age >= 40``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Operator = Literal[">=", "<=", ">", "<", "==", "!=", "in"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One condition that a subject meets or not.

    Attributes
    ----------
    text
        As written, e.g. ``"age >= 40"`` or ``"sex in female, male"``.
    name
        A covariate, an adherence measure, or an outcome (its baseline) of the codebook.
    operator, values
        What is asked; numbers or labels. All operators but ``in`` have one value.
    """

    text: str
    name: str
    operator: Operator
    values: tuple[float, ...] | tuple[str, ...]
