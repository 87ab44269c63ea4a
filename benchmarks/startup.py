"""How long `relplan --help` and `relplan --version` take as whole processes, against a bare click program.

Both run in turns, so that a slow moment of the machine falls on both. What counts is the ratio of the medians.

    python benchmarks/startup.py [--pairs 20] [--json benchmarks/results/startup.json]
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from measuring import in_turns, process, relplan_program

from relplan.cli import COMMANDS

GOAL: Final = 1.2
"""The ratio that start-up should not exceed."""

QUESTIONS: Final = ("--help", "--version")

_HEAD: Final = '''\
import click


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option("1.0", message="bare %(version)s")
def cli():
    """A program that does nothing."""

'''
_COMMAND: Final = '''
@cli.command("command-{number}")
@click.argument("file")
@click.option("-o", "--output", default="-", help="Where to write")
@click.option("--check", is_flag=True, help="Write nothing")
def command_{number}(file, output, check):
    """Do nothing."""

'''
_FOOT: Final = """
if __name__ == "__main__":
    cli()
"""


def bare_program(folder: Path, commands: int) -> Path:
    """Write a click program with so many commands; click is all it imports."""
    program = folder / "bare.py"
    program.write_text(_HEAD + "".join(_COMMAND.format(number=n) for n in range(commands)) + _FOOT, encoding="utf-8")
    return program


def measured(question: str, relplan: Path, bare: Path, pairs: int) -> dict[str, Any]:
    """The medians of both programs in milliseconds, and their ratio."""
    runs = [process((sys.executable, program, question)) for program in (relplan, bare)]
    ours, theirs = (1000 * seconds for seconds in in_turns(runs, pairs))
    return {
        "question": question,
        "relplan_ms": round(ours, 1),
        "bare_click_ms": round(theirs, 1),
        "ratio": round(ours / theirs, 3),
    }


def measure(pairs: int) -> dict[str, Any]:
    """All questions, with what they were measured on."""
    with tempfile.TemporaryDirectory() as folder:
        bare, relplan = bare_program(Path(folder), len(COMMANDS)), relplan_program()
        rows = [measured(question, relplan, bare, pairs) for question in QUESTIONS]
    return {
        "python": platform.python_version(),
        "click": version("click"),
        "relplan": version("relplan"),
        "system": f"{platform.system()} {platform.machine()}",
        "pairs": pairs,
        "goal": GOAL,
        "results": rows,
    }


def as_table(found: dict[str, Any]) -> str:
    """What was measured, for people."""
    lines = [
        f"Python {found['python']}, click {found['click']}, relplan {found['relplan']}, {found['system']}, "
        f"{found['pairs']} pairs, medians",
        "",
        f"{'':<12}{'relplan':>12}{'bare click':>12}{'ratio':>8}",
    ]
    lines += [
        f"{row['question']:<12}{row['relplan_ms']:>9.1f} ms{row['bare_click_ms']:>9.1f} ms{row['ratio']:>8.2f}"
        for row in found["results"]
    ]
    return "\n".join([*lines, "", f"goal: at most {found['goal']}"])


def main() -> None:
    """Measure, print, and keep the figures where that is wanted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=20, help="how often each program runs (default 20)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the figures in this file")
    options = parser.parse_args()
    found = measure(max(1, options.pairs))
    print(as_table(found))
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
