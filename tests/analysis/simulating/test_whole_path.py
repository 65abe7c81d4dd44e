"""A simulated trial, written to a file and analysed as a real one, has the simulated answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import retrostats as rs
from retrostats.analysis.simulating.adjusting import adjusted_many
from retrostats.analysis.simulating.drawn import drawn_trials
from retrostats.analysis.simulating.replicates import trial_answers

FOLDER = "data/example_cohort"
#: Relative gap of estimate, SE, df and p; the reading of a file changes nothing.
SAME = 1e-8

CODEBOOK = """
title = "A simulated trial"
[file]
layout = "long"
delimiter = ","
decimal = "."
encoding = "utf-8"
missing = ["NA"]
[roles]
subject = "subject"
arm = "arm"
visit = "visit"
[[arms]]
label = "retro"
[[arms]]
label = "forward"
[[arms]]
label = "control"
reference = true
[[visits]]
label = "baseline"
week = 0
[[visits]]
label = "week 3"
week = 3
[[visits]]
label = "week 6"
week = 6
[[outcomes]]
name = "pain"
label = "Pain"
instrument = "nrs"
column = "pain"
[[covariates]]
name = "kl_grade"
label = "Kellgren-Lawrence grade"
column = "kl_grade"
type = "category"
levels = ["1", "2", "3"]
"""


@pytest.mark.parametrize("kind", ["mmrm", "lmm", "ancova", "mixed_anova"])
def test_analyse_gives_what_was_simulated(tmp_path, kind):
    plan = rs.read_plan(f"{FOLDER}/plan.toml")
    model = plan.model
    if kind != "mmrm":
        mixed = kind == "lmm"
        model = replace(
            model, kind=kind, covariance=(), df="kenward-roger" if mixed else "residual",
            baseline_by_visit=mixed, baseline=kind != "mixed_anova",
            covariates=() if kind == "mixed_anova" else model.covariates,
        )  # fmt: skip
    plan = replace(plan, model=model, secondary=(), sensitivity=(), responders=(), subgroups=())
    design = rs.read_design(f"{FOLDER}/design.toml")
    trials = drawn_trials(design, plan, (23, 23, 22), np.random.default_rng(11), 1)
    frame = trials.trial(0).frame("pain").drop(columns=["week", "baseline"])
    if "kl_grade" not in frame:
        frame["kl_grade"] = "1"
    frame.to_csv(tmp_path / "trial.csv", index=False)
    (tmp_path / "codebook.toml").write_text(CODEBOOK, encoding="utf-8")
    analysis = rs.analyse(rs.read_cohort(tmp_path / "trial.csv", tmp_path / "codebook.toml"), plan)

    found = trial_answers(trials, plan)
    adjusted = adjusted_many(found["p"], plan.multiplicity.method)[0]
    assert frame["pain"].isna().any()
    assert len(analysis.primary.planned) == 3
    for place, planned in enumerate(analysis.primary.planned):
        wanted = planned.estimate
        got = [found[name][0, place] for name in ("estimate", "se", "df", "p")]
        np.testing.assert_allclose(got, [wanted.value, wanted.se, wanted.df, wanted.p], rtol=SAME)
        np.testing.assert_allclose(adjusted[place], planned.adjusted_p, rtol=SAME)
