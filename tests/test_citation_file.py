"""CITATION.cff: valid in what it needs, and of one mind with the package."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import retrostats as rs
from retrostats.report.sources.trials import AUTHORS, LICENCE, TITLE

yaml = pytest.importorskip("yaml", reason="comes with the extra lab")

ROOT = Path(__file__).resolve().parents[1]
#: Keys of the Citation File Format 1.2.0 that are used here; the first four are required.
KEYS = {"cff-version", "message", "title", "authors"} | {
    "type", "abstract", "version", "license", "keywords",
}  # fmt: skip


@pytest.fixture(scope="module")
def cff():
    return yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_it_has_the_keys_of_the_format(cff):
    assert set(cff) == KEYS
    assert cff["cff-version"] == "1.2.0"
    assert cff["type"] == "software"
    assert all(isinstance(cff[key], str) for key in KEYS - {"authors", "keywords"})
    # An entity has a name and no family name.
    assert cff["authors"] == [{"name": "The retrostats authors"}]
    assert len(set(cff["keywords"])) == len(cff["keywords"])


def test_it_agrees_with_the_project(cff, project):
    assert cff["version"] == project["version"] == rs.__version__
    assert cff["license"] == project["license"] == LICENCE
    assert cff["authors"] == project["authors"]
    assert cff["keywords"] == project["keywords"]
    assert cff["title"].startswith(f"{project['name']}: ")


def test_it_agrees_with_what_the_package_asks_for(cff):
    (package,) = rs.cite().references
    assert cff["title"] == TITLE
    assert cff["authors"][0]["name"] == AUTHORS
    assert package.text == (
        f"{AUTHORS}. {TITLE}. Computer software, version {cff['version']}, {LICENCE} licence"
    )
