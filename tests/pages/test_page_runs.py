"""Running a page: what is done in which order, and what counts as wrong."""

from __future__ import annotations

import pytest
from page_blocks import read_blocks
from page_named import unknown_names
from page_runs import run_page
from page_steps import steps_of

RIGHT = """\
<!-- file: deep/a.csv -->
```csv
a,b
1,2
```

```python
from pathlib import Path
text = Path("deep/a.csv").read_text()
```

```python
print(text, end="")
```

```text
a,b
1,2
```

```console
$ cat deep/a.csv \\
    | tail -n 1
1,2
$ echo two > b.txt; echo shown >&2
shown
$ test -d data && exit 3
(exit 3)
```

<!-- not run: it ends the world -->
```python
raise SystemExit
```
"""


def test_a_page_that_keeps_its_word(tmp_path):
    assert run_page(RIGHT, tmp_path) == []
    assert (tmp_path / "b.txt").read_text() == "two\n"
    assert (tmp_path / "data").is_symlink()


WRONG = {
    "another number": ("```python\nprint(2)\n```\n```text\n1\n```\n", "line 2 shows\n1\n"),
    "an exception": ("\n```python\nx = 1\n1 / 0\n```\n", 'File "page", line 4'),
    "an exit": ("```python\nraise SystemExit\n```\n", "SystemExit"),
    "no syntax": ("```python\nx =\n```\n", "SyntaxError"),
    "a warning": ("```python\nimport warnings\nwarnings.warn('old')\n```\n", "UserWarning: old"),
    "a failing command": ("```console\n$ false\n```\n", "line 2: exit 1, not 0"),
    "a failing pipe": ("```console\n$ false | cat\n```\n", "line 2: exit 1, not 0"),
    "no failure": ("```console\n$ true\n(exit 1)\n```\n", "line 2: exit 0, not 1"),
    "another output": ("```console\n$ echo 2\n1\n$ echo 3\n```\n", "line 2 shows\n1\n"),
    "an unknown program": ("```console\n$ retrostat new\n```\n", "retrostat: command not found"),
    "an end too early": (
        "```python\nimport os\nos.write(1, b'[]')\nos._exit(0)\n```\n",
        "the page ended after 0 of 1 steps",
    ),
    "a missing line": ("```console\n$ printf 'a\\nb\\n'\na\n```\n", "line 2 shows"),
}


@pytest.mark.parametrize("page", WRONG)
def test_a_page_that_does_not(page, tmp_path):
    text, told = WRONG[page]
    [words] = run_page(text, tmp_path)
    assert told in words


def test_blanks_at_the_ends_of_lines_do_not_count(tmp_path):
    page = "```python\nprint('a  ')\nprint()\nprint('b')\n```\n\n```text\na\n\nb\n```\n"
    assert run_page(page, tmp_path) == []


def test_text_with_a_note_is_no_output(tmp_path):
    page = "```python\nprint(1)\n```\n<!-- not run: a form -->\n```text\n<a number>\n```\n"
    assert run_page(page, tmp_path) == []


UNREADABLE = {
    "output without a command": ("```console\nretrostats\n```\n", "line 2: a console block"),
    "empty": ("```console\n```\n", "line 2: a console block"),
    "output below words": ("```python\n1\n```\nWords\n```text\n1\n```\n", "line 6: output of Py"),
    "output below a comment": (
        "```python\n1\n```\n<!-- a -->\n```text\n1\n```\n",
        "line 6: output of Python stands",
    ),
    "output as JSON": ("```python\n1\n```\n```json\n1\n```\n", "line 5: output of Python stands"),
    "output of a command": ("```console\n$ a\n```\n\n```text\n1\n```\n", "line 6: output of"),
    "not TOML": ("```toml\na = \n```\n", "line 2: not TOML"),
    "ragged": ("```csv\na,b\n1\n```\n", "line 3: not as many cells"),
}


@pytest.mark.parametrize("page", UNREADABLE)
def test_a_block_that_cannot_be_read(page):
    text, told = UNREADABLE[page]
    with pytest.raises(ValueError, match=told):
        steps_of(read_blocks(text))


UNKNOWN = {
    "make tset": ["line 3: make tset"],
    "make test": [],
    "retrostats analyze x.csv": ["line 3: retrostats analyze"],
    "retrostats analyse x.csv --plan p --pln q": ["line 3: retrostats analyse --pln"],
    "retrostats new plan --codebook c && make nothing": ["line 3: make nothing"],
    "retrostats new plans": ["line 3: retrostats new plans"],
    "cat a | retrostats reproduce --help": [],
}


@pytest.mark.parametrize("command", UNKNOWN)
def test_what_a_block_that_is_not_run_names_must_exist(command):
    page = f"<!-- not run: slow -->\n```console\n$ {command}\n```\n"
    assert unknown_names(read_blocks(page)) == UNKNOWN[command]


def test_commands_shown_as_text_must_exist():
    page = "```text\nretrostats check a.csv --code b    what is wrong\nretrostats prints\n```\n"
    assert unknown_names(read_blocks(page)) == [
        "line 2: retrostats check --code",
        "line 3: retrostats prints",
    ]
