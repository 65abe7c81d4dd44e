"""What a pooled effect says: sentence, table, words, JSON."""

import json
import math
import re

import pytest
from scipy.stats import norm, t

import retrostats as rs

PAIN = (
    rs.Estimate.from_se("Trial A", -0.62, 0.35, unit="SD"),
    rs.Estimate.from_se("Trial B", -0.35, 0.30, unit="SD"),
    rs.Estimate.from_se("Trial C", -1.40, 0.46, unit="SD"),
    rs.Estimate.from_se("Trial D", -0.05, 0.26, unit="SD"),
    rs.Estimate.from_se("Trial E", -0.81, 0.36, unit="SD"),
)
FALLS = (
    rs.risk_ratio(4, 30, 9, 30, label="Trial A").log,
    rs.risk_ratio(3, 24, 8, 23, label="Trial B").log,
    rs.risk_ratio(6, 18, 7, 20, label="Trial C").log,
)


@pytest.mark.parametrize("given", [list(PAIN), PAIN, rs.EstimateTable("Pain", PAIN)])
def test_a_list_a_tuple_and_a_table_are_the_same(given):
    assert rs.pool(given) == rs.pool(PAIN)


def test_the_default_is_reml_and_hksj():
    assert rs.pool(PAIN) == rs.pool(PAIN, tau2="reml", test="hksj", level=0.95)


def test_the_sentence_says_effect_interval_and_disagreement():
    text = str(rs.pool(PAIN))
    assert text == (
        "Pooled effect of 5 trials: -0.558 SD (95% CI -1.158 to 0.042), p = 0.061; tau² = 0.106, "
        "I² = 49%, Q(4) = 7.92, p = 0.094; 95% prediction interval -1.643 to 0.527"
    )


def test_the_common_effect_has_no_tau_squared_and_no_prediction():
    text = str(rs.pool(PAIN, tau2="common", test="z", level=0.9))
    assert "90% CI" in text
    assert "tau²" not in text
    assert "prediction" not in text


def test_words_for_a_paper_name_the_methods():
    text = rs.pool(PAIN, tau2="pm", test="hksj_adhoc").in_words()
    assert text.startswith(
        "5 trials, random effects, tau² by Paule-Mandel; Hartung-Knapp-Sidik-Jonkman test with the "
        "ad hoc floor (4 df). Pooled effect of 5 trials: -0."
    )
    assert rs.pool(PAIN, tau2="common", test="z").in_words().startswith(
        "5 trials, one effect common to all; normal quantiles. Pooled effect"
    )  # fmt: skip
    assert text.endswith(".")


def test_the_table_has_each_trial_with_its_weight_and_the_prediction():
    pooled = rs.pool(PAIN)
    layout = pooled.layout()
    assert layout.header == ("", "Estimate (SD)", "95% CI", "Weight", "p")
    assert [row[0] for row in layout.rows] == [
        *(each.label for each in PAIN), "Pooled", "Prediction interval"
    ]  # fmt: skip
    assert layout.rows[0] == ("Trial A", "-0.620", "-1.306 to 0.066", "19.3%", "")
    assert layout.rows[-2] == ("Pooled", "-0.558", "-1.158 to 0.042", "100.0%", "0.061")
    assert layout.rows[-1] == ("Prediction interval", "", "-1.643 to 0.527", "", "")
    shares = [float(row[3].rstrip("%")) for row in layout.rows[:5]]
    assert sum(shares) == pytest.approx(100, abs=0.3)
    assert shares == [pytest.approx(100 * weight, abs=0.05) for weight in pooled.weights]
    for part in ("5 trials", "restricted maximum likelihood", "(4 df)", "I² = 49%", "Q(4) = 7.92"):
        assert part in layout.caption


def test_logarithms_are_shown_as_ratios_too():
    pooled = rs.pool(FALLS)
    layout = pooled.layout()
    assert layout.header[1:5] == ("Estimate (log ratio)", "95% CI", "Ratio", "95% CI")
    shown = float(layout.rows[-2][3])
    assert shown == pytest.approx(math.exp(pooled.pooled.value), rel=5e-3)
    low, high = (float(end) for end in layout.rows[-1][4].split(" to "))
    assert low == pytest.approx(math.exp(pooled.prediction.low), rel=5e-3)
    assert high == pytest.approx(math.exp(pooled.prediction.high), rel=5e-3)
    assert f"as a ratio {layout.rows[-2][3]}, {layout.rows[-2][4]})" in str(pooled)
    assert "Ratio" not in rs.pool(PAIN).layout().header


def test_trials_at_another_level_are_brought_to_that_of_the_pool():
    other = rs.Estimate.from_se("Trial F", -0.3, 0.3, unit="SD", df=12, level=0.9)
    pooled = rs.pool([*PAIN, other])
    table = pooled.table()
    assert {each.ci.level for each in table} == {0.95}
    assert table["Trial F"].ci.high == pytest.approx(-0.3 + 0.3 * t.ppf(0.975, 12))
    assert table["Trial F"].df == 12
    assert table.caption.endswith("; every trial at 95%")
    assert pooled.trials[-1] is other
    assert "every trial at" not in rs.pool(PAIN).table().caption
    assert rs.pool(PAIN).table().estimates[:5] == PAIN


def test_the_table_makes_a_forest_plot():
    pooled = rs.pool(PAIN)
    table = pooled.table()
    ax = rs.plot_forest(
        table[:-1],
        summaries={"overall": table["pooled"]},
        weights=pooled.weights,
        prediction=pooled.prediction,
    )
    assert "pooled" in rs.describe(ax)


def test_the_other_prediction_interval_has_fewer_df():
    pooled = rs.pool(PAIN)
    mean, width = pooled.pooled.value, math.hypot(pooled.pooled.se, math.sqrt(pooled.tau2))
    assert pooled.prediction_interval() == pooled.prediction
    low, high, level = pooled.prediction_interval(df="k-2", level=0.8)
    assert high == pytest.approx(mean + t.ppf(0.9, 3) * width)
    assert low + high == pytest.approx(2 * mean)
    assert level == 0.8
    plain = rs.pool(PAIN, test="z")
    width = math.hypot(plain.pooled.se, math.sqrt(plain.tau2))
    assert plain.prediction.high == pytest.approx(plain.pooled.value + norm.ppf(0.975) * width)


def test_json_is_plain_and_whole():
    for pooled in (rs.pool(PAIN), rs.pool(PAIN, tau2="common", test="z")):
        told = json.loads(json.dumps(pooled.to_dict(), allow_nan=False))
        assert told["pooled"]["value"] == pooled.pooled.value
        assert [each["study"] for each in told["trials"]] == [each.label for each in PAIN]
        assert [each["weight"] for each in told["trials"]] == list(pooled.weights)
        assert told["q"]["p"] == pooled.q.p
        assert told["caveats"] == list(pooled.caveats)
        assert (told["prediction"] is None) == (pooled.estimator == "common")
        assert (told["tau2_se"] is None) == (pooled.estimator == "common")


def test_a_notebook_shows_the_table_and_the_caveats():
    pooled = rs.pool(PAIN[:2])
    view = pooled._repr_html_()
    assert "<table" in view
    assert "<b>2 trials, random effects, tau² by restricted maximum likelihood" in view
    assert "2 trials: the interval rests on 1 degree of freedom" in view
    assert not re.search(r"(?<=[>\s])-\d", view)


def test_few_trials_with_normal_quantiles_are_told():
    few = rs.pool(PAIN[:3], test="z")
    assert any("takes tau² as known" in caveat for caveat in few.caveats)
    assert rs.pool(PAIN, test="z").caveats == ()
    assert rs.pool(PAIN[:3], tau2="common", test="z").caveats == ()
    assert rs.pool(PAIN).caveats == ()


def test_q_is_one_sentence():
    assert str(rs.pool(PAIN).q) == "Q(4) = 7.92, p = 0.094"
