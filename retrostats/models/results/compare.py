"""Likelihood-ratio tests between nested mixed models, on the boundary too."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from retrostats.errors import DataError
from retrostats.layout import ShownAsSentence, number, p_sentence
from retrostats.models.maximum.likelihood import Method

#: The larger model may have a log-likelihood lower by this share of it: rounding.
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What a likelihood-ratio test needs to know of a fit.

    Attributes
    ----------
    label
        What messages call it.
    loglik
        Restricted or full log-likelihood.
    method
        ``"reml"`` or ``"ml"``.
    n_rows
        Rows used.
    columns
        Names of the columns of the mean that were kept.
    n_covariance
        Covariance parameters.
    effects
        Names of the random effects, in any order; empty for none.
    covariance
        Name of the covariance structure of the visits; empty for random effects.
    data
        Fingerprint of the outcome and the rows used; the fits must agree in it.
    """

    label: str
    loglik: float
    method: Method
    n_rows: int
    columns: tuple[str, ...]
    n_covariance: int
    effects: tuple[str, ...] = ()
    covariance: str = ""
    data: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class LikelihoodRatio(ShownAsSentence):
    """A likelihood-ratio test.

    Attributes
    ----------
    statistic
        Twice the difference of the log-likelihoods, 0 when rounding makes it negative.
    df
        Degrees of freedom of the chi-square distributions that are mixed.
    weights
        Their shares.
    p
        Probability of a statistic as large or larger.
    reference
        The distribution, in words.
    caution
        Why p is too large, where the distribution is not the one that holds; else empty.
    """

    statistic: float
    df: tuple[int, ...]
    weights: tuple[float, ...]
    p: float
    reference: str
    caution: str = ""

    def __str__(self) -> str:
        df = " and ".join(map(str, self.df))
        shares = ":".join(f"{100 * weight:g}" for weight in self.weights)
        mixed = f"{shares} mixture of " if len(self.df) > 1 else ""
        said = f"likelihood ratio {number(self.statistic, 2)}, {mixed}chi-square {df} df"
        return f"{said}, {p_sentence(self.p)}{'; ' + self.caution if self.caution else ''}"

    def __repr__(self) -> str:
        return str(self)


def mixture_p(statistic: float, df: Sequence[int], weights: Sequence[float]) -> float:
    """Return the upper tail of a mixture of chi-square distributions.

    Parameters
    ----------
    statistic
        At least 0.
    df
        Degrees of freedom; 0 is the point mass at 0.
    weights
        Shares, summing to 1.

    Examples
    --------
    >>> round(mixture_p(2.705543, (0, 1), (0.5, 0.5)), 6)
    0.05
    """
    from scipy.special import gammaincc

    tail = 0.0
    for degrees, weight in zip(df, weights, strict=True):
        # At zero every distribution, the point mass too, lies wholly at or above.
        upper = float(statistic <= 0) if degrees == 0 else gammaincc(degrees / 2, statistic / 2)
        tail += weight * float(upper)
    return tail


def likelihood_ratio(smaller: Compared, larger: Compared) -> LikelihoodRatio:
    """Test a model against a larger one in which it is nested.

    Parameters
    ----------
    smaller, larger
        Fits of the same rows by the same method.

    Returns
    -------
    LikelihoodRatio
        With the chi-square distribution when the random effects are the same. With one random
        effect more, whose variance is 0 in the smaller model, the 50:50 mixture of the
        distributions with d - 1 and d degrees of freedom, d the number of further parameters:
        q + 1 correlated effects against q mix q and q + 1 [1]_ [2]_. With several more, the
        chi-square distribution with d, whose p is too large.

    Raises
    ------
    DataError
        With every reason why the fits cannot be compared.

    References
    ----------
    .. [1] Self SG, Liang KY (1987). J Am Stat Assoc 82, 605-610.
       doi:10.1080/01621459.1987.10478472
    .. [2] Stram DO, Lee JW (1994). Biometrics 50, 1171-1177. doi:10.2307/2533455
    """
    faults = _faults(smaller, larger)
    if faults:
        raise DataError(
            f"likelihood-ratio test of {smaller.label} against {larger.label}: " + "; ".join(faults)
        )
    statistic = max(0.0, 2 * (larger.loglik - smaller.loglik))
    more = len(larger.columns) - len(smaller.columns)
    d = more + larger.n_covariance - smaller.n_covariance
    further = len(set(larger.effects) - set(smaller.effects))
    df: tuple[int, ...] = (d,)
    weights: tuple[float, ...] = (1.0,)
    reference, caution = f"chi-square with {d} degrees of freedom", ""
    if further == 1:
        df, weights = (d - 1, d), (0.5, 0.5)
        reference = (
            f"50:50 mixture of chi-square with {d - 1} and {d} degrees of freedom: a variance is "
            "on the boundary under the smaller model"
        )
    elif further > 1:
        caution = f"cautious: {further} variances are on the boundary under the smaller model"
        reference += f", {caution}"
    return LikelihoodRatio(
        statistic=statistic,
        df=df,
        weights=weights,
        p=mixture_p(statistic, df, weights),
        reference=reference,
        caution=caution,
    )


def _faults(smaller: Compared, larger: Compared) -> list[str]:
    faults = []
    if smaller.method != larger.method:
        faults.append(f"one was fitted by {smaller.method}, the other by {larger.method}")
    elif smaller.method == "reml" and set(smaller.columns) != set(larger.columns):
        faults.append(
            "restricted likelihoods of different means are not comparable; refit both with "
            'method="ml"'
        )
    if smaller.n_rows != larger.n_rows or smaller.data != larger.data:
        faults.append(
            f"they use different rows, outcomes, subjects or weights ({smaller.n_rows} and "
            f"{larger.n_rows} rows), or one of them came in parts; fit both to the same data in "
            "the same way"
        )
    lacking = [name for name in smaller.columns if name not in larger.columns]
    lacking += [f"random {name}" for name in smaller.effects if name not in larger.effects]
    if lacking:
        faults.append(f"not nested: the larger model lacks {', '.join(lacking)}")
    elif not _nested(smaller.covariance, larger.covariance):
        faults.append(
            f"not nested: {smaller.covariance} is no special case of {larger.covariance}; compare "
            "their information criteria"
        )
    elif _parameters(larger) <= _parameters(smaller):
        faults.append(
            f"not nested: the second has {_parameters(larger)} parameters, the first "
            f"{_parameters(smaller)}; give the larger model second"
        )
    elif not faults and _lower(smaller, larger):
        faults.append(
            f"the larger model has the lower log-likelihood ({larger.loglik:.6f} < "
            f"{smaller.loglik:.6f}), so they are not nested or one is not at its maximum"
        )
    return faults


#: Structures that contain each built-in one, itself left out.
_WIDER = {
    "cs": {"csh", "toep", "toeph", "us"},
    "csh": {"toeph", "us"},
    "ar1": {"arh1", "toep", "toeph", "ad", "adh", "us"},
    "arh1": {"toeph", "adh", "us"},
    "toep": {"toeph", "us"},
    "toeph": {"us"},
    "ad": {"adh", "us"},
    "adh": {"us"},
    "us": set(),
}


def _nested(smaller: str, larger: str) -> bool:
    """Tell whether a structure contains another; for one's own the user must know."""
    if smaller not in _WIDER or larger not in _WIDER:
        return True
    return smaller == larger or larger in _WIDER[smaller]


def _parameters(fit: Compared) -> int:
    return len(fit.columns) + fit.n_covariance


def _lower(smaller: Compared, larger: Compared) -> bool:
    slack = ROUNDING * max(1.0, abs(smaller.loglik))
    return not math.isfinite(larger.loglik) or larger.loglik < smaller.loglik - slack
