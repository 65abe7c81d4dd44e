"""Every page keeps its word: its code runs and prints what is shown, its links lead somewhere."""

from __future__ import annotations

import re
import tomllib

import pytest
from page_blocks import read_blocks
from page_named import unknown_names
from page_runs import ROOT, run_page

#: Its code draws pictures, which `test_gallery` compares.
GALLERY = ROOT / "docs" / "gallery.md"
BUILT = ROOT / "docs" / "_build"
OF_THE_DOCS = [p for p in sorted((ROOT / "docs").rglob("*.md")) if BUILT not in p.parents]
#: Files elsewhere that readers of the documentation see as pages.
SHOWN = re.compile(r"<!-- stands for: (\S+) -->")
STOOD_FOR = [
    (page.parent / name).resolve()
    for page in OF_THE_DOCS
    for name in SHOWN.findall(page.read_text("utf-8"))
]
PAGES = [ROOT / "README.md", *STOOD_FOR, *OF_THE_DOCS]
ELSEWHERE = {".venv", "node_modules", "_build", "reports"}
WITH_LINKS = sorted(page for page in ROOT.glob("**/*.md") if not ELSEWHERE & set(page.parts))
#: A link of Markdown, outside code.
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")


def name_of(page):
    return str(page.relative_to(ROOT))


#: A page whose blocks cannot be read stays in, and fails.
WITH_CODE = [page for page in PAGES if page != GALLERY and "```" in page.read_text("utf-8")]


#: Their blocks write whole reports, run notebooks or take seconds; `make test-whole` runs them.
LONG = {
    "README.md",
    "data/README.md",
    "docs/data-format.md",
    "docs/figures.md",
    "docs/for-users-of/jamovi.md",
    "docs/for-users-of/spss.md",
    "docs/how-to/add-a-published-trial.md",
    "docs/how-to/cite.md",
    "docs/how-to/figure-at-journal-width.md",
    "docs/how-to/from-redcap-to-a-report.md",
    "docs/how-to/plan-the-next-trial.md",
    "docs/how-to/pool-a-table-of-trials.md",
    "docs/how-to/rerun-a-notebook-on-your-file.md",
    "docs/how-to/test-what-missing-data-assume.md",
    "docs/meta.md",
    "docs/methods/analysing.md",
    "docs/methods/individual-change.md",
    "docs/methods/power-by-simulation.md",
    "docs/methods/rank-effects.md",
    "docs/methods/tipping-point.md",
    "docs/notebooks.md",
    "docs/power.md",
    "docs/report.md",
    "docs/tables.md",
    "docs/tutorial.md",
}


def test_the_long_pages_are_there():
    assert set(map(name_of, WITH_CODE)) >= LONG


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, marks=pytest.mark.whole if name_of(page) in LONG else ())
        for page in WITH_CODE
    ],
    ids=name_of,
)
def test_the_blocks_of_a_page_do_what_it_shows(page, tmp_path):
    wrong = run_page(page.read_text(encoding="utf-8"), tmp_path)
    assert not wrong, "\n\n".join([name_of(page), *wrong])


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_that_a_page_names_exist(page):
    blocks = read_blocks(page.read_text(encoding="utf-8"))
    assert unknown_names(blocks) == []


def test_the_first_screen_has_about_ten_lines_of_python():
    blocks = read_blocks((ROOT / "README.md").read_text(encoding="utf-8"))
    first = next(block for block in blocks if block.language == "python")
    assert 8 <= len([line for line in first.text.splitlines() if line.strip()]) <= 12


@pytest.mark.parametrize("page", WITH_LINKS, ids=name_of)
def test_links_to_files_lead_somewhere(page):
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    files = [target for target in targets if "://" not in target]
    assert [target for target in files if not (page.parent / target).exists()] == []


def test_no_page_is_left_out():
    assert len(PAGES) >= 30
    assert {"CONTRIBUTING.md", "data/README.md"} <= set(map(name_of, PAGES))
    assert tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["readme"] in [
        name_of(page) for page in PAGES
    ]
