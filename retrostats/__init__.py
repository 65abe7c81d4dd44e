"""Analysis of trials of retro and forward walking: from table or file to checked answer.

Names are imported when they are first used, so that ``import retrostats`` costs nothing.

Examples
--------
>>> import retrostats as rs
>>> rs.Printed("0.50").low
0.495
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from retrostats.analysis.analyse import analyse
    from retrostats.analysis.collect import collect
    from retrostats.analysis.collecting.collected import Collected
    from retrostats.analysis.collecting.sensitivity_table import PoolSensitivity
    from retrostats.analysis.common_scale import common_scale
    from retrostats.analysis.design_from_trial import design_from_trial
    from retrostats.analysis.missing_data import analyse_missing, tipping_point
    from retrostats.analysis.pool_sensitivity import pool_sensitivity
    from retrostats.analysis.power_curve import power_curve
    from retrostats.analysis.reproduce import reproduce
    from retrostats.analysis.sample_size import find_sample_size
    from retrostats.analysis.simulate import simulate_power
    from retrostats.analysis.types import Analysis
    from retrostats.data.catalogue import list_trials, load_trial
    from retrostats.data.claims import load_claims
    from retrostats.data.codebook.reading import read_codebook
    from retrostats.data.codebook.suggest import suggest_codebook
    from retrostats.data.codebook.types import Codebook
    from retrostats.data.cohort.reading import check_cohort, read_cohort
    from retrostats.data.cohort.types import Cohort
    from retrostats.data.instrument_catalogue import load_instruments
    from retrostats.data.parts.reading import read_parts
    from retrostats.data.parts.types import PartFiles
    from retrostats.data.printed import Printed
    from retrostats.data.published import PublishedTrial
    from retrostats.description.agreement import agreement
    from retrostats.description.changes import individual_changes
    from retrostats.description.courses import subject_courses
    from retrostats.description.distributions import distribution_from_summary, distributions
    from retrostats.description.fit_diagnostics import diagnose
    from retrostats.description.missingness import missing_patterns
    from retrostats.description.published_flow import published_flow
    from retrostats.description.reliability import reliability
    from retrostats.description.responders import responder_curves
    from retrostats.effects.bootstrap import bootstrap_interval
    from retrostats.effects.contingency import cramers_v
    from retrostats.effects.conversions.converting import convert_effect
    from retrostats.effects.convert import effect_from_f, effect_from_p, effect_from_t
    from retrostats.effects.ordinal.paired import matched_rank_biserial, paired_superiority
    from retrostats.effects.ordinal.shift import hodges_lehmann, paired_hodges_lehmann
    from retrostats.effects.ordinal.superiority import (
        cliffs_delta,
        probability_of_superiority,
        rank_biserial,
    )
    from retrostats.effects.paired import mean_change, paired_dav, paired_drm, paired_dz
    from retrostats.effects.pairs import PairedSummary
    from retrostats.effects.post_hoc import games_howell, tukey_hsd
    from retrostats.effects.pre_post import pre_post_control_d, standardised_mean_change
    from retrostats.effects.proportions.differences import risk_difference
    from retrostats.effects.proportions.number_needed import number_needed_to_treat
    from retrostats.effects.proportions.ratios import odds_ratio, risk_ratio
    from retrostats.effects.rank_tests import friedman_test, kruskal_test
    from retrostats.effects.ratio_of_means import ratio_of_means, ratio_of_means_change
    from retrostats.effects.standardised import model_standardised_effect, standardised_effect
    from retrostats.effects.summaries import ArmSummary
    from retrostats.effects.two_group import cohens_d, glass_delta, hedges_g, mean_difference
    from retrostats.effects.variability import coefficient_of_variation_ratio, variability_ratio
    from retrostats.effects.variance_explained import (
        partial_epsilon_squared,
        partial_eta_squared,
        partial_omega_squared,
    )
    from retrostats.errors import DataError, FitError, PlanError, RetrostatsError
    from retrostats.estimate import Estimate, EstimateTable, Interval
    from retrostats.figures.agreement import plot_agreement
    from retrostats.figures.baujat import plot_baujat
    from retrostats.figures.change import plot_change
    from retrostats.figures.diagnostics import plot_diagnostics
    from retrostats.figures.estimation import plot_estimation
    from retrostats.figures.flow import plot_flow
    from retrostats.figures.forest import plot_forest
    from retrostats.figures.funnel import plot_funnel
    from retrostats.figures.gosh import plot_gosh
    from retrostats.figures.missing import plot_missing
    from retrostats.figures.power import plot_power
    from retrostats.figures.raincloud import plot_raincloud
    from retrostats.figures.responders import plot_responders
    from retrostats.figures.saving import save_figure
    from retrostats.figures.style import blank_axes, describe
    from retrostats.figures.tipping import plot_tipping
    from retrostats.figures.trajectory import plot_trajectories
    from retrostats.integrity.claims import JudgedClaim, judge_claims
    from retrostats.integrity.debit import debit
    from retrostats.integrity.grim import grim
    from retrostats.integrity.grimmer import grimmer
    from retrostats.integrity.sprite import sprite
    from retrostats.integrity.verdicts import Reproduction
    from retrostats.jobs.types import Workers
    from retrostats.journals import Journal, find_journal
    from retrostats.meta.bias.egger import egger_test
    from retrostats.meta.bias.fail_safe import fail_safe_n
    from retrostats.meta.bias.pet_peese import pet_peese
    from retrostats.meta.bias.rank import rank_correlation_test
    from retrostats.meta.bias.selection import selection_model
    from retrostats.meta.bias.trim_and_fill import trim_and_fill
    from retrostats.meta.counts.pooling import pool_mantel_haenszel, pool_peto
    from retrostats.meta.counts.types import PooledCounts, TrialCounts
    from retrostats.meta.dependent.aggregate import combine_within_trials
    from retrostats.meta.dependent.arms import combine_arms, split_control
    from retrostats.meta.dependent.covariance import shared_control_covariance
    from retrostats.meta.dependent.pooling import pool_dependent
    from retrostats.meta.dependent.results import PooledDependent
    from retrostats.meta.dependent.sensitivity import (
        CorrelationSensitivity,
        correlation_sensitivity,
    )
    from retrostats.meta.dependent.types import DependentEstimates
    from retrostats.meta.dependent.working import working_covariance
    from retrostats.meta.diagnostics.baujat import Baujat, baujat
    from retrostats.meta.diagnostics.cumulative import CumulativePool, cumulative_pool
    from retrostats.meta.diagnostics.gosh import Gosh, gosh
    from retrostats.meta.diagnostics.influence import Influence, influence
    from retrostats.meta.diagnostics.leave_one_out import LeaveOneOut, leave_one_out
    from retrostats.meta.diagnostics.shrunken import shrunken_estimates
    from retrostats.meta.inputs.reading import read_estimates
    from retrostats.meta.inputs.types import StudyTable
    from retrostats.meta.intervals.heterogeneity_interval import (
        Heterogeneity,
        heterogeneity_interval,
    )
    from retrostats.meta.many.permuting import SignFlipTest, permutation_test_pooled
    from retrostats.meta.many.pooling import PooledMany, pool_many
    from retrostats.meta.many.resampling import BootstrappedPool, bootstrap_pooled
    from retrostats.meta.pool import pool
    from retrostats.meta.pooled import Pooled
    from retrostats.meta.regression.fit import meta_regression
    from retrostats.meta.regression.permutation import PermutationTest, permutation_test
    from retrostats.meta.regression.types import MetaRegression
    from retrostats.meta.subgroups.fit import pool_subgroups
    from retrostats.meta.subgroups.types import PooledSubgroups
    from retrostats.missing.imputations import Imputations
    from retrostats.missing.impute import impute
    from retrostats.missing.rubin import PooledImputations, pool_imputations
    from retrostats.models.ancova import fit_ancova
    from retrostats.models.anova import fit_mixed_anova
    from retrostats.models.covariance import CovarianceStructure
    from retrostats.models.inference.ftest import FTest
    from retrostats.models.lmm import fit_lmm
    from retrostats.models.mmrm import fit_mmrm
    from retrostats.models.results.ancova_fit import AncovaFit
    from retrostats.models.results.lmm_fit import LmmFit
    from retrostats.models.results.mmrm_fit import MmrmFit
    from retrostats.models.split_plot.result import MixedAnova
    from retrostats.plan.in_words import plan_in_words
    from retrostats.plan.reading import read_plan
    from retrostats.plan.types import AnalysisPlan
    from retrostats.power.closed.ancova import power_ancova
    from retrostats.power.closed.anova import power_anova
    from retrostats.power.closed.answer import PowerAnswer
    from retrostats.power.closed.clusters import power_clusters
    from retrostats.power.closed.crossover import power_crossover
    from retrostats.power.closed.means import power_two_groups
    from retrostats.power.closed.mmrm import power_mmrm
    from retrostats.power.closed.paired import power_paired
    from retrostats.power.closed.proportions import power_proportions
    from retrostats.power.design.draw import SimulatedTrials
    from retrostats.power.design.fields import (
        DesignArm,
        Dropout,
        MeasurementScale,
        SimulatedCovariate,
    )
    from retrostats.power.design.reading import read_design
    from retrostats.power.design.types import TrialDesign
    from retrostats.power.simulated.curve import FoundSampleSize, PowerCurve
    from retrostats.power.simulated.result import SimulatedPower
    from retrostats.report.analysis.paper_tables import report_tables
    from retrostats.report.analysis.writing import write_analysis
    from retrostats.report.citation import Citations, cite
    from retrostats.report.published_effects import published_effects
    from retrostats.tables.paper import PaperTable
    from retrostats.tables.saving import save_table

__version__ = "0.1.0"

__all__ = [
    "Analysis",
    "AnalysisPlan",
    "AncovaFit",
    "ArmSummary",
    "Baujat",
    "BootstrappedPool",
    "Citations",
    "Codebook",
    "Cohort",
    "Collected",
    "CorrelationSensitivity",
    "CovarianceStructure",
    "CumulativePool",
    "DataError",
    "DependentEstimates",
    "DesignArm",
    "Dropout",
    "Estimate",
    "EstimateTable",
    "FTest",
    "FitError",
    "FoundSampleSize",
    "Gosh",
    "Heterogeneity",
    "Imputations",
    "Influence",
    "Interval",
    "Journal",
    "JudgedClaim",
    "LeaveOneOut",
    "LmmFit",
    "MeasurementScale",
    "MetaRegression",
    "MixedAnova",
    "MmrmFit",
    "PairedSummary",
    "PaperTable",
    "PartFiles",
    "PermutationTest",
    "PlanError",
    "PoolSensitivity",
    "Pooled",
    "PooledCounts",
    "PooledDependent",
    "PooledImputations",
    "PooledMany",
    "PooledSubgroups",
    "PowerAnswer",
    "PowerCurve",
    "Printed",
    "PublishedTrial",
    "Reproduction",
    "RetrostatsError",
    "SignFlipTest",
    "SimulatedCovariate",
    "SimulatedPower",
    "SimulatedTrials",
    "StudyTable",
    "TrialCounts",
    "TrialDesign",
    "Workers",
    "agreement",
    "analyse",
    "analyse_missing",
    "baujat",
    "blank_axes",
    "bootstrap_interval",
    "bootstrap_pooled",
    "check_cohort",
    "cite",
    "cliffs_delta",
    "coefficient_of_variation_ratio",
    "cohens_d",
    "collect",
    "combine_arms",
    "combine_within_trials",
    "common_scale",
    "convert_effect",
    "correlation_sensitivity",
    "cramers_v",
    "cumulative_pool",
    "debit",
    "describe",
    "design_from_trial",
    "diagnose",
    "distribution_from_summary",
    "distributions",
    "effect_from_f",
    "effect_from_p",
    "effect_from_t",
    "egger_test",
    "fail_safe_n",
    "find_journal",
    "find_sample_size",
    "fit_ancova",
    "fit_lmm",
    "fit_mixed_anova",
    "fit_mmrm",
    "friedman_test",
    "games_howell",
    "glass_delta",
    "gosh",
    "grim",
    "grimmer",
    "hedges_g",
    "heterogeneity_interval",
    "hodges_lehmann",
    "impute",
    "individual_changes",
    "influence",
    "judge_claims",
    "kruskal_test",
    "leave_one_out",
    "list_trials",
    "load_claims",
    "load_instruments",
    "load_trial",
    "matched_rank_biserial",
    "mean_change",
    "mean_difference",
    "meta_regression",
    "missing_patterns",
    "model_standardised_effect",
    "number_needed_to_treat",
    "odds_ratio",
    "paired_dav",
    "paired_drm",
    "paired_dz",
    "paired_hodges_lehmann",
    "paired_superiority",
    "partial_epsilon_squared",
    "partial_eta_squared",
    "partial_omega_squared",
    "permutation_test",
    "permutation_test_pooled",
    "pet_peese",
    "plan_in_words",
    "plot_agreement",
    "plot_baujat",
    "plot_change",
    "plot_diagnostics",
    "plot_estimation",
    "plot_flow",
    "plot_forest",
    "plot_funnel",
    "plot_gosh",
    "plot_missing",
    "plot_power",
    "plot_raincloud",
    "plot_responders",
    "plot_tipping",
    "plot_trajectories",
    "pool",
    "pool_dependent",
    "pool_imputations",
    "pool_mantel_haenszel",
    "pool_many",
    "pool_peto",
    "pool_sensitivity",
    "pool_subgroups",
    "power_ancova",
    "power_anova",
    "power_clusters",
    "power_crossover",
    "power_curve",
    "power_mmrm",
    "power_paired",
    "power_proportions",
    "power_two_groups",
    "pre_post_control_d",
    "probability_of_superiority",
    "published_effects",
    "published_flow",
    "rank_biserial",
    "rank_correlation_test",
    "ratio_of_means",
    "ratio_of_means_change",
    "read_codebook",
    "read_cohort",
    "read_design",
    "read_estimates",
    "read_parts",
    "read_plan",
    "reliability",
    "report_tables",
    "reproduce",
    "responder_curves",
    "risk_difference",
    "risk_ratio",
    "save_figure",
    "save_table",
    "selection_model",
    "shared_control_covariance",
    "shrunken_estimates",
    "simulate_power",
    "split_control",
    "sprite",
    "standardised_effect",
    "standardised_mean_change",
    "subject_courses",
    "suggest_codebook",
    "tipping_point",
    "trim_and_fill",
    "tukey_hsd",
    "variability_ratio",
    "working_covariance",
    "write_analysis",
]

#: Where each public name lives; a test holds this table against `__all__`.
_HOMES = {
    "analysis.analyse": ("analyse",),
    "analysis.collect": ("collect",),
    "analysis.collecting.collected": ("Collected",),
    "analysis.collecting.sensitivity_table": ("PoolSensitivity",),
    "analysis.common_scale": ("common_scale",),
    "analysis.design_from_trial": ("design_from_trial",),
    "analysis.missing_data": (
        "analyse_missing",
        "tipping_point",
    ),
    "analysis.pool_sensitivity": ("pool_sensitivity",),
    "analysis.power_curve": ("power_curve",),
    "analysis.reproduce": ("reproduce",),
    "analysis.sample_size": ("find_sample_size",),
    "analysis.simulate": ("simulate_power",),
    "analysis.types": ("Analysis",),
    "data.catalogue": (
        "list_trials",
        "load_trial",
    ),
    "data.claims": ("load_claims",),
    "data.codebook.reading": ("read_codebook",),
    "data.codebook.suggest": ("suggest_codebook",),
    "data.codebook.types": ("Codebook",),
    "data.cohort.reading": (
        "check_cohort",
        "read_cohort",
    ),
    "data.cohort.types": ("Cohort",),
    "data.instrument_catalogue": ("load_instruments",),
    "data.parts.reading": ("read_parts",),
    "data.parts.types": ("PartFiles",),
    "data.printed": ("Printed",),
    "data.published": ("PublishedTrial",),
    "description.agreement": ("agreement",),
    "description.changes": ("individual_changes",),
    "description.courses": ("subject_courses",),
    "description.distributions": (
        "distribution_from_summary",
        "distributions",
    ),
    "description.fit_diagnostics": ("diagnose",),
    "description.missingness": ("missing_patterns",),
    "description.published_flow": ("published_flow",),
    "description.reliability": ("reliability",),
    "description.responders": ("responder_curves",),
    "effects.bootstrap": ("bootstrap_interval",),
    "effects.contingency": ("cramers_v",),
    "effects.conversions.converting": ("convert_effect",),
    "effects.convert": (
        "effect_from_f",
        "effect_from_p",
        "effect_from_t",
    ),
    "effects.ordinal.paired": (
        "matched_rank_biserial",
        "paired_superiority",
    ),
    "effects.ordinal.shift": (
        "hodges_lehmann",
        "paired_hodges_lehmann",
    ),
    "effects.ordinal.superiority": (
        "cliffs_delta",
        "probability_of_superiority",
        "rank_biserial",
    ),
    "effects.paired": (
        "mean_change",
        "paired_dav",
        "paired_drm",
        "paired_dz",
    ),
    "effects.pairs": ("PairedSummary",),
    "effects.post_hoc": (
        "games_howell",
        "tukey_hsd",
    ),
    "effects.pre_post": (
        "pre_post_control_d",
        "standardised_mean_change",
    ),
    "effects.proportions.differences": ("risk_difference",),
    "effects.proportions.number_needed": ("number_needed_to_treat",),
    "effects.proportions.ratios": (
        "odds_ratio",
        "risk_ratio",
    ),
    "effects.rank_tests": (
        "friedman_test",
        "kruskal_test",
    ),
    "effects.ratio_of_means": (
        "ratio_of_means",
        "ratio_of_means_change",
    ),
    "effects.standardised": (
        "model_standardised_effect",
        "standardised_effect",
    ),
    "effects.summaries": ("ArmSummary",),
    "effects.two_group": (
        "cohens_d",
        "glass_delta",
        "hedges_g",
        "mean_difference",
    ),
    "effects.variability": (
        "coefficient_of_variation_ratio",
        "variability_ratio",
    ),
    "effects.variance_explained": (
        "partial_epsilon_squared",
        "partial_eta_squared",
        "partial_omega_squared",
    ),
    "errors": (
        "DataError",
        "FitError",
        "PlanError",
        "RetrostatsError",
    ),
    "estimate": (
        "Estimate",
        "EstimateTable",
        "Interval",
    ),
    "figures.agreement": ("plot_agreement",),
    "figures.baujat": ("plot_baujat",),
    "figures.change": ("plot_change",),
    "figures.diagnostics": ("plot_diagnostics",),
    "figures.estimation": ("plot_estimation",),
    "figures.flow": ("plot_flow",),
    "figures.forest": ("plot_forest",),
    "figures.funnel": ("plot_funnel",),
    "figures.gosh": ("plot_gosh",),
    "figures.missing": ("plot_missing",),
    "figures.power": ("plot_power",),
    "figures.raincloud": ("plot_raincloud",),
    "figures.responders": ("plot_responders",),
    "figures.saving": ("save_figure",),
    "figures.style": (
        "blank_axes",
        "describe",
    ),
    "figures.tipping": ("plot_tipping",),
    "figures.trajectory": ("plot_trajectories",),
    "integrity.claims": (
        "JudgedClaim",
        "judge_claims",
    ),
    "integrity.debit": ("debit",),
    "integrity.grim": ("grim",),
    "integrity.grimmer": ("grimmer",),
    "integrity.sprite": ("sprite",),
    "integrity.verdicts": ("Reproduction",),
    "jobs.types": ("Workers",),
    "journals": (
        "Journal",
        "find_journal",
    ),
    "meta.bias.egger": ("egger_test",),
    "meta.bias.fail_safe": ("fail_safe_n",),
    "meta.bias.pet_peese": ("pet_peese",),
    "meta.bias.rank": ("rank_correlation_test",),
    "meta.bias.selection": ("selection_model",),
    "meta.bias.trim_and_fill": ("trim_and_fill",),
    "meta.counts.pooling": (
        "pool_mantel_haenszel",
        "pool_peto",
    ),
    "meta.counts.types": (
        "PooledCounts",
        "TrialCounts",
    ),
    "meta.dependent.aggregate": ("combine_within_trials",),
    "meta.dependent.arms": (
        "combine_arms",
        "split_control",
    ),
    "meta.dependent.covariance": ("shared_control_covariance",),
    "meta.dependent.pooling": ("pool_dependent",),
    "meta.dependent.results": ("PooledDependent",),
    "meta.dependent.sensitivity": (
        "CorrelationSensitivity",
        "correlation_sensitivity",
    ),
    "meta.dependent.types": ("DependentEstimates",),
    "meta.dependent.working": ("working_covariance",),
    "meta.diagnostics.baujat": (
        "Baujat",
        "baujat",
    ),
    "meta.diagnostics.cumulative": (
        "CumulativePool",
        "cumulative_pool",
    ),
    "meta.diagnostics.gosh": (
        "Gosh",
        "gosh",
    ),
    "meta.diagnostics.influence": (
        "Influence",
        "influence",
    ),
    "meta.diagnostics.leave_one_out": (
        "LeaveOneOut",
        "leave_one_out",
    ),
    "meta.diagnostics.shrunken": ("shrunken_estimates",),
    "meta.inputs.reading": ("read_estimates",),
    "meta.inputs.types": ("StudyTable",),
    "meta.intervals.heterogeneity_interval": (
        "Heterogeneity",
        "heterogeneity_interval",
    ),
    "meta.many.permuting": (
        "SignFlipTest",
        "permutation_test_pooled",
    ),
    "meta.many.pooling": (
        "PooledMany",
        "pool_many",
    ),
    "meta.many.resampling": (
        "BootstrappedPool",
        "bootstrap_pooled",
    ),
    "meta.pool": ("pool",),
    "meta.pooled": ("Pooled",),
    "meta.regression.fit": ("meta_regression",),
    "meta.regression.permutation": (
        "PermutationTest",
        "permutation_test",
    ),
    "meta.regression.types": ("MetaRegression",),
    "meta.subgroups.fit": ("pool_subgroups",),
    "meta.subgroups.types": ("PooledSubgroups",),
    "missing.imputations": ("Imputations",),
    "missing.impute": ("impute",),
    "missing.rubin": (
        "PooledImputations",
        "pool_imputations",
    ),
    "models.ancova": ("fit_ancova",),
    "models.anova": ("fit_mixed_anova",),
    "models.covariance": ("CovarianceStructure",),
    "models.inference.ftest": ("FTest",),
    "models.lmm": ("fit_lmm",),
    "models.mmrm": ("fit_mmrm",),
    "models.results.ancova_fit": ("AncovaFit",),
    "models.results.lmm_fit": ("LmmFit",),
    "models.results.mmrm_fit": ("MmrmFit",),
    "models.split_plot.result": ("MixedAnova",),
    "plan.in_words": ("plan_in_words",),
    "plan.reading": ("read_plan",),
    "plan.types": ("AnalysisPlan",),
    "power.closed.ancova": ("power_ancova",),
    "power.closed.anova": ("power_anova",),
    "power.closed.answer": ("PowerAnswer",),
    "power.closed.clusters": ("power_clusters",),
    "power.closed.crossover": ("power_crossover",),
    "power.closed.means": ("power_two_groups",),
    "power.closed.mmrm": ("power_mmrm",),
    "power.closed.paired": ("power_paired",),
    "power.closed.proportions": ("power_proportions",),
    "power.design.draw": ("SimulatedTrials",),
    "power.design.fields": (
        "DesignArm",
        "Dropout",
        "MeasurementScale",
        "SimulatedCovariate",
    ),
    "power.design.reading": ("read_design",),
    "power.design.types": ("TrialDesign",),
    "power.simulated.curve": (
        "FoundSampleSize",
        "PowerCurve",
    ),
    "power.simulated.result": ("SimulatedPower",),
    "report.analysis.paper_tables": ("report_tables",),
    "report.analysis.writing": ("write_analysis",),
    "report.citation": (
        "Citations",
        "cite",
    ),
    "report.published_effects": ("published_effects",),
    "tables.paper": ("PaperTable",),
    "tables.saving": ("save_table",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'retrostats' has no attribute {name!r}")
    value = getattr(import_module(f"retrostats.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
