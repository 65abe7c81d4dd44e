"""A commented plan to be decided on, filled from the codebook where there is one."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from retrostats.data.codebook.types import Codebook
from retrostats.data.open_lines import MARK
from retrostats.plan.names import COVARIANCES, DEGREES_OF_FREEDOM, STRATEGIES
from retrostats.plan.suggested import (
    important_change,
    last_week,
    primary_endpoint,
    protocol_rule,
)
from retrostats.plan.words import amount
from retrostats.plan.writing import toml_number, toml_text

#: Analyses that a trial with missing outcomes needs, to be taken up by whoever signs the plan.
_MISSING = """\
# What is assumed of missing outcomes can be changed as well: "jump to reference", "copy reference",
# "copy increments in reference", "last mean carried forward" (optional keys: reference, an arm;
# imputation and inference), "multiple imputation", "predictive mean matching" (imputations, seed)
# and "tipping point". Three tables that most trials need:
# [[sensitivity]]
# kind = "jump to reference"  # who leaves loses the effect; conditional means and a jackknife
#
# [[sensitivity]]
# kind = "multiple imputation"
# imputations = 100
# seed = 1  # any whole number of yours, settled before the data are seen
#
# [[sensitivity]]
# kind = "tipping point"  # how wrong must missing at random be before the answer changes?
"""


def new_plan(codebook: Codebook | None) -> str:
    """Return a commented plan in TOML.

    Parameters
    ----------
    codebook
        Fills names, weeks and defaults. Without it, every place to be filled is marked by
        ``<...>``, and `read_plan` names each that is left.

    Returns
    -------
    str
        With a codebook, a plan that `read_plan` and `require_fits` accept as soon as every line
        that begins with ``# TO DECIDE:`` is freed from that mark: what must be the trial's own
        is not to pass unread.
    """
    parts = [
        _head(codebook),
        _estimand(codebook),
        _comparisons(codebook),
        _secondary(codebook),
        _model(codebook),
        _multiplicity(codebook),
        _population(codebook),
        _sensitivity(codebook),
        _responders(codebook),
        _subgroups(codebook),
    ]
    return "\n".join(parts)


def _head(book: Codebook | None) -> str:
    title = f"Analysis plan: {book.title}" if book else "<title of this plan>"
    return f"""\
# Analysis plan. Decide, delete what does not apply, and sign it off before the data are seen:
# its digest stands in every result. Unknown keys are errors. docs/plan.md explains each key.
# A line that begins with "# TO DECIDE:" is a proposal: put your own in its place, and delete
# that mark. Until then the plan is refused.
title = {toml_text(title)}
"""


def _estimand(book: Codebook | None) -> str:
    arms = ("<label of the treated arm>", "<label of the comparator arm>")
    endpoint, week = toml_text("<name of the primary outcome>"), toml_text("<week>")
    population = "<whose effect is asked for, in words>"
    choices, mark = "", MARK if book else ""
    if book:
        arms = (_treated(book)[0], book.reference.label)
        outcome, last = primary_endpoint(book)
        endpoint, week = toml_text(outcome.name), toml_number(last)
        rules = " and ".join(rule.text for rule in book.eligibility)
        population = f"people who are eligible for this trial{f' ({rules})' if rules else ''}"
        choices = (
            _comment("Arms:", (arm.label for arm in book.arms))
            + _comment("Outcomes:", (each.name for each in book.outcomes))
            + _comment("Weeks after baseline:", (amount(v.week) for v in book.follow_ups))
        )
    return f"""\
# The question, by the five attributes of ICH E9(R1): treatments, population, endpoint,
# intercurrent events, and the summary.
{choices}[estimand]
treatment = {toml_text(arms[0])}
comparator = {toml_text(arms[1])}
{mark}population = {toml_text(population)}  # in words
endpoint = {endpoint}
week = {week}
summary = "difference of means"  # treatment minus comparator

# What may happen after randomisation, and what the estimand makes of it:
# {", ".join(STRATEGIES)}.
# The analysis uses every value in the file, which is the treatment policy; any other strategy
# asks you to prepare the file accordingly, and the report says so.
[[estimand.intercurrent]]
{mark}event = "stopping the allocated treatment"  # a table for each event
strategy = "treatment policy"
"""


def _comparisons(book: Codebook | None) -> str:
    pairs = [(label, book.reference.label) for label in _treated(book)[1:]] if book else []
    tables = [_pair(treatment, comparator) for treatment, comparator in pairs]
    intro = "# Further comparisons of two arms; that of the estimand is always the first.\n"
    return intro + ("\n".join(tables) or _off(_pair("<arm>", "<another arm>")))


def _pair(treatment: str, comparator: str) -> str:
    return (
        f"[[comparisons]]\ntreatment = {toml_text(treatment)}\n"
        f"comparator = {toml_text(comparator)}\n"
    )


def _secondary(book: Codebook | None) -> str:
    intro = "# Secondary endpoints, in their order.\n"
    if not book or len(book.outcomes) < 2:
        return intro + _off('[[secondary]]\noutcome = "<name>"\nweek = 6\n')
    tables = []
    primary, _ = primary_endpoint(book)
    for outcome in book.outcomes:
        week = last_week(book, outcome)
        if week is not None and outcome != primary:
            tables.append(
                f"[[secondary]]\noutcome = {toml_text(outcome.name)}\nweek = {toml_number(week)}\n"
            )
    return intro + "\n".join(tables)


def _model(book: Codebook | None) -> str:
    known = [covariate.name for covariate in book.covariates] if book else []
    covariates = _comment("Covariates of the codebook:", known) if known else ""
    single = book is not None and len(book.follow_ups) == 1
    kind = "ancova" if single else "mmrm"
    repeated = f"""\
baseline_by_visit = true  # and its slope may differ between visits
{covariates}covariates = []  # above all those that the randomisation was stratified by
# The first structure is the planned one; the others follow in this order where one before it
# cannot be fitted, and every result says so:
{_comment("", COVARIANCES)}covariance = ["us", "toeph", "ar1"]
{_comment("Degrees of freedom:", DEGREES_OF_FREEDOM)}df = "kenward-roger"
"""
    one_visit = f"""\
{covariates}covariates = []  # above all those that the randomisation was stratified by
standard_errors = "classical"  # or "HC2", "HC3" where the arms may differ in spread
"""
    return f"""\
# One model for every endpoint: "mmrm" (all visits after baseline), "lmm" (the same with a random
# intercept), "ancova" (the week of the endpoint alone), "mixed_anova" (as in older papers).
[model]
kind = "{kind}"
baseline = true  # the outcome's own baseline is a covariate
{one_visit if single else repeated}level = 0.95  # coverage of every interval
"""


def _multiplicity(book: Codebook | None) -> str:
    method = "holm" if book and len(book.arms) > 2 else "none"
    return f"""\
# How several tests share one error rate: "none", "holm", or "hierarchical" (in the order of this
# plan, each only while all before it were rejected). family = "comparisons" takes those of each
# endpoint by themselves, "all" those of primary and secondary endpoints together.
[multiplicity]
{MARK if book else ""}method = "{method}"
"""


def _population(book: Codebook | None) -> str:
    rule = protocol_rule(book) if book else '"sessions >= 12"'
    return f"""\
# Whose data are analysed: "all randomised", or "per protocol" by rules over covariates,
# adherence, and outcomes at baseline, e.g. rules = [{rule or '"age >= 40"'}].
[population]
kind = "all randomised"
"""


def _sensitivity(book: Codebook | None) -> str:
    intro = """\
# Further analyses of the primary endpoint. Kinds: "complete cases", "per protocol" (rules),
# "ancova", "mixed_anova", "lmm", "covariance" (covariance), "unadjusted", and "delta": missing
# outcomes of the treated arm are worse by each of deltas than the model expects.
"""
    tables = []
    if book is None or len(book.follow_ups) > 1:
        tables = [f'[[sensitivity]]\nkind = "{kind}"\n' for kind in ("complete cases", "ancova")]
    rule = protocol_rule(book) if book else ""
    if rule:
        tables.append(f'[[sensitivity]]\nkind = "per protocol"\nrules = [{rule}]\n')
    change = important_change(primary_endpoint(book)[0]) if book else None
    delta = '[[sensitivity]]\nkind = "delta"\n{}deltas = [{}]{}\n'
    if change and change.basis == "absolute":
        steps = ", ".join(toml_number(change.value * share) for share in (0.25, 0.5, 1))
        why = "  # a quarter, a half and all of the smallest worthwhile change"
        tables.append(delta.format(MARK, steps, why))
    else:
        tables.append(_off(delta.format("", "0.5, 1, 2", "")))
    return intro + "\n".join([*tables, _MISSING])


def _responders(book: Codebook | None) -> str:
    intro = """\
# Who counts as a responder: improvement in the unit of the outcome, or improvement_percent of
# baseline. missing = "non-responder" or "excluded".
"""
    change = important_change(primary_endpoint(book)[0]) if book else None
    if book is None or change is None:
        return intro + _off('[[responders]]\noutcome = "<name>"\nweek = 6\nimprovement = 2\n')
    (outcome, week), relative = primary_endpoint(book), change.basis == "relative"
    key = "improvement_percent" if relative else "improvement"
    size = amount(100 * change.value) if relative else toml_number(change.value)
    return f"""\
{intro}[[responders]]
outcome = {toml_text(outcome.name)}
week = {toml_number(week)}
{MARK}{key} = {size}  # the smallest worthwhile change
missing = "non-responder"
"""


def _subgroups(book: Codebook | None) -> str:
    name = book.covariates[0].name if book and book.covariates else "<covariate>"
    return "# Subgroups, by the interaction with treatment; few, and named beforehand.\n" + _off(
        f"[[subgroups]]\ncovariate = {toml_text(name)}\nat = [50, 60]  # of a number; not of a "
        "category\n"
    )


def _comment(intro: str, words: Iterable[str]) -> str:
    """Return words as comment lines; a label with line breaks stays within them."""
    text = " ".join(f"{intro} {', '.join(words)}".split())
    lines = textwrap.wrap(text, 96, break_on_hyphens=False, break_long_words=False)
    return "".join(f"# {line}\n" for line in lines)


def _off(text: str) -> str:
    """Return text as comments, to be taken up by whoever needs it."""
    return "".join(f"# {line}\n" for line in text.splitlines())


def _treated(book: Codebook) -> list[str]:
    return [arm.label for arm in book.arms if arm.label != book.reference.label]
