"""SQL as text: each script in tests/sql with what is expected of it beside it, and what holds for any text.

A new case is a file `name.dialect.sql`; WRITE_SQL_CASES=1 writes what is found beside it, to be read before it is kept.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relplan.errors import ReadError
from relplan.sql import Danger, DangerKind, Dialect, Kind, Script, Statement, read, read_bytes
from relplan.sql.cells import CellKind, cell_of
from relplan.sql.splitter import split
from relplan.sql.tokens import Lexer

CASES = Path(__file__).parent / "sql"
SCRIPTS = sorted(CASES.glob("*.sql"))


def _dangers(dangers: tuple[Danger, ...]) -> str:
    told = []
    for each in dangers:
        more = f" → {each.other}" if each.other else ""
        more += f" ×{each.count}" if each.count else ""
        more += f" ({', '.join(each.inside)})" if each.inside else ""
        told.append(f"    {each.place.line}:{each.place.column} {each.kind} {each.subject}{more}".rstrip())
    return "".join(f"{line}\n" for line in told)


def _statement(statement: Statement) -> str:
    objects = ", ".join(map(str, statement.objects))
    place = f"{statement.place.line}:{statement.place.column}"
    words = " | ".join(word for word in (f"{place} {statement.kind}", statement.verb, objects) if word)
    return f"{words}\n{_dangers(statement.dangers)}"


def told(script: Script) -> str:
    """What the file beside a script says: a line for each statement, its dangers indented; first those of no statement."""
    between = f"between\n{_dangers(script.loose)}" if script.loose else ""
    return between + "".join(map(_statement, script.statements))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_each_script_is_read_as_the_file_beside_it_says(path: Path) -> None:
    dialect = Dialect(path.stem.rpartition(".")[2])
    script = read(path.read_bytes().decode(), dialect)
    found, expected = told(script), path.with_suffix(".txt")
    if os.environ.get("WRITE_SQL_CASES"):
        expected.write_text(found, "utf-8")
    assert found == expected.read_text("utf-8")


def test_every_kind_of_statement_and_of_danger_has_a_script() -> None:
    scripts = [read(path.read_bytes().decode(), Dialect(path.stem.rpartition(".")[2])) for path in SCRIPTS]
    assert {danger.kind for script in scripts for danger in script.dangers} == set(DangerKind)
    assert {each.kind for script in scripts for each in script.statements} == set(Kind)
    assert {script.dialect for script in scripts} == set(Dialect) and len(scripts) >= 60


# Any text

BITS = st.sampled_from(
    [
        "'", '"', "`", "[", "]", "(", ")", ";", "；", "$$", "$a$", "--", "-- ", "#", "/*", "*/", "/*!", "\\", "\\.", "\n", "\r\n", " ", "\t",
        "\u00a0", "\u200b", "\ufeff", "（", "‘", "DELIMITER //\n", "DELIMITER $$\n", "delimiter ;\n", "//", "\n/\n", "\nGO\n", "q'[", "]'",
        "E'", "N'", "CREATE PROCEDURE p() ", "CREATE TABLE t (", "BEGIN ", "END", "END;", "CASE ", "IF ", "DECLARE ", "CREATE PACKAGE p AS ",
        "ALTER TABLE t ", "ADD ", "DROP COLUMN ", "MODIFY ", "CHANGE ", "RENAME TO ", "SELECT ", "UPDATE t SET a = 1 ", "DELETE FROM t ",
        "WHERE ", "1=1", "WITH x AS ", "INSERT INTO t VALUES ", "(1, 'a')", ", ", "COPY t FROM stdin;", "GRANT ", "TO ", "IDENTIFIED BY ",
        "PASSWORD ", "\nsource a.sql\n", "\n@a\n", "\\i ", "\\g", "TRUNCATE ", "TOP ", "CREATE USER ", "COMMENT ON COLUMN ", ".", "a", "1", "、", "t",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.lists(BITS, max_size=25).map("".join), st.text(max_size=60))


@given(TEXTS, st.sampled_from(Dialect))
def test_the_pieces_of_any_text_joined_are_the_text(text: str, dialect: Dialect) -> None:
    pieces = split(text, dialect).pieces
    assert "".join(piece.text for piece in pieces) == text
    assert all(piece.text for piece in pieces)
    assert [piece.start for piece in pieces] == [sum(len(p.text) for p in pieces[:n]) for n in range(len(pieces))]


@given(TEXTS, st.sampled_from(Dialect))
def test_any_text_is_read_and_places_are_where_the_words_stand(text: str, dialect: Dialect) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    script = read(text, dialect)
    for each in script.statements:
        first = each.text.replace("\r\n", "\n").split("\n")[0]
        assert lines[each.place.line - 1][each.place.column - 1 :].startswith(first.split("\r")[0])
        assert text[each.start :].startswith(each.text) and each.text.startswith(each.body)
    for danger in script.dangers:
        assert danger.place.line <= len(lines) and danger.place.column <= len(lines[danger.place.line - 1]) + 1
        assert danger.message.zh and danger.message.en


@pytest.mark.long
@pytest.mark.parametrize("dialect", Dialect)
def test_any_text_of_many(dialect: Dialect) -> None:
    from hypothesis import settings

    @settings(max_examples=20_000)
    @given(st.lists(BITS, max_size=60).map("".join))
    def check(text: str) -> None:
        assert "".join(piece.text for piece in split(text, dialect).pieces) == text
        read(text, dialect)

    check()


HARD = ["'", '"', "`", "/*", "/*!", "--", "--1 ", "#", "(", "[", "\\", "$a$", "；", "@", "@a\n", "\n/\n", "GO\n", "select\n", "with )\nselect\n",
        "update\n", "begin\n", "case ", "if\n", "declare x;", "insert into t values (", "create package p is begin;end;\n", "delimiter ;\n",
        "create procedure p begin ", "alter table t add a int,\n", "select `a", "q'[", "drop table a\n"]  # fmt: skip


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize("piece", HARD)
def test_twice_the_text_takes_about_twice_the_steps(piece: str, dialect: Dialect, monkeypatch) -> None:
    steps = 0
    at = Lexer.at

    def counted(self: Lexer, start: int, after: str = ""):  # type: ignore[no-untyped-def]
        nonlocal steps
        token = at(self, start, after)
        steps += 1 + len(token.text)
        return token

    monkeypatch.setattr(Lexer, "at", counted)
    counts = []
    for repeats in (150, 300):
        steps = 0
        split(piece * repeats, dialect)
        counts.append(steps)
    assert counts[1] <= 2.2 * counts[0] + 50 and counts[1] <= 4 * 300 * len(piece) + 100


def test_a_large_literal_and_many_rows_are_few_tokens() -> None:
    literal = "x'';-- \\'" * 20_000
    [statement] = read(f"INSERT INTO t (a) VALUES ('{literal}');").statements
    assert len(statement.tokens) == 8 and statement.rows == 1
    rows = ",\n".join(f"({n}, UPPER('名{n}'), -1, NOW(), 'a;b')" for n in range(3000))
    [statement] = read(f"INSERT INTO t (a, b, c, d, e) VALUES\n{rows};").statements
    assert statement.rows == 3000 and len(statement.tokens) < 6100


def test_a_word_in_a_string_or_comment_is_no_fact() -> None:
    text = "UPDATE t SET a = 'DROP TABLE x; -- \u00a0；' /* TRUNCATE y; */ WHERE id = 1; -- DELETE FROM t;\n"
    for dialect in Dialect:
        assert [each.verb for each in read(text, dialect).statements] == ["UPDATE"]
        assert not read(text, dialect).dangers


def test_a_password_is_never_shown() -> None:
    text = (
        "CREATE USER u IDENTIFIED BY 'hunter2';\nALTER USER u IDENTIFIED WITH x BY 'hunter2';\nSET PASSWORD = 'hunter2';\n"
        "GRANT ALL ON a.* TO u IDENTIFIED BY 'hunter2';\nUPDATE u SET pwd = 'hunter2';\nALTER TABLE t ADD a INT DEFAULT 'hunter2' UNIQUE;\n"
    )
    for dialect in Dialect:
        script = read(text, dialect)
        assert DangerKind.SECRET in {danger.kind for danger in script.dangers}
        assert not any("hunter2" in danger.message.zh + danger.words + danger.subject for danger in script.dangers)


# Bytes


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("-- 注释\n".encode(), "utf-8"),
        ("-- 注释\n".encode("utf-8-sig"), "utf-8-sig"),
        ("-- 注释\n".encode("gb18030"), "gb18030"),
        ("-- 注释\n".encode("utf-16"), "utf-16"),
        ("-- abc\n".encode("utf-16-le"), "utf-16-le"),
        ("-- abc\n".encode("utf-16-be"), "utf-16-be"),
        (b"", "utf-8"),
    ],
)
def test_the_encoding_of_a_script_is_found_and_told(data: bytes, encoding: str) -> None:
    plain = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(encoding, encoding)
    script = read_bytes(data + "DROP TABLE t;".encode(plain))
    assert script.encoding == encoding
    assert [each.verb for each in script.statements] == ["DROP TABLE"]
    assert not script.loose


@pytest.mark.parametrize("data", [b"\x00\x01\x02\xff\xfe\xfd", b"\xff\xfe\x00", b"PK\x03\x04\x00\x00\xff\xff\x80"])
def test_bytes_that_are_no_text_are_refused_with_their_name(data: bytes) -> None:
    with pytest.raises(ReadError) as refused:
        read_bytes(data, name="a.sql")
    assert str(refused.value).startswith("a.sql: ")


# Cells


@pytest.mark.parametrize(
    ("text", "kind", "names"),
    [
        ("", CellKind.BLANK, ()),
        ("无", CellKind.NONE, ()),
        ("不涉及", CellKind.NONE, ()),
        ("N/A", CellKind.NONE, ()),
        ("是", CellKind.YES, ()),
        ("否", CellKind.NO, ()),
        ("alter table t add a int;", CellKind.SQL, ()),
        ("1、select 1", CellKind.SQL, ()),
        ("-- see a.sql\ndrop table x", CellKind.SQL, ()),
        ("执行以下语句：\nUPDATE t SET a = 1;", CellKind.SQL, ()),
        ("use db;", CellKind.SQL, ()),
        ("alfred_v1.2.sql", CellKind.FILES, ("alfred_v1.2.sql",)),
        ("sql/V1/a.sql、脚本/乙.SQL", CellKind.FILES, ("sql/V1/a.sql", "脚本/乙.SQL")),
        ("1. a.sql\n2. b.sql", CellKind.FILES, ("a.sql", "b.sql")),
        ("见附件 a.sql", CellKind.FILES, ("a.sql",)),
        ("https://git.example.com/a.sql", CellKind.LINK, ("https://git.example.com/a.sql",)),
        ("DBA-1234", CellKind.TICKET, ("DBA-1234",)),
        ("见附件", CellKind.ATTACHMENT, ()),
        ("see attachment", CellKind.ATTACHMENT, ()),
        ("3", CellKind.NUMBER, ()),
        ("3个", CellKind.NUMBER, ()),
        ("update the docs", CellKind.PROSE, ()),
        ("由 DBA 提前执行", CellKind.PROSE, ()),
        ("call the DBA first", CellKind.PROSE, ()),
        ("set up the server", CellKind.PROSE, ()),
        ("check the logs", CellKind.PROSE, ()),
        ("delete old files", CellKind.PROSE, ()),
        ("grant.sql", CellKind.FILES, ("grant.sql",)),
        ("drop_old.sql\nupdate.sql", CellKind.FILES, ("drop_old.sql", "update.sql")),
        ("@张三 确认", CellKind.PROSE, ()),
    ],
)
def test_what_a_cell_holds(text: str, kind: CellKind, names: tuple[str, ...]) -> None:
    found = cell_of(text)
    assert (found.kind, found.names) == (kind, names)
    assert found.text == text


@given(TEXTS)
def test_any_cell_is_something(text: str) -> None:
    assert cell_of(text).kind in CellKind


# The parser


def test_the_parser_doubts_single_statements_and_nothing_ends_it() -> None:
    pytest.importorskip("sqlglot")
    from relplan.sql.parser import doubtful

    deep = "SELECT " + "(" * 300 + "1" + ")" * 300
    text = f"CREATE TABLE t (a INT);\nUPDATE t SET WHERE;\nDROP TABLE x;\n{deep};\nINSERT INTO t (a) VALUES ('{'x' * 50_000}');\n"
    assert [each.place.line for each in doubtful(read(text))] == [2]


def test_without_the_parser_nothing_is_doubted(monkeypatch) -> None:
    from relplan.sql import parser

    monkeypatch.setattr(parser, "is_available", lambda: False)
    assert not list(parser.doubtful(read("UPDATE t SET WHERE;")))


@given(TEXTS, st.sampled_from(Dialect))
def test_the_parser_takes_any_text(text: str, dialect: Dialect) -> None:
    pytest.importorskip("sqlglot")
    from relplan.sql.parser import doubtful

    list(doubtful(read(text, dialect)))
