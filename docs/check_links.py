"""Follow every link inside the built documentation: `python docs/check_links.py docs/_build/html`.

A link to another site is not followed. Nothing may be loaded from one: no script, style or picture.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

#: What a browser loads by itself, as opposed to what a reader follows.
LOADED = {
    "script": "src", "img": "src", "link": "href", "source": "src", "iframe": "src",
    "video": "src", "audio": "src", "track": "src", "embed": "src", "object": "data",
}  # fmt: skip
#: What a style fetches from another site.
FETCHED = re.compile(r"(?:url\(|@import )\s*[\"']?((?:https?:)?//[^\"')]+)")


@dataclass
class Page(HTMLParser):
    """The anchors of a page, and where it points to."""

    anchors: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    in_style: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag names and what it points to."""
        said = {name: value for name, value in attrs if value}
        self.anchors.update(said[name] for name in ("id", "name") if name in said)
        if tag == "a" and "href" in said:
            self.links.append(said["href"])
        # `rel` other than these names a page without loading it.
        elif tag in LOADED and LOADED[tag] in said and said.get("rel", "stylesheet") in RELS:
            self.loads.append(said[LOADED[tag]])
        # Each picture of a set is its address, then its width or fineness.
        sets = said.get("srcset", "").split(",")
        self.loads += [words.split()[0] for words in sets if words.strip()]
        self.loads += FETCHED.findall(said.get("style", ""))
        self.in_style = tag == "style"

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - a style holds no other tag
        """Note that no style is open any more."""
        self.in_style = False

    def handle_data(self, data: str) -> None:
        """Note what a style sheet within the page fetches."""
        if self.in_style:
            self.loads += FETCHED.findall(data)


#: Kinds of `link` that are loaded.
RELS = {
    "stylesheet", "icon", "shortcut icon", "preload", "modulepreload", "prefetch", "preconnect",
    "dns-prefetch", "manifest", "apple-touch-icon",
}  # fmt: skip


def faults_of(folder: Path) -> list[str]:
    """Tell every link of a built site that leads nowhere, and everything loaded from outside.

    Parameters
    ----------
    folder
        With ``index.html``.

    Returns
    -------
    list of str
        One line each, by page.
    """
    pages = {path: read(path) for path in sorted(folder.rglob("*.html"))}
    if folder / "index.html" not in pages:
        return [f"{folder}: there is no index.html; build the documentation first"]
    faults = []
    for path, page in pages.items():
        where = path.relative_to(folder)
        for target in page.loads:
            outside = urlsplit(target).scheme not in ("", "data") or target.startswith("//")
            if outside:
                faults.append(f"{where}: loads {target}")
        local = [*page.links, *(load for load in page.loads if not urlsplit(load).scheme)]
        faults += [f"{where}: {fault}" for link in local if (fault := broken(link, path, pages))]
    for sheet in sorted(folder.rglob("*.css")):
        text = sheet.read_text(encoding="utf-8")
        fetched = FETCHED.findall(text)
        faults += [f"{sheet.relative_to(folder)}: loads {address}" for address in fetched]
    return faults


def broken(link: str, path: Path, pages: dict[Path, Page]) -> str:
    """Tell what is wrong with one link of a page; "" if nothing is, or it leads elsewhere."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return ""
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not target.is_file():
        return f"{link} leads to no file"
    anchor = unquote(parts.fragment)
    if anchor and target in pages and anchor not in pages[target].anchors:
        return f"{link} leads to no place of that page"
    return ""


def read(path: Path) -> Page:
    """Read one page."""
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


if __name__ == "__main__":
    found = faults_of(Path(sys.argv[1]).resolve())
    print("\n".join(found) or "Every link leads somewhere; nothing is loaded from outside")
    sys.exit(bool(found))
