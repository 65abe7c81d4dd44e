"""Codebooks: a good one is read whole, and each fault is told with its line."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrostats.data.catalogue import data_folder
from retrostats.data.codebook.grammar import KEYS
from retrostats.data.codebook.reading import codebook_from, read_codebook
from retrostats.data.codebook.types import Codebook
from retrostats.data.files import TextFile
from retrostats.errors import DataError, Fault

from .conftest import LONG

WIDE = """\
title = "A walk"
[file]
layout = "wide"
[roles]
subject = "id"
arm = "group"
dates = { baseline = "d0", "week 6" = "d6" }
[[arms]]
label = "retro"
[[arms]]
label = "control"
reference = true
[[visits]]
label = "baseline"
week = 0
[[visits]]
label = "week 6"
week = 6
[[outcomes]]
name = "pain"
instrument = "nrs"
columns = { baseline = "nrs_0", "week 6" = "nrs_6" }
"""
ADAM = """\
title = "A walk"
[file]
layout = "adam"
[roles]
subject = "USUBJID"
arm = "TRT01P"
visit = "AVISIT"
parameter = "PARAMCD"
value = "AVAL"
base = "BASE"
change = "CHG"
[[arms]]
label = "retro"
[[arms]]
label = "control"
reference = true
[[visits]]
label = "baseline"
week = 0
[[visits]]
label = "week 6"
week = 6
[[outcomes]]
name = "pain"
instrument = "nrs"
code = "NRS"
"""


def test_a_long_codebook_is_read_whole(write_codebook):
    path = write_codebook(LONG)
    book = read_codebook(path)
    assert book.title == "A walk"
    assert not book.simulated
    assert book.form.layout == "long"
    assert book.form.missing == ("NA", ".")
    assert [(arm.label, arm.name, arm.values) for arm in book.arms] == [
        ("control", "control", ("control",)),
        ("retro", "retro", ("retro",)),
    ]
    assert book.reference.label == "control"
    assert [(visit.label, visit.week, visit.values) for visit in book.visits] == [
        ("baseline", 0.0, ("baseline", "0")),
        ("week 6", 6.0, ("week 6",)),
    ]
    assert (book.baseline.label, [v.week for v in book.follow_ups]) == ("baseline", [6.0])
    assert (book.outcome("pain").instrument.name, book.outcome("pain").unit) == (
        "NRS 0-10",
        "points",
    )
    sex = book.covariate("sex")
    assert [(level.label, level.values) for level in sex.levels] == [
        ("female", ("female",)),
        ("male", ("M", "1")),
    ]
    assert book.adherence[0].planned == 18.0
    assert [rule.name for rule in book.eligibility] == ["age", "sex", "pain", "sessions"]
    assert book.source == "codebook.toml"
    assert book.digest == hashlib.sha256(path.read_bytes()).hexdigest()


def test_wide_and_adam_codebooks_say_where_values_stand(write_codebook):
    wide = read_codebook(write_codebook(WIDE))
    assert wide.roles.visit is None
    assert dict(wide.roles.dates) == {"baseline": "d0", "week 6": "d6"}
    assert dict(wide.outcome("pain").columns) == {"baseline": "nrs_0", "week 6": "nrs_6"}
    adam = read_codebook(write_codebook(ADAM))
    assert (adam.roles.parameter, adam.roles.value) == ("PARAMCD", "AVAL")
    assert (adam.roles.base, adam.roles.change) == ("BASE", "CHG")
    assert adam.outcome("pain").code == "NRS"


def test_texts_may_be_as_long_as_is_said(long_with):
    longest = (
        ('title = "A walk"', f'title = "{"t" * 250}"'),
        ('label = "control"', f'label = "{"c" * 60}"\nname = "{"n" * 80}"'),
        ('label = "week 6"', f'label = "{"w" * 60}"'),
        ('name = "pain"', f'name = "pain"\nlabel = "{"p" * 60}"'),
        ('name = "age"', f'name = "age"\nlabel = "{"a" * 60}"'),
    )
    assert long_with(*longest) == []


def test_an_instrument_may_be_described_in_its_place(write_codebook):
    table = (
        '{ name = "Steps", measures = "activity", low = 0, unit = "steps", better = "higher", '
        "whole = true, usual = [100, 30000] }"
    )
    text = LONG.replace('"nrs"\ncolumn', f"{table}\ncolumn", 1).replace('"pain >= 3", ', "")
    steps = read_codebook(write_codebook(text)).outcome("pain").instrument
    assert (steps.id, steps.name, steps.measures, steps.unit) == (
        "pain",
        "Steps",
        "activity",
        "steps",
    )
    assert (steps.low, steps.high, steps.usual) == (0.0, float("inf"), (100.0, 30000.0))
    assert (steps.whole, steps.zero, steps.sign, steps.changes) == (True, True, 1, ())


def test_a_trial_may_declare_its_own_smallest_change(write_codebook):
    declared = 'smallest_change = { value = 0.3, basis = "relative", source = "us" }\n'
    book = read_codebook(
        write_codebook(LONG.replace('column = "nrs"\n', f'column = "nrs"\n{declared}'))
    )
    change = book.outcome("pain").smallest_change
    assert change is not None
    assert (change.kind, change.value, change.basis, change.source) == (
        "important",
        0.3,
        "relative",
        "us",
    )


def test_the_bundled_example_is_read():
    path = data_folder() / "example_cohort" / "codebook.toml"
    if not path.exists():
        pytest.skip("the example is not there")
    assert isinstance(read_codebook(path), Codebook)


FILE = ('title = "A walk"\n', 'title = "A walk"\n[file]\n{}\n')


def file_with(line: str) -> tuple[str, str]:
    return FILE[0], FILE[1].format(line)


NEGATIVE = (
    '"nrs"\ncolumn = "nrs"\n',
    (
        '"knee_extension"\ncolumn = "nrs"\n'
        'smallest_change = { value = 0.2, basis = "relative", source = "us" }\n'
    ),
)
OWN = 'instrument = { name = "A", unit = "x", better = "lower" }\ncolumn = "nrs"\n'
OWN += 'smallest_change = { value = 0.2, basis = "relative", source = "us" }\n'
ONE_FAULT = {
    "a fraction of a negative baseline": (
        [NEGATIVE],
        (
            "line 28, key outcomes.smallest_change.basis: Knee extension deficit begins at -30, "
            "and a fraction of a negative baseline has no meaning; give the change in its unit "
            "(absolute), or low = 0 where values cannot be negative"
        ),
    ),
    "a fraction where there is no lower end": (
        [('instrument = "nrs"\ncolumn = "nrs"\n', OWN)],
        (
            "line 28, key outcomes.smallest_change.basis: A has no lower end, and a fraction of a "
            "negative baseline has no meaning; give the change in its unit (absolute), or low = 0 "
            "where values cannot be negative"
        ),
    ),
    "outcome and covariate apart in capitals": (
        [('name = "age"', 'name = "Pain"'), ('"age >= 40", ', "")],
        (
            "line 30, key covariates.name: 'Pain' and 'pain' of outcomes differ only in capitals; "
            "rename one"
        ),
    ),
    "arms apart in capitals": (
        [('label = "control"', 'label = "Retro"\nvalues = ["control"]')],
        "line 12, key arms.label: 'Retro' and 'retro' differ only in capitals; tell them apart",
    ),
    "visits apart in capitals": (
        [('label = "baseline"', 'label = "WEEK 6"')],
        "line 20, key visits.label: 'WEEK 6' and 'week 6' differ only in capitals; tell them apart",
    ),
    "a bell in the title": (
        [('title = "A walk"', 'title = "A \\u0007walk"')],
        "line 1, key title: holds the control character U+0007; remove it",
    ),
    "a line break in a level": (
        [('["female", {', '["female", "x\\ny", {')],
        "line 38, key covariates.levels: holds the control character U+000A; remove it",
    ),
    "a null in a missing code": (
        [file_with('missing = ["N\\u0000A"]')],
        "line 3, key file.missing: holds the control character U+0000; remove it",
    ),
    "a long title": (
        [('title = "A walk"', f'title = "{"t" * 251}"')],
        (
            "line 1, key title: is 251 characters long, and may be 250: 'tttttttttttttttttttt'...; "
            "shorten it"
        ),
    ),
    "a long label of an arm": (
        [('label = "control"', f'label = "{"c" * 61}"\nvalues = ["control"]')],
        (
            "line 12, key arms.label: is 61 characters long, and may be 60: "
            "'cccccccccccccccccccc'...; shorten it"
        ),
    ),
    "a long name of an arm": (
        [('label = "control"', f'label = "control"\nname = "{"c" * 81}"')],
        (
            "line 13, key arms.name: is 81 characters long, and may be 80: "
            "'cccccccccccccccccccc'...; shorten it"
        ),
    ),
    "an unknown key": (
        [('title = "A walk"', 'titel = "x"\ntitle = "A walk"')],
        "line 1, key titel: unknown key 'titel'; did you mean 'title'?",
    ),
    "an unknown key of a table": (
        [file_with('encodng = "utf-8"')],
        "line 3, key file.encodng: unknown key 'encodng'; did you mean 'encoding'?",
    ),
    "a missing title": (
        [('title = "A walk"\n', "")],
        "key title: 'title' is missing; expected text",
    ),
    "a number for a text": (
        [('title = "A walk"', "title = 3")],
        "line 1, key title: title = 3 should be text",
    ),
    "an unknown layout asks nothing else": (
        [file_with('layout = "wde"')],
        (
            "line 3, key file.layout: layout = 'wde' is not known; "
            "expected one of 'adam', 'long', 'redcap', 'wide'"
        ),
    ),
    "a delimiter of two signs": (
        [file_with('delimiter = "::"')],
        (
            "line 3, key file.delimiter: delimiter = '::' is not known; "
            "expected one of '\\t', ',', ';'"
        ),
    ),
    "a missing code that is no text": (
        [file_with("missing = [1.5]")],
        "line 3, key file.missing: 1.5 should be text in quotes, or a whole number",
    ),
    "a missing code with spaces": (
        [file_with('missing = ["NA "]')],
        (
            "line 3, key file.missing: 'NA ' should be text without spaces around it; "
            "those of the file do not count either"
        ),
    ),
    "a missing code twice": (
        [file_with('missing = ["-99", -99]')],
        "line 3, key file.missing: -99 stands twice in the list",
    ),
    "a missing code that is a level": (
        [file_with('missing = ["M"]')],
        (
            "line 3, key file.missing: 'M' is a missing code, and also means the level 'male' "
            "of sex; recode one"
        ),
    ),
    "a missing code within a scale": (
        [file_with('missing = ["9"]')],
        (
            "line 3, key file.missing: '9' is also a possible value of pain, 0 to 10 points; "
            "give the missing values of the file another code"
        ),
    ),
    "a scheduled visit left out": (
        [file_with('leave_out_visits = ["week 6"]')],
        "line 3, key file.leave_out_visits: 'week 6' is the visit 'week 6', which is scheduled",
    ),
    "no visit column": (
        [('visit = "visit"\n', "")],
        "line 3, key roles.visit: 'visit' is missing; a long file needs its visit column",
    ),
    "no visit column of REDCap": (
        [file_with('layout = "redcap"'), ('visit = "visit"\n', "")],
        (
            "line 5, key roles.visit: 'visit' is missing; a redcap file needs its visit column, "
            'e.g. visit = "redcap_event_name"'
        ),
    ),
    "a role of ADaM": (
        [('visit = "visit"\n', 'visit = "visit"\nparameter = "P"\n')],
        "line 7, key roles.parameter: 'parameter' is only for layout = \"adam\"",
    ),
    "dates in a long file": (
        [('visit = "visit"\n', 'visit = "visit"\ndates = { baseline = "d" }\n')],
        'line 7, key roles.dates: dates are for wide files; write date = "the column of dates"',
    ),
    "an empty role": (
        [('visit = "visit"\n', 'visit = "visit"\ndate = ""\n')],
        "line 7, key roles.date: 'date' is empty; name a column or leave the key out",
    ),
    "an arm twice": (
        [('label = "control"\n', 'label = "retro"\n')],
        "line 12, key arms.label: 'retro' is declared twice; it stands once",
    ),
    "no reference": (
        [("reference = true\n", "")],
        (
            "line 8, key arms: no arm is the reference; write reference = true for the "
            "one to compare with"
        ),
    ),
    "two references": (
        [('label = "retro"\n', 'label = "retro"\nreference = true\n')],
        (
            "line 14, key arms.reference: 'retro' is the reference already; "
            "exactly one arm has reference = true"
        ),
    ),
    "one arm": (
        [('[[arms]]\nlabel = "retro"\n', "")],
        (
            "line 9, key arms: there is one arm; a comparison needs two; write an [[arms]] table "
            "for each"
        ),
    ),
    "a value of two arms": (
        [
            ('label = "retro"\n', 'label = "retro"\nvalues = ["1"]\n'),
            ('label = "control"\n', 'label = "control"\nvalues = ["1.0"]\n'),
        ],
        "line 14, key arms.values: '1.0' already means 'retro'; a value has one meaning",
    ),
    "an arm without values": (
        [('label = "retro"\n', 'label = "retro"\nvalues = []\n')],
        ("line 10, key arms.values: values is empty; list how the file writes it, or leave out"),
    ),
    "a label with a space": (
        [('label = "retro"\n', 'label = "retro "\n')],
        "line 9, key arms.label: 'retro ' has spaces around it; write 'retro'",
    ),
    "arms that are no tables": (
        [
            ('[[arms]]\nlabel = "retro"\n', ""),
            ('[[arms]]\nlabel = "control"\nreference = true\n', ""),
            (
                'title = "A walk"\n',
                'title = "A walk"\narms = ["a", { label = "b", reference = true }]\n',
            ),
        ],
        "line 2, key arms: 'a': write each entry as a [[arms]] table",
    ),
    "a week in words": (
        [("week = 6", 'week = "six"')],
        "line 17, key visits.week: week = 'six' should be a number",
    ),
    "a week without end": (
        [("week = 6", "week = inf")],
        "line 17, key visits.week: week = inf should be a number of at most 15 digits",
    ),
    "a week twice": (
        [
            ("week = 6", "week = 12"),
            ("[[outcomes]]", '[[visits]]\nlabel = "x"\nweek = 12\n[[outcomes]]'),
        ],
        "line 26, key visits.week: week 12 is that of 'week 6' already; each visit has its own",
    ),
    "no baseline": (
        [("week = 0", "week = 1")],
        ("line 15, key visits: no visit is at week 0 or before; the baseline is the last of those"),
    ),
    "nothing after baseline": (
        [("week = 6", "week = -2")],
        "line 15, key visits: no visit is after week 0; there is nothing to compare the arms at",
    ),
    "an unknown instrument": (
        [('instrument = "nrs"', 'instrument = "vas"')],
        (
            "line 26, key outcomes.instrument: 'vas' is no instrument of the catalogue; "
            "did you mean vas_mm or vas_cm or vrs? "
            "An instrument of your own is described by a table in its place"
        ),
    ),
    "an instrument upside down": (
        [
            (
                'instrument = "nrs"',
                'instrument = { name = "x", unit = "m", better = "lower", low = 5, high = 1 }',
            )
        ],
        "line 26, key outcomes.instrument.high: low 5 must be below high 1",
    ),
    "an instrument with a usual range outside": (
        [
            (
                'instrument = "nrs"',
                (
                    'instrument = { name = "x", unit = "m", better = "lower", low = 0, usual '
                    "= [-1, 3] }"
                ),
            )
        ],
        (
            "line 26, key outcomes.instrument.usual: usual = [-1, 3] should be two "
            "numbers within low and "
            "high, the lower first"
        ),
    ),
    "an outcome without a column": (
        [('column = "nrs"\n', "")],
        (
            "line 24, key outcomes.column: 'column' is missing; a long file needs column "
            '= "its column"'
        ),
    ),
    "an outcome with a code": (
        [('column = "nrs"\n', 'column = "nrs"\ncode = "NRS"\n')],
        "line 28, key outcomes.code: 'code' is of no use in a long file; write 'column'",
    ),
    "a reserved name": (
        [('name = "age"', 'name = "week"'), ('"age >= 40", ', "")],
        "line 30, key covariates.name: 'week' is reserved; choose another name, e.g. week_score",
    ),
    "a name that is none": (
        [('name = "age"', 'name = "age at start"'), ('"age >= 40", ', "")],
        (
            "line 30, key covariates.name: 'age at start' is no name; take letters, digits and "
            "underscores, a letter first, e.g. pain_at_rest"
        ),
    ),
    "a name of two tables": (
        [('name = "age"', 'name = "pain"'), ('"age >= 40", ', "")],
        ("line 30, key covariates.name: 'pain' is a name among outcomes already; each has its own"),
    ),
    "a column of two roles": (
        [('arm = "group"', 'arm = "id"')],
        (
            "line 5, key roles.arm: 'id' is the subject already; a column has one use, so take it "
            "out of one of the two"
        ),
    ),
    "a column of two outcomes": (
        [('column = "age"', 'column = "nrs"')],
        (
            "line 31, key covariates.column: 'nrs' is the column of pain already; a column has one "
            "use, so take it out of one of the two"
        ),
    ),
    "a smallest change in percent": (
        [
            (
                'column = "nrs"\n',
                (
                    'column = "nrs"\nsmallest_change = { value = 12, basis = "relative", '
                    'source = "x" }\n'
                ),
            )
        ],
        (
            "line 28, key outcomes.smallest_change.value: value = 12 is no fraction "
            "of baseline; "
            "write 0.12 for 12 %"
        ),
    ),
    "a smallest change below zero": (
        [('column = "nrs"\n', 'column = "nrs"\nsmallest_change = { value = -2, source = "x" }\n')],
        (
            "line 28, key outcomes.smallest_change.value: value = -2 must be above 0; "
            "the instrument says which way is benefit"
        ),
    ),
    "a smallest change as long as the scale": (
        [('column = "nrs"\n', 'column = "nrs"\nsmallest_change = { value = 10, source = "x" }\n')],
        (
            "line 28, key outcomes.smallest_change.value: value = 10 is not below the "
            "length of the "
            "scale, 10"
        ),
    ),
    "a covariate upside down": (
        [('type = "number"\n', 'type = "number"\nlow = 3\nhigh = 3\n')],
        "line 34, key covariates.high: low 3 must be below high 3",
    ),
    "a number with levels": (
        [('type = "number"\n', 'type = "number"\nlevels = ["a", "b"]\n')],
        (
            "line 33, key covariates.levels: a number has no levels; "
            'write type = "category" or leave them out'
        ),
    ),
    "a category with a unit": (
        [('type = "category"\n', 'type = "category"\nunit = "m"\n')],
        "line 38, key covariates.unit: a category has no unit; leave it out",
    ),
    "one level": (
        [('["female", { label = "male", values = ["M", 1] }]', '["female"]')],
        (
            "line 38, key covariates.levels: a category needs two levels or more, "
            'e.g. levels = ["female", "male"]'
        ),
    ),
    "a value of two levels": (
        [('["M", 1]', '["M", "female"]')],
        (
            "line 38, key covariates.levels: 'female' already means 'female'; a value has "
            "one meaning"
        ),
    ),
    "an unknown name in a rule": (
        [('"age >= 40"', '"agee >= 40"')],
        (
            "line 46, key eligibility.rules: 'agee >= 40': 'agee' is no covariate, adherence "
            "measure or outcome; did you mean 'age'?"
        ),
    ),
    "an order of a category": (
        [('"sex in female, male"', '"sex > 1"')],
        (
            "line 46, key eligibility.rules: 'sex > 1': sex is a category without order; "
            "use ==, != or in"
        ),
    ),
    "a number for a level": (
        [('"sex in female, male"', '"sex == 1"')],
        (
            "line 46, key eligibility.rules: 'sex == 1': sex is a category, female, male; "
            "labels like numbers stand in quotes"
        ),
    ),
    "a missing code within the usual range of a scale without end": (
        [file_with('missing = ["50", "999"]'), ('instrument = "nrs"', 'instrument = "tug"')],
        (
            "line 3, key file.missing: '50' is also a possible value of pain, 4 to 60 s; "
            "give the missing values of the file another code"
        ),
    ),
    "a level that does not exist": (
        [('"sex in female, male"', '"sex in Female"')],
        (
            "line 46, key eligibility.rules: 'sex in Female': 'Female' is no level; did "
            "you mean 'female'?"
        ),
    ),
    "a word for a number": (
        [('"age >= 40"', '"age == old"')],
        "line 46, key eligibility.rules: 'age == old': age is a number, and 'old' is none",
    ),
    "a rule that is none": (
        [('"age >= 40"', '"age = 40"')],
        "line 46, key eligibility.rules: 'age = 40' is no rule; did you mean age == 40?",
    ),
    "planned below one": (
        [("planned = 18", "planned = 0")],
        "line 43, key adherence.planned: planned = 0 should be above 0, or be left out",
    ),
    "more excluded than assessed": (
        [("[eligibility]", "[screening]\nassessed = 3\nexcluded = { a = 4 }\n[eligibility]")],
        "line 47, key screening.excluded: 4 were excluded, but only 3 assessed",
    ),
    "half a person excluded": (
        [("[eligibility]", "[screening]\nexcluded = { a = 0.5 }\n[eligibility]")],
        "line 46, key screening.excluded: a = 0.5 should be a whole number of people",
    ),
}


@pytest.mark.parametrize("name", ONE_FAULT)
def test_each_fault_is_told_alone_and_with_its_line(name, long_with):
    changes, expected = ONE_FAULT[name]
    assert long_with(*changes) == [f"codebook.toml, {expected}"]


WIDE_FAULTS = {
    "a visit column": (
        ('arm = "group"\n', 'arm = "group"\nvisit = "v"\n'),
        (
            "line 7, key roles.visit: a wide file has no visit column; "
            "its visits are the columns of outcomes"
        ),
    ),
    "values of a visit": (
        ("week = 0\n", 'week = 0\nvalues = ["x"]\n'),
        "line 16, key visits.values: a wide file has no visit column; leave values out",
    ),
    "a visit that does not exist": (
        ('"week 6" = "nrs_6"', '"week6" = "nrs_6"'),
        "line 22, key outcomes.columns: 'week6' is no visit; did you mean 'week 6'?",
    ),
    "a date at a visit that does not exist": (
        ('"week 6" = "d6"', '"wek 6" = "d6"'),
        "line 7, key roles.dates: 'wek 6' is no visit; did you mean 'week 6'?",
    ),
    "one column at two visits": (
        ('"nrs_6"', '"nrs_0"'),
        (
            "line 22, key outcomes.columns: 'nrs_0' is the columns at baseline of pain already; "
            "a column has one use, so take it out of one of the two"
        ),
    ),
    "a column that is a number": (
        ('"nrs_6"', "6"),
        "line 22, key outcomes.columns: week 6 = 6 should be the name of a column",
    ),
    "one date": (
        ('dates = { baseline = "d0", "week 6" = "d6" }', 'date = "d"'),
        (
            "line 7, key roles.date: a wide file has a date a visit; "
            'write dates = { "a visit" = "its column" }'
        ),
    ),
    "rows to leave out": (
        ('layout = "wide"', 'layout = "wide"\nleave_out_visits = ["x"]'),
        "line 4, key file.leave_out_visits: a wide file has no rows of visits to leave out",
    ),
}


@pytest.mark.parametrize("name", WIDE_FAULTS)
def test_what_a_wide_codebook_asks(name, long_with):
    change, expected = WIDE_FAULTS[name]
    assert long_with(change, base=WIDE) == [f"codebook.toml, {expected}"]


def test_what_an_adam_codebook_asks(long_with):
    assert long_with(('value = "AVAL"\n', ""), base=ADAM) == [
        (
            "codebook.toml, line 4, key roles.value: 'value' is missing; an adam file needs it, "
            "e.g. value = 'AVAL'"
        )
    ]
    second = 'code = "NRS"\n[[outcomes]]\nname = "rest"\ninstrument = "nrs"\ncode = "NRS"\n'
    assert long_with(('code = "NRS"\n', second), base=ADAM) == [
        "codebook.toml, line 30, key outcomes.code: 'NRS' is the code of pain already"
    ]


def test_all_faults_are_told_together_by_line(long_with):
    faults = long_with(
        ('title = "A walk"', "title = 3"),
        ('arm = "group"', 'arn = "group"'),
        ("week = 6", "week = true"),
        ('instrument = "nrs"', 'instrument = "nrss"'),
        ('"pain >= 3"', '"pain >= x"'),
    )
    assert [fault.split(": ")[0] for fault in faults] == [
        "codebook.toml, line 1, key title",
        "codebook.toml, line 3, key roles.arm",
        "codebook.toml, line 5, key roles.arn",
        "codebook.toml, line 17, key visits.week",
        "codebook.toml, line 26, key outcomes.instrument",
        "codebook.toml, line 46, key eligibility.rules",
    ]


def test_a_syntax_error_is_told_with_its_line(long_with):
    assert long_with(('title = "A walk"', "title = A walk")) == [
        (
            "codebook.toml, line 1: not valid TOML at character 9: text stands in quotes; write "
            '"A walk"'
        )
    ]


def test_files_that_are_none(tmp_path):
    (tmp_path / "empty.toml").write_text("\n")
    (tmp_path / "latin.toml").write_bytes(b'title = "\xe9"\n')
    hint = "`retrostats new codebook DATA` writes one to edit, and docs/codebook.md says how"
    for name, expected in {
        "none.toml": f"none.toml: the file is missing; {hint}",
        "empty.toml": f"empty.toml: the file is empty; {hint}",
        "latin.toml": "latin.toml, line 1: byte 0xe9 is not UTF-8; save the file as UTF-8",
        "a" * 300: f"{'a' * 300}: the file cannot be read: File name too long",
    }.items():
        with pytest.raises(DataError) as error:
            read_codebook(tmp_path / name)
        assert str(error.value).split("  1. ")[1] == expected
    with pytest.raises(DataError, match="is no file but a folder"):
        read_codebook(tmp_path)


tables = st.sampled_from([key for key in KEYS if key])
scalars = st.one_of(
    st.sampled_from(['"a"', '"pain"', "1", "-1", "1.5", "true", "nan", "inf", "1979-05-27", '""']),
    st.sampled_from(["[]", "{}", '["a", 1, true]', '{ a = "b" }', "[[1]]", '"age >= 3"']),
)


@settings(max_examples=300)
@given(
    st.lists(
        st.tuples(tables, st.sampled_from(sorted({k for t in KEYS.values() for k in t})), scalars),
        max_size=3,
    ),
    st.booleans(),
)
def test_any_value_at_any_key_is_read_or_told(changes, wide):
    text = WIDE if wide else LONG
    for table, key, value in changes:
        for head in (f"[[{table}]]", f"[{table}]"):
            if f"\n{head}\n" in text:
                start = text.index(f"\n{head}\n") + len(head) + 2
                text = f"{text[:start]}{key} = {value}\n{text[start:]}"
                break
        else:
            text = f"{key} = {value}\n{text}"
    faults: list[Fault] = []
    book = codebook_from(TextFile(name="c.toml", text=text, digest="0"), faults)
    assert faults or isinstance(book, Codebook)
    assert all(str(fault) for fault in faults)


def test_two_arms_of_one_name_cannot_be_told_apart(long_with):
    for name in ("retro", "Walking"):
        first = "" if name == "retro" else f'\nname = "{name}"'
        line = 13 if name == "retro" else 14
        changes = (
            ('label = "retro"', f'label = "retro"{first}'),
            ('label = "control"', f'label = "control"\nname = "{name}"'),
        )
        assert long_with(*changes) == [
            (
                f"codebook.toml, line {line}, key arms.name: {name!r} is how readers know 'retro' "
                "already; each arm has its own name"
            )
        ]


HINTS = {
    ("week = 6", "week = 3/7"): "3/7 is no number of TOML; write 0.43",
    (
        "reference = true",
        "reference = yes",
    ): "'yes' is no truth value of TOML; write true, in small letters and without quotes",
    ("planned = 18", "planned = 17,5"): "17,5 has a decimal comma; write 17.5",
    (
        'label = "retro"',
        "label = Retro walking  # x",
    ): 'text stands in quotes; write "Retro walking"',
}


@pytest.mark.parametrize("change", HINTS, ids=lambda change: change[1])
def test_a_syntax_error_says_what_to_write(change, long_with):
    line = LONG[: LONG.index(change[0])].count("\n") + 1
    (told,) = long_with(change)
    assert told.startswith(f"codebook.toml, line {line}: not valid TOML at character ")
    assert told.endswith(f": {HINTS[change]}")


def test_an_open_line_hides_what_follows_from_it_and_nothing_else(long_with):
    changes = (
        ('title = "A walk"', '# TO DECIDE: title = ""  # what it is called'),
        ("reference = true", "# TO DECIDE: reference = true"),
        ('instrument = "nrs"', 'instrument = "nsr"'),
    )
    still = "is still to decide; fill it in and delete the mark '# TO DECIDE:'"
    assert long_with(*changes) == [
        f"codebook.toml, line 1, key title: {still}",
        f"codebook.toml, line 13, key reference: {still}",
        (
            "codebook.toml, line 26, key outcomes.instrument: 'nsr' is no instrument of the "
            "catalogue; did you mean nrs? An instrument of your own is described by a table in its "
            "place"
        ),
    ]


def test_a_plan_is_no_codebook():
    with pytest.raises(DataError) as told:
        read_codebook(data_folder() / "example_cohort" / "plan.toml")
    assert str(told.value).split("\n")[1:] == [
        "  1. plan.toml: this is a plan, not a codebook; give it where a plan is asked for (--plan)"
    ]


def test_an_outcome_names_its_axis_with_its_unit_where_it_has_one():
    pain = read_codebook("data/example_cohort/codebook.toml").outcome("pain")
    assert pain.label_with_unit == "Pain (points)"
    bare = replace(pain, instrument=replace(pain.instrument, unit=""))
    assert bare.label_with_unit == "Pain"
