"""Values of groups described: numbers, shape, what is missing, and what is refused."""

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import gaussian_kde, t

import retrostats as rs
from retrostats.description.distributions import distribution_from_summary, distributions
from retrostats.description.types import Distribution
from retrostats.effects.summaries import ArmSummary

FOLDER = "data/example_cohort"

#: Two routes to one sum of doubles differ in the last digits; measured 2e-15, relative.
EXACT = 1e-12
#: A density of 4,096 bins against that of each value, relative to its peak; measured 6e-5 for
#: 20,000 normal values, 2e-4 where one outlier stretches the bins.
BINNED = 1e-3


@pytest.fixture(scope="module")
def cohort():
    return rs.read_cohort(f"{FOLDER}/cohort.csv", f"{FOLDER}/codebook.toml")


def values_of(density):
    return np.array(density).T


def test_numbers_are_those_of_numpy_and_scipy():
    values = [7.5, 1.25, 3.0, 9.5, 4.0, math.nan, 2.0]
    (made,) = distributions({"retro": values}, unit="mm", level=0.9)
    known = np.array([v for v in values if not math.isnan(v)])
    assert made.values == tuple(sorted(known))
    assert (made.arm, made.unit, made.n, made.missing) == ("retro", "mm", 6, 1)
    assert made.mean == pytest.approx(known.mean(), rel=EXACT)
    assert made.sd == pytest.approx(known.std(ddof=1), rel=EXACT)
    expected = t.interval(0.9, 5, known.mean(), known.std(ddof=1) / math.sqrt(6))
    assert made.mean_ci[:2] == pytest.approx(expected, rel=EXACT)
    assert made.mean_ci.level == 0.9
    assert (made.q1, made.median, made.q3) == pytest.approx(
        tuple(np.quantile(known, [0.25, 0.5, 0.75])), rel=EXACT
    )


def test_whiskers_end_at_the_outermost_values_within_reach():
    # Quartiles 2 and 4: 7.0 is exactly one and a half times 2 above, 7.1 is beyond.
    (inside,) = distributions({"a": [1.5, 2.0, 3.0, 4.0, 7.0]})
    assert inside.whiskers == (1.5, 7.0)
    (beyond,) = distributions({"a": [1.5, 2.0, 3.0, 4.0, 7.1]})
    assert beyond.whiskers == (1.5, 4.0)


def test_the_density_is_that_of_scipy_between_the_outermost_values():
    values = np.random.default_rng(1).normal(50, 10, 60)
    (made,) = distributions({"a": values})
    x, height = values_of(made.density)
    assert (x[0], x[-1], len(x)) == (values.min(), values.max(), 256)
    assert height == pytest.approx(gaussian_kde(values)(x), rel=EXACT)
    assert made.steps == ()


@pytest.mark.parametrize("outlier", [50.0, 200.0])
def test_many_values_are_binned_with_the_bandwidth_of_the_values(outlier):
    values = np.random.default_rng(2).normal(50, 10, 20_000)
    values[0] = outlier
    (made,) = distributions({"a": values})
    x, height = values_of(made.density)
    expected = gaussian_kde(values)(x)
    assert np.abs(height - expected).max() < BINNED * expected.max()


def test_whole_numbers_of_a_short_scale_are_counted():
    first, second = distributions({"a": [3, 3, 5, 10, 0], "b": [1, math.nan, 1, 1, 1, 2]})
    assert first.steps == ((0.0, 1), (3.0, 2), (5.0, 1), (10.0, 1))
    assert second.steps == ((1.0, 4), (2.0, 1))
    assert first.density == second.density == ()


@pytest.mark.parametrize("other", [[1.5, 2, 2, 2, 3], [0, 21, 4, 5, 6]])
def test_one_group_that_cannot_be_counted_gives_all_a_density(other):
    made = distributions({"a": [3, 3, 5, 8, 0], "b": other})
    assert [bool(group.steps) for group in made] == [False, False]
    assert [len(group.density) for group in made] == [256, 256]
    assert distributions({"a": [0, 20, 4, 5, 6]})[0].steps


@pytest.mark.parametrize("values", [[1.5, 2.5, 3.5, 4.5], [2.5] * 9, [], [math.nan]])
def test_too_few_or_equal_values_have_no_density(values):
    assert distributions({"a": values})[0].density == ()


def test_a_group_without_values_is_there_and_empty():
    none, one = distributions({"a": [math.nan, None], "b": [2.5]})
    assert (none.n, none.missing, none.values) == (0, 2, ())
    assert math.isnan(none.mean)
    assert (one.n, one.mean, one.median, one.whiskers) == (1, 2.5, 2.5, (2.5, 2.5))
    assert math.isnan(one.sd)
    assert all(math.isnan(end) for end in one.mean_ci[:2])


def test_a_trial_gives_its_arms_the_reference_first(cohort):
    made = distributions(cohort, "pain", week=6)
    assert [group.arm for group in made] == ["control", "retro", "forward"]
    assert {group.unit for group in made} == {"points"}
    rows = cohort.frame[cohort.frame["week"] == 6]
    for group in made:
        own = rows[rows["arm"] == group.arm]["pain"]
        assert group.values == tuple(sorted(own.dropna()))
        assert group.missing == own.isna().sum() > 0
        assert dict(group.steps) == own.value_counts().to_dict()
    strength = distributions(cohort, "strength", week=0)
    assert all(group.density and not group.steps for group in strength)


def test_a_summary_has_an_interval_and_no_shape():
    made = distribution_from_summary(ArmSummary(arm="retro", n=23, mean=4.1, sd=1.7), unit="points")
    assert made.mean_ci[:2] == pytest.approx(
        t.interval(0.95, 22, 4.1, 1.7 / math.sqrt(23)), rel=EXACT
    )
    assert (made.values, made.density, made.steps) == ((), (), ())
    assert math.isnan(made.median)
    narrow = distribution_from_summary(ArmSummary(arm="a", n=10**9, mean=0, sd=1), level=0.5)
    assert narrow.mean_ci.high * math.sqrt(1e9) == pytest.approx(NormalDist().inv_cdf(0.75), 1e-6)


@settings(max_examples=40)
@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40), st.randoms())
def test_the_order_of_values_changes_nothing(values, random):
    shuffled = values.copy()
    random.shuffle(shuffled)
    # By its words: nan is equal to nothing, itself included.
    assert repr(distributions({"a": values})) == repr(distributions({"a": shuffled}))


@settings(max_examples=40)
@given(st.lists(st.integers(-1000, 1000), min_size=5, max_size=40).filter(lambda v: len({*v}) > 1))
def test_a_change_of_unit_changes_only_the_unit(values):
    (made,) = distributions({"a": [v + 0.5 for v in values]})
    # Times a power of two is exact, so that nothing at a limit can fall to the other side.
    (other,) = distributions({"a": [4 * (v + 0.5) for v in values]})
    for name in ("mean", "sd", "median", "q1", "q3"):
        assert getattr(other, name) == pytest.approx(4 * getattr(made, name), rel=1e-9, abs=1e-9)
    assert other.whiskers == tuple(4 * end for end in made.whiskers)
    x, height = values_of(made.density)
    x4, height4 = values_of(other.density)
    assert x4 == pytest.approx(4 * x, rel=1e-9, abs=1e-9)
    assert 4 * height4 == pytest.approx(height, rel=1e-6)


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        ({}, {}, "there is no group"),
        ({"a": [1, math.inf, -math.inf]}, {}, "a: 2 of 3 values are infinite"),
        ({"a": [[1, 2]]}, {}, r"a: need a list of numbers, got an array of shape \(1, 2\)"),
        ({"a": [1, 2]}, {"level": 95}, "the level must lie between 0 and 1, got 95"),
        ({"a": [1, 2]}, {"week": 6}, "outcome and week belong to a trial"),
    ],
)
def test_what_cannot_be_described_is_refused(data, options, message):
    with pytest.raises(ValueError, match=f"^distributions: {message}"):
        distributions(data, **options)


@pytest.mark.parametrize(
    ("outcome", "options", "message"),
    [
        (None, {"week": 6}, "name an outcome; the trial has pain, womac, strength, tug"),
        ("pian", {"week": 6}, "no outcome 'pian'; the trial has pain"),
        ("pain", {}, "name a week; the visits are at weeks 0, 3, 6"),
        ("pain", {"week": 4}, "no visit at week 4; the visits are at weeks 0, 3, 6"),
        ("pain", {"week": 6, "unit": "mm"}, "pain is in 'points', not 'mm'"),
    ],
)
def test_a_trial_is_asked_for_what_it_has(cohort, outcome, options, message):
    with pytest.raises(ValueError, match=f"^distributions: {message}"):
        distributions(cohort, outcome, **options)


def test_a_distribution_does_not_contradict_itself():
    (made,) = distributions({"a": [1, 2, 2]})
    fields = {name: getattr(made, name) for name in Distribution.__slots__}
    for changed, message in (
        ({"n": 4}, "3 values of 4 subjects"),
        ({"values": (2.0, 1.0, 2.0)}, "must be ascending"),
        ({"steps": ((1.0, 1), (2.0, 1))}, "steps of 2 values of 3 subjects"),
    ):
        with pytest.raises(ValueError, match=message):
            Distribution(**(fields | changed))
    with pytest.raises(ValueError, match="level must lie between 0 and 1, got 0"):
        distribution_from_summary(ArmSummary(arm="a", n=3, mean=1, sd=1), level=0)
