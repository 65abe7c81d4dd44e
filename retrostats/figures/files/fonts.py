"""The letters of an SVG inside the SVG itself, so that it looks the same on every machine."""

from __future__ import annotations

import base64
import html
import io
import re
from functools import lru_cache
from typing import Literal

from matplotlib.font_manager import FontProperties, findfont

FAMILY = "DejaVu Sans"

_WORDS = re.compile(r'<(text|tspan)\b[^>]*?\sstyle="([^"]*)"[^>]*>(.*?)</\1>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_BOLD = re.compile(r"\b(bold|[6-9]00)\b")
_SLANTED = re.compile(r"\b(italic|oblique)\b")
_HEAD = "<defs>\n"
#: A line of a label may begin with spaces, which a browser would drop.
_SPACES = "text{white-space:pre}"

#: Weight and slant of a face of the family.
Slant = Literal["normal", "oblique"]
Face = tuple[str, Slant]


def with_fonts(svg: str) -> str:
    """Return an SVG with the letters that it uses, as `@font-face` rules with data addresses.

    Parameters
    ----------
    svg
        As matplotlib writes it with its text as text. Its text stays text.

    Returns
    -------
    str
        The same for the same SVG. Text in another family than DejaVu Sans is left to the reader's
        machine, and so are letters that DejaVu Sans lacks.
    """
    faces = _letters(svg)
    if not faces or _HEAD not in svg:
        return svg
    rules = "".join(
        f"@font-face{{font-family:'{FAMILY}';font-weight:{weight};font-style:{slant};"
        f"src:url(data:font/woff;base64,{_subset(weight, slant, letters)}) format('woff')}}\n"
        for (weight, slant), letters in sorted(faces.items())
    )
    return svg.replace(_HEAD, f'{_HEAD}  <style type="text/css">{rules}{_SPACES}</style>\n', 1)


def _letters(svg: str) -> dict[Face, str]:
    """Return the letters that stand in each face, sorted."""
    found: dict[Face, set[str]] = {}
    for _, style, inner in _WORDS.findall(svg):
        if FAMILY not in html.unescape(style):
            continue
        face: Face = (
            "bold" if _BOLD.search(style) else "normal",
            "oblique" if _SLANTED.search(style) else "normal",
        )
        found.setdefault(face, set()).update(html.unescape(_TAG.sub("", inner)))
    return {face: "".join(sorted(letters)) for face, letters in found.items()}


@lru_cache(maxsize=64)
def _subset(weight: str, slant: Slant, letters: str) -> str:
    """Return a font of these letters alone, as base64; kerning and accents work as in the whole."""
    from fontTools import subset

    options = subset.Options()
    options.flavor = "woff"
    options.hinting = False
    options.recalc_timestamp = False  # the date of the font and not of today
    options.drop_tables += ["FFTM", "MATH"]
    path = findfont(FontProperties(family=FAMILY, weight=weight, style=slant))
    written = io.BytesIO()
    with subset.load_font(path, options) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(text=letters)
        cutter.subset(font)
        subset.save_font(font, written, options)
    return base64.b64encode(written.getvalue()).decode("ascii")
