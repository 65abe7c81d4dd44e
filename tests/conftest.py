"""What several test folders share: a small trial, and hypothesis without surprises."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples in every run, no clock and no folder left behind.
settings.register_profile("retrostats", derandomize=True, deadline=None, database=None)
settings.load_profile("retrostats")

# Thousands of tests and all that they import live to the end. Going through them in search of
# garbage, again and again, took a third of the time of the collection and part of every test.
gc.disable()


def pytest_collection_finish() -> None:
    """Look for garbage from here on, among what the tests themselves make."""
    gc.collect()
    gc.freeze()
    gc.enable()


HEADER = "arm,outcome,timepoint,statistic,printed,contrast,test,kind,source\n"

TOML = """\
id = "walk2020"
role = "retro trial"
citation = "Nobody A. An invented trial. 2020"
timepoints = ["baseline", "6wk"]

[[arms]]
label = "retro"
n_analysed = 15

[[arms]]
label = "forward"

[[outcomes]]
name = "pain"
low = 0
high = 10
unit = "cm"
better = "lower"
change = "baseline - follow-up"
"""

ROWS = """\
retro,pain,6wk,mean,3.6,,,printed,Table 2
forward,pain,6wk,mean,4.7,,,printed,Table 2
,pain,6wk,p,P < 0.05,retro - forward,t-test,printed,Table 2
"""

WriteTrial = Callable[..., Path]


@pytest.fixture
def write_trial(tmp_path: Path) -> WriteTrial:
    """Write a trial folder; `toml` and `values` may be text, bytes, or ``None`` for no file."""

    def write(
        toml: str | bytes | None = TOML,
        values: str | bytes | None = HEADER + ROWS,
        name: str = "walk2020",
    ) -> Path:
        folder = tmp_path / "trials" / name
        folder.mkdir(parents=True, exist_ok=True)
        for file, content in (("trial.toml", toml), ("values.csv", values)):
            if content is not None:
                raw = content if isinstance(content, bytes) else content.encode()
                (folder / file).write_bytes(raw)
        return folder

    return write
