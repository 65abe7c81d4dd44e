"""Formulas of the pages and docstrings as MathML, which browsers show without any script."""

from __future__ import annotations

import re
from html import escape
from typing import Any

from docutils import nodes
from latex2mathml.converter import convert

#: An ampersand that is written bare. The converter sets `<` and `>` of its own accord.
BARE = re.compile(r"&(?!(?:#\w+|\w+);)")
#: What the converter leaves without the spaces or the form of TeX, and how browsers are told.
MENDED = (
    # "Is distributed as", which comes as the mark above an n.
    (r"<mi>&#x0007E;</mi>", r"<mo>&#x0223C;</mo>"),
    # A prime is an operator without spaces; the style sheet asks for its raised form.
    (r"<mi>&#x02032;</mi>", r'<mo class="prime" lspace="0" rspace="0">&#x02032;</mo>'),
    # Plus or minus between two terms, or before one: browsers tell them apart.
    (r"<mi>&#x000B1;</mi>", r"<mo>&#x000B1;</mo>"),
    # A closing bracket with an exponent is found to close, and stands close, only if it is said.
    (r"(<msu[bp]+>)<mo([^>]*)>(\)|\]|&#x00029;|&#x0005D;)</mo>", r'\1<mo form="postfix"\2>\3</mo>'),
    # Bars enclose: no space inside, and the height of the line.
    (
        r'<mo(?: stretchy="false")?>(&#x0007C;|&#x02016;)</mo>',
        r'<mo stretchy="false" lspace="0" rspace="0">\1</mo>',
    ),
    # A name before a bracket stands close to it, one before anything else a little apart.
    (r"<mo>(\w{2,})</mo>(?=<mo[^>]*>&#x00028;)", r"<mi>\1</mi>"),
    (r"(<mi>(?:log|ln|exp)</mi>)(?!<mo[^>]*>&#x00028;|</)", r'\1<mspace width="0.17em"/>'),
    (r"(</m[in]>|&#x00029;</mo>)(?=<mi>(?:log|ln|exp|diag)</mi>)", r'\1<mspace width="0.17em"/>'),
)


def mathml(latex: str, display: str) -> str:
    r"""Turn LaTeX into MathML, with the LaTeX itself for those who copy or hear it.

    Parameters
    ----------
    latex
        As between the dollar signs.
    display
        ``"inline"`` or ``"block"``.

    Raises
    ------
    ValueError
        If a command is not known: the converter would show it as red letters.
    """
    made = convert(latex, display=display)
    unknown = re.findall(r"<m\w+>\s*(\\\w+)\s*</m", made)
    if unknown:
        raise ValueError(f"formula {latex!r}: {', '.join(unknown)} cannot be set as MathML")
    for written, wanted in MENDED:
        made = re.sub(written, wanted, made)
    return BARE.sub("&amp;", made).replace("<math ", f'<math alttext="{escape(latex)}" ', 1)


def visit_math(writer: Any, node: nodes.math) -> None:
    """Write a formula within a line."""
    writer.body.append(mathml(node.astext(), "inline"))
    raise nodes.SkipNode


def visit_math_block(writer: Any, node: nodes.math_block) -> None:
    """Write a formula on a line of its own; a wide one scrolls inside its box."""
    writer.body.append(f'<div class="formula" tabindex="0">{mathml(node.astext(), "block")}</div>')
    raise nodes.SkipNode


def setup(app: Any) -> dict[str, bool]:
    """Add the renderer."""
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_math_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
