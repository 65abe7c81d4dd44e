"""Chromium without a window, driven by its DevTools protocol."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import websocket

#: Debian's chromium first; the others are the same program under other names.
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
#: Nothing is asked of other machines, by the browser itself or by a page.
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--remote-debugging-port=0",
)
#: Seconds for anything that a page does, on a machine that does a dozen other things.
PATIENCE = 240.0
PAUSE = 0.1


def find_chromium() -> str | None:
    return next((path for path in map(shutil.which, NAMES) if path), None)


def wait_for(find: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """Return what a function finds, as soon as it finds anything."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := find():
            return found
        time.sleep(PAUSE)
    raise AssertionError(f"waited {seconds:g} s in vain for {what}")


@contextmanager
def ended(command: list[str], **options: Any) -> Iterator[subprocess.Popen[str]]:
    """Start a program in a process group of its own, and end all of the group afterwards."""
    process = subprocess.Popen(command, text=True, start_new_session=True, **options)
    try:
        yield process
    finally:
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(process.pid, number)
                process.wait(timeout=10)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue


class Page:
    """One page: its methods wait until the browser has answered."""

    def __init__(self, address: str) -> None:
        self._socket = websocket.create_connection(
            address, timeout=PATIENCE, suppress_origin=True, max_size=None
        )
        self._number = 0
        self.requests: list[str] = []
        for domain in ("Page", "Runtime", "Network"):
            self.call(f"{domain}.enable")

    def close(self) -> None:
        self._socket.close()

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while True:
            told = json.loads(self._socket.recv())
            if told.get("id") == self._number:
                if "error" in told:
                    raise AssertionError(f"{method}: {told['error']}")
                return told["result"]
            self._hear(told)

    def _hear(self, told: dict[str, Any]) -> None:
        if told["method"] == "Network.requestWillBeSent":
            self.requests.append(told["params"]["request"]["url"])
        if told["method"] == "Network.webSocketCreated":
            self.requests.append(told["params"]["url"])

    def run(self, script: str) -> Any:
        """Return the value of a JavaScript expression; a promise is waited for."""
        told = self.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in told:
            raise AssertionError(f"{script}: {told['exceptionDetails']}")
        return told["result"].get("value")

    def click(self, selector: str, text: str = "") -> None:
        """Click in the middle of the first visible element with exactly this text, if any."""
        find = f"""(() => {{
            const fits = [...document.querySelectorAll({json.dumps(selector)})].find(one =>
                one.offsetParent !== null && (!{json.dumps(text)} ||
                one.textContent.trim() === {json.dumps(text)}));
            if (!fits) return null;
            const box = fits.getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2];
        }})()"""
        x, y = wait_for(lambda: self.run(find), f"{selector} {text}")
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def resize(self, width: int, height: int) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def screenshot(self, path: Path) -> None:
        told = self.call("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(told["data"]))


@contextmanager
def opened_page(chromium: str, folder: Path) -> Iterator[Page]:
    """Start Chromium with a profile of its own in a folder, and hand out its empty page."""
    command = [chromium, *FLAGS, f"--user-data-dir={folder}", "about:blank"]
    with ended(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        told = folder / "DevToolsActivePort"
        port = wait_for(
            lambda: told.exists() and told.read_text().partition("\n")[0], "the port of Chromium"
        )
        page = Page(wait_for(lambda: _first_page(int(port)), "a page of Chromium"))
        try:
            yield page
        finally:
            page.close()


def _first_page(port: int) -> str | None:
    from urllib.request import ProxyHandler, build_opener

    direct = build_opener(ProxyHandler({}))  # whatever proxy the environment names
    with direct.open(f"http://127.0.0.1:{port}/json/list", timeout=PATIENCE) as answer:
        pages = [each for each in json.load(answer) if each["type"] == "page"]
    return pages[0]["webSocketDebuggerUrl"] if pages else None
