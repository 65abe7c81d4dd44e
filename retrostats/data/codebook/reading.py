"""Reading a codebook: every fault of the file at once, or a codebook that refers validly."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from retrostats.data.codebook import agreement
from retrostats.data.codebook.document import Document, open_text
from retrostats.data.codebook.grammar import KEYS
from retrostats.data.codebook.outcomes import read_outcomes
from retrostats.data.codebook.subjects import read_adherence, read_covariates, read_screening
from retrostats.data.codebook.trial import read_arms, read_form, read_roles, read_visits
from retrostats.data.codebook.types import Codebook, Roles
from retrostats.data.files import TextFile
from retrostats.data.open_lines import tell_open_lines
from retrostats.data.tables import KeyLines, parse_toml
from retrostats.errors import DataError, Fault, raise_faults


def read_codebook(path: Path | str) -> Codebook:
    """Read and check a codebook.

    Parameters
    ----------
    path
        A TOML file in the form of ``docs/codebook.md``.

    Returns
    -------
    Codebook
        The reference arm first, the visits by week; all names refer to one another validly.

    Raises
    ------
    DataError
        With every fault of the file, each with its line where it has one.

    Examples
    --------
    >>> import retrostats as rs
    >>> from retrostats.data.catalogue import data_folder
    >>> folder = data_folder() / "example_cohort"  # or a folder of yours
    >>> codebook = rs.read_codebook(folder / "codebook.toml")
    >>> [arm.label for arm in codebook.arms], [visit.week for visit in codebook.visits]
    (['control', 'retro', 'forward'], [0.0, 3.0, 6.0])
    """
    path = Path(path)
    faults: list[Fault] = []
    file = open_text(path, faults)
    book = codebook_from(file, faults) if file else None
    raise_faults(f"the codebook {path.name}", faults)
    if book is None:
        raise DataError(f"the codebook {path.name} cannot be read")
    return book


def codebook_from(file: TextFile, faults: list[Fault]) -> Codebook | None:
    """Return the codebook of a text; ``None`` when it is not TOML.

    Parameters
    ----------
    file
        The text, with its name and digest.
    faults
        Extended in place; what is returned holds only when there is none.
    """
    content = parse_toml(file, faults)
    if content is None:
        return None
    if "estimand" in content and "roles" not in content:
        message = "this is a plan, not a codebook; give it where a plan is asked for (--plan)"
        faults.append(Fault(file.name, 0, "", message))
        return None
    book = _book(content, file, faults)
    tell_open_lines(file, faults)
    return book


def _book(content: dict[str, Any], file: TextFile, faults: list[Fault]) -> Codebook:
    """Return the codebook, as whole as its faults let it be."""
    document = Document(file=file, lines=KeyLines(file.text), faults=faults)
    book = _parts(content, document)
    agreement.check_names(document)
    agreement.check_columns(book, document)
    agreement.check_missing(book, document)
    agreement.check_leave_out(book, document)
    rules = content.get("eligibility")
    if not isinstance(rules, dict):
        return book
    where = document.at("eligibility")
    good = document.check(rules, KEYS["eligibility"], where)
    return replace(book, eligibility=agreement.read_rules(good, book, document))


def _parts(content: dict[str, Any], document: Document) -> Codebook:
    """Read every table of the file; a part with a fault is as whole as it can be."""
    faults = document.faults
    top = document.check(content, KEYS[""], document.at())
    form, layout = read_form(top.get("file", {}), document)
    if "file" in content and "file" not in top:
        layout = None
    arms = read_arms(top.get("arms", []), document)
    before = len(faults)
    visits = read_visits(top.get("visits", []), layout, document)
    labels = () if len(faults) > before else tuple(visit.label for visit in visits)
    roles = Roles(subject="", arm="")
    if "roles" in top:
        roles = read_roles(top["roles"], layout, labels, document)
    return Codebook(
        title=top.get("title", ""),
        simulated=top.get("simulated", False),
        form=form,
        roles=roles,
        arms=arms,
        visits=visits,
        outcomes=read_outcomes(top.get("outcomes", []), layout, labels, document),
        covariates=read_covariates(top.get("covariates", []), document),
        adherence=read_adherence(top.get("adherence", []), document),
        screening=read_screening(top.get("screening", {}), document),
        source=document.file.name,
        digest=document.file.digest,
    )
