"""The page as a browser reads it, and the files beside it."""

import base64
import json
import re
from html.parser import HTMLParser

import pytest

from retrostats.integrity.verdicts import Reproduction
from retrostats.report import reproduction as module
from retrostats.report.reproduction import provenance, write_reproduction

from .conftest import SCRIPT, row, trial

FILES = [
    "reproduction.html",
    "reproduction.json",
    "reproduction.csv",
    "forest.svg",
    "forest.pdf",
    "forest.png",
]


class Page(HTMLParser):
    """Tags with their attributes, and the text outside scripts and styles."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.words, self._code = [], [], 0
        self.feed(text)
        self.text = " ".join("".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._code += tag in {"script", "style"}

    def handle_endtag(self, tag):
        self._code -= tag in {"script", "style"}

    def handle_data(self, data):
        if not self._code:
            self.words.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def written(tmp_path_factory, reproductions, claims):
    folder = tmp_path_factory.mktemp("report") / "out"
    origin = provenance(reproductions, "c" * 64)
    write_reproduction(reproductions, claims, folder, generated_from=origin)
    return folder


@pytest.fixture(scope="module")
def html(written):
    return (written / "reproduction.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def test_the_files_are_named_and_repeat_to_the_byte(tmp_path, reproductions, claims):
    first, second = (
        write_reproduction(
            reproductions, claims, tmp_path / name, generated_from=provenance(reproductions, None)
        )
        for name in ("first", "second")
    )
    assert [path.name for path in first] == FILES
    assert sorted(path.name for path in (tmp_path / "first").iterdir()) == sorted(FILES)
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name


def test_the_text_of_the_data_never_runs(html, page):
    assert SCRIPT not in html
    assert len(page.all("script")) == 1
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 5
    for where in ("forward", "gait", "Nobody", "Retro walking eases pain"):
        assert f"{where} {SCRIPT}" in page.text


def test_nothing_is_loaded_from_anywhere(html, page):
    addresses = [
        (tag, name, value)
        for tag, attributes in page.tags
        for name, value in attributes.items()
        if name in {"src", "href", "srcset", "action", "poster", "data", "style"}
    ]
    links = [value for tag, name, value in addresses if (tag, name) == ("a", "href")]
    assert {value for tag, _, value in addresses if tag != "a"} == {
        "data:,",
        next(image["src"] for image in page.all("img")),
    }
    assert [link for link in links if not link.startswith("#")] == [
        "https://doi.org/10.1000/j.walk.2020",  # in the section of the study
        "https://doi.org/10.1000/j.walk.2020",  # under "How to cite"
    ]
    assert not re.search(r"@import|url\(|fetch\(|XMLHttpRequest|import\(", html)
    policy = next(m["content"] for m in page.all("meta") if "http-equiv" in m)
    assert policy.startswith("default-src 'none'; img-src data:;")


def test_every_link_within_the_page_leads_somewhere(page):
    places = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(places) == len(set(places))
    inner = [a["href"][1:] for a in page.all("a") if a["href"].startswith("#")]
    assert inner
    assert set(inner) <= set(places)


def test_every_table_can_be_sorted_with_the_keyboard(html, page):
    tables = re.findall(r"<table.*?</table>", html, flags=re.DOTALL)
    assert len(tables) == len(page.all("table")) == 7
    for table in tables:
        head = re.search(r"<thead.*?</thead>", table, flags=re.DOTALL)[0]
        assert head.count('scope="col"') == head.count('<button type="button" disabled>') > 1
        assert table.count("<caption>") == 1


def test_numbers_sort_as_numbers(html):
    assert re.search(r'data-title="Printed" data-number="-38.7" class="number">-38.7<', html)
    assert re.search(r'data-title="Recomputed" data-number="0.035" class="number">0.035 to', html)


def test_the_answer_has_the_counts(page):
    assert (
        "2 publications were read. Of 5 numbers that another printed number can confirm or "
        "contradict: 1 reproduced; "
        "1 more by some tests that the paper's words allow, and not by others; 1 contradicted by "
        "the figures printed beside them; 1 inconsistent with the rest of their own table; "
        "1 not recomputable because a number that is needed is not among the figures entered. "
        "Besides: 1 derived, not "
        "printed in the papers and computed from what is. "
        "Of 2 claims: 1 supported, 1 not checkable."
    ) in page.text


def test_what_stands_out_links_to_its_row(html):
    section = html[html.index('id="outstanding"') : html.index('id="claims"')]
    assert re.findall(r'href="#([^"]+)"', section) == [
        "study-smith2020-row-2",
        "study-smith2020-row-5",
    ]


def test_the_claims_show_each_figure_and_what_it_says(page):
    for words in (
        "supported Retro walking eases pain",
        "Compared with smith2020, missing2021.",
        "for decides A significant difference in the claimed direction; one trial",
        "No printed figure speaks to this claim.",
    ):
        assert words in page.text, words


def test_the_kind_is_always_shown_and_inferred_is_marked(html):
    cells = re.findall(r'data-title="Kind">(.*?)</td>', html)
    assert len(cells) == 13
    assert '<span class="tag inferred">inferred</span>' in cells
    assert set(cells) == {"printed", '<span class="tag inferred">inferred</span>'}


def test_a_study_with_nothing_to_compare_says_so(html):
    assert html.count("Nothing to compare:") == 1
    assert html.index("Nothing to compare:") > html.index('id="study-empty"')


def test_the_figure_of_the_page_is_the_file_beside_it(written, page):
    (image,) = page.all("img")
    head, _, coded = image["src"].partition(",")
    assert head == "data:image/svg+xml;base64"
    assert base64.b64decode(coded) == (written / "forest.svg").read_bytes()
    assert image["alt"].startswith("Forest plot of One standardised difference")


def test_no_date_stands_anywhere(written):
    for name in ("reproduction.html", "reproduction.json", "forest.svg"):
        text = (written / name).read_text(encoding="utf-8")
        assert not re.search(r"\b20\d\d-\d\d-\d\d\b|generated (on|at)", text, flags=re.I), name


def test_the_sources_are_in_the_json_and_short_on_the_page(written, page):
    sources = json.loads((written / "reproduction.json").read_text())["generated_from"]
    assert sources["trials"]["smith2020"] == {"trial.toml": "a" * 64, "values.csv": "b" * 64}
    assert sorted(sources["versions"]) == ["numpy", "retrostats", "scipy"]
    assert sources["claims.toml"] == "c" * 64
    assert "a" * 12 in page.text
    assert "a" * 13 not in page.text


def test_an_error_at_the_end_leaves_everything_as_it_was(
    tmp_path, reproductions, claims, monkeypatch
):
    (tmp_path / "reproduction.csv").write_text("old")

    def fail(*_args, **_options):
        raise RuntimeError("no page")

    monkeypatch.setattr(module, "render", fail)
    with pytest.raises(RuntimeError, match="no page"):
        write_reproduction(reproductions, claims, tmp_path, generated_from={})
    assert [path.name for path in tmp_path.iterdir()] == ["reproduction.csv"]
    assert (tmp_path / "reproduction.csv").read_text() == "old"


def test_without_effects_and_claims_there_is_a_page_and_no_old_figure(tmp_path):
    (tmp_path / "forest.png").write_text("old")
    one = Reproduction(trial=trial(), rows=(row(),))
    written = write_reproduction([one], (), tmp_path, generated_from={})
    assert [path.name for path in written] == FILES[:3]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES[:3])
    page = Page((tmp_path / "reproduction.html").read_text())
    assert not page.all("img")
    assert "No number is contradicted, and every printed figure fits its own table." in page.text


@pytest.mark.parametrize(
    ("count", "message"), [(0, "no study to report"), (2, "'smith2020' stands twice")]
)
def test_studies_must_be_there_and_distinct(tmp_path, count, message):
    one = Reproduction(trial=trial(), rows=(row(),))
    with pytest.raises(ValueError, match=message):
        write_reproduction([one] * count, (), tmp_path / "out", generated_from={})
    assert list(tmp_path.iterdir()) == []
