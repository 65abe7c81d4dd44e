"""Two invented studies that hold every kind of row, and text that must not run."""

import pytest

from retrostats.data.claims import Claim
from retrostats.data.printed import Printed
from retrostats.data.published import Arm, Figure, Outcome, PublishedTrial
from retrostats.integrity.claims import ClaimFinding, JudgedClaim
from retrostats.integrity.verdicts import Effect, Reproduction, Row

SCRIPT = "<script>alert(1)</script>"


def figure(printed, *, arm="", outcome="pain", timepoint="6wk", contrast="", **more):
    fields = {"statistic": "mean", "test": "", "kind": "printed", "source": "Table 2", "line": 2}
    return Figure(
        arm=arm,
        outcome=outcome,
        timepoint=timepoint,
        contrast=contrast,
        printed=Printed(printed),
        **(fields | more),
    )


def effect(value=0.5, **more):
    fields = {"p": 0.04, "df": 30, "signed": True, "benefit": 1, "route": "follow-up scores"}
    return Effect(value=value, ci_low=value - 0.5, ci_high=value + 0.5, **(fields | more))


def row(verdict="reproduced", **more):
    fields = {
        "trial": "smith2020",
        "outcome": "pain",
        "timepoint": "6wk",
        "contrast": "retro - forward",
        "quantity": "p",
        "printed": "0.04",
        "kind": "printed",
        "low": 0.035,
        "high": 0.045,
        "variant": "Student, follow-up scores",
        "detail": "",
    }
    return Row(verdict=verdict, **(fields | more))


def trial(name="smith2020", **more):
    fields = {
        "role": "retro trial",
        "citation": "Smith AB, Jones C. A trial of 2017. J Walk 2020;19:2010",
        "timepoints": ("baseline", "6wk", "12wk"),
        "arms": (Arm(label="retro", n_randomised=20), Arm(label="forward", n_randomised=21)),
        "outcomes": (Outcome(name="pain", instrument="NRS", better="lower"),),
        "figures": (),
        "digests": (("trial.toml", "a" * 64), ("values.csv", "b" * 64)),
    }
    return PublishedTrial(id=name, **(fields | more))


@pytest.fixture(scope="session")
def reproductions():
    smith = trial(
        doi="10.1000/j.walk.2020",
        arms=(Arm(label="retro", n_randomised=20), Arm(label=f"forward {SCRIPT}", n_randomised=21)),
        figures=(
            figure("3.5", arm="retro"),
            figure("-38.7", outcome=f"gait {SCRIPT}", statistic="mean_change"),
            figure("0.04", contrast="retro - forward", statistic="p", kind="inferred"),
        ),
    )
    rows = (
        row(),
        row("contradicted", printed="0.01", detail="p 0.2. The decision at 0.05 flips.", high=0.3),
        row("contradicted under Welch", variant="Welch", printed="0.03"),
        row("reproduced under Student", variant="Student", printed="0.03"),
        row("inconsistent table", quantity="mean", printed="=1+1", contrast="retro"),
        row(
            "derived",
            quantity="hedges_g",
            printed="",
            kind="inferred",
            effect=effect(),
            low=1 / 3,
            high=None,
        ),
        row("not recomputable: the SD", outcome=f"gait {SCRIPT}", low=None, high=None),
    )
    empty = trial("empty", citation=f"Nobody {SCRIPT}", role="review", arms=(), outcomes=())
    nothing = row("not recomputable: nothing is printed to compare", trial="empty", printed="")
    return (
        Reproduction(trial=smith, rows=rows),
        Reproduction(trial=empty, rows=(nothing,)),
    )


@pytest.fixture(scope="session")
def claims():
    finding = ClaimFinding(
        trial="smith2020",
        outcome="pain",
        timepoint="6wk",
        contrast="retro - forward",
        test="t-test",
        bears="decides",
        says="for",
        printed="0.04",
        words="A significant difference in the claimed direction.",
        note=f"one trial {SCRIPT}",
    )
    claim = Claim(
        id="pain",
        text=f"Retro walking eases pain {SCRIPT}",
        stated_by="an article",
        evidence=("smith2020", "missing2021"),
        figures=(),
    )
    unknown = Claim(id="nothing", text="Nobody knows.", stated_by="x", evidence=(), figures=())
    return (
        JudgedClaim(claim=claim, verdict="supported", findings=(finding,)),
        JudgedClaim(claim=unknown, verdict="not checkable", findings=()),
    )
