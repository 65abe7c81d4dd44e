"""A table as a web page that needs nothing beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from retrostats.tables.paper import PaperTable
from retrostats.tables.shape import shape_of

#: Characters of a line of a printed page held upright.
_UPRIGHT = 105


def as_html(table: PaperTable) -> str:
    """Return the page.

    Parameters
    ----------
    table
        Every text printable; every text is escaped.

    Returns
    -------
    str
        HTML with its style sheet inside: light and dark, wide, narrow and on paper.
    """
    shape = shape_of(table.layout)
    return filled(
        "page.html",
        ("retrostats.tables",),
        title=table.full_caption or table.id,
        table=table,
        shape=shape,
        wide=shape.width > _UPRIGHT,
    )


def filled(template: str, packages: Sequence[str], **content: Any) -> str:
    """Return a template with its content; every text that is put into it is escaped.

    Parameters
    ----------
    template
        Name of a file in the folder ``templates`` of one of the packages.
    packages
        Where it and what it includes are looked for, in order.
    content
        What the template shows; a name that the template needs and does not get is an error.
    """
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package, "templates") for package in packages]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(template).render(**content)
