"""Where the published trials are, and how to load one or all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path

from retrostats.data.description import read_description
from retrostats.data.files import read_text
from retrostats.data.published import PublishedTrial
from retrostats.data.values import read_values
from retrostats.errors import DataError, Fault, raise_faults


def data_folder() -> Path:
    """Return the folder of the bundled data: inside the wheel, or beside the source."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "_data", package.parent / "data"):
        if (folder / "trials").is_dir():
            return folder
    raise DataError(
        "the bundled data are missing: neither retrostats/_data nor data/ has a folder trials; "
        "install the package again"
    )


def trial_folders(folder: Path | str | None = None) -> dict[str, Path]:
    """Return the trial folders below one folder, by id, sorted.

    Parameters
    ----------
    folder
        A folder of trial folders; the bundled trials when omitted.

    Raises
    ------
    DataError
        If the folder does not exist or holds no trial.
    """
    root = data_folder() / "trials" if folder is None else Path(folder)
    if not _is_folder(root):
        raise DataError(f"{root}: no such folder; expected a folder of trial folders")
    if (root / "trial.toml").is_file():
        raise DataError(f"{root}: is itself a trial folder; give the folder that holds it")
    found = {
        path.name: path
        for path in sorted(root.iterdir())
        if path.is_dir() and not path.name.startswith((".", "_"))
    }
    if not found:
        raise DataError(
            f"{root}: holds no trial folder; `retrostats new trial ID --to {root}` writes one"
        )
    return found


def list_trials() -> tuple[str, ...]:
    """Return the ids of the bundled trials, sorted.

    Returns
    -------
    tuple of str
        What `load_trial` and `reproduce` take.

    Raises
    ------
    DataError
        If the bundled data are missing.

    Examples
    --------
    >>> import retrostats as rs
    >>> rs.list_trials()[:3]
    ('alghadir2019', 'ard_physiotherapy', 'baby2022')
    """
    return tuple(trial_folders())


def load_trial(id_or_folder: str | Path) -> PublishedTrial:
    """Load one published trial and check it.

    Parameters
    ----------
    id_or_folder
        The id of a bundled trial (see `list_trials`), or the path of a folder that
        holds ``trial.toml`` and ``values.csv``.

    Returns
    -------
    PublishedTrial
        Checked; every number keeps its text.

    Raises
    ------
    DataError
        If there is no such trial, or with every fault of its files, each with file,
        line and column.

    Examples
    --------
    >>> import retrostats as rs
    >>> trial = rs.load_trial("qiu2023")
    >>> [arm.label for arm in trial.arms]
    ['GT', 'AH']
    """
    folder = _resolve(id_or_folder)
    faults: list[Fault] = []
    trial = _load(folder, faults)
    raise_faults(f"trial {folder.name}", faults)
    assert trial is not None  # noqa: S101 - without a fault there is a trial
    return trial


def load_trials(
    ids: Sequence[str] = (), folder: Path | str | None = None
) -> tuple[PublishedTrial, ...]:
    """Load several trials and tell the faults of all of them together.

    Parameters
    ----------
    ids
        Which ones; all of the folder when empty.
    folder
        A folder of trial folders; the bundled trials when omitted.

    Raises
    ------
    DataError
        If an id is unknown, or with every fault of every file.
    """
    known = trial_folders(folder)
    unknown = [name for name in ids if name not in known]
    if unknown:
        raise DataError(
            f"no trial {', '.join(unknown)}; {_nearest(unknown[0], known)} Trials of your own are "
            "read with --trials and the folder that holds their folders"
        )
    faults: list[Fault] = []
    wanted = dict.fromkeys(ids or known)
    trials = [_load(known[name], faults) for name in wanted]
    raise_faults("the trials", faults)
    return tuple(trial for trial in trials if trial is not None)


def _resolve(id_or_folder: str | Path) -> Path:
    """Return the folder that an id or a path means."""
    if isinstance(id_or_folder, str):
        bundled = trial_folders()
        if id_or_folder in bundled:
            return bundled[id_or_folder]
    folder = Path(id_or_folder)
    if not id_or_folder or not _is_folder(folder):
        near = _nearest(str(id_or_folder), trial_folders())
        raise DataError(f"{id_or_folder}: no bundled trial and no folder of that name; {near}")
    return folder if folder.name not in ("", "..") else folder.resolve()


def _nearest(name: str, known: Iterable[str]) -> str:
    """Return the likeliest id, or all of them."""
    names = list(known)
    near = get_close_matches(name.lower(), names, n=1)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}."


def _is_folder(path: Path) -> bool:
    """Whether a path is a folder; a name that no file can have is none."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _load(folder: Path, faults: list[Fault]) -> PublishedTrial | None:
    """Load one folder; add its faults to ``faults``."""
    before = len(faults)
    toml = read_text(folder / "trial.toml", faults)
    values = read_text(folder / "values.csv", faults)
    about = read_description(toml, folder.name, faults) if toml else None
    if toml is None or about is None or values is None:
        return None
    figures = read_values(values, about, faults)
    if len(faults) > before:
        return None
    return PublishedTrial(
        **about.top,
        timepoints=about.timepoints,
        arms=about.arms,
        outcomes=about.outcomes,
        figures=figures,
        digests=(("trial.toml", toml.digest), ("values.csv", values.digest)),
    )
