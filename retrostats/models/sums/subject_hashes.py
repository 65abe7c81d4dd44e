"""Subjects of parts of the data, as numbers that tell a subject in two parts."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrostats.errors import DataError

#: From here on neighbouring whole numbers are the same floating-point number.
_NOT_EXACT = 2.0**53


def subject_hashes(labels: NDArray[Any]) -> NDArray[np.uint64]:
    """Return a hash of 64 bits for each label, the same however a part wrote it.

    Parameters
    ----------
    labels
        Of the subjects of one part, shape ``(n,)``: numbers, or texts.

    Raises
    ------
    DataError
        If they are floats too large to tell neighbours apart.

    Examples
    --------
    >>> bool((subject_hashes(np.array([7, 8])) == subject_hashes(np.array([7.0, 8.0]))).all())
    True
    """
    import pandas as pd

    # An identifier is the same whether a part read it as 7 or, beside a gap, as 7.0.
    if labels.dtype.kind in "iuf":
        large = np.abs(labels.astype(np.float64)) >= _NOT_EXACT
        if not large.any():
            return np.asarray(pd.util.hash_array(labels.astype(np.float64)))
        if labels.dtype.kind == "f":
            raise DataError(
                "data in parts: identifiers of subjects beyond 2**53 were read as numbers that "
                "cannot tell neighbours apart; read them as text, e.g. dtype=str or "
                "texts=('subject',) of read_parts"
            )
        small = pd.util.hash_array(labels.astype(np.float64))
        return np.asarray(np.where(large, pd.util.hash_array(labels), small))
    texts = np.array([_as_text(label) for label in labels.tolist()], dtype=object)
    return np.asarray(pd.util.hash_array(texts))


def label_kind(labels: NDArray[Any]) -> str:
    """Say whether labels are ``"numbers"`` or ``"texts"``; parts must agree about it."""
    return "numbers" if labels.dtype.kind in "iuf" else "texts"


def _as_text(label: object) -> str:
    if isinstance(label, (int, float)) and float(label).is_integer():
        return str(int(label))
    return str(label)
