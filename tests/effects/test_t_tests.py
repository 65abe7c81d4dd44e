import numpy as np
import pytest

from retrostats.effects.t_tests import pooled_sd, student_t, two_sided_p, welch_t

#: Closed forms, and p by stdtr against R's pt; measured gap 4e-15.
CLOSED = 1e-10


def test_t_and_p_of_the_reference_table(golden, ledger):
    inputs = golden.rows("a_escalc/input_two_group.csv")
    for row, wanted in zip(inputs, golden.rows("e_summary/t_from_summary.csv"), strict=True):
        spread = row["sd1i"], row["n1i"], row["sd2i"], row["n2i"]
        ledger.add(pooled_sd(*spread), wanted["sd_pooled"], row)
        for method, name in ((student_t, "student"), (welch_t, "welch")):
            t, df = method(row["m1i"] - row["m2i"], *spread)
            ledger.add(t, wanted[f"t_{name}"], row)
            ledger.add(df, wanted[f"df_{name}"], row)
            ledger.add(two_sided_p(t, df), wanted[f"p_{name}"], row)
    ledger.assert_settled(count=14 * 7, tolerance=CLOSED)


def test_arrays_give_what_the_numbers_give(golden):
    rows = golden.rows("a_escalc/input_two_group.csv")
    column = {key: np.array([row[key] for row in rows]) for key in rows[0]}
    difference = column["m1i"] - column["m2i"]
    for method in (student_t, welch_t):
        t, df = method(difference, column["sd1i"], column["n1i"], column["sd2i"], column["n2i"])
        for i, row in enumerate(rows):
            one = method(difference[i], row["sd1i"], row["n1i"], row["sd2i"], row["n2i"])
            assert (t[i], df[i]) == (float(one[0]), float(one[1]))


def test_shapes_broadcast():
    t, df = student_t(np.ones((3, 1)), np.array([1.0, 2.0]), 10, 1.0, 12)
    assert t.shape == df.shape == (3, 2)
    t, df = welch_t(np.ones((3, 1)), np.array([1.0, 2.0]), 10, 1.0, 12)
    assert t.shape == df.shape == (3, 2)


@pytest.mark.parametrize("method", [student_t, welch_t])
def test_no_spread_gives_infinite_t_without_a_warning(method):
    t, df = method(np.array([2.0, -2.0, 0.0]), 0.0, 10, 0.0, 12)
    assert t[0] == np.inf
    assert t[1] == -np.inf
    assert np.isnan(t[2])
    p = two_sided_p(t, df)
    assert p[0] == p[1] == 0
    assert np.isnan(p[2])


def test_one_arm_without_spread_is_no_obstacle_to_welch():
    t, df = welch_t(1.0, 0.0, 10, 2.0, 12)
    assert float(t) == pytest.approx(1 / np.sqrt(4 / 12))
    assert float(df) == pytest.approx(11)
