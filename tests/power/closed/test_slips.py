"""Arguments under the names of other programs, or without any, are told in words."""

import inspect

import pytest

import retrostats as rs

#: Every closed form, with an argument that it does not have and what it says of it.
FORMS = {
    rs.power_two_groups: ("effect_size", "a standardised effect is the difference with sd=1"),
    rs.power_paired: ("rho", "give correlation"),
    rs.power_ancova: ("sigma", "give sd"),
    rs.power_mmrm: ("nobs", "give n, of each arm"),
    rs.power_clusters: ("m", "give cluster_size"),
    rs.power_crossover: ("beta", "give power = 1 - beta"),
    rs.power_proportions: ("effect_size", "as a fraction"),
    rs.power_anova: ("k", "give groups"),
}
every = pytest.mark.parametrize("function", FORMS, ids=lambda each: each.__name__)


def test_all_closed_forms_are_here():
    named = {each for each in rs.__all__ if each.startswith("power_")}
    assert {each.__name__ for each in FORMS} == named - {"power_curve"}


@every
def test_names_of_other_programs(function):
    name, hint = FORMS[function]
    with pytest.raises(TypeError, match=f"^{function.__name__} takes no {name}: ") as told:
        function(**{name: 1, "alpha": 0.05})
    assert hint in str(told.value)
    assert "; no alpha: give level = 1 - alpha" in str(told.value)


@every
def test_arguments_without_their_names(function):
    with pytest.raises(TypeError, match="takes all arguments by name: ") as told:
        function(0.5, 0.8)
    assert all(f"{name}=..." in str(told.value) for name in inspect.signature(function).parameters)


@every
def test_the_signature_stays_what_it_is(function):
    parameters = inspect.signature(function).parameters.values()
    assert {"difference", "n", "power", "level"} <= {each.name for each in parameters}
    assert {each.kind for each in parameters} == {inspect.Parameter.KEYWORD_ONLY}
    assert function.__doc__.startswith(("Return sample size", "Return the number of clusters"))


def test_slips_of_spelling():
    with pytest.raises(TypeError, match="no diference: did you mean difference"):
        rs.power_two_groups(sd=1, diference=0.5, power=0.8)
    with pytest.raises(TypeError, match="no weather: its arguments are sd, correlation"):
        rs.power_paired(sd=1, weather=0.5, power=0.8)


def test_what_is_missing_is_told_as_ever():
    with pytest.raises(TypeError, match="missing 1 required keyword-only argument: 'sd'"):
        rs.power_two_groups(difference=1, power=0.8)
