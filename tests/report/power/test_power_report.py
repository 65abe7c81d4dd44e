"""The report of the power of a plan: its words, its numbers, its files."""

import csv
import io
import json
import re
from dataclasses import replace

import pytest

import retrostats as rs
from retrostats.analysis.simulating.closed import _FORMS
from retrostats.errors import DataError
from retrostats.plan.types import Comparison, ModelPlan, Multiplicity, PopulationPlan
from retrostats.power.closed.ancova import power_ancova
from retrostats.power.closed.mmrm import power_mmrm
from retrostats.power.design.types import DesignArm
from retrostats.report.blocks import Figure, Heading, Listing, Notice, Paragraph, Table
from retrostats.report.power.answer import cautions, lead
from retrostats.report.power.assumed import limits_of, plan_sentences
from retrostats.report.power.citing import PLANNING, method_references, paragraph_text
from retrostats.report.power.closed import ASSUMES, closed_sentences
from retrostats.report.power.content import power_document
from retrostats.report.power.numbers import changed_layout
from retrostats.report.power.results import as_json, csv_tables
from retrostats.report.power.writing import draw_figures, require_place, write_power

from .made import SCRIPT, TRIALS, design, in_arm, plan, study

DRAWN = {"power_n": "a curve"}


@pytest.fixture(scope="module")
def found():
    return study(power=0.8)


@pytest.fixture(scope="module")
def given():
    return study(n=(30, 50))


def prose(document):
    texts = [b.text for b in document.blocks if isinstance(b, Notice | Paragraph)]
    lists = [item for b in document.blocks if isinstance(b, Listing) for item in b.items]
    return " ".join([*texts, *lists])


def table(document, name):
    return next(b for b in document.blocks if isinstance(b, Table) and b.id == name)


def test_the_answer_of_a_search(found):
    told, main = lead(found), found.main
    n, power = found.found.n, main.power
    assert told.startswith(
        f"{n} subjects per arm ({2 * n} in all) have to be randomised for a power of 80% to show "
        "that retro and control differ in pain at week 6."
    )
    assert f"the power was {100 * power.value:.1f}% (95% CI" in told
    assert f"Monte Carlo error {100 * power.error:.2f} percentage points" in told
    assert f"between {found.found.low} and {found.found.high} per arm" in told
    assert cautions(found) == (
        f"Only {TRIALS} trials were simulated; a protocol should rest on more.",
    )


def test_the_answer_at_given_sizes(given):
    told = lead(given)
    first, second = given.asked
    assert told.startswith("With 30 subjects per arm (60 in all) the power to show that retro")
    assert f"is {100 * first.power.value:.1f}% (95% CI" in told
    assert f"With 50 subjects per arm (100 in all) it is {100 * second.power.value:.1f}%" in told


def test_the_answer_with_a_margin_and_unequal_arms():
    arms = (replace(design().arms[0], allocation=2), design().arms[1])
    made = study(of=design(arms=arms), n=(20,), margin=1.0, replicates=100)
    told = lead(made)
    assert "40 subjects of retro and 20 subjects of control (60 in all)" in told
    assert "that retro is not worse than control by 1 point or more in pain" in told
    assert f"{100 * made.main.primary.margin_power.value:.1f}%" in told
    better = replace(made, main=replace(made.main, margin=-0.5))
    assert "is better than control by more than 0.5 points" in lead(
        replace(better, sizes=replace(made.sizes, points=(better.main,) * len(made.sizes)))
    )


def test_without_a_difference_the_answer_is_the_type_i_error():
    made = study(of=in_arm(design(), "retro", means=(6, 5)), n=(20,), replicates=100)
    told = lead(made)
    assert told.startswith("In the design retro and control do not differ")
    assert f"in {100 * made.main.power.value:.1f}% (95% CI" in told
    assert "of 100 simulated trials" in told


def test_a_plan_per_protocol_says_whom_the_size_counts(found):
    per = replace(found.plan, population=PopulationPlan(kind="per protocol"))
    told = lead(replace(found, main=replace(found.main, plan=per)))
    assert "have to be analysed per protocol for a power" in told
    assert "randomised" not in told


def test_sections_come_in_the_order_a_reader_needs(found, given):
    def heads(made):
        blocks = power_document(made, DRAWN).blocks
        return [b.text for b in blocks if isinstance(b, Heading) and b.depth == 2]

    assert heads(found) == [
        "The answer",
        "The paragraph for the protocol",
        "What was assumed",
        "How each simulated trial is analysed",
        "Power against sample size",
        "What would change it?",
        "How the planned analysis behaves",
        "How the size was found",
        "What this cannot say",
        "How to cite, and versions",
    ]
    assert set(heads(found)) - set(heads(given)) == {"How the size was found"}


def test_the_design_stands_there_with_the_route_of_its_numbers(found):
    document = power_document(found, DRAWN)
    assert table(document, "design").layout == found.design.layout()
    assert f"SDs: our cohort of 2023 {SCRIPT}." in prose(document)
    nowhere = replace(found, main=replace(found.main, design=design(route=())))
    assert "The design does not say; a protocol should." in prose(power_document(nowhere, DRAWN))


def test_the_plan_is_told_in_the_sentences_of_the_report_of_a_trial():
    model = ModelPlan(kind="mmrm", covariates=("age",), covariance=("us", "ar1"))
    told = " ".join(plan_sentences(plan(model=model)))
    assert "by a mixed model for repeated measures with arm, visit" in told
    assert "the baseline of the outcome (with a slope for each visit) and age" in told
    assert "unstructured" in told
    assert "first-order autoregressive takes its place" in told


def test_changed_assumptions_show_power_and_its_change(found):
    layout = changed_layout(found)
    assert layout.rows[0][:2] == ("As designed", "")
    rows = dict(zip((change.key for change, _ in found.changed), layout.rows[1:], strict=True))
    point = {change.key: p for change, p in found.changed}["sd-larger"]
    moved = 100 * (point.power.value - found.base.power.value)
    assert rows["sd-larger"][2:] == (
        f"{point.power.value:.3f}", f"{point.power.error:.4f}", f"{moved:.1f}",
    )  # fmt: skip
    assert [row[0] for row in layout.rows if row[0]] == [
        "As designed", "True difference", "Standard deviations", "Correlations of visits",
        "Dropout",
    ]  # fmt: skip
    none = tuple((replace(c, design=None, why_not="no"), None) for c, _ in found.changed[:1])
    row = changed_layout(replace(found, changed=none)).rows[1]
    assert row[1].endswith("(no trial can be so)")
    assert row[2:] == ("", "", "")


def test_a_size_below_which_none_was_tried_is_told_as_such(found):
    assert found.found is not None
    told = lead(replace(found, found=replace(found.found, fewest=True)))
    assert "the fewest that leave the planned model enough degrees of freedom" in told
    assert "By the curve" not in told


def test_the_closed_form_says_what_it_assumes_or_why_there_is_none(found):
    told = " ".join(closed_sentences(found))
    assert "rs.power_ancova" in told
    assert found.design.scale is not None
    assert "once they are rounded to the scale and cut at its ends" in told
    bare = replace(found, main=replace(found.main, design=design(scale=None)))
    assert "rounded" not in " ".join(closed_sentences(bare))
    third = Comparison(treatment="forward", comparator="control")
    arms = (*design().arms, DesignArm(label="forward", means=(6, 4.5)))
    odd = replace(
        found,
        sizes=replace(found.sizes, closed=(), closed_name=""),
        main=replace(
            found.main,
            design=design(arms=arms, intermittent=0.02),
            plan=plan(
                comparisons=(plan().comparisons[0], third),
                model=replace(plan().model, covariates=("age",)),
                multiplicity=Multiplicity(method="holm"),
            ),
        ),
    )
    told = " ".join(closed_sentences(odd))
    for reason in ("3 arms", "covariates", "Holm's method", "missed by those who stay"):
        assert reason in told


def test_every_closed_form_has_its_words_and_its_paper():
    names = {name for name, _ in _FORMS.values()}
    assert names == set(ASSUMES) == set(PLANNING) - {"simulation"}
    for name, function in (
        ("simulation", rs.simulate_power),
        ("power_mmrm", power_mmrm),
        ("power_ancova", power_ancova),
    ):
        assert f"doi:{PLANNING[name].doi}" in function.__doc__


def test_trials_without_an_answer_are_counted_and_explained(found):
    none = replace(
        found.main,
        failures=(("no planned model could be fitted", 7),),
        structures=(("us", 280), ("ar1", 13)),
    )
    told = prose(power_document(replace(found, main=none), DRAWN))
    assert f"Without an answer: 7 of {TRIALS} trials (no planned model could be fitted: 7)" in told
    assert "us in 280, ar1 in 13" in told
    assert "All 300 trials have an answer." in prose(power_document(found, DRAWN))
    early = replace(found.main, stopped_early=True, asked=9000)
    told = prose(power_document(replace(found, main=early), DRAWN))
    assert "stopped after 300 of 9,000 trials" in told


def test_limits_name_what_the_plan_has_beyond_the_simulation(found):
    told = " ".join(limits_of(found))
    assert "Intercurrent events (surgery) are not simulated" in told
    assert "rounded to the scale" in told
    assert "The plan also has" not in told
    more = plan(secondary=(plan().primary,))
    told = " ".join(limits_of(replace(found, main=replace(found.main, plan=more))))
    assert "The plan also has secondary endpoints; their power is not told here." in told


def test_the_paragraph_has_its_references_in_a_file_of_its_own(found):
    text = paragraph_text(found)
    assert text.startswith(found.paragraph() + "\n\nReferences\n1. The retrostats authors.")
    wanted = f"This is the size at which the power reaches {100 * found.found.power:.4g}%, by a"
    assert wanted in text
    assert wanted not in found.main.paragraph()
    assert [each.key for each in method_references(found)] == [
        "morris2019", "borm2007", "vickers2001",
    ]  # fmt: skip
    for reference in method_references(found):
        assert f"doi:{reference.doi}" in text


def test_json_and_tables_hold_the_numbers(found):
    content = json.loads(as_json(found))
    assert content["answer"]["comparisons"][0]["power"] == pytest.approx(found.main.power.value)
    assert content["found"]["n"] == found.found.n
    assert len(content["assumptions"]) == len(found.changed)
    assert content["generated_from"]["digests"]["design"] == found.design.digest
    assert content["curves"][0]["closed_form"] == "power_ancova"
    assert "workers" not in as_json(found)
    tables = csv_tables(found)
    assert set(tables) == {"comparisons", "power_n", "assumptions", "search"}
    rows = list(csv.DictReader(io.StringIO(tables["power_n"].lstrip("\ufeff"))))
    assert [float(row["n"]) for row in rows] == list(found.sizes.values)
    assert [float(row["closed"]) for row in rows] == pytest.approx(found.sizes.closed)
    assert [float(row["power"]) for row in rows] == pytest.approx(
        [point.power.value for point in found.sizes]
    )
    rows = list(csv.DictReader(io.StringIO(tables["assumptions"].lstrip("\ufeff"))))
    told = [found.base, *(point for _, point in found.changed)]
    for name, of in (("power", "value"), ("power_error", "error")):
        numbers = [getattr(point.power, of) for point in told]
        assert [float(row[name]) for row in rows] == pytest.approx(numbers)


def test_files_appear_together_and_are_the_same_again(found, given, tmp_path):
    files = write_power(found, tmp_path / "a")
    names = [path.relative_to(tmp_path / "a").as_posix() for path in files]
    assert names[:4] == ["report.html", "report.pdf", "paragraph.txt", "results.json"]
    assert {n for n in names if n.startswith("figures")} == {
        f"figures/power_n.{end}" for end in ("svg", "pdf", "png")
    }
    page = files[0].read_text(encoding="utf-8")
    assert SCRIPT not in page
    assert "&lt;script&gt;" in page
    assert not re.search(r">\s*nan\s*<", page)
    write_power(found, tmp_path / "b")
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    write_power(given, tmp_path / "a")
    assert not (tmp_path / "a" / "tables" / "search.csv").exists()
    (tmp_path / "a" / "paragraph.txt").write_text("mine")
    for refuse in (lambda: write_power(given, tmp_path / "a"),
                   lambda: require_place(given.request, tmp_path / "a")):  # fmt: skip
        with pytest.raises(DataError, match=r"paragraph.txt would be replaced"):
            refuse()


@pytest.mark.whole
def test_what_is_refused_beforehand_is_what_is_written(found, tmp_path):
    more = study(n=(20,), over=("dropout",), replicates=20)
    for made, place in ((found, tmp_path / "a"), (more, tmp_path / "b")):
        for path in write_power(made, place):
            before = path.read_bytes()
            path.write_bytes(b"mine")
            with pytest.raises(DataError, match="would be replaced"):
                require_place(made.request, place)
            path.write_bytes(before)
        require_place(made.request, place)


def test_figures_have_words_for_who_cannot_see_them(found):
    ax = draw_figures(found)["power_n"]
    told = rs.describe(ax)
    assert told.startswith("Power of retro - control by simulation against subjects per arm")
    assert "power of 80%" in told
    document = power_document(found, DRAWN)
    assert [b.id for b in document.blocks if isinstance(b, Figure)] == ["power_n"]
