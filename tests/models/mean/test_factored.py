import numpy as np
import pandas as pd
import pytest

from retrostats.models.frame.model_frame import model_frame
from retrostats.models.mean.design import design_for
from retrostats.models.mean.factored import find_cells
from retrostats.models.mean.formula import read_formula

#: Sums of at most 30 products of numbers near 1; 2e-15 measured.
ROUNDING = 1e-12


def trial(rows=50, seed=3):
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "y": random.normal(size=rows),
            "x": random.normal(size=rows),
            "z": random.normal(size=rows),
            "arm": random.permutation(np.tile(["control", "retro"], rows)[:rows]),
            "visit": np.tile([3, 6, 12], rows)[:rows],
            "subject": np.arange(rows) // 3,
        }
    )


@pytest.mark.parametrize(
    "text",
    [
        "y ~ 1",
        "y ~ x",
        "y ~ 0 + x",
        "y ~ arm * C(visit)",
        "y ~ x + z + arm*C(visit)",
        "y ~ x*z + x:arm + x:z:arm",
        "y ~ 0 + x:arm",
    ],
)
def test_rows_times_a_basis_need_no_design(text):
    model, data = read_formula(text), trial()
    frame = model_frame(model, data, subject="subject")
    design = design_for(model, frame)
    dense, factored = design.rows_for(data), design.factored(frame)
    assert len(factored) == len(data)
    assert factored.n_columns == len(design.names)
    chosen = np.array([4, 0, 4, 31, 2])
    wide = np.random.default_rng(5).normal(size=(len(design.names), 3))
    for rows in (slice(None), slice(10, 13), slice(0, 1), chosen, chosen[:0]):
        for basis in (None, wide):
            expected = dense[rows] if basis is None else dense[rows] @ basis
            taken = factored.take(rows, basis)
            assert taken.flags.writeable
            np.testing.assert_allclose(taken, expected, rtol=0, atol=ROUNDING)
    summed = sum(
        (1.0 if multiplier is None else multiplier[:, None]) * table[factored.cells]
        for multiplier, table in factored.parts
    )
    np.testing.assert_allclose(summed, dense, rtol=0, atol=ROUNDING)


def test_taking_rows_leaves_the_frame_as_it_was():
    model, data = read_formula("y ~ 0 + x + arm"), trial()
    frame = model_frame(model, data, subject="subject")
    factored = design_for(model, frame).factored(frame)
    factored.take(slice(None))[:] = -1.0
    np.testing.assert_array_equal(frame.numeric["x"], data["x"])
    assert (factored.take(slice(None))[:, 0] == data["x"]).all()


def test_cells_are_the_combinations_that_occur():
    model = read_formula("y ~ arm * C(visit)")
    data = trial().query("not (arm == 'retro' and visit == 12)")
    frame = model_frame(model, data, subject="subject")
    factored = design_for(model, frame).factored(frame)
    arms = np.array(frame.factors["arm"])[factored.cell_levels["arm"]]
    visits = np.array(frame.factors["C(visit)"])[factored.cell_levels["C(visit)"]]
    counted = {(a, v): n for a, v, n in zip(arms, visits, factored.cell_counts, strict=True)}
    assert counted == data.groupby(["arm", "visit"]).size().to_dict()
    assert (arms[factored.cells] == data["arm"].to_numpy()).all()
    assert (visits[factored.cells] == data["visit"].to_numpy()).all()


@pytest.mark.parametrize("sizes", [(2, 3, 4), (500, 700, 900)])
def test_cells_are_found_by_counting_and_by_sorting(sizes):
    random = np.random.default_rng(7)
    codes = {str(k): random.integers(0, size, 300) for k, size in enumerate(sizes)}
    found = find_cells(codes, {str(k): size for k, size in enumerate(sizes)}, 300)
    rows = list(zip(*codes.values(), strict=True))
    assert len(found.counts) == len(set(rows))
    for name, code in codes.items():
        np.testing.assert_array_equal(found.levels[name][found.cells], code)
    np.testing.assert_array_equal(found.counts, np.bincount(found.cells))
