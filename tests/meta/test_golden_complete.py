"""Nothing in the reference numbers is left uncompared: each kind has its module."""

import re
from collections import Counter
from pathlib import Path

import pytest

from .golden_meta import SETS, reference

HERE = Path(__file__).resolve().parent

#: How many entries each section holds.
SECTIONS = {
    "grid": 288,
    "tau2_ci": 36,
    "subgroup_bcg": 3,
    "mh": 3,
    "peto": 3,
    "multilevel_konstantopoulos": 9,
    "CHE_assink_rho06": 6,
    "robumeta_assink": 2,
    "selmodel": 1,
    "permutest": 1,
}
#: How many entries of each kind the sets of trials have, in the order of `SETS`. Where trim and
#: fill has fewer, its iteration failed in metafor; sets of 2 and 3 trials have no regression.
KINDS = {
    "k": (1, 1, 1, 1, 1, 1),
    "regtest": (8, 8, 0, 8, 8, 8),
    "ranktest": (1, 1, 0, 1, 1, 1),
    "trimfill": (27, 27, 0, 25, 27, 21),
    "leave1out": (3, 3, 0, 3, 3, 3),
    "cumul": (3, 3, 0, 3, 3, 3),
    "influence": (1, 1, 0, 1, 1, 1),
    "rstandard": (1, 1, 0, 1, 1, 1),
    "blup": (1, 1, 0, 1, 1, 1),
    "baujat": (2, 2, 0, 2, 2, 2),
    "gosh": (0, 0, 0, 1, 1, 1),
    "fsn": (1, 1, 1, 1, 1, 1),
    "PET": (1, 1, 0, 1, 1, 1),
    "PEESE": (1, 1, 0, 1, 1, 1),
    "metareg": (24, 24, 0, 0, 24, 24),
}


#: Where each section and each kind is compared; that module counts the numbers.
MODULES = {
    "grid": "test_golden_grid.py",
    "tau2_ci": "test_intervals_golden.py",
    "subgroup_bcg": "test_subgroups.py",
    "mh": "test_counts.py",
    "peto": "test_counts.py",
    "multilevel_konstantopoulos": "test_dependent_golden.py",
    "CHE_assink_rho06": "test_dependent_golden.py",
    "robumeta_assink": "test_dependent_golden.py",
    "selmodel": "test_bias_selection.py",
    "permutest": "test_resampling.py",
    "k": "test_golden_grid.py",
    "regtest": "test_bias_regression.py",
    "ranktest": "test_bias_ranks.py",
    "trimfill": "test_bias_trim_and_fill.py",
    "leave1out": "test_diagnostics.py",
    "cumul": "test_diagnostics.py",
    "influence": "test_influence.py",
    "rstandard": "test_influence.py",
    "blup": "test_diagnostics.py",
    "baujat": "test_influence.py",
    "gosh": "test_gosh.py",
    "fsn": "test_bias_ranks.py",
    "PET": "test_bias_regression.py",
    "PEESE": "test_bias_regression.py",
    "metareg": "test_regression_golden.py",
}


def mentions(text, word):
    """Whether a program names an entry in quotes, alone or as the head of a longer name."""
    return bool(re.search(rf"""["']{re.escape(word)}(?:_[^"']*)?["']""", text))


def test_the_sections_are_whole():
    whole = reference()
    assert {name: len(part) for name, part in whole.items() if name not in ("meta", "diag")} == (
        SECTIONS
    )
    assert tuple(whole["diag"]) == SETS


def test_the_kinds_of_each_set_are_whole():
    counted = {name: Counter(key.partition("_")[0] for key in reference()["diag"][name])
               for name in SETS}  # fmt: skip
    assert {kind for each in counted.values() for kind in each} == set(KINDS)
    for place, name in enumerate(SETS):
        expected = {kind: counts[place] for kind, counts in KINDS.items() if counts[place]}
        assert counted[name] == expected, name


def test_each_section_and_each_kind_has_a_module():
    assert set(MODULES) == {*SECTIONS, *KINDS}


@pytest.mark.parametrize("word", MODULES)
def test_the_module_is_there_and_reads_the_entries(word):
    module = HERE / MODULES[word]
    assert module.is_file(), f"{word} is compared nowhere"
    text = module.read_text(encoding="utf-8")
    assert mentions(text, word), f"{module.name} does not read {word!r}"
    assert "reference()" in text or "rows(" in text
    assert "def test_" in text


def test_a_module_that_names_no_entry_is_noticed():
    assert mentions('extra["PET"]', "PET")
    assert mentions("diag['leave1out_REML']", "leave1out")
    assert not mentions('"PEESE"', "PET")
    assert not mentions("a comment on metareg", "metareg")
