"""What a user does in JupyterLab, and what the page then shows."""

from __future__ import annotations

import json
import time

from .devtools import Page, wait_for

#: Nothing turns round any more, and the kernel has nothing to do.
READY = """document.querySelector('.jp-Dialog, .jp-Spinner') === null
    && document.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status === 'idle'"""
#: The server has a kernel that is ready, and the page is connected to it. (The sign on the page
#: says "idle" before there is any.)
CONNECTED = """fetch('/api/kernels').then(answer => answer.json()).then(all => all.length === 1
    && all[0].execution_state === 'idle' && all[0].connections === 1)"""
#: The number of each code cell: empty before it has run, a star while it runs.
PROMPTS = """[...document.querySelectorAll('.jp-Notebook .jp-CodeCell .jp-InputArea-prompt')]
    .map(one => one.textContent.trim())"""
ERRORS = """[...document.querySelectorAll(
    '[data-mime-type="application/vnd.jupyter.error"], '
    + '[data-mime-type="application/vnd.jupyter.stderr"]')].map(one => one.textContent)"""
TABLES = """[...document.querySelectorAll('.jp-OutputArea-output table')]
    .map(one => one.textContent)"""
IMAGES = """[...document.querySelectorAll('.jp-OutputArea-output img')]
    .map(one => [one.naturalWidth, one.alt])"""
#: What JupyterLab says or asks in a corner of the page, such as whether it may fetch news.
NOTICES = """[...document.querySelectorAll('.Toastify__toast')].map(one => one.textContent)"""
#: Of the notebook with all of its cells, in pixels.
HEIGHT = "document.querySelector('.jp-WindowedPanel-outer').scrollHeight"
#: Seconds until a page of another size is laid out.
SETTLED = 0.4
#: Tables that reach out of the box of their output, and boxes that make the notebook scroll.
ESCAPED = """(() => {
    const scrolls = box => ['auto', 'scroll'].includes(getComputedStyle(box).overflowX);
    const wide = [];
    for (const table of document.querySelectorAll('.jp-OutputArea-output table')) {
        const output = table.closest('.jp-OutputArea-output');
        const edge = output.getBoundingClientRect().right + 1;
        let box = table;
        while (box !== output && !scrolls(box)) box = box.parentElement;
        if (box.getBoundingClientRect().right > edge || (box === output && !scrolls(box)
            && table.getBoundingClientRect().right > edge))
            wide.push(table.textContent.slice(0, 80));
    }
    for (const box of document.querySelectorAll('.jp-WindowedPanel-outer'))
        if (box.scrollWidth > box.clientWidth + 1) wide.push('the notebook itself');
    return wide;
})()"""
#: How many tables are wider than the box in which they scroll.
SCROLLING = """[...document.querySelectorAll('.jp-OutputArea-output *')].filter(box =>
    ['auto', 'scroll'].includes(getComputedStyle(box).overflowX)
    && box.scrollWidth > box.clientWidth && box.querySelector('table')).length"""


def open_notebook(page: Page, address: str) -> None:
    """Go to a notebook and wait until its kernel is ready."""
    page.call("Page.navigate", url=address)
    wait_for(lambda: page.run(PROMPTS), "the notebook")
    wait_for(lambda: page.run(CONNECTED) and page.run(READY), "its kernel")


def run_all_cells(page: Page) -> list[str]:
    """Run all cells by the menu, wait until they are done, and return their numbers."""
    page.click("#jp-MainMenu .lm-MenuBar-itemLabel", "Run")
    page.click(".lm-Menu-itemLabel", "Run All Cells")
    try:
        return wait_for(lambda: _done(page), "the end of all cells")
    except AssertionError as error:
        error.add_note(f"numbers of the cells: {page.run(PROMPTS)}")
        raise


def _done(page: Page) -> list[str]:
    prompts = page.run(PROMPTS)
    finished = all(prompt.strip("[]:").isdigit() for prompt in prompts)
    return prompts if (finished and page.run(READY)) or page.run(ERRORS) else []


def use_theme(page: Page, name: str) -> None:
    """Choose a theme by the menu of the settings."""
    page.click("#jp-MainMenu .lm-MenuBar-itemLabel", "Settings")
    page.click(".lm-Menu-itemLabel", "Theme")
    page.click(".lm-Menu-itemLabel", name)
    is_there = f"document.body.dataset.jpThemeName === {json.dumps(name)}"
    wait_for(lambda: page.run(is_there), f"the theme {name}")


def show_all(page: Page, width: int, highest: int) -> None:
    """Make the window as high as the notebook, and go to its beginning."""
    page.resize(width, 900)
    time.sleep(SETTLED)
    page.resize(width, min(int(page.run(HEIGHT)) + 150, highest))
    time.sleep(SETTLED)
    page.run("document.querySelector('.jp-WindowedPanel-outer').scrollTo(0, 0)")
    time.sleep(SETTLED)
