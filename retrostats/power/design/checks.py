"""What a design cannot be: every fault with its place, in one list."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from retrostats.arrays import Floats
from retrostats.plan.words import counted
from retrostats.power.design.fields import DesignArm, DesignFields, SimulatedCovariate

#: Correlations are written with a few digits; a matrix that differs from its transpose by less
#: than this is symmetric.
_SYMMETRIC = 1e-12
#: Below this the smallest eigenvalue of a correlation matrix is 0 but for rounding.
_POSITIVE = 1e-10
#: Shares that add up to 1 but for their last digits.
_WHOLE = 1e-9
#: A step finer than this part of the SD changes nothing that a trial could show.
_FINEST = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Place:
    """Where in a design something stands; of repeated tables `position` counts from 0."""

    table: str = ""
    position: int | None = None
    key: str = ""

    def __str__(self) -> str:
        table = self.table if self.position is None else f"{self.table}[{self.position + 1}]"
        return ".".join(part for part in (table, self.key) if part)


Found = Iterator[tuple[Place, str]]


def design_faults(given: DesignFields) -> list[tuple[Place, str]]:
    """Return everything that is wrong with a design; empty when nothing is."""
    return [fault for rule in RULES for fault in rule(given)]


def _is(number: object) -> bool:
    right = isinstance(number, (int, float, np.number)) and not isinstance(number, bool)
    return right and math.isfinite(number)  # type: ignore[arg-type]


def _words(given: DesignFields) -> Found:
    for key in ("title", "outcome"):
        if not str(getattr(given, key)).strip():
            yield Place(key=key), f"{key} is empty; expected words"
    if given.better not in ("lower", "higher"):
        yield Place(key="better"), f"{given.better!r} is no direction; expected lower or higher"


def _visits(given: DesignFields) -> Found:
    if len(given.visits) < 2:
        yield Place(table="visits"), "expected the baseline and one visit after it at least"
    if len(given.weeks) != len(given.visits):
        yield Place(table="visits"), _lengths(given.weeks, "week", given)
    for label in _twice(given.visits):
        yield Place(table="visits"), f"two visits are called {label!r}; give each its own label"
    if given.weeks and given.weeks[0] != 0:
        first = Place(table="visits", position=0, key="week")
        yield first, f"the first visit is the baseline, week 0; got {given.weeks[0]}"
    for at, (before, after) in enumerate(pairwise(given.weeks), start=1):
        if not (_is(before) and _is(after)):
            yield Place(table="visits"), f"weeks are numbers; got {before} and {after}"
        elif not before < after:
            place = Place(table="visits", position=at, key="week")
            yield place, f"week {after:g} does not follow week {before:g}; put them in order"


def _lengths(numbers: Sequence[float], one: str, given: DesignFields) -> str:
    return f"{counted(len(numbers), one)} for {counted(len(given.visits), 'visit')}"


def _sds(given: DesignFields) -> Found:
    if len(given.sds) != len(given.visits):
        yield Place(table="visits"), _lengths(given.sds, "SD", given)
    for at, sd in enumerate(given.sds):
        if not _is(sd) or sd <= 0:
            yield Place(table="visits", position=at, key="sd"), f"an SD is above 0; got {sd}"


def _correlation(given: DesignFields) -> Found:
    place, size = Place(key="correlation"), len(given.visits)
    rows = given.correlation
    if size < 2:
        return  # told already
    if len(rows) != size or any(len(row) != size for row in rows):
        yield place, f"expected {size} rows of {size} numbers, one for each visit"
        return
    if not all(_is(number) for row in rows for number in row):
        yield place, "expected numbers from -1 to 1"
        return
    matrix = np.array(rows, dtype=float)
    if not (np.diag(matrix) == 1).all():
        yield place, "a score correlates with itself by 1; expected ones on the diagonal"
    if np.abs(matrix - matrix.T).max() > _SYMMETRIC:
        at = np.unravel_index(np.argmax(np.abs(matrix - matrix.T)), matrix.shape)
        i, j = sorted(int(k) for k in at)
        pair = f"{given.visits[i]} with {given.visits[j]}"
        yield place, f"not symmetric: {pair} is {matrix[i, j]:g} and {matrix[j, i]:g}"
    elif np.linalg.eigvalsh(matrix)[0] < _POSITIVE:
        yield place, _impossible(matrix[np.triu_indices(size, 1)], size)
    elif not all(_is(each.correlation) for each in given.covariates):
        return  # told where it stands
    elif given.covariates and np.linalg.eigvalsh(given.joint_correlation())[0] < _POSITIVE:
        why = "the covariates cannot correlate so strongly with scores that correlate so"
        yield Place(table="covariates"), f"{why}; lower their correlation"


def _impossible(pairs: Floats, size: int) -> str:
    """Say why no scores of `size` visits have these correlations, shape ``(pairs,)``."""
    outside = pairs[np.abs(pairs) > 1]
    if len(outside):
        first = outside[np.abs(outside).argmin()]  # of a power of the number written, that number
        hint = f"; write {first:g}% as {first / 100:g}" if 2 <= first < 100 else ""
        return f"correlations lie between -1 and 1; got {first:g}{hint}"
    why = "no scores can correlate so (the matrix is not positive definite)"
    if (pairs == pairs[0]).all():
        return f"{why}; alike at {size} visits, it lies above -1/{size - 1} and below 1"
    return f"{why}; put the numbers closer together"


def _arms(given: DesignFields) -> Found:
    if len(given.arms) < 2:
        yield Place(table="arms"), f"a trial compares two arms at least; got {len(given.arms)}"
    for label in _twice(given.labels):
        yield Place(table="arms"), f"two arms are called {label!r}; give each its own label"
    for position, arm in enumerate(given.arms):
        for key, message in _arm(arm, given):
            yield Place(table="arms", position=position, key=key), message


def _arm(arm: DesignArm, given: DesignFields) -> Iterator[tuple[str, str]]:
    visits = len(given.visits)
    if not arm.label.strip():
        yield "label", "the label is empty; expected words"
    if not _is(arm.allocation) or arm.allocation <= 0:
        yield "allocation", f"expected a number above 0; got {arm.allocation}"
    if len(arm.means) != visits:
        yield "means", f"{_lengths(arm.means, 'mean', given)}; expected one for each"
    elif not all(_is(mean) for mean in arm.means):
        yield "means", "expected numbers"
    elif given.scale is not None and given.scale.low < given.scale.high:
        outside = [m for m in arm.means if not given.scale.low <= m <= given.scale.high]
        if outside:
            ends = f"{given.scale.low:g} to {given.scale.high:g}"
            yield "means", f"{outside[0]:g} lies outside the scale, {ends}"
    if any(arm.dropout) or len(arm.dropout) != len(arm.means):
        yield from _gone(arm.dropout, given)


def _gone(shares: tuple[float, ...], given: DesignFields) -> Iterator[tuple[str, str]]:
    if len(shares) != len(given.visits):
        yield "dropout", f"{_lengths(shares, 'share', given)}; expected one for each"
    elif not all(_is(share) and 0 <= share < 1 for share in shares):
        yield "dropout", "expected shares from 0 to below 1, as in 0.1 for 10%"
    else:
        if shares[0] != 0:
            yield "dropout", f"nobody is gone at baseline; expected 0 first, got {shares[0]:g}"
        if any(b < a for a, b in pairwise(shares)):
            yield "dropout", "who is gone stays away; expected shares that never fall"


def _leaving(given: DesignFields) -> Found:
    how, place = given.dropout, Place(table="dropout", key="odds_ratio")
    if how.mechanism not in ("MCAR", "MAR"):
        at = Place(table="dropout", key="mechanism")
        yield at, f"{how.mechanism!r} is not known; expected MCAR or MAR"
    if not _is(how.odds_ratio) or not 0.01 <= how.odds_ratio <= 100:
        yield place, f"expected an odds ratio from 0.01 to 100; got {how.odds_ratio}"
    elif how.mechanism == "MCAR" and how.odds_ratio != 1:
        yield place, "MCAR means that scores do not count; leave it out, or write MAR"
    if not _is(given.intermittent) or not 0 <= given.intermittent < 1:
        told = f"expected a share from 0 to below 1, as in 0.02 for 2%; got {given.intermittent}"
        yield Place(key="intermittent"), told


def _scale(given: DesignFields) -> Found:
    scale = given.scale
    if scale is None:
        return
    if not scale.low < scale.high:
        yield Place(table="scale"), f"low {scale.low:g} must be below high {scale.high:g}"
    if scale.step is None:
        return
    at = Place(table="scale", key="step")
    if not _is(scale.step) or scale.step <= 0:
        yield at, f"expected a number above 0; got {scale.step}"
        return
    steps = (scale.high - scale.origin) / scale.step
    if math.isfinite(steps) and abs(steps - round(steps)) > 1e-6:
        yield at, f"steps of {scale.step:g} from {scale.origin:g} never reach {scale.high:g}"
    if given.sds and all(_is(sd) for sd in given.sds) and scale.step < _FINEST * max(given.sds):
        yield at, "so fine a step changes nothing beside these SDs; leave it out"


def _covariates(given: DesignFields) -> Found:
    for name in _twice(tuple(each.name for each in given.covariates)):
        yield Place(table="covariates"), f"two covariates are called {name!r}"
    for position, each in enumerate(given.covariates):
        for key, message in _covariate(each):
            yield Place(table="covariates", position=position, key=key), message


def _covariate(each: SimulatedCovariate) -> Iterator[tuple[str, str]]:
    if each.name in ("", "arm", "visit", "week", "baseline", "subject"):
        yield "name", f"{each.name!r} stands for the design; give the covariate a name of its own"
    if not _is(each.correlation) or not -1 < each.correlation < 1:
        yield "correlation", f"expected a number between -1 and 1; got {each.correlation}"
    if not each.levels and not each.shares:
        if not _is(each.mean):
            yield "mean", f"expected a number; got {each.mean}"
        if not _is(each.sd) or each.sd <= 0:
            yield "sd", f"an SD is above 0; got {each.sd}"
        return
    if len(each.levels) < 2 or list(_twice(each.levels)):
        yield "levels", "a category has two levels at least, each with its own label"
    if len(each.shares) != len(each.levels):
        yield "shares", f"{len(each.shares)} shares for {len(each.levels)} levels"
    elif not all(_is(share) and share > 0 for share in each.shares):
        yield "shares", "every level needs a share above 0"
    elif abs(sum(each.shares) - 1) > _WHOLE:
        yield "shares", f"shares add up to 1; these add up to {sum(each.shares):.10g}"


def _twice(labels: tuple[str, ...]) -> Iterator[str]:
    yield from (label for label in dict.fromkeys(labels) if labels.count(label) > 1)


#: Every rule, in the order of the file.
RULES: tuple[Callable[[DesignFields], Found], ...] = (
    _words,
    _visits,
    _sds,
    _correlation,
    _arms,
    _leaving,
    _scale,
    _covariates,
)
