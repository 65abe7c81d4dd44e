"""The README keeps its word: its Python prints what it shows, and its links lead somewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted(
    path for path in ROOT.glob("**/*.md") if not {".venv", "node_modules"} & set(path.parts)
)


def block(language):
    return re.search(rf"```{language}\n(.*?)```", README, re.S)[1]


def test_the_python_of_the_readme_prints_what_it_shows():
    done = subprocess.run(
        [sys.executable, "-c", block("python")], capture_output=True, text=True, check=True
    )
    assert done.stdout == block("text")


def test_the_first_screen_has_about_ten_lines_of_python():
    lines = [line for line in block("python").splitlines() if line.strip()]
    assert 8 <= len(lines) <= 12


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_to_files_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text)
    files = [target for target in targets if "://" not in target]
    assert [target for target in files if not (page.parent / target).exists()] == []
