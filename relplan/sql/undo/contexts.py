"""In which database and schema each statement runs, and how the way back gets there again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec.structs import replace

from relplan.sql.statements import Statement
from relplan.sql.undo.reversal import Context, Reversal
from relplan.sql.verbs import Kind

_SCHEMA_WORDS: Final = ("SEARCH_PATH", "SCHEMA")
_CONNECTS: Final = frozenset(("\\C", "\\CONNECT", "CONN", "CONNECT", ":CONNECT"))


class Contexts:
    """Follows a script from one database and schema to the next."""

    def __init__(self) -> None:
        self._database, self._schema = "", ""
        self._before_local: str | None = None

    def behind(self, statement: Statement) -> Context:
        """Where the statements behind this one run, and it itself."""
        if _chooses_database(statement):
            self._database = statement.body.strip()
            self._schema, self._before_local = "", None
        elif _chooses_schema(statement):
            if statement.tokens[1].word == "LOCAL" and self._before_local is None:
                self._before_local = self._schema
            self._schema = statement.body
        elif statement.verb in ("COMMIT", "ROLLBACK") and self._before_local is not None:
            self._schema, self._before_local = self._before_local, None
        return (self._database, self._schema) if self._database or self._schema else ()


def _chooses_database(statement: Statement) -> bool:
    if statement.kind is Kind.CLIENT:
        return statement.verb in _CONNECTS
    return statement.verb == "USE" and statement.kind is Kind.UTILITY


def _chooses_schema(statement: Statement) -> bool:
    words = [token.word for token in statement.tokens[:4]]
    if words[:1] == ["SET"]:
        return any(word in _SCHEMA_WORDS for word in words[1:3])
    return words == ["ALTER", "SESSION", "SET", "CURRENT_SCHEMA"]


def in_context(reversals: Iterable[Reversal]) -> Iterator[Reversal]:
    """The reversals with what to run before each to be where its statement was.

    What runs in the database or schema of the connection must not run in one that the script has chosen since: no
    statement leads back there, so it is withheld.
    """
    here: Context = ("", "")
    for each in reversals:
        wanted = each.context or ("", "")
        database, schema = wanted
        is_lost = (here[0] and not database) or (here[1] and not schema and database == here[0])
        if not each.answer.steps or is_lost:
            answer = each.answer.withheld(*_LOST) if each.answer.steps else each.answer
            yield replace(each, context=(), answer=answer)
        else:
            yield replace(each, context=_way(here, wanted))
            here = wanted


def _way(here: Context, there: Context) -> Context:
    """What leads from one place to another."""
    if here[0] != there[0]:
        return tuple(word for word in there if word)
    return (there[1],) if here[1] != there[1] else ()


_LOST: Final = (
    "原语句在连接时的数据库（模式）中执行，脚本后来换了：先切换回去",
    "its statement ran in the database or schema of the connection, before the script chose another: go back there first",
)
