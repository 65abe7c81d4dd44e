"""`retrostats lab`: what it says, what it refuses, how it starts JupyterLab and how it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import pytest
from typer.testing import CliRunner

from retrostats.cli import app
from retrostats.errors import DataError, RetrostatsError
from retrostats.notebooks import catalogue, jupyter

from .server import COMMAND, private, running_lab

#: Seconds in which Ctrl-C ends a server that has nothing to do, on a busy machine.
QUICKLY = 30
#: Asks without a proxy.
DIRECT = build_opener(ProxyHandler({}))


def lab(*arguments: object):
    return CliRunner().invoke(app, ["lab", *map(str, arguments)])


def test_the_folder_alone_is_made_and_refreshed(tmp_path):
    made = lab(tmp_path / "work", "--no-open")
    assert made.exit_code == 0
    assert "notebooks and a trial to try them on" in made.output
    assert "JupyterLab runs" not in made.output
    name = sorted((tmp_path / "work").glob("*.ipynb"))[0].name
    (tmp_path / "work" / name).write_text("{}")
    again = lab(tmp_path / "work", "--no-open")
    assert f"Kept as you changed them: {name}" in again.output
    assert (tmp_path / "work" / name).read_text() == "{}"


def test_a_file_in_the_way_is_an_error_that_the_user_can_mend(tmp_path):
    (tmp_path / "work").write_text("")
    failed = lab(tmp_path / "work", "--no-open")
    assert isinstance(failed.exception, DataError)
    assert "work is a file; give the name of a folder to work in" in str(failed.exception)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_told_plainly(tmp_path):
    (tmp_path / "shut").mkdir(mode=0o500)
    failed = lab(tmp_path / "shut" / "work", "--no-open")
    assert "the folder to work in cannot be written: Permission denied" in str(failed.exception)


def test_a_folder_below_a_file_is_told_plainly(tmp_path):
    (tmp_path / "file").write_text("")
    failed = lab(tmp_path / "file" / "work", "--no-open")
    assert isinstance(failed.exception, DataError)
    assert "the folder to work in cannot be written: Not a directory" in str(failed.exception)


def test_without_jupyterlab_it_says_what_to_install_and_writes_nothing(tmp_path, monkeypatch):
    found = catalogue.find_spec
    monkeypatch.setattr(
        catalogue, "find_spec", lambda name: None if name == "jupyterlab" else found(name)
    )
    failed = lab(tmp_path / "work")
    assert isinstance(failed.exception, RetrostatsError)
    assert "jupyterlab" in str(failed.exception)
    assert 'pip install "retrostats[lab]"' in str(failed.exception)
    assert list(tmp_path.iterdir()) == []


def test_it_serves_this_machine_alone_and_asks_no_other(tmp_path):
    arguments = jupyter.lab_arguments(tmp_path, browser=False)
    assert f"--ServerApp.root_dir={tmp_path.resolve()}" in arguments
    assert "--ServerApp.ip=127.0.0.1" in arguments
    assert "--LabApp.news_url=None" in arguments
    assert "--ServerApp.answer_yes=True" in arguments  # or Ctrl-C asks on a terminal
    assert "--ServerApp.open_browser=False" in arguments
    assert not [each for each in arguments if "token" in each]  # Jupyter draws one by itself


@pytest.mark.whole
def test_ctrl_c_ends_it_quietly_and_a_port_in_use_is_told(tmp_path):
    settings = tmp_path / "settings"
    with running_lab(tmp_path / "work", settings) as server:
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", server.port)) == 0
        second = subprocess.run(
            [*COMMAND, str(tmp_path / "work"), "--no-browser", "--port", str(server.port)],
            env=private(settings),
            capture_output=True,
            text=True,
            check=False,
        )
        assert second.returncode == 1
        assert f"port {server.port} is not available" in second.stdout + second.stderr
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(QUICKLY) == 0
        said = (settings / "lab.log").read_text()
        assert "Traceback" not in said
        assert "y/[n]" not in said


@pytest.mark.whole
def test_it_listens_on_the_loopback_address_with_a_token(tmp_path):
    with running_lab(tmp_path / "work", tmp_path / "settings") as server:
        with pytest.raises(HTTPError, match="403"):
            DIRECT.open(f"http://127.0.0.1:{server.port}/api/contents")
        with DIRECT.open(
            f"http://127.0.0.1:{server.port}/api/kernelspecs?token={server.token}"
        ) as answer:
            kernels = answer.read().decode()
        listening = listeners(server.port)
    assert kernels.count('"argv"') == 1
    assert listening == {"127.0.0.1"}


HOSTILE = """\
c.ServerApp.ip = "0.0.0.0"
c.ServerApp.sock = "{folder}/socket"
c.ServerApp.allow_remote_access = True
c.ServerApp.root_dir = c.ServerApp.preferred_dir = "{folder}"
c.FileContentsManager.root_dir = c.FileContentsManager.preferred_dir = "{folder}"
c.IdentityProvider.token = ""
c.LabApp.default_url = "/tree"
"""


@pytest.mark.whole
def test_settings_of_the_user_open_no_door(tmp_path):
    settings = tmp_path / "settings"
    config = Path(private(settings)["JUPYTER_CONFIG_DIR"])
    for name in ("jupyter_server_config.py", "jupyter_lab_config.py"):
        (config / name).write_text(HOSTILE.format(folder=tmp_path))
    with running_lab(tmp_path / "work", settings) as server:
        address = f"http://127.0.0.1:{server.port}/api/contents"
        with pytest.raises(HTTPError, match="403"):
            DIRECT.open(address)
        with DIRECT.open(f"{address}?token={server.token}") as answer:
            names = {each["name"] for each in json.load(answer)["content"]}
        assert listeners(server.port) == {"127.0.0.1"}
    assert "example" in names
    assert "settings" not in names


def test_root_alone_is_told_to_be_let_in(tmp_path, monkeypatch):
    for user, told in ((0, 1), (1000, 0)):
        monkeypatch.setattr(os, "geteuid", lambda user=user: user)
        arguments = jupyter.lab_arguments(tmp_path)
        assert arguments.count("--ServerApp.allow_root=True") == told


def listeners(port: int) -> set[str]:
    """Return the addresses at which somebody listens to a port (Linux tells them in hex)."""
    found = set()
    for name in ("tcp", "tcp6"):
        path = Path("/proc/net") / name
        rows = [line.split() for line in path.read_text().splitlines()[1:]] if path.exists() else []
        places = [row[1].split(":") for row in rows if row[3] == "0A"]
        found |= {address for address, place in places if int(place, 16) == port}
    return {
        socket.inet_ntoa(bytes.fromhex(each)[::-1]) if len(each) == 8 else each for each in found
    }
