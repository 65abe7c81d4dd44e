"""What holds for every effect of two arms or two visits, whichever it is."""

import inspect
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import retrostats as rs
from retrostats.effects.cohens_f import cohens_f, cohens_f_squared, variance_explained_of
from retrostats.effects.contingency import cohens_w
from retrostats.effects.convert import paired_effect_from_t
from retrostats.effects.proportions import proportion
from retrostats.effects.two_by_two import cohens_h, phi

#: Limits come from searches that stop at 1e-14 of a noncentrality.
SEARCHED = 1e-9

SCALES = {
    "mean_change": {},
    "ratio_of_means_change": {},
    "paired_dz": {},
    "paired_dav": {},
    "paired_drm": {},
    "standardised_mean_change": {"standardiser": ("before", "change")},
    "pre_post_control_d": {"standardiser": ("pooled", "own")},
    "mean_difference": {"method": ("welch", "student")},
    "cohens_d": {"standardiser": ("pooled", "average")},
    "hedges_g": {"standardiser": ("pooled", "average")},
    "glass_delta": {},
    "ratio_of_means": {"correction": ("small-sample", "none")},
    "variability_ratio": {"correction": ("small-sample", "none")},
    "coefficient_of_variation_ratio": {"correction": ("small-sample", "none")},
    "probability_of_superiority": {"method": ("newcombe", "brunner-munzel-logit")},
    "cliffs_delta": {"method": ("newcombe", "brunner-munzel")},
    "rank_biserial": {"method": ("newcombe", "brunner-munzel")},
    "hodges_lehmann": {"method": ("auto", "exact", "normal")},
    "paired_superiority": {},
    "matched_rank_biserial": {"zeros": ("wilcoxon", "pratt")},
    "paired_hodges_lehmann": {"method": ("auto", "exact", "normal")},
}
ARMS = [
    "mean_difference",
    "cohens_d",
    "hedges_g",
    "glass_delta",
    "ratio_of_means",
    "variability_ratio",
    "coefficient_of_variation_ratio",
]
SUMMARISED_PAIRS = [
    "mean_change",
    "ratio_of_means_change",
    "paired_dz",
    "paired_dav",
    "paired_drm",
    "standardised_mean_change",
]
RAW_ARMS = ["probability_of_superiority", "cliffs_delta", "rank_biserial", "hodges_lehmann"]
RAW_PAIRS = ["paired_superiority", "matched_rank_biserial", "paired_hodges_lehmann"]
ORDER_ONLY = ["probability_of_superiority", "cliffs_delta", "rank_biserial", "paired_superiority"]
COUNTS = {
    "risk_difference": (rs.risk_difference, (15, 20, 8, 20), (8, 20, 15, 20), (9, 20, 9, 20)),
    "risk_ratio": (rs.risk_ratio, (15, 20, 8, 20), (8, 20, 15, 20), (9, 20, 9, 20)),
    "odds_ratio": (rs.odds_ratio, (15, 20, 8, 20), (8, 20, 15, 20), (9, 20, 9, 20)),
    "cohens_h": (cohens_h, (15, 20, 8, 20), (8, 20, 15, 20), (9, 20, 9, 20)),
    "phi": (phi, ([[15, 5], [8, 12]],), ([[8, 12], [15, 5]],), ([[9, 11], [9, 11]],)),
}
#: These have no sign, so that two arms cannot be swapped.
UNSIGNED = [
    "cramers_v",
    "partial_eta_squared",
    "partial_omega_squared",
    "partial_epsilon_squared",
    "kruskal_test",
    "friedman_test",
]
#: They carry, reverse or resample the effects of others; their own tests say what holds.
OF_OTHERS = [
    "bootstrap_interval",
    "convert_effect",
    "effect_from_f",
    "effect_from_p",
    "effect_from_t",
    "games_howell",
    "model_standardised_effect",
    "number_needed_to_treat",
    "standardised_effect",
    "tukey_hsd",
]


def variants(names):
    """Return each function with each of its options: id, function, options."""
    found = []
    for name in names:
        (option, words), *_ = [*SCALES[name].items(), (None, (None,))]
        for word in words:
            options = {} if option is None else {option: word}
            found.append(pytest.param(name, options, id=f"{name}-{word}" if word else name))
    return found


def compare(name, options, treated, control):
    """Return the effect of two lists of values: arms, or one group before and after."""
    function = getattr(rs, name)
    if name in ARMS:
        arms = rs.ArmSummary.of("treated", treated), rs.ArmSummary.of("control", control)
        estimate = function(*arms, **options)
    elif name in SUMMARISED_PAIRS:
        estimate = function(rs.PairedSummary.of("change", control, treated), **options)
    elif name == "pre_post_control_d":
        first = np.random.default_rng(7).normal(9, 2, (2, max(len(treated), len(control))))
        pairs = [
            rs.PairedSummary.of(arm, start[: len(values)], values)
            for arm, start, values in zip("tc", first, (treated, control), strict=True)
        ]
        estimate = function(*pairs, **options)
    elif name in RAW_PAIRS:
        estimate = function(control, treated, **options)
    else:
        estimate = function(treated, control, **options)
    return getattr(estimate, "log", estimate)


def centre(name):
    return 0.5 if "superiority" in name else 0.0


def values(seed, n=12, *, shift=0.0):
    # Far above 0 and of few binary digits: sums are exact, ratios exist, nothing is tied.
    drawn = np.random.default_rng(seed).normal(20 + shift, 2, n)
    return np.round(drawn * 2**30) / 2**30


def test_every_effect_has_its_place_here():
    homes = [names for home, names in rs._HOMES.items() if home.startswith("effects.")]
    functions = {n for names in homes for n in names if inspect.isfunction(getattr(rs, n))}
    placed = [*SCALES, *UNSIGNED, *OF_OTHERS, *(name for name in COUNTS if hasattr(rs, name))]
    assert sorted(placed) == sorted(functions)
    assert {*ARMS, *SUMMARISED_PAIRS, *RAW_ARMS, *RAW_PAIRS, "pre_post_control_d"} == {*SCALES}


SWAPPED = [
    pytest.param(*case.values, id=case.id)
    for case in variants(SCALES)
    # Glass's SD and the SD before belong to one side; a swap is another question.
    if case.values[0] not in ("glass_delta", "pre_post_control_d")
    and case.values[1] != {"standardiser": "before"}
]


@pytest.mark.parametrize(("name", "options"), SWAPPED)
@given(seed=st.integers(0, 10**6))
@settings(max_examples=10)
def test_swapping_the_arms_or_the_visits_turns_the_sign(name, options, seed):
    one, two = values(seed), values(seed + 1, shift=1.0)
    forth, back = compare(name, options, one, two), compare(name, options, two, one)
    turned = [2 * centre(name) - x for x in (forth.value, forth.ci.high, forth.ci.low)]
    assert [back.value, *back.ci[:2]] == pytest.approx(turned, rel=SEARCHED, abs=SEARCHED)
    assert back.p == pytest.approx(forth.p, rel=SEARCHED)


@pytest.mark.parametrize("name", ["glass_delta", "pre_post_control_d", "standardised_mean_change"])
def test_where_a_swap_takes_another_sd_the_sign_turns_all_the_same(name):
    options = {key: words[0] for key, words in SCALES[name].items()}
    one, two = values(1), values(2, shift=4.0)
    assert compare(name, options, one, two).value < 0 < compare(name, options, two, one).value


@pytest.mark.parametrize(("name", "options"), variants(ARMS + RAW_ARMS))
@given(seed=st.integers(0, 10**6), n=st.integers(5, 30))
@settings(max_examples=10)
def test_identical_arms_have_no_effect_within_the_interval(name, options, seed, n):
    same = values(seed, n)
    untied = options.get("method") == "exact"  # which is for values without ties
    other = same + np.resize([1, -1], n) / 2**20 if untied else same
    estimate = compare(name, options, other, same)
    assert estimate.value == pytest.approx(centre(name), abs=0.2 if untied else 1e-12)
    assert estimate.ci.low < centre(name) < estimate.ci.high
    assert estimate.p > 0.8


@pytest.mark.parametrize(("name", "options"), variants([*SUMMARISED_PAIRS, *RAW_PAIRS]))
@given(seed=st.integers(0, 10**6))
@settings(max_examples=10)
def test_as_much_up_as_down_is_no_change_within_the_interval(name, options, seed):
    first = values(seed, 7)
    steps = np.arange(1, 8) / 8
    before, after = np.concatenate([first, first + steps]), np.concatenate([first + steps, first])
    if options.get("method") == "exact":  # which is for changes without ties
        after = after + np.arange(14) / 2**20
    estimate = compare(name, options, after, before)
    assert estimate.value == pytest.approx(centre(name), abs=1e-3)
    assert estimate.ci.low < centre(name) < estimate.ci.high
    assert estimate.p > 0.8


def test_identical_groups_that_change_alike_have_no_effect_within_the_interval():
    pairs = rs.PairedSummary.of("x", values(1), values(2, shift=3.0))
    for standardiser in SCALES["pre_post_control_d"]["standardiser"]:
        estimate = rs.pre_post_control_d(pairs, pairs, standardiser=standardiser)
        assert estimate.ci.low < 0 == estimate.value < estimate.ci.high
        assert estimate.p == 1


@pytest.mark.parametrize("name", COUNTS)
def test_counts_swap_and_balance(name):
    function, forth, back, same = COUNTS[name]
    one, two, none = (getattr(e, "log", e) for e in (function(*x) for x in (forth, back, same)))
    assert [two.value, *two.ci[:2]] == pytest.approx([-one.value, -one.ci.high, -one.ci.low])
    assert one.value > 0
    assert two.p == pytest.approx(one.p)
    assert none.ci.low < 0 == none.value < none.ci.high
    assert none.p == 1


RANKED = variants([*ORDER_ONLY, "matched_rank_biserial"])


@pytest.mark.parametrize(("name", "options"), RANKED)
@given(seed=st.integers(0, 10**6))
@settings(max_examples=10)
def test_a_monotone_transformation_leaves_rank_effects_alone(name, options, seed):
    one, two = values(seed), values(seed + 1, shift=0.5)
    wanted = compare(name, options, one, two)
    transformations = [lambda x: np.exp(x / 4), lambda x: x**3, lambda x: 3 * x - 7]
    for transform in transformations[2 if name == "matched_rank_biserial" else 0 :]:
        assert compare(name, options, transform(one), transform(two)) == wanted
    turned = compare(name, options, -one, -two)
    assert turned.value == pytest.approx(2 * centre(name) - wanted.value, abs=1e-12)


def test_a_monotone_transformation_leaves_rank_tests_alone():
    table = np.column_stack([values(k, 9) for k in range(3)])
    for transform in (np.exp, lambda x: x**3):
        assert rs.kruskal_test(list(transform(table).T)) == rs.kruskal_test(list(table.T))
        assert rs.friedman_test(transform(table)) == rs.friedman_test(table)


@pytest.mark.parametrize(("name", "options"), variants(SCALES))
def test_another_unit_changes_no_effect_without_unit(name, options):
    one, two = values(3), values(4, shift=1.0)
    was, now = compare(name, options, one, two), compare(name, options, 25.4 * one, 25.4 * two)
    if name == "pre_post_control_d":  # its values before are not these
        return
    factor = 25.4 if name in ("mean_difference", "mean_change") or "hodges" in name else 1.0
    assert [now.value, *now.ci[:2], now.p] == pytest.approx(
        [*(factor * x for x in (was.value, *was.ci[:2])), was.p], rel=1e-6
    )


@pytest.mark.parametrize(("name", "options"), variants(SCALES))
def test_a_wider_level_is_a_wider_interval_around_the_same_number(name, options):
    one, two = values(5, 20), values(6, 20, shift=1.0)
    seen = [compare(name, options | {"level": level}, one, two) for level in (0.5, 0.95, 0.999)]
    assert len({(e.value, e.p) for e in seen}) == 1
    lows, highs = ([getattr(e.ci, end) for e in seen] for end in ("low", "high"))
    assert lows == sorted(lows, reverse=True)
    assert highs == sorted(highs)
    assert lows[2] < lows[0] <= seen[0].value <= highs[0] < highs[2]
    assert all(type(x) is float for e in seen for x in (e.value, e.se, e.df, *e.ci, e.p))


ARM = rs.ArmSummary(arm="retro", n=20, mean=5.0, sd=2.0)
PAIR = rs.PairedSummary.of("retro", values(1), values(2))
LEVELLED = [
    *((getattr(rs, name), (ARM, ARM), {}) for name in ARMS),
    *(
        (getattr(rs, name), (PAIR,), {k: w[0] for k, w in SCALES[name].items()})
        for name in SUMMARISED_PAIRS
    ),
    (rs.pre_post_control_d, (PAIR, PAIR), {}),
    *((getattr(rs, name), ([1, 2, 3.5], [2, 4, 4.5]), {}) for name in RAW_ARMS + RAW_PAIRS),
    *((function, forth, {}) for function, forth, _, _ in COUNTS.values()),
    (proportion, (3, 20), {}),
    (rs.cramers_v, ([[5, 6], [7, 3]],), {}),
    (cohens_w, ([[5, 6], [7, 3]],), {}),
    *((f, (4.0, 2, 40), {}) for f in (rs.partial_eta_squared, rs.partial_omega_squared)),
    *((f, (4.0, 2, 40), {}) for f in (rs.partial_epsilon_squared, cohens_f, cohens_f_squared)),
    *((f, (0.5,), {"n1": 9, "n2": 9}) for f in (rs.effect_from_t, rs.effect_from_f)),
    (rs.effect_from_p, (0.5,), {"n1": 9, "n2": 9}),
    (paired_effect_from_t, (0.5,), {"n": 9}),
    *(
        (f, ([ARM, rs.ArmSummary(arm="b", n=9, mean=4.0, sd=1.0)],), {})
        for f in (rs.tukey_hsd, rs.games_howell, variance_explained_of)
    ),
    (rs.bootstrap_interval, (np.mean, [[1, 2, 5, 7]]), {"seed": 1, "replicates": 99}),
]


@pytest.mark.parametrize(
    ("function", "given", "options"), LEVELLED, ids=[row[0].__name__ for row in LEVELLED]
)
def test_all_refuse_what_is_no_level_in_the_same_words(function, given, options):
    for level in (0, 1, 95, math.nan, -0.5, None, "0.95", True, [0.95]):
        with pytest.raises(ValueError, match=r"level must lie between 0 and 1, as in level=0\.95"):
            function(*given, level=level, **options)


SUMMARISED = [*ARMS, *SUMMARISED_PAIRS, "pre_post_control_d"]


@pytest.mark.parametrize("name", SUMMARISED)
def test_raw_values_where_summaries_are_due_are_told_what_to_do(name):
    options = {key: words[0] for key, words in SCALES[name].items()}
    count = 1 if name in SUMMARISED_PAIRS else 2
    kind = "ArmSummary" if name in ARMS else "PairedSummary"
    for wrong in ([1.0, 2.0, 3.0], None, np.arange(3), PAIR if name in ARMS else ARM):
        with pytest.raises(ValueError, match=rf"need (an|a) {kind}, got .*{kind}\.of\("):
            getattr(rs, name)(*[wrong] * count, **options)


HOSTILE = {
    "generator": (x for x in (1, 2, 3)),
    "set": {1, 2, 3},
    "text": ["low", "high"],
    "a word": "high",
    "nothing": None,
    "complex": [1 + 2j, 3],
    "dates": np.array(["2020-01-01", "2020-01-02"], dtype="datetime64[D]"),
    "summary": ARM,
}


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("name", RAW_ARMS + RAW_PAIRS)
def test_what_is_no_list_of_numbers_is_refused_by_name(name, kind):
    side = "before" if name in RAW_PAIRS else "treated"
    with pytest.raises(ValueError, match=f"{side}: need a list of numbers, got"):
        getattr(rs, name)(HOSTILE[kind], [1.0, 2.0, 3.0])


@pytest.mark.parametrize("name", RAW_ARMS + RAW_PAIRS)
def test_gaps_are_counted_however_they_are_written(name):
    for gap in ([1, None, 3], [1, math.nan, 3], np.ma.array([1, 2, 3], mask=[0, 1, 0])):
        with pytest.raises(ValueError, match="1 of 3 values are missing"):
            getattr(rs, name)(gap, [1.0, 2.0, 4.0])


def test_a_ratio_beyond_a_double_is_no_crash_and_no_bare_infinity():
    wide = [rs.ArmSummary(arm=arm, n=2, mean=1.0, sd=900.0) for arm in "ab"]
    ratio = rs.ratio_of_means(*wide)
    assert ratio.ci.high == math.inf
    assert ratio.to_dict()["ci"]["high"] is None


def test_values_whose_squares_vanish_are_refused_in_words():
    with pytest.raises(ValueError, match="both SDs > 0"):
        rs.PairedSummary.of("x", [1e-300, 2e-300, 4e-300], [1.0, 2.0, 3.0])


def test_sds_are_not_made_of_rounding_nor_numbers_needed_of_sds():
    with pytest.raises(ValueError, match=r"all 3 values are 0\.1"):
        rs.ArmSummary.of("retro", [0.1] * 3)
    with pytest.raises(ValueError, match="SD is no difference of risks"):
        rs.number_needed_to_treat(rs.hedges_g(ARM, rs.ArmSummary(arm="b", n=9, mean=4.0, sd=2.0)))
