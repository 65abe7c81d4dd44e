"""Bring effects of several kinds to the one scale on which they are pooled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from typing import Literal, TypeGuard

from retrostats.effects.conversions.converting import convert_effect
from retrostats.effects.ratio import Ratio
from retrostats.errors import DataError
from retrostats.estimate import Estimate, EstimateTable

Better = Literal["lower", "higher"]

#: What an effect on the scale of d may be called.
_IN_SDS = frozenset({"d", "g"})
#: Scales of events; between these and the others it counts which direction is a response.
_OF_EVENTS = frozenset(
    {"odds ratio", "log odds ratio", "risk ratio", "log risk ratio", "risk difference", "phi"}
)


def common_scale(
    effects: Sequence[Estimate | Ratio],
    *,
    sources: Sequence[str],
    to: str = "d",
    better: Better | None = None,
    control_risks: Mapping[str, float] | None = None,
) -> EstimateTable:
    """Bring effects of several trials to one scale, with what was assumed in the caption.

    Use it before `pool`, when some trials print means and others responders or odds ratios; not
    where all print one kind of effect: a conversion adds assumptions and no information.

    Parameters
    ----------
    effects
        One for each trial.
    sources
        Scale of each: ``"d"`` (or ``"g"``), ``"odds ratio"``, ``"risk ratio"``,
        ``"risk difference"`` or another name that `convert_effect` knows.
    to
        The common scale, one on which effects are pooled, or whose logarithm is: ``"d"``,
        ``"log odds ratio"``, ``"log risk ratio"``, ``"fisher z"``.
    better
        Direction of benefit on the scale of d, where the events are responses. ``None``: the event
        is a higher value.
    control_risks
        Share of the control group with the event, by the label of the effect, for those whose
        conversion needs it.

    Returns
    -------
    EstimateTable
        In the order given. The label of a converted effect says from what; standard errors are
        those of the delta method, so that the intervals are on the scale on which they are pooled.

    Raises
    ------
    DataError
        With every effect that cannot be converted, and why.
    TypeError
        If what is given is no list of effects, or no dict of risks.
    ValueError
        If ``sources`` does not name a scale for each effect.

    Examples
    --------
    >>> import retrostats as rs
    >>> pain = rs.Estimate.from_se("Trial A", -0.5, 0.2, unit="SD")
    >>> responders = rs.odds_ratio(12, 20, 6, 20, label="Trial B")
    >>> print(common_scale([pain, responders], sources=["d", "odds ratio"], better="lower")[1])
    Trial B, d from odds ratio: -0.691 SD (95% CI -1.41 to 0.0313)
    """
    _require_effects(effects, control_risks)
    if not _is_list(sources) or len(sources) != len(effects):
        raise ValueError(
            f"common_scale: give a list with a source for each of {len(effects)} effects, got "
            f"{sources!r}"
        )
    if to == "g":
        raise ValueError("common_scale: the scale of g is called 'd'; bias is corrected before")
    found: list[Estimate] = []
    problems: list[str] = []
    assumed: dict[str, None] = {}
    words: tuple[str, ...]
    for effect, source in zip(effects, sources, strict=True):
        try:
            if isinstance(effect, Estimate) and _same(source, to):
                one, words = _kept(effect, to), ()
            else:
                one, words = _converted(effect, source, to, better, control_risks or {})
        except ValueError as error:
            problems.append(f"{effect.label}: {error}")
            continue
        found.append(one)
        assumed |= dict.fromkeys(words)
    if problems:
        raise DataError("common_scale: " + "; ".join(problems))
    caption = f"On the scale of {to}"
    return EstimateTable(
        f"{caption}, assuming: {'; '.join(assumed)}" if assumed else caption, tuple(found)
    )


def _require_effects(effects: object, control_risks: object) -> None:
    """Refuse what is no list of effects, and risks without the names of effects."""
    if not _is_list(effects) or not all(isinstance(one, Estimate | Ratio) for one in effects):
        raise TypeError(f"common_scale: need a list of estimates or ratios; got {effects!r}")
    if not isinstance(control_risks, Mapping | None):
        raise TypeError(
            f"common_scale: control_risks must be a dict by label; got {control_risks!r}"
        )


def _is_list(given: object) -> TypeGuard[Sequence[object]]:
    """Whether something holds things in an order, and their number is known."""
    ordered = isinstance(given, Iterable) and hasattr(given, "__len__")
    return ordered and not isinstance(given, str | Mapping | Set)


def _same(source: str, to: str) -> bool:
    return source == to or {source, to} <= _IN_SDS


def _kept(effect: Estimate, to: str) -> Estimate:
    """Return an effect that is on the scale already; refuse one whose unit is another."""
    if to == "d" and effect.unit != "SD":
        raise ValueError(f"its unit is {effect.unit!r}, and the scale d is in 'SD'")
    return effect


def _converted(
    effect: Estimate | Ratio,
    source: str,
    to: str,
    better: Better | None,
    control_risks: Mapping[str, float],
) -> tuple[Estimate, tuple[str, ...]]:
    """Return an effect on the scale on which it is pooled, and what was assumed."""
    name = "d" if source == "g" else source
    between = (name in _OF_EVENTS) != (to in _OF_EVENTS)
    converted = convert_effect(
        effect,
        to,
        source=name,
        control_risk=control_risks.get(effect.label),
        better=better if between else None,
    )
    if converted.pooling is None:
        raise ValueError(f"effects are not pooled on the scale {to}")
    unit = "SD" if to == "d" else converted.pooling.unit
    label = f"{effect.label}, {to} from {name}"
    return replace(converted.pooling, label=label, unit=unit), converted.assumptions
