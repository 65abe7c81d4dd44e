import json
import math
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrostats.effects.conversions import convert_effect, needed
from retrostats.effects.conversions.converting import SOURCES, TARGETS
from retrostats.effects.conversions.scales import POOLED_ON
from retrostats.effects.convert import effect_from_t, paired_effect_from_t
from retrostats.effects.proportions import number_needed_to_treat, odds_ratio, risk_difference
from retrostats.effects.proportions.ratios import risk_ratio
from retrostats.effects.variance_explained import partial_eta_squared
from retrostats.estimate import Estimate, Interval

#: Two routes of our own to one number; 4e-15 measured on the way there and back.
SAME = 1e-10
#: A slope against central differences over 1e-5; 2e-10 measured.
SLOPE = 1e-7

#: A value, its limits and a standard error that every scale can have.
BEGIN = {
    "d": (0.4, 0.1, 0.7),
    "r": (0.3, 0.05, 0.5),
    "fisher z": (0.3, 0.05, 0.5),
    "eta squared": (0.2, 0.0, 0.4),
    "f": (0.5, 0.0, 0.9),
    "f squared": (0.3, 0.0, 0.9),
    "probability of superiority": (0.6, 0.52, 0.7),
    "u3": (0.6, 0.52, 0.7),
    "log odds ratio": (0.6, 0.1, 1.1),
    "odds ratio": (1.8, 1.1, 3.0),
    "log risk ratio": (0.3, 0.1, 0.5),
    "risk ratio": (1.4, 1.1, 1.6),
    "risk difference": (0.15, 0.03, 0.3),
}
SHARES = ("eta squared", "f", "f squared")


def estimate(source, value=None, se=0.05):
    middle, low, high = BEGIN[source]
    return Estimate(
        label="pain",
        value=middle if value is None else value,
        se=se,
        df=math.inf,
        ci=Interval(low, high, 0.95),
        p=0.03,
        unit="SD" if source == "d" else "",
    )


def with_what_it_needs(effect, to, source, **more):
    """Convert, adding one thing after another that the message names, as a user would."""
    given = dict(more)
    remedies = {"control_risk": 0.3, "better": "higher"}
    for _ in range(3):
        try:
            return convert_effect(effect, to, source=source, **given)
        except ValueError as error:
            missing = [n for n in remedies if f"needs {n}" in str(error) and n not in given]
            if not missing:
                raise
            given[missing[0]] = remedies[missing[0]]
    raise AssertionError("still something missing")


def pairs():
    return [
        (source, to)
        for source, to in product(SOURCES, TARGETS)
        if source not in SHARES or to in SHARES
    ]


@pytest.mark.parametrize(("source", "to"), pairs())
def test_every_pair_converts_value_limits_and_error(source, to):
    done = with_what_it_needs(estimate(source), to, source)
    assert done.scale == to
    assert done.source == source
    assert (done.label, done.p, done.ci.level) == ("pain", 0.03, 0.95)
    if to in ("nnt", "nnt superiority"):
        assert done.number_needed.value == done.value > 1
        assert done.ci[:2] == done.number_needed.limits
        return
    low, high, _ = done.ci
    assert low < done.value < high
    assert low == 0 or low not in BEGIN[source] or source == to
    scale = POOLED_ON.get(to)
    if source in SHARES or scale is None:
        assert done.pooling is None
        assert math.isnan(done.se)
        return
    assert done.pooling.unit == scale
    step = 1e-5
    up, down = (
        with_what_it_needs(estimate(source, BEGIN[source][0] + h), scale, source).value
        for h in (step, -step)
    )
    assert done.se == pytest.approx(0.05 * abs(up - down) / (2 * step), rel=SLOPE)


def test_shares_of_variance_have_no_way_to_signed_scales():
    for source, to in product(SHARES, TARGETS):
        if to not in SHARES:
            with pytest.raises(ValueError, match=r"no way leads back from eta squared|needs"):
                with_what_it_needs(estimate(source), to, source)


@pytest.mark.parametrize("source", [s for s in SOURCES if s not in SHARES])
@pytest.mark.parametrize("to", [s for s in SOURCES if s not in SHARES])
@pytest.mark.parametrize("more", [{}, {"assuming": "cox"}, {"assuming": "normal"}])
def test_there_and_back_is_where_it_began(source, to, more):
    if more:
        try:
            there = with_what_it_needs(estimate(source), to, source, **more)
        except ValueError as error:
            assert "assuming plays no part" in str(error)  # noqa: PT017
            return
    else:
        there = with_what_it_needs(estimate(source), to, source)
        if "logistic" in str(there):
            more = {"assuming": "logistic"}
        elif "cut where" in str(there):
            more = {"assuming": "normal"}
    start = Estimate(
        label="x", value=there.value, se=math.nan, df=math.inf, ci=there.ci, p=0.03, unit=""
    )
    back = with_what_it_needs(start, source, to, **more)
    assert (back.value, *back.ci[:2]) == pytest.approx(BEGIN[source], rel=SAME, abs=SAME)


@pytest.mark.parametrize("assuming", ["logistic", "cox", "normal"])
@pytest.mark.parametrize("better", ["higher", "lower"])
def test_there_and_back_across_the_cut_keeps_the_side(assuming, better):
    more = {"assuming": assuming, "better": better, "control_risk": 0.3}
    there = convert_effect(estimate("d"), "risk difference", **more)
    assert (there.value > 0) == (better == "higher")
    start = Estimate(
        label="x", value=there.value, se=there.se, df=math.inf, ci=there.ci, p=0.03, unit=""
    )
    back = convert_effect(start, "d", source="risk difference", **more)
    assert (back.value, *back.ci[:2]) == pytest.approx(BEGIN["d"], rel=SAME)
    assert back.se == pytest.approx(0.05, rel=SAME)


def test_the_number_needed_is_that_of_furukawa_and_passes_infinity():
    g = effect_from_t(1.2, n1=20, n2=18)
    done = convert_effect(g, "nnt", control_risk=0.3, better="higher")
    assert done.value == pytest.approx(needed.d_to_nnt(g.value, 0.3), rel=SAME)
    best, worst = done.ci[:2]
    assert best == pytest.approx(needed.d_to_nnt(g.ci.high, 0.3), rel=SAME)
    assert worst == pytest.approx(needed.d_to_nnt(g.ci.low, 0.3), rel=SAME)
    assert worst < 0 < best
    assert done.number_needed.through_infinity
    assert "to infinity to NNTH" in str(done)


def test_lower_is_better_turns_the_event_and_nothing_else():
    g = effect_from_t(-2.3, n1=20, n2=18)
    less = convert_effect(g, "nnt", control_risk=0.3, better="lower")
    mirrored = effect_from_t(2.3, n1=20, n2=18)
    more = convert_effect(mirrored, "nnt", control_risk=0.3, better="higher")
    assert less.value == pytest.approx(more.value, rel=SAME)
    assert less.ci[:2] == pytest.approx(more.ci[:2], rel=SAME)
    assert "below the cut" in str(less)
    assert "above the cut" in str(more)
    pairs = convert_effect(g, "nnt superiority", better="lower")
    assert pairs.value == pytest.approx(needed.d_to_nnt_superiority(-g.value), rel=SAME)
    assert pairs.number_needed.limits[0] < pairs.value


def test_no_difference_is_no_difference_on_every_scale():
    none = {"probability of superiority": 0.5, "u2": 0.5, "u3": 0.5, "overlap": 1.0}
    none |= dict.fromkeys(("odds ratio", "risk ratio"), 1.0)
    start = Estimate(
        label="x", value=0.0, se=0.2, df=9, ci=Interval(-0.4, 0.4, 0.95), p=1.0, unit="SD"
    )
    for to in TARGETS:
        done = with_what_it_needs(start, to, "d")
        wanted = math.inf if to in ("nnt", "nnt superiority") else none.get(to, 0.0)
        assert done.value == wanted, to


def test_without_a_sign_the_interval_of_both_sides_is_folded():
    start = Estimate(
        label="x", value=0.1, se=0.2, df=9, ci=Interval(-0.3, 0.5, 0.95), p=0.6, unit="SD"
    )
    eta2 = convert_effect(start, "eta squared")
    assert eta2.ci.low == 0
    assert eta2.ci.high == convert_effect(start, "r").ci.high ** 2
    assert convert_effect(start, "overlap").ci.high == 1
    assert convert_effect(start, "u2").ci.low == 0.5


def test_ratios_are_converted_from_their_logarithm():
    ratio = odds_ratio(15, 20, 8, 20)
    done = convert_effect(ratio, "risk difference", source="odds ratio", control_risk=0.4)
    assert done.value == pytest.approx(risk_difference(15, 20, 8, 20).value, rel=SAME)
    assert done.source == "odds ratio"
    other = convert_effect(
        risk_ratio(15, 20, 8, 20), "log odds ratio", source="risk ratio", control_risk=0.25
    )
    assert other.p == risk_ratio(15, 20, 8, 20).p
    d = convert_effect(ratio, "d", source="odds ratio")
    assert d.se == pytest.approx(ratio.log.se * math.sqrt(3) / math.pi, rel=SAME)


def test_a_risk_difference_needs_no_more_than_arithmetic_where_the_control_risk_is_its_own():
    difference = risk_difference(15, 20, 8, 20)
    done = convert_effect(difference, "nnt", source="risk difference")
    assert done.value == number_needed_to_treat(difference).value
    assert done.assumptions == ("the event is a benefit",)


@given(st.floats(-2, 2), st.floats(0.05, 0.95), st.floats(0.05, 0.95))
@settings(max_examples=40)
def test_a_larger_effect_never_becomes_a_smaller_one(d, step, control_risk):
    for to in ("r", "odds ratio", "risk ratio", "risk difference", "phi", "u3"):
        more = (
            {"control_risk": control_risk} if to in ("risk ratio", "risk difference", "phi") else {}
        )
        start, higher = (
            Estimate(
                label="x", value=x, se=0.1, df=9, ci=Interval(x - 1, x + 1, 0.95), p=0.5, unit="SD"
            )
            for x in (d, d + step)
        )
        assert convert_effect(start, to, **more).value < convert_effect(higher, to, **more).value


def test_limits_at_the_end_of_a_scale_go_to_the_end_of_the_other():
    start = Estimate(
        label="x", value=0.9, se=0.1, df=9, ci=Interval(0.6, 1.0, 0.95), p=0.01, unit=""
    )
    done = convert_effect(start, "d", source="probability of superiority")
    assert done.ci.high == math.inf
    risk = convert_effect(
        start, "risk difference", source="probability of superiority", control_risk=0.3
    )
    assert risk.ci.high == 0.7
    assert done.to_dict()["ci"]["high"] is None


def test_it_shows_its_assumptions_wherever_it_is_printed():
    done = convert_effect(
        effect_from_t(2.3, n1=20, n2=18, label="a < b"), "risk difference", control_risk=0.3
    )
    assert len(done.assumptions) == 4
    assert len(set(done.assumptions)) == 4
    page = done._repr_html_()
    for text in done.assumptions:
        assert f"  - {text}" in str(done)
        assert f"<li>{text}</li>" in page
    assert "a &lt; b, risk difference from d" in page
    assert json.loads(json.dumps(done.to_dict()))["assumptions"] == list(done.assumptions)
    sizes = convert_effect(effect_from_t(2.3, n1=20, n2=18), "r", n1=20, n2=18)
    assert "group sizes 20 and 18" in sizes.assumptions
    needed = convert_effect(effect_from_t(2.3, n1=20, n2=18), "nnt superiority", better="higher")
    assert json.dumps(needed.to_dict())
    assert "counts pairs" in str(needed)


G = effect_from_t(2.3, n1=20, n2=18)
GZ = paired_effect_from_t(-4.8, n=10)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: convert_effect(G, "hedges"), "to must be one of d, r"),
        (lambda: convert_effect(G, "r", source="overlap"), "source must be one of"),
        (lambda: convert_effect(partial_eta_squared(4, 1, 20), "f"), "say so with source="),
        (lambda: convert_effect(odds_ratio(15, 20, 8, 20), "d"), "odds ratio, risk ratio; got"),
        (lambda: convert_effect(G, "risk ratio"), "needs control_risk"),
        (lambda: convert_effect(G, "odds ratio", assuming="normal"), "needs control_risk"),
        (lambda: convert_effect(G, "nnt", control_risk=0.3), "nnt needs better="),
        (lambda: convert_effect(G, "nnt superiority"), "nnt superiority needs better="),
        (lambda: convert_effect(G, "r", control_risk=0.3), "control_risk plays no part"),
        (lambda: convert_effect(G, "u3", n1=9, n2=9), "n1 and n2 plays no part"),
        (lambda: convert_effect(G, "r", assuming="cox"), "assuming plays no part between d and r"),
        (lambda: convert_effect(G, "r", n1=9), "give both group sizes"),
        (lambda: convert_effect(G, "r", assuming="probit"), "'logistic', 'cox' or 'normal'"),
        (lambda: convert_effect(G, "nnt", better="low"), "'higher' or 'lower'"),
        (lambda: convert_effect(G, "risk ratio", control_risk=30), "between 0 and 1, got 30"),
        (
            lambda: convert_effect(
                estimate("risk ratio"), "odds ratio", source="risk ratio", control_risk=0.7
            ),
            "treated risk of 1.12|treated risk of 0.98",
        ),
        (
            lambda: convert_effect(
                estimate("risk difference"),
                "odds ratio",
                source="risk difference",
                control_risk=0.9,
            ),
            "control_risk plus the risk difference must lie between 0 and 1",
        ),
        (lambda: convert_effect(estimate("r", 1.0), "d", source="r"), "r must lie between"),
        (lambda: convert_effect(GZ, "odds ratio"), r"-1\.39 SD of change is no d.* paired_dav\(\)"),
        (lambda: convert_effect(GZ, "r", source="d"), r"shrinks as the visits correlate"),
        (lambda: number_needed_to_treat(GZ), r"SD of change is no .*risk_difference\(\)\.$"),
    ],
)
def test_what_cannot_be_converted_is_refused_with_the_reason(call, message):
    with pytest.raises(ValueError, match=message):
        call()
