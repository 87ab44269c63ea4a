"""What is proposed to reverse a script: each script in tests/undo with its proposal beside it, and what holds for any script.

A new case is a file `name.dialect.sql`; WRITE_UNDO_CASES=1 writes what is proposed beside it, to be read before it is kept.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_cli import Forked
from test_sql import TEXTS
from undo_scripts import BASE, scripts

from relplan import api
from relplan.errors import ReadError, TemplateError
from relplan.model.plan import ReleasePlan
from relplan.sql import Dialect, read
from relplan.sql.undo import Level, as_text, propose

CASES = Path(__file__).parent / "undo"
SCRIPTS = sorted(CASES.glob("*.sql"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_each_script_has_the_proposal_beside_it(path: Path) -> None:
    dialect = Dialect(path.stem.rpartition(".")[2])
    found, expected = as_text(propose(read(path.read_text("utf-8"), dialect)), "en"), path.with_suffix(".txt")
    if os.environ.get("WRITE_UNDO_CASES"):
        expected.write_text(found, "utf-8")
    assert found == expected.read_text("utf-8")


def test_every_level_and_dialect_has_a_script() -> None:
    dialects = {path.stem.rpartition(".")[2] for path in SCRIPTS}
    levels = {
        each.level
        for path in SCRIPTS
        for each in propose(read(path.read_text("utf-8"), Dialect(path.stem.rpartition(".")[2]))).reversals
    }
    assert levels == set(Level) and dialects == {str(each) for each in Dialect}


# On SQLite


def dump(connection: sqlite3.Connection) -> list[str]:
    """The whole database as SQL; names in the quotes or not that a renaming has left."""
    return sorted(" ".join(line.replace('"', "").split()) for line in connection.iterdump())


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(scripts("sqlite"))
def test_sqlite_is_as_before_after_forward_and_reverse(statements: list[str]) -> None:
    script = ";\n".join(statements) + ";\n"
    proposal = propose(read(script, Dialect.POSTGRES))
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(";\n".join(BASE))
    before = dump(connection)
    connection.executescript(script)
    assert {each.level for each in proposal.reversals} <= {Level.EXACT, Level.LOSSY}
    connection.executescript(as_text(proposal, "zh"))
    assert dump(connection) == before, script
    connection.close()


# Any script


@settings(max_examples=200)
@given(TEXTS, st.sampled_from(Dialect))
def test_of_any_text_only_the_steps_can_be_run(text: str, dialect: Dialect) -> None:
    proposal = propose(read(text, dialect))
    wanted = [sql for each in proposal.reversals for sql in (*each.context, *each.sql)]
    shown = read(as_text(proposal, "zh"), dialect).statements
    assert [squeezed(each.text) for each in shown] == [squeezed(sql) for sql in wanted]
    assert sum(proposal.counts.values()) + proposal.unchanging == len(read(text, dialect).statements)


def squeezed(text: str) -> str:
    return "".join(text.split()).rstrip(";")


STATEMENTS = sorted({each.text for path in SCRIPTS for each in read(path.read_text("utf-8"), Dialect(path.stem.rpartition(".")[2])).statements})  # fmt: skip


@settings(max_examples=150)
@given(st.lists(st.sampled_from(STATEMENTS), max_size=12), st.sampled_from(Dialect))
def test_of_real_statements_in_any_order_only_the_steps_can_be_run(statements: list[str], dialect: Dialect) -> None:
    proposal = propose(read("\n".join(statements), dialect))
    wanted = [sql for each in proposal.reversals for sql in (*each.context, *each.sql)]
    shown = read(as_text(proposal, "en"), dialect).statements
    assert [squeezed(each.text) for each in shown] == [squeezed(sql) for sql in wanted]


def steps(script: str, dialect: Dialect = Dialect.MYSQL) -> list[str]:
    return [sql for each in propose(read(script, dialect)).reversals for sql in (*each.context, *each.sql)]


def levels(script: str, dialect: Dialect = Dialect.MYSQL) -> list[str]:
    return [str(each.level) for each in propose(read(script, dialect)).reversals]


def test_if_not_exists_never_becomes_a_drop() -> None:
    for sql in (
        "CREATE TABLE IF NOT EXISTS t (a INT)",
        "CREATE INDEX IF NOT EXISTS i ON t (a)",
        "ALTER TABLE t ADD COLUMN IF NOT EXISTS a INT",
    ):
        assert (steps(f"{sql};"), levels(f"{sql};")) == ([], ["ask"])


def test_what_may_be_older_is_never_taken_for_new() -> None:
    script = "ALTER TABLE t ADD COLUMN IF NOT EXISTS a INT; UPDATE t SET a = 1; ALTER TABLE t DROP COLUMN a;"
    assert levels(script) == ["ask", "ask", "ask"] and steps(script) == []
    unique = "CREATE UNIQUE INDEX IF NOT EXISTS u ON t (code); INSERT INTO t (code, b) VALUES ('x', 1);"
    assert levels(unique) == ["likely", "ask"]


def test_the_new_name_of_a_column_is_the_second_one_whatever_follows() -> None:
    script = 'ALTER TABLE t ADD a INT; ALTER TABLE t CHANGE a `b` INT COMMENT "b";'
    assert steps(script) == ["ALTER TABLE t RENAME COLUMN `b` TO a", "ALTER TABLE t DROP COLUMN a"]


def test_the_name_of_a_copy_keeps_quotes_and_schema_and_is_cut() -> None:
    [backup] = propose(read("TRUNCATE TABLE `a b`.`t x`;"), "r1").backups
    assert (backup.name, backup.sql) == (
        "`a b`.`t x_bak_r1_1`",
        "CREATE TABLE `a b`.`t x_bak_r1_1` AS SELECT * FROM `a b`.`t x`",
    )
    [backup] = propose(read(f"TRUNCATE TABLE {'t' * 30};", Dialect.ORACLE)).backups
    assert backup.name == "t" * 24 + "_bak_1"


def test_a_copy_is_of_the_table_as_it_was_named_before_the_release() -> None:
    [backup] = propose(read("RENAME TABLE a TO b; UPDATE b SET x = 1 WHERE id = 2;")).backups
    assert backup.sql == "CREATE TABLE a_bak_2 AS SELECT * FROM a"


def test_each_partition_has_a_copy_of_its_own() -> None:
    found = propose(read("ALTER TABLE t DROP PARTITION p1, p2;")).backups
    assert {each.name for each in found} == {"t_bak_1", "t_bak_1_2"} and "PARTITION (p1)" in found[1].sql + found[0].sql


def test_only_a_table_that_nothing_else_touches_is_copied_in_part() -> None:
    one = propose(read("UPDATE t SET x = 1 WHERE id = 2;")).backups
    two = propose(read("UPDATE t SET x = 1 WHERE id = 2; DELETE FROM t WHERE x = 1;")).backups
    assert [each.sql for each in one] == ["CREATE TABLE t_bak_1 AS SELECT * FROM t WHERE id = 2"]
    assert [each.sql for each in two] == ["CREATE TABLE t_bak_1 AS SELECT * FROM t"]


def test_a_temporary_table_hides_a_real_one_only_until_it_is_dropped() -> None:
    script = "CREATE TEMPORARY TABLE t (a INT); ALTER TABLE t RENAME TO u; DROP TABLE u; DELETE FROM t;"
    assert levels(script) == ["ask", "exact", "exact"] and steps(script) == []


def test_an_index_goes_with_the_column_that_the_script_adds_and_drops() -> None:
    script = "ALTER TABLE t ADD a INT; CREATE INDEX i ON t (a); ALTER TABLE t RENAME COLUMN a TO b; ALTER TABLE t DROP COLUMN b;"
    for dialect in (Dialect.MYSQL, Dialect.POSTGRES):
        assert steps(script, dialect) == [] and set(levels(script, dialect)) == {"exact"}
    pair = script.replace("(a)", "(a, z)")
    assert (steps(pair), steps(pair, Dialect.POSTGRES)) == (["DROP INDEX i ON t"], [])


def test_columns_that_swap_names_are_told_apart() -> None:
    script = "ALTER TABLE t ADD a INT; ALTER TABLE t RENAME COLUMN a TO b, RENAME COLUMN b TO a; ALTER TABLE t DROP COLUMN a;"
    assert levels(script) == ["ask", "exact", "lossy"]
    assert levels(script.replace("DROP COLUMN a", "DROP COLUMN b")) == ["exact", "exact", "exact"]


def test_a_table_made_anew_under_an_old_name_is_dropped_and_the_old_one_asked_for() -> None:
    script = "DROP TABLE t; CREATE TABLE t (a INT); INSERT INTO t SELECT 1; ALTER TABLE t ADD b INT;"
    assert levels(script) == ["exact", "exact", "lossy", "ask"] and steps(script) == ["DROP TABLE t"]


def test_rows_without_a_key_of_their_own_are_never_found_by_it() -> None:
    assert steps("INSERT INTO t (id, a) VALUES (0, 'x');") == ["DELETE FROM t WHERE a = 'x'"]
    assert steps("INSERT INTO t (id) VALUES (NULL);") == []
    assert steps("INSERT INTO t (id, a) VALUES (DEFAULT, NOW());") == []
    assert steps("INSERT INTO t (id) VALUES (1), (LAST_INSERT_ID());") == []


def test_a_key_is_known_only_while_it_is_one() -> None:
    key, row = "ALTER TABLE t ADD CONSTRAINT u UNIQUE (code);", "INSERT INTO t (code, a) VALUES ('x', 1);"
    assert levels(key + row)[0] == "exact"
    assert levels(key + "DROP INDEX u ON t;" + row)[0] == "likely"
    assert levels(key + "ALTER TABLE t RENAME COLUMN code TO old, ADD code INT;" + row)[0] == "likely"
    assert levels("CREATE UNIQUE INDEX u ON t (code) WHERE a = 1;" + row, Dialect.POSTGRES)[0] == "likely"


def test_a_large_insert_is_reversed_in_batches_and_in_time() -> None:
    script = "INSERT INTO t (id, a) VALUES " + ", ".join(f"({each}, 'x')" for each in range(1, 20001)) + ";"
    started = time.perf_counter()
    found = steps(script)
    assert time.perf_counter() - started < 4
    assert len(found) == 100 and found[0].startswith("DELETE FROM t WHERE id IN (1, 2, ")


def test_nothing_of_a_password_is_shown() -> None:
    script = "CREATE USER u IDENTIFIED BY 'geheim'; ALTER USER u IDENTIFIED BY 'geheim'; SET PASSWORD FOR u = 'geheim';"
    assert "geheim" not in as_text(propose(read(script)), "en")


# The command, the library, the document


def test_the_command_gives_the_last_file_first(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("CREATE TABLE t (a INT);\n", "utf-8")
    (tmp_path / "b.sql").write_text("TRUNCATE TABLE u;\nSELECT 1;\n", "utf-8")
    run = Forked("sql", "--undo", "a.sql", "b.sql", "--suffix", "r1", cwd=tmp_path)
    out = run.out.decode()
    assert run.code == 0 and out.index("b.sql: A proposal") < out.index("a.sql: A proposal")
    assert "-- CREATE TABLE u_bak_r1_2 AS SELECT * FROM u;\n" in out and "\nDROP TABLE t;\n" in out


def test_strict_ends_with_1_where_someone_is_needed(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("CREATE VIEW v AS SELECT 1;", "utf-8")
    (tmp_path / "b.sql").write_text("DROP VIEW v;", "utf-8")
    assert Forked("sql", "--undo", "--strict", "a.sql", cwd=tmp_path).code == 0
    assert Forked("sql", "--undo", "--strict", "b.sql", cwd=tmp_path).code == 1
    assert Forked("sql", "--undo", "b.sql", cwd=tmp_path).code == 0


@pytest.mark.parametrize("more", [["--strict"], ["--suffix", "x"], ["--undo", "--suffix", "a b"]])
def test_wrong_use_ends_with_2(tmp_path: Path, more: list[str]) -> None:
    (tmp_path / "a.sql").write_text("DROP VIEW v;", "utf-8")
    assert Forked("sql", "a.sql", *more, cwd=tmp_path).code == 2


def test_json_tells_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("USE b;\nALTER TABLE t ADD a INT;\nDROP VIEW v;\nSELECT 1;", "utf-8")
    run = Forked("sql", "--undo", "a.sql", "--format", "json", cwd=tmp_path)
    [script] = json.loads(run.out)
    assert script["counts"]["lossy"] == script["counts"]["ask"] == 1 and script["unchanging"] == 2
    view, column = script["reversals"]
    assert (view["level"], view["line"], view["context"]) == ("ask", 3, ["USE b"]) and view["steps"][0]["gap"]["en"]
    assert (column["level"], column["context"], column["steps"]) == (
        "lossy",
        [],
        [{"sql": "ALTER TABLE t DROP COLUMN a"}],
    )


def test_the_library_refuses_a_suffix_that_no_table_can_have() -> None:
    with pytest.raises(ReadError, match="suffix"):
        api.undo((), "a;b")


def test_the_document_shows_a_proposal_for_each_cell_the_last_first() -> None:
    rows = [
        {"system": "支付", "ddl": "CREATE VIEW v AS SELECT 1;", "dml": "见附件"},
        {"system": "订单", "dml": "TRUNCATE TABLE t;"},
    ]
    made = api.render(ReleasePlan(table=rows), "undo", "md", language="en").decode()
    assert (
        made.index("订单 · DML") < made.index("支付 · DDL")
        and "not the rollback plan" in made
        and "DROP VIEW v;" in made
    )
    empty = api.render(ReleasePlan(table=[{"system": "支付", "dml": "无"}]), "undo", "md", language="en").decode()
    assert "no SQL that needs to be reversed" in empty


def test_a_template_that_names_no_dialect_is_wrong(tmp_path: Path) -> None:
    template = tmp_path / "own.md.j2"
    template.write_text('{{ plan.table | undo("db2") }}', "utf-8")
    with pytest.raises(TemplateError, match="db2"):
        api.render(ReleasePlan(table=[{"dml": "TRUNCATE TABLE t;"}]), "own", "md", template=template)
