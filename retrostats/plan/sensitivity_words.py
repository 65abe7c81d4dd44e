"""What each further analysis of the primary endpoint does, in the words of a methods section."""

from __future__ import annotations

from collections.abc import Iterator

from retrostats.data.codebook.types import Codebook
from retrostats.plan.names import COVARIANCES
from retrostats.plan.sensitivity import IMPUTING, REFERENCE_BASED, Sensitivity
from retrostats.plan.types import AnalysisPlan, Endpoint
from retrostats.plan.words import amount, listed

#: How a standard error is made, in words.
_INFERENCE = {
    "jackknife": "a jackknife standard error",
    "bootstrap": "a bootstrap standard error ({replicates} resamples within arms, seed {seed})",
    "rubin": "{imputations} imputations pooled by Rubin's rules (seed {seed})",
}


def sensitivity_words(each: Sensitivity, primary: Endpoint, unit: str) -> str:
    """Return what a further analysis of the primary endpoint does."""
    if each.kind in IMPUTING:
        return _imputed(each)
    rules = listed([rule.text for rule in each.rules])
    covariance = COVARIANCES.get(each.covariance or "", each.covariance)
    deltas = listed([amount(delta) for delta in each.deltas])
    return {
        "complete cases": "the planned model in subjects with the outcome at every visit",
        "per protocol": f"the planned model per protocol, in subjects who meet {rules}",
        "ancova": f"an analysis of covariance of week {amount(primary.week)} alone",
        "mixed_anova": (
            "a mixed (split-plot) analysis of variance of the changes from baseline in subjects "
            "with every visit"
        ),
        "lmm": "a linear mixed model with a random intercept of the subject",
        "covariance": f"the planned model with a {covariance} covariance",
        "unadjusted": "the planned model with neither baseline nor covariates",
        "delta": (
            f"the planned model with the missing outcomes of the treated arm worse by {deltas} "
            f"{unit} than it expects"
        ),
    }[each.kind]


def _imputed(each: Sensitivity) -> str:
    """Return what is filled in, in one clause; the assumptions follow in sentences."""
    if each.kind == "tipping point":
        return "a search for the tipping point"
    if each.kind == "multiple imputation":
        return f"multiple imputation with {_inference(each)}"
    if each.kind == "predictive mean matching":
        return f"multiple imputation by predictive mean matching with {_inference(each)}"
    filled = "posterior draws" if each.inference == "rubin" else "conditional means"
    return f"imputation under {each.kind} by {filled} with {_inference(each)}"


def _inference(each: Sensitivity) -> str:
    return _INFERENCE[each.inference or ""].format(
        replicates=each.replicates, imputations=each.imputations, seed=each.seed
    )


def missing_sentences(plan: AnalysisPlan, book: Codebook) -> Iterator[str]:
    """Yield what the analyses that fill in missing outcomes assume, a sentence for each kind.

    Parameters
    ----------
    plan, book
        A plan that fits the codebook.
    """
    planned = [each for each in plan.sensitivity if each.kind in IMPUTING]
    if not planned:
        return
    names = {arm.label: arm.name for arm in book.arms}
    random = [each for each in planned if each.kind not in REFERENCE_BASED]
    if random:
        yield (
            "Where outcomes are filled in as missing at random, those after the last visit are "
            "expected to go on as in subjects of the same arm with the same covariates and the "
            "same course so far: in the language of ICH E9(R1), as if whatever ended the "
            "observation had not changed the course of the arm."
        )
    usual = plan.estimand.comparison.comparator
    yield from dict.fromkeys(
        _assumed(each, names[each.reference or usual])
        for each in planned
        if each.kind in REFERENCE_BASED
    )
    if any(each.kind == "tipping point" for each in planned):
        treated = names[plan.estimand.comparison.treatment]
        yield (
            f"The tipping point is the smallest amount by which the missing outcomes of {treated} "
            "must be worse than missing at random for the interval to reach no difference; "
            "conditional means and a jackknife standard error are used."
        )
    yield from _imputation_models({each.kind for each in planned})


def _imputation_models(kinds: set[str]) -> Iterator[str]:
    """Yield what outcomes are filled in by, and what the completed data are analysed by."""
    yield (
        "Only outcomes that were not observed are filled in: what was observed after an "
        "intercurrent event stands as it is."
    )
    matching = "predictive mean matching"
    if kinds - {matching}:
        # Whose course is a copy is so from the first visit on.
        copies = " (under copy reference only in subjects who stayed)"
        where = copies if "copy reference" in kinds else " throughout"
        yield (
            "The imputation model is multivariate normal for all visits after baseline, with the "
            "covariates of the planned model, each with a slope at every visit, and one "
            "unstructured covariance; a gap before a visit that was observed is missing at random"
            f"{where}."
        )
    if matching in kinds:
        yield (
            "Predictive mean matching goes from visit to visit by linear regressions and takes "
            "each missing outcome from a subject whose expected outcome is close, so that only "
            "values of the scale occur."
        )
    yield (
        "The completed endpoint is analysed by an analysis of covariance with the covariates of "
        "the planned model."
    )


def _assumed(each: Sensitivity, reference: str) -> str:
    """Return what is assumed after the last visit observed."""
    own = f"those of {reference} are missing at random"
    return {
        "jump to reference": (
            "Jump to reference assumes that subjects of the other arms lose the whole effect of "
            f"their treatment after the last visit observed, and are then expected at the mean of "
            f"{reference}; {own}."
        ),
        "copy reference": (
            "Copy reference assumes that subjects of the other arms who leave were never "
            f"different from {reference}: their missing outcomes are those that a subject of "
            f"{reference} with the same course would have had; {own}."
        ),
        "copy increments in reference": (
            "Copy increments in reference assumes that subjects of the other arms keep what they "
            "had gained by the last visit observed and change from there as "
            f"{reference} does; {own}."
        ),
        "last mean carried forward": (
            "Last mean carried forward assumes that the mean of the other arms stays where it "
            f"was at the last visit observed; {own}."
        ),
    }[each.kind]
