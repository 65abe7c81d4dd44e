"""What is compared: the data sets with their models, and the programs that fit them.

A job goes to a worker as one line of tab-separated text; the Python worker (`_contenders.py`) and
the R worker (`mixed_models.R`) read the same line.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """One model on one data set. The formulas read the same in patsy, formulaic and R."""

    title: str
    data: str
    kind: str  # "lmm" or "mmrm"
    fixed: str
    subject: str
    random: str = ""
    visit: str = ""
    rounds: int = 9

    @property
    def model(self) -> str:
        if self.kind == "lmm":
            return f"{self.fixed} + ({self.random} | {self.subject})"
        return f"{self.fixed}, unstructured covariance of {self.visit} within {self.subject}"

    def line(self, contender: str, folder: str, seconds: float) -> str:
        """Return the request: fit it again and again for so many seconds, at least once."""
        path = f"{folder}/{self.data}.csv"
        fields = (contender, path, self.fixed, self.random, self.subject, self.visit, str(seconds))
        return "\t".join(fields)


@dataclass(frozen=True)
class Contender:
    """One program as it is used; `worker` names the process that it runs in."""

    key: str
    worker: str
    name: str
    reads: str  # what is read out within the time


THIS = "retrostats"
SIMULATED = "outcome ~ baseline + arm*visit"
#: The million subjects: rows in a chunk, and fits of the table in memory.
CHUNK = 400_000
LARGE_RUNS = 3

LMM = (
    Contender("retrostats-lmm", THIS, "retrostats fit_lmm", "Kenward-Roger SE, df, p"),
    Contender("statsmodels", "statsmodels", "statsmodels MixedLM, default", "SE, z, p (no df)"),
    Contender("statsmodels-lbfgs", "statsmodels", "statsmodels MixedLM, lbfgs", "SE, z, p (no df)"),
    Contender("mixedlm", "mixedlm", "mixedlm lmer", "SE only"),
    Contender("mixedlm-table", "mixedlm", "mixedlm lmer, tidy()", "SE, Satterthwaite df, p"),
    Contender("lme4", "R", "lme4 lmer", "SE, t (no df, no p)"),
    Contender("lme", "R", "nlme lme", "SE, containment df, p"),
    Contender("lmerTest", "R", "lmerTest lmer", "SE, Satterthwaite df, p"),
    Contender("lmerTest-kr", "R", "lmerTest lmer, pbkrtest", "Kenward-Roger SE, df, p"),
)
MMRM = (
    Contender("retrostats-mmrm", THIS, "retrostats fit_mmrm", "Kenward-Roger SE, df, p"),
    Contender("gls", "R", "nlme gls, corSymm + varIdent", "SE, residual df, p"),
    Contender("mmrm", "R", "mmrm us", "Kenward-Roger SE, df, p"),
)
CONTENDERS = {"lmm": LMM, "mmrm": MMRM}


def simulated(subjects: int, rounds: int) -> tuple[Case, Case]:
    """Return both models of a simulated trial."""
    data = f"simulated{subjects}"
    label = f"simulated trial, {subjects:,} subjects x 4 visits"
    return (
        Case(f"LMM, {label}", data, "lmm", SIMULATED, "subject", random="1 + month", rounds=rounds),
        Case(f"MMRM, {label}", data, "mmrm", SIMULATED, "subject", visit="visit", rounds=rounds),
    )


TRIAL3 = "nrs ~ nrs_bl + age + sex + arm*visit"
CASES = (
    Case(
        "LMM, sleepstudy, 18 subjects x 10 days",
        "sleepstudy",
        "lmm",
        "Reaction ~ Days",
        "Subject",
        random="1 + Days",
    ),
    # Two visits do not identify a random slope beside a residual: intercepts only.
    Case("LMM, three-arm trial, 68 subjects x 2 visits", "trial3", "lmm", TRIAL3, "id", random="1"),
    Case(
        "MMRM, three-arm trial, 68 subjects x 2 visits",
        "trial3",
        "mmrm",
        TRIAL3,
        "id",
        visit="visit",
    ),
    *simulated(1_000, rounds=7),
    *simulated(10_000, rounds=5),
    *simulated(100_000, rounds=3),
)
