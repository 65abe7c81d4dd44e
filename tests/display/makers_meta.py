"""One real instance of every result type of pooling."""

from pathlib import Path
from tempfile import TemporaryDirectory

import retrostats as rs

FOLDER = TemporaryDirectory()

PAIN = (
    rs.Estimate.from_se("Trial A", -0.9, 0.32, unit="SD"),
    rs.Estimate.from_se("Trial B", -0.15, 0.22, unit="SD"),
    rs.Estimate.from_se("Trial C", -0.4, 0.28, unit="SD"),
    rs.Estimate.from_se("Trial D", -0.62, 0.35, unit="SD"),
    rs.Estimate.from_se("Trial E", -0.1, 0.18, unit="SD"),
)

#: Of walking in each trial.
WEEKS = {"weeks": [12, 4, 6, 8, 3]}

#: Name, and events of people in the treated arm and the control arm.
FALLS = (("Trial A", 2, 24, 6, 23), ("Trial B", 0, 16, 2, 16))


def table_of_trials() -> Path:
    """Return the path of a table, in a folder that lasts as long as the process."""
    path = Path(FOLDER.name, "falls.csv")
    path.write_text("study,events1,n1,events2,n2,weeks\nA,2,24,6,23,6\nB,1,16,2,16,4\n")
    return path


#: Of the five trials, two give two estimates.
TWICE = [*"AABBC"]

#: By the name of the type that is made.
POOLING = {
    "CorrelationSensitivity": lambda: rs.correlation_sensitivity(PAIN, TWICE),
    "DependentEstimates": lambda: rs.working_covariance(PAIN, TWICE),
    "PooledDependent": lambda: rs.pool_dependent(PAIN, TWICE),
    "PooledCounts": lambda: rs.pool_peto([rs.TrialCounts.of(*each) for each in FALLS]),
    "StudyTable": lambda: rs.read_estimates(table_of_trials(), measure="risk ratio"),
    "TrialCounts": lambda: rs.TrialCounts.of(*FALLS[0]),
    "PooledMany": lambda: rs.pool_many([[-0.9, -0.15, -0.4]], [0.1, 0.05, 0.08]),
    "BootstrappedPool": lambda: rs.bootstrap_pooled(rs.pool(PAIN), seed=1, replicates=99),
    "SignFlipTest": lambda: rs.permutation_test_pooled(rs.pool(PAIN)),
    "CochranQ": lambda: rs.pool(PAIN).q,
    "Pooled": lambda: rs.pool(PAIN),
    "Heterogeneity": lambda: rs.heterogeneity_interval(rs.pool(PAIN)),
    "LeaveOneOut": lambda: rs.leave_one_out(rs.pool(PAIN)),
    "CumulativePool": lambda: rs.cumulative_pool(rs.pool(PAIN)),
    "Influence": lambda: rs.influence(rs.pool(PAIN)),
    "Baujat": lambda: rs.baujat(rs.pool(PAIN)),
    "Gosh": lambda: rs.gosh(rs.pool(PAIN)),
    "EggerTest": lambda: rs.egger_test(rs.pool(PAIN)),
    "RankCorrelationTest": lambda: rs.rank_correlation_test(rs.pool(PAIN)),
    "TrimAndFill": lambda: rs.trim_and_fill(rs.pool(PAIN)),
    "PetPeese": lambda: rs.pet_peese(rs.pool(PAIN)),
    "SelectionModel": lambda: rs.selection_model(rs.pool(PAIN), alternative="less"),
    "FailSafeN": lambda: rs.fail_safe_n(rs.pool(PAIN)),
    "MetaRegression": lambda: rs.meta_regression(PAIN, WEEKS),
    "ModeratorTest": lambda: rs.meta_regression(PAIN, WEEKS).moderators,
    "PredictedEffects": lambda: rs.meta_regression(PAIN, WEEKS).predict({"weeks": [3, 6]}),
    "PermutationTest": lambda: rs.permutation_test(rs.meta_regression(PAIN, WEEKS)),
    "PooledSubgroups": lambda: rs.pool_subgroups(PAIN, list("abaab")),
    "Subgroup": lambda: rs.pool_subgroups(PAIN, list("abaab"))["a"],
    "Candidate": lambda: rs.collect("pain").rows[0],
    "Collected": lambda: rs.collect("pain"),
    "CollectedCounts": lambda: rs.collect("pain").counts,
    "LeftOut": lambda: rs.collect("pain").left_out[0],
    "PoolSensitivity": lambda: rs.pool_sensitivity(rs.collect("function")),
    "PoolSensitivityRow": lambda: rs.pool_sensitivity(rs.collect("function")).rows[0],
    "CollectRequest": lambda: rs.collect("pain").request,
}
