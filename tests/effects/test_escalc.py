"""Every row that metafor's escalc gave: compared, or named here as not offered and why.

Conversions (conversion.csv) are compared in test_convert.py, proportions (two_by_two.csv) in
test_proportions.py.
"""

from dataclasses import replace

import pytest

from retrostats.effects.noncentral import small_sample_factor
from retrostats.effects.paired import mean_change, paired_dav
from retrostats.effects.pairs import PairedSummary
from retrostats.effects.pre_post import pre_post_control_d, standardised_mean_change
from retrostats.effects.ratio_of_means import ratio_of_means, ratio_of_means_change
from retrostats.effects.summaries import ArmSummary
from retrostats.effects.two_group import cohens_d, glass_delta, hedges_g, mean_difference
from retrostats.effects.variability import coefficient_of_variation_ratio, variability_ratio

#: Closed forms on both sides; 3e-13 measured (the unbiased variance subtracts like numbers).
CLOSED = 1e-10


def both(effect, **options):
    """Value and squared standard error of an effect as it is offered."""

    def of(*summaries):
        found = effect(*summaries, **options)
        found = getattr(found, "log", found)
        return found.value, found.se**2

    return of


def corrected(effect, df):
    """The uncorrected effect times J of these df, with J in the variance as metafor has it."""

    def of(*summaries):
        found, factor = effect(*summaries), small_sample_factor(df(*summaries))
        last = summaries[-1]
        same = [replace(x, mean=last.mean) for x in summaries[:-1]]
        base = effect(*same, last).se ** 2
        return factor * found.value, base + factor**2 * (found.se**2 - base)

    return of


def all_but_two(a, b):
    return a.n + b.n - 2


def of_control(*arms):
    return arms[-1].n - 1


def average(a, b):
    return cohens_d(a, b, standardiser="average")


def value_only(of):
    return lambda *summaries: (of(*summaries)[0], None)


TWO_GROUP = {
    ("MD", "LS", True): both(mean_difference),
    ("MD", "LS", False): both(mean_difference),
    ("MD", "UB", True): both(mean_difference),
    ("MD", "HO", True): both(mean_difference, method="student"),
    ("SMD", "LS", True): both(hedges_g),
    ("SMD", "LS2", True): both(hedges_g, variance="scaled"),
    ("SMD", "UB", True): both(hedges_g, variance="unbiased"),
    ("SMD", "LS", False): both(cohens_d),
    ("SMDH", "LS", False): both(average),
    # metafor's J has n1 + n2 - 2 degrees of freedom, ours those of the mean of the variances.
    ("SMDH", "LS", True): corrected(average, all_but_two),
    ("SMD1H", "LS", False): both(glass_delta),
    ("SMD1H", "LS", True): corrected(glass_delta, of_control),
    ("SMD1", "LS", False): value_only(both(glass_delta)),
    ("SMD1", "LS", True): value_only(corrected(glass_delta, of_control)),
    ("ROM", "LS", True): both(ratio_of_means),
    ("ROM", "LS", False): both(ratio_of_means, correction="none"),
    ("VR", "LS", True): both(variability_ratio),
    ("VR", "LS", False): both(variability_ratio, correction="none"),
    ("CVR", "LS", True): both(coefficient_of_variation_ratio),
    ("CVR", "LS", False): both(coefficient_of_variation_ratio, correction="none"),
}
AV = "the variance at the mean effect of a set of trials: a matter of pooling"
SECOND_ORDER = "second-order variance: the interval does not come from it"
CONVERSION = "d turned into an odds ratio or a probability: convert_effect"
NOT_OFFERED = {
    ("SMD", "AV", True): AV,
    ("SMD1", "AV", True): AV,
    ("SMD1H", "AV", True): AV,
    ("ROM", "AV", True): AV,
    ("SMD1", "LS2", True): "variance that takes the arms' SDs as equal: then hedges_g",
    ("SMD1", "UB", True): "variance that takes the arms' SDs as equal: then hedges_g",
    ("SMD1H", "LS2", True): "one variance of Glass's delta is offered, Bonett's",
    ("SMD1H", "UB", True): "one variance of Glass's delta is offered, Bonett's",
    ("SMD1H", "HO", True): "one variance of Glass's delta is offered, Bonett's",
    ("SMDH", "LS2", True): "one variance over the average SD is offered, Bonett's",
    ("ROM", "LS2", True): SECOND_ORDER,
    ("VR", "LS2", True): SECOND_ORDER,
    ("CVR", "LS2", True): SECOND_ORDER,
    ("ROM", "HO", True): "variance of a common coefficient of variation",
    **{
        (measure, vtype, True): CONVERSION
        for measure in ("D2ORN", "D2ORL")
        for vtype in ("LS", "LS2", "UB", "AV", "HO")
    },
    **{
        (measure, vtype, True): CONVERSION
        for measure in ("CLESN", "AUCN")
        for vtype in ("LS", "LS2", "HO")
    },
    **{(m, "LS", False): CONVERSION for m in ("D2ORN", "D2ORL", "CLESN", "AUCN")},
}


def two_groups(golden):
    """Keys, rows and summaries of all two-group results."""
    arms = {row["id"]: row for row in golden.rows("a_escalc/input_two_group.csv")}
    for row in golden.rows("a_escalc/two_group.csv"):
        given = arms[row["id"]]
        pair = (
            ArmSummary(arm="a", n=int(given["n1i"]), mean=given["m1i"], sd=given["sd1i"]),
            ArmSummary(arm="b", n=int(given["n2i"]), mean=given["m2i"], sd=given["sd2i"]),
        )
        yield (row["measure"], row["vtype"], row["correct"] == "TRUE"), row, pair


def test_every_two_group_row_is_compared_or_named(golden, ledger):
    left_out, refused, no_variance, measures = 0, [], 0, set()
    for key, row, arms in two_groups(golden):
        measures.add(key)
        if key in NOT_OFFERED:
            left_out += 1
            continue
        if row["yi"] in (None, "NA"):
            with pytest.raises(ValueError, match=r"need df > 1|means above 0"):
                TWO_GROUP[key](*arms)
            refused.append((key[0], row["id"]))
            continue
        value, square = TWO_GROUP[key](*arms)
        ledger.add(value, row["yi"], row)
        if square is None:
            no_variance += 1
        else:
            ledger.add(square, row["vi"], row)
    assert measures == TWO_GROUP.keys() | NOT_OFFERED.keys()
    assert not TWO_GROUP.keys() & NOT_OFFERED.keys()
    # J of a control arm of 2 does not exist; a negative mean has no ratio.
    assert sorted(set(refused)) == [("CVR", 5), ("ROM", 5), ("SMD1", 12), ("SMD1H", 12)]
    assert (left_out, len(refused), no_variance) == (34 * 14, 6, 2 * 14 - 1)
    ledger.assert_settled(count=2 * (20 * 14 - 6) - no_variance, tolerance=CLOSED)
    assert left_out + 20 * 14 == 756


def drm_df(pair):
    return 2 * (pair.n - 1) / (1 + pair.correlation**2)


def average_change(*, scaled):
    def of(pair):
        found, factor = paired_dav(pair), small_sample_factor(drm_df(pair))
        base = paired_dav(replace(pair, mean_after=pair.mean_before)).se ** 2
        square = base + factor**2 * (found.se**2 - base)
        return factor * found.value, square if scaled else None

    return of


BEFORE, CHANGE = {"standardiser": "before"}, {"standardiser": "change"}
#: Which SD metafor standardises by, or takes as that of the first mean, is named with it.
PRE_POST = {
    **{("MC", vtype): both(mean_change) for vtype in ("LS", "LS2", "UB", "AV")},
    ("SMCC", "LS"): both(standardised_mean_change, **CHANGE),
    ("SMCR", "LS"): both(standardised_mean_change, **BEFORE),
    ("SMCRH", "LS"): both(standardised_mean_change, **BEFORE, variance="unequal-sds"),
    # J of 2 (n - 1) / (1 + r^2) df; Bonett's variance is ours, that for equal SDs is not offered.
    ("SMCRP", "LS"): average_change(scaled=False),
    ("SMCRPH", "LS"): average_change(scaled=True),
    ("ROMC", "LS"): both(ratio_of_means_change),
}
ONE_VARIANCE = "another formula of the same variance: the large-sample one is offered"
PRE_POST_NOT_OFFERED = {
    ("SMCC", "LS2"): ONE_VARIANCE,
    ("SMCC", "UB"): ONE_VARIANCE,
    ("SMCR", "LS2"): ONE_VARIANCE,
    ("SMCRH", "LS2"): ONE_VARIANCE,
    ("SMCRPH", "LS2"): ONE_VARIANCE,
    ("ROMC", "LS2"): SECOND_ORDER,
    **{(m, v): "spread of one group at two visits" for m in ("VRC", "CVRC") for v in ("LS", "LS2")},
    **{
        (m, v): "probability from the SD of change: paired_superiority counts instead"
        for m in ("CLESCN", "AUCCN")
        for v in ("LS", "LS2", "UB", "AV")
    },
}


def changed(given, measure):
    """metafor's first mean is the later one; SMCR and SMCRH divide by its sd1i."""
    swapped = measure in ("SMCR", "SMCRH")
    before, after = ("sd1i", "sd2i") if swapped else ("sd2i", "sd1i")
    return PairedSummary(
        label="x",
        n=int(given["ni"]),
        mean_before=given["m2i"],
        sd_before=given[before],
        mean_after=given["m1i"],
        sd_after=given[after],
        correlation=given["ri"],
    )


def test_every_pre_post_row_is_compared_or_named(golden, ledger):
    inputs = {row["id"]: row for row in golden.rows("a_escalc/input_pre_post.csv")}
    left_out, measures = 0, set()
    for row in golden.rows("a_escalc/pre_post.csv"):
        key = (row["measure"], row["vtype"])
        measures.add(key)
        if key in PRE_POST_NOT_OFFERED:
            left_out += 1
            continue
        value, square = PRE_POST[key](changed(inputs[row["id"]], row["measure"]))
        ledger.add(value, row["yi"], row)
        if square is not None:
            ledger.add(square, row["vi"], row)
    assert measures == PRE_POST.keys() | PRE_POST_NOT_OFFERED.keys()
    assert not PRE_POST.keys() & PRE_POST_NOT_OFFERED.keys()
    assert left_out + 10 * 12 == 336
    ledger.assert_settled(count=2 * 10 * 12 - 12, tolerance=CLOSED)


def test_nothing_is_offered_for_one_group_at_one_visit(golden):
    # A mean, its log, its ratio to the SD and log SDs are no effects of a treatment.
    measures = [row["measure"] for row in golden.rows("a_escalc/one_sample.csv")]
    assert set(measures) == {"MN", "SMN", "MNLN", "SDLN", "CVLN"}
    assert len(measures) == 18


def morris(row):
    return PairedSummary(
        label="x",
        n=row["ni"],
        mean_before=row["m_pre"],
        sd_before=row["sd_pre"],
        mean_after=row["m_post"],
        sd_after=row["sd_post"],
        correlation=row["ri"],
    )


def test_every_effect_of_morris_2008_is_compared_or_named(golden, ledger):
    tables = golden.json("a_escalc/ref.json")["morris2008"]
    pairs = list(zip(map(morris, tables["treat"]), map(morris, tables["ctrl"]), strict=True))
    for name, standardiser in (("ppc1_becker", "own"), ("ppc2_exact_c", "pooled")):
        for (treated, control), row in zip(pairs, tables[name], strict=True):
            value, square = both(pre_post_control_d, standardiser=standardiser)(treated, control)
            ledger.add(value, row["yi"], (name, row))
            ledger.add(square, row["vi"], (name, row))
    ledger.assert_settled(count=2 * 2 * 5, tolerance=CLOSED)
    not_offered = {
        "ppc2_approx_c": "J by 1 - 3 / (4 df - 1)",
        "ppc2_simple_var_exact_c": "variance",
    }
    assert tables.keys() - not_offered == {"treat", "ctrl", "ppc1_becker", "ppc2_exact_c"}


def test_two_arms_against_one_control(golden, ledger):
    # The covariances of the two (V_gleser_olkin, V_vcalc) are a matter of pooling: not offered.
    shared = golden.json("a_escalc/ref.json")["shared_control"]
    for row, value, square in zip(shared["data"], shared["yi"], shared["vi"], strict=True):
        g = hedges_g(
            ArmSummary(arm=row["arm"], n=row["n1"], mean=row["m1"], sd=row["sd1"]),
            ArmSummary(arm="C", n=row["n2"], mean=row["m2"], sd=row["sd2"]),
        )
        ledger.add(g.value, value, row)
        ledger.add(g.se**2, square, row)
    ledger.assert_settled(count=2 * 2, tolerance=CLOSED)
    assert shared.keys() == {"data", "yi", "vi", "V_gleser_olkin", "V_vcalc"}
