"""Each effect size says when to use it, in its own words, where a reader asks for help."""

import inspect
import re

import pytest

import retrostats

EFFECTS = sorted(
    name
    for home, names in retrostats._HOMES.items()
    if home.startswith("effects.")
    for name in names
    if inspect.isfunction(getattr(retrostats, name))
)


def test_there_are_effects_of_every_kind():
    assert len(EFFECTS) >= 30
    kinds = {"hedges_g", "paired_dz", "pre_post_control_d", "cliffs_delta", "risk_difference"}
    assert kinds <= set(EFFECTS)


@pytest.mark.parametrize("name", EFFECTS)
def test_it_says_when_to_use_it(name):
    text = " ".join(inspect.getdoc(getattr(retrostats, name)).split())
    advice = re.search(r"Use it [^.:;]{15,}[.:;]", text)
    assert advice, f"{name}: no sentence 'Use it when ...' in its docstring"
    assert text.index("Use it ") < text.index("Parameters"), f"{name}: the advice comes too late"
