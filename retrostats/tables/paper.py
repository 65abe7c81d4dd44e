"""A table as a paper shows it: its number, caption, rows and note, in the style of a journal."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, replace

from retrostats.estimate import EstimateTable
from retrostats.journals import Journal, find_journal
from retrostats.layout import Layout, Written, range_joint, true_minus
from retrostats.layout.html import small
from retrostats.tables.shape import printable, printable_layout

#: Characters of a line of the note, in text.
_LINE = 100


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PaperTable:
    """A table that can be saved in every format by `retrostats.tables.saving.save_table`.

    In a notebook it shows itself; printed, it is aligned text.

    Attributes
    ----------
    id
        What files and labels call it, e.g. ``"baseline"``.
    layout
        Its caption and its words.
    note
        Abbreviations, how missing values were treated, and so on; stands below.
    number
        Of the table in its document; ``dataclasses.replace(table, number=1)`` gives it another.

    Examples
    --------
    >>> import retrostats as rs
    >>> from retrostats.layout import Layout
    >>> rows = Layout(caption="Ages", header=("Arm", "Mean (SD)"), rows=(("a", "57.2 (8.1)"),))
    >>> print(rs.PaperTable(id="ages", layout=rows, number=1, note="SD, standard deviation."))
    Table 1. Ages
      Arm   Mean (SD)
      a    57.2 (8.1)
    SD, standard deviation.
    """

    id: str
    layout: Layout
    note: str = ""
    number: int | None = None

    @property
    def caption(self) -> str:
        """What stands above the table, without its number."""
        return self.layout.caption

    @property
    def heading(self) -> str:
        """The number of the table, before its caption; empty where it has none."""
        if self.number is None:
            return ""
        return f"Table {self.number}. " if self.caption else f"Table {self.number}"

    @property
    def full_caption(self) -> str:
        """Number and caption."""
        return self.heading + self.caption

    def in_style(self, journal: str | Journal | None) -> PaperTable:
        """Return the table with its numbers written as a journal asks for them.

        Parameters
        ----------
        journal
            Its name, see `retrostats.journals.JOURNALS`, or one of your own; None for the house.

        Raises
        ------
        ValueError
            If there is no journal of this name.
        """
        style = find_journal(journal)
        joint = range_joint(style, [*self.layout.cells, self.note])
        note = self.note.in_style(style, joint) if isinstance(self.note, Written) else self.note
        return replace(self, layout=self.layout.in_style(style, joint), note=note)

    def printable(self) -> PaperTable:
        """Return the table without characters that no page can show."""
        return replace(self, layout=printable_layout(self.layout), note=printable(self.note))

    def typeset(self) -> PaperTable:
        """Return the table as pages show it: with true minus signs, in the note too."""
        return replace(self, layout=self.layout.typeset(), note=true_minus(self.note))

    def captioned(self) -> Layout:
        """Return the rows with number and caption as their caption."""
        return replace(self.layout, caption=self.full_caption)

    def text(self) -> str:
        """Return aligned text with the note below."""
        note = textwrap.fill(" ".join(self.note.split()), _LINE)
        return "\n".join(filter(None, [self.captioned().text(), note]))

    def __repr__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return self.captioned().html() + small(true_minus(self.note))


def paper_table(table: PaperTable | Layout | EstimateTable, name: str) -> PaperTable:
    """Return any table as one for a paper.

    Parameters
    ----------
    table
        One that is for a paper already stays as it is; others get neither number nor note.
    name
        From which the ``id`` of others is made.

    Raises
    ------
    TypeError
        If it is something else.
    """
    match table:
        case PaperTable():
            return table
        case Layout():
            layout = table
        case EstimateTable():
            layout = table.layout()
        case _:
            todo = (
                "Give its .layout()."
                if callable(getattr(table, "layout", None))
                else "Figures are saved by save_figure."
            )
            raise TypeError(
                "expected a PaperTable, a Layout or an EstimateTable, got "
                f"{type(table).__name__}. {todo}"
            )
    return PaperTable(id=re.sub(r"\W+", "_", name).strip("_") or "table", layout=layout)
