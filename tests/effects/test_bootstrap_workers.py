"""The bootstrap by several workers, and with a folder that keeps finished replicates."""

import functools
import json
import math
import threading
import warnings

import numpy as np
import pytest

import retrostats as rs
from retrostats.effects.fingerprints import fingerprint
from retrostats.effects.resamples import BLOCKS, LARGEST, block_size

ARMS = {
    "retro": [2.1, 3.4, 1.2, 4.8, 2.9, 3.3, 5.1, 2.2, 1.7, 9.6],
    "control": [4.4, 5.2, 3.9, 6.1, 5.7, 4.3, 12.5, 5.5],
}
PAIRS = [ARMS["retro"][:8], ARMS["control"]]
TWO = [2, rs.Workers(count=2, backend="threads")]


def by_lambda(samples=ARMS, **options):
    options = {"seed": 4, "replicates": 401, "label": "difference"} | options
    return rs.bootstrap_interval(lambda x, y: x.mean() - y.mean(), samples, **options)


def digits(estimate):
    return estimate.value, estimate.se, *estimate.ci


@pytest.mark.parametrize("workers", TWO, ids=str)
@pytest.mark.parametrize("paired", ["independent", "by subject"])
def test_two_workers_give_the_digits_of_one_even_for_a_lambda(workers, paired):
    samples = PAIRS if paired == "by subject" else ARMS
    one, two = (by_lambda(samples, paired=paired, workers=given) for given in (1, workers))
    assert digits(two) == digits(one)
    assert one.se > 0


@pytest.mark.parametrize("workers", TWO, ids=str)
def test_workers_warn_of_nothing_and_leave_the_filters_as_they_were(workers, capfd):
    def fifth(x):
        # No value where few values are large: a mean of nothing, of which numpy warns.
        return np.mean(x[x > 9])

    before = list(warnings.filters)
    with pytest.raises(ValueError, match=r"no finite value in 1[0-9]{2} of 401 resamples"):
        rs.bootstrap_interval(fifth, [ARMS["retro"]], seed=1, replicates=401, workers=workers)
    assert warnings.filters == before
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("workers", [1, 2])
def test_a_failing_statistic_names_the_replicates(workers):
    def fussy(x):
        if x.min() > 2:
            raise ArithmeticError("only large values")
        return x.mean()

    with pytest.raises(ArithmeticError, match="only large values") as caught:
        rs.bootstrap_interval(fussy, [ARMS["retro"]], seed=2, replicates=401, workers=workers)
    notes = " ".join(caught.value.__notes__)
    assert "in block 1 of 20, replicates 1 to 21, seed 2" in notes


def test_a_statistic_that_holds_a_lock_is_refused_by_processes_in_words():
    lock = threading.Lock()

    def locked(x):
        with lock:
            return x.mean()

    with pytest.raises(TypeError, match="bootstrap_interval: the statistic cannot be sent"):
        rs.bootstrap_interval(locked, [ARMS["retro"]], seed=1, replicates=99, workers=2)
    assert rs.bootstrap_interval(locked, [ARMS["retro"]], seed=1, replicates=99).se > 0


def test_finished_replicates_are_kept_and_used(tmp_path):
    calls = [0]  # a list: a number that a statistic holds is a part of it

    def slow(x):
        calls[0] += 1
        if calls[0] == 150:
            raise KeyboardInterrupt
        return x.mean()

    def run(checkpoint):
        return rs.bootstrap_interval(
            slow, [ARMS["retro"]], seed=1, replicates=401, checkpoint=checkpoint
        )

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "kept")
    # One call is of the samples as they are; seven blocks of 21 are whole, and the eighth is not.
    assert len(list((tmp_path / "kept").glob("block-*"))) == 7
    calls[0] = 1000
    again = run(tmp_path / "kept")
    # Two more of the samples as they are (the second by scipy), and one without each subject.
    assert calls[0] == 1000 + 2 + 401 - 7 * 21 + len(ARMS["retro"])
    assert digits(again) == digits(run(None))
    manifest = json.loads((tmp_path / "kept" / "checkpoint.json").read_text("utf-8"))
    assert manifest["key"].startswith("bootstrap_interval ")


@pytest.mark.parametrize(
    ("changed", "options", "words"),
    [
        (np.mean, {"seed": 2}, "another seed"),
        (np.mean, {"replicates": 900}, "another size of blocks"),
        (np.median, {}, "other work"),
        (np.mean, {"samples": [ARMS["control"]]}, "other work"),
    ],
)
def test_a_checkpoint_of_other_work_is_refused(tmp_path, changed, options, words):
    same = {"samples": [ARMS["retro"]], "seed": 1, "replicates": 200, "checkpoint": tmp_path}
    rs.bootstrap_interval(np.mean, **same)
    rs.bootstrap_interval(np.mean, **same, method="basic")  # the replicates are the same
    with pytest.raises(rs.DataError, match=words):
        rs.bootstrap_interval(changed, **(same | options))


def trimmed(share):
    return lambda x: np.sort(x)[int(share * len(x)) :].mean()


def test_a_fingerprint_tells_statistics_apart_and_knows_them_again():
    x = [np.arange(5.0)]

    def of(statistic, samples=x, paired="independent", value=1.0):
        return fingerprint(statistic, samples, paired, value)

    different = [
        of(trimmed(0.1)),
        of(trimmed(0.2)),
        of(lambda x: x.mean()),
        of(lambda x: x.sum()),
        of(lambda x, power=2: (x**power).mean()),
        of(lambda x, power=3: (x**power).mean()),
        of(lambda x: [y in {"a", "b"} for y in x]),
        of(lambda x: [y in {"a", "c"} for y in x]),
        of(functools.partial(np.quantile, q=0.1)),
        of(functools.partial(np.quantile, q=0.2)),
        of(np.quantile),
        of(np.mean),
        of(np.mean, value=2.0),
        of(np.mean, paired="by subject"),
        of(np.mean, samples=[np.arange(1.0, 6.0)]),
        of(np.mean, samples=[np.arange(3.0), np.arange(3.0, 5.0)]),
    ]
    assert len(set(different)) == len(different)
    assert of(trimmed(0.1)) == of(trimmed(0.1))


def test_blocks_are_small_enough_for_many_cores_and_large_enough_for_one():
    for replicates in (40, 99, 1999, 9999, 99_999):
        size = block_size(replicates)
        assert 1 <= size <= LARGEST
        assert size * BLOCKS >= replicates or size == LARGEST
        assert size * (BLOCKS - 1) < replicates
    assert math.ceil(401 / block_size(401)) == BLOCKS
