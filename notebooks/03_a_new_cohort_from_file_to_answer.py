# %% [markdown]
# # A new cohort, from file to answer
#
# A trial is over and its data lie in a file. This notebook goes from that file to the answer of the trial, in the order in which a statistician would: look at the data, read the plan, describe, answer, ask whether patients would notice, doubt, and write the report.
#
# The trial shown here is simulated: nobody in it exists. To use your own, change the three names in the first cell and run all cells again; nothing else has to be changed. From a terminal, `retrostats notebooks 03 --set cohort=my.csv --set codebook=my.toml --set plan=my_plan.toml` does the same. Differences are always treatment minus comparator.

# %% [markdown]
# ## Which files are analysed?
#
# Three files are needed. The cohort is the table of the data (CSV, Excel, SPSS, Stata, REDCap export). The codebook says what its columns mean, and the plan what was decided before anyone saw the data; `retrostats new codebook my.csv` and `retrostats new plan --codebook codebook.toml` write a first draft of each, with the lines marked that you must decide.

# %% tags=["parameters"]
cohort = "example/cohort.csv"
codebook = "example/codebook.toml"
plan = "example/plan.toml"

# %% [markdown]
# ## Is anything wrong with the file?
#
# Before any number is computed, every cell is held against the codebook: is it a number where a number should be, inside the range of its scale, once for each person and visit? The answer lists every fault with line, column, value, what was expected and what to do.

# %%
import retrostats as rs

rs.check_cohort(cohort, codebook)

# %% [markdown]
# An error keeps the file from being analysed: mend it in the file (or in the codebook, if that is what is wrong) and run again. A warning is a value that is possible and deserves a second look. Notes tell what was found out about the file. Nothing is repaired for you, since nobody but you knows what was meant.

# %% [markdown]
# ## What does the file hold?
#
# The checked data have one row for each person and planned visit. Shown are how many people there are in each arm, and for each outcome in how many it was measured at each visit. Every row of the file is counted, as used or as left out with a reason, so that none is lost unnoticed.

# %%
data = rs.read_cohort(cohort, codebook)
data

# %% [markdown]
# Compare these counts with the list of your participants. A number of people that you do not recognise is the cheapest sign of a wrong file, a wrong visit name or an identifier typed in two ways.

# %% [markdown]
# ## What was decided before the data were seen?
#
# The plan says which question the trial answers (its estimand: who, which treatments, which outcome, when, and what becomes of events such as stopping), by which model, and what is looked at besides. Here it is in sentences. If it asks for something that the codebook does not have, this cell says so and what there is instead.

# %%
planned = rs.read_plan(plan)
rs.plan_in_words(planned, data.codebook)

# %% [markdown]
# A choice that is made after a look at the results can be tuned until it pleases. What is not in the plan can still be asked, but then it is an exploration and has to be called so.

# %% [markdown]
# ## Who took part, and who left?
#
# One call carries out everything that the plan asks for. The flow diagram shows how many were randomised, who left and why, and how many the analysis of the primary outcome could use.

# %%
analysis = rs.analyse(data, planned)
rs.plot_flow(analysis.flow)

# %% [markdown]
# Look whether one arm lost more people than another, and for which reasons. If people left because they felt worse, those who remain look better than the arm really is.

# %% [markdown]
# ## Were the arms alike at the start?
#
# This is the table that most papers call Table 1; in the report it follows that of the participant flow. It has no p values: who got which treatment was drawn by lot, so any difference here is due to chance. What counts is its size; the standardised difference gives it in standard deviations.

# %%
tables = rs.report_tables(analysis)
tables["baseline"]

# %% [markdown]
# A large difference in something that is related to the outcome matters, whatever a test would say. The remedy is to adjust for it, which has to be planned beforehand.

# %% [markdown]
# ## Who was not measured, and when?
#
# For the primary outcome: which share of each arm was measured at each visit, and which patterns of missed visits there are.

# %%
primary = analysis.primary
outcome, visit = primary.outcome, primary.visit
names = {arm.label: arm.name for arm in data.codebook.arms}
rs.plot_missing(rs.missing_patterns(data, outcome.name), arm_names=names)

# %% [markdown]
# A model can use what is known of a person who left, as long as leaving depends on what was measured before. It cannot know of reasons that nobody recorded; the sensitivity analyses below ask how much that could change.

# %% [markdown]
# ## What do the values look like before any model?
#
# Each dot is a person, at the visit of the primary endpoint. Beside the dots stand the shape of the values, their median and their quartiles. Nothing is adjusted here.

# %%
rs.plot_raincloud(
    rs.distributions(data, outcome.name, week=visit.week),
    better=outcome.instrument.better,
    ylabel=f"{outcome.label_with_unit}, {visit.label}",
    arm_names=names,
)

# %% [markdown]
# Look for values that cannot be, for two heaps, and for many people at an end of the scale: a mean tells little of such values. The arms always overlap; a treatment shifts a group and does not sort people.

# %% [markdown]
# ## What is the answer?
#
# First comes the primary comparison with its interval and what it means, then every comparison that was planned. The interval holds the differences that the data are compatible with under the model. The p value says how surprising the data would be if there were no difference.

# %%
analysis

# %% [markdown]
# Read the interval, not only the p value: differences between its two ends fit the data, those beyond them fit badly, and those near the estimate fit best. An interval that includes zero does not show that there is no difference. Everything under "Caveat" belongs to the answer.

# %% [markdown]
# ## How large is the difference beside the spread of people?
#
# On the left, every person of the two arms that the plan compares first, with the means of the arms as observed; on the right, the difference that the model estimates.

# %%
pair = planned.estimand.comparison
groups = {each.arm: each for each in rs.distributions(data, outcome.name, week=visit.week)}
rs.plot_estimation(
    [groups[pair.comparator], groups[pair.treatment]],
    primary.differences[visit.label][:1],
    better=outcome.instrument.better,
    ylabel=f"{outcome.label_with_unit}, {visit.label}",
    difference=primary.quantity,
    arm_names=names,
)

# %% [markdown]
# The difference of the model need not be that of the two means: a model may allow for baseline, for covariates and for people who left, and the plan above says for which.

# %% [markdown]
# ## How do the planned comparisons stand side by side?
#
# Each row is a comparison of the plan, in the primary outcome at its visit. The dotted lines mark the smallest change that patients find worthwhile, in the direction of benefit and of harm, where one is known in the unit of the outcome.

# %%
worthwhile = primary.planned[0].judgement.worthwhile
known = worthwhile is not None and worthwhile.basis == "absolute"
sides = ("the first-named arm", "the second-named arm")
rs.plot_forest(
    primary.differences[visit.label],
    favours=sides if outcome.instrument.better == "lower" else sides[::-1],
    thresholds=[(worthwhile.value, ""), (-worthwhile.value, "")] if known else [],
)

# %% [markdown]
# An interval that crosses zero and a line leaves both open: no difference, and one that matters. Two comparisons of which one is significant and the other is not need not differ from each other.

# %% [markdown]
# ## How did the arms move over time?
#
# The means of the model at each visit, with their intervals. Where the model starts all arms from a common baseline, one mark stands for all.

# %%
start = data.codebook.baseline.week
rs.plot_trajectories(
    primary.courses,
    primary.weeks,
    better=outcome.instrument.better,
    ylabel=outcome.label_with_unit,
    baseline={arm: (start, mean) for arm, mean in primary.start.items()},
    endpoints=[visit.week],
    arm_names=names,
)

# %% [markdown]
# All arms of a trial tend to improve, treated or not: people join when they feel bad, and many would have felt better anyway. Only the distance between the lines speaks for a treatment. Intervals of two means may overlap although their difference is clear.

# %% [markdown]
# ## Would patients notice the difference?
#
# A difference can be certain and too small to matter, or large and uncertain. Each interval is therefore held against the smallest change that patients find worthwhile, with the source of that number. Where sources disagree, the verdict by each is given.

# %%
for contrast in primary.planned:
    print(contrast.judgement.sentence)
    for change, verdict in contrast.judgement.alternatives:
        print(f"  By {change.value:g} ({change.basis}; {change.source}): {verdict}.")

# %% [markdown]
# The smallest worthwhile change comes from other people than yours, and is asked of single patients rather than of means. Take it as a ruler, not as a border.

# %% [markdown]
# ## How many improved, and by how much?
#
# For every amount on the axis, the curves show which share of each arm improved by at least so much, among those measured at both visits. The tables count responders by each definition of the plan, if it has any; a negative improvement is a worsening.

# %%
curves = rs.responder_curves(data, outcome.name, visit.week)
for name in tables:
    if name.startswith("responders"):
        display(tables[name])
rs.plot_responders(
    [curve for curve in curves if curve.improvements],
    thresholds=[(worthwhile.value, "worthwhile")] if known else [],
    xlabel=f"Improvement in {outcome.label_with_unit}, to {visit.label}",
    arm_names=names,
)

# %% [markdown]
# A curve that lies above another everywhere did better by any threshold, among these people. Counting the missing as non-responders is no neutral choice: it counts against the arm that lost more of them. Shares throw away how much each person changed, so they illustrate the answer and do not replace it. They do not tell whose improvement is due to the treatment either.

# %% [markdown]
# ## Does the answer depend on our choices?
#
# The same question under other choices that were named beforehand: other people, another model, or missing values that are worse than the model expects. Subgroups follow, if the plan has any, with the test of the interaction.

# %%
for name in ("sensitivity", "subgroups"):
    if name in tables:
        display(tables[name])
    else:
        print(f"The plan has no {name}.")

# %% [markdown]
# If the estimates lie close together, the answer does not hang on these choices. If one of them is far off, ask what it assumes. A subgroup is judged by its interaction, not by its own p value; with several subgroups one may well stand out by chance, and a trial of this kind is too small to show that an effect is the same in all.

# %% [markdown]
# ## Do the assumptions of the model hold?
#
# The residuals are what the model leaves unexplained. On the left they should be a cloud without a funnel or a bend; beside it they should follow the line. With several visits, correlations of the model and of the residuals should be alike.

# %%
rs.plot_diagnostics(primary.diagnostics)

# %% [markdown]
# Small deviations do little harm to a difference of means. A funnel, a bend or single points far from the rest call for a second look at the data, and for a sensitivity analysis.

# %% [markdown]
# ## What goes into the paper?
#
# One call writes the report as a page, as PDF and as Word tables, with every figure as SVG, PDF and PNG and every table as CSV, into the folder `report` beside this notebook. No file names a participant. Running it again replaces its own files alone.

# %%
written = rs.write_analysis(analysis, "report")
for path in written[:4]:
    print(path)
print(f"and {len(written) - 4} files of figures and tables")

# %% [markdown]
# The report has a paragraph of methods and a CONSORT checklist to start from. The folder lies beside the notebook when you work in JupyterLab; `retrostats analyse` writes it wherever you say.

# %% [markdown]
# ## How to cite
#
# What a paper that uses this analysis should cite: the package, and the instruments with the sources of their smallest worthwhile changes.

# %%
rs.cite(analysis)
