"""JupyterLab in a folder, on this machine alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from retrostats.notebooks.catalogue import require_modules

#: What must be there for notebooks to open and run; `pip install "retrostats[lab]"` brings it.
NEEDED = ("jupyterlab", "ipykernel", "ipywidgets")

#: Whatever the user's own configuration says, the command line has the last word. Announcements,
#: the search for newer versions and the list of extensions would ask servers elsewhere. No other
#: kernel is offered, so that a notebook runs where retrostats is installed.
SETTINGS = (
    "--ServerApp.ip=127.0.0.1",
    "--ServerApp.sock=",
    "--ServerApp.allow_remote_access=False",
    "--ServerApp.answer_yes=True",
    "--Application.log_level=ERROR",
    "--LabApp.default_url=/lab",
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
    "--KernelSpecManager.kernel_dirs=[]",
)


#: Without the announcements of Jupyter; without it JupyterLab would ask whether to fetch them.
_CONFIGURATION = Path(__file__).with_name("lab_settings")
#: The environment variable that names further folders of Jupyter's configuration.
_SEARCHED = "JUPYTER_CONFIG_PATH"


def lab_arguments(folder: Path, *, port: int | None = None, browser: bool = True) -> list[str]:
    """Return the command line of JupyterLab in a folder.

    Parameters
    ----------
    folder
        What it shows; nothing outside it can be reached from its list of files.
    port
        On the loopback address. A given port is used or refused; by default it is 8888, or the
        next that is free.
    browser
        Whether a page opens by itself.

    Examples
    --------
    >>> lab_arguments(Path("work"), port=9000)[-2:]
    ['--ServerApp.port=9000', '--ServerApp.port_retries=0']
    """
    place = folder.resolve()
    roots = [f"--{each}.root_dir={place}" for each in ("ServerApp", "FileContentsManager")]
    arguments = [*roots, f"--FileContentsManager.preferred_dir={place}", *SETTINGS]
    if os.name == "posix" and os.geteuid() == 0:
        # In a container the user is often root; an address of this machine alone, with a token,
        # is no less safe for that.
        arguments.append("--ServerApp.allow_root=True")
    if not browser:
        arguments.append("--ServerApp.open_browser=False")
    if port is not None:
        arguments += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    return arguments


def open_lab(folder: Path, *, port: int | None = None, browser: bool = True) -> None:
    """Serve JupyterLab in a folder until it is told to end.

    Parameters
    ----------
    folder, port, browser
        As for `lab_arguments`.

    Raises
    ------
    RetrostatsError
        If JupyterLab is not installed.
    SystemExit
        If it cannot start; it has said why.
    """
    require_modules(NEEDED)
    from jupyterlab.labapp import LabApp  # type: ignore[import-untyped]

    paths = [str(_CONFIGURATION), *filter(None, [os.environ.get(_SEARCHED)])]
    os.environ[_SEARCHED] = os.pathsep.join(paths)

    server = LabApp.initialize_server(argv=lab_arguments(folder, port=port, browser=browser))
    access = server.identity_provider
    if not access.token_generated:
        # The user's settings hold a password, a token, or none. Jupyter would then not print the
        # address, and without any would let in everyone on this machine.
        access.token, access.token_generated = secrets.token_hex(24), True
    server.start()
