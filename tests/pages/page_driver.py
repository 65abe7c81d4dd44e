"""Runs the steps of one page in one process, in the folder where it is started.

Reads a list of steps as JSON and writes one of outcomes, up to the first that went wrong.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import subprocess
import sys
import traceback
from pathlib import Path


def python(step: dict, names: dict) -> dict:
    """Run a block of Python; its lines keep the numbers that they have in the page."""
    out, err = io.StringIO(), io.StringIO()
    wrong = ""
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            tree = ast.increment_lineno(ast.parse(step["text"]), step["line"] - 1)
            exec(compile(tree, "page", "exec"), names)  # noqa: S102 - the page's own code
        except BaseException:
            wrong = traceback.format_exc()
    return {"output": out.getvalue(), "wrong": wrong or err.getvalue()}


def bash(step: dict) -> dict:
    """Run a command; a reader sees both of its streams."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", step["text"]],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    right = done.returncode == step["code"]
    wrong = "" if right else f"exit {done.returncode}, not {step['code']}:\n{done.stdout}"
    return {"output": done.stdout, "wrong": wrong}


def save(step: dict) -> dict:
    """Save a block under the name that the page gives it."""
    path = Path(step["name"])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(step["text"], encoding="utf-8")
    return {"output": "", "wrong": ""}


def main() -> None:
    """Run the steps."""
    names: dict = {"__name__": "__main__"}
    done = []
    for step in json.load(sys.stdin):
        if step["kind"] == "python":
            done.append(python(step, names))
        else:
            done.append((bash if step["kind"] == "bash" else save)(step))
        if done[-1]["wrong"]:
            break
    json.dump(done, sys.stdout)


if __name__ == "__main__":
    main()
