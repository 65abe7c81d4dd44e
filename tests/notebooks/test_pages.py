"""The pages: what they show, and that they fetch and run nothing."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from nbformat import from_dict

from retrostats.notebooks.catalogue import Script, find_notebooks
from retrostats.notebooks.pages import as_index, as_page, entry
from retrostats.notebooks.percent import as_notebook

WORDS = """\
# %% [markdown]
# # Pain & *function*
#
# What `x < y` means,
# in brief.
#
# Further.

# %% [markdown]
# ## Content
#
# | a | b |
# | - | - |
# | 1 | 2 |
#
# ### Below
#
# ## Content

# %%
pain = 1 < 2  # "<script>"
"""
#: Without its pictures a page is smaller than this, in bytes: it is read over slow lines.
LARGEST = 100_000
VOID = {"meta", "link", "img", "br", "hr", "input", "col", "wbr"}


class Page(HTMLParser):
    """The elements of a page, the addresses in it, and what is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None], tuple[str, ...]]] = []
        self.open: list[str] = []
        self.words = ""
        self.wrong: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), tuple(self.open)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in VOID or not self.open or self.open.pop() != tag:
            self.wrong.append(f"{tag} at {self.getpos()}")

    def handle_data(self, data):
        if self.open[-1:] != ["style"]:
            self.words += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs, _ in self.elements if name == tag]


def output(**data: object) -> dict[str, object]:
    metadata = data.pop("metadata", {})
    return {"output_type": "display_data", "metadata": metadata, "data": data}


def page(*outputs: dict[str, object]) -> Page:
    notebook = as_notebook(Script("01_pain", WORDS))
    notebook.cells[2].execution_count = 1
    notebook.cells[2].outputs = [from_dict(each) for each in outputs]
    return Page(as_page(notebook, "01_pain"))


def test_a_page_has_title_language_and_contents_and_fetches_nothing():
    made = page()
    assert (made.wrong, made.open) == ([], [])
    assert made.all("html") == [{"lang": "en-GB"}]
    assert "Pain & function" in made.words
    assert made.all("nav") == [{"aria-label": "Contents"}]
    links = [attrs["href"] for attrs in made.all("a")]
    assert links == ["#content", "#content-2", "#content-3"]
    ids = [attrs["id"] for _, attrs, _ in made.elements if attrs.get("id")]
    assert len(ids) == len(set(ids))
    assert {"content", "content-2", "content-3", "below", "cell-03"} <= set(ids)
    (policy,) = (a["content"] for a in made.all("meta") if a.get("http-equiv"))
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'unsafe-inline'")
    assert made.all("script") == []
    assert [a["href"] for a in made.all("link")] == ["data:,"]


def test_code_is_escaped_and_words_keep_their_tables_in_a_box():
    made = page()
    assert 'pain = 1 < 2  # "<script>"' in made.words
    (inside,) = (above for tag, _, above in made.elements if tag == "table")
    position = [tag for tag, attrs, _ in made.elements if attrs.get("class") == "scroll"]
    assert (position, inside[-1]) == (["div"], "div")


def test_each_output_is_shown_in_its_best_form():
    made = page(
        output(**{"text/plain": "plain one", "text/html": "<p>rich <b>one</b></p>"}),
        output(**{"text/plain": "<b>plain</b> two"}),
        {"output_type": "stream", "name": "stdout", "text": "printed <i>\x1b[1mthree\x1b[0m"},
        output(**{"text/plain": "4", "text/markdown": "**four**"}),
        output(**{"text/plain": "s" * 121}),
        output(**{"application/x-unknown": "five"}),
    )
    assert made.wrong == []
    assert "rich one" in made.words
    assert "plain one" not in made.words
    assert "<b>plain</b> two" in made.words
    assert "printed <i>three" in made.words
    assert "four" in made.words
    assert "five" not in made.words
    assert [a for a in made.all("pre") if a.get("class") == "prose"] == [{"class": "prose"}]


@pytest.mark.parametrize(
    ("plain", "metadata", "alt"),
    [
        ("A dot", {"image/png": {"alt": 'A "dot" & more', "width": 30}}, 'A "dot" & more'),
        ("A dot", {}, "A dot"),
        ("<Axes: >", {}, "Figure"),
    ],
)
def test_a_picture_is_embedded_with_words_in_its_place(plain, metadata, alt):
    data = {"text/plain": plain, "image/png": "aGVs\nbG8=\n", "metadata": metadata}
    (image,) = page(output(**data)).all("img")
    assert image["src"] == "data:image/png;base64,aGVsbG8="
    assert image["alt"] == alt
    assert image.get("width") == ("30" if metadata else None)


@pytest.mark.parametrize(("width", "wide"), [(340, False), (680, True), (None, False)])
def test_a_picture_wider_than_a_small_screen_says_so(width, wide):
    metadata = {"image/png": {"width": width}} if width else {}
    made = page(output(**{"text/plain": "A", "image/png": "aGk=", "metadata": metadata}))
    (box,) = [each for each in made.all("div") if "picture" in (each.get("class") or "")]
    assert ("wide" in box["class"].split()) is wide


def test_the_list_of_notebooks_links_each_with_its_title_and_first_paragraph():
    made = Page(as_index([entry(as_notebook(Script("07_x", WORDS)), "07_x")]))
    assert made.wrong == []
    assert [a["href"] for a in made.all("a")] == ["07_x.html", "07_x.ipynb"]
    assert made.all("li") == [{"value": "7"}]
    assert "Pain & function" in made.words
    assert "What x < y means, in brief." in made.words
    assert "Further" not in made.words


@pytest.mark.parametrize("script", find_notebooks(), ids=lambda script: script.name)
def test_the_page_of_each_notebook_is_whole_and_small_before_it_has_outputs(script):
    text = as_page(as_notebook(script), script.name)
    made = Page(text)
    assert (made.wrong, made.open) == ([], [])
    assert len(text) < LARGEST / 2
    assert not re.search(r"""(?:src|url)\s*[=(]\s*["']?https?:""", text)
