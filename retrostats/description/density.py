"""The smooth density of the values of a group."""

from __future__ import annotations

import math

import numpy as np

from retrostats.arrays import Floats

#: A density of fewer values would show the kernel and not the values.
FEWEST_VALUES = 5
#: At so many places a density is evaluated.
POINTS = 256
#: More values than the first are counted in so many bins before the density is estimated.
MANY, BINS = 10_000, 4096


def kernel_density(values: Floats, sd: float) -> tuple[tuple[float, float], ...]:
    """Return the Gaussian kernel density between the least value and the largest.

    The bandwidth is Scott's, ``sd n^(-1/5)``. What would lie beyond the values is cut off and not
    made up for, so that the area is a little less than 1.

    Parameters
    ----------
    values
        Ascending, none missing, shape ``(n,)``.
    sd
        Of the values, with the divisor ``n - 1``.

    Returns
    -------
    tuple of pairs
        Value and height, 256 of them; empty for fewer than 5 values or an SD of 0.

    References
    ----------
    .. [1] Scott DW (1992). Multivariate Density Estimation. Wiley, New York.
       doi:10.1002/9780470316849

    Examples
    --------
    >>> import numpy as np
    >>> values = np.array([1.0, 2.0, 2.5, 3.0, 4.0])
    >>> density = kernel_density(values, float(values.std(ddof=1)))
    >>> len(density), density[0][0], density[-1][0]
    (256, 1.0, 4.0)
    """
    if values.size < FEWEST_VALUES or not sd > 0:
        return ()
    from scipy.stats import gaussian_kde

    points = np.linspace(values[0], values[-1], POINTS)
    if values.size <= MANY:
        kernel = gaussian_kde(values)
    else:
        counts, edges = np.histogram(values, bins=BINS)
        centres, weights = ((edges[:-1] + edges[1:]) / 2)[counts > 0], counts[counts > 0]
        # Scipy measures the bandwidth in SDs of what it is given and takes its n from the
        # weights; here both are those of the values.
        factor = sd * values.size**-0.2 / math.sqrt(float(np.cov(centres, aweights=weights)))
        kernel = gaussian_kde(centres, bw_method=factor, weights=weights)
    heights = kernel(points)
    return tuple(zip(points.tolist(), heights.tolist(), strict=True))
