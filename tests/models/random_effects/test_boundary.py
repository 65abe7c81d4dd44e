import numpy as np
import pytest
from scipy.optimize import minimize

from retrostats.errors import FitError
from retrostats.models.random_effects import effects_start as starts
from retrostats.models.random_effects.boundary import null_directions
from retrostats.models.random_effects.factor_chart import EffectsLayout, pivoted_chart

#: A search from random starts may be better by no more than this; none was, of 500 trials.
NO_WORSE = 1e-6
#: The conditions of a constrained maximum, relative to the size of the slopes of the
#: log-likelihood in scaled G; largest violation measured 2e-9.
KKT = 1e-6
#: Log-likelihoods of R, relative; largest gap measured 2e-15 (lme4) and 2e-14 (nlme).
LOGLIK = 1e-9
#: lme4's variance parameters, relative to the largest of their kind; 5e-7 measured.
LME4 = 1e-5
#: nlme's variances on Orthodont; largest gap measured 3e-6.
NLME = 1e-5

BOTH = ((0, 1),)
APART = ((0,), (1,))


def check_constrained_maximum(optimum):
    """Primal and dual feasibility, and that the slope in G is orthogonal to G."""
    layout, scale = optimum.face.layout, optimum.face.scale
    g = layout.matrix(optimum.at.theta) / np.outer(scale, scale)
    slope = layout.slope_matrix(optimum.derivatives.gradient) * np.outer(scale, scale)
    # The slope of a log-likelihood in these units is of the size of the number of subjects.
    assert np.linalg.eigvalsh(g)[0] >= -1e-12
    for block in layout.blocks:
        inside = np.ix_(block, block)
        values, vectors = np.linalg.eigh(g[inside])
        null = vectors[:, values < 1e-8]
        if null.shape[1]:
            assert np.linalg.eigvalsh(null.T @ slope[inside] @ null)[-1] <= KKT
        np.testing.assert_allclose(slope[inside] @ g[inside], 0.0, atol=KKT)


def random_search(model, seed, n):
    """Best log-likelihood that a general minimiser finds from n random starts."""
    likelihood = model.likelihood
    layout = EffectsLayout.of(model.structure.blocks)
    start = starts.effects_start(likelihood, layout, model.names)
    rows, columns, scale = layout.rows, layout.columns, start.scale

    def deviance(phi):
        c = np.zeros((layout.size, layout.size))
        c[rows, columns] = phi[:-1] * scale[rows]
        theta = layout.theta(c @ c.T, np.exp(phi[-1]) * start.total)
        at = likelihood.evaluate(theta)
        if at is None:
            return 1e10, np.zeros(len(phi))
        gradient = likelihood.derivatives(at).gradient
        in_c = 2 * layout.slope_matrix(gradient) @ c
        return -at.loglik, -np.append(in_c[rows, columns] * scale[rows], gradient[-1] * theta[-1])

    rng = np.random.default_rng(seed)
    best = -np.inf
    for _ in range(n):
        first = rng.standard_normal(len(rows) + 1) * rng.choice([0.2, 1, 3])
        first[-1] = rng.uniform(-2, 0.3)
        found = minimize(deviance, first, jac=True, method="BFGS", options={"gtol": 1e-6})
        best = max(best, -found.fun)
    return best


def check_against_random_search(rows, seed, n):
    model = rows.reduced()
    optimum = model.fit()
    check_constrained_maximum(optimum)
    assert optimum.at.loglik >= random_search(model, seed, n) - NO_WORSE, f"trial {seed}"
    # The coordinates of the face are fewer than the parameters exactly where G is singular.
    assert (len(optimum.phi) < len(optimum.at.theta)) == optimum.singular
    return optimum.singular


def test_no_better_maximum_in_twenty_trials(small_trial):
    singular = [check_against_random_search(small_trial(seed), seed, 3) for seed in range(20)]
    assert 4 <= sum(singular) <= 16


@pytest.mark.slow
def test_no_better_maximum_in_five_hundred_trials(small_trial):
    singular = [check_against_random_search(small_trial(seed), seed, 20) for seed in range(500)]
    assert sum(singular) > 100


@pytest.mark.parametrize("blocks", [((0, 1, 2),), ((0, 1), (2,)), ((0,), (1,), (2,))])
def test_three_effects(irregular, blocks):
    found = []
    for seed in range(30, 34):
        model = irregular(seed, n=12, q=3).reduced("ml", blocks)
        optimum = model.fit()
        check_constrained_maximum(optimum)
        assert optimum.at.loglik >= random_search(model, seed, 3) - NO_WORSE
        found.append(optimum.singular)
    assert any(found)


@pytest.mark.parametrize(
    ("key", "slope", "blocks"),
    [
        ("slope_REML", "Days", BOTH),
        ("slope_ML", "Days", BOTH),
        ("uncorr_REML", "Days", APART),
        ("int_REML", None, None),
        ("int_ML", None, None),
    ],
)
def test_sleepstudy(golden, rows_of, key, slope, blocks):
    frame, results = golden("sleepstudy")
    expected = results[key]
    rows = rows_of(frame, "Reaction ~ Days", "Subject", slope)
    model = rows.reduced("reml" if expected["REML"] else "ml", blocks)
    optimum = model.fit()
    assert optimum.at.loglik == pytest.approx(expected["loglik"], rel=LOGLIK)
    beta = list(expected["fixef"].values())
    np.testing.assert_allclose(model.beta(optimum), beta, rtol=1e-9)
    vcov = np.array(expected["vcov"]["values"])
    np.testing.assert_allclose(model.beta_cov(optimum), vcov, rtol=LME4)
    check_varcorr(optimum, expected["varcorr"])
    assert not optimum.singular
    assert optimum.record.route == "newton"


def check_varcorr(optimum, varcorr):
    """Compare with the data frame of lme4's VarCorr: variances, covariance, residual."""
    g = optimum.face.layout.matrix(optimum.at.theta)
    variances = [v["vcov"] for v in varcorr if not v["var2"] and v["grp"] != "Residual"]
    np.testing.assert_allclose(np.diagonal(g), variances, rtol=LME4)
    covariances = [v["vcov"] for v in varcorr if v["var2"]]
    if covariances:
        assert g[0, 1] == pytest.approx(covariances[0], abs=LME4 * np.sqrt(g[0, 0] * g[1, 1]))
    assert optimum.at.theta[-1] == pytest.approx(varcorr[-1]["vcov"], rel=LME4)


TRIAL3 = [
    (outcome, slope, ml)
    for outcome in ("nrs", "womac", "quad", "tug")
    for slope in (None, "week")
    for ml in (False, True)
]


@pytest.mark.parametrize(("outcome", "slope", "ml"), TRIAL3)
def test_trial3(golden, rows_of, outcome, slope, ml):
    frame, results = golden("trial3")
    key = f"{outcome} ({slope or 1}|id)" + (" ML linear week" if ml else "")
    expected = results["lmer"][key]
    frame["visit"] = frame.week.astype("category")
    formula = f"{outcome} ~ age + sex + arm*{'week' if ml else 'visit'}"
    rows = rows_of(frame, formula, "id", slope)
    model = rows.reduced("ml" if ml else "reml")
    optimum = model.fit()
    assert optimum.at.loglik == pytest.approx(expected["loglik"], rel=LOGLIK)
    check_varcorr(optimum, expected["varcorr"])
    vcov = np.sort(np.diagonal(expected["vcov"]["values"]))
    np.testing.assert_allclose(np.sort(np.diagonal(model.beta_cov(optimum))), vcov, rtol=LME4)


@pytest.mark.parametrize("slope", ["Days", None])
def test_unbalanced_sleepstudy(golden, rows_of, slope):
    frame, results = golden("edge", "sleep_unbal.csv")
    expected = results[f"Reaction~Days*grp+({slope or 1}|Subject)"]
    optimum = rows_of(frame, "Reaction ~ Days*grp", "Subject", slope).reduced().fit()
    assert optimum.at.loglik == pytest.approx(expected["loglik"], rel=LOGLIK)
    check_varcorr(optimum, expected["varcorr"])


@pytest.mark.parametrize("method", ["REML", "ML"])
@pytest.mark.parametrize("kind", ["slope", "int"])
def test_orthodont(golden, rows_of, kind, method):
    frame, results = golden("orthodont")
    expected = results[f"lme_{kind}_{method}"]
    rows = rows_of(frame, "distance ~ age*Sex", "Subject", "age" if kind == "slope" else None)
    model = rows.reduced(method.lower())
    optimum = model.fit()
    assert optimum.at.loglik == pytest.approx(expected["loglik"], rel=LOGLIK)
    g = np.array(expected["G"]["values"])
    size = np.sqrt(np.outer(np.diagonal(g), np.diagonal(g)))
    found = optimum.face.layout.matrix(optimum.at.theta)
    np.testing.assert_allclose(found / size, g / size, atol=NLME)
    assert np.sqrt(optimum.at.theta[-1]) == pytest.approx(expected["sigma"], rel=NLME)


def test_dyestuff(golden, rows_of):
    frame, results = golden("edge", "dyestuff.csv")
    optimum = rows_of(frame, "Yield ~ 1", "Batch", None).reduced().fit()
    expected = results["dyestuff_REML"]
    assert optimum.at.loglik == pytest.approx(expected["loglik"], rel=LOGLIK)
    sigma = np.sqrt(optimum.at.theta[-1])
    assert sigma == pytest.approx(expected["sigma"], rel=LME4)
    assert np.sqrt(optimum.at.theta[0]) / sigma == pytest.approx(expected["theta"], rel=LME4)


def test_dyestuff2_is_singular(golden, rows_of):
    frame, results = golden("edge", "dyestuff2.csv")
    optimum = rows_of(frame, "Yield ~ 1", "Batch", None).reduced().fit()
    expected = results["dyestuff2_REML"]
    assert optimum.at.loglik == pytest.approx(expected["loglik"], rel=LOGLIK)
    assert optimum.at.theta[0] == 0.0
    assert np.sqrt(optimum.at.theta[-1]) == pytest.approx(expected["sigma"], rel=1e-9)
    assert optimum.singular
    assert optimum.singular == expected["singular"]
    assert optimum.directions == ("the variance of Intercept is 0",)


def test_units_change_nothing(small_trial):
    """Weeks or days, points or hundredths: the same fit, singular or not."""
    for seed in range(8):
        rows = small_trial(seed)
        first = rows.reduced().fit()
        rows.z = rows.z * [1, 7e4]
        rows.y = rows.y * 1e-3
        second = rows.reduced().fit()
        assert second.singular == first.singular
        assert len(second.directions) == len(first.directions)
        shift = (len(rows.y) - rows.x.shape[1]) * np.log(1e3)
        assert second.at.loglik == pytest.approx(first.at.loglik + shift, abs=1e-7)


def test_a_saddle_point_is_left(small_trial, monkeypatch):
    """With no random effect the slope in C is zero, though G should be positive."""
    rows = small_trial(8)
    expected = rows.reduced().fit()
    none = (np.zeros((2, 2)), 4.0)
    monkeypatch.setattr(
        "retrostats.models.random_effects.boundary.starting_points", lambda *_: [none]
    )
    monkeypatch.setattr("retrostats.models.random_effects.boundary._smallest", lambda *_: -1.0)
    found = rows.reduced().fit()
    assert found.at.theta[0] > 0
    assert found.at.loglik == pytest.approx(expected.at.loglik, abs=1e-9)


def test_directions_in_words():
    scale = np.array([1.0, 0.1, 2.0])
    names = ("Intercept", "week", "heel")

    def words(factor, blocks=((0, 1, 2),)):
        c = np.atleast_2d(factor).T * scale[:, None]
        return null_directions(c @ c.T, EffectsLayout.of(blocks), scale, names)

    assert words([[1, 0, 0], [0, 0, 1]]) == ("the variance of week is 0",)
    both = words([[1, -2, 0]])
    assert both == ("the variance of heel is 0", "the correlation of Intercept and week is -1")
    assert words(np.diag([1.0, 1, 0]), ((0,), (1,), (2,))) == ("the variance of heel is 0",)
    (combination,) = words([[1, 0, 1], [0, 1, 1]])
    assert combination == "the combination +0.1 Intercept +1 week -0.05 heel has variance 0"


def test_charts_have_their_derivatives():
    layout = EffectsLayout.of(((0, 2), (1,)))
    rng = np.random.default_rng(3)
    c = np.zeros((3, 3))
    c[np.ix_((0, 2), (0, 2))] = rng.normal(size=(2, 2))
    c[1, 1] = 0.3
    scale = np.array([1.0, 0.2, 3.0])
    chart, phi = pivoted_chart(layout, c, 0.7, scale)
    np.testing.assert_allclose(chart.theta(phi), layout.theta(c @ c.T, 0.7), atol=1e-14)
    weights = rng.normal(size=5)
    steps = np.eye(len(phi)) * 1e-5
    slopes = [(chart.theta(phi + e) - chart.theta(phi - e)) / 2e-5 for e in steps]
    np.testing.assert_allclose(chart.slopes(phi), np.transpose(slopes), atol=1e-8)
    curves = [weights @ (chart.slopes(phi + e) - chart.slopes(phi - e)) / 2e-5 for e in steps]
    np.testing.assert_allclose(chart.curvature(phi, weights), curves, atol=1e-8)


def test_parameters_that_cannot_be_told_apart(make_rows):
    rng = np.random.default_rng(1)
    subject = np.repeat(np.arange(20), 2)
    time = np.tile([0.0, 1.0], 20)
    z = np.column_stack([np.ones(40), time])
    rows = make_rows(z, rng.normal(size=40), subject, z, ("Intercept", "week"))
    with pytest.raises(FitError, match=r"Intercept, week: their 3 .* cannot be told apart"):
        rows.reduced().fit()


def test_nothing_left_for_the_residual(make_rows):
    x = np.eye(4)
    rows = make_rows(x, np.arange(4.0), np.array([0, 0, 1, 1]), np.ones((4, 1)), ("Intercept",))
    with pytest.raises(FitError, match="4 rows and 4 coefficients leave nothing"):
        rows.reduced().fit()
