"""The architecture as a test: every form of import, in every module, points downwards."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1] / "retrostats"
MODULES = sorted(ROOT.rglob("*.py"))

#: From the bottom to the top; packages of one layer do not import one another.
LAYERS = (
    {"interruptions"},
    {"errors", "layout", "arrays", "checksums", "whole_files", "progress"},
    {"instruments", "journals", "estimate", "jobs"},
    {"data"},
    {"plan"},
    {"models", "effects"},
    {"integrity", "meta", "missing", "power", "description"},
    {"analysis", "tables", "figures"},
    {"report"},
    {"notebooks"},
    {"cli"},
)
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}
#: They hold words, shapes and numbers that every other module may use.
ON_THE_GROUND = LAYERS[0] | LAYERS[1] | LAYERS[2]
#: They draw results and compute none: the ground, and classes (result types) from below.
DRAWN = {"tables", "figures"}
#: Other packages' modules, by the only place that may import them.
ONLY_IN = {
    "matplotlib": "figures",
    "seaborn": "figures",
    "typer": "cli",
    "tqdm": "progress",
    **dict.fromkeys(("joblib", "distributed", "threadpoolctl"), "jobs"),
    **dict.fromkeys(("jupytext", "nbclient", "nbconvert", "nbformat"), "notebooks"),
}
GROUND = {"numpy", "scipy.special"}


@dataclass(frozen=True)
class Import:
    """One module, or one name of it, that some code asks for."""

    module: str
    name: str
    line: int
    function: str
    typing: bool


class Reader(ast.NodeVisitor):
    """Collects the imports of one module, whatever their form."""

    def __init__(self, module: str, *, package: bool) -> None:
        self._parts = module.split(".") if package else module.split(".")[:-1]
        self._function, self._typing = "", False
        self.found: list[Import] = []
        self.unreadable: list[int] = []

    def _add(self, module: str, name: str, line: int) -> None:
        self.found.append(Import(module, name, line, self._function, self._typing))

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._add(alias.name, "", node.lineno)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = self._absolute(node.module or "", node.level)
        for alias in node.names:
            self._add(module, alias.name, node.lineno)

    def visit_Call(self, node: ast.Call) -> None:
        called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        called = node.func.id if isinstance(node.func, ast.Name) else called
        if called in {"import_module", "__import__"}:
            text = node.args[0] if node.args else None
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                name = text.value.lstrip(".")
                self._add(self._absolute(name, len(text.value) - len(name)), "", node.lineno)
            else:
                self.unreadable.append(node.lineno)
        self.generic_visit(node)

    def visit_If(self, node: ast.If) -> None:
        typing = isinstance(node.test, (ast.Name, ast.Attribute)) and "TYPE_CHECKING" in ast.dump(
            node.test
        )
        before, self._typing = self._typing, self._typing or typing
        for part in node.body:
            self.visit(part)
        self._typing = before
        for part in node.orelse:
            self.visit(part)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        before, self._function = self._function, node.name
        self.generic_visit(node)
        self._function = before

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - the name that ast asks for

    def _absolute(self, module: str, level: int) -> str:
        if not level:
            return module
        base = self._parts[: len(self._parts) - level + 1]
        return ".".join([*base, module] if module else base)


def read_imports(path: Path, root: Path) -> Reader:
    parts = ("retrostats", *path.relative_to(root).with_suffix("").parts)
    package = parts[-1] == "__init__"
    reader = Reader(".".join(parts[:-1] if package else parts), package=package)
    reader.visit(ast.parse(path.read_text(encoding="utf-8")))
    return reader


def public_homes(root: Path = ROOT) -> dict[str, str]:
    """Return the module of each public name, from the table in `retrostats/__init__.py`."""
    tree = ast.parse((root / "__init__.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_HOMES":
            table: dict[str, tuple[str, ...]] = ast.literal_eval(node.value)
            return {name: home for home, names in table.items() for name in names}
    raise AssertionError("retrostats/__init__.py has no table _HOMES")


def package_of(path: Path, root: Path) -> str:
    return path.relative_to(root).with_suffix("").parts[0]


def breaches(path: Path, root: Path = ROOT) -> Iterator[str]:
    """Yield a sentence for each import that the table of layers does not allow."""
    home = package_of(path, root)
    if home == "__init__":
        yield from root_breaches(path, root)
        return
    if home not in RANK:
        yield f"{home} stands in no layer"
        return
    reader = read_imports(path, root)
    for line in reader.unreadable:
        yield f"line {line}: an import whose module is not written out"
    for found in reader.found:
        top = found.module.split(".")[0]
        problem = own_breach(home, found) if top == "retrostats" else foreign_breach(home, found)
        if problem:
            yield f"line {found.line}: {problem}"


def own_breach(home: str, found: Import) -> str:
    """Say why a module of one package must not import this from `retrostats`."""
    _, *inner = found.module.split(".")
    if not inner and found.name in {"", "*"}:
        return "import the module that is needed, not all of retrostats"
    if not inner and found.name == "__version__":
        return ""
    if not inner:
        inner = public_homes().get(found.name, found.name).split(".")
    target = inner[0]
    if target == home:
        return ""
    if target not in RANK:
        return f"{target} stands in no layer"
    if RANK[target] >= RANK[home]:
        return f"{home} must not import {target}"
    if home in DRAWN and target not in ON_THE_GROUND and not found.name[:1].isupper():
        return f"{home} may import result types of {target}, not {found.name or found.module}"
    return ""


def foreign_breach(home: str, found: Import) -> str:
    """Say why a module must not import this from another package."""
    top = found.module.split(".")[0]
    if top in ONLY_IN and ONLY_IN[top] != home:
        return f"{top} is imported in {ONLY_IN[top]} only, not in {home}"
    if home in ON_THE_GROUND and not is_standard(top):
        names = {found.module, f"{found.module}.{found.name}"}
        ground = {*GROUND, *(other for other, only in ONLY_IN.items() if only == home)}
        allowed = any(n == g or n.startswith(f"{g}.") for n in names for g in ground)
        tidy = top == "pandas" and (found.typing or found.function == "tidy")
        if not allowed and not tidy:
            return f"{home} stands on the ground: numpy and scipy.special, not {found.module}"
    return ""


def is_standard(name: str) -> bool:
    return name in sys.stdlib_module_names


def root_breaches(path: Path, root: Path) -> Iterator[str]:
    """Yield what the lazy front of the package must not do."""
    homes = public_homes(root)
    for found in read_imports(path, root).found:
        if not is_standard(found.module.split(".")[0]) and not found.typing:
            yield f"line {found.line}: retrostats itself imports nothing at once"
        if found.typing and found.module.startswith("retrostats"):
            inner = found.module.removeprefix("retrostats.")
            if homes.get(found.name) != inner:
                yield f"line {found.line}: {found.name} is not in the table as of {inner}"
    for name, home in homes.items():
        file = root.joinpath(*home.split("."))
        if not file.with_suffix(".py").is_file() and not (file / "__init__.py").is_file():
            yield f"{name}: there is no module {home}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_downwards(path):
    assert list(breaches(path)) == []


def test_every_package_is_in_the_table():
    names = {package_of(path, ROOT) for path in MODULES} - {"__init__"}
    assert names <= set(RANK)
    assert {"data", "effects", "integrity", "analysis", "cli"} <= names


UPWARDS = {
    "import a.b": "import retrostats.analysis.reproduce",
    "import a.b as c": "import os, retrostats.analysis.reproduce as r",
    "from a import b": "from retrostats import analysis",
    "from a import a public name": "from retrostats import reproduce",
    "from a.b import c": "from retrostats.analysis.reproduce import reproduce",
    "from a.b import *": "from retrostats.analysis.reproduce import *",
    "relative": "from ..analysis.reproduce import reproduce",
    "relative, bare": "from .. import analysis",
    "in a function": "def f():\n    from retrostats.analysis import reproduce",
    "in a method": "class A:\n    def f(self):\n        import retrostats.analysis",
    "in an async function": "async def f():\n    import retrostats.analysis",
    "for types": "if TYPE_CHECKING:\n    from retrostats.analysis.reproduce import reproduce",
    "for types, by module": "if typing.TYPE_CHECKING:\n    import retrostats.analysis",
    "in the else of types": "if TYPE_CHECKING:\n    pass\nelse:\n    import retrostats.analysis",
    "in a try": "try:\n    import retrostats.analysis\nexcept ImportError:\n    pass",
    "importlib": "import importlib\nimportlib.import_module('retrostats.analysis.reproduce')",
    "import_module": "from importlib import import_module\nimport_module('retrostats.analysis')",
    "import_module, relative": "import_module('..analysis', __package__)",
    "__import__": "x = __import__('retrostats.analysis')",
}


def planted(tmp_path: Path, where: str, code: str) -> list[str]:
    """Return the breaches of one module written into an otherwise empty package."""
    path = tmp_path / "retrostats" / where
    path.parent.mkdir(parents=True)
    path.write_text(code + "\n", encoding="utf-8")
    return list(breaches(path, tmp_path / "retrostats"))


@pytest.mark.parametrize("code", UPWARDS.values(), ids=UPWARDS)
def test_each_form_of_an_import_upwards_is_seen(tmp_path, code):
    (message,) = planted(tmp_path, "data/wrong.py", code)
    assert message.endswith(": data must not import analysis")


@pytest.mark.parametrize(
    ("where", "code", "message"),
    [
        ("data/x.py", "import retrostats", "not all of retrostats"),
        ("data/x.py", "from retrostats import *", "not all of retrostats"),
        ("data/x.py", "import_module(f'retrostats.{x}')", "module is not written out"),
        ("data/x.py", "__import__(name)", "module is not written out"),
        ("data/__init__.py", "from ..effects import convert", "data must not import effects"),
        ("errors.py", "from retrostats.data import grammar", "errors must not import data"),
        ("errors.py", "from .estimate import Estimate", "errors must not import estimate"),
        ("effects/x.py", "import retrostats.models.lmm", "effects must not import models"),
        ("models/x.py", "from retrostats.effects import t", "models must not import effects"),
        ("meta/x.py", "from retrostats.power import t", "meta must not import power"),
        ("integrity/x.py", "from retrostats.missing import t", "integrity must not import missing"),
        ("figures/x.py", "from retrostats.analysis import A", "figures must not import analysis"),
        ("tables/x.py", "from retrostats.figures import A", "tables must not import figures"),
        ("figures/x.py", "from retrostats.meta.pool import pool", "result types of meta, not pool"),
        ("figures/x.py", "import retrostats.meta", "result types of meta, not retrostats.meta"),
        ("analysis/x.py", "from retrostats.report import x", "analysis must not import report"),
        ("report/x.py", "from retrostats.cli import app", "report must not import cli"),
        ("report/x.py", "import matplotlib.pyplot as plt", "matplotlib is imported in figures"),
        ("tables/x.py", "def f():\n    import seaborn", "seaborn is imported in figures"),
        ("effects/x.py", "import_module('matplotlib')", "matplotlib is imported in figures"),
        ("report/x.py", "import typer", "typer is imported in cli"),
        ("cli/x.py", "from tqdm.auto import tqdm", "tqdm is imported in progress"),
        ("arrays.py", "import tqdm", "tqdm is imported in progress"),
        ("progress.py", "import rich", "progress stands on the ground"),
        ("report/x.py", "import jupytext", "jupytext is imported in notebooks"),
        ("estimate.py", "import pandas", "estimate stands on the ground"),
        ("estimate.py", "def f():\n    import pandas", "estimate stands on the ground"),
        ("estimate.py", "from scipy import stats", "estimate stands on the ground"),
        ("layout.py", "from .estimate import Estimate", "layout must not import estimate"),
        ("layout.py", "import pandas", "layout stands on the ground"),
        ("arrays.py", "import scipy.stats", "arrays stands on the ground"),
        ("stuff/x.py", "import os", "stuff stands in no layer"),
        ("data/x.py", "from retrostats.stuff import x", "stuff stands in no layer"),
    ],
)
def test_each_rule_of_the_table_is_enforced(tmp_path, where, code, message):
    (found,) = planted(tmp_path, where, code)
    assert message in found


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ("data/x.py", "from retrostats.errors import DataError\nfrom .files import read_text"),
        ("data/x.py", "from retrostats.data import grammar\nimport pandas\nimport numpy as np"),
        ("effects/x.py", "from retrostats import Estimate, __version__\nimport scipy.stats"),
        ("figures/x.py", "import matplotlib\nfrom retrostats.meta.pool import Pooled"),
        ("figures/x.py", "from retrostats.estimate import EstimateTable, summary"),
        ("estimate.py", "def tidy():\n    import pandas as pd\nfrom scipy.special import stdtr"),
        ("estimate.py", "if TYPE_CHECKING:\n    import pandas as pd\nimport numpy.typing"),
        ("progress.py", "def f():\n    from tqdm.auto import tqdm"),
        ("cli.py", "import typer\nfrom retrostats.report.reproduction import write_reproduction"),
    ],
)
def test_what_the_table_allows_is_allowed(tmp_path, where, code):
    assert planted(tmp_path, where, code) == []


def test_the_front_imports_nothing_at_once_and_points_at_real_modules(tmp_path):
    table = "_HOMES = {'errors': ('DataError',), 'nowhere': ('x',)}\n"
    code = table + "import retrostats.errors\nif TYPE_CHECKING:\n    from retrostats.data import y"
    (tmp_path / "retrostats").mkdir()
    (tmp_path / "retrostats" / "errors.py").write_text("")
    path = tmp_path / "retrostats" / "__init__.py"
    path.write_text(code)
    assert list(breaches(path, tmp_path / "retrostats")) == [
        "line 2: retrostats itself imports nothing at once",
        "line 4: y is not in the table as of data",
        "x: there is no module nowhere",
    ]
