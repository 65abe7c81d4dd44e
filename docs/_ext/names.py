"""Links to the reference: names in docstrings and pages, whatever way they are written."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from types import MemberDescriptorType
from typing import Any
from urllib.parse import quote

from docutils import nodes
from pygments.lexers.special import TextLexer
from sphinx import addnodes

import retrostats as rs

#: As pages write a public name: `rs.cohens_d`, `rs.cohens_d(...)`, `rs.Estimate.from_se`.
WRITTEN = re.compile(r"(?:rs\.)?(\w+)((?:\.\w+)*)(?:\(.*\))?", re.DOTALL)
WORD = re.compile(r"(\w+)")
#: A name that is no other word, even without `rs.`: two words, or a type.
UNMISTAKABLE = re.compile(r"\w*_\w+|[A-Z]\w+")
#: Pages on which such a name is always that of the package, not a key of a file.
SPOKEN_OF = re.compile(r"methods/|gallery$|figures$|tables$")
#: A DOI; a closing bracket belongs to it only with its opening one.
DOI = re.compile(r"(?<!/)\bdoi:\s*(10\.\d{4,}/(?:\([^()\s]*\)|[^()\s])+)")
#: The path of each public name in the package.
HOMES = {f"retrostats.{home}.{name}": name for home, names in rs._HOMES.items() for name in names}


def public_name(target: str) -> str:
    """Give the path of the reference page for a dotted path through any module of the package."""
    for path, name in HOMES.items():
        if target == path or target.startswith(f"{path}."):
            return f"retrostats.{name}{target[len(path) :]}"
    return target


def find(app: Any, env: Any, node: Any, shown: Any) -> Any:
    """Resolve what Sphinx could not: homes of public names; a plain word stays a plain word."""
    if node.get("refdomain") != "py":
        return None
    target = node["reftarget"].removeprefix("rs.")
    domain = env.get_domain("py")
    builder, place = app.builder, node.get("refdoc", env.docname)
    for path in (public_name(target), f"retrostats.{target}"):
        found = domain.objects.get(path)
        if found:
            return domain.resolve_xref(env, place, builder, "obj", path, node, shown)
    dotted = target.startswith("retrostats.")
    return None if dotted or node.get("reftype") != "obj" else shown


def link_written_names(app: Any, doctree: Any) -> None:
    """Let `rs.cohens_d` in a page lead to its page of the reference."""
    for literal in list(doctree.findall(nodes.literal)):
        words = WRITTEN.fullmatch(literal.astext())
        inside = isinstance(literal.parent, (nodes.reference, addnodes.pending_xref, nodes.title))
        if words is None or inside or not is_meant(words, app.env.docname):
            continue
        link = as_link(page_of(words[1], words[2]), literal.astext(), app)
        literal.replace_self(link)


def is_meant(words: re.Match[str], page: str) -> bool:
    """Say whether words in the type of code are a public name on this page."""
    if words[1] not in rs.__all__:
        return False
    alone = SPOKEN_OF.match(page) and UNMISTAKABLE.fullmatch(words[1])
    return words[0].startswith("rs.") or bool(alone)


def page_of(name: str, attribute: str) -> str:
    """Give what has a place of its own: a method, or the type on whose page a field stands."""
    field = type(getattr(getattr(rs, name), attribute[1:], None)) is MemberDescriptorType
    return f"retrostats.{name}" + ("" if field else attribute)


def link_types(app: Any, doctree: Any) -> None:
    """Let the types that a docstring names in `Parameters` and `Returns` lead to their pages."""
    types = known_types(Path(app.srcdir))
    for term in list(
        doctree.findall(lambda node: isinstance(node, (nodes.term, nodes.classifier)))
    ):
        for text in [child for child in term.children if isinstance(child, nodes.Text)]:
            parts = WORD.split(text.astext())
            if any(part in types for part in parts):
                made = [as_link(types[p], p, app) if p in types else nodes.Text(p) for p in parts]
                term.replace(text, made)


def known_types(docs: Path) -> dict[str, str]:
    """Give the path of every type that has a page. Two types of one name are told apart by none."""
    lines = (docs / "reference" / "results.md").read_text(encoding="utf-8")
    paths = [*re.findall(r"~(retrostats[\w.]+)", lines), *(f"retrostats.{n}" for n in rs.__all__)]
    names = Counter(path.rpartition(".")[2] for path in paths)
    return {n: p for p in paths if names[n := p.rpartition(".")[2]] == 1 and n[0].isupper()}


def as_link(path: str, shown: str, app: Any) -> Any:
    """Make a link that is resolved when all pages are read."""
    return addnodes.pending_xref(
        "",
        nodes.literal(shown, shown),
        refdomain="py",
        reftype="obj",
        reftarget=path,
        refexplicit=True,
        refdoc=app.env.docname,
        refwarn=True,
    )


def link_papers(*event: Any) -> None:
    """Turn every DOI of a docstring into a link; its lines are what the event brings last."""
    lines = event[-1]
    text = "\n".join(lines)
    lines[:] = DOI.sub(linked, text).split("\n")


def linked(found: re.Match[str]) -> str:
    """Write one DOI as a link, without the full stop behind it."""
    doi = found[1].rstrip(".,;")
    address = f"https://doi.org/{quote(doi, safe='/().:')}"
    return f"`doi:{doi.replace('<', chr(92) + '<')} <{address}>`__{found[1][len(doi) :]}"


def setup(app: Any) -> dict[str, bool]:
    """Connect the steps; the DOIs after numpydoc has written its sections."""
    app.add_lexer("csv", TextLexer)
    app.connect("missing-reference", find)
    app.connect("doctree-read", link_written_names)
    app.connect("doctree-read", link_types)
    app.connect("autodoc-process-docstring", link_papers, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
