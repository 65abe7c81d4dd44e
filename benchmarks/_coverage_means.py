"""Intervals of differences of means and of standardised effects, in normal populations."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial

import numpy as np
from _coverage import Case, Limits
from numpy.random import Generator

import retrostats as rs
from retrostats.effects.paired import mean_change
from retrostats.effects.pre_post import pre_post_control_d, standardised_mean_change

#: Limits of the noncentral t take milliseconds: half as many data sets.
SLOW = 2
SIZES = ((10, 10), (20, 20), (50, 50), (12, 30))
EFFECTS = (0.0, 0.5, 1.2)


def arm(generator: Generator, name: str, n: int, mean: float, sd: float) -> rs.ArmSummary:
    return rs.ArmSummary.of(name, generator.normal(mean, sd, n))


def two(generator: Generator, *, effect, sizes, difference, sds=(1.0, 1.0), **options) -> Limits:
    """Draw two arms whose means differ, and return the limits of an effect of them."""
    treated = arm(generator, "treated", sizes[0], difference, sds[0])
    control = arm(generator, "control", sizes[1], 0.0, sds[1])
    return effect(treated, control, **options).ci[:2]


def pair(generator: Generator, n: int, change: float, r: float, sds=(1.0, 1.0)) -> rs.PairedSummary:
    """Draw one group at two visits."""
    first, noise = generator.standard_normal((2, n))
    after = change + sds[1] * (r * first + math.sqrt(1 - r * r) * noise)
    return rs.PairedSummary.of("pair", sds[0] * first, after)


def once(generator: Generator, *, effect, n, change, r, sds=(1.0, 1.0), **options) -> Limits:
    return effect(pair(generator, n, change, r, sds), **options).ci[:2]


def twice(generator: Generator, *, n, change, r, **options) -> Limits:
    """Draw two groups at two visits, of which one changes."""
    treated, control = pair(generator, n, change, r), pair(generator, n, 0.0, r)
    return pre_post_control_d(treated, control, **options).ci[:2]


def explained(generator: Generator, *, share, means, n, limits) -> Limits:
    """Draw arms with these means and return the limits of a share of variance explained."""
    drawn = [generator.normal(mean, 1.0, n) for mean in means]
    total = np.concatenate(drawn)
    between = n * sum((d.mean() - total.mean()) ** 2 for d in drawn) / (len(means) - 1)
    within = sum(d.var(ddof=1) for d in drawn) / len(means)
    df = len(means) - 1, len(total) - len(means)
    return share(between / within, *df, limits=limits).ci[:2]


def ratio(generator: Generator, *, effect, n, means, cv) -> Limits:
    """Draw log-normal arms, as of times and forces, with a common coefficient of variation."""
    spread = math.sqrt(math.log(1 + cv * cv))
    arms = [
        rs.ArmSummary.of(name, generator.lognormal(math.log(m) - spread**2 / 2, spread, n))
        for name, m in zip(("treated", "control"), means, strict=True)
    ]
    return effect(*arms).ci[:2]


def two_arm_cases() -> Iterator[Case]:
    for sizes in SIZES:
        words = f"n = {sizes[0]} and {sizes[1]}"
        welch, student = (
            partial(two, effect=rs.mean_difference, sizes=sizes, difference=0.5, method=method)
            for method in ("welch", "student")
        )
        yield Case("mean_difference, student", f"{words}, equal SDs", 0.5, student, "exact")
        yield Case("mean_difference, welch", f"{words}, equal SDs", 0.5, welch, "approximate")
        unequal = partial(welch, sds=(2.0, 1.0))
        yield Case("mean_difference, welch", f"{words}, SDs 2 and 1", 0.5, unequal, "approximate")
    for d in EFFECTS:
        for sizes in SIZES:
            words = f"d = {d:g}, n = {sizes[0]} and {sizes[1]}"
            for effect, promise in ((rs.cohens_d, "exact"), (rs.hedges_g, "approximate")):
                draw = partial(two, effect=effect, sizes=sizes, difference=d)
                yield Case(effect.__name__, words, d, draw, promise, SLOW)
            draw = partial(two, effect=rs.glass_delta, sizes=sizes, difference=d, sds=(1.5, 1.0))
            yield Case("glass_delta", f"{words}, SDs 1.5 and 1", d, draw, "approximate", SLOW)
            draw = partial(
                two, effect=rs.cohens_d, sizes=sizes, difference=d * math.sqrt(1.625),
                sds=(1.5, 1.0), standardiser="average",
            )  # fmt: skip
            words = f"{words}, SDs 1.5 and 1"
            yield Case("cohens_d, average SD", words, d, draw, "approximate", SLOW)


def paired_cases() -> Iterator[Case]:
    for n in (10, 20, 50):
        for r in (0.3, 0.7):
            words = f"n = {n}, r = {r:g}, change 0.8 SD"
            scale = math.sqrt(2 * (1 - r))
            common = {"n": n, "change": 0.8, "r": r}
            yield Case("mean_change", words, 0.8, partial(once, effect=mean_change, **common),
                       "exact")  # fmt: skip
            yield Case("paired_dz", words, 0.8 / scale,
                       partial(once, effect=rs.paired_dz, **common), "exact", SLOW)  # fmt: skip
            for effect in (rs.paired_dav, rs.paired_drm):
                draw = partial(once, effect=effect, **common)
                yield Case(effect.__name__, words, 0.8, draw, "approximate", SLOW)
            for standardiser, truth in (("before", 0.8), ("change", 0.8 / scale)):
                draw = partial(
                    once, effect=standardised_mean_change, standardiser=standardiser, **common
                )
                name = f"standardised_mean_change, {standardiser}"
                yield Case(name, words, truth, draw, "large samples", SLOW)
            for standardiser in ("pooled", "own"):
                draw = partial(twice, n=n, change=0.8, r=r, standardiser=standardiser)
                name = f"pre_post_control_d, {standardiser}"
                yield Case(name, f"n = {n} per arm, r = {r:g}, change 0.8 SD", 0.8, draw,
                           "large samples")  # fmt: skip


def variance_cases() -> Iterator[Case]:
    shares = (rs.partial_eta_squared, rs.partial_omega_squared, rs.partial_epsilon_squared)
    for share in shares:
        for limits in ("population", "effectsize"):
            for n in (10, 20, 50):
                for means in ((0.0, 0.0, 0.0), (0.0, 0.25, 0.5), (0.0, 0.4, 0.8)):
                    f2 = float(np.var(means))
                    words = f"3 arms of {n}, share explained {f2 / (1 + f2):.3f}"
                    draw = partial(explained, share=share, means=means, n=n, limits=limits)
                    promise = "exact" if limits == "population" else "approximate"
                    name = f"{share.__name__}, {limits}"
                    yield Case(name, words, f2 / (1 + f2), draw, promise)


def ratio_cases() -> Iterator[Case]:
    for n in (10, 20, 50):
        words = f"n = {n} per arm, log-normal, 0.3 of the mean as SD"
        draw = partial(ratio, effect=rs.ratio_of_means, n=n, means=(0.85, 1.0), cv=0.3)
        yield Case("ratio_of_means", words, 0.85, draw, "large samples")
        draw = partial(
            two, effect=rs.variability_ratio, sizes=(n, n), difference=0.5, sds=(1.5, 1.0)
        )
        yield Case("variability_ratio", f"n = {n} per arm, normal", 1.5, draw, "large samples")
