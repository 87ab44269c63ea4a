"""`relplan order`: what it prints where, how it ends, and what it writes into a plan."""

from __future__ import annotations

import json

import pytest
from test_cli import Forked, Run

from relplan import RelplanError, api
from relplan.model.plan import ReleasePlan

PLAN = """# the team's own words
table:
  - system: web   # the shop
    dependencies: pay、auth >=2.0
  - system: auth
  - {system: pay, dependencies: [auth]}
"""
CYCLE = "table:\n- {system: a, dependencies: b}\n- {system: b, dependencies: a}\n- {system: c, dependencies: c}\n- {system: d, dependencies: a}\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "plan.yaml").write_text(PLAN, "utf-8")
    (tmp_path / "cycle.yaml").write_text(CYCLE, "utf-8")
    return tmp_path


def test_the_waves_are_told_with_their_reasons_in_the_users_language(folder):
    run = Forked("order", "plan.yaml", cwd=folder)
    assert run.code == 0 and run.err == ""
    assert run.out.decode() == (
        "Wave 1\n  auth: depends on nothing in this release\nWave 2\n  pay: after auth (wave 1)\n"
        "Wave 3\n  web: after pay (wave 2), auth (wave 1)\n"
    )
    assert (
        "第 3 批\n  web：在 pay（第 2 批）、auth（第 1 批）之后"
        in Run("order", "plan.yaml", cwd=folder, lang="zh_CN.UTF-8").out.decode()
    )
    assert Forked("order", "plan.yaml", "--lang", "zh", cwd=folder).out.decode().startswith("第 1 批\n")


def test_pictures_are_in_the_plans_language_whatever_the_locale(folder):
    made = {
        Run("order", "plan.yaml", "--format", "svg", cwd=folder, lang=lang).out for lang in ("C.UTF-8", "zh_CN.UTF-8")
    }
    assert len(made) == 1 and "第 1 批".encode() in made.pop()
    for form in ("mermaid", "md"):
        assert "第 1 批".encode() in Forked("order", "plan.yaml", "--format", form, cwd=folder).out
    assert b"Wave 1" in Forked("order", "plan.yaml", "--format", "svg", "--lang", "en", cwd=folder).out


@pytest.mark.parametrize(
    ("name", "start"),
    [("o.svg", "<svg "), ("o.mmd", "flowchart LR"), ("o.md", "# 发布顺序"), ("o.json", "{"), ("o.txt", "Wave 1")],
)
def test_the_ending_of_the_output_says_its_form(folder, name, start):
    run = Forked("order", "plan.yaml", "-o", name, cwd=folder)
    assert run.code == 0 and run.out == b"" and run.err == f"{name}\n"
    assert (folder / name).read_text("utf-8").startswith(start)


def test_json_is_for_programs(folder):
    data = json.loads(Forked("order", "plan.yaml", "--format", "json", cwd=folder).out)
    assert [[each["system"] for each in wave] for wave in data["waves"]] == [["auth"], ["pay"], ["web"]]
    assert data["waves"][2][0]["after"] == ["pay", "auth"] and data["possible"] is True


def test_cycles_are_all_named_with_their_places_and_the_answer_is_no(folder):
    before = (folder / "cycle.yaml").read_bytes()
    for arguments in ((), ("--check",), ("--write",), ("--write", "--force")):
        run = Forked("order", "cycle.yaml", *arguments, cwd=folder)
        assert run.code == 1
        assert "cycle.yaml:2:15: dependency cycle: a → b → a" in run.err and '"c" depends on itself' in run.err
        assert bool(run.out) == (not arguments)
    assert (folder / "cycle.yaml").read_bytes() == before


def test_writing_fills_the_orders_in_and_keeps_the_comments(folder):
    run = Forked("order", "plan.yaml", "--write", cwd=folder)
    assert run.code == 0 and run.out == b"" and run.err == "plan.yaml\n"
    text = (folder / "plan.yaml").read_text("utf-8")
    assert "# the team's own words" in text and "# the shop" in text
    assert [row.order for row in api.load(folder / "plan.yaml").plan.table.rows] == ["3", "1", "2"]
    again = Forked("order", "plan.yaml", "--write", cwd=folder)
    assert again.code == 0 and (folder / "plan.yaml").read_text("utf-8") == text


def test_what_the_team_wrote_is_not_written_over_unasked(folder):
    own = PLAN.replace("- system: auth", "- system: auth\n    order: '①'").replace(
        "{system: pay,", "{system: pay, order: 9,"
    )
    (folder / "plan.yaml").write_text(own, "utf-8")
    run = Forked("order", "plan.yaml", "--write", cwd=folder)
    assert run.code == 3 and 'plan.yaml:7:19: pay has the order "9", by its dependencies it is wave 2' in run.err
    assert (folder / "plan.yaml").read_text("utf-8") == own
    assert Forked("order", "plan.yaml", "--write", "--force", cwd=folder).code == 0
    assert [row.order for row in api.load(folder / "plan.yaml").plan.table.rows] == ["3", "①", "2"]


def test_an_imported_table_becomes_a_plan_with_its_order(folder):
    (folder / "t.csv").write_text("系统,版本,发布依赖\n订单,2,支付\n支付,1,\n", "utf-8")
    refused = Forked("order", "t.csv", "--write", cwd=folder)
    assert refused.code == 2 and "name the .yaml or .json file" in refused.err
    assert Forked("order", "t.csv", "--write", "-o", "new.yaml", cwd=folder).code == 0
    assert [row.order for row in api.load(folder / "new.yaml").plan.table.rows] == ["2", "1"]


def test_check_holds_the_written_order_against_the_dependencies(folder):
    for written, code in (("1,2", 1), ("1,1", 1), ("2,1", 0), (",", 0), ("9,第一批", 0)):
        first, second = written.split(",")
        (folder / "t.csv").write_text(f"系统,版本,发布顺序,发布依赖\n订单,2,{first},支付\n支付,1,{second},\n", "utf-8")
        run = Forked("order", "t.csv", "--check", cwd=folder)
        assert run.code == code and run.out == b"", written
        assert ("t.csv › C2: 订单" in run.err) == bool(code)


def test_unknown_systems_and_orders_are_told_and_do_not_end_it(folder):
    (folder / "t.csv").write_text(
        "系统,版本,发布顺序,发布依赖\n订单中心,2,第一个,用户中新\n用户中心,1,,外部\n", "utf-8"
    )
    run = Forked("order", "t.csv", cwd=folder)
    assert run.code == 0
    assert 't.csv › D2: the dependency "用户中新" is not in the release table; did you mean "用户中心"?' in run.err
    assert (
        '"外部" is not in the release table, taken as released' in run.err
        and 'cannot read the order "第一个"' in run.err
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("-o", "x.pdf"),
        ("--check", "--write"),
        ("--check", "-o", "x.svg"),
        ("--force",),
        ("--write", "--format", "svg"),
        ("--write", "-o", "x.svg"),
        ("--format", "png"),
    ],
)
def test_options_that_do_not_go_together_are_wrong_use(folder, arguments):
    run = Forked("order", "plan.yaml", *arguments, cwd=folder)
    assert run.code == 2 and run.out == b"" and "Error" in run.err
    assert sorted(each.name for each in folder.iterdir()) == ["cycle.yaml", "plan.yaml"]


def test_standard_input_and_a_plan_without_rows(folder):
    run = Run("order", "-", cwd=folder, stdin=PLAN.encode())
    assert run.code == 0 and run.out.startswith(b"Wave 1\n  auth")
    (folder / "empty.yaml").write_text("title: x\n", "utf-8")
    for form in ("text", "md", "mermaid", "svg", "json"):
        assert Forked("order", "empty.yaml", "--format", form, cwd=folder).code == 0


def test_the_library_gives_the_same():
    plan = ReleasePlan(table=[{"system": "b", "dependencies": ["a"]}, {"system": "a"}])
    assert api.order(plan).waves == ((1,), (0,))
    assert [row.order for row in api.with_order(plan).table.rows] == ["2", "1"]
    assert api.with_order(api.with_order(plan)) == api.with_order(plan)
    with pytest.raises(RelplanError, match="no form"):
        api.order_as(plan, "png")
    with pytest.raises(RelplanError, match="depends on itself"):
        api.with_order(ReleasePlan(table=[{"system": "a", "dependencies": ["a"]}]))
