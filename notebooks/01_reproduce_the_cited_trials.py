# %% [markdown]
# # Reproducing the two cited trials
#
# Popular articles about walking backward rest on two trials: one of 2013 (`gondhalekar2013`) and one of 2019 (`alghadir2019`). This notebook looks at the numbers that these two print, and asks of each: does it follow from the others, does it contradict them, or can nobody tell?
#
# To reproduce means here to recompute a printed number from other printed numbers. No trial is repeated, and no data of single people are at hand. Signs are treated minus control; where a paper counts a fall of pain as a positive change, so do its rows.

# %% [markdown]
# ## Which trials are these?
#
# Every published trial is a folder of two small files: what the trial is, and each number that it prints. `rs.load_trial` reads one and checks it.

# %%
import retrostats as rs

first = rs.load_trial("gondhalekar2013")
second = rs.load_trial("alghadir2019")
for trial in (first, second):
    print(f"{trial.id}: {trial.citation}.")
    print(f"  {trial.design}.")
    print(f"  {trial.note}")

# %% [markdown]
# The notes matter. What stands in the tables of the two papers and not in their abstracts is not entered yet, and nothing below speaks of it.

# %% [markdown]
# ## What does the trial of 2013 print?
#
# One row for each number, letter by letter as printed, with its source. Arm B walked backward in addition to the treatment of arm A. `kind` says whether a number is printed, follows by arithmetic (derived) or was deduced (inferred).

# %%
first.tidy().drop(columns="kind")

# %% [markdown]
# There are p values and no mean of any arm. "Quoted elsewhere" means that another publication quotes the number from this one.

# %% [markdown]
# ## What does the trial of 2019 print?
#
# The same for the second trial. It had three arms: retro, forward and control.

# %%
second.tidy()

# %% [markdown]
# Of pain and function the mean changes of two arms are printed, with a p value for each comparison, and no standard deviation. For the arm that walked forward no outcome stands in the abstract. The sizes of the arms are inferred from the printed percentages.

# %% [markdown]
# ## How exact is a printed number?
#
# A printed number is rounded, so it stands for every number that would have been printed so. All computations below carry these ranges with them.

# %%
for text in ("1.8", "1", "P = 0.040", "p = 0.01", "P < 0.0001", "not significant"):
    number = rs.Printed(text)
    print(f"{text:>15} stands for {number.low:g} to {number.high:g}")

# %% [markdown]
# Fewer digits leave more open. A mean change printed as a whole number may be half a point away from it, which is much on a scale of ten points.

# %% [markdown]
# ## What follows from the numbers of 2013?
#
# `rs.reproduce` tries every check that the printed numbers allow. Each row is one comparison with its verdict: *reproduced* (the number comes out again), *contradicted* (it does not), *derived* (nothing is printed to compare with, but the figures imply this) or *not recomputable*, with what is missing.

# %%
found_first = rs.reproduce(first)
found_first

# %% [markdown]
# The only numbers that come out again are counts of people. No p value can be recomputed. Half of the rows are derived: they say which F and which effect size belong to a printed p.

# %% [markdown]
# ## What follows from the numbers of 2019?
#
# The same for the second trial.

# %%
found_second = rs.reproduce(second)
found_second

# %% [markdown]
# Here too no p value can be recomputed, and none is contradicted. "Not contradicted" is weaker than "confirmed": the figures in print are too few for a contradiction to show.

# %% [markdown]
# ## Which comparisons cannot be recomputed, and why?
#
# Rows of the two reproductions whose verdict is *not recomputable*. The verdict names what would have to be in print.

# %%
display(found_first.only(verdict="not recomputable"))
found_second.only(verdict="not recomputable")

# %% [markdown]
# A p value of a comparison of two arms needs the mean, the standard deviation and the size of both. One further line in a table of either paper would answer most of these rows.

# %% [markdown]
# ## How large can the effects be?
#
# A p value and the sizes of the arms imply the size of the effect in standard deviations (Hedges' g), with its interval. If only "not significant" is printed they imply an upper bound and no more. The direction is known only where means are printed.

# %%
for found in (found_first, found_second):
    for row in found.only(quantity="hedges_g").rows:
        print(f"{row.trial}, {row.outcome}, {row.contrast} ({row.variant}):")
        print(f"  {row.detail}")

# %% [markdown]
# Every interval is wide: it reaches from a small effect or less to a very large one. Trials of this size can find that there is a difference, and say little about how large it is.

# %% [markdown]
# ## Does the difference in pain reach what patients notice?
#
# The difference of the two printed mean changes of pain in 2019, over all numbers that round to them, beside the smallest change that patients with chronic pain call worthwhile. The p value adds which standard deviation would go with it.

# %%
scale = rs.load_instruments()["nrs"]
retro, control = (
    second.printed(arm=arm, outcome="pain", statistic="mean_change") for arm in ("retro", "control")
)
low, high = retro.low - control.high, retro.high - control.low
print(f"difference in pain: {low:.2f} to {high:.2f} {scale.unit}")
for change in scale.important():
    print(f"worthwhile: {change.value:g} {scale.unit} ({change.quantity}, {change.population})")
for row in found_second.only(outcome="pain", quantity="sd_change").rows:
    print(row.detail)

# %% [markdown]
# The printed difference is smaller than this smallest worthwhile change, whatever the rounding. Its confidence interval may reach further; it is not in print. Mind the ruler: it was found within patients over time, which is strict for a difference of two means, and it is quoted second hand. A study of such patients (Salaffi and others, `doi:10.1016/j.ejpain.2003.09.004`) found one point for "slightly better" and two points for "much better"; held against one point, the question stays open. So "significant" and "noticeable" are two questions, and the abstract answers only the first.

# %% [markdown]
# ## Do other trials contradict themselves?
#
# Twenty-seven further publications stand beside the two: trials of walking backward, trials and reviews to compare with. Shown are those with a number that its own table contradicts, or with figures that do not fit one another.

# %%
import pandas as pd

everything = [rs.reproduce(name) for name in rs.list_trials()]
counts = pd.DataFrame({found.trial.id: found.counts() for found in everything}).T
print(f"{len(everything)} publications")
counts[counts["contradicted"] + counts["inconsistent table"] > 0]

# %% [markdown]
# Neither of the two cited trials is among them. Trials that print more can be caught in more errors; a trial that prints hardly anything cannot be caught at all. This table therefore is no ranking.

# %% [markdown]
# ## What does a contradiction look like?
#
# One of them in full: a printed decision that the printed means and standard deviations do not give, by either kind of t-test.

# %%
rs.reproduce("chen2021").only(outcome="sway area", quantity="p")

# %% [markdown]
# *Contradicted* is a statement about figures and not about people. A misprint, another test than the one named, other participants or a slip when the figures were entered all look the same from here.

# %% [markdown]
# ## What do the trials of walking backward let us know about sizes?
#
# One row for each trial, outcome and comparison that the figures in print allow, pain first. An effect to the right of zero favours the arm named first. "From p" marks an effect that rests on a p value, "size only" one whose direction is not in print: it is drawn to the right and could as well stand on the left.

# %%
roles = ("cited", "retro trial")
effects = rs.published_effects([found for found in everything if found.trial.role in roles])
rs.plot_forest(effects, favours=("the second-named arm", "the first-named arm"))

# %% [markdown]
# The trials are small, so the intervals are wide. Effects of changes ("change" in the label) are over the SD of the changes and look larger than those of scores. Nothing is pooled here: a mean of these effects would hide this, that some rest on inferred sizes, and that most of the bundled trials of walking backward print too little to appear at all.

# %% [markdown]
# ## How do I do this with another paper?
#
# `retrostats new trial smith2024 --to my_trials` writes an empty folder; fill in its two files, number by number. Then `rs.reproduce("my_trials/smith2024")` gives what you saw above. Everything wrong with the files is told at once, with file, line and column. Until then, any bundled trial shows what the two files become.

# %%
print(*rs.list_trials(), sep=", ")
rs.load_trial("qiu2023").tidy().head(8)

# %% [markdown]
# ## How to cite
#
# The package, and the two trials of this notebook. Whoever uses a number from a paper cites the paper.

# %%
rs.cite(first, second)
