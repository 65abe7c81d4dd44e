"""A text that tells one statistic of some samples from another."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterator, Sequence
from types import CodeType, FunctionType

import numpy as np


def fingerprint(
    statistic: Callable[..., object], samples: Sequence[np.ndarray], paired: str, value: float
) -> str:
    """Return a text that changes with what is resampled.

    Parameters
    ----------
    statistic
        Its name and its code count, with the functions within it and the numbers, texts and
        arrays that it was made with; what it calls does not.
    samples
        Arrays of shape ``(n_j,)``.
    paired
        How they are drawn.
    value
        Of the statistic in the samples as they are; it shows most other changes.

    Examples
    --------
    >>> one, two = (fingerprint(f, [np.ones(3)], "independent", 1.0) for f in (np.mean, np.median))
    >>> one == two, len(one)
    (False, 64)
    """
    made = hashlib.sha256(repr((paired, value.hex(), [len(each) for each in samples])).encode())
    for sample in samples:
        made.update(np.ascontiguousarray(sample, dtype=np.float64).tobytes())
    for part in _parts(statistic):
        made.update(part.encode() + b"\0")
    return made.hexdigest()


def _parts(statistic: Callable[..., object]) -> Iterator[str]:
    while isinstance(statistic, functools.partial):
        yield from map(_plain, statistic.args)
        yield from (f"{name}={_plain(each)}" for name, each in sorted(statistic.keywords.items()))
        statistic = statistic.func
    yield getattr(statistic, "__module__", None) or ""
    yield getattr(statistic, "__qualname__", type(statistic).__qualname__)
    if isinstance(statistic, FunctionType):
        yield from _code(statistic.__code__)
        cells = (cell.cell_contents for cell in statistic.__closure__ or ())
        yield from map(_plain, (*(statistic.__defaults__ or ()), *cells))


def _plain(value: object) -> str:
    """Return a number, text or array in full; of other objects, whose words change, the kind."""
    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
        return f"{value.dtype.str}{value.shape}{value.tobytes().hex()}"
    plain = value is None or isinstance(value, (bool, int, float, str, bytes, np.generic))
    return repr(value) if plain else type(value).__qualname__


def _code(code: CodeType) -> Iterator[str]:
    """Yield what a function does; where it stands in its file, and comments, do not count."""
    yield code.co_code.hex()
    yield repr((code.co_names, code.co_varnames, code.co_freevars))
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _code(constant)
        elif isinstance(constant, frozenset):  # in an order that changes from run to run
            yield repr(sorted(map(repr, constant)))
        else:
            yield repr(constant)
