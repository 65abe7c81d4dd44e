"""A report replaces what an earlier report wrote, and nobody else's file."""

from __future__ import annotations

import subprocess

import pytest

from retrostats.errors import DataError
from retrostats.report.analysis.writing import LIST
from retrostats.report.earlier import checksums, require_own

NAMES = ("report.html", "figures/flow.svg")


@pytest.fixture
def out(tmp_path):
    """A folder with a report of two files and an old table, and a file of the user."""
    folder = tmp_path / "out"
    for name in (*NAMES, "tables/old.csv"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    (folder / LIST).write_text(checksums(folder, [*NAMES, "tables/old.csv"]))
    (folder / "figures" / "responders_mine.pdf").write_text("mine")
    return folder


def test_what_an_earlier_report_alone_had_is_named(out):
    assert require_own(out, [*NAMES, LIST], LIST) == ("tables/old.csv",)


def test_an_empty_or_missing_folder_is_fine(tmp_path):
    assert require_own(tmp_path, NAMES, LIST) == ()
    assert require_own(tmp_path / "none", NAMES, LIST) == ()


def test_a_changed_file_is_neither_replaced_nor_removed(out):
    (out / "tables/old.csv").write_text("edited")
    assert require_own(out, NAMES, LIST) == ()
    (out / "report.html").write_text("edited")
    with pytest.raises(DataError, match=r"report\.html would be replaced"):
        require_own(out, NAMES, LIST)


def test_a_file_that_no_report_wrote_is_not_replaced(tmp_path):
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "flow.svg").write_text("mine")
    with pytest.raises(DataError, match=r"figures/flow\.svg would be replaced"):
        require_own(tmp_path, NAMES, LIST)


def test_a_link_in_place_of_a_file_or_folder_is_refused(out, tmp_path):
    (out / "report.html").unlink()
    (out / "report.html").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DataError, match=r"report\.html would be replaced"):
        require_own(out, NAMES, LIST)
    (out / "figures").rename(tmp_path / "figures")
    (out / "figures").symlink_to(tmp_path / "figures")
    with pytest.raises(DataError, match="figures is a link"):
        require_own(out, NAMES, LIST)


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "tables/../../secret"])
def test_a_list_that_points_outside_is_not_believed(out, tmp_path, name):
    (tmp_path / "secret").write_text("x")
    digest = checksums(tmp_path, ["secret"]).split()[0]
    (out / LIST).write_text(f"{digest}  {name}\n")
    assert require_own(out, [], LIST) == ()


def test_the_list_is_what_sha256sum_reads(out):
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", LIST], cwd=out, capture_output=True, check=False
    )
    assert done.returncode == 0
    (out / "report.html").write_text("other")
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", LIST], cwd=out, capture_output=True, check=False
    )
    assert done.returncode == 1
