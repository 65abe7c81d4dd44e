"""What a file suggests: marked guesses, open questions, and nothing that tells who somebody is."""

from __future__ import annotations

import re
import tomllib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrostats.data.codebook.binding import bind
from retrostats.data.codebook.grammar import LAYOUTS
from retrostats.data.codebook.reading import codebook_from, read_codebook
from retrostats.data.codebook.seen import Seen, look_at
from retrostats.data.codebook.spellings import without_slips
from retrostats.data.codebook.suggest import suggest_codebook, suggest_from
from retrostats.data.codebook.types import FileForm
from retrostats.data.codebook.values import matching_key, nearest
from retrostats.data.codebook.visit_names import family, split, week_of
from retrostats.data.cohort.reading import check_cohort
from retrostats.data.files import TextFile
from retrostats.data.formats.table import RawTable
from retrostats.errors import DataError, Fault

from .conftest import raw_table

IDS = [f"KNEE-{i:03d}" for i in range(1, 13)]


def long_file() -> str:
    rows = ["id,group,visit,visit_date,nrs,tug_s,age,sex,sessions,reason_left,site"]
    for i, who in enumerate(IDS):
        arm = ("retro", "control")[i % 2]
        for week, visit in ((0, "baseline"), (6, "week 6")):
            pain = "-99" if i == 3 and week else f"{7 - week // 3 - i % 3}"
            tug = "NA" if i == 5 else f"{10 + i / 10 - week / 6:.1f}"
            rows.append(
                f"{who},{arm},{visit},2024-0{1 + week // 3}-11,{pain},{tug},{40 + i},"
                f"{'FM'[i // 2 % 2]},{i + 3},{'moved' if i == 3 else ''},one"
            )
    return "\n".join(rows)


def wide_file() -> str:
    rows = ["subject,treatment,age,painPre,painPost,womac_w0,womac_w6,quad_nm_0,quad_nm_6,email"]
    rows += [
        f"{who},{'sham' if i % 2 else 'walk'},{50 + i},{60 + i},{40 + i},{20 + i},{10 + i},"
        f"{80.5 + i},{90.5 + i},a{i}@b.c"
        for i, who in enumerate(IDS)
    ]
    return "\n".join(rows)


def redcap_file() -> str:
    rows = ["record_id,redcap_event_name,allocation,sex,vas_mm,koos_pain,baseline_complete"]
    for i, who in enumerate(IDS):
        vas = 40 + 4 * i
        rows.append(f"{who},baseline_arm_1,{1 + i % 2},{1 + i // 2 % 2},{vas},{44.4 + i},2")
        rows.append(f"{who},week_6_arm_1,,,{vas - 11},{55.6 + i},2")
        if i == 2:
            rows.append(f"{who},unscheduled_arm_1,,,{vas},{50.0},2")
    return "\n".join(rows)


def adam_file() -> str:
    rows = ["STUDYID,USUBJID,TRT01P,TRT01PN,AGE,SEX,AVISIT,AVISITN,PARAMCD,PARAM,AVAL,BASE,CHG"]
    for i, who in enumerate(IDS):
        for week, visit in ((0, "Baseline"), (6, "Week 6")):
            for code, name, value in (
                ("NRS", "Pain", 6 - week // 6 - i % 3),
                ("TUG", "Up", 9.5 + i),
            ):
                rows.append(
                    f"S1,{who},{('Retro', 'Control')[i % 2]},{1 + i % 2},{40 + i},"
                    f"{'FM'[i // 2 % 2]},{visit},{week},{code},{name},{value},{value + week},0"
                )
    return "\n".join(rows)


FILES = {"long": long_file, "wide": wide_file, "redcap": redcap_file, "adam": adam_file}


def decided(text: str, **answers: list[str]) -> str:
    """Return a suggestion with its open lines filled, by key in order; `None` deletes a line."""
    lines = []
    for line in text.split("\n"):
        if not line.startswith("# TO DECIDE: "):
            lines.append(line)
            continue
        key = re.match(r"# TO DECIDE: (\w+) = ", line)[1]
        answer = answers[key].pop(0)
        if answer is not None:
            lines.append(f"{key} = {answer}")
    assert not any(answers.values())
    return "\n".join(lines)


@pytest.mark.parametrize("layout", FILES)
def test_a_suggestion_is_refused_until_it_is_decided(layout, write_codebook):
    text = suggest_from(raw_table(FILES[layout]()))
    open_lines = [
        n for n, line in enumerate(text.split("\n"), 1) if line.startswith("# TO DECIDE: ")
    ]
    with pytest.raises(DataError) as told:
        read_codebook(write_codebook(text))
    listed = re.findall(r"line (\d+), key \w+: is still to decide", str(told.value))
    assert [int(line) for line in listed] == open_lines
    assert f"{len(open_lines)} fault" in str(told.value)  # and nothing that follows from them


@pytest.mark.parametrize("layout", FILES)
def test_no_subject_identifier_is_printed(layout):
    text = suggest_from(raw_table(FILES[layout]()))
    assert not any(who in text for who in IDS)
    assert "@" not in text
    assert text == suggest_from(raw_table(FILES[layout]()))


def test_a_file_on_disk_is_read_and_named(tmp_path):
    (tmp_path / "trial.csv").write_text(long_file(), encoding="utf-8")
    told = suggest_codebook(tmp_path / "trial.csv")
    assert told.startswith("# A codebook proposed from trial.csv.")
    assert 'instrument = "tug"  # guessed: ' in told


@pytest.mark.parametrize("layout", FILES)
def test_every_line_that_was_guessed_says_why(layout):
    text = suggest_from(raw_table(FILES[layout]()))
    stated = re.compile(
        r"(name|label|values|column|code|levels) = |\[\[?\w+\]\]?$|#|missing = \[\]|$"
    )
    for line in text.split("\n"):
        assert stated.match(line) or re.search(r"  # guessed: \S", line), line


def test_a_long_file(write_codebook):
    text = suggest_from(raw_table(long_file()))
    book = read_codebook(write_codebook(decided(text, title=['"t"'])))
    assert (book.form.layout, book.form.delimiter, book.form.decimal) == ("long", ",", ".")
    assert book.form.missing == ("-99", "NA")
    roles = book.roles
    assert (roles.subject, roles.arm, roles.visit) == ("id", "group", "visit")
    assert (roles.date, roles.withdrawal) == ("visit_date", "reason_left")
    assert [(arm.label, arm.reference) for arm in book.arms] == [
        ("control", True),
        ("retro", False),
    ]
    assert [(v.label, v.week) for v in book.visits] == [("baseline", 0.0), ("week 6", 6.0)]
    assert [(o.column, o.instrument.id) for o in book.outcomes] == [
        ("nrs", "nrs"),
        ("tug_s", "tug"),
    ]
    assert [(c.name, c.kind) for c in book.covariates] == [("age", "number"), ("sex", "category")]
    assert [level.label for level in book.covariate("sex").levels] == ["F", "M"]
    assert [measure.column for measure in book.adherence] == ["sessions"]
    assert text.endswith("# Columns without a place:\n#   site: one value only\n")


def test_a_row_of_another_arm_or_sex_does_not_hide_the_column():
    rows = long_file().split("\n")
    rows[2] = rows[2].replace(",retro,", ",control,").replace(",F,", ",M,")
    text = suggest_from(raw_table("\n".join(rows)))
    assert 'arm = "group"  # guessed: the name; 2 values, one per subject' in text
    assert 'levels = ["F", "M"]' in text


def test_a_wide_file(write_codebook):
    text = suggest_from(raw_table(wide_file()))
    assert "; one of womac_total, womac_vas_total, womac_100_total\n" in text
    filled = decided(text, title=['"t"'], week=["12"], instrument=['"vas_mm"', '"womac_total"'])
    assert "smallest_change" not in filled  # nothing is asked while the instrument is open
    book = read_codebook(write_codebook(filled))
    assert book.form.layout == "wide"
    assert [arm.label for arm in book.arms] == ["sham", "walk"]
    assert [(v.label, v.week) for v in book.visits] == [
        ("baseline", 0.0),
        ("week 6", 6.0),
        ("Post", 12.0),
    ]
    assert {o.name: dict(o.columns) for o in book.outcomes} == {
        "pain": {"baseline": "painPre", "Post": "painPost"},
        "womac": {"baseline": "womac_w0", "week 6": "womac_w6"},
        "quad_nm": {"baseline": "quad_nm_0", "week 6": "quad_nm_6"},
    }
    assert book.outcome("quad_nm").instrument.id == "quadriceps_nm"
    assert "#   email: may tell who somebody is; take it out of the file" in text


def test_a_redcap_file(write_codebook):
    labels = {"allocation": {"1": "Retro", "2": "Usual care"}, "sex": {"1": "female", "2": "male"}}
    text = suggest_from(raw_table(redcap_file(), labels=labels))
    change = '{ value = 15, source = "ROC" }'
    filled = decided(text, title=['"t"'], smallest_change=[None, change])
    assert filled.count("# or: smallest_change = { value = 1") == 2
    book = read_codebook(write_codebook(filled))
    assert book.outcome("koos_pain").smallest_change.value == 15
    assert (book.form.layout, book.roles.visit) == ("redcap", "redcap_event_name")
    assert book.form.leave_out_visits == ("unscheduled_arm_1",)
    assert [(arm.label, arm.values) for arm in book.arms] == [
        ("Usual care", ("2",)),
        ("Retro", ("1",)),
    ]
    assert [(v.week, v.values) for v in book.visits] == [
        (0.0, ("baseline_arm_1",)),
        (6.0, ("week_6_arm_1",)),
    ]
    assert [o.instrument.id for o in book.outcomes] == ["vas_mm", "koos_pain"]
    assert [(v.label, v.values) for v in book.covariate("sex").levels] == [
        ("female", ("1",)),
        ("male", ("2",)),
    ]


def test_a_covariate_of_another_event_than_the_arm_is_a_covariate():
    rows = ["record_id,redcap_event_name,allocation,sex,group_name,vas_mm"]
    for i, who in enumerate(IDS):
        arm = 1 + i % 2
        rows.append(f"{who},screening_arm_1,,{1 + i // 2 % 2},,")
        rows.append(f"{who},baseline_arm_1,{arm},,{'walk' if arm == 1 else 'usual'},{60 + i}")
        rows.append(f"{who},week_6_arm_1,,,,{40 + i}")
    text = suggest_from(raw_table("\n".join(rows)))
    assert 'column = "sex"' in text  # it meets the arm on no row, and says something of its own
    assert "#   sex:" not in text
    assert "#   group_name: goes with allocation" in text  # it repeats the arm


def test_an_adam_file(write_codebook):
    text = suggest_from(raw_table(adam_file()))
    book = read_codebook(write_codebook(decided(text, title=['"t"'])))
    roles = book.roles
    assert (roles.subject, roles.arm, roles.visit) == ("USUBJID", "TRT01P", "AVISIT")
    assert (roles.parameter, roles.value, roles.base, roles.change) == (
        "PARAMCD",
        "AVAL",
        "BASE",
        "CHG",
    )
    assert [(o.code, o.instrument.id) for o in book.outcomes] == [("NRS", "nrs"), ("TUG", "tug")]
    assert [c.name for c in book.covariates] == ["age", "sex"]


def test_what_the_names_do_not_tell_stays_open(write_codebook):
    rows = ["N,Th,Sex,R1,R2"] + [
        f"{i},{1 + i % 2},{i // 2 % 2},{1 + i % 5},{1 + i % 4}" for i in range(20)
    ]
    text = suggest_from(raw_table("\n".join(rows)))
    assert 'columns = { "visit 1" = "R1", "visit 2" = "R2" }' in text
    assert "week = 0  # guessed: the first of the series" in text
    own = '{ name = "Pain 1-5", low = 1, high = 5, unit = "points", better = "lower" }'
    answers = {"name": ['"Walking"', '"Resting"'], "reference": ["true", None]}
    filled = decided(text, title=['"t"'], week=["1"], instrument=[own], **answers)
    book = read_codebook(write_codebook(filled))
    assert (book.reference.label, book.outcomes[0].name) == ("1", "r")
    assert [arm.name for arm in book.arms] == ["Walking", "Resting"]  # numbers are no names
    assert [level.label for level in book.covariate("sex").levels] == ["0", "1"]


def test_a_file_that_says_nothing_is_all_open():
    text = suggest_from(raw_table("a,b\nx,1\ny,2\n"))
    open_lines = [line for line in text.split("\n") if line.startswith("# TO DECIDE: ")]
    assert [re.match(r"# TO DECIDE: (\S+)", line)[1] for line in open_lines] == [
        "title",
        "subject",
        "arm",
        "visit",
        "[[arms]]",
        "label",
        "reference",
        "[[visits]]",
        "label",
        "week",
    ]


def test_subjects_that_are_not_recognised_are_not_printed():
    rows = ["kode,group,visit,nrs"]
    rows += [f"Anna{i},{'ab'[i % 2]},{visit},5" for i in range(4) for visit in ("pre", "w6", "w12")]
    text = suggest_from(raw_table("\n".join(rows)))
    assert "Anna" not in text
    assert "#   kode: the column of subjects comes first" in text


def column(name: str, *cells: str) -> Seen:
    """Return one column as it is seen."""
    return look_at(raw_table("\n".join([name, *cells])))[0][0]


MISSING = {
    ("1", "5", "-99"): ("-99",),
    ("-12", "5", "-9"): (),
    ("400", "880", "999"): (),
    ("40", "80", "999"): ("999",),
    ("-99", "-99"): (),
    ("1", "n/a", ".", "2"): ("n/a", "."),
    ("M", "F", "-99"): (),
}


@pytest.mark.parametrize("cells", MISSING, ids=str)
def test_missing_codes_stand_apart(cells):
    assert look_at(raw_table("\n".join(["x", *cells])))[1] == MISSING[cells]


def words_file(word: str, often: int) -> str:
    """Return a wide file in which a word stands for the last pain of some subjects."""
    rows = ["ID,Group,Alter (Jahre),Weight (kg),Seen on,Pain VAS pre,Pain VAS 6wk"]
    for i, who in enumerate(IDS):
        last = word if i < often else f"{i / 2:.1f}"
        day = f"{10 + i}.07.2023"
        rows.append(
            f"{who},{('retro', 'control')[i % 2]},{50 + i},{70 + i},{day},{i / 2 + 1:.1f},{last}"
        )
    return "\n".join(rows)


def test_a_word_that_stands_among_numbers_is_a_question(write_codebook):
    text = suggest_from(raw_table(words_file("did not attend", 4)))
    assert 'missing = ["did not attend"]  # an empty cell' in text
    assert "# Words among numbers: 'did not attend' (4 times)." in text
    assert text.count("# TO DECIDE: missing") == 1
    with pytest.raises(DataError, match="key missing: is still to decide"):
        read_codebook(write_codebook(text))
    filled = decided(text, title=['"t"'], missing=['["did not attend"]'])
    book = read_codebook(write_codebook(filled))
    assert book.form.missing == ("did not attend",)
    assert book.outcomes[0].columns == {"baseline": "Pain VAS pre", "week 6": "Pain VAS 6wk"}


@pytest.mark.parametrize("word", ["7 cm", "x" * 41, "--"])
def test_what_is_no_word_is_left_to_the_check(word):
    assert "Words among numbers" not in suggest_from(raw_table(words_file(word, 2)))


def test_a_word_once_is_left_to_the_check():
    assert "missing = []" in suggest_from(raw_table(words_file("unable", 1)))


def test_a_word_beside_few_numbers_is_a_level():
    seen = column("grade", *("1", "2", "3", "4", "unknown") * 4)
    assert seen.numbers is None
    assert column("pain", *map(str, range(10)), "unknown", "unknown").words == {"unknown": 2}


def test_a_subject_among_numbers_is_not_printed():
    rows = ["id,group,visit,nrs"]
    for who in (*map(str, range(1, 12)), "Anna"):
        rows += [f"{who},{'ab'[who < '3']},{visit},{len(who)}" for visit in ("pre", "w6", "w12")]
    text = suggest_from(raw_table("\n".join(rows)))
    assert 'subject = "id"' in text
    assert "Anna" not in text


def test_a_unit_in_brackets_and_dates_of_another_form():
    text = suggest_from(raw_table(words_file("", 1)))
    assert 'label = "Age"  # guessed: words for readers\ncolumn = "Alter (Jahre)"' in text
    assert 'label = "Weight"  # guessed: words for readers\ncolumn = "Weight (kg)"' in text
    assert "#   Seen on: dates, but not written as 2024-12-31; write them so to use" in text


BOUND = {
    ("vas", "0", "9.5"): ("vas_cm", ()),
    ("vas", "0", "83"): ("vas_mm", ()),
    ("womac_pain", "2", "18"): ("womac_pain", ()),
    ("womac", "2", "83"): (None, ("womac_total", "womac_100_total")),
    ("womac", "2.5", "83"): ("womac_100_total", ()),
    ("quad", "80", "300"): (None, ("quadriceps_nm", "quadriceps_kg", "quadriceps_n")),
    ("quad_n", "80", "300"): ("quadriceps_n", ()),
    ("strength_nm_kg", "0.8", "2.1"): ("quadriceps_nm_kg", ()),
    ("nrs", "2", "60"): (None, ()),
    ("knee_flex", "90", "130"): ("knee_flexion", ()),
    ("KOOS.Sport", "20", "81.25"): ("koos_sport", ()),
    ("Schmerz_Ruhe", "2", "7.5"): ("vas_cm", ()),
    ("Douleur", "2", "7.5"): ("vas_cm", ()),
}


@pytest.mark.parametrize("case", BOUND, ids=str)
def test_instruments_by_name_unit_and_values(case):
    name, *cells = case
    binding = bind(name, column(name, *cells))
    assert binding is not None
    assert (binding.instrument, binding.choices) == BOUND[case]


def test_a_name_that_says_nothing_binds_nothing():
    assert bind("score", column("score", "1", "5")) is None
    assert bind("nrs", column("nrs", "low", "high")) is None


def small(arms: str, extra: str = "") -> str:
    """Return the suggestion for eight subjects with the given arms."""
    rows = [f"id,visit,nrs,{extra}"]
    for i, who in enumerate(IDS[:8]):
        arm = arms.split("/")[i % len(arms.split("/"))]
        other = arm if extra.startswith("arm,") else "abcdefgh"[i // 2]
        rows += [f"{who},{visit},{5 + i % 3},{arm},{other}" for visit in ("pre", "w6")]
    return suggest_from(raw_table("\n".join(rows)))


def test_two_columns_of_arms_are_a_question():
    open_line = '# TO DECIDE: arm = ""  # several columns are named like arms; one of arm, group'
    assert open_line in small("retro/control", "arm,group").split("\n")


def test_two_likely_references_are_a_question():
    text = small("sham walk/usual care", "group,site")
    assert text.count("# TO DECIDE: reference = true") == 2
    assert "\nreference = true" not in text


def test_a_category_needs_two_subjects_a_level():
    assert 'levels = ["a", "b", "c", "d"]' in small("retro/control", "group,site")
    rows = ["id,group,visit,nrs,kind"]
    rows += [f"{w},{'ab'[i % 2]},{v},5,k{i}" for i, w in enumerate(IDS[:6]) for v in ("pre", "w6")]
    text = suggest_from(raw_table("\n".join(rows)))
    assert "#   kind: text of many kinds, or a category of too many levels" in text


def messy_wide() -> list[str]:
    """Return a wide file with slips: spellings, units in cells, one person entered twice."""
    rows = ["ID;Gruppe;Alter;Geschlecht;VAS_Schmerz_0;VAS_Schmerz_4;TUG_0;TUG_4"]
    for i in range(24):
        arm, sex = ("Retro", "Kontrolle")[i % 2], "wm"[i // 2 % 2]
        arm = {5: "Kontrole", 8: "retro"}.get(i, arm)
        sex = "W" if i == 9 else sex
        tug = {4: "10,4 s", 7: "k.A."}.get(i, f"{8 + i / 10:.1f}".replace(".", ","))
        rows.append(f"KNEE-{i};{arm};{50 + i};{sex};{40 + i};{30 + i};{9 + i // 9};{tug}")
    return [*rows, rows[3].replace(";42;", ";43;")]


@pytest.fixture
def messy(tmp_path):
    path = tmp_path / "messy.csv"
    path.write_text("\n".join(messy_wide()), encoding="utf-8")
    return path


def test_slips_of_a_wide_file_are_left_to_the_check(messy, write_codebook):
    text = suggest_codebook(messy)
    assert 'layout = "wide"  # guessed: a row per subject but for 1 that repeat one' in text
    for line in (
        "# 'Kontrole' looks like a slip of 'Kontrolle'; 1 row",
        "# 'retro' looks like a slip of 'Retro'; 1 row",
        "# 'W' looks like a slip of 'w'; 1 row",
    ):
        assert line in text.split("\n")
    book = read_codebook(write_codebook(decided(text, title=['"t"'], smallest_change=[None])))
    assert [arm.label for arm in book.arms] == ["Kontrolle", "Retro"]
    assert {o.instrument.id: tuple(o.columns.values()) for o in book.outcomes} == {
        "vas_mm": ("VAS_Schmerz_0", "VAS_Schmerz_4"),
        "tug": ("TUG_0", "TUG_4"),
    }
    assert [(c.label, c.unit) for c in book.covariates] == [("Age", "years"), ("Sex", "")]
    told = [(p.rule, p.line, p.value) for p in check_cohort(messy, book).errors]
    assert told == [
        ("not a number", 6, "10,4 s"),
        ("unknown arm", 7, "Kontrole"),
        ("not a number", 9, "k.A."),
        ("unknown arm", 10, "retro"),
        ("unknown level", 11, "W"),
        ("repeated visit", 26, ""),
    ]


def test_what_is_given_is_written_and_not_guessed(tmp_path):
    path = tmp_path / "umlaut.csv"
    path.write_text("\n".join(messy_wide()).replace("Alter", "Größe"), encoding="cp1252")
    with pytest.raises(DataError, match="with --encoding cp1252"):
        suggest_codebook(path)
    form = FileForm(encoding="cp1252", delimiter=";", decimal=",")
    text = suggest_codebook(path, layout="long", form=form)
    lines = ['layout = "long"', 'encoding = "cp1252"', 'delimiter = ";"', 'decimal = ","']
    assert "\n".join(["[file]", *lines]) in text
    for layout in LAYOUTS:
        tomllib.loads(suggest_codebook(path, layout=layout, form=form))


def test_floats_of_an_export_are_whole_codes(write_codebook, tmp_path):
    rows = ["record_id,redcap_event_name,group,sex,tug,visit_complete"]
    for i in range(12):
        rows.append(f"S{i},enrolment_arm_1,{1 + i % 2}.0,{1 + i // 2 % 2}.0,,{i % 3}")
        rows.append(f"S{i},baseline_arm_1,,,{'' if i == 5 else f'{9 + i}.0'},2")
        rows.append(f"S{i},week_4_arm_1,,,{'-99.0' if i == 3 else f'{8 + i}.5'},{i % 2}")
    path = tmp_path / "redcap.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    text = suggest_codebook(path)
    answers = {"title": ['"t"'], "name": ['"a"', '"b"'], "reference": ["true", None]}
    book = read_codebook(write_codebook(decided(text, **answers)))
    assert book.form.missing == ("-99",)
    assert book.form.leave_out_visits == ("enrolment_arm_1",)
    assert [visit.week for visit in book.visits] == [0.0, 4.0]
    assert [arm.values for arm in book.arms] == [("1",), ("2",)]
    assert [level.label for level in book.covariate("sex").levels] == ["1", "2"]
    assert [outcome.column for outcome in book.outcomes] == ["tug"]
    assert "#   visit_complete: of REDCap itself" in text
    report = check_cohort(path, book)
    assert report.errors == ()
    assert [(p.rule, p.line) for p in report.warnings] == [("no baseline", 18)]
    (unused,) = (note for note in report.notes if "does not use" in note)
    assert unused == "The codebook does not use 1 column of the file: 'visit_complete'."


SPELLINGS = {
    ("retro",) * 5 + ("Retro",) * 4: (("Retro", "retro", 4),),
    ("no pain",) * 3 + ("no-pain",): (("no-pain", "no pain", 1),),
    ("control",) * 10 + ("contrl",): (("contrl", "control", 1),),
    ("control",) * 10 + ("cotnrol",): (("cotnrol", "control", 1),),
    ("control",) * 9 + ("contrl",): (),
    ("male",) * 10 + ("female",): (),
    ("site 1",) * 10 + ("site 2",): (),
    ("yes",) * 10 + ("yep",): (),
    ("week 6",) * 10 + ("Week 6",): (),
    ("1",) * 10 + ("1.0",): (),
}


@pytest.mark.parametrize("cells", SPELLINGS, ids=lambda cells: f"{cells[0]} {cells[-1]}")
def test_what_looks_like_a_slip(cells):
    kept, slips = without_slips([column("x", *cells)])
    assert slips.get("x", ()) == SPELLINGS[cells]
    slipped = {slip for slip, *_ in SPELLINGS[cells]}
    assert kept[0].texts == tuple(text for text in dict.fromkeys(cells) if text not in slipped)
    assert len(kept[0].codes) == len(cells)
    assert (kept[0].codes >= 0).all()


def test_names_with_control_characters_stay_toml():
    rows = ["id,group,vi\x08sit,no,nrs"]
    rows += [
        f"{w},{'ab'[i % 2]},{v},{len(v)},5" for i, w in enumerate(IDS) for v in ("pre", "week 6")
    ]
    text = suggest_from(raw_table("\n".join(rows)))
    assert "#   no: goes with vi?sit" in text
    tomllib.loads(text)


HEADERS = (
    "id", "subject", "group", "visit", "week", "PARAMCD", "AVAL", "redcap_event_name", "nrs",
    "nrs_0", "nrs_6", "painPre", "painPost", "sex", "age", "date_0", "date_6", "é", 'x="1"',
)  # fmt: skip
CELLS = (
    "", "NA", "-99", "1", "2", "7.5", "a", "b", "2024-01-02", "week 6", "pre",
    "\n", '"', "#", "999",
)  # fmt: skip
headers = st.sampled_from(HEADERS) | st.text(max_size=5)
cells = st.sampled_from(CELLS)


@settings(max_examples=150)
@given(st.data(), st.integers(0, 6))
def test_any_table_gives_a_text_that_is_toml(data, n_rows):
    header = data.draw(st.lists(headers, max_size=7))
    rows = [[data.draw(cells) for _ in header] for _ in range(n_rows)]
    table = RawTable(
        file="x.csv",
        form="CSV, comma, UTF-8",
        digest="",
        header=tuple(header),
        columns=tuple(np.array([row[i] for row in rows], dtype=object) for i in range(len(header))),
        lines=np.arange(n_rows),
    )
    text = suggest_from(table)
    tomllib.loads(text)
    tomllib.loads(re.sub("^# TO DECIDE: ", "", text, flags=re.M))
    faults: list[Fault] = []
    codebook_from(TextFile(name="c.toml", text=text, digest=""), faults)
    assert faults


WEEKS = {
    "baseline": 0.0, "Pre": 0.0, "T0": 0.0, "baseline_arm_1": 0.0, "week 6": 6.0, "Week 12": 12.0,
    "6wk": 6.0, "6 weeks": 6.0, "w6": 6.0, "week_6_arm_2b": 6.0, "3 months": 13.0, "day 10": 1.4,
    "V2": None, "post": None, "6": None, "screening": None,
}  # fmt: skip


@pytest.mark.parametrize("name", WEEKS)
def test_weeks_of_visits(name):
    assert week_of(name) == WEEKS[name]


SPLITS = {
    "nrs_0": ("nrs", "0"), "nrs_baseline": ("nrs", "baseline"), "womac_w6": ("womac", "w6"),
    "R1": ("R", "1"), "painPost": ("pain", "Post"), "6MWT_0": ("6MWT", "0"),
    "pre_nrs": ("nrs", "pre"), "w6_pain": ("pain", "w6"), "tug_6wk": ("tug", "6wk"),
    "nrs_t1": ("nrs", "t1"), "item1": ("item", "1"), "age": None, "strength_nm": None,
}  # fmt: skip


@pytest.mark.parametrize("name", SPLITS)
def test_stems_and_visits_of_columns(name):
    assert split(name) == SPLITS[name]


def test_one_column_is_no_family():
    assert family(("nrs_0", "tug_0", "tug_6", "age")) == {"tug": {"0": "tug_0", "6": "tug_6"}}


def test_a_near_miss_is_one_whatever_its_case():
    assert nearest("RETRO", ["control", "retro"]) == "did you mean 'retro'?"
    assert nearest("x", []) == "there is none"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1", "1.0", True), ("1.50", "1.5", True), ("-0", "0", True), ("+1", "1", True),
        ("01", "1", False), ("1", "2", False), ("a", "A", False), ("10", "1", False),
        ("1e0", "1", False),
    ],
)  # fmt: skip
def test_when_two_spellings_are_one_value(one, other, same):
    assert (matching_key(one) == matching_key(other)) is same
