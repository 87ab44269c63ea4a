"""`relplan check`, `relplan rules` and `relplan explain` as people and CI systems run them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from openpyxl import Workbook, load_workbook
from test_cli import Forked

HERE = Path.cwd()


class Ran(Forked):
    """A run whose stdout is text."""

    def __init__(self, *arguments, cwd: Path = HERE):
        super().__init__(*arguments, cwd=cwd)
        self.out = self.out.decode()


def run(*arguments, cwd: Path = HERE) -> Ran:
    return Ran(*arguments, cwd=cwd)


PLAN = """\
title: 支付平台发布计划
participants:
  - 张三（运维）
table:
  - order: 1
    system: 订单中心
    version: "4.12.0"
    risk_level: 低
    ddl: ALTER TABLE t_order DROP COLUMN old_no;
"""


@pytest.fixture
def plan(tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN, "utf-8")
    return path


def test_findings_go_to_stdout_and_decide_the_exit_code(plan):
    ran = run("check", plan, "--select", "SQL206,CMP106")
    assert ran.code == 0 and "plan.yaml:9:5: warning SQL206" in ran.out and ran.err == ""
    assert run("check", plan, "--select", "SQL206", "--fail-on", "warning").code == 1
    assert run("check", plan, "--select", "SQL206", "--fail-on", "never").code == 0
    assert run("check", plan, "--select", "RSK101").code == 1


def test_several_plans_are_checked_in_one_run_and_a_broken_one_is_a_finding(plan, tmp_path):
    broken = tmp_path / "broken.yaml"
    broken.write_text("verson: 1\n", "utf-8")
    ran = run("check", broken, plan, "--select", "PLN001,CMP106")
    assert ran.code == 1 and 'unknown key "verson"' in ran.out and "plan.yaml:3:5: warning CMP106" in ran.out


def test_reports_are_written_beside_the_text(plan, tmp_path):
    ends = ("sarif", "xml", "json", "md", "txt")
    outputs = [tmp_path / f"findings.{end}" for end in ends]
    ran = run("check", plan, *(word for path in outputs for word in ("-o", path)))
    assert ran.code == 1 and "RSK101" in ran.out
    assert [line.rpartition("/")[2] for line in ran.err.splitlines()] == [path.name for path in outputs]
    sarif = json.loads(outputs[0].read_text("utf-8"))
    found = {each["ruleId"] for each in sarif["runs"][0]["results"]}
    assert "SQL206" in found
    assert ElementTree.parse(outputs[1]).getroot().tag == "testsuites"
    assert {each["code"] for each in json.loads(outputs[2].read_text("utf-8"))["files"][0]["findings"]} == found
    assert run("check", plan, "-o", tmp_path / "findings.pdf").code == 3


def test_the_formats_of_stdout(plan):
    assert run("check", plan, "--format", "github", "--select", "SQL206").out.startswith("::warning ")
    assert json.loads(run("check", plan, "--format", "json", "--select", "SQL206").out)["files"]


def test_settings_are_taken_and_overruled(plan, tmp_path):
    (tmp_path / "relplan.toml").write_text(
        '[check]\nselect = ["CMP106"]\nfail_on = "warning"\nnames = ["张三"]\n', "utf-8"
    )
    assert run("check", "plan.yaml", cwd=tmp_path).code == 0
    assert run("check", "plan.yaml", "--select", "SQL206", cwd=tmp_path).code == 1
    (tmp_path / "relplan.toml").write_text('[check]\nstge = "prod"\n', "utf-8")
    ran = run("check", "plan.yaml", cwd=tmp_path)
    assert ran.code == 3 and 'did you mean "stage"' in ran.err
    (tmp_path / "relplan.toml").write_text('[check]\nignore = ["CMP1066"]\n', "utf-8")
    ran = run("check", "plan.yaml", cwd=tmp_path)
    assert ran.code == 3 and "relplan.toml" in ran.err and "CMP106" in ran.err


def test_wrong_use_is_told_before_anything_is_read(plan):
    assert run("check").code == 2
    assert run("check", plan, "--select", "SQL9999").code == 2
    assert run("check", plan, "--now", "tomorrow").code == 2
    assert run("check", plan, plan, "--marked", "x.xlsx").code == 2
    assert run("check", plan, "--files", plan.parent / "none").code == 3


def test_the_clock_is_an_input(plan):
    plan.write_text(PLAN + "window: 2026-08-20 22:00 - 23:30\n", "utf-8")
    select = ("--select", "TIM102")
    assert run("check", plan, *select).code == 0
    assert run("check", plan, *select, "--now", "2026-08-20T21:00+08:00").code == 0
    assert run("check", plan, *select, "--now", "2026-08-20T23:00+08:00").code == 1


def test_scripts_are_read_from_their_folder(tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.sql").write_bytes("-- 中文\nDROP TABLE t;\n".encode("gb18030"))
    plan = tmp_path / "plan.yaml"
    plan.write_text("table:\n  - system: a\n    ddl: a.sql\n  - system: b\n    ddl: b.sql\n", "utf-8")
    ran = run("check", plan, "--select", "SQL106,SQL107,SQL204", "--files", tmp_path / "files")
    assert "a.sql:2:1: warning SQL204" in ran.out and "SQL106" in ran.out and "b.sql not found" in ran.out


def test_branches_are_looked_for_in_the_repository(tmp_path):
    repository = tmp_path / "repository"
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-C", str(repository))
    subprocess.run(["git", "init", "-q", "-b", "release/2.3", str(repository)], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "x"], check=True)
    plan = tmp_path / "plan.yaml"
    plan.write_text("table:\n  - system: a\n    branch: release/2.3\n  - system: b\n    branch: '2.3'\n", "utf-8")
    ran = run("check", plan, "--select", "ART109", "--git", repository)
    assert ran.code == 1 and "plan.yaml:5:5: error ART109" in ran.out and "plan.yaml:3:5" not in ran.out


def test_a_marked_copy_has_the_findings_and_is_read_like_the_workbook(tmp_path):
    book = Workbook()
    book.active.append(["系统名称", "版本号", "变更内容", "风险等级", "DDL"])
    book.active.append(["订单中心", "4.12.0", "取件预约", "低", "ALTER TABLE t DROP COLUMN a;"])
    book.save(tmp_path / "table.xlsx")
    ran = run("check", tmp_path / "table.xlsx", "--marked", tmp_path / "marked.xlsx", "--select", "SQL206,RSK101")
    assert ran.code == 1 and "marked.xlsx" in ran.err
    sheet = load_workbook(tmp_path / "marked.xlsx").worksheets[0]
    assert "SQL206" in sheet["E2"].comment.text and "RSK101" in sheet["D2"].comment.text
    again = run("check", tmp_path / "marked.xlsx", "--select", "SQL206,RSK101")
    assert again.out.replace("marked.xlsx", "table.xlsx") == ran.out


def test_the_exemption_in_a_comment_covers_its_statement_only(tmp_path):
    plan = tmp_path / "plan.yaml"
    plan.write_text(
        "table:\n  - system: a\n    ddl: |-\n      -- relplan: allow SQL206 until 2026-12-31: 三个月前已停用\n"
        "      ALTER TABLE t DROP COLUMN a;\n      ALTER TABLE t DROP COLUMN b;\n",
        "utf-8",
    )
    ran = run("check", plan, "--select", "SQL206,SUP", "--format", "json")
    [file] = json.loads(ran.out)["files"]
    assert [each["message"]["en"].count("t.b") for each in file["findings"]] == [1]
    assert file["exempted"][0]["reason"] == "三个月前已停用"


def test_rules_are_listed_and_explained():
    listed = run("rules").out.splitlines()
    assert len(listed) >= 68 and any(line.startswith("SQL113* ") for line in listed)
    assert {each["code"] for each in json.loads(run("rules", "--format", "json").out)} == {line[:6] for line in listed}
    page, one = run("rules", "--format", "md").out, run("explain", "drop-column").out
    assert one.splitlines()[0] == "# SQL206 drop-column" and one.replace("# SQL", "### SQL", 1) in page
    ran = run("explain", "SQL999")
    assert ran.code == 3 and "there is no rule" in ran.err
