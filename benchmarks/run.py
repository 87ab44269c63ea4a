"""How fast relplan makes documents, each case beside a peer that makes the same, in one run.

Prints a table and keeps it as JSON. A peer that is not installed is named as absent.

    python benchmarks/run.py [--quick] [--json benchmarks/results/latest.json]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final, Literal

import material
import peers
import startup
from measuring import Run, in_turns, peak_bytes, process, relplan_program

from relplan import api
from relplan.cli import COMMANDS

SAMPLE: Final = Path(__file__).parents[1] / "samples" / "singpost" / "plan.yaml"
PAPERS: Final = ("runbook", "go-live", "test-plan", "test-report", "minutes", "gate", "release-record", "summary", "monitoring", "process", "notices")  # fmt: skip
RESULTS: Final = Path(__file__).parent / "results" / "latest.json"

WRITTEN: Final = {"Word": "docx", "Excel": "xlsx", "Markdown": "md", "HTML": "html"}
"""The formats in which long tables are written."""

ROWS_IN_MEMORY: Final = """\
import sys
from relplan import api
from relplan.cli import COMMANDS
api.render(api.load(sys.argv[1]).plan, "table", sys.argv[2])
"""

ROWS_READ: Final = """\
import sys
from relplan import api
api.load(sys.argv[1])
"""

Better = Literal["at most", "at least"]


@dataclass(frozen=True)
class Result:
    """What one case came to.

    Attributes:
        name: what was done.
        ours, theirs: seconds (or bytes, for memory); None where there is no peer on this machine.
        peer: what `theirs` is.
        ratio: ours to theirs, or theirs to ours where the goal is to be so many times faster.
        better, goal: what the ratio should be.
    """

    name: str
    ours: float
    peer: str
    theirs: float | None
    better: Better
    goal: float
    unit: str = "s"

    @property
    def ratio(self) -> float | None:
        if self.theirs is None:
            return None
        return self.ours / self.theirs if self.better == "at most" else self.theirs / self.ours

    @property
    def met(self) -> bool | None:
        if self.ratio is None:
            return None
        return self.ratio <= self.goal if self.better == "at most" else self.ratio >= self.goal


class Bench:
    """All cases, in one folder of material."""

    def __init__(self, folder: Path, quick: bool) -> None:
        self._folder, self._quick = folder, quick
        self._relplan: tuple[str | Path, ...] = (sys.executable, relplan_program())
        self._versions = peers.versions()

    def results(self) -> Iterator[Result]:
        """Every case, as it is done."""
        yield from self._startup()
        yield from self._whole_processes()
        for rows in (1_000,) if self._quick else (1_000, 10_000):
            yield from self._in_process(rows)
            yield from self._forms(rows)
        yield self._papers()
        if not self._quick:
            yield from self._growth()
            yield from self._memory()

    def _startup(self) -> Iterator[Result]:
        bare = startup.bare_program(self._folder, len(COMMANDS))
        for question in startup.QUESTIONS:
            yield self._case(
                f"`relplan {question}`, whole process",
                process((*self._relplan, question)),
                f"click {self._versions['click']}, bare program",
                process((sys.executable, bare, question)),
                "at most",
                startup.GOAL,
                20,
            )

    def _whole_processes(self) -> Iterator[Result]:
        bare, output = startup.bare_program(self._folder, 1), self._folder / "out.docx"
        yield self._case(
            "render 14 rows to Word, whole process",
            process((*self._relplan, "render", material.plan_file(self._folder, 14), "-o", output), output),
            f"click {self._versions['click']}, bare program",
            process((sys.executable, bare, "command-0", "file", "-o", "file")),
            "at most",
            4,
            20,
        )
        table, page = material.markdown_file(self._folder, 1_000), self._folder / "pandoc.docx"
        plan = material.plan_file(self._folder, 1_000)
        yield self._case(
            "render 1,000 rows to Word, whole process",
            process((*self._relplan, "render", plan, "-d", "table", "-o", output), output),
            self._peer("pandoc"),
            self._if_there("pandoc", process(("pandoc", "-f", "gfm", table, "-o", page), page)),
            "at least",
            4,
            5,
        )
        yield self._import(1_000, "at most", 0.25)
        if not self._quick:
            yield self._import(10_000, "at least", 3)
            yield self._read(10_000)

    def _import(self, count: int, better: Better, goal: float) -> Result:
        sheet, read, frame = material.workbook(self._folder, count), self._folder / "r.yaml", self._folder / "p.json"
        return self._case(
            f"import {count:,} rows of Excel, whole process",
            process((*self._relplan, "import", sheet, "-o", read), read),
            f"{self._peer('pandas')} with {self._peer('openpyxl')}",
            self._if_there("pandas", process((sys.executable, "-c", peers.PANDAS, sheet, frame), frame)),
            better,
            goal,
            5 if count < 10_000 else 3,
        )

    def _read(self, count: int) -> Result:
        sheet = material.workbook(self._folder, count)
        return self._case(
            f"read {count:,} rows of Excel",
            lambda: api.load(sheet),
            f"{self._peer('pandas')} with {self._peer('openpyxl')}",
            self._if_there("pandas", lambda: peers.pandas(sheet)),
            "at least",
            3,
            5,
        )

    def _in_process(self, count: int) -> Iterator[Result]:
        rows, times = list(material.rows(count)), 15 if count < 10_000 else 9
        plan = api.load(material.plan_file(self._folder, count)).plan
        if count == 10_000 or self._quick:
            filled = self._if_there("docxtpl", self._docxtpl(rows))
            word = f"{count:,} rows to Word"
            yield self._case(
                word, lambda: api.render(plan, "table", "docx"), self._peer("docxtpl"), filled, "at least", 8, 2
            )
        excel = self._if_there("xlsxwriter", lambda: peers.xlsxwriter(rows))
        name = f"{self._peer('xlsxwriter')}, by hand"
        yield self._case(
            f"{count:,} rows to Excel",
            lambda: api.render(plan, "table", "xlsx"),
            name,
            excel,
            "at most",
            1.3,
            times,
        )
        yield self._case(
            f"{count:,} rows to Markdown",
            lambda: api.render(plan, "table", "md"),
            f"{self._peer('jinja2')}, bare loop",
            lambda: peers.jinja(rows),
            "at most",
            5,
            times,
        )

    def _forms(self, count: int) -> Iterator[Result]:
        """Forms of one's own, filled in."""
        rows, plan = list(material.rows(count)), api.load(material.plan_file(self._folder, count)).plan
        if self._versions["docxtpl"]:
            word = peers.docxtpl_template(self._folder)
            yield self._case(
                f"{count:,} rows into a Word form",
                lambda: api.render(plan, format="docx", template=word),
                f"{self._peer('docxtpl')}, the same form",
                self._docxtpl(rows),
                "at least",
                1 if count < 10_000 else 4,
                2,
            )
        sheet = peers.excel_form(self._folder)
        yield self._case(
            f"{count:,} rows into an Excel form",
            lambda: api.render(plan, format="xlsx", template=sheet),
            f"{self._peer('openpyxl')}, by hand",
            lambda: peers.openpyxl(rows),
            "at most",
            2,
            3,
        )

    def _docxtpl(self, rows: peers.Rows) -> Run:
        def run() -> None:
            peers.docxtpl(peers.docxtpl_template(self._folder), rows)

        return run

    def _papers(self) -> Result:
        """All papers of the process beside the plan document, each in every format."""
        plan = material.night(api.load(SAMPLE).plan)
        carried = api.golive(plan)
        outputs = ["a.md", "a.html", "a.docx", "a.xlsx"]

        def papers() -> None:
            for name in PAPERS:
                api.render_all(plan, outputs, name, golive=carried)

        return self._case(
            "all papers of 200 steps and 100 systems, every format",
            papers,
            "relplan, the plan document",
            lambda: api.render_all(plan, outputs, "plan"),
            "at most",
            3,
            5,
        )

    def _growth(self) -> Iterator[Result]:
        small, large = (api.load(material.plan_file(self._folder, count)).plan for count in (1_000, 10_000))
        for kind, format_ in WRITTEN.items():
            yield self._case(
                f"growth, 10,000 rows to {kind}",
                lambda f=format_: api.render(large, "table", f),  # type: ignore[misc]
                "relplan, 1,000 rows",
                lambda f=format_: api.render(small, "table", f),  # type: ignore[misc]
                "at most",
                12,
                3,
            )
        for kind, format_, form in (
            ("a Word form", "docx", peers.docxtpl_template(self._folder) if self._versions["docxtpl"] else None),
            ("an Excel form", "xlsx", peers.excel_form(self._folder)),
        ):
            if form:
                yield self._case(
                    f"growth, 10,000 rows into {kind}",
                    lambda f=format_, t=form: api.render(large, format=f, template=t),  # type: ignore[misc]
                    "relplan, 1,000 rows",
                    lambda f=format_, t=form: api.render(small, format=f, template=t),  # type: ignore[misc]
                    "at most",
                    12,
                    3,
                )
        read_small, read_large = (api.load(material.plan_file(self._folder, count)) for count in (1_000, 10_000))
        yield self._case(
            "growth, checking 10,000 rows with SQL in half of them",
            lambda: api.check(read_large),
            "relplan, 1,000 rows",
            lambda: api.check(read_small),
            "at most",
            12,
            3,
        )
        yield self._roadmap()
        yield self._reading("YAML", material.plan_file, 10_000)
        yield self._reading("Excel", material.workbook, 10_000)
        yield self._reading("Excel", material.workbook, 100_000)

    def _roadmap(self) -> Result:
        """A roadmap of many plans, loaded, checked and shown, beside one of a tenth of them."""
        large, small = (material.archive(self._folder, count) for count in (500, 50))

        def whole(folder: Path) -> Run:
            def run() -> None:
                course = api.load_roadmap(folder).course
                api.check(folder)
                for form in ("md", "html", "docx", "xlsx"):
                    api.roadmap_as(course, form)

            return run

        return self._case(
            "growth, a roadmap of 500 plans with 20 rows each, loaded, checked, in four formats",
            whole(large),
            "relplan, 50 plans",
            whole(small),
            "at most",
            12,
            2,
        )

    def _reading(self, ending: str, make: Callable[[Path, int], Path], count: int) -> Result:
        large, small = make(self._folder, count), make(self._folder, count // 10)
        return self._case(
            f"growth, reading {count:,} rows of {ending}",
            lambda: api.load(large),
            f"relplan, {count // 10:,} rows",
            lambda: api.load(small),
            "at most",
            12,
            3 if count < 100_000 else 2,
        )

    def _memory_of_reading(self) -> Result:
        """What each further row of a workbook takes in memory, in a long table and in a longer one."""
        few, more, most = (
            peak_bytes(ROWS_READ, material.workbook(self._folder, count)) for count in (1_000, 10_000, 100_000)
        )
        return Result(
            "memory of a row, reading 10,000 to 100,000 rows of Excel",
            (most - more) / 90_000,
            "relplan, 1,000 to 10,000 rows",
            (more - few) / 9_000,
            "at most",
            1.2,
            "kB",
        )

    def _memory(self) -> Iterator[Result]:
        """The memory that rows take, above that of a plan with one row; what a start takes for a while hides that of few rows."""
        yield self._memory_of_reading()
        for kind, format_ in WRITTEN.items():
            none, small, large = (
                peak_bytes(ROWS_IN_MEMORY, material.plan_file(self._folder, count), format_)
                for count in (1, 10_000, 100_000)
            )
            yield Result(
                f"memory, 100,000 rows to {kind}",
                large - none,
                "relplan, 10,000 rows",
                small - none,
                "at most",
                12,
                "MB",
            )

    def _case(
        self, name: str, ours: Run, peer: str, theirs: Run | None, better: Better, goal: float, times: int
    ) -> Result:
        found = in_turns([ours] if theirs is None else [ours, theirs], 2 if self._quick else times)
        return Result(name, found[0], peer, None if theirs is None else found[1], better, goal)

    def _peer(self, name: str) -> str:
        return f"{name} {self._versions[name] or '(not installed)'}"

    def _if_there(self, name: str, run: Run) -> Run | None:
        return run if self._versions[name] else None


def as_table(results: list[Result]) -> str:
    """The results as a Markdown table."""
    lines = ["| case | relplan | peer | | ratio | goal | |", "|---|---:|---|---:|---:|---|---|"]
    for each in results:
        ours, theirs = _shown(each.ours, each.unit), _shown(each.theirs, each.unit)
        ratio = "" if each.ratio is None else f"{each.ratio:.2f}"
        faster = " faster" if each.better == "at least" else ""
        verdict = {True: "met", False: "**missed**", None: "not measured"}[each.met]
        lines.append(
            f"| {each.name} | {ours} | {each.peer} | {theirs} | {ratio} | {each.better} {each.goal:g}{faster} | {verdict} |"
        )
    return "\n".join(lines)


def _shown(amount: float | None, unit: str) -> str:
    if amount is None:
        return "absent"
    if unit == "kB":
        return f"{amount / 2**10:.1f} kB"
    if unit == "MB":
        return f"{amount / 2**20:.1f} MB"
    return f"{amount * 1000:.0f} ms" if amount < 10 else f"{amount:.1f} s"


def about() -> dict[str, object]:
    """What the figures were measured on."""
    return {
        "python": platform.python_version(),
        "relplan": version("relplan"),
        "system": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "peers": peers.versions(),
    }


def main() -> None:
    """Measure, print, and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few runs, 1,000 rows at most: a look, not a measurement")
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="keep the figures in this file (default: %(default)s)"
    )
    parser.set_defaults(json=RESULTS)
    options = parser.parse_args()
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for result in Bench(Path(folder), options.quick).results():
            print(
                f"{result.name}: {'absent peer' if result.ratio is None else round(result.ratio, 2)}", file=sys.stderr
            )
            results.append(result)
    print(as_table(results))
    rows = [{**asdict(each), "ratio": each.ratio, "met": each.met} for each in results]
    if not options.quick or options.json != RESULTS:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps({**about(), "results": rows}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
