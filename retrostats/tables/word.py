"""Tables as Word files that an author can edit."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from retrostats.tables.normal_zip import normalised_zip
from retrostats.tables.paper import PaperTable
from retrostats.tables.shape import WRAPS, TableRow, TableShape, shape_of

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.table import Table as WordTable
    from docx.table import _Cell
    from docx.text.paragraph import Paragraph as WordParagraph

#: Font of the file. Word, LibreOffice and Pages have it or one of the same widths.
FONT = "Times New Roman"

#: Characters of a line of 9 point text that fit on an upright A4 page.
UPRIGHT = 105

#: Room for text of an upright and of a turned page, in mm: A4 with margins of 20 mm.
_ROOM = {False: 170.0, True: 257.0}

#: How much wider than a plain letter a bold one is, at most.
_BOLD = 1.1
#: Characters that the margins of a cell take.
_MARGIN = 3.5
#: Room that a letter of 9 points is given where there is enough, in mm.
_LETTER = 1.9

#: Thickness of rules in eighths of a point: above and below the table, below its head.
_THICK, _THIN = 12, 6


def as_word(table: PaperTable) -> bytes:
    """Return a Word file with one table, its caption above and its note below.

    Parameters
    ----------
    table
        Every text printable. A wide one gets a page turned on its side.

    Returns
    -------
    bytes
        A ``.docx`` without dates and names; the same table gives the same bytes.
    """
    word = empty_file(table.full_caption)
    turned = is_wide(table)
    set_page(word, turned=turned)
    add_table(word, table, turned=turned)
    return word_bytes(word)


def empty_file(title: str) -> WordDocument:
    """Return a document in the styles of the house, with a title in its properties."""
    import docx

    word = docx.Document()
    _set_styles(word)
    word.core_properties.title = title
    _without_origin(word)
    return word


def word_bytes(word: WordDocument) -> bytes:
    """Return the file of a document; the same content gives the same bytes."""
    file = io.BytesIO()
    word.save(file)
    return normalised_zip(file.getvalue())


def is_wide(table: PaperTable) -> bool:
    """Say whether a table needs a page turned on its side."""
    return shape_of(table.layout).width > UPRIGHT


def _set_styles(word: WordDocument) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    for name, size in (("Normal", 10), ("Title", 16), ("Caption", 10)):
        style: Any = word.styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for key in list(fonts.attrib):
            if "heme" in key:  # a font of the theme would win over the name
                del fonts.attrib[key]
        fonts.set(qn("w:eastAsia"), FONT)
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.paragraph_format.space_after = Pt(6)
    word.styles["Caption"].font.bold = False


def _without_origin(word: WordDocument) -> None:
    """Remove what the template of the library says of its author, its day and its program."""
    element = word.core_properties._element
    for child in list(element):
        if not child.tag.endswith("}title"):
            element.remove(child)
    links = word.part.package.rels
    for name, link in list(links.items()):
        if link.reltype.endswith(("/extended-properties", "/thumbnail")):
            del links[name]


def set_page(word: WordDocument, *, turned: bool) -> None:
    """Give the last section A4 pages, upright or turned."""
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm

    section = word.sections[-1]
    long, short = Mm(297), Mm(210)
    section.orientation = WD_ORIENT.LANDSCAPE if turned else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (long, short) if turned else (short, long)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin = section.bottom_margin = Mm(20)


def add_table(word: WordDocument, table: PaperTable, *, turned: bool) -> None:
    """Add a table with its caption and note.

    Parameters
    ----------
    word
        What it comes at the end of.
    table
        Every text printable.
    turned
        Whether the page is turned, and has more room.
    """
    from docx.shared import Pt

    shape = shape_of(table.layout)
    if table.full_caption:
        caption = word.add_paragraph(style="Caption")
        caption.paragraph_format.space_before = Pt(12)
        caption.paragraph_format.keep_with_next = True
        caption.add_run(table.heading).bold = True
        caption.add_run(table.caption)
    _fill(word.add_table(rows=len(shape.rows) + 1, cols=len(shape.heads)), shape, _ROOM[turned])
    if table.note:
        note = word.add_paragraph()
        note.add_run(table.note).font.size = Pt(8)


def _fill(table: WordTable, shape: TableShape, room: float) -> None:
    """Write heads and rows, three rules, and widths by what the columns hold."""
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
    from docx.shared import Mm

    table.autofit = False
    widths = [Mm(width) for width in column_widths(shape, room)]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    grid = [list(row.cells) for row in table.rows]  # asking the library for one cell is slow
    for cells in grid:
        for cell, width in zip(cells, widths, strict=True):
            cell.width = width
    for place, (cell, head) in enumerate(zip(grid[0], shape.heads, strict=True)):
        _write(cell, head, right=shape.numeric[place], bold=True)
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.BOTTOM
        _rule(cell, top=_THICK, bottom=_THIN)
    for cells, row in zip(grid[1:], shape.rows, strict=True):
        _write_row(cells, row, shape)
    for cell in grid[-1]:
        _rule(cell, bottom=_THICK)
    _repeat_head(table)


def column_widths(shape: TableShape, room: float) -> list[float]:
    """Return the width of each column in mm.

    Parameters
    ----------
    shape
        Numbers and short words get what they need; sentences share what is left.
    room
        Of the page, in mm.
    """
    need = [max(min(width, WRAPS), 4) * _BOLD + _MARGIN for width in shape.widths]
    letter = min(room / sum(need), _LETTER)
    widths = [characters * letter for characters in need]
    wanted = [
        max(0.0, width * _LETTER - given) if wrap else 0.0
        for width, given, wrap in zip(shape.widths, widths, shape.wraps, strict=True)
    ]
    left = max(0.0, room - sum(widths))
    part = min(1.0, left / sum(wanted)) if any(wanted) else 0.0
    return [given + part * more for given, more in zip(widths, wanted, strict=True)]


def _write_row(cells: list[_Cell], row: TableRow, shape: TableShape) -> None:
    first = _write(cells[0], row.cells[0], right=shape.numeric[0], bold=row.heading)
    if row.indent:
        from docx.shared import Mm

        first.paragraph_format.left_indent = Mm(3 * row.indent)
    if row.heading:
        cells[0].merge(cells[-1])
        first.paragraph_format.keep_with_next = True
    elif row.across:
        _write(cells[1].merge(cells[-1]), row.cells[1], right=False)
    else:
        for place, text in enumerate(row.cells[1:], start=1):
            _write(cells[place], text, right=shape.numeric[place])


def _write(cell: _Cell, text: str, *, right: bool, bold: bool = False) -> WordParagraph:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph: WordParagraph = cell.paragraphs[0]
    run = paragraph.add_run(text.replace(" ", "\u00a0") if right and not bold else text)
    run.font.size, run.bold = Pt(9), bold
    paragraph.paragraph_format.space_after = Pt(1)
    paragraph.paragraph_format.space_before = Pt(1)
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    return paragraph


def _rule(cell: _Cell, **sides: int) -> None:
    """Draw rules at the sides of a cell, by their thickness in eighths of a point."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = cell._tc.get_or_add_tcPr()
    borders = OxmlElement("w:tcBorders")
    for side, thickness in sides.items():
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:val"), "single")
        edge.set(qn("w:sz"), str(thickness))
        edge.set(qn("w:color"), "000000")
        borders.append(edge)
    properties.append(borders)


def _repeat_head(table: WordTable) -> None:
    """Repeat the head on every page, and break no row in two."""
    from docx.oxml import OxmlElement

    for place, row in enumerate(table.rows):
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if place == 0:
            properties.append(OxmlElement("w:tblHeader"))
