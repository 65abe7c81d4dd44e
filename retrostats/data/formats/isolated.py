"""Opens an SPSS or Stata file in a process of its own: the C library crashes on damaged ones.

Run as ``python -m retrostats.data.formats.isolated PATH KIND ENCODING``; writes the pickled
answer to the standard output. Nothing else is read from there, and only our own child writes it.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

from retrostats.data.formats.source import Source

#: Seconds that any file may take, and further seconds per megabyte.
_PATIENCE, _PATIENCE_PER_MEGABYTE = 30.0, 2.0
#: Bytes of memory that any file may take, and further bytes per byte of the file.
_MEMORY, _MEMORY_PER_BYTE = 2_000_000_000, 200


def open_isolated(source: Source, encoding: str | None) -> dict[str, Any]:
    """Return names, values and descriptions of a file as pyreadstat gives them.

    Raises
    ------
    DataError
        If the library cannot read the file, crashes, or takes too long.
    """
    kind = "dta" if source.path.suffix.lower() == ".dta" else "sav"
    path = str(source.path.resolve())
    command = [sys.executable, "-P", "-m", __name__, path, kind, encoding or ""]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    patience = _PATIENCE + _PATIENCE_PER_MEGABYTE * len(source.raw) / 1e6
    try:
        child = subprocess.run(  # noqa: S603 - our own interpreter and module
            command, env=environment, capture_output=True, timeout=patience, check=False
        )
    except subprocess.TimeoutExpired:
        raise _damaged(source, "it cannot be read to its end") from None
    if child.returncode or not child.stdout:
        raise _damaged(source, "the reader broke down on it")
    answer: dict[str, Any] = pickle.loads(child.stdout)  # noqa: S301 - written by our own child
    if "error" in answer:
        raise _damaged(source, answer["error"])
    return answer


def _damaged(source: Source, why: str) -> Exception:
    program = "Stata" if source.path.suffix.lower() == ".dta" else "SPSS"
    message = f"is no {program} file, or a damaged one ({why})"
    if "encoding" in why or "codec" in why or "character set" in why:
        advice = "declare the encoding under [file], or save the file in Unicode"
    else:
        advice = f"open it in {program} and save it again, or export it as CSV"
    return source.refusal(f"{message}; {advice}")


def _answer(path: str, kind: str, encoding: str) -> dict[str, Any]:
    import pyreadstat

    read = pyreadstat.read_dta if kind == "dta" else pyreadstat.read_sav
    try:
        values, about = read(
            path,
            user_missing=True,
            disable_datetime_conversion=True,
            output_format="dict",
            encoding=encoding or None,
        )
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError) as error:
        return {"error": str(error)}
    except (ArithmeticError, LookupError, MemoryError, OSError, TypeError, ValueError) as error:
        return {"error": f"{type(error).__name__}: {error}"}
    return {
        "values": dict(values),
        "formats": about.original_variable_types,
        "types": about.readstat_variable_types,
        "labels": about.variable_value_labels,
        "ranges": about.missing_ranges,
        "letters": about.missing_user_values,
        "encoding": about.file_encoding,
    }


def _limit_memory(path: str) -> None:
    """Keep a file that claims a billion rows from taking the memory of the machine."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    limit = _MEMORY + _MEMORY_PER_BYTE * Path(path).stat().st_size
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))


if __name__ == "__main__":
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what the library prints does not mix with the answer
    _limit_memory(sys.argv[1])
    pickle.dump(_answer(*sys.argv[1:4]), out, protocol=5)
    out.close()
