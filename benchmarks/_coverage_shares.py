"""Intervals of proportions, their differences and ratios."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from _coverage import Case, Limits
from numpy.random import Generator

import retrostats as rs
from retrostats.effects.proportions import proportion

SHARES = ((0.5, 0.3), (0.3, 0.3), (0.1, 0.05))
SIZES = (15, 30, 100)


def one(generator: Generator, *, p: float, n: int) -> Limits:
    return proportion(int(generator.binomial(n, p)), n).ci[:2]


def two(generator: Generator, *, effect, p: tuple[float, float], n: int, **options) -> Limits:
    events = generator.binomial(n, p)
    return effect(int(events[0]), n, int(events[1]), n, **options).ci[:2]


def anywhere(generator: Generator, *, n: int, arms: int) -> Limits:
    """Draw the true shares too, and return limits from which the truth has been taken."""
    p = generator.uniform(size=arms)
    if arms == 1:
        low, high = one(generator, p=float(p[0]), n=n)
        return low - p[0], high - p[0]
    low, high = two(generator, effect=rs.risk_difference, p=(p[0], p[1]), n=n)
    return low - (p[0] - p[1]), high - (p[0] - p[1])


def share_cases() -> Iterator[Case]:
    for n in SIZES:
        for name, arms in (("proportion (Wilson)", 1), ("risk_difference", 2)):
            words = f"n = {n}{' per arm' if arms > 1 else ''}, shares drawn evenly from 0 to 1"
            yield Case(name, words, 0.0, partial(anywhere, n=n, arms=arms), "approximate")
        for p in (0.05, 0.3, 0.5):
            yield Case("proportion (Wilson)", f"n = {n}, share {p:g}", p, partial(one, p=p, n=n),
                       "large samples")  # fmt: skip
        for p in SHARES:
            odds = [share / (1 - share) for share in p]
            words = f"n = {n} per arm, shares {p[0]:g} and {p[1]:g}"
            for effect, truth, options in (
                (rs.risk_difference, p[0] - p[1], {}),
                (rs.risk_ratio, p[0] / p[1], {"zero_cells": "haldane"}),
                (rs.odds_ratio, odds[0] / odds[1], {"zero_cells": "haldane"}),
            ):
                draw = partial(two, effect=effect, p=p, n=n, **options)
                yield Case(effect.__name__, words, truth, draw, "large samples")
