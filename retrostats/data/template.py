"""An empty trial folder, to be filled in by someone who has the paper."""

from __future__ import annotations

import re
from pathlib import Path

from retrostats.data import grammar
from retrostats.errors import DataError

_TRIAL = """\
id = "{id}"
role = "retro trial"  # {roles}
citation = "Authors. Title. Journal year;volume:pages"
# doi = "10.xxxx/xxxxx"
# decimal_mark = ","  # only where the paper prints 0,05
design = ""
population = ""
analysis_reported = ""  # the test, in the paper's words
timepoints = ["baseline", "6wk"]

[[arms]]
label = "treated"
# n_randomised = 20
# n_analysed = 18
intervention = ""

[[arms]]
label = "control"
intervention = ""

[[outcomes]]
name = "pain"
instrument = "VAS"
low = 0
high = 100
unit = "mm"
better = "lower"
change = "baseline - follow-up"  # or "follow-up - baseline", as this paper prints change
"""


def new_trial(name: str, folder: Path | str) -> Path:
    """Write an empty trial folder: a `trial.toml` to edit and a `values.csv` without rows.

    Parameters
    ----------
    name
        Id of the trial: lower-case letters, digits and underscores.
    folder
        The folder of trial folders to write into; made if it does not exist.

    Returns
    -------
    Path
        The new folder. It loads as it stands, as a study that prints nothing yet.

    Raises
    ------
    DataError
        If the name has other characters, or the folder exists already.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise DataError(
            f"{name!r} cannot be the id of a trial; use lower-case letters, digits and "
            "underscores, e.g. smith2024"
        )
    target = Path(folder) / name
    try:
        if target.exists():
            raise DataError(f"{target} exists already; choose another id or edit what is there")
        target.mkdir(parents=True)
        roles = ", ".join(sorted(grammar.ROLES))
        (target / "trial.toml").write_text(_TRIAL.format(id=name, roles=roles), encoding="utf-8")
        header = ",".join(grammar.COLUMNS) + "\n"
        (target / "values.csv").write_text(header, encoding="utf-8")
    except OSError as error:
        raise DataError(f"{target} cannot be written: {error.strerror}") from error
    return target
