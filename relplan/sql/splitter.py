"""Cuts a text into statements, lines for a client program, data, and what stands between; the pieces joined are the text.

No statement is understood here, only where it ends. Any text is taken; what is wrong with it is told as flaws.
"""

from __future__ import annotations

import itertools
import re
from enum import Enum
from typing import Final

from msgspec import Struct

from relplan.patterns import regex
from relplan.sql.bodies import UNITS, Body, first_words, is_unit
from relplan.sql.clients import BATCH_END, SLASH, ClientLine, client_line
from relplan.sql.dangers import DangerKind, Flaw
from relplan.sql.dialects import TRAITS, Dialect
from relplan.sql.starts import DOERS, STARTERS, starts_new
from relplan.sql.tokens import BLANK, Lexer, Token, TokenKind, begins_line, is_invisible


class PieceKind(Enum):
    """What a piece of a script is."""

    STATEMENT = "statement"
    CLIENT = "client"
    BETWEEN = "between"
    """Blanks and comments."""
    DATA = "data"
    """Rows for the COPY before them."""


class Piece(Struct, frozen=True):
    """A piece of a text.

    Attributes:
        kind: what it is.
        text: as it stands, with what ends it.
        start: where it begins, counted from 0.
        tokens: of a statement, without blanks, comments and what ends it.
        ending: what ends it: `;`, the delimiter, `/`, `GO`; blank where nothing does.
        order: of a line for a client.
        is_unit: whether it is code with statements of its own.
    """

    kind: PieceKind
    text: str
    start: int
    tokens: tuple[Token, ...] = ()
    ending: str = ""
    order: ClientLine | None = None
    is_unit: bool = False


class Pieces(Struct, frozen=True):
    """A text cut up, and what is wrong with it."""

    pieces: tuple[Piece, ...]
    flaws: tuple[Flaw, ...]


_DATA_END: Final = regex(r"^\\\.[ \t]*+\r?\n?", re.MULTILINE)
_LINE_END: Final = regex(r"[ \t]*+(?:\r\n?|\n)?")
_LINE_ENDS: Final = frozenset("\\/gG")
"""How what ends a statement on a line of its own begins."""

_SHOWN: Final = regex(r"\\(?:[gG]|gexec|gset|gx|gdesc|watch|crosstabview)\b[^\r\n;]*+;?")


def split(text: str, dialect: Dialect = Dialect.MYSQL) -> Pieces:
    """The pieces of a text, in order, and its flaws."""
    splitter = _Splitter(text, dialect)
    splitter.run()
    return Pieces(tuple(splitter.pieces), tuple(sorted(splitter.flaws, key=lambda flaw: flaw.start)))


class _Splitter:
    def __init__(self, text: str, dialect: Dialect) -> None:
        self.pieces: list[Piece] = []
        self.flaws: list[Flaw] = []
        self._text, self._dialect = text, dialect
        self._lexer, self._delimiter = Lexer(text, dialect), ";"
        self._at = 0

    def run(self) -> None:
        """Cut the whole text."""
        while self._at < len(self._text):
            self._between()
            if self._at < len(self._text) and not self._client():
                self._statement()
        for start in self._lexer.code_comments:
            self._flaw(DangerKind.UNCLOSED, start, "/*!")

    def _flaw(self, kind: DangerKind, start: int, text: str) -> None:
        self.flaws.append(Flaw(kind, start, text))

    def _add(self, kind: PieceKind, end: int, **more: object) -> None:
        self.pieces.append(Piece(kind, self._text[self._at : end], self._at, **more))  # type: ignore[arg-type]
        self._at = end

    def _between(self) -> None:
        end = self._at
        while end < len(self._text):
            token = self._lexer.at(end)
            if not (token.kind in BLANK or (token.kind is TokenKind.STRANGE and not token.word)) or _runs(token):
                self._unrun(token)
                break
            self._look(token)
            end = token.end
        if end > self._at:
            self._add(PieceKind.BETWEEN, end)

    def _unrun(self, token: Token) -> None:
        if _runs(token) and token.text != "*/":
            self._lexer.code_comments.pop()

    def _look(self, token: Token) -> None:
        """Note what is wrong with a token, whatever it belongs to."""
        if token.kind is TokenKind.STRANGE:
            kind = DangerKind.INVISIBLE if is_invisible(token.text) else DangerKind.FULL_WIDTH
            self._flaw(kind, token.start, token.text)
        elif token.kind is TokenKind.DASHES:
            self._flaw(DangerKind.DASH_COMMENT, token.start, token.text)
        elif token.kind is TokenKind.OPEN:
            self._flaw(
                DangerKind.UNCLOSED, token.start, token.text[:2] if token.text.startswith("/*") else token.text[:1]
            )

    def _client(self) -> bool:
        if not begins_line(self._text, self._at) or not (order := client_line(self._text, self._at, self._dialect)):
            return False
        self._add(PieceKind.CLIENT, self._at + len(order.text), order=order)
        if order.verb == "DELIMITER":
            self._delimiter = order.argument
            self._lexer.set_delimiter(order.argument)
        return True

    def _statement(self) -> None:
        reader = _Reader(self._text, self._at, self._lexer, self._dialect, self._delimiter)
        reader.read()
        for token in reader.doubtful:
            self._look(token)
        if reader.runs_into is not None:
            self.flaws.append(Flaw(DangerKind.RUN_TOGETHER, self._at, "", reader.runs_into))
        elif not reader.ending and TRAITS[self._dialect].needs_terminator and not reader.is_swallowed:
            self._flaw(DangerKind.NOT_TERMINATED, self._at, "")
        tokens = tuple(reader.tokens)
        self._add(PieceKind.STATEMENT, reader.end, tokens=tokens, ending=reader.ending, is_unit=reader.body is not None)
        if _copies(tokens):
            self._data()

    def _data(self) -> None:
        line = _LINE_END.match(self._text, self._at)
        start = line.end() if line else self._at
        found = _DATA_END.search(self._text, start)
        if found is None:
            self._flaw(DangerKind.UNCLOSED, self._at, "COPY")
        end = found.end() if found else len(self._text)
        if end > self._at:
            self._add(PieceKind.DATA, end)


def _runs(token: Token) -> bool:
    """Whether a blank is the edge of a comment whose content is run."""
    return token.kind is TokenKind.SPACE and (token.text == "*/" or token.text.startswith("/*"))


def _copies(tokens: tuple[Token, ...]) -> bool:
    if not tokens or tokens[0].word != "COPY":
        return False
    return any(one.word == "FROM" and two.word == "STDIN" for one, two in itertools.pairwise(tokens))


class _Reader:
    """Reads one statement to its end."""

    def __init__(self, text: str, start: int, lexer: Lexer, dialect: Dialect, delimiter: str) -> None:
        self.tokens: list[Token] = []
        self.doubtful: list[Token] = []
        self.end, self.ending = start, ""
        self.runs_into: int | None = None
        self.body: Body | None = None
        self._text, self._lexer, self._dialect, self._delimiter = text, lexer, dialect, delimiter
        self._pending: list[Token] = []
        self._depth, self._is_fresh, self._does = 0, False, False
        self._has_values = False
        self._in_values = False  # the first row that calls functions is read token by token, for what may stand in it

    @property
    def is_swallowed(self) -> bool:
        """Whether it ends in a quote or comment that nothing closes."""
        return bool(self.tokens) and self.tokens[-1].kind is TokenKind.OPEN

    def read(self) -> None:
        """Read until the statement ends."""
        at, text = self.end, self._text
        while at < len(text):
            if text[at] == " ":
                at += 1
                continue
            if text[at] in _LINE_ENDS and self._ends_before(at):
                return
            token = self._next(at)
            at += len(token.text)
            if token.kind in BLANK:
                self._skip(token)
            elif self._take(token):
                return

    def _next(self, at: int) -> Token:
        is_row = self._has_values and not self._depth and self._text[at] == "("
        if is_row and (row := self._lexer.row(at, self._in_values)):
            return row
        return self._lexer.at(at, self.tokens[-1].word if self.tokens else "")

    def _skip(self, token: Token) -> None:
        if "\n" in token.text or "\r" in token.text:
            self._is_fresh = True
        if _runs(token):
            self.end = token.end
        elif token.kind is TokenKind.DASHES:
            self._pending.append(token)

    def _ends_before(self, at: int) -> bool:
        """Whether a line of its own ends the statement: `/`, `GO`, `\\g`."""
        if self._text[at] == "\\" and (shown := _SHOWN.match(self._text, at)) and self._delimiter == ";":
            self.end, self.ending = shown.end(), shown.group().strip()
            return True
        if not self._is_fresh or not self.tokens:
            return False
        if self._dialect is Dialect.ORACLE and (line := SLASH.match(self._text, at)):
            self.end, self.ending = line.end(), "/"
            return True
        if self._delimiter == ";" and BATCH_END.match(self._text, at):
            self.ending = "GO"
            return True
        return False

    def _take(self, token: Token) -> bool:
        """Go on by one token that is no blank; whether the statement is over."""
        if token.kind is TokenKind.END or (token.word == ";" and self._delimiter == ";"):
            return self._terminates(token)
        if self._is_fresh and token.word in STARTERS and self._is_new(token):
            self.runs_into = token.start if TRAITS[self._dialect].needs_terminator else None
            self.ending = "" if self.runs_into else "line"
            return True
        self._is_fresh = False
        self._keep(token)
        return False

    def _keep(self, token: Token) -> None:
        word = token.word
        if self._pending or token.kind in (TokenKind.STRANGE, TokenKind.OPEN):
            self._doubt(token)
        if token.kind is TokenKind.STRANGE and not word:
            return  # what looks like a blank is one to whoever wrote it
        self.tokens.append(token)
        self.end = token.end
        if word == "(":
            self._depth += 1
        elif word == ")":
            self._depth = max(0, self._depth - 1)
            self._in_values = self._in_values or (self._has_values and not self._depth)
        elif word in ("VALUES", "VALUE"):
            self._has_values = self.tokens[0].word in ("INSERT", "REPLACE")
        if self.body:
            self.body.take(token)
            self._does = self._does or word in DOERS
        elif (word in UNITS or len(self.tokens) < 4) and self._delimiter == ";":
            self._find_body()

    def _doubt(self, token: Token) -> None:
        self.doubtful += self._pending
        self._pending.clear()
        if token.kind in (TokenKind.STRANGE, TokenKind.OPEN):
            self.doubtful.append(token)

    def _find_body(self, extra: str = "") -> None:
        words = first_words(self.tokens)
        if extra:
            words.append(extra)
        if words and is_unit(words, self._dialect):
            self.body = Body(words, self._dialect)
            for token in self.tokens:
                self.body.take(token)
                self._does = self._does or token.word in DOERS

    def _is_new(self, token: Token) -> bool:
        if self._delimiter != ";":
            return False
        if self.body is None and len(self.tokens) == 1:
            self._find_body(token.word)
        if self.body is None:
            return starts_new(self._text, token, self.tokens, self._depth, self._dialect)
        if self._dialect is not Dialect.TSQL or self.tokens[0].word == "CREATE" or not self.body.is_outside:
            return False
        done = self.body.closed or self._does
        return done and starts_new(self._text, token, self.tokens, self._depth, self._dialect)

    def _terminates(self, token: Token) -> bool:
        if token.kind is not TokenKind.END and self.body:
            self.body.take(token)
            if not self._unit_ends(token.end):
                self._is_fresh = False
                self.tokens.append(token)
                self.end = token.end
                return False
        if token.kind is TokenKind.STRANGE:
            self._pending.append(token)
        self.doubtful += self._pending
        self.end, self.ending = token.end, self.ending or token.text
        self._take_slash()
        return True

    def _unit_ends(self, at: int) -> bool:
        """Whether a unit is over at one of its semicolons."""
        assert self.body is not None
        if self._dialect is Dialect.TSQL and self.tokens[0].word == "CREATE":
            return False
        if not self.body.is_outside:
            return False
        if not self.body.declares:
            return True
        following = self._peek(at)
        if following is None:
            return True
        if following.word == "/" and begins_line(self._text, following.start):
            return True
        starters = STARTERS - {"BEGIN", "DECLARE"}
        return following.word in starters and (self.body.closed or self.tokens[0].word == "CREATE")

    def _peek(self, at: int) -> Token | None:
        """The next token that is no blank, without going on to it."""
        open_comments = [*self._lexer.code_comments]
        found = None
        while found is None and at < len(self._text):
            token = self._lexer.at(at)
            found, at = (None if token.kind in BLANK else token), token.end
        self._lexer.code_comments[:] = open_comments
        return found

    def _take_slash(self) -> None:
        """The `/` line behind a unit belongs to it; Oracle does not end the unit without it."""
        if self.body is None or self._delimiter != ";":
            return
        following = self._peek(self.end)
        if following and following.word == "/" and (line := SLASH.match(self._text, following.start)):
            self.end, self.ending = line.end(), "/"
        elif self._dialect is Dialect.ORACLE:
            self.ending, self.runs_into = "", following.start if following else None
