# %% [markdown]
# # What do the trials say together?
#
# Reviews print one number for all trials of backward walking, and articles quote it. This notebook makes such a number from what the publications on file print, step by step, and then asks how much of it is known. It ends with what cannot be said.
#
# Differences are first-named arm minus second; each table says which direction is benefit.

# %% [markdown]
# ## Which question?
#
# An outcome, and the correlation between two visits that has to be assumed where a paper prints changes without the spread of the scores. Change this cell to ask about another outcome (`pain`, `function`, `mobility`, `strength`); `second` is a further one to set beside it. Not every outcome has the two estimates that pooling needs; `rs.collect` says so.

# %% tags=["parameters"]
outcome = "pain"
second = "function"
correlation = 0.5

# %% [markdown]
# ## Which estimates do the printed figures allow?
#
# Every trial of retro walking on file is asked for an estimate: from means and SDs, from changes, from a p value with the sizes of the arms. The upper part lists what came of it and by which route, the lower part every trial that gives nothing, with the reason.

# %%
import retrostats as rs

found = rs.collect(outcome, correlation=correlation)
found

# %% [markdown]
# Read the lower part first. Most trials are about this question and still cannot enter: an abstract prints a p value without the sizes of the arms, a bound in place of a p value, or a size without a direction. They were not left out because of what they found, but nobody can know that they would agree.

# %% [markdown]
# ## What is the pooled effect?
#
# A mean over the trials, weighted by how much each one knows, with a variance for how much trials differ. The interval is that of Hartung, Knapp, Sidik and Jonkman, whose quantiles know how few trials there are. The last row says where the effect of a further trial is expected.

# %%
pooled = rs.pool(found)
pooled

# %%
rs.plot_forest(pooled, favours=found.favours)

# %% [markdown]
# ## How much of that number is a choice?
#
# The same trials, pooled by other rules that a paper might have used. Nothing in the data says which rule is right; rows that would lead to another conclusion say so.

# %%
rs.pool_sensitivity(found)

# %% [markdown]
# With so few trials the test decides more than the trials do. A normal interval takes the variance between trials as known, which two trials cannot teach anybody; the interval of Hartung and Knapp becomes short when two estimates happen to lie close together, and its cautious form (`hksj_adhoc`) does not let it. How often each of them holds the truth was simulated; the page on validation has the table. The assumed correlation matters as much: it was not measured, and moving it moves the answer.

# %% [markdown]
# ## Does another outcome look clearer?
#
# The same for a second outcome, from the same publications, and so from mostly the same people. It is no independent confirmation.

# %%
other = rs.collect(second, correlation=correlation)
second_pool = rs.pool(other)
rs.plot_forest(second_pool, favours=other.favours)

# %%
rs.heterogeneity_interval(second_pool)

# %% [markdown]
# The interval for the variance between trials is the sentence to read: from so few trials it runs from none at all to more than anybody would believe. "I² is moderate" is not a finding here. The table below varies the choices again; its last rows leave out each trial in turn.

# %%
rs.pool_sensitivity(other)

# %% [markdown]
# ## What would a funnel plot say?
#
# Nothing yet. Asymmetry can be judged from about ten trials on; the figure is drawn to show how empty it is.

# %%
rs.plot_funnel(second_pool, contours=(0.1, 0.05, 0.01), favours=other.favours)

# %% [markdown]
# ## What did the reviews print?
#
# Two systematic reviews pooled more trials than are on file here, because they had the full papers. These are their figures, as printed.

# %%
import pandas as pd

reviews = [rs.load_trial(name) for name in ("lin2025", "balasukumaran2019")]
printed = pd.concat([review.tidy() for review in reviews], keys=[review.id for review in reviews])
printed[["outcome", "timepoint", "statistic", "printed", "contrast"]]

# %% [markdown]
# Their effects and the ones above point the same way. That is weaker than it sounds: the trials pooled here are most likely among theirs, so that the two are not independent, and a review cannot be surer than what its trials measured. One of the two prints no interval in its abstract. `retrostats meta` writes this comparison out, with the differences and the reasons to expect them.

# %% [markdown]
# ## What cannot be said?
#
# - **How much less pain in points.** The effects are in standard deviations, because scales differ. What a standard deviation is worth depends on who was let into a trial.
# - **That retro walking beats forward walking.** The estimates pooled here compare retro walking, added to usual care, with usual care alone. The one trial on file with a forward arm prints too little about it in its abstract.
# - **What the next clinic will see.** That is the prediction interval, and with few trials it is wide, or rests on the claim that trials do not differ.
# - **Whether unpublished trials would say the same.** No test can tell from so few.
# - **How sure the evidence is.** Risk of bias and indirectness are judgements of people who have read the papers. `retrostats new grade` writes a form for them; the program counts and does not judge.

# %% [markdown]
# ## How to cite
#
# The trials that entered, and the package.

# %%
used = dict.fromkeys(row.trial for row in (*found.chosen, *other.chosen))
rs.cite(*map(rs.load_trial, used))
