"""The notebooks of the package: each runs to its end, and its parameters can be read."""

from __future__ import annotations

import re

import pytest

from retrostats.notebooks.catalogue import find_notebooks
from retrostats.notebooks.pages import as_page
from retrostats.notebooks.percent import parameters_of
from retrostats.notebooks.running import run_notebooks

SCRIPTS = find_notebooks()
#: Bytes of a page without its pictures.
LARGEST = 120_000

each_script = pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)


@pytest.mark.whole
@each_script
def test_a_notebook_runs_and_shows_results(script):
    (executed,) = run_notebooks([script])
    code = [cell for cell in executed.notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code)
    assert sum(bool(cell.outputs) for cell in code) > len(code) / 2
    page = as_page(executed.notebook, script.name)
    shown = re.sub(r"base64,[^\"]*", "", page)
    assert len(shown) < LARGEST
    assert not re.search(r"""<(?:script|iframe|link [^>]*href="?http)""", shown)
    assert not re.search(r"""(?:src|url)\s*[=(]\s*["']?(?:https?:)?//""", shown)
    assert all(' alt="' in image for image in re.findall(r"<img[^>]*>", shown))
    assert "&lt;Axes" not in shown


@each_script
def test_what_may_be_set_in_a_notebook_can_be_read(script):
    names = [parameter.name for parameter in parameters_of(script)]
    assert len(set(names)) == len(names)
