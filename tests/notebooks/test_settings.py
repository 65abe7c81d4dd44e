"""What a user sets: values, and files that the notebooks find beside them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from retrostats.errors import DataError
from retrostats.notebooks.folder import lay_example
from retrostats.notebooks.settings import prepare

pytestmark = pytest.mark.usefixtures("here")

CELL = 'cohort = "example/cohort.csv"\nplan = "example/plan.toml"\nweek = 6\nlevel = 0.95'


@pytest.fixture
def laid(tmp_path: Path) -> Path:
    folder = tmp_path / "laid"
    folder.mkdir()
    lay_example(folder)
    return folder


@pytest.fixture
def script(small):
    return small("cohort", parameters=CELL, name="03_cohort")


@pytest.fixture
def refused(script, laid):
    """Return the lines that tell what is wrong with settings."""

    def lines(*settings: str) -> list[str]:
        with pytest.raises(DataError) as caught:
            prepare([script], settings, laid=laid)
        return str(caught.value).split("\n")[1:]

    return lines


def test_nothing_is_set_unless_asked(script, laid):
    (made,) = prepare([script], [], laid=laid)
    assert (dict(made.values), dict(made.files)) == ({}, {})


def test_values_and_files_are_set_by_type(script, laid, here):
    (here / "sub").mkdir()
    for name in ("sub/my file=1.csv", "é.toml"):
        (here / name).write_text("x")
    (made,) = prepare([script], ["cohort=sub/my file=1.csv", "plan=é.toml", "week=3"], laid=laid)
    assert made.values == {"cohort": "sub/my file=1.csv", "plan": "é.toml", "week": 3}
    assert made.files == {
        "sub/my file=1.csv": here / "sub" / "my file=1.csv",
        "é.toml": here / "é.toml",
    }


def test_a_file_elsewhere_stands_by_its_own_name_without_its_folders(script, laid, here):
    (here.parent / "x.csv").write_text("x")
    for given in ("../x.csv", str(here.parent / "x.csv"), "./.././x.csv"):
        (made,) = prepare([script], [f"cohort={given}"], laid=laid)
        assert made.values == {"cohort": "x.csv"}
        assert made.files == {"x.csv": here.parent / "x.csv"}


def test_a_link_keeps_its_own_name(script, laid, here):
    (here.parent / "target.csv").write_text("x")
    (here / "link.csv").symlink_to(here.parent / "target.csv")
    (made,) = prepare([script], ["cohort=link.csv"], laid=laid)
    assert made.values == {"cohort": "link.csv"}


def test_the_home_folder_may_be_written_with_a_tilde(script, laid, here, monkeypatch):
    monkeypatch.setenv("HOME", str(here.parent))
    (here.parent / "x.csv").write_text("x")
    (made,) = prepare([script], ["cohort=~/x.csv"], laid=laid)
    assert made.values == {"cohort": "x.csv"}


def test_the_example_itself_may_be_set_and_not_a_changed_one(script, laid, here, refused):
    (made,) = prepare([script], ["cohort=example/cohort.csv"], laid=laid)
    assert made.files == {}
    lay_example(here)
    (made,) = prepare([script], ["cohort=example/cohort.csv"], laid=laid)
    assert made.files == {}
    (here / "example" / "cohort.csv").write_text("changed")
    (line,) = refused("cohort=example/cohort.csv")
    assert "the folder example is that of the example" in line
    (here / "example" / "mine.csv").write_text("mine")
    (line,) = refused("cohort=example/mine.csv")
    assert "give your file another folder or name" in line


def test_an_unknown_name_lists_what_can_be_set(small, script, laid):
    plain = small("1", name="01_plain")
    with pytest.raises(DataError) as caught:
        prepare([plain, script], ["wek=3", "week=3"], laid=laid)
    assert str(caught.value) == (
        "the settings: 1 fault found.\n"
        "  1. --set wek: no notebook has this parameter; 01_plain has no parameters; 03_cohort has "
        'cohort = "example/cohort.csv", plan = "example/plan.toml", week = 6, level = 0.95'
    )


def test_a_name_is_set_in_every_notebook_that_has_it(small, laid):
    scripts = [
        small("1", parameters=cell, name=name)
        for name, cell in (("01_a", "week = 6"), ("02_b", "week = '6'"), ("03_c", "other = 1"))
    ]
    made = prepare(scripts, ["week=3"], laid=laid)
    assert [each.values for each in made] == [{"week": 3}, {"week": "3"}, {}]


def test_all_faults_are_told_together(refused):
    lines = refused("cohort", "week=x", "level=1,5", "cohort=none.csv", "=1", "week=3", "plan=")
    told = "\n".join(lines)
    assert len(lines) == 7
    assert "--set cohort: expected name=value, e.g. --set cohort=my.csv" in told
    assert "--set week: 'x' does not fit 03_cohort, where week = 6 stands: expected a whole" in told
    assert "where level = 0.95 stands: expected a number, with a point" in told
    assert "'none.csv' does not fit 03_cohort, where cohort = \"example/cohort.csv\"" in told
    assert "there is no such file" in told
    assert "--set =1: expected name=value" in told
    assert "--set week=3: is set twice; give it once" in told
    assert "--set plan=: the value is empty" in told


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (".", "it is a folder"),
        ("/dev/null", "it is no file but a device"),
        ("../here", "it is a folder"),
        ("../../none.csv", "there is no such file"),
        ("a" * 5000, "cannot be read"),
        ("~nobody-of-that-name/x.csv", "there is no such file"),
        ("a\nb", "a character that cannot be printed"),
        ("a\0b", "a character that cannot be printed"),
        ("a\udcffb", "a character that cannot be printed"),
        ("\u202ex.csv", "a character that cannot be printed"),
    ],
)
def test_what_is_no_file_is_refused(refused, value, message):
    (line,) = refused(f"cohort={value}")
    assert message in line
    assert "\n" not in line
    line.encode()


def test_a_file_without_the_right_to_read_it_is_refused(refused, here, monkeypatch):
    (here / "x.csv").write_text("x")
    monkeypatch.setattr(os, "access", lambda *_: False)
    (line,) = refused("cohort=x.csv")
    assert "it may not be read" in line


def test_two_files_of_one_name_are_refused_and_one_file_twice_is_not(script, laid, here, refused):
    for folder in ("a", "b"):
        (here.parent / folder).mkdir()
        (here.parent / folder / "x").write_text(folder)
    (line,) = refused("cohort=../a/x", "plan=../b/x")
    assert "another file set is called x too; rename one of them" in line
    (made,) = prepare([script], ["cohort=../a/x", "plan=../a/x"], laid=laid)
    assert made.values == {"cohort": "x", "plan": "x"}


def test_a_file_and_a_folder_of_one_name_are_refused(here, refused):
    (here / "x").mkdir()
    (here / "x" / "y.csv").write_text("x")
    (here.parent / "x").write_text("x")
    (line,) = refused("cohort=x/y.csv", "plan=../x")
    assert "x and x/y.csv cannot lie side by side; rename one of them" in line
