# %% [markdown]
# # What the popular claims rest on
#
# Articles say that walking backward eases pain more than walking forward, that it unloads the knee, that it makes muscles stronger. This notebook takes such claims one by one and asks a narrow question: do the figures in print show what the claim says they show?
#
# It does not ask whether walking backward works. A claim may be true and rest on nothing in print, and it may rest on figures and be false.

# %% [markdown]
# ## Which claims are these?
#
# The claims are kept in a file, each with the places where figures would have to stand that speak to it. No verdict is written there.

# %%
import retrostats as rs

claims = rs.load_claims()
for claim in claims:
    print(f"{claim.id}: {claim.text} (Stated by {claim.stated_by}.)")

# %% [markdown]
# Look at how they are worded. "Than walking forward" and "than conventional treatment alone" are two claims, and a figure for one says nothing about the other.

# %% [markdown]
# ## What is the verdict on each?
#
# Every publication is recomputed first. Then each figure is read: it is *for* the claim, *against* it, or *silent*. Only figures that answer the very question decide. A claim is *supported* when some deciding figure is for it and none against, *contradicted* the other way round, *mixed* when both occur, and *not checkable* when no deciding figure speaks. Where the claim itself says "both" or "all", one figure against it is enough. The table counts the figures that decide.

# %%
import pandas as pd

found = [rs.reproduce(name) for name in rs.list_trials()]
judged = {each.claim.id: each for each in rs.judge_claims(claims, found)}
pd.DataFrame({name: {"verdict": each.verdict} | each.tally() for name, each in judged.items()}).T

# %% [markdown]
# *Contradicted* means that the figures in print do not show what the claim says was shown; it does not mean that the opposite is true. *Supported* does not mean that the effect is large, nor that patients notice it. The counts are no vote: a review may pool the very trials that stand beside it.

# %% [markdown]
# ## Is walking backward better than walking forward?
#
# Two claims say so, for pain and for strength. For each, the figures in print that come near it, with what they say and whether they decide.

# %%
display(judged["pain-retro-vs-forward"])
judged["strength-retro-vs-forward"]

# %% [markdown]
# The figure that would decide is not in print: no outcome of the arm that walked forward stands in the abstract of 2019. That retro beats usual care, and nothing is said of forward walking, is no comparison between the two. One other trial compares them and prints no significant difference.

# %% [markdown]
# ## Does it help when it is added to other treatment?
#
# Two more claims, for disability and for pain, with conventional treatment in both arms.

# %%
display(judged["adjunct-disability"])
judged["adjunct-pain"]

# %% [markdown]
# Here figures decide. Read the notes: times differ from those of the claim. Where "not significant" is printed, that is no proof of no effect, and in trials as small as these it is a weak statement.

# %% [markdown]
# ## Does it unload the knee?
#
# Two claims about loads, measured in a laboratory and within one session.

# %%
display(judged["ekam-both-peaks"])
judged["patellofemoral-compression"]

# %% [markdown]
# A claim that says "both" falls with either of the two. A figure measured while running bears on a sentence about moving, and tells little about walking.

# %% [markdown]
# ## Which claims have no figures at all?
#
# For these, no figure that would decide is in print, or none is entered.

# %%
display(judged["pfp-common-in-runners"])
judged["knee-rom"]

# %% [markdown]
# A change within a group cannot tell what a treatment does: people join a trial when they feel bad, and many would have changed anyway.

# %% [markdown]
# ## Step 1: what does a p value of one trial say?
#
# One claim is now taken apart, that on disability, in four steps. Of its figures take the oldest: a p value and fifteen people in each arm. Together they imply the size of the effect in standard deviations, as far as a t-test on one score for each person would give it. The direction is not in print.

# %%
trial = rs.load_trial("gondhalekar2013")
figure = next(trial.find(outcome="function", test="rm_anova group"))
sizes = [arm.n_analysed for arm in trial.arms]
print(f"printed: {figure.printed.text}, {figure.contrast}, {sizes[0]} and {sizes[1]} people")
print(rs.effect_from_p(figure.printed.value, n1=sizes[0], n2=sizes[1]))

# %% [markdown]
# The figure counts as "for". Yet its interval begins beside zero and ends at a very large effect: neither a difference too small to notice nor a very large one can be ruled out.

# %% [markdown]
# ## Step 2: do printed means give the printed p?
#
# Another figure of the same claim comes with means and standard deviations. From them the p value can be recomputed, by Student's and by Welch's t-test, and so can the effect.

# %%
chen = rs.reproduce("chen2021").only(outcome="function")
chen

# %% [markdown]
# The printed decision comes out again by both tests, so this figure stands as printed. Its effect has an interval too, and it is wide.

# %% [markdown]
# ## Step 3: are the printed digits possible?
#
# Where every score is a whole number, not every mean can occur: so many whole numbers add up to a whole number. GRIM asks this of a mean, GRIMMER of a mean with its standard deviation. A third figure of the claim is of this kind.

# %%
pratiwi = rs.load_trial("pratiwi2023")
for arm in pratiwi.arms:
    place = {"arm": arm.label, "outcome": "function"}
    mean = pratiwi.printed(**place, statistic="mean_change").text
    sd = pratiwi.printed(**place, statistic="sd_change").text
    n = int(pratiwi.printed(arm=arm.label, statistic="n").value)
    print(f"{arm.label}: mean {mean}, SD {sd}, n {n}")
    print(f"  {rs.grim(mean, n)}")
    print(f"  {rs.grimmer(mean, sd, n)}")

# %% [markdown]
# Digits that are possible need not be right; impossible ones are wrong somewhere. The sizes of these arms are inferred, so this is a weaker check than it looks. For a score that is no whole number, or for large groups, GRIM has nothing to say.

# %% [markdown]
# ## Step 4: how do the figures of the claim look side by side?
#
# The same claim once more: every effect on function that its trials allow, as far as they can be compared.

# %%
names = judged["adjunct-disability"].claim.evidence
effects = rs.published_effects([each for each in found if each.trial.id in names])
rows = [place for place, each in enumerate(effects) if ", function," in each.label]
function = rs.EstimateTable(effects.caption, tuple(effects[place] for place in rows))
rs.plot_forest(function, favours=("the second-named arm", "the first-named arm"))

# %% [markdown]
# Where a direction is in print, it is the claimed one; an effect of "size only" is drawn to the right and could as well stand on the left. An effect of changes ("change" in the label) is over the SD of the changes and looks larger than one of scores: compare directions, not sizes. How large the effect is they leave open, and trials without a difference are printed less often. Whether bias or chance made them agree cannot be seen in the figures.

# %% [markdown]
# ## What would settle a claim?
#
# Two things are missing: a figure, where none is in print, and people. First the deciding figures that are silent, then the width of the interval of an effect of half a standard deviation, for arms of several sizes.

# %%
for each in judged.values():
    for finding in each.findings:
        if finding.bears == "decides" and finding.says == "silent":
            print(f"{each.claim.id}: {finding.trial}, {finding.outcome}, {finding.contrast}")
for n in (15, 50, 150, 500):
    arms = [rs.ArmSummary(arm=f"{n} people", n=n, mean=mean, sd=1) for mean in (0.5, 0)]
    print(rs.hedges_g(*arms))

# %% [markdown]
# With fifteen people in each arm, an effect of this size is compatible with harm and with a very large benefit. To tell it from nothing takes several times as many. A trial that compares backward with forward walking would probably have to expect a smaller effect still, since both arms walk.

# %% [markdown]
# ## How to cite
#
# The package, and every publication whose figures decide about a claim. The claims themselves are popular articles, and no evidence.

# %%
evidence = {name for each in judged.values() for name in each.claim.evidence}
rs.cite(*(each.trial for each in found if each.trial.id in evidence))
