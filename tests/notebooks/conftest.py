"""Small notebooks, run as a user runs them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from retrostats.notebooks.catalogue import Script
from retrostats.notebooks.running import run_notebooks

HEAD = "# %% [markdown]\n# # A small notebook\n#\n# It is short.\n"
PARAMETERS = '\n# %% tags=["parameters"]\n'

MakeScript = Callable[..., Script]
Outputs = Callable[..., list[list[dict[str, Any]]]]


@pytest.fixture
def small() -> MakeScript:
    """Make a script of code cells below a title; `parameters` is the code of that cell."""

    def make(*code: str, parameters: str = "", name: str = "01_small", head: str = HEAD) -> Script:
        first = f"{PARAMETERS}{parameters}\n" if parameters else ""
        return Script(name, head + first + "".join(f"\n# %%\n{each}\n" for each in code))

    return make


@pytest.fixture
def outputs() -> Outputs:
    """Run one script; give back the outputs of each code cell."""

    def run(script: Script, *settings: str, **options: Any) -> list[list[dict[str, Any]]]:
        (executed,) = run_notebooks([script], settings, **options)
        return [cell.outputs for cell in executed.notebook.cells if cell.cell_type == "code"]

    return run


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the user's own, which is the current one."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder
