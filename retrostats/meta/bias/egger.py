"""Egger's test in its variants: does the effect change with the size of the trial."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from retrostats.arrays import Floats
from retrostats.errors import DataError
from retrostats.estimate import Estimate
from retrostats.layout import ShownAsSentence, number, p_sentence
from retrostats.meta.bias.common import (
    as_sentence,
    few_trials,
    own_error,
    plain,
    require_spread,
    require_trials,
)
from retrostats.meta.bias.lines import Line, dispersed_line, mixed_line
from retrostats.meta.pooled import Pooled

Predictor = Literal["se", "variance", "n", "inverse root n"]
Model = Literal["mixed-effects", "weighted regression"]

#: What each predictor is called in a sentence.
_CALLED: dict[Predictor, str] = {
    "se": "standard error",
    "variance": "sampling variance",
    "n": "number of participants",
    "inverse root n": "inverse root of the number of participants",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EggerTest(ShownAsSentence):
    """A test whether effects change with the precision or the size of trials.

    Attributes
    ----------
    slope
        Change of the effect for one more of the predictor. Its ``p`` is that of the test.
    limit
        Effect of an infinitely large trial, where the line meets a predictor of 0; ``None`` for
        the predictor ``"n"``, which has no such end.
    predictor, model
        As asked for.
    tau2
        Variance between trials around the line; 0 for a weighted regression.
    trials
        Number of trials.
    caveats
        What a reader must know.
    """

    slope: Estimate
    limit: Estimate | None
    predictor: Predictor
    model: Model
    tau2: float
    trials: int
    caveats: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return str(self)

    @property
    def statistic(self) -> float:
        """Slope over its standard error: t, or z where ``df`` is infinite."""
        return self.slope.value / self.slope.se

    @property
    def df(self) -> float:
        """Degrees of freedom; ``inf`` is the normal."""
        return self.slope.df

    @property
    def p(self) -> float:
        """Two-sided p of no slope."""
        return self.slope.p

    def __str__(self) -> str:
        kind = "mixed-effects model" if self.model == "mixed-effects" else self.model
        name = "z" if math.isinf(self.df) else f"t({self.df:g})"
        text = (
            f"Egger's test ({kind} on the {_CALLED[self.predictor]}, {self.trials} trials): "
            f"slope {self.slope.value:.3g}, {name} = {number(self.statistic, 2)}, "
            f"{p_sentence(self.p)}"
        )
        if self.limit is not None:
            end = str(self.limit).partition(": ")[2]
            text += f"; effect as the {_CALLED[self.predictor]} goes to 0: {end}"
        return as_sentence(text, self.caveats)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; what is not finite becomes ``None``."""
        tested = {"statistic": self.statistic, "p": self.p}
        return plain(self) | tested | {"df": None if math.isinf(self.df) else self.df}


def egger_test(
    pooled: Pooled,
    *,
    predictor: Predictor = "se",
    model: Model = "weighted regression",
    sizes: Sequence[float] | None = None,
) -> EggerTest:
    r"""Test whether the effect changes with the precision of the trials.

    .. math::  y_i = \beta_0 + \beta_1 x_i + e_i,\qquad H_0: \beta_1 = 0

    Use it when ten or more trials of clearly different sizes are pooled; not to prove or to
    exclude publication bias: small trials may differ for other reasons, and with fewer trials the
    test finds little. For standardised effects choose ``predictor="inverse root n"``.

    Parameters
    ----------
    pooled
        A pool of three or more trials.
    predictor
        ``"se"`` (Egger's own), ``"variance"``, ``"n"`` or ``"inverse root n"``; the last two need
        ``sizes``.
    model
        ``"weighted regression"``: Egger's own, weights ``1 / v`` and a dispersion that is
        estimated, t with ``k - 2`` degrees of freedom. ``"mixed-effects"``: with a variance
        between trials, by the estimator and the test of the pool.
    sizes
        Participants of each trial, in the order of the trials.

    Returns
    -------
    EggerTest
        Slope, its test, and the effect where the predictor goes to 0.

    Raises
    ------
    DataError
        If there are fewer than three trials, sizes are missing or wrong, or the predictor is the
        same in all trials.
    FitError
        If the trials lie on a line, so that there is no residual to take an error from.
    ValueError
        If ``predictor`` or ``model`` is another word.

    References
    ----------
    .. [1] Egger M et al. (1997). BMJ 315, 629-634. doi:10.1136/bmj.315.7109.629
    .. [2] Sterne JAC et al. (2011). BMJ 343, d4002. doi:10.1136/bmj.d4002
    .. [3] Pustejovsky JE, Rodgers MA (2019). Res Synth Methods 10, 57-71. doi:10.1002/jrsm.1332

    Examples
    --------
    >>> import retrostats as rs
    >>> values, errors = (-12, -3, -7, -5, -9), (4.0, 1.5, 3.0, 2.0, 3.5)
    >>> trials = [
    ...     rs.Estimate.from_se(f"Trial {name}", value, se, unit="mm")
    ...     for name, value, se in zip("ABCDE", values, errors)
    ... ]
    >>> test = rs.egger_test(rs.pool(trials))
    >>> round(test.slope.value, 2), round(test.limit.value, 2), test.df
    (-3.17, 1.69, 3.0)
    """
    require_trials("egger_test", pooled, 3)
    if predictor not in tuple(_CALLED):
        raise ValueError(f"predictor must be one of {', '.join(_CALLED)}; got {predictor!r}")
    if model not in get_args(Model):
        raise ValueError(f"model must be one of {', '.join(get_args(Model))}; got {model!r}")
    x = _predictor(pooled, predictor, sizes)
    require_spread("egger_test", _CALLED[predictor], x)
    if model == "weighted regression":
        line = dispersed_line("egger_test", pooled.y, pooled.v, x)
    else:
        line = mixed_line(
            "egger_test", pooled.y, pooled.v, x, estimator=pooled.tau2_of, test=pooled.test
        )
    slope, limit = _estimates(line, pooled, predictor)
    caveats = few_trials(len(pooled.trials))
    if predictor in ("se", "variance"):
        caveats += own_error(pooled.pooled.unit, "prefer predictor='inverse root n'")
    return EggerTest(
        slope=slope,
        limit=limit,
        predictor=predictor,
        model=model,
        tau2=line.tau2,
        trials=len(pooled.trials),
        caveats=caveats,
    )


def _predictor(pooled: Pooled, predictor: Predictor, sizes: Sequence[float] | None) -> Floats:
    """Return the predictor of each trial, shape ``(k,)``."""
    if predictor == "se":
        return np.sqrt(pooled.v)
    if predictor == "variance":
        return pooled.v
    n = _checked_sizes(pooled, predictor, sizes)
    return n if predictor == "n" else 1 / np.sqrt(n)


def _checked_sizes(pooled: Pooled, predictor: Predictor, sizes: Sequence[float] | None) -> Floats:
    if sizes is None:
        raise DataError(
            f"egger_test: predictor {predictor!r} needs the participants of each trial; give "
            "sizes=[...] in the order of the trials"
        )
    try:
        n = np.asarray(sizes, dtype=np.float64)
    except (TypeError, ValueError):
        raise DataError(f"egger_test: sizes must be a list of numbers; got {sizes!r}") from None
    if n.shape != (len(pooled.trials),):
        raise DataError(
            f"egger_test: {n.size} sizes for {len(pooled.trials)} trials; give one for each"
        )
    wrong = [
        f"{study} has {size:g}"
        for study, size in zip(pooled.studies, n, strict=True)
        if not 0 < size < math.inf
    ]
    if wrong:
        raise DataError(f"egger_test: sizes must be above 0; {', '.join(wrong)}")
    return n


def _estimates(
    line: Line, pooled: Pooled, predictor: Predictor
) -> tuple[Estimate, Estimate | None]:
    """Return the slope and the effect at a predictor of 0."""
    unit = pooled.pooled.unit
    per = {"se": "", "variance": f"1/{unit}" if unit else "", "n": f"{unit} per participant"}
    slope = Estimate.from_se(
        "slope",
        line.slope,
        line.slope_se,
        unit=per.get(predictor, unit),
        df=line.df,
        level=pooled.level,
    )
    if predictor == "n":
        return slope, None
    limit = Estimate.from_se(
        "limit", line.intercept, line.intercept_se, unit=unit, df=line.df, level=pooled.level
    )
    return slope, limit
