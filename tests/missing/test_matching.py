"""Donors by brute force, and what matching keeps of a scale and of a regression."""

from collections import Counter

import numpy as np
import pytest
from scipy import stats

import retrostats as rs
from retrostats.missing.ancova import ancova_many
from retrostats.missing.filling import fill
from retrostats.missing.matching import match_means, nearest_donors
from retrostats.missing.posterior import posterior_draws

#: Chance that a t with 2 degrees of freedom exceeds 2 sqrt(3); a normal does with 0.0003.
FAR = float(stats.t.sf(2 * np.sqrt(3), 2))
#: Standard errors of a simulated mean by which it may be off.
ERRORS = 4


def pain(n, seed, *, dropout=0.3, between=0.0):
    """Return whole scores of 0 to 10 at two visits that fall at random, and constant and arm."""
    rng = np.random.default_rng(seed)
    columns = np.column_stack([np.ones(n), np.arange(n) % 2, rng.normal(size=n)])
    first = 5 - columns[:, 1] + columns[:, 2] + rng.normal(0, 1.5, size=n)
    y = np.column_stack([first, 1 + 0.7 * first - columns[:, 1] + rng.normal(0, 1, size=n)])
    y = np.clip(np.round(y), 0, 10)
    y[rng.random(n) < between, 0] = np.nan
    y[rng.random(n) < dropout, 1] = np.nan
    return y, columns


def test_donors_are_the_nearest_and_each_comes_as_often():
    rng = np.random.default_rng(1)
    fitted, predicted = rng.normal(size=(2, 40)), rng.normal(0, 1.5, size=(2, 25))
    found = np.array([nearest_donors(fitted, predicted, rng, donors=5) for _ in range(500)])
    for a in range(2):
        for b in range(25):
            nearest = np.argsort(np.abs(fitted[a] - predicted[a, b]))[:5]
            times = Counter(found[:, a, b].tolist())
            assert set(times) == set(nearest.tolist())
            # 500 draws of one in five: 100 +- 9.
            assert all(60 < count < 140 for count in times.values())


def test_of_equally_near_ones_none_is_preferred():
    fitted = np.repeat([1.0, 2.0], 10)[None]
    rng = np.random.default_rng(1)
    drawn = [nearest_donors(fitted, np.array([[1.2]]), rng, donors=3)[0, 0] for _ in range(2000)]
    times = np.bincount(drawn, minlength=20)
    assert not times[10:].any()
    assert times[:10].min() > 140
    assert times[:10].max() < 260


def test_gaps_of_one_data_set_with_one_prediction_have_donors_of_their_own():
    fitted, predicted = np.ones((1, 40)), np.full((1, 400), 1.1)
    found = nearest_donors(fitted, predicted, np.random.default_rng(1), donors=5)
    assert len(np.unique(found)) == 40


def test_a_gap_is_filled_from_later_visits_too():
    y, columns = pain(200, 8, dropout=0.0, between=0.3)
    filled = match_means(y, columns, 30, rng=np.random.default_rng(1))
    gone = np.isnan(y[:, 0])
    left = y[:, 1] - columns @ np.linalg.lstsq(columns, y[:, 1], rcond=None)[0]
    seen = np.corrcoef(left[~gone], y[~gone, 0])[0, 1]
    drawn = np.corrcoef(np.tile(left[gone], 30), filled[:, gone, 0].ravel())[0, 1]
    assert seen > 0.5
    assert drawn == pytest.approx(seen, abs=0.15)


def test_fewer_scores_than_donors_are_all_donors():
    fitted = np.array([[1.0, 5.0]])
    rng = np.random.default_rng(1)
    found = [nearest_donors(fitted, np.array([[9.0]]), rng, donors=5)[0, 0] for _ in range(50)]
    assert set(map(int, found)) == {0, 1}


@pytest.mark.parametrize("between", [0.0, 0.2])
def test_what_is_filled_in_was_seen_at_that_visit(between):
    y, columns = pain(60, 2, between=between)
    filled = match_means(y, columns, 15, rng=np.random.default_rng(1))
    assert filled.shape == (15, 60, 2)
    for visit in range(2):
        gone = np.isnan(y[:, visit])
        assert gone.any() == (visit == 1 or between > 0)
        assert set(filled[:, gone, visit].ravel()) <= set(y[~gone, visit])
        assert (filled[:, ~gone, visit] == y[~gone, visit]).all()
        assert not gone.any() or len(np.unique(filled[:, gone, visit], axis=0)) > 1


def test_one_visit_that_hangs_on_the_arm_alone_draws_from_the_arm():
    y, columns = pain(80, 3)
    y = y[:, 1:]
    y[:, 0] += 20 * columns[:, 1]
    filled = match_means(y, columns[:, :2], 200, rng=np.random.default_rng(1))
    for arm in (0, 1):
        rows = columns[:, 1] == arm
        gone = rows & np.isnan(y[:, 0])
        own = y[rows & ~np.isnan(y[:, 0]), 0]
        drawn = filled[:, gone, 0]
        assert set(drawn.ravel()) <= set(own)
        # A data set's five donors are as far from the mean of the arm as five are.
        error = own.std() / np.sqrt(5 * len(filled))
        assert abs(drawn.mean() - own.mean()) < ERRORS * error


def test_missing_at_random_is_mended():
    """Those who scored high at the first visit leave: the mean of the others is too low."""
    y, columns = pain(400, 4, dropout=0.0)
    truth = y[:, 1].mean()
    left = y[:, 0] > 6
    y[left & (np.random.default_rng(1).random(400) < 0.7), 1] = np.nan
    filled = match_means(y, columns, 50, rng=np.random.default_rng(1))
    assert np.nanmean(y[:, 1]) < truth - 0.3
    # Five donors of the high end are lower than those who are gone, by a little.
    assert abs(filled[:, :, 1].mean() - truth) < 0.1


def test_the_variance_between_data_sets_is_that_of_normal_draws():
    y, columns = pain(200, 5)
    contrast = np.array([0.0, 1, 0])
    rng = np.random.default_rng(1)
    matched = match_means(y, columns, 300, rng=rng)[:, :, 1]
    drawn = posterior_draws(y, columns, 300, rng=rng)
    normal = fill(y, drawn.means(columns), drawn.sigma, rng=rng)[:, :, 1]
    one, other = (ancova_many(each, columns, contrast).values for each in (matched, normal))
    # Scores are rounded, which adds 1/12 to a variance of 1, and draws of 300 are known to 4%.
    assert 0.75 < one.std() / other.std() < 1.25
    assert abs(one.mean() - other.mean()) < 0.05


def test_with_few_degrees_of_freedom_predictions_spread_by_more_than_the_normal():
    """The residual variance is drawn too: predictions have the tails of a t with 2 df.

    One is seen far off: a gap predicted there has the far score only beyond the middle between
    both, which a t of 2 df reaches far more often than a normal.
    """
    y = np.array([-1.0, 0.0, 1.0, 0.0, np.nan])
    columns = np.column_stack([np.ones(5), [0.0, 0.0, 0.0, 6.0, 0.0]])
    y[3] = 4.0
    filled = match_means(y[:, None], columns, 20_000, rng=np.random.default_rng(1), donors=1)[
        :, 4, 0
    ]
    # Fitted: 0 for three, 4 for one. The gap's prediction is t with 2 df times 1 / sqrt(3), and
    # takes the far score above 2.
    error = np.sqrt(FAR * (1 - FAR) / 20_000)
    assert abs((filled == 4).mean() - FAR) < ERRORS * error


def test_the_same_seed_gives_the_same_scores():
    y, columns = pain(60, 6, between=0.2)
    one, two = (match_means(y, columns, 5, rng=np.random.default_rng(3)) for _ in range(2))
    assert one.tobytes() == two.tobytes()


def test_what_the_scores_do_not_tell_is_refused():
    y, columns = pain(60, 7)
    y[columns[:, 1] == 1, 1] = np.nan
    with pytest.raises(rs.FitError, match="week 6: among those seen"):
        match_means(y, columns, 2, rng=np.random.default_rng(1), visits=("week 3", "week 6"))
