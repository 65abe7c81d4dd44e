"""Where the notebooks are, and which of them a user names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from retrostats.errors import DataError, Fault, RetrostatsError, raise_faults

#: Modules without which no notebook can be run or laid out; they come with the extra `lab`.
RUNNING = ("ipykernel", "jupytext", "nbclient", "nbconvert", "nbformat")


@dataclass(frozen=True, slots=True)
class Script:
    """One notebook as it is kept: a percent script.

    Attributes
    ----------
    name
        Name of the notebook, e.g. ``"04_mixed_models_side_by_side"``.
    text
        The script, every line ended by a line feed.
    """

    name: str
    text: str

    @property
    def file(self) -> str:
        """Name of the file, as shown in messages."""
        return f"notebooks/{self.name}.py"


def require_modules(modules: Iterable[str] = RUNNING) -> None:
    """Refuse to go on without what the extra `lab` installs.

    Parameters
    ----------
    modules
        Names of modules to look for.

    Raises
    ------
    RetrostatsError
        If one is not installed; it names the extra.
    """
    missing = [name for name in modules if find_spec(name) is None]
    if missing:
        raise RetrostatsError(
            f"notebooks need {', '.join(missing)}, which "
            f"{'is' if len(missing) == 1 else 'are'} not installed; "
            'install them with: pip install "retrostats[lab]"'
        )


def notebook_folder() -> Path:
    """Return the folder of the notebooks: inside the wheel, or beside the source."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "_notebooks", package.parent / "notebooks"):
        if folder.is_dir():
            return folder
    raise DataError(
        "the notebooks are missing: there is neither retrostats/_notebooks nor notebooks/; "
        "install the package again"
    )


def find_notebooks(names: Sequence[str] = (), folder: Path | None = None) -> tuple[Script, ...]:
    """Return notebooks by their names or numbers.

    Parameters
    ----------
    names
        Each a full name (``"04_mixed_models_side_by_side"``, with or without ``.py``) or a
        number (``"04"``, ``"4"``); all notebooks when empty.
    folder
        Folder of the scripts; that of the package when omitted.

    Returns
    -------
    tuple of Script
        In the order of their numbers, each once.

    Raises
    ------
    DataError
        If a name fits no notebook, with a list of all; or if a script cannot be read.

    Examples
    --------
    >>> [script.name for script in find_notebooks(["4"])]
    ['04_mixed_models_side_by_side']
    """
    root = notebook_folder() if folder is None else folder
    paths = {path.stem: path for path in sorted(root.glob("[0-9][0-9]_*.py"))}
    if not paths:
        raise DataError(f"{root}: holds no notebook; expected scripts such as 01_name.py")
    wanted = [_resolved(name, paths) for name in names]
    unknown = [name for name, found in zip(names, wanted, strict=True) if not found]
    if unknown:
        asked = ", ".join(repr(name) for name in unknown)
        raise DataError(f"no notebook {asked}; there are: {', '.join(paths)}")
    chosen = [name for name in paths if not names or name in wanted]
    faults: list[Fault] = []
    scripts = [_read(name, paths[name], faults) for name in chosen]
    raise_faults("the notebooks", faults)
    return tuple(scripts)


def _resolved(name: str, known: Iterable[str]) -> str:
    """Return the full name of a notebook, or nothing."""
    stem = name.removesuffix(".py").removesuffix(".ipynb")
    if stem.isascii() and stem.isdigit():
        return next((each for each in known if each[:2].lstrip("0") == stem.lstrip("0")), "")
    return stem if stem in known else ""


def _read(name: str, path: Path, faults: list[Fault]) -> Script:
    try:
        return Script(name, path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        faults.append(Fault(f"notebooks/{name}.py", 0, "", f"is not UTF-8: {error.reason}"))
    except OSError as error:
        faults.append(Fault(f"notebooks/{name}.py", 0, "", f"cannot be read: {error.strerror}"))
    return Script(name, "")
