"""Commands that pages name without running them: they must exist all the same."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from page_blocks import Block
from page_runs import ROOT
from page_steps import commands, words_of


def unknown_names(blocks: list[Block]) -> list[str]:
    """List commands, options and targets of `make` in a page's blocks that do not exist.

    Looks at blocks that are not run, and at text that shows commands of the program.
    """
    found = []
    for block in blocks:
        if block.language == "console" and block.reason:
            found += [w for step in commands(block) for w in _unknown(step.text, step.line)]
        elif block.language == "text" and not block.follows:
            shown = [
                (line, block.line + k)
                for k, line in enumerate(block.text.split("\n"))
                if line.startswith("retrostats ")
            ]
            found += [w for line, at in shown for w in _unknown(re.split(r" {2,}", line)[0], at)]
    return found


def _unknown(command: str, line: int) -> list[str]:
    said = []
    for words in words_of(command):
        if words[0] == "make":
            said += [f"make {word}" for word in words[1:] if word not in targets()]
        elif words[0] == "retrostats":
            said += _unknown_to_the_program(words[1:])
    return [f"line {line}: {words}" for words in said]


def _unknown_to_the_program(words: list[str]) -> list[str]:
    command, path = program(), ["retrostats"]
    while words and words[0] in getattr(command, "commands", {}):
        command, path = command.commands[words[0]], [*path, words[0]]
        words = words[1:]
    if getattr(command, "commands", None):
        return [" ".join([*path, *words[:1]])] if words != ["--help"] else []
    known = {name for each in command.params for name in (*each.opts, *each.secondary_opts)}
    options = [word.split("=")[0] for word in words if word.startswith("--") and word != "--"]
    return [f"{' '.join(path)} {name}" for name in options if name not in known | {"--help"}]


@cache
def program() -> Any:
    """Give the command line as click sees it."""
    from typer.main import get_command

    from retrostats.cli.app import app

    return get_command(app)


@cache
def targets() -> frozenset[str]:
    """Give the targets of the Makefile."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return frozenset(re.findall(r"^([\w-]+):", text, re.M))
