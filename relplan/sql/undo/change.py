"""A clause of an ALTER TABLE with all that its reverse is made of."""

from __future__ import annotations

from msgspec import Struct

from relplan.sql.alters import Clause
from relplan.sql.dialects import Dialect
from relplan.sql.names import name_at, skip_words
from relplan.sql.undo.objects import index_thing
from relplan.sql.undo.reversal import Answer, Level, asks, runs
from relplan.sql.undo.subject import Subject, definition_source
from relplan.sql.undo.written import NO_NAME, Name, bracket_behind, has_words, name_in, plain_columns


class Change(Struct, frozen=True):
    """A clause of an ALTER TABLE with its statement, the table by the name it had before, and the clause's name as written."""

    subject: Subject
    clause: Clause
    table: Name
    name: Name

    @property
    def head(self) -> str:
        """How a statement about the table begins."""
        return f"ALTER TABLE {self.table.raw} "

    def runs(self, level: Level, words: str, of: int = 0) -> Answer:
        """An answer that is one clause; MySQL's stay one statement, for they all speak of the table as it was: columns may swap names."""
        return runs(level, self.head + words, of=of, head=self.head if self.subject.dialect is Dialect.MYSQL else "")

    def make(self, kind: str) -> int:
        """Note that the clause makes its object; for an index or constraint, on which columns. 0 where it may be older."""
        if self.is_conditional:
            return 0
        number = self.subject.known.make(self.thing(kind, self.name))
        if kind != "column" and (columns := self.columns()):
            self.subject.known.learn_index(number, self.table, columns)
        return number

    @property
    def is_conditional(self) -> bool:
        """Whether it may have done nothing because its object was there."""
        return has_words(self.clause.tokens, "IF", "NOT", "EXISTS")

    def columns(self) -> tuple[str, ...]:
        """The columns in the first brackets of the clause, to be compared."""
        tokens = self.clause.tokens
        return plain_columns(tokens, bracket_behind(tokens, 0), self.subject.dialect)

    def learn_key(self, columns: tuple[str, ...]) -> None:
        """Note that columns are unique from here on."""
        if not self.is_conditional:
            self.subject.known.learn_key(self.table, columns)

    def thing(self, kind: str, name: Name) -> tuple[object, ...]:
        """An object of the table."""
        if kind == "index":
            return index_thing(self.subject, name, self.table)
        return self.subject.known.within(self.table, kind, name.key)

    def made(self, kind: str) -> int:
        """The number of the clause's object, where the script has made it."""
        return self.subject.known.made(self.thing(kind, self.name))

    def was(self, words: str, *, is_saved: bool = False) -> Answer:
        """A gap for a clause that brings back what was; with a copy of the table where its rows are at stake."""
        source = definition_source(self.subject.dialect, "table", self.table)
        zh, en = (
            f"{self.head}{words} …：原定义发布前用 {source} 取得",
            f"{self.head}{words} …: get its definition before the release with {source}",
        )
        return asks(zh, en, *(self.subject.backup(self.table) if is_saved else ()))


def written_name(clause: Clause, dialect: Dialect) -> Name:
    """The name that a clause is about as it is written."""
    if not clause.name:
        return NO_NAME
    for at in range(1, len(clause.tokens)):
        if name_at(clause.tokens, at)[0] == clause.name:
            return name_in(clause.tokens, at, dialect)[0]
    return NO_NAME


def new_name(clause: Clause, dialect: Dialect) -> Name:
    """The name that a clause gives as it is written."""
    if clause.tokens[0].word == "CHANGE":
        old = skip_words(clause.tokens, 1, "COLUMN")
        return name_in(clause.tokens, name_at(clause.tokens, old)[1], dialect)[0]
    for at in range(len(clause.tokens) - 1, 0, -1):
        start = at - 2 * clause.new_name.count(".")
        if start > 0 and name_at(clause.tokens, start)[0] == clause.new_name:
            return name_in(clause.tokens, start, dialect)[0]
    return NO_NAME
