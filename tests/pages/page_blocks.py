"""The code blocks of a page, in order: what they are written in, and what is said of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: What a block may be written in. A word that is misspelt would take a block out of the tests.
LANGUAGES = frozenset({"python", "text", "console", "toml", "csv", "json", "bibtex", "markdown"})
#: What Sphinx reads and nobody runs.
DIRECTIVES = frozenset({"{eval-rst}"})

FENCE = re.compile(r"^(?P<indent> *)(?P<ticks>`{3,}|~{3,}) *(?P<language>[^`]*?) *$")
#: A fence that is no block of its own: quoted, behind the dot of a list or a tab, with ticks after
#: its language. It is code to some readers of Markdown and would not be run.
STRAY = re.compile(r"```|~~~")
#: Code without a fence: after an empty line four blanks or a tab, or in HTML.
INDENTED = re.compile(r"( {4}|\t| {1,3}\t)\s*\S")
HTML_CODE = re.compile(r"<(pre|code|script|style)\b")
#: What a block for Sphinx may hold.
DIRECTIVE = re.compile(r"^ *\.\. (?!autosummary::|currentmodule::)\S+::|>>> ", re.MULTILINE)
NOTE = re.compile(r"^ *<!-- *(?P<word>file|not run):(?P<rest>.*?)-->$")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a page.

    Attributes
    ----------
    language
        One of `LANGUAGES`.
    text
        Its lines, without the indent of its fence; ends with a line break unless it is empty.
    line
        Line of the page on which the text begins, from 1.
    file
        Name under which the block is saved, or "".
    reason
        Why the block is not run, or "".
    follows
        Whether nothing but empty lines stands between this block and the one before.
    """

    language: str
    text: str
    line: int
    file: str = ""
    reason: str = ""
    follows: bool = False


def read_blocks(page: str) -> list[Block]:
    """Read the fenced blocks of a page in Markdown.

    Parameters
    ----------
    page
        The text of the page.

    Raises
    ------
    ValueError
        With the line, if a fence is not closed, has no language or an unknown one, is made of
        tildes, if a note gives no name or reason, or has no block below it, and if there is code
        in any other form, or within a comment.
    """
    lines = page.split("\n")
    blocks: list[Block] = []
    k, note, alone, hidden = 0, None, False, False
    while k < len(lines):
        fence, said = FENCE.match(lines[k]), NOTE.match(lines[k])
        if note and not fence:
            raise ValueError(f"line {k}: this note belongs on the line before a block")
        if fence and hidden:
            raise ValueError(f"line {k + 1}: a block in a comment, which no reader sees")
        if fence:
            end = _closing(lines, k, fence)
            block = _block(lines, k, end, fence, note)
            if block:
                blocks.append(_placed(block, follows=alone))
            k, note, alone = end, None, True
        elif said:
            note = _note(said, k + 1)
        else:
            _require_no_code(lines, k)
            alone = alone and not lines[k].strip()
            hidden = _is_hidden(lines[k], hidden)
        k += 1
    if note:
        raise ValueError(f"line {k}: this note belongs on the line before a block")
    return blocks


def _require_no_code(lines: list[str], k: int) -> None:
    """Refuse code that stands outside the blocks: it would never be run."""
    after_empty = k == 0 or not lines[k - 1].strip()
    if STRAY.search(lines[k]) or HTML_CODE.search(lines[k]):
        raise ValueError(f"line {k + 1}: code stands in a block whose fence is alone on its line")
    if after_empty and INDENTED.match(lines[k]):
        raise ValueError(f"line {k + 1}: indented like code, which stands in a block with a fence")


def _is_hidden(line: str, hidden: bool) -> bool:
    """Say whether a comment is open at the end of a line."""
    return line.rfind("<!--") > line.rfind("-->") or (hidden and "-->" not in line)


def _closing(lines: list[str], start: int, fence: re.Match[str]) -> int:
    """Find the line that closes a fence: at least as many ticks and nothing else."""
    for k in range(start + 1, len(lines)):
        words = lines[k].strip()
        if words.startswith(fence["ticks"]) and not words.strip(fence["ticks"][0]):
            return k
    raise ValueError(f"line {start + 1}: this block is never closed")


def _block(
    lines: list[str], start: int, end: int, fence: re.Match[str], note: dict[str, str] | None
) -> Block | None:
    language = fence["language"]
    if language in DIRECTIVES:
        if DIRECTIVE.search("\n".join(lines[start + 1 : end])):
            raise ValueError(f"line {start + 1}: a block for Sphinx lists names, and holds no code")
        return None
    if fence["ticks"][0] == "~" or language not in LANGUAGES:
        raise ValueError(
            f"line {start + 1}: a block begins with ``` and one of {', '.join(sorted(LANGUAGES))}; "
            f"found {fence.string.strip()!r}"
        )
    depth = len(fence["indent"])
    inside = [line[depth:] if not line[:depth].strip() else line for line in lines[start + 1 : end]]
    text = "".join(f"{line}\n" for line in inside)
    return Block(language, text, start + 2, **(note or {}))


def _placed(block: Block, *, follows: bool) -> Block:
    return Block(block.language, block.text, block.line, block.file, block.reason, follows)


def _note(said: re.Match[str], line: int) -> dict[str, str]:
    words = said["rest"].strip()
    if not words:
        raise ValueError(f"line {line}: `{said['word']}:` needs a {said['word']} name or a reason")
    if said["word"] == "not run":
        return {"reason": words}
    if words.startswith("/") or ".." in words.split("/"):
        raise ValueError(f"line {line}: {words} would be saved outside the folder of the page")
    return {"file": words}
