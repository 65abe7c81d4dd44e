"""One entry of a list of references, and what can be read from its line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

SourceKind = Literal["software", "trial", "instrument", "change", "method"]

#: One author as medical journals write it: ``van Deursen RWM``.
_AUTHOR = r"(?:[^\W\d_][\w'’-]* )+[A-Z]{1,4}"
#: A complete line: authors, title, journal, year, volume, issue, pages. Anything else is not taken
#: apart, since a guess would put words into the wrong field.
_LINE = re.compile(
    rf"(?P<authors>{_AUTHOR}(?:, {_AUTHOR})*(?:, et al)?|[^.;\[\]]+ Committee[^.;\[\]]*)\. "
    r"(?P<title>[^\[\]]+)\. "
    r"(?P<journal>[^.;:\[\]]+?) (?P<year>\d{4});(?P<volume>\d+)"
    r"(?:\((?P<issue>[^()]+)\))?:(?P<pages>[\w-]+)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What a complete line says, field by field.

    Attributes
    ----------
    authors
        Family name and initials of each, e.g. ``("Kenward MG", "Roger JH")``.
    others
        Whether the line leaves further authors out (``et al``).
    title, journal, year, volume, issue, pages
        As printed; an issue may be empty.
    """

    authors: tuple[str, ...]
    others: bool
    title: str
    journal: str
    year: str
    volume: str
    issue: str
    pages: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One thing to cite.

    Attributes
    ----------
    key
        Of its BibTeX entry.
    kind
        What it is: ``"software"``, ``"trial"``, ``"instrument"``, ``"change"``, ``"method"``.
    text
        The line of a list of references, without DOI and address; empty where only these are on
        record.
    doi, url
        Empty where none is on record.
    used
        What it is cited for, one clause each.
    """

    key: str
    kind: SourceKind
    text: str
    doi: str = ""
    url: str = ""
    used: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """Where it is found: the address of its DOI, else its own; empty where none is known."""
        return f"https://doi.org/{quote(self.doi, safe='/')}" if self.doi else self.url

    @property
    def line(self) -> str:
        """The line with DOI or address at its end."""
        return f"{closed(self.text)} {self.place}".strip()

    @property
    def sentence(self) -> str:
        """The line, then what it is cited for."""
        return f"{self.line} ({'; '.join(self.used)})" if self.used else self.line

    @property
    def place(self) -> str:
        """DOI or address as it is printed; empty where none is known."""
        return f"doi:{self.doi}" if self.doi else self.url

    def paper(self) -> Paper | None:
        """Return the fields of the line; ``None`` where it does not hold all of them.

        Examples
        --------
        >>> line = "Jones CJ, Rikli RE. A chair-stand test. Res Q Exerc Sport 1999;70(2):113-9"
        >>> paper = Reference(key="jones1999", kind="instrument", text=line).paper()
        >>> paper.authors, paper.journal, paper.pages
        (('Jones CJ', 'Rikli RE'), 'Res Q Exerc Sport', '113-9')
        >>> Reference(key="x", kind="trial", text="[Authors to be confirmed.] BMJ 2001").paper()
        """
        found = _LINE.fullmatch(self.text.removesuffix("."))
        if found is None:
            return None
        names = found["authors"].removesuffix(", et al")
        committee = " Committee" in names
        return Paper(
            authors=(names,) if committee else tuple(names.split(", ")),
            others=names != found["authors"],
            title=found["title"],
            journal=found["journal"],
            year=found["year"],
            volume=found["volume"],
            issue=found["issue"] or "",
            pages=found["pages"],
        )

    def author_year(self) -> str:
        """Return a key such as ``"roos1998"``; empty where the line is not complete."""
        paper = self.paper()
        if paper is None:
            return ""
        return key_of(paper.authors[0]).split("-")[0] + paper.year


def closed(text: str) -> str:
    """Return a line with a full stop at its end; nothing of nothing."""
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."


def key_of(text: str) -> str:
    """Return a BibTeX key from any text: small ASCII letters, digits and hyphens.

    Examples
    --------
    >>> key_of("doi:10.1186/s12891-015-0637-8"), key_of("Łódź 步")
    ('doi-10-1186-s12891-015-0637-8', 'u142-odz-u6b65')
    """
    plain = "".join(c if c.isascii() else _plain(c) for c in text.lower())
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "source"


def _plain(letter: str) -> str:
    """Return the letter below an accent; a name of its own for what has none."""
    import unicodedata

    base = unicodedata.normalize("NFKD", letter)[0]
    return base if base.isascii() and base.isalnum() else f"u{ord(letter):x}-"
