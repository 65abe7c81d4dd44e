"""The files for programs and spreadsheets."""

import csv
import io
import json
from dataclasses import replace

import pytest

from retrostats.integrity.verdicts import ROW_COLUMNS, Reproduction
from retrostats.report.exports import as_csv, as_json
from retrostats.tables.spreadsheet import harmless

from .conftest import row, trial


def test_the_json_holds_rows_claims_and_sources(reproductions, claims):
    sources = {"versions": {"scipy": "1", "numpy": "2"}, "claims.toml": "c"}
    text = as_json(reproductions, claims, sources)
    content = json.loads(text)
    assert list(content) == ["generated_from", "rows", "claims"]
    assert list(content["generated_from"]["versions"]) == ["numpy", "scipy"]
    assert all(tuple(entry) == ROW_COLUMNS for entry in content["rows"])
    assert [entry["trial"] for entry in content["rows"]] == ["smith2020"] * 7 + ["empty"]
    assert content["rows"][5]["high"] is None
    assert [c["verdict"] for c in content["claims"]] == ["supported", "not checkable"]
    assert content["claims"][0]["figures"][0]["says"] == "for"
    assert text.endswith("}\n")


def test_the_last_bits_of_a_number_are_left_out():
    texts = [
        as_json([Reproduction(trial=trial(), rows=(row(low=low, high=-0.0),))], (), {})
        for low in (1 / 3, 1 / 3 * (1 + 4e-16))
    ]
    assert texts[0] == texts[1]
    entry = json.loads(texts[0])["rows"][0]
    assert entry["low"] == 0.333333333333
    assert '"high": 0.0' in texts[0]


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_no_number_that_is_none(value):
    with pytest.raises(ValueError, match="not JSON compliant"):
        as_json([Reproduction(trial=trial(), rows=(row(low=value),))], (), {})


def test_letters_beyond_ascii_stay_letters():
    text = as_json([Reproduction(trial=trial(), rows=(row(detail="≥ 0.5 − µ"),))], (), {})
    assert "≥ 0.5 − µ" in text


def test_the_csv_reads_back(reproductions):
    rows = reproductions[0].rows
    text = as_csv([*rows, replace(rows[0], detail='a "quoted", line\nbreak')])
    assert text.startswith("\ufeff")
    read = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert tuple(read[0]) == ROW_COLUMNS
    assert (read[0]["low"], read[5]["high"], read[5]["low"]) == ("0.035", "", "0.333333333333")
    assert read[4]["printed"] == "'=1+1"
    assert read[7]["detail"] == 'a "quoted", line\nbreak'


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2+3", "@sum", "\tx", "\rx", "-7.4 to 5.2", "="])
def test_a_formula_is_made_harmless(text):
    assert harmless(text) == "'" + text


@pytest.mark.parametrize(
    "text", ["-38.7", "+5", "-.18", "-12%", "-0,87", "-1.2e-5", "a=b", "", "p"]
)
def test_a_number_or_a_word_stays(text):
    assert harmless(text) == text
