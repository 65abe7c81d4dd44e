# %% [markdown]
# # Mixed models side by side
#
# A trial measures the same people several times, and some visits are missing. Papers analyse such data in four ways: a mixed model for repeated measures (MMRM), a linear mixed model with a random intercept (LMM), an analysis of covariance at one visit (ANCOVA), and a repeated-measures analysis of variance (mixed ANOVA). This notebook fits all four to one outcome and shows where they agree, where they part, and why.
#
# Differences are treatment minus comparator, in the unit of the outcome.

# %% [markdown]
# ## Which data?
#
# A cohort file, its codebook, one outcome and two arms. The example is simulated: nobody in it exists. Change this cell for your own trial, which needs two or more visits after baseline; nothing below names an arm or an outcome of the example.

# %% tags=["parameters"]
cohort = "example/cohort.csv"
codebook = "example/codebook.toml"
outcome = "pain"
treatment = "retro"
comparator = "control"

# %% [markdown]
# ## What was measured, and what is missing?
#
# Before any model: who has the outcome at which visit? The answer is a figure: above, the share of each arm that was seen; below, the patterns of visits seen and missed.

# %%
import pandas as pd

import retrostats as rs

trial = rs.read_cohort(cohort, codebook)
measure = trial.codebook.outcome(outcome)
rows = trial.follow_up(outcome)  # the visits after baseline, with a column for baseline
first = trial.codebook.baseline.label
before, last = (visit.label for visit in trial.codebook.follow_ups[-2:])
names = {arm.label: arm.name for arm in trial.codebook.arms}
rs.plot_missing(rs.missing_patterns(trial, outcome), arm_names=names)

# %% [markdown]
# A figure of what was seen cannot tell why the rest is missing. Every method below makes an assumption about that, whether its user knows it or not.

# %% [markdown]
# ## What does each method assume?
#
# | | one row is | who enters | baseline is | covariance of the visits | missing values |
# | --- | --- | --- | --- | --- | --- |
# | MMRM | a subject at a visit | everyone with a visit after baseline | a covariate, with a slope at each visit | any; here unstructured | at random, given what was seen |
# | LMM | a subject at a visit | the same | the same | all visits have one variance and one correlation | the same |
# | ANCOVA | a subject | who has the last visit | a covariate | none: one visit | at random, given baseline and arm |
# | mixed ANOVA | a subject at a visit | who has every visit | one of the visits | any for the differences shown here; sphericity, or a correction, for the F tests | completely at random |
#
# "At random, given what was seen" means: of subjects with the same arm and the same values so far, those who leave would on average have fared like those who stay. "Completely at random" means that leaving has nothing to do with how anybody fares.

# %% [markdown]
# ## How is each fitted?
#
# MMRM and LMM have the same mean: a mean for each arm at each visit, and a slope on baseline at each visit. They differ in the covariance alone. The ANCOVA takes the rows of the last visit, the mixed ANOVA all visits with baseline among them.

# %%
mean = f"{outcome} ~ center(baseline) * visit + arm * visit"
who = {"subject": "subject", "unit": measure.unit}
at_last = rows[rows["visit"] == last]

mmrm = rs.fit_mmrm(mean, rows, visit="visit", covariance="us", **who)
lmm = rs.fit_lmm(mean, rows, random="1", **who)
ancova = rs.fit_ancova(f"{outcome} ~ center(baseline) + arm", at_last, **who)
split = {"outcome": outcome, "between": "arm", "within": "visit"}
anova = rs.fit_mixed_anova(trial, **split, **who)
fits = {"MMRM": mmrm, "LMM": lmm, "ANCOVA": ancova, "mixed ANOVA": anova}
mmrm

# %% [markdown]
# This is what a fit shows of itself: the mean, how many rows it used, the coefficients, the covariance of the visits, and how the fit was reached. The other three can be asked in the same way.

# %% [markdown]
# ## Which subjects and rows does each use?
#
# Every fit has a ledger: each row that it was offered is used or left out with a reason. The table sets the four side by side. The mixed ANOVA was offered the rows at baseline too, because baseline is one of its visits.

# %%
ledgers = pd.DataFrame(
    {
        name: {
            "subjects used": fit.n_subjects,
            "rows offered": fit.ledger.rows_in,
            "rows used": fit.ledger.rows_used,
        }
        | {f"left out: {reason}": count for reason, count in fit.ledger.counts().items()}
        for name, fit in fits.items()
    }
)
ledgers.fillna(0).astype(int)

# %% [markdown]
# The mixed models keep whoever has a baseline and any visit after it; the other two lose somebody whenever a visit that they need is missing. Values that were measured and paid for with somebody's time are then thrown away.

# %% [markdown]
# ## What does each say of the same contrast?
#
# The contrast is treatment minus comparator at the last visit. The mixed ANOVA has no baseline to adjust for; it compares changes from baseline instead, and by itself the values of the last visit. One table and one figure show all of them.

# %%
cells = ("arm", "visit")
between = {treatment: 1, comparator: -1}
at_end = {(treatment, last): 1, (comparator, last): -1}
of_change = at_end | {(treatment, first): -1, (comparator, first): 1}
answers = rs.EstimateTable(
    f"{measure.label}, {last}: {treatment} - {comparator}",
    (
        mmrm.named_contrasts({"MMRM": at_end}, cells)[0],
        lmm.named_contrasts({"LMM": at_end}, cells)[0],
        ancova.named_contrasts({"ANCOVA": between}, "arm")[0],
        anova.named_contrasts({"mixed ANOVA, change": of_change}, cells)[0],
        anova.named_contrasts({"mixed ANOVA, last visit": at_end}, cells)[0],
    ),
)
answers

# %%
lower = measure.instrument.better == "lower"
favours = (treatment, comparator) if lower else (comparator, treatment)
rs.plot_forest(answers, favours=favours)

# %% [markdown]
# Read the widths before the places. The last row makes no use of baseline, so that lasting differences between people stay in the noise; the width of its interval shows what that costs. Estimates that lie near one another do not show that the methods are interchangeable, and an interval that happens to exclude zero is no reason to prefer its method: the method is chosen in the plan, before the data are seen.

# %% [markdown]
# ## Where do they part: at the missing visits?
#
# Take the subjects with every visit, and fit the mixed model to them alone. If the methods part because of missing visits only, they must now meet: the MMRM with baseline as a covariate and the ANCOVA, and the MMRM with baseline as a visit and the mixed ANOVA. The table shows each pair one below the other.

# %%
seen = trial.frame.groupby("subject")[outcome].transform("count")
complete = trial.frame[seen == len(trial.codebook.visits)]
after = rows[rows["subject"].isin(complete["subject"])]
as_visit = f"{outcome} ~ arm * visit"
with_baseline = rs.fit_mmrm(mean, after, visit="visit", **who)
ancova_complete = rs.fit_ancova(ancova.formula, after[after["visit"] == last], **who)
all_visits = rs.fit_mmrm(as_visit, complete, visit="visit", **who)
pairs = (
    with_baseline.named_contrasts({"MMRM, complete": at_end}, cells)[0],
    ancova_complete.named_contrasts({"ANCOVA, complete": between}, "arm")[0],
    all_visits.named_contrasts({"MMRM, baseline a visit, complete": of_change}, cells)[0],
    answers["mixed ANOVA, change"],
)
rs.EstimateTable("Subjects with every visit", pairs)

# %% [markdown]
# Within a pair the rows are the same: with nothing missing, the mixed model with an unstructured covariance gives these contrasts as the older methods do. Whatever an MMRM and its older companion differ by otherwise comes from the subjects who are left out.

# %% [markdown]
# ## Where do they part: at the covariance of the visits?
#
# A mixed model needs an assumption of how the visits hang together. To have more visits to look at, baseline is now one of them, and everybody with any visit is in. Each row is one structure: how many parameters it has, its criteria (lower is better), and what becomes of the difference in change.

# %%
structures = {
    name: rs.fit_mmrm(as_visit, trial, visit="visit", covariance=name, **who)
    for name in ("us", "toeph", "csh", "cs", "ar1")
}
criteria = pd.DataFrame(
    {
        name: {"parameters": len(fit.theta), "AIC": fit.aic, "BIC": fit.bic}
        for name, fit in structures.items()
    }
).T.astype({"parameters": int})
changes = [fit.named_contrasts({name: of_change}, cells)[0] for name, fit in structures.items()]
table = rs.EstimateTable("Change, by structure", tuple(changes)).tidy().set_index("label")
criteria.join(table[["estimate", "se", "df"]]).round(2)

# %%
structures["us"].likelihood_ratio(structures["cs"])

# %% [markdown]
# `us` estimates every variance and covariance; `cs` has one variance and one correlation, which is what a random intercept assumes; under `ar1` the correlation falls with the distance of two visits. The test asks whether the data contradict `cs`; in a small trial they seldom can, so that a large p does not show that `cs` holds. With few visits the unstructured covariance costs little and assumes only that the arms share it; choosing the structure by the criteria and then testing as if it had been known can make intervals too narrow.

# %% [markdown]
# ## Which degrees of freedom?
#
# The estimate of a mixed model is the same under each of these methods; standard error and degrees of freedom are not. Each row is the contrast of the first MMRM with one method.

# %%
methods = ("kenward-roger", "satterthwaite", "between-within", "residual", "asymptotic", "CR2")
by_method = tuple(
    rs.fit_mmrm(mean, rows, visit="visit", df=df, **who).named_contrasts({df: at_end}, cells)[0]
    for df in methods
)
rs.EstimateTable(f"{treatment} - {comparator}, {last}, by method of df", by_method)

# %% [markdown]
# `residual` counts every row as if it were another subject, and `asymptotic` takes the covariance as known: both are too sure in small trials, and F tests of several coefficients by `between-within` or `satterthwaite` can be so too. Kenward and Roger's method corrects the standard error as well, and is the default here. `CR2` does not trust the covariance of the model and usually pays for it with fewer degrees of freedom.

# %% [markdown]
# ## What happens when data go missing?
#
# Now somebody leaves. The rule is explicit and without chance: the six subjects of the treated arm with the worst values do not come to the last visit. In the first rule "worst" is judged at the visit before, which the mixed models have seen: missing at random. In the second it is judged at the last visit itself, which nobody sees: not at random. Among equal values those who come first in the order of their identifiers leave. The code below finds them and shows how many leave.

# %%
treated = rows[rows["arm"] == treatment]
wide = treated.pivot_table(index="subject", columns="visit", values=outcome, observed=True)
benefit = wide.dropna() * measure.instrument.sign  # higher is better, whatever the scale
lost = {
    "as observed": [],
    "worst at the visit before": benefit[before].nsmallest(6).index,
    "worst at the last visit": benefit[last].nsmallest(6).index,
}
{rule: len(gone) for rule, gone in lost.items()}

# %% [markdown]
# ## How far does each method move?
#
# All four are fitted again to what is left. Those who do not come lose their last visit in the mixed models; the ANCOVA and the mixed ANOVA lose them altogether.

# %%
moved, order = [], []
for rule, gone in lost.items():
    left = rows[~(rows["subject"].isin(gone) & (rows["visit"] == last))]
    stayed = trial.frame[~trial.frame["subject"].isin(gone)]
    by_mmrm = rs.fit_mmrm(mean, left, visit="visit", **who)
    by_lmm = rs.fit_lmm(mean, left, **who)
    by_ancova = rs.fit_ancova(ancova.formula, left[left["visit"] == last], **who)
    by_anova = rs.fit_mixed_anova(stayed, **split, **who)
    moved += by_mmrm.named_contrasts({"MMRM": at_end}, cells)
    moved += by_lmm.named_contrasts({"LMM": at_end}, cells)
    moved += by_ancova.named_contrasts({"ANCOVA": between}, "arm")
    moved += by_anova.named_contrasts({"mixed ANOVA, change": of_change}, cells)
    order += [rule] * 4

# %%
moves = rs.EstimateTable(f"{measure.label}, {last}: {treatment} - {comparator}", tuple(moved))
rs.plot_forest(moves, groups=order, favours=favours)

# %%
by_rule = moves.tidy().assign(rule=order)
values = by_rule.pivot_table(index="label", columns="rule", values="estimate")[list(lost)]
values.sub(values["as observed"], axis=0).iloc[:, 1:].round(2)

# %% [markdown]
# The last table says how far each estimate moved, in the unit of the outcome. One trial moves by chance too, so that the table cannot tell a bias from bad luck. Theory can: under the first rule the mixed models have the values that made people leave, and if mean and covariance are right they err by chance alone, one trial this way and the next that way. The ANCOVA and the mixed ANOVA do not have them, and flatter the arm on average. Under the second rule the reason to leave is in values that nobody has, and all four flatter it: no model of the data alone can put that right, and a plan needs a sensitivity analysis that says how far the answer depends on it, such as `kind = "delta"`.

# %% [markdown]
# ## Does the model fit?
#
# Residuals against fitted values, their quantiles against the normal, and the covariance of the model beside that of the residuals. Look for a funnel, for single values far out, and for visits that hang together otherwise than the model says.

# %%
rs.plot_diagnostics(rs.diagnose(mmrm))

# %% [markdown]
# Stripes are no fault: on a scale of whole numbers the residuals of one cell lie on lines. In a trial of this size only coarse misfits can be seen.

# %% [markdown]
# ## Do other libraries say the same?
#
# The LMM again in statsmodels, and the mixed ANOVA again in pingouin. Each table has our numbers beside theirs, and a line says whether they agree.

# %%
import statsmodels.formula.api as smf

known = rows.dropna(subset=[outcome, "baseline"])
other = smf.mixedlm(mean, known, groups=known["subject"]).fit(reml=True)
coefficients = pd.DataFrame(
    {"retrostats": pd.Series(lmm.beta, lmm.names), "statsmodels": other.fe_params}
)
same_lmm = (coefficients["retrostats"] - other.fe_params).abs().max() < 1e-4
print(f"{len(coefficients)} coefficients; all agree to 0.0001: {same_lmm}")
print(f"log-likelihoods: {lmm.loglik:.4f} and {other.llf:.4f}")
coefficients.round(4)

# %%
import warnings

import pingouin

texts = complete.assign(arm=complete["arm"].astype(str), visit=complete["visit"].astype(str))
with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message="The inplace keyword", module="pingouin")
    theirs = pingouin.mixed_anova(
        texts, dv=outcome, within="visit", subject="subject", between="arm"
    )
ours = [test.statistic for test in anova.anova()]
f_values = pd.DataFrame({"retrostats": ours, "pingouin": theirs["F"].to_list()}, theirs["Source"])
gaps = (f_values["retrostats"] - f_values["pingouin"]).abs()
print(f"arm and interaction agree to 0.0001: {gaps[['arm', 'Interaction']].max() < 1e-4}")
f_values.round(4)

# %% [markdown]
# statsmodels tests by the normal distribution, so that its p values are too small in a small trial; the coefficients and the likelihood are the same. For the visits pingouin weights the arms by their sizes and retrostats does not: their F values differ where arms differ in size. Arm and interaction, which a trial is about, agree.

# %% [markdown]
# ## What should the plan say?
#
# Before the data are seen, a plan names the outcome, the contrast and its visit, the mean, the covariance with what follows if it cannot be fitted, the method for degrees of freedom, and a sensitivity analysis for values that are missing for reasons nobody recorded. The lines below are the start of a `plan.toml` for the contrast of this notebook.

# %%
plan = f"""[estimand]
treatment = "{treatment}"
comparator = "{comparator}"
endpoint = "{outcome}"
week = {trial.codebook.follow_ups[-1].week:g}

[model]
kind = "mmrm"
baseline = true
baseline_by_visit = true
covariance = ["us", "toeph", "ar1"]  # the next one only if the one before cannot be fitted
df = "kenward-roger"
"""
print(plan)

# %% [markdown]
# `retrostats new plan` writes a whole one with a comment at each decision, and `retrostats analyse` carries it out. Choose the mixed model with an unstructured covariance unless there is a reason against it: it uses every value after baseline of whoever has a baseline, and where nothing is missing its contrasts are those of the older methods.

# %% [markdown]
# ## How to cite
#
# The package, and what this notebook used.

# %%
rs.cite(trial)
