"""What a script has made so far, by which names it goes, and what is saved before the release."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from typing import Final

from relplan.sql.dialects import Dialect
from relplan.sql.statements import Statement
from relplan.sql.undo.reversal import Backup, Context
from relplan.sql.undo.written import Key, Name
from relplan.sql.verbs import Kind

LONGEST_NAME: Final = {Dialect.MYSQL: 64, Dialect.POSTGRES: 63, Dialect.ORACLE: 30, Dialect.TSQL: 128}
"""Characters that the name of a table may have; 30 in the older versions of Oracle."""

Thing = tuple[Hashable, ...]
"""An object by its kind, where it is and its name."""


class Known:
    """What is known at a statement of a script from those before it."""

    def __init__(self, statements: Iterable[Statement], dialect: Dialect, suffix: str) -> None:
        self.context: Context = ()
        """The statements that chose the database and schema; none before the first."""
        self._dialect, self._suffix = dialect, suffix
        self._made: dict[Thing, int] = {}
        self._count = 0
        self._gone: set[int] = set()
        self._first: dict[Thing, Name] = {}
        self._keys: dict[Thing, list[tuple[str, ...]]] = {}
        self._indexes: dict[int, tuple[Thing, set[str]]] = {}
        self._backups: dict[Thing, Backup] = {}
        self._copies: Counter[str] = Counter()
        self._touched = Counter(
            each.name.lower().replace("..", ".")
            for statement in statements
            if statement.kind in (Kind.DML, Kind.DDL)
            for each in statement.objects
            if each.kind == "table"
        )

    # Tables

    def table(self, name: Name) -> Thing:
        """A table or anything else that has a name in a schema, wherever it stands in the script."""
        return ("table", () if len(name.key) > 1 else self.context, *name.key)

    def within(self, table: Name, kind: str, key: Hashable) -> Thing:
        """A column, index or constraint of a table."""
        first = self._first.get(self.table(table), table)
        return (kind, self.table(first), self._made.get(self.table(table), 0), key)

    def renamed_table(self, old: Name, new: Name) -> int:
        """Note that a table has another name; which made object it is, 0 for none."""
        first = self._first.pop(self.table(old), old)
        self._first[self.table(new)] = first
        return self.renamed(self.table(old), self.table(new))

    # What the script makes

    def make(self, thing: Thing, *, is_lasting: bool = True) -> int:
        """Note that the script has made something, for good or for the session alone; the number it goes by."""
        self._count += 1
        self._made[thing] = self._count
        if not is_lasting:
            self._gone.add(self._count)
        return self._count

    def made(self, thing: Thing) -> int:
        """The number of something that the script has made; 0 where it has not."""
        return self._made.get(thing, 0)

    def renamed(self, old: Thing, new: Thing) -> int:
        """Note that something has another name; its number, 0 where the script has not made it."""
        number = self._made.pop(old, 0)
        self._made.pop(new, None)
        if number:
            self._made[new] = number
        return number

    def renamed_columns(self, table: Name, names: Mapping[Key, Key]) -> None:
        """Note that columns of a table have other names, all at once."""
        things = {self.within(table, "column", old): self.within(table, "column", new) for old, new in names.items()}
        taken = {new: number for old, new in things.items() if (number := self._made.pop(old, 0))}
        self._made.update(taken)
        plain = {old[-1]: new[-1] for old, new in names.items() if old and new}
        here = self.within(table, "table", "")
        for number, (thing, columns) in self._indexes.items():
            if thing == here:
                self._indexes[number] = (thing, {plain.get(column, column) for column in columns})
        keys = self.within(table, "keys", "")
        self._keys[keys] = [tuple(plain.get(column, column) for column in key) for key in self._keys.get(keys, [])]

    def drop(self, thing: Thing) -> bool:
        """Note that something is gone; whether the script had made it itself."""
        number = self._made.pop(thing, 0)
        self._first.pop(thing, None)
        self._forget_keys(thing)
        if number:
            self._gone.add(number)
        return bool(number)

    def is_gone(self, number: int) -> bool:
        """Whether what the script made under a number is dropped again in it."""
        return number in self._gone

    # Keys

    def learn_key(self, table: Name, columns: tuple[str, ...]) -> None:
        """Note that these columns are unique in a table."""
        if columns:
            self._keys.setdefault(self.within(table, "keys", ""), []).append(columns)

    def keys(self, table: Name) -> list[tuple[str, ...]]:
        """The columns known to be unique in a table."""
        return self._keys.get(self.within(table, "keys", ""), [])

    def _forget_keys(self, gone: Thing) -> None:
        """Forget the keys that may have gone with something: with a column those on it, with anything else any."""
        kind, *_, name = gone
        for keys in self._keys.values():
            keys[:] = [key for key in keys if kind == "column" and name not in {(column,) for column in key}]

    # Indexes

    def learn_index(self, number: int, table: Name, columns: Iterable[str]) -> None:
        """Note which columns an index or constraint is on that the script has made under a number."""
        self._indexes[number] = (self.within(table, "table", ""), {*columns})

    def drop_from_indexes(self, table: Name, column: str) -> None:
        """Note that a column is gone, and with it the indexes on it; in MySQL they keep their other columns."""
        here = self.within(table, "table", "")
        for number, (thing, columns) in self._indexes.items():
            if thing == here and column in columns:
                columns.discard(column)
                if not columns or self._dialect is not Dialect.MYSQL:
                    self._gone.add(number)

    # Backups

    def backup(self, table: Name, number: int, condition: str = "", source: str = "") -> tuple[Backup, ...]:
        """A copy of a table as it was before the script; none of one that the script has made.

        Args:
            table: by its name at the statement.
            number: of the statement.
            condition: which rows, where nothing else in the script is about the table: ` WHERE …`.
            source: what stands behind the table's name, such as a partition.
        """
        if not table.raw or self.made(self.table(table)):
            return ()
        before = self._first.get(self.table(table), table)
        alone = self._touched[_plain(table)] <= 1
        thing = (*self.table(before), source)
        if thing not in self._backups:
            self._backups[thing] = self._backup(before, number, source + (condition if alone else ""))
        return (self._backups[thing],)

    def _backup(self, table: Name, number: int, behind: str) -> Backup:
        suffix = f"_bak_{self._suffix}_{number}" if self._suffix else f"_bak_{number}"
        self._copies[table.raw + suffix] += 1
        if (count := self._copies[table.raw + suffix]) > 1:  # of several partitions
            suffix += f"_{count}"
        copy = table.ending(suffix, LONGEST_NAME[self._dialect])
        sql = f"CREATE TABLE {copy} AS SELECT * FROM {table.raw}{behind}"
        if self._dialect is Dialect.TSQL:
            sql = f"SELECT * INTO {copy} FROM {table.raw}{behind}"
        return Backup(table.raw, copy, sql, self.context)


def _plain(name: Name) -> str:
    """The name as the objects of a statement are named."""
    return ".".join(name.key).lower()
