import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri
from scipy.stats import bootstrap, rankdata

from retrostats.effects import resamples
from retrostats.effects.bootstrap import bootstrap_interval

#: The same resamples through two programs; 2e-16 measured.
SAME = 1e-10
#: Limits after a monotone transformation. The acceleration of BCa changes with the transformation:
#: 0.4% of the logarithm's limit measured; the percentile limits agree to the digit here.
BENT = 0.02

ARMS = {
    "retro": [2.1, 3.4, 1.2, 4.8, 2.9, 3.3, 5.1, 2.2, 1.7, 9.6],
    "control": [4.4, 5.2, 3.9, 6.1, 5.7, 4.3, 12.5, 5.5],
}
BEFORE = [7.0, 6, 8, 5, 7, 9, 6, 7, 8, 6]
AFTER = [4.0, 5, 5, 4, 3, 6, 5, 4, 6, 3]


def difference(x, y, axis=-1):
    return np.mean(x, axis=axis) - np.mean(y, axis=axis)


def ratio_of_medians(x, y, axis=-1):
    return np.median(x, axis=axis) / np.median(y, axis=axis)


def delta(x, y, axis=-1):
    """Cliff's delta by ranks, for many resamples at once."""
    n = x.shape[axis]
    ranks = rankdata(np.concatenate([x, y], axis=axis), axis=axis)[..., :n].sum(axis=axis)
    return 2 * (ranks - n * (n + 1) / 2) / (n * y.shape[axis]) - 1


def of(estimate):
    return estimate.value, estimate.se, *estimate.ci[:2]


def drawn_rows(samples, replicates, seed):
    """The rows that the module draws, by its recipe: one stream for each block and sample."""
    size = math.ceil(replicates / 20)
    for block in range(math.ceil(replicates / size)):
        count = min(size, replicates - block * size)
        first = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(block,)))
        streams = [first, *first.spawn(len(samples) - 1)]
        drawn = [
            stream.integers(0, len(x), size=(count, len(x)))
            for stream, x in zip(streams, samples, strict=True)
        ]
        for row in zip(*drawn, strict=True):
            yield [x[places] for x, places in zip(samples, row, strict=True)]


def efron(statistic, samples, replicates, seed, level):
    """BCa as Efron (1987) and Efron and Tibshirani (1993, 14.10, 14.15) write it, in loops."""
    samples = [np.asarray(x, dtype=float) for x in samples]
    theta = statistic(*samples)
    drawn = np.sort([statistic(*row) for row in drawn_rows(samples, replicates, seed)])
    drawn[np.isclose(drawn, theta, rtol=1e-12, atol=1e-12)] = theta
    below = (np.sum(drawn < theta) + np.sum(drawn <= theta)) / (2 * replicates)
    z0 = ndtri(below)
    cubes = squares = 0.0
    for j, x in enumerate(samples):
        left = []
        for i in range(len(x)):
            rest = [np.delete(x, i) if k == j else y for k, y in enumerate(samples)]
            left.append(statistic(*rest))
        influence = (len(x) - 1) * (np.mean(left) - np.array(left))
        cubes += np.sum(influence**3) / len(x) ** 3
        squares += np.sum(influence**2) / len(x) ** 2
    a = cubes / (6 * squares**1.5)
    limits = []
    for z in (ndtri((1 - level) / 2), -ndtri((1 - level) / 2)):
        share = ndtr(z0 + (z0 + z) / (1 - a * (z0 + z)))
        place = share * (replicates - 1)
        k = math.floor(place)
        upper = drawn[min(k + 1, replicates - 1)]
        limits.append(drawn[k] + (place - k) * (upper - drawn[k]))
    return theta, float(np.std(drawn, ddof=1)), *limits


@pytest.mark.parametrize("statistic", [difference, ratio_of_medians, delta])
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_bca_of_two_arms_is_that_of_efron_by_brute_force(statistic, level):
    found = bootstrap_interval(statistic, ARMS, seed=11, replicates=999, level=level)
    wanted = efron(statistic, list(ARMS.values()), 999, 11, level)
    assert of(found) == pytest.approx(wanted, rel=SAME)


@pytest.mark.parametrize("statistic", [np.mean, np.std, np.median])
def test_bca_of_one_sample_is_that_of_efron_by_brute_force(statistic):
    found = bootstrap_interval(statistic, [ARMS["retro"]], seed=3, replicates=999)
    assert of(found) == pytest.approx(efron(statistic, [ARMS["retro"]], 999, 3, 0.95), rel=SAME)


@pytest.mark.parametrize("method", ["bca", "percentile", "basic"])
def test_limits_agree_with_scipy_with_resamples_of_its_own(method):
    ours = bootstrap_interval(difference, ARMS, seed=1, method=method, replicates=20_000)
    theirs = bootstrap(
        tuple(map(np.array, ARMS.values())), difference, method=method, n_resamples=20_000, rng=5
    )
    # Two Monte Carlo runs: limits of 20,000 resamples differ by about 2% of the width.
    width = theirs.confidence_interval.high - theirs.confidence_interval.low
    assert ours.ci[:2] == pytest.approx(tuple(theirs.confidence_interval), abs=0.03 * width)
    assert ours.se == pytest.approx(theirs.standard_error, rel=0.03)
    assert math.isnan(ours.p)
    assert math.isinf(ours.df)


def test_pairs_stay_together():
    change = bootstrap_interval(
        difference, [AFTER, BEFORE], seed=2, paired="by subject", replicates=1999
    )
    alone = bootstrap_interval(
        np.mean, [np.subtract(AFTER, BEFORE)], seed=2, replicates=1999, label="x"
    )
    assert of(change) == pytest.approx(of(alone), rel=SAME)
    apart = bootstrap_interval(difference, [AFTER, BEFORE], seed=2, replicates=1999)
    assert apart.se > change.se


@pytest.mark.parametrize("cells", [1, 18, 1000, 10**7])
def test_the_batch_changes_no_digit(monkeypatch, cells):
    wanted = bootstrap_interval(difference, ARMS, seed=4, replicates=501)
    monkeypatch.setattr(resamples, "CELLS", cells)
    assert of(bootstrap_interval(difference, ARMS, seed=4, replicates=501)) == of(wanted)


def test_a_function_of_one_resample_gives_what_one_of_many_gives():
    many = bootstrap_interval(difference, ARMS, seed=4, replicates=501)
    one = bootstrap_interval(lambda x, y: x.mean() - y.mean(), ARMS, seed=4, replicates=501)
    assert of(one) == pytest.approx(of(many), rel=SAME)
    assert one.label == "statistic of retro, control"
    assert many.label == "difference of retro, control"


def test_the_same_seed_gives_the_same_digits_and_another_seed_others():
    first, again, other = (
        bootstrap_interval(difference, ARMS, seed=seed, replicates=501) for seed in (7, 7, 8)
    )
    assert of(first) == of(again)
    assert of(first)[1:] != of(other)[1:]
    assert first.value == other.value


def test_9999_replicates_hold_the_limits_within_a_few_percent():
    limits = np.array(
        [bootstrap_interval(difference, ARMS, seed=seed).ci[:2] for seed in range(12)]
    )
    width = np.diff(limits.mean(axis=0))[0]
    # 0.8% measured.
    assert limits.std(axis=0, ddof=1).max() / width < 0.02


def test_progress_reaches_its_total_in_steps():
    told = []
    bootstrap_interval(
        difference,
        ARMS,
        seed=1,
        replicates=501,
        progress=lambda done, total: told.append((done, total)),
    )
    assert {total for _, total in told} == {501 + 18}
    done = [done for done, _ in told]
    assert done == sorted(done)
    assert done[-1] == 501 + 18
    assert len(done) >= resamples.BLOCKS - 1
    told.clear()
    bootstrap_interval(
        np.mean,
        [BEFORE],
        seed=1,
        method="basic",
        replicates=501,
        progress=lambda done, total: told.append((done, total)),
    )
    assert told[-1] == (501, 501)


@given(st.floats(-50, 50), st.floats(0.1, 50), st.sampled_from(["bca", "percentile", "basic"]))
@settings(max_examples=15)
def test_another_unit_changes_nothing(shift, scale, method):
    there = bootstrap_interval(difference, ARMS, seed=5, replicates=199, method=method)
    moved = {arm: scale * np.array(values) + shift for arm, values in ARMS.items()}
    back = bootstrap_interval(difference, moved, seed=5, replicates=199, method=method)
    assert of(back) == pytest.approx(tuple(scale * x for x in of(there)), rel=1e-6, abs=1e-6)


def test_bca_and_percentile_follow_a_monotone_transformation():
    def log_mean(x, axis=-1):
        return np.log(np.mean(x, axis=axis))

    for method in ("bca", "percentile"):
        plain, logged = (
            bootstrap_interval(f, [ARMS["retro"]], seed=1, method=method)
            for f in (np.mean, log_mean)
        )
        wanted = tuple(math.log(x) for x in plain.ci[:2])
        assert logged.ci[:2] == pytest.approx(wanted, rel=BENT)


def test_swapped_arms_with_the_same_draws_flip_the_percentile_limits():
    # The streams belong to the places of the samples, so arms of one length swap exactly.
    x, y = ARMS["retro"][:8], ARMS["control"]
    there = bootstrap_interval(difference, [x, y], seed=5, method="percentile")
    back = bootstrap_interval(difference, [y, x], seed=5, method="percentile")
    assert back.value == -there.value
    width = there.ci.high - there.ci.low
    assert back.ci[:2] == pytest.approx((-there.ci.high, -there.ci.low), abs=0.05 * width)


def test_identical_arms_have_no_difference_inside_the_interval():
    same = bootstrap_interval(difference, [BEFORE, BEFORE], seed=1)
    assert same.value == 0
    assert same.ci.low < 0 < same.ci.high


def test_a_large_cohort_is_drawn_in_small_batches():
    largest = 0

    def mean(x, axis=-1):
        nonlocal largest
        largest = max(largest, x.size)
        return np.mean(x, axis=axis)

    values = np.random.default_rng(1).exponential(size=100_000)
    found = bootstrap_interval(mean, [values], seed=1, replicates=200, method="percentile")
    assert largest <= resamples.CELLS
    assert found.se == pytest.approx(values.std() / math.sqrt(len(values)), rel=0.2)


def distinct(x):
    return len(set(x))


def inverse_variance(x, axis=-1):
    return 1 / np.var(x, axis=axis)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: bootstrap_interval(np.mean, [[5, 5, 5, 5]], seed=1), "all 9999 resamples give 5"),
        (
            lambda: bootstrap_interval(inverse_variance, [[1, 1, 1, 2]], seed=1),
            "no finite value in 3[0-9]{3} of 9999",
        ),
        (lambda: bootstrap_interval(distinct, [range(30)], seed=1), "count of different values"),
        (
            lambda: bootstrap_interval(inverse_variance, [[2, 2, 2]], seed=1),
            "the statistic of the samples themselves is inf",
        ),
        (lambda: bootstrap_interval(np.mean, [[1, math.nan, 2]], seed=1), "1 of 3 values"),
        (lambda: bootstrap_interval(np.mean, {"retro": [1]}, seed=1), "arm 'retro'"),
        (lambda: bootstrap_interval(np.mean, [1.0, 2.0], seed=1), "stands in brackets"),
        (lambda: bootstrap_interval(np.mean, [], seed=1), "mapping of arms"),
        (lambda: bootstrap_interval(np.mean, [BEFORE], seed=-1), "seed must be a whole number"),
        (lambda: bootstrap_interval(np.mean, [BEFORE], seed=1.5), "seed must be a whole number"),
        (lambda: bootstrap_interval(np.mean, [BEFORE], seed=1, replicates=39), "at least 40"),
        (lambda: bootstrap_interval(np.mean, [BEFORE], seed=1, level=95), "between 0 and 1"),
        (lambda: bootstrap_interval(np.mean, [BEFORE], seed=1, method="BCa"), "method must be"),
        (lambda: bootstrap_interval(np.mean, [BEFORE], seed=1, paired="yes"), "'by subject'"),
        (
            lambda: bootstrap_interval(difference, ARMS, seed=1, paired="by subject"),
            r"samples of one length, got \[10, 8\]",
        ),
        (lambda: bootstrap_interval(np.sort, [BEFORE], seed=1), "must give one number"),
        (lambda: bootstrap_interval(list, [BEFORE], seed=1), "must give one number"),
    ],
)
def test_what_has_no_interval_is_refused_in_words_and_without_a_warning(call, message):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match=message):
            call()


def test_a_statistic_that_leaving_one_out_does_not_move_is_refused_under_bca_only():
    def most(x, axis=-1):
        return np.mean(np.asarray(x) > 3, axis=axis) > 0.5

    values = [1, 2, 1, 2, 5, 6, 4, 6, 7, 8]
    with pytest.raises(ValueError, match="BCa leaves out one value at a time"):
        bootstrap_interval(most, [values], seed=1)
    found = bootstrap_interval(most, [values], seed=1, method="percentile")
    assert found.ci[:2] == (0, 1)


def coverage(draw, truth, method, *, runs=1000):
    rng = np.random.default_rng(20240601)
    inside = 0
    for run in range(runs):
        found = bootstrap_interval(np.mean, [draw(rng)], seed=run, method=method, replicates=1999)
        inside += found.ci.low <= truth <= found.ci.high
    return inside / runs


@pytest.mark.slow
@pytest.mark.parametrize(("n", "bca", "percentile"), [(20, 0.90, 0.90), (50, 0.93, 0.92)])
def test_coverage_for_the_mean_of_skewed_values(n, bca, percentile):
    #: Monte Carlo error of 1,000 runs: 0.8 points; the page has the numbers.
    def exponential(rng):
        return rng.exponential(size=n)

    assert coverage(exponential, 1.0, "bca") == pytest.approx(bca, abs=0.025)
    assert coverage(exponential, 1.0, "percentile") == pytest.approx(percentile, abs=0.025)
