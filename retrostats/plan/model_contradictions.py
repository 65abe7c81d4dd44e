"""What the model of a plan and its sensitivity analyses may not say at once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from retrostats.data.rules import Rule
from retrostats.plan.grammar import Place
from retrostats.plan.missing_contradictions import missing
from retrostats.plan.names import COVARIANCES, DEGREES_OF_FREEDOM, did_you_mean
from retrostats.plan.types import AnalysisPlan, ModelPlan, Sensitivity

Found = Iterator[tuple[Place, str]]

_TITLES = {
    "ancova": "an ANCOVA",
    "mixed_anova": "a mixed ANOVA",
    "lmm": "an LMM",
    "mmrm": "an MMRM",
}


def model(plan: AnalysisPlan) -> Found:
    """Yield what contradicts itself in the model."""
    chosen = plan.model
    for key, message in (
        *_covariance(chosen),
        *_baseline(chosen),
        *_covariates(chosen),
        *_inference(chosen),
    ):
        yield Place(table="model", key=key), message


def _covariance(chosen: ModelPlan) -> Iterator[tuple[str, str]]:
    listed = chosen.covariance
    if chosen.kind != "mmrm":
        if listed:
            yield (
                "covariance",
                (
                    f"{_TITLES[chosen.kind]} has no covariance structure of the visits to choose; "
                    'take the key out, or write kind = "mmrm"'
                ),
            )
        return
    if not listed:
        yield "covariance", 'an MMRM needs a covariance structure, e.g. covariance = ["us"]'
    for at, name in enumerate(listed):
        if name not in COVARIANCES:
            yield "covariance", _not_known(name, tuple(COVARIANCES))
        elif name in listed[:at]:
            yield "covariance", f"{name!r} stands twice; a structure that failed fails again"


def _not_known(word: str, known: tuple[str, ...]) -> str:
    listed = ", ".join(repr(name) for name in known)
    return f"{word!r} is not known{did_you_mean(word, known) or ';'} expected one of {listed}"


def _baseline(chosen: ModelPlan) -> Iterator[tuple[str, str]]:
    if chosen.kind == "mixed_anova" and chosen.baseline:
        yield (
            "baseline",
            (
                "in a mixed ANOVA the baseline is one of the visits and cannot be a covariate as "
                "well; write baseline = false or take the key out"
            ),
        )
    elif chosen.baseline_by_visit and chosen.kind in ("ancova", "mixed_anova"):
        yield (
            "baseline_by_visit",
            (
                f"{_TITLES[chosen.kind]} has no slope of the baseline at several visits; take the "
                "key out"
            ),
        )
    elif chosen.baseline_by_visit and not chosen.baseline:
        yield (
            "baseline_by_visit",
            (
                "a slope of the baseline by visit needs baseline = true; write "
                "baseline_by_visit = false or take the key out"
            ),
        )


def _covariates(chosen: ModelPlan) -> Iterator[tuple[str, str]]:
    if chosen.kind == "mixed_anova" and chosen.covariates:
        yield (
            "covariates",
            'a mixed ANOVA has no covariates; take them out, or write kind = "mmrm"',
        )
    for at, name in enumerate(chosen.covariates):
        if name in chosen.covariates[:at]:
            yield "covariates", f"{name!r} stands twice"


def _inference(chosen: ModelPlan) -> Iterator[tuple[str, str]]:
    mixed = chosen.kind in ("mmrm", "lmm")
    if mixed and chosen.df not in DEGREES_OF_FREEDOM:
        yield "df", _not_known(chosen.df, tuple(DEGREES_OF_FREEDOM))
    elif not mixed and chosen.df != "residual":
        yield (
            "df",
            (
                f"{_TITLES[chosen.kind]} has residual degrees of freedom, not {chosen.df!r}; take "
                'the key out or write df = "residual"'
            ),
        )
    if chosen.standard_errors != "classical" and chosen.kind != "ancova":
        robust = ', or write df = "CR2" for robust ones' if mixed else ""
        yield (
            "standard_errors",
            f"{chosen.standard_errors} belongs to an ANCOVA; take the key out{robust}",
        )
    if not 0.5 < chosen.level < 1:
        percent = f"; did you mean {chosen.level / 100:g}?" if 50 < chosen.level < 100 else ""
        yield (
            "level",
            (
                f"level = {chosen.level:g} is the coverage of the intervals and lies between 0.5 "
                f"and 1, as in 0.95{percent}"
            ),
        )


def sensitivity(plan: AnalysisPlan) -> Found:
    """Yield what contradicts itself, or repeats the main analysis, in the further analyses."""
    meanings = [_meaning(each) for each in plan.sensitivity]
    for position, each in enumerate(plan.sensitivity):
        listed = [*_fields(each), *missing(each, plan), *_useless(each, plan)]
        if meanings[position] in meanings[:position]:
            listed.append(("kind", f"the analysis {each.kind!r} stands twice; take one out"))
        for key, message in listed:
            yield Place(table="sensitivity", position=position, key=key), message


def _meaning(each: Sensitivity) -> tuple[object, ...]:
    """Return what two entries share when they are the same analysis, whatever deltas and seeds."""
    ways = each.reference, each.imputation, each.inference
    return each.kind, _asked(each.rules), each.covariance, *ways


def _asked(rules: Sequence[Rule]) -> frozenset[tuple[object, ...]]:
    """Return what rules ask, however they are written and in any order."""
    return frozenset((rule.name, rule.operator, rule.values) for rule in rules)


def _fields(each: Sensitivity) -> Iterator[tuple[str, str]]:
    """Refuse a key that another kind of analysis owns, and ask for one that this kind needs."""
    owners = {
        "rules": ("per protocol", bool(each.rules), '["sessions >= 12"]'),
        "covariance": ("covariance", each.covariance is not None, '"cs"'),
        "deltas": ("delta", bool(each.deltas), "[0.5, 1]"),
    }
    for key, (owner, given, example) in owners.items():
        taken = key == "deltas" and each.kind == "tipping point"
        if given and each.kind != owner and not taken:
            yield key, f"{key} belongs to kind = {owner!r}, not to {each.kind!r}; take it out"
        if not given and each.kind == owner:
            yield key, f"kind = {owner!r} needs {key}, e.g. {key} = {example}"
    if len(_asked(each.rules)) < len(each.rules):
        yield "rules", "a rule stands twice; take one out"
    if any(not 0 < delta < math.inf for delta in each.deltas):
        yield (
            "deltas",
            (
                f"{list(each.deltas)}: each delta is positive and means worse for the patient, "
                "whichever direction is better"
            ),
        )
    if len(set(each.deltas)) < len(each.deltas):
        yield "deltas", f"a value stands twice in {list(each.deltas)}"


def _useless(each: Sensitivity, plan: AnalysisPlan) -> Iterator[tuple[str, str]]:
    """Refuse a further analysis that is the main one again, or that its model cannot give."""
    chosen = plan.model
    if each.kind == chosen.kind:
        yield "kind", f"{each.kind!r} is the main analysis already; take it out"
    if each.kind == "unadjusted" and not (chosen.baseline or chosen.covariates):
        yield "kind", "the model has neither baseline nor covariates, so it is unadjusted already"
    if chosen.kind == "mixed_anova" and each.kind in ("complete cases", "delta"):
        why = {
            "complete cases": "it uses complete cases only, so this is the main analysis again",
            "delta": "it leaves out everyone with a missing outcome, so no delta has a meaning",
        }
        yield "kind", f"the main analysis is a mixed ANOVA; {why[each.kind]}"
    if each.covariance is not None:
        if each.covariance not in COVARIANCES:
            yield "covariance", _not_known(each.covariance, tuple(COVARIANCES))
        elif each.kind == "covariance" and chosen.kind != "mmrm":
            yield (
                "kind",
                f"the main analysis is {_TITLES[chosen.kind]}; only an MMRM has a covariance",
            )
        elif chosen.covariance[:1] == (each.covariance,):
            yield "covariance", f"{each.covariance!r} is the main analysis already"
    within = _asked(each.rules) <= _asked(plan.population.rules)
    if each.kind == plan.population.kind == "per protocol" and within:
        yield "rules", "the population meets these rules already; the analysis would be the same"
