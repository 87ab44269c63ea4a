"""From markup with tags to a program of Jinja, and from that to what it prints; all that is wrong is said at once, each with its place."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import jinja2
from msgspec import Struct, field

from relplan.documents.sandbox import FAILURES, Sandbox, printed
from relplan.errors import Message, Place, Problem, TemplateError, suggest
from relplan.office.names import check_names
from relplan.office.tags import KEYWORDS, Tag
from relplan.patterns import regex

# Delimiters from the private use area: no text of a document is ever taken for a tag of the program.
_BLOCK, _END_BLOCK, _VALUE, _END_VALUE, _COMMENT, _END_COMMENT = map(chr, range(0xE0F0, 0xE0F6))
DELIMITERS: Final[Mapping[str, str]] = {
    "block_start_string": _BLOCK,
    "block_end_string": _END_BLOCK,
    "variable_start_string": _VALUE,
    "variable_end_string": _END_VALUE,
    "comment_start_string": _COMMENT,
    "comment_end_string": _END_COMMENT,
}
"""What the environment of a program is made with."""

_STATIC: Final = str.maketrans({chr(code): f"&#x{code:X};" for code in range(0xE0F0, 0xE0F6)})
_DELIMITER: Final = regex("([\ue0f0-\ue0f5]+|\r)")
_NAME: Final = "<form>"


class Placed(Struct, frozen=True):
    """A tag and where it stands.

    Attributes:
        tag: the tag.
        where: in words: `body › table 2 › row 3 › cell 4`.
        paragraph: the number of its paragraph in its part, from 1.
    """

    tag: Tag
    where: str
    paragraph: int = 0

    def problem(self, message: Message, file: str) -> Problem:
        """Something to say about it."""
        return problem_at(message, file, self.where, self.tag.words, self.paragraph)


def problem_at(message: Message, file: str, where: str, words: str, paragraph: int = 0) -> Problem:
    """Something to say about words in a document."""
    shown = words if len(words) <= 60 else f"{words[:60]}…"
    return Problem(message, Place(file, sheet=f"{where} «{shown}»" if shown else where, line=paragraph))


class Program(Struct):
    """A program under construction: pieces of markup and tags between them."""

    file: str
    _pieces: list[str] = field(default_factory=list)
    _line: int = 1
    _tags: dict[int, Placed] = field(default_factory=dict)

    def static(self, markup: str) -> None:
        """Add markup that is printed as it stands."""
        self._add(markup.translate(_STATIC))

    def statement(self, placed: Placed, code: str = "") -> None:
        """Add a statement; `code` instead of its own."""
        self._tagged(placed, f"{_BLOCK}\n{code or placed.tag.code} {_END_BLOCK}")

    def value(self, placed: Placed, last: str) -> None:
        """Add what a tag prints; `last` is the filter that it goes through in the end."""
        self._tagged(placed, f"{_VALUE}\n({placed.tag.code}) | {last} {_END_VALUE}")

    def call(self, expression: str) -> None:
        """Add what an expression of the engine's own prints."""
        self._add(f"{_VALUE}{expression}{_END_VALUE}")

    def code(self, statement: str) -> None:
        """Add a statement of the engine's own."""
        self._add(f"{_BLOCK}{statement}{_END_BLOCK}")

    def words(self, text: str) -> None:
        """Add words that are no markup, as they stand."""
        for piece in _DELIMITER.split(text):
            if piece:
                self._add(f"{_VALUE}{piece!r}{_END_VALUE}" if _DELIMITER.fullmatch(piece) else piece)

    def _tagged(self, placed: Placed, source: str) -> None:
        first = self._line
        self._add(source)
        for line in range(first + 1, self._line + 1):
            self._tags[line] = placed

    def _add(self, source: str) -> None:
        self._pieces.append(source)
        self._line += source.count("\n")

    def run(self, environment: Sandbox, context: Mapping[str, Any]) -> str:
        """What the program prints.

        Raises:
            TemplateError: at the place of the tag that fails.
        """
        return self._located(lambda: printed(_template(environment, "".join(self._pieces)).generate(context)))

    def _located(self, act: Callable[[], str]) -> str:
        try:
            return act()
        except TemplateError as error:
            raise TemplateError([self._at(each.message, _line_of(error)) for each in error.problems]) from None
        except jinja2.TemplateSyntaxError as error:
            raise TemplateError(self._at(syntax(error.message or ""), error.lineno)) from None
        except RecursionError as error:
            raise TemplateError(
                self._at(Message("模板嵌套过深", "the template nests too deep"), _line_of(error))
            ) from None
        except FAILURES as error:
            text = error.args[0] if error.args else str(error)
            message = Message(f"模板有误：{getattr(text, 'zh', text)}", f"template error: {text}")
            raise TemplateError(self._at(message, _line_of(error))) from None

    def _at(self, message: Message, line: int) -> Problem:
        placed = self._tags.get(line)
        return placed.problem(message, self.file) if placed else Problem(message, Place(self.file))


def _template(environment: Sandbox, source: str) -> jinja2.Template:
    code = environment.compile(source, _NAME, _NAME)
    return environment.template_class.from_code(environment, code, environment.make_globals(None), None)


def _line_of(error: BaseException) -> int:
    """The last line of the program that an error went through."""
    lines = [frame.lineno or 0 for frame in traceback.extract_tb(error.__traceback__) if frame.filename == _NAME]
    return lines[-1] if lines else 0  # Jinja rewrites tracebacks: the lines in them are those of the source


def not_beforehand(function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that Jinja must not run while it compiles, as it does with those of constants."""

    @jinja2.pass_context
    def run(_: Any, *values: Any) -> Any:
        return function(*values)

    return run


def syntax(message: str) -> Message:
    """What to say of a tag that Jinja cannot read."""
    return Message(f"模板语法有误：{message}", f"template syntax: {message}")


def faults(placed: Sequence[Placed], environment: Sandbox, file: str) -> list[Problem]:
    """All that can be said to be wrong with tags before any is run: syntax, what opens and does not close, unknown names."""
    syntax_of = {at: problem for at, each in enumerate(placed) if (problem := _syntax(each, environment, file))}
    sound = [at for at in range(len(placed)) if at not in syntax_of]
    names = check_names([placed[at].tag for at in sound], environment)
    return [
        *syntax_of.values(),
        *_unbalanced(placed, file),
        *(placed[sound[at]].problem(message, file) for at, message in names),
    ]


def _syntax(placed: Placed, environment: Sandbox, file: str) -> Problem | None:
    tag = placed.tag
    if tag.kind == "statement" and tag.keyword not in KEYWORDS:
        hint = suggest(tag.keyword, KEYWORDS)
        known = "、".join(sorted(KEYWORDS))
        zh = f"Office 模板中没有语句“{tag.keyword}”{hint.zh or f'；可用：{known}'}"
        en = f'there is no statement "{tag.keyword}" in Office templates{hint.en or f"; known: {known}"}'
        return placed.problem(Message(zh, en), file)
    if tag.keyword == "set" and "=" not in tag.code:
        return placed.problem(Message("set 要写成 set 名字 = 值", "set takes the form set name = value"), file)
    if tag.kind == "comment":
        return None
    if tag.kind == "value" and not tag.code:
        return placed.problem(Message("标记是空的", "the tag is empty"), file)
    try:
        environment.parse(_alone(tag))
    except jinja2.TemplateSyntaxError as error:
        return placed.problem(syntax(_plainer(error.message or "")), file)
    try:
        environment.compile(_alone(tag))
    except (jinja2.TemplateAssertionError, jinja2.TemplateSyntaxError) as error:
        return placed.problem(_unknown_filter(error.message or "", environment), file)
    except (TemplateError, *FAILURES):
        return None  # constants are worked out when a tag is compiled; what fails there fails again where it is run
    return None


def _alone(tag: Tag) -> str:
    """A program of a tag alone, closed where it opens something."""
    if tag.kind == "value":
        return f"{_VALUE}{tag.code}{_END_VALUE}"
    start, end = "", ""
    if tag.opens:
        end = f"{_BLOCK}{tag.opens}{_END_BLOCK}"
    elif tag.continues:
        start, end = f"{_BLOCK}if 1{_END_BLOCK}", f"{_BLOCK}endif{_END_BLOCK}"
    elif tag.keyword.startswith("end"):
        opening = {"endif": "if 1", "endfor": "for x in []", "endwith": "with"}[tag.keyword]
        start = f"{_BLOCK}{opening}{_END_BLOCK}"
    return f"{start}{_BLOCK}{tag.code}{_END_BLOCK}{end}"


def _plainer(message: str) -> str:
    """Jinja's words without its delimiters, which no one has typed."""
    for char, words in ((_END_VALUE, "}}"), (_END_BLOCK, "%}"), (_VALUE, "{{"), (_BLOCK, "{%")):
        message = message.replace(char, words)
    return message.replace("end of print statement", "}}").replace("end of statement block", "%}")


def _unknown_filter(message: str, environment: Sandbox) -> Message:
    name = message.partition("'")[2].rpartition("'")[0]
    known = environment.tests if message.startswith("No test") else environment.filters
    hint = suggest(name, known)
    return Message(f"没有“{name}”这个过滤器或判断{hint.zh}", f'there is no filter or test "{name}"{hint.en}')


def _unbalanced(placed: Sequence[Placed], file: str) -> list[Problem]:
    """What opens and does not close, and what closes without having been opened."""
    found: list[Problem] = []
    open_: list[Placed] = []
    for each in placed:
        tag = each.tag
        if tag.opens:
            open_.append(each)
        elif tag.continues and not (open_ and open_[-1].tag.keyword in tag.continues):
            zh, en = (
                f"{tag.keyword} 前面没有 {' 或 '.join(tag.continues)}",
                f"{tag.keyword} stands without {' or '.join(tag.continues)}",
            )
            found.append(each.problem(Message(zh, en), file))
        elif tag.keyword.startswith("end"):
            if open_ and open_[-1].tag.opens == tag.keyword:
                open_.pop()
            else:
                wanted = f"；这里应为 {open_[-1].tag.opens}" if open_ else ""
                wanted_en = f"; {open_[-1].tag.opens} is due here" if open_ else ""
                zh, en = f"{tag.keyword} 没有对应的开始{wanted}", f"{tag.keyword} closes nothing{wanted_en}"
                found.append(each.problem(Message(zh, en), file))
    for each in open_:
        zh, en = f"没有以 {each.tag.opens} 结束", f"it is not closed by {each.tag.opens}"
        found.append(each.problem(Message(zh, en), file))
    return found


__all__ = ["DELIMITERS", "Placed", "Program", "faults", "not_beforehand", "problem_at", "syntax"]
