"""Multiple imputation of one outcome of a trial."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np

from retrostats.arrays import Floats
from retrostats.jobs.run import run_replicates
from retrostats.jobs.types import Workers
from retrostats.missing.filling_scores import completed_scores
from retrostats.missing.imputations import Imputations
from retrostats.missing.impute_frame import ColumnNames, read_grid
from retrostats.missing.types import Imputation, Strategy, VisitScores
from retrostats.progress import Show

#: Data sets that are made together. A part of the result: other blocks draw other numbers.
BLOCK = 50


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Filling:
    """Fills the gaps of one block of data sets."""

    scores: VisitScores
    imputation: Imputation
    strategy: Strategy
    reference: int

    def __call__(self, rng: np.random.Generator, places: range) -> Mapping[str, Floats]:
        """Return what was drawn, shape ``(block, gaps)``."""
        filled = completed_scores(
            self.scores,
            len(places),
            rng=rng,
            imputation=self.imputation,
            strategy=self.strategy,
            reference=self.reference,
        )
        return {"values": filled[:, ~self.scores.seen]}


def impute(  # noqa: PLR0913 - the roles of columns, and what a methods section has to state
    data: Any,
    *,
    outcome: str,
    subject: str,
    visit: str,
    arm: str,
    seed: int,
    covariates: Sequence[str] = (),
    imputations: int = 100,
    strategy: Strategy = "missing at random",
    reference: Any = None,
    imputation: Imputation = "posterior draws",
    levels: Mapping[str, Sequence[Any]] | None = None,
    unit: str = "",
    workers: int | Workers = 1,
    progress: Show | None = None,
) -> Imputations:
    """Fill the gaps of one outcome several times, so that any analysis can be run on the results.

    Use it when an analysis needs complete data, or under an assumption about those who left other
    than missing at random; not where the answer is a difference of means and scores are missing
    at random: `retrostats.fit_mmrm` gives the same without draws.

    Parameters
    ----------
    data
        A data frame in long form, one row per subject and visit after baseline, or an object with
        one in ``frame``. A missed visit has an empty outcome or no row; a subject without any row
        is not known of. Leave rows of the baseline out and put its score into a column of
        `covariates`: a row of it would count as one more visit, at which each arm has a mean of
        its own. ``cohort.follow_up(outcome)`` has such rows, with a column ``baseline``.
    outcome, subject, visit, arm
        Names of columns.
    seed
        Whole number of 0 or more; the same seed gives the same digits, whatever `workers` is.
    covariates
        Columns with one value for each subject, none empty: the score at baseline first of all,
        and whatever the analysis will use. Numbers as they are, else a coefficient for each level
        but the first. All have coefficients of their own at every visit.
    imputations
        How many data sets, at least 2. With 100 the standard error hardly depends on the seed.
    strategy
        What is assumed after a subject's last visit: ``"missing at random"``, ``"jump to
        reference"``, ``"copy reference"``, ``"copy increments in reference"`` or ``"last mean
        carried forward"``. A gap before a visit that was seen is missing at random; but under
        ``"copy reference"``, of a subject who left later, it is filled given the means of the
        reference, as everything else that such a subject missed.
    reference
        Arm that is copied, whose own subjects are missing at random; needed for all strategies
        but the first.
    imputation
        ``"posterior draws"``: from the normal model of `fit_mmrm`, under draws of its parameters.
        ``"predictive mean matching"``: scores that others had, for short or skewed scales; only
        missing at random.
    levels
        Levels by column, in their order; by default a categorical column has its own, others are
        sorted. Visits must come in their order of time.
    unit
        Of the outcome.
    workers
        A number of processes, or `Workers`.
    progress
        Told words and a share from 0 to 1.

    Returns
    -------
    Imputations
        ``.frames()`` and ``.tidy()`` are the data sets, ``.estimate(function)`` analyses them.

    Raises
    ------
    DataError
        With all faults of the data: absent columns, an outcome that is not numeric, two rows of
        a subject at a visit, arms or covariates that are empty or change within a subject.
    FitError
        If the scores seen do not determine the model.
    ValueError
        If arguments contradict one another or are out of range. All are told at once.

    References
    ----------
    .. [1] Carpenter JR, Roger JH, Kenward MG (2013). J Biopharm Stat 23, 1352-1371.
       doi:10.1080/10543406.2013.834911
    .. [2] van Buuren S (2018). Flexible Imputation of Missing Data. CRC.
       doi:10.1201/9780429492259

    Examples
    --------
    >>> import pandas as pd
    >>> import retrostats as rs
    >>> walks = pd.DataFrame({
    ...     "who": [k for k in range(8) for _ in range(2)],
    ...     "arm": ["control"] * 8 + ["retro"] * 8,
    ...     "week": [3, 6] * 8,
    ...     "pain": [5, 5, 6, 4, 7, 7, 4, None, 4, 3, 5, 2, 3, 1, 6, 4],
    ... })
    >>> filled = rs.impute(
    ...     walks, outcome="pain", subject="who", visit="week", arm="arm", imputations=2, seed=1
    ... )
    >>> filled.tidy().query("imputed")[["who", "week", "imputation"]].to_dict("split")["data"]
    [[3, 6, 1], [3, 6, 2]]
    """
    _require(imputations, seed, strategy, imputation, reference)
    names = ColumnNames(
        outcome=outcome, subject=subject, visit=visit, arm=arm, covariates=tuple(covariates)
    )
    grid = read_grid(data, names, levels=levels or {}, unit=unit)
    code = _code(reference, grid.scores.arms)
    task = Filling(scores=grid.scores, imputation=imputation, strategy=strategy, reference=code)
    done = run_replicates(
        task,
        imputations,
        seed=int(seed),
        block=BLOCK,
        key=f"impute {outcome}",
        workers=workers,
        progress=progress,
        words="Imputing",
    )
    return Imputations(
        values=done.arrays["values"],
        grid=grid,
        columns=names,
        strategy=strategy,
        reference=None if reference is None else grid.scores.arms[code],
        imputation=imputation,
        seed=int(seed),
    )


def _require(
    imputations: int, seed: int, strategy: Strategy, imputation: Imputation, reference: Any
) -> None:
    """Raise a `ValueError` that tells every contradiction of the arguments."""
    ways = [way for way in get_args(Imputation) if way != "conditional mean"]
    faults = []
    if not _whole(imputations) or imputations < 2:
        faults.append(f"imputations must be a whole number of 2 or more, got {imputations!r}")
    if not _whole(seed) or seed < 0:
        faults.append(f"seed must be a whole number of 0 or more, got {seed!r}")
    if strategy not in get_args(Strategy):
        faults.append(f"strategy must be one of {', '.join(get_args(Strategy))}; got {strategy!r}")
    elif strategy != "missing at random" and reference is None:
        faults.append(f"strategy {strategy!r} needs a reference, the arm that is copied")
    elif strategy == "missing at random" and reference is not None:
        faults.append("a reference arm is not used when scores are missing at random; leave it out")
    if imputation not in ways:
        faults.append(f"imputation must be one of {', '.join(ways)}; got {imputation!r}")
    elif imputation == ways[1] and strategy != "missing at random":
        faults.append(
            f"predictive mean matching goes with 'missing at random', not {strategy!r}: donors "
            "are subjects who stayed; use 'posterior draws'"
        )
    if faults:
        raise ValueError("impute: " + "; ".join(faults))


def _whole(value: object) -> bool:
    if isinstance(value, bool):
        return False
    try:
        operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        return False
    return True


def _code(reference: Any, arms: Sequence[str]) -> int:
    if reference is None:
        return 0
    if str(reference) not in arms:
        raise ValueError(f"impute: reference {reference!r} is no arm; arms: {', '.join(arms)}")
    return arms.index(str(reference))
