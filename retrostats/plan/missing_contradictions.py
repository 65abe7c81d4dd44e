"""What a further analysis that fills in missing outcomes may not say at once."""

from __future__ import annotations

from collections.abc import Iterator

from retrostats.plan.grammar import Place
from retrostats.plan.names import IMPUTATIONS, INFERENCES, did_you_mean
from retrostats.plan.sensitivity import IMPUTING, REFERENCE_BASED, Sensitivity
from retrostats.plan.types import AnalysisPlan

#: What a standard error is made from.
_NEEDS = {
    "jackknife": "conditional mean",
    "bootstrap": "conditional mean",
    "rubin": "posterior draws",
}
#: Fewer resamples do not tell a standard error to one significant digit.
_FEWEST_REPLICATES = 100
#: Variance between imputations needs two of them.
_FEWEST_IMPUTATIONS = 2
#: More draws change no digit that is printed: the error of a standard error from the draws is
#: then 0.2 percent, and a zero too many would fill the memory instead.
_MOST_DRAWN = 100_000
#: Shifts of both arms are combined in a figure and a file: 101 by 101 at most.
_MOST_DELTAS = 50

Found = Iterator[tuple[str, str]]


def missing(each: Sensitivity, plan: AnalysisPlan) -> Found:
    """Yield key and message of what contradicts itself in an analysis of missing outcomes."""
    if each.kind not in IMPUTING:
        for key in ("reference", "imputation", "inference", "imputations", "replicates", "seed"):
            if getattr(each, key) is not None:
                owner = "analyses that fill in missing outcomes"
                yield key, f"{key} belongs to {owner}, not to {each.kind!r}; take it out"
        return
    ways = list(_ways(each))
    yield from ways or _numbers(each)
    if each.reference is not None and each.kind not in REFERENCE_BASED:
        words = "takes outcomes as missing at random and copies no arm; take it out"
        yield "reference", f"{each.kind!r} {words}"
    if each.kind == "tipping point" and len(each.deltas) > _MOST_DELTAS:
        yield "deltas", f"{len(each.deltas)} deltas are too many for a figure; {_MOST_DELTAS} do"
    if plan.model.kind == "mixed_anova":
        yield (
            "kind",
            (
                "the main analysis is a mixed ANOVA of the changes, and what is filled in is "
                'analysed by an ANCOVA: two questions; choose kind = "mmrm" or take it out'
            ),
        )


def _ways(each: Sensitivity) -> Found:
    """Refuse ways that do not exist for this kind, or do not go together."""
    known = _known(each)
    if known:
        yield known
        return
    imputation, inference = each.imputation or "", each.inference or ""
    only = _only(each)
    if only and (imputation, inference) != only:
        key = "imputation" if imputation != only[0] else "inference"
        yield (
            key,
            (
                f"kind = {each.kind!r} goes with imputation = {only[0]!r} and inference = "
                f"{only[1]!r}, and with nothing else; take {key} out"
            ),
        )
    elif imputation == "predictive mean matching" and each.kind in REFERENCE_BASED:
        yield (
            "imputation",
            (
                "predictive mean matching takes values that were observed and cannot follow a "
                'reference; write "conditional mean" or "posterior draws"'
            ),
        )
    elif not only and (_NEEDS[inference] != imputation):
        yield (
            "inference",
            (
                f"{inference!r} is for imputation = {_NEEDS[inference]!r}, not for "
                f"{imputation!r}; take one of the two out"
            ),
        )


def _known(each: Sensitivity) -> tuple[str, str] | None:
    for key, known in (("imputation", IMPUTATIONS), ("inference", INFERENCES)):
        word = getattr(each, key)
        if word not in known:
            listed = ", ".join(repr(name) for name in known)
            question = did_you_mean(str(word), known) or ";"
            return key, f"{word!r} is not known{question} expected one of {listed}"
    return None


def _only(each: Sensitivity) -> tuple[str, str] | None:
    """Return the one way of a kind that has no choice."""
    return {
        "multiple imputation": ("posterior draws", "rubin"),
        "predictive mean matching": ("predictive mean matching", "rubin"),
        "tipping point": ("conditional mean", "jackknife"),
    }.get(each.kind)


def _numbers(each: Sensitivity) -> Found:
    for key, owner, fewest in (
        ("imputations", "rubin", _FEWEST_IMPUTATIONS),
        ("replicates", "bootstrap", _FEWEST_REPLICATES),
    ):
        number = getattr(each, key)
        if number is not None and each.inference != owner:
            yield (
                key,
                (f"{key} belongs to inference = {owner!r}, not to {each.inference!r}; take it out"),
            )
        elif number is not None and number < fewest:
            yield key, f"{key} = {number} is too few; take {fewest} or more"
        elif number is not None and number > _MOST_DRAWN:
            yield key, f"{key} = {number} is more than is of use; take {_MOST_DRAWN} at most"
    if each.drawn and each.seed is None:
        drawn = "imputations are" if each.inference == "rubin" else "resamples are"
        yield (
            "seed",
            (
                f"{drawn} drawn at random; name the seed, any whole number such as seed = "
                "20260301, so that the answer is settled before the data are seen"
            ),
        )
    elif each.seed is not None and not each.drawn:
        yield "seed", "nothing is drawn in this analysis, so a seed does nothing; take it out"
    elif each.seed is not None and each.seed < 0:
        yield "seed", f"seed = {each.seed} is negative; take 0 or a positive whole number"


def references(plan: AnalysisPlan) -> Iterator[tuple[Place, str]]:
    """Yield each reference that is the treated arm itself."""
    treated = plan.estimand.comparison.treatment
    for position, each in enumerate(plan.sensitivity):
        if each.kind in REFERENCE_BASED and each.reference == treated:
            yield (
                Place(table="sensitivity", position=position, key="reference"),
                (
                    f"{treated!r} is the treated arm of the estimand, whose missing outcomes would "
                    "then be taken as missing at random; name another arm"
                ),
            )
