"""The papers behind what an analysis did."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from retrostats.plan.sensitivity import REFERENCE_BASED
from retrostats.report.sources.reference import Reference

if TYPE_CHECKING:
    from retrostats.analysis.types import Analysis


def _paper(key: str, text: str, doi: str, used: str) -> Reference:
    return Reference(key=key, kind="method", text=text, doi=doi, used=(used,))


#: The paper of each method, by its name in plans and results. The DOIs are those of the docstrings
#: of the functions that do the work; a test compares.
METHODS = MappingProxyType(
    {
        "mmrm": _paper(
            "mallinckrodt2008",
            "Mallinckrodt CH, Lane PW, Schnell D, Peng Y, Mancuso JP. Recommendations for the "
            "primary analysis of continuous endpoints in longitudinal clinical trials. Drug Inf "
            "J 2008;42(4):303-19",
            "10.1177/009286150804200402",
            "mixed model for repeated measures",
        ),
        "lmm": _paper(
            "laird1982",
            "Laird NM, Ware JH. Random-effects models for longitudinal data. Biometrics "
            "1982;38(4):963-74",
            "10.2307/2529876",
            "linear mixed model",
        ),
        "ancova": _paper(
            "vickers2001",
            "Vickers AJ, Altman DG. Analysing controlled trials with baseline and follow up "
            "measurements. BMJ 2001;323:1123-4",
            "10.1136/bmj.323.7321.1123",
            "analysis of covariance",
        ),
        "mixed_anova": _paper(
            "greenhouse1959",
            "Greenhouse SW, Geisser S. On methods in the analysis of profile data. "
            "Psychometrika 1959;24:95-112",
            "10.1007/BF02289823",
            "mixed analysis of variance, correction for sphericity",
        ),
        "reml": _paper(
            "patterson1971",
            "Patterson HD, Thompson R. Recovery of inter-block information when block sizes are "
            "unequal. Biometrika 1971;58(3):545-54",
            "10.1093/biomet/58.3.545",
            "restricted maximum likelihood",
        ),
        "kenward-roger": _paper(
            "kenward1997",
            "Kenward MG, Roger JH. Small sample inference for fixed effects from restricted "
            "maximum likelihood. Biometrics 1997;53(3):983-97",
            "10.2307/2533558",
            "Kenward-Roger standard errors and degrees of freedom",
        ),
        "satterthwaite": _paper(
            "giesbrecht1985",
            "Giesbrecht FG, Burns JC. Two-stage analysis based on a mixed model: large-sample "
            "asymptotic theory and small-sample simulation results. Biometrics "
            "1985;41(2):477-86",
            "10.2307/2530872",
            "Satterthwaite degrees of freedom",
        ),
        "between-within": _paper(
            "schluchter1990",
            "Schluchter MD, Elashoff JT. Small-sample adjustments to tests with unbalanced "
            "repeated measures assuming several covariance structures. J Stat Comput Simul "
            "1990;37:69-87",
            "10.1080/00949659008811295",
            "between-within degrees of freedom",
        ),
        "CR0": _paper(
            "liang1986",
            "Liang KY, Zeger SL. Longitudinal data analysis using generalized linear models. "
            "Biometrika 1986;73(1):13-22",
            "10.1093/biomet/73.1.13",
            "cluster-robust standard errors",
        ),
        "CR2": _paper(
            "pustejovsky2018",
            "Pustejovsky JE, Tipton E. Small-sample methods for cluster-robust variance "
            "estimation and hypothesis testing in fixed effects models. J Bus Econ Stat "
            "2018;36(4):672-83",
            "10.1080/07350015.2016.1247004",
            "cluster-robust standard errors",
        ),
        "CR3": _paper(
            "mancl2001",
            "Mancl LA, DeRouen TA. A covariance estimator for GEE with improved small-sample "
            "properties. Biometrics 2001;57(1):126-34",
            "10.1111/j.0006-341X.2001.00126.x",
            "cluster-robust standard errors",
        ),
        "HC": _paper(
            "mackinnon1985",
            "MacKinnon JG, White H. Some heteroskedasticity-consistent covariance matrix "
            "estimators with improved finite sample properties. J Econometrics "
            "1985;29(3):305-25",
            "10.1016/0304-4076(85)90158-7",
            "heteroscedasticity-consistent standard errors",
        ),
        "standardised": _paper(
            "feingold2009",
            "Feingold A. Effect sizes for growth-modeling analysis for controlled clinical "
            "trials in the same metric as for classical analysis. Psychol Methods "
            "2009;14(1):43-53",
            "10.1037/a0014699",
            "standardised effects",
        ),
        "baseline": _paper(
            "austin2009",
            "Austin PC. Balance diagnostics for comparing the distribution of baseline "
            "covariates between treatment groups in propensity-score matched samples. Stat Med "
            "2009;28(25):3083-107",
            "10.1002/sim.3697",
            "standardised differences at baseline",
        ),
        "responders": _paper(
            "newcombe1998",
            "Newcombe RG. Interval estimation for the difference between independent "
            "proportions: comparison of eleven methods. Stat Med 1998;17(8):873-90",
            "10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I",
            "intervals of differences between shares of responders",
        ),
        "delta": _paper(
            "white2011",
            "White IR, Horton NJ, Carpenter J, Pocock SJ. Strategy for intention to treat "
            "analysis in randomised trials with missing outcome data. BMJ 2011;342:d40",
            "10.1136/bmj.d40",
            "analyses with missing outcomes shifted",
        ),
        "reference": _paper(
            "carpenter2013",
            "Carpenter JR, Roger JH, Kenward MG. Analysis of longitudinal trials with protocol "
            "deviation: a framework for relevant, accessible assumptions, and inference via "
            "multiple imputation. J Biopharm Stat 2013;23(6):1352-71",
            "10.1080/10543406.2013.834911",
            "missing outcomes that follow another arm",
        ),
        "conditional mean": _paper(
            "wolbers2022",
            "Wolbers M, Noci A, Delmar P, Gower-Page C, Yiu S, Bartlett JW. Standard and "
            "reference-based conditional mean imputation. Pharm Stat 2022;21(6):1246-57",
            "10.1002/pst.2234",
            "conditional means with resampling",
        ),
        "rubin": _paper(
            "barnard1999",
            "Barnard J, Rubin DB. Small-sample degrees of freedom with multiple imputation. "
            "Biometrika 1999;86(4):948-55",
            "10.1093/biomet/86.4.948",
            "pooling of multiple imputations",
        ),
        "tipping point": _paper(
            "yan2009",
            "Yan X, Lee S, Li N. Missing data handling methods in medical device clinical trials. "
            "J Biopharm Stat 2009;19(6):1085-98",
            "10.1080/10543400903243009",
            "tipping point",
        ),
    }
)
#: The linear form has the adjusted standard errors of the same paper; kinds of imputation share
#: theirs.
_SAME: dict[str, str] = {
    "kenward-roger-linear": "kenward-roger",
    **dict.fromkeys(REFERENCE_BASED, "reference"),
    **dict.fromkeys(("jackknife", "bootstrap"), "conditional mean"),
}


def method_references(analysis: Analysis) -> tuple[Reference, ...]:
    """Return the papers of the methods that an analysis used, in the order of its report.

    Parameters
    ----------
    analysis
        Methods of which no paper is on record, such as Holm's, are left out.
    """
    names: list[str] = [analysis.plan.model.kind]
    for result in analysis.endpoints:
        model = result.model
        names += [model.method, "HC" if model.df.startswith("HC") else model.df]
    if any(c.standardised is not None for e in analysis.endpoints for c in e.planned):
        names.append("standardised")
    names.append("baseline")
    names += ["responders"] if analysis.responders else []
    for further in analysis.plan.sensitivity:
        names += [further.kind, further.inference or ""]
    keys = dict.fromkeys(_SAME.get(name, name) for name in names)
    return tuple(METHODS[key] for key in keys if key in METHODS)
