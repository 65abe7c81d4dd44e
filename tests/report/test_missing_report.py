"""What the report says of missing outcomes: in words, figures, JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest

from retrostats.analysis.analyse import analyse
from retrostats.data.catalogue import data_folder
from retrostats.data.cohort.reading import read_cohort
from retrostats.figures.style import describe
from retrostats.plan.reading import read_plan
from retrostats.plan.types import Sensitivity
from retrostats.report.analysis.csv_tables import csv_tables
from retrostats.report.analysis.drawings import further_figures
from retrostats.report.analysis.further import sensitivity_blocks
from retrostats.report.analysis.results import as_json
from retrostats.report.blocks import Figure, Paragraph, Table
from retrostats.report.sources.methods import method_references

KINDS = (
    Sensitivity(kind="jump to reference"),
    Sensitivity(kind="multiple imputation", imputations=20, seed=1),
    Sensitivity(kind="tipping point"),
)
DRAWN = {"sensitivity": "all analyses", "tipping": "where it tips"}


@pytest.fixture(scope="module")
def analysis():
    folder = data_folder() / "example_cohort"
    cohort = read_cohort(folder / "cohort.csv", folder / "codebook.toml")
    plan = read_plan(folder / "plan.toml")
    short = replace(plan, secondary=(), subgroups=(), responders=(), sensitivity=KINDS)
    return analyse(cohort, short)


def texts(blocks) -> list[str]:
    return [block.text for block in blocks if isinstance(block, Paragraph)]


def test_the_table_has_them_beside_the_planned_analysis(analysis) -> None:
    blocks = sensitivity_blocks(analysis, DRAWN)
    (table,) = [block for block in blocks if isinstance(block, Table)]
    assert [row[0] for row in table.layout.rows] == [
        "as planned",
        "jump to reference",
        "multiple imputation",
        "tipping point",
    ]
    assert [row[1] for row in table.layout.rows] == ["42", "45", "45", "45"]
    assert table.layout.rows[3][2:5] == ("–", "–", "–")
    assert "1.04 points (1 SD) worse" in table.layout.rows[3][-1]
    assert [block.id for block in blocks if isinstance(block, Figure)] == list(DRAWN)


def test_words_say_what_would_have_to_be_true(analysis) -> None:
    told = " ".join(texts(sensitivity_blocks(analysis, DRAWN)))
    assert "The 95% interval reaches zero if the missing scores of retro at week 6 are 1.04" in told
    assert "2 outcomes of this arm are missing." in told
    assert "the data cannot tell" in told


@pytest.mark.parametrize(
    ("verdict", "words"),
    [("holds", "No larger shift was tried"), ("open", ""), ("nothing missing", "")],
)
def test_each_verdict_has_its_words(analysis, verdict: str, words: str) -> None:
    *rows, last = analysis.sensitivity
    tipping = replace(last.tipping, verdict=verdict, delta=float("nan"), at=None)
    changed = replace(analysis, sensitivity=(*rows, replace(last, tipping=tipping)))
    every = texts(sensitivity_blocks(changed, {}))
    told = next(text for text in every if text.startswith(tipping.sentence))
    # The planned interval of the example excludes zero: both cannot stand without a word.
    assert any("planned interval, which is the answer" in t for t in every) == (verdict == "open")
    assert words in told
    assert "is not a question of statistics" not in told


def test_without_them_nothing_is_said_of_them(analysis) -> None:
    plain = replace(analysis, sensitivity=analysis.sensitivity[:1] * 2)
    blocks = sensitivity_blocks(plain, {})
    assert len(texts(blocks)) == 1
    assert not [block for block in blocks if isinstance(block, Figure)]
    assert {"missing", "tipping"}.isdisjoint(csv_tables(plain))


def test_figures_are_drawn_where_there_is_something_to_draw(analysis) -> None:
    figures = further_figures(analysis)
    assert list(figures) == ["sensitivity", "tipping"]
    assert "3 estimates" in describe(figures["sensitivity"])
    words = [text.get_text() for text in figures["sensitivity"].texts]
    assert {"as planned", "jump to reference", "multiple imputation"} <= set(words)
    assert "tipping point" not in words
    assert "← favours the treatment" in words  # of pain, lower is better
    *rows, last = analysis.sensitivity
    nothing = replace(last, tipping=replace(last.tipping, verdict="nothing missing"))
    alone = replace(analysis, sensitivity=(rows[0], nothing))
    assert further_figures(alone) == {}


def test_json_and_csv_have_every_number(analysis) -> None:
    planned, jump, drawn, tipped = json.loads(as_json(analysis))["sensitivity"]
    assert planned["missing"] is planned["tipping"] is None
    assert jump["missing"]["imputed"] == {"control": 4, "retro": 2, "forward": 3}
    assert (jump["missing"]["strategy"], jump["missing"]["fmi"]) == ("jump to reference", None)
    assert drawn["missing"]["seed"] == 1
    assert 0 < drawn["missing"]["fmi"] < 1
    found = tipped["tipping"]
    assert (tipped["estimate"], found["verdict"]) == (None, "tips")
    assert found["estimate_at"]["ci"]["high"] == pytest.approx(0, abs=1e-9)
    assert found["start"]["estimate"]["value"] < found["estimate_at"]["value"]
    tables = {
        name: list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
        for name, text in csv_tables(analysis).items()
    }
    assert len(tables["missing"]) == 9  # three analyses of three arms
    assert [row["imputed"] for row in tables["missing"][:3]] == ["4", "2", "3"]
    assert tables["missing"][0]["fmi"] == ""
    grid = tables["tipping"]
    assert len(grid) == 25**2
    (origin,) = [r for r in grid if r["worse_treatment"] == r["worse_comparator"] == "0.0"]
    assert float(origin["estimate"]) == found["start"]["estimate"]["value"]


def test_the_papers_behind_them_are_cited_once(analysis) -> None:
    keys = [paper.key for paper in method_references(analysis)]
    wanted = ["carpenter2013", "wolbers2022", "barnard1999", "yan2009"]
    assert [key for key in keys if key in wanted] == wanted


def test_two_standard_errors_are_told_where_the_plan_has_both(analysis) -> None:
    told = "The delta rows keep the standard error"
    assert not any(told in text for text in texts(sensitivity_blocks(analysis, DRAWN)))
    shifted = (*analysis.plan.sensitivity, Sensitivity(kind="delta", deltas=(1.0,)))
    both = replace(analysis, plan=replace(analysis.plan, sensitivity=shifted))
    assert sum(told in text for text in texts(sensitivity_blocks(both, DRAWN))) == 1
