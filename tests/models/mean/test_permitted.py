import numpy as np
import pandas as pd
import pytest

from retrostats.errors import DataError
from retrostats.models.frame.model_frame import model_frame
from retrostats.models.mean.formula import read_formula
from retrostats.models.mean.permitted import FUNCTIONS, permitted_functions


def walkers():
    return pd.DataFrame({"y": [1.0, 2, 4], "x": [0.5, 2, 3], "b": list("pqq"), "id": [0, 1, 2]})


@pytest.mark.parametrize(
    "attempt",
    [
        "np.load('FILE') + x",
        "np.save('FILE', x)",
        "np.savetxt('FILE', x)",
        "np.fromfile('FILE') + x",
        "np.loadtxt('FILE') + x",
        "np.memmap('FILE', shape=3, mode='w+') + x",
        "np.lib.format.open_memmap('FILE', 'w+', shape=3) + x",
        "np.ctypeslib.load_library('FILE', x)",
        "np.f2py.os.system('touch FILE') + x",
        "np.log.__class__('x')",
        "np.log.__self__ + x",
        "np.__builtins__['open']('FILE', 'w')",
        "x.tofile('FILE')",
        "(x + x).dump('FILE')",
        "x.__class__.__mro__",
        "x.__reduce__()",
        "open('FILE', 'w')",
        "eval('x')",
        "exec('x')",
        "__import__('os').system('touch FILE')",
        "[open][0]('FILE', 'w')",
        "(lambda f: f)(open)('FILE', 'w')",
        "[f('FILE', 'w') for f in [open]]",
        "(f := open)('FILE', 'w')",
        "{open: 1}",
        "x if x.tofile('FILE') else x",
        "np.log(x, out=x)",
        "np.log(x, x)",
        "np.where(x > 1, x, x, x)",
        "log(x, x)",
        "np.clip(x, 1, 2, x)",
        "center(x, _state={})",
        "center(*[x])",
        "scale(x, **{})",
        "center(x + ('\"); open(0); (\"' == x))",
        "center(x + ('a\" + open(0) + \"' == x))",
        "bs(x, df=4, extrapolation='\"] + open(0) + [\"')",
        "I(x == '`y`')",
        "x[0]",
        "x @ x",
        "1 in x",
        "np.mean(x)",
        "np.sum(x) + x",
        "np.cumsum(x)",
        "np.random.normal(x)",
        "np.vectorize(open)(x)",
        "np.apply_along_axis(open, 0, x)",
        "np.pi.real + x",
        "I(np.log)",
        "f'{x}'",
        "x + 1j",
        "b'x' + x",
        "numpy.log(x)",
        "contr.treatment(x)",
        "Treatment(x)",
        "C(np.load('FILE'))",
    ],
)
def test_what_could_reach_files_or_other_rows_is_refused(attempt, tmp_path):
    file = tmp_path / "made"
    written = attempt.replace("FILE", file.as_posix())
    for text in (f"y ~ {{{written}}}", f"{{{written}}} ~ x", f"y ~ I({written})"):
        with pytest.raises(DataError):
            read_formula(text)
    assert not file.exists()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("np.log(x)", np.log),
        ("log10(x)", np.log10),
        ("np.where(x > 1, x, -x)", lambda x: np.where(x > 1, x, -x)),
        ("np.clip(x, 1, a_max=2)", lambda x: np.clip(x, 1, 2)),
        ("np.round(x / np.pi, decimals=2)", lambda x: np.round(x / np.pi, 2)),
        ("I((x > 1) & ~(x > 2.5) | (x == -1))", lambda x: ((x > 1) & ~(x > 2.5)) * 1.0),
        ("I(x ** 2 % 3 // 1)", lambda x: x**2 % 3 // 1),
        ("np.maximum(x, np.sqrt(x))", lambda x: np.maximum(x, np.sqrt(x))),
        ("center(x)", lambda x: x - x.mean()),
    ],
)
def test_arithmetic_and_functions_of_single_rows_are_read(text, expected):
    frame = model_frame(read_formula(f"y ~ {text}"), walkers(), subject="id")
    (found,) = frame.numeric.values()
    np.testing.assert_allclose(found, expected(walkers()["x"].to_numpy()), atol=1e-15)


def test_categories_may_be_computed_from_text():
    frame = model_frame(read_formula("y ~ C(b + '-' + b)"), walkers(), subject="id")
    assert frame.factors["C(b + '-' + b)"] == ("p-p", "q-q")


def test_expressions_see_nothing_but_what_is_listed():
    scope = permitted_functions()
    assert set(scope) == {*FUNCTIONS, "np"}
    assert not hasattr(scope["np"], "load")
    assert scope["np"].log is np.log


def test_the_remedy_is_told():
    with pytest.raises(DataError, match=r"np.mean is not available; .*use center\(x\)"):
        read_formula("y ~ I(x - np.mean(x))")
    with pytest.raises(DataError, match=r"np.log takes 1 argument\(s\), got 2"):
        read_formula("y ~ np.log(x, x)")
    with pytest.raises(DataError, match=r"x.tofile is not available; methods and attributes"):
        read_formula("y ~ I(x.tofile('a'))")
    with pytest.raises(DataError, match=r"round takes 1 to 2 argument\(s\), got 3"):
        read_formula("y ~ np.round(x, 1, x)")
