"""The reverse of statements about whole objects: CREATE, DROP, RENAME, TRUNCATE, and ALTER of anything but a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from relplan.sql.dialects import Dialect
from relplan.sql.names import find, parts, skip_words
from relplan.sql.tokens import Token, TokenKind
from relplan.sql.undo.reversal import Answer, Level, asks, runs, together
from relplan.sql.undo.subject import GOES_WITH_TABLE, Subject, definition_gap
from relplan.sql.undo.written import NO_NAME, Name, find_words, has_words, name_in, plain_columns, word_at

_LEVELS: Final = {
    "TABLE": Level.LOSSY, "FOREIGN TABLE": Level.EXACT, "EXTERNAL TABLE": Level.EXACT,
    "VIEW": Level.EXACT, "MATERIALIZED VIEW": Level.EXACT, "SEQUENCE": Level.EXACT, "SYNONYM": Level.EXACT,
    "TYPE": Level.EXACT, "DOMAIN": Level.EXACT,
    "EXTENSION": Level.LIKELY, "SCHEMA": Level.LIKELY, "PROCEDURE": Level.LIKELY, "FUNCTION": Level.LIKELY,
    "PACKAGE": Level.LIKELY, "PACKAGE BODY": Level.LIKELY, "TRIGGER": Level.LIKELY, "EVENT": Level.LIKELY,
    "ROLE": Level.LIKELY, "LOGIN": Level.LIKELY,
}  # fmt: skip
"""How sure DROP is, where CREATE has made something new."""

_SQL_CODE: Final = frozenset(("PROCEDURE", "FUNCTION", "PACKAGE", "PACKAGE BODY", "TRIGGER", "EVENT"))


def created(subject: Subject) -> Answer | None:
    """The reverse of a CREATE."""
    thing = subject.statement.verb.removeprefix("CREATE ")
    if thing == "INDEX":
        return _created_index(subject)
    if thing == "USER":
        return _created_users(subject)
    name, end = subject.main()
    if thing == "TABLE" and (is_temporary(subject) or not name.is_lasting):
        subject.known.make(subject.known.table(name), is_lasting=False)
        return None
    level = _LEVELS.get(thing)
    if name == NO_NAME or (level is None and thing not in ("DATABASE", "TABLESPACE")):
        return Answer(Level.UNKNOWN)
    drop = _drop_words(subject, thing, name, end)
    if level is None or (thing == "SCHEMA" and subject.dialect is Dialect.MYSQL):
        return asks(f"确认 {name.raw} 中没有要保留的内容后：{drop}", f"once nothing in {name.raw} is needed: {drop}")
    if subject.is_conditional or subject.may_replace:
        return _maybe_there(subject, thing, name, drop)
    made = subject.known.make(_thing(subject, thing, name))
    return _with_note(thing, name, runs(level, drop, of=made))


def is_temporary(subject: Subject) -> bool:
    """Whether a CREATE or DROP is about a table of the session; Oracle's and SQL Server's global ones last."""
    words = {token.word for token in subject.tokens[: subject.behind]}
    return bool(words & {"TEMPORARY", "TEMP"}) and subject.dialect is not Dialect.ORACLE


def _thing(subject: Subject, thing: str, name: Name) -> tuple[object, ...]:
    plain = subject.known.table(name)
    return plain if thing.endswith(("TABLE", "VIEW")) else (thing, *plain)


def _drop_words(subject: Subject, thing: str, name: Name, end: int) -> str:
    public = "PUBLIC " if thing == "SYNONYM" and "PUBLIC" in subject.head else ""
    words = f"DROP {public}{thing} {name.raw}"
    if thing == "TRIGGER" and subject.dialect is Dialect.POSTGRES:
        on = find(subject.tokens, end, "ON")
        return f"{words} ON {subject.name(on + 1)[0].raw}"
    return words


def _created_users(subject: Subject) -> Answer:
    """MySQL makes several at once, whose names may be strings and have a host."""
    at = skip_words(subject.tokens, subject.behind, "IF", "NOT", "EXISTS")
    names = [_account(part) for part in parts(subject.tokens[at:])]
    if not all(names):
        return Answer(Level.UNKNOWN)
    drop = f"DROP USER {', '.join(names)}"
    if subject.is_conditional or subject.may_replace:
        return asks(f"仅当它在发布前不存在：{drop}", f"only if it was not there before: {drop}")
    return runs(Level.LIKELY, drop).noting(*_PRIVILEGES_FIRST)


_PRIVILEGES_FIRST: Final = ("先收回它得到的权限和它拥有的对象", "take back its privileges and what it owns first")


def _account(tokens: Sequence[Token]) -> str:
    """The account that begins a definition: `u`, `'u'@'%'`."""
    if not tokens or tokens[0].kind not in (TokenKind.WORD, TokenKind.NAME, TokenKind.STRING):
        return ""
    if len(tokens) < 2 or not tokens[1].text.startswith("@"):
        return tokens[0].text
    host = tokens[2].text if tokens[1].text == "@" and len(tokens) > 2 else ""
    return tokens[0].text + tokens[1].text + host


def _with_note(thing: str, name: Name, answer: Answer) -> Answer:
    if thing == "TABLE":
        return answer.noting("发布后写入该表的数据会丢失", "rows written to the table since are lost")
    if thing in _SQL_CODE:
        return answer.noting("它运行时改动的数据不会恢复", "what it has changed when it ran stays")
    if thing in ("ROLE", "LOGIN"):
        return answer.noting(*_PRIVILEGES_FIRST)
    if answer.level is Level.LIKELY:
        return answer.noting(
            f"发布后放进 {name.raw} 的内容会妨碍删除", f"what was put into {name.raw} since stands in the way"
        )
    return answer


def _maybe_there(subject: Subject, thing: str, name: Name, drop: str) -> Answer:
    if subject.known.made(_thing(subject, thing, name)):
        return GOES_WITH_TABLE
    if subject.may_replace:
        gap = definition_gap(subject, thing.lower(), name)
        zh, en = f"若 {name.raw} 在发布前不存在：{drop}", f"if {name.raw} was not there before: {drop}"
        return together([gap, asks(zh, en)])
    backups = subject.backup(name) if thing == "TABLE" else ()
    zh = f"仅当 {name.raw} 在发布前不存在：{drop}"
    return asks(zh, f"only if {name.raw} was not there before: {drop}", *backups).noting(
        "IF NOT EXISTS：对象可能发布前就有，删除会毁掉它",
        "IF NOT EXISTS: it may be older than the release, and dropping it would destroy it",
    )


# Indexes


def _created_index(subject: Subject) -> Answer:
    on = find(subject.tokens, subject.behind, "ON")
    name, end = subject.main()
    table, behind = subject.name(skip_words(subject.tokens, on + 1, "ONLY"))
    if on < 0 or table == NO_NAME:
        return Answer(Level.UNKNOWN)
    if name == NO_NAME or end > on:
        return _unnamed_index(subject, table)
    columns = plain_columns(subject.tokens, behind, subject.dialect)
    if "UNIQUE" in subject.head and not subject.is_conditional and find(subject.tokens, behind, "WHERE") < 0:
        subject.known.learn_key(table, columns)
    thing = index_thing(subject, name, table)
    if subject.known.made(subject.known.table(table)):
        subject.known.make(thing)
        return GOES_WITH_TABLE
    drop = _drop_index(subject, name, table)
    if subject.is_conditional or subject.may_replace:
        return _maybe_there(subject, "INDEX", name, drop)
    made = subject.known.make(thing)
    if columns:
        subject.known.learn_index(made, table, columns)
    return runs(Level.EXACT, drop, of=made)


def _unnamed_index(subject: Subject, table: Name) -> Answer:
    if subject.known.made(subject.known.table(table)):
        return GOES_WITH_TABLE
    zh = f"DROP INDEX：索引没有命名，发布后在 {table.raw} 上查出数据库给它的名称"
    return asks(zh, f"DROP INDEX: it has no name; after the release look up which name {table.raw} has it by")


def index_thing(subject: Subject, name: Name, table: Name) -> tuple[object, ...]:
    """An index as the script knows it: in MySQL and SQL Server its name belongs to the table."""
    if subject.dialect in (Dialect.MYSQL, Dialect.TSQL):
        return subject.known.within(table, "index", name.key)
    return ("index", *subject.known.table(_index_name(subject, name, table))[1:])


def _index_name(subject: Subject, name: Name, table: Name) -> Name:
    """PostgreSQL keeps an index in the schema of its table."""
    if subject.dialect is not Dialect.POSTGRES or len(name.key) > 1 or table == NO_NAME:
        return name
    return Name(table.beside(name.raw), name.last, (*table.key[:-1], *name.key))


def _drop_index(subject: Subject, name: Name, table: Name) -> str:
    if subject.dialect in (Dialect.MYSQL, Dialect.TSQL):
        return f"DROP INDEX {name.raw} ON {table.raw}"
    slowly = "CONCURRENTLY " if "CONCURRENTLY" in subject.head else ""
    return f"DROP INDEX {slowly}{_index_name(subject, name, table).raw}"


# DROP, TRUNCATE


def dropped(subject: Subject) -> Answer | None:
    """The reverse of a DROP: a gap for the definition, and a copy of the rows."""
    thing = subject.statement.verb.removeprefix("DROP ")
    if thing in ("DATABASE", "TABLESPACE") or (thing == "SCHEMA" and subject.dialect is Dialect.MYSQL):
        return Answer(Level.NONE).noting(
            "只能从发布前的完整备份恢复", "only a full backup made before the release can bring it back"
        )
    names = subject.names(skip_words(subject.tokens, subject.behind, "CONCURRENTLY", "IF", "EXISTS"))
    if not names:
        return Answer(Level.UNKNOWN)
    found = [answer for name in names if (answer := _dropped_one(subject, thing, name))]
    if not found:
        return None if is_temporary(subject) or not names[0].is_lasting else GOES_WITH_TABLE
    answer = together(reversed(found))
    if "CASCADE" in [token.word for token in subject.tokens]:
        return answer.noting("CASCADE 连带删除的对象也要恢复", "what CASCADE dropped with it has to come back too")
    return answer


def _dropped_one(subject: Subject, thing: str, name: Name) -> Answer | None:
    table = _table_of(subject, thing)
    known = index_thing(subject, name, table) if thing == "INDEX" else _thing(subject, thing, name)
    backups = subject.backup(name) if thing == "TABLE" else ()
    if subject.known.drop(known) or is_temporary(subject) or not name.is_lasting:
        return None
    answer = definition_gap(subject, thing.lower(), name, table, *backups)
    if has_words(subject.tokens[: subject.behind + 2], "IF", "EXISTS"):
        return answer.noting(
            f"若 {name.raw} 在发布前不存在则无需恢复", f"not needed if {name.raw} was not there before"
        )
    return answer


def _table_of(subject: Subject, thing: str) -> Name:
    on = find(subject.tokens, subject.behind, "ON") if thing in ("INDEX", "TRIGGER") else -1
    return subject.name(on + 1)[0] if on > 0 else NO_NAME


def truncated(subject: Subject) -> Answer | None:
    """The reverse of a TRUNCATE: the rows, from a copy."""
    names = [name for name in subject.names(subject.behind) if name.is_lasting]
    return together(refill(subject, name) for name in reversed(names)) if names else None


def refill(subject: Subject, table: Name, source: str = "") -> Answer:
    """A gap for rows that are gone: put back from the copy made before the release."""
    if subject.known.made(subject.known.table(table)):
        return GOES_WITH_TABLE
    [backup] = subject.backup(table, source=source)
    sql = f"INSERT INTO {table.raw} SELECT * FROM {backup.name}"
    return asks(f"从备份恢复 {table.raw} 的数据：{sql}", f"the rows of {table.raw} from the copy: {sql}", backup)


# RENAME


def renamed(subject: Subject) -> Answer:
    """The reverse of RENAME TABLE: its pairs from the last to the first."""
    answers = [_renamed_pair(subject, part) for part in parts(subject.tokens[subject.behind :])]
    return together(reversed(answers))


def _renamed_pair(subject: Subject, tokens: Sequence[Token]) -> Answer:
    old, _ = name_in(tokens, skip_words(tokens, 0, "IF", "EXISTS"), subject.dialect)
    new, _ = name_in(tokens, find(tokens, 0, "TO") + 1, subject.dialect)
    if NO_NAME in (old, new):
        return Answer(Level.UNKNOWN)
    of = subject.known.renamed_table(old, new)
    head = "RENAME TABLE " if subject.dialect is Dialect.MYSQL else ""
    answer = runs(Level.EXACT, f"{head or 'RENAME '}{new.raw} TO {old.raw}", of=of, head=head)
    return _if_exists(answer) if has_words(tokens[:2], "IF", "EXISTS") else answer


def _if_exists(answer: Answer) -> Answer:
    return answer.noting("IF EXISTS：若当时没有执行则跳过", "IF EXISTS: skip it if it did nothing then", Level.LIKELY)


def altered(subject: Subject) -> Answer:
    """The reverse of ALTER of anything but a table: renaming can be told from the statement, the rest cannot."""
    thing = subject.statement.verb.removeprefix("ALTER ")
    name, end = subject.main()
    if name == NO_NAME:
        return Answer(Level.UNKNOWN)
    if thing == "DATABASE":
        return asks(f"{name.raw} 的原设置", f"the settings of {name.raw} as they were")
    if word_at(subject.tokens, end) == "RENAME" and word_at(subject.tokens, end + 1) == "TO":
        return _altered_name(subject, thing, name, subject.name(end + 2)[0])
    made = subject.known.made(_thing(subject, thing, name))
    if made and thing == "SEQUENCE" and find_words(subject.tokens, "OWNED", "BY") > 0:
        return runs(Level.EXACT, f"ALTER SEQUENCE {name.raw} OWNED BY NONE", of=made)
    return GOES_WITH_TABLE if made else definition_gap(subject, thing.lower(), name)


def _altered_name(subject: Subject, thing: str, old: Name, new: Name) -> Answer:
    if new == NO_NAME:
        return Answer(Level.UNKNOWN)
    now = Name(old.beside(new.raw), new.last, new.key if len(new.key) > 1 else (*old.key[:-1], *new.key))
    if thing == "INDEX":
        of = subject.known.renamed(index_thing(subject, old, NO_NAME), index_thing(subject, now, NO_NAME))
    else:
        of = subject.known.renamed(_thing(subject, thing, old), _thing(subject, thing, now))
    answer = runs(Level.EXACT, f"ALTER {thing} {now.raw} RENAME TO {old.last}", of=of)
    return _if_exists(answer) if has_words(subject.tokens[: subject.behind + 2], "IF", "EXISTS") else answer


def commented(subject: Subject) -> Answer:
    """The reverse of COMMENT ON: the comment that was there, unless the table is new."""
    at = subject.behind + 1
    name, _ = subject.name(at)
    if subject.known.made(subject.known.table(name)) or _is_new_column(subject, name):
        return GOES_WITH_TABLE
    return asks(f"{name.raw} 原来的注释（COMMENT ON）", f"the comment that {name.raw} had before (COMMENT ON)")


def _is_new_column(subject: Subject, name: Name) -> bool:
    if word_at(subject.tokens, subject.behind) != "COLUMN" or len(name.key) < 2:
        return False
    table = Name(name.prefix[:-1], name.prefix[:-1].rpartition(".")[2], name.key[:-1])
    column = subject.known.within(table, "column", name.key[-1:])
    return bool(subject.known.made(subject.known.table(table)) or subject.known.made(column))


def tables_in(subject: Subject) -> Iterator[Name]:
    """The tables that an UPDATE, DELETE, MERGE or the like changes, as they are written."""
    wanted = {each.name for each in subject.statement.objects if each.kind == "table"}
    at = 0
    while wanted and at < len(subject.tokens):
        name, end = subject.name(at)
        plain = ".".join(token.name for token in subject.tokens[at:end] if token.word != ".") if end > at else ""
        if plain in wanted:
            wanted.discard(plain)
            yield name
        at = max(end, at + 1)
