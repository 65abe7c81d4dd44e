"""The table of a split-plot analysis of variance: tests, and what sphericity makes of them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from retrostats.layout import Layout, df_numbers, number, p_number, p_sentence
from retrostats.models.split_plot.sphericity import Sphericity
from retrostats.models.split_plot.strata import Effect

if TYPE_CHECKING:
    import pandas as pd

#: The columns of the tidy table, in their order.
TIDY_COLUMNS = (
    "term",
    "sum_of_squares",
    "df_num",
    "error",
    "df_den",
    "statistic",
    "p",
    "epsilon_gg",
    "p_gg",
    "epsilon_hf",
    "p_hf",
    "partial_eta_squared",
    "generalised_eta_squared",
)


@dataclass(frozen=True, slots=True)
class EffectsTable:
    """Tests of arms, visits and their interaction, type III, with the caption they share.

    ``table["arm:week"]`` is the effect with this name, ``table[0]`` the first.

    Attributes
    ----------
    caption
        What was tested and how.
    terms
        What each effect is called: the factor between, the factor within, both with a colon.
    effects
        In the same order.
    sphericity
        Of the factor within.
    """

    caption: str
    terms: tuple[str, ...]
    effects: tuple[Effect, ...]
    sphericity: Sphericity

    def __iter__(self) -> Iterator[Effect]:
        return iter(self.effects)

    def __len__(self) -> int:
        return len(self.effects)

    def __getitem__(self, term: str | int) -> Effect:
        """Return an effect by its name, or by its position.

        Raises
        ------
        KeyError
            If no effect has this name.
        """
        if isinstance(term, int):
            return self.effects[term]
        if term not in self.terms:
            raise KeyError(f"no term {term!r}; there are {list(self.terms)}")
        return self.effects[self.terms.index(term)]

    def __repr__(self) -> str:
        return "\n\n".join(layout.text() for layout in self.layouts())

    def tidy(self) -> pd.DataFrame:
        """Return one row per effect; degrees of freedom are those before any correction.

        The caption is in ``attrs["caption"]`` of the frame.
        """
        import pandas as pd

        rows = [
            {"term": term} | asdict(effect)
            for term, effect in zip(self.terms, self.effects, strict=True)
        ]
        frame = pd.DataFrame(rows, columns=list(TIDY_COLUMNS))
        frame.attrs["caption"] = self.caption
        return frame

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; what does not exist becomes None."""
        tests = [
            {"term": term} | _finite(asdict(effect))
            for term, effect in zip(self.terms, self.effects, strict=True)
        ]
        known = _finite(asdict(self.sphericity))
        return {"caption": self.caption, "tests": tests, "sphericity": known}

    def to_markdown(self) -> str:
        """Return the captions and pipe tables."""
        return "\n\n".join(layout.markdown() for layout in self.layouts())

    def _repr_html_(self) -> str:
        return "".join(layout.html() for layout in self.layouts())

    def layouts(self) -> tuple[Layout, Layout]:
        """Return the tests under Greenhouse and Geisser, and what was assumed and what else."""
        return self._tests(), self._corrections()

    def _tests(self) -> Layout:
        first, second = (
            df_numbers([e.epsilon_gg * getattr(e, df) for e in self.effects])
            for df in ("df_num", "df_den")
        )
        rows = tuple(
            (
                term,
                *df,
                number(effect.statistic, 2),
                p_number(effect.p_gg),
                number(effect.partial_eta_squared, 3),
                number(effect.generalised_eta_squared, 3),
            )
            for term, effect, *df in zip(self.terms, self.effects, first, second, strict=True)
        )
        shares = ("partial eta squared", "generalised eta squared")
        header = ("", "numerator df", "denominator df", "F", "p", *shares)
        return Layout(caption=self.caption, header=header, rows=rows)

    def _corrections(self) -> Layout:
        effects = dict(zip(self.terms[1:], self.effects[1:], strict=True))
        known = self.sphericity
        told = known.note or f"Mauchly's W = {number(known.w, 3)}, {p_sentence(known.p)}"
        ways = (
            ("none (sphericity)", 1.0, "p"),
            ("Greenhouse-Geisser", known.epsilon_gg, "p_gg"),
            ("Huynh-Feldt", known.epsilon_hf, "p_hf"),
        )
        rows = tuple(
            (
                name,
                "" if math.isnan(epsilon) else number(epsilon, 3),
                *(p_number(getattr(effect, p)) for effect in effects.values()),
            )
            for name, epsilon, p in ways
        )
        header = ("", "epsilon", *(f"p, {term}" for term in effects))
        return Layout(
            caption=f"Corrections for lack of sphericity; {told}", header=header, rows=rows
        )


def _finite(row: dict[str, Any]) -> dict[str, Any]:
    missing = {k: None for k, v in row.items() if isinstance(v, float) and not math.isfinite(v)}
    return row | missing
