# %% [markdown]
# # What if those who left did worse?
#
# Some people leave a trial, and nobody knows how they fared. Every analysis assumes something about them, whether it says so or not. This notebook shows who is missing, what the planned analysis assumes, what other assumptions would give, and how wrong an assumption would have to be for the answer to change.
#
# The data cannot tell which assumption is true. What they can tell is whether it matters. Differences are treatment minus comparator.

# %% [markdown]
# ## Which trial?
#
# The data, their codebook and the analysis plan; the example is simulated and nobody in it exists. Where something is drawn at random, `seed` and `imputations` say what and how often.

# %% tags=["parameters"]
cohort = "example/cohort.csv"
codebook = "example/codebook.toml"
plan = "example/plan.toml"
imputations = 200
seed = 20240518

# %% [markdown]
# ## Who is missing, and when?
#
# Above, the share of each arm in which the outcome was seen; below, the patterns of visits seen and missed.

# %%
import pandas as pd

import retrostats as rs

trial = rs.read_cohort(cohort, codebook)
planned = rs.read_plan(plan)
outcome = trial.codebook.outcome(planned.primary.outcome)
names = {arm.label: arm.name for arm in trial.codebook.arms}
rs.plot_missing(rs.missing_patterns(trial, outcome.name), arm_names=names)

# %% [markdown]
# Two things differ for the worse here: a visit that somebody missed and came back after, which the values around it describe well, and a course that ends. The second is what this notebook is about. Look also whether the arms lose equally many.

# %% [markdown]
# ## Did those who left look different before?
#
# The last value that was seen, of those whose course went on and of those whose course ended. Each person with a visit counts once for each visit but the last.

# %%
values = trial.frame.pivot_table(
    index=["subject", "arm"], columns="visit", values=outcome.name, observed=True
)
goes_on = values.bfill(axis=1).shift(-1, axis=1).notna()
seen = values.iloc[:, :-1].stack().rename("mean").to_frame()
seen["next"] = goes_on.iloc[:, :-1].stack().map({True: "goes on", False: "ends here"})
seen.groupby(["visit", "next"], observed=True)["mean"].agg(["mean", "size"]).round(2)

# %% [markdown]
# If those who leave had worse values already, data are not missing *completely* at random, and an analysis of complete cases is in doubt. It is no sign against missing *at random*, which allows leaving to hang on all that was seen.

# %% [markdown]
# ## What does the planned analysis answer, and what does it assume?
#
# Nothing is filled in: the mixed model uses every value after baseline that was seen.

# %%
analysis = rs.analyse(trial, planned)
treated, other = planned.primary_comparison.treatment, planned.primary_comparison.comparator
print(analysis.answer)
