"""Formulas of the pages and docstrings as MathML, which browsers show without any script."""

from __future__ import annotations

import re
from html import escape
from typing import Any

from docutils import nodes
from latex2mathml.converter import convert

#: An ampersand that is written bare. The converter sets `<` and `>` of its own accord.
BARE = re.compile(r"&(?!(?:#\w+|\w+);)")


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
