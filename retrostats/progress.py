"""How far long work is: a bar on a terminal and in a notebook, and silence elsewhere.

Commands ask for a bar with `progress`. Functions that may take long and are not told whom to
tell take one from `told`: it shows a bar in a notebook, where nobody else would, and nothing in
scripts. A bar within a bar is not shown: the outer one stands for both.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import Any, TypeVar

#: Told in words what is being done, and the share of all work that is done, from 0 to 1.
Show = Callable[[str, float], None]

Item = TypeVar("Item")

#: Set to ``none``, this environment variable keeps every bar away.
SWITCH = "RETROSTATS_PROGRESS"
#: Seconds of work before a bar appears; a bar that flashes up tells nobody anything.
DELAY = 1.0

#: The time left is not shown: shares of work are not shares of time.
_FORM = "{desc}: {percentage:3.0f}%|{bar}| {elapsed}"
_SHOWN: ContextVar[bool] = ContextVar("retrostats_progress_shown", default=False)


@contextmanager
def progress() -> Iterator[Show]:
    """Hand out a function that shows how far the work is.

    Yields
    ------
    callable
        Takes words and a share from 0 to 1. On a terminal and in a notebook it shows a bar, once
        the work has taken `DELAY` seconds; the bar goes when the work ends, however it ends.
        Elsewhere, within the work of another bar, and with ``RETROSTATS_PROGRESS=none`` it does
        nothing.

    Examples
    --------
    >>> with progress() as show:
    ...     show("Reading", 0.5)
    """
    if _SHOWN.get() or _silenced() or not (in_notebook() or sys.stderr.isatty()):
        yield _silence
        return
    bar = _Bar()
    with _only_one():
        try:
            yield bar.show
        finally:
            bar.close()


@contextmanager
def told(given: Show | None) -> Iterator[Show]:
    """Hand out what the caller gave; where nothing was given, a bar in a notebook.

    Parameters
    ----------
    given
        Called with words and a share from 0 to 1.

    Examples
    --------
    >>> with told(lambda words, share: print(f"{words} {share:.0%}")) as tell:
    ...     tell("Fitting", 0.25)
    Fitting 25%
    """
    if given is not None:
        with _only_one():
            yield given
    elif in_notebook():
        with progress() as show:
            yield show
    else:
        yield _silence


@contextmanager
def told_share(
    given: Callable[[float], None] | None, words: str
) -> Iterator[Callable[[float], None]]:
    """Hand out what `told` does, for work that is told by its share alone.

    Parameters
    ----------
    given
        Called with a share from 0 to 1.
    words
        What the bar says.
    """
    with told(None if given is None else lambda _words, share: given(share)) as tell:
        yield lambda share: tell(words, share)


@contextmanager
def told_count(
    given: Callable[[int, int], None] | None, words: str
) -> Iterator[Callable[[int, int], None]]:
    """Hand out what `told` does, for work that is counted.

    Parameters
    ----------
    given
        Called with how many are done, and of how many.
    words
        What the bar says.
    """
    if given is not None:
        with _only_one():
            yield given
        return
    with told(None) as tell:
        yield lambda done, total: tell(words, done / total)


def followed(items: Sequence[Item], words: str) -> Iterator[Item]:
    """Yield each item in turn; where the steps take long, a bar in a notebook counts them.

    Parameters
    ----------
    items
        What is worked on, one after the other.
    words
        What the bar says.

    Examples
    --------
    >>> [2 * item for item in followed([1, 2, 3], "Doubling")]
    [2, 4, 6]
    """
    with told_count(None, words) as tell:
        for place, item in enumerate(items):
            tell(place, len(items))
            yield item


def in_notebook() -> bool:
    """Say whether this code runs in a kernel of Jupyter.

    Examples
    --------
    >>> in_notebook()
    False
    """
    ipython = sys.modules.get("IPython")
    shell = getattr(ipython, "get_ipython", lambda: None)()
    return shell is not None and "IPKernelApp" in getattr(shell, "config", ())


class _Bar:
    """A bar of tqdm that is made when it is first due, so that short work costs nothing."""

    def __init__(self) -> None:
        self._due = monotonic() + DELAY
        self._bar: Any = None
        self._wipe: Callable[[], None] = lambda: None

    def show(self, words: str, share: float) -> None:
        if self._bar is None and monotonic() >= self._due:
            self._bar, self._wipe = _new_bar(words)
        if self._bar is None:
            return
        self._bar.set_description_str(words, refresh=False)
        self._bar.update(min(max(share, self._bar.n), 1.0) - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.n = self._bar.total  # or tqdm leaves a red bar standing
            self._bar.close()
            self._wipe()


def _new_bar(words: str) -> tuple[Any, Callable[[], None]]:
    """Return a bar, and what removes the last trace of it."""
    form = {"desc": words, "total": 1.0, "bar_format": _FORM, "leave": False, "miniters": 0}
    if not in_notebook():  # a command that runs notebooks would look like one to `tqdm.auto`
        from tqdm.std import tqdm

        return tqdm(file=sys.stderr, dynamic_ncols=True, **form), lambda: None
    with warnings.catch_warnings():
        # Where ipywidgets is missing, tqdm draws the bar as text, and warns.
        warnings.simplefilter("ignore")
        from tqdm.auto import tqdm as suitable
        from tqdm.notebook import display, tqdm_notebook
    if not issubclass(suitable, tqdm_notebook):
        return suitable(file=sys.stdout, **form), lambda: None  # stderr is red in a notebook
    bar = suitable(display=False, **form)
    # A closed widget stays in the saved notebook as an empty frame; an empty text does not show.
    place = display(bar.container, display_id=True)
    return bar, lambda: place.update({"text/plain": ""}, raw=True)


@contextmanager
def _only_one() -> Iterator[None]:
    """Keep bars within this work away."""
    token = _SHOWN.set(True)
    try:
        yield
    finally:
        _SHOWN.reset(token)


def _silence(_words: str, _share: float) -> None:
    return


def _silenced() -> bool:
    return os.environ.get(SWITCH, "").lower() == "none"
