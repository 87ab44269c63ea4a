"""What the cell of a DDL or DML column holds: statements, names of files, a link, a ticket, a bare yes, or something else."""

from __future__ import annotations

import re
from enum import Enum
from typing import Final, NamedTuple

from relplan.model.text import NO, YES, is_none_word
from relplan.patterns import regex
from relplan.sql.dialects import Dialect
from relplan.sql.script import Script, read
from relplan.sql.splitter import PieceKind, split
from relplan.sql.statements import Column, Statement, column_of
from relplan.sql.tokens import BLANK, Lexer, TokenKind
from relplan.sql.verbs import Kind, verb_of


class CellKind(Enum):
    """What a cell of SQL holds."""

    BLANK = "blank"
    NONE = "none"
    """A word that says there is none: 无, N/A, `-`."""
    YES = "yes"
    NO = "no"
    SQL = "sql"
    FILES = "files"
    LINK = "link"
    TICKET = "ticket"
    ATTACHMENT = "attachment"
    """A pointer to something that is not here: 见附件, see attachment."""
    NUMBER = "number"
    PROSE = "prose"

    def __str__(self) -> str:
        return str(self.value)


class Cell(NamedTuple):
    """What a cell holds: its text without outer blanks, the files, links or tickets it names, and what was read of its SQL."""

    kind: CellKind
    text: str = ""
    names: tuple[str, ...] = ()
    script: Script | None = None

    @property
    def files(self) -> tuple[str, ...]:
        """The names of scripts among them."""
        return self.names if self.kind in (CellKind.FILES, CellKind.ATTACHMENT) else ()


_LINK: Final = regex(r"(?:https?|ftp|file|svn|git)://[^\s，。；、）]+", re.IGNORECASE)
_FILE: Final = regex(r"[^\s,，;；、|\"'“”‘’<>（）()]*\.sql\b", re.IGNORECASE)
_TICKET: Final = regex(r"(?<![\w-])(?:[A-Z][A-Z0-9]{1,9}-\d+|#\d+)(?![\w-])")
_ATTACHED: Final = regex(r"见\s*附|附件|附录|见邮件|见文档|見附|如附|\battach|\bappendix\b|\bsee\s+(?:the\s+)?(?:mail|doc|file|sheet)", re.IGNORECASE)  # fmt: skip
_NUMBER: Final = regex(r"\d+(?:\.\d+)?(?:\s*[个条份])?")
_BETWEEN_NAMES: Final = regex(r"(?:\s|[,，;；、|\"'“”‘’<>（）()和及与和:：]|\d+[.、)）](?=\s*\S)|脚本|文件|执行|sql|scripts?|files?|run)*", re.IGNORECASE)  # fmt: skip


def cell_of(text: str, dialect: Dialect = Dialect.MYSQL) -> Cell:
    """What the text of a cell is; a cell that holds SQL beside anything else is SQL."""
    text = text.strip()
    if not text:
        return Cell(CellKind.BLANK)
    if is_none_word(text):
        return Cell(CellKind.NONE, text)
    if text in YES or text in NO:
        return Cell(CellKind.YES if text in YES else CellKind.NO, text)
    if files := _names_only(text):
        return Cell(CellKind.FILES, text, files)
    script = read(text, dialect)
    if any(map(is_sure, script.statements)):
        return Cell(CellKind.SQL, text, script=script)
    return _pointer(text)


_LONGEST_LIST: Final = 2000
"""Characters of a list of files at most; a longer text is read as SQL first."""


def _names_only(text: str) -> tuple[str, ...]:
    """The files that a text names, where it says nothing else: `grant.sql` is no statement, though it begins with a verb."""
    if len(text) > _LONGEST_LIST or "://" in text:
        return ()
    files = _FILE.findall(text)
    return tuple(dict.fromkeys(files)) if files and _only(text, files) else ()


def is_sure(statement: Statement) -> bool:
    """Whether a statement is one, and not prose that begins with a word of SQL."""
    if statement.kind in (Kind.UTILITY, Kind.TCL):
        return statement.ending == ";"
    return statement.column is not None


def _pointer(text: str) -> Cell:
    """What a text without SQL points at."""
    if links := _LINK.findall(text):
        return Cell(CellKind.LINK, text, tuple(links))
    files = _FILE.findall(text)
    if files and "\n" not in text:
        return Cell(CellKind.FILES, text, tuple(dict.fromkeys(files)))
    if _ATTACHED.search(text):
        return Cell(CellKind.ATTACHMENT, text, tuple(dict.fromkeys(files)))
    if (tickets := _TICKET.findall(text)) and _only(text, tickets):
        return Cell(CellKind.TICKET, text, tuple(dict.fromkeys(tickets)))
    if _NUMBER.fullmatch(text):
        return Cell(CellKind.NUMBER, text)
    return Cell(CellKind.FILES, text, tuple(dict.fromkeys(files))) if files else Cell(CellKind.PROSE, text)


def _only(text: str, names: list[str]) -> bool:
    """Whether the text says nothing but these names."""
    for name in names:
        text = text.replace(name, " ", 1)
    return _BETWEEN_NAMES.fullmatch(text) is not None


class Sorted(NamedTuple):
    """The statements of a cell by their column, each as it stood, with the comments before it; blank for none."""

    ddl: str
    dml: str


def sorted_statements(text: str, dialect: Dialect = Dialect.MYSQL) -> Sorted | None:
    """The statements of a cell; None where it holds no statement that is known (a file's name, a link, 是).

    What belongs to no statement (a comment, `USE`, `COMMIT`) stays with the one after it, at the end with the one before.
    """
    boxes: dict[Column, list[str]] = {"ddl": [], "dml": []}
    waiting: list[str] = []
    last: Column | None = None
    for part, column in _parts(text, dialect):
        if part:
            waiting.append(part)
        if column:
            boxes[column] += waiting
            waiting, last = [], column
    if last is None:
        return None
    boxes[last] += waiting
    return Sorted("\n".join(boxes["ddl"]), "\n".join(boxes["dml"]))


def _parts(text: str, dialect: Dialect) -> list[tuple[str, Column | None]]:
    """The pieces of a text with their columns; a comment on the line of a statement belongs to it."""
    found: list[tuple[str, Column | None]] = []
    for piece in split(text, dialect).pieces:
        column: Column | None = None
        part = piece.text
        if piece.kind is PieceKind.STATEMENT:
            verb = verb_of(piece.tokens, piece.is_unit)
            column = column_of(verb.kind, verb.words)
        elif piece.kind is PieceKind.BETWEEN and found:
            beside = _beside(part, dialect)
            found[-1] = (found[-1][0] + part[:beside].rstrip(), found[-1][1])
            part = part[beside:]
        found.append((part.strip(), column))
    return found


def _beside(text: str, dialect: Dialect) -> int:
    """Where the short comments end that stand on the first line of what follows a statement."""
    lexer, at = Lexer(text, dialect), 0
    while at < len(text):
        token = lexer.at(at)
        if token.kind not in BLANK or (token.kind is not TokenKind.SPACE and "\n" in token.text):
            return at
        if "\n" in token.text:
            return at + token.text.index("\n")
        at = token.end
    return at
