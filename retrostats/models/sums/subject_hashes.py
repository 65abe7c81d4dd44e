"""Subjects of parts of the data, as numbers that tell a subject in two parts."""

from __future__ import annotations

from collections.abc import Sequence
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


def split_text(subjects: Sequence[NDArray[np.uint64]], names: Sequence[str]) -> str:
    """Say how many subjects lie in more than one part, and in which the first of them.

    Parameters
    ----------
    subjects
        Hashes of the subjects of each part; at least one is in two of them.
    names
        Of the parts; "part 1" and so on where there are none.

    Examples
    --------
    >>> two = [subject_hashes(np.array([7, 8])), subject_hashes(np.array([8, 9]))]
    >>> split_text(two, ("a.csv", "b.csv"))[:67]
    'data in parts: 1 subject has rows in more than one part (a.csv and '
    """
    hashes = np.concatenate(subjects)
    places = np.repeat(np.arange(len(subjects)), [len(part) for part in subjects])
    order = np.argsort(hashes, kind="stable")
    again = np.flatnonzero(hashes[order][1:] == hashes[order][:-1])
    split = len(np.unique(hashes[order[again]]))
    where = " and ".join(
        names[place] if names else f"part {place + 1}"
        for place in places[order[again[0] : again[0] + 2]]
    )
    who = "1 subject has" if split == 1 else f"{split:,} subjects have"
    return (
        f"data in parts: {who} rows in more than one part ({where}"
        f"{', for one of them' if split > 1 else ''}); rows of a subject are not independent: "
        "keep all of them in one part"
    )


def _as_text(label: object) -> str:
    if isinstance(label, (int, float)) and float(label).is_integer():
        return str(int(label))
    return str(label)
