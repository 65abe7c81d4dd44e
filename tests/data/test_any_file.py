"""Whatever stands in a trial folder: it loads, or a `DataError` says what is wrong."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrostats.data.catalogue import load_trial
from retrostats.data.grammar import COLUMNS, KINDS, STATISTICS, TESTS, TRIAL_KEYS
from retrostats.errors import DataError

HEAD = 'id = "x"\nrole = "retro trial"\ncitation = "c"\n'
TIMES = 'timepoints = ["baseline", "6wk"]\n'
ARMS = '[[arms]]\nlabel = "a"\n[[arms]]\nlabel = "b"\n'
OUTCOMES = '[[outcomes]]\nname = "pain"\nlow = 0\nhigh = 10\n'
TOML = HEAD + TIMES + ARMS + OUTCOMES
HEADER = ",".join(COLUMNS) + "\n"


def outcome_of(toml: str | bytes, values: str | bytes) -> str:
    """Return "loaded" or the message; any other exception leaves."""
    with TemporaryDirectory() as root:
        folder = Path(root) / "x"
        folder.mkdir()
        for name, content in (("trial.toml", toml), ("values.csv", values)):
            raw = content if isinstance(content, bytes) else content.encode()
            (folder / name).write_bytes(raw)
        try:
            load_trial(folder)
        except DataError as error:
            head, *listing = str(error).split("\n")
            assert head.startswith("trial x: ")
            assert listing
            return str(error)
    return "loaded"


words = st.sampled_from(
    [
        *sorted(STATISTICS | TESTS | KINDS),
        *("", "a", "b", "a - b", "pain", "age", "baseline", "6wk", "change 6wk", "baseline/6wk"),
        *("0.5", "P < 0.05", "not significant", "n.s.", "1e308", "1e-308", "9" * 400, "-", "0,5"),
        *("change ", "/", "change 6wk/", "\u22121", "±", "5 to 3", "<", "nan", "\u0661"),
    ]
)
encodable = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
plain_cells = st.one_of(words, st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
rows = st.lists(plain_cells, min_size=9, max_size=9).map(",".join)


@settings(max_examples=400)
@given(st.lists(rows, max_size=6))
def test_random_cells(lines):
    assert outcome_of(TOML, HEADER + "\n".join(lines))


@settings(max_examples=300)
@given(
    st.fixed_dictionaries(
        {
            "arm": st.sampled_from(["", "a", "b"]),
            "outcome": st.sampled_from(["pain", "age", "sample"]),
            "timepoint": st.sampled_from(["baseline", "6wk", "change 6wk", "analysed"]),
            "statistic": st.sampled_from(sorted(STATISTICS)),
            "printed": plain_cells,
            "contrast": st.sampled_from(["", "a - b"]),
            "test": st.sampled_from(sorted(TESTS | {""})),
            "kind": st.just("printed"),
            "source": st.just("Table 1"),
        }
    )
)
def test_a_good_row_with_any_number(row):
    assert outcome_of(TOML, HEADER + ",".join(row.values()))


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_random_bytes(toml, values):
    assert outcome_of(toml, values) != "loaded"


@given(encodable, encodable)
def test_random_text_behind_a_good_beginning(toml, values):
    assert outcome_of(TOML + toml, HEADER + values)


scalars = st.one_of(
    st.integers(),
    st.just(10**30),
    st.sampled_from(["true", "inf", "-inf", "nan", "1e400", "1979-05-27", "07:32:00", "0xff"]),
    st.sampled_from(['""', '"a"', '"pain"', "'''x'''", "{}", "{a = 1}", "[]", "[[]]", "[1, 'a']"]),
).map(str)
keys = st.sampled_from(
    sorted({key for table in TRIAL_KEYS.values() for key in table} | {"x", "''"})
)
tables = st.sampled_from(
    [
        "",
        "[[arms]]",
        "[[outcomes]]",
        "[arms]",
        "[outcomes.x]",
        "[[timepoints]]",
        "[[arms.x]]",
        "[x]",
    ]
)
entries = st.lists(st.tuples(keys, scalars), max_size=4, unique_by=lambda entry: entry[0])
tomls = st.lists(st.tuples(tables, entries), max_size=4).map(
    lambda parts: "\n".join(
        "\n".join([table, *(f"{key} = {value}" for key, value in content)])
        for table, content in parts
    )
)


@settings(max_examples=500)
@given(tomls, st.sampled_from(["", HEAD, HEAD + TIMES, TOML]))
def test_toml_of_every_shape(toml, head):
    row = "a,pain,6wk,mean,3.6,,,printed,Table 2\n"
    assert outcome_of(head + toml, HEADER + row + ",pain,6wk,p,0.2,a - b,,printed,Table 2\n")


@pytest.mark.whole
@pytest.mark.parametrize("faulty", [False, True])
def test_a_hundred_thousand_rows_are_read_or_faulted_one_by_one(faulty):
    names = "".join(f'[[outcomes]]\nname = "o{i}"\n' for i in range(1000))
    statistics = ("mean", "sd", "median", "q1", "q3")
    tests = ("", "ancova", "t-test", "paired", "within arm")
    good = "".join(
        f"{'ab'[i % 2]},o{i // 100},{('baseline', '6wk')[i // 2 % 2]},{statistics[i // 4 % 5]},"
        f"{i}.{i % 10},,{tests[i // 20 % 5]},printed,r\n"
        for i in range(100_000)
    )
    read = outcome_of(
        HEAD + TIMES + ARMS + names, HEADER + good.replace(".", "x" if faulty else ".")
    )
    assert read.startswith("trial x: 100000 faults found." if faulty else "loaded")
