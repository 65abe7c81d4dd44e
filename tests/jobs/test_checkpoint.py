"""What a checkpoint keeps, gives back and refuses."""

import hashlib
import json
import os
import re
import zipfile

import numpy as np
import pytest
from repeated import Products

from retrostats.errors import DataError
from retrostats.jobs.blocks import Job
from retrostats.jobs.checkpoint import Checkpoint
from retrostats.jobs.run import run_replicates

DIGESTS = [hashlib.sha256(text.encode()).hexdigest() for text in "abc"]


def run(task, replicates=10, **given):
    found = run_replicates(task, replicates, **{"seed": 5, "block": 4, "key": "k", **given})
    return {name: values.tobytes() for name, values in found.arrays.items()}


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "deep" / "checkpoint"


@pytest.fixture
def traces(tmp_path):
    made = tmp_path / "traces"
    made.mkdir()
    return made


def begun(traces):
    """Return how often the block at each place began, and forget it."""
    counts = {int(path.name): len(path.read_text().split()) for path in traces.iterdir()}
    for path in list(traces.iterdir()):
        path.unlink()
    return counts


def test_an_interrupted_run_goes_on_where_it_stopped(folder, traces):
    with pytest.raises(RuntimeError, match="failed at 8") as caught:
        run(Products(failing=(8,), traces=str(traces)), checkpoint=folder)
    assert caught.value.__notes__[1] == (
        f"2 of 3 blocks are kept in {folder}; the same call goes on from there."
    )
    assert begun(traces) == {0: 1, 4: 1, 8: 1}
    whole = run(Products())
    assert run(Products(traces=str(traces)), checkpoint=str(folder)) == whole
    assert begun(traces) == {8: 1}
    assert run(Products(traces=str(traces)), checkpoint=folder) == whole
    assert begun(traces) == {}


def test_progress_begins_with_what_is_kept(folder):
    run(Products(), 4, checkpoint=folder)
    told = []
    run(Products(), checkpoint=folder, progress=lambda _words, share: told.append(share))
    assert told == [0.4, 0.8, 1]


def test_more_and_fewer_replicates_use_the_same_blocks(folder, traces):
    task = Products(traces=str(traces))
    run(task, 10, checkpoint=folder)
    begun(traces)
    assert run(task, 18, checkpoint=folder) == run(Products(), 18)
    # The last block of 10 replicates had two, and is another one than the whole third block.
    assert begun(traces) == {8: 1, 12: 1, 16: 1}
    assert run(task, 10, checkpoint=folder) == run(Products(), 10)
    assert begun(traces) == {}


def test_an_early_end_is_the_same_after_a_resumption(folder):
    def enough(found):
        return len(found["place"]) >= 8

    run(Products(), 4, checkpoint=folder)
    assert run(Products(), 40, checkpoint=folder, enough=enough) == run(Products(), 8)
    assert run(Products(), 40, checkpoint=folder, enough=enough) == run(Products(), 8)


def test_the_same_run_writes_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        run(Products(), checkpoint=tmp_path / name)
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert files == [
        "block-000001-4.npz",
        "block-000002-4.npz",
        "block-000003-2.npz",
        "checkpoint.json",
    ]
    for name in files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"key": "other"}, "other work.*: 'k' there, 'other' here"),
        ({"seed": 6}, "another seed: 5 there, 6 here"),
        ({"block": 5}, "another size of blocks: 4 there, 5 here"),
        ({"key": "o", "seed": 6}, "other work.*; another seed"),
    ],
)
def test_other_work_is_refused(folder, traces, given, message):
    run(Products(), checkpoint=folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(DataError, match=message):
        run(Products(traces=str(traces)), checkpoint=folder, **given)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert begun(traces) == {}


@pytest.mark.parametrize(
    ("there", "here", "told"),
    [
        (f"v 2; design {DIGESTS[0]}; n 30", f"v 2; design {DIGESTS[1]}; n 30", "another design"),
        (
            f"v 2; design {DIGESTS[0]}; plan {DIGESTS[2]}; n 30-30",
            f"v 2; design {DIGESTS[1]}; plan {DIGESTS[1]}; n 40-40",
            "another design, another plan, 'n 30-30' there, 'n 40-40' here",
        ),
        (f"bootstrap {DIGESTS[0]}", f"bootstrap {DIGESTS[1]}", "another bootstrap"),
        ("v 1; n 30", "v 2; n 30", "'v 1' there, 'v 2' here"),
        ("n 30", "v 2; n 30", "'n 30' there, 'v 2; n 30' here"),
    ],
)
def test_of_a_key_in_parts_only_what_differs_is_named(folder, there, here, told):
    run(Products(), checkpoint=folder, key=there)
    with pytest.raises(DataError) as error:
        run(Products(), checkpoint=folder, key=here)
    assert f"belongs to other work: {told}. Its results" in str(error.value)


@pytest.mark.parametrize("package", ["retrostats", "numpy"])
def test_blocks_of_another_version_are_refused(folder, package):
    run(Products(), checkpoint=folder)
    manifest = folder / "checkpoint.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), package: "0.0.1"}))
    with pytest.raises(DataError, match=f"another version of {package}: '0.0.1' there"):
        run(Products(), checkpoint=folder)


def flipped(content):
    """Return the file with one bit of its numbers changed and its own check sum mended."""
    import io

    with np.load(io.BytesIO(content)) as file:
        entries = {name: file[name].copy() for name in file.files}
    entries["array_0"][0, 0] += 1e-9
    changed = io.BytesIO()
    np.savez(changed, **entries)
    return changed.getvalue()


@pytest.mark.parametrize(
    "damage",
    [lambda content: content[:-30], lambda _content: b"", lambda _content: b"x" * 99, flipped],
    ids=["cut off", "empty", "no zip", "other numbers"],
)
def test_a_damaged_block_is_named_and_not_used(folder, damage):
    run(Products(), checkpoint=folder)
    path = folder / "block-000002-4.npz"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DataError, match=rf"{re.escape(str(path))} is damaged.*remove it"):
        run(Products(), checkpoint=folder)
    path.unlink()
    assert run(Products(), checkpoint=folder) == run(Products())


def test_a_block_under_the_name_of_another_is_damaged(folder):
    run(Products(), checkpoint=folder)
    (folder / "block-000001-4.npz").replace(folder / "block-000002-4.npz")
    with pytest.raises(DataError, match=r"block-000002-4\.npz is damaged"):
        run(Products(), checkpoint=folder)


@pytest.mark.parametrize("content", ["", "[]", "{", "[" * 100_000])
def test_a_damaged_manifest_is_named(folder, content):
    run(Products(), checkpoint=folder)
    (folder / "checkpoint.json").write_text(content)
    with pytest.raises(DataError, match=r"checkpoint\.json is damaged.*name another folder"):
        run(Products(), checkpoint=folder)


@pytest.mark.parametrize(
    "shape",
    ["(9999999999999,)", "((((((((("],
    ids=["more than the memory holds", "no end of brackets"],
)
def test_whatever_a_damaged_block_makes_of_its_reader_it_is_named(folder, shape):
    run(Products(), checkpoint=folder)
    path = folder / "block-000002-4.npz"
    with zipfile.ZipFile(path) as file:
        entries = {name: file.read(name) for name in file.namelist()}
    head = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    entries["array_0.npy"] = b"\x93NUMPY\x01\x00\x76\x00" + head.encode()
    with zipfile.ZipFile(path, "w") as file:
        for name, content in entries.items():
            file.writestr(name, content)
    with pytest.raises(DataError, match=r"block-000002-4\.npz is damaged"):
        run(Products(), checkpoint=folder)


def test_of_two_runs_that_begin_in_one_folder_the_first_has_it(folder):
    # Both have seen an empty folder.
    folder.mkdir(parents=True)
    first, second, same = (
        Checkpoint(folder=folder, job=Job(task=Products(), replicates=4, block=4, seed=5, key=key))
        for key in ("first", "second", "first")
    )
    first._claim()
    same._claim()
    with pytest.raises(DataError, match=r"belongs to other work.*'first' there, 'second' here"):
        second._claim()
    assert json.loads((folder / "checkpoint.json").read_text())["key"] == "first"
    assert [path.name for path in folder.iterdir()] == ["checkpoint.json"]


def test_a_disk_without_links_can_hold_a_checkpoint(folder, monkeypatch):
    def refused(*_paths):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    run(Products(), checkpoint=folder)
    assert run(Products(), checkpoint=folder) == run(Products())


def test_a_folder_of_something_else_is_left_alone(folder, traces):
    folder.mkdir(parents=True)
    for name in ("a.txt", "b.txt", "c.txt", "d.txt"):
        (folder / name).write_text("mine")
    with pytest.raises(DataError, match=r"holds a\.txt, b\.txt, c\.txt and 1 more"):
        run(Products(traces=str(traces)), checkpoint=folder)
    assert len(list(folder.iterdir())) == 4
    assert begun(traces) == {}


def test_blocks_without_a_manifest_are_not_used(folder):
    run(Products(), checkpoint=folder)
    (folder / "checkpoint.json").unlink()
    with pytest.raises(DataError, match=r"blocks without their checkpoint\.json"):
        run(Products(), checkpoint=folder)


def test_what_a_killed_process_left_does_not_matter(folder):
    run(Products(), 4, checkpoint=folder)
    (folder / ".retrostats-abc").mkdir()
    assert run(Products(), checkpoint=folder) == run(Products())


def test_a_file_is_no_checkpoint(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(DataError, match="this is a file; name a folder"):
        run(Products(), checkpoint=tmp_path / "file")
    with pytest.raises(DataError, match="cannot be written"):
        run(Products(), checkpoint=tmp_path / "file" / "below")
