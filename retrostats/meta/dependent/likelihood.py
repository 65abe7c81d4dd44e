"""The restricted likelihood of two variances: between trials, and between estimates of a trial.

The estimates of trial ``i`` have covariance ``V_i + omega2 I + tau2 J``. With the eigenvectors of
``V_i`` the first two are diagonal, and ``tau2 J`` has rank one: every quantity is a sum over
estimates, and then one over trials. Nothing larger than a ``V_i`` is ever factorised.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retrostats.arrays import Floats
from retrostats.meta.dependent.spectra import covariance_axes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rotated:
    """Estimates in the axes of their sampling covariances.

    Attributes
    ----------
    z, u, d
        Rotated values, rotated ones, and eigenvalues, shape ``(k,)``; trials one after another.
    starts
        Where each trial begins, shape ``(m,)``.
    """

    z: Floats
    u: Floats
    d: Floats
    starts: np.ndarray[tuple[int, ...], np.dtype[np.intp]]

    def summed(self, terms: Floats) -> Floats:
        """Return the sum over each trial, shape ``(m,)``, of terms of shape ``(k,)``."""
        return np.asarray(np.add.reduceat(terms, self.starts))


def rotate(values: Sequence[Floats], blocks: Sequence[Floats]) -> Rotated:
    """Rotate the estimates of each trial.

    Parameters
    ----------
    values
        ``m`` arrays, of shape ``(n_i,)``.
    blocks
        Their sampling covariances, of shape ``(n_i, n_i)``.
    """
    parts = [covariance_axes(block) for block in blocks]
    sizes = [len(y) for y in values]
    return Rotated(
        z=np.concatenate([q.T @ y for (_, q), y in zip(parts, values, strict=True)]),
        u=np.concatenate([q.sum(axis=0) for _, q in parts]),
        d=np.concatenate([d for d, _ in parts]),
        starts=np.concatenate(([0], np.cumsum(sizes)[:-1])).astype(np.intp),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Composites:
    """Each trial as one estimate, given the variance between its estimates.

    Attributes
    ----------
    mean, precision
        Weighted mean of a trial and the inverse of its variance, shape ``(m,)``.
    within
        Weighted sum of squares about these means, over all trials.
    log_det
        Of the covariances without the variance between trials.
    """

    mean: Floats
    precision: Floats
    within: float
    log_det: float


def composites(data: Rotated, omega2: float) -> Composites:
    """Return each trial as one estimate; of many variances between trials this is done once."""
    w = 1 / (data.d + omega2)
    precision = data.summed(data.u**2 * w)
    mean = data.summed(data.u * data.z * w) / precision
    sizes = np.diff(np.append(data.starts, len(data.z)))
    residual = data.z - data.u * np.repeat(mean, sizes)
    within = float(w @ residual**2)
    return Composites(
        mean=mean, precision=precision, within=within, log_det=-float(np.log(w).sum())
    )


def pooled_mean(each: Composites, tau2: float) -> tuple[float, float]:
    """Return the pooled mean and its precision."""
    g = each.precision / (1 + tau2 * each.precision)
    return float(g @ each.mean / g.sum()), float(g.sum())


def log_likelihoods(each: Composites, tau2: Floats, k: int) -> Floats:
    """Return the restricted log-likelihood at several variances between trials, shape ``(g,)``.

    Parameters
    ----------
    each
        At one variance between the estimates of a trial.
    tau2
        Shape ``(g,)``.
    k
        Number of estimates.
    """
    stretch = 1 + tau2[:, None] * each.precision
    g = each.precision / stretch
    total = g.sum(axis=1)
    mean = g @ each.mean / total
    between = (g * (each.mean - mean[:, None]) ** 2).sum(axis=1)
    log_det = each.log_det + np.log(stretch).sum(axis=1) + np.log(total)
    constant = (k - 1) * np.log(2 * np.pi) - np.log(k)
    return np.asarray(-0.5 * (constant + log_det + each.within + between))


def log_likelihood(data: Rotated, theta: Floats) -> float:
    """Return the restricted log-likelihood at ``theta = (tau2, omega2)``."""
    each = composites(data, float(theta[1]))
    return float(log_likelihoods(each, theta[:1], len(data.z))[0])


def slope_and_curvature(data: Rotated, theta: Floats) -> tuple[Floats, Floats]:
    """Return the exact gradient and Hessian of the restricted log-likelihood.

    Parameters
    ----------
    data
        The estimates.
    theta
        ``(tau2, omega2)``.

    Returns
    -------
    (2,) and (2, 2) arrays
    """
    tau2, omega2 = map(float, theta)
    mean, _ = pooled_mean(composites(data, omega2), tau2)
    w, u, z = 1 / (data.d + omega2), data.u, data.z - mean * data.u
    # Sums over a trial, and their derivatives in omega2 (whose factors are -1 and 2).
    a, a1, a2 = (f * data.summed(u**2 * w**n) for f, n in ((1, 1), (-1, 2), (2, 3)))
    b, b1, b2 = (f * data.summed(u * z * w**n) for f, n in ((1, 1), (-1, 2), (2, 3)))
    c1, c2 = -float((z**2) @ w**2), 2 * float((z**2) @ w**3)
    e = 1 + tau2 * a
    # S = 1'M^-1 1, T = 1'M^-1 z (which is 0 at this mean) and R = z'M^-1 z.
    s = float((a / e).sum())
    s_1 = np.array([-(a**2 / e**2).sum(), (a1 / e**2).sum()])
    t_1 = np.array([-(a * b / e**2).sum(), (b1 / e - tau2 * b * a1 / e**2).sum()])
    f = b / e
    r_1 = np.array([-(f**2).sum(), c1 + (tau2 * f * (tau2 * f * a1 - 2 * b1)).sum()])
    s_12 = -2 * (a * a1 / e**3).sum()
    s_2 = np.array([[2 * (a**3 / e**3).sum(), s_12], [s_12, _s22(tau2, a1, a2, e)]])
    # f' in tau2 and omega2.
    f_tau, f_omega = -a * b / e**2, (b1 - tau2 * f * a1) / e
    r_12 = -2 * float((f * f_omega).sum())
    r_22 = c2 + tau2 * float(
        (f_omega * (tau2 * f * a1 - 2 * b1)).sum()
        + (f * (tau2 * (f_omega * a1 + f * a2) - 2 * b2)).sum()
    )
    r_2 = np.array([[-2 * float((f * f_tau).sum()), r_12], [r_12, r_22]])
    det_1 = np.array([(a / e).sum(), w.sum() + (tau2 * a1 / e).sum()])
    det_12 = (a1 / e**2).sum()
    det_22 = -(w**2).sum() + (tau2 * a2 / e - (tau2 * a1 / e) ** 2).sum()
    det_2 = np.array([[-(a**2 / e**2).sum(), det_12], [det_12, det_22]])
    gradient = -0.5 * (det_1 + s_1 / s + r_1)
    hessian = -0.5 * (det_2 + s_2 / s - np.outer(s_1, s_1) / s**2 + r_2)
    return gradient, np.asarray(hessian + np.outer(t_1, t_1) / s)


def _s22(tau2: float, a1: Floats, a2: Floats, e: Floats) -> float:
    return float((a2 / e**2 - 2 * tau2 * a1**2 / e**3).sum())
