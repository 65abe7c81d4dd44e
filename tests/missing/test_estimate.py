"""One analysis under an assumption: when nothing is missing, by draws, and what is refused."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import retrostats as rs
from retrostats.errors import FitError
from retrostats.jobs.types import Workers
from retrostats.missing.ancova import ancova_many
from retrostats.missing.drawn import imputed
from retrostats.missing.estimate import missing_estimate
from retrostats.missing.posterior import posterior_draws
from retrostats.missing.reference import STRATEGIES
from retrostats.missing.resampling import base_estimate
from retrostats.missing.rubin import rubin

from .made_scores import BOOTSTRAP, DRAWN, MATCHED, REQUEST, made_scores, without

#: The same sums in another order: 7e-16 measured.
ROUNDING = 1e-12

EVERY = [
    *(replace(REQUEST, strategy=each) for each in STRATEGIES),
    *(replace(DRAWN, strategy=each) for each in STRATEGIES),
    BOOTSTRAP,
    MATCHED,
]


@pytest.mark.parametrize("request_", EVERY, ids=lambda r: f"{r.strategy}, {r.imputation}")
def test_with_nothing_missing_every_way_is_the_complete_analysis(request_):
    scores = made_scores(gone=0.0, between=3, arms=3)  # gaps, but not at the endpoint
    frame = pd.DataFrame(
        {
            "pain": scores.y[:, 1],
            "baseline": scores.covariates[:, 0],
            "arm": np.array(scores.arms)[scores.arm],
        }
    )
    fit = rs.fit_ancova("pain ~ baseline + arm", frame, unit="points")
    (wanted,) = [
        each
        for each in fit.differences("arm", reference="control")
        if each.label.startswith("retro")
    ]
    found = missing_estimate(scores, request_)
    assert found.complete
    assert found.replicates == 0
    assert found.estimate.value == pytest.approx(wanted.value, abs=ROUNDING)
    assert found.estimate.se == pytest.approx(wanted.se, abs=ROUNDING)
    assert found.estimate.df == wanted.df == found.df_complete
    assert "nothing is missing at the endpoint" in repr(found)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_draws_agree_with_conditional_means_in_a_large_trial(strategy):
    scores = made_scores(600, seed=3)
    means = base_estimate(scores, replace(REQUEST, strategy=strategy))[0]
    drawn = missing_estimate(scores, replace(DRAWN, strategy=strategy, imputations=100))
    error = np.sqrt(drawn.between / 100)
    assert abs(drawn.estimate.value - means) < 4 * error


def test_rubin_is_wider_than_the_jackknife_when_the_reference_is_copied():
    scores = made_scores(100, gone=0.4)
    request = replace(DRAWN, strategy="jump to reference", imputations=200)
    drawn = missing_estimate(scores, request)
    left = missing_estimate(scores, replace(REQUEST, strategy="jump to reference"))
    assert drawn.estimate.se > 1.2 * left.estimate.se
    random = missing_estimate(scores, replace(request, strategy="missing at random"))
    plain = missing_estimate(scores, REQUEST)
    # 6% measured: the jackknife has no degrees of freedom, and is a little larger.
    assert random.estimate.se == pytest.approx(plain.estimate.se, rel=0.1)


def test_draws_pooled_step_by_step():
    scores = made_scores(arms=3)
    request = replace(DRAWN, strategy="jump to reference", imputations=6)
    found = missing_estimate(scores, request)
    rng = np.random.default_rng(np.random.SeedSequence(5, spawn_key=(0,)))
    u = scores.subject_columns
    drawn = posterior_draws(scores.y, u, 6, rng=rng, visits=scores.visits)
    gone = ~scores.seen[:, 1]
    control = u.copy()
    control[:, 1:3] = 0.0
    noise = rng.standard_normal((6, int(gone.sum()), 2))
    y = np.tile(scores.y[:, 1], (6, 1))
    for k, (beta, sigma) in enumerate(zip(drawn.beta, drawn.sigma, strict=True)):
        mean1, mean2 = (u @ beta)[gone, 0], (control @ beta)[gone, 1]
        slope = sigma[0, 1] / sigma[0, 0]
        sd = np.sqrt(sigma[1, 1] - slope * sigma[0, 1])
        y[k, gone] = mean2 + slope * (scores.y[gone, 0] - mean1) + sd * noise[k, :, 1]
    values, variances, df = ancova_many(y, u, np.array([0.0, 1.0, 0.0, 0.0]))
    pooled = rubin(values[:, None], variances[:, None], df)
    assert found.estimate.value == pytest.approx(pooled.estimate[0], abs=ROUNDING)
    assert found.estimate.se == pytest.approx(np.sqrt(pooled.variance[0]), abs=ROUNDING)
    assert found.estimate.df == pytest.approx(pooled.df[0], rel=ROUNDING)
    for name in ("within", "between", "fmi", "riv"):
        assert getattr(found, name) == pytest.approx(getattr(pooled, name)[0], abs=ROUNDING)


@pytest.mark.parametrize("request_", [DRAWN, MATCHED], ids=lambda r: r.imputation)
def test_draws_do_not_hang_on_who_makes_them(request_):
    scores = made_scores(visits=3, between=3)
    request = replace(request_, visit=2, imputations=60)
    alone = missing_estimate(scores, request)
    shared = missing_estimate(scores, request, workers=Workers(count=2, backend="threads"))
    assert alone == shared
    assert alone.replicates == 60
    assert missing_estimate(scores, replace(request, seed=6)).estimate != alone.estimate


def test_matched_scores_are_scores_that_were_seen():
    scores = made_scores()
    parts = imputed(scores, MATCHED)
    assert parts.replicates == 20
    assert missing_estimate(scores, MATCHED).estimate.df < 37


def test_it_says_what_was_assumed_and_done():
    scores = made_scores(arms=3)
    found = missing_estimate(scores, replace(REQUEST, strategy="copy reference"))
    assert found.imputed == tuple(
        int((~scores.seen[:, 1] & (scores.arm == code)).sum()) for code in range(3)
    )
    assert (found.assumption, found.subjects) == ("copy reference (control)", 40)
    assert found.method == "conditional mean; jackknife, 40 subjects left out one at a time"
    assert f"{found.estimate.value:.3g}".replace("-", "−") in found._repr_html_()
    carried = replace(found, request=replace(REQUEST, strategy="last mean carried forward"))
    assert carried.assumption == "last mean carried forward (missing at random in control)"
    drawn = missing_estimate(scores, DRAWN)
    assert "posterior draws; Rubin's rules, 20 imputations" in repr(drawn)
    assert f"{drawn.fmi:.1%}".rstrip("%").rstrip("0").rstrip(".") in repr(drawn)
    lost = replace(missing_estimate(scores, BOOTSTRAP), failures=1)
    assert "bootstrap, 40 resamples within arms (1 without an answer)" in repr(lost)
    assert "Percentile interval" in repr(lost)


REFUSED = {
    "strategy": ({"strategy": "jump"}, "unknown strategy 'jump'; expected missing at random,"),
    "imputation": ({"imputation": "mean"}, "unknown imputation 'mean'; expected posterior draws,"),
    "inference": ({"inference": "boot"}, "unknown inference 'boot'; expected rubin, jackknife,"),
    "rubin with means": (
        {"inference": "rubin"},
        "inference='rubin' does not go with imputation='conditional mean'; take 'jackknife' or",
    ),
    "jackknife with draws": (
        {"imputation": "posterior draws"},
        "inference='jackknife' does not go with imputation='posterior draws'; take 'rubin'",
    ),
    "matching and reference": (
        {
            "imputation": "predictive mean matching",
            "inference": "rubin",
            "strategy": "copy reference",
        },
        "cannot follow 'copy reference'; take 'posterior draws' or 'conditional mean'",
    ),
    "no seed": (
        {"inference": "bootstrap", "seed": None},
        "inference='bootstrap' draws random numbers and needs a seed, a whole number of 0 or more",
    ),
    "seed true": ({"inference": "bootstrap", "seed": True}, "of 0 or more; got True"),
    "replicates": (
        {"inference": "bootstrap", "replicates": 1},
        "replicates must be a whole number of 2 or more, got 1",
    ),
    "imputations": (
        {"imputation": "posterior draws", "inference": "rubin", "imputations": 1.5},
        "imputations must be a whole number of 2 or more, got 1.5",
    ),
    "level": ({"level": 95}, "level must lie between 0 and 1, as in level=0.95; got 95"),
    "reference": ({"reference": 2}, "reference 2 is the code of no arm; expected 0 to 1"),
    "same arm": ({"comparator": 1}, "treatment and comparator are both 1; give two arms"),
    "visit": ({"visit": -1}, "visit -1 is no column; expected 0 to 1"),
    "delta": ({"delta": ((0.0,), (1.0,))}, "delta needs a number for each of 2 arms and 2 visits"),
    "delta nan": ({"delta": ((0.0, 0.0), (0.0, np.nan))}, "delta must be finite"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_contradiction_is_refused(name):
    changes, message = REFUSED[name]
    with pytest.raises(ValueError, match="missing_estimate: ") as error:
        missing_estimate(made_scores(), replace(REQUEST, **changes))
    assert message in str(error.value)
    assert str(error.value).count("; ") <= message.count("; ") + 1


def test_all_contradictions_are_told_at_once():
    request = replace(REQUEST, strategy="jump", inference="rubin", seed=None, level=2, visit=9)
    with pytest.raises(ValueError, match="missing_estimate: ") as error:
        missing_estimate(made_scores(), request)
    for told in ("'jump'", "does not go with", "needs a seed", "level", "visit 9"):
        assert told in str(error.value)


def test_an_arm_without_subjects_or_without_scores_is_told():
    scores = made_scores()
    empty = replace(scores, arms=(*scores.arms, "forward"))
    with pytest.raises(rs.FitError, match="arm forward has no subjects"):
        missing_estimate(empty, replace(REQUEST, reference=2))
    y = scores.y.copy()
    y[scores.arm == 1, 1] = np.nan
    with pytest.raises(rs.FitError, match="nobody in retro was seen at week 6"):
        missing_estimate(replace(scores, y=y), REQUEST)


def few_in(arm: int, keep: int):
    """Return three arms of which one has few subjects, all seen at the endpoint."""
    scores = made_scores(60, arms=3)
    mine = np.flatnonzero((scores.arm == arm) & scores.seen[:, 1])
    return without(scores, np.setdiff1d(np.flatnonzero(scores.arm == arm), mine[:keep]))


def test_resamples_within_an_arm_of_one_subject_are_refused_where_they_matter():
    """Every resample holds that subject: the interval would be that of the other arm alone."""
    alone = few_in(1, keep=1)
    with pytest.raises(FitError, match=r"retro has one subject.*take posterior draws"):
        missing_estimate(alone, BOOTSTRAP)
    with pytest.raises(FitError, match="or take posterior draws"):
        missing_estimate(alone, REQUEST)
    drawn = missing_estimate(alone, DRAWN).estimate
    third = few_in(2, keep=1)
    assert missing_estimate(third, BOOTSTRAP).estimate.se < drawn.se / 2
    copied = replace(BOOTSTRAP, strategy="jump to reference", reference=2)
    with pytest.raises(FitError, match="forward has one subject"):
        missing_estimate(third, copied)
    # It is counted only where it is the reference of a strategy that copies one.
    assert missing_estimate(third, replace(BOOTSTRAP, reference=2)).replicates


@pytest.mark.parametrize(
    "request_", [REQUEST, BOOTSTRAP, DRAWN, MATCHED], ids=lambda r: r.inference
)
def test_an_arm_that_is_not_compared_and_nobody_was_seen_in_is_named(request_):
    scores = made_scores(60, arms=3)
    y = scores.y.copy()
    y[scores.arm == 2, 1] = np.nan
    with pytest.raises(FitError, match=r"nobody in forward was seen at week 6.*leave the arm out"):
        missing_estimate(replace(scores, y=y), request_)


def test_matching_names_the_visit_that_it_cannot_use():
    scores = made_scores(60, covariates=2)
    same = replace(scores, covariates=scores.covariates[:, [0, 0]])
    with pytest.raises(FitError, match="week 3: among those seen the arms and covariates depend"):
        missing_estimate(same, MATCHED)
