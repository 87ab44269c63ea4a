"""Many plans: those of a folder in their order, their notes in one document, documents of all of them by any executor."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest
from test_cli import Forked

from relplan import api
from relplan.blocks import Heading, Link, Listing, Text, plain
from relplan.documents.collected import collected
from relplan.errors import PlanError, ReadError

PLAN = """\
product: 网银
version: "{}"
table:
  - {{system: 账务, version: "1.{}", changes: ["【新增】转账 {}"], configuration: "a=1"}}
"""


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "plans"
    (folder / "2026").mkdir(parents=True)
    for number, name in ((9, "p9"), (10, "2026/p10"), (11, "p11")):
        (folder / f"{name}.yaml").write_text(PLAN.format(f"2.{number}", number, number), "utf-8")
    (folder / "process.yaml").write_text("stages: []\n", "utf-8")
    (folder / ".hidden.yaml").write_text("x", "utf-8")
    return tmp_path


def test_the_plans_of_a_folder_are_in_the_order_of_their_versions(archive):
    assert [each.plan.version for each in api.load_folder(archive / "plans")] == ["2.9", "2.10", "2.11"]


def test_without_versions_that_can_be_compared_the_windows_say_the_order(tmp_path):
    for name, start in (("a", "2026-03-01 22:00"), ("b", "2026-01-01 22:00"), ("c", "2026-02-01 22:00")):
        (tmp_path / f"{name}.yaml").write_text(f"version: 春季-{name}\nwindow: {{start: {start}}}\n", "utf-8")
    found = api.load_folder(tmp_path)
    assert [each.path.stem for each in found] == ["b", "c", "a"]
    assert [each.path.stem for each in api.since(found, "春季-b")] == ["c", "a"]
    with pytest.raises(ReadError, match="there are: 春季-b"):
        api.since(found, "夏季")


def test_a_version_that_no_plan_has_is_compared(archive):
    found = api.load_folder(archive / "plans")
    assert [each.plan.version for each in api.since(found, "2.9.5")] == ["2.10", "2.11"]
    assert api.since(found, "v3") == ()


def test_notes_of_several_releases_are_one_document_the_newest_first(archive):
    run = Forked("render", "plans", "-d", "notes", "--since", "2.9", "--lang", "zh", cwd=archive)
    assert run.code == 0, run.err
    lines = run.out.decode().splitlines()
    assert lines[0] == "# 网银 2.10 – 2.11 发布说明"
    assert [line for line in lines if line.startswith("## ")] == ["## 2.11", "## 2.10"]
    assert lines.index("- **账务** 1.11：转账 11") < lines.index("- **账务** 1.10：转账 10")
    for ending in ("docx", "html"):
        assert Forked("render", "plans", "-d", "notes", "-o", f"n.{ending}", cwd=archive).code == 0


def test_the_notes_of_a_customer_stay_those_of_a_customer(archive):
    run = Forked("render", "plans", "-d", "notes", "--audience", "customer", cwd=archive)
    assert "a=1" not in run.out.decode() and "转账 9" in run.out.decode()


def test_chapters_keep_their_links_apart():
    from relplan.blocks import Document, Paragraph

    page = Document(
        "t",
        "zh",
        (
            Heading(1, (Text("t"),), "x"),
            Heading(2, (Text("a"),), "section-1"),
            Paragraph((Link("#ddl", (Text("l"),)),)),
            Listing("L", "x", "sql", "ddl", "section-1"),
        ),
        "",
    )
    whole = collected("T", [("2", page), ("1", page)])
    anchors = [each.anchor for each in whole.blocks if isinstance(each, Heading | Listing)]
    assert len(anchors) == len(set(anchors))
    links = [each.content[0].target for each in whole.blocks if isinstance(each, Paragraph)]
    assert links == ["#release-1-ddl", "#release-2-ddl"] and {each[1:] for each in links} <= set(anchors)
    assert [plain(each.content) for each in whole.blocks if isinstance(each, Heading) and each.level == 2] == ["2", "1"]


@pytest.mark.parametrize("executor", [None, ThreadPoolExecutor, ProcessPoolExecutor])
def test_any_executor_serves(archive, executor):
    paths = [each.path for each in api.load_folder(archive / "plans")]
    bad = archive / "bad.yaml"
    bad.write_text("prodct: x\n", "utf-8")
    plans = [*paths, bad, api.load(paths[0]).plan]

    def made(pool=None):
        return list(api.render_many(plans, ["out/{name}.md", "out/{name}.html"], "notes", executor=pool, language="en"))

    if executor is None:
        found = made()
    else:
        with executor(2) as pool:
            found = made(pool)
    assert [sorted(each.files) for each in found] == [
        ["out/p9.html", "out/p9.md"], ["out/p10.html", "out/p10.md"], ["out/p11.html", "out/p11.md"], [], ["out/5.html", "out/5.md"],
    ]  # fmt: skip
    assert isinstance(found[3].error, PlanError) and 'did you mean "product"' in found[3].error.text("en")
    assert found[0].files["out/p9.md"] == api.render(api.load(paths[0]).plan, "notes", language="en")


def test_a_folder_becomes_a_document_for_each_plan(archive):
    (archive / "out").mkdir()
    run = Forked(
        "render", "plans", "-d", "table", "-o", "out/{name}.md", "-o", "out/{name}.html", "--jobs", "2", cwd=archive
    )
    assert run.code == 0, run.err
    assert sorted(each.name for each in (archive / "out").iterdir()) == [
        "p10.html",
        "p10.md",
        "p11.html",
        "p11.md",
        "p9.html",
        "p9.md",
    ]
    again = Forked("render", "plans", "-d", "table", "-o", "out/{name}.md", "--check", cwd=archive)
    assert again.code == 0


def test_templates_of_the_team_count_in_every_process(archive):
    (archive / "mine").mkdir()
    (archive / "mine" / "table.md.j2").write_text("# 我们的 {{ plan.version }}\n", "utf-8")
    (archive / "relplan.toml").write_text('templates = "mine"\n', "utf-8")
    run = Forked("render", "plans", "-d", "table", "-o", "{name}.md", "--jobs", "2", cwd=archive)
    assert run.code == 0, run.err
    assert (archive / "p10.md").read_text("utf-8") == "# 我们的 2.10\n"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("plans", "-d", "plan", "-o", "a.md"), 2, "{name}"),
        (("plans", "-d", "plan", "-o", "{name}.md", "-o", "a.html"), 2, "every -o"),
        (("plans", "-d", "notes", "--since", "9"), 3, "no later release"),
        (("plans", "-d", "notes", "--since", "x"), 3, 'no version "x"'),
        (("plans/p9.yaml", "--since", "1"), 2, "--since"),
        (("mt", "-d", "notes"), 3, "without a plan file"),
        (("plans", "-d", "notes", "-t", "form.docx"), 3, "UTF-8"),
        (("twice", "-d", "plan", "-o", "{name}.md"), 3, "write over the other"),
    ],
)
def test_bad_input_writes_nothing(archive, arguments, code, said):
    (archive / "mt").mkdir()
    (archive / "form.docx").write_bytes(b"PK\x03\x04\xff")
    for name in ("a", "b"):
        (archive / "twice" / name).mkdir(parents=True)
        (archive / "twice" / name / "plan.yaml").write_text("product: x\n", "utf-8")
    run = Forked("render", *arguments, cwd=archive)
    assert run.code == code and said in run.err and not list(archive.glob("*.md"))


def test_all_that_is_wrong_in_a_folder_is_said_at_once(archive):
    for name in ("x", "y"):
        (archive / "plans" / f"{name}.yaml").write_text("prodct: 1\n", "utf-8")
    run = Forked("render", "plans", "-d", "notes", cwd=archive)
    assert run.code == 3 and run.err.count("\n") == 2 and "x.yaml:1:1" in run.err and "y.yaml:1:1" in run.err
