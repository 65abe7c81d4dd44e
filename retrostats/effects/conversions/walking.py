"""Carrying a value and its interval from scale to scale along the tree."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from retrostats.effects.conversions.scales import ROOT, SCALES, lineage
from retrostats.effects.conversions.setting import Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A value on its way: where it is, its interval, its standard error (``nan``: none)."""

    value: float
    low: float
    high: float
    se: float


def route(source: str, to: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the scales that are climbed up from, and those that are climbed down to.

    Examples
    --------
    >>> route("fisher z", "odds ratio")
    (('fisher z', 'r'), ('log odds ratio', 'odds ratio'))
    """
    above, below = lineage(source), lineage(to)
    common = next(name for name in above if name in below)
    return above[: above.index(common)], below[: below.index(common)][::-1]


def needs(source: str, to: str, setting: Setting) -> frozenset[str]:
    """Return the names of the arguments that play a part on the way."""
    ups, downs = route(source, to)
    names = {name for scale in (*ups, *downs) for name in SCALES[scale].uses}
    if "assuming" in names and setting.assuming == "normal":
        names.add("control_risk")
    return frozenset(names)


def assumptions(source: str, to: str, setting: Setting) -> tuple[str, ...]:
    """Return what the way takes for granted, each once, in the order of the steps."""
    ups, downs = route(source, to)
    texts = [text for scale in (*ups, *downs) for text in SCALES[scale].words(setting)]
    if ROOT in (source, to):
        texts.insert(0, "d is that of two independent groups over their common SD")
    return tuple(dict.fromkeys(texts))


def carry(start: Carried, source: str, to: str, setting: Setting) -> Carried:
    """Carry a value with its interval from one scale to another.

    Raises
    ------
    ValueError
        If there is no way back from a scale, or a number cannot stand on its scale.
    """
    ups, downs = route(source, to)
    for name in ups:
        start = _up(start, name, setting)
    for name in downs:
        start = _down(start, name, setting)
    return start


def _down(here: Carried, name: str, setting: Setting) -> Carried:
    scale, ends = SCALES[name], dict(SCALES[name].ends(setting))

    def image(x: float) -> float:
        return ends[x] if x in ends else scale.down(x, setting)

    slope = math.nan if scale.slope is None else abs(scale.slope(here.value, setting))
    images = [image(here.low), image(here.high)]
    if scale.even and here.low < 0 < here.high:
        images.append(image(0.0))
    return Carried(
        value=scale.down(here.value, setting),
        low=min(images),
        high=max(images),
        se=here.se * slope,
    )


def _up(here: Carried, name: str, setting: Setting) -> Carried:
    scale = SCALES[name]
    if scale.up is None:
        raise ValueError(
            f"no way leads back from {name} alone: convert the effect, or the table, it came from."
        )
    ends = {end: parent for parent, end in scale.ends(setting)}
    step = scale.up
    images = [ends[x] if x in ends else step(x, setting) for x in (here.low, here.high)]
    value = step(here.value, setting)
    slope = math.nan if scale.slope is None else abs(scale.slope(value, setting))
    moved = replace(here, value=value, low=min(images), high=max(images))
    return replace(moved, se=here.se / slope if slope else math.nan)
