"""The worker for Python programs: reads jobs from standard input and answers with times.

An answer is one line of tab-separated text: ``ok, seconds, runs, log-likelihood, note``, or
``missing, package``, or ``error, message``. The clock runs over the fit and over reading out the
coefficients; it does not run over imports, reading the file or asking for the log-likelihood.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
import warnings
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any, NamedTuple

import pandas as pd


class Job(NamedTuple):
    contender: str
    path: str
    fixed: str
    random: str
    subject: str
    visit: str
    seconds: str


@lru_cache(maxsize=2)
def read(path: str) -> pd.DataFrame:
    """Read a data set; text becomes categorical, as `stringsAsFactors` does in R."""
    data = pd.read_csv(path)
    text = data.select_dtypes(exclude="number").columns
    return data.astype(dict.fromkeys(text, "category"))


def forget_formulas() -> None:
    """Let the next fit parse its formula anew: the package remembers those it has seen."""
    from retrostats.models.mean import coding, formula

    for function in (formula.read_formula, formula.read_terms, coding.scoped_terms):
        function.cache_clear()


def retrostats_lmm(job: Job, data: pd.DataFrame) -> Any:
    import retrostats as rs

    forget_formulas()
    fit = rs.fit_lmm(job.fixed, data, subject=job.subject, random=job.random, df="kenward-roger")
    return fit, [(row.value, row.se, row.df, row.p) for row in fit.coefficients]


def retrostats_mmrm(job: Job, data: pd.DataFrame) -> Any:
    import retrostats as rs

    forget_formulas()
    fit = rs.fit_mmrm(
        job.fixed,
        data,
        subject=job.subject,
        visit=job.visit,
        covariance="us",
        df="kenward-roger",
    )
    return fit, [(row.value, row.se, row.df, row.p) for row in fit.coefficients]


def statsmodels_fit(job: Job, data: pd.DataFrame, **options: str) -> Any:
    from statsmodels.formula.api import mixedlm

    random = f"~ {job.random}"
    fit = mixedlm(job.fixed, data, groups=job.subject, re_formula=random).fit(**options)
    return fit, (fit.fe_params, fit.bse_fe, fit.pvalues)


def statsmodels_lbfgs(job: Job, data: pd.DataFrame) -> Any:
    return statsmodels_fit(job, data, method="lbfgs")


def mixedlm_fit(job: Job, data: pd.DataFrame) -> Any:
    from mixedlm import lmer

    fit = lmer(f"{job.fixed} + ({job.random} | {job.subject})", data)
    return fit, (fit.beta, fit.vcov().diagonal())


def mixedlm_table(job: Job, data: pd.DataFrame) -> Any:
    fit, _ = mixedlm_fit(job, data)
    return fit, fit.tidy()


FITS = {
    "retrostats-lmm": ("retrostats", retrostats_lmm, lambda fit: fit.loglik),
    "retrostats-mmrm": ("retrostats", retrostats_mmrm, lambda fit: fit.loglik),
    "statsmodels": ("statsmodels", statsmodels_fit, lambda fit: fit.llf),
    "statsmodels-lbfgs": ("statsmodels", statsmodels_lbfgs, lambda fit: fit.llf),
    "mixedlm": ("mixedlm", mixedlm_fit, lambda fit: float(fit.logLik())),
    "mixedlm-table": ("mixedlm", mixedlm_table, lambda fit: float(fit.logLik())),
}


def note(fit: Any, caught: list[warnings.WarningMessage]) -> str:
    """Say what the program itself says about its fit."""
    said = [] if getattr(fit, "converged", True) else ["not converged"]
    return "; ".join(said + sorted({" ".join(str(w.message).split())[:80] for w in caught}))


def measure(job: Job) -> tuple[object, ...]:
    """Fit for `job.seconds`, at least once; the time is the median of the fits."""
    package, fitter, loglik = FITS[job.contender]
    if find_spec(package) is None:
        return "missing", package
    data = read(job.path)
    times: list[float] = []
    gc.collect()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        while sum(times) < float(job.seconds) or not times:
            start = time.perf_counter()
            fit, _ = fitter(job, data)
            times.append(time.perf_counter() - start)
    return "ok", statistics.median(times), len(times), loglik(fit), note(fit, caught)


def answer(line: str) -> tuple[object, ...]:
    if line == "versions":
        return "ok", ", ".join(versions())
    try:
        return measure(Job(*line.split("\t")))
    except Exception as fault:  # a contender may fail in any way; the table says how
        return "error", f"{type(fault).__name__}: {fault}"


def versions() -> list[str]:
    import numpy as np

    found = [f"Python {sys.version.split()[0]}"]
    for name in ("retrostats", "mixedlm", "statsmodels", "numpy", "scipy", "pandas", "formulaic"):
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"{name} not installed")
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return [*found, f"numpy's BLAS {blas['name']} {blas['version']}"]


def main() -> None:
    for line in sys.stdin:
        fields = (" ".join(str(field).split()) for field in answer(line.rstrip("\n")))
        print("\t".join(fields), flush=True)


if __name__ == "__main__":
    main()
