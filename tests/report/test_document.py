"""Files that appear together or not at all."""

from pathlib import Path

import pytest

from retrostats.report.document import write_text, write_together


def fail(path):
    path.write_text("half")
    raise RuntimeError("the last writer fails")


def content(folder):
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_all_files_are_written_in_order(tmp_path):
    out = tmp_path / "a" / "b"
    written = write_together(out, {"one": write_text("1\n"), "two": write_text("ü")})
    assert written == (out / "one", out / "two")
    assert (out / "one").read_bytes() == b"1\n"
    assert (out / "two").read_bytes() == "ü".encode()


def test_a_failing_writer_changes_nothing(tmp_path):
    (tmp_path / "one").write_text("old")
    with pytest.raises(RuntimeError, match="the last writer fails"):
        write_together(tmp_path, {"one": write_text("new"), "two": write_text("2"), "three": fail})
    assert content(tmp_path) == {"one": "old"}


def test_a_failing_writer_leaves_no_new_folder(tmp_path):
    with pytest.raises(RuntimeError):
        write_together(tmp_path / "a" / "b", {"one": fail})
    assert list(tmp_path.iterdir()) == []


def test_a_failing_rename_puts_everything_back(tmp_path, monkeypatch):
    (tmp_path / "one").write_text("old")
    real = Path.replace

    def replace(self, target):
        if self.name == "three" and self.parent.name == "new":
            raise OSError("in use")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    writers = {name: write_text("new") for name in ("one", "two", "three")}
    with pytest.raises(OSError, match="in use"):
        write_together(tmp_path, writers)
    assert content(tmp_path) == {"one": "old"}


def test_stale_files_go_only_after_success(tmp_path):
    (tmp_path / "old").write_text("x")
    with pytest.raises(RuntimeError):
        write_together(tmp_path, {"one": fail}, stale=["old"])
    assert content(tmp_path) == {"old": "x"}
    write_together(tmp_path, {"one": write_text("1")}, stale=["old"])
    assert content(tmp_path) == {"one": "1"}
