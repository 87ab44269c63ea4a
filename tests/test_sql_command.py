"""`relplan sql`: what it prints of scripts, of plans, and of files that cannot be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_cli import Forked, Run

from relplan import api
from relplan.errors import ReadError


def test_each_statement_is_a_line_with_its_dangers_below(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("CREATE TABLE t (a INT);\n  DROP TABLE u;\n", "utf-8")
    run = Forked("sql", "a.sql", cwd=tmp_path)
    assert run.code == 0
    assert run.out.decode().splitlines() == [
        "a.sql:1:1  ddl  CREATE TABLE  table t",
        "a.sql:2:3  ddl  DROP TABLE  table u",
        "    a.sql:2:3  drop-table  drops a table: DROP TABLE u",
    ]
    assert run.err == "2 statements, 1 danger\n"


def test_json_tells_the_same_and_the_dialect_counts(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_bytes("-- 备注\nCREATE INDEX i ON t (a);\n".encode("gb18030"))
    run = Forked("sql", "a.sql", "--dialect", "postgres", "--format", "json", cwd=tmp_path)
    [script] = json.loads(run.out)
    assert run.code == 0 and (script["place"], script["dialect"], script["encoding"]) == (
        "a.sql",
        "postgres",
        "gb18030",
    )
    [statement] = script["statements"]
    assert (statement["line"], statement["kind"], statement["verb"]) == (2, "ddl", "CREATE INDEX")
    assert [danger["kind"] for danger in statement["dangers"]] == ["index-not-concurrent"]


def test_the_dialect_of_the_settings_holds_unless_the_command_line_names_one(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("CREATE INDEX i ON t (a);\n", "utf-8")
    (tmp_path / "relplan.toml").write_text('[check]\ndialect = "postgres"\n', "utf-8")
    assert "index-not-concurrent" in Forked("sql", "a.sql", cwd=tmp_path).out.decode()
    assert "index-not-concurrent" not in Forked("sql", "a.sql", "--dialect", "mysql", cwd=tmp_path).out.decode()


def test_standard_input_is_a_script_and_messages_follow_the_locale(tmp_path: Path) -> None:
    run = Run("sql", "-", cwd=tmp_path, stdin=b"DROP TABLE t;", lang="zh_CN.UTF-8")
    assert "<stdin>:1:1  drop-table  删除表：DROP TABLE t" in run.out.decode()
    assert "共 1 条语句" in run.err


def test_a_table_is_listed_by_its_cells(tmp_path: Path) -> None:
    rows = '系统,版本,DDL,DML\n支付,1,"drop table x;\nalter table y add z int;",见附件\n订单,1,无,delete from t;\n'
    (tmp_path / "t.csv").write_text(rows, "utf-8")
    run = Forked("sql", "t.csv", cwd=tmp_path)
    assert run.code == 0
    places = [line.split("  ")[0] for line in run.out.decode().splitlines() if not line.startswith(" ")]
    assert places == ["t.csv › C2 › 1:1", "t.csv › C2 › 2:1", "t.csv › D3 › 1:1"]


@pytest.mark.parametrize("data", [None, b"\x00\x01\x02\xff\xfe\xfd"])
def test_a_file_that_cannot_be_read_ends_with_3_and_its_name(tmp_path: Path, data: bytes | None) -> None:
    if data is not None:
        (tmp_path / "a.sql").write_bytes(data)
    run = Forked("sql", "a.sql", cwd=tmp_path)
    assert run.code == 3 and run.out == b"" and run.err.startswith("relplan: a.sql: ")


def test_wrong_use_ends_with_2(tmp_path: Path) -> None:
    assert Forked("sql", cwd=tmp_path).code == 2
    assert Forked("sql", "a.sql", "--dialect", "db2", cwd=tmp_path).code == 2
    with pytest.raises(ReadError, match="did you mean"):
        api.sql_scripts("a.sql", "postgre")
