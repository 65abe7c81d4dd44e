import os
import subprocess
import sys

import pytest

import retrostats

HEAVY = ("numpy", "pandas", "scipy", "matplotlib", "seaborn", "typer", "rich", "statsmodels")


def loaded_after(code: str) -> set[str]:
    """Return the modules that a fresh interpreter has loaded after running some code."""
    run = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"],
        env={k: v for k, v in os.environ.items() if not k.startswith(("COV", "PYTHONSTARTUP"))},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(run.stdout.split())


def test_all_is_the_table_of_homes_in_order():
    homes = [name for names in retrostats._HOMES.values() for name in names]
    assert len(homes) == len(set(homes))
    assert sorted(retrostats.__all__) == sorted(homes)
    assert retrostats.__all__ == sorted(retrostats.__all__)


@pytest.mark.parametrize("name", retrostats.__all__)
def test_each_public_name_comes_from_its_home_and_has_a_docstring(name):
    value = getattr(retrostats, name)
    assert value.__name__ == name
    assert value.__module__.startswith("retrostats.")
    assert value.__doc__
    assert getattr(retrostats, name) is value


def test_star_gives_the_public_names_and_no_other():
    space: dict[str, object] = {}
    exec("from retrostats import *", space)  # noqa: S102
    assert set(space) - {"__builtins__"} == set(retrostats.__all__)


def test_importing_the_package_loads_nothing_heavy():
    modules = loaded_after("import retrostats; dir(retrostats); retrostats.__version__")
    assert "retrostats" in modules
    assert modules.isdisjoint(HEAVY)
    assert not [name for name in modules if name.startswith("retrostats.")]


def test_reading_a_printed_number_or_a_trial_loads_nothing_heavy():
    modules = loaded_after("import retrostats as rs; rs.Printed('0.5'); rs.load_trial('qiu2023')")
    assert "retrostats.data.catalogue" in modules
    assert modules.isdisjoint(HEAVY)


def test_the_help_of_the_command_line_loads_no_numbers():
    modules = loaded_after("import retrostats.cli")
    assert "typer" in modules
    assert modules.isdisjoint({"numpy", "pandas", "scipy", "matplotlib", "seaborn"})


def test_dir_lists_the_public_names():
    assert dir(retrostats) == sorted([*retrostats.__all__, "__version__"])


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError) as error:
        retrostats.reproduse  # noqa: B018
    assert str(error.value) == "module 'retrostats' has no attribute 'reproduse'"
    with pytest.raises(ImportError):
        exec("from retrostats import reproduse")  # noqa: S102
    assert not hasattr(retrostats, "_HOME")


def test_the_version_is_that_of_the_installation():
    from importlib.metadata import version

    assert retrostats.__version__ == version("retrostats")
