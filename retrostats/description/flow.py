"""The participant flow: everybody randomised ends as analysed or with a reason why not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retrostats.data.cohort.types import Cohort
from retrostats.description.groups import Groups, group_subjects
from retrostats.description.types import ArmFlow, Counts, Flow
from retrostats.plan.types import AnalysisPlan

#: Why a subject is not analysed although nothing that the model needs is missing.
OTHERWISE = "left out by the model"


def describe_flow(
    cohort: Cohort,
    plan: AnalysisPlan,
    *,
    members: NDArray[np.bool_],
    excluded: Mapping[str, Counts],
    analysed: Collection[str],
) -> Flow:
    """Count the participants from screening to the analysis of the primary endpoint.

    Parameters
    ----------
    cohort, plan
        The trial and its plan.
    members
        Who is in the population of the analysis, shape ``(n,)`` in the order of
        `Cohort.subjects`.
    excluded
        Why the others of each arm are not: reasons and numbers, by label of the arm. An arm
        that loses nobody may be absent.
    analysed
        Identifiers of the subjects that the model of the primary endpoint uses.

    Returns
    -------
    Flow
        A member who is not analysed counts under the first of these reasons that holds: the
        outcome missing at baseline, a covariate missing (in the order of the plan), the outcome
        missing where the model needs it. Reasons stand by number, the most frequent first.
        Attendance and withdrawals are those of everybody allocated.

    Raises
    ------
    ValueError
        If ``excluded`` does not account for everybody outside the population, or somebody
        outside of it is said to be analysed.
    """
    groups = group_subjects(cohort, members)
    everybody = group_subjects(cohort)
    used = groups.subjects["subject"].isin(list(analysed)).to_numpy(dtype=bool)
    _require_members(groups, used, len(set(analysed)))
    lacking = _reasons(groups, plan)
    withdrawn = _withdrawals(cohort, groups)
    attended = _attended(groups)
    arms = []
    for arm in cohort.codebook.arms:
        allocated, inside = everybody.arms[arm.label], groups.arms[arm.label]
        out = tuple((reason, n) for reason, n in excluded.get(arm.label, ()) if n)
        _require_reasons(arm.label, out, int(allocated.sum() - inside.sum()))
        arms.append(
            ArmFlow(
                arm=arm.label,
                name=arm.name,
                randomised=int(allocated.sum()),
                excluded=out,
                attended=tuple(int(n) for n in attended[allocated].sum(axis=0)),
                withdrawn=_counted(withdrawn[allocated]),
                analysed=int((inside & used).sum()),
                not_analysed=_counted(lacking[inside & ~used]),
            )
        )
    screening, endpoint = cohort.codebook.screening, plan.primary
    outcome = cohort.codebook.outcome(endpoint.outcome)
    return Flow(
        assessed=screening.assessed,
        not_randomised=screening.excluded,
        visits=tuple(visit.label for visit in cohort.codebook.visits),
        arms=tuple(arms),
        endpoint=f"{outcome.label}, {cohort.codebook.visit_at(endpoint.week).label}",
    )


def _require_members(groups: Groups, used: NDArray[np.bool_], n_analysed: int) -> None:
    strangers = n_analysed - int((used & groups.members).sum())
    if strangers:
        raise ValueError(f"flow: {strangers} of the analysed subjects are not in the population")


def _require_reasons(arm: str, excluded: Counts, n_outside: int) -> None:
    given = sum(n for _, n in excluded)
    if given != n_outside:
        raise ValueError(
            f"flow, arm {arm}: {n_outside} subjects are outside the population, but the reasons "
            f"account for {given}"
        )


def _reasons(groups: Groups, plan: AnalysisPlan) -> NDArray[np.object_]:
    """Return why each subject could not enter the planned model, shape ``(n,)``."""
    reasons = np.full(len(groups.subjects), OTHERWISE, dtype=object)
    # The last one written stays, so the first reason to be named is applied last.
    for reason, holds in reversed(list(_obstacles(groups, plan))):
        reasons[holds] = reason
    return reasons


def _obstacles(groups: Groups, plan: AnalysisPlan) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Yield what the model of the primary endpoint needs and who does not have it."""
    codebook, model = groups.cohort.codebook, plan.model
    outcome = codebook.outcome(plan.primary.outcome)
    missing = np.isnan(groups.values(outcome.name))
    first = codebook.visits.index(codebook.baseline)
    if model.kind == "mixed_anova":
        yield f"{outcome.label} missing at a visit", np.any(missing[:, first:], axis=1)
        return
    if model.baseline:
        yield f"{outcome.label} at baseline missing", missing[:, first]
    for name in model.covariates:
        gone = groups.subjects[name].isna().to_numpy(dtype=bool)
        yield f"{codebook.covariate(name).label} missing", gone
    if model.kind == "ancova":
        visit = codebook.visit_at(plan.primary.week)
        at = codebook.visits.index(visit)
        yield f"{outcome.label} missing at {visit.label}", missing[:, at]
    else:
        yield f"{outcome.label} missing after baseline", np.all(missing[:, first + 1 :], axis=1)


def _attended(groups: Groups) -> NDArray[np.bool_]:
    """Return whether a subject has any outcome at a visit, shape ``(subjects, visits)``."""
    codebook = groups.cohort.codebook
    known = [~np.isnan(groups.values(outcome.name)) for outcome in codebook.outcomes]
    return np.asarray(np.any(known, axis=0))


def _withdrawals(cohort: Cohort, groups: Groups) -> NDArray[np.object_]:
    """Return why each subject left, its first reason in the file; empty for who stayed."""
    reasons = np.full(len(groups.subjects), "", dtype=object)
    if "withdrawal" not in cohort.frame:
        return reasons
    text = cohort.frame["withdrawal"].astype("string").fillna("").str.strip()
    named = cohort.frame.assign(withdrawal=text)[(text != "").to_numpy()]
    first = named.groupby("subject", sort=False, observed=True)["withdrawal"].first()
    found: pd.Series[str] = groups.subjects["subject"].map(first)
    known = found.notna().to_numpy(dtype=bool)
    reasons[known] = found.to_numpy(dtype=object)[known]
    return reasons


def _counted(reasons: Iterable[str]) -> Counts:
    """Return how often each reason occurs, the most frequent first and then by its words."""
    counts = Counter(str(reason) for reason in reasons if reason)
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
