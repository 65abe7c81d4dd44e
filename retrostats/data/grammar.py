"""The words that `trial.toml` and `values.csv` may use, and nothing else.

`docs/data-format.md` explains each of them to people who add trials.
"""

from __future__ import annotations

from dataclasses import dataclass, field

#: Columns of `values.csv`, in the order in which they are written.
COLUMNS = (
    "arm",
    "outcome",
    "timepoint",
    "statistic",
    "printed",
    "contrast",
    "test",
    "kind",
    "source",
)

#: Counts of people; whole numbers.
COUNTS = frozenset({"n", "n_men", "n_women", "k"})
#: Statistics that cannot be negative.
NON_NEGATIVE = COUNTS | {"percent", "sd", "se", "sd_change", "iqr", "f", "p", "eta_squared"}
#: Between-group differences in the unit of the outcome.
DIFFERENCES = frozenset(
    {
        "mean_difference",
        "adjusted_mean_difference",
        "mean_difference_in_change",
        "adjusted_mean_difference_in_change",
    }
)
#: Standardised differences.
STANDARDISED = frozenset({"cohens_d", "hedges_g", "smd"})
#: Statistics that a `ci_low` and `ci_high` pair may belong to.
WITH_INTERVAL = frozenset({"mean", "mean_change", "percent"}) | DIFFERENCES | STANDARDISED
#: Statistics that carry probability forms such as `not significant`.
PROBABILITIES = frozenset({"p"})
STATISTICS = (
    COUNTS
    | NON_NEGATIVE
    | WITH_INTERVAL
    | {"mean", "median", "q1", "q3", "mean_change", "ci_low", "ci_high", "t"}
)

#: Names that describe the people or the body of evidence rather than an outcome.
RESERVED_OUTCOMES = frozenset(
    {
        "sample",
        "age",
        "sex",
        "height",
        "body mass",
        "completion",
        "completers",
        "lost to follow-up",
        "studies",
        "participants",
        "trials",
    }
)
#: Where a count was taken, in place of a time.
COUNT_TIMEPOINTS = frozenset({"enrolled", "randomised", "analysed", "completed"})
TESTS = frozenset(
    {
        "t-test",
        "paired t-test",
        "paired",
        "ancova",
        "rm_anova time",
        "rm_anova group",
        "rm_anova time x group",
        "three-group",
        "within arm",
        "z-test",
        "unstated",
    }
)
KINDS = frozenset({"printed", "derived", "inferred"})
ROLES = frozenset({"cited", "cited claim", "retro trial", "comparator", "review", "biomechanics"})
DIRECTIONS = frozenset({"lower", "higher"})
CHANGES = frozenset({"baseline - follow-up", "follow-up - baseline"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What a key of a TOML table holds."""

    kind: type
    required: bool = False
    allowed: frozenset[str] = field(default_factory=frozenset)


TEXT = Key(kind=str)
NUMBER = Key(kind=float)
COUNT = Key(kind=int)
NAME = Key(kind=str, required=True)

#: Keys of `trial.toml`, by table; the empty name is the top of the file.
TRIAL_KEYS: dict[str, dict[str, Key]] = {
    "": {
        "id": NAME,
        "role": Key(kind=str, required=True, allowed=ROLES),
        "citation": NAME,
        "doi": TEXT,
        "pmid": TEXT,
        "pmcid": TEXT,
        "decimal_mark": Key(kind=str, allowed=frozenset({".", ","})),
        "design": TEXT,
        "population": TEXT,
        "analysis_reported": TEXT,
        "note": TEXT,
        "timepoints": Key(kind=list, required=True),
        "arms": Key(kind=list),
        "outcomes": Key(kind=list),
    },
    "arms": {
        "label": NAME,
        "n_randomised": COUNT,
        "n_analysed": COUNT,
        "intervention": TEXT,
        "dose": TEXT,
    },
    "outcomes": {
        "name": NAME,
        "instrument": TEXT,
        "low": NUMBER,
        "high": NUMBER,
        "unit": TEXT,
        "better": Key(kind=str, allowed=DIRECTIONS),
        "change": Key(kind=str, allowed=CHANGES),
        "integer": Key(kind=bool),
        "items": COUNT,
    },
}
