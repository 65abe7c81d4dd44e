import numpy as np
import pandas as pd
import pytest

from retrostats.effects.anova import one_way_f
from retrostats.effects.repeated_measures import repeated_measures_anova, split_plot_anova
from retrostats.effects.t_tests import student_t

#: The same sums of squares by another route; measured gap 6e-14.
CLOSED = 1e-10


def simulate(sizes, times, seed):
    """Return one array of shape ``(n, times)`` per group, with persons and trends."""
    generator = np.random.default_rng(seed)
    groups = []
    for g, n in enumerate(sizes):
        person = generator.normal(size=(n, 1))
        noise = generator.normal(size=(n, times)) * np.linspace(1, 1.5, times)
        groups.append(50 + person + noise + (0.2 + 0.4 * g) * np.arange(times))
    return groups


def from_moments(groups):
    return split_plot_anova(
        [len(y) for y in groups],
        [y.mean(axis=0) for y in groups],
        [np.cov(y.T) for y in groups],
    )


# pingouin 0.7 uses a keyword that pandas 3.1 deprecates; it is not ours to mend.
@pytest.mark.filterwarnings("ignore:The inplace keyword")
@pytest.mark.parametrize(("groups", "times"), [(2, 2), (2, 3), (3, 3), (4, 5)])
def test_balanced_is_what_pingouin_gives_for_the_raw_data(groups, times):
    import pingouin  # slow to import

    data = simulate([7] * groups, times, seed=groups * 10 + times)
    frame = pd.DataFrame(
        [
            {"subject": f"{g}-{i}", "group": g, "time": t, "y": y[i, t]}
            for g, y in enumerate(data)
            for i in range(len(y))
            for t in range(times)
        ]
    )
    table = pingouin.mixed_anova(
        frame, dv="y", within="time", between="group", subject="subject", correction=False
    ).set_index("Source")
    anova = from_moments(data)
    p_name = next(name for name in table.columns if name.lower().replace("-", "_") == "p_unc")
    for source, test in (
        ("group", anova.group),
        ("time", anova.time),
        ("Interaction", anova.interaction),
    ):
        row = table.loc[source]
        assert float(test.f) == pytest.approx(row["F"], rel=CLOSED)
        assert float(test.p) == pytest.approx(row[p_name], rel=CLOSED)
        assert (test.df1, test.df2) == (row["DF1"], row["DF2"])


def _indicator(levels, values):
    """Sum-to-zero coding, shape ``(len(values), levels - 1)``."""
    return np.vstack([np.eye(levels - 1), -np.ones(levels - 1)])[values]


def _residual(y, *parts):
    x = np.column_stack(parts)
    return float(((y - x @ np.linalg.lstsq(x, y, rcond=None)[0]) ** 2).sum())


@pytest.mark.parametrize(("sizes", "times"), [((4, 9), 3), ((5, 11, 3), 4)])
def test_unbalanced_is_type_iii_by_comparison_of_models(sizes, times):
    data = simulate(sizes, times, seed=3)
    group = np.repeat(np.arange(len(sizes)), np.multiply(sizes, times))
    time = np.tile(np.arange(times), sum(sizes))
    person = np.repeat(np.arange(sum(sizes)), times)
    y = np.concatenate([block.ravel() for block in data])
    # Within persons: their averages taken out by one column each.
    persons = np.eye(sum(sizes))[person]
    b = _indicator(times, time)
    a = _indicator(len(sizes), group)
    ab = np.column_stack([a[:, [i]] * b for i in range(a.shape[1])])
    full = _residual(y, persons, b, ab)
    anova = from_moments(data)
    for test, reduced in (
        (anova.time, _residual(y, persons, ab)),
        (anova.interaction, _residual(y, persons, b)),
    ):
        f = (reduced - full) / test.df1 / (full / test.df2)
        assert float(test.f) == pytest.approx(f, rel=CLOSED)
    averages = [block.mean(axis=1) for block in data]
    f, df1, df2 = one_way_f(sizes, [x.mean() for x in averages], [x.std(ddof=1) for x in averages])
    assert float(anova.group.f) == pytest.approx(float(f), rel=CLOSED)
    assert (anova.group.df1, anova.group.df2) == (df1, df2)


def test_two_groups_at_two_times_are_a_t_test_of_the_changes():
    n, means, sds, r = [14, 9], [[6.0, 3.5], [6.2, 5.1]], [[1.2, 1.5], [1.0, 1.9]], 0.4
    change_sd = [np.sqrt(a**2 + b**2 - 2 * r * a * b) for a, b in sds]
    t, _ = student_t((3.5 - 6.0) - (5.1 - 6.2), change_sd[0], n[0], change_sd[1], n[1])
    test = repeated_measures_anova(n, means, sds, r).interaction
    assert float(test.f) == pytest.approx(float(t) ** 2, rel=CLOSED)


def test_common_correlation_is_the_covariance_it_stands_for():
    sds = np.array([[1.0, 2.0, 1.5], [0.8, 1.1, 2.2]])
    means = [[5.0, 4.0, 3.0], [5.0, 4.8, 4.5]]
    covariance = np.stack([(0.3 + 0.7 * np.eye(3)) * np.outer(sd, sd) for sd in sds])
    one = repeated_measures_anova([10, 12], means, sds, 0.3)
    other = split_plot_anova([10, 12], means, covariance)
    for name in ("group", "time", "interaction"):
        assert getattr(one, name).f == pytest.approx(getattr(other, name).f, rel=1e-12)


def test_a_scan_gives_what_each_correlation_gives():
    table = ([10, 12], [[5, 4, 3], [5, 4.8, 4.5]], [[1, 2, 1.5], [0.8, 1.1, 2.2]])
    grid = np.linspace(-0.4, 0.99, 12).reshape(3, 4)
    scan = repeated_measures_anova(*table, grid)
    assert scan.interaction.f.shape == scan.group.p.shape == (3, 4)
    for i, r in np.ndenumerate(grid):
        one = repeated_measures_anova(*table, float(r))
        for name in ("group", "time", "interaction"):
            assert getattr(scan, name).f[i] == pytest.approx(getattr(one, name).f, rel=1e-12)
            assert getattr(scan, name).p[i] == pytest.approx(getattr(one, name).p, rel=1e-9)
    # Closer visits leave less noise within persons, and more between them.
    assert (np.diff(scan.interaction.f.ravel()) > 0).all()
    assert (np.diff(scan.group.f.ravel()) < 0).all()


def test_persons_who_all_change_alike_give_no_warning():
    scan = repeated_measures_anova([9, 9], [[5, 4], [5, 2]], [[1, 1], [1, 1]], 1.0)
    assert scan.interaction.f > 1e12
    assert scan.interaction.p < 1e-12


SD = [[1.0, 1.0], [1.0, 1.0]]
MEAN = [[5.0, 4.0], [5.0, 3.0]]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: repeated_measures_anova([9, 9], MEAN, SD, 1.1), r"must lie in -1 to 1, got 1\.1"),
        (lambda: repeated_measures_anova([9, 9], MEAN, [[1, -1], [1, 1]], 0.5), "SDs >= 0"),
        (lambda: repeated_measures_anova([9, 9], MEAN, [1, 1], 0.5), "SDs >= 0 of shape"),
        (lambda: repeated_measures_anova([9, 1], MEAN, SD, 0.5), "at least 2"),
        (lambda: repeated_measures_anova([9], MEAN, SD, 0.5), r"sizes of shape \(2,\)"),
        (lambda: repeated_measures_anova([9, 9], [5.0, 4.0], SD, 0.5), "means need shape"),
        (lambda: repeated_measures_anova([9, 9], [[5, np.nan], [5, 3]], SD, 0.5), "with gaps"),
        (
            lambda: repeated_measures_anova([9, 9], [[1, 2, 3]] * 2, [[1, 1, 1]] * 2, -0.6),
            "visits must lie in -0.5 to 1",
        ),
    ],
)
def test_what_is_out_of_range_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
