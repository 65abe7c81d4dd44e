import numpy as np
import pandas as pd
import pytest

from retrostats.models.frame import caveats as module
from retrostats.models.frame.model_frame import model_frame
from retrostats.models.mean.formula import read_formula


def trial(n=20, **changes):
    """Give n subjects at two visits; rows are labelled r0, r1, ..."""
    random = np.random.default_rng(7)
    data = {
        "pain": random.normal(size=2 * n),
        "arm": np.repeat(np.tile(["forward", "retro"], n)[:n], 2),
        "age": np.repeat(random.integers(40, 80, size=n), 2),
        "week": np.tile([3, 6], n),
        "id": np.repeat(np.arange(n), 2),
    }
    return pd.DataFrame(data | changes, index=[f"r{k}" for k in range(2 * n)])


def caveats(data, text="pain ~ arm + age", **roles):
    return model_frame(read_formula(text), data, **({"subject": "id"} | roles)).caveats


def with_values(name, **values):
    """Return the trial with a few cells of one column set, by row label."""
    data = trial()
    for row, value in values.items():
        data.loc[row, name] = value
    return data


def test_a_clean_trial_has_no_caveats():
    assert caveats(trial(), visit="week", group="arm") == ()


@pytest.mark.parametrize("dtype", ["str", object, "category"])
def test_levels_that_differ_by_spaces_or_case_are_told(dtype):
    data = with_values("arm", r0="forward ", r1="forward ", r2="Retro", r3="Retro")
    data.loc[["r4", "r5"], "arm"] = "forward "
    data.loc[["r6", "r7"], "arm"] = "Retro"
    assert caveats(data.astype({"arm": dtype})) == (
        "arm: levels 'Retro' and 'retro' differ only by spaces or case",
        "arm: levels 'forward' and 'forward ' differ only by spaces or case",
    )


def test_labels_of_visits_and_groups_are_looked_at_too():
    week = np.tile(["w3", "W3 "], 20)
    told = caveats(trial(week=week, site=np.tile(["", " "], 20)), visit="week", group="site")
    assert told == (
        "week: levels 'W3 ' and 'w3' differ only by spaces or case",
        "site: levels '' and ' ' differ only by spaces or case",
        "site: '' is a level; is it a missing value?",
    )


def test_an_empty_label_is_told():
    data = trial(arm=np.repeat(np.tile(["", "retro"], 10), 2))
    assert caveats(data) == ("arm: '' is a level; is it a missing value?",)


def test_numbers_written_as_text_are_told():
    n = 60
    ages = np.repeat([f"{age}" for age in np.arange(30).repeat(2)], 2)
    hint = "convert it with pandas.to_numeric"
    assert caveats(trial(n, age=ages)) == (
        f"age: 30 levels of text that looks like numbers; {hint}",
    )
    few = np.where(np.arange(2 * n) % 2, "7.5", "8")
    assert caveats(trial(n, age=few)) == (f"age: 2 levels of text that looks like numbers; {hint}",)
    comma = np.where(np.arange(2 * n) % 2, "7,5", "8")
    assert caveats(trial(n, age=comma)) == (
        'age: 2 levels of text that looks like numbers; read the file with read_csv(decimal=",")',
    )


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["1", "2"], ()),
        (["a.m.", "p.m."], ()),
        ([f"site {k}" for k in range(20)], ()),
        (
            [f"site {k}" for k in range(21)],
            ("site: 21 levels of text, each with its own coefficient",),
        ),
        (
            [*"123456", "n/a"],
            ("site: 7 levels of text that looks like numbers; convert it with pandas.to_numeric",),
        ),
        ([*"abcdef", "7"], ()),
    ],
)
def test_codes_and_names_are_no_numbers(labels, expected):
    n = 4 * len(labels)
    site = np.repeat(np.tile(labels, 4), 2)
    assert caveats(trial(n, site=site), "pain ~ site") == expected
    declared = pd.Categorical(site)
    assert caveats(trial(n, site=declared), "pain ~ site") == ()


def test_a_level_of_one_subject_is_told():
    data = with_values("arm", r0="swimming", r1="swimming")
    assert caveats(data) == ("arm: 'swimming' has one subject",)
    data = with_values("arm", r0="swimming", r1="swimming", r8="cycling", r9="cycling")
    assert caveats(data, visit="week") == ("arm: 'cycling', 'swimming' have one subject",)


def test_a_factor_that_changes_within_few_subjects_is_told_with_rows():
    data = with_values("arm", r1="retro", r0="forward")
    assert caveats(data) == ("arm changes within 1 of 20 subjects (row r1)",)
    data = with_values("arm", r1="retro", r2="forward")
    assert caveats(data) == ()  # 2 of 20 are too many to be slips
    shuffled = with_values("arm", r1="retro").iloc[::-1]
    assert caveats(shuffled) == ("arm changes within 1 of 20 subjects (row r0)",)


def test_rows_are_named_by_label_also_after_others_were_left_out():
    data = with_values("arm", r21="forward", r20="retro")
    data.loc[["r0", "r7"], "pain"] = np.nan
    assert caveats(data, visit="week") == ("arm changes within 1 of 20 subjects (row r21)",)


def test_visits_and_what_varies_in_all_subjects_are_not_compared():
    data = trial()
    assert caveats(data, "pain ~ C(week)", visit="week") == ()
    assert caveats(data, "pain ~ C(week)") == ()
    twice = pd.concat([data.iloc[::2], data.iloc[1:2]])  # one subject has a second visit
    assert caveats(twice, "pain ~ C(week)") == ()
    once = data.iloc[::2].assign(week=[12, *[3, 6] * 9, 3])
    assert caveats(once, "pain ~ C(week)", visit="week") == ()
    assert caveats(once, "pain ~ C(week)") == ("week: 12 has one subject",)


def test_large_data_are_not_compared_with_subjects(monkeypatch):
    data = with_values("arm", r0="swimming", r1="swimming")
    monkeypatch.setattr("retrostats.models.frame.model_frame.CHECKED_ROWS", 39)
    assert caveats(data) == ()
    assert module.CHECKED_ROWS >= 100_000


@pytest.mark.parametrize(
    ("visits", "told"),
    [
        (["baseline", "week 3", "follow-up"], "baseline, follow-up, week 3"),
        (["week 3", "week 6", "week 12"], "week 12, week 3, week 6"),
        (["3", "6", "12"], "12, 3, 6"),
        (["v1", "v2", "v3"], ""),
        (["week 03", "week 06", "week 12"], ""),
        (["pre", "post"], ""),
        ([*"abcdefghij"], "a, b, c, d, e, f, g, h and 2 more"),
    ],
)
def test_visits_of_text_are_sorted_by_the_alphabet_and_say_so(visits, told):
    n, m = 6, len(visits)
    data = pd.DataFrame(
        {
            "pain": np.random.default_rng(1).normal(size=n * m),
            "visit": np.tile(visits, n),
            "id": np.repeat(np.arange(n), m),
        }
    )
    text = f"visit: text sorted alphabetically: {told}; make it a pandas Categorical in time order"
    expected = (text,) if told else ()
    assert caveats(data, "pain ~ visit", visit="visit") == expected
    assert caveats(data, "pain ~ 1", visit="visit") == expected
    assert caveats(data, "pain ~ visit", visit="visit", levels={"visit": visits}) == ()
    ordered = data.assign(visit=pd.Categorical(data["visit"], visits))
    assert caveats(ordered, "pain ~ visit", visit="visit") == ()


def test_second_rows_that_cannot_be_used_are_told():
    data = trial()
    again = data.loc[["r0", "r7"]].assign(pain=np.nan)
    again.index = ["again0", "again7"]
    both = pd.concat([data, again, again.iloc[:1]])
    frame = model_frame(read_formula("pain ~ arm"), both, subject="id", visit="week")
    assert frame.caveats == (
        "2 subject-visits have a second row that could not be used (rows again0, again7, again0)",
    )
    assert len(frame) == 40
    one = pd.concat([again.iloc[:1], data])
    assert caveats(one, visit="week") == (
        "1 subject-visit has a second row that could not be used (row again0)",
    )
    assert caveats(one) == ()  # without visits a subject may have any rows


def test_rows_left_out_where_nothing_is_used_are_no_second_rows():
    data = with_values("pain", r0=np.nan, r5=np.nan)
    doubled = pd.concat([data, data.loc[["r0"]]])
    assert caveats(doubled, visit="week") == ()
    unnamed = pd.concat([trial(), data.loc[["r3"]].assign(week=np.nan)])
    assert caveats(unnamed, visit="week") == ()
    nobody = pd.concat([trial(id=np.arange(40) // 2 * 1.0), trial().iloc[:1].assign(id=np.nan)])
    assert caveats(nobody, visit="week") == ()


def test_many_visits_that_few_subjects_share():
    n = 300
    days = np.arange(2 * n)
    data = trial(n, week=days)
    again = data.iloc[[5]].assign(pain=np.nan)
    assert caveats(pd.concat([data, again]), "pain ~ 1", visit="week") == (
        "1 subject-visit has a second row that could not be used (row r5)",
    )


def test_parts_have_no_caveats_of_their_own():
    data = with_values("arm", r0="retro ", r1="retro ")
    levels = {"arm": ["forward", "retro", "retro "]}
    assert caveats(data, "pain ~ arm", levels=levels, unused="keep") == ()


def test_labels_of_subjects_are_never_told():
    data = trial(id=np.repeat([f"patient {k}" for k in range(20)], 2))
    assert caveats(data, "pain ~ id") == ()
