import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from retrostats.data import catalogue
from retrostats.data.catalogue import (
    data_folder,
    list_trials,
    load_trial,
    load_trials,
    trial_folders,
)
from retrostats.data.published import PublishedTrial, split_contrast
from retrostats.errors import DataError

ROOT = Path(__file__).resolve().parents[2]
BUNDLED = (
    *("alghadir2019", "ard_physiotherapy", "baby2022", "balasukumaran2019", "brosseau2012"),
    *("cairo2024", "chen2021", "drummen2023", "fransen2015", "gondhalekar2013"),
    *("gondhalekar_pilot", "goonasegaran2022", "jpsr2024", "jpts2014", "kettunen2007"),
    *("kogilavani", "koos_8week", "lin2025", "pdbt2021", "pratiwi2023", "ptji277", "qiu2023"),
    *("rangey2016", "roos2012", "shabbir2022", "thorstensson2005", "zahra", "zhang2015"),
    "zhang2025",
)


def test_the_bundled_trials_are_these_29():
    assert list_trials() == BUNDLED
    assert len(BUNDLED) == 29


@pytest.mark.parametrize("name", BUNDLED)
def test_each_bundled_trial_loads_with_the_digests_of_its_files(name):
    trial = load_trial(name)
    folder = data_folder() / "trials" / name
    assert trial.id == name
    assert trial.citation
    assert trial.figures
    assert trial.digests == tuple(
        (file, hashlib.sha256((folder / file).read_bytes()).hexdigest())
        for file in ("trial.toml", "values.csv")
    )


def test_an_id_and_the_path_of_its_folder_load_the_same():
    by_id = load_trial("qiu2023")
    assert load_trial(data_folder() / "trials" / "qiu2023") == by_id
    assert load_trial(str(data_folder() / "trials" / "qiu2023")) == by_id


def test_the_working_folder_may_be_the_trial(write_trial, monkeypatch):
    monkeypatch.chdir(write_trial())
    assert load_trial(".").id == "walk2020"
    (Path.cwd() / "inner").mkdir()
    monkeypatch.chdir("inner")
    assert load_trial("..").id == "walk2020"


@pytest.mark.parametrize("name", ["nobody1999", "", "x" * 5000, "a\0b", "qiu2023/"])
def test_an_unknown_id_names_the_known_ones(name):
    with pytest.raises(DataError) as error:
        load_trial(name)
    near = (
        "did you mean qiu2023?" if str(name) == "qiu2023/" else f"there are {', '.join(BUNDLED)}."
    )
    assert str(error.value) == f"{name}: no bundled trial and no folder of that name; {near}"


def test_unknown_ids_of_a_run_are_told_together(write_trial):
    folder = write_trial().parent
    with pytest.raises(DataError) as error:
        load_trials(["nobody", "walk2020", "noone"], folder)
    assert str(error.value) == (
        "no trial nobody, noone; there are walk2020. Trials of your own are read with --trials "
        "and the folder that holds their folders"
    )


def test_trials_come_in_the_order_asked_and_each_once():
    trials = load_trials(["zahra", "qiu2023", "zahra"])
    assert [trial.id for trial in trials] == ["zahra", "qiu2023"]
    assert [trial.id for trial in load_trials()] == list(BUNDLED)


def test_a_trial_cannot_be_changed():
    trial = load_trial("qiu2023")
    assert isinstance(trial, PublishedTrial)
    with pytest.raises(FrozenInstanceError):
        trial.role = "review"
    with pytest.raises(FrozenInstanceError):
        trial.figures[0].arm = "x"
    assert isinstance(trial.figures, tuple)
    assert hash(trial) == hash(load_trial("qiu2023"))


def test_the_notebook_view_escapes_what_the_file_says(write_trial):
    folder = write_trial()
    path = folder / "trial.toml"
    path.write_text(path.read_text().replace("Nobody A.", "<script>alert(1)</script>"))
    view = load_trial(folder)._repr_html_()
    assert "&lt;script&gt;" in view
    assert "<script>" not in view


def test_hidden_folders_and_single_files_are_no_trials(write_trial):
    folder = write_trial().parent
    (folder / ".git").mkdir()
    (folder / "__pycache__").mkdir()
    (folder / "README.md").write_text("about")
    assert list(trial_folders(folder)) == ["walk2020"]


def test_a_folder_without_trials_says_how_to_begin(tmp_path):
    with pytest.raises(DataError) as error:
        trial_folders(tmp_path)
    assert str(error.value) == (
        f"{tmp_path}: holds no trial folder; `retrostats new trial ID --to {tmp_path}` writes one"
    )


def test_a_folder_that_does_not_exist_or_is_a_trial_itself_is_told(write_trial, tmp_path):
    with pytest.raises(DataError) as error:
        trial_folders(tmp_path / "nowhere")
    expected = "no such folder; expected a folder of trial folders"
    assert str(error.value) == f"{tmp_path / 'nowhere'}: {expected}"
    folder = write_trial()
    with pytest.raises(DataError) as error:
        trial_folders(folder)
    expected = "is itself a trial folder; give the folder that holds it"
    assert str(error.value) == f"{folder}: {expected}"


def test_an_installed_wheel_finds_its_data_inside_the_package(tmp_path):
    site = tmp_path / "site"
    shutil.copytree(
        ROOT / "retrostats", site / "retrostats", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copytree(data_folder(), site / "retrostats" / "_data")
    code = (
        "import retrostats; from retrostats.data.catalogue import data_folder; "
        "print(data_folder()); print(*retrostats.list_trials()); retrostats.load_trial('qiu2023')"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(site)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.splitlines() == [str(site / "retrostats" / "_data"), " ".join(BUNDLED)]


def test_a_broken_installation_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(catalogue, "__file__", str(tmp_path / "retrostats/data/catalogue.py"))
    with pytest.raises(DataError) as error:
        list_trials()
    assert str(error.value) == (
        "the bundled data are missing: neither retrostats/_data nor data/ has a folder trials; "
        "install the package again"
    )


def test_the_wheel_carries_every_data_file(tmp_path):
    pytest.importorskip("hatchling", reason="the wheel is built with hatchling")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    wanted = {f"retrostats/_data/trials/{name}/trial.toml" for name in BUNDLED}
    wanted |= {f"retrostats/_data/trials/{name}/values.csv" for name in BUNDLED}
    wanted |= {f"retrostats/_data/{name}" for name in ("claims.toml", "protocols.csv")}
    assert wanted | {"retrostats/py.typed", "retrostats/cli/app.py"} <= names


@pytest.mark.parametrize(
    ("contrast", "pair"),
    [
        ("a - b", ("a", "b")),
        ("b - a", ("b", "a")),
        ("a - b - c", ("a - b", "c")),
        ("c - a - b", ("c", "a - b")),
        ("a - a", None),
        ("a-b", None),
        ("a", None),
        ("", None),
        ("a - d", None),
    ],
)
def test_a_contrast_is_split_where_two_labels_stand(contrast, pair):
    assert split_contrast(contrast, ("a", "b", "c", "a - b")) == pair
