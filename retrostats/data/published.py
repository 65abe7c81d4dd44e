"""A published trial: who was compared, on what, and every number as printed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from retrostats.data.grammar import COLUMNS
from retrostats.data.printed import Printed
from retrostats.layout import ShownAsFields

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["printed", "derived", "inferred"]

_BASELINE = re.compile(
    r"baseline|pre([- ]?(test|treatment|intervention))?|before.*|entry|intake|initial"
    r"|(week|wk|day|month|mo|t)? ?0 ?(wk|weeks?|d|days?|mo|months?)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One group of a trial.

    Attributes
    ----------
    label
        The name that the rows of `values.csv` use.
    n_randomised, n_analysed
        Group sizes where known.
    intervention, dose
        What the group did, in words.
    """

    label: str
    n_randomised: int | None = None
    n_analysed: int | None = None
    intervention: str = ""
    dose: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was measured, on which scale, and which direction is benefit.

    Attributes
    ----------
    name, instrument, unit
        As in the paper.
    low, high
        Ends of the scale, in `unit`; ``None`` where open.
    better
        ``"lower"`` or ``"higher"``; empty where the paper gives no direction.
    change
        How this paper prints change: ``"baseline - follow-up"`` or
        ``"follow-up - baseline"``; empty where it prints none.
    integer
        Whether every score is a whole number (or, with `items`, a mean of that many).
    items
        Number of whole-number items that a score is the mean of.
    """

    name: str
    instrument: str = ""
    unit: str = ""
    low: float | None = None
    high: float | None = None
    better: str = ""
    change: str = ""
    integer: bool = False
    items: int = 1

    def benefit(self, *, change: bool) -> int:
        """Return +1 where a larger printed value is better, -1 where worse, 0 if unknown.

        Parameters
        ----------
        change
            Whether the value is a change score, as this paper prints change.
        """
        if not self.better:
            return 0
        sign = 1 if self.better == "higher" else -1
        if not change:
            return sign
        return {"follow-up - baseline": sign, "baseline - follow-up": -sign}.get(self.change, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure(ShownAsFields):
    """One printed number and where it stands.

    Attributes
    ----------
    arm
        Arm label; empty for the whole sample or a comparison.
    outcome, timepoint, statistic
        What the number is of.
    printed
        The number as printed.
    contrast
        ``"treated - control"``; free text in a review; empty otherwise.
    test
        The test that the paper names, or ``"unstated"``.
    kind
        ``"printed"``, ``"derived"`` (arithmetic on printed numbers) or ``"inferred"``.
    source
        Where in the paper.
    line
        Line of `values.csv`.
    """

    arm: str
    outcome: str
    timepoint: str
    statistic: str
    printed: Printed
    contrast: str
    test: str
    kind: Kind
    source: str
    line: int

    @property
    def place(self) -> tuple[str, str, str, str]:
        """What a number and its interval share: arm, outcome, timepoint, contrast."""
        return self.arm, self.outcome, self.timepoint, self.contrast

    @property
    def is_change(self) -> bool:
        """Whether the timepoint is a change from baseline."""
        return self.timepoint.startswith("change ")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedTrial:
    """A checked folder of one publication.

    Attributes
    ----------
    id
        Name of the folder.
    role
        Why the study is here: cited, retro trial, comparator, review, ...
    citation
        For a list of references.
    timepoints
        In order; the first is the baseline, where its name says so.
    arms, outcomes
        As the paper has them.
    figures
        Every printed number, in the order of the file.
    digests
        SHA-256 of each file as read, so that a result can be traced back.
    doi, pmid, pmcid
        Empty where there is none.
    decimal_mark
        Of the whole paper.
    design, population, analysis_reported, note
        In words; empty where nothing is on record.

    Examples
    --------
    >>> import retrostats as rs
    >>> trial = rs.load_trial("alghadir2019")
    >>> trial
    <PublishedTrial alghadir2019: 3 arms, 4 outcomes, 18 figures>
    >>> [(arm.label, arm.n_randomised) for arm in trial.arms]
    [('retro', 23), ('forward', 23), ('control', 22)]
    >>> print(trial.printed(outcome="pain", statistic="p").text)
    p = 0.01
    """

    id: str
    role: str
    citation: str
    timepoints: tuple[str, ...]
    arms: tuple[Arm, ...]
    outcomes: tuple[Outcome, ...]
    figures: tuple[Figure, ...]
    digests: tuple[tuple[str, str], ...]
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    decimal_mark: str = "."
    design: str = ""
    population: str = ""
    analysis_reported: str = ""
    note: str = ""

    @property
    def baseline(self) -> str:
        """The timepoint before treatment; empty where the times are periods or sessions.

        The first of several timepoints, if its name says so: baseline, pre, before, 0wk, ...
        """
        first = self.timepoints[0]
        return first if len(self.timepoints) > 1 and _BASELINE.fullmatch(first.strip()) else ""

    def arm(self, label: str) -> Arm:
        """Return the arm of that label; ``KeyError`` if there is none."""
        return {arm.label: arm for arm in self.arms}[label]

    def outcome(self, name: str) -> Outcome:
        """Return the outcome of that name; a reserved name gives a bare one."""
        return {o.name: o for o in self.outcomes}.get(name, Outcome(name=name))

    def find(self, **where: str) -> Iterator[Figure]:
        """Yield the figures whose named fields equal the given values.

        Examples
        --------
        >>> import retrostats as rs
        >>> trial = rs.load_trial("qiu2023")
        >>> [f.printed.text for f in trial.find(outcome="TUG", statistic="p")]
        ['0.002']
        """
        for figure in self.figures:
            if all(getattr(figure, name) == value for name, value in where.items()):
                yield figure

    def printed(self, **where: str) -> Printed | None:
        """Return the printed number at one place, or ``None`` when nothing is printed."""
        figure = next(self.find(**where), None)
        return figure.printed if figure else None

    def tidy(self) -> pd.DataFrame:
        """Return every printed number, one per row, in the columns of `values.csv`.

        Returns
        -------
        pandas.DataFrame
            Columns ``arm``, ``outcome``, ``timepoint``, ``statistic``, ``printed`` (text, letter
            by letter), ``contrast``, ``test``, ``kind`` and ``source``.

        Examples
        --------
        >>> import retrostats as rs
        >>> rs.load_trial("alghadir2019").tidy().query("outcome == 'pain'").printed.tolist()
        ['1.8', '1', 'p = 0.01']
        """
        import pandas as pd

        rows = [
            [
                figure.printed.text if name == "printed" else getattr(figure, name)
                for name in COLUMNS
            ]
            for figure in self.figures
        ]
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def __repr__(self) -> str:
        size = f"{len(self.arms)} arms, {len(self.outcomes)} outcomes, {len(self.figures)} figures"
        return f"<PublishedTrial {self.id}: {size}>"

    def _repr_html_(self) -> str:
        from retrostats.data.published_page import trial_html

        return trial_html(self)


def split_contrast(contrast: str, labels: tuple[str, ...]) -> tuple[str, str] | None:
    """Return ``(treated, control)`` of a contrast between two arm labels, else ``None``.

    Parameters
    ----------
    contrast
        ``"treated - control"``. A label may itself contain `` - ``.
    labels
        The arm labels of the trial.
    """
    parts = contrast.split(" - ")
    for cut in range(1, len(parts)):
        pair = " - ".join(parts[:cut]), " - ".join(parts[cut:])
        if pair[0] in labels and pair[1] in labels and pair[0] != pair[1]:
            return pair
    return None
