"""What the tabulator key offers in a notebook: the public names, and nothing else."""

from __future__ import annotations

from types import ModuleType

import pandas as pd
import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

import retrostats as rs

PUBLIC = {*rs.__all__, "__version__"}
#: Of `__version__` alone the completers are not of one mind.
OFFERED = set(rs.__all__)
FURTHER = "import retrostats.analysis, retrostats.figures.forest, retrostats.models.lmm"
SLOW = 60


@pytest.fixture(params=[True, False], ids=["with jedi", "without jedi"])
def shell(request):
    shell = InteractiveShell()  # an own one: that of `instance` would stay behind
    shell.Completer.use_jedi = request.param
    yield shell
    shell.history_manager.end_session()


def offered(shell: InteractiveShell, text: str) -> set[str]:
    with provisionalcompleter():
        found = shell.Completer.completions(text, len(text))
        return {each.text.removeprefix(".") for each in found}


@pytest.mark.parametrize("before", ["", FURTHER])
def test_the_package_offers_its_public_names_and_no_other(shell, before):
    shell.run_cell(f"{before}\nimport retrostats as rs")
    names = offered(shell, "rs.")
    assert OFFERED <= names <= PUBLIC
    assert offered(shell, "rs.plot_f") == {"plot_flow", "plot_forest", "plot_funnel"}


@pytest.fixture(scope="module")
def results():
    """One object of each type that a user is likely to look into."""
    folder = "data/example_cohort"
    cohort = rs.read_cohort(f"{folder}/cohort.csv", f"{folder}/codebook.toml")
    analysis = rs.analyse(cohort, f"{folder}/plan.toml")
    data = pd.read_csv("tests/golden/mixed/trial3/data.csv")
    after = data[data.week > 0].assign(visit=lambda rows: rows.week.astype("category"))
    mmrm = rs.fit_mmrm("womac ~ womac_bl + arm * visit", after, subject="id", visit="visit")
    arms = [rs.ArmSummary(arm=name, n=16, mean=1.6, sd=0.6) for name in ("retro", "control")]
    return {
        "cohort": (cohort, {"ledger", "warnings", "frame"}),
        "analysis": (analysis, {"answer", "primary", "tidy"}),
        "estimate": (rs.hedges_g(*arms), {"value", "ci", "p"}),
        "mmrm": (mmrm, {"differences", "anova", "predict"}),
        "lmm": (rs.fit_lmm("womac ~ week", data, subject="id"), {"differences", "summary"}),
        "table": (mmrm.differences("arm", reference="control"), {"tidy"}),
        "trial": (rs.load_trial("pdbt2021"), {"outcomes", "citation"}),
        "reproduction": (rs.reproduce(rs.load_trial("pdbt2021")), {"tidy", "rows"}),
    }


@pytest.mark.parametrize(
    "name", ["cohort", "analysis", "estimate", "mmrm", "lmm", "table", "trial", "reproduction"]
)
def test_a_result_offers_what_it_says_and_nothing_private(shell, results, name):
    value, some = results[name]
    shell.user_ns[name] = value
    names = offered(shell, f"{name}.")
    assert some <= names
    assert not [each for each in names if each.startswith("_")]
    assert not [each for each in names if isinstance(getattr(value, each), ModuleType)]


def test_a_kernel_of_jupyter_offers_the_same():
    manager = KernelManager(kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=SLOW)
        client.execute_interactive("import retrostats as rs", timeout=SLOW)
        answer = client.complete("rs.", 3, reply=True, timeout=SLOW)["content"]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    names = {each.removeprefix("rs").removeprefix(".") for each in answer["matches"]}
    assert OFFERED <= names <= PUBLIC
