"""Long-lived processes that fit models on request, one per program, with a cap on their time."""

from __future__ import annotations

import os
import resource
import selectors
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
#: Address space that a worker may take; a program that wants more fails in its own row.
MEMORY = 8 * 2**30


class Answer(NamedTuple):
    """What came back: ``ok``, ``missing``, ``error`` or ``cap``."""

    status: str
    seconds: float = float("nan")
    runs: int = 0
    loglik: float = float("nan")
    note: str = ""


@dataclass
class Worker:
    """A process that answers one line per line; it starts when it is first asked."""

    name: str
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def command(self) -> list[str] | None:
        """Return the command, or nothing where R is not installed."""
        if self.name != "R":
            return [sys.executable, str(HERE / "_contenders.py")]
        program = shutil.which("Rscript")
        return [program, "--vanilla", str(HERE / "mixed_models.R")] if program else None

    def start(self, command: list[str]) -> subprocess.Popen[bytes]:
        pipe = subprocess.PIPE
        environment = os.environ | {"LC_ALL": "C.UTF-8"}  # factor levels sort alike everywhere
        process = subprocess.Popen(
            command,
            bufsize=0,
            stdin=pipe,
            stdout=pipe,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        if hasattr(resource, "prlimit"):
            resource.prlimit(process.pid, resource.RLIMIT_AS, (MEMORY, MEMORY))
        return process

    def ask(self, line: str, cap: float) -> list[str]:
        """Send a line and return the fields of the answer; at the cap the process is ended."""
        command = self.command()
        if command is None:
            return ["missing", "Rscript"]
        if self.process is None:
            self.process = self.start(command)
        channel, reply = self.process.stdin, self.process.stdout
        if channel is None or reply is None:
            raise RuntimeError(f"the worker {self.name} has no pipes")
        try:
            channel.write(f"{line}\n".encode())
        except BrokenPipeError:
            return self.ended()
        text = self.listen(reply.fileno(), time.monotonic() + cap)
        if text is None:
            self.stop()
            return ["cap"]
        return text.split("\t") if text else self.ended()

    def listen(self, channel: int, deadline: float) -> str | None:
        """Return one line, nothing at the deadline, or an empty text where the process ended."""
        text = b""
        with selectors.DefaultSelector() as selector:
            selector.register(channel, selectors.EVENT_READ)
            while not text.endswith(b"\n"):
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    return None
                part = os.read(channel, 65536)
                if not part:
                    return ""
                text += part
        return text.decode().rstrip("\n")

    def ended(self) -> list[str]:
        code = self.stop()
        return ["error", f"the process ended with code {code}"]

    def stop(self) -> int | None:
        """End the process; the next request starts a new one."""
        process, self.process = self.process, None
        if process is None:
            return None
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            process.wait(0.2)
        except subprocess.TimeoutExpired:
            process.kill()
        return process.wait()


def fitted(fields: list[str]) -> Answer:
    """Read the answer to a job."""
    if fields[0] != "ok":
        return Answer(fields[0], note=" ".join(fields[1:]))
    seconds, runs, loglik, *note = fields[1:]
    return Answer("ok", float(seconds), int(runs), float(loglik), " ".join(note))
