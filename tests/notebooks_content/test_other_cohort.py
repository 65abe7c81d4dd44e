"""Notebook 03 on a trial that shares no name with the example: it must need no change."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import retrostats as rs
from retrostats.errors import PlanError

#: Two arms of ten; a wide German file: semicolons, decimal commas, umlauts, empty cells.
ROWS = """\
Nr;Gruppe;Alter;Kraft vorher;Kraft nachher;Strecke vorher;Strecke nachher
1;Rückwärts;61,5;210,4;241,9;412,0;455,5
2;Kontrolle;58,0;198,2;201,7;398,5;401,0
3;Rückwärts;49,5;251,0;262,3;466,0;489,5
4;Kontrolle;66,0;182,9;190,1;371,5;380,0
5;Rückwärts;70,5;176,6;203,4;355,0;392,5
6;Kontrolle;52,5;239,7;236,2;441,0;446,0
7;Rückwärts;63,0;205,3;;402,5;
8;Kontrolle;60,5;214,8;219,9;420,0;417,5
9;Rückwärts;55,0;231,2;266,0;437,5;470,0
10;Kontrolle;68,5;187,4;184,6;362,0;371,0
11;Rückwärts;57,5;222,6;239,1;428,0;442,5
12;Kontrolle;47,0;244,1;259,3;459,5;463,0
13;Rückwärts;65,5;193,9;217,2;384,0;425,5
14;Kontrolle;62,0;208,5;205,8;409,0;411,5
15;Rückwärts;51,0;246,8;270,4;462,5;498,0
16;Kontrolle;59,0;217,3;228,7;415,5;424,0
17;Rückwärts;72,0;171,1;188,9;348,0;369,5
18;Kontrolle;54,5;229,9;;435,0;
19;Rückwärts;60,0;212,7;238,5;419,5;446,5
20;Kontrolle;64,5;195,6;202,2;390,0;395,5
"""

CODEBOOK = """\
title = "Rückwärtsgehen nach Kniegelenkersatz (erfunden)"
simulated = true

[file]
layout = "wide"
decimal = ","
delimiter = ";"

[roles]
subject = "Nr"
arm = "Gruppe"

[[arms]]
label = "RW"
name = "Rückwärtsgehen"
values = ["Rückwärts"]

[[arms]]
label = "KG"
name = "Kontrollgruppe"
values = ["Kontrolle"]
reference = true

[[visits]]
label = "vorher"
week = 0

[[visits]]
label = "nachher"
week = 12

[[outcomes]]
name = "kraft"
label = "Kraft des Quadrizeps"
instrument = "quadriceps_n"
columns = { vorher = "Kraft vorher", nachher = "Kraft nachher" }

[[outcomes]]
name = "strecke"
label = "Gehstrecke"
columns = { vorher = "Strecke vorher", nachher = "Strecke nachher" }

[outcomes.instrument]
name = "Gehstrecke in sechs Minuten"
measures = "walking"
low = 0
high = 1000
unit = "m"
better = "higher"

[[covariates]]
name = "alter"
label = "Alter"
column = "Alter"
type = "number"
unit = "Jahre"
low = 18
high = 100
"""

PLAN = """\
title = "Plan (erfunden)"

[estimand]
treatment = "RW"
comparator = "KG"
population = "adults after replacement of a knee"
endpoint = "strecke"
week = 12

[[secondary]]
outcome = "kraft"
week = 12

[model]
kind = "ancova"
covariates = ["alter"]
df = "residual"
level = 0.9
"""

FILES = {"cohort": "meine.csv", "codebook": "mein.toml", "plan": "mein_plan.toml"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in zip(FILES.values(), (ROWS, CODEBOOK, PLAN), strict=True):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.whole
def test_it_runs_unchanged_and_speaks_of_the_other_trial_alone(notebook, folder):
    run = notebook("03", folder, **FILES)
    analysis = run.names["analysis"]
    assert "strecke" in analysis.tidy().outcome.tolist()
    assert str(analysis.answer).startswith("RW - KG: ")
    assert "The plan has no subgroups." in run.printed
    assert (folder / "report" / "report.html").is_file()
    shown = run.printed + "".join(map(str, run.shown))
    assert "Rückwärtsgehen compared with Kontrollgruppe" in shown
    assert not [word for word in ("retro -", "- control", "week 6", "WOMAC") if word in shown]

    says_the_primary_endpoint(run)


def says_the_primary_endpoint(run):
    figures = [rs.describe(each) for each in run.shown if hasattr(each, "figure")]
    assert len(figures) == 8
    flow, missing, raincloud, estimation, forest, course, responders, residuals = figures
    assert "20 randomised" in flow
    assert "Gehstrecke" in missing
    assert "Gehstrecke (m), nachher" in raincloud
    assert "higher is better" in estimation
    assert "Kontrollgruppe" in estimation
    assert "favours the second-named arm" in forest.split("wholly below")[1]
    assert "Gehstrecke (m)" in course
    assert "Rückwärtsgehen" in responders
    assert "residuals" in residuals
    assert "90% CI" in str(run.names["analysis"])


def test_a_plan_for_another_trial_is_refused_with_what_to_do(notebook, folder):
    with pytest.raises(PlanError) as told:
        notebook("03", folder, **(FILES | {"plan": "example/plan.toml"}))
    message = str(told.value)
    assert "retro" in message
    assert "RW" in message
    assert "pain" in message
    assert "strecke" in message


def test_the_file_of_another_trial_is_refused_with_line_and_column(notebook, folder):
    shutil.copy(folder / "mein.toml", folder / "falsch.toml")
    (folder / "meine.csv").write_text(ROWS.replace("61,5", "61,5 J"), encoding="utf-8")
    with pytest.raises(rs.DataError, match=r"line 2, column Alter"):
        notebook("03", folder, **FILES)
