"""Reading a plan: TOML in, every fault at once, and nothing that is not understood."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from retrostats.data.codebook.texts import wrong_texts
from retrostats.data.files import TextFile, read_text
from retrostats.data.open_lines import tell_open_lines
from retrostats.data.rules import Rule, parse_rule
from retrostats.data.tables import parse_toml
from retrostats.errors import Fault, PlanError, raise_faults
from retrostats.plan.contradictions import contradictions
from retrostats.plan.grammar import Place, PlanTables
from retrostats.plan.names import default_model
from retrostats.plan.types import (
    AnalysisPlan,
    Comparison,
    Endpoint,
    Estimand,
    IntercurrentEvent,
    ModelPlan,
    Multiplicity,
    PopulationPlan,
    ResponderPlan,
    Sensitivity,
    Subgroup,
)

#: Keys of a further analysis that fills in what is missing.
_MISSING_KEYS = ("reference", "imputation", "inference", "imputations", "replicates", "seed")


def read_plan(path: Path | str) -> AnalysisPlan:
    """Read an analysis plan.

    Parameters
    ----------
    path
        A TOML file in the form of ``docs/plan.md``.

    Returns
    -------
    AnalysisPlan
        Free of contradictions in itself; `require_fits` holds it against a codebook.

    Raises
    ------
    PlanError
        If there is no such file, if it is not TOML, if a key is unknown or missing, if a value
        is not what it should be, or if two choices contradict each other. All faults are
        listed, with their lines.

    Examples
    --------
    >>> import retrostats as rs
    >>> from retrostats.data.catalogue import data_folder
    >>> folder = data_folder() / "example_cohort"  # or a folder of yours
    >>> plan = rs.read_plan(folder / "plan.toml")
    >>> plan.title
    'Analysis plan of the retro walking trial (simulated)'
    >>> [endpoint.outcome for endpoint in plan.endpoints]
    ['pain', 'womac', 'strength', 'tug']
    """
    faults: list[Fault] = []
    file = _read(Path(path), faults)
    content = parse_toml(file, faults) if file else None
    plan = None
    if file is not None and content is not None and _is_design(content):
        message = "this is a design, not a plan; give it where one is asked for (--design)"
        faults.append(Fault(file.name, 0, "", message))
    elif file is not None and content is not None and _is_codebook(content):
        message = "this is a codebook, not a plan; give it where one is asked for (--codebook)"
        faults.append(Fault(file.name, 0, "", message))
    elif file is not None and content is not None:
        tables = PlanTables(file, content, faults)
        for place, value in _entries(content):
            for wrong in wrong_texts(value, place.table, place.key):
                tables.fault(place, wrong)
        plan = _plan(tables, file)
        for found in contradictions(plan, skip=frozenset(tables.broken)):
            tables.fault(found.place, found.message)
        tell_open_lines(file, faults)
    raise_faults(f"plan {Path(path).name}", faults, error=PlanError)
    if plan is None:
        raise AssertionError("a plan that cannot be read has a fault")
    return plan


def _read(path: Path, faults: list[Fault]) -> TextFile | None:
    """Read the text; a missing or empty file is told in the words of a plan."""
    found: list[Fault] = []
    file = read_text(path, found)
    if file is None and not path.exists():
        message = "there is no such file; `retrostats new plan` writes a plan to be filled in"
        found = [Fault(path.name, 0, "", message)]
    elif file is None and path.is_file() and any("empty" in fault.message for fault in found):
        message = "the file is empty; `retrostats new plan` writes a plan to be filled in"
        found = [Fault(path.name, 0, "", message)]
    faults += [replace(each, file=path.name) for each in found]
    return file and TextFile(name=path.name, text=file.text, digest=file.digest)


def _is_design(content: dict[str, Any]) -> bool:
    return "estimand" not in content and {"arms", "visits", "better"} <= set(content)


def _is_codebook(content: dict[str, Any]) -> bool:
    return "estimand" not in content and bool({"roles", "arms", "outcomes"} & set(content))


def _entries(
    content: Mapping[str, Any], table: str = "", position: int = 0
) -> Iterator[tuple[Place, object]]:
    """Yield every value of a plan with its place, known to the grammar or not."""
    for key, value in content.items():
        name = f"{table}.{key}" if table else key
        if isinstance(value, Mapping):
            yield from _entries(value, name)
        elif isinstance(value, list) and any(isinstance(each, Mapping) for each in value):
            for at, each in enumerate(value):
                if isinstance(each, Mapping):
                    yield from _entries(each, name, at)
        else:
            yield Place(table=table, position=position, key=key), value


def _plan(tables: PlanTables, file: TextFile) -> AnalysisPlan:
    """Return the plan; what is broken has a fault already and is filled with anything."""
    estimand = _estimand(tables)
    further = [_comparison(each) for each in tables.repeated("comparisons")]
    return AnalysisPlan(
        title=tables.single("").get("title", ""),
        estimand=estimand,
        comparisons=(estimand.comparison, *further),
        secondary=tuple(_endpoint(each, "outcome") for each in tables.repeated("secondary")),
        model=_model(tables),
        multiplicity=Multiplicity(**tables.single("multiplicity")),
        population=_population(tables),
        sensitivity=_sensitivity(tables),
        responders=_responders(tables),
        subgroups=tuple(
            Subgroup(covariate=each.get("covariate", ""), at=each.get("at", ()))
            for each in tables.repeated("subgroups")
        ),
        source=file.name,
        file_digest=file.digest,
    )


def _comparison(entries: dict[str, Any]) -> Comparison:
    return Comparison(
        treatment=entries.get("treatment", ""), comparator=entries.get("comparator", "")
    )


def _endpoint(entries: dict[str, Any], key: str) -> Endpoint:
    return Endpoint(outcome=entries.get(key, ""), week=entries.get("week", 1.0))


def _estimand(tables: PlanTables) -> Estimand:
    entries = tables.single("estimand")
    return Estimand(
        comparison=_comparison(entries),
        population=entries.get("population", ""),
        endpoint=_endpoint(entries, "endpoint"),
        intercurrent=tuple(
            IntercurrentEvent(
                event=each.get("event", ""), strategy=each.get("strategy", "treatment policy")
            )
            for each in tables.repeated("estimand.intercurrent")
        ),
        summary=entries.get("summary", "difference of means"),
    )


def _model(tables: PlanTables) -> ModelPlan:
    entries = tables.single("model")
    given = default_model(entries.get("kind", "mmrm"), baseline=entries.get("baseline"))
    chosen = {name: getattr(given, name) for name in ModelPlan.__dataclass_fields__}
    return ModelPlan(**(chosen | entries))


def _population(tables: PlanTables) -> PopulationPlan:
    entries = tables.single("population")
    rules = _rules(tables, entries, Place(table="population", key="rules"))
    return PopulationPlan(kind=entries.get("kind", "all randomised"), rules=rules)


def _sensitivity(tables: PlanTables) -> tuple[Sensitivity, ...]:
    found = []
    for position, each in enumerate(tables.repeated("sensitivity")):
        place = Place(table="sensitivity", position=position, key="rules")
        found.append(
            Sensitivity(
                kind=each.get("kind", "complete cases"),
                rules=_rules(tables, each, place),
                covariance=each.get("covariance"),
                deltas=each.get("deltas", ()),
                **{key: each[key] for key in _MISSING_KEYS if key in each},
            )
        )
    return tuple(found)


def _rules(tables: PlanTables, entries: dict[str, Any], place: Place) -> tuple[Rule, ...]:
    rules = []
    for text in entries.get("rules", ()):
        try:
            rules.append(parse_rule(text))
        except ValueError as error:
            tables.fault(place, str(error))
    return tuple(rules)


def _responders(tables: PlanTables) -> tuple[ResponderPlan, ...]:
    found = []
    for position, each in enumerate(tables.repeated("responders")):
        given = [key for key in ("improvement", "improvement_percent") if key in each]
        if len(given) != 1:
            message = (
                "give one of improvement (in the unit of the outcome) and improvement_percent "
                f"(of baseline); there are {'both' if given else 'none of them'}"
            )
            tables.fault(Place(table="responders", position=position), message)
        percent = given == ["improvement_percent"]
        amount = each.get(given[0], 1.0) if given else 1.0
        found.append(
            ResponderPlan(
                endpoint=_endpoint(each, "outcome"),
                improvement=_fraction(amount) if percent else amount,
                basis="relative" if percent else "absolute",
                missing=each.get("missing", "non-responder"),
            )
        )
    return tuple(found)


def _fraction(percent: float) -> float:
    """Return hundredths, rounded once: 29 percent are the float nearest to 0.29."""
    return float(Decimal(repr(percent)) / 100)
