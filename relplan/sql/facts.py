"""The dangers of a statement, read off its tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from msgspec import Struct

from relplan.patterns import regex
from relplan.sql.alters import Clause, is_unique, needs_value, words_of
from relplan.sql.clients import INCLUDES
from relplan.sql.dangers import DangerKind
from relplan.sql.dialects import MARKS, Dialect
from relplan.sql.names import behind, find, name_at, parts, shown, skip_words
from relplan.sql.statements import Statement
from relplan.sql.tokens import Lexer, Token, TokenKind
from relplan.sql.verbs import Kind

LARGE_INSERT: Final = 1000
"""Rows of one INSERT above which it is called large."""


class Fact(Struct, frozen=True):
    """A danger before its line is known: `start` is its place in the text, counted from 0; the rest is as in `Danger`."""

    kind: DangerKind
    subject: str
    words: str
    start: int
    other: str = ""
    count: int = 0
    inside: tuple[str, ...] = ()


def facts_of(statement: Statement, dialect: Dialect) -> Iterator[Fact]:
    """The dangers of one statement; those that need its neighbours are not among them."""
    if statement.kind is Kind.CLIENT:
        yield from _client(statement)
    if order := statement.order:
        if dialect not in order.dialects:
            yield Fact(DangerKind.OTHER_DIALECT, order.verb, order.verb, statement.start)
        return
    for facts in _READERS:
        yield from facts(statement, dialect)


def _main(statement: Statement) -> str:
    return statement.objects[0].name if statement.objects else ""


def _first(statement: Statement) -> int:
    return statement.tokens[0].start if statement.tokens else statement.start


_LOGIN: Final = regex(r"([^/@\s]+)/[^@\s]+")


def _client(statement: Statement) -> Iterator[Fact]:
    if statement.verb in INCLUDES:
        yield Fact(DangerKind.INCLUDE, _main(statement), statement.text.strip(), statement.start)
    if statement.order and statement.verb.startswith("CONN") and (login := _LOGIN.match(statement.order.argument)):
        yield Fact(DangerKind.SECRET, login[1], f"{statement.verb} {login[1]}/***", statement.start)


# What is dropped, emptied and renamed

_DROPS: Final = {
    "DROP TABLE": DangerKind.DROP_TABLE,
    "DROP FOREIGN TABLE": DangerKind.DROP_TABLE,
    "DROP DATABASE": DangerKind.DROP_DATABASE,
    "DROP SCHEMA": DangerKind.DROP_DATABASE,
    "DROP TABLESPACE": DangerKind.DROP_DATABASE,
    "DROP INDEX": DangerKind.DROP_INDEX,
    "TRUNCATE TABLE": DangerKind.TRUNCATE,
}


def _is_temporary(statement: Statement) -> bool:
    words = {token.word for token in statement.tokens[: statement.behind_verb]}
    return bool(words & {"TEMPORARY", "TEMP"}) or _main(statement).startswith("#")


def _drops(statement: Statement, _: Dialect) -> Iterator[Fact]:
    kind = _DROPS.get(statement.verb)
    if kind is None or _is_temporary(statement):
        return
    for each in statement.objects:
        if (kind is DangerKind.DROP_INDEX) == (each.kind == "index"):
            yield Fact(kind, each.name, f"{statement.verb} {each.name}", _first(statement))


def _renames(statement: Statement, _: Dialect) -> Iterator[Fact]:
    if statement.verb == "RENAME TABLE":
        names = [each.name for each in statement.objects]
        for old, new in zip(names[::2], names[1::2], strict=False):
            yield Fact(DangerKind.RENAME, old, f"{old} → {new}", _first(statement), new)
    elif statement.verb.startswith("ALTER ") and statement.verb != "ALTER TABLE":
        at = find(statement.tokens, statement.behind_verb, "RENAME")
        if at > 0 and _word(statement.tokens, at + 1) == "TO":
            new = name_at(statement.tokens, at + 2)[0]
            yield Fact(DangerKind.RENAME, _main(statement), f"{_main(statement)} → {new}", _first(statement), new)
    elif statement.verb == "EXEC" and _main(statement).lower().endswith("sp_rename"):
        names = [token.text.strip("Nn'") for token in statement.tokens if token.kind is TokenKind.STRING]
        old, new = [*names, "", ""][:2]
        yield Fact(DangerKind.RENAME, old, f"{old} → {new}", _first(statement), new)


# ALTER TABLE

_CLAUSES: Final = {
    "DROP COLUMN": DangerKind.DROP_COLUMN,
    "SET UNUSED": DangerKind.DROP_COLUMN,
    "CHANGE TYPE": DangerKind.CHANGE_TYPE,
    "SET NOT NULL": DangerKind.SET_NOT_NULL,
    "DROP INDEX": DangerKind.DROP_INDEX,
    "DROP CONSTRAINT": DangerKind.DROP_INDEX,
    "DROP PRIMARY KEY": DangerKind.DROP_INDEX,
    "DROP FOREIGN KEY": DangerKind.DROP_INDEX,
    "DROP PARTITION": DangerKind.DROP_PARTITION,
    "TRUNCATE PARTITION": DangerKind.TRUNCATE,
    "ADD UNIQUE": DangerKind.ADD_UNIQUE,
    "ADD PRIMARY KEY": DangerKind.ADD_UNIQUE,
    "RENAME COLUMN": DangerKind.RENAME,
    "RENAME TABLE": DangerKind.RENAME,
}


def _alters(statement: Statement, _: Dialect) -> Iterator[Fact]:
    table = _main(statement)
    for clause in statement.clauses:
        for kind in _clause_kinds(clause):
            subject = f"{table}.{clause.name}" if clause.kind in ("column", "partition") else clause.name or table
            new = clause.new_name and (f"{table}.{clause.new_name}" if clause.kind == "column" else clause.new_name)
            words = f"{subject} → {new}" if kind is DangerKind.RENAME else f"{table}: {words_of(clause)}"
            subject = table if kind is DangerKind.ADD_UNIQUE else subject
            yield Fact(kind, subject, words, clause.start, new if kind is DangerKind.RENAME else "")


def _clause_kinds(clause: Clause) -> Iterator[DangerKind]:
    if kind := _CLAUSES.get(clause.action):
        yield kind
    if clause.action == "CHANGE TYPE":
        if clause.new_name:
            yield DangerKind.RENAME
        if clause.says("NOT", "NULL"):
            yield DangerKind.SET_NOT_NULL
    if clause.action == "ADD COLUMN" and needs_value(clause):
        yield DangerKind.ADD_NOT_NULL
    if clause.action in ("ADD COLUMN", "CHANGE TYPE") and is_unique(clause):
        yield DangerKind.ADD_UNIQUE


def _indexes(statement: Statement, dialect: Dialect) -> Iterator[Fact]:
    if statement.verb not in ("CREATE INDEX", "DROP INDEX"):
        return
    words = [token.word for token in statement.tokens[: statement.behind_verb + 1]]
    table = next((each.name for each in statement.objects if each.kind == "table"), "")
    name = _main(statement)
    if dialect is Dialect.POSTGRES and "CONCURRENTLY" not in words:
        yield Fact(DangerKind.BLOCKING_INDEX, name, f"{statement.verb} {name}", _first(statement))
    if statement.verb == "CREATE INDEX" and "UNIQUE" in words:
        yield Fact(DangerKind.ADD_UNIQUE, table or name, f"CREATE UNIQUE INDEX {name} ON {table}", _first(statement))


# What is written

_WHERE_ENDS: Final = ("ORDER", "LIMIT", "RETURNING", "OPTION", "GROUP")


def _writes(statement: Statement, _: Dialect) -> Iterator[Fact]:
    if statement.kind is not Kind.DML:
        return
    if statement.verb in ("UPDATE", "DELETE"):
        words = [token.word for token in statement.tokens[: statement.behind_verb]]
        start = len(words) - 1 - words[::-1].index(statement.verb)
        yield from _write(statement.verb, _main(statement), statement.tokens, start)
    yield from _inner_writes(statement.tokens)


def _inner_writes(tokens: Sequence[Token]) -> Iterator[Fact]:
    """The writes in the brackets of a WITH."""
    if not tokens or tokens[0].word != "WITH":
        return
    for index, token in enumerate(tokens[1:], 1):
        if token.word in ("UPDATE", "DELETE") and tokens[index - 1].word == "(":
            inner = tokens[index : behind(tokens, index - 1) - 1]
            name = name_at(inner, skip_words(inner, 1, "FROM", "ONLY"))[0]
            yield from _write(token.word, name, inner, 0)


def _write(verb: str, name: str, tokens: Sequence[Token], start: int) -> Iterator[Fact]:
    where = find(tokens, start, "WHERE")
    limit = find(tokens, start, "LIMIT", "ORDER", "TOP")
    at = tokens[start].start
    if where < 0:
        yield Fact(DangerKind.NO_WHERE, name, f"{verb} {name}", at)
    else:
        end = find(tokens, where + 1, *_WHERE_ENDS)
        condition = tokens[where + 1 : end if end > 0 else len(tokens)]
        if is_always_true(condition):
            yield Fact(DangerKind.TRUE_WHERE, name, f"{verb} {name} WHERE {shown(condition)}", tokens[where].start)
    if limit >= 0:
        yield Fact(DangerKind.LIMITED_WRITE, name, f"{verb} {name} … {tokens[limit].word}", tokens[limit].start)


def is_always_true(condition: Sequence[Token]) -> bool:
    """Whether a condition is true whatever the row: `1=1`, `TRUE`, `id = 3 OR 1=1`."""
    while len(condition) > 2 and condition[0].word == "(" and behind(condition, 0) == len(condition):
        condition = condition[1:-1]
    return any(all(_is_true(term) for term in parts(branch, "AND")) for branch in parts(condition, "OR") if len(branch))


def _is_true(term: Sequence[Token]) -> bool:
    while len(term) > 2 and term[0].word == "(" and behind(term, 0) == len(term):
        term = term[1:-1]
    if len(term) == 1:
        return term[0].word == "TRUE" or (term[0].kind is TokenKind.NUMBER and term[0].text.strip("0.") != "")
    if len(term) == 3 and term[1].word == "=":
        literal = term[0].kind in (TokenKind.NUMBER, TokenKind.STRING)
        return literal and term[0].kind is term[2].kind and term[0].text == term[2].text
    return False


def _inserts(statement: Statement, _: Dialect) -> Iterator[Fact]:
    if statement.verb not in ("INSERT", "REPLACE"):
        return
    tokens, table = statement.tokens, _main(statement)
    if statement.rows > LARGE_INSERT:
        words = f"{statement.verb} INTO {table}"
        yield Fact(
            DangerKind.LARGE_INSERT, table, f"{words} ({statement.rows})", _first(statement), count=statement.rows
        )
    at = name_at(tokens, skip_words(tokens, statement.behind_verb, "INTO", "TABLE"))[1]
    if _word(tokens, at) == "PARTITION":
        at = behind(tokens, at + 1)
    if _names_no_columns(tokens, at):
        yield Fact(DangerKind.NO_COLUMNS, table, f"{statement.verb} INTO {table}", _first(statement))


def _names_no_columns(tokens: Sequence[Token], at: int) -> bool:
    if _word(tokens, at) == "(":
        return _word(tokens, at + 1) in ("SELECT", "WITH")
    return _word(tokens, at) in ("VALUES", "VALUE", "SELECT", "EXEC", "EXECUTE", "WITH")


def _word(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].word if 0 <= at < len(tokens) else ""


# Accounts, code, queries

_HASH: Final = regex(r"N?'(?:\$\w+\$|\{\w+\}|[0-9a-fA-F]{32,}'|\*[0-9A-F]{40}'|0x)")
_SECRET_WORDS: Final = frozenset(
    [
        "PASSWORD",
        "PASSWD",
        "PWD",
        "MASTER_PASSWORD",
        "SOURCE_PASSWORD",
        "SECRET",
        "SECRET_KEY",
        "ACCESS_KEY",
        "API_KEY",
        "APIKEY",
        "TOKEN",
    ]
)


def _privileges(statement: Statement, _: Dialect) -> Iterator[Fact]:
    if statement.kind is Kind.DCL:
        end = find(statement.tokens, 0, "ON", "IDENTIFIED", "PASSWORD", "TO")
        words = shown(statement.tokens[: end if end > 0 else None], 6)
        yield Fact(DangerKind.PRIVILEGE, _main(statement), words, _first(statement))


def _secrets(statement: Statement, _: Dialect) -> Iterator[Fact]:
    tokens = statement.tokens
    for index, token in enumerate(tokens):
        if token.word == "BY" and "IDENTIFIED" in (_word(tokens, index - 1), _word(tokens, index - 3)):
            at = skip_words(tokens, index + 1, "PASSWORD", "VALUES")
            if at < len(tokens) and tokens[at].word not in ("AS", "RANDOM"):
                yield Fact(DangerKind.SECRET, "IDENTIFIED BY", "IDENTIFIED BY '***'", token.start)
        elif (token.word or token.name.upper()) in _SECRET_WORDS and token.kind in (TokenKind.WORD, TokenKind.NAME):
            at = skip_words(tokens, index + 1, "FOR", "=", "(", "N")
            if at < len(tokens) and _is_secret(tokens[at]):
                yield Fact(DangerKind.SECRET, token.name, f"{token.name} '***'", token.start)


def _is_secret(token: Token) -> bool:
    return (
        token.kind is TokenKind.STRING and len(token.text) > 2 and token.text[0] != '"' and not _HASH.match(token.text)
    )


def _code(statement: Statement, dialect: Dialect) -> Iterator[Fact]:
    if statement.kind is not Kind.PROCEDURAL:
        return
    name = _main(statement) or statement.verb
    inside = tuple(dict.fromkeys(_destructive(statement.tokens, dialect)))
    yield Fact(
        DangerKind.PROCEDURAL, name, f"{statement.verb} {_main(statement)}".strip(), _first(statement), inside=inside
    )


_DESTROYERS: Final = {
    ("DROP", word): f"DROP {word}"
    for word in ["TABLE", "COLUMN", "DATABASE", "SCHEMA", "INDEX", "CONSTRAINT", "PARTITION", "VIEW", "PROCEDURE", "FUNCTION", "USER", "PRIMARY", "FOREIGN", "KEY"]
} | {("DELETE", "FROM"): "DELETE", ("TRUNCATE", "TABLE"): "TRUNCATE"}  # fmt: skip
_NESTED: Final = 3
"""How deep code in strings within code is looked into."""


def _destructive(tokens: Sequence[Token], dialect: Dialect, depth: int = 0) -> Iterator[str]:
    """The destructive words in code, also in the strings that it may run."""
    before = ""
    for token in tokens:
        if token.kind is TokenKind.WORD and (found := _DESTROYERS.get((before, token.word))):
            yield found
        elif before == "TRUNCATE" and token.kind in (TokenKind.WORD, TokenKind.NAME) and token.word != "TABLE":
            yield "TRUNCATE"
        elif token.kind is TokenKind.STRING and depth < _NESTED:
            yield from _destructive(_lexed(token.text, dialect), dialect, depth + 1)
        before = token.word


_QUOTES: Final = regex(r"\A(?:[nNeE]|[nN]?[qQ](?='))?(?:'|\"|\$\w*\$)|(?:'|\"|\$\w*\$)\Z")


def _lexed(text: str, dialect: Dialect) -> list[Token]:
    """The tokens within a string, blanks left out."""
    inner = _QUOTES.sub(" ", text)
    lexer, at, tokens = Lexer(inner, dialect), 0, []
    while at < len(inner):
        token = lexer.at(at)
        at = token.end
        if token.kind not in (TokenKind.SPACE, TokenKind.COMMENT, TokenKind.DASHES):
            tokens.append(token)
    return tokens


def _queries(statement: Statement, _: Dialect) -> Iterator[Fact]:
    if statement.kind is Kind.QUERY and statement.verb in ("SELECT", "TABLE", "VALUES"):
        if _word(statement.tokens, find(statement.tokens, 0, "INTO")) == "INTO":
            return
        yield Fact(DangerKind.QUERY, _main(statement), f"SELECT … {_main(statement)}".strip(), _first(statement))


# Marks of another dialect


def _dialects(statement: Statement, dialect: Dialect) -> Iterator[Fact]:
    if not _may_mark(statement.tokens):
        return
    seen: set[str] = set()
    before: Token | None = None
    for token in statement.tokens:
        for mark, start in _marks(before, token):
            known = MARKS.get(mark)
            if known and dialect not in known and mark not in seen:
                seen.add(mark)
                yield Fact(DangerKind.OTHER_DIALECT, mark, mark, start)
        before = token


_HEADS: Final = frozenset(mark.split()[0][0] if mark == "::" else mark.split()[0] for mark in MARKS)


def _may_mark(tokens: Sequence[Token]) -> bool:
    """Whether a word that a mark begins with is there, or a quoted name or string."""
    return any(token.word in _HEADS or token.text[0] in "`$" for token in tokens)


def _marks(before: Token | None, token: Token) -> Iterator[tuple[str, int]]:
    """The marks that a token makes alone and with the one before it."""
    if token.kind is TokenKind.NAME and token.text[0] == "`":
        yield "`", token.start
    elif token.kind is TokenKind.STRING and token.text[0] == "$":
        yield "$$", token.start
    elif token.word:
        yield token.word, token.start
    if before and before.word and token.word:
        if token.word == before.word == ":" and before.end == token.start:
            yield "::", before.start
        yield f"{before.word} {token.word}", before.start


_READERS: Final[tuple[Callable[[Statement, Dialect], Iterator[Fact]], ...]] = (
    _drops, _renames, _alters, _indexes, _writes, _inserts, _privileges, _secrets, _code, _queries, _dialects,
)  # fmt: skip
