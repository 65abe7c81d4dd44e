"""The pooled effect of every subset of the trials."""

import math
from itertools import combinations

import numpy as np
import pytest

import retrostats as rs
from retrostats.meta.diagnostics.subsets import all_subsets, random_subsets

from .golden_meta import gap, reference, trials

#: The common effect has closed forms; the largest gap was 1e-14.
CLOSED = 1e-10
#: Many fits at once and one at a time differ by rounding; metafor by the end of its iterations.
SAME = 1e-11


def test_every_subset_is_that_of_metafor():
    compared = 0
    for name in ("k3", "k6", "homog"):
        found = rs.gosh(rs.pool(trials(name), tau2="common", test="z"))
        rows = reference()["diag"][name]["gosh_EE"]
        k = len(found.studies)
        place = {tuple(each): i for i, each in enumerate(found.included.tolist())}
        assert len(place) == len(rows) == found.possible == 2**k - 1
        for row in rows:
            i = place[tuple(row[f"X{j}"] for j in range(1, k + 1))]
            got = {
                "k": found.size[i],
                "QE": found.q[i],
                "I2": 100 * found.i2[i],
                "H2": found.h2[i],
                "tau2": found.tau2[i],
                "tau": math.sqrt(found.tau2[i]),
                "estimate": found.estimate[i],
            }
            assert set(got) == {key for key in row if not key.startswith("X")}
            for key, value in got.items():
                assert gap(float(value), row[key]) < CLOSED, (name, key)
            compared += len(row)
    assert compared == 7 * 10 + 63 * 13 + 31 * 12


@pytest.mark.parametrize(
    "tau2", ["common", "dl", "pm", "pmm", "reml", "ml", "eb", "sj", "he", "hs", "hsk"]
)
def test_every_subset_is_the_pool_of_its_trials(tau2):
    given = trials("normand_smd")[:6]
    found = rs.gosh(rs.pool(given, tau2=tau2))
    for i, held in enumerate(found.included):
        members = [given[j] for j in np.flatnonzero(held)]
        if len(members) == 1:
            assert (found.estimate[i], found.tau2[i], found.h2[i]) == (members[0].value, 0, 1)
            continue
        one = rs.pool(members, tau2=tau2, test="z")
        got = (found.estimate[i], found.tau2[i], found.q[i], found.i2[i], found.h2[i])
        wanted = (one.pooled.value, one.tau2, one.q.statistic, one.i2, one.h2)
        assert got == pytest.approx(wanted, rel=SAME, abs=SAME)
    assert len(found) == 63


def test_an_own_estimator_is_used():
    found = rs.gosh(rs.pool(trials("k3"), tau2=lambda *_: 0.25))
    assert found.tau2.tolist() == [0, 0, 0, 0.25, 0.25, 0.25, 0.25]


def test_trials_that_agree_have_no_heterogeneity_and_no_warning():
    same = [rs.Estimate.from_se(f"Trial {i}", 0.3, 0.1 + i, unit="SD") for i in range(4)]
    for tau2 in ("common", "reml"):
        found = rs.gosh(rs.pool(same, tau2=tau2, test="z"))
        assert np.abs(found.i2).max() < 1e-12
        assert found.estimate == pytest.approx(np.full(15, 0.3), rel=1e-14)


def test_all_subsets_come_by_size_and_then_by_trial():
    wanted = [set(each) for size in range(1, 6) for each in combinations(range(5), size)]
    assert [set(np.flatnonzero(row).tolist()) for row in all_subsets(5)] == wanted


@pytest.mark.parametrize("k", [20, 70])
def test_a_random_sample_has_different_subsets_of_half_the_trials_on_average(k):
    drawn = random_subsets(k, 2000, seed=3)
    assert drawn.shape == (2000, k)
    assert len(np.unique(drawn, axis=0)) == 2000
    sizes = drawn.sum(axis=1)
    assert sizes.min() > 0
    assert (np.diff(sizes) >= 0).all()
    # The SD of the mean size is sqrt(k / 4 / 2000).
    assert abs(sizes.mean() - k / 2) < 4 * math.sqrt(k / 8000)
    assert np.abs(drawn.mean(axis=0) - 0.5).max() < 4 * math.sqrt(0.25 / 2000)


def test_the_empty_subset_is_never_drawn():
    assert all(random_subsets(3, 3, seed).any(axis=1).all() for seed in range(30))


def test_a_sample_of_half_of_few_subsets_is_as_large_as_asked():
    for k, count in ((2, 1), (3, 3), (9, 255)):
        drawn = random_subsets(k, count, seed=1)
        assert drawn.shape == (count, k)
        assert len(np.unique(drawn, axis=0)) == count
        assert drawn.any(axis=1).all()


def test_the_sample_belongs_to_its_seed():
    pooled = rs.pool(trials("bcg"), tau2="dl")
    one, same, other = (rs.gosh(pooled, most=500, seed=seed) for seed in (1, 1, 2))
    assert (one.estimate == same.estimate).all()
    assert (one.included != other.included).any()
    assert (len(one), one.possible) == (500, 8191)
    assert "(500 of 8,191)" in str(one)


def test_a_sample_of_nearly_all_is_as_large_as_asked():
    pooled = rs.pool(trials("k6"))
    found = rs.gosh(pooled, most=62, seed=4)
    assert len(np.unique(found.included, axis=0)) == len(found) == 62
    assert (np.diff(found.size) >= 0).all()
    assert len(rs.gosh(pooled, most=63)) == 63
    assert "(all)" in str(rs.gosh(pooled))


def test_a_sample_needs_a_seed():
    with pytest.raises(ValueError, match=r"13 trials have 8,191 subsets, more than most=8,190; gi"):
        rs.gosh(rs.pool(trials("bcg")), most=8190)
    with pytest.raises(ValueError, match="most must be a whole number of 1 or more; got 0"):
        rs.gosh(rs.pool(trials("k3")), most=0)


def test_the_table_counts_by_size():
    found = rs.gosh(rs.pool(trials("k6")))
    rows = found.layout().rows
    assert [row[1] for row in rows] == ["6", "15", "20", "15", "6", "1"]
    middle = np.median(found.estimate[found.size == 3])
    assert float(rows[2][2]) == pytest.approx(middle, abs=0.005)


@pytest.mark.parametrize("times", [1e-8, 1e8])
def test_subsets_scale_with_the_unit(times):
    def fitted(by):
        given = [
            rs.Estimate.from_se(t.label, t.value * by, t.se * by, unit="SD") for t in trials("k6")
        ]
        return rs.gosh(rs.pool(given))

    one, other = fitted(1.0), fitted(times)
    assert other.estimate == pytest.approx(one.estimate * times, rel=1e-11, abs=0)
    assert other.tau2 == pytest.approx(one.tau2 * times**2, rel=1e-10, abs=0)
