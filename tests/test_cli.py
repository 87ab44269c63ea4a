"""The command as a user meets it: what it prints where, how it ends, and that bad input is one clear line and no file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import openpyxl
import pytest

from relplan import api
from relplan.cli import main
from relplan.model.table import ReleaseItem
from relplan.model.values import RiskLevel

HEADER = ["发布顺序", "系统名称", "版本号", "风险等级"]


class Run:
    def __init__(
        self, *arguments: str | Path, cwd: Path, lang: str = "C.UTF-8", stdin: bytes = b"", **env: str
    ) -> None:
        run = subprocess.run(
            [sys.executable, "-m", "relplan", *map(str, arguments)],
            cwd=cwd, input=stdin, capture_output=True, check=False,
            env={**os.environ, "LC_ALL": lang, "PYTHONIOENCODING": "utf-8", **env},
        )  # fmt: skip
        self.code, self.out, self.err = run.returncode, run.stdout, run.stderr.decode()


class Forked(Run):
    """The same in a child of this process, which has everything imported: for the many cases that are about one line each."""

    def __init__(self, *arguments: str | Path, cwd: Path) -> None:
        if not hasattr(os, "fork"):
            super().__init__(*arguments, cwd=cwd)
            return
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            child = os.fork()
            if child == 0:
                os._exit(run_here([*map(str, arguments)], cwd, out.fileno(), err.fileno()))
            self.code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            for file in (out, err):
                file.seek(0)
            self.out, self.err = out.read(), err.read().decode()


def run_here(arguments: list[str], cwd: Path, out: int, err: int) -> int:
    """Run the command in this process, with its output in two files; the exit code."""
    os.chdir(cwd)
    os.dup2(out, 1)
    os.dup2(err, 2)
    sys.stdout, sys.stderr = os.fdopen(1, "w", encoding="utf-8"), os.fdopen(2, "w", encoding="utf-8")
    try:
        main(arguments)
    except SystemExit as end:
        return int(end.code or 0)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    for row in (["某产品 发布清单"], HEADER, [1, "支付", "1.10", "高"], [2, "订单", "2.0", "低"]):
        book.active.append(row)
    book.save(tmp_path / "表.xlsx")
    return tmp_path / "表.xlsx"


def test_from_a_spreadsheet_to_documents_and_back(tmp_path, sheet):
    run = Run("import", sheet, "-o", "plan.yaml", cwd=tmp_path)
    assert run.code == 0 and run.out == b"" and "2 systems" in run.err
    run = Run(
        "render", "plan.yaml", "-o", "plan.docx", "-o", "plan.xlsx", "-o", "plan.md", "-o", "plan.html", cwd=tmp_path
    )
    assert run.code == 0 and run.out == b"", run.err
    run = Run("import", "plan.xlsx", "-o", "again.yaml", cwd=tmp_path)
    assert run.code == 0 and (tmp_path / "again.yaml").read_bytes() == (tmp_path / "plan.yaml").read_bytes()
    markdown = (tmp_path / "plan.md").read_text("utf-8")
    for word in ("支付", "1.10", "订单", "影响范围"):
        assert word in markdown


def test_a_value_that_cannot_be_read_ends_with_1_and_strict_writes_nothing(tmp_path):
    (tmp_path / "t.csv").write_text("系统名称,版本号,风险等级\n支付,1,很高\n订单,1,2\n", "utf-8")
    run = Run("import", "t.csv", "-o", "p.yaml", cwd=tmp_path)
    assert run.code == 1 and (tmp_path / "p.yaml").exists()
    assert "t.csv › C2" in run.err and "t.csv › C3" in run.err
    run = Run("import", "t.csv", "-o", "q.yaml", "--strict", cwd=tmp_path)
    assert run.code == 3 and not (tmp_path / "q.yaml").exists() and run.err.count("cannot read") == 2


def test_messages_follow_the_locale_and_documents_do_not(tmp_path, sheet):
    zh, en = (Run("render", "no.yaml", cwd=tmp_path, lang=lang) for lang in ("zh_CN.UTF-8", "C.UTF-8"))
    assert "没有这个文件" in zh.err and "no such file" in en.err
    outputs = [Run("render", sheet, cwd=tmp_path, lang=lang).out for lang in ("zh_CN.UTF-8", "en_US.UTF-8", "C.UTF-8")]
    assert len(set(outputs)) == 1 and "影响范围".encode() in outputs[0]
    assert b"Impact" in Run("render", sheet, "--lang", "en", cwd=tmp_path, lang="zh_CN.UTF-8").out
    assert "命令" in Run("--help", cwd=tmp_path, lang="zh_CN.UTF-8").out.decode()


def test_standard_input_and_output(tmp_path, sheet):
    text = Run("import", sheet, cwd=tmp_path).out
    assert text.startswith(b"# yaml-language-server")
    assert "支付".encode() in Run("render", "-", cwd=tmp_path, stdin=text).out
    assert Run("import", "-", "--format", "xlsx", cwd=tmp_path, stdin=sheet.read_bytes()).out == text


def test_check_writes_nothing_and_answers_by_its_exit_code(tmp_path, sheet):
    assert Forked("import", sheet, "-o", "p.yaml", "--check", cwd=tmp_path).code == 1
    assert not (tmp_path / "p.yaml").exists()
    Forked("import", sheet, "-o", "p.yaml", cwd=tmp_path)
    assert Forked("import", sheet, "-o", "p.yaml", "--check", cwd=tmp_path).code == 0
    assert Forked("render", "p.yaml", "-o", "p.md", "--check", cwd=tmp_path).code == 1


def test_new_writes_a_plan_that_loads_and_its_schema(tmp_path):
    for lang in ("zh", "en"):
        run = Forked("new", f"{lang}.yaml", "--lang", lang, cwd=tmp_path)
        assert run.code == 0, run.err
        text = (tmp_path / f"{lang}.yaml").read_text("utf-8")
        assert text.splitlines()[0] == "# yaml-language-server: $schema=relplan.schema.json"
        run = Forked("import", f"{lang}.yaml", "-o", "x.yaml", "--check", cwd=tmp_path)
        assert "unreadable" not in run.err
    assert json.loads((tmp_path / "relplan.schema.json").read_text("utf-8")) == json.loads(
        Forked("schema", cwd=tmp_path).out
    )
    run = Forked("new", "zh.yaml", cwd=tmp_path)
    assert run.code == 3 and "--force" in run.err
    assert Forked("new", "zh.yaml", "--force", cwd=tmp_path).code == 0


def test_documents_are_listed_and_can_be_taken_out_and_changed(tmp_path, sheet):
    listed = Forked("documents", cwd=tmp_path).out.decode()
    assert [line.split()[0] for line in listed.splitlines()] == [each.name for each in api.documents()]
    (tmp_path / "mine").mkdir()
    assert Forked("documents", "--copy", "mine", cwd=tmp_path).code == 0
    assert api.process(tmp_path / "mine" / "process.yaml") == api.process()
    own = tmp_path / "mine" / "table.md.j2"
    own.write_text(own.read_text("utf-8") + "\n我们的话 {{ plan.version }}\n", "utf-8")
    assert "我们的话 **〔待补充〕**" in Forked("render", sheet, "-t", own, cwd=tmp_path).out.decode()
    run = Forked("documents", "--copy", "mine", cwd=tmp_path)
    assert run.code == 3 and "table.md.j2" in run.err


def test_source_date_epoch_is_the_documents_date(tmp_path, sheet):
    Run("render", sheet, "-o", "a.docx", cwd=tmp_path, SOURCE_DATE_EPOCH="1700000000")
    Run("render", sheet, "-o", "b.docx", "--date", "2023-11-14", cwd=tmp_path)
    assert (tmp_path / "a.docx").read_bytes() == (tmp_path / "b.docx").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.docx") as package:
        assert b"2023-11-14" in package.read("docProps/core.xml")
    assert Run("render", sheet, "--date", "heute", cwd=tmp_path).code == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a shell of POSIX closes the streams")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_closed_streams_change_no_exit_code(tmp_path, closed):
    for arguments, code in (("--version", 0), ("check nosuch.yaml", 3), ("nosuch", 2)):
        command = f"{sys.executable} -m relplan {arguments} {closed}"
        assert subprocess.run(command, shell=True, cwd=tmp_path, check=False, capture_output=True).returncode == code


def test_a_broken_pipe_is_quiet(tmp_path, sheet):
    run = subprocess.run(
        f"{sys.executable} -m relplan schema | head -c 1", shell=True, cwd=tmp_path, capture_output=True, check=False
    )
    assert run.stderr == b""


GOOD = "系统名称,版本号,风险等级\n支付,1,高\n"
PLAN = "version: '1'\n"
BAD_INPUT = {
    "missing": (None, "no.yaml", "no such file"),
    "a folder": ("dir", "d.yaml", "a folder"),
    "unknown ending": (b"x", "x.foo", '".foo" cannot be read'),
    "no ending": (b"x", "Makefile", "cannot be read"),
    "text as xlsx": (b"hello", "x.xlsx", "no Excel file"),
    "binary as yaml": (b"\xff\xd8\xff\xe0\x00", "x.yaml", "UTF-8"),
    "xlsx as yaml": ("sheet", "x.yaml", "x.yaml"),
    "encrypted": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "x.xlsx", "password"),
    "empty": (b"", "x.yaml", "relplan new"),
    "empty csv": (b"", "x.csv", "empty"),
    "broken yaml": (b"a: [1", "x.yaml", "x.yaml:"),
    "tabs in yaml": (b"a:\n\t- b", "x.yaml", "x.yaml:2"),
    "unknown key": (b"produkt: x", "x.yaml", 'x.yaml:1:1: unknown key "produkt"; did you mean "product"?'),
    "unknown key of a row": (
        b"table:\n  rows:\n    - sytem: a",
        "x.yaml",
        'x.yaml:3:7: unknown key "sytem"; did you mean "system"?',
    ),
    "duplicate key": (b"product: a\nproduct: b", "x.yaml", "x.yaml:2:1: duplicate key"),
    "wrong type": (b"product: {a: b}", "x.yaml", "x.yaml:1:1: text belongs here"),
    "list of lists": (b"deployment: [[a]]", "x.yaml", "x.yaml:1:"),
    "alias": (b"a: &x 1\nb: *x", "x.yaml", "anchors"),
    "tag": (b"product: !!python/object:os.system x", "x.yaml", "tags"),
    "deep": (b"[" * 10_000, "x.yaml", "levels deep"),
    "two documents": (b"product: a\n---\nproduct: b", "x.yaml", "one plan"),
    "control character": (b'product: "a\\u0001"', "x.yaml", "U+0001"),
    "broken json": (b'{"product": ', "x.json", "x.json:1:13"),
    "deep json": (b"[" * 10_000, "x.json", "levels deep"),
    "duplicate json key": (b'{"product": "a", "product": "b"}', "x.json", "duplicate key"),
    "no table": (b"a,b,c\n1,2,3\n", "x.csv", "no release table"),
    "unknown key of a row in a short table": (b"table:\n  - sytem: a", "x.yaml", "x.yaml:2:5: unknown key"),
    "unknown zone": (b"time_zone: Mars", "x.yaml", "IANA"),
}


@pytest.mark.parametrize("command", ["import", "render"])
@pytest.mark.parametrize("case", BAD_INPUT)
def test_bad_input_is_one_clear_line_and_no_file(tmp_path, sheet, command, case):
    content, name, word = BAD_INPUT[case]
    if content == "dir":
        (tmp_path / name).mkdir()
    elif content == "sheet":
        (tmp_path / name).write_bytes(sheet.read_bytes())
    elif content is not None:
        (tmp_path / name).write_bytes(content)
    before = sorted(os.listdir(tmp_path))
    output = "out.yaml" if command == "import" else "out.md"
    run = Forked(command, name, "-o", output, cwd=tmp_path)
    assert run.code == 3, run.err
    assert word in run.err and run.err.startswith("relplan: ") and run.err.count("\n") == 1, run.err
    assert sorted(os.listdir(tmp_path)) == before


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (["render", "p.yaml", "-o", "no/x.md"], 3, "make it first"),
        (["render", "p.yaml", "-o", "x.foo"], 3, "known: "),
        (["render", "p.yaml", "-o", "."], 3, "."),
        (["render", "p.yaml", "-o", "a.md", "-o", "a.md"], 3, "twice"),
        (["render", "p.yaml", "-d", "pln", "-o", "a.md"], 3, 'did you mean "plan"'),
        (["render", "p.yaml", "-t", "no.j2", "-o", "a.md"], 3, "no such template"),
        (["render", "p.yaml", "-t", "bad.md.j2", "-o", "a.md"], 3, "bad.md.j2:2"),
        (["render", "p.yaml", "--theme", "p.yaml", "-o", "a.html"], 3, "a theme is"),
        (["import", "p.yaml", "-o", "x.docx"], 3, "cannot be written"),
        (["documents", "--copy", "no"], 3, "make it first"),
        (["schema", "-o", "no/x.json"], 3, "make it first"),
        (["rendr"], 2, 'did you mean "render"'),
        (["render"], 2, "PLAN"),
        (["render", "p.yaml", "--lang", "fr"], 2, "fr"),
        (["render", "p.yaml", "--nope"], 2, "--nope"),
    ],
)
def test_wrong_use_is_answered_and_writes_nothing(tmp_path, arguments, code, word):
    (tmp_path / "p.yaml").write_text(PLAN, "utf-8")
    (tmp_path / "bad.md.j2").write_text("fine\n{{ plan.nope }}\n", "utf-8")
    before = sorted(os.listdir(tmp_path))
    run = Forked(*arguments, cwd=tmp_path)
    assert run.code == code and word in run.err, run.err
    assert "Traceback" not in run.err and "internal" not in run.err
    assert sorted(os.listdir(tmp_path)) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_answered(tmp_path):
    (tmp_path / "p.yaml").write_text(PLAN, "utf-8")
    (tmp_path / "shut").mkdir(mode=0o555)
    run = Run("render", "p.yaml", "-o", "shut/x.md", cwd=tmp_path)
    assert run.code == 3 and "permission" in run.err


def test_settings_come_from_the_nearest_file(tmp_path, sheet):
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text('[tool.relplan]\nlang = "en"\n', "utf-8")
    assert b"Impact" in Forked("render", sheet, cwd=inner).out
    (tmp_path / "a" / "relplan.toml").write_text('lang = "zh"\n', "utf-8")
    assert "影响范围".encode() in Forked("render", sheet, cwd=inner).out
    assert b"Impact" in Forked("render", sheet, "--lang", "en", cwd=inner).out
    assert b"Impact" in Forked("render", sheet, "--config", tmp_path / "pyproject.toml", cwd=inner).out


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("lnag = 'zh'", 'did you mean "lang"'),
        ("lang = 'fr'", "takes: zh, en"),
        ("lang =", "broken TOML"),
        (None, "no such file"),
    ],
)
def test_wrong_settings_are_one_clear_line(tmp_path, sheet, text, word):
    if text is not None:
        (tmp_path / "own.toml").write_text(text, "utf-8")
    run = Forked("render", sheet, "--config", "own.toml", cwd=tmp_path)
    assert run.code == 3 and word in run.err and run.err.count("\n") == 1 and run.out == b""


def test_no_color_is_honoured_and_colour_is_for_terminals_only(tmp_path, sheet):
    import pty

    def seen(**env: str) -> bytes:
        parent, child = pty.openpty()
        subprocess.run(
            [sys.executable, "-m", "relplan", "import", sheet, "-o", "p.yaml"], cwd=tmp_path, stderr=child, check=False, env={**os.environ, "TERM": "xterm", **env}
        )  # fmt: skip
        os.close(child)
        return os.read(parent, 10_000)

    assert b"\x1b[" in seen() and b"\x1b[" not in seen(NO_COLOR="1")
    assert "\x1b[" not in Run("import", sheet, "-o", "p.yaml", cwd=tmp_path).err


def test_a_wrong_source_date_epoch_is_named(tmp_path, sheet):
    run = Run("render", sheet, cwd=tmp_path, SOURCE_DATE_EPOCH="soon")
    assert run.code == 2 and "SOURCE_DATE_EPOCH" in run.err


def test_standard_input_is_named_in_messages(tmp_path):
    assert Run("render", "-", cwd=tmp_path, stdin=b"produkt: x").err.startswith("relplan: <stdin>:1:1: ")
    assert (
        "支付".encode()
        in Run("render", "-", "--format", "csv", cwd=tmp_path, stdin="系统,版本,风险\n支付,1,高\n".encode()).out
    )
    assert Run("render", "-", "--check", cwd=tmp_path, stdin=b"version: a").code == 0


def test_several_files_become_one_plan(tmp_path, sheet):
    (tmp_path / "b.csv").write_text("系统名称,版本号,发布分支\n支付,1.10,release/1.10\n账务,3.0,\n", "utf-8")
    (tmp_path / "c.yaml").write_text("product: 甲\ndeployment: [备份]\n", "utf-8")
    run = Run("import", sheet, "b.csv", "c.yaml", "-o", "p.yaml", cwd=tmp_path)
    assert run.code == 0 and "3 systems" in run.err, run.err
    text = (tmp_path / "p.yaml").read_text("utf-8")
    assert "branch: release/1.10" in text and "product: 甲" in text
    run = Run("import", "-", "c.yaml", cwd=tmp_path, stdin="系统名称,版本号,发布分支\n支付,1,r\n".encode())
    assert run.code == 0 and "系统".encode() not in run.out and "支付".encode() in run.out, run.err
    for twice in (("c.yaml", "./c.yaml"), ("-", "-")):
        run = Run("import", *twice, cwd=tmp_path, stdin=b"product: a")
        assert run.code == 3 and "named twice" in run.err
    run = Run("import", "c.yaml", "no.csv", "none.xlsx", cwd=tmp_path)
    assert run.code == 3 and run.err.count("no such file") == 2 and run.out == b""


def test_a_plan_that_is_there_keeps_its_comments_and_one_that_is_none_stays(tmp_path, sheet):
    Forked("import", sheet, "-o", "p.yaml", cwd=tmp_path)
    path = tmp_path / "p.yaml"
    own = (
        path.read_text("utf-8").replace("  rows:", "  rows:\n    # 先发").replace("system: 支付", "system: 支付 # 核心")
    )
    path.write_text(own, "utf-8")
    run = Forked("import", sheet, "-o", "p.yaml", "--check", cwd=tmp_path)
    assert run.code == 0 and path.read_text("utf-8") == own
    (tmp_path / "t.csv").write_text("系统名称,版本号,风险等级\n支付,1.10,低\n", "utf-8")
    run = Forked("import", "t.csv", "-o", "p.yaml", cwd=tmp_path)
    gone = [line for line in run.err.splitlines() if line.startswith("gone")]
    assert run.code == 0 and gone == [
        "gone  p.yaml:2:1: title is no longer in the plan",
        "gone  p.yaml:8:7: table.rows[0].order is no longer in the plan",
        "gone  p.yaml:12:7: table.rows[1] is no longer in the plan",
    ]
    text = path.read_text("utf-8")
    assert "    # 先发\n    - system: 支付 # 核心\n" in text and "risk_level: low" in text and "订单" not in text
    path.write_text("dear: diary\n", "utf-8")
    run = Forked("import", "t.csv", "-o", "p.yaml", cwd=tmp_path)
    assert run.code == 3 and "--force" in run.err and path.read_text("utf-8") == "dear: diary\n"
    assert Forked("import", "t.csv", "-o", "p.yaml", "--force", cwd=tmp_path).code == 0


def test_how_files_are_read_can_be_said(tmp_path):
    (tmp_path / "t.csv").write_text("系统名称,Ver,DDL,风险等级\n支付,1.10,x,1\n", "utf-8")
    said = ("--columns", "Ver=branch", "--risk", "1=重大,2=high")
    run = Forked("import", "t.csv", *said, cwd=tmp_path)
    assert run.code == 0 and b"branch" in run.out and b"risk_level: critical" in run.out, run.err
    assert "重大" in Forked("render", "t.csv", *said, "-d", "table", cwd=tmp_path).out.decode()
    (tmp_path / "relplan.toml").write_text('[import]\ncolumns = {Ver = "version"}\nrisks = {"1" = "low"}\n', "utf-8")
    run = Forked("import", "t.csv", cwd=tmp_path)
    assert run.code == 0 and b"risk_level: low" in run.out and b'version: "1.10"' in run.out, run.err
    run = Forked("import", "t.csv", "--risk", "1=high", cwd=tmp_path)
    assert b"risk_level: high" in run.out and b'version: "1.10"' in run.out


def test_a_sheet_can_be_chosen(tmp_path, sheet):
    book = openpyxl.load_workbook(sheet)
    other = book.create_sheet("旧表")
    for row in (HEADER, [1, "旧系统", "1", "低"]):
        other.append(row)
    book.save(sheet)
    run = Forked("import", sheet, "--sheet", "旧表", cwd=tmp_path)
    assert "旧系统".encode() in run.out and "支付".encode() not in run.out
    run = Forked("import", sheet, "--sheet", "旧", cwd=tmp_path)
    assert run.code == 3 and "旧表" in run.err


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--columns", "版本=versio"], 'did you mean "version"'),
        (["--columns", "版本"], "a=b"),
        (["--risk", "1=awful"], "critical, high, medium, low"),
        (["--limit", "0"], "0"),
        (["--report", "xml"], "xml"),
    ],
)
def test_wrong_words_on_how_to_read_are_wrong_use(tmp_path, sheet, arguments, word):
    run = Forked("import", sheet, *arguments, cwd=tmp_path)
    assert run.code == 2 and word in run.err and run.out == b""


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[import]\nsheet = ['x']", 'unknown setting "import.sheet"; did you mean "sheets"'),
        ("[import]\nsheets = 'x'", 'the setting "import.sheets" takes: ["…"]'),
        ("[import]\nlimit = true", '"import.limit" takes'),
        ("[import.columns]\nVer = 'versio'", 'did you mean "version"'),
        ("[import.risks]\n1 = 'x'", 'there is no level "x"'),
        ("import = 3", '"import" takes: [import]'),
    ],
)
def test_wrong_settings_of_reading_are_one_clear_line(tmp_path, sheet, text, word):
    (tmp_path / "relplan.toml").write_text(text, "utf-8")
    run = Forked("import", sheet, cwd=tmp_path)
    assert (
        run.code == 3 and word in run.err and "relplan.toml" in run.err and run.err.count("\n") == 1 and run.out == b""
    )


def test_the_report_as_json_is_all_there_is_on_stderr(tmp_path, sheet):
    run = Run("import", sheet, "--report", "json", cwd=tmp_path)
    found = json.loads(run.err)
    assert run.code == 0 and run.out.startswith(b"# yaml") and found["files"] == ["表.xlsx"]
    assert {"path": "table.rows[1].system", "place": "表.xlsx › Sheet!B4"} in found["values"]


def test_a_blank_form_is_made_filled_in_and_read(tmp_path):
    for lang, title in (("zh", "发布清单"), ("en", "Release table")):
        assert Forked("new", "--form", "form.xlsx", "--lang", lang, "--force", cwd=tmp_path).code == 0
        assert Forked("import", "form.xlsx", "-o", "blank.yaml", cwd=tmp_path).code == 0
        book = openpyxl.load_workbook(tmp_path / "form.xlsx")
        cells = book[title]
        for column, text in enumerate(("1", "支付", "1.10"), 1):
            cells.cell(4, column, text)
        book.save(tmp_path / "filled.xlsx")
        run = Forked("import", "filled.xlsx", "-o", "filled.yaml", "--force", cwd=tmp_path)
        assert run.code == 0 and "1 system" in run.err, run.err
        assert api.load(tmp_path / "filled.yaml").plan.table.rows == (
            ReleaseItem(order="1", system="支付", version="1.10"),
        )
    run = Forked("new", "--form", "form.xlsx", cwd=tmp_path)
    assert run.code == 3 and "--force" in run.err


def test_a_marked_copy_shows_what_to_mend_and_is_read_once_it_is_mended(tmp_path, sheet):
    book = openpyxl.load_workbook(sheet)
    book.active["D3"] = "很高"
    book.save(sheet)
    run = Forked("import", sheet, "-o", "p.yaml", "--marked", "marked.xlsx", cwd=tmp_path)
    assert run.code == 1 and "D3" in run.err
    marked = openpyxl.load_workbook(tmp_path / "marked.xlsx")
    assert marked.active["D3"].comment.text.startswith("relplan: ") and len(marked.sheetnames) == 2
    marked.active["D3"] = "高"
    marked.save(tmp_path / "mended.xlsx")
    run = Forked("import", "mended.xlsx", "-o", "mended.yaml", cwd=tmp_path)
    assert run.code == 0, run.err
    assert api.load(tmp_path / "mended.yaml").plan.table.rows[0].risk_level is RiskLevel.HIGH
    run = Forked("import", sheet, "-o", "p.yaml", "--marked", sheet, cwd=tmp_path)
    assert run.code == 3 and "write over the file" in run.err


@pytest.mark.parametrize(
    ("file", "copy", "words"),
    [("a.ods", "m.xlsx", "only .xlsx and .xlsm"), ("a.xlsx", "m.ods", 'must end as the file does, in ".xlsx"')],
)
def test_a_copy_that_cannot_be_marked_is_refused_before_anything_is_told(tmp_path, sheet, file, copy, words):
    (tmp_path / file).write_bytes(sheet.read_bytes())
    for command in (["import", file, "-o", "p.yaml"], ["check", file]):
        run = Forked(*command, "--marked", copy, cwd=tmp_path)
        assert run.code == 3 and words in run.err and run.err.count("\n") == 1
    assert not (tmp_path / "p.yaml").exists()
