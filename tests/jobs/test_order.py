"""Who is blamed for a killed worker, with a cluster that blames all who were there."""

from concurrent.futures import Future
from threading import Timer

import pytest
from repeated import Products

from retrostats.errors import FitError
from retrostats.jobs import order
from retrostats.jobs.blocks import Job
from retrostats.jobs.order import Board


class DeathError(Exception):
    """A worker died."""


class Blaming:
    """Gives up all blocks that it holds, whichever of them kills, a moment after the first came."""

    most_losses, falls_whole, death = 2, False, "it killed its worker"

    def __init__(self, job, killing=(), times=99, spared=()):
        self.job, self.killing, self.times, self.spared = job, set(killing), times, set(spared)
        self.held, self.together, self.renewed = {}, [], 0

    def room(self):
        return 4

    def submit(self, block):
        if not self.held:
            Timer(0.1, self.work).start()
        self.held[block] = future = Future()
        return future

    def work(self):
        held, self.held = self.held, {}
        self.together.append(sorted(held))
        killed = bool(self.times and self.killing & set(held))
        self.times -= killed
        for block, future in held.items():
            if killed and block in self.spared:
                self.held[block] = future
            elif killed:
                future.set_exception(DeathError())
            else:
                future.set_result(self.job.run(block))
        if self.held:
            Timer(0.1, self.work).start()

    def lost(self, error):
        return isinstance(error, DeathError)

    def told(self, error):
        return error

    def renew(self):
        self.renewed += 1


def board(**given):
    job = Job(task=Products(), replicates=30, block=4, seed=5, key="k")
    pool = Blaming(job, **given)
    return pool, Board(pool, job, range(job.blocks), lambda _block, _result: None)


def test_the_innocent_are_done_and_the_guilty_is_named():
    pool, made = board(killing={2})
    assert [made.result(block)["place"][0] for block in (0, 1)] == [0, 4]
    with pytest.raises(FitError, match=r"^block 3 of 8, replicates 9 to 12: it killed its worker$"):
        made.result(2)
    # All were blamed, and ran alone once; what comes after the guilty is not needed.
    assert pool.together == [[0, 1, 2, 3], [0], [1], [2]]


def test_one_death_costs_no_block():
    pool, made = board(killing={2}, times=1)
    assert [made.result(block)["place"][0] for block in range(8)] == list(range(0, 30, 4))
    assert pool.together == [[0, 1, 2, 3], [0], [1], [2], [3], [4, 5, 6, 7]]
    assert pool.renewed >= 1


def test_a_block_on_another_worker_goes_on():
    pool, made = board(killing={2}, times=1, spared={3})
    assert [made.result(block)["place"][0] for block in range(8)] == list(range(0, 30, 4))
    assert pool.together[:2] == [[0, 1, 2, 3], [3]]
    assert sum(3 in together for together in pool.together) == 2


class FleetingFuture(Future):
    """Done and without an error, until somebody fetches what its worker no longer has."""

    def result(self, timeout=None):
        if super().result(timeout) is None:
            raise DeathError
        return super().result(timeout)


def test_a_result_that_is_lost_while_it_is_fetched_is_made_again():
    pool, made = board()
    plain, lost = pool.submit, []

    def submit(block):
        if block != 2 or lost:
            return plain(block)
        lost.append(block)
        return done(FleetingFuture(), None)

    pool.submit = submit
    assert [made.result(block)["place"][0] for block in range(8)] == list(range(0, 30, 4))
    assert lost == [2]
    assert pool.renewed == 1
    assert [2] in pool.together


def test_a_pool_that_falls_whole_takes_unfinished_blocks_with_it():
    pool, made = board(killing={2}, times=1, spared={3})
    pool.falls_whole = True
    assert [made.result(block)["place"][0] for block in range(8)] == list(range(0, 30, 4))
    # The pool went on with block 3, whose future nobody looks at any more.
    assert pool.together[:2] == [[0, 1, 2, 3], [0, 3]]


def test_an_end_that_nobody_told_is_seen(monkeypatch):
    monkeypatch.setattr(order, "LOOK", 0.05)

    class SilentFuture(Future):
        def add_done_callback(self, _call):
            pass

    pool, made = board()
    pool.submit = lambda block: done(SilentFuture(), pool.job.run(block))
    assert made.result(0)["place"][0] == 0


def done(future, result):
    future.set_result(result)
    return future
