import pytest

from retrostats.data.catalogue import load_trial
from retrostats.data.grammar import COLUMNS
from retrostats.data.template import new_trial
from retrostats.errors import DataError


def test_a_new_folder_loads_as_a_study_that_prints_nothing(tmp_path):
    folder = new_trial("smith2024", tmp_path / "my" / "trials")
    assert folder == tmp_path / "my" / "trials" / "smith2024"
    trial = load_trial(folder)
    assert (trial.id, trial.figures) == ("smith2024", ())
    assert [arm.label for arm in trial.arms] == ["treated", "control"]
    assert (folder / "values.csv").read_text() == ",".join(COLUMNS) + "\n"


def test_an_existing_folder_is_left_as_it_is(tmp_path):
    folder = new_trial("smith2024", tmp_path)
    (folder / "values.csv").write_text("mine")
    with pytest.raises(DataError) as error:
        new_trial("smith2024", tmp_path)
    expected = "exists already; choose another id or edit what is there"
    assert str(error.value) == f"{folder} {expected}"
    assert (folder / "values.csv").read_text() == "mine"


@pytest.mark.parametrize(
    "name", ["Smith2024", "2024smith", "smith-2024", "a b", "", "../x", "é", ".x", "a\n"]
)
def test_a_name_that_is_no_id_is_refused(tmp_path, name):
    with pytest.raises(DataError) as error:
        new_trial(name, tmp_path)
    assert str(error.value) == (
        f"{name!r} cannot be the id of a trial; use lower-case letters, digits and underscores, "
        "e.g. smith2024"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError) as error:
        new_trial("smith2024", tmp_path / "file")
    expected = "cannot be written: Not a directory"
    assert str(error.value) == f"{tmp_path / 'file' / 'smith2024'} {expected}"
    with pytest.raises(DataError, match="cannot be written: File name too long"):
        new_trial("a" * 300, tmp_path)
