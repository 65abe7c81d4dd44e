"""Pages that stand elsewhere in the project, and what readers of a hosted page need not see.

A page with the comment ``<!-- stands for: ../data/README.md -->`` is built from the text of that
file. Links from any page to that file then lead to this page, and its own links still lead where
they led. ``<!-- answers for: ../README.md -->`` only draws the links to a page with a text of its
own. A comment ``<!-- toctree: ... -->`` becomes a hidden table of contents.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from sphinx.errors import ExtensionError

ANSWERS_FOR = re.compile(r"<!-- (?:answers|stands) for: (\S+) -->")
STANDS_FOR = re.compile(r"<!-- stands for: (\S+) -->")
CONTENTS = re.compile(r"<!-- toctree:\s+(.*?)-->", re.DOTALL)
#: The target of a Markdown link or picture, without its anchor.
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)\s]*)?\)")
#: Code is left as it is. A fence, or a span within a line.
CODE = re.compile(r"(^ *```.*?^ *```$|`[^`\n]*`)", re.DOTALL | re.MULTILINE)


def stand_ins(docs: Path) -> dict[Path, Path]:
    """Tell which page of the documentation is made from which file elsewhere."""
    found = {}
    for page in sorted(docs.rglob("*.md")):
        words = ANSWERS_FOR.search(page.read_text(encoding="utf-8"))
        if words:
            found[(page.parent / words[1]).resolve()] = page.resolve()
    return found


def redirected(text: str, place: Path, page: Path, pages: dict[Path, Path]) -> str:
    """Rewrite the links of a text that was written at `place` and is built at `page`."""

    def new(link: re.Match[str]) -> str:
        target, anchor = link[1], link[2] or ""
        if "://" in target or target.startswith("mailto:"):
            return link[0]
        real = (place.parent / target).resolve()
        if real.is_dir():
            raise ExtensionError(f"{place}: the link to {target} names a folder; name a file in it")
        real = pages.get(real, real)
        return f"]({os.path.relpath(real, page.parent)}{anchor})"

    parts = CODE.split(text)
    return "".join(part if k % 2 else LINK.sub(new, part) for k, part in enumerate(parts))


def as_built(app: Any, name: str, source: list[str]) -> None:
    """Replace the text of a page before it is parsed."""
    page = Path(app.env.doc2path(name))
    if page.suffix != ".md":
        return
    place, text = page, source[0]
    words = STANDS_FOR.search(text)
    if words:
        place = (page.parent / words[1]).resolve()
        text = place.read_text(encoding="utf-8")
        app.env.note_dependency(str(place))
    text = redirected(text, place, page.resolve(), stand_ins(Path(app.srcdir)))
    source[0] = CONTENTS.sub(lambda found: contents(found[1]), text)


def contents(entries: str) -> str:
    """Write the directive for a hidden table of contents, one entry a line."""
    lines = [line.strip() for line in entries.strip().splitlines()]
    return "\n".join(["```{toctree}", ":hidden:", *lines, "```"])


def setup(app: Any) -> dict[str, bool]:
    """Connect the one step."""
    app.connect("source-read", as_built)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
