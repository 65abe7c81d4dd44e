"""Power of a trial that randomises clusters: classes, clinics, therapists."""

from __future__ import annotations

import math

from retrostats.effects.arguments import is_number, shown
from retrostats.power.closed.answer import PowerAnswer
from retrostats.power.closed.asked import Given, Sizes, question
from retrostats.power.closed.claims import Better, Goal
from retrostats.power.closed.design import Arms, Design, answer
from retrostats.power.closed.faults import number_faults, sd_faults
from retrostats.power.closed.means import TWO_ARMS
from retrostats.power.closed.slips import by_name
from retrostats.power.closed.words import quantity

_SOURCES = (
    (
        "Eldridge SM, Ashby D, Kerry S (2006), Sample size for cluster randomized trials, "
        "doi:10.1093/ije/dyl129"
    ),
)


@by_name
def power_clusters(  # noqa: PLR0913 - what a sample-size paragraph has to state
    *,
    sd: float,
    icc: float,
    cluster_size: float,
    size_cv: float = 0.0,
    difference: float | None = None,
    n: Sizes | None = None,
    power: float | None = None,
    ratio: float = 1.0,
    level: float = 0.95,
    goal: Goal = "superiority",
    margin: float | None = None,
    better: Better | None = None,
    unit: str = "",
) -> PowerAnswer:
    r"""Return the number of clusters, the power or the difference of a cluster randomised trial.

    Use it when whole classes or clinics are randomised; not where patients are randomised and
    treated in groups of one arm only, whose other arm has no clusters.

    .. math::  \mathrm{se}^2 = \frac{\sigma^2 D}{m}\left(\frac1{k_1} + \frac1{k_2}\right), \qquad
        D = 1 + \left((1 + \mathrm{cv}^2)\,m - 1\right)\rho, \qquad k_1 + k_2 - 2 \text{ df}

    Parameters
    ----------
    sd
        SD of single scores in both arms, between and within clusters together.
    icc
        Intracluster correlation, from 0 to below 1.
    cluster_size
        Mean number of subjects of a cluster who are analysed; inflate it for dropout yourself.
    size_cv
        Coefficient of variation of the sizes (their SD over their mean).
    difference, power, ratio, level, goal, margin, better, unit
        As in `power_two_groups`; the ratio is of clusters.
    n
        Clusters per arm, or one number for each: (treated, comparator).

    Returns
    -------
    PowerAnswer
        Its `n` and `total` count clusters; `each` is the cluster size. The t has as many degrees
        of freedom as there are clusters, minus 2: with few of them the normal quantiles of other
        formulas promise too much.

    Raises
    ------
    DataError
        With all faults. With very few clusters no cluster size gives the power: the variance
        between clusters stays.

    References
    ----------
    .. [1] Eldridge SM, Ashby D, Kerry S (2006). Int J Epidemiol 35, 1292-1300.
       doi:10.1093/ije/dyl129

    Examples
    --------
    >>> import retrostats as rs
    >>> answer = rs.power_clusters(difference=1.5, sd=2.1, icc=0.05, cluster_size=8, power=0.9)
    >>> print(answer.n, f"{answer.power:.1%}", answer.test)
    (9, 9) 93.3% t test of cluster means, weighted by size
    """
    faults = [
        *sd_faults("sd", sd),
        *_cluster_faults(icc, cluster_size, size_cv),
    ]
    given = Given(
        n=n, power=power, difference=difference, level=level, ratio=ratio, goal=goal,
        margin=margin, better=better, unit=unit,
    )  # fmt: skip
    asked = question("power_clusters", given, faults)
    effect = design_effect(icc, cluster_size, size_cv)

    def chance(difference: float, arms: Arms) -> float:
        se = sd * math.sqrt(effect / cluster_size * (1 / arms[0] + 1 / arms[1]))
        return asked.claim.chance(difference, se, arms[0] + arms[1] - 2)

    design = Design(
        function="power_clusters",
        words="two parallel arms of randomised clusters",
        test="t test of cluster means, weighted by size",
        arms=TWO_ARMS,
        chance=chance,
        least=2 / min(asked.allocation),
        scale=sd,
        counted="clusters",
        each=float(cluster_size),
        takes=(
            f"a standard deviation of {quantity(sd, unit)} in both arms",
            f"an intracluster correlation of {icc:.4g}",
            (
                f"a mean cluster size of {cluster_size:.4g} with a coefficient of variation of "
                f"{size_cv:.4g}"
            ),
        ),
        follows=(f"The design effect is {effect:.4g}",),
        assumptions=("Cluster means are taken as normal", "Clusters count by their size"),
        sources=_SOURCES,
    )
    return answer(design, asked)


def design_effect(icc: float, cluster_size: float, size_cv: float = 0.0) -> float:
    """Return how many times the variance of a mean grows because subjects come in clusters.

    Parameters
    ----------
    icc, cluster_size, size_cv
        As in `power_clusters`.

    Examples
    --------
    >>> round(design_effect(0.05, 8), 4), round(design_effect(0.05, 8, 0.5), 4)
    (1.35, 1.45)
    """
    return 1 + ((1 + size_cv**2) * cluster_size - 1) * icc


def _cluster_faults(icc: object, cluster_size: object, size_cv: object) -> list[str]:
    faults = number_faults("cluster_size", cluster_size, above=1 - 1e-12, meant="1 or more")
    if not (is_number(icc) and isinstance(icc, (int, float)) and 0 <= icc < 1):
        faults.append(f"icc must be from 0 to below 1; got {shown(icc)}")
    if not (is_number(size_cv) and isinstance(size_cv, (int, float)) and 0 <= size_cv < 10):
        faults.append(f"size_cv must be 0 or more, their SD over their mean; got {shown(size_cv)}")
    return faults
