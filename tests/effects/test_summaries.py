import math

import numpy as np
import pytest

from retrostats.effects.pairs import PairedSummary
from retrostats.effects.summaries import ArmSummary, combine_groups

#: Closed forms; measured gap 3e-15.
CLOSED = 1e-10


def test_combined_groups_as_in_the_reference(golden, ledger):
    pairs = [((12, 3.1, 1.2), (15, 4.0, 1.5)), ((5, 2, 1), (5, 2, 1))]
    pairs.append(((30, 45.2, 10.3), (28, 40.1, 9.8)))
    for pair, wanted in zip(pairs, golden.json("e_summary/ref.json")["combine"], strict=True):
        a, b = (
            ArmSummary(arm=x, n=n, mean=m, sd=s) for x, (n, m, s) in zip("ab", pair, strict=True)
        )
        both = combine_groups(a, b)
        assert both.arm == "a + b"
        for key in ("n", "mean", "sd"):
            ledger.add(getattr(both, key), wanted[key], pair)
    ledger.assert_settled(count=9, tolerance=CLOSED)


def test_combined_groups_are_the_groups_put_together():
    x, y = np.array([1.0, 4, 2, 7]), np.array([9.0, 3, 5])
    both = combine_groups(ArmSummary.of("x", x), ArmSummary.of("y", y))
    whole = ArmSummary.of("x + y", np.concatenate([x, y]))
    assert both.n == whole.n
    assert (both.mean, both.sd) == pytest.approx((whole.mean, whole.sd), rel=1e-14)


def test_three_ways_to_the_same_arm():
    arm = ArmSummary(arm="retro", n=20, mean=4.5, sd=2.991360908544058)
    se = arm.sd / math.sqrt(20)
    from_se = ArmSummary.from_se("retro", 20, 4.5, se)
    from_ci = ArmSummary.from_ci("retro", 20, 4.5, 3.1, 5.9)
    assert from_se.sd == pytest.approx(arm.sd, rel=1e-14)
    assert from_ci.sd == pytest.approx(arm.sd, rel=1e-12)


@pytest.mark.parametrize(("n", "short"), [(20, 0.06), (10, 0.13)])
def test_an_interval_made_with_the_normal_gives_an_sd_too_small(n, short):
    half = 1.96 * 2.0 / math.sqrt(n)
    found = ArmSummary.from_ci("retro", n, 4.5, 4.5 - half, 4.5 + half).sd
    assert 1 - found / 2.0 == pytest.approx(short, abs=0.005)


def test_pairs_from_raw_values_and_from_sds():
    before, after = [7, 6, 8, 5, 7, 9], [4, 5, 5, 4, 3, 6]
    raw = PairedSummary.of("pain", before, after)
    change = np.subtract(after, before)
    assert raw.mean_change == pytest.approx(change.mean())
    assert raw.sd_change == pytest.approx(change.std(ddof=1), rel=1e-14)
    rebuilt = PairedSummary.from_sd_change(
        label="pain",
        n=6,
        mean_before=raw.mean_before,
        sd_before=raw.sd_before,
        mean_after=raw.mean_after,
        sd_after=raw.sd_after,
        sd_change=raw.sd_change,
    )
    assert rebuilt.correlation == pytest.approx(raw.correlation, rel=1e-12)


def test_perfectly_correlated_pairs_are_accepted():
    before = np.array([0.1, 0.2, 0.7, 0.45])
    assert PairedSummary.of("x", before, 3 * before).correlation == pytest.approx(1)


def _pair(**changed):
    fields = {"label": "x", "n": 9, "mean_before": 1.0, "sd_before": 1.0, "mean_after": 1.0}
    return PairedSummary(**(fields | {"sd_after": 1.0, "correlation": 0.5} | changed))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ArmSummary(arm="retro", n=1, mean=1, sd=1), "arm 'retro': need a whole number n"),
        (lambda: ArmSummary(arm="retro", n=9, mean=1, sd=0), r"sd=0\. .* sd = se \* sqrt\(n\)"),
        (lambda: ArmSummary(arm="retro", n=9, mean=math.nan, sd=1), "finite mean"),
        (lambda: ArmSummary.of("retro", [1, math.nan, 2, math.nan]), "2 of 4 values are missing"),
        (lambda: ArmSummary.of("retro", [1.0]), "n >= 2, got n=1"),
        (lambda: ArmSummary.of("retro", [[1.0, 2.0]]), r"shape \(1, 2\)"),
        (lambda: ArmSummary.of("retro", [3.0, 3.0]), "all 2 values are 3, so that there is no SD"),
        (lambda: ArmSummary.from_ci("retro", 20, 7.0, 3.1, 5.9), "does not enclose the mean"),
        (lambda: _pair(n=1), "x: need a whole number"),
        (lambda: _pair(sd_after=0.0), "0 after"),
        (lambda: _pair(correlation=1.2), "correlation in -1 to 1"),
        (lambda: _pair(mean_after=math.inf), "finite means"),
        (lambda: PairedSummary.of("x", [1, 2, 3], [1, 2]), "3 values before and 2 after"),
        (lambda: PairedSummary.of("x", [1, 2, 3], [1, 2, math.nan]), "x, after: 1 of 3"),
        (lambda: PairedSummary.of("x", [2, 2, 2], [1, 2, 3]), "x, before: all 3 values are 2"),
    ],
)
def test_what_is_out_of_range_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_an_impossible_sd_of_change_names_the_correlation_it_would_need():
    with pytest.raises(ValueError, match=r"would need a correlation of -3\.5"):
        PairedSummary.from_sd_change(
            label="x", n=9, mean_before=1, sd_before=1, mean_after=1, sd_after=1, sd_change=3
        )
