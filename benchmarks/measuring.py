"""How the benchmarks measure: ours and the peer in turns, so that a slow moment of the machine falls on both; medians."""

from __future__ import annotations

import gc
import os
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

Run = Callable[[], object]

ENVIRONMENT: Final = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""For the processes that are measured: bytecode is kept, as it is where programs are installed."""


def relplan_program() -> Path:
    """The command as it was installed for this Python."""
    program = Path(sysconfig.get_path("scripts")) / "relplan"
    if not program.is_file():
        sys.exit("relplan is not installed for this Python: pip install -e .")
    return program


def process(command: Sequence[str | Path], output: Path | None = None) -> Run:
    """A whole process in a folder without settings; `output`, which it makes, is taken away before each run."""

    def run() -> None:
        if output is not None:
            output.unlink(missing_ok=True)
        subprocess.run(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
            env=ENVIRONMENT,
            cwd=tempfile.gettempdir(),
        )

    return run


def seconds(run: Run) -> float:
    """The time of one run."""
    gc.collect()
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def in_turns(runs: Sequence[Run], times: int) -> list[float]:
    """The median time of each in seconds; one more round before them fills the caches."""
    taken: list[list[float]] = [[] for _ in runs]
    for number in range(times + 1):
        order = range(len(runs)) if number % 2 else reversed(range(len(runs)))
        for index in order:
            found = seconds(runs[index])
            if number:
                taken[index].append(found)
    return [statistics.median(each) for each in taken]


_TELL_PEAK: Final = """
import resource, sys
from pathlib import Path
status = Path("/proc/self/status")  # on Linux getrusage also counts the process that started this one
if status.exists():
    print(next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM")))
else:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "darwin" else 1))
"""


def peak_bytes(script: str, *arguments: str | Path) -> int:
    """The most memory that a Python process takes which runs `script`."""
    command = [sys.executable, "-c", script + _TELL_PEAK, *map(str, arguments)]
    run = subprocess.run(
        command, capture_output=True, text=True, check=True, env=ENVIRONMENT, cwd=tempfile.gettempdir()
    )
    return int(run.stdout.split()[-1]) * 1024
