"""Egger's tests and PET-PEESE, against metafor and lm of R."""

import math

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

import retrostats as rs
from retrostats.meta.tau.likelihood import log_likelihood

from .golden_meta import SETS, columns, gap, reference, trials

#: Weighted regressions are closed forms, 15 digits in the reference; measured gap 2e-14.
CLOSED = 1e-10
#: metafor's search for tau squared stops at a threshold of 1e-5 here, its default; measured gap
#: 4e-6, and 2e-14 where tau squared is 0. Ours is the optimum, see below.
BY_RANDOM_EFFECTS = 1e-5

ENOUGH = [name for name in SETS if name != "k2"]
PREDICTORS = {"sei": "se", "vi": "variance", "ni": "n", "sqrtninv": "inverse root n"}
MODELS = {"lm": "weighted regression", "rma": "mixed-effects"}


def compared(test, wanted):
    """Gaps of a test of ours to one of metafor, by quantity."""
    pairs = {
        "stat": (test.statistic, wanted["stat"]),
        "pval": (test.p, wanted["pval"]),
        # Relative, because a slope on participants is a small number.
        "slope": (test.slope.value / wanted["slope"], 1.0),
        "df": (test.df, math.inf if wanted["df"] is None else wanted["df"]),
    }
    if wanted["limit_est"] is None:
        assert test.limit is None
    else:
        pairs["limit_est"] = (test.limit.value, wanted["limit_est"])
        pairs["limit_lb"] = (test.limit.ci.low, wanted["limit_lb"])
        pairs["limit_ub"] = (test.limit.ci.high, wanted["limit_ub"])
    return {
        name: 0.0 if got == expected else gap(got, expected)
        for name, (got, expected) in pairs.items()
    }


@pytest.mark.parametrize(("theirs", "tolerance"), [("lm", CLOSED), ("rma", BY_RANDOM_EFFECTS)])
def test_every_variant_is_that_of_metafor(theirs, tolerance):
    found = {}
    for name in SETS:
        diag = reference()["diag"][name]
        (sizes,) = columns(name, "ni")
        for key in [key for key in diag if key.startswith(f"regtest_{theirs}_")]:
            test = rs.egger_test(
                rs.pool(trials(name), test="z"),
                predictor=PREDICTORS[key.rpartition("_")[2]],
                model=MODELS[theirs],
                sizes=sizes,
            )
            found |= {(name, key, what): g for what, g in compared(test, diag[key]).items()}
    # Five sets, four predictors; seven figures each, four where the predictor is n.
    assert len(found) == 5 * (3 * 7 + 4)
    worst = max(found, key=found.get)
    assert found[worst] < tolerance, (worst, found[worst])


@pytest.mark.parametrize(("name", "predictor"), [("bcg", "se"), ("bcg", "n"), ("k6", "n")])
def test_where_metafor_stops_early_our_tau_squared_is_the_optimum(name, predictor):
    y, v, sizes = columns(name, "yi", "vi", "ni")
    x = np.sqrt(v) if predictor == "se" else sizes
    test = rs.egger_test(
        rs.pool(trials(name)), predictor=predictor, model="mixed-effects", sizes=sizes
    )
    design = np.column_stack([np.ones_like(x), x / x.max()])
    polished = minimize_scalar(
        lambda t: -log_likelihood(t, y, v, design, restricted=True),
        bracket=(test.tau2 / 2, test.tau2, test.tau2 * 2),
        tol=1e-12,
    )
    assert test.tau2 == pytest.approx(polished.x, rel=1e-6)
    ours = log_likelihood(test.tau2, y, v, design, restricted=True)
    assert ours >= -polished.fun - 1e-13


def test_pet_and_peese_are_those_of_lm():
    found = {}
    for name in ENOUGH:
        result = rs.pet_peese(rs.pool(trials(name)))
        diag = reference()["diag"][name]
        lines = {
            "PET": (result.pet, result.pet_slope),
            "PEESE": (result.peese, result.peese_slope),
        }
        for key, line in lines.items():
            for place, estimate in enumerate(line):
                ours = {"b": estimate.value, "se": estimate.se, "p": estimate.p}
                for what, value in ours.items():
                    found[name, key, what, place] = gap(value, diag[key][what][place])
    assert len(found) == 5 * 2 * 2 * 3
    worst = max(found, key=found.get)
    assert found[worst] < CLOSED, (worst, found[worst])


def test_the_test_of_the_pool_is_used_in_a_mixed_model():
    normal = rs.egger_test(rs.pool(trials("k6"), test="z"), model="mixed-effects")
    knapp = rs.egger_test(rs.pool(trials("k6"), test="hksj"), model="mixed-effects")
    assert normal.slope.value == knapp.slope.value
    assert math.isinf(normal.df)
    assert knapp.df == 4
    assert normal.slope.se != knapp.slope.se
    common = rs.egger_test(rs.pool(trials("k6"), tau2="common", test="z"), model="mixed-effects")
    assert common.tau2 == 0


@pytest.mark.parametrize("factor", [1e-8, 1e8, 3.0])
@pytest.mark.parametrize("model", MODELS.values())
def test_another_unit_changes_nothing_else(factor, model):
    given = trials("bcg")
    other = [
        rs.Estimate.from_se(t.label, t.value * factor, t.se * factor, unit="points") for t in given
    ]
    (sizes,) = columns("bcg", "ni")
    for predictor in PREDICTORS.values():
        options = {"predictor": predictor, "model": model, "sizes": sizes}
        first = rs.egger_test(rs.pool(given), **options)
        second = rs.egger_test(rs.pool(other), **options)
        assert second.statistic == pytest.approx(first.statistic, rel=1e-10)
        assert second.tau2 == pytest.approx(first.tau2 * factor**2, rel=1e-10)
        if first.limit is not None:
            assert second.limit.value == pytest.approx(first.limit.value * factor, rel=1e-9)
    first, second = rs.pet_peese(rs.pool(given)), rs.pet_peese(rs.pool(other))
    assert second.p_one_sided == pytest.approx(first.p_one_sided, rel=1e-10)
    assert second.estimate.value == pytest.approx(first.estimate.value * factor, rel=1e-10)


def made(values, errors, unit="points"):
    return rs.pool(
        [
            rs.Estimate.from_se(f"Trial {place}", value, se, unit=unit)
            for place, (value, se) in enumerate(zip(values, errors, strict=True), 1)
        ]
    )


def test_trials_on_a_line_give_no_p_out_of_rounding():
    errors = np.array([0.11, 0.23, 0.37, 0.41, 0.59])
    on_a_line = made(0.3 - 1.7 * errors, errors)
    with pytest.raises(rs.FitError, match="egger_test: the 5 trials lie on a line"):
        rs.egger_test(on_a_line)
    with pytest.raises(rs.FitError, match="pet_peese: the 5 trials lie on a line"):
        rs.pet_peese(on_a_line)
    with pytest.raises(rs.FitError, match="lie on a line"):
        rs.egger_test(on_a_line, model="mixed-effects")
    off = made(0.3 - 1.7 * errors + 1e-5 * np.array([1, -1, 2, -1, 1]), errors)
    assert 0 < rs.egger_test(off).p < 1e-8


def test_what_cannot_be_tested_is_refused_with_its_reason():
    two, three = rs.pool(trials("k2")), rs.pool(trials("k3"))
    with pytest.raises(rs.DataError, match="egger_test: 2 trials are pooled, and 3"):
        rs.egger_test(two)
    with pytest.raises(rs.DataError, match="pet_peese: 2 trials"):
        rs.pet_peese(two)
    with pytest.raises(rs.DataError, match="standard error is the same in all trials"):
        rs.egger_test(made([1, 2, 4], [0.5, 0.5, 0.5]))
    with pytest.raises(rs.DataError, match="standard error is the same in all trials"):
        rs.pet_peese(made([1, 2, 4], [0.5, 0.5, 0.5]))
    with pytest.raises(rs.DataError, match="needs the participants of each trial"):
        rs.egger_test(three, predictor="n")
    with pytest.raises(rs.DataError, match="2 sizes for 3 trials"):
        rs.egger_test(three, predictor="n", sizes=[40, 50])
    with pytest.raises(rs.DataError, match=r"trial 1 has -4, trial 3 has nan"):
        rs.egger_test(three, predictor="inverse root n", sizes=[-4, 50, math.nan])
    with pytest.raises(rs.DataError, match="number of participants is the same"):
        rs.egger_test(three, predictor="n", sizes=[40, 40, 40])
    with pytest.raises(ValueError, match="predictor must be one of se, variance"):
        rs.egger_test(three, predictor="weight")
    with pytest.raises(ValueError, match="model must be one of mixed-effects"):
        rs.egger_test(three, model="rma")

    def own_estimator(y, v):
        return 0.1 * float(np.var(y) + v.mean())

    own = rs.pool(trials("k3"), tau2=own_estimator)
    with pytest.raises(TypeError, match=r"must take \(y, v, x\)"):
        rs.egger_test(own, model="mixed-effects")


def test_caveats_of_few_trials_and_of_standardised_effects():
    few = rs.egger_test(rs.pool(trials("k6")))
    assert [text[:20] for text in few.caveats] == ["6 trials: with fewer", "the standard error o"]
    assert "prefer predictor='inverse root n'" in str(few)
    (sizes,) = columns("k6", "ni")
    by_size = rs.egger_test(rs.pool(trials("k6")), predictor="inverse root n", sizes=sizes)
    assert len(by_size.caveats) == 1
    many = [rs.Estimate.from_se(t.label, t.value, t.se, unit="points") for t in trials("bcg")]
    assert rs.egger_test(rs.pool(many)).caveats == ()
    pet = rs.pet_peese(rs.pool(many)).caveats
    assert [text[:10] for text in pet] == ["13 trials:", "I squared "]


def test_the_rule_takes_peese_only_for_an_effect_on_the_side_of_the_pool():
    for name in ENOUGH:
        pooled = rs.pool(trials(name))
        result = rs.pet_peese(pooled)
        side = math.copysign(1, pooled.pooled.value) == math.copysign(1, result.pet.value)
        half = result.pet.p / 2
        assert result.p_one_sided == pytest.approx(half if side else 1 - half, rel=1e-12)
        assert result.chosen == ("PEESE" if result.p_one_sided < 0.10 else "PET")
        assert result.estimate is (result.peese if result.chosen == "PEESE" else result.pet)
    assert {name: rs.pet_peese(rs.pool(trials(name))).chosen for name in ("homog", "k6")} == {
        "homog": "PEESE",
        "k6": "PET",
    }


def test_the_rule_turns_at_a_tenth():
    values = np.array([-10, -4, -3, -6, -9, -5, -4, -11, -6, -3])
    errors = [4.0, 1.5, 3.0, 2.0, 3.5, 1.4, 2.1, 3.9, 1.6, 3.6]
    chosen = {}
    for shift in np.arange(0, 2, 0.1):
        result = rs.pet_peese(made(values + shift, errors))
        chosen[result.p_one_sided] = result.chosen
    below = [p for p, name in chosen.items() if name == "PEESE"]
    above = [p for p, name in chosen.items() if name == "PET"]
    assert 0.09 < max(below) < 0.10 < min(above) < 0.11


def test_sentences_say_what_was_tested():
    (sizes,) = columns("bcg", "ni")
    pooled = rs.pool(trials("bcg"), test="z")
    assert str(rs.egger_test(pooled)).startswith(
        "Egger's test (weighted regression on the standard error, 13 trials): slope -2.11, "
        "t(11) = -1.40, p = 0.189; effect as the standard error goes to 0: -0.191 SD "
    )
    by_size = rs.egger_test(pooled, predictor="n", model="mixed-effects", sizes=sizes)
    assert str(by_size) == (
        "Egger's test (mixed-effects model on the number of participants, 13 trials): "
        "slope 5.91e-06, z = 2.05, p = 0.040."
    )
    assert by_size.to_dict()["limit"] is None
    assert by_size.to_dict()["df"] is None
    assert "so PET: effect without sampling error -0.191 SD" in str(rs.pet_peese(pooled))
