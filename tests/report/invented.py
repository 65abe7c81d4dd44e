"""An invented analysis of three subjects' names and two arms, with texts that must stay text."""

import math

import numpy as np
import pandas as pd

from retrostats.analysis.types import (
    Analysis,
    EndpointResult,
    Judgement,
    ModelFacts,
    PlannedContrast,
    SensitivityRow,
    SubgroupResult,
    Unanswered,
)
from retrostats.data.codebook.types import (
    Adherence,
    Arm,
    Codebook,
    Covariate,
    FileForm,
    Level,
    Outcome,
    Roles,
    Screening,
    Visit,
)
from retrostats.data.cohort.types import Cohort, LeftOutRow, RowLedger
from retrostats.data.problems import Problem
from retrostats.description.types import (
    AdherenceRow,
    ArmFlow,
    ArmResponders,
    BaselineRow,
    BaselineTable,
    CountCell,
    Flow,
    ImprovementCurve,
    NumberCell,
    ResidualDiagnostics,
    ResponderComparison,
    ResponderTable,
    VisitSummary,
)
from retrostats.effects.proportions import number_needed_to_treat, proportion, risk_difference
from retrostats.estimate import Estimate, EstimateTable
from retrostats.instruments import Change, Instrument
from retrostats.plan.types import (
    AnalysisPlan,
    Comparison,
    Endpoint,
    Estimand,
    IntercurrentEvent,
    Multiplicity,
    ResponderPlan,
    Sensitivity,
    Subgroup,
)

#: HTML, typst, a formula, a control character and an override of the direction of writing.
EVIL = '<script>alert(1)</script> #panic("x") *b* _i_ $x$ @ref \\ // "q" \x1b \u202e'
SUBJECTS = tuple(f"PATIENT-{place:03d}" for place in range(40))

MCID = Change(kind="important", quantity="MCID", value=2.0, source="Somebody 2001")
NRS = Instrument(
    id="nrs", name="NRS 0-10", measures="pain", low=0, high=10, unit="points", better="lower",
    whole=True, changes=(MCID,),
)  # fmt: skip
#: What a figure can draw of it.
DRAWN = EVIL[: EVIL.index("\x1b")].strip()
PAIN = Outcome(name="pain", label=f"Pain {DRAWN}", instrument=NRS, column="nrs")
#: What repeated measurements of one person differ by.
MDC = Change(kind="error", quantity="MDC95", value=1.1, population="120 adults", source="Retest 1")
TUG = Instrument(
    id="tug", name="TUG", measures="mobility", low=0, high=math.inf, unit="s", better="lower"
)
STRENGTH = Instrument(
    id="strength", name="Strength", measures="strength", low=0, high=math.inf, unit="N",
    better="higher",
)  # fmt: skip
MOBILITY = Outcome(name="tug", label="Timed up and go", instrument=TUG, column="tug")
FORCE = Outcome(name="force", label="Quadriceps strength", instrument=STRENGTH, column="force")
BASELINE = Visit(label="baseline", week=0, values=("baseline",))
WEEK_3 = Visit(label="week 3", week=3, values=("week 3",))
WEEK_6 = Visit(label="week 6", week=6, values=("week 6",))
RETRO_CONTROL = Comparison(treatment="retro", comparator="control")


def codebook(*, simulated=True):
    return Codebook(
        title=f"A trial {EVIL}",
        simulated=simulated,
        form=FileForm(),
        roles=Roles(subject="id", arm="group", visit="visit"),
        arms=(
            Arm(label="control", name="Usual care", values=("control",), reference=True),
            Arm(label="retro", name="Retro walking", values=("retro",)),
        ),
        visits=(BASELINE, WEEK_3, WEEK_6),
        outcomes=(PAIN, FORCE, MOBILITY),
        covariates=(
            Covariate(
                name="sex", label="Sex", column="sex", kind="category",
                levels=(Level(label="female", values=("F",)), Level(label="male", values=("M",))),
            ),
        ),
        adherence=(Adherence(name="sessions", label="Sessions", column="sessions", planned=18),),
        screening=Screening(assessed=50, excluded=(("declined", 10),)),
        source="codebook.toml",
        digest="c" * 64,
    )  # fmt: skip


def cohort(*, simulated=True):
    rows = [
        {
            "subject": subject,
            "arm": "control" if place < 20 else "retro",
            "visit": visit.label,
            "week": float(visit.week),
            "pain": 5.0,
            "force": 300.0,
            "tug": 10.0,
            "sex": "female",
            "sessions": 12.0,
            "line": 2,
        }
        for place, subject in enumerate(SUBJECTS)
        for visit in (BASELINE, WEEK_3, WEEK_6)
    ]
    warning = Problem(
        rule="unusual value", severity="warning", line=7, column="nrs", value="SECRET-99",
        found="subject PATIENT-007 has SECRET-99", expected="less", todo="look",
    )  # fmt: skip
    return Cohort(
        frame=pd.DataFrame(rows),
        codebook=codebook(simulated=simulated),
        file="cohort.csv",
        form="CSV, comma",
        file_digest="f" * 64,
        digest="d" * 64,
        ledger=RowLedger(
            rows_read=121, rows_used=120, left_out=(LeftOutRow(line=9, reason="=unscheduled"),)
        ),
        warnings=(warning, warning),
        notes=("the delimiter is a comma",),
    )


def plan():
    return AnalysisPlan(
        title="Plan",
        estimand=Estimand(
            comparison=RETRO_CONTROL,
            population="adults with knee pain",
            endpoint=Endpoint(outcome="pain", week=6),
            intercurrent=(IntercurrentEvent(event="stopping", strategy="treatment policy"),),
        ),
        comparisons=(RETRO_CONTROL,),
        secondary=(Endpoint(outcome="force", week=6), Endpoint(outcome="tug", week=6)),
        multiplicity=Multiplicity(method="holm", family="all"),
        sensitivity=(Sensitivity(kind="complete cases"), Sensitivity(kind="lmm")),
        responders=(ResponderPlan(endpoint=Endpoint(outcome="pain", week=6), improvement=2.0),),
        subgroups=(Subgroup(covariate="sex"),),
        source="plan.toml",
    )


def numbers(mean, sd, n=20, missing=0):
    return NumberCell(
        n=n, missing=missing, mean=mean, sd=sd, median=mean, q1=mean - sd, q3=mean + sd,
        low=mean - 2, high=mean + 2,
    )  # fmt: skip


def flow():
    arms = (
        ArmFlow(
            arm="control", name="Usual care", randomised=20, excluded=(), attended=(20, 19, 18),
            withdrawn=(("=moved away", 1),), analysed=19, not_analysed=(("no visit", 1),),
        ),
        ArmFlow(
            arm="retro", name="Retro walking", randomised=20, excluded=(), attended=(20, 20, 19),
            withdrawn=(), analysed=20, not_analysed=(),
        ),
    )  # fmt: skip
    return Flow(
        assessed=50,
        not_randomised=(("declined", 10),),
        visits=("baseline", "week 3", "week 6"),
        arms=arms,
        endpoint="Pain, week 6",
    )


def baseline():
    counts = tuple(CountCell(count=count, n=n, missing=0) for count, n in ((12, 20), (8, 20)))
    every = CountCell(count=20, n=40, missing=0)
    others = tuple(CountCell(count=n.n - n.count, n=n.n, missing=0) for n in (*counts, every))
    cells = (numbers(5.2, 1.5), numbers(5.4, 1.4), numbers(5.3, 1.45, n=40))
    return BaselineTable(
        arms=("control", "retro"),
        sizes=(20, 20),
        comparisons=("retro - control",),
        rows=(
            BaselineRow(
                name="sex", label="Sex", unit="", level="female", cells=(*counts, every),
                differences=(-0.4,),
            ),
            BaselineRow(
                name="sex", label="Sex", unit="", level="male", cells=others, differences=(0.4,)
            ),
            BaselineRow(
                name="pain", label=f"Pain {EVIL}", unit="points", level="", cells=cells,
                differences=(0.14,),
            ),
        ),
    )  # fmt: skip


def endpoint(outcome, role, value, adjusted, verdict):
    unit = outcome.unit
    estimate = Estimate.from_se("retro - control", value, 0.41, unit=unit, df=36.5)
    standardised = Estimate.from_se("retro - control", value / 1.5, 0.3, unit="SD", df=30)
    judgement = Judgement(
        verdict=verdict,
        sentence=(
            "The 95% interval was held against 2 points."
            if outcome is PAIN
            else "No smallest worthwhile change of Strength is on record."
        ),
        worthwhile=MCID if outcome is PAIN else None,
        error=MDC if outcome is PAIN else None,
    )
    means = {
        visit: EstimateTable(
            f"Adjusted mean, {visit}",
            tuple(
                Estimate.from_se(arm, mean, 0.3, unit=unit, df=36)
                for arm, mean in (("control", 5.0), ("retro", 5.0 + value))
            ),
        )
        for visit in ("week 3", "week 6")
    }
    residuals = tuple(np.linspace(-2, 2, 38).round(6).tolist())
    return EndpointResult(
        outcome=outcome,
        visit=WEEK_6,
        role=role,
        means=means,
        differences={v: EstimateTable(f"Difference, {v}", (estimate,)) for v in means},
        planned=(
            PlannedContrast(
                comparison=RETRO_CONTROL, estimate=estimate, adjusted_p=adjusted,
                standardised=standardised, judgement=judgement,
            ),
        ),
        quantity="adjusted mean difference",
        counts={"week 3": {"control": 18, "retro": 20}, "week 6": {"control": 17, "retro": 19}},
        start={"control": 5.25, "retro": 5.25},
        visit_weeks={"week 3": 3.0, "week 6": 6.0},
        fit=None,
        model=ModelFacts(
            kind="mixed model for repeated measures",
            formula=f"{outcome.name} ~ baseline + arm * visit",
            covariance="toeph",
            not_fitted=(("us", "the information is not positive definite"),),
            df="kenward-roger",
            method="reml",
            rows=76,
            subjects=39,
            left_out=(("outcome missing", 4),),
            caveats=("few subjects",),
            tests=(("arm", 1.0, 36.5, 11.6, 0.0016), ("arm:visit", 1.0, 37.0, 0.2, 0.66)),
            parameters=(("SD, week 3", 1.4), ("SD, week 6", 1.6)),
            loglik=-120.5,
            aic=247.0,
            bic=math.nan,
            digest="a" * 64,
        ),
        diagnostics=ResidualDiagnostics(
            fitted=tuple(np.linspace(3, 6, 38).round(6).tolist()),
            residuals=residuals,
            visits=("week 3", "week 6") * 19,
            quantiles=residuals,
            correlation=((1.0, 0.5), (0.5, 1.0)),
            visit_labels=("week 3", "week 6"),
            largest=2.0,
        ),
    )  # fmt: skip


def responders():
    difference = risk_difference(12, 20, 6, 20, label="retro - control")
    needed = number_needed_to_treat(difference)
    arms = tuple(
        ArmResponders(arm=arm, responders=k, n=20, missing=1, proportion=proportion(k, 20))
        for arm, k in (("control", 6), ("retro", 12))
    )
    comparison = ResponderComparison(
        label="retro - control", difference=difference, number_needed=needed
    )
    return ResponderTable(
        outcome="pain",
        label="Pain",
        visit="week 6",
        definition="improvement of at least 2 points from baseline to week 6",
        missing_rule="missing counts as no response",
        arms=arms,
        comparisons=(comparison,),
    )


def analysis(*, simulated=True):
    primary = endpoint(PAIN, "primary", -1.4, 0.003, "better, size unclear")
    base = primary.planned[0].estimate
    effects = tuple(
        Estimate.from_se(f"Sex: {level}", value, 0.5, unit="points", df=30)
        for level, value in (("female", -1.2), ("male", -1.6))
    )
    return Analysis(
        cohort=cohort(simulated=simulated),
        plan=plan(),
        flow=flow(),
        baseline=baseline(),
        outcomes=tuple(
            VisitSummary(
                outcome=outcome.name, label=outcome.label, unit=outcome.unit, visit=visit.label,
                week=visit.week, arm=arm, values=numbers(5.0, 1.5, n=19, missing=1),
                change=numbers(-1.0, 1.2, n=19, missing=1) if visit.week else None,
            )
            for outcome in (PAIN, FORCE, MOBILITY)
            for visit in (BASELINE, WEEK_3, WEEK_6)
            for arm in ("control", "retro")
        ),
        adherence=tuple(
            AdherenceRow(
                name="sessions", label="Sessions", unit="", arm=arm, values=numbers(12, 3),
                planned=18.0, share=0.67,
            )
            for arm in ("control", "retro")
        ),
        endpoints=(primary, endpoint(FORCE, "secondary", 12.0, 0.04, "not judged")),
        unanswered=(
            Unanswered(endpoint=Endpoint(outcome="tug", week=6), reason="no covariance fits"),
        ),
        responders=(responders(),),
        curves={
            "pain": tuple(
                ImprovementCurve(
                    arm=arm, improvements=(-1.0, 0.0, 2.0, 4.0), shares=shares, n=18, unit="points"
                )
                for arm, shares in (("control", (1, 0.8, 0.3, 0.1)), ("retro", (1, 0.9, 0.6, 0.3)))
            )
        },
        sensitivity=(
            SensitivityRow(
                label="as planned", comparison="retro - control", estimate=base, subjects=39,
                note="",
            ),
            SensitivityRow(
                label="lmm", comparison="retro - control", estimate=None, subjects=0,
                note="not fitted: it did not converge",
            ),
        ),
        subgroups=(
            SubgroupResult(
                covariate="sex", label="Sex", effects=EstimateTable("by sex", effects),
                sizes=(20, 19), interaction=(1.0, 35.0, 0.3, 0.59), note="",
            ),
        ),
        caveats=("few subjects: degrees of freedom are small",),
    )  # fmt: skip
