"""The clauses of ALTER TABLE: each column, index and constraint it adds, changes, renames or drops."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from relplan.sql.names import behind, find, listed, name_at, outside, parts, shown, skip_words
from relplan.sql.tokens import Token, TokenKind


class Clause(Struct, frozen=True):
    """One thing that an ALTER TABLE does.

    Attributes:
        action: in upper case: `ADD COLUMN`, `DROP INDEX`, `RENAME COLUMN`, `CHANGE TYPE`, `SET NOT NULL` …; `OTHER` where it is none of
            these.
        name: of the column, index, constraint or partition; blank where it has none.
        new_name: after a renaming.
        definition: the tokens behind the name.
        start: where the clause begins in the text of the script, counted from 0.
        tokens: all of them.
    """

    action: str
    name: str
    new_name: str
    definition: tuple[Token, ...]
    start: int
    tokens: tuple[Token, ...]

    @property
    def kind(self) -> str:
        """The kind of object it is about: `column`, `index`, `constraint`, `partition`; blank for none."""
        return _KINDS.get(self.action, "")

    def says(self, *words: str) -> bool:
        """Whether these words stand in its definition side by side, outside brackets."""
        seen = [token.word for _, token in outside(self.definition)]
        return any(seen[at : at + len(words)] == list(words) for at in range(len(seen)))


_KINDS: Final = {
    "ADD COLUMN": "column", "DROP COLUMN": "column", "SET UNUSED": "column", "CHANGE TYPE": "column", "RENAME COLUMN": "column",
    "SET NOT NULL": "column", "DROP NOT NULL": "column", "SET DEFAULT": "column", "DROP DEFAULT": "column",
    "ADD INDEX": "index", "ADD UNIQUE": "index", "DROP INDEX": "index", "RENAME INDEX": "index",
    "ADD PRIMARY KEY": "constraint", "ADD FOREIGN KEY": "constraint", "ADD CHECK": "constraint", "DROP CONSTRAINT": "constraint",
    "DROP PRIMARY KEY": "constraint", "DROP FOREIGN KEY": "constraint", "RENAME CONSTRAINT": "constraint", "ADD CONSTRAINT": "constraint",
    "ADD PARTITION": "partition", "DROP PARTITION": "partition", "TRUNCATE PARTITION": "partition",
}  # fmt: skip
_ACTIONS: Final = frozenset(("ADD", "DROP", "MODIFY", "CHANGE", "ALTER", "RENAME", "SET", "TRUNCATE"))
_OTHERS: Final = frozenset(
    [
        "ENGINE",
        "COMMENT",
        "AUTO_INCREMENT",
        "CHARSET",
        "CHARACTER",
        "COLLATE",
        "CONVERT",
        "ORDER",
        "ENABLE",
        "DISABLE",
        "OWNER",
        "ROW_FORMAT",
        "ALGORITHM",
        "LOCK",
        "FORCE",
        "EXCHANGE",
        "REORGANIZE",
        "COALESCE",
        "REBUILD",
        "OPTIMIZE",
        "ANALYZE",
        "CHECK",
        "REPAIR",
        "PARTITION",
        "REMOVE",
        "DISCARD",
        "IMPORT",
        "VALIDATE",
        "INHERIT",
        "ATTACH",
        "DETACH",
        "CLUSTER",
        "REPLICA",
        "MOVE",
        "SHRINK",
        "COMPRESS",
        "NOCOMPRESS",
        "LOGGING",
        "NOLOGGING",
        "PARALLEL",
        "NOPARALLEL",
        "CACHE",
        "NOCACHE",
        "SWITCH",
        "WITH",
        "NOCHECK",
        "SPLIT",
        "MERGE",
        "DEFAULT",
        "TABLESPACE",
        "STORAGE",
        "PCTFREE",
        "INITRANS",
        "READ",
        "KEY_BLOCK_SIZE",
        "STATS_PERSISTENT",
    ]
)
_PARTITIONS: Final = frozenset(("PARTITION", "SUBPARTITION"))


def clauses_of(tokens: Sequence[Token], start: int) -> tuple[Clause, ...]:
    """The clauses of an ALTER TABLE whose table's name ends before an index."""
    return tuple(clause for action in _actions(tokens[start:]) for clause in _clauses(action))


def _actions(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """The tokens of each clause with its action; SQL Server says ADD once for several columns, Oracle needs no commas."""
    before: list[Token] = []
    for part in (piece for comma in parts(tokens) for piece in _joined(comma)):
        if not part:
            continue
        first = part[0].word
        if first in _ACTIONS or first in _OTHERS or not before:
            before = _action_words(part)
            yield [*part]
        else:
            yield [*before, *part]


def _action_words(part: Sequence[Token]) -> list[Token]:
    """The words of a clause that hold for the entries of a list behind it."""
    if part[0].word == "DROP" and len(part) > 1 and part[1].word in ("COLUMN", "CONSTRAINT", "PARTITION"):
        return [*part[:2]]
    return [part[0]] if part[0].word in ("ADD", "DROP") else []


def _joined(part: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """The clauses that stand side by side without a comma, as Oracle takes them: `ADD (…) MODIFY (…)`."""
    cut = 0
    for index, token in outside(part):
        if index > cut and token.word in ("ADD", "DROP", "MODIFY") and part[index - 1].word == ")":
            yield part[cut:index]
            cut = index
    yield part[cut:]


def _clauses(tokens: list[Token]) -> Iterator[Clause]:
    match tokens[0].word:
        case "ADD":
            yield from _added(tokens)
        case "DROP":
            yield from _dropped(tokens)
        case "MODIFY" | "CHANGE":
            yield from _modified(tokens)
        case "ALTER":
            yield _altered(tokens)
        case "RENAME":
            yield _renamed(tokens)
        case "SET" if _word(tokens, 1) == "UNUSED":
            yield from _several("SET UNUSED", tokens, skip_words(tokens, 2, "COLUMN"))
        case "TRUNCATE" if _word(tokens, 1) in _PARTITIONS:
            yield from _several("TRUNCATE PARTITION", tokens, 2)
        case _:
            yield _clause("OTHER", tokens, len(tokens))


def _word(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].word if at < len(tokens) else ""


def _clause(action: str, tokens: Sequence[Token], at: int, new_name: str = "") -> Clause:
    """A clause whose name stands at an index."""
    name, after = name_at(tokens, at)
    return Clause(action, name, new_name, tuple(tokens[after:]), tokens[0].start, tuple(tokens))


def _several(action: str, tokens: Sequence[Token], at: int) -> Iterator[Clause]:
    """A clause for each name of a list, in brackets or not."""
    for name in listed(tokens, skip_words(tokens, at, "(")):
        yield Clause(action, name, "", (), tokens[0].start, tuple(tokens))


def _not_exists(tokens: Sequence[Token], at: int) -> int:
    return skip_words(tokens, at, "IF", "NOT", "EXISTS")


def _added(tokens: list[Token]) -> Iterator[Clause]:
    word = _word(tokens, 1)
    if word == "CONSTRAINT":
        yield _added_constraint(tokens)
    elif word in _PARTITIONS:
        yield _clause("ADD PARTITION", tokens, _not_exists(tokens, 2))
    elif action := _key_action(tokens, 1):
        yield _clause(action, tokens, _key_name_at(tokens))
    else:
        yield from _added_columns(tokens)


def _added_columns(tokens: list[Token]) -> Iterator[Clause]:
    at = _not_exists(tokens, skip_words(tokens, 1, "COLUMN"))
    if _word(tokens, at) != "(":
        yield _clause("ADD COLUMN", tokens, at)
        return
    for part in parts(tokens[at + 1 : behind(tokens, at) - 1]):
        if part:
            yield from _added([tokens[0], *part])


def _added_constraint(tokens: list[Token]) -> Clause:
    name, after = name_at(tokens, _not_exists(tokens, 2))
    if _key_action(tokens, 2):  # MySQL takes a constraint without a name
        name, after = "", 2
    action = _key_action(tokens, after) or "ADD CONSTRAINT"
    return Clause(action, name, "", tuple(tokens[after:]), tokens[0].start, tuple(tokens))


def _key_action(tokens: Sequence[Token], at: int) -> str:
    """What a key or constraint adds, by the words that begin it; blank where they begin no key."""
    word, following = _word(tokens, at), _word(tokens, at + 1)
    if word in ("PRIMARY", "FOREIGN") and following == "KEY":
        return f"ADD {word} KEY"
    if word == "UNIQUE":
        return "ADD UNIQUE"
    if word == "CHECK" and following == "(":
        return "ADD CHECK"
    return "ADD INDEX" if word in ("INDEX", "KEY", "FULLTEXT", "SPATIAL") else ""


def _key_name_at(tokens: Sequence[Token]) -> int:
    return _not_exists(tokens, skip_words(tokens, 2, "KEY", "INDEX", "CLUSTERED", "NONCLUSTERED"))


def _dropped(tokens: list[Token]) -> Iterator[Clause]:
    word, following = _word(tokens, 1), _word(tokens, 2)
    if word in ("PRIMARY", "FOREIGN") and following == "KEY":
        yield _clause(f"DROP {word} KEY", tokens, 3)
    elif word in ("INDEX", "KEY"):
        yield _clause("DROP INDEX", tokens, _not_exists(tokens, 2))
    elif word in ("CONSTRAINT", "CHECK", "UNIQUE"):
        yield _clause("DROP CONSTRAINT", tokens, _not_exists(tokens, skip_words(tokens, 2, "(")))
    elif word in _PARTITIONS:
        yield from _several("DROP PARTITION", tokens, 2)
    elif word == "UNUSED":
        yield _clause("DROP COLUMN", tokens, len(tokens))
    else:
        yield from _several("DROP COLUMN", tokens, _not_exists(tokens, skip_words(tokens, 1, "COLUMN")))


def _modified(tokens: list[Token]) -> Iterator[Clause]:
    at = skip_words(tokens, 1, "COLUMN")
    if _word(tokens, at) == "(":
        for part in parts(tokens[at + 1 : behind(tokens, at) - 1]):
            if part:
                yield from _modified([tokens[0], *part])
        return
    old, after = name_at(tokens, at)
    new, end = name_at(tokens, after) if tokens[0].word == "CHANGE" else (old, after)
    yield Clause(
        _modifies(tokens, end), old, new if new != old else "", tuple(tokens[end:]), tokens[0].start, tuple(tokens)
    )


def _modifies(tokens: Sequence[Token], at: int) -> str:
    """What Oracle's MODIFY does where it names no type."""
    words = (_word(tokens, at), _word(tokens, at + 1))
    if words == ("NOT", "NULL"):
        return "SET NOT NULL"
    if words[0] in ("NULL", ""):
        return "DROP NOT NULL"
    return "SET DEFAULT" if words[0] == "DEFAULT" else "CHANGE TYPE"


def _altered(tokens: list[Token]) -> Clause:
    if _word(tokens, 1) in ("INDEX", "CONSTRAINT", "CHECK"):
        return _clause("OTHER", tokens, 2)
    at = skip_words(tokens, 1, "COLUMN")
    _, after = name_at(tokens, at)
    words = [token.word for token in tokens[after : after + 3]]
    return _clause(_column_action(words), tokens, at)


def _column_action(words: Sequence[str]) -> str:
    for action in ("SET NOT NULL", "DROP NOT NULL", "SET DEFAULT", "DROP DEFAULT"):
        if [*words[: len(action.split())]] == action.split():
            return action
    return (
        "OTHER"
        if words[:1] in (["SET"], ["DROP"], ["ADD"], ["RESTART"], []) and words[1:2] != ["DATA"]
        else "CHANGE TYPE"
    )


def _renamed(tokens: list[Token]) -> Clause:
    word = _word(tokens, 1)
    to = find(tokens, 1, "TO")
    if word in ("TO", "AS"):
        name, _ = name_at(tokens, 2)
        return Clause("RENAME TABLE", "", name, (), tokens[0].start, tuple(tokens))
    if to < 0:
        name, _ = name_at(tokens, 1)
        return Clause("RENAME TABLE", "", name, (), tokens[0].start, tuple(tokens))
    action = {"INDEX": "RENAME INDEX", "KEY": "RENAME INDEX", "CONSTRAINT": "RENAME CONSTRAINT", "PARTITION": "OTHER"}
    new, _ = name_at(tokens, to + 1)
    return _clause(action.get(word, "RENAME COLUMN"), tokens, 2 if word in action or word == "COLUMN" else 1, new)


def words_of(clause: Clause) -> str:
    """The clause for people, shortened, strings left out."""
    return shown(clause.tokens, 8)


SERIAL: Final = frozenset(("SERIAL", "BIGSERIAL", "SMALLSERIAL"))


def needs_value(clause: Clause) -> bool:
    """Whether a new column must not be NULL and gets no value by itself."""
    words = {token.word for _, token in outside(clause.definition)}
    given = {"DEFAULT", "AUTO_INCREMENT", "GENERATED", "IDENTITY", "AS"} | SERIAL
    return clause.says("NOT", "NULL") and not words & given


def is_unique(clause: Clause) -> bool:
    """Whether a column's definition makes it unique."""
    return any(token.word == "UNIQUE" and token.kind is TokenKind.WORD for _, token in outside(clause.definition))
