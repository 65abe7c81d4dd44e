"""Reading the blocks of a page: nothing slips out of the tests by a slip of the pen."""

from __future__ import annotations

import pytest
from page_blocks import read_blocks

PAGE = """\
# A page

```python
print(1)
```

```text
1
```

Words.

```text
apart
```

1. In a list:

   <!-- file: in/a.csv -->
   ```csv
   a,b
     1,2
   ```

<!-- not run: it opens a browser -->
```console
$ retrostats lab
```

````markdown
```python
```
````

```{eval-rst}
.. autosummary::
```
"""


def test_the_blocks_of_a_page_in_order():
    blocks = read_blocks(PAGE)
    assert [block.language for block in blocks] == [
        "python", "text", "text", "csv", "console", "markdown",
    ]  # fmt: skip
    assert [block.follows for block in blocks] == [False, True, False, False, True, True]
    assert [block.line for block in blocks] == [4, 8, 14, 21, 27, 31]
    python, text, _, csv, console, nested = blocks
    assert (python.text, text.text) == ("print(1)\n", "1\n")
    assert (csv.file, csv.text) == ("in/a.csv", "a,b\n  1,2\n")
    assert console.reason == "it opens a browser"
    assert nested.text == "```python\n```\n"


FAULTS = {
    "never closed": ("```python\nprint(1)\n", "line 1: this block is never closed"),
    "closed by fewer ticks": ("````text\n```\n", "line 1: this block is never closed"),
    "closed by words": ("```text\n``` text\n", "line 1: this block is never closed"),
    "misspelt language": ("\n```pyhton\n```\n", "line 2: a block begins with.*'```pyhton'"),
    "no language": ("```\n```\n", "line 1: a block begins with"),
    "options": ("```python copy\n```\n", "line 1: a block begins with"),
    "tildes": ("~~~python\n~~~\n", "line 1: a block begins with"),
    "no reason": ("<!-- not run: -->\n```text\n```\n", "line 1: `not run:` needs a"),
    "no name": ("<!-- file: -->\n```csv\n```\n", "line 1: `file:` needs a file name"),
    "outside": ("<!-- file: ../a.csv -->\n```csv\n```\n", "line 1: ../a.csv would be saved"),
    "absolute": ("<!-- file: /a.csv -->\n```csv\n```\n", "line 1: /a.csv would be saved"),
    "note apart": ("<!-- file: a.csv -->\n\n```csv\n```\n", "line 1: this note belongs"),
    "behind a tab": ("- a\n\n\t```python\n\t1\n\t```\n", "line 3: code stands in a block"),
    "quoted": ("> ```python\n> 1\n> ```\n", "line 1: code stands in a block"),
    "behind a dot": ("- ```python\n  1\n  ```\n", "line 1: code stands in a block"),
    "ticks after the language": ("```python `x`\n1\n```\n", "line 1: code stands in a block"),
    "indented": ("So:\n\n    1 / 0\n", "line 3: indented like code"),
    "indented by a tab": ("So:\n\n\t1 / 0\n", "line 3: indented like code"),
    "HTML": ("<pre><code>1 / 0</code></pre>\n", "line 1: code stands in a block"),
    "in a comment": ("<!-- a\n```python\n1\n```\n-->\n", "line 2: a block in a comment"),
    "in a later comment": ("<!-- a --> <!--\nb\n```text\n```\n", "line 3: a block in a comment"),
    "code for Sphinx": (
        "```{eval-rst}\n.. code-block:: python\n\n   1\n```\n",
        "line 1: a block for Sphinx",
    ),
    "doctest for Sphinx": ("```{eval-rst}\n>>> 1\n2\n```\n", "line 1: a block for Sphinx"),
    "note at the end": ("<!-- not run: x -->", "line 1: this note belongs"),
}


@pytest.mark.parametrize("page", FAULTS)
def test_a_fault_of_a_page_is_told_with_its_line(page):
    text, told = FAULTS[page]
    with pytest.raises(ValueError, match=told):
        read_blocks(text)
