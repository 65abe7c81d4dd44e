"""The README keeps its word: its Python prints what it shows, and its links lead somewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    path for path in ROOT.glob("**/*.md") if not {".venv", "node_modules"} & set(path.parts)
)


METHODS = sorted((ROOT / "docs" / "methods").glob("*.md"))
#: Pages with code; that of the gallery is run by `test_gallery`.
PROGRAMS = [ROOT / "README.md", *METHODS, ROOT / "docs" / "figures.md", ROOT / "docs" / "tables.md"]

#: Stands between the outputs of the blocks of a page, which share their names.
MARK = "-- next block --"


def blocks(page):
    """Python of a page, each with the text that is shown below it, or None."""
    found = re.findall(r"```(python|text)\n(.*?)```", page.read_text(encoding="utf-8"), re.S)
    code = [k for k, (language, _) in enumerate(found) if language == "python"]
    after = [found[k + 1] if k + 1 < len(found) else ("", "") for k in code]
    shown = [text if language == "text" else None for language, text in after]
    return [(found[k][1], text) for k, text in zip(code, shown, strict=True)]


@pytest.mark.parametrize("page", PROGRAMS, ids=lambda page: page.name)
def test_the_python_of_a_page_prints_what_it_shows(page, tmp_path):
    # A page speaks of files from the top of the project; what it writes stays out of there.
    for entry in ("data", "docs", "tests"):
        (tmp_path / entry).symlink_to(ROOT / entry)
    pairs = blocks(page)
    program = f"print({MARK!r})\n".join(code for code, _ in pairs)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    printed = done.stdout.split(f"{MARK}\n")
    for output, (_, text) in zip(printed, pairs or [("", "")], strict=True):
        assert text is None or output == text


def test_the_first_screen_has_about_ten_lines_of_python():
    lines = [line for line in blocks(ROOT / "README.md")[0][0].splitlines() if line.strip()]
    assert 8 <= len(lines) <= 12


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_to_files_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text)
    files = [target for target in targets if "://" not in target]
    assert [target for target in files if not (page.parent / target).exists()] == []
