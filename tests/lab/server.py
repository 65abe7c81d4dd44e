"""JupyterLab as `retrostats lab` starts it, away from the user's own settings."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .devtools import ended, wait_for

COMMAND = (sys.executable, "-c", "from retrostats.cli import main; main()", "lab")
#: Settings of the interface, by the file that holds them. All cells are on the page, not only
#: those in view.
SETTINGS = {"@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"}}
#: One for each folder of Jupyter and IPython.
OWN_FOLDERS = (
    "HOME",
    "IPYTHONDIR",
    "JUPYTERLAB_SETTINGS_DIR",
    "JUPYTERLAB_WORKSPACES_DIR",
    "JUPYTER_CONFIG_DIR",
    "JUPYTER_DATA_DIR",
    "JUPYTER_RUNTIME_DIR",
)


@dataclass(frozen=True, slots=True)
class Server:
    """A running JupyterLab."""

    process: subprocess.Popen[str]
    port: int
    token: str

    def address(self, notebook: str) -> str:
        return f"http://127.0.0.1:{self.port}/lab/tree/{notebook}?token={self.token}"


def private(folder: Path) -> dict[str, str]:
    """Return an environment whose settings lie in a folder, all of them as we want them."""
    places = {name: str(folder / name.lower()) for name in OWN_FOLDERS}
    for place in places.values():
        Path(place).mkdir(parents=True, exist_ok=True)
    for name, values in SETTINGS.items():
        path = Path(places["JUPYTERLAB_SETTINGS_DIR"], f"{name}.jupyterlab-settings")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "RETROSTATS"))}
    return kept | places


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_lab(folder: Path, settings: Path) -> Iterator[Server]:
    """Run `retrostats lab` on a folder; end it, and its kernels, afterwards."""
    port, log = free_port(), settings / "lab.log"
    command = [*COMMAND, str(folder), "--no-browser", "--port", str(port)]
    environment = private(settings)
    with (
        log.open("w") as out,
        ended(command, stdout=out, stderr=subprocess.STDOUT, env=environment) as process,
    ):
        pattern = re.compile(rf"http://127\.0\.0\.1:{port}/lab\?token=(\w+)")
        match = wait_for(
            lambda: process.poll() is not None or pattern.search(log.read_text()),
            "the address of JupyterLab",
        )
        assert match is not True, log.read_text()
        yield Server(process, port, match[1])
