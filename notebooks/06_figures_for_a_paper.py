# %% [markdown]
# # Figures for a paper
#
# A paper of a trial answers a handful of questions, and each has a figure that suits it. This notebook draws them at the width of one column of a journal, says what each shows and what it cannot show, and saves figures and tables in the formats that journals ask for. Nothing is computed by a figure: it draws what an analysis found.

# %% [markdown]
# ## Which trial, and which journal?
#
# The three files of a trial (notebook 03 explains them) and the journal whose widths, resolution and number style are wanted. The example is simulated: nobody in it exists. Figures and tables go into the folder `for_the_paper` beside this notebook.

# %% tags=["parameters"]
cohort = "example/cohort.csv"
codebook = "example/codebook.toml"
plan = "example/plan.toml"
journal = "springer"

# %% [markdown]
# ## Which figures does a paper of a trial need?
#
# | the question | the figure |
# | --- | --- |
# | who took part, and who is in the analysis? | `plot_flow` |
# | who was seen when? | `plot_missing` |
# | how did the arms fare over time? | `plot_trajectories` |
# | how large are the differences? | `plot_forest` |
# | how large is a difference beside the spread of the people? | `plot_estimation` |
# | what do the values look like? | `plot_raincloud` |
# | how many improved by how much? | `plot_responders` |
# | what became of each person? | `plot_change` |
# | does the model fit? | `plot_diagnostics` |
# | do two measurements agree? | `plot_agreement` (notebook 05) |
# | do small trials say the same as large ones? | `plot_funnel` |
# | which trials differ from the others, and which decide the pooled effect? | `plot_baujat` |
# | do subsets of the trials tell several stories? | `plot_gosh` |
# | would missing outcomes change the answer? | `plot_tipping` |
# | how many people does the next trial need? | `plot_power` |
#
# Two or three of them are enough for most papers; the others belong in a supplement. All come from one analysis, which the next cell makes. Shown is its short answer.

# %%
from pathlib import Path

import retrostats as rs

trial = rs.read_cohort(cohort, codebook)
analysis = rs.analyse(trial, rs.read_plan(plan))
primary = analysis.primary
names = {arm.label: arm.name for arm in trial.codebook.arms}
better = primary.outcome.instrument.better
values = f"{primary.outcome.label} ({primary.outcome.unit})"
page = rs.find_journal(journal)
folder = Path("for_the_paper")
folder.mkdir(exist_ok=True)
analysis

# %% [markdown]
# Every figure below takes its numbers from this analysis, so that text, tables and figures of the paper cannot contradict one another.

# %% [markdown]
# ## Who took part?
#
# The participant flow that CONSORT asks for. It needs the width of two columns where there are several arms. Every number comes from the data and the codebook, and the analysis refuses to make a flow that does not add up.

# %%
flow = rs.plot_flow(analysis.flow, width=page.double_mm)
flow

# %% [markdown]
# Read it downwards. Whoever was randomised and is not analysed has a reason in the last box of the arm; whoever left the trial has one in the box above it, and may be analysed nevertheless.

# %% [markdown]
# ## Who was seen when?
#
# Above, the share of each arm whose outcome is known at each visit; below, the patterns of visits seen and missed. It tells whether people left for good or came back.

# %%
rs.plot_missing(
    rs.missing_patterns(trial, primary.outcome.name), width=page.single_mm, arm_names=names
)

# %% [markdown]
# It cannot tell why anybody was not seen.

# %% [markdown]
# ## How did the arms fare over time?
#
# Means of the model with their intervals at each visit, before the courses of the single people. Below the axis stands how many people are behind each mean.

# %%
visits = list(primary.visit_weeks)
start = trial.codebook.baseline.week
trajectories = rs.plot_trajectories(
    primary.courses,
    primary.weeks,
    better=better,
    ylabel=values,
    baseline={arm: (start, mean) for arm, mean in primary.start.items()},
    raw=rs.subject_courses(trial, primary.outcome.name),
    counts={arm: [primary.counts[visit][arm] for visit in visits] for arm in primary.courses},
    arm_names=names,
    width=page.single_mm,
)
trajectories

# %% [markdown]
# Intervals of two arms that overlap do not show that the arms do not differ: the difference has an interval of its own, and that is in the next figure. Where the model adjusts for baseline all courses begin at one point, because its means are those of arms that began alike.

# %% [markdown]
# ## How large are the differences?
#
# One row for each comparison of the plan, with its interval as a line and as text. The dotted line, if the codebook or the catalogue of instruments knows one, is the smallest worthwhile benefit.

# %%
differences = rs.EstimateTable(
    f"{values}, {primary.visit.label}", tuple(each.estimate for each in primary.planned)
)
sides = ("the first-named arm", "the other")
changes = [primary.outcome.smallest_change, *primary.outcome.instrument.important()]
known = [each for each in changes if each and each.basis == "absolute"][:1]
line = primary.outcome.instrument.sign
forest = rs.plot_forest(
    differences,
    favours=sides if better == "lower" else sides[::-1],
    thresholds=[(line * each.value, "worthwhile") for each in known],
    width=page.single_mm,
)
forest

# %% [markdown]
# The line at zero is no difference. An interval that crosses it does not show that there is none; how far it reaches on either side is what the trial knows.

# %% [markdown]
# ## How large is a difference beside the spread of the people?
#
# Every value of the visit of the endpoint, the mean of each arm, and the differences of the model from the comparator of the plan, with their intervals, on a scale of the same unit.

# %%
week = primary.visit.week
groups = {each.arm: each for each in rs.distributions(trial, primary.outcome.name, week=week)}
comparator = primary.planned[0].comparison.comparator
shown = [each for each in primary.planned if each.comparison.comparator == comparator]
estimation = rs.plot_estimation(
    [groups[comparator], *(groups[each.comparison.treatment] for each in shown)],
    rs.EstimateTable("Differences", tuple(each.estimate for each in shown)),
    difference=f"{primary.quantity} ({primary.model.kind})",
    better=better,
    ylabel=f"{values}, {primary.visit.label}",
    arm_names=names,
    width=page.double_mm,
)
estimation

# %% [markdown]
# The differences are those of the model and need not be the differences of the means drawn; the figure says so.

# %% [markdown]
# ## What do the values look like?
#
# The shape of each arm, its median and quartiles, and every value. On a scale of few whole numbers each score has a bar.

# %%
shapes = rs.plot_raincloud(
    list(groups.values()),
    better=better,
    ylabel=f"{values}, {primary.visit.label}",
    arm_names=names,
    width=page.single_mm,
)
shapes

# %% [markdown]
# Look for skewness, two heaps, a floor or a ceiling. Where there is one of these, a mean alone misleads.

# %% [markdown]
# ## How many improved by how much?
#
# For each amount the share of an arm that improved by at least so much, so that no single threshold decides. The second figure has one bar for each person.

# %%
rs.plot_responders(
    rs.responder_curves(trial, primary.outcome.name, week),
    thresholds=[(each.value, "worthwhile") for each in known],
    xlabel=f"Improvement, {values}",
    arm_names=names,
    width=page.single_mm,
)

# %%
rs.plot_change(
    rs.individual_changes(trial, primary.outcome.name, week),
    mdc=next(iter(primary.outcome.instrument.error()), None),
    mcid=next(iter(known), None),
    arm_names=names,
    width=page.single_mm,
)

# %% [markdown]
# Both show those measured, without a model. Improvement in a comparator arm is no effect of a treatment.

# %% [markdown]
# ## Does the model fit?
#
# For the supplement: residuals against fitted values, against the normal, and how the visits hang together.

# %%
rs.plot_diagnostics(primary.diagnostics, width=page.double_mm)

# %% [markdown]
# A figure of residuals finds coarse misfits. It says nothing about values that are missing.

# %% [markdown]
# ## How are figures saved for the journal?
#
# The suffix decides the format: TIFF for journals that ask for pixels, PDF for most others, SVG for pages and drawing programs. `width` is a column of the journal, and the letters keep their size: a narrower figure has less room and not smaller text. Printed are the widths of the journal, the warnings, and what was written.

# %%
import warnings

with warnings.catch_warnings(record=True) as heard:
    warnings.simplefilter("always")
    saved = [
        rs.save_figure(flow, folder / "figure_1.pdf", width="double", journal=journal),
        rs.save_figure(trajectories, folder / "figure_2.tiff", width="single", journal=journal),
        rs.save_figure(trajectories, folder / "figure_2.pdf", width="single", journal=journal),
        rs.save_figure(forest, folder / "figure_3.svg", width="single", journal=journal),
    ]
print(f"{page.title}: {page.single_mm:g} and {page.double_mm:g} mm, {page.dpi} dots per inch")
print(f"warnings: {len(heard)}", *(each.message for each in heard), sep="\n")
print("written:", *(path.name for path in saved))

# %% [markdown]
# The same figure gives the same bytes again, without a date in the file. A file appears only when it is complete.

# %% [markdown]
# ## What do the checks tell?
#
# Two faults are found before an editor finds them. A figure that is wider than the page of the journal is refused, and words that are smaller than the journal takes give a warning that names them. Both are provoked here; a journal of one's own is one line.

# %%
sizes = {"single_mm": page.single_mm, "double_mm": page.double_mm}
strict = rs.Journal(name="mine", title="A journal of mine", smallest_text=8, **sizes)
try:
    rs.save_figure(forest, folder / "too_wide.pdf", width=250, journal=strict)
except ValueError as error:
    print(error)

with warnings.catch_warnings(record=True) as heard:
    warnings.simplefilter("always")
    rs.save_figure(forest, folder / "small_text.pdf", width="single", journal=strict)
print(heard[0].message)

# %% [markdown]
# After the warning the file is there nevertheless: whether the journal insists is for you to know. After a refusal there is none. An unknown name of a journal is refused too, with a list of those that are known.

# %% [markdown]
# ## What is said to those who cannot see the figure?
#
# Journals ask for alternative text. `rs.describe` gives it with the numbers of the figure; it makes a good first draft of a caption too.

# %%
print(rs.describe(trajectories))
print()
print(rs.describe(forest))

# %% [markdown]
# It says what is drawn, and not what it means; that sentence is yours.

# %% [markdown]
# ## Which tables go with them?
#
# The tables of the report can be had by name. Here are their names, and the one that most papers call Table 1 (the number that it bears here is its place in the report).

# %%
tables = rs.report_tables(analysis)
print(*tables, sep=", ")
tables["baseline"]

# %% [markdown]
# There are no p values in it: after randomisation every difference at baseline is due to chance. The standardised differences say how large each happens to be.

# %% [markdown]
# ## How are tables saved?
#
# Word for a manuscript, LaTeX, a page, Markdown or CSV, by the suffix. The style of a journal decides decimal marks, digits of p and how ranges are written; it changes no word. Printed is one table in the style of The Lancet.

# %%
rs.save_table(tables["baseline"], folder / "table_1.docx", journal=journal)
rs.save_table(tables["contrasts"], folder / "table_2.tex", journal=journal)
rs.save_table(tables["contrasts"], folder / "table_2.csv", journal=journal)
print(*sorted(path.name for path in folder.iterdir()), sep="\n")
tables["contrasts"].in_style("lancet")

# %% [markdown]
# No journal has approved the result: compare it with the instructions to authors before you submit. `rs.write_analysis(analysis, folder)` writes all figures and tables and the whole report at once (notebook 03).

# %% [markdown]
# ## How to cite
#
# The package, the instruments, and the digests of the data.

# %%
rs.cite(analysis)
