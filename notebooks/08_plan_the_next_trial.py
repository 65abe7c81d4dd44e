# %% [markdown]
# # How many people does the next trial need?
#
# A trial that is too small leaves the question open and has used its patients' time for it. This notebook plans one: from what a published trial prints, by textbook formulas, and by simulating the whole trial with its planned analysis. At each step it asks what the number rests on, and it ends with what cannot be said.
#
# Differences are treatment minus comparator. Power is the chance that the planned test finds the difference that was assumed; it is no chance that the treatment works.

# %% [markdown]
# ## Which question?
#
# The upper part names a published trial to start from, and what its publication lacks: another trial that prints standard deviations (SDs) on the same scale, and the mean at baseline. The lower part names the design of a trial and its analysis plan, as files; the example is simulated. `n` is the size that is tried, and `workers` how many processes share the work; the answers do not depend on that.

# %% tags=["parameters"]
trial = "alghadir2019"
spread_from = "qiu2023"
baseline_mean = 6
treatment = "retro"
comparator = "control"
power = 0.9

design = "example/design.toml"
plan = "example/plan.toml"
n = 50
replicates = 1000
seed = 1
workers = 1

# %% [markdown]
# ## What does a published trial tell about the next one?
#
# A design says what is assumed to be true: means, spread, how scores hang together, who leaves. This one is proposed from printed figures, and below the table stands where each number comes from.

# %%
import retrostats as rs

arms = (treatment, comparator)
earlier = rs.design_from_trial(trial, arms=arms, means=baseline_mean, sds=spread_from)
earlier

# %% [markdown]
# Read the route before the table. The changes are printed; the mean at baseline is our own number, and the spread is that of other people in another trial. Changes that a small trial found are the weakest number of all: those that get published and cited tend to be too large.

# %% [markdown]
# ## How many people does a formula ask for?
#
# The same difference, SD and correlation under three analyses of the last visit: the scores as they are, the changes from baseline, and the scores given the baseline (analysis of covariance, ANCOVA).

# %%
import pandas as pd

sd, r = earlier.sds[-1], earlier.correlation[0][-1]
difference = earlier.arms[0].means[-1] - earlier.arms[1].means[-1]
asked = {"difference": difference, "power": power, "unit": earlier.unit}
answers = {
    "scores": rs.power_two_groups(sd=sd, **asked),
    "changes": rs.power_ancova(sd=sd, correlation=r, analysis="change", **asked),
    "ANCOVA": rs.power_ancova(sd=sd, correlation=r, **asked),
}
pd.DataFrame({name: {"per arm": a.n[0], "total": a.total} for name, a in answers.items()}).T

# %% [markdown]
# The patients and the question are the same; what differs is whether the analysis uses what was known at baseline. These are numbers of people who are analysed: nobody leaves yet.

# %% [markdown]
# ## What if the spread is taken from the trial itself?
#
# It prints no SD. One can be worked out of its p value, which is printed with two digits. These are the sentences of that route, and what the same formula asks for then.

# %%
alone = rs.design_from_trial(trial, arms=arms)
print(*(each for each in alone.route if each.startswith(("SD", "Correlation"))), sep="\n")
own = rs.power_ancova(sd=alone.sds[-1], correlation=alone.correlation[0][-1], **asked)
print(f"SD at the end: {alone.sds[-1]:.2f}, {own.n[0]} people per arm")
print(f"SD at the end, {spread_from}: {sd:.2f}, {answers['ANCOVA'].n[0]} people per arm")

# %% [markdown]
# The smaller SD promises a much smaller trial, which is no reason to believe it: it rests on a p value that was rounded, on a test that nobody named and on a correlation that nobody measured. The digits printed allow SDs of the change that differ by a factor of six, and the size of a trial grows with the square of the SD.

# %% [markdown]
# ## What is the baseline worth?
#
# That depends on how strongly the last score hangs on the first. Each row is a correlation; the entries are people per arm.

# %%
by_correlation = {
    each: {
        "scores": rs.power_ancova(sd=sd, correlation=each, analysis="post", **asked).n[0],
        "changes": rs.power_ancova(sd=sd, correlation=each, analysis="change", **asked).n[0],
        "ANCOVA": rs.power_ancova(sd=sd, correlation=each, **asked).n[0],
    }
    for each in (0.3, 0.5, 0.7, 0.9)
}
pd.DataFrame(by_correlation).T.rename_axis("correlation")

# %% [markdown]
# Changes need more people than plain scores where the correlation is below one half. In no row does ANCOVA need more than either: with the baseline as a covariate nobody has to guess which of the two would have been better.

# %% [markdown]
# ## What do those who leave cost?
#
# And do visits in between help? A mixed model for repeated measures (MMRM) uses what was seen of those who leave later. Each row is a number of visits after baseline, the last one the endpoint; in the second column people leave as in the published trial, evenly over time. The entries are people per arm who are randomised.

# %%
gone = [arm.dropout[-1] for arm in earlier.arms]
given = {"sd": sd, "correlation": r, "baseline": r, **asked}
by_visits = {}
for visits in (1, 2, 3):
    leave = [[share * (at + 1) / visits for at in range(visits)] for share in gone]
    nobody = rs.power_mmrm(visits=visits, **given)
    some = rs.power_mmrm(visits=visits, dropout=leave, **given)
    by_visits[visits] = {"nobody leaves": nobody.n[0], "as published": some.n[0]}
pd.DataFrame(by_visits).T.rename_axis("visits")

# %% [markdown]
# With nobody gone, a visit in between adds nothing for the contrast at the end. Where people leave, it brings back a part of what they take with them, and only a small one.

# %% [markdown]
# ## Which analysis is simulated?
#
# A simulation needs the plan of the analysis, as the trial itself does. This is the shortest one for the two arms above: an ANCOVA of the last visit. It is written to a file.

# %%
from pathlib import Path

short_plan = f"""title = "Plan of the next trial"
[estimand]
treatment = "{treatment}"
comparator = "{comparator}"
population = "adults with knee osteoarthritis"
endpoint = "{earlier.outcome}"
week = {earlier.weeks[-1]:g}
[model]
kind = "ancova"
"""
folder = Path("next_trial")
folder.mkdir(exist_ok=True)
(folder / "plan.toml").write_text(short_plan, encoding="utf-8")
print(short_plan)

# %% [markdown]
# `retrostats new plan` and `retrostats new design` write such files with a comment at each line.

# %% [markdown]
# ## Do formula and simulation agree?
#
# At each size many trials are drawn from the design and analysed by the plan; the share of them that finds the difference is the power. Beside it stands the formula, for those who are expected to stay.

# %%
sizes = [round(share * answers["ANCOVA"].n[0]) for share in (0.5, 0.75, 1, 1.25)]
many = {"replicates": 5 * replicates, "seed": seed, "workers": workers}
curve = rs.power_curve(earlier, folder / "plan.toml", over="n", values=sizes, **many)
curve

# %%
rs.plot_power(curve, target=power)

# %% [markdown]
# They agree within the chance of the simulation, since this formula was given the spread that scores have once they are recorded. Pain is recorded in whole points from 0 to 10: rounding, and the ends of the scale, loosen the tie between the visits, from which an ANCOVA gains.

# %%
recorded_sds, tied = earlier.expected_sds(), earlier.expected_correlations()
tie = {"as designed": [sd, r]}
for place, arm in enumerate(earlier.arms):
    tie[f"recorded, {arm.label}"] = [recorded_sds[place, -1], tied[place, 0, -1]]
pd.DataFrame(tie, index=["SD at the end", "correlation with baseline"]).T.round(3)

# %% [markdown]
# ## What does the scale cost?
#
# A design is a text that can be edited. The same one without its section `[scale]` has scores with all their decimals.

# %%
without, *_ = earlier.to_toml().split("[scale]")
(folder / "no_scale.toml").write_text(without, encoding="utf-8")
smooth = rs.power_curve(
    folder / "no_scale.toml", folder / "plan.toml", over="n", values=sizes, **many
)
smooth

# %% [markdown]
# Formula and simulation agree here too, at more power for the same people: so much the whole points cost, and so much the first table, whose formula knew no scale, promised too much. Where a formula describes the analysis, simulation is a check of it; where the trial has something that no formula knows, trust the simulation.

# %% [markdown]
# ## What does a whole plan have that no formula knows?
#
# From here on the trial is the one of the example: several arms, a visit in between, a covariate, scores in whole points, people who leave because they feel worse, a mixed model, and p values that several comparisons share. First the design.

# %%
ours = rs.read_design(design)
ours

# %%
found = rs.simulate_power(ours, plan, n=n, replicates=replicates, seed=seed, workers=workers)
found

# %% [markdown]
# Each row is a comparison of the plan. Its power is that of the p value as the plan adjusts it. Read the other columns too: a bias beyond chance, a model SE that is unlike the SD of the estimates, or a coverage far from its level would say that the planned analysis does not suit the design.

# %% [markdown]
# ## How many people does that plan need?
#
# The first comparison is to have the power that the first cell asks for. The search simulates some sizes, solves for the one wanted, and simulates there again.

# %%
size = rs.find_sample_size(
    ours, plan, power=power, replicates=replicates, seed=seed, workers=workers
)
size

# %%
tried = {"replicates": replicates, "seed": seed, "workers": workers}
around = [round(share * size.n) for share in (0.4, 0.7, 1, 1.3)]
rs.plot_power(rs.power_curve(ours, plan, over="n", values=around, **tried), target=power)

# %% [markdown]
# The sentence above the table tells how well the size is known. That is the chance of the simulation alone, and more replicates make it smaller; what the design assumes they do not make any truer. The other comparisons of the plan get what power they get at this size; the paragraph below tells it.

# %% [markdown]
# ## What if more people leave?
#
# The share of every arm that is gone by the last visit; the number of people who join stays as it is. All rows use the same random numbers, so that they can be compared with one another more sharply than each is known.

# %%
rs.power_curve(ours, plan, over="dropout", values=[0, 0.15, 0.3], n=size.n, **tried)

# %% [markdown]
# They leave at random given what was seen, and the mixed model can make use of what was seen of them. What nobody can simulate away is a reason to leave that lies in values that were never recorded: that is no loss of power but a wrong answer (notebook 09).

# %% [markdown]
# ## What if the visits hang together otherwise?
#
# One correlation for any two visits, in place of those of the design.

# %%
correlations = rs.power_curve(
    ours, plan, over="correlation", values=[0.3, 0.5, 0.7, 0.9], n=size.n, **tried
)
rs.plot_power(correlations, target=power)

# %% [markdown]
# Publications hardly ever print this number, and much of the power hangs on it. Look for a trial that prints the SD of changes beside those of the scores: the correlation follows from them.

# %% [markdown]
# ## What if the difference is smaller, or the spread larger?
#
# Three quarters and half of the difference that was assumed. The same table serves for a wrong SD: an SD that is larger by a third does about what three quarters of the difference do.

# %%
first = rs.read_plan(plan).comparisons[0]
ends = {arm.label: arm.means[-1] for arm in ours.arms}
full = ends[first.treatment] - ends[first.comparator]
smaller = [0.75 * full, full / 2]
rs.power_curve(ours, plan, over="difference", values=smaller, n=size.n, **tried)

# %% [markdown]
# A power is a statement about one difference. Choose the smallest one that would matter to patients, and not the one that an earlier trial happened to find.

# %% [markdown]
# ## How often does the plan find something where there is nothing?
#
# The same design with no difference between the arms at the end. Whoever finds one is wrong.

# %%
nothing = ours
for label in (each for each in ends if each != first.comparator):
    nothing = nothing.with_difference(label, first.comparator, 0)
null = rs.simulate_power(nothing, plan, n=size.n, **(tried | {"replicates": 4 * replicates}))
null

# %% [markdown]
# The column of power is now that of false findings, adjusted as the plan says. One minus the coverage is the same without the adjustment. Neither should exceed one minus the level by more than chance; and that although people leave, more often from one arm than from another, and rather when they feel worse.

# %% [markdown]
# ## What does the protocol say?
#
# The paragraph of the final simulation, complete and in plain words.

# %%
print(size.paragraph())

# %% [markdown]
# `retrostats power` does all of this for a plan and its design, and writes it as a report.

# %% [markdown]
# ## What cannot be said?
#
# - **How large the difference is.** It was assumed. No power, however high, makes it more likely.
# - **What the SD will be.** Here it is that of other people. In your clinic it depends on whom you let in, and a planned look at the pooled SD during the trial may be worth more than another decimal now.
# - **That people will leave for the reasons assumed.** The simulation takes reasons that were recorded.
# - **That the trial was well planned, after it is over.** Power at the effect that was observed says no more than the p value; the interval says what the trial could find out.
# - **Whether the trial should be done.** Formulas count people. What is asked of them, for what gain, is a judgement.

# %% [markdown]
# ## How to cite
#
# The package, and the publications that the first design rests on.

# %%
rs.cite(rs.load_trial(trial), rs.load_trial(spread_from))
