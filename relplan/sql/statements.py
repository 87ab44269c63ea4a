"""A statement with what it does and the objects it is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from relplan.errors import Place
from relplan.sql.alters import Clause, clauses_of
from relplan.sql.clients import INCLUDES, ClientLine
from relplan.sql.dangers import Danger
from relplan.sql.names import SqlObject, behind, find, is_name, listed, name_at, outside, parts, skip_words
from relplan.sql.tokens import Token, TokenKind
from relplan.sql.verbs import Kind, Verb, verb_of

Column: TypeAlias = Literal["ddl", "dml"]


class Statement(Struct, frozen=True):
    """One statement of a script, or a line for a client program.

    Attributes:
        text: as it stands, with what ends it.
        place: where it begins; line and column are counted from 1 in its script.
        start: the same as an index into the script.
        kind: its sort.
        verb: what it does, in upper case: `ALTER TABLE`, `INSERT`; blank where it is unknown.
        objects: what it is about, the main object first.
        clauses: of an ALTER TABLE.
        ending: what ends it: `;`, a delimiter, `/`, `GO`; blank where nothing does.
        rows: how many rows of values an INSERT writes out.
        tokens: without blanks, comments and what ends it.
        behind_verb: the index of the first token behind the words of the verb.
        order: of a line for a client.
        dangers: what someone should know, by place.
    """

    text: str
    place: Place
    start: int
    kind: Kind
    verb: str
    objects: tuple[SqlObject, ...] = ()
    clauses: tuple[Clause, ...] = ()
    ending: str = ""
    rows: int = 0
    tokens: tuple[Token, ...] = ()
    behind_verb: int = 0
    order: ClientLine | None = None
    dangers: tuple[Danger, ...] = ()

    @property
    def column(self) -> Column | None:
        """The column of a release table it belongs in; None for those that go with their neighbours, such as USE and COMMIT."""
        return column_of(self.kind, self.verb)

    @property
    def body(self) -> str:
        """The text without what ends it."""
        return self.text[: self.tokens[-1].end - self.start] if self.tokens else self.text


def column_of(kind: Kind, verb: str) -> Column | None:
    """The column of a release table that a statement of this sort belongs in."""
    if kind in (Kind.DDL, Kind.DCL) or (kind is Kind.PROCEDURAL and verb.startswith("CREATE")):
        return "ddl"
    return "dml" if kind in (Kind.DML, Kind.QUERY, Kind.PROCEDURAL) else None


def statement_of(tokens: Sequence[Token], text: str, place: Place, start: int, ending: str, is_unit: bool) -> Statement:
    """The statement that these tokens make."""
    verb = verb_of(tokens, is_unit)
    found = _main_objects(tokens, verb)
    clauses: tuple[Clause, ...] = ()
    if verb.words in ("ALTER TABLE", "ALTER FOREIGN TABLE") and found:
        clauses = clauses_of(tokens, _behind_table(tokens, verb.behind))
        table = found[0].name
        found += [SqlObject(each.kind, each.name, table) for each in clauses if each.kind and each.name]
    return Statement(
        text, place, start, verb.kind, verb.words, tuple(dict.fromkeys(found)), clauses, ending,
        _rows(tokens) if verb.words in ("INSERT", "REPLACE") else 0, tuple(tokens), verb.behind,
    )  # fmt: skip


def client_statement(order: ClientLine, tokens: Sequence[Token], text: str, place: Place, start: int) -> Statement:
    """A line for a client program as a statement; Oracle's EXEC calls a procedure."""
    if order.verb == "EXEC":
        verb = verb_of(tokens)
        called = tuple(_main_objects(tokens, verb))
        return Statement(text, place, start, Kind.DML, "EXEC", called, order=order, tokens=tuple(tokens), behind_verb=1)
    objects = (SqlObject("file", order.argument),) if order.verb in INCLUDES else ()
    return Statement(text, place, start, Kind.CLIENT, order.verb, objects, order=order)


def _behind_table(tokens: Sequence[Token], at: int) -> int:
    at = skip_words(tokens, at, "IF", "EXISTS", "ONLY")
    return skip_words(tokens, name_at(tokens, at)[1], "*")


def _rows(tokens: Sequence[Token]) -> int:
    """The rows of all VALUES lists: those outside brackets behind the word."""
    start = find(tokens, 0, "VALUES", "VALUE")
    if start < 0:
        return 0
    return sum(1 for _, token in outside(tokens, start) if token.kind is TokenKind.ROW or token.word == "(")


def _main_objects(tokens: Sequence[Token], verb: Verb) -> list[SqlObject]:
    if not verb.words or verb.words.endswith("DEFAULT PRIVILEGES"):
        return []
    first, _, thing = verb.words.partition(" ")
    if reader := _READERS.get(verb.words):
        return list(reader(tokens, verb.behind))
    if first in ("CREATE", "ALTER", "DROP") and thing:
        return list(_defined(tokens, verb.behind, first, thing))
    return []


def _defined(tokens: Sequence[Token], at: int, first: str, thing: str) -> Iterator[SqlObject]:
    at = skip_words(tokens, at, "CONCURRENTLY", "IF", "NOT", "EXISTS", "ONLY")
    kind = _KINDS.get(thing, thing.lower())
    if thing == "INDEX":
        yield from _index(tokens, at)
    elif first == "DROP":
        for name in listed(tokens, at):
            yield SqlObject(kind, name)
    elif name := name_at(tokens, at)[0]:
        yield SqlObject(kind, name)
        if thing == "TRIGGER" and (on := find(tokens, at, "ON")) > 0 and (table := name_at(tokens, on + 1)[0]):
            yield SqlObject("table", table)


_KINDS: Final = {
    "MATERIALIZED VIEW": "view",
    "FOREIGN TABLE": "table",
    "EXTERNAL TABLE": "table",
    "PACKAGE BODY": "package",
}


def _index(tokens: Sequence[Token], at: int) -> Iterator[SqlObject]:
    on = find(tokens, at, "ON")
    table = name_at(tokens, skip_words(tokens, on + 1, "ONLY"))[0] if on >= 0 else ""
    names = [] if on == at else listed(tokens, at)
    for name in names:
        yield SqlObject("index", name, table)
    if table:
        yield SqlObject("table", table)


def _one_table(tokens: Sequence[Token], at: int) -> Iterator[SqlObject]:
    if at < len(tokens) and tokens[at].word == "TOP":
        at = skip_words(tokens, behind(tokens, at + 1) if _word(tokens, at + 1) == "(" else at + 2, "PERCENT", "FROM")
    name, after = name_at(tokens, skip_words(tokens, at, "INTO", "ONLY", "TABLE"))
    if name:
        yield SqlObject("table", name)
    while name and after < len(tokens) and tokens[after].word == ",":
        name, after = name_at(tokens, after + 1)
        if name:
            yield SqlObject("table", name)


def _word(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].word if at < len(tokens) else ""


def _deleted(tokens: Sequence[Token], at: int) -> Iterator[SqlObject]:
    yield from _one_table(tokens, at)
    yield from _joined(tokens, at)


def _joined(tokens: Sequence[Token], at: int) -> Iterator[SqlObject]:
    """The tables behind each JOIN."""
    for index, token in outside(tokens, at):
        if token.word == "JOIN" and (name := name_at(tokens, index + 1)[0]):
            yield SqlObject("table", name)


def _read(tokens: Sequence[Token], at: int) -> Iterator[SqlObject]:
    source = find(tokens, at, "FROM")
    if source < 0:
        return
    for part in parts(tokens[source + 1 : _list_end(tokens, source + 1)]):
        if name := name_at(part, skip_words(part, 0, "ONLY", "LATERAL"))[0]:
            yield SqlObject("table", name)
    yield from _joined(tokens, at)


def _list_end(tokens: Sequence[Token], at: int) -> int:
    end = find(tokens, at, "WHERE", "GROUP", "ORDER", "HAVING", "LIMIT", "UNION", "FOR", "SET", "JOIN", "ON")
    return end if end >= 0 else len(tokens)


def _truncated(tokens: Sequence[Token], at: int) -> Iterator[SqlObject]:
    for name in listed(tokens, at):
        yield SqlObject("table", name)


def _renamed(tokens: Sequence[Token], at: int) -> Iterator[SqlObject]:
    for part in parts(tokens[at:]):
        to = find(part, 0, "TO")
        for name in (name_at(part, skip_words(part, 0, "IF", "EXISTS"))[0], name_at(part, to + 1)[0] if to > 0 else ""):
            if name:
                yield SqlObject("table", name)


def _commented(tokens: Sequence[Token], at: int) -> Iterator[SqlObject]:
    kind = _word(tokens, at).lower()
    name = name_at(tokens, at + 1)[0]
    if name:
        table, _, column = name.rpartition(".")
        yield SqlObject(kind, column, table) if kind == "column" else SqlObject(kind, name)


def _granted(tokens: Sequence[Token], at: int) -> Iterator[SqlObject]:
    on, to = find(tokens, at, "ON"), find(tokens, at, "TO", "FROM")
    start = skip_words(
        tokens, on + 1, "TABLE", "SCHEMA", "DATABASE", "SEQUENCE", "FUNCTION", "PROCEDURE", "OBJECT", ":"
    )
    if on >= 0 and (name := "".join(token.name for token in tokens[start : to if to > start else None])):
        yield SqlObject(_GRANT_KINDS.get(_word(tokens, on + 1), "table"), name)
    if to >= 0 and to + 1 < len(tokens) and (user := _user(tokens, to + 1)):
        yield SqlObject("user", user)


_GRANT_KINDS: Final = {word: word.lower() for word in ("SCHEMA", "DATABASE", "SEQUENCE", "FUNCTION", "PROCEDURE")}


def _user(tokens: Sequence[Token], at: int) -> str:
    token = tokens[at]
    user = token.text.strip("'") if token.kind is TokenKind.STRING else token.name if is_name(token) else ""
    return user


def _account(tokens: Sequence[Token], at: int) -> Iterator[SqlObject]:
    at = skip_words(tokens, at, "IF", "NOT", "EXISTS")
    if at < len(tokens) and (user := _user(tokens, at)):
        yield SqlObject("user", user)


def _called(tokens: Sequence[Token], at: int) -> Iterator[SqlObject]:
    if name := name_at(tokens, at)[0]:
        yield SqlObject("procedure", name)


def _loaded(tokens: Sequence[Token], at: int) -> Iterator[SqlObject]:
    table = find(tokens, at, "TABLE")
    if table > 0 and (name := name_at(tokens, table + 1)[0]):
        yield SqlObject("table", name)


_READERS: Final = {
    "INSERT": _one_table, "REPLACE": _one_table, "UPSERT": _one_table, "MERGE": _one_table, "UPDATE": _deleted, "DELETE": _deleted,
    "SELECT": _read, "COPY": _one_table, "LOAD DATA": _loaded, "TRUNCATE TABLE": _truncated, "RENAME TABLE": _renamed,
    "COMMENT ON": _commented, "GRANT": _granted, "REVOKE": _granted, "DENY": _granted, "CALL": _called, "EXEC": _called,
    "CREATE USER": _account, "ALTER USER": _account, "DROP USER": _account,
}  # fmt: skip
