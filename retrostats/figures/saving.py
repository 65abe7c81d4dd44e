"""Figures as files: exact width, no dates, and never half a file."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from retrostats.figures.style import MM_PER_INCH, house_style, least_width

#: Widths of one and of two text columns, in mm.
WIDTHS = {"single": 85.0, "double": 170.0}

#: Difference of two widths in mm that nobody sees.
_SLACK_MM = 0.5

#: Dots per inch of a PNG.
PNG_DPI = 300

# What each format would write of its own accord: the date and the version of matplotlib.
# Either would make two runs differ in their bytes.
_NO_METADATA: dict[str, dict[str, None]] = {
    ".svg": {"Date": None, "Creator": None},
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    ".png": {"Software": None},
}


def save_figure(
    figure: Figure | SubFigure | Axes,
    path: Path | str,
    *,
    width: Literal["single", "double"] | float,
) -> Path:
    """Write a figure as SVG, PDF or PNG, by the suffix of its name.

    Parameters
    ----------
    figure
        The figure, or its Axes as a plot function returns them. It is as before afterwards.
    path
        File to write. It is replaced only once the new one is complete.
    width
        ``"single"`` (85 mm), ``"double"`` (170 mm), or mm. The height stays as drawn, and
        so does the size of the text: a narrow figure has less room, not smaller letters.

    Returns
    -------
    Path
        The file written; the same figure gives the same bytes again.

    Raises
    ------
    ValueError
        If the suffix or the width is unknown, the labels leave no room to draw, or words were
        placed for a greater width.
    """
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix not in _NO_METADATA:
        raise ValueError(
            f"save_figure: {target.name} has the suffix {target.suffix!r}; "
            f"expected one of {', '.join(_NO_METADATA)}"
        )
    own = isinstance(figure, (Axes, Figure, SubFigure))
    whole = figure.get_figure(root=True) if own else None
    if not isinstance(whole, Figure):
        raise TypeError(
            f"save_figure: expected a Figure or Axes, got {type(figure).__name__} without a figure"
        )
    with house_style(), replaced_when_complete(target) as unfinished, _width(whole, width):
        _write(whole, unfinished, suffix)
    return target


def _write(figure: Figure, path: Path, suffix: str) -> None:
    dpi: float = PNG_DPI if suffix == ".png" else 72  # 72: the vector formats count points
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("error", message="constrained_layout not applied")
            figure.savefig(path, format=suffix[1:], dpi=dpi, metadata=_NO_METADATA[suffix])
    except UserWarning as warning:
        wide = figure.get_figwidth() * MM_PER_INCH
        raise ValueError(
            f"save_figure: at {wide:.0f} mm the labels leave no room to draw; "
            "use a greater width or shorter labels"
        ) from warning


@contextmanager
def _width(figure: Figure, width: Literal["single", "double"] | float) -> Iterator[None]:
    """Give the figure an exact width in mm for as long as it is written."""
    mm = WIDTHS.get(width) if isinstance(width, str) else float(width)
    if mm is None or not 0 < mm < 2000:
        raise ValueError(
            f"save_figure: width {width!r}; expected {', '.join(map(repr, WIDTHS))} or mm, "
            "more than 0 and less than 2000"
        )
    needed = max((least_width(ax) for ax in figure.axes), default=0.0)
    if mm < needed - _SLACK_MM:
        raise ValueError(
            f"save_figure: words of this figure were placed for {needed:.0f} mm and would overlap "
            f"at {mm:.0f} mm; draw it on Axes of that width, e.g. ax=blank_axes({mm:.0f}, 120)"
        )
    before = figure.get_figwidth(), figure.get_figheight()
    figure.set_size_inches((mm / MM_PER_INCH, before[1]), forward=False)
    try:
        yield
    finally:
        figure.set_size_inches(before, forward=False)


@contextmanager
def replaced_when_complete(target: Path) -> Iterator[Path]:
    """Hand out a name to write to, and rename it to the target if nothing was raised.

    Parameters
    ----------
    target
        File to replace. Its folder must exist.
    """
    # A folder of its own beside the target: a rename within one disk cannot be half done,
    # and a file made in the ordinary way has the ordinary permissions.
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".retrostats-") as folder:
        unfinished = Path(folder) / target.name
        yield unfinished
        unfinished.replace(target)
