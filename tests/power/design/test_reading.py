"""A design's file: every fault with its line, and TOML in is the same TOML out."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from retrostats.data.catalogue import data_folder
from retrostats.errors import DataError
from retrostats.plan.reading import read_plan
from retrostats.power.design.agreement import agreement
from retrostats.power.design.fields import MeasurementScale
from retrostats.power.design.grammar import REPEATED, SINGLE
from retrostats.power.design.reading import read_design
from retrostats.power.design.template import new_design, proposed_design
from retrostats.power.design.types import TrialDesign

EXAMPLE = data_folder() / "example_cohort"


@pytest.fixture
def file(tmp_path: Path, design: TrialDesign) -> Path:
    path = tmp_path / "design.toml"
    path.write_text(design.to_toml(), encoding="utf-8")
    return path


def changed(file: Path, old: str, new: str) -> Path:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")
    return file


def test_what_is_written_is_read_again(file: Path, design: TrialDesign, tmp_path: Path) -> None:
    assert read_design(file) == design
    assert read_design(file).to_toml() == design.to_toml()
    others = {
        "matrix": replace(design, correlation=replaced(design.correlation)),
        "exchangeable": design.with_correlation(0.25),
        "open scale": replace(design, scale=MeasurementScale(low=-math.inf, high=12)),
        "plain": replace(design, scale=None, covariates=(), route=("a", 'b "c" \\')),
        "long": replace(design, route=("Means: " + "x" * 60, "SDs: " + "y" * 60)),
        "thirds": design.with_dropout(1 / 3),
    }
    for name, each in others.items():
        path = tmp_path / f"{name}.toml"
        path.write_text(each.to_toml(), encoding="utf-8")
        assert read_design(path) == each, name
        assert read_design(path).digest == each.digest
    assert len({each.digest for each in (design, *others.values())}) == 7


def replaced(matrix: tuple[tuple[float, ...], ...]) -> tuple[tuple[float, ...], ...]:
    own = np.array(matrix)
    own[0, 1] = own[1, 0] = 0.6
    return tuple(map(tuple, own.tolist()))


def test_comments_and_order_do_not_change_the_digest(file: Path, design: TrialDesign) -> None:
    changed(file, 'unit = "points"\nbetter = "lower"\n', 'better = "lower" # !\nunit = "points"\n')
    assert read_design(file).digest == design.digest


FAULTS = {
    'title = "Retro walking"': ('titel = "x"', "did you mean 'title'?"),
    'better = "lower"': ('better = "less"', "line 4, key better: better: 'less' is not known"),
    "correlation = 0.7": ('correlation = "x"', "line 5, key correlation: correlation = 'x' should"),
    'correlation_kind = "ar1"': (
        'correlation_kind = "cs"',
        "line 6, key correlation_kind: correlation_kind: 'cs' is not known",
    ),
    "intermittent = 0": ("intermittent = true", "key intermittent: intermittent = True should be"),
    "week = 3": ("week = 13", "line 22, key visits[3].week: week 6 does not follow week 13"),
    "sd = 1.6": ("sd = -1.6", "line 18, key visits[2].sd: an SD is above 0"),
    "dropout = [0, 0.1, 0.2, 0.3]": (
        "dropout = [0, 0.1, 0.2]",
        "line 40, key arms[2].dropout: 3 shares for 4 visits",
    ),
    "dropout = [0, 0.05, 0.1, 0.2]": ("dropout = 0.2", "should be a list of shares, as in [0, 0"),
    "odds_ratio = 3\n": ("", "key dropout.odds_ratio: 'odds_ratio' is missing; MAR needs it"),
    'mechanism = "MAR"': ("", "key dropout.mechanism: 'mechanism' is missing"),
    "odds_ratio = 3": ("odd_ratio = 3", "unknown key 'odd_ratio'; did you mean 'odds_ratio'?"),
    "step = 1": ("step = 3", "line 49, key scale.step: steps of 3 from 0 never reach 10"),
    "mean = 60": ('levels = ["a", "b"]', "give levels and shares of a category, or mean and sd"),
    "sd = 8": ("", "key covariates[1]: sd missing; give levels and shares, or mean and sd"),
    "[0.25, 0.45, 0.3]": ("[0.25, 0.45]", "key covariates[2].shares: 2 shares for 3 levels"),
    "[scale]": ("[skale]", "unknown table 'skale'; did you mean 'scale'?"),
}


@pytest.mark.parametrize(("old", "new", "message"), [(k, *v) for k, v in FAULTS.items()])
def test_each_fault_of_a_file_is_told_with_its_line(
    file: Path, old: str, new: str, message: str
) -> None:
    with pytest.raises(DataError) as told:
        read_design(changed(file, old, new))
    assert message in str(told.value)


def test_faults_are_told_together(file: Path) -> None:
    changed(file, "sd = 1.6", "sd = -1.6")
    changed(file, "step = 1", "step = 3")
    with pytest.raises(DataError, match="2 faults found"):
        read_design(file)


def test_values_of_the_wrong_kind_and_faults_of_sense_are_told_together(file: Path) -> None:
    changed(file, 'better = "lower"', 'better = "less"')
    changed(file, "sd = 1.6", "sd = 0")
    changed(file, "correlation = 0.7", "correlation = 1.2")
    changed(file, "means = [6, 5, 4.2, 4]", 'means = "5"')
    changed(file, "dropout = [0, 0.1, 0.2, 0.3]", "dropout = [0, 10, 20, 30]")
    with pytest.raises(DataError, match="5 faults found") as told:
        read_design(file)
    for message in (
        "better: 'less' is not known",
        "visits[2].sd: an SD is above 0",
        "correlations lie between -1 and 1; got 1.2",
        "arms[1].means: means = '5' should be a list of numbers",
        "arms[2].dropout: expected shares from 0 to below 1",
    ):
        assert message in str(told.value)


def test_what_follows_from_a_fault_is_not_told_as_well(file: Path) -> None:
    file.write_text(file.read_text(encoding="utf-8").replace("[[visits]]", "[[visit]]"))
    with pytest.raises(DataError, match="1 fault found"):
        read_design(file)


def test_a_matrix_needs_no_kind(file: Path) -> None:
    changed(file, "correlation = 0.7", "correlation = [[1, 0], [0, 1]]")
    with pytest.raises(DataError, match="a matrix says every correlation itself"):
        read_design(file)


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no such file; `retrostats new design`"):
        read_design(tmp_path / "none.toml")
    empty = tmp_path / "empty.toml"
    empty.write_text("")
    with pytest.raises(DataError, match="the file is empty; `retrostats new design`"):
        read_design(empty)
    with pytest.raises(DataError, match="this is a plan, not a design"):
        read_design(EXAMPLE / "plan.toml")
    empty.write_text("title = \n")
    with pytest.raises(DataError, match="line 1: not valid TOML"):
        read_design(empty)


def test_the_example_agrees_with_its_plan() -> None:
    design, plan = read_design(EXAMPLE / "design.toml"), read_plan(EXAMPLE / "plan.toml")
    assert agreement(design, plan) == ()
    other = replace(
        design,
        outcome="womac",
        visits=("baseline", "week 4"),
        weeks=(0, 4),
        sds=(1.4, 1.4),
        correlation=((1, 0.5), (0.5, 1)),
        arms=tuple(
            replace(arm, label=arm.label.replace("forward", "fw"), means=(6, 5), dropout=())
            for arm in design.arms
        ),
        covariates=(),
    )
    assert "\n".join(agreement(other, plan)) == DISAGREEMENT


DISAGREEMENT = """\
comparisons of the plan: in the design there is no arm 'forward'. There are: retro, fw, control
endpoint of the plan: 'pain' is not the outcome of the design, which is 'womac'; change one of them
week of the plan: the design has no visit at week 6. There are: 4
model of the plan: mmrm models repeated visits after baseline, and the design has one; write \
ancova, or add a visit
covariates of the plan: in the design there is no covariate 'kl_grade'. There are none\
"""


def test_the_template_names_every_key_and_asks_for_each_number(tmp_path: Path) -> None:
    text = new_design()
    for keys in (*SINGLE.values(), *REPEATED.values()):
        for key in keys:
            assert f"{key} = " in text, key
    path = tmp_path / "new.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as told:
        read_design(path)
    places = text.count("= <") + text.count('= "<') + text.count('["<') + text.count('[0, "<')
    assert f"{places} faults found" in str(told.value)
    assert str(told.value).count("still holds the placeholder") == places == 15


def test_the_template_filled_in_is_a_design(tmp_path: Path) -> None:
    text = new_design().replace("\n# ", "\n#~ ")
    filled = {
        '"<week>"': "6",
        '"<correlation>"': "0.5",
        '"<share>"': "0.1",
        '"<mean at baseline>"': "6",
        '"<mean>"': "5",
        '"<SD at baseline>"': "1.5",
        '"<SD>"': "1.6",
    }
    for old, new in filled.items():
        text = text.replace(old, new)
    lines = text.replace("<", "").replace(">", "").splitlines()
    start = next(at for at, line in enumerate(lines) if line == "#~ [scale]")
    # The tables that are comments are good ones too.
    free = [*lines[:start], *(line.removeprefix("#~ ").removeprefix("#") for line in lines[start:])]
    free.remove(
        "Covariates of the plan's model. correlation is that with the score at every visit."
    )
    path = tmp_path / "new.toml"
    path.write_text("\n".join(free), encoding="utf-8")
    design = read_design(path)
    assert design.scale == MeasurementScale(low=0, high=10, step=1)
    assert [each.name for each in design.covariates] == ["sex", "age"]
    assert design.arms[0].dropout == (0, 0.1)


def test_a_proposal_is_read_as_it_was(tmp_path: Path, design: TrialDesign) -> None:
    path = tmp_path / "new.toml"
    path.write_text(proposed_design(design), encoding="utf-8")
    assert read_design(path) == design
    assert path.read_text().startswith("# A proposal from printed figures. Read `route`")
