"""PET-PEESE: the effect of a trial without sampling error, by two lines and a rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy.special import stdtr

from retrostats.estimate import Estimate
from retrostats.layout import ShownAsSentence, p_sentence
from retrostats.meta.bias.common import (
    as_sentence,
    own_error,
    plain,
    require_spread,
    require_trials,
)
from retrostats.meta.bias.lines import dispersed_line
from retrostats.meta.pooled import Pooled

#: One-sided: below it PET has found an effect, and PEESE gives its size (Stanley 2017).
CUT = 0.10
#: Fewer trials than this, or more heterogeneity, and the method misleads (Stanley 2017).
FEW, HETEROGENEOUS = 20, 0.80


@dataclass(frozen=True, slots=True, kw_only=True)
class PetPeese(ShownAsSentence):
    """Two lines to a trial without sampling error, and which of them the rule takes.

    Attributes
    ----------
    pet, pet_slope
        Effect where the standard error is 0, of the line on the standard error; and its slope.
    peese, peese_slope
        The same of the line on the sampling variance.
    p_one_sided
        Of no effect by PET, towards the side of the pooled effect.
    chosen
        ``"PEESE"`` if that p is below 0.10, else ``"PET"``.
    trials
        Number of trials.
    caveats
        What a reader must know.
    """

    pet: Estimate
    pet_slope: Estimate
    peese: Estimate
    peese_slope: Estimate
    p_one_sided: float
    chosen: Literal["PET", "PEESE"]
    trials: int
    caveats: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return str(self)

    @property
    def estimate(self) -> Estimate:
        """The effect that the rule takes."""
        return self.pet if self.chosen == "PET" else self.peese

    def __str__(self) -> str:
        sign = "<" if self.chosen == "PEESE" else ">="
        effect = str(self.estimate).partition(": ")[2]
        text = (
            f"PET-PEESE ({self.trials} trials): one-sided {p_sentence(self.p_one_sided)} of PET "
            f"{sign} {CUT:.2f}, so {self.chosen}: effect without sampling error {effect}"
        )
        return as_sentence(text, self.caveats)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return plain(self) | {"estimate": self.estimate.to_dict()}


def pet_peese(pooled: Pooled) -> PetPeese:
    r"""Extrapolate to a trial without sampling error.

    .. math::  \text{PET: } y_i = \beta_0 + \beta_1\,se_i + e_i,\qquad
               \text{PEESE: } y_i = \beta_0 + \beta_1\,v_i + e_i,

    both with weights :math:`1/v_i`, an estimated dispersion, and t with ``k - 2`` degrees of
    freedom. PET is biased where there is an effect, PEESE where there is none; so PEESE is taken
    if PET finds an effect in the direction of the pooled one (one-sided p below 0.10), else PET.

    Use it as a sensitivity analysis when twenty or more trials are pooled and some are large;
    not with few trials or much heterogeneity: both lines then reach far beyond the data, and the
    rule picks between them by chance.

    Parameters
    ----------
    pooled
        A pool of three or more trials.

    Returns
    -------
    PetPeese
        Both estimates with their slopes, and which one the rule takes.

    Raises
    ------
    DataError
        If there are fewer than three trials, or all have the same standard error.
    FitError
        If the trials lie on a line, so that there is no residual to take an error from.

    References
    ----------
    .. [1] Stanley TD, Doucouliagos H (2014). Res Synth Methods 5, 60-78. doi:10.1002/jrsm.1095
    .. [2] Stanley TD (2017). Soc Psychol Personal Sci 8, 581-591. doi:10.1177/1948550617693062

    Examples
    --------
    >>> import retrostats as rs
    >>> values, errors = (-12, -3, -7, -5, -9), (4.0, 1.5, 3.0, 2.0, 3.5)
    >>> trials = [
    ...     rs.Estimate.from_se(f"Trial {name}", value, se, unit="mm")
    ...     for name, value, se in zip("ABCDE", values, errors)
    ... ]
    >>> result = rs.pet_peese(rs.pool(trials))
    >>> result.chosen, round(result.pet.value, 2), round(result.peese.value, 2)
    ('PET', 1.69, -1.89)
    """
    require_trials("pet_peese", pooled, 3)
    require_spread("pet_peese", "standard error", np.sqrt(pooled.v))
    unit = pooled.pooled.unit
    pet, pet_slope = _line(pooled, "PET", np.sqrt(pooled.v), "")
    peese, peese_slope = _line(pooled, "PEESE", pooled.v, f"1/{unit}" if unit else "")
    towards = float(np.sign(pooled.pooled.value))
    # A pooled effect of exactly 0 has no side; nothing then speaks for an effect.
    p = float(stdtr(pet.df, -towards * pet.value / pet.se)) if towards else 1.0
    return PetPeese(
        pet=pet,
        pet_slope=pet_slope,
        peese=peese,
        peese_slope=peese_slope,
        p_one_sided=p,
        chosen="PEESE" if p < CUT else "PET",
        trials=len(pooled.trials),
        caveats=_caveats(pooled),
    )


def _line(pooled: Pooled, name: str, predictor: np.ndarray, unit: str) -> tuple[Estimate, Estimate]:
    line = dispersed_line("pet_peese", pooled.y, pooled.v, predictor)
    df, level = line.df, pooled.level
    effect = Estimate.from_se(
        name, line.intercept, line.intercept_se, unit=pooled.pooled.unit, df=df, level=level
    )
    slope = Estimate.from_se(
        f"slope of {name}", line.slope, line.slope_se, unit=unit, df=df, level=level
    )
    return effect, slope


def _caveats(pooled: Pooled) -> tuple[str, ...]:
    found: tuple[str, ...] = ()
    k = len(pooled.trials)
    if k < FEW:
        text = f"{k} trials: with fewer than {FEW} the extrapolation is unstable"
        found += (f"{text}, and which line is taken is largely chance",)
    if pooled.i2 > HETEROGENEOUS:
        found += (f"I squared is above {HETEROGENEOUS:.0%}, where the method misleads",)
    return found + own_error(pooled.pooled.unit, "the limit is biased")
