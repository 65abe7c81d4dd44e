"""How long the things take that a user waits for; run by `make bench`.

Each command runs as a whole process, five times after one warm-up; the median is printed
beside the time that an empty Python process takes on the same machine, because machines
differ and the ratio is what can be compared.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 5
COMMAND = str(Path(sys.executable).with_name("retrostats"))


def seconds(arguments: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(arguments, check=True, capture_output=True)
    return time.perf_counter() - start


def median(arguments: list[str]) -> float:
    seconds(arguments)
    return statistics.median(seconds(arguments) for _ in range(RUNS))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        cases = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "import retrostats": [sys.executable, "-c", "import retrostats"],
            "retrostats --help": [COMMAND, "--help"],
            "retrostats reproduce, one trial": [COMMAND, "reproduce", "qiu2023", "--out", folder],
            "retrostats reproduce, all trials": [COMMAND, "reproduce", "--out", folder],
        }
        empty = median(cases["python -c pass"])
        for name, arguments in cases.items():
            took = median(arguments)
            print(f"{name:34s} {took:7.3f} s   {took / empty:6.1f} x an empty process")


if __name__ == "__main__":
    main()
