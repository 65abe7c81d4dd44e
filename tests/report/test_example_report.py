"""The report of the example cohort, from its files to every output."""

import base64
import io
import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from retrostats.analysis.analyse import analyse
from retrostats.data.catalogue import data_folder
from retrostats.data.codebook.reading import read_codebook
from retrostats.data.cohort.reading import read_cohort
from retrostats.plan.reading import read_plan
from retrostats.report.analysis import write_analysis
from retrostats.report.analysis.content import analysis_document
from retrostats.report.analysis.drawings import alternative_texts, draw_figures
from retrostats.report.pages.pdf import pdf_content

#: The whole report of the example is written.
pytestmark = pytest.mark.whole


@pytest.fixture(scope="module")
def analysis():
    place = Path(str(data_folder())) / "example_cohort"
    codebook = read_codebook(place / "codebook.toml")
    return analyse(read_cohort(place / "cohort.csv", codebook), read_plan(place / "plan.toml"))


@pytest.fixture(scope="module")
def out(analysis, tmp_path_factory):
    folder = tmp_path_factory.mktemp("example") / "out"
    write_analysis(analysis, folder)
    return folder


#: What is packed into a text as letters: pictures, and the fonts in them.
PACKED = re.compile(rb"data:([a-z/+-]+);base64,([A-Za-z0-9+/=]+)")


def unpacked(name, data):
    """Yield a text without what is packed in it, and each packed picture by itself."""
    yield name, PACKED.sub(b"", data).decode("latin-1")
    for place, (kind, packed) in enumerate(PACKED.findall(data)):
        if kind == b"image/svg+xml":
            yield from unpacked(f"{name}, picture {place}", base64.b64decode(packed))


def texts(folder):
    """Yield the name and the text of everything in the folder, out of zips and PDFs too."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        data = path.read_bytes()
        if path.suffix == ".png":  # among so many pixels some four bytes look like anybody's name
            with Image.open(path) as picture:
                yield path.name, repr(picture.info)
        else:
            yield from unpacked(path.name, data)
        if path.suffix == ".docx":
            with zipfile.ZipFile(io.BytesIO(data)) as file:
                yield from ((n, file.read(n).decode("latin-1")) for n in file.namelist())
        if path.suffix == ".pdf" and shutil.which("pdftotext"):
            done = subprocess.run(
                ["pdftotext", "-", "-"], input=data, capture_output=True, check=True
            )
            yield f"{path.name}, its text", done.stdout.decode()


def test_no_output_names_a_subject(analysis, out):
    subjects = analysis.cohort.subjects()["subject"].tolist()
    assert len(set(subjects)) == 68
    found = list(texts(out))
    words = alternative_texts(draw_figures(analysis))
    found.append(("the words of the PDF", pdf_content(analysis_document(analysis, words))))
    assert len(found) > 60
    assert [name for name, _ in found if name.startswith("report.html, picture")]
    for name, text in found:
        assert not [subject for subject in subjects if subject in text], name


def test_the_report_says_aloud_that_the_data_are_simulated(out):
    page = (out / "report.html").read_text(encoding="utf-8")
    assert page.index('class="notice simulated"') < page.index('class="lead"')
    assert json.loads((out / "results.json").read_text(encoding="utf-8"))["simulated"] is True


def test_the_answer_of_the_page_is_that_of_the_analysis(analysis, out):
    low, high, _ = analysis.answer.ci
    answer = json.loads((out / "results.json").read_text(encoding="utf-8"))["answer"]["estimate"]
    assert answer["ci"] == pytest.approx({"low": low, "high": high, "level": 0.95})
    page = (out / "report.html").read_text(encoding="utf-8")
    answer = f"{analysis.answer.value:.2f} points (95% CI {low:.2f} to {high:.2f})"
    assert answer.replace("-", "\N{MINUS SIGN}") in page


def test_every_planned_endpoint_has_its_figures(analysis, out):
    names = {path.stem for path in (out / "figures").iterdir()}
    for endpoint in analysis.plan.endpoints:
        assert {f"trajectories_{endpoint.outcome}", f"diagnostics_{endpoint.outcome}"} <= names
    assert {"flow", "forest", "responders_pain"} <= names
