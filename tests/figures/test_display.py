"""Figures show themselves in a notebook: once, as a sharp picture with its description."""

from __future__ import annotations

import base64
import copy
import io
import pickle
import sys
from functools import cache
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import pytest
from IPython.core.formatters import DisplayFormatter
from IPython.core.interactiveshell import InteractiveShell
from matplotlib.figure import Figure
from PIL import Image

import retrostats as rs

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs"))

import make_gallery  # noqa: E402 - it lies beside the page, outside the package

#: Pixels of a page for an inch of the figure, and pixels of the picture for each of them.
PER_INCH, FINER = 120, 2
KINDS = sorted(name for name in rs.__all__ if name.startswith("plot_"))


@pytest.fixture(scope="module")
def drawn():
    """Return the first figure of each kind that the gallery shows."""
    found, texts = {}, make_gallery.PAGE.read_text("utf-8").split("](images/gallery/")
    blocks = {text.split(".png)")[0]: before for before, text in pairwise(texts)}
    for picture in make_gallery.pictures():
        code = blocks[picture.path.stem].rpartition("```python")[2]
        for kind in KINDS:
            if f"rs.{kind}(" in code:
                found.setdefault(kind, picture.ax)
    return found


@pytest.fixture(scope="module")
def formatter():
    """Return what IPython formats the last value of a cell with."""
    return DisplayFormatter()


@pytest.fixture(scope="module")
def first_shown(drawn, formatter):
    """Return how a kind of figure is shown for the first time, and where its plots were before."""

    @cache
    def of(kind):
        before = places(drawn[kind].get_figure(root=True))
        return before, shown(formatter, drawn[kind])

    return of


def shown(formatter, ax):
    data, metadata = formatter.format(ax)
    return data, metadata, base64.b64decode(data["image/png"])


def test_the_gallery_has_every_kind(drawn):
    assert sorted(drawn) == KINDS
    assert len(KINDS) >= 11


@pytest.mark.parametrize("kind", KINDS)
def test_a_figure_is_a_sharp_picture_with_its_description(drawn, first_shown, kind):
    ax = drawn[kind]
    inches = ax.get_figure(root=True).get_size_inches()
    data, metadata, png = first_shown(kind)[1]
    picture = Image.open(io.BytesIO(png))
    assert set(data) == {"image/png", "text/plain"}
    words = rs.describe(ax.get_figure(root=True))
    assert data["text/plain"] == metadata["image/png"]["alt"] == words
    width, height = (metadata["image/png"][side] for side in ("width", "height"))
    assert (width, height) == tuple(int(side * PER_INCH * FINER) // FINER for side in inches)
    assert abs(picture.width - FINER * width) < FINER
    assert abs(picture.height - FINER * height) < FINER
    # Drawn, and on white: the first pixel is paper, and something is darker than grey.
    grey = picture.convert("L")
    assert grey.getpixel((0, 0)) == 255
    assert grey.getextrema()[0] < 128
    assert set(picture.info) == {"dpi"}


def places(figure):
    """Return what a layout would move, and the size."""
    bounds = [ax.get_position().bounds for ax in figure.axes]
    return bounds, figure.get_size_inches().tolist(), figure.dpi


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_figure_gives_the_same_bytes_and_stays_as_it_is(
    drawn, formatter, first_shown, kind
):
    before, first = first_shown(kind)
    assert shown(formatter, drawn[kind]) == first
    # A layout would move the plots, and what is saved afterwards would have other bytes.
    assert places(drawn[kind].get_figure(root=True)) == before


def test_what_cannot_be_copied_is_drawn_as_it_is(formatter):
    ax = rs.blank_axes(85, 60)
    ax.plot([0, 1], [0, 1])
    plain = shown(formatter, ax)[2]
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:.1f} mm")
    assert len(shown(formatter, ax)[2]) > len(plain)


class Stubborn:
    def __reduce__(self):
        raise RuntimeError("no copies of me")


def test_what_refuses_a_copy_by_an_error_of_its_own_is_drawn_too(formatter):
    ax = rs.blank_axes(85, 60)
    plain = shown(formatter, ax)[2]
    ax.mine = Stubborn()
    assert shown(formatter, ax)[2] == plain


def test_a_figure_that_pyplot_was_given_is_not_multiplied(formatter):
    from matplotlib import pyplot

    ax = rs.blank_axes(85, 60)
    try:
        pyplot.sca(ax)
        assert shown(formatter, ax) == shown(formatter, ax)
        assert len(pyplot.get_fignums()) == 1
        assert pyplot.gcf() is ax.figure
    finally:
        pyplot.close("all")


def test_a_huge_figure_is_shown_smaller(formatter):
    ax = rs.blank_axes(85, 60)
    ax.figure.set_size_inches(400, 4)
    _, metadata, png = shown(formatter, ax)
    assert Image.open(io.BytesIO(png)).size == (8000, 80)
    assert (metadata["image/png"]["width"], metadata["image/png"]["height"]) == (4000, 40)


def test_axes_print_and_name_themselves_as_those_of_matplotlib():
    ours, plain = rs.blank_axes(85, 60), Figure(layout="constrained").add_subplot()
    for each in (repr, str):
        assert each(ours).startswith(each(plain).partition("(")[0])
    assert isinstance(ours, type(plain))


def test_axes_on_which_nothing_is_drawn_are_shown_too(formatter):
    ax = rs.blank_axes(85, 60)
    data, metadata, _ = shown(formatter, ax)
    assert data["text/plain"] == repr(ax)
    assert metadata["image/png"]["width"] == int(85 / 25.4 * PER_INCH)


def test_a_figure_of_several_plots_is_told_whole(formatter):
    ax = rs.blank_axes(170, 90)
    grid = ax.get_subplotspec().subgridspec(1, 2)
    ax.set_subplotspec(grid[0])
    estimates = rs.EstimateTable("a", (rs.Estimate.from_se("x", 1.0, 0.5, unit="mm"),))
    rs.plot_forest(estimates, ax=ax)
    other = rs.EstimateTable("b", (rs.Estimate.from_se("y", 2.0, 0.5, unit="mm"),))
    rs.plot_forest(other, ax=ax.figure.add_subplot(grid[1]))
    data, _, _ = shown(formatter, ax)
    assert data["text/plain"] == rs.describe(ax.figure)
    assert data["text/plain"].count("Forest plot") == 2


def test_axes_survive_a_pickle_and_a_copy(formatter):
    ax = rs.blank_axes(85, 60)
    ax.plot([0, 1], [0, 1])
    png = shown(formatter, ax)[2]
    assert shown(formatter, pickle.loads(pickle.dumps(ax)))[2] == png  # noqa: S301 our own bytes
    assert copy.copy(ax).figure is ax.figure


def test_axes_taken_out_of_their_figure_say_so():
    ax = rs.blank_axes(85, 60)
    ax.remove()
    with pytest.raises(ValueError, match="taken out of their figure"):
        ax._repr_mimebundle_()


def test_nothing_outside_changes(formatter):
    settings = dict(mpl.rcParams)
    ax = rs.blank_axes(85, 60)
    shown(formatter, ax)
    assert dict(mpl.rcParams) == settings
    # What is not ours is formatted as before: by its name.
    plain = Figure().add_subplot()
    assert set(formatter.format(plain)[0]) == {"text/plain"}


def test_a_cell_shows_its_figure_once(capsys):
    published = []
    shell = InteractiveShell()
    shell.displayhook.write_format_data = lambda data, *_: published.append(set(data))
    shell.run_cell("import retrostats as rs\nax = rs.blank_axes(85, 60)\nax")
    assert published == [{"image/png", "text/plain"}]
    assert "<Axes" not in capsys.readouterr().out
