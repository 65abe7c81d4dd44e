"""The scales of effects as a tree: each hangs on the scale from which one step leads to it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from retrostats.effects.conversions import formulas, normal, risk_steps, shares
from retrostats.effects.conversions.setting import Setting

Step = Callable[[float, Setting], float]
#: What the scale is at the lower and the upper end of the scale it hangs on.
Ends = tuple[tuple[float, float], tuple[float, float]]

ROOT = "d"
_ENDLESS = (-math.inf, math.inf)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """One scale, and the step that joins it to the scale it hangs on.

    Attributes
    ----------
    parent
        The scale it hangs on.
    down, up
        From the parent to here and back; ``up`` is ``None`` where there is no way back.
    slope
        Derivative of ``down``; ``None`` where effects are not pooled on this scale.
    ends
        The ends of the parent's scale, and the values here at those ends.
    uses
        Names of the arguments of the step.
    words
        What the step takes for granted.
    even
        Whether ``down`` loses the sign.
    """

    parent: str
    down: Step
    up: Step | None
    ends: Callable[[Setting], Ends]
    slope: Step | None = None
    uses: tuple[str, ...] = ()
    words: Callable[[Setting], tuple[str, ...]] = lambda _: ()
    even: bool = False


def _ends(parent: tuple[float, float], low: float, high: float) -> Callable[[Setting], Ends]:
    return lambda _: ((parent[0], low), (parent[1], high))


def _density(x: float) -> float:
    return math.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def _normal(_: Setting) -> tuple[str, ...]:
    return ("both groups normal with one SD",)


def _correlation(setting: Setting) -> tuple[str, ...]:
    return (
        "the groups are a true dichotomy",
        setting.sizes("large groups of one size (n1 and n2 not given)"),
    )


def _cut(setting: Setting) -> tuple[str, ...]:
    side = "below" if setting.better == "lower" else "above"
    shapes = {
        "logistic": "logistic outcome with one SD in both groups: the same odds ratio at every cut",
        "cox": "normal outcome with one SD in both groups, cut near the middle: "
        "1.65 log odds per SD (Cox)",
        "normal": "both groups normal with one SD, cut where the control group has its risk",
    }
    return shapes[str(setting.assuming)], f"the event is a value {side} the cut"


def _risk(setting: Setting) -> tuple[str, ...]:
    return (f"control risk {setting.risk:g}, taken as known without error",)


def _phi(setting: Setting) -> tuple[str, ...]:
    return (*_risk(setting), setting.sizes("arms of one size (n1 and n2 not given)"))


_RISK = ("control_risk",)

#: Every scale but d, on which all hang.
SCALES = {
    "r": Scale(
        parent="d",
        down=lambda d, s: formulas.d_to_r(d, n1=s.n1, n2=s.n2),
        up=lambda r, s: formulas.r_to_d(r, n1=s.n1, n2=s.n2),
        slope=lambda d, s: s.spread / (d * d + s.spread) ** 1.5,
        ends=_ends(_ENDLESS, -1, 1),
        uses=("n1",),
        words=_correlation,
    ),
    "fisher z": Scale(
        parent="r",
        down=lambda r, _: formulas.r_to_fisher_z(r),
        up=lambda z, _: formulas.fisher_z_to_r(z),
        slope=lambda r, _: 1 / ((1 - r) * (1 + r)),
        ends=_ends((-1, 1), *_ENDLESS),
    ),
    "eta squared": Scale(
        parent="r",
        down=lambda r, _: r * r,
        up=None,
        ends=_ends((-1, 1), 1, 1),
        words=lambda _: ("two groups: eta squared is r squared, and the sign is lost",),
        even=True,
    ),
    "f": Scale(
        parent="eta squared",
        down=lambda eta2, _: shares.eta_squared_to_f(eta2),
        up=lambda f, _: shares.f_to_eta_squared(f),
        ends=_ends((0, 1), 0, math.inf),
    ),
    "f squared": Scale(
        parent="eta squared",
        down=lambda eta2, _: shares.eta_squared_to_f_squared(eta2),
        up=lambda f2, _: shares.f_squared_to_eta_squared(f2),
        ends=_ends((0, 1), 0, math.inf),
    ),
    "probability of superiority": Scale(
        parent="d",
        down=lambda d, _: normal.d_to_superiority(d),
        up=lambda p, _: normal.superiority_to_d(p),
        slope=lambda d, _: _density(d / math.sqrt(2)) / math.sqrt(2),
        ends=_ends(_ENDLESS, 0, 1),
        words=_normal,
    ),
    "u2": Scale(
        parent="d",
        down=lambda d, _: normal.d_to_u2(d),
        up=None,
        ends=_ends(_ENDLESS, 1, 1),
        words=_normal,
        even=True,
    ),
    "u3": Scale(
        parent="d",
        down=lambda d, _: normal.d_to_u3(d),
        up=lambda u3, _: normal.u3_to_d(u3),
        slope=lambda d, _: _density(d),
        ends=_ends(_ENDLESS, 0, 1),
        words=_normal,
    ),
    "overlap": Scale(
        parent="d",
        down=lambda d, _: normal.d_to_overlap(d),
        up=None,
        ends=_ends(_ENDLESS, 0, 0),
        words=_normal,
        even=True,
    ),
    "log odds ratio": Scale(
        parent="d",
        down=risk_steps.log_odds_of_d,
        up=risk_steps.d_of_log_odds,
        slope=risk_steps.log_odds_slope,
        ends=lambda s: ((-math.inf, -s.sign * math.inf), (math.inf, s.sign * math.inf)),
        uses=("assuming", "better"),
        words=_cut,
    ),
    "odds ratio": Scale(
        parent="log odds ratio",
        down=lambda x, _: math.exp(x),
        up=lambda ratio, _: math.log(formulas.inside("odds ratio", ratio, 0, math.inf)),
        slope=lambda x, _: math.exp(x),
        ends=_ends(_ENDLESS, 0, math.inf),
    ),
    "log risk ratio": Scale(
        parent="log odds ratio",
        down=risk_steps.log_risk_ratio_of_log_odds,
        up=risk_steps.log_odds_of_log_risk_ratio,
        slope=lambda x, s: 1 - risk_steps.treated_risk(x, s),
        ends=lambda s: ((-math.inf, -math.inf), (math.inf, -math.log(s.risk))),
        uses=_RISK,
        words=_risk,
    ),
    "risk ratio": Scale(
        parent="log risk ratio",
        down=lambda x, _: math.exp(x),
        up=lambda ratio, _: math.log(formulas.inside("risk ratio", ratio, 0, math.inf)),
        slope=lambda x, _: math.exp(x),
        ends=_ends(_ENDLESS, 0, math.inf),
    ),
    "risk difference": Scale(
        parent="log odds ratio",
        down=risk_steps.risk_difference_of_log_odds,
        up=risk_steps.log_odds_of_risk_difference,
        slope=lambda x, s: math.prod(
            (risk_steps.treated_risk(x, s), 1 - risk_steps.treated_risk(x, s))
        ),
        ends=lambda s: ((-math.inf, -s.risk), (math.inf, 1 - s.risk)),
        uses=_RISK,
        words=_risk,
    ),
    "phi": Scale(
        parent="log odds ratio",
        down=risk_steps.phi_of_log_odds,
        up=None,
        slope=risk_steps.phi_slope,
        ends=lambda s: (
            (-math.inf, risk_steps.phi_of_log_odds(-math.inf, s)),
            (math.inf, risk_steps.phi_of_log_odds(math.inf, s)),
        ),
        uses=("control_risk", "n1"),
        words=_phi,
    ),
}

#: Where effects of a kind are pooled; a kind that is missing here is not pooled.
POOLED_ON = {
    "d": "d",
    "r": "fisher z",
    "fisher z": "fisher z",
    "probability of superiority": "probability of superiority",
    "log odds ratio": "log odds ratio",
    "odds ratio": "log odds ratio",
    "log risk ratio": "log risk ratio",
    "risk ratio": "log risk ratio",
    "risk difference": "risk difference",
    "phi": "phi",
}


def lineage(name: str) -> tuple[str, ...]:
    """Return the scale, the one it hangs on, and so on up to d.

    Examples
    --------
    >>> lineage("fisher z")
    ('fisher z', 'r', 'd')
    """
    return (name,) if name == ROOT else (name, *lineage(SCALES[name].parent))
