"""Whatever goes wrong, no half file stands, and the reason is told in plain words."""

import errno
import tempfile

import pytest

from retrostats.whole_files import replaced_when_complete


def test_a_whole_file_replaces_the_old_one(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with replaced_when_complete(path) as unfinished:
        unfinished.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("fault", [KeyboardInterrupt, SystemExit, OSError, MemoryError])
@pytest.mark.parametrize("before", [None, "old"])
def test_an_interruption_leaves_everything_as_it_was(tmp_path, fault, before):
    path = tmp_path / "a.txt"
    if before is not None:
        path.write_text(before)

    def write():
        with replaced_when_complete(path) as unfinished:
            unfinished.write_text("half")
            raise fault

    with pytest.raises(fault):
        write()
    assert [entry.read_text() for entry in tmp_path.iterdir()] == ([before] if before else [])


def test_a_place_where_no_file_can_stand_is_named(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    for path, fault, words in (
        (tmp_path / "no" / "a.txt", FileNotFoundError, r"the folder .*no of a\.txt does not exist"),
        (tmp_path / "file" / "a.txt", NotADirectoryError, r"file, where a\.txt .* is a file; cho"),
        (tmp_path / "folder", IsADirectoryError, r"folder is a folder; choose another name"),
    ):
        with pytest.raises(fault, match=words), replaced_when_complete(path):
            raise AssertionError
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["file", "folder"]


def test_a_folder_that_is_closed_to_us_is_named(tmp_path, monkeypatch):
    # Whoever runs the tests as root may write everywhere.
    def refuse(**_options):
        raise PermissionError(errno.EACCES, "Permission denied", "/folder/.retrostats-x1y2")

    monkeypatch.setattr(tempfile, "TemporaryDirectory", refuse)
    words = rf"^a\.txt cannot be written into the folder {tmp_path}: Permission denied$"
    with pytest.raises(PermissionError, match=words), replaced_when_complete(tmp_path / "a.txt"):
        raise AssertionError
