"""A list of files is read as it was written, and nothing that leads out of its folder."""

import shutil
import subprocess

import pytest

from retrostats.checksums import as_list, read_list, sha256

ONE = sha256(b"one")


def test_a_list_is_read_as_it_was_written(tmp_path):
    digests = {"b c.txt": sha256(b"two"), "a/é.csv": ONE}
    (tmp_path / "list").write_text(as_list(digests), encoding="utf-8")
    assert read_list(tmp_path / "list") == digests
    assert list(read_list(tmp_path / "list")) == ["a/é.csv", "b c.txt"]


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="needs sha256sum")
def test_sha256sum_reads_it(tmp_path):
    (tmp_path / "one file.txt").write_bytes(b"one")
    (tmp_path / "list").write_text(as_list({"one file.txt": ONE}))
    run = ["sha256sum", "--check", "--strict", "list"]
    subprocess.run(run, cwd=tmp_path, check=True, capture_output=True)


@pytest.mark.parametrize(
    "line",
    [
        f"{ONE}  ../a.txt",
        f"{ONE}  a/../../b.txt",
        f"{ONE}  /a.txt",
        rf"{ONE}  ..\a.txt",
        f"{ONE} a.txt",
        f"{ONE}  ",
        f"{ONE[:-1]}  a.txt",
        f"{ONE.upper()}  a.txt",
        "\x00\ud800",
    ],
)
def test_other_lines_are_left_out(tmp_path, line):
    text = f"{line}\n{ONE}  sound.txt\n"
    (tmp_path / "list").write_bytes(text.encode("utf-8", "surrogatepass"))
    assert read_list(tmp_path / "list") == {"sound.txt": ONE}


def test_without_a_list_or_with_a_link_nothing_was_written_down(tmp_path):
    assert read_list(tmp_path / "none") == {}
    assert read_list(tmp_path) == {}
    (tmp_path / "list").write_text(as_list({"a.txt": ONE}))
    (tmp_path / "link").symlink_to(tmp_path / "list")
    assert read_list(tmp_path / "link") == {}
