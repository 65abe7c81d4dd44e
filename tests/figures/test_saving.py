"""Figures as files: exact, repeatable, and never half written."""

import base64
import io
import re
import subprocess
import sys
import warnings
from dataclasses import replace

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from fontTools.ttLib import TTFont
from matplotlib.figure import Figure
from PIL import Image

from retrostats.estimate import Estimate, EstimateTable
from retrostats.figures.forest import plot_forest
from retrostats.figures.saving import SmallTextWarning, save_figure
from retrostats.figures.style import blank_axes, describe, fix_width, house_style
from retrostats.figures.trajectory import plot_trajectories
from retrostats.journals import HOUSE, JOURNALS

TABLE = EstimateTable(
    "Differences",
    (
        Estimate.from_se("retro - forward", 0.4, 0.2, unit="SD"),
        Estimate.from_se("retro - control", 0.8, 0.3, unit="SD"),
    ),
)

FORMATS = ("svg", "pdf", "png", "tif", "tiff")
MM = 25.4
#: A PDF and an SVG have their size to six digits; 2e-5 mm measured.
SIZE = 1e-3


def figure():
    drawn = Figure(figsize=(5, 2), layout="constrained")
    plot_forest(TABLE, favours=("control", "retro"), ax=drawn.add_subplot())
    return drawn


@pytest.mark.parametrize("suffix", FORMATS)
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
    for suffix in FORMATS:
        content = save_figure(figure(), tmp_path / f"f.{suffix}", width="single").read_bytes()
        assert not re.search(rb"dc:date|CreationDate|matplotlib v|Matplotlib \d|Software", content)


def mm_of(path):
    """Width and height of a file in mm, and its dots per inch."""
    if path.suffix == ".svg":
        found = re.search(r'<svg [^>]*?width="([\d.]+)mm" height="([\d.]+)mm"', path.read_text())
        return (float(found[1]), float(found[2])), None
    if path.suffix == ".pdf":
        box = re.search(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", path.read_bytes())
        return tuple(float(side) / 72 * MM for side in box.groups()), None
    with Image.open(path) as image:
        # A PNG counts whole dots per metre.
        assert image.info["dpi"][0] == pytest.approx(round(image.info["dpi"][0]), abs=0.02)
        dpi = round(float(image.info["dpi"][0]))
        return tuple(side / dpi * MM for side in image.size), dpi


@pytest.mark.parametrize(("width", "mm"), [("single", 85), ("double", 170), (120, 120)])
@pytest.mark.parametrize("suffix", FORMATS)
def test_the_size_is_exact(tmp_path, suffix, width, mm):
    path = save_figure(figure(), tmp_path / f"f.{suffix}", width=width, height=60)
    size, dpi = mm_of(path)
    assert dpi == {"png": 300, "tif": 600, "tiff": 600}.get(suffix)
    # Pixels are whole: the nearest number of them.
    assert size == pytest.approx((mm, 60), abs=SIZE if dpi is None else MM / dpi / 2)
    drawn = figure()
    own = mm_of(save_figure(drawn, path, width=width))[0][1]
    assert own == pytest.approx(drawn.get_figheight() * MM, abs=0.05)


@pytest.mark.whole
@pytest.mark.parametrize("journal", JOURNALS.values(), ids=lambda journal: journal.name)
def test_a_journal_has_its_columns_and_dots(tmp_path, journal):
    ax = blank_axes(100, 50)
    ax.set_xlabel("large enough", fontsize=9)
    ax.tick_params(labelsize=9)
    for width, mm in (("single", journal.single_mm), ("double", journal.double_mm)):
        for suffix in ("svg", "tiff", "png"):
            path = save_figure(ax, tmp_path / f"f.{suffix}", width=width, journal=journal.name)
            size, dpi = mm_of(path)
            assert size[0] == pytest.approx(mm, abs=SIZE if dpi is None else MM / dpi / 2)
            if dpi:
                assert dpi == (300 if (journal, suffix) == (HOUSE, "png") else journal.dpi)


def test_a_tiff_is_flat_and_compressed(tmp_path):
    with Image.open(save_figure(figure(), tmp_path / "f.tiff", width="single")) as image:
        assert image.mode == "RGB"
        assert image.info["compression"] == "tiff_lzw"
        assert image.n_frames == 1
        assert not {305, 306, 315} & set(image.tag_v2)  # program, date, artist
        assert image.getpixel((0, 0)) == (255, 255, 255)
        assert image.getextrema()[0][0] < 60  # there is ink
    clear = figure()
    clear.patch.set_alpha(0.0)
    clear.axes[0].patch.set_alpha(0.0)
    with Image.open(save_figure(clear, tmp_path / "f.tif", width="single")) as image:
        assert image.getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({"width": 190}, r"f\.svg would be 190 mm wide; two columns of Nature have 183 mm$"),
        ({"width": 89, "height": 175}, "175 mm high; a figure in Nature may have 170 mm; give a"),
    ],
)
def test_a_figure_larger_than_the_page_is_refused(tmp_path, sizes, message):
    with pytest.raises(ValueError, match=message):
        save_figure(figure(), tmp_path / "f.svg", **sizes, journal="nature")
    assert list(tmp_path.iterdir()) == []
    assert save_figure(figure(), tmp_path / "f.svg", **sizes).exists()  # a poster


def test_what_is_not_known_of_a_journal_is_not_told_to_be_its_rule(tmp_path):
    ax = blank_axes(100, 50)
    ax.set_xlabel("small", fontsize=5)
    for journal in ("jama", "lancet", "nejm", "comma"):
        with pytest.warns(SmallTextWarning, match="smaller than the 6 pt of retrostats: "):
            save_figure(ax, tmp_path / "f.svg", width=190, height=240, journal=journal)


def test_pixels_without_end_or_without_any_are_refused(tmp_path):
    message = r"f\.tiff would have 44882 x 44882 pixels, more than 200 million; save it as \.pdf"
    with pytest.raises(ValueError, match=message):
        save_figure(figure(), tmp_path / "f.tiff", width=1900, height=1900)
    with pytest.raises(ValueError, match=r"f\.png would have no pixels; give a larger size"):
        save_figure(figure(), tmp_path / "f.png", width=0.01, height=50)
    assert list(tmp_path.iterdir()) == []


def test_a_large_tiff_is_the_same_whatever_its_strips(tmp_path, monkeypatch):
    clear = figure()
    clear.patch.set_alpha(0.5)
    whole = save_figure(clear, tmp_path / "a.tiff", width=100, height=100).read_bytes()
    monkeypatch.setattr("retrostats.figures.files.formats._STRIP", 7)
    assert save_figure(clear, tmp_path / "b.tiff", width=100, height=100).read_bytes() == whole


def test_an_unknown_journal_and_a_missing_folder_are_named(tmp_path):
    with pytest.raises(ValueError, match="journal 'natur' is not known"):
        save_figure(figure(), tmp_path / "f.svg", width="single", journal="natur")
    with pytest.raises(FileNotFoundError, match=r"the folder .*nowhere of f\.svg does not exist"):
        save_figure(figure(), tmp_path / "nowhere" / "f.svg", width="single")


def test_a_fresh_process_writes_the_same_bytes(tmp_path):
    program = (
        "import sys; sys.path.insert(0, 'tests/figures'); from test_saving import figure, FORMATS\n"
        "from retrostats.figures.saving import save_figure\n"
        "for suffix in FORMATS: save_figure(figure(), f'{sys.argv[1]}/b.{suffix}', width='single')"
    )
    for suffix in FORMATS:
        save_figure(figure(), tmp_path / f"a.{suffix}", width="single")
    subprocess.run([sys.executable, "-c", program, tmp_path], check=True)
    for suffix in FORMATS:
        assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()


def faces_of(svg):
    """The fonts inside an SVG, by weight and slant."""
    rule = r"font-family:'DejaVu Sans';font-weight:(\w+);font-style:(\w+);src:url\(([^)]*)\)"
    return {
        (weight, slant): TTFont(io.BytesIO(base64.b64decode(address.split(",")[1])))
        for weight, slant, address in re.findall(rule, svg)
    }


def test_an_svg_has_the_letters_that_it_uses(tmp_path):
    drawn = figure()
    ax = drawn.axes[0]
    ax.text(0, 0.5, "Größe ≤ 5 & ☆", fontweight="bold")
    ax.text(0, 0.2, "slanted", fontstyle="oblique")
    ax.text(0, 0.1, "elsewhere: qQ", family="DejaVu Serif")
    svg = save_figure(drawn, tmp_path / "f.svg", width="double").read_text()
    faces = faces_of(svg)
    letters = {face: set(map(chr, font.getBestCmap())) for face, font in faces.items()}
    assert set(letters) == {("normal", "normal"), ("bold", "normal"), ("normal", "oblique")}
    # A mirrored twin comes along: ≥ with ≤.
    assert letters["bold", "normal"] - {"≥"} == set("Größe ≤ 5 & ☆")
    assert letters["normal", "oblique"] == set("slanted")
    assert set("retro - control") <= letters["normal", "normal"]
    assert "q" not in letters["normal", "normal"]
    assert svg.count("@font-face") == 3
    assert "text{white-space:pre}" in svg
    assert "Größe ≤ 5 &amp; ☆" in svg
    #: 22 kB measured for three faces.
    assert len(svg) < 60_000


def test_embedded_letters_are_as_wide_as_in_the_whole_font(tmp_path):
    svg = save_figure(figure(), tmp_path / "f.svg", width="double").read_text()
    (part,) = faces_of(svg).values()
    with TTFont(mpl.font_manager.findfont("DejaVu Sans")) as whole:
        for code, name in part.getBestCmap().items():
            assert part["hmtx"][name][0] == whole["hmtx"][whole.getBestCmap()[code]][0]
        assert part["head"].modified == whole["head"].modified


def test_a_figure_without_words_needs_no_font(tmp_path):
    ax = blank_axes(50, 50)
    ax.set_axis_off()
    ax.plot([0, 1], [0, 1])
    assert "font-face" not in save_figure(ax, tmp_path / "f.svg", width="single").read_text()


def test_text_that_is_too_small_is_named(tmp_path):
    ax = blank_axes(85, 60)
    ax.set_xlabel("tiny words", fontsize=4)
    ax.set_title("hidden", fontsize=3).set_visible(False)
    ax.set_ylabel("  ", fontsize=3)
    ax.tick_params(axis="y", labelsize=2)
    ax.yaxis.set_visible(False)
    message = (
        r"^save_figure: f\.pdf has text smaller than the 6 pt of retrostats: "
        r"'tiny words' \(4 pt\); draw it larger$"
    )
    with pytest.warns(SmallTextWarning, match=message) as caught:
        save_figure(ax, tmp_path / "f.pdf", width="single")
    assert caught[0].filename == __file__
    ax.tick_params(axis="x", labelsize=2)
    with pytest.warns(SmallTextWarning, match=r"'0\.0' \(2 pt\), .* and 2 more; draw"):
        save_figure(ax, tmp_path / "f.pdf", width="single")
    warnings.simplefilter("error")
    (tmp_path / "f.pdf").unlink()
    with pytest.raises(SmallTextWarning):
        save_figure(ax, tmp_path / "f.pdf", width="single")
    assert list(tmp_path.iterdir()) == []


def test_words_at_a_hidden_axis_are_not_too_small(tmp_path):
    ax = blank_axes(85, 60)
    ax.set_xlabel("tiny", fontsize=3)
    ax.set_ylabel("tiny too", fontsize=3)
    ax.yaxis.set_visible(False)
    with pytest.warns(SmallTextWarning, match=r": 'tiny' \(3 pt\); draw"):
        save_figure(ax, tmp_path / "f.svg", width=85)
    ax.set_axis_off()
    save_figure(ax, tmp_path / "f.svg", width=85)  # a warning would be an error


def test_the_smallest_text_is_that_of_the_journal(tmp_path):
    ax = blank_axes(85, 60)
    ax.set_xlabel("five and a half", fontsize=5.5)
    save_figure(ax, tmp_path / "f.svg", width="single", journal="nature")
    with pytest.warns(SmallTextWarning, match="five and a half"):
        save_figure(ax, tmp_path / "f.svg", width="single", journal="elsevier")
    mine = replace(HOUSE, name="mine", smallest_text=5.0, single_mm=60.0)
    path = save_figure(ax, tmp_path / "f.svg", width="single", journal=mine)
    assert mm_of(path)[0][0] == 60


def test_words_that_were_placed_keep_their_height(tmp_path):
    ax = blank_axes(85, 60)
    save_figure(ax, tmp_path / "f.svg", width=85, height=50)
    fix_width(ax)
    with pytest.raises(ValueError, match="placed for a height of 60 mm and would overlap at 50"):
        save_figure(ax, tmp_path / "f.svg", width=85, height=50)
    save_figure(ax, tmp_path / "f.svg", width=85, height=70)


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
    message = r"^save_figure: f\.jpg has the suffix '\.jpg'; expected one of \.svg, \.pdf, \.png, "
    with pytest.raises(ValueError, match=message):
        save_figure(figure(), tmp_path / "f.jpg", width="single")


@pytest.mark.parametrize(
    "width", ["wide", 0, -3, float("nan"), "90", None, True, [85], 3j, np.array(80.0), 1e4]
)
def test_an_unknown_size_is_refused(tmp_path, width):
    with pytest.raises(ValueError, match="expected 'single', 'double' or mm"):
        save_figure(figure(), tmp_path / "f.svg", width=width)
    if width is not None:
        with pytest.raises(ValueError, match=r"^save_figure: height .* expected mm, more than 0"):
            save_figure(figure(), tmp_path / "f.svg", width=85, height=width)
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


@pytest.mark.parametrize("suffix", FORMATS)
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
