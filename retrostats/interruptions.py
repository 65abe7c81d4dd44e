"""Ctrl-C and the like, let in only where work can be left in good order."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

#: What asks a program to end. Python's handlers of these raise, wherever the program is.
#: Ctrl-C comes last, so that its handler is the last to be put back.
_NUMBERS = tuple(
    getattr(signal, name) for name in ("SIGHUP", "SIGTERM", "SIGINT") if hasattr(signal, name)
)


class Door:
    """Lets interruptions in while it is open, and keeps them waiting while it is not.

    Attributes
    ----------
    is_open
        Set it to False to close the door. That is no call, because Python looks for interruptions
        at calls, and one could come between the call and the closed door.
    """

    def __init__(self) -> None:
        self.is_open = False
        self._waiting: list[int] = []
        self._handlers: dict[int, Any] = {}

    def open(self) -> None:
        """Let in what waits and what comes."""
        self.is_open = True
        self._let_in()

    def take_over(self) -> None:
        """Take the place of the handlers there are; where there is none, leave it so."""
        for number in _NUMBERS:
            handler = signal.getsignal(number)
            if callable(handler):
                self._handlers[number] = handler
                signal.signal(number, self._handle)

    def give_back(self) -> None:
        """Put the handlers back, and let in what waits."""
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self.is_open = True
        self._let_in()

    def _let_in(self) -> None:
        while self._waiting:
            number = self._waiting.pop(0)
            self._handlers[number](number, None)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self.is_open:
            self._handlers[number](number, frame)
        elif number not in self._waiting:
            self._waiting.append(number)


@contextmanager
def interruptions_held() -> Iterator[Door]:
    """Hold Ctrl-C, SIGTERM and SIGHUP back, for what must be done wholly or not at all.

    They are let in at the end, and before it while the door that is handed out is open. In a
    thread other than the main one nothing need be held back: Python interrupts only that.

    Examples
    --------
    >>> with interruptions_held() as door:
    ...     begun = ["a folder"]
    ...     try:
    ...         door.open()  # from here on Ctrl-C may come
    ...     finally:
    ...         door.is_open = False
    ...         begun.clear()  # happens in any case, and to its end
    """
    door = Door()
    if threading.current_thread() is not threading.main_thread():
        yield door
        return
    try:
        door.take_over()
        yield door
    finally:
        door.give_back()
