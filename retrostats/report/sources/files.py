"""A list of references as BibTeX and as RIS."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from retrostats.report.sources.reference import Paper, Reference
from retrostats.tables.latex_text import latex

#: Accents as LaTeX writes them, by the combining mark.
_ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u",
    "\u0307": ".", "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0327": "c",
    "\u0328": "k",
}  # fmt: skip
#: Latin letters without a combining mark.
_LETTERS = {
    "ß": r"{\ss}", "æ": r"{\ae}", "Æ": r"{\AE}", "ø": r"{\o}", "Ø": r"{\O}", "ł": r"{\l}",
    "Ł": r"{\L}", "œ": r"{\oe}", "Œ": r"{\OE}", "đ": r"{\dj}", "Đ": r"{\DJ}", "þ": r"{\th}",
    "ð": r"{\dh}",
}  # fmt: skip
#: BibTeX counts braces even behind a backslash, so that half a pair would end the field.
_BRACES = {r"\{": r"\textbraceleft{}", r"\}": r"\textbraceright{}"}
_INITIALS = re.compile(r"(?P<family>.+) (?P<initials>[A-Z]{1,4})")


def as_bibtex(references: Iterable[Reference]) -> str:
    """Return the references as BibTeX in plain ASCII, one entry each.

    Parameters
    ----------
    references
        Their keys must differ. A line that holds all fields of a paper becomes an `article`;
        any other a `misc` with the whole line as its title, and a note that says so.
    """
    return "\n".join(_entry(reference) for reference in references)


def _entry(reference: Reference) -> str:
    paper = reference.paper()
    fields = _article(paper) if paper else _misc(reference)
    fields |= (
        {"doi": _address(reference.doi)} if reference.doi else {"url": _address(reference.url)}
    )
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    kind = "article" if paper else "misc"
    return "\n".join([f"@{kind}{{{reference.key},", *lines, "}", ""])


def _article(paper: Paper) -> dict[str, str]:
    names = [*map(_author, paper.authors), *(["others"] if paper.others else [])]
    return {
        "author": " and ".join(names),
        # Braces keep the capitals of KOOS and WOMAC.
        "title": f"{{{ascii_latex(paper.title)}}}",
        "journal": ascii_latex(paper.journal),
        "year": paper.year,
        "volume": paper.volume,
        "number": ascii_latex(paper.issue),
        "pages": paper.pages.replace("-", "--"),
    }


def _misc(reference: Reference) -> dict[str, str]:
    if reference.kind == "software":
        author, title, note = reference.text.split(". ", 2)
        return {
            "author": f"{{{ascii_latex(author)}}}",
            "title": f"{{{ascii_latex(title)}}}",
            "note": ascii_latex(note),
        }
    line = ascii_latex(reference.text or reference.line)
    return {"key": reference.key, "title": f"{{{line}}}", "note": "The whole line as on record"}


def _author(name: str) -> str:
    """Return ``Alghadir, A. H.`` for ``Alghadir AH``; a body of people in braces."""
    found = _INITIALS.fullmatch(name)
    if found is None:
        return f"{{{ascii_latex(name)}}}"
    initials = " ".join(f"{letter}." for letter in found["initials"])
    return f"{ascii_latex(found['family'])}, {initials}"


def ascii_latex(text: str) -> str:
    r"""Return a text as LaTeX in plain ASCII; a letter that LaTeX cannot write becomes its code.

    Examples
    --------
    >>> print(ascii_latex("Müller & Łukasz: 5 % of 步"))
    M{\"u}ller \& {\L}ukasz: 5 \% of [U+6B65]
    """
    plain = unicodedata.normalize("NFC", latex(text))
    for sign, name in _BRACES.items():
        plain = plain.replace(sign, name)
    return "".join(map(_ascii, plain))


def _ascii(letter: str) -> str:
    if letter.isascii():
        return letter
    if letter in _LETTERS:
        return _LETTERS[letter]
    parts = unicodedata.normalize("NFD", letter)
    base, mark = parts[0], parts[1:]
    if mark in _ACCENTS and base.isascii():
        accent = _ACCENTS[mark]
        return f"{{\\{accent}{{{base}}}}}" if accent.isalpha() else f"{{\\{accent}{base}}}"
    return f"[U+{ord(letter):04X}]"


def _address(text: str) -> str:
    """Return a DOI or an address without the signs that would end the field."""
    return quote(text, safe="/:;()<>?=&.,-_~%#+")


def as_ris(references: Sequence[Reference]) -> str:
    """Return the references as RIS, which Zotero, EndNote and Mendeley read.

    Parameters
    ----------
    references
        As of `as_bibtex`.
    """
    return "\n".join("\n".join(_ris_lines(reference)) for reference in references)


def _ris_lines(reference: Reference) -> list[str]:
    paper = reference.paper()
    kind = "JOUR" if paper else {"software": "COMP"}.get(reference.kind, "GEN")
    pairs = [("TY", kind), ("ID", reference.key)]
    if paper:
        first, _, last = paper.pages.partition("-")
        pairs += [("AU", _ris_author(name)) for name in paper.authors]
        pairs += [("TI", paper.title), ("JO", paper.journal), ("PY", paper.year)]
        pairs += [("VL", paper.volume), ("IS", paper.issue), ("SP", first)]
        # 1833-40 ends on page 1840.
        pairs += [("EP", first[: max(0, len(first) - len(last))] + last if last else "")]
    elif reference.kind == "software":
        author, title, note = reference.text.split(". ", 2)
        pairs += [("AU", author), ("TI", title), ("N1", note)]
    else:
        pairs += [("TI", reference.text or reference.line)]
    pairs += [("DO", reference.doi), ("UR", reference.address)]
    written = [f"{tag}  - {' '.join(text.split())}" for tag, text in pairs if text]
    return [*written, "ER  - ", ""]


def _ris_author(name: str) -> str:
    found = _INITIALS.fullmatch(name)
    if found is None:
        return name
    return f"{found['family']}, {' '.join(f'{letter}.' for letter in found['initials'])}"
