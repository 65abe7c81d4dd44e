"""From an optimum to the inference that was asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, cast

import numpy as np

from retrostats.arrays import Floats
from retrostats.errors import DataError, FitError
from retrostats.models.inference import between_within, sandwich
from retrostats.models.inference import methods as inference
from retrostats.models.maximum.likelihood import Likelihood
from retrostats.models.maximum.optimum import Optimum
from retrostats.models.sums.basis import Coordinates
from retrostats.models.sums.gather import row_transform
from retrostats.models.sums.prepared import Prepared, RowData

if TYPE_CHECKING:
    from retrostats.models.inference.robust import Kind

INFORMATION = ("observed", "expected")


def check_choices(method: str, df: str, information: str, level: float) -> None:
    """Refuse words that stand for nothing, all at once.

    Raises
    ------
    DataError
        Listing what may be said.
    """
    require_texts(method=method, df=df, information=information)
    faults = []
    if method not in ("reml", "ml"):
        faults.append(f'method={method!r}: choose "reml" or "ml"')
    if df not in inference.METHODS:
        meant = near(df, inference.METHODS)
        faults.append(f"df={df!r}: {meant}choose one of {', '.join(inference.METHODS)}")
    if df.startswith("kenward-roger") and method == "ml":
        faults.append(
            f'df={df!r} belongs to restricted likelihood: choose method="reml", or '
            'df="satterthwaite"'
        )
    if information not in INFORMATION:
        faults.append(f'information={information!r}: choose "observed" or "expected"')
    if not is_number(level) or not 0 < level < 1:
        faults.append(f"level={level!r}: choose a coverage between 0 and 1, such as 0.95")
    if faults:
        raise DataError("model: " + "; ".join(faults))


def is_number(value: object) -> bool:
    """Tell whether a value is a number, and not a truth value."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def require_texts(**words: object) -> None:
    """Refuse arguments that must be texts and are not.

    Raises
    ------
    DataError
        Naming each of them.
    """
    wrong = [f"{name}={value!r}" for name, value in words.items() if not isinstance(value, str)]
    if wrong:
        raise DataError(f"model: {', '.join(wrong)} must be a text")


#: What other programs call the same.
OTHER_NAMES = {"kr": "kenward-roger", "kr2": "kenward-roger", "sat": "satterthwaite"}


def near(word: str, known: Sequence[str]) -> str:
    """Return "did you mean ...? ", or nothing where no known word is near."""
    from difflib import get_close_matches

    lower = {name.lower(): name for name in known}
    word = OTHER_NAMES.get(word.lower(), word.lower())
    found = get_close_matches(word, lower, n=1)
    return f"did you mean {lower[found[0]]!r}? " if found else ""


def parameter_information(optimum: Optimum, information: str) -> Floats:
    """Return the observed or expected information of the covariance parameters, (k, k)."""
    slopes = optimum.derivatives
    return slopes.expected if information == "expected" else -slopes.hessian


def choose_inference(
    df: str,
    likelihood: Likelihood,
    optimum: Optimum,
    theta_cov: Floats,
    data: tuple[Prepared, Coordinates],
    *,
    subjects: Callable[[], Iterator[sandwich.Subjects]] | None = None,
) -> inference.Inference:
    """Return standard errors, degrees of freedom and tests of one kind.

    Parameters
    ----------
    df
        One of `inference.METHODS`.
    likelihood, optimum
        Where the likelihood is largest.
    theta_cov
        Covariance of the covariance parameters, shape ``(k, k)``.
    data
        The data and the coordinates of the coefficients.
    subjects
        Gives the subjects' rows for a sandwich; by default those of the visit patterns.

    Raises
    ------
    FitError
        If the method has no answer for these data.
    """
    prepared, coordinates = data
    at, slopes = optimum.at, optimum.derivatives
    if df in ("satterthwaite", "kenward-roger", "kenward-roger-linear"):
        if df == "satterthwaite":
            q_sum = r_sum = np.zeros_like(at.phi)
        else:
            q_sum, r_sum = likelihood.curvature_sums(at, theta_cov)
        fixed = inference.FixedEffects(
            beta=at.beta,
            phi=at.phi,
            p_matrices=slopes.p_matrices,
            theta_cov=theta_cov,
            q_sum=q_sum,
            r_sum=r_sum,
        )
        return _BY_FIXED[df](fixed)
    if df == "residual":
        return inference.Residual(at.phi, prepared.n_rows)
    if df == "asymptotic":
        return inference.Asymptotic(at.phi)
    if prepared.source is None:
        raise FitError(
            f"df={df!r} needs a second look at the rows, and these data came in parts of which "
            'only sums were kept; choose df="kenward-roger" or "satterthwaite"'
        )
    if df == "between-within":
        return _between_within(at.phi, prepared, prepared.source, coordinates)
    found = subjects() if subjects else subject_batches(likelihood, optimum, prepared.source)
    return inference.Sandwich(sandwich.robust_covariance(cast("Kind", df), found, at.phi))


_BY_FIXED: dict[str, Callable[[inference.FixedEffects], inference.Inference]] = {
    "satterthwaite": inference.Satterthwaite,
    "kenward-roger": inference.KenwardRoger,
    "kenward-roger-linear": inference.KenwardRogerLinear,
}


def _between_within(
    phi: Floats, prepared: Prepared, source: RowData, coordinates: Coordinates
) -> inference.BetweenWithin:
    n = prepared.n_rows
    p = len(prepared.design.names)
    columns = source.rows.take(slice(None), np.eye(p)[:, coordinates.kept])
    split = between_within.Split(
        within=between_within.within_subject_columns(columns, source.frame.subject),
        intercept=between_within.constant_columns(columns),
        observations=n,
        subjects=prepared.n_subjects,
    )
    # beta = back @ gamma + offset, so a row for gamma is a row for beta times back.
    return inference.BetweenWithin(
        phi, split, np.asarray(np.linalg.inv(coordinates.back), dtype=float)
    )


def subject_batches(
    likelihood: Likelihood, optimum: Optimum, source: RowData
) -> Iterator[sandwich.Subjects]:
    """Yield the rows, residuals and covariance of the subjects of each visit pattern.

    Rows are weighted, so that the covariance is that of an unweighted row.
    """
    at = optimum.at
    basis = settled_basis(likelihood)
    structures = [
        stratum.structure.matrix(at.theta[part])
        for stratum, part in zip(likelihood.strata, likelihood.slices, strict=True)
    ]
    frame = source.frame
    transform = row_transform(source.rows, frame.outcome, basis, frame.weights)
    for pattern in source.patterns:
        rows = pattern.rows.reshape(-1)
        z = transform(rows)
        x = z[:, :-1].reshape(*pattern.rows.shape, -1)
        residual = (z[:, -1] - z[:, :-1] @ at.beta).reshape(pattern.rows.shape)
        sigma = structures[pattern.group if len(structures) > 1 else 0]
        yield sandwich.Subjects(x, residual, sigma[np.ix_(pattern.visits, pattern.visits)])


def settled_basis(likelihood: Likelihood) -> Floats:
    """Return the transformation to the coordinates of the computation, ``(p + 1, P)``."""
    return likelihood.strata[0].moments.basis
