"""A table printed from real scores is never accused, and planted errors are found."""

import numpy as np
import pytest
from scipy import stats

from retrostats.analysis.reproduce import reproduce
from retrostats.data.catalogue import load_trial

#: Hundreds of tables are recomputed, each from its files to its verdicts.
pytestmark = pytest.mark.whole

TOML = """\
id = "drawn"
role = "comparator"
citation = "Drawn at random"
timepoints = ["baseline", "6wk"]
[[arms]]
label = "retro"
[[arms]]
label = "forward"
[[outcomes]]
name = "pain"
better = "lower"
change = "baseline - follow-up"
integer = {integer}
"""
HEADER = "arm,outcome,timepoint,statistic,printed,contrast,test,kind,source\n"


class Table:
    """One trial drawn at random and printed as journals print: rounded, by one t-test."""

    def __init__(self, seed):
        rng = np.random.default_rng(seed)
        self.decimals = int(rng.integers(0, 3))
        self.form = str(rng.choice(["sd", "se", "ci"]))
        self.whole = bool(rng.random() < 0.5) and self.form != "ci"
        self.equal = bool(rng.random() < 0.5)
        self.rows = []
        changes = [self._arm(rng, arm) for arm in ("retro", "forward")]
        self._comparison(*changes)

    def add(self, arm, time, statistic, value, **more):
        text = value if isinstance(value, str) else f"{value + 0.0:.{self.decimals}f}"
        contrast, test = more.get("contrast", ""), more.get("test", "")
        row = f"{arm},pain,{time},{statistic},{text},{contrast},{test},printed,r"
        self.rows.append(row)

    def _arm(self, rng, arm):
        n = int(rng.integers(4, 40))
        before = rng.normal(50, 10, n)
        after = 0.6 * before + 20 + rng.normal(-4 * (arm == "retro"), rng.uniform(3, 9), n)
        if self.whole:
            before, after = np.round(before), np.round(after)
        change = before - after
        self.rows.append(f"{arm},sample,analysed,n,{n},,,printed,r")
        for time, scores in (("baseline", before), ("6wk", after)):
            self.add(arm, time, "mean", scores.mean())
            self.add(arm, time, "sd", scores.std(ddof=1))
        self.add(arm, "change 6wk", "mean_change", change.mean())
        se = change.std(ddof=1) / np.sqrt(n)
        margin = stats.t.ppf(0.975, n - 1) * se
        if self.form == "sd":
            self.add(arm, "change 6wk", "sd_change", change.std(ddof=1))
        elif self.form == "se":
            self.add(arm, "change 6wk", "se", f"{se:.{self.decimals + 1}f}")
        else:
            self.add(arm, "change 6wk", "ci_low", change.mean() - margin)
            self.add(arm, "change 6wk", "ci_high", change.mean() + margin)
        paired = stats.ttest_rel(before, after).pvalue
        self.add(arm, "change 6wk", "p", printed_p(paired), test="paired t-test")
        return change

    def _comparison(self, retro, forward):
        answer = stats.ttest_ind(retro, forward, equal_var=self.equal)
        interval = answer.confidence_interval()
        more = {"contrast": "retro - forward", "test": "t-test"}
        for statistic, value in (
            ("p", printed_p(answer.pvalue)),
            ("t", f"{answer.statistic:.3f}"),
            ("mean_difference_in_change", retro.mean() - forward.mean()),
            ("ci_low", interval.low),
            ("ci_high", interval.high),
        ):
            self.add("", "change 6wk", statistic, value, **more)

    def reproduced(self, folder):
        folder.mkdir(exist_ok=True)
        toml = TOML.format(integer=str(self.whole).lower())
        (folder / "trial.toml").write_text(toml, encoding="utf-8")
        (folder / "values.csv").write_text(HEADER + "\n".join(self.rows) + "\n", encoding="utf-8")
        return reproduce(load_trial(folder)).rows


def printed_p(p):
    return "< 0.001" if p < 0.0005 else f"{p:.3f}"


def accusations(table, rows):
    """Return the rows that accuse a table, those of the other t-test left out."""
    other = "Welch" if table.equal else "Student"
    return [
        row
        for row in rows
        if row.verdict == "inconsistent table"
        or (
            row.verdict.startswith("contradicted")
            and not row.variant.startswith(other)
            and (table.equal or row.variant != "from the interval, t")
        )
    ]


@pytest.mark.parametrize(
    "seeds", [range(60), pytest.param(range(60, 2000), marks=pytest.mark.slow)]
)
def test_a_true_table_is_never_accused(tmp_path, seeds):
    looked = 0
    for seed in seeds:
        table = Table(seed)
        rows = table.reproduced(tmp_path / "drawn")
        assert accusations(table, rows) == [], f"seed {seed}"
        looked += len(rows)
    assert looked > 15 * len(seeds)


def change_p(table):
    at = next(i for i, row in enumerate(table.rows) if ",p," in row and "retro - forward" in row)
    cells = table.rows[at].split(",")
    cells[4] = "0.500" if cells[4] < "0.2" or "<" in cells[4] else "0.010"
    table.rows[at] = ",".join(cells)


def flip_change(table):
    at = next(i for i, row in enumerate(table.rows) if "mean_change" in row)
    cells = table.rows[at].split(",")
    cells[4] = cells[4][1:] if cells[4].startswith("-") else f"-{cells[4]}"
    table.rows[at] = ",".join(cells)


@pytest.mark.parametrize(("spoil", "share"), [(change_p, 0.9), (flip_change, 0.8)])
def test_most_planted_errors_are_found(tmp_path, spoil, share):
    found = 0
    for seed in range(50):
        table = Table(seed)
        spoil(table)
        rows = table.reproduced(tmp_path / "drawn")
        found += bool(accusations(table, rows))
    assert found >= share * 50
