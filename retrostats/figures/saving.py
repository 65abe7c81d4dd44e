"""Figures as files: exact width, no dates, and never half a file."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from numbers import Real
from pathlib import Path
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from retrostats.figures.files.formats import WRITERS
from retrostats.figures.files.text_size import SmallTextWarning, small_text_words
from retrostats.figures.style import MM_PER_INCH, house_style, least_width
from retrostats.journals import HOUSE, Journal, find_journal
from retrostats.whole_files import replaced_when_complete

__all__ = ["PNG_DPI", "SmallTextWarning", "save_figure"]

#: Difference of two sizes in mm that nobody sees.
_SLACK_MM = 0.5
#: Sizes from this one on, in mm, are a slip of the unit.
_LARGEST_MM = 2000.0

#: Dots per inch in the house style of what is for screens too; a TIFF is for print.
PNG_DPI = 300
_PRINTED = {".tif", ".tiff"}
_PIXELS = {".png", *_PRINTED}
#: While a file of pixels is made, each takes about twelve bytes of memory.
_MOST_PIXELS = 200e6


def save_figure(
    figure: Figure | SubFigure | Axes,
    path: Path | str,
    *,
    width: Literal["single", "double"] | float,
    height: float | None = None,
    journal: str | Journal | None = None,
) -> Path:
    """Write a figure as SVG, PDF, PNG or TIFF, by the suffix of its name.

    Parameters
    ----------
    figure
        The figure, or its Axes as a plot function returns them. It is as before afterwards.
    path
        File to write. It is replaced only once the new one is complete.
    width
        ``"single"`` or ``"double"`` for one or two columns of the journal (85 and 170 mm in the
        house style), or mm. The size of the text stays as drawn: a narrow figure has less room,
        not smaller letters.
    height
        In mm; as drawn when omitted.
    journal
        A name in `retrostats.journals.JOURNALS`, or a journal of your own. Its dots per inch are
        those of a PNG, a TIFF and what SVG and PDF hold as an image; the figure must not be wider
        or higher than its page, as far as that is known. When omitted: the house style, 300 dots
        per inch and 600 in a TIFF, and any size.

    Returns
    -------
    Path
        The file written; the same figure gives the same bytes again. An SVG has the letters that
        it uses in it, a PDF embeds its fonts as TrueType, and the text of both can be selected. A
        TIFF has red, green and blue without transparency, compressed by LZW.

    Raises
    ------
    ValueError
        If the suffix, the journal or a size is unknown, the figure is larger than the page, the
        labels leave no room to draw, or words were placed for a greater size.
    OSError
        If the folder does not exist or nothing may be written into it, or there is a folder of
        the name of the file.

    Warns
    -----
    SmallTextWarning
        If words are smaller than the journal takes; the warning names them.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import retrostats as rs
    >>> ax = rs.plot_flow(rs.published_flow(rs.load_trial("brosseau2012")))
    >>> with TemporaryDirectory() as folder:
    ...     rs.save_figure(ax, Path(folder) / "flow.svg", width="double").name
    'flow.svg'
    """
    target, house = Path(path), find_journal(journal)
    writer = WRITERS.get(target.suffix.lower())
    if writer is None:
        raise ValueError(
            f"save_figure: {target.name} has the suffix {target.suffix!r}; "
            f"expected one of {', '.join(WRITERS)}"
        )
    whole = _whole(figure)
    size = _size(whole, width, height, house)
    if journal is not None:
        _require_page(target, size, house)
    _require_placed(whole, size)
    screen = house is HOUSE and target.suffix.lower() not in _PRINTED
    dpi = PNG_DPI if screen else house.dpi
    if target.suffix.lower() in _PIXELS:
        _require_pixels(target, size, dpi)
    with house_style(), replaced_when_complete(target) as unfinished, _resized(whole, size):
        with _no_room_is_an_error(size[0]):
            writer(whole, unfinished, dpi)
        if small := small_text_words(whole, house):
            warnings.warn(f"save_figure: {target.name} has {small}", SmallTextWarning, stacklevel=2)
    return target


def _whole(figure: Figure | SubFigure | Axes) -> Figure:
    own = isinstance(figure, (Axes, Figure, SubFigure))
    whole = figure.get_figure(root=True) if own else None
    if not isinstance(whole, Figure):
        raise TypeError(
            f"save_figure: expected a Figure or Axes, got {type(figure).__name__} without a figure"
        )
    return whole


def _size(
    figure: Figure, width: Literal["single", "double"] | float, height: float | None, house: Journal
) -> tuple[float, float]:
    """Return width and height in mm."""
    columns = {"single": house.single_mm, "double": house.double_mm}
    wide = columns.get(width) if isinstance(width, str) else _millimetres(width)
    if wide is None:
        raise ValueError(
            f"save_figure: width {width!r}; expected {', '.join(map(repr, columns))} or mm, "
            f"more than 0 and less than {_LARGEST_MM:g}"
        )
    high = figure.get_figheight() * MM_PER_INCH if height is None else _millimetres(height)
    if high is None:
        raise ValueError(
            f"save_figure: height {height!r}; expected mm, "
            f"more than 0 and less than {_LARGEST_MM:g}"
        )
    return wide, high


def _millimetres(size: object) -> float | None:
    """Return a size as a number; None for what is no size."""
    if isinstance(size, bool) or not isinstance(size, Real):
        return None
    return float(size) if 0.0 < float(size) < _LARGEST_MM else None


def _require_page(target: Path, size: tuple[float, float], journal: Journal) -> None:
    wide, high = size
    if "double_mm" not in journal.unknown and wide > journal.double_mm + _SLACK_MM:
        raise ValueError(
            f"save_figure: {target.name} would be {wide:.0f} mm wide; "
            f"two columns of {journal.title} have {journal.double_mm:g} mm"
        )
    if "tallest_mm" not in journal.unknown and high > journal.tallest_mm + _SLACK_MM:
        raise ValueError(
            f"save_figure: {target.name} would be {high:.0f} mm high; a figure in "
            f"{journal.title} may have {journal.tallest_mm:g} mm; give a smaller height, or split "
            "the figure"
        )


def _require_pixels(target: Path, size: tuple[float, float], dpi: float) -> None:
    """Refuse what would fill the memory."""
    wide, high = (round(side / MM_PER_INCH * dpi) for side in size)
    if wide * high > _MOST_PIXELS:
        raise ValueError(
            f"save_figure: {target.name} would have {wide} x {high} pixels, more than "
            f"{_MOST_PIXELS / 1e6:.0f} million; save it as .pdf or .svg, which know no pixels, or "
            "give a smaller size or a journal with fewer dpi"
        )
    if not wide or not high:
        raise ValueError(f"save_figure: {target.name} would have no pixels; give a larger size")


def _require_placed(figure: Figure, size: tuple[float, float]) -> None:
    """Refuse a size at which words that were placed by their widths would overlap."""
    needed = max((least_width(ax) for ax in figure.axes), default=0.0)
    if not needed:
        return
    if size[0] < needed - _SLACK_MM:
        raise ValueError(
            f"save_figure: words of this figure were placed for {needed:.0f} mm and would overlap "
            f"at {size[0]:.0f} mm; draw it for that width: plot_...(..., width={size[0]:g})"
        )
    drawn = figure.get_figheight() * MM_PER_INCH
    if size[1] < drawn - _SLACK_MM:
        raise ValueError(
            f"save_figure: words of this figure were placed for a height of {drawn:.0f} mm and "
            f"would overlap at {size[1]:.0f} mm; draw it on Axes of that height, e.g. "
            f"ax=rs.blank_axes({size[0]:.0f}, {size[1]:.0f})"
        )


@contextmanager
def _no_room_is_an_error(wide: float) -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("error", message="constrained_layout not applied")
            yield
    except UserWarning as warning:
        raise ValueError(
            f"save_figure: at {wide:.0f} mm the labels leave no room to draw; "
            "use a greater width or shorter labels"
        ) from warning


@contextmanager
def _resized(figure: Figure, size: tuple[float, float]) -> Iterator[None]:
    """Give the figure an exact size in mm for as long as it is written."""
    before = figure.get_figwidth(), figure.get_figheight()
    figure.set_size_inches(size[0] / MM_PER_INCH, size[1] / MM_PER_INCH, forward=False)
    try:
        yield
    finally:
        figure.set_size_inches(before, forward=False)
