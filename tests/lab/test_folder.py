"""The folder to work in: made, refreshed, and never at the cost of what somebody wrote."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

import retrostats
from retrostats.errors import DataError
from retrostats.notebooks.catalogue import find_notebooks
from retrostats.notebooks.folder import EXAMPLE_FILES, lay_example
from retrostats.notebooks.lab_folder import lay_lab, notebook_files
from retrostats.notebooks.refresh import LIST, refresh

PROJECT = Path(__file__).resolve().parents[2]
OLD = {"a.ipynb": b"1", "example/plan.toml": b"p"}
NEW = {"a.ipynb": b"2", "example/plan.toml": b"p"}


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_the_example_is_that_of_the_project_without_its_program(tmp_path):
    lay_example(tmp_path)
    source = PROJECT / "data" / "example_cohort"
    assert contents(tmp_path) == {f"example/{n}": (source / n).read_bytes() for n in EXAMPLE_FILES}
    assert "simulate.py" not in EXAMPLE_FILES


def test_a_folder_holds_notebooks_without_outputs_and_all_they_need(tmp_path):
    laid = lay_lab(tmp_path / "work")
    found = contents(tmp_path / "work")
    names = [f"{script.name}.ipynb" for script in find_notebooks()]
    assert list(laid.notebooks) == names
    example = [f"example/{name}" for name in EXAMPLE_FILES]
    assert sorted(found) == sorted([*names, *example, "README.md", ".gitignore", LIST])
    for name in names:
        cells = json.loads(found[name])["cells"]
        assert cells[0]["source"]
        assert all(not cell.get("outputs") for cell in cells)
    for name in names:
        assert f"[{name}]({name})" in found["README.md"].decode()
    assert found[".gitignore"].splitlines()[-1] == b"*"
    assert str(laid) == f"{tmp_path / 'work'}: {len(names)} notebooks and a trial to try them on"


def test_the_list_is_of_the_form_that_sha256sum_checks(tmp_path):
    import hashlib

    lay_lab(tmp_path)
    found = contents(tmp_path)
    lines = found.pop(LIST).decode().splitlines()
    assert [line.partition("  ")[2] for line in lines] == sorted(found)
    assert all(hashlib.sha256(found[line[66:]]).hexdigest() == line[:64] for line in lines)


def test_a_second_call_changes_no_byte_and_no_time(tmp_path):
    lay_lab(tmp_path)
    name = next(iter(notebook_files()))
    before, written = contents(tmp_path), (tmp_path / name).stat().st_mtime_ns
    assert lay_lab(tmp_path).files.written == ()
    assert contents(tmp_path) == before
    assert (tmp_path / name).stat().st_mtime_ns == written


def test_what_is_as_it_was_written_is_renewed(tmp_path):
    refresh(tmp_path, OLD)
    assert refresh(tmp_path, NEW).written == ("a.ipynb",)
    assert (tmp_path / "a.ipynb").read_bytes() == b"2"


def test_what_somebody_changed_is_kept_and_the_newer_version_laid_beside(tmp_path):
    refresh(tmp_path, OLD)
    (tmp_path / "a.ipynb").write_bytes(b"mine")
    done = refresh(tmp_path, NEW)
    assert (done.written, done.kept, done.beside) == ((), ("a.ipynb",), ("a.new.ipynb",))
    assert (tmp_path / "a.ipynb").read_bytes() == b"mine"
    assert (tmp_path / "a.new.ipynb").read_bytes() == b"2"


def test_a_change_of_the_user_alone_brings_no_second_version(tmp_path):
    refresh(tmp_path, OLD)
    (tmp_path / "a.ipynb").write_bytes(b"mine")
    done = refresh(tmp_path, OLD)
    assert (done.kept, done.beside) == (("a.ipynb",), ())
    assert sorted(contents(tmp_path)) == [LIST, "a.ipynb", "example/plan.toml"]


def test_a_version_beside_is_renewed_and_goes_when_it_is_taken_over(tmp_path):
    refresh(tmp_path, OLD)
    (tmp_path / "a.ipynb").write_bytes(b"mine")
    refresh(tmp_path, NEW)
    assert refresh(tmp_path, NEW).beside == ()  # offered once
    assert (tmp_path / "a.new.ipynb").read_bytes() == b"2"
    assert refresh(tmp_path, {**NEW, "a.ipynb": b"3"}).beside == ("a.new.ipynb",)
    assert (tmp_path / "a.new.ipynb").read_bytes() == b"3"
    (tmp_path / "a.ipynb").write_bytes(b"3")
    assert refresh(tmp_path, {**NEW, "a.ipynb": b"3"}).removed == ("a.new.ipynb",)
    assert not (tmp_path / "a.new.ipynb").exists()


def test_a_version_beside_that_somebody_works_in_is_not_overwritten(tmp_path):
    refresh(tmp_path, OLD)
    (tmp_path / "a.ipynb").write_bytes(b"mine")
    refresh(tmp_path, NEW)
    (tmp_path / "a.new.ipynb").write_bytes(b"mine too")
    before = contents(tmp_path)
    with pytest.raises(DataError, match=r"a\.new\.ipynb would be replaced"):
        refresh(tmp_path, {**NEW, "a.ipynb": b"3"})
    assert contents(tmp_path) == before


def test_a_file_that_is_no_longer_handed_out_goes_unless_it_was_changed(tmp_path):
    refresh(tmp_path, {**OLD, "b.ipynb": b"b", "c.ipynb": b"c"})
    (tmp_path / "c.ipynb").write_bytes(b"mine")
    assert refresh(tmp_path, OLD).removed == ("b.ipynb",)
    assert sorted(contents(tmp_path)) == [LIST, "a.ipynb", "c.ipynb", "example/plan.toml"]


def test_a_deleted_file_comes_back(tmp_path):
    refresh(tmp_path, OLD)
    (tmp_path / "a.ipynb").unlink()
    assert refresh(tmp_path, OLD).written == ("a.ipynb",)


def test_files_of_others_are_left_alone(tmp_path):
    (tmp_path / "example").mkdir()
    (tmp_path / "example" / "my_cohort.csv").write_text("id\n")
    (tmp_path / "my.ipynb").write_text("{}")
    lay_lab(tmp_path)
    lay_lab(tmp_path)
    assert (tmp_path / "my.ipynb").read_text() == "{}"
    assert (tmp_path / "example" / "my_cohort.csv").read_text() == "id\n"


def test_a_foreign_example_is_refused_and_nothing_is_written(tmp_path):
    (tmp_path / "example").mkdir()
    (tmp_path / "example" / "cohort.csv").write_text("id\n1\n")
    with pytest.raises(DataError, match=r"example/cohort\.csv would be replaced, and retrostats"):
        lay_lab(tmp_path)
    assert contents(tmp_path) == {"example/cohort.csv": b"id\n1\n"}


def test_a_link_in_place_of_a_file_is_not_followed(tmp_path):
    other = tmp_path / "other.txt"
    other.write_bytes(b"1")
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "a.ipynb").symlink_to(other)
    with pytest.raises(DataError, match=r"a\.ipynb would be replaced"):
        refresh(tmp_path / "work", NEW)
    assert other.read_bytes() == b"1"


def test_a_link_that_somebody_put_in_place_of_a_file_is_kept(tmp_path):
    refresh(tmp_path, OLD)
    other = tmp_path / "other.txt"
    (tmp_path / "a.ipynb").rename(other)
    (tmp_path / "a.ipynb").symlink_to(other)
    assert refresh(tmp_path, NEW).kept == ("a.ipynb",)
    assert (tmp_path / "a.ipynb").is_symlink()
    assert other.read_bytes() == b"1"


@pytest.mark.parametrize("make", ["file", "link"])
def test_an_example_that_is_no_folder_of_its_own_is_refused(tmp_path, make):
    work = tmp_path / "work"
    work.mkdir()
    if make == "file":
        (work / "example").write_text("")
    else:
        (work / "example").symlink_to(PROJECT / "data" / "example_cohort")
    with pytest.raises(DataError, match="is no folder of its own, and the example trial goes"):
        lay_lab(work)
    assert [path.name for path in work.iterdir()] == ["example"]


def test_neither_home_nor_disk_nor_repository_is_a_folder_to_work_in(tmp_path, monkeypatch):
    home, repository = tmp_path / "home", tmp_path / "repository"
    monkeypatch.setenv("HOME", str(home))
    (repository / ".git").mkdir(parents=True)
    home.mkdir()
    for folder in (home, repository, Path("/")):
        with pytest.raises(DataError, match="choose one within it"):
            lay_lab(folder)
    assert list(home.iterdir()) == []
    assert len(list(repository.iterdir())) == 1
    assert lay_lab(home / "work").notebooks


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "work").write_text("x")
    with pytest.raises(DataError, match="work is a file; give the name of a folder"):
        lay_lab(tmp_path / "work")


@pytest.mark.parametrize(
    "folder",
    [Path(retrostats.__file__).parent, PROJECT / "data" / "work", PROJECT / "notebooks"],
)
def test_the_package_itself_is_no_place_to_work(folder):
    with pytest.raises(DataError, match="is part of retrostats itself; choose another folder"):
        lay_lab(folder)


@pytest.mark.parametrize("name", ["../a.ipynb", "/etc/passwd", "x/../../a.ipynb"])
def test_a_list_cannot_point_outside_its_folder(tmp_path, name):
    work, outside = tmp_path / "work", tmp_path / "a.ipynb"
    outside.write_bytes(b"1")
    work.mkdir()
    import hashlib

    (work / LIST).write_text(f"{hashlib.sha256(b'1').hexdigest()}  {name}\n")
    assert refresh(work, OLD).removed == ()
    assert outside.read_bytes() == b"1"


def test_a_failure_leaves_the_folder_as_it_was(tmp_path, monkeypatch):
    refresh(tmp_path, OLD)
    before = contents(tmp_path)

    def refused(_self, target):
        raise OSError(28, os.strerror(28), str(target))

    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(OSError, match="No space left"):
        refresh(tmp_path, NEW)
    assert contents(tmp_path) == before
