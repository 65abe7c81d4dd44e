"""Notebook 03 in JupyterLab, opened, run and read as a user would."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from . import interface
from .devtools import Page, find_chromium, opened_page
from .server import running_lab

NOTEBOOK = "03_a_new_cohort_from_file_to_answer.ipynb"
#: The primary result of the example, as README.md prints it: a contrast in points.
RESULT = re.compile(r"retro - control\W*.{0,20}[-−]0\.797", re.IGNORECASE | re.DOTALL)
#: Set to ``required``, this environment variable makes a missing browser a failure.
SWITCH = "RETROSTATS_BROWSER"
#: Where to put pictures of what a user sees, if anywhere.
PICTURES = "RETROSTATS_SCREENSHOTS"
#: Pixels: a desktop, and half of a small one.
WIDTHS = (1400, 600)
#: Pixels; Chromium draws no higher picture.
HIGHEST = 16_000


@pytest.fixture
def chromium() -> str:
    found = find_chromium()
    if found is None and os.environ.get(SWITCH) != "required":
        pytest.skip(f"no Chromium is installed; {SWITCH}=required makes this a failure")
    assert found is not None, f"{SWITCH}=required, and no Chromium is installed"
    return found


@pytest.mark.whole
def test_notebook_03_runs_in_jupyterlab_and_shows_its_table_and_figure(chromium, tmp_path):
    with (
        running_lab(tmp_path / "work", tmp_path / "settings") as lab,
        opened_page(chromium, tmp_path / "profile") as page,
    ):
        page.resize(WIDTHS[0], 900)
        interface.open_notebook(page, lab.address(NOTEBOOK))
        numbers = interface.run_all_cells(page)
        assert page.run(interface.ERRORS) == []
        assert numbers == [f"[{number}]:" for number in range(1, len(numbers) + 1)]
        assert [text for text in page.run(interface.TABLES) if RESULT.search(text)]
        assert all(width > 0 for width, _alt in page.run(interface.IMAGES))
        assert len(page.run(interface.IMAGES)) > 0
        assert page.run(interface.NOTICES) == []
        page.click(".jp-SideBar.jp-mod-left .lm-TabBar-tab.lm-mod-current")
        for width in WIDTHS:
            page.resize(width, 900)
            time.sleep(interface.SETTLED)
            assert page.run(interface.ESCAPED) == []
        assert page.run(interface.SCROLLING) > 0
        take_pictures(page)
        assert elsewhere(page.requests, lab.port) == []
    assert lab.process.poll() is not None


def elsewhere(requests: list[str], port: int) -> list[str]:
    """Return what was asked of anybody but this server; data within the page ask nobody."""
    places = [urlsplit(request) for request in requests]
    own = (f"127.0.0.1:{port}", "")
    return [one.geturl()[:200] for one in places if one.netloc not in own or one.scheme == "file"]


def take_pictures(page: Page) -> None:
    folder = os.environ.get(PICTURES)
    if not folder:
        return
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        interface.use_theme(page, theme)
        for width in WIDTHS:
            interface.show_all(page, width, HIGHEST)
            page.screenshot(Path(folder) / f"lab_{theme.split()[1].lower()}_{width}.png")
        page.resize(WIDTHS[0], 900)
