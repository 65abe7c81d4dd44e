"""The report of pooled trials: its words, its numbers, its files, with 0, 1, 2 and many trials."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from dataclasses import replace

import pytest

import retrostats as rs
from retrostats.errors import DataError
from retrostats.instruments import Instrument
from retrostats.report.blocks import Figure, Heading, Notice, Paragraph, Table
from retrostats.report.meta.answer import lead, limits_words
from retrostats.report.meta.citing import METHODS, method_references
from retrostats.report.meta.content import meta_document
from retrostats.report.meta.drawings import draw_figures
from retrostats.report.meta.evidence import evidence_of_table
from retrostats.report.meta.results import as_json
from retrostats.report.meta.scale import Scale, in_points, points_words
from retrostats.report.meta.synthesis import synthesise
from retrostats.report.meta.writing import FORMATS, write_meta

from .conftest import SCRIPT
from .meta_made import evidence, real

DRAWN = {"forest": "a forest", "funnel": "a funnel"}
NRS = rs.load_instruments()["nrs"]


def headings(document):
    return [b.text for b in document.blocks if isinstance(b, Heading) and b.depth == 2]


def prose(document):
    return " ".join(b.text for b in document.blocks if isinstance(b, Notice | Paragraph))


def table(document, name):
    return next(b for b in document.blocks if isinstance(b, Table) and b.id == name).layout


def test_the_answer_is_what_pool_computes():
    given = evidence(3)
    found = synthesise(given, tau2="pm", test="t", level=0.9)
    pooled = rs.pool(given.estimates, tau2="pm", test="t", level=0.9)
    assert found.pooled == pooled
    told = lead(found)
    assert told.startswith("3 trials with 123 subjects can be pooled for pain.")
    low, high = pooled.pooled.ci[:2]
    assert f"{pooled.pooled.value:.2f} SD (90% CI {low:.2f} to {high:.2f})" in told
    assert "2 degrees of freedom" in told
    assert "Values below zero favour retro walking, values above zero favour control." in told
    low, high = pooled.prediction[:2]
    assert f"is {low:.2f} to {high:.2f} SD." in told


def test_the_answer_of_the_bundled_trials_stands_on_its_own_numbers():
    found = real("pain")
    pain = rs.pool(rs.collect("pain"))
    assert found.pooled.pooled == pain.pooled
    assert found.evidence.subjects == 77  # 23 + 22 (inferred) and 16 + 16
    assert lead(found).startswith("2 trials with 77 subjects")
    assert "Negative values favour retro walking." in lead(found)
    assert limits_words(found).startswith("5 further trials on file measured pain")


def test_a_log_ratio_is_told_as_a_ratio_too():
    logs = tuple(
        rs.Estimate.from_se(f"Trial {n}", math.log(ratio), 0.2, unit="log risk ratio")
        for n, ratio in enumerate((0.5, 0.8))
    )
    given = replace(evidence(2), estimates=logs, rows=(), outcome="falls")
    found = synthesise(given)
    middle = math.exp((math.log(0.5) + math.log(0.8)) / 2)
    assert f"As a ratio that is {middle:.3g} (95% CI" in lead(found)
    assert draw_figures(found)["forest"].get_xscale() is not None


@pytest.mark.parametrize(("trials", "why"), [(0, "no trial gives"), (1, "only one trial gives")])
def test_without_a_pool_the_report_says_so_and_shows_what_there_is(trials, why):
    found = synthesise(evidence(trials))
    assert found.pooled is None
    assert lead(found).startswith(f"Nothing is pooled for pain: {why}")
    figures = draw_figures(found)
    assert set(figures) == ({"forest"} if trials else set())
    document = meta_document(found, dict.fromkeys(figures, "alt"))
    assert "How much do the trials disagree?" not in headings(document)
    assert "Which trials do not, and why" in headings(document)
    content = json.loads(as_json(found))
    assert content["pooled"] is None
    assert why in content["why_not_pooled"]


def test_estimates_that_cannot_be_pooled_give_the_reason_and_no_other_method():
    given = evidence(2)
    points = rs.Estimate.from_se("Trial 2", -1.0, 0.3, unit="points")
    mixed = replace(given, estimates=(given.estimates[0], points))
    found = synthesise(mixed)
    assert found.pooled is None
    assert "units differ" in found.why_not
    assert draw_figures(found) == {}


def test_sections_come_in_the_order_a_reader_needs():
    document = meta_document(synthesise(evidence(3)), DRAWN)
    assert headings(document) == [
        "The answer",
        "The trials in one figure",
        "Which trials contribute",
        "Which trials do not, and why",
        "How much do the trials disagree?",
        "Does one trial carry the answer?",
        "What would other choices give?",
        "Do small trials tell another story?",
        "How certain is it?",
        "How the trials were found",
        "How to cite, and versions",
    ]
    assert [b.id for b in document.blocks if isinstance(b, Figure)] == ["forest", "funnel"]


def test_tables_show_the_numbers_that_were_computed():
    found = synthesise(evidence(3))
    document = meta_document(found, DRAWN)
    trials = table(document, "trials")
    assert [row[trials.header.index("Weight")] for row in trials.rows] == [
        f"{100 * weight:.1f}%" for weight in found.pooled.weights
    ]
    assert [row[trials.header.index("n")] for row in trials.rows] == ["40", "41", "42"]
    assert table(document, "left_out").rows == (("Nobody 2020", "no figure"),)
    assert table(document, "unrelated").rows == (("Noone 2021", "no pain"),)
    assert table(document, "heterogeneity") == rs.heterogeneity_interval(found.pooled).layout()
    assert table(document, "leave_one_out") == rs.leave_one_out(found.pooled).layout()


def note(document, name):
    return next(b for b in document.blocks if isinstance(b, Table) and b.id == name).note


def test_short_names_and_marks_are_explained_below_their_table():
    document = meta_document(real("function"), DRAWN)
    for name in ("DerSimonian-Laird", "reml, restricted maximum", "hksj, Hartung-Knapp"):
        assert name in note(document, "sensitivity")
    rows = real("function").further.sensitivity.rows
    short = [row.label for row in rows if row.group in ("Variance between trials", "Test")]
    assert len(short) == 13
    assert all(f"{name}, " in note(document, "sensitivity") for name in short)
    for mark in ("n, subjects", "SD, the unit", "Route, ", "r, the correlation", "†, a figure"):
        assert mark in note(document, "trials")
    plain = note(meta_document(synthesise(evidence(3)), DRAWN), "trials")
    assert plain.startswith("n, subjects")
    assert not any(mark in plain for mark in ("Route", "r, the", "†"))


def test_the_answer_says_what_an_interval_on_both_sides_means():
    assert "which side is better is left open" in limits_words(real("function"))
    pain = limits_words(real("pain"))
    assert "left open" not in pain
    assert "may find the opposite" not in pain
    apart = synthesise(evidence(4), test="z")
    assert apart.pooled.pooled.ci.high < 0 < apart.pooled.prediction.high
    assert "a further trial may find the opposite" in limits_words(apart)


def test_every_caveat_of_the_pool_is_a_notice():
    found = synthesise(replace(evidence(2), caveats=("the file is odd",)))
    told = [b.text for b in meta_document(found, DRAWN).blocks if isinstance(b, Notice)]
    assert len(found.pooled.caveats) >= 1
    assert all(any(caveat in text for text in told) for caveat in found.pooled.caveats)
    assert "The file is odd." in told


def test_asymmetry_is_tested_from_ten_trials_on():
    nine, ten = synthesise(evidence(9)), synthesise(evidence(10))
    assert nine.further.egger is None
    assert "there are 9 trials" in nine.further.why_not["egger"]
    assert ten.further.egger.p == rs.egger_test(ten.pooled).p
    told = prose(meta_document(ten, DRAWN))
    assert "Egger's test" in told


def test_the_common_effect_has_no_prediction_and_no_interval_of_tau2():
    found = synthesise(evidence(3), tau2="common")
    assert "prediction interval" not in lead(found)
    assert found.further.heterogeneity is None
    told = prose(meta_document(found, DRAWN))
    assert "There is no interval of tau²" in told


def test_json_holds_what_was_computed():
    found = synthesise(evidence(3))
    content = json.loads(as_json(found))
    assert content["schema"] == 1
    assert math.isclose(content["pooled"]["pooled"]["value"], found.pooled.pooled.value)
    assert [row["used"] for row in content["estimates"]] == [True] * 3
    assert len(content["leave_one_out"]) == 3
    assert content["egger"] is None
    assert len(content["sensitivity"]["rows"]) == len(found.further.sensitivity.rows)
    assert content["grade"]["domains"][0]["domain"] == "risk_of_bias"
    assert content["grade"]["certainty"] is None
    assert "NaN" not in as_json(real("pain"))
    bare = json.loads(as_json(real("pain")))["reviews"][0]
    assert (bare["low"], bare["compared"]["intervals_overlap"]) == (None, None)


def rows_of(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


@pytest.mark.whole
def test_files_are_written_and_are_the_same_twice(tmp_path):
    found = real("pain")
    first = write_meta(found, tmp_path / "one")
    second = write_meta(found, tmp_path / "two")
    names = [path.name for path in first]
    assert names[0] == "meta.html"
    assert set(names) == {
        "meta.html", "meta.json", "estimates.csv", "left_out.csv", "sensitivity.csv", "meta.sha256",
        *(f"{name}.{end}" for name in ("forest", "funnel") for end in FORMATS),
    }  # fmt: skip
    assert all(a.read_bytes() == b.read_bytes() for a, b in zip(first, second, strict=True))
    rows = rows_of(tmp_path / "one" / "estimates.csv")
    used = [row for row in rows if row["pooled"] == "yes"]
    assert [float(row["weight"]) for row in used] == pytest.approx(found.pooled.weights)
    assert [float(row["estimate"]) for row in used] == pytest.approx(
        [each.value for each in found.pooled.trials]
    )
    left = rows_of(tmp_path / "one" / "left_out.csv")
    assert [row["has_outcome"] for row in left].count("yes") == len(found.evidence.left_out)
    choices = rows_of(tmp_path / "one" / "sensitivity.csv")
    assert len(choices) == len(found.further.sensitivity.rows)
    assert float(choices[0]["estimate"]) == pytest.approx(found.pooled.pooled.value)


@pytest.mark.whole
def test_the_page_needs_nothing_from_outside(tmp_path):
    page = write_meta(real("pain"), tmp_path)[0].read_text(encoding="utf-8")
    assert "<script" not in page
    assert not re.search(r"(?:src|href)=\"(?!#|data:)", page)
    assert page.count("data:image/svg+xml;base64,") == 2


@pytest.mark.whole
def test_hostile_words_are_escaped(tmp_path):
    given = replace(evidence(2), left_out=((SCRIPT, SCRIPT),), outcome=SCRIPT, caption=SCRIPT)
    page = write_meta(synthesise(given), tmp_path)[0].read_text(encoding="utf-8")
    assert SCRIPT not in page
    assert "&lt;script&gt;" in page


@pytest.mark.whole
def test_files_of_others_stay_and_figures_of_an_earlier_report_go(tmp_path):
    write_meta(synthesise(evidence(3)), tmp_path)
    (tmp_path / "mine.txt").write_text("mine")
    write_meta(synthesise(evidence(1)), tmp_path)
    assert not (tmp_path / "funnel.svg").exists()
    assert (tmp_path / "forest.svg").exists()
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_a_file_that_no_report_wrote_is_not_replaced(tmp_path):
    own = tmp_path / "estimates.csv"
    own.write_text("study,estimate,se\n")
    with pytest.raises(DataError, match=r"estimates\.csv would be replaced"):
        write_meta(synthesise(evidence(3)), tmp_path)
    assert own.read_text() == "study,estimate,se\n"
    assert [path.name for path in tmp_path.iterdir()] == ["estimates.csv"]


def test_a_table_of_ones_own_is_evidence(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("study,estimate,se,n\nTrial A,-0.5,0.2,40\nTrial B,-0.1,0.3,31\n")
    given = rs.read_estimates(path, measure="standardised mean difference")
    found = evidence_of_table(given, "pain", favours=("walking", "rest"), benefit="negative")
    assert found.subjects == 71
    assert found.studies == ("Trial A", "Trial B")
    assert found.digests == (("mine.csv", given.digest),)
    assert synthesise(found).pooled == rs.pool(given)


def test_points_are_the_effect_times_the_sd():
    effect = rs.Estimate.from_se("pooled", -0.5, 0.1, unit="SD")
    told = in_points(effect, Scale(instrument=NRS, sd=2.0))
    assert (told.value, told.se, told.unit) == (-1.0, 0.2, "points")
    assert told.ci.low == pytest.approx(2 * effect.ci.low)
    assert told.p == effect.p
    own = rs.Estimate.from_se("pooled", -1.2, 0.3, unit="points")
    assert in_points(own, Scale(instrument=NRS)) is own
    assert in_points(effect, Scale(instrument=NRS)) is None


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (-2.0, "lies wholly beyond it as a benefit"),
        (-1.0, "reaches from below it to beyond it"),
        (-0.2, "does not reach it"),
        (2.0, "does not reach it"),
    ],
)
def test_points_are_held_against_a_worthwhile_change(value, words):
    effect = rs.Estimate.from_se("pooled", value, 0.2, unit="SD")
    told = points_words(effect, Scale(instrument=NRS, sd=2.0))
    assert "(an assumption)" in told
    assert "2 points (MCID; " in told
    assert words in told


def test_where_higher_is_better_a_positive_effect_is_the_benefit():
    high = replace(NRS, better="higher")
    assert isinstance(high, Instrument)
    effect = rs.Estimate.from_se("pooled", 2.0, 0.2, unit="SD")
    assert "lies wholly beyond it" in points_words(effect, Scale(instrument=high, sd=2.0))


def test_an_impossible_sd_is_refused():
    for sd in (0.0, -1.0, 10.0, math.nan):
        with pytest.raises(DataError, match="an SD of"):
            Scale(instrument=NRS, sd=sd)


def test_methods_that_were_used_are_cited():
    keys = [each.key for each in method_references(synthesise(evidence(3), tau2="dl"))]
    assert keys == [
        METHODS[name].key for name in ("dl", "hksj", "prediction", "heterogeneity", "funnel")
    ]
    assert method_references(synthesise(evidence(0))) == ()
