"""How to cite: complete, once, and readable by the programs that keep references."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import accumulate
from pathlib import Path

import pytest

import retrostats as rs
from retrostats.instruments import Change, Instrument, InstrumentPaper
from retrostats.report.analysis.citing import citing_blocks
from retrostats.report.blocks import Heading, Listing, Paragraph
from retrostats.report.citation import HEADINGS
from retrostats.report.sources.citable import RECOMPUTED
from retrostats.report.sources.files import ascii_latex
from retrostats.report.sources.methods import METHODS
from retrostats.report.sources.reference import Reference

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "data" / "example_cohort"

#: Of one entry of BibTeX: its kind, its key, and its fields.
ENTRY = re.compile(r"@(article|misc)\{([a-z0-9-]+),\n((?:  \w+ = \{.*\},\n)+)\}\n")
FIELD = re.compile(r"  (\w+) = \{(.*)\},")


@pytest.fixture(scope="module")
def analysis():
    cohort = rs.read_cohort(EXAMPLE / "cohort.csv", EXAMPLE / "codebook.toml")
    return rs.analyse(cohort, rs.read_plan(EXAMPLE / "plan.toml"))


@pytest.fixture(scope="module")
def everything():
    trials = [rs.load_trial(name) for name in rs.list_trials()]
    return rs.cite(*trials, *rs.load_instruments().values())


def entries(text: str) -> dict[str, tuple[str, dict[str, str]]]:
    """Return kind and fields of each entry by its key; fail where anything else is in the text."""
    found = {m[2]: (m[1], dict(FIELD.findall(m[3]))) for m in ENTRY.finditer(text)}
    assert ENTRY.sub("", text).strip() == ""
    return found


def own(**changed) -> Instrument:
    plain = Instrument(
        id="steps", name="Steps", measures="activity", low=0, high=9e4, unit="steps",
        better="higher",
    )  # fmt: skip
    return replace(plain, **changed)


def test_nothing_gives_the_package_alone():
    citations = rs.cite()
    assert [r.kind for r in citations.references] == ["software"]
    assert f"version {rs.__version__}" in citations.references[0].text
    assert citations.notes == ()


def test_what_a_trial_is_cited_for():
    trial = rs.load_trial("gondhalekar2013")
    reproduction = rs.reproduce(trial)
    (reference,) = rs.cite(reproduction).of("trial")
    assert (reference.text, reference.doi) == (trial.citation, trial.doi)
    assert reference.used == (
        f"gondhalekar2013: {len(trial.figures)} figures as printed",
        f"gondhalekar2013: {len(reproduction.rows)} results of recomputing",
    )
    assert RECOMPUTED in rs.cite(reproduction).notes
    assert RECOMPUTED not in rs.cite(trial).notes


def test_a_source_comes_once_with_all_its_uses():
    trial = rs.load_trial("qiu2023")
    pain, sport = (rs.load_instruments()[name] for name in ("koos_pain", "koos_sport"))
    citations = rs.cite(trial, pain, rs.reproduce(trial), sport, pain)
    assert [r.key for r in citations.of("trial")] == ["qiu2023"]
    (paper,) = citations.of("instrument")
    assert paper.used == ("KOOS Pain", "KOOS Sport/Rec")
    assert len({(r.kind, r.text, r.address) for r in citations.references}) == len(
        citations.references
    )


def test_kinds_stand_in_one_order_and_things_in_theirs():
    nrs, trial = rs.load_instruments()["tug"], rs.load_trial("qiu2023")
    assert rs.cite(nrs, trial) == rs.cite(trial, nrs)
    kinds = [r.kind for r in rs.cite(nrs, trial).references]
    assert kinds == sorted(kinds, key=list(HEADINGS).index)


def test_two_trials_of_one_id_keep_two_keys():
    trial = rs.load_trial("qiu2023")
    other = replace(trial, citation="Another paper", doi="")
    keys = [r.key for r in rs.cite(trial, other).of("trial")]
    assert keys == ["qiu2023", "qiu2023-2"]


def test_an_analysis_cites_instruments_changes_methods_and_digests(analysis):
    citations = rs.cite(analysis)
    assert [r.key for r in citations.of("instrument")] == ["bellamy1988", "podsiadlo1991"]
    methods = [r.key for r in citations.of("method")]
    assert methods[:3] == ["mallinckrodt2008", "patterson1971", "kenward1997"]
    # The sensitivity analyses of the plan.
    assert {"vickers2001", "white2011"} <= set(methods)
    assert "giesbrecht1985" not in methods
    # The trial's own smallest worthwhile change of pain stands in place of the catalogue's.
    pain = [use for r in citations.of("change") for use in r.used if use.startswith("NRS")]
    assert pain[0] == "NRS 0-10: smallest worthwhile change of this trial 2 points"
    assert not any("MCID" in use for use in pain)
    assert analysis.plan.digest[:12] in citations.notes[0]
    assert citations.notes[1].startswith("No paper is on record for NRS 0-10; Quadriceps strength:")


def test_a_cohort_stands_for_its_instruments_without_methods(analysis):
    cohort = rs.cite(analysis.cohort)
    assert cohort.of("method") == ()
    assert cohort.of("instrument") == rs.cite(analysis.cohort.codebook).of("instrument")
    assert "plan" not in cohort.notes[0]


def test_an_instrument_without_any_source_says_so():
    citations = rs.cite(own(changes=(Change(kind="important", quantity="MCID", value=500),)))
    assert [r.kind for r in citations.references] == ["software"]
    assert citations.notes == ("No paper is on record for Steps: say how each was measured.",)


def test_an_instrument_of_a_codebook_has_its_own_paper(tmp_path):
    text = (EXAMPLE / "codebook.toml").read_text(encoding="utf-8")
    mine = '{ name = "Pain diary", unit = "points", better = "lower", low = 0, high = 10, '
    paper = 'paper = "Doe J. A diary. Pain 2020;1(2):3-4", doi = "10.1000/182" }'
    path = tmp_path / "codebook.toml"
    path.write_text(text.replace('instrument = "nrs"', f"instrument = {mine}{paper}", 1))
    (found, *_) = rs.cite(rs.read_codebook(path)).of("instrument")
    assert (found.key, found.line) == (
        "doe2020",
        "Doe J. A diary. Pain 2020;1(2):3-4. doi:10.1000/182",
    )
    path.write_text(path.read_text().replace("10.1000/182", "https://doi.org/10.1000/182"))
    with pytest.raises(rs.DataError, match=r"should begin with 10\."):
        rs.read_codebook(path)


@pytest.mark.parametrize("thing", ["qiu2023", None, 3, ("qiu2023",)])
def test_anything_else_is_refused_with_what_is_taken(thing):
    with pytest.raises(TypeError, match=f"cite: {type(thing).__name__} is nothing that can be"):
        rs.cite(thing)


def test_text_numbers_every_reference(everything):
    lines = str(everything).split("\n")
    numbered = [line for line in lines if re.match(r" {0,2}\d+\. ", line)]
    assert len(numbered) == len(everything.references)
    assert [line for line in lines if line in HEADINGS.values()] == [
        HEADINGS[kind] for kind in ("software", "trial", "instrument", "change")
    ]
    assert repr(everything) == str(everything)


class Tags(HTMLParser):
    """Collects the text, the links and the numbers of lists; fails where tags do not match."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.starts: list[int] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs) -> None:
        self.links += [value for name, value in attrs if name == "href"]
        self.starts += [int(value) for name, value in attrs if name == "start"]
        # Of style only what keeps a long address on a narrow page, and a link has it at most.
        style = dict(attrs).get("style")
        assert style is None or (tag, style) == ("a", "overflow-wrap:anywhere")
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_html_links_every_address_and_counts_on(everything):
    page = Tags()
    page.feed(everything._repr_html_())
    assert page.open == []
    assert page.links == [r.address for r in everything.references if r.address]
    sizes = [len(everything.of(kind)) for kind in HEADINGS if everything.of(kind)]
    assert page.starts == [1 + sum(sizes[:place]) for place in range(len(sizes))]
    assert (
        'style="overflow-wrap:anywhere">https://pubmed.ncbi.nlm.nih.gov/'
        in everything._repr_html_()
    )


def test_html_shows_hostile_text_as_text():
    paper = InstrumentPaper(text='<script>alert("1")</script> & co', doi="10.1000/<b>")
    html = rs.cite(own(name="<i>x</i>", paper=paper))._repr_html_()
    assert "<script" not in html
    assert "<i>" not in html
    assert 'href="https://doi.org/10.1000/%3Cb%3E"' in html


def test_bibtex_is_ascii_and_every_reference_has_its_entry(everything):
    text = everything.bibtex()
    assert text.isascii()
    found = entries(text)
    assert list(found) == [r.key for r in everything.references]
    for _, fields in found.values():
        assert "doi" not in fields or "url" not in fields
        for value in fields.values():
            bare = re.sub(r"\\[{}]", "", value)
            assert bare.count("{") == bare.count("}")


def test_bibtex_gives_an_address_where_there_is_no_doi(everything):
    found = entries(everything.bibtex())
    given = {key: fields["url"] for key, (_, fields) in found.items() if "url" in fields}
    assert given == {r.key: r.url for r in everything.references if r.url and not r.doi}
    assert given["pmc7990728"].startswith("https://pmc.ncbi.nlm.nih.gov/")


def test_bibtex_takes_a_complete_line_apart(everything):
    found = entries(everything.bibtex())
    kind, fields = found["podsiadlo1991"]
    assert kind == "article"
    assert fields == {
        "author": "Podsiadlo, D. and Richardson, S.",
        "title": "{The timed {``}Up \\& Go{''}: a test of basic functional mobility for frail "
        "elderly persons}",
        "journal": "J Am Geriatr Soc",
        "year": "1991",
        "volume": "39",
        "number": "2",
        "pages": "142--8",
        "doi": "10.1111/j.1532-5415.1991.tb01616.x",
    }
    assert found["perruccio2008"][1]["author"].endswith("Conaghan, P. G. and others")
    assert found["ats2002"][1]["author"].startswith("{ATS Committee on Proficiency")


def test_bibtex_keeps_an_incomplete_line_whole(everything):
    found = entries(everything.bibtex())
    kind, fields = found["drummen2023"]
    assert (kind, fields["note"]) == ("misc", "The whole line as on record")
    assert "author" not in fields
    articles = {key for key, (kind, _) in found.items() if kind == "article"}
    assert {"alghadir2019", "gondhalekar2013", "fransen2015", "zhang2025"} <= articles
    assert not articles & {"ard-physiotherapy", "qiu2023", "baby2022", "lin2025", "jpts2014"}


def test_words_in_brackets_are_no_title():
    line = "Doe J. {}. J Walk 2020;1:2-3"
    whole = Reference(key="x", kind="trial", text=line.format("A title"))
    ours = Reference(key="x", kind="trial", text=line.format("[A title in our words]"))
    assert whole.paper() is not None
    assert ours.paper() is None


def test_the_report_of_an_analysis_ends_with_the_same_references(analysis):
    blocks = citing_blocks(analysis)
    shown = [item for block in blocks if isinstance(block, Listing) for item in block.items]
    assert shown == list(rs.cite(analysis).lines())
    heads = [block.text for block in blocks if isinstance(block, Heading) and block.depth == 3]
    assert heads == [text for kind, text in HEADINGS.items() if kind != "trial"]
    (notes,) = [block.text for block in blocks if isinstance(block, Paragraph)]
    assert notes.endswith("No change that matters is on record for Quadriceps strength.")


def test_braces_and_commands_in_a_line_stay_text():
    paper = InstrumentPaper(text=r"A {b} \input{c} 100% $x$ Müller 步", doi="10.1000/a_b")
    _, (_, fields) = entries(rs.cite(own(paper=paper)).bibtex()).values()
    assert fields["title"] == (
        r"{A \textbraceleft{}b\textbraceright{} \textbackslash{}input\textbraceleft{}c"
        r"\textbraceright{} 100\% \$x\$ M{\"u}ller [U+6B65]}"
    )
    assert fields["doi"] == "10.1000/a_b"


@pytest.mark.parametrize("text", ["}}} a {{", "{", "}", r"\{", "a}, note = {b"])
def test_half_a_pair_of_braces_does_not_end_a_field(text):
    written = rs.cite(own(paper=InstrumentPaper(text=text))).bibtex()
    for line in written.splitlines()[1:]:
        inside = line.partition("{")[2].removesuffix("},")
        depths = list(accumulate((sign == "{") - (sign == "}") for sign in inside))
        assert not depths or (min(depths) >= 0 and depths[-1] == 0) or line.startswith("@")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Ångström", r"{\r{A}}ngstr{\"o}m"), ("Łódź", r"{\L}{\'o}d{\'z}"), ("çğ", r"{\c{c}}{\u{g}}")],
)
def test_accents_become_latex(text, expected):
    assert ascii_latex(text) == expected


def test_ris_opens_and_closes_every_reference(everything):
    lines = everything.ris().split("\n")
    assert sum(line.startswith("TY  - ") for line in lines) == len(everything.references)
    assert sum(line == "ER  - " for line in lines) == len(everything.references)
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*|", line) for line in lines)
    bellamy = lines[lines.index("ID  - bellamy1988") :]
    assert bellamy[bellamy.index("SP  - 1833") + 1] == "EP  - 1840"


def test_dois_of_methods_are_those_of_the_docstrings():
    text = "\n".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "retrostats").rglob("*.py")
        if "sources" not in path.parts
    )
    for reference in METHODS.values():
        assert f"doi:{reference.doi}" in text, reference.key
        assert reference.paper() is not None, reference.key


def test_every_df_and_model_of_a_plan_is_known_or_has_no_paper():
    from retrostats.plan.names import DEGREES_OF_FREEDOM, MODELS

    without = {"residual", "asymptotic", "kenward-roger-linear"}
    assert {*DEGREES_OF_FREEDOM, *MODELS} - set(METHODS) == without


def test_the_same_things_give_the_same_text(analysis):
    assert rs.cite(analysis).bibtex() == rs.cite(analysis).bibtex()
    assert rs.cite(analysis) == rs.cite(analysis)


def test_a_line_without_text_is_its_address():
    reference = Reference(key="x", kind="change", text="", url="https://example.org/a")
    assert reference.line == "https://example.org/a"
    assert reference.paper() is None
