"""Forms at the command: `render -t`, `template check`, `template fields`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from excel_forms import excel, seen
from test_cli import Forked
from word_forms import seen as seen_in_word
from word_forms import word

PLAN = "product: 网银\nversion: '2.3'\ntable:\n  - system: 账务\n    version: '1.0'\n  - system: 渠道\n    version: '1.1'\n"
ROW = "{% for item in plan.table.rows %}{{ item.system }}"


@pytest.fixture
def forms(tmp_path: Path) -> Path:
    (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
    (tmp_path / "form.docx").write_bytes(word(f"{{{{ title }}}}\n| {ROW} ‖ {{{{ item.version }}}}{{% endfor %}} |"))
    (tmp_path / "form.xlsx").write_bytes(
        excel(f"[一]\nA1 {{{{ title }}}}\nA2 {ROW}\nB2 {{{{ item.version }}}}{{% endfor %}}")
    )
    (tmp_path / "bad.docx").write_bytes(word("{{ titel }}\n{{ plan.verson }}"))
    (tmp_path / "bad.xlsx").write_bytes(excel("[一]\nD7 {{ plan.verson }}\nA9 {{ titel }}"))
    return tmp_path


def test_a_form_is_filled_in(forms):
    for ending in ("docx", "xlsx"):
        run = Forked("render", "plan.yaml", "-t", f"form.{ending}", "-o", f"plan.{ending}", cwd=forms)
        assert run.code == 0, run.err
    assert seen_in_word((forms / "plan.docx").read_bytes()).startswith(
        "网银 2.3 发布计划\n| 账务 ‖ 1.0 |\n| 渠道 ‖ 1.1 |"
    )
    assert seen((forms / "plan.xlsx").read_bytes()).startswith(
        "[一]\nA1 网银 2.3 发布计划\nA2 账务\nB2 '1.0\nA3 渠道\n"
    )


@pytest.mark.parametrize("ending", ["docx", "xlsx"])
def test_all_errors_are_said_and_nothing_is_written(forms, ending):
    run = Forked("render", "plan.yaml", "-t", f"bad.{ending}", "-o", f"plan.{ending}", cwd=forms)
    assert run.code == 3 and run.err.count("\n") == 2 and run.err.count("did you mean") == 2
    assert not (forms / f"plan.{ending}").exists()


@pytest.mark.parametrize(
    ("form", "output"), [("form.docx", "a.xlsx"), ("form.xlsx", "a.docx"), ("form.docx", "a.md"), ("form.xlsx", "-")]
)
def test_a_form_makes_files_of_its_kind_alone(forms, form, output):
    run = Forked("render", "plan.yaml", "-t", form, "-o", output, cwd=forms)
    assert run.code == 3 and run.err.count("\n") == 1 and "makes a" in run.err


def test_a_check_says_what_is_wrong_used_known_and_lacking(forms):
    run = Forked("template", "check", "bad.xlsx", cwd=forms)
    lines = run.out.decode().splitlines()
    assert run.code == 1 and lines[0].startswith("bad.xlsx › 一!D7 «{{ plan.verson }}»: ") and "2 errors" in run.err
    (forms / "blocks.docx").write_bytes(word("{{ plan.table | table }}\n{{ plan.version }}"))
    run = Forked("template", "check", "blocks.docx", cwd=forms)
    told = " ".join(run.out.decode().split())
    assert run.code == 0 and "names that it uses: plan.table, plan.version" in told
    assert "plan.table.rows[].system" in told and "Data Table" in told
    run = Forked("template", "check", "form.docx", cwd=forms)
    assert "Data Table" not in run.out.decode(), "no tag prints blocks"


def test_a_check_as_json(forms):
    run = Forked("template", "check", "bad.docx", "--json", cwd=forms)
    told = json.loads(run.out)
    assert (
        run.code == 1 and told["tags"] == 2 and [set(each) for each in told["problems"]] == [{"place", "zh", "en"}] * 2
    )
    assert "plan.version" in told["known"] and told["names"] == [] and told["styles"] == []


@pytest.mark.parametrize("ending", ["docx", "xlsx"])
def test_a_marked_copy_is_written(forms, ending):
    run = Forked("template", "check", f"bad.{ending}", "--marked", f"marked.{ending}", cwd=forms)
    assert run.code == 1 and (forms / f"marked.{ending}").stat().st_size > 1000
    before = (forms / f"bad.{ending}").read_bytes()
    assert Forked("template", "check", f"marked.{ending}", cwd=forms).code == 1
    assert (forms / f"bad.{ending}").read_bytes() == before


@pytest.mark.parametrize("name", ["plan.yaml", "none.docx"])
def test_what_is_no_form_is_refused(forms, name):
    run = Forked("template", "check", name, cwd=forms)
    assert run.code == 3 and run.err.count("\n") == 1


def test_fields_are_listed(forms):
    run = Forked("template", "fields", cwd=forms)
    assert run.code == 0 and "plan.table.rows[].ddl" in run.out.decode() and "| merge" in run.out.decode()
    run = Forked("template", "fields", "plan.window", "--json", cwd=forms)
    assert [each["name"] for each in json.loads(run.out)] == [
        "plan.window.start",
        "plan.window.end",
        "plan.window.text",
    ]
    run = Forked("template", "fields", "plan.windw", cwd=forms)
    assert run.code == 3 and 'did you mean "window"' in run.err
