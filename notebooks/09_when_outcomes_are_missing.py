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
imputations = 100
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
# Tell two kinds of gap apart: a visit that somebody missed and came back after, which the values around it describe well, and a course that ends. The second is what this notebook is about. Look also whether the arms lose equally many.

# %% [markdown]
# ## Did those who left look different before?
#
# The last value that was seen, of those whose course went on and of those whose course ended. Each person with a visit counts once for each visit but the last.

# %%
seen = trial.frame.dropna(subset=[outcome.name])
goes_on = seen["week"] < seen.groupby("subject")["week"].transform("max")
seen = seen.assign(course=goes_on.map({True: "goes on", False: "ends here"}))
before = seen[seen["week"] < seen["week"].max()]
before.groupby(["visit", "course"], observed=True)[outcome.name].agg(["mean", "size"]).round(2)

# %% [markdown]
# If those who leave had worse values already, data are not missing *completely* at random, and an analysis of complete cases is in doubt. It is no sign against missing *at random*, which allows leaving to hang on all that was seen.

# %% [markdown]
# ## What does the planned analysis say?
#
# The mixed model fills nothing in. It uses every value after baseline that was seen, and assumes that the others are missing at random: those who left would on average have gone on as people of the same arm with the same values so far.

# %%
analysis = rs.analyse(trial, planned)
answer = analysis.primary.planned[0].estimate
print(answer)

# %% [markdown]
# This is an assumption about people, not a property of a program. Whether somebody who stopped the treatment goes on like those who kept to it is for those to judge who know why people stopped.

# %% [markdown]
# ## What do other assumptions expect of those who left?
#
# Each row is an assumption of what follows the last visit that was seen; the reference is the comparator. The entries are means at the endpoint: in the first row of the values seen, in the others of those that were filled in.

# %%
first, last = planned.comparisons[0], analysis.primary.visit.label
assumptions = ["missing at random", "copy increments in reference", "last mean carried forward"]
assumptions += ["copy reference", "jump to reference"]
covariates = ["baseline", *planned.model.covariates]
rows = trial.follow_up(outcome.name).dropna(subset=covariates)
roles = {"outcome": outcome.name, "subject": "subject", "visit": "visit", "arm": "arm"}
drawn = {"covariates": covariates, "imputations": imputations, "seed": seed}
means = {"seen": rows[rows["visit"] == last].groupby("arm", observed=True)[outcome.name].mean()}
for name in assumptions:
    copied = None if name == "missing at random" else first.comparator
    data = rs.impute(rows, **roles, **drawn, strategy=name, reference=copied).tidy()
    filled = data[data["imputed"] & (data["visit"] == last)]
    means[name] = filled.groupby("arm", observed=True)[outcome.name].mean()
pd.DataFrame(means).T.round(2)

# %% [markdown]
# Under *missing at random* those who left may already be expected to fare worse than those who stayed, because they fared worse before: in every row people keep some of their own distance from the mean. *Jump to reference*: they lose the whole effect and are expected where the reference is. *Copy reference*: they were like the reference from the start. *Copy increments*: they keep what they had gained, and go on in parallel to the reference. *Last mean carried forward*: they stay where their arm was at the last visit they came to. The reference itself stays missing at random throughout, so that its column does not move.

# %% [markdown]
# ## What becomes of the answer?
#
# The planned comparison under each of these assumptions, beside the planned model. Expected values are filled in, and the standard error comes from leaving out one person at a time (conditional means, jackknife).

# %%
under = {name: rs.analyse_missing(trial, planned, strategy=name) for name in assumptions}
found = {"mixed model": answer} | {name: each.estimate for name, each in under.items()}
table = rs.EstimateTable(
    f"{outcome.label}, {last}: {answer.label}",
    tuple(
        rs.Estimate.from_se(name, e.value, e.se, unit=e.unit, df=e.df, level=e.ci.level)
        for name, e in found.items()
    ),
)
table

# %%
lower = outcome.instrument.better == "lower"
sides = (first.treatment, first.comparator)
rs.plot_forest(table, favours=sides if lower else sides[::-1])

# %% [markdown]
# Read this as one question asked several times, not as a vote. If the rows lie close together, the answer does not hang on which of these assumptions holds. That they do here has a plain reason, which the next cell shows: few are missing.

# %%
print(under["jump to reference"])

# %% [markdown]
# ## Does it matter how values are filled in?
#
# Two of the assumptions by other ways: people resampled (bootstrap) instead of left out one at a time, and values drawn from the model many times and pooled by Rubin's rules.

# %%
draws = {"imputations": imputations, "seed": seed}
how = {
    "expected values, jackknife": {},
    "expected values, bootstrap": {"inference": "bootstrap", "replicates": 500, "seed": seed},
    "draws, Rubin's rules": {"imputation": "posterior draws", **draws},
}
ways = {}
for assumed in ("missing at random", "jump to reference"):
    for way, options in how.items():
        each = rs.analyse_missing(trial, planned, strategy=assumed, **options).estimate
        row = {"estimate": each.value, "SE": each.se, "low": each.ci.low, "high": each.ci.high}
        ways[assumed, way] = row
pd.DataFrame(ways).T.round(3)

# %% [markdown]
# Within an assumption the rows should be close; a large gap would say that the trial is too small for one of the ways, or that there are too few draws. Under jump to reference Rubin's rules keep about the uncertainty that missing at random has. Where many are missing their interval is then wider than the estimate varies, which is cautious; where few are, one cannot see it.
#
# On a scale of few whole numbers the normal model may be doubted. Predictive mean matching fills in values that others had, of people for whom the model predicts nearly the same.

# %%
matching = {"imputation": "predictive mean matching", **draws}
print(rs.analyse_missing(trial, planned, **matching).estimate)
lent = rs.impute(rows, **roles, **(drawn | matching)).tidy()
lent = lent[lent["imputed"] & (lent["visit"] == last)]
lent = lent.groupby("arm", observed=True)[outcome.name].mean()
pd.DataFrame({"drawn": means["missing at random"], "lent": lent}).T.round(2)

# %% [markdown]
# Compare the rows before the estimates. Where those who left had been at the edge of what was seen, hardly anybody like them stayed who could lend a value, and what is lent lies nearer to the middle. An answer that moves then says that few values carry it; it does not say which way of filling in is right. In the example it moves by more than under any of the assumptions above.

# %% [markdown]
# ## How wrong may the assumption be?
#
# The question turned round: by how much would the missing outcomes of the treated arm have to be worse than assumed for the interval to reach zero?

# %%
tipping = rs.tipping_point(trial, planned)
print(tipping.sentence)

# %%
rs.plot_tipping(tipping)

# %% [markdown]
# The sentence shifts the treated arm alone, the figure both arms. Go to the middle, where nothing is shifted, and walk: to the right the missing of the treated arm get worse, upwards those of the comparator. Ask of the place where the border is crossed whether it can be true of people who left, on this scale. An interval that lies near zero tips early whoever left, and a tipping point far off is no proof.

# %% [markdown]
# ## What does the report print?
#
# What the plan names under `[[sensitivity]]`, side by side, with how many outcomes were filled in. `retrostats analyse` writes this table with a figure, and the figure of the tipping point.

# %%
tables = rs.report_tables(analysis)
if "sensitivity" in tables:
    display(tables["sensitivity"])
else:
    print("The plan has no sensitivity analyses.")

# %% [markdown]
# And these are the sentences of the methods that speak of missing outcomes.

# %%
methods = rs.plan_in_words(planned, trial.codebook).sentences
print(*(each for each in methods if "missing" in each or "not observed" in each), sep="\n")

# %% [markdown]
# ## Which sentences does a paper need?
#
# How many were missing, what the planned analysis assumed, what was assumed instead, and what would have to be true for the answer to change.

# %%
jump = under["jump to reference"]
lost = ", ".join(f"{k} of {arm}" for arm, k in zip(jump.arms, jump.imputed, strict=True))
print(f"Outcomes at {last} were missing in {lost}.")
print(f"Taken as missing at random: {answer}.")
print(f"If those who left moved at once to the mean of {first.comparator}: {jump.estimate}.")
print(f"{tipping.sentence}.")

# %% [markdown]
# An analysis that was chosen after the data were seen proves little: name the assumption, the way of filling in and the seed in the plan. Choose by what becomes of the treatment's effect when it is stopped.

# %% [markdown]
# ## What cannot be said?
#
# - **Which assumption is true.** Of the example we know it, because it is simulated: who leaves was drawn from the last recorded pain and from chance, so its outcomes are missing at random, and the true difference at the end is -0.8 points. Its seed was moreover chosen so that the file comes close to what it was drawn from. No real trial tells any of this.
# - **That the answer is safe because all rows agree.** They share the scores that were seen, the model and its covariates. Matching, which leans less on the model, has already said something else.
# - **How those who left fare today.** Only measuring tells: ask people who stop a treatment to come to the visits all the same.
# - **What the effect is in people who would have stayed under either treatment.** Nothing here estimates it.
# - **Anything about outcomes after death.** They are not missing, and no value should be filled in for them.

# %% [markdown]
# ## How to cite
#
# The package, the methods that the plan uses, and the digests of the data.

# %%
rs.cite(analysis)
