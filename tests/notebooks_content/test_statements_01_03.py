"""What the words of notebooks 01 to 03 say of the figures is what their code finds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import retrostats as rs

#: Whole notebooks are run.
pytestmark = pytest.mark.whole


@pytest.fixture(scope="module")
def first(notebook, tmp_path_factory):
    return notebook("01", tmp_path_factory.mktemp("first")).names


@pytest.fixture(scope="module")
def second(notebook, tmp_path_factory):
    return notebook("02", tmp_path_factory.mktemp("second")).names


@pytest.fixture(scope="module")
def third(notebook, tmp_path_factory):
    return notebook("03", tmp_path_factory.mktemp("third"))


def test_01_the_abstract_of_2013_prints_p_values_and_no_mean_of_an_arm(first):
    rows = first["first"].tidy()
    assert {"mean", "sd"}.isdisjoint(rows[rows.arm != ""].statistic)
    assert "quoted elsewhere" in set(rows.source)


def test_01_the_abstract_of_2019_prints_changes_of_two_arms_and_no_sd(first):
    rows = first["second"].tidy()
    changes = rows[rows.statistic == "mean_change"]
    assert sorted(set(changes.arm)) == ["control", "retro"]
    assert sorted(set(changes.outcome)) == ["function", "pain"]
    assert not set(rows.statistic) & {"sd", "sd_change", "se"}
    assert set(rows[(rows.arm == "retro") & (rows.statistic == "n")].kind) == {"inferred"}


def test_01_only_counts_come_out_again_and_half_of_the_rows_are_derived(first):
    found = first["found_first"]
    assert {row.quantity for row in found.only(verdict="reproduced").rows} == {"n"}
    assert found.counts()["derived"] * 2 == len(found.rows)
    assert first["found_second"].counts()["reproduced"] == 0
    for each in (found, first["found_second"]):
        printed = each.only(quantity="p").rows
        assert printed
        assert all(row.verdict.startswith("not recomputable") for row in printed)


def test_01_every_interval_is_wide(first):
    for found in (first["found_first"], first["found_second"]):
        signed = [row for row in found.only(quantity="hedges_g").rows if "95% CI" in row.detail]
        assert signed
        assert all(0 < row.low < 0.25 and row.high > 1.4 for row in signed)


def test_01_the_printed_difference_in_pain_is_below_the_worthwhile_change(first):
    assert 0 < first["low"] < first["high"] < min(c.value for c in first["scale"].important())


def test_01_the_cited_trials_are_among_29_and_contradict_nothing(first):
    counts = first["counts"]
    assert len(counts) == len(first["everything"]) == 2 + 27
    faulty = counts[counts["contradicted"] + counts["inconsistent table"] > 0].index
    assert {"gondhalekar2013", "alghadir2019"}.isdisjoint(faulty)
    assert "chen2021" in faulty


def test_01_most_retro_trials_print_too_little_for_the_forest(first):
    trials = [f.trial.id for f in first["everything"] if f.trial.role in first["roles"]]
    shown = [t for t in trials if rs.published_effects([rs.reproduce(t)])]
    assert 0 < len(shown) <= len(trials) / 2


def test_02_retro_against_forward_lacks_the_figure_that_decides(second):
    for claim in ("pain-retro-vs-forward", "strength-retro-vs-forward"):
        judged = second["judged"][claim]
        assert judged.verdict == "not checkable"
        assert judged.tally() == {"for": 0, "against": 0, "silent": 1}
        other = [f for f in judged.findings if f.trial == "goonasegaran2022"]
        assert [f.says for f in other] == ["against"]


def test_02_the_verdicts_that_the_sections_speak_of(second):
    verdicts = {name: judged.verdict for name, judged in second["judged"].items()}
    assert verdicts["adjunct-disability"] == "supported"
    assert verdicts["adjunct-pain"] == "mixed"
    assert verdicts["ekam-both-peaks"] == "contradicted"
    assert "running" in str(second["judged"]["patellofemoral-compression"])
    for none in ("pfp-common-in-runners", "knee-rom"):
        assert verdicts[none] == "not checkable"


def test_02_the_steps_show_what_they_say(second):
    assert second["sizes"] == [15, 15]
    effect = rs.effect_from_p(0.04, n1=15, n2=15)
    assert 0 < effect.ci.low < 0.05
    assert effect.ci.high > 1.4
    assert [row.verdict for row in second["chen"].only(quantity="p").rows] == ["reproduced"] * 2
    for estimate in second["function"]:
        assert estimate.ci.low > 0 or "size only" in estimate.label
    small = rs.hedges_g(
        rs.ArmSummary(arm="a", n=15, mean=0.5, sd=1), rs.ArmSummary(arm="b", n=15, mean=0, sd=1)
    )
    assert small.ci.low < 0
    assert small.ci.high > 1


def test_02_all_eight_claims_are_shown_or_counted(second):
    assert list(second["judged"]) == [claim.id for claim in second["claims"]]
    assert len(second["claims"]) == 8


@pytest.mark.whole
def test_03_shows_the_answer_of_the_example(third):
    answer = "retro - control: -0.797 points (95% CI -1.44 to -0.157)"
    assert answer in str(third.names["analysis"])
    assert len([each for each in third.shown if hasattr(each, "figure")]) == 8
    assert "report/report.html" in third.printed


@pytest.mark.parametrize("digits", ["01", "02", "03"])
def test_no_number_in_the_words_goes_stale(digits):
    """Years, steps and counts of people in words aside, the words hold no digits."""
    (path,) = Path(__file__).resolve().parents[2].glob(f"notebooks/{digits}_*.py")
    words = "\n".join(
        line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("# ")
    )
    words = re.sub(r"`[^`]*`|Step \d|step \d|Table 1|\b20(13|19)\b", "", words)
    assert re.findall(r"\d+", words) == []
