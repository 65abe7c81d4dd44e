"""A design from printed figures: each number by hand, its route told, and nothing invented."""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from scipy.stats import t as student

import retrostats as rs
from retrostats.analysis.designing.case import week_of

#: Numbers of a design have four significant digits.
DIGITS = 5e-4


def test_alghadir_2019_as_its_abstract_allows() -> None:
    design = rs.design_from_trial("alghadir2019")
    assert design.labels == ("retro", "control")  # of forward no change is printed
    assert [arm.means for arm in design.arms] == [(0, -1.8), (0, -1.0)]
    assert design.scale is None
    gone = [arm.dropout[-1] for arm in design.arms]
    assert gone == pytest.approx([2 / 23, 4 / 22], rel=DIGITS)
    sd = 0.8 / (student.ppf(1 - 0.01 / 2, 43) * math.sqrt(1 / 23 + 1 / 22))
    assert design.sds == pytest.approx([sd, sd], rel=DIGITS)
    assert design.correlation[0][1] == 0.5
    told = "\n".join(design.route)
    # By hand: 0.7 less and more than the printed digits, 0.005 < p < 0.015.
    root = math.sqrt(1 / 23 + 1 / 22)
    low = (1.75 - 1.5) / (student.ppf(1 - 0.005 / 2, 43) * root)
    high = (1.85 - 0.5) / (student.ppf(1 - 0.015 / 2, 43) * root)
    assert f"the digits printed allow {low:.4g} to {high:.4g}" in told
    for words in (
        "Level: no mean at baseline is printed.",
        "Mean change of retro: -1.8 at 6wk (printed, abstract of alghadir2019).",
        "Correlation: 0.5 is an ASSUMPTION",
        "no test is named, taken as a t test with n 23 and 22",
        "no SD of scores is printed",
        "Dropout of control: 4 of 22 by 6wk (inferred, abstract).",
    ):
        assert words in told


def test_a_level_brings_the_scale_and_another_trial_the_sds() -> None:
    design = rs.design_from_trial("alghadir2019", means=6, sds="qiu2023")
    assert design.arm("retro").means == pytest.approx((6, 4.2))
    assert (design.scale.low, design.scale.high, design.scale.step) == (0, 10, 1)  # type: ignore[union-attr]
    before, after = math.hypot(1.90, 1.86) / math.sqrt(2), math.hypot(1.86, 1.58) / math.sqrt(2)
    change = math.hypot(1.02, 1.47) / math.sqrt(2)
    assert design.sds == pytest.approx((before, after), rel=DIGITS)
    rho = (before**2 + after**2 - change**2) / (2 * before * after)
    assert design.correlation[0][1] == pytest.approx(rho, rel=2e-3)  # of rounded SDs
    assert "SDs and correlation come from another trial, qiu2023." in design.route


def test_printed_sds_means_and_changes() -> None:
    design = rs.design_from_trial("qiu2023", outcome="TUG", dropout=0.1)
    assert design.arm("GT").means == pytest.approx(((13.99 + 14.19) / 2, 14.09 - 0.18))
    assert design.arm("AH").means == pytest.approx((14.09, 14.09 - 1.67), abs=1e-9)
    assert design.arm("AH").dropout == (0, 0.1)
    assert design.sds[0] == pytest.approx(math.hypot(5.96, 6.99) / math.sqrt(2), rel=DIGITS)
    assert design.scale == rs.MeasurementScale(low=0)
    assert any("randomised arms differ there by chance" in each for each in design.route)


def test_intervals_of_changes_over_two_visits() -> None:
    design = rs.design_from_trial("thorstensson2005", outcome="KOOS pain", dropout=0.2)
    assert (design.weeks, design.better) == ((0, 6, 26), "higher")
    exercise, control = (
        width * math.sqrt(n) / (2 * student.ppf(0.975, n - 1))
        for width, n in ((6.8 + 3.2, 30), (5.7 + 6.2, 31))
    )
    change = math.sqrt((29 * exercise**2 + 30 * control**2) / 59)
    sd = math.sqrt((29 * 18**2 + 30 * 19**2) / 59)
    assert design.sds[0] == float(f"{sd:.4g}") == 18.52  # with weights 30 and 31 it were 18.51
    first = next(each for each in design.route if each.startswith("Correlation of baseline and 6"))
    found = re.findall(r"6wk: ([\d.]+), from the SD of change ([\d.]+),", first)[0]
    rho = 1 - change**2 / (2 * sd**2)
    assert [float(each) for each in found] == pytest.approx([rho, change], rel=2e-3)
    assert "SD at 6mo: not printed, taken as at the visit before." in design.route
    assert design.arm("control").dropout == pytest.approx((0, 0.2 * 6 / 26, 0.2))


def test_what_the_user_gives_stands_in_the_route() -> None:
    design = rs.design_from_trial(
        "alghadir2019",
        arms=("retro", "forward"),
        means={"retro": (6, 4), "forward": (6, 4.5)},
        sds=(1.5, 1.8),
        correlation=0.7,
        dropout={"retro": 0.1, "forward": (0, 0.2)},
    )
    assert [arm.means for arm in design.arms] == [(6, 4), (6, 4.5)]
    assert [arm.dropout for arm in design.arms] == [(0, 0.1), (0, 0.2)]
    assert (design.sds, design.correlation[0][1]) == ((1.5, 1.8), 0.7)
    assert design.route[:4] == (
        "Means of retro, forward: given by the user.",
        "SDs: given by the user.",
        "Correlation: 0.7, given by the user.",
        "Dropout: given by the user.",
    )


REFUSED: dict[str, tuple[Callable[[], Any], tuple[str, ...]]] = {
    "no correlation": (
        lambda: rs.design_from_trial("alghadir2019", correlation="printed"),
        ("the correlation of the visits is not printed; give correlation=",),
    ),
    "no change": (
        lambda: rs.design_from_trial("alghadir2019", arms=("forward", "control")),
        ("no mean change of forward at 6wk is printed; give means={'forward': (...)}",),
    ),
    "contradiction": (
        lambda: rs.design_from_trial("qiu2023"),
        (
            "AH: the printed mean change at 6wk is -1.5, and the printed means differ by -0.33",
            "how many of GT left by 6wk is not printed; give dropout=",
            "how many of AH left by 6wk is not printed; give dropout=",
        ),
    ),
    "impossible SDs": (
        lambda: rs.design_from_trial("pdbt2021", outcome="WOMAC total", weeks={"post": 4}),
        ("the SD of change at post (3.216) cannot be that of scores", "PDBT: the printed mean"),
    ),
    "no week": (
        lambda: rs.design_from_trial("pdbt2021", outcome="WOMAC pain", dropout=0),
        ("the week of post is not clear from its name; give weeks={'post': ...}",),
    ),
    "no course": (
        lambda: rs.design_from_trial("chen2021"),
        ("means of pain over time are printed for no arm of BW, control",),
    ),
    "no baseline": (
        lambda: rs.design_from_trial("roos2012", outcome="peak knee moment"),
        ("the direction of benefit of peak knee moment is not on file",),
    ),
    "no outcome": (
        lambda: rs.design_from_trial("alghadir2019", outcome="pian"),
        ("there is no outcome 'pian'; did you mean 'pain'?",),
    ),
    "no arm": (
        lambda: rs.design_from_trial("alghadir2019", arms=("retro", "controls")),
        ("there is no arm 'controls'; did you mean 'control'?",),
    ),
    "another scale": (
        lambda: rs.design_from_trial("alghadir2019", sds="thorstensson2005"),
        ("trial thorstensson2005 has no outcome on NRS as pain of alghadir2019 is",),
    ),
    "dropout of one": (
        lambda: rs.design_from_trial("alghadir2019", dropout={"retro": 0.1}),
        ("dropout= does not name control",),
    ),
    "lengths": (
        lambda: rs.design_from_trial("alghadir2019", means=6, sds=(1, 2, 3), correlation=0.5),
        ("3 SDs for 2 visits",),
    ),
    "level of one": (
        lambda: rs.design_from_trial("alghadir2019", means={"retro": (6, 4)}),
        ("the mean at baseline is not printed; give means= of every arm, not only of retro",),
    ),
}


@pytest.mark.parametrize(("call", "messages"), REFUSED.values(), ids=REFUSED)
def test_what_is_missing_is_told_with_the_way_to_give_it(
    call: Callable[[], Any], messages: tuple[str, ...]
) -> None:
    with pytest.raises(rs.DataError) as told:
        call()
    for message in messages:
        assert message in str(told.value)


def test_the_same_ends_do_not_make_the_same_instrument() -> None:
    donor = rs.load_trial("qiu2023")
    outcomes = tuple(replace(each, instrument=f"other {each.name}") for each in donor.outcomes)
    with pytest.raises(rs.DataError, match="qiu2023 has no outcome on NRS as pain of"):
        rs.design_from_trial("alghadir2019", sds=replace(donor, outcomes=outcomes))


@pytest.mark.parametrize(
    "wrong",
    [{"correlation": 1.0}, {"correlation": "x"}, {"means": "6"}, {"sds": 5}, {"dropout": "x"}],
    ids=str,
)
def test_slips_of_a_call_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"design_from_trial: {next(iter(wrong))} must "):
        rs.design_from_trial("alghadir2019", **wrong)


def test_no_p_no_sd() -> None:
    trial = rs.load_trial("alghadir2019")
    figures = tuple(each for each in trial.figures if each.statistic != "p")
    with pytest.raises(rs.DataError, match="no SD of pain is printed, and no interval or p"):
        rs.design_from_trial(replace(trial, figures=figures))


def test_the_week_of_a_timepoint() -> None:
    found = [week_of(each, {}) for each in ("14 days", "1y", "3 months", "2.5wk", "0-3mo", "post")]
    assert found == [2, 52, 13, 2.5, None, None]


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = Path(sys.executable).with_name("retrostats")
    environment = os.environ | {"COLUMNS": "200", "NO_COLOR": "1"}
    return subprocess.run(
        [command, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=environment,
    )


def test_the_command_writes_a_proposal_and_never_over_a_file(tmp_path: Path) -> None:
    file = tmp_path / "design.toml"
    own = ("--baseline", 6, "--sds-from", "qiu2023", "--dropout", 0.15, "--correlation", 0.6)
    own = (*own, "--arm", "control", "--arm", "retro")
    done = run("new", "design", "--from", "alghadir2019", "--out", file, *own)
    assert done.returncode == 0
    made = rs.design_from_trial(
        "alghadir2019", means=6, sds="qiu2023", dropout=0.15, correlation=0.6,
        arms=("control", "retro"),
    )  # fmt: skip
    assert made.labels == ("control", "retro")
    assert rs.read_design(file) == made
    assert str(made) in done.stdout
    before = file.read_bytes()
    again = run("new", "design", "--out", file)
    assert again.returncode == 1
    assert "exists already" in again.stderr
    assert file.read_bytes() == before


def test_the_command_writes_a_file_to_fill_in(tmp_path: Path) -> None:
    done = run("new", "design", "--to", tmp_path / "own.toml")
    assert done.returncode == 0
    assert "write a number where <...> stands" in done.stdout
    with pytest.raises(rs.DataError, match="15 faults found"):
        rs.read_design(tmp_path / "own.toml")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--correlation", 60), "--correlation 60: expected between -1 and 1; write 60% as 0.6"),
        (("--dropout", 20), "--dropout 20: expected a share from 0 to below 1; write 20% as 0.2"),
        (("--week", "post"), "--week post: expected a timepoint and its week"),
        (("--week", "post=6"), "there is no timepoint 'post'"),
        (("--arm", "retro"), "--arm retro: a design compares two arms or more"),
        (("--arm", "retro", "--arm", "retro"), "give --arm for each of them once"),
        (("--arm", "retro", "--arm", "contrl"), "did you mean 'control'?"),
    ],
)
def test_the_command_refuses_options_out_of_range(
    options: tuple[object, ...], told: str, tmp_path: Path
) -> None:
    file = tmp_path / "design.toml"
    done = run("new", "design", "--from", "alghadir2019", "--out", file, *options)
    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert not file.exists()


def test_the_command_refuses_options_without_a_trial(tmp_path: Path) -> None:
    file = tmp_path / "design.toml"
    done = run("new", "design", "--out", file, "--baseline", 0, "--arm", "retro")
    assert done.returncode == 1
    assert "--arm, --baseline: of use only with --from" in done.stderr
    assert not file.exists()


def test_the_command_tells_what_is_missing_by_its_own_options(tmp_path: Path) -> None:
    command = ("new", "design", "--from", "pdbt2021", "--outcome", "WOMAC pain")
    command = (*command, "--out", tmp_path / "design.toml")
    done = run(*command)
    assert "On the command line weeks= is --week, as in --week post=6." in done.stderr
    done = run(*command, "--week", "post=6")
    assert "On the command line dropout= is --dropout, as in --dropout 0.1." in done.stderr
    done = run(*command, "--week", "post=6", "--dropout", 0.1)
    assert (done.returncode, done.stderr) == (0, "")
    assert rs.read_design(tmp_path / "design.toml").weeks == (0, 6)
