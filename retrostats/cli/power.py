"""The command that plans the size of a trial."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from retrostats.cli import backend_options as who
from retrostats.cli import power_options as options
from retrostats.cli.writing import told_plainly
from retrostats.errors import DataError
from retrostats.progress import progress


def power(  # noqa: PLR0913 - each is an option of the command
    plan: options.PlanFile,
    out: options.Out,
    *,
    design: options.DesignFile = None,
    n: options.Sizes = None,
    power: options.Wanted = None,
    margin: options.Margin = None,
    over: options.Curves = None,
    replicates: options.ReplicatesCount = 10_000,
    precision: options.Precision = None,
    start: options.Start = None,
    seed: who.Seed = 1,
    workers: who.WorkersCount = None,
    backend: who.Backend = None,
    scheduler: who.Scheduler = None,
    checkpoint: who.CheckpointFolder = None,
) -> None:
    """Simulate a design by its plan: how many subjects, or with what power; write the report."""
    from retrostats.plan.reading import read_plan
    from retrostats.power.design.reading import read_design
    from retrostats.report.power.answer import cautions, lead
    from retrostats.report.power.study import study_power
    from retrostats.report.power.types import PowerRequest
    from retrostats.report.power.writing import require_place, write_power

    sizes = _sizes(n, power=power, start=start, precision=precision)
    _require_trials(replicates, sizes)
    request = PowerRequest(
        n=sizes,
        power=_between(power, "--power", 0.5, 1, "0.9") or options.POWER,
        start=start or options.START,
        replicates=replicates,
        seed=seed,
        margin=_margin(margin),
        precision=_between(precision, "--precision", 0, 0.5, "0.005"),
        over=tuple(dict.fromkeys(each.value for each in over or ())),
        workers=who.workers_of(workers, backend, scheduler),
        checkpoint=checkpoint,
    )
    planned = read_plan(plan)
    assumed = read_design(_design(design, plan))
    with who.interruptible(), _resumable(checkpoint), progress() as show:
        with told_plainly(out, "the report"):
            require_place(request, out)
        study = study_power(
            assumed, planned, request, progress=lambda words, share: show(words, 0.95 * share)
        )
        with told_plainly(out, "the report"):
            written = write_power(
                study, out, progress=lambda words, share: show(words, 0.95 + 0.05 * share)
            )
    typer.echo(lead(study))
    for caution in cautions(study):
        typer.echo(f"Caution: {caution}")
    typer.echo(f"Read {written[0]}")


@contextmanager
def _resumable(checkpoint: Path | None) -> Iterator[None]:
    """Add to an interruption how the command can go on."""
    try:
        yield
    except KeyboardInterrupt as end:
        if checkpoint is None:
            end.add_note("With --checkpoint FOLDER the same command goes on where it stopped.")
        else:
            end.add_note(f"All that is finished is in {checkpoint}; the same command goes on.")
        raise


def _design(given: Path | None, plan: Path) -> Path:
    """Return the path of the design: that beside the plan, unless another is named."""
    path = plan.parent / "design.toml" if given is None else given
    if not path.exists():
        beside = " beside the plan; name another with --design" if not given else ""
        raise DataError(
            f"{path}: there is no design{beside}. `retrostats new design --out {path}` writes "
            "one to be filled in, and with `--from TRIAL` one that is proposed from a published "
            "trial"
        )
    return path


def _sizes(
    n: list[int] | None, *, power: float | None, start: int | None, precision: float | None
) -> tuple[int, ...]:
    """Return the sizes; refuse options that would have no effect: their user expects one."""
    if n is None:
        if precision is not None:
            raise DataError(
                "--precision: of use only with --n; the search for a size takes --replicates"
            )
        return ()
    unused = [name for name, value in (("--power", power), ("--start", start)) if value is not None]
    if unused:
        raise DataError(
            f"{', '.join(unused)}: of use only where a size is looked for; leave it out with --n"
        )
    if len(set(n)) < len(n):
        raise DataError(f"--n: a size stands twice in {', '.join(map(str, n))}; leave one out")
    return tuple(n)


def _require_trials(replicates: int, sizes: tuple[int, ...]) -> None:
    from retrostats.analysis.sample_size import FEWEST_TRIALS

    if not sizes and replicates < FEWEST_TRIALS:
        raise DataError(
            f"--replicates {replicates}: the search for a size takes {FEWEST_TRIALS} or more; "
            "fewer trials do not tell one size from another"
        )


def _between(value: float | None, name: str, low: float, high: float, example: str) -> float | None:
    if value is not None and not low < value < high:
        raise DataError(
            f"{name} {value:g}: expected a number between {low:g} and {high:g}, e.g. {example}"
        )
    return value


def _margin(margin: float | None) -> float | None:
    if margin is not None and not 0 < abs(margin) < float("inf"):
        raise DataError(
            f"--margin {margin:g} is none; give a number other than 0, in the unit of the outcome"
        )
    return margin
