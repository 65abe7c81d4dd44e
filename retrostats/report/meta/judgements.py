"""What the authors of a review judge themselves: GRADE's domains, and the numbers of a search."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from retrostats.data.files import TextFile, read_text
from retrostats.data.grammar import COUNT, NAME, TEXT, Key
from retrostats.data.tables import KeyLines, TableAt, check_table, parse_toml
from retrostats.errors import Fault, raise_faults

#: Says that nobody has judged a domain; no certainty follows from the others then.
NOT_JUDGED = "not judged"
#: Levels that a judgement takes away. Publication bias has words of its own.
DOWNGRADES: Mapping[str, int] = MappingProxyType(
    {"not serious": 0, "serious": 1, "very serious": 2, "undetected": 0, "strongly suspected": 1}
)
_SERIOUS = frozenset({NOT_JUDGED, "not serious", "serious", "very serious"})
_SUSPECTED = frozenset({NOT_JUDGED, "undetected", "strongly suspected"})
#: The domains in the order of GRADE, by their key in the file, and which words each takes.
DOMAINS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "risk_of_bias": _SERIOUS,
        "inconsistency": _SERIOUS,
        "indirectness": _SERIOUS,
        "imprecision": _SERIOUS,
        "publication_bias": _SUSPECTED,
    }
)
#: From the most certain down.
CERTAINTIES = ("high", "moderate", "low", "very low")
#: Numbers of a search as PRISMA 2020 names them, in the order of its flow diagram.
SEARCH = (
    "records_identified",
    "duplicates_removed",
    "records_screened",
    "records_excluded",
    "reports_sought",
    "reports_not_retrieved",
    "reports_assessed",
    "reports_excluded",
    "studies_included",
)
#: What each number must be where the two before it are given too: the first minus the second.
_FOLLOWS = (
    ("records_screened", "records_identified", "duplicates_removed"),
    ("reports_sought", "records_screened", "records_excluded"),
    ("reports_assessed", "reports_sought", "reports_not_retrieved"),
)
_KEYS: Mapping[str, Mapping[str, Key]] = MappingProxyType(
    {
        "": {
            "outcome": NAME,
            "start": Key(kind=str, allowed=frozenset({"high", "low"})),
            "search": Key(kind=dict),
            **dict.fromkeys(DOMAINS, Key(kind=dict)),
        },
        "search": dict.fromkeys(SEARCH, COUNT),
        **{
            name: {"judgement": Key(kind=str, required=True, allowed=words), "reason": TEXT}
            for name, words in DOMAINS.items()
        },
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What was judged of one domain, and why."""

    domain: str
    judgement: str = NOT_JUDGED
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgements:
    """The judgements of one outcome.

    Attributes
    ----------
    outcome
        What they are about.
    start
        Certainty before any downgrade: ``"high"`` for randomised trials, else ``"low"``.
    domains
        All five, in the order of `DOMAINS`.
    search
        Numbers of the search by the names of `SEARCH`; only those that were given.
    source, digest
        Name of the file and SHA-256 of its bytes; empty where there is none.
    """

    outcome: str
    start: str = "high"
    domains: tuple[Judgement, ...] = tuple(Judgement(domain=name) for name in DOMAINS)
    search: tuple[tuple[str, int], ...] = ()
    source: str = ""
    digest: str = ""

    @property
    def open(self) -> tuple[str, ...]:
        """The domains that nobody has judged."""
        return tuple(each.domain for each in self.domains if each.judgement == NOT_JUDGED)

    @property
    def downgrades(self) -> int:
        """How many levels the judgements take away."""
        return sum(DOWNGRADES.get(each.judgement, 0) for each in self.domains)

    @property
    def certainty(self) -> str:
        """High, moderate, low or very low; empty while a domain is not judged."""
        if self.open:
            return ""
        place = CERTAINTIES.index(self.start) + self.downgrades
        return CERTAINTIES[min(place, len(CERTAINTIES) - 1)]


def read_judgements(path: Path | str, *, outcome: str) -> Judgements:
    """Read the judgements that authors wrote down.

    Parameters
    ----------
    path
        A file of the form that `retrostats new grade` writes.
    outcome
        What is being reported: judgements of another outcome must not be taken for its own.

    Raises
    ------
    DataError
        Naming every fault with its line: an unknown key or word, a judgement without a reason,
        another outcome, or numbers of a search that contradict one another.
    """
    faults: list[Fault] = []
    file = _read(Path(path), faults)
    content = parse_toml(file, faults) if file else None
    found = None
    if file is not None and content is not None:
        found = _judgements(file, content, outcome, faults)
    raise_faults(f"judgements {Path(path).name}", faults)
    if found is None:
        raise AssertionError("judgements that cannot be read have a fault")
    return found


def _read(path: Path, faults: list[Fault]) -> TextFile | None:
    if not path.exists():
        message = "there is no such file; `retrostats new grade` writes one to be filled in"
        faults.append(Fault(path.name, 0, "", message))
        return None
    found: list[Fault] = []
    file = read_text(path, found)
    faults += [replace(fault, file=path.name) for fault in found]
    return file and TextFile(name=path.name, text=file.text, digest=file.digest)


def _judgements(
    file: TextFile, content: dict[str, Any], outcome: str, faults: list[Fault]
) -> Judgements:
    lines = KeyLines(file.text)
    top = check_table(content, _KEYS[""], where=TableAt(file, lines), faults=faults)
    told = top.get("outcome", outcome)
    if told.casefold().split() != outcome.casefold().split():
        message = f"the judgements are about {told!r}, the report about {outcome!r}; write its own"
        faults.append(TableAt(file, lines).fault("outcome", message))
    domains = []
    for name in DOMAINS:
        where = TableAt(file, lines, name)
        given = top.get(name, {"judgement": NOT_JUDGED})
        table = check_table(given, _KEYS[name], where=where, faults=faults)
        each = Judgement(domain=name, **table)
        if each.judgement != NOT_JUDGED and not each.reason.strip():
            faults.append(where.fault("reason", f"{each.judgement!r} needs a reason; write why"))
        domains.append(each)
    where = TableAt(file, lines, "search")
    search = check_table(top.get("search", {}), _KEYS["search"], where=where, faults=faults)
    faults += _contradictions(search, where)
    return Judgements(
        outcome=told,
        start=top.get("start", "high"),
        domains=tuple(domains),
        search=tuple((name, search[name]) for name in SEARCH if name in search),
        source=file.name,
        digest=file.digest,
    )


def _contradictions(search: Mapping[str, int], where: TableAt) -> Iterator[Fault]:
    """Yield a fault for each number that cannot be."""
    for name, count in search.items():
        if count < 0:
            yield where.fault(name, f"{name} = {count} is no count; expected 0 or more")
    for _, whole, part in _FOLLOWS:
        if {whole, part} <= set(search) and search[part] > search[whole]:
            yield where.fault(
                part, f"{part} = {search[part]}, but {whole} = {search[whole]}; correct one of them"
            )
    for name, whole, part in _FOLLOWS:
        if {name, whole, part} <= set(search) and search[name] != search[whole] - search[part]:
            expected = search[whole] - search[part]
            yield where.fault(
                name,
                f"{name} = {search[name]}, but {whole} - {part} = {expected}; correct one of them",
            )
    assessed, included = search.get("reports_assessed"), search.get("studies_included")
    if assessed is not None and included is not None:
        left = assessed - search.get("reports_excluded", 0)
        if included > left:
            yield where.fault(
                "studies_included",
                f"studies_included = {included}, but only {left} reports were left; correct one",
            )
