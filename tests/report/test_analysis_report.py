"""The report of an analysis: what it says, and the files that say it."""

import csv
import io
import json
import math
import re
import zipfile
from dataclasses import replace

import pytest

from retrostats.estimate import Estimate
from retrostats.report.analysis import write_analysis, writing
from retrostats.report.analysis.answer import lead
from retrostats.report.analysis.content import analysis_document
from retrostats.report.analysis.csv_tables import NAMES, csv_tables
from retrostats.report.analysis.drawings import (
    alternative_texts,
    draw_figures,
    standardised_effects,
)
from retrostats.report.analysis.keys import endpoint_keys, model_keys
from retrostats.report.analysis.methods import (
    analysed_sentences,
    fitted_sentences,
    software_sentence,
    worthwhile_sentences,
)
from retrostats.report.analysis.results import as_json
from retrostats.report.analysis.words import benefit_words, interval_words, span_words
from retrostats.report.blocks import Document, Heading, Notice, Paragraph, Table
from retrostats.report.pages.pdf import pdf_content

from . import invented
from .invented import DRAWN, FORCE, PAIN, SUBJECTS

#: Whole reports are written, with all their figures.
pytestmark = pytest.mark.whole

FIGURES = (
    "flow", "forest", "trajectories_pain", "trajectories_force", "diagnostics_pain",
    "diagnostics_force", "responders_pain",
)  # fmt: skip


@pytest.fixture(scope="module")
def analysis():
    return invented.analysis()


@pytest.fixture(scope="module")
def out(analysis, tmp_path_factory):
    folder = tmp_path_factory.mktemp("report") / "out"
    write_analysis(analysis, folder)
    return folder


@pytest.fixture(scope="module")
def document(analysis):
    texts = dict.fromkeys(FIGURES, "what it shows")
    return analysis_document(analysis, texts)


@pytest.fixture(scope="module")
def results(analysis):
    return json.loads(as_json(analysis), parse_constant=pytest.fail)


def content(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def all_texts(folder, document):
    """Return every text of the report by its file, out of its container."""
    found = {"report.pdf": pdf_content(document)}
    for name, data in content(folder).items():
        if name.endswith(".docx"):
            with zipfile.ZipFile(io.BytesIO(data)) as file:
                found |= {
                    f"{name}/{n}": file.read(n).decode() for n in file.namelist() if "xml" in n
                }
        elif not name.endswith((".pdf", ".png")):
            found[name] = data.decode()
    return found


def text_of(document, anchor):
    """Return the words of one section."""
    found, here = [], False
    for block in document.blocks:
        if isinstance(block, Heading) and block.depth == 2:
            here = block.anchor == anchor
        if here and isinstance(block, (Heading, Paragraph, Notice)):
            found.append(block.text)
    return " ".join(found)


def test_the_files_are_all_there_and_nothing_else(analysis, out):
    tables = csv_tables(analysis)
    assert set(content(out)) == {
        "report.html", "report.pdf", "tables.docx", "results.json", "report.sha256",
        *(f"tables/{name}.csv" for name in tables),
        *(f"figures/{name}.{suffix}" for name in FIGURES for suffix in ("svg", "pdf", "png")),
    }  # fmt: skip
    assert set(tables) == set(NAMES) - {"missing", "tipping"}  # its plan fills in nothing


def test_two_runs_are_the_same_to_the_byte_and_tell_how_far_they_are(analysis, out, tmp_path):
    told = []
    written = write_analysis(
        analysis, tmp_path, progress=lambda words, share: told.append((words, share))
    )
    assert content(tmp_path) == content(out)
    names = ["report.html", "report.pdf", "tables.docx", "results.json"]
    assert [path.name for path in written[:4]] == names
    assert len(set(written)) == len(written) == len(content(out))
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert all(words for words, _ in told)


def test_no_subject_and_no_value_of_a_cell_is_in_any_output(out, document):
    texts = all_texts(out, document)
    assert {"report.html", "report.pdf", "results.json", "tables.docx/word/document.xml"} < set(
        texts
    )
    secrets = (*SUBJECTS, "SECRET-99")
    for name, text in texts.items():
        assert not [secret for secret in secrets if secret in text], name
    raw = b"".join(content(out).values())
    assert not [secret for secret in secrets if secret.encode() in raw]


def without_figures(monkeypatch):
    """Let the report have no page to set and no figure to draw, which takes most of the time."""
    empty = Document(title="Title", subtitle="", blocks=())
    monkeypatch.setattr(writing, "draw_figures", lambda _: {})
    monkeypatch.setattr(writing, "analysis_document", lambda *_: empty)


def test_files_of_an_earlier_report_go_and_those_of_others_stay(analysis, tmp_path, monkeypatch):
    without_figures(monkeypatch)
    write_analysis(analysis, tmp_path)
    assert (tmp_path / "tables" / "improvement.csv").exists()
    kept = ("figures/mine.svg", "figures/flow.txt", "tables/own.csv", "notes.txt")
    for name in kept:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("old")
    write_analysis(replace(analysis, curves={}), tmp_path)
    names = content(tmp_path)
    assert "tables/improvement.csv" not in names
    assert all(names[name] == b"old" for name in kept)


def test_a_failure_leaves_everything_as_it_was(analysis, tmp_path, monkeypatch):
    without_figures(monkeypatch)
    write_analysis(analysis, tmp_path)
    before = content(tmp_path)
    monkeypatch.setattr(writing, "as_word", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_analysis(replace(analysis, curves={}), tmp_path)
    assert content(tmp_path) == before
    with pytest.raises(ZeroDivisionError):
        write_analysis(analysis, tmp_path / "a" / "b")
    assert not (tmp_path / "a").exists()


def test_the_answer_comes_first_and_says_everything_a_reader_needs(analysis, document):
    first = next(b for b in document.blocks if isinstance(b, Paragraph))
    assert first.lead
    assert first.text == lead(analysis)
    assert first.text == (
        "40 subjects were randomised: 20 to Usual care and 20 to Retro walking. The primary "
        f"comparison is Retro walking minus Usual care in Pain {DRAWN} (NRS 0-10), week 6. The "
        "adjusted mean difference was -1.40 points (95% CI -2.23 to -0.57), p = 0.002; adjusted "
        "p = 0.003 (Holm); lower values are better, so that a negative difference (treatment "
        "minus comparator) is a benefit of the treatment. The interval reaches from a benefit of "
        "2.23 points to a benefit of 0.57 points. The smallest worthwhile change is 2 points: the "
        "interval lies on the side of benefit and does not tell whether the benefit is that "
        "large. 39 of the 40 randomised subjects were analysed, each in the allocated arm."
    )
    answer = text_of(document, "answer")
    assert (
        'For "stopping" the strategy is treatment policy: values were used as observed, whatever '
        "happened. 1 randomised subject could not enter the model of the primary endpoint (no "
        "visit: 1)."
    ) in answer
    assert (
        "it allows for chance, and not for systematic errors of measurement, bias from knowing the "
        "allocation, or outcomes missing for reasons that the model does not know. The sensitivity "
    ) in answer
    assert "Few subjects: degrees of freedom are small." in answer
    unanswered = "Timed up and go, week 6: no answer. No covariance fits."
    assert unanswered in text_of(document, "contrasts")
    assert "significant" not in pdf_content(document).lower()


def test_simulated_data_are_labelled_everywhere(analysis, document, results):
    (notice,) = [b for b in document.blocks if isinstance(b, Notice) and b.kind == "simulated"]
    assert document.blocks.index(notice) == 1
    assert results["simulated"] is True
    assert text_of(document, "methods").startswith("Statistical methods The data are simulated.")
    real = replace(
        analysis, cohort=replace(analysis.cohort, codebook=invented.codebook(simulated=False))
    )
    plain = analysis_document(real, dict.fromkeys(FIGURES, ""))
    assert "imulated" not in pdf_content(plain)


@pytest.mark.parametrize(
    ("outcome", "value", "words"),
    [
        (PAIN, -1.0, "from a benefit of 1.80 points to a benefit of 0.20 points"),
        (PAIN, 0.5, "from a benefit of 0.30 points to a disadvantage of 1.30 points"),
        (FORCE, 0.5, "from a benefit of 1.30 N to a disadvantage of 0.30 N"),
        (FORCE, -1.0, "from a disadvantage of 0.20 N to a disadvantage of 1.80 N"),
        (FORCE, -0.8, "from no difference to a disadvantage of 1.60 N"),
    ],
)
def test_an_interval_is_told_as_benefit_and_disadvantage(outcome, value, words):
    estimate = Estimate.from_se("a - b", value, 0.8 / 1.959963984540054, unit=outcome.unit)
    assert span_words(estimate, outcome) == words


def test_directions_follow_the_instrument():
    assert benefit_words(PAIN).startswith("lower values are better, so that a negative")
    assert benefit_words(FORCE).startswith("higher values are better, so that a positive")
    estimate = Estimate.from_se("a - b", -1.4, 0.41, unit="points", level=0.9)
    assert interval_words(estimate) == "-1.40 points (90% CI -2.07 to -0.73)"


def test_effects_of_the_forest_are_turned_towards_benefit(analysis):
    (pain_group, pain), (_, force) = standardised_effects(analysis)
    planned = [result.planned[0].standardised for result in analysis.endpoints]
    assert pain_group == f"Pain {DRAWN}, week 6"
    assert pain.value == -planned[0].value > 0
    assert pain.ci[:2] == (-planned[0].ci.high, -planned[0].ci.low)
    assert (pain.p, pain.se, pain.df) == (planned[0].p, planned[0].se, planned[0].df)
    assert force == planned[1]


def test_every_figure_of_the_document_is_drawn_and_has_words(analysis, document):
    drawn = draw_figures(analysis)
    words = alternative_texts(drawn)
    assert {figure.id for figure in document.figures} == set(drawn) == set(FIGURES)
    assert all(len(text) > 30 for text in words.values())
    assert "correlation" in words["diagnostics_pain"].lower()  # of the last panel


def test_sections_follow_consort(document):
    anchors = [b.anchor for b in document.blocks if isinstance(b, Heading) and b.depth == 2]
    assert anchors == [
        "answer", "participants", "baseline", "outcomes", "contrasts", "responders", "sensitivity",
        "subgroups", "adherence", "models", "data", "methods", "consort", "citing",
    ]  # fmt: skip
    every = [b.anchor for b in document.blocks if isinstance(b, Heading)]
    assert len(every) == len(set(every))
    ids = [table.id for table in document.tables]
    assert len(ids) == len(set(ids))


def test_what_was_not_planned_or_recorded_has_no_section(analysis):
    bare = replace(
        analysis, responders=(), curves={}, sensitivity=analysis.sensitivity[:1], subgroups=(),
        adherence=(), unanswered=(),
    )  # fmt: skip
    document = analysis_document(bare, dict.fromkeys(FIGURES, ""))
    anchors = {b.anchor for b in document.blocks if isinstance(b, Heading)}
    assert not anchors & {"responders", "sensitivity", "subgroups", "adherence"}
    consort = next(table for table in document.tables if table.id == "consort").layout
    rows = {row[0]: row[2:] for row in consort.rows}
    assert rows["24a"] == ("to be written by the authors", "–")
    assert rows["28"] == ("to be written by the authors", "–")
    assert rows["25"] == ("what the codebook declares", "Baseline")
    assert rows["22a"][1] == "Participants"


def test_the_checklist_has_every_item_of_consort_2025(document):
    consort = next(table for table in document.tables if table.id == "consort").layout
    numbers = [row[0] for row in consort.rows]
    assert [int(re.match(r"\d+", number)[0]) for number in numbers] == sorted(
        int(re.match(r"\d+", number)[0]) for number in numbers
    )
    assert {int(re.match(r"\d+", number)[0]) for number in numbers} == set(range(1, 31))
    assert len(numbers) == len(set(numbers)) == 42
    left = [row[0] for row in consort.rows if row[2] == "to be written by the authors"]
    assert {"1a", "2", "5a", "16a", "17a", "20a", "27", "29"} <= set(left)


def test_the_methods_say_what_was_planned_fitted_and_with_what(analysis):
    told = " ".join(fitted_sentences(analysis))
    assert (
        "The mixed model for repeated measures with heterogeneous Toeplitz covariance was fitted "
        f"to Pain {DRAWN}, week 6 (76 values of 39 subjects) and Quadriceps strength, week 6 (76 "
        "values of 39 subjects); tests and intervals use Kenward and Roger's adjusted covariance "
        "and degrees of freedom."
    ) in told
    assert told.count("the planned unstructured covariance could not be fitted") == 2
    assert "The planned model of Timed up and go at week 6 could not be fitted; no other" in told
    assert analysed_sentences(analysis) == (
        "For Pain, week 6, 39 of 40 randomised subjects were analysed, each in the allocated arm.",
        ("1 randomised subject could not enter the model of the primary endpoint (no visit: 1)."),
    )
    (worthwhile,) = worthwhile_sentences(analysis)
    assert worthwhile == (
        f"Intervals were held against the smallest worthwhile change: Pain {DRAWN}, 2 points, the "
        "first on record of the instrument (MCID; Somebody 2001)."
    )
    software = software_sentence(analysis)
    assert re.search(r"retrostats \d+\.\d+\.\d+ \(Python 3\.\d+\.\d+, numpy \d", software)
    assert "data dddddddddddd, codebook cccccccccccc and plan " in software


def test_the_data_are_counted_and_not_shown(document):
    tables = {table.id: table.layout for table in document.tables}
    assert tables["warnings"].rows == (("unusual value", "nrs", "2"),)
    assert tables["rows"].rows == (("=unscheduled", "1"),)


def test_which_tables_belong_into_a_paper(document):
    inside = {table.id for table in document.tables if table.paper}
    assert {"baseline", "contrasts", "sensitivity", "responders_1", "means_pain"} <= inside
    assert not inside & {"consort", "warnings", "rows", "tests_pain", "parameters_pain"}


def test_the_numbers_of_the_json_are_those_of_the_analysis(analysis, results):
    answer, estimate = results["answer"], analysis.answer
    assert answer["estimate"]["value"] == float(f"{estimate.value:.12g}")
    assert answer["estimate"]["ci"]["low"] == float(f"{estimate.ci.low:.12g}")
    assert answer["adjusted_p"] == 0.003
    assert answer["verdict"] == "better, size unclear"
    assert answer["smallest_worthwhile_change"]["source"] == "Somebody 2001"
    model = results["endpoints"][0]["model"]
    assert model["bic"] is None
    assert model["tests"][0] == {
        "term": "arm", "df_numerator": 1.0, "df_denominator": 36.5, "f": 11.6, "p": 0.0016,
    }  # fmt: skip
    assert results["flow"]["arms"][0]["attended"] == {"baseline": 20, "week 3": 19, "week 6": 18}
    assert results["flow"]["analysed"] == 39
    assert results["baseline"][0]["cells"]["control"] == {"count": 12, "n": 20, "missing": 0}
    assert results["sensitivity"][1]["estimate"] is None
    assert results["unanswered"] == [{"outcome": "tug", "week": 6, "reason": "no covariance fits"}]
    assert results["data"]["rows_left_out"] == {"=unscheduled": 1}
    made = results["generated_from"]
    assert made["digests"] == {
        "codebook": "c" * 64, "data": "d" * 64, "file": "f" * 64,
        "plan": analysis.plan.digest, "plan_file": "",
    }  # fmt: skip
    assert list(made["versions"]) == sorted(made["versions"])


def test_the_json_has_no_infinity(analysis):
    estimate = replace(analysis.answer, df=math.inf, se=math.nan)
    planned = replace(analysis.primary.planned[0], estimate=estimate)
    endpoint = replace(analysis.primary, planned=(planned,))
    changed = replace(analysis, endpoints=(endpoint, *analysis.endpoints[1:]))
    found = json.loads(as_json(changed), parse_constant=pytest.fail)["answer"]["estimate"]
    assert (found["df"], found["se"]) == (None, None)


def read(text):
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


def test_the_tables_for_spreadsheets(analysis):
    tables = csv_tables(analysis)
    contrasts = read(tables["contrasts"])
    assert [row["comparison"] for row in contrasts] == ["retro - control"] * 2
    assert float(contrasts[0]["estimate"]) == -1.4
    assert float(contrasts[0]["adjusted_p"]) == 0.003
    reasons = [row["detail"] for row in read(tables["flow"]) if row["stage"] == "withdrawn"]
    assert reasons == ["'=moved away"]
    assert [row["key"] for row in read(tables["tests"])] == ["pain", "pain", "force", "force"]
    subgroups = read(tables["subgroups"])
    assert [row["subjects"] for row in subgroups] == ["20", "19"]
    assert float(subgroups[0]["interaction_p"]) == 0.59
    improvement = read(tables["improvement"])
    assert (improvement[2]["improvement"], improvement[2]["share_with_at_least"]) == ("2.0", "0.3")
    for text in tables.values():
        for row in csv.reader(io.StringIO(text[1:])):
            assert not [cell for cell in row if cell.startswith(("=", "@", "\t"))]


def at_two_weeks(analysis):
    early = replace(analysis.endpoints[0], visit=invented.WEEK_3, role="secondary")
    return replace(analysis, endpoints=(*analysis.endpoints, early))


def test_one_model_of_two_endpoints_is_shown_once(analysis):
    twice = at_two_weeks(analysis)
    keys = [key for key, _ in endpoint_keys(twice)]
    assert keys == ["pain_week_6", "force", "pain_week_3"]
    (pain, results), (force, _) = model_keys(twice)
    assert (pain, force) == ("pain", "force")
    assert [result.visit.week for result in results] == [6, 3]
    document = analysis_document(twice, dict.fromkeys(FIGURES, "what it shows"))
    ids = [table.id for table in document.tables]
    assert [name for name in ids if name.startswith(("means", "tests", "parameters"))] == [
        "means_pain", "means_force", "tests_pain", "parameters_pain", "tests_force",
        "parameters_force",
    ]  # fmt: skip
    headings = [b.text for b in document.blocks if isinstance(b, Heading) and b.depth == 3]
    assert f"{headings[1]} | {headings[3]}" == (
        f"Pain {DRAWN} (NRS 0-10), week 3 (secondary) | Pain {DRAWN} (NRS 0-10), week 6 and week 3"
    )
    figure = next(f for f in document.figures if f.id == "diagnostics_pain")
    assert figure.alt == f"Pain {DRAWN} (NRS 0-10), week 6 and week 3. what it shows"


def test_models_of_one_visit_each_have_their_own_files(analysis):
    twice = at_two_weeks(analysis)
    late, force, early = twice.endpoints
    other = replace(early, model=replace(early.model, digest="b" * 64))
    keys = [key for key, _ in model_keys(replace(twice, endpoints=(late, force, other)))]
    assert keys == ["pain_week_6", "force", "pain_week_3"]


def test_curves_of_one_outcome_at_two_weeks_have_files_of_their_own(analysis):
    early = replace(analysis.plan.responders[0], endpoint=replace(analysis.plan.primary, week=3))
    plan = replace(analysis.plan, responders=(*analysis.plan.responders, early))
    curves = {"pain week 6": analysis.curves["pain"], "pain week 3": analysis.curves["pain"]}
    twice = replace(analysis, plan=plan, curves=curves)
    names = [name for name in draw_figures(twice) if name.startswith("responders")]
    assert names == ["responders_pain_week_6", "responders_pain_week_3"]


def test_subgroups_that_could_not_be_fitted_say_why(analysis):
    failed = replace(
        analysis.subgroups[0], effects=type(analysis.subgroups[0].effects)("x", ()), sizes=(),
        interaction=(math.nan,) * 4, note="not fitted: too few subjects",
    )  # fmt: skip
    document = analysis_document(replace(analysis, subgroups=(failed,)), dict.fromkeys(FIGURES, ""))
    table = next(table for table in document.tables if table.id == "subgroups")
    assert table.layout.rows == (("Sex", "Not fitted: too few subjects."),)
    assert isinstance(table, Table)
    assert "Sex: Not fitted: too few subjects." in table.note
