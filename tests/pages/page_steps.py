"""What running a page means: the steps of its blocks, and the output that each must give."""

from __future__ import annotations

import csv
import re
import shlex
import tomllib
from collections.abc import Callable
from dataclasses import dataclass

from page_blocks import Block

#: Languages whose blocks are run.
RUN = ("python", "console")
#: The last line of a shown output that says with which code a command ended.
EXIT = re.compile(r"\(exit (\d+)\)")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, and what must come of it.

    Attributes
    ----------
    kind
        ``"python"``, ``"bash"`` or ``"save"``.
    text
        Code, command or content of a file.
    line
        Line of the page.
    shown
        The output that the page shows; None where it shows none.
    name
        Of the file to save.
    code
        With which a command must end.
    """

    kind: str
    text: str
    line: int
    shown: str | None = None
    name: str = ""
    code: int = 0


def steps_of(blocks: list[Block]) -> list[Step]:
    """Put the blocks of a page in order as things to do.

    Raises
    ------
    ValueError
        If a console block does not begin with a command, TOML or CSV cannot be read, or what
        looks like the output of a block would be compared with nothing.
    """
    steps: list[Step] = []
    for block, after in zip(blocks, [*blocks, None][1:], strict=True):
        if block.reason:
            continue
        if block.file:
            steps.append(Step("save", block.text, block.line, name=block.file))
        elif block.language == "python":
            output = after and after.language == "text" and after.follows and not after.reason
            shown = after.text if output and after else None
            steps.append(Step("python", block.text, block.line, shown))
        elif block.language == "console":
            steps += commands(block)
        if block.language in CHECKED:
            CHECKED[block.language](block)
        _require_compared(block, after)
    return steps


def _require_compared(block: Block, after: Block | None) -> None:
    """Refuse what a reader takes for the output of a block, where no test holds it against it."""
    if after is None or after.reason or after.file or after.language in RUN:
        return
    apart = block.language == "python" and after.language == "text" and not after.follows
    below = after.follows and (block.language, after.language) != ("python", "text")
    if block.language in RUN and not block.file and (apart or below):
        raise ValueError(
            f"line {after.line}: output of Python stands in a text block directly below, that of a "
            "command in its console block; mark what is neither by `<!-- not run: REASON -->`"
        )


def parsed(block: Block) -> dict[str, object]:
    """Read a block of TOML."""
    try:
        return tomllib.loads(block.text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"line {block.line}: not TOML: {error}") from error


def rectangular(block: Block) -> None:
    """Hold every row of a block of CSV against its header."""
    semicolons = ";" in block.text.split("\n", 1)[0]
    rows = list(csv.reader(block.text.splitlines(), delimiter=";" if semicolons else ","))
    ragged = [block.line + k for k, row in enumerate(rows) if len(row) != len(rows[0])]
    if ragged:
        raise ValueError(f"line {ragged[0]}: not as many cells as the header has")


#: Languages that are read even where nothing is done with the block.
CHECKED: dict[str, Callable[[Block], object]] = {"toml": parsed, "csv": rectangular}


def commands(block: Block) -> list[Step]:
    """Take a console block apart: each command, with the lines below it."""
    lines = block.text.split("\n")[:-1]
    if not lines or not lines[0].startswith("$ "):
        raise ValueError(f"line {block.line}: a console block begins with `$ ` and a command")
    steps, k = [], 0
    while k < len(lines):
        start = k
        while lines[k].endswith("\\") and k + 1 < len(lines):
            k += 1
        command = "\n".join([lines[start][2:], *lines[start + 1 : k + 1]])
        k = first = k + 1
        while k < len(lines) and not lines[k].startswith("$ "):
            k += 1
        output, code = _ending(lines[first:k])
        shown = "".join(f"{line}\n" for line in output) if output else None
        steps.append(Step("bash", command, block.line + start, shown, code=code))
    return steps


def _ending(lines: list[str]) -> tuple[list[str], int]:
    ended = EXIT.fullmatch(lines[-1]) if lines else None
    return (lines[:-1], int(ended[1])) if ended else (lines, 0)


def words_of(command: str) -> list[list[str]]:
    """Split a command into words, one list for each of the commands joined by `&&`, `|` or `;`."""
    lexer = shlex.shlex(command.replace("\\\n", " "), posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    parts: list[list[str]] = [[]]
    for word in lexer:
        if set(word) <= set("&|;"):
            parts.append([])
        else:
            parts[-1].append(word)
    return [part for part in parts if part]
