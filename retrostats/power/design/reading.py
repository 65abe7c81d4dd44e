"""Reading a design: TOML in, every fault at once, and nothing that is not understood."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from retrostats.data.files import TextFile, read_text
from retrostats.data.open_lines import tell_open_lines
from retrostats.data.tables import parse_toml
from retrostats.errors import Fault, raise_faults
from retrostats.power.design.changes import matrix_of
from retrostats.power.design.checks import Place, design_faults
from retrostats.power.design.fields import (
    DesignArm,
    DesignFields,
    Dropout,
    Matrix,
    MeasurementScale,
    SimulatedCovariate,
)
from retrostats.power.design.grammar import DesignTables
from retrostats.power.design.types import TrialDesign


def read_design(path: Path | str) -> TrialDesign:
    """Read the design of a trial.

    Parameters
    ----------
    path
        A TOML file in the form of ``docs/design.md``.

    Returns
    -------
    TrialDesign

    Raises
    ------
    DataError
        If there is no such file, if it is not TOML, if a key is unknown or missing, if a value
        is not what it should be, or if no trial can be so. All faults are listed, with their
        lines.

    Examples
    --------
    >>> import retrostats as rs
    >>> from retrostats.data.catalogue import data_folder
    >>> folder = data_folder() / "example_cohort"  # or a folder of yours
    >>> design = rs.read_design(folder / "design.toml")
    >>> design.labels, design.weeks
    (('retro', 'forward', 'control'), (0.0, 3.0, 6.0))
    """
    faults: list[Fault] = []
    file = _read(Path(path), faults)
    content = parse_toml(file, faults) if file else None
    found = None
    if file is not None and content is not None and "estimand" in content:
        message = "this is a plan, not a design; give it where one is asked for"
        faults.append(Fault(file.name, 0, "", message))
    elif file is not None and content is not None:
        tables = DesignTables(file, content, faults)
        found = _fields(tables)
        # Without visits or arms everything else would be wrong as well.
        for place, message in design_faults(found) if found.visits and found.arms else ():
            if not tables.told(place):
                faults.append(tables.at(place, message))
        tell_open_lines(file, faults)
    raise_faults(f"design {Path(path).name}", faults)
    if found is None:
        raise AssertionError("a design that cannot be read has a fault")
    return TrialDesign(**{each.name: getattr(found, each.name) for each in fields(found)})


def _read(path: Path, faults: list[Fault]) -> TextFile | None:
    """Read the text; a missing or empty file is told in the words of a design."""
    found: list[Fault] = []
    file = read_text(path, found)
    hint = "`retrostats new design` writes a design to be filled in"
    if file is None and not path.exists():
        found = [Fault(path.name, 0, "", f"there is no such file; {hint}")]
    elif file is None and path.is_file() and any("empty" in fault.message for fault in found):
        found = [Fault(path.name, 0, "", f"the file is empty; {hint}")]
    faults += [replace(each, file=path.name) for each in found]
    return file and TextFile(name=path.name, text=file.text, digest=file.digest)


def _fields(tables: DesignTables) -> DesignFields:
    """Return the design; what is broken has a fault already and is filled with anything."""
    top = tables.single("") or {}
    visits = tables.repeated("visits")
    arms = tables.repeated("arms")
    leaving, scale = tables.single("dropout"), tables.single("scale")
    if leaving and leaving.get("mechanism") == "MAR" and not tables.has("dropout", "odds_ratio"):
        message = "'odds_ratio' is missing; MAR needs it, as in odds_ratio = 1.5"
        tables.fault(Place(table="dropout", key="odds_ratio"), message)
    return DesignFields(
        title=top.get("title", ""),
        outcome=top.get("outcome", ""),
        unit=top.get("unit", ""),
        better=top.get("better", "lower"),
        visits=tuple(each.get("label", "") for each in visits),
        weeks=tuple(each.get("week", 0.0) for each in visits),
        sds=tuple(each.get("sd", 1.0) for each in visits),
        arms=tuple(DesignArm(**({"label": "", "means": ()} | each)) for each in arms),
        correlation=_correlation(tables, top, len(visits)),
        dropout=Dropout(**leaving) if leaving else Dropout(),
        intermittent=top.get("intermittent", 0.0),
        scale=None if scale is None else MeasurementScale(**scale),
        covariates=_covariates(tables),
        route=top.get("route", ()),
    )


def _correlation(tables: DesignTables, top: dict[str, Any], visits: int) -> Matrix:
    given, kind = top.get("correlation", 0.0), top.get("correlation_kind")
    if isinstance(given, float):
        return matrix_of(given, kind or "exchangeable", visits)
    if kind is not None:
        message = "a matrix says every correlation itself; take correlation_kind out"
        tables.fault(Place(key="correlation_kind"), message)
    rows: Matrix = given
    return rows


def _covariates(tables: DesignTables) -> tuple[SimulatedCovariate, ...]:
    found = []
    for position, each in enumerate(tables.repeated("covariates")):
        category = {"levels", "shares"} & set(each)
        number = {"mean", "sd"} & set(each)
        needed = {"levels", "shares"} if category else {"mean", "sd"}
        if category and number:
            message = "give levels and shares of a category, or mean and sd of a number, not both"
            tables.fault(Place(table="covariates", position=position), message)
        elif missing := sorted(needed - set(each)):
            message = f"{' and '.join(missing)} missing; give levels and shares, or mean and sd"
            tables.fault(Place(table="covariates", position=position), message)
        else:
            found.append(SimulatedCovariate(**({"name": ""} | each)))
    return tuple(found)
