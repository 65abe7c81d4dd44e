"""Who was seen when: the share still observed, the patterns of missing values, their numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from retrostats.description.types import MissingPatterns
from retrostats.figures.arms import ArmStyle, arm_styles
from retrostats.figures.given_axes import given
from retrostats.figures.inputs import require_kind, require_words
from retrostats.figures.missing_counts import draw_counts
from retrostats.figures.missing_rows import PatternRow, kinds, pattern_rows
from retrostats.figures.room import room_mm
from retrostats.figures.shared_place import fit_strip, place_of, write_key
from retrostats.figures.style import (
    SMALL_TEXT,
    TEXT,
    blank_axes,
    figure_width,
    fix_width,
    house_style,
    set_description,
)
from retrostats.figures.words import kept_together, size_mm, width_mm, wrapped

#: Height in mm of the upper panel, of a row of the lower one, and of what stands around them.
_UPPER, _ROW, _AROUND = 28.0, 5.0, 24.0
#: Of the key: a line for each arm and one per line of its name more, in mm.
_KEY = 3.6
#: Wish for width in mm: of a visit and of all at least, and of a column of counts.
_VISIT, _VISITS, _COLUMN = 7.0, 40.0, 13.0
#: Narrower figures have a key of one column.
_WIDE = 120.0
_GREY = "0.35"
#: Arms are drawn apart by this share of the distance of two visits, all together by the second.
_DODGE, _DODGE_MOST = 0.07, 0.36


def missing_height(patterns: MissingPatterns, *, width: float = 170.0) -> float:
    """Return the height in mm at which every pattern has a row.

    Parameters
    ----------
    patterns
        As given to `plot_missing`.
    width
        Of the figure, in mm.
    """
    key = _KEY * len(patterns.arms) / (2 if width >= _WIDE else 1)
    return _UPPER + _ROW * (len(pattern_rows(patterns)) + 1) + key + _AROUND


def plot_missing(
    patterns: MissingPatterns,
    *,
    arm_names: Mapping[str, str] | None = None,
    width: Literal["single", "double"] | float = "double",
    ax: Axes | None = None,
) -> Axes:
    """Draw the share observed at each visit, and below it the patterns and who has them.

    Use it before any model, to see how much is missing, in which arm, and whether subjects left
    (dropout) or came back (intermittent); not to learn why: no figure of what was seen can tell
    values missing at random from others. The reasons belong to `plot_flow`.

    Parameters
    ----------
    patterns
        Of one outcome. More than 12 patterns: the rarest share a row that says how many they are.
    arm_names
        Words for readers by label of the arm; the labels themselves when omitted.
    width
        Of the new figure: ``"single"`` or ``"double"`` for one or two columns, 85 and 170 mm, or
        mm. Choose it or `ax`.
    ax
        Axes whose place the panels share; a new figure when omitted.

    Returns
    -------
    Axes
        Those of the upper panel; ``ax.figure.axes`` has all, and each has its description.

    Raises
    ------
    ValueError
        If there is no subject, or `ax` has no place in a grid.

    Examples
    --------
    >>> import retrostats as rs
    >>> from retrostats.data.catalogue import data_folder
    >>> folder = data_folder() / "example_cohort"
    >>> cohort = rs.read_cohort(folder / "cohort.csv", folder / "codebook.toml")
    >>> ax = rs.plot_missing(rs.missing_patterns(cohort, "pain"))
    >>> print(rs.describe(ax))
    Subjects whose Pain is known at each visit: control baseline 22 of 22, week 3 20 of 22, week 6 \
18 of 22; retro baseline 23 of 23, week 3 21 of 23, week 6 21 of 23; forward baseline 23 of 23, \
week 3 21 of 23, week 6 20 of 23.
    """
    who = "plot_missing"
    require_kind(who, patterns, MissingPatterns)
    require_words(who, arm_names)
    if not sum(patterns.sizes):
        raise ValueError("plot_missing: there is no subject in any arm")
    names = [(arm_names or {}).get(arm, arm) for arm in patterns.arms]
    rows = pattern_rows(patterns)
    with house_style():
        wide = figure_width(width, ax, who)
        ax = given(ax, who) or blank_axes(wide, missing_height(patterns, width=wide))
        place, _ = place_of(ax, who)
        grid = place.subgridspec(
            3, 2, height_ratios=[8.0, _UPPER, _ROW * (len(rows) + 1)],
            width_ratios=[max(_VISIT * len(patterns.visits), _VISITS), _COLUMN * (len(names) + 1)],
        )  # fmt: skip
        several = room_mm(ax) >= _WIDE
        ax.set_subplotspec(grid[1, 0])
        strip, matrix, counts = (
            ax.figure.add_subplot(spot) for spot in (grid[0, :], grid[2, 0], grid[2, 1])
        )
        strip.set_axis_off()
        styles = arm_styles(patterns.arms, arm_names)
        marks = _draw_observed(ax, patterns, styles)
        _draw_patterns(matrix, patterns, rows)
        dropped = draw_counts(counts, rows, patterns.sizes, styles)
        _name_joined(matrix, patterns, rows)
        _name_visits(matrix, patterns.visits)
        told = [
            kept_together(f"{arm} (n = {n:,})")
            for arm, n in zip(names, patterns.sizes, strict=True)
        ]
        key = write_key(strip, marks, told, columns=min(len(names), 3) if several else 1)
        _explain(ax, counts, rows, dropped)
        fit_strip(grid, strip, [ax, matrix], key)
        for panel in (ax, matrix, counts):
            fix_width(panel)
    _describe((ax, matrix, counts), patterns, rows, names)
    return ax


def _draw_observed(ax: Axes, patterns: MissingPatterns, styles: Sequence[ArmStyle]) -> list[Line2D]:
    """Draw the share of each arm that has the outcome at each visit, and return the lines."""
    visits, arms = range(len(patterns.visits)), len(patterns.arms)
    step = min(_DODGE, _DODGE_MOST / arms)
    lines: list[Line2D] = []
    for k, (size, style) in enumerate(zip(patterns.sizes, styles, strict=True)):
        # An arm without subjects has no share, but keeps its place in the key.
        places = [visit + (k - (arms - 1) / 2) * step for visit in visits if size]
        shares = [patterns.observed(visit)[k] / size for visit in visits if size]
        lines += ax.plot(
            places, shares, style.marker, color=style.colour, linestyle=style.dashes,
            markersize=3.5, linewidth=0.9, clip_on=False, zorder=3, gid="observed",
        )  # fmt: skip
        # The layout takes a line without points to lie at the corner of the figure.
        lines[-1].set_in_layout(bool(size))
    ax.set_xlim(-0.5, len(patterns.visits) - 0.5)
    ax.set_ylim(0, 1.0)
    ax.set_yticks([0.0, 0.5, 1.0], ["0%", "50%", "100%"], fontsize=SMALL_TEXT)
    ax.grid(axis="y", color="0.9", linewidth=0.6, zorder=0)
    ax.set_xticks(list(visits), [""] * len(visits))
    ax.set_ylabel("\n".join(wrapped(f"{patterns.outcome} known", _UPPER, TEXT)), fontsize=TEXT)
    return lines


def _draw_patterns(ax: Axes, patterns: MissingPatterns, rows: Sequence[PatternRow]) -> None:
    """Draw a filled mark where a visit was seen and a hollow one where it was missed."""
    for seen, face in ((True, _GREY), (False, "white")):
        marks = [
            (visit, place)
            for place, row in enumerate(rows)
            for visit, there in enumerate(row.seen)
            if there is seen
        ]
        x, y = zip(*marks, strict=True) if marks else ((), ())
        ax.plot(
            x, y, "s", color=_GREY, markerfacecolor=face, markersize=4.5, markeredgewidth=0.7,
            gid="seen" if seen else "missed",
        )  # fmt: skip
    ax.set_xlim(-0.5, len(patterns.visits) - 0.5)
    ax.set_ylim(len(rows) - 0.5, -1.5)
    ax.set_yticks(range(len(rows)), [row.name for row in rows], fontsize=SMALL_TEXT)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)


def _name_joined(ax: Axes, patterns: MissingPatterns, rows: Sequence[PatternRow]) -> None:
    """Say in the row of joined patterns how many they are; beside it where it is too narrow."""
    last = rows[-1]
    if not last.joined:
        return
    words = f"{last.joined:,} further patterns"
    if width_mm(words, SMALL_TEXT) > size_mm(ax)[0]:
        names = [*(row.name for row in rows[:-1]), f"{last.joined:,} {last.name}"]
        ax.set_yticks(range(len(rows)), names, fontsize=SMALL_TEXT)
        return
    middle = (len(patterns.visits) - 1) / 2
    ax.text(
        middle, len(rows) - 1, words, ha="center", va="center", fontsize=SMALL_TEXT, color=_GREY,
        style="italic", gid="joined",
    )  # fmt: skip


def _name_visits(ax: Axes, visits: Sequence[str]) -> None:
    """Write the visits below, upright where they would touch."""
    width, _ = size_mm(ax)
    room = width / len(visits) - 1.0
    level = all(width_mm(visit, SMALL_TEXT) <= room for visit in visits)
    ax.set_xticks(
        range(len(visits)), list(visits), fontsize=SMALL_TEXT, rotation=0 if level else 90
    )


def _explain(ax: Axes, counts: Axes, rows: Sequence[PatternRow], dropped: bool) -> None:
    """Say beside the upper panel, above the counts, what the lower ones show."""
    told = ["■ known  □ missing"]
    named = {row.name for row in rows}
    if "dropout" in named:
        told.append("dropout: never seen again")
    if "intermittent" in named:
        told.append("intermittent: seen again after a gap")
    if "others" in named:
        told.append("others: all further patterns")
    told += ["bars: share of the arm", f"numbers: subjects{', where they fit' if dropped else ''}"]
    width, _ = size_mm(counts)
    lines = [line for words in told for line in wrapped(words, width - 1.0, SMALL_TEXT)]
    written = counts.annotate(
        "\n".join(lines), (0, 1), xycoords=(counts.transAxes, ax.transAxes), fontsize=SMALL_TEXT,
        ha="left", va="top", color=_GREY, annotation_clip=False, gid="explained",
    )  # fmt: skip
    written.set_in_layout(False)


def _describe(
    panels: tuple[Axes, Axes, Axes],
    patterns: MissingPatterns,
    rows: Sequence[PatternRow],
    names: Sequence[str],
) -> None:
    observed = [patterns.observed(visit) for visit in range(len(patterns.visits))]
    told = "; ".join(
        f"{name} "
        + ", ".join(
            f"{visit} {known[k]:,} of {size:,}"
            for visit, known in zip(patterns.visits, observed, strict=True)
        )
        for k, (name, size) in enumerate(zip(names, patterns.sizes, strict=True))
    )
    set_description(panels[0], f"Subjects whose {patterns.outcome} is known at each visit: {told}.")
    total = sum(patterns.sizes)
    shares = ", ".join(f"{kind} {n:,} of {total:,}" for kind, n in kinds(patterns).items())
    set_description(
        panels[1],
        f"{len(patterns.patterns):,} patterns of visits seen and missed; subjects: {shares}.",
    )
    each = "; ".join(f"{_row_words(row, patterns.visits)}: {_by_arm(row, names)}" for row in rows)
    set_description(panels[2], f"Subjects with each pattern, by arm: {each}.")


def _row_words(row: PatternRow, visits: Sequence[str]) -> str:
    if not row.seen:
        return f"{row.joined:,} further patterns"
    missed = [visit for visit, there in zip(visits, row.seen, strict=True) if not there]
    return f"{row.name} (missing at {', '.join(missed)})" if missed else row.name


def _by_arm(row: PatternRow, names: Sequence[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in zip(names, row.counts, strict=True))
