"""Every fault of a plan is found, with its line, and all of them at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from retrostats.errors import PlanError
from retrostats.plan.reading import read_plan
from retrostats.plan.types import AnalysisPlan, Comparison, Endpoint, ModelPlan

PLAN = """\
title = "A plan"

[estimand]
treatment = "retro"
comparator = "control"
population = "adults"
endpoint = "pain"
week = 6

[[estimand.intercurrent]]
event = "stopping"
strategy = "treatment policy"

[[comparisons]]
treatment = "forward"
comparator = "control"

[[secondary]]
outcome = "function"
week = 6

[model]
kind = "mmrm"
covariates = ["age"]
df = "satterthwaite"

[population]
kind = "all randomised"

[[sensitivity]]
kind = "delta"
deltas = [0.5, 1]

[[responders]]
outcome = "pain"
week = 6
improvement_percent = 29

[[subgroups]]
covariate = "age"
at = [50, 65]
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "plan.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_choice_arrives(tmp_path: Path) -> None:
    plan = read_plan(write(tmp_path, PLAN))
    assert plan.title == "A plan"
    assert plan.comparisons == (
        Comparison(treatment="retro", comparator="control"),
        Comparison(treatment="forward", comparator="control"),
    )
    assert plan.estimand.comparison == plan.comparisons[0]
    assert plan.endpoints == (
        Endpoint(outcome="pain", week=6),
        Endpoint(outcome="function", week=6),
    )
    assert plan.model == ModelPlan(covariates=("age",), df="satterthwaite")
    assert plan.sensitivity[0].deltas == (0.5, 1.0)
    assert plan.responders[0].improvement == 0.29  # and not 0.28999999999999998
    assert plan.responders[0].basis == "relative"
    assert plan.subgroups[0].at == (50, 65)
    assert plan.source == "plan.toml"
    assert AnalysisPlan.from_toml(tmp_path / "plan.toml") == plan


def test_what_is_left_out_follows_the_kind_of_model(tmp_path: Path) -> None:
    text = PLAN.replace('kind = "mmrm"', 'kind = "ancova"').replace('df = "satterthwaite"', "")
    model = read_plan(write(tmp_path, text)).model
    assert (model.covariance, model.df, model.baseline_by_visit) == ((), "residual", False)
    assert model.baseline
    text = PLAN.replace('kind = "mmrm"', 'kind = "mmrm"\nbaseline = false')
    assert not read_plan(write(tmp_path, text)).model.baseline_by_visit


#: What is written instead of what, the line of the fault, and part of the message.
FAULTS = [
    ("week = 6\n\n[[est", "weeks = 6\n\n[[est", 8, "unknown key 'weeks'; did you mean 'week'?"),
    ("week = 6\n\n[[est", "\n[[est", 3, "'week' is missing; expected a number"),
    ("week = 6\n\n[[est", 'week = "6"\n\n[[est', 8, "week = '6' should be a number"),
    ("week = 6\n\n[[est", "week = true\n\n[[est", 8, "week = True should be a number"),
    ("week = 6\n\n[[est", "week = nan\n\n[[est", 8, "week = nan should be a number"),
    ("week = 6\n\n[[est", "week = 0\n\n[[est", 8, "week 0 is not after baseline"),
    ('title = "A plan"', 'titel = "A plan"', 1, "unknown key 'titel'; did you mean 'title'?"),
    ('title = "A plan"', 'title = "<title>"', 1, "still holds the placeholder <title>"),
    ('title = "A plan"', 'title = " "', 1, "title is empty"),
    ('title = "A plan"', 'title = "A\\tplan"', 1, "holds the control character U+0009"),
    ('title = "A plan"', f'title = "{"p" * 251}"', 1, "is 251 characters long, and may be 250"),
    ('event = "stopping"', 'event = "stop\\u001bping"', 11, "holds the control character U+001B"),
    ('"adults"', '"\\u0085"', 6, "holds the control character U+0085"),
    ('["age"]', '["a\\u0000ge"]', 24, "holds the control character U+0000"),
    ("[[secondary]]", "[[secondery]]", 18, "did you mean 'secondary'?"),
    ("[[secondary]]", "[secondary]", 18, "write [[secondary]] above the keys of each"),
    ("[model]", "[[model]]", 22, "write [model] and its keys on the lines below"),
    ('"treatment policy"', '"treatment-policy"', 12, "did you mean 'treatment policy'?"),
    ('event = "stopping"', 'events = "stopping"', 11, "did you mean 'event'?"),
    ('treatment = "forward"', 'treatment = "control"', 14, "compared with itself"),
    ('treatment = "forward"', 'treatment = "retro"', 14, "stands twice, and that of the estimand"),
    (
        'treatment = "forward"\ncomparator = "control"',
        'treatment = "control"\ncomparator = "retro"',
        14,
        "an earlier comparison turned round",
    ),
    ('outcome = "function"', 'outcome = "pain"', 18, "is the primary endpoint and cannot be"),
    ('kind = "mmrm"', 'kind = "mrmm"', 23, "did you mean 'mmrm'?"),
    ('["age"]', '"age"', 24, "should be a list of texts"),
    ('["age"]', '["age", 1]', 24, "should be a list of texts"),
    ('["age"]', '["age", "age"]', 24, "'age' stands twice"),
    ('"satterthwaite"', '"satterthwait"', 25, "did you mean 'satterthwaite'?"),
    ('df = "sat', 'covariance = ["uns"]\ndf = "sat', 25, "covariance: 'uns' is not known"),
    (
        'df = "sat',
        'covariance = ["us", "us"]\ndf = "sat',
        25,
        "a structure that failed fails again",
    ),
    ('df = "sat', 'covariance = []\ndf = "sat', 25, "an MMRM needs a covariance structure"),
    ('df = "sat', 'standard_errors = "HC3"\ndf = "sat', 25, "HC3 belongs to an ANCOVA"),
    ('df = "sat', 'level = 95\ndf = "sat', 25, "did you mean 0.95?"),
    ('df = "sat', 'level = 0.5\ndf = "sat', 25, "between 0.5 and 1"),
    ('kind = "mmrm"', 'kind = "ancova"', 25, "has residual degrees of freedom, not 'satterth"),
    ('kind = "mmrm"', 'kind = "mixed_anova"', 24, "a mixed ANOVA has no covariates"),
    ('"mmrm"', '"lmm"\ncovariance = ["us"]', 24, "an LMM has no covariance structure"),
    ('"mmrm"', '"mmrm"\nbaseline = false\nbaseline_by_visit = true', 25, "needs baseline = true"),
    (
        'randomised"',
        'randomised"\nrules = ["age > 1"]',
        29,
        "leaves nobody out, so rules do nothing",
    ),
    ('"all randomised"', '"per protocol"', 27, 'a population "per protocol" needs rules'),
    ('"all randomised"', '"per protocol"\nrules = ["age => 4"]', 29, "did you mean age >= 4?"),
    (
        '"all randomised"',
        '"per protocol"\nrules = ["age >= 4", "age>=4.0"]',
        29,
        "the rule 'age>=4.0' stands twice",
    ),
    ("[0.5, 1]", "[0.5, -1]", 32, "each delta is positive"),
    ("[0.5, 1]", "[1, 1]", 32, "a value stands twice"),
    ("deltas = [0.5, 1]", "", 30, "kind = 'delta' needs deltas"),
    ('"delta"', '"complete cases"', 32, "deltas belongs to kind = 'delta'"),
    ('"delta"\ndeltas = [0.5, 1]', '"mmrm"', 31, "'mmrm' is not known"),
    ('"delta"\ndeltas = [0.5, 1]', '"covariance"', 30, "kind = 'covariance' needs covariance"),
    (
        '"delta"\ndeltas = [0.5, 1]',
        '"covariance"\ncovariance = "us"',
        32,
        "'us' is the main analysis already",
    ),
    ("improvement_percent = 29", "", 34, "there are none of them"),
    ("improvement_percent = 29", "improvement_percent = 29\nimprovement = 2", 34, "there are both"),
    ("improvement_percent = 29", "improvement = -2", 34, "an improvement is positive"),
    ("[50, 65]", "[50, 50]", 41, "a value stands twice"),
    ('title = "A plan"', "title = A plan", 1, "not valid TOML"),
]


@pytest.mark.parametrize(("old", "new", "line", "message"), FAULTS)
def test_a_fault_is_told_with_its_line(
    old: str, new: str, line: int, message: str, tmp_path: Path
) -> None:
    assert PLAN.count(old) >= 1
    with pytest.raises(PlanError) as told:
        read_plan(write(tmp_path, PLAN.replace(old, new, 1)))
    lines = [text for text in str(told.value).split("\n")[1:] if message in text]
    assert len(lines) == 1, str(told.value)
    found = re.search(r"plan\.toml, line (\d+)[:,]", lines[0])
    assert found
    assert int(found[1]) == line


def test_all_faults_come_together(tmp_path: Path) -> None:
    text = PLAN.replace('kind = "mmrm"', 'kind = "ancova"').replace("[50, 65]", '"fifty"')
    text = text.replace("deltas = [0.5, 1]", "deltas = [-1]").replace("outcome = ", "outcom = ", 1)
    text = text.replace('comparator = "control"', 'comparator = "retro"', 1)
    with pytest.raises(PlanError, match=r"plan plan\.toml: 6 faults found") as told:
        read_plan(write(tmp_path, text))
    numbers = [int(n) for n in re.findall(r"line (\d+)", str(told.value))]
    assert numbers == [4, 18, 19, 25, 32, 41]


def test_a_rule_that_relies_on_a_broken_table_does_not_run(tmp_path: Path) -> None:
    text = PLAN.replace('kind = "mmrm"', 'kind = "mrmm"').replace('"delta"', '"mixed_anova"')
    with pytest.raises(PlanError, match="1 fault found"):
        read_plan(write(tmp_path, text.replace("deltas = [0.5, 1]", "")))


@pytest.mark.parametrize("table", ["estimand", "model", "population"])
def test_a_table_that_is_no_table(table: str, tmp_path: Path) -> None:
    with pytest.raises(PlanError, match=rf"write \[{table}\] and its keys"):
        read_plan(write(tmp_path, f'title = "x"\n{table} = 3\n'))


def test_inline_tables_are_read_and_their_faults_have_a_line(tmp_path: Path) -> None:
    old = '\n[[estimand.intercurrent]]\nevent = "stopping"\nstrategy = "treatment policy"\n'
    inline = 'intercurrent = [{ event = "stopping", strategy = "treatment policy" }]\n'
    plan = read_plan(write(tmp_path, PLAN.replace(old, inline)))
    assert plan.estimand.intercurrent[0].event == "stopping"
    with pytest.raises(PlanError, match=r"line 9, key estimand\.intercurrent"):
        read_plan(write(tmp_path, PLAN.replace(old, inline.replace("policy", "polic"))))


def test_a_file_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="there is no such file; `retrostats new plan`"):
        read_plan(tmp_path / "none.toml")
    with pytest.raises(PlanError, match="the file is empty; `retrostats new plan`"):
        read_plan(write(tmp_path, "\n"))
    with pytest.raises(PlanError, match="is no file but a folder"):
        read_plan(tmp_path)
    (tmp_path / "latin.toml").write_bytes(b'title = "\xe9"\n')
    with pytest.raises(PlanError, match="line 1: byte 0xe9 is not UTF-8"):
        read_plan(tmp_path / "latin.toml")
