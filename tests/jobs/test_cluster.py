"""A real dask cluster of two processes on this machine."""

import logging
import re

import pytest
from repeated import Products

from retrostats.errors import DataError, FitError
from retrostats.jobs import cluster
from retrostats.jobs.run import run_replicates
from retrostats.jobs.types import Workers


@pytest.fixture(scope="module")
def local():
    import dask
    from distributed import LocalCluster

    settings = {
        "distributed.scheduler.allowed-failures": 1,  # as in a cluster, only sooner
        # A worker that starts again on a busy machine may take longer than the usual 15 s, after
        # which the cluster lets go of it, and all that follows would wait for ever.
        "distributed.deploy.lost-worker-timeout": "5 minutes",
    }
    with (
        dask.config.set(settings),
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            dashboard_address=":0",
            silence_logs=logging.CRITICAL,
        ) as made,
    ):
        yield made


@pytest.fixture
def workers(local):
    local.wait_for_workers(2, timeout=300)  # those killed by the test before may still start
    return Workers(backend="dask", scheduler=local.scheduler_address)


def run(task, replicates=30, **given):
    found = run_replicates(task, replicates, **{"seed": 5, "block": 4, "key": "k", **given})
    return {name: values.tobytes() for name, values in found.arrays.items()}


def test_a_cluster_gives_the_same_bytes(workers, tmp_path):
    assert run(Products(), workers=workers, checkpoint=tmp_path / "c") == run(Products())
    assert run(Products(failing=(0,)), checkpoint=tmp_path / "c") == run(Products())


def test_a_killed_worker_loses_nothing(workers, tmp_path):
    task = Products(killed=8, once=str(tmp_path / "killed"))
    assert run(task, workers=workers) == run(Products())
    assert (tmp_path / "killed").exists()


def test_enough_is_enough_and_errors_come_in_order(workers):
    def enough(found):
        return len(found["place"]) >= 8

    task = Products(failing=(8, 12))
    assert run(task, 300, workers=workers, enough=enough) == run(Products(), 8)
    with pytest.raises(RuntimeError, match="failed at 8") as caught:
        run(task, workers=workers)
    assert caught.value.__notes__[0] == "in block 3 of 8, replicates 9 to 12, seed 5"


def test_a_block_that_kills_each_worker_is_named(workers):
    with pytest.raises(FitError, match=r"^block 3 of 8, replicates 9 to 12: each worker of"):
        run(Products(killed=8), workers=workers)


def test_workers_of_another_version_are_refused(workers, monkeypatch):
    monkeypatch.setattr(cluster, "__version__", "0.0.1")
    with pytest.raises(DataError, match=r"this process, which has retrostats 0\.0\.1") as caught:
        run(Products(), workers=workers)
    assert re.search(r"\n  tcp://\S+: retrostats ", str(caught.value))


def test_nobody_at_the_address_is_told_soon(monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 0.2)
    with pytest.raises(DataError, match=r"no dask scheduler answers at tcp://127\.0\.0\.1:1 "):
        run(Products(), workers=Workers(backend="dask", scheduler="tcp://127.0.0.1:1"))
    with pytest.raises(DataError, match="no dask scheduler answers at nonsense:// "):
        run(Products(), workers=Workers(backend="dask", scheduler="nonsense://"))


def test_an_address_of_another_kind_is_told_before_a_client_is_made(monkeypatch):
    import distributed

    there = Workers(backend="dask", scheduler="tls://127.0.0.1:1")
    with pytest.raises(DataError, match=r"no dask scheduler answers .*your TLS configuration"):
        run(Products(), workers=there)
    monkeypatch.delattr(distributed.Client, "__init__")  # it could not be closed afterwards
    there = Workers(backend="dask", scheduler="http://127.0.0.1:1")
    with pytest.raises(DataError, match=r"no dask scheduler .*unknown address scheme 'http'"):
        run(Products(), workers=there)


def test_a_scheduler_without_workers_is_told_soon(monkeypatch):
    from distributed import LocalCluster

    monkeypatch.setattr(cluster, "PATIENCE", 0.3)
    options = {"dashboard_address": ":0", "silence_logs": logging.CRITICAL, "processes": False}
    with LocalCluster(n_workers=0, **options) as empty:
        there = Workers(backend="dask", scheduler=empty.scheduler_address)
        with pytest.raises(DataError, match="has no workers; start some with `dask worker"):
            run(Products(), workers=there)


def test_a_scheduler_that_goes_away_is_told(tmp_path):
    from distributed import LocalCluster

    options = {"dashboard_address": ":0", "silence_logs": logging.CRITICAL, "processes": False}
    with LocalCluster(n_workers=1, threads_per_worker=1, **options) as leaving:
        there = Workers(backend="dask", scheduler=leaving.scheduler_address)

        def enough(found):
            if len(found["place"]) == 4:
                leaving.close()
            return False

        with pytest.raises(DataError, match="is gone, or took the work back") as caught:
            run(Products(wait=0.1), 300, workers=there, checkpoint=tmp_path, enough=enough)
    assert "blocks are kept in" in caught.value.__notes__[0]


def test_leaving_writes_nothing_of_an_attempt_to_reconnect(caplog):
    log = logging.getLogger("distributed.client")
    log.error("as seen")

    class Reconnecting:
        def close(self):
            log.error("Traceback")

    left = cluster.Cluster.__new__(cluster.Cluster)
    left._client = Reconnecting()
    left.close()
    left.abandon()
    log.error("as seen")
    assert [entry.message for entry in caplog.records if entry.name == log.name] == ["as seen"] * 2
