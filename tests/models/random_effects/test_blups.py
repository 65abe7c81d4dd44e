import numpy as np
import pytest

from retrostats.errors import FitError
from retrostats.models.random_effects.blups import blups

#: lme4's optimum, relative to the largest; 8e-8 measured for the predictions and 7e-8 for their
#: variances.
LME4 = 1e-5
#: The same from dense matrices; largest gap measured 3e-13.
DENSE = 1e-10


def predict(rows, model, optimum):
    factors = rows.factors().rebased(model.likelihood.strata[0].moments.basis)
    return blups(
        factors,
        optimum.face.layout.matrix(optimum.at.theta),
        float(optimum.at.theta[-1]),
        beta=optimum.at.beta,
        phi=optimum.at.phi,
    )


@pytest.mark.parametrize(
    ("key", "slope", "blocks"),
    [
        ("slope_REML", "Days", None),
        ("slope_ML", "Days", None),
        ("uncorr_REML", "Days", ((0,), (1,))),
        ("int_REML", None, None),
        ("int_ML", None, None),
    ],
)
def test_sleepstudy(golden, rows_of, key, slope, blocks):
    frame, results = golden("sleepstudy")
    expected = results[key]
    rows = rows_of(frame, "Reaction ~ Days", "Subject", slope)
    model = rows.reduced("reml" if expected["REML"] else "ml", blocks)
    found = predict(rows, model, model.fit())
    values = np.array(expected["blup"]["values"])
    np.testing.assert_allclose(found.values, values, atol=LME4 * np.abs(values).max())
    if key == "uncorr_REML":
        # Here lme4 keeps the variances alone.
        diagonal = np.diagonal(found.conditional, axis1=1, axis2=2)
        np.testing.assert_allclose(
            diagonal, np.transpose(list(expected["condvar"].values())), rtol=LME4
        )
    else:
        np.testing.assert_allclose(found.conditional, expected["condvar"], rtol=LME4)


def henderson(rows, g, sigma2):
    """Predictions and prediction error variances from Henderson's equations for all at once."""
    w = np.ones(len(rows.y)) if rows.weights is None else rows.weights
    n, q = rows.n_subjects, rows.z.shape[1]
    z = np.zeros((len(rows.y), n * q))
    for row, code in enumerate(rows.subject):
        z[row, code * q : (code + 1) * q] = rows.z[row]
    design = np.hstack([rows.x, z])
    left = design.T @ (design * w[:, None]) / sigma2
    p = rows.x.shape[1]
    left[p:, p:] += np.kron(np.eye(n), np.linalg.inv(g))
    inverse = np.linalg.inv(left)
    solution = inverse @ (design.T @ (rows.y * w)) / sigma2
    errors = [inverse[p + i * q : p + i * q + q, p + i * q : p + i * q + q] for i in range(n)]
    return solution[p:].reshape(n, q), np.array(errors)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("q", [1, 2])
def test_hendersons_equations(irregular, q, weighted):
    rows = irregular(20 + q, q=q, n=20, weighted=weighted)
    model = rows.reduced()
    g = np.array([[1.5, 0.2], [0.2, 0.4]])[:q, :q]
    at = model.likelihood.evaluate(np.append(g[np.tril_indices(q)], 0.8))
    factors = rows.factors().rebased(model.likelihood.strata[0].moments.basis)
    found = blups(factors, g, 0.8, beta=at.beta, phi=at.phi)
    values, errors = henderson(rows, g, 0.8)
    np.testing.assert_allclose(found.values, values, atol=DENSE)
    np.testing.assert_allclose(found.prediction, errors, atol=DENSE)
    np.testing.assert_allclose(
        found.standard_errors**2, np.diagonal(errors, axis1=1, axis2=2), atol=DENSE
    )


def test_singular_g_and_absent_subjects(irregular, make_rows):
    rows = irregular(5)
    rows = make_rows(rows.x, rows.y, rows.subject + 1, rows.z, rows.names)
    model = rows.reduced()
    c = np.array([[1.0], [0.5]])
    at = model.likelihood.evaluate(np.append((c @ c.T)[np.tril_indices(2)], 0.8))
    factors = rows.factors().rebased(model.likelihood.strata[0].moments.basis)
    found = blups(factors, c @ c.T, 0.8, beta=at.beta, phi=at.phi)
    # All predictions lie on the one line that has variance.
    np.testing.assert_allclose(found.values[:, 1], 0.5 * found.values[:, 0], atol=1e-12)
    assert found.values[0].tolist() == [0.0, 0.0]
    np.testing.assert_allclose(found.conditional[0], c @ c.T, atol=1e-12)
    np.testing.assert_allclose(found.prediction[0], c @ c.T, atol=1e-12)
    with pytest.raises(FitError, match="not positive semidefinite"):
        blups(factors, np.diag([1.0, -0.1]), 0.8, beta=at.beta, phi=at.phi)
