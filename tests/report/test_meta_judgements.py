"""Judgements of a review's authors: the file, its faults, and the certainty that follows."""

from __future__ import annotations

from itertools import product

import pytest

from retrostats.errors import DataError
from retrostats.report.meta.grade import ENOUGH_SUBJECTS, certainty_words, facts, grade_blocks
from retrostats.report.meta.judgements import (
    CERTAINTIES,
    DOMAINS,
    DOWNGRADES,
    NOT_JUDGED,
    SEARCH,
    Judgement,
    Judgements,
    read_judgements,
)
from retrostats.report.meta.judgements_template import new_judgements
from retrostats.report.meta.prisma import prisma_blocks
from retrostats.report.meta.synthesis import synthesise

from .meta_made import evidence


def judged(start="high", **words):
    names = dict.fromkeys(DOMAINS, "not serious") | {"publication_bias": "undetected"} | words
    domains = tuple(
        Judgement(domain=name, judgement=word, reason="so") for name, word in names.items()
    )
    return Judgements(outcome="pain", start=start, domains=domains)


def written(tmp_path, text):
    path = tmp_path / "grade.toml"
    path.write_text(text, encoding="utf-8")
    return path


def filled(text, **judgements):
    """Judge domains of the template; each gets a reason."""
    for name, word in judgements.items():
        head, mark, rest = text.partition(f"[{name}]\n")
        rest = rest.replace(f'"{NOT_JUDGED}"', f'"{word}"', 1)
        text = head + mark + rest.replace('reason = ""', f'reason = "why {name}"', 1)
    return text


def test_the_template_reads_back_with_nothing_judged(tmp_path):
    found = read_judgements(written(tmp_path, new_judgements("pain")), outcome="pain")
    assert found.open == tuple(DOMAINS)
    assert (found.certainty, found.start, found.search) == ("", "high", ())
    assert found.source == "grade.toml"
    assert len(found.digest) == 64


def test_the_template_keeps_an_outcome_with_quotes(tmp_path):
    name = 'pain "at rest" \\ night'
    assert read_judgements(written(tmp_path, new_judgements(name)), outcome=name).outcome == name


def test_judgements_and_reasons_are_read(tmp_path):
    text = filled(new_judgements("pain"), risk_of_bias="serious", publication_bias="undetected")
    found = read_judgements(written(tmp_path, text), outcome="Pain")
    by_name = {each.domain: each for each in found.domains}
    assert by_name["risk_of_bias"] == Judgement(
        domain="risk_of_bias", judgement="serious", reason="why risk_of_bias"
    )
    assert found.open == ("inconsistency", "indirectness", "imprecision")
    assert found.certainty == ""


@pytest.mark.parametrize("start", ["high", "low"])
def test_certainty_is_the_start_less_the_downgrades_and_never_below_very_low(start):
    words = [sorted(DOMAINS[name] - {NOT_JUDGED}) for name in DOMAINS]
    compared = 0
    for choice in product(*words):
        taken = sum(DOWNGRADES[word] for word in choice)
        place = min({"high": 0, "low": 2}[start] + taken, 3)
        found = judged(start, **dict(zip(DOMAINS, choice, strict=True)))
        assert found.certainty == CERTAINTIES[place]
        compared += 1
    assert compared == 3**4 * 2


FAULTS = {
    "a judgement without a reason": (
        ('judgement = "not judged"', 'judgement = "serious"'),
        "line 10, key risk_of_bias.reason: 'serious' needs a reason",
    ),
    "an unknown word": (
        ('judgement = "not judged"', 'judgement = "awful"'),
        "'awful' is not known; expected one of 'not judged', 'not serious', 'serious'",
    ),
    "another outcome": (
        ('outcome = "pain"', 'outcome = "function"'),
        "the judgements are about 'function', the report about 'pain'",
    ),
    "an unknown key": (('start = "high"', 'begin = "high"'), "unknown key 'begin'"),
    "a start that is none": (('start = "high"', 'start = "moderate"'), "'moderate' is not known"),
    "a number of screened records that cannot be": (
        (
            "# records_identified = \n# duplicates_removed = \n# records_screened = ",
            "records_identified = 120\nduplicates_removed = 20\nrecords_screened = 90",
        ),
        "records_screened = 90, but records_identified - duplicates_removed = 100",
    ),
    "more studies than reports": (
        ("# reports_assessed = ", "reports_assessed = 10\nreports_excluded = 4\n#"),
        "studies_included = 7, but only 6 reports were left",
    ),
    "more duplicates than records": (
        (
            "# records_identified = \n# duplicates_removed = ",
            "records_identified = 12\nduplicates_removed = 20",
        ),
        "duplicates_removed = 20, but records_identified = 12",
    ),
    "a negative count": (("# records_excluded = ", "records_excluded = -1"), "is no count"),
    "a fraction": (("# records_excluded = ", "records_excluded = 1.5"), "a whole number"),
    "no TOML": (('start = "high"', "start = high"), "not valid TOML"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_with_its_place(tmp_path, name):
    (old, new), told = FAULTS[name]
    text = new_judgements("pain")
    assert old in text
    text = text.replace(old, new, 1)
    if "studies" in told:
        text = text.replace("# reports_excluded = \n", "").replace(
            "# studies_included = ", "studies_included = 7"
        )
    with pytest.raises(DataError) as error:
        read_judgements(written(tmp_path, text), outcome="pain")
    assert told in str(error.value)
    assert "grade.toml" in str(error.value)


def test_all_faults_are_told_at_once(tmp_path):
    text = new_judgements("function").replace('"high"  #', '"middling"  #')
    with pytest.raises(DataError, match="2 faults"):
        read_judgements(written(tmp_path, text), outcome="pain")


def test_a_missing_file_says_what_writes_one(tmp_path):
    with pytest.raises(DataError, match="retrostats new grade"):
        read_judgements(tmp_path / "none.toml", outcome="pain")


def test_facts_stand_beside_every_domain():
    found = synthesise(evidence(3))
    told = {name: facts(found, name) for name in DOMAINS}
    assert told["risk_of_bias"].startswith("3 trials with an estimate.")
    assert "I² " in told["inconsistency"]
    assert "Prediction interval" in told["inconsistency"]
    assert told["indirectness"] == "1 comparison: BW - control. 1 outcome: pain. 1 time: 6wk."
    assert told["imprecision"].startswith(f"123 subjects, fewer than {ENOUGH_SUBJECTS}.")
    assert told["publication_bias"] == (
        "1 trial on file without an estimate. "
        "3 trials: too few to judge a funnel plot (10 or more)."
    )


def test_enough_subjects_are_not_called_few():
    ten = synthesise(evidence(10))
    assert "445 subjects, not fewer than 400." in facts(ten, "imprecision")
    assert "Egger's test: p" in facts(ten, "publication_bias")


def test_certainty_in_words():
    unjudged = synthesise(evidence(3))
    assert "no domain is judged" in certainty_words(unjudged)
    one_open = judged(imprecision=NOT_JUDGED)
    assert "because imprecision is not judged" in certainty_words(
        synthesise(evidence(3), judgements=one_open)
    )
    whole = judged(risk_of_bias="serious", imprecision="very serious")
    told = certainty_words(synthesise(evidence(3), judgements=whole))
    assert told == (
        "By the judgements of the authors the certainty of the evidence is very low: it starts "
        "high, and 3 levels are taken away."
    )
    alone = certainty_words(synthesise(evidence(1), judgements=judged(inconsistency="serious")))
    assert alone.endswith("it starts high, and 1 level is taken away. Yet nothing is pooled.")


def test_the_table_has_five_domains_and_the_words_of_the_authors():
    table = grade_blocks(synthesise(evidence(3), judgements=judged(indirectness="serious")))[-1]
    assert [row[2] for row in table.layout.rows] == [
        "not serious", "not serious", "serious", "not serious", "undetected",
    ]  # fmt: skip
    assert {row[3] for row in table.layout.rows} == {"so"}


def test_numbers_of_a_search_are_shown_as_given_and_none_is_made_up(tmp_path):
    text = new_judgements("pain").replace("# records_identified = ", "records_identified = 120")
    found = read_judgements(written(tmp_path, text), outcome="pain")
    table = prisma_blocks(synthesise(evidence(3), judgements=found))[-1]
    cells = dict(table.layout.rows)
    assert cells["Records identified"] == "120"
    assert list(cells.values()).count("not given") == len(SEARCH) - 1
    assert cells["with an estimate"] == "3"
