"""Figures as files: exact, repeatable, and never half written."""

import re
import warnings

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from matplotlib.figure import Figure
from PIL import Image

from retrostats.estimate import Estimate, EstimateTable
from retrostats.figures.forest import plot_forest
from retrostats.figures.saving import save_figure
from retrostats.figures.style import describe, house_style
from retrostats.figures.trajectory import plot_trajectories

TABLE = EstimateTable(
    "Differences",
    (
        Estimate.from_se("retro - forward", 0.4, 0.2, unit="SD"),
        Estimate.from_se("retro - control", 0.8, 0.3, unit="SD"),
    ),
)


def figure():
    drawn = Figure(figsize=(5, 2), layout="constrained")
    plot_forest(TABLE, favours=("control", "retro"), ax=drawn.add_subplot())
    return drawn


@pytest.mark.parametrize("suffix", ["svg", "pdf", "png"])
def test_the_same_figure_gives_the_same_bytes(tmp_path, suffix):
    drawn = figure()
    paths = [tmp_path / f"{name}.{suffix}" for name in ("first", "again", "redrawn")]
    save_figure(drawn, paths[0], width="double")
    save_figure(drawn, paths[1], width="double")
    redrawn = figure()
    with mpl.rc_context({"svg.fonttype": "path", "font.family": "serif", "savefig.bbox": "tight"}):
        save_figure(redrawn, paths[2], width="double")
    assert len({path.read_bytes() for path in paths}) == 1


def test_a_new_figure_owes_nothing_to_the_settings_of_the_user(tmp_path):
    written = []
    for settings in ({}, {"font.size": 20, "axes.grid": True, "figure.facecolor": "red"}):
        with mpl.rc_context(settings):
            ax = plot_forest(TABLE)
            written.append(save_figure(ax.figure, tmp_path / "f.svg", width="double").read_bytes())
    assert written[0] == written[1]


def test_no_file_tells_the_day_or_the_program(tmp_path):
    for suffix in ("svg", "pdf", "png"):
        content = save_figure(figure(), tmp_path / f"f.{suffix}", width="single").read_bytes()
        assert not re.search(rb"dc:date|CreationDate|matplotlib v|Matplotlib \d|Software", content)


@pytest.mark.parametrize(("width", "mm"), [("single", 85), ("double", 170), (120, 120)])
def test_the_width_is_exact(tmp_path, width, mm):
    svg = save_figure(figure(), tmp_path / "f.svg", width=width).read_text()
    assert float(re.search(r'width="([\d.]+)pt"', svg)[1]) == pytest.approx(mm / 25.4 * 72)
    with Image.open(save_figure(figure(), tmp_path / "f.png", width=width)) as image:
        assert image.width == int(mm / 25.4 * 300)
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)


def test_text_stays_text_in_the_house_font(tmp_path):
    svg = save_figure(figure(), tmp_path / "f.svg", width="double").read_text()
    assert "retro - forward" in svg
    fonts = re.findall(r"font-size: ([\d.]+)px; font-family: ([^;\"]*)", svg)
    assert fonts
    for size, family in fonts:
        assert float(size) >= 6
        assert family.startswith("'DejaVu Sans', 'Verdana'")
    pdf = save_figure(figure(), tmp_path / "f.pdf", width="double").read_bytes()
    assert b"/Type3" not in pdf
    assert b"DejaVuSans" in pdf


def test_the_figure_is_as_before_afterwards(tmp_path):
    drawn = figure()
    save_figure(drawn, tmp_path / "f.svg", width="single")
    assert list(drawn.get_size_inches()) == [5, 2]


def test_an_unknown_suffix_names_the_known_ones(tmp_path):
    message = r"^save_figure: f\.jpg has the suffix '\.jpg'; expected one of \.svg, \.pdf, \.png$"
    with pytest.raises(ValueError, match=message):
        save_figure(figure(), tmp_path / "f.jpg", width="single")


@pytest.mark.parametrize("width", ["wide", 0, -3])
def test_an_unknown_width_is_refused(tmp_path, width):
    with pytest.raises(ValueError, match="expected 'single', 'double' or mm"):
        save_figure(figure(), tmp_path / "f.svg", width=width)
    assert list(tmp_path.iterdir()) == []


def test_labels_without_room_are_an_error_and_leave_no_file(tmp_path):
    with pytest.raises(ValueError, match="at 20 mm the labels leave no room to draw"):
        save_figure(figure(), tmp_path / "f.svg", width=20)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "f.svg"
    path.write_text("old")

    def fail(_figure, path, **_options):
        path.write_text("half")
        raise OSError("disk full")

    monkeypatch.setattr(Figure, "savefig", fail)
    with pytest.raises(OSError, match="disk full"):
        save_figure(figure(), path, width="single")
    assert [entry.name for entry in tmp_path.iterdir()] == ["f.svg"]
    assert path.read_text() == "old"


def test_no_figure_is_kept_open():
    before = plt.get_fignums()
    plot_forest(TABLE)
    assert plt.get_fignums() == before


NAMES = {"control": "对照组", "retro": "Retro walking"}


@pytest.mark.parametrize("suffix", ["svg", "pdf", "png"])
def test_letters_that_the_font_lacks_are_named_and_warn_of_nothing(tmp_path, suffix):
    # Warnings are errors in these tests.
    means = {arm: EstimateTable("", (Estimate.from_se("v", 5.0, 0.4, unit="mm"),)) for arm in NAMES}
    ax = plot_trajectories(means, [6], better="lower", arm_names=NAMES)
    assert save_figure(ax.figure, tmp_path / f"a.{suffix}", width="single").stat().st_size > 0
    lacking = "boxes may stand in their place: ● 对照组."
    assert describe(ax).endswith(f" {lacking}")
    ax = plot_trajectories(means, [6], better="lower")
    assert "boxes" not in describe(ax)


def test_other_warnings_stay():
    with pytest.warns(UserWarning, match="something else"), house_style():
        warnings.warn("something else", UserWarning, stacklevel=1)
