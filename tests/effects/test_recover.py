import math

import pytest

from retrostats.effects.pairs import correlation_from_sd_change, sd_change_from_correlation
from retrostats.effects.recover import (
    sd_change_from_p,
    sd_from_ci,
    sd_from_se,
    sd_from_two_group_ci,
    sd_from_two_group_p,
)

#: Closed forms; measured gap 1e-15.
CLOSED = 1e-10
#: Through a quantile of t; 2e-15 measured.
QUANTILE = 1e-9


def test_sd_recovered_as_in_the_reference(golden, ledger):
    wanted = golden.json("e_summary/ref.json")["sd_recovery"]
    ledger.add(sd_from_se(1.2, 20), wanted["from_se"])
    ledger.add(sd_from_ci(3.1, 5.9, 20), wanted["from_ci95_t"])
    ledger.add(sd_from_ci(3.1, 5.9, 20, distribution="normal"), wanted["from_ci95_z"])
    row = wanted["two_group_sd_from_p"]
    ledger.add(sd_from_two_group_p(row["md"], row["p"], row["n1"], row["n2"]), row["sd"])
    row = wanted["two_group_sd_from_ci"]
    ledger.add(sd_from_two_group_ci(row["lb"], row["ub"], row["n1"], row["n2"]), row["sd"])
    ledger.assert_settled(count=5, tolerance=QUANTILE)


def test_sd_of_change_and_correlation_lead_to_one_another(golden, ledger):
    inputs = golden.rows("a_escalc/input_pre_post.csv")
    for row, wanted in zip(inputs, golden.rows("e_summary/paired_from_summary.csv"), strict=True):
        sds = row["sd2i"], row["sd1i"]
        sd_change = sd_change_from_correlation(*sds, row["ri"])
        ledger.add(sd_change, wanted["sd_change"], row)
        ledger.add(correlation_from_sd_change(*sds, sd_change), row["ri"], row, least=1)
    ledger.assert_settled(count=2 * 12, tolerance=CLOSED)


def test_sd_of_change_from_p(golden, ledger):
    inputs = golden.rows("a_escalc/input_pre_post.csv")
    for row, wanted in zip(inputs, golden.rows("e_summary/paired_from_summary.csv"), strict=True):
        if wanted["md"] != 0:  # a change of 0 has p = 1 whatever its SD
            back = sd_change_from_p(wanted["md"], wanted["p"], int(row["ni"]))
            ledger.add(back, wanted["sd_change"], row)
    ledger.assert_settled(count=11, tolerance=QUANTILE)


def test_an_impossible_sd_of_change_is_shown_and_not_mended():
    assert correlation_from_sd_change(1.0, 1.0, 3.0) == -3.5


def test_equal_sds_and_perfect_correlation_leave_no_change():
    assert sd_change_from_correlation(1.3, 1.3, 1.0) == 0.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sd_from_se(0.0, 20), "se > 0"),
        (lambda: sd_from_se(1.0, 1), "n >= 2, got n=1"),
        (lambda: sd_from_se(1.0, 2.5), "whole number"),
        (lambda: sd_from_se(1.0, math.inf), "whole number"),
        (lambda: sd_from_se(1.0, math.nan), "whole number"),
        (lambda: sd_from_ci(5.9, 3.1, 20), "low < high"),
        (lambda: sd_from_ci(3.1, 5.9, 20, level=95), "level"),
        (lambda: sd_from_ci(3.1, 5.9, 20, distribution="z"), "'t' or 'normal', got 'z'"),
        (lambda: sd_from_two_group_p(0.0, 0.03, 18, 20), "not zero"),
        (lambda: sd_from_two_group_p(1.4, 0.0, 18, 20), "bounds the SD"),
        (lambda: sd_from_two_group_ci(0.2, 2.6, 1, 20), "n >= 2"),
        (lambda: sd_change_from_p(1.0, 1.0, 9), "0 < p < 1"),
        (lambda: sd_change_from_correlation(1.0, 1.0, 1.1), "-1 to 1"),
        (lambda: sd_change_from_correlation(0.0, 1.0, 0.1), "both SDs > 0"),
        (lambda: correlation_from_sd_change(1.0, 1.0, -1.0), "sd_change >= 0"),
    ],
)
def test_what_is_out_of_range_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
