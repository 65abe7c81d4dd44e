import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from retrostats.description.agreement import agreement
from retrostats.description.reliability import reliability

#: Shrout and Fleiss 1979, table 2: four judges, six targets; ICC(2,1) 0.29, ICC(3,1) 0.71.
JUDGES = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
#: The same arithmetic in another order; 5e-15 measured. pingouin's limits have two decimals.
SAME, LIMITS = 1e-12, 0.005001
NAN = float("nan")


def test_shrout_and_fleiss():
    found = reliability(JUDGES)
    assert round(found.agreement.value, 2) == 0.29
    assert round(found.consistency.value, 2) == 0.71
    assert (found.n, found.occasions, found.missing) == (6, 4, 0)
    assert [e.label for e in found.table()] == [
        "SEM", "MDC95", "ICC(2,1), agreement", "ICC(3,1), consistency",
    ]  # fmt: skip


# pingouin calls what pandas will drop; its R squared of 1 is no concern of ours.
@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")
@pytest.mark.parametrize("shape", [(5, 2), (12, 3), (40, 2), (6, 4)])
@pytest.mark.parametrize("between", [0.3, 3.0])
def test_pingouin_agrees_on_the_correlations(shape, between):
    import pingouin

    generator = np.random.default_rng(shape[0])
    n, k = shape
    values = generator.normal(0, between, (n, 1)) + generator.normal(0, 1, shape)
    values += generator.normal(0, 0.7, k)
    long = pd.DataFrame(
        {"s": np.repeat(np.arange(n), k), "r": np.tile(np.arange(k), n), "v": values.ravel()}
    )
    table = pingouin.intraclass_corr(long, targets="s", raters="r", ratings="v").set_index("Type")
    found = reliability(values)
    for mine, name in ((found.agreement, "ICC(A,1)"), (found.consistency, "ICC(C,1)")):
        row = table.loc[name]
        assert mine.value == pytest.approx(row["ICC"], rel=SAME)
        assert mine.p == pytest.approx(row["pval"], rel=1e-9)
        # pingouin has an interval for ICC(A,1) where MS of subjects exceeds that of error.
        assert mine.ci[:2] == pytest.approx(row["CI95"], abs=LIMITS)


def test_two_occasions_by_hand():
    rows = np.array([[12.1, 11.6], [10.4, 10.6], [9.8, 9.1], [13.0, 12.2], [NAN, 3.0]])
    found = reliability(rows, unit="s", level=0.9)
    differences = agreement(rows[:, 0], rows[:, 1]).differences
    sem = np.std(differences, ddof=1) / math.sqrt(2)
    assert found.sem.value == pytest.approx(sem)
    assert found.mdc.value == pytest.approx(1.959964 * math.sqrt(2) * sem)
    assert (found.missing, found.n, found.sem.df, found.sem.unit) == (1, 4, 3, "s")
    low, high = (math.sqrt(3 / stats.chi2.ppf(p, 3)) for p in (0.95, 0.05))
    assert found.sem.ci == pytest.approx((low * sem, high * sem, 0.9))
    ratio = found.mdc.value / sem
    assert found.mdc.ci[:2] == pytest.approx([ratio * x for x in found.sem.ci[:2]])
    ninety = reliability(rows, share=0.9).mdc
    assert ninety.label == "MDC90"
    assert ninety.value == pytest.approx(1.644854 * math.sqrt(2) * sem)


@settings(max_examples=40)
@given(
    st.lists(st.tuples(*[st.integers(-99, 99)] * 3), min_size=4, max_size=15),
    st.integers(-50, 50),
    st.integers(1, 40),
)
def test_a_shift_of_one_occasion_counts_for_agreement_alone(rows, shift, factor):
    values = np.array(rows, dtype=float)
    try:
        here = reliability(values)
    except ValueError:
        return  # no spread: its message is tested below
    there = reliability(factor * (values + np.array([0, shift, 0])))
    assert there.sem.value == pytest.approx(factor * here.sem.value, rel=1e-7)
    assert there.consistency.value == pytest.approx(here.consistency.value, abs=1e-7)
    turned = reliability(values[:, ::-1])
    assert turned.agreement.value == pytest.approx(here.agreement.value, abs=1e-9)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([1, 2, 3], r"an array of shape \(3,\)"),
        ([[1], [2]], r"an array of shape \(2, 1\)"),
        ([[1, 2], [3, float("inf")]], "infinite"),
        ([[1, 2], [3, NAN]], "1 of 2 subjects have all"),
        ([[1, 2], [3, 4], [5, 6]], "the columns differ by constants"),
        ([[1, 2], [2, 1]], "all are alike"),
    ],
)
def test_what_tells_nothing_is_refused(rows, message):
    with pytest.raises(ValueError, match=message):
        reliability(rows)
