"""A plan, its TOML and its digest: the same choices are the same plan."""

from __future__ import annotations

import hashlib
import random
import tomllib
import unicodedata
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from retrostats.data.rules import parse_rule
from retrostats.plan import names
from retrostats.plan.contradictions import contradictions
from retrostats.plan.reading import read_plan
from retrostats.plan.sensitivity import IMPUTING
from retrostats.plan.types import (
    AnalysisPlan,
    Comparison,
    Endpoint,
    Estimand,
    IntercurrentEvent,
    ModelPlan,
    Multiplicity,
    PopulationPlan,
    ResponderPlan,
    Sensitivity,
    Subgroup,
)
from retrostats.plan.writing import plan_to_toml

PAIRS = tuple(permutations(("retro", "forward", "control", "no treatment"), 2))
TEXT = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=12
).filter(lambda text: text.strip() and not (text.startswith("<") and text.endswith(">")))
NAME = st.sampled_from(["age", "sex", "kl_grade", "bmi"])
POSITIVE = st.one_of(st.integers(1, 60).map(float), st.decimals("0.001", "99", places=3).map(float))
ENDPOINT = st.builds(Endpoint, outcome=st.sampled_from(["pain", "womac", "tug"]), week=POSITIVE)
RULES = st.lists(
    st.sampled_from(["age >= 40", "sex in female, male", "sessions>=12", "bmi != 30.5"]),
    max_size=3,
    unique=True,
).map(lambda texts: tuple(parse_rule(text) for text in texts))
COVARIANCE = st.sampled_from(sorted(names.COVARIANCES))


def drawn_model(draw: st.DrawFn) -> ModelPlan:
    baseline = draw(st.booleans())
    model = names.default_model(draw(st.sampled_from(names.MODELS)), baseline=baseline)
    changes: dict[str, object] = {"level": draw(st.sampled_from([0.9, 0.95, 0.975]))}
    if model.kind != "mixed_anova":
        changes["covariates"] = tuple(draw(st.lists(NAME, unique=True, max_size=3)))
    if model.kind == "mmrm":
        structures = st.lists(COVARIANCE, min_size=1, max_size=4, unique=True)
        changes["covariance"] = tuple(draw(structures))
    if model.kind in ("mmrm", "lmm"):
        changes["df"] = draw(st.sampled_from(sorted(names.DEGREES_OF_FREEDOM)))
        changes["baseline_by_visit"] = baseline and draw(st.booleans())
    if model.kind == "ancova":
        changes["standard_errors"] = draw(st.sampled_from(names.STANDARD_ERRORS))
    return replace(model, **changes)  # type: ignore[arg-type]


@st.composite
def plans(draw: st.DrawFn) -> AnalysisPlan:
    pairs = st.lists(st.sampled_from(PAIRS), min_size=1, max_size=3, unique_by=frozenset)
    comparisons = [Comparison(treatment=a, comparator=b) for a, b in draw(pairs)]
    events = st.builds(IntercurrentEvent, event=TEXT, strategy=st.sampled_from(names.STRATEGIES))
    sensitivity = st.one_of(
        st.builds(Sensitivity, kind=st.sampled_from(["complete cases", "ancova", "unadjusted"])),
        st.builds(Sensitivity, kind=st.just("per protocol"), rules=RULES),
        st.builds(Sensitivity, kind=st.just("covariance"), covariance=COVARIANCE),
        st.builds(
            Sensitivity, kind=st.just("delta"), deltas=st.lists(POSITIVE, max_size=3).map(tuple)
        ),
        st.builds(
            Sensitivity,
            kind=st.sampled_from(IMPUTING),
            reference=st.none() | st.sampled_from(["control", "forward", "retro"]),
            imputation=st.none() | st.sampled_from(names.IMPUTATIONS),
            inference=st.none() | st.sampled_from(names.INFERENCES),
            imputations=st.none() | st.integers(0, 500),
            replicates=st.none() | st.integers(0, 5000),
            seed=st.none() | st.integers(0, 10**15),
        ),
    )
    responders = st.builds(
        ResponderPlan,
        endpoint=ENDPOINT,
        improvement=POSITIVE,
        basis=st.sampled_from(["absolute", "relative"]),
        missing=st.sampled_from(names.MISSING_RESPONSES),
    )
    plan = AnalysisPlan(
        title=draw(TEXT),
        estimand=Estimand(
            comparison=comparisons[0],
            population=draw(TEXT),
            endpoint=draw(ENDPOINT),
            intercurrent=tuple(draw(st.lists(events, max_size=2))),
        ),
        comparisons=tuple(comparisons),
        secondary=tuple(draw(st.lists(ENDPOINT, max_size=2))),
        model=drawn_model(draw),
        multiplicity=draw(
            st.builds(Multiplicity, method=st.sampled_from(names.MULTIPLICITY_METHODS))
        ),
        population=draw(
            st.builds(PopulationPlan, kind=st.sampled_from(names.POPULATIONS), rules=RULES)
        ),
        sensitivity=tuple(draw(st.lists(sensitivity, max_size=2))),
        responders=tuple(draw(st.lists(responders, max_size=2))),
        subgroups=tuple(
            draw(st.lists(st.builds(Subgroup, covariate=NAME, at=st.just((50.0,))), max_size=2))
        ),
    )
    return sound(plan)


def sound(plan: AnalysisPlan) -> AnalysisPlan:
    """Return the plan without the entries that contradict something."""
    found = {(each.place.table, each.place.position) for each in contradictions(plan)}
    kept = {
        table: tuple(x for at, x in enumerate(getattr(plan, table)) if (table, at) not in found)
        for table in ("secondary", "sensitivity", "responders", "subgroups")
    }
    events = tuple(
        event
        for at, event in enumerate(plan.estimand.intercurrent)
        if ("estimand.intercurrent", at) not in found
    )
    estimand = replace(plan.estimand, intercurrent=events)
    rules = () if plan.population.kind == "all randomised" else plan.population.rules
    population = PopulationPlan(kind="per protocol" if rules else "all randomised", rules=rules)
    return replace(plan, estimand=estimand, population=population, **kept)


def through_toml(text: str, folder: Path) -> AnalysisPlan:
    path = folder / "written.toml"
    path.write_text(text, encoding="utf-8")
    return read_plan(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("plans")


def rearranged(text: str, seed: int) -> str:
    """Return the same TOML with other comments, spacing and order of keys within a table."""
    chance = random.Random(seed)  # noqa: S311 a shuffle, not a secret
    tables = []
    for table in text.split("\n\n"):
        lines = [line for line in table.strip("\n").split("\n") if line]
        header = [line for line in lines if line.startswith("[")]
        keys = [line.replace(" = ", "   =", 1) for line in lines if line not in header]
        chance.shuffle(keys)
        commented = [f"  {key}  # {chance.random()}" for key in keys]
        tables.append("\r\n".join(["# a remark", *header, "", *commented]))
    return "\r\n\r\n\r\n".join(tables)


@settings(max_examples=60)
@given(plan=plans(), seed=st.integers())
def test_any_plan_comes_back_from_its_toml(plan: AnalysisPlan, seed: int, folder: Path) -> None:
    assume(not contradictions(plan))
    text = plan_to_toml(plan)
    tomllib.loads(text)
    back = through_toml(text, folder)
    assert back == plan
    assert back.digest == plan.digest
    assert plan_to_toml(back) == text
    other = through_toml(rearranged(text, seed), folder)
    assert other == plan
    assert other.digest == plan.digest
    assert other.file_digest != back.file_digest


PLAN = AnalysisPlan(
    title="A plan",
    estimand=Estimand(
        comparison=Comparison(treatment="retro", comparator="control"),
        population="adults",
        endpoint=Endpoint(outcome="pain", week=6),
        intercurrent=(),
    ),
    comparisons=(Comparison(treatment="retro", comparator="control"),),
)


def test_the_digest_is_that_of_the_canonical_toml(folder: Path) -> None:
    text = plan_to_toml(PLAN)
    assert PLAN.digest == hashlib.sha256(text.encode()).hexdigest()
    back = through_toml(text, folder)
    assert back.file_digest == hashlib.sha256((folder / "written.toml").read_bytes()).hexdigest()


def test_every_character_survives(folder: Path) -> None:
    signs = [chr(code) for code in range(0x2100)]
    strange = {"Cc", "Zl", "Zp"}  # refused, but for the breaks of a text of several lines
    every = "".join(s for s in signs if unicodedata.category(s) not in strange or s in "\n\r\t")
    plan = replace(PLAN, estimand=replace(PLAN.estimand, population=f'a{every}"""\\'))
    assert through_toml(plan_to_toml(plan), folder) == plan


def test_a_default_left_out_is_the_default_written_out(folder: Path) -> None:
    short = """
title = "A plan"
estimand = { week = 6.0, comparator = 'control', treatment = "retro", population = "adults", \
endpoint = "pain" }
"""
    assert through_toml(short, folder).digest == PLAN.digest


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Another plan"},
        {"secondary": (Endpoint(outcome="tug", week=6),)},
        {"model": ModelPlan(covariance=("us", "ar1", "toeph"))},
        {"model": ModelPlan(level=0.9)},
        {"multiplicity": Multiplicity(method="holm")},
        {"subgroups": (Subgroup(covariate="sex"),)},
        {"estimand": replace(PLAN.estimand, population="all adults")},
    ],
)
def test_every_choice_is_in_the_digest_and_a_change_renews_it(change: dict[str, object]) -> None:
    changed = replace(PLAN, **change)  # type: ignore[arg-type]
    assert changed.digest != PLAN.digest
    assert changed != PLAN
