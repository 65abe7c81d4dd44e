"""The digest of a cohort: the same for every form of the same content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


def content_digest(frame: pd.DataFrame) -> str:
    """Return the SHA-256 of the content of a cohort's frame without ``line``.

    It does not depend on the form of the file, nor on the order of its rows and columns, nor on
    which arm is the reference.

    Parameters
    ----------
    frame
        As in `Cohort.frame`: sorted by subject and week.
    """
    digest = hashlib.sha256(f"cohort of {len(frame)} rows\n".encode())
    for name in sorted(str(column) for column in frame.columns if column != "line"):
        for part in _parts(name, frame[name]):
            digest.update(len(part).to_bytes(8, "little"))
            digest.update(part)
    return digest.hexdigest()


def _parts(name: str, column: pd.Series[Any]) -> Iterator[bytes]:
    """Yield name, kind and content of a column in one canonical form."""
    import pandas as pd

    yield name.encode()
    if isinstance(column.dtype, pd.CategoricalDtype):
        labels = [str(label) for label in column.cat.categories]
        ordered = sorted(labels)
        place = np.array([*(ordered.index(label) for label in labels), -1], dtype="<i4")
        yield b"labels"
        yield _json(ordered)
        yield place[column.cat.codes.to_numpy()].tobytes()
    elif pd.api.types.is_datetime64_any_dtype(column.dtype):
        yield b"days"
        yield column.to_numpy().astype("datetime64[D]").astype("<i8").tobytes()
    elif pd.api.types.is_numeric_dtype(column.dtype):
        numbers = column.to_numpy(dtype="<f8") + 0.0  # turns -0.0 into 0.0
        numbers[np.isnan(numbers)] = np.nan
        yield b"numbers"
        yield numbers.tobytes()
    else:
        texts = column.to_numpy(dtype=object)
        starts = np.flatnonzero(np.append(True, texts[1:] != texts[:-1])[: len(texts)])
        yield b"texts"  # each run of equal texts once, and where it begins
        yield _json(texts[starts].tolist())
        yield starts.astype("<i8").tobytes()


def _json(texts: list[str]) -> bytes:
    return json.dumps(texts, ensure_ascii=True, separators=(",", ":")).encode()
