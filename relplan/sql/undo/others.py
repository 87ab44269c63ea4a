"""The reverse of statements that are neither about whole objects nor about rows: privileges, queries, settings, calls, clients."""

from __future__ import annotations

from typing import Final

from relplan.sql.clients import INCLUDES
from relplan.sql.dialects import Dialect
from relplan.sql.names import find, shown
from relplan.sql.tokens import TokenKind
from relplan.sql.undo.reversal import Answer, Level, asks, runs
from relplan.sql.undo.subject import GOES_WITH_TABLE, Subject
from relplan.sql.undo.written import NO_NAME, has_words, spelled, word_at

_SENT: Final = Answer(Level.NONE).noting("已经发出的收不回来", "what has gone out does not come back")


def granted(subject: Subject) -> Answer:
    """The reverse of GRANT: REVOKE of the same."""
    to = find(subject.tokens, subject.behind, "TO")
    on = find(subject.tokens, subject.behind, "ON")
    end = find(subject.tokens, to, "WITH", "IDENTIFIED", "REQUIRE", "GRANTED", "AS")
    what = spelled(subject.tokens[subject.behind : to])
    whom = spelled(subject.tokens[to + 1 : end if end > 0 else None])
    if to < 0 or not what or not whom or word_at(subject.tokens, end) in ("IDENTIFIED", "REQUIRE"):
        return Answer(Level.UNKNOWN)
    if on > 0 and subject.known.made(subject.known.table(subject.name(on + 1)[0])):
        return GOES_WITH_TABLE
    return runs(Level.LIKELY, f"REVOKE {what} FROM {whom}").noting(
        "发布前就有的权限也会被收回", "privileges that were there before are taken back too"
    )


def revoked(subject: Subject) -> Answer:
    """The reverse of REVOKE and of whatever else changes accounts: it takes what was there before."""
    words = spelled(subject.tokens[subject.behind : subject.behind + 8])
    return asks(f"恢复发布前的账号和权限：{words}", f"the accounts and privileges as they were: {words}")


def account(subject: Subject) -> Answer:
    """The reverse of ALTER USER and the like, which may hold passwords: nothing of it is shown."""
    words = shown(subject.tokens, subject.behind + 1)
    return asks(f"恢复原来的设置：{words}", f"the settings as they were: {words}")


def queried(subject: Subject) -> Answer | None:
    """A query changes nothing, unless it makes a table, writes a file or moves a sequence on."""
    into = find(subject.tokens, 0, "INTO")
    if into >= 0 and subject.dialect in (Dialect.POSTGRES, Dialect.TSQL):
        return _selected_into(subject, into)
    if into >= 0 and word_at(subject.tokens, into + 1) in ("OUTFILE", "DUMPFILE"):
        return Answer(Level.NONE).noting("写出的文件要另行删除", "the file that it writes is to be deleted by hand")
    for index, token in enumerate(subject.tokens):
        if token.word == "SETVAL" and word_at(subject.tokens, index + 1) == "(":
            words = spelled(subject.tokens[index : index + 6])
            return asks(f"序列原来的值（{words}）", f"the value that the sequence had before ({words})")
    return None


def _selected_into(subject: Subject, into: int) -> Answer | None:
    at = into + 1
    is_temporary = word_at(subject.tokens, at) in ("TEMPORARY", "TEMP")
    while word_at(subject.tokens, at) in ("TEMPORARY", "TEMP", "UNLOGGED", "TABLE"):
        at += 1
    name, _ = subject.name(at)
    if name == NO_NAME:
        return Answer(Level.UNKNOWN)
    made = subject.known.make(subject.known.table(name))
    if is_temporary or not name.is_lasting:
        return None
    return runs(Level.LOSSY, f"DROP TABLE {name.raw}", of=made).noting(
        "发布后写入该表的数据会丢失", "rows written to the table since are lost"
    )


_LASTING: Final = (("SET", "GLOBAL"), ("SET", "PERSIST"), ("ALTER", "SYSTEM"))
_FINAL: Final = frozenset(("PURGE", "KILL", "SHUTDOWN", "RESTORE"))
_UNKNOWN: Final = frozenset(("INSTALL", "CHANGE", "STOP", "DBCC", "RECONFIGURE", "AUDIT", "NOAUDIT", "DECLARE"))


def used(subject: Subject) -> Answer | None:
    """The reverse of a utility statement: settings of the server last, most others change nothing."""
    verb = subject.statement.verb
    if any(has_words(subject.tokens[:2], *words) for words in _LASTING):
        words = spelled(subject.tokens[:6])
        return asks(f"恢复服务器原来的设置：{words}", f"the setting of the server as it was: {words}")
    if verb == "NOTIFY":
        return _SENT
    if verb in _FINAL or (verb == "RESET" and subject.dialect is Dialect.MYSQL):
        return Answer(Level.NONE)
    return Answer(Level.UNKNOWN) if verb in _UNKNOWN - {"DECLARE"} else None


_MAILS: Final = ("sp_send_dbmail", "send_mail")


def called(subject: Subject) -> Answer:
    """The reverse of a call: only of renaming by `sp_rename` is it known what it did."""
    name = subject.statement.objects[0].name.lower() if subject.statement.objects else ""
    if name.endswith("sp_rename"):
        return _sp_renamed(subject)
    return _SENT if name.endswith(_MAILS) else Answer(Level.UNKNOWN)


def _sp_renamed(subject: Subject) -> Answer:
    rest = [token for token in subject.tokens[subject.behind + 1 :] if token.word not in (",", "N")]
    texts = [token.text[1:-1] for token in rest if token.kind is TokenKind.STRING]
    if len(texts) < 2 or any(not text or set(text) & set("'\"[]") for text in texts) or len(texts) != len(rest):
        return Answer(Level.UNKNOWN)
    path, _, old = texts[0].rpartition(".")
    now = f"{path}.{texts[1]}" if path else texts[1]
    more = "".join(f", '{text}'" for text in texts[2:])
    return runs(Level.EXACT, f"EXEC sp_rename '{now}', '{old}'{more}")


def ordered(subject: Subject) -> Answer | None:
    """A line for a client: another file may do anything, most others change nothing."""
    verb = subject.statement.verb
    if verb in INCLUDES:
        return Answer(Level.UNKNOWN).noting(
            "它执行的文件要另外生成回退建议", "the file that it runs wants a proposal of its own"
        )
    copies = verb == "\\COPY" and " from " in f" {subject.statement.text.lower()} "
    return Answer(Level.UNKNOWN) if copies or verb in ("\\!", "HOST", "SYSTEM") else None
