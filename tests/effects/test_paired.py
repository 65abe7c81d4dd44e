import itertools
import math

import numpy as np
import pytest
from scipy.special import ndtri

from retrostats.effects.noncentral import small_sample_factor
from retrostats.effects.paired import mean_change, paired_dav, paired_drm, paired_dz
from retrostats.effects.pairs import PairedSummary
from retrostats.effects.pre_post import standardised_mean_change

#: Closed forms; measured gap 9e-16.
CLOSED = 1e-10
#: Through a quantile; 1e-14 measured.
QUANTILE = 1e-9
#: effectsize finds limits by optimisation; 2e-7 measured.
EFFECTSIZE = 1e-6


def pair_of(row):
    return PairedSummary(
        label=f"row {row['id']}",
        n=int(row["ni"]),
        mean_before=row["m2i"],
        sd_before=row["sd2i"],
        mean_after=row["m1i"],
        sd_after=row["sd1i"],
        correlation=row["ri"],
    )


def raw_pairs(golden):
    """Return name, summary of before -> after, and effectsize's answers.

    effectsize takes the first minus the second sample, here pre minus post, so the
    first is our "after".
    """
    raw = golden.json("c_effectsize_ci/input_raw.json")["paired"]
    reference = golden.json("c_effectsize_ci/ref.json")["paired"]
    for name, wanted in reference.items():
        yield name, PairedSummary.of(name, raw[name]["post"], raw[name]["pre"]), wanted


def test_mean_change_is_the_paired_t_test_of_r(golden, ledger):
    inputs = golden.rows("a_escalc/input_pre_post.csv")
    for row, wanted in zip(inputs, golden.rows("e_summary/paired_from_summary.csv"), strict=True):
        estimate = mean_change(pair_of(row), unit="mm")
        ledger.add(estimate.value, wanted["md"], row)
        ledger.add(estimate.se, wanted["se"], row)
        ledger.add(estimate.df, wanted["df"], row)
        ledger.add(estimate.p, wanted["p"], row)
        ledger.add(estimate.ci.low, wanted["lb"], row)
        ledger.add(estimate.ci.high, wanted["ub"], row)
        dz = paired_dz(pair_of(row))
        ledger.add(dz.value * math.sqrt(row["ni"]), wanted["t"], row)
        ledger.add(dz.p, wanted["p"], row)
    ledger.assert_settled(count=8 * 12, tolerance=QUANTILE)


def test_mean_change_has_the_variance_of_metafor(golden, ledger):
    pairs = {row["id"]: pair_of(row) for row in golden.rows("a_escalc/input_pre_post.csv")}
    for row in golden.rows("a_escalc/pre_post.csv"):
        if (row["measure"], row["vtype"]) == ("MC", "LS"):
            estimate = mean_change(pairs[row["id"]])
            ledger.add(estimate.value, row["yi"], row)
            ledger.add(estimate.se**2, row["vi"], row)
    ledger.assert_settled(count=2 * 12, tolerance=CLOSED)


def test_dz_and_gz_are_those_of_effectsize(golden, ledger):
    for name, pair, wanted in raw_pairs(golden):
        dz, gz = paired_dz(pair), standardised_mean_change(pair, standardiser="change")
        for effect, key, field in ((dz, "dz", "Cohens_d"), (gz, "gz", "Hedges_g")):
            ledger.add(effect.value, wanted[key][field], (name, key), least=1)
            ledger.add(effect.ci.low, wanted[key]["CI_low"], (name, key), least=1)
            ledger.add(effect.ci.high, wanted[key]["CI_high"], (name, key), least=1)
            ledger.add(effect.p, wanted["t"]["p.value"], (name, key))
    ledger.assert_settled(count=3 * 2 * 4, tolerance=EFFECTSIZE)


def test_values_of_the_other_standardisers_are_those_of_effectsize(golden, ledger):
    for name, pair, wanted in raw_pairs(golden):
        factor = small_sample_factor(pair.n - 1)
        becker = standardised_mean_change(pair, standardiser="before")
        for value, key, field in (
            (paired_drm(pair).value, "rmd_rm_raw", "d_rm"),
            (factor * paired_drm(pair).value, "rmd_rm_adj", "d_rm"),
            (paired_dav(pair).value, "rmd_av_raw", "d_av"),
            (factor * paired_dav(pair).value, "rmd_av_adj", "d_av"),
            (paired_dz(pair).value, "rmd_z_raw", "d_z"),
            (becker.value, "rmd_b_adj", "Beckers_d"),
            (becker.value / factor, "rmd_b_raw", "Beckers_d"),
        ):
            ledger.add(value, wanted[key][field], (name, key))
    ledger.assert_settled(count=3 * 7, tolerance=EFFECTSIZE)


def test_standard_errors_of_dz_and_drm_are_those_behind_effectsize(golden, ledger):
    # effectsize prints normal intervals here; ours are noncentral t, the se is the same.
    for name, pair, wanted in raw_pairs(golden):
        for effect, key in ((paired_dz(pair), "rmd_z_raw"), (paired_drm(pair), "rmd_rm_raw")):
            width = wanted[key]["CI_high"] - wanted[key]["CI_low"]
            ledger.add(effect.se, width / (2 * -ndtri(0.025)), (name, key))
    ledger.assert_settled(count=3 * 2, tolerance=EFFECTSIZE)


def test_variance_of_dav_is_bonetts_in_metafor(golden, ledger):
    # metafor's SMCRPH is J times dav, with J in the variance; undo J in d to compare.
    pairs = {row["id"]: pair_of(row) for row in golden.rows("a_escalc/input_pre_post.csv")}
    for row in golden.rows("a_escalc/pre_post.csv"):
        if (row["measure"], row["vtype"]) == ("SMCRPH", "LS"):
            s, dav = pairs[row["id"]], paired_dav(pairs[row["id"]])
            base = (s.sd_change**2 / ((s.sd_before**2 + s.sd_after**2) / 2)) / (s.n - 1)
            if dav.value == 0:
                ledger.add(dav.se**2, row["vi"], row)
                continue
            per_square = (dav.se**2 - base) / dav.value**2
            ledger.add(base + per_square * row["yi"] ** 2, row["vi"], row)
    ledger.assert_settled(count=12, tolerance=CLOSED)


@pytest.mark.parametrize("effect", [paired_dz, paired_dav, paired_drm])
def test_zero_is_left_out_exactly_when_the_paired_t_test_rejects(effect):
    generator = np.random.default_rng(5)
    outcomes = set()
    for _ in range(30):
        before = generator.normal(size=8)
        pair = PairedSummary.of("x", before, before + generator.normal(0.6, 1, size=8))
        estimate = effect(pair)
        encloses = estimate.ci.low <= 0 <= estimate.ci.high
        outcomes.add(encloses)
        assert encloses == (mean_change(pair).p >= 0.05)
        assert estimate.p == pytest.approx(mean_change(pair).p, rel=1e-9)
    assert outcomes == {True, False}


@pytest.mark.parametrize("effect", [paired_dz, paired_dav, paired_drm])
def test_exchanging_the_visits_turns_the_sign(effect):
    before, after = [7, 6, 8, 5, 7], [4, 5, 5, 4, 3]
    forth = effect(PairedSummary.of("x", before, after))
    back = effect(PairedSummary.of("x", after, before))
    assert forth.value < 0
    assert back.value == pytest.approx(-forth.value, rel=1e-12)
    assert back.ci[:2] == pytest.approx((-forth.ci.high, -forth.ci.low), rel=1e-12)
    assert back.se == pytest.approx(forth.se, rel=1e-12)


def test_drm_and_dav_agree_when_both_visits_spread_alike():
    pair = PairedSummary(
        label="x", n=20, mean_before=5, sd_before=2, mean_after=4, sd_after=2, correlation=0.6
    )
    assert paired_drm(pair).value == pytest.approx(paired_dav(pair).value, rel=1e-14)
    assert paired_drm(pair).ci == pytest.approx(paired_dav(pair).ci, rel=1e-14)


def test_no_spread_of_change_is_refused():
    same = {"label": "x", "n": 9, "mean_before": 1.0, "sd_before": 1.0, "mean_after": 2.0}
    copies = PairedSummary(**same, sd_after=1.0, correlation=1.0)
    with pytest.raises(ValueError, match="correlation of 1"):
        paired_drm(copies)
    # Rounding must not make an SD of change: these are raw values, one unit apart.
    raw = PairedSummary.of("x", [0.1, 0.7, 0.35], [1.1, 1.7, 1.35])
    for effect, pairs in itertools.product((paired_dz, paired_dav, mean_change), (copies, raw)):
        with pytest.raises(ValueError, match="changes by the same amount"):
            effect(pairs)
