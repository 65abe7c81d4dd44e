from itertools import combinations, product

import numpy as np
import pytest
from scipy.stats import mannwhitneyu, wilcoxon

from retrostats.effects.ordinal.null_distributions import (
    rank_sum_distribution,
    rank_sum_quantile,
    signed_rank_distribution,
    signed_rank_quantile,
)


@pytest.mark.parametrize(("m", "n"), [(1, 1), (2, 5), (4, 3), (5, 5)])
def test_rank_sums_are_those_of_all_allocations(m, n):
    sums = [sum(chosen) - m * (m - 1) // 2 for chosen in combinations(range(m + n), m)]
    share = np.bincount(sums) / len(sums)
    assert rank_sum_distribution(m, n) == pytest.approx(share, rel=1e-13)


@pytest.mark.parametrize("n", [1, 2, 5, 9])
def test_signed_ranks_are_those_of_all_signs(n):
    sums = [sum(k * sign for k, sign in enumerate(signs, 1)) for signs in product((0, 1), repeat=n)]
    assert signed_rank_distribution(n) == pytest.approx(np.bincount(sums) / 2**n, rel=1e-14)


def test_quantiles_are_those_of_r(golden):
    reference = golden.json("h_ranks/ref.json")
    for m, row in zip((3, 5, 10, 20, 49), reference["qwilcox"], strict=True):
        for n, wanted in zip((4, 7, 12, 30), row, strict=True):
            assert rank_sum_quantile(m, n, 0.025) == wanted
    for n, wanted in zip((5, 6, 10, 25, 49, 100), reference["qsignrank"], strict=True):
        assert signed_rank_quantile(n, 0.025) == wanted


def test_a_tail_that_is_reached_exactly_counts():
    assert rank_sum_quantile(3, 4, 1 / 35) == 0
    assert rank_sum_quantile(3, 4, 1 / 35 + 1e-9) == 1
    assert signed_rank_quantile(5, 1 / 32) == 0


def test_distributions_are_those_behind_the_tests_of_scipy():
    x, y = [1.0, 2.0, 5.0, 9.0, 11.0, 12.0], [3.0, 4.0, 6.0, 7.0, 8.0, 10.0, 13.0]
    u = int(mannwhitneyu(x, y).statistic)
    tail = rank_sum_distribution(6, 7)[: u + 1].sum()
    assert mannwhitneyu(x, y, method="exact").pvalue == pytest.approx(2 * tail, rel=1e-12)
    change = [1.0, -2.0, 3.0, 4.0, -5.0, 6.0, 7.0]
    tail = signed_rank_distribution(7)[: 2 + 5 + 1].sum()
    assert wilcoxon(change, method="exact").pvalue == pytest.approx(2 * tail, rel=1e-12)
