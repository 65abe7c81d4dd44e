"""The example trial, as it lies beside every notebook."""

from __future__ import annotations

from pathlib import Path

from retrostats.data.catalogue import data_folder
from retrostats.errors import DataError

#: The folder beside the notebooks; their parameters name files in it.
EXAMPLE = "example"
#: What it holds: the simulated trial, without the program that made it.
EXAMPLE_FILES = ("cohort.csv", "codebook.toml", "plan.toml", "design.toml", "README.md")


def example_files() -> dict[str, bytes]:
    """Return the files of the example trial, by their name beside a notebook.

    Returns
    -------
    dict
        ``"example/cohort.csv"`` and its bytes, and so on.

    Raises
    ------
    DataError
        If the installation lacks one of them.

    Examples
    --------
    >>> [name.removeprefix("example/") for name in example_files()]
    ['cohort.csv', 'codebook.toml', 'plan.toml', 'design.toml', 'README.md']
    """
    source = data_folder() / "example_cohort"
    missing = [name for name in EXAMPLE_FILES if not (source / name).is_file()]
    if missing:
        raise DataError(
            f"the bundled example trial lacks {', '.join(missing)}; install the package again"
        )
    return {f"{EXAMPLE}/{name}": (source / name).read_bytes() for name in EXAMPLE_FILES}


def lay_example(folder: Path) -> None:
    """Copy the example trial into the folder ``example`` of a folder.

    Parameters
    ----------
    folder
        Must exist. Files of the same names in its ``example`` are replaced.

    Raises
    ------
    DataError
        If the installation lacks the example.
    OSError
        If nothing can be written there.
    """
    (folder / EXAMPLE).mkdir(exist_ok=True)
    for name, content in example_files().items():
        (folder / name).write_bytes(content)
