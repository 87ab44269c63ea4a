"""Forward and back on PostgreSQL and MariaDB, where they are installed; each is started here on a socket in a temporary folder."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from undo_scripts import BASE, scripts

from relplan.sql import Dialect, read
from relplan.sql.undo import Level, as_text, propose

pytestmark = [pytest.mark.long, pytest.mark.skipif(os.name == "nt", reason="needs sockets in a folder")]

WAITS = 60
"""Seconds that a server gets to start."""


class Server(Protocol):
    """A database that scripts can be run on."""

    def reset(self) -> None: ...
    def run(self, sql: str) -> None: ...
    def dump(self) -> str: ...


def _account() -> dict[str, object]:
    """Whom a server runs as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return {}
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        pytest.skip("runs as root, and there is no account nobody to start a server as")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _folder(account: dict[str, object]) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="undo"))
    if account:
        os.chown(folder, account["user"], account["group"])  # type: ignore[call-overload]
    return folder


def _tool(name: str, *folders: str) -> str:
    path = os.pathsep.join([*folders, os.environ.get("PATH", ""), "/usr/sbin"])
    found = shutil.which(name, path=path)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def _call(command: list[str], text: str = "", **more: object) -> str:
    run = subprocess.run(command, input=text.encode(), capture_output=True, check=False, **more)  # type: ignore[call-overload]
    assert run.returncode == 0, f"{run.stderr.decode()}\n{text}"
    return run.stdout.decode()


class Postgres:
    """PostgreSQL in a folder of its own."""

    def __init__(self, folder: Path, bin_folder: str) -> None:
        self._folder = folder
        self._psql = [_tool("psql", bin_folder), "-X", "-q", "-v", "ON_ERROR_STOP=1", *self._at()]
        self._dump = [_tool("pg_dump", bin_folder), *self._at(), "--inserts"]

    def _at(self) -> list[str]:
        return ["-h", str(self._folder), "-U", "tester", "-d", "postgres"]

    def reset(self) -> None:
        self.run(
            "DROP SCHEMA IF EXISTS other CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE SCHEMA other;"
            + ";".join(BASE)
        )

    def run(self, sql: str) -> None:
        _call(self._psql, sql)

    def dump(self) -> str:
        lines = _call(self._dump).splitlines()
        return "\n".join(line for line in lines if line and not line.startswith(("--", "\\")))


@pytest.fixture(scope="module")
def postgres() -> Iterator[Server]:
    folders = (
        [str(each) for each in Path("/usr/lib/postgresql").glob("*/bin")]
        if Path("/usr/lib/postgresql").is_dir()
        else []
    )
    initdb, account = _tool("initdb", *folders), _account()
    folder = _folder(account)
    data = str(folder / "data")
    _call([initdb, "-D", data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync"], cwd=folder, **account)
    command = [_tool("postgres", *folders), "-D", data, "-k", str(folder), "-c", "listen_addresses=", "-c", "fsync=off"]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **account
    ) as server:  # type: ignore[call-overload]
        try:
            found = Postgres(folder, str(Path(initdb).parent))
            _wait(lambda: found.run("SELECT 1"), server)
            yield found
        finally:
            server.terminate()
    shutil.rmtree(folder, ignore_errors=True)


class MariaDB:
    """MariaDB in a folder of its own."""

    def __init__(self, socket: Path) -> None:
        self._client = [
            _tool("mariadb"),
            "--no-defaults",
            f"--socket={socket}",
            "-uroot",
            "--default-character-set=utf8mb4",
        ]
        self._dump = [
            _tool("mariadb-dump"),
            "--no-defaults",
            f"--socket={socket}",
            "-uroot",
            "--skip-comments",
            "--skip-extended-insert",
            "release",
        ]

    def reset(self) -> None:
        self.run("DROP DATABASE IF EXISTS `release`; CREATE DATABASE `release` CHARACTER SET utf8mb4;")
        self.run("USE `release`;" + ";".join(BASE))

    def run(self, sql: str) -> None:
        _call(self._client, sql)

    def dump(self) -> str:
        return re.sub(r" AUTO_INCREMENT=\d+", "", _call(self._dump))


@pytest.fixture(scope="module")
def mariadb() -> Iterator[Server]:
    install, account = _tool("mariadb-install-db"), _account()
    folder = _folder(account)
    data, socket = str(folder / "data"), folder / "s"
    _call(
        [install, "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal", "--skip-test-db"],
        cwd=folder,
        **account,
    )
    command = [
        _tool("mariadbd"),
        "--no-defaults",
        f"--datadir={data}",
        f"--socket={socket}",
        "--skip-networking",
        f"--pid-file={folder / 'pid'}",
        "--innodb-flush-log-at-trx-commit=0",
    ]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **account
    ) as server:  # type: ignore[call-overload]
        try:
            found = MariaDB(socket)
            _wait(lambda: found.run("SELECT 1"), server)
            yield found
        finally:
            server.terminate()
    shutil.rmtree(folder, ignore_errors=True)


def _wait(try_it: object, server: subprocess.Popen[bytes]) -> None:
    for _ in range(WAITS * 10):
        try:
            try_it()  # type: ignore[operator]
            return
        except AssertionError:
            if server.poll() is not None:
                pytest.skip(f"the server did not start; it ended with {server.returncode}")
            time.sleep(0.1)
    pytest.skip(f"the server did not answer within {WAITS} s")


def _there_and_back(server: Server, statements: list[str], dialect: Dialect, head: str = "") -> None:
    script = head + ";\n".join(statements) + ";\n"
    proposal = propose(read(script, dialect))
    assert {each.level for each in proposal.reversals} <= {Level.EXACT, Level.LOSSY}, script
    server.reset()
    before = server.dump()
    server.run(script)
    server.run(as_text(proposal, "zh"))
    assert server.dump() == before, script + as_text(proposal, "en")


MARIADB = [
    "ALTER TABLE person ADD CONSTRAINT c UNIQUE KEY `k 1` (name), ADD CONSTRAINT d UNIQUE (id, name), ADD FULLTEXT INDEX f (name), ADD CONSTRAINT e CHECK (id > 0)",
    "ALTER TABLE person RENAME COLUMN name TO title, ADD seen INT FIRST, ADD INDEX by_seen (seen), RENAME TO people",
    "CREATE SEQUENCE s START WITH 3; CREATE TABLE n (id INT DEFAULT nextval(s) PRIMARY KEY); INSERT INTO n VALUES (); UPDATE n SET id = 9",
    "CREATE TABLE copy LIKE person; INSERT INTO copy SELECT * FROM person; RENAME TABLE person TO old, copy TO person",
    "CREATE TABLE copy2 AS SELECT * FROM person; CREATE VIEW v AS SELECT * FROM copy2; ALTER TABLE copy2 ADD a INT; DROP VIEW v; DROP TABLE copy2",
    "INSERT INTO person (id, name, city) VALUES (5, 'a\\'b', 'x''y'), (6, '\\\\', NULL); INSERT INTO person SET id = 7, name = '--'",
    "ALTER TABLE product ADD serial INT NOT NULL AUTO_INCREMENT UNIQUE",
    "CREATE UNIQUE INDEX pair ON person (city, id); INSERT INTO person (city, id, name) VALUES ('k', 8, '/*'), ('k', 9, '*/')",
    "CREATE INDEX i ON person (name); ALTER TABLE person RENAME INDEX i TO j; ALTER TABLE person RENAME INDEX by_city TO k",
]
POSTGRES = [
    "ALTER TABLE person RENAME TO people; ALTER INDEX by_city RENAME TO by_town",
    "CREATE SEQUENCE s; ALTER TABLE person ADD number int DEFAULT nextval('s'); ALTER SEQUENCE s OWNED BY person.number",
    "ALTER TABLE public.person SET SCHEMA other; CREATE INDEX i ON other.person (name)",
    "CREATE TYPE mood AS ENUM ('a', 'b'); ALTER TYPE mood ADD VALUE 'c'; ALTER TABLE person ADD m mood; CREATE DOMAIN d AS int CHECK (VALUE > 0)",
    "CREATE MATERIALIZED VIEW mv AS SELECT id FROM person; CREATE UNIQUE INDEX i ON mv (id); REFRESH MATERIALIZED VIEW mv",
    "CREATE VIEW v AS SELECT id FROM person; ALTER VIEW v RENAME TO w; CREATE VIEW u AS SELECT * FROM w",
    "ALTER TABLE person ADD CONSTRAINT c UNIQUE (name), ADD CONSTRAINT e EXCLUDE USING btree (id WITH =), ADD extra serial; ALTER TABLE person RENAME CONSTRAINT c TO c2",
    "CREATE TABLE part (a int) PARTITION BY LIST (a); CREATE TABLE part1 PARTITION OF part FOR VALUES IN (1); INSERT INTO part VALUES (1)",
    "SELECT * INTO made FROM person; COMMENT ON TABLE made IS 'x'; GRANT SELECT ON made TO PUBLIC",
    "INSERT INTO person (id, name) VALUES (5, E'a\\'b'), (6, '\\'); ALTER TABLE product ADD CONSTRAINT u UNIQUE (price, stock); INSERT INTO product (code, price, stock) VALUES ('z', -9, 8)",
    'CREATE TABLE "We ""ird" ("Id" int PRIMARY KEY); ALTER TABLE "We ""ird" RENAME TO plain; CREATE INDEX "I x" ON plain ("Id")',
    "CREATE INDEX CONCURRENTLY slow ON public.person (name)",
    "BEGIN; ALTER TABLE person ADD a int; CREATE INDEX ia ON person (a); COMMIT",
]


@pytest.mark.parametrize("script", MARIADB)
def test_mariadb_takes_each_reverse(mariadb: Server, script: str) -> None:
    _there_and_back(mariadb, [script], Dialect.MYSQL, "USE `release`;\n")


@pytest.mark.parametrize("script", POSTGRES)
def test_postgres_takes_each_reverse(postgres: Server, script: str) -> None:
    _there_and_back(postgres, [script], Dialect.POSTGRES)


LIKELY_MARIADB = [
    "ALTER TABLE product ADD person INT, ADD CONSTRAINT fk FOREIGN KEY (person) REFERENCES person (id)",
    "CREATE TABLE bare (a INT NOT NULL); DROP TABLE bare; INSERT INTO product (code, price) VALUES ('y', 7)",
    "ALTER TABLE person ADD a INT; UPDATE person SET a = 1",
    "CREATE PROCEDURE p() SELECT 1; CREATE TRIGGER t BEFORE INSERT ON person FOR EACH ROW SET NEW.city = 'x'",
    "CREATE USER 'undo'@'localhost' IDENTIFIED BY 'x'; GRANT SELECT ON `release`.* TO 'undo'@'localhost'",
    "CREATE ROLE undo_role",
]
LIKELY_POSTGRES = [
    "ALTER TABLE person ALTER COLUMN name DROP NOT NULL",
    "ALTER TABLE product ALTER COLUMN price SET NOT NULL",
    "INSERT INTO product (code, price, stock) VALUES ('y', 7, NULL)",
    "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$; CREATE TRIGGER t BEFORE INSERT ON person FOR EACH ROW EXECUTE FUNCTION f()",
    "CREATE ROLE undo_role; GRANT SELECT, UPDATE (name) ON person TO undo_role WITH GRANT OPTION",
    "CREATE SCHEMA apart",
]


def _reverse_runs(server: Server, script: str, dialect: Dialect, head: str = "") -> tuple[str, str]:
    """The database before a script and after its way back; all steps have to run."""
    proposal = propose(read(f"{head}{script};\n", dialect))
    assert not any(each.level.needs_someone for each in proposal.reversals)
    server.reset()
    before = server.dump()
    server.run(f"{head}{script};\n")
    server.run(as_text(proposal, "en"))
    return before, server.dump()


@pytest.mark.parametrize("script", LIKELY_MARIADB)
def test_what_is_likely_runs_on_mariadb(mariadb: Server, script: str) -> None:
    before, after = _reverse_runs(mariadb, script, Dialect.MYSQL, "USE `release`;\n")
    assert before == after or "foreign" in script.lower()


@pytest.mark.parametrize("script", LIKELY_POSTGRES)
def test_what_is_likely_runs_on_postgres(postgres: Server, script: str) -> None:
    before, after = _reverse_runs(postgres, script, Dialect.POSTGRES)
    assert before == after


MANY = settings(max_examples=60, suppress_health_check=[*HealthCheck], report_multiple_bugs=False)


@MANY
@given(statements=scripts("postgres"))
def test_postgres_is_as_before_after_forward_and_reverse(postgres: Server, statements: list[str]) -> None:
    _there_and_back(postgres, statements, Dialect.POSTGRES)


@MANY
@given(statements=scripts("mysql"))
def test_mariadb_is_as_before_after_forward_and_reverse(mariadb: Server, statements: list[str]) -> None:
    _there_and_back(mariadb, statements, Dialect.MYSQL, "USE `release`;\n")
