"""What may lie in a folder of the checkpoints of several jobs."""

import pytest
from repeated import Products

from retrostats.errors import DataError
from retrostats.jobs.checkpoint_folders import require_checkpoints
from retrostats.jobs.run import run_replicates


@pytest.fixture
def kept(tmp_path):
    """Return a folder with two checkpoints at different depths, and what a killed run left."""
    folder = tmp_path / "kept"
    for name in ("sizes/n-30", "as-designed"):
        run_replicates(Products(), 4, seed=1, block=4, key="k", checkpoint=folder / name)
    (folder / "sizes" / "n-30" / ".retrostats-abc").mkdir()
    (folder / "sizes" / "n-30" / ".retrostats-abc" / "part").write_text("half")
    (folder / ".DS_Store").write_text("")
    return folder


def test_checkpoints_an_empty_folder_and_none_are_right(kept, tmp_path):
    require_checkpoints(kept)
    (tmp_path / "empty").mkdir()
    require_checkpoints(tmp_path / "empty")
    require_checkpoints(tmp_path / "none")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    "name", ["report.html", "sizes/notes.txt", "figures/curve.png", "checkpoint.json"]
)
def test_anything_else_is_named_and_refused(kept, name):
    (kept / name).parent.mkdir(exist_ok=True)
    (kept / name).write_text("mine")
    with pytest.raises(DataError, match=f"the folder holds {name}, which no checkpoint of several"):
        require_checkpoints(kept)


def test_of_many_files_three_are_named(tmp_path):
    for name in "dcba":
        (tmp_path / name).write_text("mine")
    with pytest.raises(DataError, match="holds a, b, c and more, which"):
        require_checkpoints(tmp_path)


def test_a_file_is_told_and_a_name_that_is_too_long_left_to_the_first_checkpoint(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(DataError, match="this is a file; name a folder"):
        require_checkpoints(tmp_path / "file")
    require_checkpoints(tmp_path / ("x" * 5000))
