"""The template: filled from a codebook it is a plan, without one it says what is to be filled."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from retrostats.data.codebook.types import Codebook
from retrostats.errors import PlanError
from retrostats.plan.agreement import require_fits
from retrostats.plan.grammar import REPEATED, SINGLE
from retrostats.plan.reading import read_plan
from retrostats.plan.template import new_plan
from retrostats.plan.types import AnalysisPlan


def written(text: str, folder: Path) -> Path:
    path = folder / "new.toml"
    path.write_text(text, encoding="utf-8")
    return path


def accepted(book: Codebook, folder: Path) -> AnalysisPlan:
    plan = read_plan(written(new_plan(book).replace("# TO DECIDE: ", ""), folder))
    require_fits(plan, book)
    return plan


def test_a_template_of_a_codebook_fits_it(codebook: Codebook, tmp_path: Path) -> None:
    plan = accepted(codebook, tmp_path)
    assert [each.label for each in plan.comparisons] == ["retro - control", "forward - control"]
    assert [(each.outcome, each.week) for each in plan.endpoints] == [("pain", 6), ("extension", 6)]
    assert plan.model.kind == "mmrm"
    assert plan.multiplicity.method == "holm"
    assert [each.kind for each in plan.sensitivity] == [
        "complete cases",
        "ancova",
        "per protocol",
        "delta",
    ]
    assert plan.sensitivity[2].rules[0].text == "sessions >= 12"  # two thirds of 18
    assert plan.sensitivity[3].deltas == (0.5, 1, 2)  # up to the smallest worthwhile change
    assert plan.responders[0].improvement == 2


def test_what_must_be_the_trials_own_does_not_pass_unread(
    codebook: Codebook, tmp_path: Path
) -> None:
    text = new_plan(codebook)
    with pytest.raises(PlanError) as told:
        read_plan(written(text, tmp_path))
    lines = text.split("\n")
    open_lines = [n for n, line in enumerate(lines, 1) if line.startswith("# TO DECIDE: ")]
    keys = ["population", "event", "method", "deltas", "improvement"]
    assert text.count("  # the smallest worthwhile change\n") == 1
    assert "2]  # a quarter, a half and all of the smallest worthwhile change\n" in text
    assert str(told.value).split("\n") == [
        "plan new.toml: 5 faults found.",
        *(
            f"  {i}. new.toml, line {line}, key {key}: is still to decide; fill it in and delete "
            "the mark '# TO DECIDE:'"
            for i, (line, key) in enumerate(zip(open_lines, keys, strict=True), 1)
        ),
    ]


def test_a_codebook_is_no_plan(tmp_path: Path) -> None:
    with pytest.raises(PlanError) as told:
        read_plan(written('title = "t"\n[roles]\nsubject = "id"\n', tmp_path))
    assert str(told.value).split("\n")[1:] == [
        "  1. new.toml: this is a codebook, not a plan; give it where one is asked for (--codebook)"
    ]


def test_a_design_is_no_plan(tmp_path: Path) -> None:
    text = "better = 'lower'\n[[visits]]\nlabel = 'baseline'\n[[arms]]\nlabel = 'retro'\n"
    with pytest.raises(PlanError) as told:
        read_plan(written(text, tmp_path))
    assert str(told.value).split("\n")[1:] == [
        "  1. new.toml: this is a design, not a plan; give it where one is asked for (--design)"
    ]


def test_a_template_follows_what_the_trial_has(
    wide: Codebook, one_follow_up: Codebook, tmp_path: Path
) -> None:
    assert len(accepted(wide, tmp_path).endpoints) == 1  # extension has no baseline
    plan = accepted(one_follow_up, tmp_path)
    assert plan.model.kind == "ancova"
    bare = replace(wide, arms=wide.arms[:2], covariates=(), adherence=(), eligibility=())
    plan = accepted(replace(bare, outcomes=wide.outcomes[:1]), tmp_path)
    assert plan.multiplicity.method == "none"
    assert len(plan.comparisons) == 1


def test_labels_cannot_break_out_of_their_place(codebook: Codebook, tmp_path: Path) -> None:
    arms = tuple(replace(arm, label=f'{arm.label}\n" = [x]\\') for arm in codebook.arms)
    plan = accepted(replace(codebook, arms=arms, title='a "b" = [c]\\'), tmp_path)
    assert plan.comparisons[0].treatment == 'retro\n" = [x]\\'


def test_without_a_codebook_every_placeholder_is_named(tmp_path: Path) -> None:
    text = new_plan(None)
    with pytest.raises(PlanError) as told:
        read_plan(written(text, tmp_path))
    open_places = re.findall(r'^\w+ = "<', text, re.M)
    assert f"{len(open_places)} faults found" in str(told.value)
    assert "still holds the placeholder <label of the treated arm>" in str(told.value)
    filled = re.sub(r'^(\w+) = "(<.*>)"', r'\1 = "\1"', text, flags=re.M)
    plan = read_plan(written(filled.replace('"week"', "6"), tmp_path))
    assert plan.estimand.comparison.label == "treatment - comparator"


def test_the_template_and_the_manual_explain_every_key(codebook: Codebook) -> None:
    manual = (Path(__file__).resolve().parents[2] / "docs" / "plan.md").read_text(encoding="utf-8")
    text = new_plan(codebook)
    for table, keys in (*SINGLE.items(), *REPEATED.items()):
        assert not table or f"[{table}]" in text
        for key in keys:
            assert re.search(rf"`{key}(`| = )", manual), key
