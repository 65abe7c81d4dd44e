"""Further analyses that fill in missing outcomes: what a plan may ask, and how it says it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from retrostats.data.codebook.types import Codebook
from retrostats.errors import PlanError
from retrostats.plan import names
from retrostats.plan.agreement import require_fits
from retrostats.plan.contradictions import contradictions
from retrostats.plan.reading import read_plan
from retrostats.plan.sensitivity import IMPUTING, REFERENCE_BASED
from retrostats.plan.sentences import planned_sentences
from retrostats.plan.types import AnalysisPlan, Sensitivity
from retrostats.plan.writing import plan_to_toml

JUMP, DRAWS, PMM = "jump to reference", "posterior draws", "predictive mean matching"
MI, TIPPING = "multiple imputation", "tipping point"

#: What is given, the key at fault, and what is said of it.
FAULTS: list[tuple[dict[str, Any], str, str]] = [
    ({"kind": MI}, "seed", "imputations are drawn at random; name the seed"),
    ({"kind": PMM}, "seed", "name the seed"),
    ({"kind": JUMP, "imputation": DRAWS}, "seed", "imputations are drawn"),
    ({"kind": JUMP, "inference": "bootstrap"}, "seed", "resamples are drawn"),
    ({"kind": JUMP, "seed": 1}, "seed", "nothing is drawn in this analysis"),
    ({"kind": MI, "seed": -1}, "seed", "is negative"),
    ({"kind": JUMP, "inference": "rubin", "seed": 1}, "inference", "'rubin' is for imputation"),
    (
        {"kind": JUMP, "imputation": DRAWS, "inference": "jackknife"},
        "inference",
        "'jackknife' is for imputation = 'conditional mean', not for 'posterior draws'",
    ),
    (
        {"kind": JUMP, "imputation": PMM, "seed": 1},
        "imputation",
        "cannot follow a reference",
    ),
    (
        {"kind": MI, "imputation": "conditional mean", "inference": "jackknife"},
        "imputation",
        "goes with imputation = 'posterior draws' and inference = 'rubin'",
    ),
    ({"kind": TIPPING, "inference": "bootstrap", "seed": 1}, "inference", "and with nothing else"),
    ({"kind": JUMP, "imputation": "draws"}, "imputation", "'draws' is not known"),
    ({"kind": JUMP, "inference": "jacknife"}, "inference", "did you mean 'jackknife'?"),
    ({"kind": JUMP, "imputations": 50}, "imputations", "belongs to inference = 'rubin'"),
    ({"kind": JUMP, "replicates": 500}, "replicates", "belongs to inference = 'bootstrap'"),
    ({"kind": MI, "imputations": 1, "seed": 1}, "imputations", "is too few; take 2"),
    (
        {"kind": JUMP, "inference": "bootstrap", "replicates": 99, "seed": 1},
        "replicates",
        "is too few; take 100",
    ),
    ({"kind": MI, "reference": "forward", "seed": 1}, "reference", "copies no arm"),
    ({"kind": JUMP, "reference": "retro"}, "reference", "is the treated arm of the estimand"),
    ({"kind": JUMP, "reference": "retr"}, "reference", "no arm 'retr'; did you mean 'retro'?"),
    ({"kind": "ancova", "seed": 1}, "seed", "belongs to analyses that fill in missing outcomes"),
    ({"kind": "lmm", "reference": "forward"}, "reference", "belongs to analyses that fill in"),
    # The comparator goes without saying only where an arm is copied at all.
    ({"kind": "lmm", "reference": "control"}, "reference", "belongs to analyses that fill in"),
    ({"kind": MI, "reference": "control", "seed": 1}, "reference", "copies no arm"),
    ({"kind": MI, "imputations": 10**9, "seed": 1}, "imputations", "take 100000 at most"),
    (
        {"kind": JUMP, "inference": "bootstrap", "replicates": 10**6, "seed": 1},
        "replicates",
        "take 100000 at most",
    ),
    (
        {"kind": TIPPING, "deltas": tuple(step / 10 for step in range(1, 52))},
        "deltas",
        "51 deltas are too many for a figure; 50 do",
    ),
    ({"kind": JUMP, "deltas": (1.0,)}, "deltas", "belongs to kind = 'delta'"),
    ({"kind": TIPPING, "deltas": (-1.0,)}, "deltas", "each delta is positive"),
    ({"kind": TIPPING, "deltas": (11.0,)}, "deltas", "nobody can be worse by 11"),
]


@pytest.mark.parametrize(("given", "key", "message"), FAULTS)
def test_what_cannot_be_is_told_once_with_its_key(
    given: dict[str, Any], key: str, message: str, plan: AnalysisPlan, codebook: Codebook
) -> None:
    asked = replace(plan, sensitivity=(Sensitivity(**given),))
    with pytest.raises(PlanError, match="1 fault found") as told:
        require_fits(asked, codebook)
    assert f"sensitivity[1].{key}: " in str(told.value)
    assert message in str(told.value)


def test_a_mixed_anova_has_no_filled_in_counterpart(plan: AnalysisPlan) -> None:
    anova = replace(plan, model=names.default_model("mixed_anova"))
    for kind in IMPUTING:
        asked = Sensitivity(kind=kind, seed=1 if kind in (MI, PMM) else None)
        (found,) = contradictions(replace(anova, sensitivity=(asked,)))
        assert "the main analysis is a mixed ANOVA of the changes" in found.message


def test_the_same_analysis_stands_once_but_each_way_of_it_may(plan: AnalysisPlan) -> None:
    jump = Sensitivity(kind=JUMP)
    drawn = Sensitivity(kind=JUMP, imputation=DRAWS, seed=1)
    other = Sensitivity(kind=JUMP, reference="forward")
    assert contradictions(replace(plan, sensitivity=(jump, drawn, other))) == ()
    (found,) = contradictions(replace(plan, sensitivity=(drawn, replace(drawn, seed=2))))
    assert "stands twice" in found.message


def written(folder: Path, tables: str) -> Path:
    text = """\
title = "A plan"

[estimand]
treatment = "retro"
comparator = "control"
population = "adults"
endpoint = "pain"
week = 6

[[sensitivity]]
"""
    path = folder / "plan.toml"
    path.write_text(text + tables, encoding="utf-8")
    return path


def test_a_default_written_out_is_the_same_plan(tmp_path: Path) -> None:
    short = read_plan(written(tmp_path, f'kind = "{JUMP}"\n'))
    full = (
        f'kind = "{JUMP}"\nreference = "control"\nimputation = "conditional mean"\n'
        'inference = "jackknife"\n'
    )
    assert full in plan_to_toml(short)
    long = read_plan(written(tmp_path, full))
    assert long == short
    assert long.digest == short.digest
    assert short.sensitivity[0].reference is None
    other = read_plan(written(tmp_path, full.replace("control", "forward")))
    assert other.sensitivity[0].reference == "forward"
    assert other.digest != short.digest


def test_the_reference_follows_the_estimand(plan: AnalysisPlan) -> None:
    asked = replace(plan, sensitivity=(Sensitivity(kind=JUMP, reference="control"),))
    forward = replace(plan.estimand.comparison, comparator="forward")
    turned = replace(
        asked, estimand=replace(plan.estimand, comparison=forward), comparisons=(forward,)
    )
    assert 'reference = "control"' in plan_to_toml(asked)
    assert 'reference = "forward"' in plan_to_toml(turned)


def test_numbers_left_out_are_filled_in_where_they_apply(tmp_path: Path) -> None:
    plan = read_plan(written(tmp_path, f'kind = "{MI}"\nseed = 7\n'))
    asked = plan.sensitivity[0]
    assert (asked.imputation, asked.inference, asked.imputations) == (DRAWS, "rubin", 100)
    assert (asked.replicates, asked.seed, asked.drawn) == (None, 7, True)
    boot = Sensitivity(kind=JUMP, inference="bootstrap", seed=1)
    assert (boot.imputation, boot.replicates, boot.drawn) == ("conditional mean", 1000, True)
    assert not Sensitivity(kind=TIPPING).drawn


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("seed = 1.5", "seed = 1.5 should be a whole number"),
        ("seed = true", "seed = True should be a whole number"),
        ('imputations = "many"', "imputations = 'many' should be a whole number"),
        ('inference = "rubins"', "did you mean 'rubin'?"),
    ],
)
def test_a_value_of_the_wrong_kind_is_told_with_its_line(
    entry: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(PlanError) as told:
        read_plan(written(tmp_path, f'kind = "{MI}"\n{entry}\n'))
    lines = [line for line in str(told.value).split("\n")[1:] if message in line]
    assert len(lines) == 1, str(told.value)
    assert re.search(r"line 12[,:]", lines[0])


def test_each_assumption_has_its_sentence(plan: AnalysisPlan, codebook: Codebook) -> None:
    kinds = [Sensitivity(kind=kind) for kind in (*REFERENCE_BASED, TIPPING)]
    kinds += [Sensitivity(kind=MI, imputations=50, seed=3), Sensitivity(kind=PMM, seed=4)]
    kinds += [Sensitivity(kind=JUMP, reference="forward", inference="bootstrap", seed=5)]
    told = " ".join(planned_sentences(replace(plan, sensitivity=tuple(kinds)), codebook))
    for part in (
        "imputation under jump to reference by conditional means with a jackknife standard error",
        "multiple imputation with 50 imputations pooled by Rubin's rules (seed 3)",
        "by predictive mean matching with 100 imputations pooled by Rubin's rules (seed 4)",
        "a bootstrap standard error (1000 resamples within arms, seed 5)",
        "a search for the tipping point",
        "expected at the mean of Usual care",
        "expected at the mean of Forward walking",
        "were never different from Usual care",
        "change from there as Usual care does",
        "stays where it was at the last visit observed",
        "missing outcomes of Retro walking must be worse",
        "Only outcomes that were not observed are filled in",
    ):
        assert told.count(part) == 1, part
    assert told.count("lose the whole effect of their treatment") == 2  # one of each reference
    assert told.count("Where outcomes are filled in as missing at random") == 1
    assert "missing at random (under copy reference only in subjects who stayed)." in told
    without = tuple(each for each in kinds if each.kind != "copy reference")
    told = " ".join(planned_sentences(replace(plan, sensitivity=without), codebook))
    assert "a visit that was observed is missing at random throughout." in told
    none = " ".join(planned_sentences(plan, codebook))
    assert "filled in" not in none
