"""Draw the pictures of a gallery page from the code on it: `make gallery`.

Each Python block of the page runs in turn, in one namespace. Where a picture follows a block, the
block has drawn it and left its Axes as `ax`; the picture and its alt text are written anew.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image

from retrostats.figures.saving import save_figure
from retrostats.figures.style import MM_PER_INCH, Axes, describe

HERE = Path(__file__).parent
PAGE = HERE / "gallery.md"
#: A block of code, and the picture of what it drew where there is one.
_BLOCK = re.compile(
    r"```python\n(?P<code>.*?)```(?:\n+!\[(?P<alt>[^\]]*)\]\((?P<path>[^)]+)\))?", re.S
)
#: Enough colours for the figures, and pixels enough for a screen, in small files.
COLOURS, DPI = 256, 150


class Picture(NamedTuple):
    """A picture of the page: its file, and what was drawn and told by the code above it."""

    path: Path
    alt: str
    ax: Axes
    wanted: str


def pictures(page: Path = PAGE) -> Iterator[Picture]:
    """Run the code of a page and yield what it draws, with the alt text that stands there."""
    names: dict[str, Any] = {}
    for found in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        exec(compile(found["code"], str(page), "exec"), names)  # noqa: S102 - the page is ours
        if found["path"]:
            ax = names.pop("ax")
            yield Picture(page.parent / found["path"], found["alt"], ax, plain(describe(ax.figure)))


def plain(sentence: str) -> str:
    """Return a description as it can stand in the brackets of a picture in Markdown."""
    return sentence.replace("[", "(").replace("]", ")")


def as_png(ax: Axes) -> Image.Image:
    """Return a figure at the width at which it was drawn, as the page shows it."""
    width = ax.get_figure(root=True).get_figwidth() * MM_PER_INCH
    with tempfile.TemporaryDirectory() as folder:
        path = save_figure(ax, Path(folder) / "figure.png", width=width)
        whole = Image.open(path).convert("RGB")
    size = (round(width / MM_PER_INCH * DPI), round(whole.height * DPI / 300))
    return whole.resize(size, Image.Resampling.LANCZOS).quantize(COLOURS)


def main() -> None:
    """Draw every picture of the page, and write the alt texts into it."""
    text = PAGE.read_text(encoding="utf-8")
    for picture in pictures():
        picture.path.parent.mkdir(parents=True, exist_ok=True)
        file = io.BytesIO()
        as_png(picture.ax).save(file, "PNG", optimize=True)
        picture.path.write_bytes(file.getvalue())
        link = f"]({picture.path.relative_to(HERE).as_posix()})"
        text = text.replace(f"![{picture.alt}{link}", f"![{picture.wanted}{link}")
        print(f"{picture.path.name}: {len(file.getvalue()) / 1000:.0f} kB", file=sys.stderr)
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
