"""How a figure is written in each format: exact in its size, and without a date."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from matplotlib.figure import Figure
from PIL import Image

from retrostats.figures.files.fonts import with_fonts
from retrostats.figures.style import MM_PER_INCH

#: Pixels by which a figure is drawn wider, lest a rounding error lose the last one.
_WHOLE = 1e-6
#: Rows of pixels that are laid on paper at a time.
_STRIP = 256


def _write_svg(figure: Figure, path: Path, dpi: float) -> None:
    # The date and the version of matplotlib would make two runs differ in their bytes.
    metadata = {"Date": None, "Creator": None}
    figure.savefig(path, format="svg", dpi=dpi, metadata=metadata)
    wide, high = (side * MM_PER_INCH for side in figure.get_size_inches())
    svg = path.read_text(encoding="utf-8")
    start = svg.index("<svg ")
    end = svg.index(">", start)
    head = _with_size(svg[start:end], wide, high)
    path.write_bytes(with_fonts(f"{svg[:start]}{head}{svg[end:]}").encode("utf-8"))


def _with_size(head: str, wide: float, high: float) -> str:
    """Give the first tag of an SVG its size in mm, which matplotlib writes in points."""
    parts = head.split(" ")
    sizes = {"width": wide, "height": high}
    return " ".join(
        f'{name}="{sizes[name]:.6g}mm"' if (name := part.split("=")[0]) in sizes else part
        for part in parts
    )


def _write_pdf(figure: Figure, path: Path, dpi: float) -> None:
    metadata = {"CreationDate": None, "Creator": None, "Producer": None}
    figure.savefig(path, format="pdf", dpi=dpi, metadata=metadata)


def _write_png(figure: Figure, path: Path, dpi: float) -> None:
    _whole_pixels(figure, dpi)
    figure.savefig(path, format="png", dpi=dpi, metadata={"Software": None})


def _write_tiff(figure: Figure, path: Path, dpi: float) -> None:
    """Write red, green and blue without transparency, as publishers ask for it."""
    wide, high = _whole_pixels(figure, dpi)
    drawn = io.BytesIO()
    figure.savefig(drawn, format="rgba", dpi=dpi)
    paper = Image.new("RGB", (wide, high))
    with drawn.getbuffer() as pixels:
        # Strip by strip: a page at 600 dpi is large, and several copies of it larger.
        for top in range(0, high, _STRIP):
            rows = min(_STRIP, high - top)
            part = bytes(pixels[4 * wide * top : 4 * wide * (top + rows)])
            strip = Image.new("RGBA", (wide, rows), "white")
            strip.alpha_composite(Image.frombytes("RGBA", (wide, rows), part))
            paper.paste(strip.convert("RGB"), (0, top))
    paper.save(path, format="TIFF", compression="tiff_lzw", dpi=(dpi, dpi))


def _whole_pixels(figure: Figure, dpi: float) -> tuple[int, int]:
    """Round the size of a figure to whole pixels, which matplotlib would cut off."""
    wide, high = (round(float(side) * dpi) for side in figure.get_size_inches())
    figure.set_size_inches((wide + _WHOLE) / dpi, (high + _WHOLE) / dpi, forward=False)
    return wide, high


#: By suffix: called with a figure of its final size, where to write, and dots per inch, which in
#: SVG and PDF are those of the parts that are drawn as an image.
WRITERS: Mapping[str, Callable[[Figure, Path, float], None]] = MappingProxyType(
    {
        ".svg": _write_svg,
        ".pdf": _write_pdf,
        ".png": _write_png,
        ".tif": _write_tiff,
        ".tiff": _write_tiff,
    }
)
