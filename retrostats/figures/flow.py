"""The participant flow diagram of CONSORT."""

from __future__ import annotations

from typing import Literal

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from retrostats.description.types import ArmFlow, Flow
from retrostats.figures.flow_chart import Box, Chart, flow_chart
from retrostats.figures.given_axes import given, require_inside
from retrostats.figures.inputs import require_kind
from retrostats.figures.style import (
    SMALL_TEXT,
    blank_axes,
    figure_width,
    fix_width,
    house_style,
    set_description,
)
from retrostats.figures.words import line_mm, size_mm

_INK = "0.35"
_STRIP = "#D9E6F2"
#: What the layout of a figure leaves free at each edge, in mm.
_EDGE = 1.1
#: Two heights in mm that differ by less are the same.
_SLACK = 0.3


def flow_height(flow: Flow, *, width: float = 170.0) -> float:
    """Return the height in mm that a flow diagram needs on a figure of its own.

    Parameters
    ----------
    flow
        As given to `plot_flow`.
    width
        Of the figure, in mm.
    """
    return flow_chart(flow, width - 2 * _EDGE).height + 2 * _EDGE + _SLACK


def plot_flow(
    flow: Flow,
    *,
    width: Literal["single", "double"] | float = "double",
    ax: Axes | None = None,
) -> Axes:
    """Draw the participant flow: enrolment, allocation, follow-up and analysis of each arm.

    Words are wrapped for the width that the Axes have now; save the figure at this width.

    Parameters
    ----------
    flow
        What became of the subjects. Stages that are not known are left out.
    width
        Of the new figure: ``"single"`` or ``"double"`` for one or two columns, 85 and 170 mm, or
        mm. Choose it or `ax`.
    ax
        Axes to draw on; of a new figure, 170 mm wide and as high as needed, when omitted.

    Returns
    -------
    Axes
        The same Axes; their data coordinates are mm from the top left.

    Raises
    ------
    ValueError
        If the Axes are too narrow or not high enough, see `flow_height`.

    References
    ----------
    .. [1] Hopewell S et al. (2025). CONSORT 2025 statement. BMJ 389, e081123.
       doi:10.1136/bmj-2024-081123

    Examples
    --------
    >>> import retrostats as rs
    >>> ax = rs.plot_flow(rs.published_flow(rs.load_trial("brosseau2012")))
    >>> print(rs.describe(ax))
    Participant flow: 222 randomised. walking: 79 allocated, 0 not analysed, 79 analysed; \
walking+behavioural: 69 allocated, 0 not analysed, 69 analysed; self-directed: 74 allocated, 1 not \
analysed, 73 analysed.
    """
    who = "plot_flow"
    require_kind(who, flow, Flow)
    with house_style():
        wide = figure_width(width, ax, who)
        ax = given(ax, who) or blank_axes(wide, flow_height(flow, width=wide))
        ax.set_axis_off()
        width, height = size_mm(ax)
        chart = flow_chart(flow, width)
        if chart.height > height + _SLACK:
            raise ValueError(
                f"plot_flow: the flow needs a height of {chart.height:.0f} mm at a width of "
                f"{width:.0f} mm, the Axes have {height:.0f} mm; see flow_height"
            )
        ax.set_xlim(0, width)
        ax.set_ylim(height, 0)
        _draw(ax, chart)
        require_inside(ax, who)
    fix_width(ax)
    set_description(ax, _sentence(flow))
    return ax


def _draw(ax: Axes, chart: Chart) -> None:
    for (x0, y0), (x1, y1) in chart.lines:
        ax.plot([x0, x1], [y0, y1], color=_INK, linewidth=0.8, clip_on=False, gid="line")
    for start, end in chart.arrows:
        style = {
            "arrowstyle": "-|>,head_width=0.14,head_length=0.3",
            "shrinkA": 0,
            "shrinkB": 0,
            "linewidth": 0.8,
            "color": _INK,
        }
        arrow = ax.annotate("", end, start, arrowprops=style, annotation_clip=False)
        arrow.set_gid("arrow")
    for box in chart.stages:
        _rectangle(ax, box, gid="stage", facecolor=_STRIP, edgecolor="none")
        ax.text(
            box.middle,
            box.top + box.height / 2,
            box.lines[0].text,
            fontsize=SMALL_TEXT,
            fontweight="bold",
            rotation=90,
            ha="center",
            va="center",
        )
    setting = chart.setting
    for box in chart.boxes:
        _rectangle(ax, box, gid="box", facecolor="white", edgecolor=_INK)
        for place, line in enumerate(box.lines):
            ax.text(
                box.left + setting.padding + line.indent,
                box.top + setting.padding + (place + 0.5) * line_mm(setting.size),
                line.text,
                fontsize=setting.size,
                fontweight=line.weight,
                ha="left",
                va="center_baseline",
                gid="words",
            )


def _rectangle(ax: Axes, box: Box, *, gid: str, facecolor: str, edgecolor: str) -> None:
    corner = box.left, box.top
    patch = Rectangle(
        corner, box.width, box.height, facecolor=facecolor, edgecolor=edgecolor, linewidth=0.7
    )
    patch.set_gid(gid)
    patch.set_clip_on(False)
    ax.add_patch(patch)


def _sentence(flow: Flow) -> str:
    """Return the alt text: how many there were at each stage."""
    known = [] if flow.assessed is None else [f"{flow.assessed} assessed for eligibility"]
    known.append(f"{flow.randomised} randomised")
    arms = "; ".join(_arm_words(flow, arm) for arm in flow.arms)
    endpoint = f" Analysed for {flow.endpoint}." if flow.endpoint else ""
    return f"Participant flow: {', '.join(known)}. {arms}.{endpoint}"


def _arm_words(flow: Flow, arm: ArmFlow) -> str:
    parts = [f"{arm.randomised} allocated"]
    if any(other.excluded for other in flow.arms):
        parts.append(f"{sum(n for _, n in arm.excluded)} excluded from the analysis")
    if any(other.not_analysed for other in flow.arms):
        parts.append(f"{sum(n for _, n in arm.not_analysed)} not analysed")
    return f"{arm.name}: {', '.join(parts)}, {arm.analysed} analysed"
