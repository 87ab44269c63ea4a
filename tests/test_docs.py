"""The documentation says what the program does: examples are run, names are looked for, links lead somewhere."""

from __future__ import annotations

import base64
import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import typing
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from test_cli import run_here

import relplan
from relplan import api, blocks
from relplan.cli import COMMANDS, cli
from relplan.cli.speech import language
from relplan.documents.filters import FILTERS
from relplan.model.columns import columns_of
from relplan.model.entries import Package, Participant, Script, Section, Step
from relplan.model.part import fields_of
from relplan.model.plan import ReleasePlan, Rollback, Window
from relplan.model.readiness import ExternalSoftware, Issue, Meeting, Monitor, ServiceToStop, TestCase, TestRun, Tests
from relplan.model.table import ReleaseItem

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"

pytestmark = pytest.mark.skipif(not DOCS.is_dir(), reason="the docs folder is not beside the tests")

PAGES = (
    "command",
    "library",
    "plan-file",
    "columns",
    "order",
    "templates",
    "reading",
    "checking",
    "check-output",
    "rules",
    "pages",
    "compared",
    "performance",
    "architecture",
    "artifacts",
    "sql",
)
READMES = ("README.md", "README.zh-CN.md")
EVERY_PAGE = (*READMES, "CHANGELOG.md", "benchmarks/README.md", *(f"docs/{page}.md" for page in PAGES))

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def page(name: str) -> str:
    path = ROOT / name
    if not path.is_file():
        pytest.skip(f"{name} is not beside the tests")
    return path.read_text(encoding="utf-8")


def doc(name: str) -> str:
    return page(f"docs/{name}.md")


def section(text: str, title: str) -> str:
    """The text under a heading of level 2."""
    found = re.search(rf"^## {re.escape(title)}$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"there is no section {title!r}"
    return found[1]


def without_code(text: str) -> str:
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))


# Names


def commands() -> Iterator[tuple[str, click.Command]]:
    context = click.Context(cli)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        yield name, command


def parameters(command: click.Command) -> list[click.Parameter]:
    """Those of a command, and of the commands in it."""
    below = command.commands.values() if isinstance(command, click.Group) else ()
    return [*command.params, *(each for one in below for each in parameters(one))]


def test_every_command_and_option_is_told() -> None:
    text = doc("command")
    for name, command in commands():
        told = section(text, f"relplan {name}")
        for parameter in parameters(command):
            if isinstance(parameter, click.Option):
                missing = [each for each in parameter.opts if f"`{each}" not in told]
                assert not missing, f"relplan {name}: {missing}"
                usage = told.split("```")[1]
                assert any(each in usage for each in parameter.opts), f"relplan {name}: {parameter.opts} in its usage"


def test_no_option_is_told_that_is_not_there() -> None:
    text = doc("command")
    for name, command in commands():
        known = {each for parameter in parameters(command) for each in parameter.opts}
        told = set(
            re.findall(
                r"(?<![\w-])--?[a-z]+(?:-[a-z]+)*",
                "".join(re.findall(r"^\| `-.*?\|", section(text, f"relplan {name}"), re.MULTILINE)),
            )
        )
        assert told - {"-"} <= known, name


def test_every_document_is_told() -> None:
    told = section(doc("command"), "relplan documents")
    assert set(re.findall(r"^\| `([\w-]+)` \|", told, re.MULTILINE)) == {each.name for each in api.documents()}


def test_every_public_name_is_told() -> None:
    told = set(re.findall(r"`(\w+)`", doc("library")))
    assert set(relplan.__all__) <= told


def test_every_filter_is_told_and_no_other() -> None:
    told = section(doc("templates"), "Filters")
    assert set(re.findall(r"^\| `(\w+)", told, re.MULTILINE)) == set(FILTERS)


def test_every_block_has_its_notation_told() -> None:
    told = section(doc("templates"), "Blocks and their notation")
    named = set(re.findall(r"^\| (\w+)", told, re.MULTILINE))
    known = {each.__name__ for each in (*typing.get_args(blocks.Block), *typing.get_args(blocks.Inline))}
    assert named - {"block", "inline"} == known


def test_every_name_of_a_plan_is_told() -> None:
    text = section(doc("plan-file"), "What a plan holds")
    models = (ReleasePlan, Window, Rollback, Participant, Step, Script, Package, Section, Tests, TestCase, TestRun, Issue, Meeting, Monitor, ExternalSoftware, ServiceToStop)  # fmt: skip
    missing = [name for model in models for name in fields_of(model) if f"`{name}`" not in text]
    assert not missing


@pytest.mark.parametrize(
    "model",
    [
        ReleaseItem,
        Participant,
        Step,
        Script,
        Package,
        Section,
        ReleasePlan,
        Window,
        Rollback,
        Tests,
        TestCase,
        TestRun,
        Issue,
        Meeting,
        Monitor,
        ExternalSoftware,
        ServiceToStop,
    ],
)
def test_every_column_is_told(model) -> None:
    text = doc("columns")
    for bound in columns_of(model):
        assert f"| `{bound.field}` | {bound.column.zh} | {bound.column.en} |" in text


def test_the_pages_from_the_code_are_fresh() -> None:
    script = ROOT / "scripts" / "make_docs.py"
    if not script.is_file():
        pytest.skip("the scripts are not beside the tests")
    run = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


# Pages


@pytest.mark.skipif(
    not (ROOT / "pyproject.toml").is_file(), reason="pages link to all of the project, which is not here"
)
@pytest.mark.parametrize("name", EVERY_PAGE)
def test_links_lead_somewhere(name: str) -> None:
    here = (ROOT / name).parent
    for target in re.findall(r"\]\(([^)\s]+)\)", without_code(page(name))):
        if target.startswith(("http://", "https://")):
            continue
        path, _, anchor = target.partition("#")
        aim = here / path if path else ROOT / name
        assert aim.exists(), f"{name}: {target}"
        if anchor:
            headings = re.findall(r"^#+ (.*)$", aim.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}, target


@pytest.mark.parametrize("name", EVERY_PAGE)
def test_pages_are_finished(name: str) -> None:
    if name == "docs/rules.md":
        pytest.skip("it tells of the rule that looks for such words")
    assert not re.search(r"\b(?:TODO|FIXME|TBD|XXX|coming soon)\b", page(name), re.IGNORECASE)


def test_both_readmes_show_the_same() -> None:
    english, chinese = (page(name) for name in READMES)
    assert len(re.findall(r"^#+ ", english, re.MULTILINE)) == len(re.findall(r"^#+ ", chinese, re.MULTILINE))
    for pattern in (r"\]\((docs/[\w-]+\.md)\)", r"^\$ (relplan \w+)", r"^make \w+"):
        assert re.findall(pattern, english, re.MULTILINE) == re.findall(pattern, chinese, re.MULTILINE)


# Examples


@pytest.fixture
def workplace(samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the samples, as a reader of the pages has it."""
    shutil.copytree(samples, tmp_path / "samples" / "singpost")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", [*READMES, "docs/library.md", "docs/architecture.md", "docs/sql.md"])
def test_python_examples_run_and_print_what_is_shown(name: str, workplace: Path) -> None:
    names: dict[str, object] = {}
    examples = re.findall(r"^```python\n(.*?)^```\n(?:\n```text\n(.*?)^```)?", page(name), re.MULTILINE | re.DOTALL)
    assert examples
    for source, shown in examples:
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(source, name, "exec"), names)
        assert out.getvalue() == shown, source


def test_the_writer_of_the_example_writes(samples: Path) -> None:
    source = re.findall(r"^```python\n(.*?)^```", doc("architecture"), re.MULTILINE | re.DOTALL)[0]
    names: dict[str, object] = {}
    exec(compile(source, "architecture.md", "exec"), names)
    plan = relplan.load(samples / "plan.yaml").plan
    written = names["write"](relplan.document(plan)).decode()  # type: ignore[operator]
    assert all(row.system in written for row in plan.table.rows)


def test_plan_examples_are_plans() -> None:
    examples = re.findall(r"^```yaml\n(.*?)^```", doc("plan-file"), re.MULTILINE | re.DOTALL)
    assert examples
    for example in examples:
        assert not relplan.loads(example.encode()).notices


def test_the_example_template_makes_every_block(samples: Path, tmp_path: Path) -> None:
    # The template has fences of its own, so it ends at the sentence that follows it.
    source = re.search(r"^```jinja\n(.*?\n)```\n\nA test renders", doc("templates"), re.MULTILINE | re.DOTALL)
    assert source
    (tmp_path / "night.md.j2").write_text(source[1], encoding="utf-8")
    (tmp_path / "way.png").write_bytes(PIXEL)
    plan = relplan.load(samples / "plan.yaml").plan
    made = relplan.document(plan, template=tmp_path / "night.md.j2")
    shown = repr(made)
    kinds = (*typing.get_args(blocks.Block), *typing.get_args(blocks.Inline))
    missing = {each.__name__ for each in kinds if f"{each.__name__}(" not in shown}
    assert missing == {"Anchor"}  # which has no notation: `table` makes them
    assert {"before", "systems", "ddl-1"} <= set(re.findall(r"anchor='([\w-]+)'", shown))
    for form in ("md", "html", "docx", "xlsx"):
        assert relplan.render(plan, format=form, template=tmp_path / "night.md.j2")


def steps(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each command of the console examples, and the lines shown below it."""
    for block in re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        for each in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *shown = each.rstrip("\n").split("\n")
            yield command, shown


def assert_shown(command: str, shown: list[str], lines: list[str]) -> None:
    """The lines shown are those printed, in order; `…` stands for any that are left out."""
    at = 0
    skipping = False
    for line in shown:
        if line == "…":
            skipping = True
            continue
        while skipping and at < len(lines) and lines[at] != line:
            at += 1
        assert at < len(lines), f"{command}: {line!r} is not printed; printed: {lines}"
        assert lines[at] == line, command
        at, skipping = at + 1, False
    assert skipping or at == len(lines), f"{command} prints more: {lines[at:]}"


def ran(line: str, environment: dict[str, str]) -> tuple[int, str]:
    """The exit code of a line of a shell, and what it prints; relplan alone is run in a child that has it imported already."""
    if not line.startswith("relplan ") or any(char in line for char in "|<>&;$*`"):
        run = subprocess.run(["sh", "-c", line], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, check=False)  # fmt: skip
        return run.returncode, run.stdout.decode()
    with tempfile.TemporaryFile() as out:
        child = os.fork()
        if child == 0:
            os.environ.clear()
            os.environ.update(environment)
            language.cache_clear()
            os._exit(run_here(shlex.split(line)[1:], Path.cwd(), out.fileno(), out.fileno()))
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        out.seek(0)
        return code, out.read().decode()


@pytest.mark.skipif(os.name == "nt", reason="the examples are for a POSIX shell")
@pytest.mark.parametrize(
    "name", [*READMES, "docs/command.md", "docs/plan-file.md", "docs/reading.md", "docs/artifacts.md"]
)
def test_console_examples_print_what_is_shown(name: str, workplace: Path) -> None:
    tools = workplace / "tools"
    tools.mkdir()
    command = tools / "relplan"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m relplan "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    dropped = ("LC_ALL", "LC_MESSAGES", "LANG", "SOURCE_DATE_EPOCH", "RELPLAN_DEBUG")
    environment = {key: value for key, value in os.environ.items() if key not in dropped}
    environment |= {
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "LC_ALL": "zh_CN.UTF-8" if "zh-CN" in name else "C",
        "PYTHONUTF8": "1",
        "PYTHONPATH": os.pathsep.join(
            filter(None, [str(Path(relplan.__file__).parents[1]), os.environ.get("PYTHONPATH")])
        ),
    }
    code, found = 0, list(steps(page(name)))
    assert found
    for line, shown in found:
        if line == "echo $?":
            assert shown == [str(code)], "the exit code of the command before"
            continue
        code, printed = ran(line, environment)
        assert_shown(line, shown, printed.splitlines())
