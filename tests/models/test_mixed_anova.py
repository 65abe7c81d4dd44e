"""Mixed ANOVA beside brute force, pingouin, t tests and the repeated-measures model."""

from __future__ import annotations

import json
import math
import pickle
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from retrostats.errors import DataError, FitError
from retrostats.models.anova import fit_mixed_anova
from retrostats.models.mmrm import fit_mmrm
from retrostats.models.split_plot.sphericity import sphericity
from retrostats.models.split_plot.strata import cells_of, orthonormal_contrasts

#: Two ways to closed forms, relative. Measured gap 3e-14.
CLOSED = 1e-11
#: The same numbers in another order or unit, about a far mean. Measured gap 7e-12.
ROUNDING = 1e-9
#: Newton's optimum against the closed form. Measured gap 4e-14.
NEWTON = 1e-10
#: Outcomes near 1e7 have lost 7 of 16 digits before anything is computed. Measured gap 2e-10.
OFFSET = 1e-7

ROLES = {"outcome": "pain", "subject": "id", "between": "arm", "within": "week"}


def trial(sizes=(9, 5, 7), weeks=(0, 3, 6, 12), seed=3):
    """Long rows of arms of unequal size; weeks correlate, and differ in variance."""
    rng = np.random.default_rng(seed)
    arms = ("control", "forward", "retro")[: len(sizes)]
    rows = []
    for code, (arm, size) in enumerate(zip(arms, sizes, strict=True)):
        for k in range(size):
            own = rng.normal(0, 6)
            for week in weeks:
                fall = (0.2 + 0.5 * code) * week
                pain = 50 + own - fall + rng.normal(0, 2 + 0.4 * week)
                rows.append((f"{arm[0]}{k}", arm, week, pain))
    return pd.DataFrame(rows, columns=["id", "arm", "week", "pain"])


def fit(data=None, **options):
    return fit_mixed_anova(trial() if data is None else data, **(ROLES | options))


def close(actual, expected, tolerance=CLOSED):
    np.testing.assert_allclose(np.asarray(actual, float), np.asarray(expected), rtol=tolerance)


def sum_coded(values):
    """Sum-to-zero columns, shape (n, levels - 1)."""
    levels = sorted(set(values))
    table = np.vstack([np.eye(len(levels) - 1), -np.ones(len(levels) - 1)])
    return table[[levels.index(value) for value in values]]


def left_over(y, *columns):
    x = np.column_stack(columns)
    residual = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    return float(residual @ residual)


def products(a, b):
    return np.column_stack(
        [a[:, i] * b[:, j] for i in range(a.shape[1]) for j in range(b.shape[1])]
    )


@pytest.mark.parametrize("sizes", [(9, 5, 7), (6, 6), (2, 11)])
def test_type_three_is_what_leaving_out_sum_coded_columns_costs(sizes):
    data = trial(sizes)
    y, one = data["pain"].to_numpy(), np.ones(len(data))
    arm, week = sum_coded(data["arm"].tolist()), sum_coded(data["week"].tolist())
    both = products(arm, week)
    # Subjects within arms, as deviations that leave the coding of arms alone.
    subject = pd.get_dummies(data["id"]).to_numpy(float)
    means = pd.get_dummies(data["arm"]).to_numpy(float)
    within_arms = subject - means @ np.linalg.lstsq(means, subject, rcond=None)[0]
    full = left_over(y, one, arm, within_arms, week, both)
    averages = data.groupby("id", sort=False)["pain"].mean().to_numpy()
    own = sum_coded(data.groupby("id", sort=False)["arm"].first().tolist())
    weeks = data["week"].nunique()
    total = weeks * left_over(averages, np.ones(len(averages)), own)
    table = fit(data).table
    costs = {
        "arm": (weeks * left_over(averages, np.ones(len(averages))) - total, total),
        "week": (left_over(y, one, arm, within_arms, both) - full, full),
        "arm:week": (left_over(y, one, arm, within_arms, week) - full, full),
    }
    for term, (explained, error) in costs.items():
        mine = table[term]
        close([mine.sum_of_squares, mine.error], [explained, error])
        f = explained / mine.df_num / (error / mine.df_den)
        close([mine.statistic, mine.p], [f, stats.f.sf(f, mine.df_num, mine.df_den)])
        close(mine.partial_eta_squared, explained / (explained + error))
        close(mine.generalised_eta_squared, explained / (explained + total + full))
        factor = mine.epsilon_gg
        close(mine.p_gg, stats.f.sf(f, factor * mine.df_num, factor * mine.df_den))
    n, g = sum(sizes), len(sizes)
    assert [table[t].df_num for t in table.terms] == [g - 1, 3, 3 * (g - 1)]
    assert [table[t].df_den for t in table.terms] == [n - g, 3 * (n - g), 3 * (n - g)]


# pingouin 0.7 uses keywords that pandas 3.1 deprecates; it is not ours to mend.
@pytest.mark.filterwarnings("ignore:The inplace keyword")
@pytest.mark.filterwarnings("ignore:The copy keyword")
@pytest.mark.parametrize("sizes", [(8, 8, 8), (9, 5, 7)])
def test_pingouin_agrees_when_arms_are_equal_and_on_all_but_visits_when_not(sizes):
    import pingouin  # slow to import

    data = trial(sizes)
    theirs = pingouin.mixed_anova(
        data, dv="pain", within="week", between="arm", subject="id", correction=True
    ).set_index("Source")
    table = fit(data).table
    balanced = len(set(sizes)) == 1
    for source, term in (("arm", "arm"), ("week", "week"), ("Interaction", "arm:week")):
        row, mine = theirs.loc[source], table[term]
        assert (mine.df_num, mine.df_den) == (row["DF1"], row["DF2"])
        if term == "week" and not balanced:
            # Sequential sums of squares: means of visits weighted by the sizes of the arms.
            assert abs(mine.statistic / row["F"] - 1) > 0.01
            continue
        close([mine.sum_of_squares, mine.statistic, mine.p, mine.partial_eta_squared],
              [row["SS"], row["F"], row["p_unc"], row["np2"]])  # fmt: skip
        if term == "arm:week":
            close([mine.epsilon_gg, mine.p_gg], [row["eps"], row["p_GG_corr"]])


@pytest.mark.parametrize("sizes", [(9, 5), (2, 2)])
def test_two_visits_and_two_arms_are_t_tests(sizes):
    data = trial(sizes, weeks=(0, 6))
    found = fit(data)
    wide = data.pivot_table(index=["id", "arm"], columns="week", values="pain").reset_index()
    change = [wide.loc[wide["arm"] == arm, 6] - wide.loc[wide["arm"] == arm, 0]
              for arm in ("retro", "control", "forward") if (wide["arm"] == arm).any()]  # fmt: skip
    control, forward = change
    test = stats.ttest_ind(forward, control)
    interaction, estimate = found.table["arm:week"], found.differences_of_change()[0]
    close(interaction.statistic, test.statistic**2)
    close([interaction.p, interaction.p_gg, interaction.p_hf, estimate.p], [test.pvalue] * 4)
    close(estimate.ci[:2], test.confidence_interval())
    assert estimate.label == "forward - control, week 6 - week 0"
    assert estimate.df == sum(sizes) - 2
    average = (wide[0] + wide[6]) / 2
    between = stats.ttest_ind(*(average[wide["arm"] == arm] for arm in ("forward", "control")))
    close(found.table["arm"].p, between.pvalue)
    at = found.differences("arm", by="week")["forward - control, week 6"]
    last = stats.ttest_ind(*(wide.loc[wide["arm"] == arm, 6] for arm in ("forward", "control")))
    close([at.p, *at.ci[:2]], [last.pvalue, *last.confidence_interval()])
    assert math.isnan(found.table.sphericity.w)
    assert "two visits have one difference" in repr(found)


def test_means_are_those_of_the_unstructured_model_for_repeated_measures():
    data = trial().assign(week=lambda rows: rows["week"].astype("category"))
    mine = fit(data)
    mixed = fit_mmrm("pain ~ arm * week", data, subject="id", visit="week", df="satterthwaite")
    close(mine.sigma, mixed.sigma, NEWTON)
    for ask in (
        lambda each: each.marginal_means("arm", by="week"),
        lambda each: each.marginal_means("week"),
        lambda each: each.differences("arm", by="week", reference="control"),
        lambda each: each.differences("week", by="arm"),
        lambda each: each.differences("arm", adjust="tukey"),
    ):
        own, other = ask(mine), ask(mixed)
        assert own.caption == other.caption
        assert [e.label for e in own] == [e.label for e in other]
        close([e.value for e in own], [e.value for e in other], NEWTON)
        close([e.se for e in own], [e.se for e in other], NEWTON)
        assert {e.df for e in own} == {18.0}
    close([e.df for e in mixed.differences("arm", by="week")], [18.0] * 12, NEWTON)


def test_differences_of_change_are_contrasts_of_cells():
    found = fit()
    table = found.differences_of_change(reference="control", baseline=3, adjust="dunnett")
    assert [e.label for e in table] == [
        f"{arm} - control, week {week} - week 3"
        for week in (0, 6, 12)
        for arm in ("forward", "retro")
    ]
    cells = {("retro", 12): 1, ("retro", 3): -1, ("control", 12): -1, ("control", 3): 1}
    named = found.named_contrasts({"change": cells}, ("arm", "week"))[0]
    plain = found.differences_of_change(reference="control", baseline=3)
    one = plain["retro - control, week 12 - week 3"]
    close([one.value, one.se, one.p], [named.value, named.se, named.p])
    adjusted = table["retro - control, week 12 - week 3"]
    assert one.p < adjusted.p < 2 * one.p
    assert "adjusted by Dunnett, within week" in table.caption


@settings(max_examples=15)
@given(scale=st.floats(0.01, 100), shift=st.floats(-1e3, 1e3), seed=st.integers(0, 50))
def test_units_and_the_order_of_rows_do_not_matter(scale, shift, seed):
    data = trial()
    moved = data.assign(pain=scale * data["pain"] + shift).sample(frac=1, random_state=seed)
    before, after = fit(data), fit(moved)
    for name in ("statistic", "p", "p_gg", "p_hf", "epsilon_gg", "generalised_eta_squared"):
        close(after.tidy()[name], before.tidy()[name], ROUNDING)
    close([after.table.sphericity.w, after.table.sphericity.p],
          [before.table.sphericity.w, before.table.sphericity.p], ROUNDING)  # fmt: skip
    one, other = before.differences("arm", by="week"), after.differences("arm", by="week")
    close([e.value for e in other], [scale * e.value for e in one], ROUNDING)
    close([e.ci.low for e in other], [scale * e.ci.low for e in one], ROUNDING)


def test_swapping_the_arms_flips_the_sign_and_no_test():
    swapped = {"arm": ["retro", "forward", "control"], "week": [12, 6, 3, 0]}
    there, back = fit(), fit(levels=swapped)
    close(back.tidy().drop(columns="term"), there.tidy().drop(columns="term"), ROUNDING)
    one = there.differences("arm", by="week")["retro - control, week 6"]
    other = back.differences("arm", by="week")["control - retro, week 6"]
    close([one.value, one.se, one.ci.low], [-other.value, other.se, -other.ci.high], ROUNDING)
    change = there.differences_of_change()["retro - control, week 12 - week 0"]
    again = back.differences_of_change(baseline=0)["control - retro, week 12 - week 0"]
    close([change.value, change.p], [-again.value, again.p], ROUNDING)


def test_a_large_offset_costs_no_digits():
    near = fit()
    far = fit(trial().assign(pain=lambda rows: rows["pain"] + 1e7))
    close(far.tidy()["statistic"], near.tidy()["statistic"], OFFSET)


def test_epsilons_at_their_limits():
    assert sphericity(np.eye(3), 20).epsilon_gg == pytest.approx(1)
    one = sphericity(np.diag([1.0, 0.0, 0.0]), 20)
    assert one.epsilon_gg == pytest.approx(1 / 3)
    assert "determine another" in one.note
    few = sphericity(np.diag([2.0, 1.0, 1.0]), 2)
    assert "2 error degrees of freedom are too few for 3 contrasts" in few.note
    assert math.isnan(few.w)
    assert math.isnan(sphericity(np.eye(3), 3).epsilon_hf)


def test_lost_subjects_are_told_first_and_in_full():
    data = trial()
    data.loc[data["id"].eq("r1") & data["week"].eq(6), "pain"] = np.nan
    data = data[~(data["id"].isin(["r4", "c0"]) & data["week"].eq(12))]
    data = pd.concat([data, pd.DataFrame({"id": ["x"], "arm": [None], "week": [0], "pain": [5.0]})],
                     ignore_index=True)  # fmt: skip
    found = fit(data)
    sentence = (
        "4 of 22 subjects are lost, because a week is missing (control 1 of 9, forward 0 of 5, "
        "retro 2 of 7, no arm noted 1 of 1). A mixed model uses the visits that they have."
    )
    assert found.summary().splitlines()[0] == sentence
    assert found._repr_html_().startswith(f"<p><b>{sentence}</b></p>")
    assert found.caveats[0] == sentence
    assert found.ledger.counts() == {
        "outcome missing": 1,
        "arm missing": 1,
        "subject without every week": 9,
    }
    assert found.ledger.rows_used == 4 * found.n_subjects == 72
    left_out = set(found.ledger.labels)
    assert left_out == set(data.index[data["id"].isin(["r1", "r4", "c0", "x"])])
    whole = data[~data["id"].isin(["r1", "r4", "c0", "x"])]
    pd.testing.assert_frame_equal(found.tidy(), fit(whole).tidy())
    assert found.digest == fit(whole).digest
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["lost"][2] == {
        "arm": "retro",
        "lost": 2,
        "of": 7,
    }


def test_nobody_lost_is_told_too():
    found = fit()
    lines = found.summary().splitlines()
    assert lines[:2] == ["All 21 subjects have every week.", "Rows: 84 of 84 rows used"]
    assert found.caveats == ()
    assert not any(name in found.summary() + found._repr_html_() for name in ("c0", "r1"))


def test_the_table_reads_as_its_effects():
    found = fit(unit="mm")
    table = found.anova()
    lines = repr(table).splitlines()
    assert lines[0] == "Mixed ANOVA of pain, type III, Greenhouse-Geisser"
    week = table["week"]
    cells = lines[3].split()
    inter = table["arm:week"]
    assert f"{inter.p:.3f}" != f"{inter.p_gg:.3f}"
    assert lines[4].split()[4] == f"{inter.p_gg:.3f}"
    assert cells[:4] == ["week", f"{3 * week.epsilon_gg:.1f}", f"{54 * week.epsilon_gg:.1f}",
                         f"{week.statistic:.2f}"]  # fmt: skip
    told = f"Mauchly's W = {table.sphericity.w:.3f}, p = {table.sphericity.p:.3f}"
    assert lines[6] == f"Corrections for lack of sphericity; {told}"
    assert [row.split()[0] for row in lines[8:]] == ["none", "Greenhouse-Geisser", "Huynh-Feldt"]
    assert (len(table), table[1], list(table)[1]) == (3, week, week)
    assert table.to_markdown().count("| --- |") == 2
    assert found._repr_html_().count("<table") == 2
    with pytest.raises(KeyError, match="no term 'visit'"):
        table["visit"]
    assert found.tidy()["term"].tolist() == ["arm", "week", "arm:week"]
    assert found.marginal_means("arm")[0].unit == "mm"
    assert pickle.loads(pickle.dumps(found)).summary() == found.summary()  # noqa: S301 our own bytes


def test_a_cohort_and_its_frame_are_the_same():
    data = trial().assign(
        arm=lambda rows: pd.Categorical(rows["arm"], ["retro", "forward", "control"])
    )
    found = fit(SimpleNamespace(frame=data))
    assert found.arms == ("retro", "forward", "control")
    assert found.visits == (0, 3, 6, 12)
    assert found.digest == fit(data).digest


def test_visits_that_nobody_has_leave_the_analysis_and_are_told():
    data = trial()
    data.loc[data["week"].eq(12), "pain"] = np.nan
    found = fit(data)
    assert found.visits == (0, 3, 6)
    assert "no usable row at 12, left out of the model" in found.caveats[0]
    assert found.ledger.counts() == {"outcome missing": 21}


def broken(**changes):
    return trial().assign(**changes)


def test_repeated_rows_and_moved_subjects_are_named():
    data = trial()
    with pytest.raises(DataError, match=r"several rows for subject c0 at 0 \(rows 0, 84\)"):
        fit(pd.concat([data, data.iloc[:1]], ignore_index=True))
    moved = data.copy()
    moved.loc[[5, 82], "arm"] = "forward"
    with pytest.raises(DataError, match=r"arm changes within 2 subjects: c1, r6 \(rows 5, 82\)"):
        fit(moved)
    unseen = data.copy()
    unseen.loc[5, ["arm", "pain"]] = ["forward", np.nan]
    with pytest.raises(DataError, match=r"arm changes within 1 subject: c1 \(row 5\)"):
        fit(unseen)


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        (trial(weeks=(6,)), {}, "week has one usable level, 6.*fit_ancova"),
        (trial((9,)), {}, "arm has one usable level, 'control'; two arms"),
        (trial(), {"within": "visit"}, "there is no such column"),
        (trial(), {"between": "week"}, "four different columns are needed"),
        (trial(), {"outcome": None}, "outcome=None must be a text"),
        (trial(), {"outcome": "arm", "between": "pain"}, "the outcome"),
        (trial(), {"level": 0}, "coverage between 0 and 1"),
        (trial().assign(pain=np.nan), {}, "no row is left"),
        ([1], {}, "a pandas DataFrame or a cohort is needed"),
        (trial(), {"levels": {"arm": ["control", "retro"]}}, "not among the levels"),
        (trial(), {"levels": {"sex": ["F", "M"]}}, "no category of the model is 'sex'"),
    ],
)
def test_faults_of_data_and_arguments(data, options, message):
    with pytest.raises(DataError, match=message):
        fit(data, **options)


def test_what_cannot_be_fitted_says_why():
    data = trial((9, 3))
    few = data[~(data["id"].isin(["f0", "f1"]) & data["week"].eq(6))]
    message = r"forward has 1\. 2 of 12 subjects are lost.*forward 2 of 3.*fit_mmrm"
    with pytest.raises(FitError, match=message):
        fit(few)
    whole = data.assign(pain=data["week"] + data["arm"].str.len())
    both = "same average over the visits and subjects of the same arm change exactly alike"
    with pytest.raises(FitError, match=both):
        fit(whole)
    for power in (200, -200):
        with pytest.raises(DataError, match="write the column in another unit"):
            fit(data.assign(pain=data["pain"] * 10.0**power))
    parallel = data.assign(pain=data["week"] + data["id"].str[1:].astype(int))
    with pytest.raises(FitError, match="mixed ANOVA: subjects of the same arm change exactly"):
        fit(parallel)


def test_a_visit_without_variance_has_no_difference_but_the_others_have():
    data = trial()
    data.loc[data["week"].eq(0), "pain"] = 7.0
    found = fit(data)
    with pytest.raises(FitError, match="do not differ in forward - control, week 0; retro"):
        found.differences("arm", by="week", reference="control").tidy()
    assert found.differences_of_change(reference="control")[0].se > 0


def test_questions_that_make_no_sense():
    found = fit()
    with pytest.raises(DataError, match="'visit' is not in the model"):
        found.marginal_means("visit")
    with pytest.raises(DataError, match="'sham' is no level of arm"):
        found.differences("arm", by="week", reference="sham")
    with pytest.raises(DataError, match="the baseline 1 is no level of week"):
        found.differences_of_change(baseline=1)
    with pytest.raises(DataError, match="compares with one reference"):
        found.differences_of_change(adjust="dunnett")
    with pytest.raises(DataError, match="choose one of none"):
        found.differences("arm", adjust="sidak")


@pytest.mark.parametrize("visits", [3, 4, 6])
def test_mauchlys_p_beside_pingouin(visits):
    """R and pingouin have 3 k where Anderson's second-order term has 3 (k - 1)."""
    import pingouin  # slow to import

    rng = np.random.default_rng(visits)
    y = rng.normal(size=(12, visits)) + rng.normal(size=(12, 1))
    own, within = cells_of(y, np.zeros(12, dtype=int), 1), orthonormal_contrasts(visits)
    found = sphericity(within.T @ own.scatter @ within, own.error_df)
    theirs = pingouin.sphericity(pd.DataFrame(y))
    close(found.w, theirs.W)
    close(found.epsilon_gg, pingouin.epsilon(pd.DataFrame(y), correction="gg"))
    first = stats.chi2.sf(theirs.chi2, theirs.dof)
    q, k = visits - 1, visits
    cubic = 2 * q**3 + 6 * q**2 + 2
    close(first + (theirs.pval - first) * (cubic + 3 * q) / (cubic + 3 * k), found.p)
    assert (abs(found.p - first) > 1e-4) == (visits > 3)
