"""Type III hypotheses: what it means that a term of a model has no effect."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.errors import FitError
from retrostats.models.inference.ftest import FTest
from retrostats.models.margins.anova_table import NotEstimable
from retrostats.models.mean.coding import Column
from retrostats.models.mean.design import Design
from retrostats.models.mean.estimability import estimable


def type_three_rows(design: Design) -> dict[str, Floats]:
    """Return the type III hypothesis of every term but the intercept.

    Parameters
    ----------
    design
        Of the model.

    Returns
    -------
    dict
        By the label of the term, rows of shape ``(q, p)`` that are zero under its hypothesis.
        A term that adds no columns, because earlier terms span it, is not listed.

    See Also
    --------
    term_hypothesis : the definition
    """
    return {
        term.label: term_hypothesis(design.columns, design.factors, position)
        for position, term in enumerate(design.terms)
        if term.expressions and any(column.term == position for column in design.columns)
    }


def term_hypothesis(
    columns: Sequence[Column], factors: Mapping[str, tuple[Any, ...]], term: int
) -> Floats:
    r"""Return the type III hypothesis of one term in the treatment-coded coefficients.

    The model is a function of the factors for each product of numbers in it. Its hypothesis
    compares means over all other factors with equal weights, whatever the counts. A factor
    that the term codes against its reference is compared with the reference; one that
    it codes in full, because lower terms are absent, is taken level by level. This is the
    test that the coefficients of the term vanish in sum-to-zero coding; of SAS, when no
    combination of levels is empty; and of car and lmerTest.

    Row i belongs to column i of the term, so that there are as many:

    .. math:: L_{ij} = \prod_{k \text{ reduced}} (\delta_{i_k j_k} - \delta_{0 j_k})
              \prod_{k \text{ full}} \delta_{i_k j_k} \prod_{k \text{ not in the term}} 1/a_k

    where :math:`\delta` is 0 for a reduced factor that column j lacks and 1 for a full one,
    and the last product is over the other factors of column j, with :math:`a_k` levels.
    Columns with other numbers have no part: of ``arm * age`` the hypothesis of ``arm`` is that
    of age 0, so that numbers are better centred.

    Parameters
    ----------
    columns
        Of the design, p of them.
    factors
        Levels by categorical expression, the reference first.
    term
        Position of the term.

    Returns
    -------
    Floats
        Shape ``(q, p)``, q the number of columns of the term.

    References
    ----------
    .. [1] Goodnight JH (1980). Commun Stat Theory Methods 9, 167-180.
       doi:10.1080/03610928008827869
    .. [2] Searle SR (1987). Linear Models for Unbalanced Data, chapter 4. Wiley.
    """
    own = [j for j, column in enumerate(columns) if column.term == term]
    multiplier = _numbered([column.numeric for column in columns])
    rows = (multiplier[own][:, None] == multiplier).astype(np.float64)
    involved = dict.fromkeys(e for column in columns for e, _ in column.levels)
    for expression in involved:
        level = np.array([dict(column.levels).get(expression, -1) for column in columns])
        rows *= _weights(
            level[own], level, _reduced(columns, own, expression), len(factors[expression])
        )
    return np.asarray(rows, dtype=np.float64)


def tested_terms(
    rows: Mapping[str, Floats],
    *,
    kept: NDArray[np.intp],
    dropped: NDArray[np.intp],
    combination: Floats,
    test: Callable[[Floats, str], FTest],
) -> tuple[FTest | NotEstimable, ...]:
    """Test each term that the data can test.

    Parameters
    ----------
    rows
        From `type_three_rows`.
    kept, dropped, combination
        Which columns were dropped and how they depend on the others; see `estimability`.
    test
        From rows over the kept columns, shape ``(q, k)``, and a label to a test.

    Returns
    -------
    tuple
        In the order of ``rows``; `NotEstimable` where a row of the hypothesis needs a
        combination of levels that has no data, or a covariate that cannot be told from
        others. No weaker hypothesis is put in its place.
    """
    found: list[FTest | NotEstimable] = []
    for label, hypothesis in rows.items():
        sound = estimable(hypothesis, kept=kept, dropped=dropped, combination=combination)
        if sound.all():
            try:
                found.append(test(hypothesis[:, kept], label))
            except FitError as error:
                found.append(NotEstimable(label, f"no test by this method: {error}"))
        else:
            found.append(
                NotEstimable(
                    label,
                    f"{int((~sound).sum())} of {len(sound)} comparisons cannot be made from these "
                    "data",
                )
            )
    return tuple(found)


def _weights(
    own: NDArray[np.intp], level: NDArray[np.intp], reduced: NDArray[np.bool_], size: int
) -> Floats:
    """Return the factor's part of the product, shape ``(q, p)``; level -1 means absent."""
    row = own[:, None]
    same = (row == level).astype(np.float64)
    compared = np.where(level < 0, 0.0, same - (level == 0))
    taken = np.where(level < 0, 1.0, same)
    averaged = np.where(level < 0, 1.0, 1 / size)
    return np.where(row < 0, averaged, np.where(reduced[:, None], compared, taken))


def _reduced(columns: Sequence[Column], own: Sequence[int], expression: str) -> NDArray[np.bool_]:
    """Tell for each column of the term whether its factor is coded against the reference.

    Columns of a term that involve the same expressions are coded alike: against the
    reference if none of them is of level 0.
    """
    kinds = [(columns[j].numeric, tuple(e for e, _ in columns[j].levels)) for j in own]
    full = {
        kind
        for kind, j in zip(kinds, own, strict=True)
        if dict(columns[j].levels).get(expression) == 0
    }
    return np.array([kind not in full for kind in kinds], dtype=np.bool_)


def _numbered(keys: Sequence[tuple[str, ...]]) -> NDArray[np.intp]:
    """Return a number for each product of numeric entries, whatever their order."""
    numbers: dict[tuple[str, ...], int] = {}
    return np.array([numbers.setdefault(tuple(sorted(k)), len(numbers)) for k in keys])
