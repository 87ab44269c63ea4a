"""Lines that are no SQL but orders to a client program: sqlplus, psql, mysql, sqlcmd."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from relplan.patterns import regex
from relplan.sql.dialects import Dialect

_MYSQL, _POSTGRES, _ORACLE, _TSQL = Dialect
_ALL: Final = frozenset(Dialect)


class ClientLine(NamedTuple):
    """An order to a client, as it stands on its line.

    Attributes:
        verb: its first word, upper case; `@`, `/` and `\\i` as they are.
        argument: what follows, such as a file or the new delimiter.
        text: the whole line without its end.
        dialects: whose clients know it.
    """

    verb: str
    argument: str
    text: str
    dialects: frozenset[Dialect]


_SETTINGS: Final = (
    "appinfo|arraysize|autop?rint|autocommit\\s+o|autotrace|cmdsep|colsep|concat|define|echo|embedded|escape|feed(?:back)?|flush|"
    "head(?:ing|sep)?|lines(?:ize)?|long(?:chunksize)?|newpage|null|num(?:format|width)|pages(?:ize)?|pause|scan|"
    "serverout(?:put)?|showmode|sqlbl(?:anklines)?|sqlcase|sqlprompt|sqlterminator|suffix|tab|term(?:out)?|time|timi(?:ng)?|"
    "trim(?:out|spool)?|trims|underline|ver(?:ify)?|wrap|xquery"
)
_ORDERS: Final = tuple(
    (regex(pattern, re.IGNORECASE), dialects)
    for pattern, dialects in (
        (r"(delimiter)[ \t]++([^\s]++)[^\r\n]*+", frozenset((_MYSQL,))),
        (r"(go)(?:[ \t]+(\d+))?[ \t]*+;?[ \t]*+(?=\r|\n|--|\Z)", frozenset((_TSQL,))),
        (r"(/)()[ \t]*+(?=\r|\n|\Z)", frozenset((_ORACLE,))),
        (r"(@@?)([^\s@=,();']+)[^\r\n]*+", frozenset((_ORACLE,))),
        (r"(start)[ \t]++([^\s;=]+(?:\.sql\b|\.\w+))[^\r\n]*+", frozenset((_ORACLE,))),
        (r"(source|\\\.)[ \t]++([^\r\n;]+?)[ \t]*+;?[ \t]*+(?=\r|\n|\Z)", frozenset((_MYSQL,))),
        (r"(\\(?:[a-z_]+[+!]?|[!?]))[ \t]*+([^\r\n]*+)", frozenset((_POSTGRES,))),
        (r"(:(?:r|setvar|connect|on|out|error|exit|quit|list|reset))\b[ \t]*+([^\r\n]*+)", frozenset((_TSQL,))),
        (r"(rem(?:ark)?|prompt)\b()[^\r\n]*+", frozenset((_ORACLE,))),
        (r"(\.)()[ \t]*+(?=\r|\n|\Z)", frozenset((_ORACLE,))),
        (r"(spool|whenever|undefine|accept|pause|host|column|ttitle|btitle)\b(?!\s*[=(,])()[^\r\n]*+", frozenset((_ORACLE,))),
        (rf"(set)[ \t]++((?:{_SETTINGS})\b)(?!\s*=)[^\r\n]*+", frozenset((_ORACLE,))),
        (r"(define|variable|var)[ \t]++(\w+)[^\r\n]*+", frozenset((_ORACLE,))),
        (r"(show)[ \t]++(err(?:ors)?|con_name|user)\b[^\r\n]*+", frozenset((_ORACLE,))),
        (r"(conn(?:ect)?)[ \t]++([^\s;]+)[^\r\n]*+", frozenset((_ORACLE,))),
        (r"(exit|quit|disconnect|disc)\b[ \t]*+(\w*)[ \t]*+;?[ \t]*+(?=\r|\n|\Z)", frozenset((_ORACLE, _MYSQL))),
        (r"(tee|notee|pager|nopager|warnings|nowarning|rehash|system)\b(?!\s*[=(,.])[ \t]*+([^\r\n]*+)", frozenset((_MYSQL,))),
    )
)  # fmt: skip
_MAYBE: Final = regex(
    r"[/@\\:.]|(?:delimiter|go|start|source|rem|prompt|spool|whenever|undefine|accept|pause|host|column|ttitle|btitle|set|define|var|"
    r"show|conn|exit|quit|disc|tee|notee|pager|nopager|warnings|nowarning|rehash|system)",
    re.IGNORECASE,
)
"""How any of them begins."""

_EXEC: Final = regex(r"(exec(?:ute)?)[ \t]++((?:[^\r\n-]++|-(?![ \t]*+\r?\n)|-[ \t]*+\r?\n)*+)", re.IGNORECASE)
"""A call from SQL*Plus; a hyphen at the end of its line goes on with the next."""

BATCH_END: Final = regex(r"go(?:[ \t]+\d+)?[ \t]*+(?=\r|\n|--|\Z)", re.IGNORECASE)
"""`GO` on a line of its own."""

SLASH: Final = regex(r"/[ \t]*+(?=\r|\n|\Z)")
"""`/` on a line of its own."""

INCLUDES: Final = frozenset(
    ("SOURCE", "\\.", "@", "@@", "START", "\\I", "\\IR", "\\INCLUDE", "\\INCLUDE_RELATIVE", ":R")
)
"""The orders that run another file."""


def client_line(text: str, start: int, dialect: Dialect) -> ClientLine | None:
    """The order to a client that begins at a place where a line and a statement may begin, if one stands there."""
    if dialect is Dialect.ORACLE and (found := _EXEC.match(text, start)):
        return ClientLine("EXEC", found[2], found.group(), _ALL)
    if not _MAYBE.match(text, start):
        return None
    for pattern, dialects in _ORDERS:
        if found := pattern.match(text, start):
            return ClientLine(found[1].upper(), (found[2] or "").strip(), found.group(), dialects)
    return None
