# %% [markdown]
# # Effect sizes, and what patients notice
#
# "How large is the effect?" has many answers: points on a scale, standard deviations, a probability, a number of patients. They come from the same data and do not say the same. This notebook computes them side by side, shows what each leaves out, and ends with the question that patients ask: would I notice?
#
# Differences are treatment minus comparator.

# %% [markdown]
# ## Which data?
#
# A cohort file, its codebook, one outcome and two arms, and the smallest improvement that patients would call worthwhile, in the unit of the outcome (further down stands where such a number comes from). The example is simulated: nobody in it exists. Change this cell for your own; nothing below names an arm or an outcome of the example.

# %% tags=["parameters"]
cohort = "example/cohort.csv"
codebook = "example/codebook.toml"
outcome = "pain"
treatment = "retro"
comparator = "control"
worthwhile = 2.0

# %% [markdown]
# ## What are the values of the two arms?
#
# At the last visit, without any model. Two objects are taken from the data and used throughout: the values themselves, for effects of ranks, and a summary of each arm (n, mean, SD), for effects of means. The figure shows what all numbers below are about.

# %%
import pandas as pd

import retrostats as rs

trial = rs.read_cohort(cohort, codebook)
measure, visit = trial.codebook.outcome(outcome), trial.codebook.follow_ups[-1]
names = {arm.label: arm.name for arm in trial.codebook.arms}
label = f"{measure.label}, {visit.label} ({measure.unit})"
group = {each.arm: each for each in rs.distributions(trial, outcome, week=visit.week)}
treated, control = group[treatment].values, group[comparator].values
a = rs.ArmSummary.of(treatment, treated)
b = rs.ArmSummary.of(comparator, control)
better = measure.instrument.better
rs.plot_raincloud(
    [group[comparator], group[treatment]], better=better, ylabel=label, arm_names=names
)

# %% [markdown]
# Look for two heaps, for a floor or a ceiling of the scale, and for single values far out. Where the shapes differ, no single number says all.

# %% [markdown]
# ## How large is the difference, in the unit of the outcome?
#
# This is the answer that comes first in a report, because a reader can hold it against what is known of the scale. The figure sets it, with its interval, beside the spread of the people behind it.

# %%
raw = rs.mean_difference(a, b, unit=measure.unit)
raw

# %%
rs.plot_estimation(
    [group[comparator], group[treatment]],
    rs.EstimateTable("Difference of means", (raw,)),
    better=better,
    ylabel=label,
    arm_names=names,
)

# %% [markdown]
# The interval holds the differences that the data do not contradict at its level. This one uses neither baseline nor earlier visits; a model that does is usually surer (notebook 04).

# %% [markdown]
# ## How many clothes can one difference wear?
#
# The same two groups of values, again and again. Units differ, so that each row stands on its own scale: SD for standardised differences, none for probabilities. The ratio comes last, because it stands on a logarithmic scale: 1 is no difference.

# %%
clothes = (
    raw,
    rs.cohens_d(a, b, label="Cohen's d, pooled SD"),
    rs.hedges_g(a, b, label="Hedges' g, corrected for small samples"),
    rs.cohens_d(a, b, standardiser="average", label="d, average SD"),
    rs.glass_delta(a, b, label="Glass' delta, SD of the comparator"),
    rs.hodges_lehmann(treated, control, unit=measure.unit),
    rs.cliffs_delta(treated, control),
    rs.probability_of_superiority(treated, control),
)
rs.EstimateTable(f"{label}: {treatment} - {comparator}", clothes)

# %%
rs.ratio_of_means(a, b)

# %% [markdown]
# The rows in standard deviations may differ, because each divides by another one, or corrects it. A probability of superiority of a half means no difference: it is how often a treated person has the higher value, ties counted half; where lower is better, below a half favours the treatment. None of these rows is more true than the others. Report the first, with one other if scales have to be compared.

# %% [markdown]
# ## Does it matter which standard deviation?
#
# "d" is a difference over some standard deviation. Here one difference, that of an analysis of covariance, is divided by the SD at baseline, and the plain differences by the SDs at the last visit. All are in SD, so that one figure may hold them.

# %%
rows = trial.follow_up(outcome).query("week == @visit.week")
ancova = rs.fit_ancova(f"{outcome} ~ baseline + arm", rows, subject="subject", unit=measure.unit)
adjusted = ancova.named_contrasts({"adjusted": {treatment: 1, comparator: -1}}, "arm")[0]
start = [rows.loc[rows["arm"] == arm, "baseline"].dropna() for arm in (treatment, comparator)]
at_baseline = rs.standardised_effect(
    adjusted, [x.std() for x in start], [len(x) for x in start], label="adjusted, SD at baseline"
)
in_sd = rs.EstimateTable("The same arms, other standard deviations", (*clothes[1:5], at_baseline))
rs.plot_forest(in_sd)

# %% [markdown]
# The adjusted row is another estimate of the difference, and usually a surer one; its SD is that before treatment, which no treatment has changed. A trial that admits only people in pain has a small SD at baseline, and so a large d. This is why a d without the words "over the SD of ..." cannot be compared with another.

# %% [markdown]
# ## And the SD of the changes?
#
# Within one arm, before and after can be divided by the SD of the values (`dav`) or by the SD of the changes (`dz`). The table has the mean change, then `dav`, then `dz`. The last grows as the two visits hang together more closely, without any more benefit to anybody.

# %%
wide = trial.frame[trial.frame["arm"] == treatment].pivot_table(
    index="subject", columns="week", values=outcome, dropna=False
)
both = wide[[trial.codebook.baseline.week, visit.week]].dropna()
pairs = rs.PairedSummary.of(f"{treatment}, change", *both.to_numpy().T)
within = (
    rs.mean_change(pairs, unit=measure.unit),
    rs.paired_dav(pairs),
    rs.paired_dz(pairs),
)
print(f"correlation of the two visits: {pairs.correlation:.2f}")
rs.EstimateTable("One arm, before and after", within)

# %% [markdown]
# The unit "SD of change" keeps `dz` apart: the package refuses to draw or convert it together with the others. And no row of this table is the effect of a treatment, since people who enter a trial when it hurts most would often have improved anyway.

# %% [markdown]
# ## What do few people do to d?
#
# The same means and SDs, as if the arms had been smaller or larger. The table shows d, and g, which is d with a correction for small samples, each with its interval.

# %%
sizes = (5, 10, 20, 50, 200)
by_size = []
for n in sizes:
    few = [rs.ArmSummary(arm=each.arm, n=n, mean=each.mean, sd=each.sd) for each in (a, b)]
    by_size += [
        rs.cohens_d(*few, label=f"d, {n} in each arm"),
        rs.hedges_g(*few, label=f"g, {n} in each arm"),
    ]
rs.EstimateTable("As if the arms had this size", tuple(by_size))

# %% [markdown]
# On average d is too large in small samples; g takes that off, and the two become one as arms grow. The interval is what really changes: from a handful of people, nothing and a great deal are often both compatible with the data.

# %% [markdown]
# ## What if a paper prints only p and the sizes?
#
# Alghadir and others (2019) print how much pain changed in two arms, and p, but no standard deviation; the sizes of the arms follow from the percentages that they print. If p is that of Student's t test of the two groups of changes, it fixes t, and t with the sizes fixes d. A printed p stands for an interval: the rows show its ends too, and the sizes as randomised instead of those who completed.

# %%
published = rs.load_trial("alghadir2019")
p = published.printed(outcome="pain", statistic="p")
count = {"outcome": "completers", "statistic": "n"}
n1, n2 = (int(published.printed(arm=arm, **count).value) for arm in ("retro", "control"))
r1, r2 = (published.arm(arm).n_randomised for arm in ("retro", "control"))
from_p = (
    *(
        rs.effect_from_p(x, n1=n1, n2=n2, sign=-1, label=f"p {x:g}")
        for x in (p.low, p.value, p.high)
    ),
    rs.effect_from_p(p.value, n1=r1, n2=r2, sign=-1, label=f"p {p.value:g}, all randomised"),
)
rs.EstimateTable(f"g of pain from '{p.text}' ({n1} and {n2} people)", from_p)

# %% [markdown]
# What had to be assumed: that the test was Student's, of two arms only, two-sided, without adjustment, and of these people. The direction was read from the means. Where p is of changes, the SD behind this g is that of the changes, and it must not be pooled with a g over the SD of values.

# %% [markdown]
# ## Can such a reconstruction be checked?
#
# Where a paper prints means, SDs and p, both ways are open. Here they are for one comparison of another trial. If they disagree by more than rounding explains, one of the assumptions is wrong, or a number is.

# %%
other = rs.load_trial("pdbt2021")
change = {"outcome": "WOMAC function", "timepoint": "change post"}
arms = []
for arm in other.arms:
    mean, sd = (
        other.printed(arm=arm.label, **change, statistic=s) for s in ("mean_change", "sd_change")
    )
    arms.append(rs.ArmSummary(arm=arm.label, n=arm.n_analysed, mean=mean.value, sd=sd.value))
printed = other.printed(**change, statistic="p").value
n1, n2 = (arm.n for arm in arms)
ways = (
    rs.hedges_g(*arms, label="from means and SDs"),
    rs.effect_from_p(printed, n1=n1, n2=n2, sign=1),
)
rs.EstimateTable(f"WOMAC function, {other.arms[0].label} - {other.arms[1].label}", ways)

# %% [markdown]
# Here they differ by more than rounding explains: the printed p fits Welch's test and not Student's, which the second row assumes. `rs.reproduce(other)` finds that out, and asks the same of every figure of a paper (notebook 01).

# %% [markdown]
# ## From which change on do patients notice?
#
# No statistics of this trial can tell; it has to come from studies that asked patients. The catalogue of instruments holds what has been published for each scale, with population and source; a codebook can declare another.

# %%
known = [each for each in (measure.smallest_change, *measure.instrument.changes) if each]
print(f"{worthwhile:g} {measure.unit} stands below: {worthwhile in [each.value for each in known]}")
told = ["kind", "quantity", "value", "basis", "population", "source"]
pd.set_option("display.max_colwidth", None)  # addresses as a whole
pd.DataFrame([[getattr(each, name) for name in told] for each in known], columns=told)

# %% [markdown]
# "important" is the smallest change that patients call worthwhile; "error" is how far two measurements of an unchanged person can well lie apart (MDC95: in nineteen people of twenty no farther). They answer two questions and must not stand in for one another. A relative value is a share of the baseline. A number that is quoted second hand may not be what the first source found: look there before you decide. If the amount of the first cell is in no row, say in the report where it comes from.

# %% [markdown]
# ## Is the difference between the arms worthwhile?
#
# The figure holds the difference of means, plain and adjusted for baseline, against two lines: no difference, and a benefit of the smallest worthwhile size. Where the interval lies decides, not whether p is small.

# %%
line = measure.instrument.sign * worthwhile
favours = (treatment, comparator) if better == "lower" else (comparator, treatment)
rs.plot_forest(
    rs.EstimateTable("Difference of means", (raw, adjusted)),
    favours=favours,
    thresholds=[(line, "worthwhile")],
)

# %% [markdown]
# An interval wholly beyond the line speaks for a mean benefit of at least that size; one wholly short of it speaks against one, as far as intervals of its level can; one that holds the line leaves it open. The line is strict: it asks that the average gain over the comparator be as large as what one person notices in themselves.

# %% [markdown]
# ## How many improved by enough?
#
# A responder improved by at least the worthwhile amount. Some were not measured at the last visit, so there are two answers: of those measured, and of all, where whoever is missing counts as not improved. The number needed to treat is the reciprocal of the difference.

# %%
changes = {each.arm: each for each in rs.individual_changes(trial, outcome, visit.week)}
t, c = (changes[arm].counts(mcid=worthwhile) for arm in (treatment, comparator))
measured = rs.risk_difference(t.important, t.n, c.important, c.n, label="of those measured")
everyone = rs.risk_difference(
    t.important, t.n + t.missing, c.important, c.n + c.missing, label="missing as not improved"
)
print(
    f"{treatment}: {t.important} of {t.n} measured improved by {worthwhile:g}, {t.missing} missing"
)
print(
    f"{comparator}: {c.important} of {c.n} measured improved by {worthwhile:g}, {c.missing} missing"
)
rs.EstimateTable("Difference in the share of responders", (measured, everyone))

# %%
rs.number_needed_to_treat(everyone)

# %% [markdown]
# NNTB is how many have to be treated for one more responder; where its interval passes through infinity, the data do not exclude that the treatment makes no difference or harms (NNTH). It belongs to this comparator, this time and these patients. A count of responders throws away how much each improved and is less sure than the difference of means. Whoever is missing and counted as not improved counts against the arm that lost more people. Which row is the answer stands in the plan; where one p lies below 0.05 and the other above, none may be picked afterwards.

# %% [markdown]
# ## Does the answer hang on the cut-off?
#
# The curve shows for every cut-off at once which share of an arm improved by at least so much. Where one curve stays above the other, that arm did better at each cut-off in this sample; where they cross, the choice of a cut-off makes the winner.

# %%
curves = [
    each
    for each in rs.responder_curves(trial, outcome, visit.week)
    if each.arm in (treatment, comparator)
]
rs.plot_responders(
    curves,
    thresholds=[(worthwhile, "worthwhile")],
    xlabel=f"Improvement, {measure.label} ({measure.unit})",
    arm_names=names,
)

# %% [markdown]
# The curves are of those measured. Small arms make steps, and a step of one person is not a finding.

# %% [markdown]
# ## Could the responders have been told from d?
#
# Papers seldom print both. With the share of responders in the comparator arm and an assumption about the shape of the values, a standardised effect becomes a difference of shares. Here the observed one is known from above, so that the conversion can be held against it; its assumptions are printed with it.

# %%
gains = [rs.ArmSummary.of(arm, changes[arm].improvements) for arm in (treatment, comparator)]
g = rs.hedges_g(*gains, label="g of the improvements")
converted = rs.convert_effect(g, "risk difference", control_risk=c.important / c.n, better="higher")
print(f"observed: {measured.value:.2f}; from g: {converted.value:.2f}")
converted

# %%
rs.convert_effect(g, "probability of superiority")

# %% [markdown]
# A conversion makes no data. The interval is carried over as it is, and does not know of the doubt about the assumptions or about the share in the comparator arm. Use it to compare trials that print different things, and never where counts are at hand.

# %% [markdown]
# ## Who changed by more than measurement error?
#
# One bar for each person, most improved first. Within the grey band, if the catalogue knows the error of this scale, a change cannot be told from two measurements of an unchanged person; the line is the worthwhile amount.

# %%
error = next(iter(measure.instrument.error()), None)
rs.plot_change(
    [changes[comparator], changes[treatment]], mdc=error, mcid=worthwhile, arm_names=names
)

# %% [markdown]
# What stands beyond the band is change, not the effect of a treatment: look at how many there are in the comparator arm. Error and importance are two lines, and either can be the larger.

# %% [markdown]
# ## How far apart are two measurements of one person?
#
# The people of the comparator arm, at baseline and at the first visit after it: nobody of them had the treatment. The figure shows the difference of the two measurements against their mean, with the bias and the limits between which most differences lie.

# %%
untreated = trial.frame[trial.frame["arm"] == comparator]
visits = untreated.pivot_table(index="subject", columns="week", values=outcome, dropna=False)
start, later = trial.codebook.baseline, trial.codebook.follow_ups[0]
found = rs.agreement(
    visits[start.week],
    visits[later.week],
    names=(start.label, later.label),
    unit=measure.unit,
)
rs.plot_agreement(found)

# %% [markdown]
# The limits say how much a single person's value moves without the treatment; an improvement within them proves nothing about that person. They hold more than the error of the scale, because people really change between two visits: a study of reliability measures them again before that (`rs.reliability`).

# %% [markdown]
# ## What belongs in the report?
#
# - The difference in the unit of the outcome, with its interval, from the model of the plan.
# - One standardised effect, with the words "over the SD of ...", if scales have to be compared.
# - Responders as counts in both arms, with the missing told, beside the difference and not instead of it.
# - The worthwhile amount and its source, chosen before the data were seen.

# %% [markdown]
# ## How to cite
#
# The package, the instrument, and the two trials whose printed numbers were used.

# %%
rs.cite(trial, published, other)
