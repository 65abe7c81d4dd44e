"""The gallery shows what its code draws: every picture and every alt text, drawn anew."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import retrostats as rs

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "docs"))

import make_gallery  # noqa: E402 - it lies beside the page, outside the package

#: Every picture of the gallery is drawn.
pytestmark = pytest.mark.whole

#: Root mean square of the differences of colours, of 255. The same wheels draw the same pixels
#: (0 measured); the room is for another build of the font library.
PIXELS = 3.0


@pytest.fixture(scope="module")
def drawn():
    return {picture.path.stem: picture for picture in make_gallery.pictures()}


NAMES = re.findall(r"\]\(images/gallery/([\w-]+)\.png\)", make_gallery.PAGE.read_text("utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_what_its_code_draws(drawn, name):
    picture = drawn[name]
    shown = np.asarray(Image.open(picture.path).convert("RGB"), dtype=float)
    found = np.asarray(make_gallery.as_png(picture.ax).convert("RGB"), dtype=float)
    assert shown.shape == found.shape
    assert np.sqrt(np.mean((shown - found) ** 2)) <= PIXELS


@pytest.mark.parametrize("name", NAMES)
def test_the_alt_text_is_the_description(drawn, name):
    assert drawn[name].alt == drawn[name].wanted


def test_every_plot_function_is_in_the_gallery():
    text = make_gallery.PAGE.read_text("utf-8")
    plots = [name for name in rs.__all__ if name.startswith("plot_")]
    assert len(plots) >= 15
    assert [name for name in plots if f"rs.{name}(" not in text] == []
