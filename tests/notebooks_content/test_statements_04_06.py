"""What notebooks 04 to 06 say of the example is so, and they run on other outcomes and arms."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import retrostats as rs

#: Whole notebooks are run.
pytestmark = pytest.mark.whole

#: The special cases of the mixed model: 2e-8 measured, from where the search for the maximum ends.
SAME = 1e-6
#: Subjects in each arm of a simulated trial; the true difference is 0.
LARGE = 4000
#: Variances and covariances of baseline and two visits, about those of pain in the example.
COVARIANCE = ((2.6, 2.0, 2.3), (2.0, 2.3, 2.2), (2.3, 2.2, 3.0))
#: Four standard errors of the difference of that trial.
CHANCE = 0.09
#: A mean over another; the two are one number.
EXACT = 1e-12
#: Two arms, one visit after baseline, an outcome of which more is better.
CODEBOOK_CUTS = ('label = "week 3"\nweek = 3', 'label = "forward"\nname = "Forward walking"')
SMALL_PLAN = """\
title = "Plan (made up)"

[estimand]
treatment = "walkers"
comparator = "control"
population = "adults"
endpoint = "strength"
week = 6

[model]
kind = "ancova"
df = "residual"
"""
FILES = {"cohort": "small.csv", "codebook": "small.toml", "plan": "small_plan.toml"}


@pytest.fixture(scope="module")
def models(notebook, tmp_path_factory):
    return notebook("04", tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def effects(notebook, tmp_path_factory):
    return notebook("05", tmp_path_factory.mktemp("effects"))


@pytest.fixture(scope="module")
def working(tmp_path_factory):
    return tmp_path_factory.mktemp("figures")


@pytest.fixture(scope="module")
def figures(notebook, working):
    return notebook("06", working)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Lay a trial of other names, with two arms and one visit after baseline."""
    folder = tmp_path_factory.mktemp("small")
    example = Path("data/example_cohort")
    rows = (example / "cohort.csv").read_text(encoding="utf-8").splitlines()
    kept = [row for row in rows if ",forward," not in row and ",week 3," not in row]
    codebook = (example / "codebook.toml").read_text(encoding="utf-8")
    for kind, cut in zip(("visits", "arms"), CODEBOOK_CUTS, strict=True):
        assert f"[[{kind}]]\n{cut}\n\n" in codebook
        codebook = codebook.replace(f"[[{kind}]]\n{cut}\n\n", "")
    renamed = {
        "small.csv": "\n".join(kept).replace(",retro,", ",walkers,"),
        "small.toml": codebook.replace('"retro"', '"walkers"'),
        "small_plan.toml": SMALL_PLAN,
    }
    for name, text in renamed.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_who_is_used_by_which_method(models):
    used = {name: fit.n_subjects for name, fit in models.names["fits"].items()}
    assert used["MMRM"] == used["LMM"] > used["ANCOVA"] > used["mixed ANOVA"]
    ledgers = models.names["ledgers"]
    for name, fit in models.names["fits"].items():
        assert ledgers[name]["rows used"] == fit.ledger.rows_used
        left_out = ledgers[name].filter(like="left out").sum()
        assert ledgers[name]["rows offered"] == ledgers[name]["rows used"] + left_out


def test_the_last_row_pays_for_making_no_use_of_baseline(models):
    answers = models.names["answers"]
    assert [each.label for each in answers] == [
        "MMRM", "LMM", "ANCOVA", "mixed ANOVA, change", "mixed ANOVA, last visit",
    ]  # fmt: skip
    assert models.names["favours"] == ("retro", "control")
    assert set(models.names["at_last"]["visit"]) == {"week 6"}
    *others, last = (each.se for each in answers)
    assert all(last > 1.5 * se for se in others)


def test_within_a_pair_the_rows_are_the_same(models):
    first, second, third, fourth = models.names["pairs"]
    for one, other in ((first, second), (third, fourth)):
        assert one.value == pytest.approx(other.value, abs=SAME)
        assert one.se == pytest.approx(other.se, abs=SAME)
        assert one.df == pytest.approx(other.df, abs=1e-3)
    assert abs(first.value - third.value) > 0.001


def test_the_estimate_does_not_depend_on_the_degrees_of_freedom(models):
    rows = {each.label: each for each in models.names["by_method"]}
    assert max(e.value for e in rows.values()) - min(e.value for e in rows.values()) < SAME
    careful = rows["kenward-roger"]
    for label in ("residual", "asymptotic"):
        assert rows[label].df > careful.df
        assert rows[label].p < careful.p
    assert rows["CR2"].df < careful.df


def test_losing_the_worst_flatters_the_arm_under_every_method(models):
    lost, moves = models.names["lost"], list(models.names["moves"])
    assert [len(gone) for gone in lost.values()] == [0, 6, 6]
    assert [each.label for each in moves[:4]] * 3 == [each.label for each in moves]
    answers = {each.label: each.value for each in models.names["answers"]}
    assert all(each.value == pytest.approx(answers[each.label], abs=EXACT) for each in moves[:4])
    shifts = [moves[k].value - moves[k % 4].value for k in range(4, 12)]
    assert all(shift < -0.1 for shift in shifts)
    at_random = dict(zip([each.label for each in moves[:4]], shifts[:4], strict=True))
    mixed, others = ("MMRM", "LMM"), ("ANCOVA", "mixed ANOVA, change")
    assert max(abs(at_random[m]) for m in mixed) < min(abs(at_random[o]) for o in others)
    shown = models.names["values"].sub(models.names["values"]["as observed"], axis=0)
    assert shown.loc["MMRM", "worst at the visit before"] == pytest.approx(at_random["MMRM"])


def test_who_leaves_by_what_was_seen_biases_the_ancova_and_not_the_mixed_model():
    """What the notebook calls theory, in a trial so large that chance hardly counts."""
    rng = np.random.default_rng(7)
    arm = np.repeat(["control", "retro"], LARGE)
    course = rng.multivariate_normal([0, 0, 0], COVARIANCE, size=2 * LARGE)
    frame = pd.DataFrame(course, columns=["baseline", "first", "last"])
    frame = frame.assign(arm=arm, subject=[f"S{row}" for row in range(2 * LARGE)])
    moved = {}
    for rule in ("first", "last"):
        gone = frame[frame["arm"] == "retro"][rule].nlargest(LARGE // 4).index
        seen = frame.assign(last=frame["last"].mask(frame.index.isin(gone)))
        long = seen.melt(["subject", "arm", "baseline"], ["first", "last"], "visit", "y")
        mixed = rs.fit_mmrm(
            "y ~ baseline*visit + arm*visit", long, subject="subject", visit="visit"
        )
        at_end = {("retro", "last"): 1, ("control", "last"): -1}
        ancova = rs.fit_ancova("last ~ baseline + arm", seen, subject="subject")
        by_ancova = ancova.named_contrasts({"": {"retro": 1, "control": -1}}, "arm")[0]
        by_mixed = mixed.named_contrasts({"": at_end}, ("arm", "visit"))[0]
        moved[rule] = by_mixed.value, by_ancova.value
    mixed, ancova = moved["first"]
    assert abs(mixed) < CHANCE
    assert ancova < -CHANCE
    assert all(value < -CHANCE for value in moved["last"])


def test_other_libraries_agree_where_the_notebook_says_so(models):
    assert "8 coefficients; all agree to 0.0001: True" in models.printed
    assert "arm and interaction agree to 0.0001: True" in models.printed
    gaps = models.names["gaps"]
    assert gaps["visit"] > 0.01
    assert max(gaps["arm"], gaps["Interaction"]) < SAME


def test_the_lines_for_the_plan_are_those_of_a_plan(models):
    wanted = tomllib.loads(models.names["plan"])
    assert wanted["estimand"] == {
        "treatment": "retro", "comparator": "control", "endpoint": "pain", "week": 6,
    }  # fmt: skip
    example = tomllib.loads(Path("data/example_cohort/plan.toml").read_text(encoding="utf-8"))
    assert wanted["model"].items() <= example["model"].items()


def test_mixed_models_run_on_an_outcome_of_which_more_is_better(notebook, tmp_path):
    run = notebook("04", tmp_path, outcome="strength", treatment="forward")
    assert run.names["favours"] == ("control", "forward")
    assert run.names["answers"].caption == "Quadriceps strength, week 6: forward - control"
    shifts = [each.value for each in run.names["moves"]]
    assert all(later > first for first, later in zip(shifts[:4] * 2, shifts[4:], strict=True))
    assert "retro" not in run.printed


def test_the_clothes_are_of_one_difference(effects):
    names = effects.names
    raw, d, g, average, glass, shift, delta, superiority = names["clothes"]
    a, b = names["a"], names["b"]
    assert raw.value == pytest.approx(a.mean - b.mean, abs=EXACT)
    assert glass.value == pytest.approx(raw.value / b.sd, abs=EXACT)
    assert average.value == pytest.approx(raw.value / ((a.sd**2 + b.sd**2) / 2) ** 0.5, abs=EXACT)
    assert abs(g.value) < abs(d.value)
    assert superiority.value == pytest.approx((delta.value + 1) / 2, abs=EXACT)
    assert superiority.value < 0.5
    assert shift.unit == raw.unit == "points"
    assert len({round(each.value, 6) for each in (d, g, average, glass)}) == 4


def test_the_sd_of_change_is_another_unit(effects):
    points, dav, dz = effects.names["within"]
    assert [points.unit, dav.unit, dz.unit] == ["points", "SD", "SD of change"]
    assert abs(dz.value) > abs(dav.value)
    with pytest.raises(ValueError, match="SD of change"):
        rs.plot_forest(rs.EstimateTable("", (dav, dz)))


def test_d_and_g_become_one_as_arms_grow(effects):
    by_size = effects.names["by_size"]
    ratios = [g.value / d.value for d, g in zip(by_size[::2], by_size[1::2], strict=True)]
    assert ratios == sorted(ratios)
    assert ratios[0] < 0.95
    assert ratios[-1] > 0.998


def test_what_the_published_trials_print(effects):
    alghadir, other = effects.names["published"], effects.names["other"]
    assert not list(alghadir.find(outcome="pain", statistic="sd"))
    assert not list(alghadir.find(outcome="pain", statistic="sd_change"))
    sizes = [each.kind for each in alghadir.find(outcome="completers", statistic="n")]
    assert set(sizes) == {"inferred"}
    assert list(alghadir.find(outcome="completion", statistic="percent"))
    low, middle, high, randomised = (each.value for each in effects.names["from_p"])
    assert low < middle < high < randomised < 0
    rows = rs.reproduce(other).tidy()
    rows = rows[(rows.outcome == "WOMAC function") & (rows.timepoint == "change post")]
    told = " ".join(
        f"{row.verdict} {row.detail}" for row in rows[rows.quantity == "p"].itertuples()
    )
    assert "contradicted under Student" in told
    assert "reproduced under Welch" in told
    from_means, from_p = effects.names["ways"]
    assert from_means.value - from_p.value > 0.02


def test_the_amount_of_the_first_cell_is_looked_up(effects, notebook, tmp_path):
    assert "2 points stands below: True" in effects.printed
    run = notebook("05", tmp_path, outcome="strength", treatment="forward", worthwhile=20.0)
    assert "20 N stands below: False" in run.printed
    assert run.names["line"] == 20
    assert run.names["favours"] == ("control", "forward")
    assert "retro" not in " ".join(each.label for each in run.names["clothes"])


def test_responders_are_those_that_the_changes_hold(effects):
    names = effects.names
    for arm, told in (("retro", names["t"]), ("control", names["c"])):
        gains = names["changes"][arm].improvements
        assert told.important == sum(gain >= 2 for gain in gains)
        assert told.n == len(gains)
    t, c = names["t"], names["c"]
    assert names["measured"].value == pytest.approx(t.important / t.n - c.important / c.n)
    everyone = t.important / (t.n + t.missing) - c.important / (c.n + c.missing)
    assert names["everyone"].value == pytest.approx(everyone)
    assert names["converted"].value == pytest.approx(names["measured"].value, abs=0.05)


def test_the_figures_have_the_width_of_the_journal(figures):
    names = figures.names
    widths = {
        name: names[name].figure.get_figwidth() * 25.4
        for name in ("flow", "trajectories", "forest", "estimation", "shapes")
    }
    page = rs.find_journal("springer")
    single, double = page.single_mm, page.double_mm
    assert widths == pytest.approx(
        {
            "flow": double,
            "trajectories": single,
            "forest": single,
            "estimation": double,
            "shapes": single,
        }
    )


def test_the_files_are_there_and_the_checks_tell(figures, working):
    files = sorted(path.name for path in (working / "for_the_paper").iterdir())
    assert files == [
        "figure_1.pdf", "figure_2.pdf", "figure_2.tiff", "figure_3.svg", "small_text.pdf",
        "table_1.docx", "table_2.csv", "table_2.tex",
    ]  # fmt: skip
    assert "warnings: 0\nwritten: figure_1.pdf" in figures.printed
    assert "too_wide.pdf would be 250 mm wide; two columns" in figures.printed
    assert "small_text.pdf has text smaller than the 8 pt" in figures.printed
    with pytest.raises(ValueError, match="expected one of comma, elsevier"):
        rs.find_journal("no such journal")


def test_every_kind_of_figure_is_in_the_table_of_questions():
    text = next(Path("notebooks").glob("06_*.py")).read_text(encoding="utf-8")
    table = "".join(line for line in text.splitlines() if line.startswith("# | "))
    plots = [name for name in rs.__all__ if name.startswith("plot_")]
    assert [name for name in plots if f"`{name}`" not in table] == []


def test_figures_and_text_have_the_same_numbers(figures):
    forest = figures.names["forest"]
    words = " ".join(text.get_text() for text in forest.texts)
    for each in figures.names["analysis"].primary.planned:
        assert f"{each.estimate.value:.2f}".replace("-", "−") in words
    assert rs.describe(forest) in figures.printed


@pytest.mark.whole
@pytest.mark.parametrize("journal", ["springer", "plos"])
def test_figures_of_another_trial_for_another_journal(notebook, small, journal):
    run = notebook("06", small, **FILES, journal=journal)
    assert "Quadriceps strength" in run.printed
    assert "retro -" not in run.printed
    assert run.names["known"] == []
    assert ("warnings: 0" in run.printed) == (journal == "springer")


def test_effects_of_another_trial(notebook, small):
    chosen = {"cohort": "small.csv", "codebook": "small.toml", "treatment": "walkers"}
    run = notebook("05", small, **chosen)
    assert run.names["raw"].label == "walkers - control"
    assert "walkers: 13 of 21 measured improved by 2, 2 missing" in run.printed
