"""What is simulated for a report, with which trials, and in which folders."""

from dataclasses import replace

import pytest

import retrostats as rs
from retrostats.errors import PlanError
from retrostats.report.power.types import PowerRequest

from .made import TRIALS, design, in_arm, plan, study


@pytest.fixture(scope="module")
def found():
    return study(power=0.8)


@pytest.fixture(scope="module")
def given():
    return study(n=(30, 50))


def test_the_answer_is_that_of_the_public_functions(found, given):
    wanted = rs.find_sample_size(design(), plan(), power=0.8, replicates=TRIALS, seed=3)
    assert found.found == wanted
    assert found.main == wanted.confirmed
    for size, point in zip((30, 50), given.asked, strict=True):
        own = rs.simulate_power(design(), plan(), n=size, replicates=TRIALS, seed=3)
        assert point.to_dict() == own.to_dict()
    assert given.found is None
    assert given.main == given.asked[0]


def test_the_curve_goes_through_the_answer(found, given):
    sizes = found.sizes
    assert sizes.over == "n"
    assert len(sizes) == 5
    assert list(sizes.values) == sorted(sizes.values)
    assert found.found.n in sizes.values
    assert found.main in sizes.points
    assert sizes.closed_name == "power_ancova"
    assert len(sizes.closed) == 5
    assert given.sizes.values == (30, 50)


def test_changes_are_held_against_as_many_trials_of_the_design(found):
    assert found.base.replicates == found.request.fewer == TRIALS
    assert found.base.power == found.main.power  # the same trials, as both have as many
    powers = {change.key: point.power.value for change, point in found.changed}
    assert powers["difference-smaller"] < found.base.power.value < powers["difference-larger"]
    assert powers["sd-larger"] < found.base.power.value < powers["sd-smaller"]
    assert powers["dropout-twice"] < powers["dropout-none"]
    for change, point in found.changed:
        assert point.design == change.design
        assert point.n == found.main.n


def test_fewer_trials_where_many_were_asked():
    assert PowerRequest(replicates=10_000).fewer == 2000
    assert PowerRequest(replicates=3000).fewer == 1000
    assert PowerRequest(replicates=500).fewer == 500


def test_curves_over_more_are_power_curves():
    made = study(n=(30,), over=("dropout",), replicates=100)
    (curve,) = made.curves
    wanted = rs.power_curve(
        design(), plan(), over="dropout", values=curve.values, n=30, replicates=100, seed=3
    )
    assert curve.layout() == wanted.layout()
    assert curve.closed == wanted.closed


def test_a_change_that_cannot_be_has_no_power():
    many = in_arm(design(), "control", dropout=(0, 0.6))
    made = study(of=many, n=(30,), replicates=50)
    points = {change.key: point for change, point in made.changed}
    assert points["dropout-twice"] is None
    assert points["dropout-none"] is not None


def test_the_same_for_any_workers_and_from_a_checkpoint(tmp_path, given):
    again = study(n=(30, 50), checkpoint=tmp_path / "kept")
    kept = {path.name for path in (tmp_path / "kept").iterdir()}
    assert {"sizes", "as-designed", "sd-larger"} <= kept
    assert {path.name for path in (tmp_path / "kept" / "sizes").iterdir()} == {"n-30", "n-50"}
    resumed = study(n=(30, 50), checkpoint=tmp_path / "kept")
    for other in (again, resumed):
        assert replace(other, request=given.request) == given


def test_disagreement_and_impossible_curves_are_told_before_anything_is_simulated(tmp_path):
    other = design(arms=(replace(design().arms[0], label="x"), design().arms[0]))
    with pytest.raises(PlanError, match="there is no arm 'control'"):
        study(of=other, n=(30,), over=("difference",), checkpoint=tmp_path / "kept")
    equal = in_arm(design(), "retro", means=(6, 5))
    with pytest.raises(rs.DataError, match="--over difference"):
        study(of=equal, n=(30,), over=("difference",), checkpoint=tmp_path / "kept")
    assert not (tmp_path / "kept").exists()


def test_a_report_is_no_folder_for_checkpoints(tmp_path):
    (tmp_path / "report.html").write_text("mine")
    with pytest.raises(rs.DataError, match=r"the folder holds report\.html, which no checkpoint"):
        study(n=(30,), checkpoint=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_progress_goes_from_nothing_to_nearly_all():
    told = []
    from retrostats.report.power.study import study_power

    study_power(
        design(),
        plan(),
        PowerRequest(n=(30,), replicates=20),
        progress=lambda _w, s: told.append(s),
    )
    assert told == sorted(told)
    assert told[0] >= 0
    assert 0.8 < told[-1] <= 1
