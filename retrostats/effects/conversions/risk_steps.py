"""The steps that need a cut or a control risk, stable from tiny to huge log odds ratios."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import expit, log_ndtr, logit, ndtr, ndtri

from retrostats.effects.conversions.formulas import inside, log_odds_per_sd
from retrostats.effects.conversions.risks import phi_from_risks, risk_ratio_to_odds_ratio
from retrostats.effects.conversions.setting import Setting


def log_odds_of_d(d: float, setting: Setting) -> float:
    """Return the log odds ratio of the event beyond the cut."""
    if setting.assuming != "normal":
        return setting.sign * d * log_odds_per_sd(str(setting.assuming))
    cut = float(ndtri(setting.risk))
    beyond = cut + setting.sign * d
    # At no difference the two sides differ in their last digit, and 0 must stay 0.
    return float(log_ndtr(beyond) - log_ndtr(-beyond) - logit(setting.risk)) if d else 0.0


def d_of_log_odds(log_odds_ratio: float, setting: Setting) -> float:
    """Return d from the log odds ratio of the event beyond the cut."""
    if setting.assuming != "normal":
        return setting.sign * log_odds_ratio / log_odds_per_sd(str(setting.assuming))
    if not log_odds_ratio:
        return 0.0
    odds = log_odds_ratio + float(logit(setting.risk))
    # The smaller tail of the two keeps its digits.
    beyond = math.copysign(float(ndtri(expit(-abs(odds)))), odds)
    return setting.sign * (beyond - float(ndtri(setting.risk)))


def log_odds_slope(d: float, setting: Setting) -> float:
    """Return the change of the log odds ratio per SD."""
    if setting.assuming != "normal":
        return setting.sign * log_odds_per_sd(str(setting.assuming))
    beyond = float(ndtri(setting.risk)) + setting.sign * d
    density = math.exp(-(beyond**2) / 2) / math.sqrt(2 * math.pi)
    return setting.sign * density / float(ndtr(beyond) * ndtr(-beyond))


def treated_risk(log_odds_ratio: float, setting: Setting) -> float:
    """Return the treated risk."""
    return float(expit(log_odds_ratio + logit(setting.risk)))


def risk_difference_of_log_odds(log_odds_ratio: float, setting: Setting) -> float:
    """Return the risk difference, exactly 0 where the log odds ratio is."""
    risk, more = setting.risk, -math.expm1(-abs(log_odds_ratio))
    # Written for a positive and for a negative logarithm, so that nothing overflows or cancels.
    if log_odds_ratio > 0:
        return risk * (1 - risk) * more / (risk + (1 - risk) * (1 - more))
    return -risk * (1 - risk) * more / (1 - risk * more)


def log_odds_of_risk_difference(difference: float, setting: Setting) -> float:
    """Return the log odds ratio of a risk difference."""
    treated = inside("control_risk plus the risk difference", setting.risk + difference, 0, 1)
    return float(logit(treated) - logit(setting.risk))


def log_risk_ratio_of_log_odds(log_odds_ratio: float, setting: Setting) -> float:
    """Return the log risk ratio."""
    more = risk_difference_of_log_odds(log_odds_ratio, setting) / setting.risk
    # Beyond the last digit of 1 the treated risk is that of the odds.
    return (
        math.log1p(more)
        if more > -0.5
        else log_odds_ratio
        - float(np.logaddexp(math.log1p(-setting.risk), log_odds_ratio + math.log(setting.risk)))
    )


def log_odds_of_log_risk_ratio(log_risk_ratio: float, setting: Setting) -> float:
    """Return the log odds ratio of a log risk ratio."""
    return math.log(risk_ratio_to_odds_ratio(math.exp(log_risk_ratio), setting.risk))


def phi_of_log_odds(log_odds_ratio: float, setting: Setting) -> float:
    """Return the phi coefficient."""
    treated = treated_risk(log_odds_ratio, setting)
    return phi_from_risks(treated, setting.risk, share_treated=setting.share_treated)


def phi_slope(log_odds_ratio: float, setting: Setting) -> float:
    """Return the change of phi per unit of the log odds ratio."""
    share, risk = setting.share_treated, setting.risk
    treated = treated_risk(log_odds_ratio, setting)
    mean = share * treated + (1 - share) * risk
    variance = mean * (1 - mean)
    bend = (treated - risk) * share * (1 - 2 * mean) / (2 * variance)
    return treated * (1 - treated) * math.sqrt(share * (1 - share) / variance) * (1 - bend)
