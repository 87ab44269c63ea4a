"""A script: its statements with their dangers, each at its place. Text is only read, never run."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from relplan.errors import Place, ReadError, problem
from relplan.patterns import regex
from relplan.sql.dangers import Danger, DangerKind, Flaw
from relplan.sql.dialects import TRAITS, Dialect
from relplan.sql.facts import Fact, facts_of
from relplan.sql.splitter import Piece, PieceKind, split
from relplan.sql.statements import Statement, client_statement, statement_of
from relplan.sql.tokens import FULL_WIDTH, Lexer, Lines, Token, TokenKind
from relplan.sql.verbs import Kind


class Script(Struct, frozen=True):
    """What was read of a text.

    Attributes:
        name: of its file, blank for a text without one.
        dialect: as which it was read.
        statements: in their order, lines for a client program among them.
        loose: dangers that belong to no statement, such as an invisible character in between.
        encoding: of its bytes; blank for a text.
        text: as it was read.
    """

    name: str
    dialect: Dialect
    statements: tuple[Statement, ...]
    loose: tuple[Danger, ...] = ()
    encoding: str = ""
    text: str = ""

    @property
    def dangers(self) -> tuple[Danger, ...]:
        """All dangers, by place."""
        found = [*self.loose, *(danger for each in self.statements for danger in each.dangers)]
        return tuple(sorted(found, key=lambda danger: (danger.place.line, danger.place.column)))


def read(text: str, dialect: Dialect = Dialect.MYSQL, name: str = "") -> Script:
    """The statements and dangers of any text; `name` stands in the places."""
    return _Reading(text, dialect, name).script()


def read_bytes(data: bytes, dialect: Dialect = Dialect.MYSQL, name: str = "") -> Script:
    """The same of a file's bytes.

    Raises:
        ReadError: the bytes are no text in a known encoding.
    """
    text, encoding = decode(data, name)
    return replace(read(text, dialect, name), encoding=encoding)


_MARKS: Final = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_HEAD: Final = 4096
_NO_TEXT: Final = regex("[\0-\x07]")


def decode(data: bytes, name: str = "") -> tuple[str, str]:
    """The text of a script and its encoding: `utf-8`, `utf-8-sig` (with a byte order mark), `utf-16…`, else `gb18030`.

    Raises:
        ReadError: it is in none of them.
    """
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _NO_TEXT.search(text):
            return text, encoding
    zh, en = "不是文本文件，或编码无法识别；请另存为 UTF-8", "this is no text in a known encoding; save it as UTF-8"
    raise ReadError(problem(zh, en, name))


def _encodings(data: bytes) -> tuple[str, ...]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return (encoding,)
    head = data[:_HEAD]
    if b"\0" in head:
        return ("utf-16-le",) if head[1::2].count(0) > head[::2].count(0) else ("utf-16-be",)
    return "utf-8", "gb18030"


class _Reading:
    """Brings the pieces of a text, its flaws and the facts of its statements together."""

    def __init__(self, text: str, dialect: Dialect, name: str) -> None:
        self._text, self._dialect, self._name = text, dialect, name
        self._lines = Lines(text)

    def script(self) -> Script:
        cut = split(self._text, self._dialect)
        statements = list(self._statements(cut.pieces))
        facts = [list(facts_of(each, self._dialect)) for each in statements]
        _forgive_new_tables(statements, facts)
        for index, fact in _neighbours(statements, self._dialect):
            facts[index].append(fact)
        loose = self._share(cut.flaws, statements, facts)
        complete = (
            replace(each, dangers=tuple(self._dangers(found))) for each, found in zip(statements, facts, strict=True)
        )
        return Script(self._name, self._dialect, tuple(complete), tuple(self._dangers(loose)), text=self._text)

    def _place(self, start: int) -> Place:
        line, column = self._lines.at(start)
        return Place(self._name, line=line, column=column)

    def _statements(self, pieces: Sequence[Piece]) -> Iterator[Statement]:
        for piece in pieces:
            place = self._place(piece.start)
            if piece.kind is PieceKind.STATEMENT and piece.tokens:
                yield statement_of(piece.tokens, piece.text, place, piece.start, piece.ending, piece.is_unit)
            elif piece.kind is PieceKind.CLIENT and piece.order:
                tokens = _tokens(piece.text, self._dialect) if piece.order.verb == "EXEC" else ()
                yield client_statement(piece.order, tokens, piece.text, place, piece.start)

    def _share(self, flaws: Sequence[Flaw], statements: Sequence[Statement], facts: list[list[Fact]]) -> list[Fact]:
        """Give each flaw to the statement it stands in; those in between are left over."""
        left: list[Fact] = []
        at = 0
        for flaw in flaws:
            while at < len(statements) and statements[at].start + len(statements[at].text) <= flaw.start:
                at += 1
            inside = at < len(statements) and statements[at].start <= flaw.start
            (facts[at] if inside else left).append(self._fact(flaw))
        return left

    def _fact(self, flaw: Flaw) -> Fact:
        subject = flaw.text.strip()
        words = subject[:40]
        if flaw.kind is DangerKind.INVISIBLE:
            subject = words = f"U+{ord(flaw.text):04X}"
        elif flaw.kind is DangerKind.FULL_WIDTH:
            words = f"{flaw.text} → {FULL_WIDTH[flaw.text]}"
        elif flaw.kind in (DangerKind.RUN_TOGETHER, DangerKind.NOT_TERMINATED):
            words = subject = " ".join(
                self._text[flaw.start : min(flaw.into or len(self._text), flaw.start + 60)].split()
            )[:40]
        into = str(self._lines.at(flaw.into)[0]) if flaw.into else ""
        return Fact(flaw.kind, subject, words, flaw.start, into)

    def _dangers(self, facts: list[Fact]) -> Iterator[Danger]:
        for fact in sorted(dict.fromkeys(facts), key=lambda each: (each.start, each.kind.value)):
            place = self._place(fact.start)
            yield Danger(fact.kind, fact.subject, fact.words, place, fact.other, fact.count, fact.inside)


_OF_DATA: Final = frozenset(
    (DangerKind.ADD_UNIQUE, DangerKind.ADD_NOT_NULL, DangerKind.SET_NOT_NULL, DangerKind.BLOCKING_INDEX)
)
"""The dangers that come from what a table already holds."""


def _forgive_new_tables(statements: Sequence[Statement], facts: list[list[Fact]]) -> None:
    """A table that the script itself has just made holds nothing yet."""
    made: set[str] = set()
    for statement, found in zip(statements, facts, strict=True):
        tables = {each.name.lower() for each in statement.objects if each.kind == "table"}
        if statement.verb == "CREATE TABLE" and not any(token.word == "EXISTS" for token in statement.tokens[:6]):
            made |= tables
        elif tables & made:
            found[:] = [fact for fact in found if fact.kind not in _OF_DATA]


def _tokens(text: str, dialect: Dialect) -> list[Token]:
    lexer, at, found = Lexer(text, dialect), 0, []
    while at < len(text):
        token = lexer.at(at)
        at = token.end
        if token.kind not in (TokenKind.SPACE, TokenKind.COMMENT) and token.word != ";":
            found.append(token)
    return found


def _neighbours(statements: Sequence[Statement], dialect: Dialect) -> Iterator[tuple[int, Fact]]:
    """The dangers of a statement that its neighbours make."""
    if not TRAITS[dialect].transactional_ddl:
        yield from _in_transactions(statements, dialect)
    for index, (before, here) in enumerate(itertools.pairwise(statements), 1):
        if here.verb == "/" and here.kind is Kind.CLIENT and before.ending == ";" and before.kind is not Kind.CLIENT:
            yield index, Fact(DangerKind.RUN_TWICE, before.verb, before.verb, here.start)


_ENDS: Final = frozenset(("COMMIT", "ROLLBACK", "ABORT"))


def _in_transactions(statements: Sequence[Statement], dialect: Dialect) -> Iterator[tuple[int, Fact]]:
    """The DDL between the beginning of a transaction and its end; Oracle begins one with the first change of data."""
    waiting: list[int] = []
    is_open = False
    for index, each in enumerate(statements):
        if each.verb in _ENDS:
            if each.verb == "ROLLBACK" or dialect is Dialect.MYSQL:
                yield from ((at, _committed(statements[at])) for at in waiting)
            waiting, is_open = [], False
        elif _begins(each, dialect):
            is_open = True
        elif is_open and each.kind in (Kind.DDL, Kind.DCL) and not _stays_temporary(each):
            waiting.append(index)
    yield from ((at, _committed(statements[at])) for at in waiting if dialect is Dialect.MYSQL)


def _begins(statement: Statement, dialect: Dialect) -> bool:
    if dialect is Dialect.ORACLE:
        return statement.kind is Kind.DML or statement.verb in ("SET TRANSACTION", "SAVEPOINT")
    words = [token.word or token.text for token in statement.tokens]
    return statement.verb == "BEGIN" or (words[:3] == ["SET", "AUTOCOMMIT", "="] and words[3:] in (["0"], ["OFF"]))


def _stays_temporary(statement: Statement) -> bool:
    return any(token.word == "TEMPORARY" for token in statement.tokens[: statement.behind_verb])


def _committed(statement: Statement) -> Fact:
    name = statement.objects[0].name if statement.objects else ""
    return Fact(DangerKind.DDL_IN_TRANSACTION, name, f"{statement.verb} {name}".strip(), statement.start)
