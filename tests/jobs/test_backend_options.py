import pytest
import typer
from typer.testing import CliRunner

from retrostats.cli import backend_options as options
from retrostats.errors import DataError
from retrostats.jobs.types import Workers

app = typer.Typer()


@app.command()
def command(
    workers: options.WorkersCount = None,
    backend: options.Backend = None,
    scheduler: options.Scheduler = None,
    checkpoint: options.CheckpointFolder = None,
    seed: options.Seed = 1,
) -> None:
    typer.echo(f"{options.workers_of(workers, backend, scheduler)!r} {checkpoint} {seed}")


@app.command()
def stopped() -> None:
    with options.interruptible():
        end = KeyboardInterrupt()
        end.add_note("2 of 3 blocks are kept in there.")
        raise end


def run(*words):
    return CliRunner().invoke(app, ["command", *words])


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), Workers()),
        (("--workers", "3"), Workers(count=3)),
        (("--backend", "loky"), Workers()),
        (("--backend", "threads", "--workers", "2"), Workers(count=2, backend="threads")),
        (
            ("--backend", "dask", "--scheduler", "tcp://a:1"),
            Workers(backend="dask", scheduler="tcp://a:1"),
        ),
    ],
)
def test_options_say_who_works(words, expected):
    assert run(*words, "--checkpoint", "kept", "--seed", "7").output == f"{expected!r} kept 7\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--scheduler", "tcp://a:1"), "--scheduler belongs to a cluster"),
        (("--backend", "threads", "--scheduler", "tcp://a:1"), "--scheduler belongs to"),
        (("--backend", "dask"), "--backend dask needs the address"),
        (("--backend", "dask", "--scheduler", ""), "--backend dask needs the address"),
        (
            ("--backend", "dask", "--scheduler", "tcp://a:1", "--workers", "1"),
            "leave out one of the two",
        ),
    ],
)
def test_contradictions_are_refused(words, message):
    error = run(*words).exception
    assert isinstance(error, DataError)
    assert message in str(error)


@pytest.mark.parametrize("words", [("--workers", "0"), ("--seed", "-1"), ("--backend", "spark")])
def test_values_out_of_range_are_refused(words):
    found = run(*words)
    assert found.exit_code == 2
    assert words[0] in found.output


def test_an_interruption_says_what_is_kept():
    found = CliRunner().invoke(app, ["stopped"])
    assert found.exit_code == 130
    assert found.stderr == "Interrupted.\n2 of 3 blocks are kept in there.\n"
