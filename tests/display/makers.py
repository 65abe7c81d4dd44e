"""One real instance of every result type, from the calls that a user makes."""

from __future__ import annotations

import tempfile
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

import retrostats as rs
from retrostats.journals import JOURNALS
from retrostats.models.covariance import structure

from .makers_meta import POOLING
from .makers_missing import MISSING
from .makers_power import POWER

FOLDER = "data/example_cohort"


@cache
def cohort() -> Any:
    return rs.read_cohort(f"{FOLDER}/cohort.csv", f"{FOLDER}/codebook.toml")


@cache
def analysis() -> Any:
    return rs.analyse(cohort(), rs.read_plan(f"{FOLDER}/plan.toml"))


@cache
def parts_folder() -> str:
    folder = tempfile.mkdtemp()
    rows().to_csv(f"{folder}/centre-1.csv", index=False)
    return folder


@cache
def rows() -> pd.DataFrame:
    return cohort().follow_up("pain").dropna(subset=["pain", "baseline"])


@cache
def mmrm() -> Any:
    return rs.fit_mmrm(
        "pain ~ baseline + arm * visit", rows(), subject="subject", visit="visit", unit="points"
    )


@cache
def lmm() -> Any:
    return rs.fit_lmm(
        "pain ~ baseline + arm * week", rows(), subject="subject", random="1", unit="points"
    )


@cache
def ancova() -> Any:
    last = rows()[rows()["week"] == 6]
    return rs.fit_ancova("pain ~ baseline + arm", last, unit="points")


@cache
def mixed_anova() -> Any:
    frame = cohort().frame
    return rs.fit_mixed_anova(
        frame, outcome="pain", subject="subject", between="arm", within="visit"
    )


RETRO = rs.ArmSummary(arm="retro", n=16, mean=1.56, sd=0.63)
CONTROL = rs.ArmSummary(arm="control", n=16, mean=2.25, sd=0.86)


def judged() -> Any:
    claim = rs.load_claims()[0]
    return rs.judge_claims([claim], [rs.reproduce(trial) for trial in claim.evidence])


def values() -> list[np.ndarray]:
    return [np.array(each.values) for each in rs.distributions(cohort(), "pain", week=6)]


def measured_twice() -> np.ndarray:
    first = np.array([12.0, 15.5, 9.0, 14.0, 11.5, 13.0, 16.0, 10.0])
    return np.column_stack([first, np.add(first, [0.5, -1.0, 0.0, 1.0, -0.5, 0.5, 0.0, -1.0])])


#: By the name of the type that is made; a name behind a colon tells two of one type apart.
MAKERS = {
    "Agreement": lambda: rs.agreement(*measured_twice().T, unit="s"),
    "Analysis": analysis,
    "AnalysisPlan": lambda: analysis().plan,
    "AncovaFit": ancova,
    "AnovaTable": lambda: mmrm().anova(),
    "ArmSummary": lambda: RETRO,
    "BaselineTable": lambda: analysis().baseline,
    "Change": lambda: rs.load_instruments()["womac_total"].changes[0],
    "CheckReport": lambda: rs.check_cohort(f"{FOLDER}/cohort.csv", f"{FOLDER}/codebook.toml"),
    "Citations": lambda: rs.cite(analysis()),
    "Claim": lambda: rs.load_claims()[0],
    "Codebook": lambda: rs.read_codebook(f"{FOLDER}/codebook.toml"),
    "CoefficientTable": lambda: mmrm().coefficients,
    "Cohort": cohort,
    "ConsistencyCheck": lambda: rs.grim("17.98", 15),
    "Converted": lambda: rs.convert_effect(
        rs.effect_from_t(2.3, n1=20, n2=18), "risk difference", control_risk=0.3
    ),
    "CovarianceStructure": lambda: structure("toeph", (0, 3, 6)),
    "Criteria": lambda: mmrm().information_criteria()["sas"],
    "Distribution": lambda: rs.distributions(cohort(), "pain", week=6)[0],
    "EffectsTable": lambda: mixed_anova().anova(),
    "EndpointResult": lambda: analysis().primary,
    "Estimate": lambda: rs.hedges_g(RETRO, CONTROL),
    "EstimateTable": lambda: mmrm().differences("arm", by="visit", reference="control"),
    "FTest": lambda: mmrm().anova()["arm:visit"],
    "Figure": lambda: rs.load_trial("qiu2023").figures[0],
    "Flow": lambda: analysis().flow,
    "Flow:published": lambda: rs.published_flow(rs.load_trial("brosseau2012")),
    "FriedmanTest": lambda: rs.friedman_test(
        cohort()
        .frame.pivot_table(index="subject", columns="visit", values="pain", observed=True)
        .dropna()
    ),
    "ImprovementCurve": lambda: rs.responder_curves(cohort(), "pain", 6)[0],
    "IndividualChanges": lambda: rs.individual_changes(cohort(), "pain", week=6)[0],
    "Instrument": lambda: rs.load_instruments()["womac_total"],
    "Interval": lambda: RETRO_CI,
    "JudgedClaim": lambda: judged()[0],
    "Journal": lambda: JOURNALS["lancet"],
    "Judgement": lambda: analysis().primary.planned[0].judgement,
    "KruskalTest": lambda: rs.kruskal_test(values()),
    "Ledger": lambda: mmrm().ledger,
    "LikelihoodRatio": lambda: rs.fit_mmrm(
        "pain ~ baseline + arm * visit", rows(), subject="subject", visit="visit"
    ).likelihood_ratio(
        rs.fit_mmrm(
            "pain ~ baseline + arm * visit",
            rows(),
            subject="subject",
            visit="visit",
            covariance="cs",
        )
    ),
    "LmmFit": lmm,
    "MissingPatterns": lambda: rs.missing_patterns(cohort(), "pain"),
    "MixedAnova": mixed_anova,
    "MmrmFit": mmrm,
    "ModelFacts": lambda: analysis().primary.model,
    "NumberNeededToTreat": lambda: rs.number_needed_to_treat(rs.risk_difference(15, 20, 8, 20)),
    "PairedSummary": lambda: rs.PairedSummary.of("pain", before=[7, 6, 8, 5], after=[4, 5, 5, 4]),
    "PaperTable": lambda: rs.report_tables(analysis())["baseline"],
    "PartFiles": lambda: rs.read_parts(parts_folder()),
    "PlanInWords": lambda: rs.plan_in_words(analysis().plan, cohort().codebook),
    "PlannedContrast": lambda: analysis().primary.planned[0],
    "Printed": lambda: rs.Printed("P < 0.001"),
    "PublishedTrial": lambda: rs.load_trial("pdbt2021"),
    "Ratio": lambda: rs.risk_ratio(15, 20, 8, 20),
    "Reliability": lambda: rs.reliability(measured_twice(), unit="s"),
    "Reproduction": lambda: rs.reproduce("pdbt2021"),
    "ResidualDiagnostics": lambda: analysis().primary.diagnostics,
    "ResponderTable": lambda: analysis().responders[0],
    "Row": lambda: rs.reproduce("pdbt2021").rows[0],
    "RowLedger": lambda: cohort().ledger,
    "SensitivityRow": lambda: analysis().sensitivity[1],
    "SpriteSamples": lambda: rs.sprite("3.50", "1.20", 10, low=1, high=7),
    "SubgroupResult": lambda: analysis().subgroups[0],
    "VisitSummary": lambda: analysis().outcomes[0],
}
RETRO_CI = rs.Interval(-1.4371, -0.1572, 0.95)
MAKERS |= POOLING | MISSING | POWER
