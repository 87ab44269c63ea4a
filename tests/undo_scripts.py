"""Scripts that run on a small database, made up by Hypothesis: what they do to what, as SQLite, PostgreSQL or MariaDB take it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import strategies as st

BASE = [
    "CREATE TABLE person (id INT PRIMARY KEY, name VARCHAR(20) NOT NULL, city VARCHAR(20))",
    "CREATE TABLE product (code VARCHAR(10) PRIMARY KEY, price INT, stock INT)",
    "CREATE INDEX by_city ON person (city)",
    "INSERT INTO person (id, name, city) VALUES (1, '张三', 'Singapore'), (2, 'O''Neil', NULL)",
    "INSERT INTO product (code, price, stock) VALUES ('a', 1, 2), ('b', 3, 4)",
]
"""The database before a script."""


@dataclass
class Table:
    """A table while a script is made up."""

    name: str
    columns: list[str]
    key: str
    indexes: list[str] = field(default_factory=list)
    is_new: bool = True
    is_viewed: bool = False
    is_swapped: bool = False
    last_id: int = 10


@dataclass
class World:
    """The database while a script is made up, and the statements so far."""

    draw: Callable
    flavour: str
    tables: list[Table] = field(default_factory=list)
    views: list[str] = field(default_factory=list)
    sequences: list[str] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)
    count: int = 0

    def fresh(self, stem: str) -> str:
        """A name that nothing has; now and then one in quotes."""
        self.count += 1
        quote = '"' if self.flavour != "mysql" else "`"
        if self.draw(st.integers(0, 4)) == 0:
            return f"{quote}{stem} {self.count}{quote}"
        return f"{stem}_{self.count}"

    def run(self, sql: str) -> None:
        """Add a statement."""
        self.statements.append(sql)

    def any_table(self) -> Table:
        """One of the tables."""
        return self.draw(st.sampled_from(self.tables))

    def free_table(self) -> Table | None:
        """One of the tables that no view stands on."""
        free = [table for table in self.tables if not table.is_viewed]
        return self.draw(st.sampled_from(free)) if free else None


def create_table(world: World) -> None:
    name, key = world.fresh("t"), world.draw(st.sampled_from(["id", "no"]))
    world.run(f"CREATE TABLE {name} ({key} INT PRIMARY KEY, a INT, b VARCHAR(30) DEFAULT 'x;y')")
    world.tables.append(Table(name, [key, "a", "b"], key))


def add_column(world: World) -> None:
    table, name = world.any_table(), world.fresh("c")
    kind = world.draw(st.sampled_from(["INT", "VARCHAR(10) DEFAULT 'a''b'", "INT NOT NULL DEFAULT 0"]))
    world.run(f"ALTER TABLE {table.name} ADD COLUMN {name} {kind}")
    table.columns.append(name)


def drop_own_column(world: World) -> None:
    if (table := world.free_table()) is None:
        return
    name = world.fresh("gone")
    world.run(f"ALTER TABLE {table.name} ADD COLUMN {name} INT")
    if world.flavour != "sqlite" and world.draw(st.booleans()):
        others = world.draw(st.sampled_from([[], [table.columns[0]]]))
        world.run(f"CREATE INDEX {world.fresh('x')} ON {table.name} ({', '.join([name, *others])})")
    if world.draw(st.booleans()):
        new = world.fresh("gone")
        world.run(f"ALTER TABLE {table.name} RENAME COLUMN {name} TO {new}")
        name = new
    world.run(f"ALTER TABLE {table.name} DROP COLUMN {name}")


def rename_column(world: World) -> None:
    if (table := world.free_table()) is None:
        return
    old, new = world.draw(st.sampled_from(table.columns[1:])), world.fresh("r")
    world.run(f"ALTER TABLE {table.name} RENAME COLUMN {old} TO {new}")
    table.columns[table.columns.index(old)] = new


def rename_table(world: World) -> None:
    if (table := world.free_table()) is None:
        return
    new = world.fresh("n")
    world.run(f"ALTER TABLE {table.name} RENAME TO {new}")
    table.name = new


def create_index(world: World) -> None:
    table, name = world.any_table(), world.fresh("i")
    unique, column = world.draw(st.sampled_from([("", table.columns[1]), ("UNIQUE ", table.key)]))
    world.run(f"CREATE {unique}INDEX {name} ON {table.name} ({column})")
    table.indexes.append(name)


def drop_own_index(world: World) -> None:
    table = world.any_table()
    if not table.indexes:
        return
    name = table.indexes.pop()
    world.run(f"DROP INDEX {name} ON {table.name}" if world.flavour == "mysql" else f"DROP INDEX {name}")


def create_view(world: World) -> None:
    table, name = world.any_table(), world.fresh("v")
    world.run(f"CREATE VIEW {name} AS SELECT {table.columns[0]} FROM {table.name}")
    table.is_viewed = True
    world.views.append(name)


def drop_own_view(world: World) -> None:
    if world.views:
        world.run(f"DROP VIEW {world.views.pop()}")


def drop_own_table(world: World) -> None:
    free = [table for table in world.tables if table.is_new and not table.is_viewed]
    if free:
        table = world.draw(st.sampled_from(free))
        world.tables.remove(table)
        world.run(f"DROP TABLE {table.name}")


def insert(world: World) -> None:
    table = world.any_table()
    if table.is_new:
        table.last_id += 1
        world.run(f"INSERT INTO {table.name} VALUES ({table.last_id}, {', '.join('1' for _ in table.columns[1:])})")
    elif table.key == "id" and "name" in table.columns and not table.is_swapped:
        rows = []
        for _ in range(world.draw(st.integers(1, 3))):
            table.last_id += 1
            rows.append(f"({table.last_id}, 'x;''{table.last_id}')")
        world.run(f"INSERT INTO {table.name} (id, name) VALUES {', '.join(rows)}")


def change_own_rows(world: World) -> None:
    own = [table for table in world.tables if table.is_new]
    if own:
        table = world.draw(st.sampled_from(own))
        verb = world.draw(
            st.sampled_from([f"UPDATE {table.name} SET {table.columns[1]} = 2", f"DELETE FROM {table.name}"])
        )
        world.run(verb)


def swap_names(world: World) -> None:
    """Several clauses or pairs in one statement, where the database takes them."""
    table = world.free_table()
    if world.flavour != "mysql" or table is None or len(table.columns) < 3:
        return
    one, two = table.columns[1:3]
    if world.draw(st.booleans()):
        world.run(f"ALTER TABLE {table.name} RENAME COLUMN {one} TO {two}, RENAME COLUMN {two} TO {one}")
        table.columns[1:3], table.is_swapped = [two, one], True
    else:
        new, index = world.fresh("n"), world.fresh("i")
        world.run(f"RENAME TABLE {table.name} TO {new}, {new} TO {table.name}")
        world.run(f"ALTER TABLE {table.name} ADD x{world.count} INT FIRST, ADD INDEX {index} ({one})")
        table.columns.append(f"x{world.count}")
        table.indexes.append(index)


def constrain(world: World) -> None:
    """A named constraint, index or sequence beyond what SQLite knows."""
    table, name = world.any_table(), world.fresh("k")
    if world.flavour == "sqlite":
        return
    what = world.draw(st.sampled_from(["unique", "check", "sequence", "rename", "foreign"]))
    if what == "unique":
        world.run(f"ALTER TABLE {table.name} ADD CONSTRAINT {name} UNIQUE ({table.key}, {table.columns[1]})")
    elif what == "check":
        world.run(f"ALTER TABLE {table.name} ADD CONSTRAINT {name} CHECK ({table.key} IS NOT NULL)")
    elif what == "sequence":
        world.run(f"CREATE SEQUENCE {name} START WITH 5")
    elif what == "rename" and table.indexes:
        old = table.indexes.pop()
        table.indexes.append(name)
        is_mysql = world.flavour == "mysql"
        world.run(
            f"ALTER TABLE {table.name} RENAME INDEX {old} TO {name}"
            if is_mysql
            else f"ALTER INDEX {old} RENAME TO {name}"
        )
    elif what == "foreign" and world.flavour == "postgres":
        column = world.fresh("f")
        world.run(
            f"ALTER TABLE {table.name} ADD COLUMN {column} INT, ADD CONSTRAINT {name} FOREIGN KEY ({column}) REFERENCES {world.tables[0].name}"
        )
        table.columns.append(column)


ACTIONS = [
    create_table, add_column, drop_own_column, rename_column, rename_table, create_index, drop_own_index, create_view, drop_own_view,
    drop_own_table, insert, change_own_rows, swap_names, constrain,
]  # fmt: skip


@st.composite
def scripts(draw: Callable, flavour: str) -> list[str]:
    """The statements of a script that runs on `BASE`; everything in it can be taken back."""
    world = World(draw, flavour)
    world.tables = [
        Table("person", ["id", "name", "city"], "id", is_new=False),
        Table("product", ["code", "price", "stock"], "code", is_new=False),
    ]
    for action in draw(st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=14)):
        action(world)
    return world.statements
