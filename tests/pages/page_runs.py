"""Running a page: a folder of its own, one process, and every output compared."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from page_blocks import read_blocks
from page_steps import Step, steps_of

ROOT = Path(__file__).parents[2]
DRIVER = Path(__file__).with_name("page_driver.py")
#: What a page may speak of from the top of the project. What it writes stays in its own folder.
LINKED = ("data", "docs", "tests")
#: Seconds for a whole page; the longest runs a notebook.
LONGEST = 300


def run_page(page: str, folder: Path) -> list[str]:
    """Run the blocks of a page in a folder.

    Parameters
    ----------
    page
        Text in Markdown.
    folder
        Empty.

    Returns
    -------
    list of str
        What went wrong, with lines; empty if every block did what the page says.
    """
    steps = steps_of(read_blocks(page))
    if not steps:
        return []
    for name in LINKED:
        (folder / name).symlink_to(ROOT / name)
    done = subprocess.run(
        [sys.executable, str(DRIVER)],
        input=json.dumps([asdict(step) for step in steps]),
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment(),
        timeout=LONGEST,
        check=False,
    )
    if done.returncode:
        return [f"the page cannot be run: {done.stderr}"]
    outcomes = json.loads(done.stdout)
    if len(outcomes) < len(steps) and not (outcomes and outcomes[-1]["wrong"]):
        return [f"the page ended after {len(outcomes)} of {len(steps)} steps"]
    return [words for pair in zip(steps, outcomes, strict=False) if (words := compared(*pair))]


def environment() -> dict[str, str]:
    """Give the environment of a reader: a plain terminal of usual width, and our programs."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("COV", "PYTEST", "RETRO"))}
    for name in ("COLUMNS", "LINES", "FORCE_COLOR"):
        kept.pop(name, None)
    programs = str(Path(sys.executable).parent)
    return kept | {
        "PATH": f"{programs}{os.pathsep}{kept.get('PATH', '')}",
        "NO_COLOR": "1",
        "TERM": "dumb",
        "PYTHONSAFEPATH": "1",
        "RETROSTATS_PROGRESS": "none",
    }


def compared(step: Step, outcome: dict[str, str]) -> str:
    """Tell what differs between what a page shows and what came; "" if nothing does."""
    if outcome["wrong"]:
        return f"line {step.line}: {outcome['wrong']}"
    if step.shown is None or _trimmed(step.shown) == _trimmed(outcome["output"]):
        return ""
    return (
        f"line {step.line} shows\n{step.shown}\nbut this came:\n{outcome['output']}"
        f"\nafter {step.text}"
    )


def _trimmed(text: str) -> list[str]:
    """Drop blanks at the ends of lines, which nobody sees and editors remove."""
    return [line.rstrip() for line in text.rstrip("\n").split("\n")]
