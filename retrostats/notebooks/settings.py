"""What a user sets for a run: values for parameters, and the files that some of them name."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from retrostats.errors import Fault, raise_faults
from retrostats.notebooks.catalogue import Script
from retrostats.notebooks.folder import EXAMPLE
from retrostats.notebooks.parameters import Parameter, Value, as_type
from retrostats.notebooks.percent import parameters_of


@dataclass(frozen=True, slots=True)
class Prepared:
    """A notebook with what is set in it.

    Attributes
    ----------
    script
        The notebook.
    values
        New values of its parameters, by name; a file stands by its name beside the notebook.
    files
        The user's files, by that name.
    """

    script: Script
    values: Mapping[str, Value]
    files: Mapping[str, Path]


def prepare(
    scripts: Sequence[Script], settings: Sequence[str], *, laid: Path, here: Path | None = None
) -> tuple[Prepared, ...]:
    """Settle what is set in each notebook, before anything runs.

    Parameters
    ----------
    scripts
        The notebooks.
    settings
        Each ``"name=value"``, as typed; a name is set in every notebook that has it.
    laid
        A folder as the notebooks find it. A parameter whose default is a file there is a file
        parameter: the user's file must exist.
    here
        Where the user's relative paths begin; the current folder when omitted.

    Returns
    -------
    tuple of Prepared
        In the order of `scripts`.

    Raises
    ------
    DataError
        With all faults together: of the scripts, and of what is set.
    """
    faults: list[Fault] = []
    typed = _split(settings, faults)
    parameters = {script.name: parameters_of(script) for script in scripts}
    known = {each.name for found in parameters.values() for each in found}
    for name in typed:
        if name not in known:
            told = _choice(parameters)
            faults.append(Fault(f"--set {name}", 0, "", f"no notebook has this parameter; {told}"))
    place = _Place(laid, Path.cwd() if here is None else here)
    made = tuple(
        _prepared(script, parameters[script.name], typed, place=place, faults=faults)
        for script in scripts
    )
    raise_faults("the settings", dict.fromkeys(faults))
    return made


def _split(settings: Sequence[str], faults: list[Fault]) -> dict[str, str]:
    """Return the values as typed, by name."""
    typed: dict[str, str] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        problem = ""
        if not equals or not name.isidentifier():
            problem = "expected name=value, e.g. --set cohort=my.csv"
        elif name in typed:
            problem = "is set twice; give it once"
        elif not value:
            problem = "the value is empty"
        elif not value.isprintable():
            # Also what a terminal passes on of a name that is not UTF-8.
            problem = "the value holds a character that cannot be printed"
        if problem:
            faults.append(Fault(f"--set {ascii(setting)[1:-1]}", 0, "", problem))
        else:
            typed[name] = value
    return typed


def _choice(parameters: Mapping[str, tuple[Parameter, ...]]) -> str:
    """Say in words what can be set."""
    return "; ".join(
        f"{name} has {', '.join(map(str, found)) or 'no parameters'}"
        for name, found in parameters.items()
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """The folder as notebooks find it, and the one where the user is."""

    laid: Path
    here: Path

    def is_file_parameter(self, parameter: Parameter) -> bool:
        return isinstance(parameter.default, str) and (self.laid / parameter.default).is_file()


def _prepared(
    script: Script,
    parameters: tuple[Parameter, ...],
    typed: Mapping[str, str],
    *,
    place: _Place,
    faults: list[Fault],
) -> Prepared:
    values: dict[str, Value] = {}
    files: dict[str, Path] = {}
    for parameter in parameters:
        if parameter.name not in typed:
            continue
        text = typed[parameter.name]
        try:
            if place.is_file_parameter(parameter):
                values[parameter.name] = _file(text, parameter.default, place, files)
            else:
                values[parameter.name] = as_type(text, parameter.default)
        except ValueError as error:
            problem = f"{text!r} does not fit {script.name}, where {parameter} stands: {error}"
            faults.append(Fault(f"--set {parameter.name}", 0, "", problem))
    return Prepared(script, values, files)


def _file(text: str, default: Value, place: _Place, files: dict[str, Path]) -> str:
    """Return the name of a user's file beside the notebook, and add it to the files.

    Raises
    ------
    ValueError
        If it cannot be used; the message says why.
    """
    # Unlike `Path.expanduser`, that of `os.path` leaves a user who is unknown as he was typed.
    typed = os.path.expanduser(text)  # noqa: PTH111
    path = Path(os.path.abspath(place.here / typed))  # noqa: PTH100 - links stay
    if text == default and not path.exists():
        return text
    problem = _unusable(path)
    if problem:
        raise ValueError(problem)
    inside = path.is_relative_to(place.here)
    name = path.relative_to(place.here).as_posix() if inside else path.name
    if name == default and path.read_bytes() == (place.laid / name).read_bytes():
        return name
    if name.split("/")[0].casefold() == EXAMPLE:
        raise ValueError(
            f"the folder {EXAMPLE} is that of the example; give your file another folder or name"
        )
    for other, target in files.items():
        if other == name and not target.samefile(path):
            raise ValueError(f"another file set is called {name} too; rename one of them")
        if other.startswith(f"{name}/") or name.startswith(f"{other}/"):
            raise ValueError(f"{name} and {other} cannot lie side by side; rename one of them")
    files[name] = path
    return name


def _unusable(path: Path) -> str:
    """Say why a path is no file that can be read; nothing for a good one."""
    try:
        if path.is_dir():
            return "it is a folder; a file is expected"
        if not path.exists():
            return "there is no such file"
        if not path.is_file():
            return "it is no file but a device"
    except OSError as error:  # a name too long
        return f"it cannot be read: {error.strerror}"
    return "" if os.access(path, os.R_OK) else "it may not be read; ask for the right to read it"
