"""An effect on another scale, with the assumptions named."""

from __future__ import annotations

import math
from dataclasses import replace

from retrostats.effects.arguments import shown
from retrostats.effects.conversions.scales import POOLED_ON, ROOT, SCALES
from retrostats.effects.conversions.setting import Assuming, Better, Setting
from retrostats.effects.conversions.types import Converted
from retrostats.effects.conversions.walking import Carried, assumptions, carry, needs
from retrostats.effects.paired_t import SD_OF_CHANGE
from retrostats.effects.proportions.number_needed import NumberNeededToTreat, number_needed_to_treat
from retrostats.effects.proportions.ratios import Ratio
from retrostats.estimate import Estimate, Interval

#: Numbers needed to treat, and the scale whose reciprocal they are.
NEEDED = {"nnt": "risk difference", "nnt superiority": "probability of superiority"}
TARGETS = (ROOT, *SCALES, *NEEDED)
SOURCES = (ROOT, *(name for name, scale in SCALES.items() if scale.up is not None), "eta squared")


def convert_effect(
    effect: Estimate | Ratio,
    to: str,
    *,
    source: str | None = None,
    control_risk: float | None = None,
    n1: int | None = None,
    n2: int | None = None,
    assuming: Assuming | None = None,
    better: Better | None = None,
) -> Converted:
    """Carry an effect and its interval to another scale, and say what was assumed.

    Use it when trials print effects on different scales, or when readers should see an effect in
    SDs as responders; not when the raw values or the counts are at hand: every scale has an
    effect of its own that assumes less (`retrostats.probability_of_superiority`,
    `retrostats.risk_difference`). `retrostats.effect_from_t` and its kin are for test statistics.

    Parameters
    ----------
    effect
        An estimate, or a `Ratio` of `retrostats.odds_ratio` or `retrostats.risk_ratio`.
    to
        ``"d"``, ``"r"``, ``"fisher z"``, ``"eta squared"``, ``"f"``, ``"f squared"``,
        ``"probability of superiority"``, ``"u2"``, ``"u3"``, ``"overlap"``, ``"log odds ratio"``,
        ``"odds ratio"``, ``"log risk ratio"``, ``"risk ratio"``, ``"risk difference"``,
        ``"phi"``, ``"nnt"`` (Furukawa and Leucht) or ``"nnt superiority"`` (Kraemer and Kupfer).
    source
        The scale of ``effect``, by one of these names. May be left out for an estimate in SDs,
        which is taken as the d (or g) of two independent groups.
    control_risk
        Share of the control group with the event; needed for risks and their kin.
    n1, n2
        Group sizes, for r, eta squared and phi; without them groups of one size.
    assuming
        How an effect in SDs and shares beyond a cut belong together: ``"logistic"``, ``"cox"``
        (1.65 log odds per SD) or ``"normal"``, which needs ``control_risk``. By default
        ``"logistic"`` between d and odds ratios, ``"normal"`` between d and risks.
    better
        Between d and shares beyond a cut: the event is a response, a value on the better side.
        ``None``: the event is a higher value; a number needed to treat does not accept that.

    Returns
    -------
    Converted
        Limits are converted as the value is; p is that of the source. Where effects are pooled
        on the new scale or on its logarithm, `Converted.pooling` has a delta-method error.

    Raises
    ------
    ValueError
        If the scale of the effect is not known or is the SD of change, something needed is
        missing, something given plays no part, there is no way, or a limit has no place on the
        new scale.

    Examples
    --------
    >>> from retrostats.effects.convert import effect_from_t
    >>> print(convert_effect(effect_from_t(2.3, n1=20, n2=18), "odds ratio"))
    g from t, odds ratio from d: 3.77 (95% CI 1.16 to 12.1)
    assuming:
      - d is that of two independent groups over their common SD
      - logistic outcome with one SD in both groups: the same odds ratio at every cut
      - the event is a value above the cut
    """
    if not isinstance(effect, (Estimate, Ratio)):
        raise ValueError(f"effect: need an Estimate or a Ratio, got {shown(effect)}.")
    start, source, label = _source(effect, source)
    target = _known("to", to, TARGETS)
    base = NEEDED.get(target, target)
    setting = _setting(
        source,
        base,
        Setting(control_risk=control_risk, n1=n1, n2=n2, assuming=assuming, better=better),
    )
    _require_what_is_needed(source, target, setting, explicit=assuming is not None)
    begin = Carried(value=start.value, low=start.ci.low, high=start.ci.high, se=start.se)
    try:
        there = carry(begin, source, base, setting)
    except (OverflowError, ZeroDivisionError):
        there = replace(begin, value=math.nan)
    if not math.isfinite(there.value):
        raise ValueError(f"{label}: {start.value:g} on the scale {source} has no finite {base}")
    number = _number_needed(there, target, start, setting)
    best = (there.low, there.high) if number is None else number.limits
    return Converted(
        label=label,
        source=source.removeprefix("log ") if isinstance(effect, Ratio) else source,
        scale=target,
        value=there.value if number is None else number.value,
        ci=Interval(*best, start.ci.level),
        p=start.p,
        assumptions=_assumed(source, target, setting),
        pooling=_pooling(start, source, target, setting),
        number_needed=number,
    )


def _source(effect: Estimate | Ratio, source: str | None) -> tuple[Estimate, str, str]:
    """Return what is converted, from which scale, and its label."""
    if isinstance(effect, Ratio):
        name = _known(
            "source", str(source or "").removeprefix("log "), ("odds ratio", "risk ratio")
        )
        return effect.log, f"log {name}", effect.label
    if effect.unit == SD_OF_CHANGE:
        raise ValueError(
            f"{effect.label}: {effect.value:.3g} {SD_OF_CHANGE} is no d of two groups: the SD of "
            "change shrinks as the visits correlate, so it leads to no other scale. Use "
            "paired_dav() of the same group, which divides by the SDs of the visits, or "
            "pre_post_control_d() of two groups."
        )
    if source is None and effect.unit != "SD":
        raise ValueError(
            f"{effect.label}: nothing tells on which scale it is; say so with source=, one of "
            f"{', '.join(SOURCES)}."
        )
    return effect, _known("source", source or ROOT, SOURCES), effect.label


def _known(argument: str, name: str, names: tuple[str, ...]) -> str:
    if name not in names:
        raise ValueError(f"{argument} must be one of {', '.join(names)}; got {name!r}")
    return name


def _setting(source: str, base: str, setting: Setting) -> Setting:
    """Fill in the usual assumption, where d and shares beyond a cut meet."""
    if setting.assuming is not None or "assuming" not in needs(source, base, setting):
        return setting
    risks = {"log odds ratio", "odds ratio"}.isdisjoint((source, base))
    return replace(setting, assuming="normal" if risks else "logistic")


def _require_what_is_needed(source: str, target: str, setting: Setting, *, explicit: bool) -> None:
    needed = needs(source, NEEDED.get(target, target), setting)
    if target == "nnt superiority":
        needed = needed | {"better"}
    if "control_risk" in needed:
        _ = setting.risk
    if target in NEEDED and "better" in needed and setting.better is None:
        raise ValueError(
            f"{target} needs better='higher' or 'lower': which values of the outcome are benefit."
        )
    given = set(setting.given) - (set() if explicit else {"assuming"})
    idle = sorted("n1 and n2" if name == "n1" else name for name in given - needed)
    if idle:
        raise ValueError(
            f"{', '.join(idle)} plays no part between {source} and {target}; leave it out."
        )


def _number_needed(
    there: Carried, target: str, start: Estimate, setting: Setting
) -> NumberNeededToTreat | None:
    if target not in NEEDED:
        return None
    value, low, high = there.value, there.low, there.high
    if target == "nnt superiority":
        # How often the treated one of a pair does better, less how often worse.
        value, low, high = (setting.sign * (2 * x - 1) for x in (value, low, high))
        low, high = min(low, high), max(low, high)
    difference = Estimate(
        label=start.label,
        value=value,
        se=math.nan,
        df=math.inf,
        ci=Interval(low, high, start.ci.level),
        p=start.p,
        unit="",
    )
    return number_needed_to_treat(difference)


def _assumed(source: str, target: str, setting: Setting) -> tuple[str, ...]:
    texts = assumptions(source, NEEDED.get(target, target), setting)
    if target == "nnt superiority":
        return (
            *texts,
            f"{setting.better} values are better",
            "counts pairs of patients, not responders",
        )
    return (*texts, "the event is a benefit") if target == "nnt" else texts


def _pooling(start: Estimate, source: str, target: str, setting: Setting) -> Estimate | None:
    scale = POOLED_ON.get(target)
    if scale is None:
        return None
    begin = Carried(value=start.value, low=start.ci.low, high=start.ci.high, se=start.se)
    there = carry(begin, source, scale, setting)
    if not 0 < there.se < math.inf:
        return None
    return Estimate(
        label=start.label,
        value=there.value,
        se=there.se,
        df=math.inf,
        ci=Interval(there.low, there.high, start.ci.level),
        p=start.p,
        unit=scale,
    )
