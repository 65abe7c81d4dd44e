"""Trials that cannot be fitted, or only alone, stand among others and harm none of them."""

from __future__ import annotations

import numpy as np
import pytest

from retrostats.errors import DataError, FitError
from retrostats.models.batch.fit import REASONS, fit_batch

#: As in test_single_fits.
SAME = 1e-10


def constant(y, seen, columns):  # noqa: ARG001 - all are called alike
    y[:] = 5.0


def exact(y, seen, columns):  # noqa: ARG001 - all are called alike
    y[:] = columns[:, 1:2] * 2 + 1


def nobody(y, seen, columns):  # noqa: ARG001 - all are called alike
    seen[:] = False


def no_last_visit(y, seen, columns):  # noqa: ARG001 - all are called alike
    seen[:, -1] = False


def not_a_number(y, seen, columns):  # noqa: ARG001 - all are called alike
    y[np.argmax(seen[:, 0]), 0] = np.nan


def endless(y, seen, columns):  # noqa: ARG001 - all are called alike
    y[np.argmax(seen[:, 0]), 0] = np.inf


def unknown_baseline(y, seen, columns):  # noqa: ARG001 - all are called alike
    columns[np.argmax(seen[:, 0]), 1] = np.nan


def arm_gone_at_the_end(y, seen, columns):  # noqa: ARG001 - all are called alike
    seen[columns[:, 2] == 1, -1] = False


def one_arm(y, seen, columns):  # noqa: ARG001 - all are called alike
    columns[:, 2] = 0.0


def few(y, seen, columns):  # noqa: ARG001 - all are called alike
    seen[3:] = False


def never_two_visits(y, seen, columns):  # noqa: ARG001 - all are called alike
    seen[:] = False
    seen[np.arange(len(seen)), np.arange(len(seen)) % 3] = True


def never_the_last_pair(y, seen, columns):  # noqa: ARG001 - all are called alike
    seen[:, 1] = np.arange(len(seen)) % 2
    seen[:, 2] = ~seen[:, 1]


def flat_visit(y, seen, columns):  # noqa: ARG001 - all are called alike
    y[:, 1] = 3.0


def equal_visits(y, seen, columns):  # noqa: ARG001 - all are called alike
    y[:, 1] = y[:, 0]
    seen[:, 1] = seen[:, 0]


def baseline_as_outcome(y, seen, columns):  # noqa: ARG001 - all are called alike
    y[:, 0] = columns[:, 1]


def too_large(y, seen, columns):  # noqa: ARG001 - all are called alike
    y *= 1e70


REFUSED = {
    constant: "exactly",
    exact: "exactly",
    nobody: "no more rows",
    no_last_visit: "visit without",
    not_a_number: "not finite",
    endless: "not finite",
    unknown_baseline: "not finite",
    arm_gone_at_the_end: "cannot be estimated",
    one_arm: "cannot be estimated",
    few: "no more rows",
    never_two_visits: "visit without",
    never_the_last_pair: "pair of visits",
    flat_visit: "without variance",
    equal_visits: "did not converge",
    baseline_as_outcome: "without variance",
    too_large: "too large",
}


def spoilt(trials, place, how):
    y, seen, columns = (array.copy() for array in trials[:3])
    y[place] = np.where(seen[place], y[place], 0.0)
    how(y[place], seen[place], columns[place])
    return trials._replace(y=y, seen=seen, columns=columns)


def answers(fits):
    return fits.estimate, fits.se, fits.df, fits.beta, fits.sigma, fits.loglik


def test_a_trial_that_cannot_be_fitted_says_why_and_harms_no_other(make_trials):
    clean = make_trials(21, count=2 * len(REFUSED) + 1)
    before = fit_batch(*clean)
    trials = clean
    for number, how in enumerate(REFUSED):
        trials = spoilt(trials, 2 * number + 1, how)
    fits = fit_batch(*trials)
    for number, (how, told) in enumerate(REFUSED.items()):
        assert told in REASONS[fits.reason[2 * number + 1]], how.__name__
    assert np.flatnonzero(fits.failed).tolist() == list(range(1, len(fits), 2))
    assert sum(fits.why().values()) == len(REFUSED)
    for mine, theirs in zip(answers(fits), answers(before), strict=True):
        assert np.array_equal(mine[::2], theirs[::2])
        assert np.isnan(mine[1::2]).all()


@pytest.mark.parametrize(
    "how", [h for h in REFUSED if h is not no_last_visit], ids=lambda h: h.__name__
)
def test_what_is_refused_here_is_refused_by_a_single_fit(how, make_trials, one_by_one):
    trial = spoilt(make_trials(22, count=1), 0, how).one(0)
    trial = trial._replace(y=np.where(trial.seen, trial.y, 0.0))
    if how in (not_a_number, unknown_baseline):
        return  # a data frame leaves such rows out and says so; an array says nothing
    with pytest.raises((DataError, FitError)):
        one_by_one(trial)


def test_a_contrast_that_survives_a_lost_arm_is_that_of_a_single_fit(make_trials, one_by_one):
    trials = spoilt(make_trials(23, count=3), 1, arm_gone_at_the_end)
    row = np.zeros((1, 9))
    row[0, 5] = 1  # the arm at the second visit
    trials = trials._replace(contrasts=row)
    fits = fit_batch(*trials)
    assert fits.alone.tolist() == [False, True, False]
    assert np.isnan(fits.beta[1]).tolist() == [False] * 8 + [True]
    for place in range(3):
        single = one_by_one(trials.one(place))
        assert abs(fits.estimate[place, 0] - single.estimate[0]) < SAME * single.se[0]
        assert abs(fits.se[place, 0] / single.se[0] - 1) < SAME
        assert abs(fits.df[place, 0] / single.df[0] - 1) < SAME


def test_a_column_given_twice_is_dropped_as_by_a_single_fit(make_trials, one_by_one):
    trials = make_trials(24, count=2)
    columns = np.concatenate([trials.columns, trials.columns[:, :, 1:2]], axis=2)
    row = np.zeros((1, 12))
    row[0, 10] = 1  # the arm at the third visit
    trials = trials._replace(columns=columns, contrasts=row)
    fits = fit_batch(*trials)
    assert fits.alone.all()
    single = one_by_one(trials.one(0))
    assert abs(fits.se[0, 0] / single.se[0] - 1) < SAME
    row[0, 10], row[0, 9] = 0, 1
    assert fit_batch(*trials).why() == {REASONS[5]: 2}


@pytest.mark.parametrize("covariance", ["us", "toep"])
def test_small_trials_are_fitted_exactly_where_a_single_fit_finds_a_maximum(
    covariance, make_trials, one_by_one
):
    """Twelve subjects: some maxima lie on the edge, and some need more than Newton's method."""
    trials = make_trials(25, count=10, n=12, leaves=0.5)
    fits = fit_batch(*trials, covariance=covariance)
    compared = 0
    for place in range(10):
        try:
            single = one_by_one(trials.one(place), covariance=covariance)
        except (FitError, DataError):
            assert fits.failed[place], place
            continue
        assert not fits.failed[place], place
        # Where the likelihood is nearly flat, the optimum is known to fewer digits.
        assert np.abs(fits.se[place] / single.se - 1).max() < 1e-6, place
        assert abs(fits.loglik[place] - single.loglik) < 1e-8, place
        compared += 1
    assert 0 < compared < 10
    assert fits.alone.any()


def test_those_without_an_outcome_may_lack_their_columns(make_trials):
    trials = make_trials(26, count=3)
    wanted = fit_batch(*trials)
    columns = trials.columns.copy()
    columns[~trials.seen.any(axis=2)] = np.nan
    assert np.isnan(columns).any()
    fits = fit_batch(trials.y, trials.seen, columns, trials.contrasts)
    assert not fits.alone.any()
    assert np.abs(fits.se / wanted.se - 1).max() < SAME


def test_a_mean_for_every_subject_leaves_nothing_between_them():
    n, m = 10, 3
    rng = np.random.default_rng(27)
    columns = np.eye(n)
    restriction = np.zeros((m, n, n + m - 1))
    restriction[:, :, :n] = np.eye(n)  # one mean per subject, the same at all visits
    restriction[1, :, n] = restriction[2, :, n + 1] = 1
    fits = fit_batch(
        rng.normal(size=(2, n, m)),
        np.ones((2, n, m), dtype=bool),
        columns,
        np.eye(m * n)[:1],
        restriction=restriction.reshape(m * n, -1),
        covariance="cs",
    )
    assert fits.why() == {REASONS[6]: 2}
