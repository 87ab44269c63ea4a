"""How each kind of value is written as the text of a cell, and how a cell's text is read: side by side.

For every kind `read(write(value)) == value`, whatever words the value holds, and
`accept(accept(x)) == accept(x)`: what the model holds is canonical.
Plan files, sheets, documents and the constructor all go through here.
"""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final, Generic, TypeVar

from relplan.errors import Language, Refused
from relplan.model import moments
from relplan.model.text import from_object, is_none_word, normalise
from relplan.model.values import KIND_OF_MARK, Change, ChangeKind, Choice, Dependency, Nothing, Unread, mark_word
from relplan.patterns import regex
from relplan.remembering import remembering

T = TypeVar("T")
C = TypeVar("C", bound=Choice)


class Kind(ABC, Generic[T]):
    """One kind of value. Stands in a field's annotation, which says by it what the field takes."""

    as_text: ClassVar[bool] = True
    """Whether sheets must format the cell as text, so that 1.10 stays 1.10."""

    is_parsed: ClassVar[bool] = True
    """Whether texts are taken apart; then those seen before are worth remembering."""

    @abstractmethod
    def accept(self, value: object) -> T:
        """The canonical value for text or objects that a constructor, a plan file or a cell gives.

        Raises:
            Refused: the value cannot be held.
        """

    @abstractmethod
    def write(self, value: T, language: Language = "zh") -> str:
        """The text of a cell that holds `value`; empty where nothing is stated."""

    def texts(self, values: Iterable[T], language: Language = "zh") -> list[str]:
        """`write` for each of many values, those of a column."""
        return [self.write(value, language) for value in values]

    def read(self, text: str) -> T:
        """The value of a cell that shows `text`."""
        return self.accept(text)

    def dump(self, value: T) -> Any:
        """What stands in plan files: text, a number, a list of text, or None."""
        return self.write(value, "en") or None

    def choices(self) -> tuple[Choice, ...]:
        """The words a cell of this kind may hold, where they are few."""
        return ()

    def json_schema(self) -> dict[str, Any]:
        """The JSON Schema of what `accept` takes."""
        return {"type": ["string", "number", "null"]}

    @functools.cached_property
    def accepted(self) -> Callable[[object], T]:
        """`accept`, quick where a short text that has to be parsed comes again."""
        if not self.is_parsed:
            return self.accept
        accept, of_text = self.accept, remembering(self.accept)
        return lambda value: of_text(value) if type(value) is str else accept(value)


class TextKind(Kind[str | None]):
    """Text as it stands. Blank is not stated."""

    is_parsed: ClassVar[bool] = False

    def accept(self, value: object) -> str | None:
        if type(value) is str and value.isprintable():  # most texts; nothing but blanks can be wrong with them
            return value.strip() or None
        return None if value is None else from_object(value) or None

    def write(self, value: str | None, language: Language = "zh") -> str:
        return value or ""

    def texts(self, values: Iterable[str | None], language: Language = "zh") -> list[str]:
        return [value or "" for value in values]

    def dump(self, value: str | None) -> str | None:
        return value


class RequiredTextKind(Kind[str]):
    """Text that must not be blank."""

    is_parsed: ClassVar[bool] = False

    def accept(self, value: object) -> str:
        text = "" if value is None else from_object(value)
        if not text:
            raise Refused("这里不能为空", "this must not be blank")
        return text

    def write(self, value: str, language: Language = "zh") -> str:
        return value

    def json_schema(self) -> dict[str, Any]:
        return {"type": ["string", "number"], "minLength": 1}


class _TypedKind(Kind[T | Unread | Nothing | None]):
    """A typed value: what cannot be read is kept as `Unread`, a word for "none" as `Nothing`."""

    def accept(self, value: object) -> T | Unread | Nothing | None:
        if isinstance(value, Unread | Nothing):
            value = str(value)
        if not isinstance(value, str):
            return None if value is None else self._object(value)
        text = normalise(value)
        if not text:
            return None
        found = self._parse(text)
        if found is not None:
            return found
        return Nothing(text) if is_none_word(text) else Unread(text)

    def write(self, value: T | Unread | Nothing | None, language: Language = "zh") -> str:
        if value is None:
            return ""
        return str(value) if isinstance(value, Unread | Nothing) else self._format(value, language)

    @abstractmethod
    def _parse(self, text: str) -> T | None: ...

    @abstractmethod
    def _format(self, value: T, language: Language) -> str: ...

    def _object(self, value: object) -> T | Unread | Nothing | None:
        return self.accept(from_object(value))


class ChoiceKind(_TypedKind[C], Generic[C]):
    """One of the words of a `Choice`."""

    def __init__(self, choice: type[C]) -> None:
        self._choice = choice
        self._words = {
            word.lower(): member for member in choice for word in (str(member), member.zh, member.en, *member.aliases)
        }

    def choices(self) -> tuple[Choice, ...]:
        return tuple(self._choice)

    def dump(self, value: Any) -> Any:
        return str(value) if isinstance(value, self._choice) else super().dump(value)

    def json_schema(self) -> dict[str, Any]:
        words = [word for member in self._choice for word in (str(member), member.zh)]
        return {"anyOf": [{"enum": words}, {"type": ["string", "null"]}]}

    def _parse(self, text: str) -> C | None:
        return self._words.get(text.lower())

    def _format(self, value: C, language: Language) -> str:
        return value.label(language)

    def _object(self, value: object) -> Any:
        return value if isinstance(value, self._choice) else super()._object(value)


class MinutesKind(_TypedKind[int]):
    """A length of time in whole minutes: `30`, `30分钟`, `1.5h`, `1小时30分`, `半小时`."""

    as_text: ClassVar[bool] = False
    _FORM: ClassVar = regex(
        r"(?:(\d{1,4}(?:\.\d{1,2})?)\s*(?:个?小时|個?小時|h|hours?|hrs?)\s*)?(?:(\d{1,6})\s*(?:分钟|分鐘|分|m|mins?|minutes?)?)?",
        re.IGNORECASE,
    )

    def dump(self, value: Any) -> Any:
        return value if isinstance(value, int) else super().dump(value)

    def json_schema(self) -> dict[str, Any]:
        return {"anyOf": [{"type": "integer", "minimum": 0}, {"type": ["string", "null"]}]}

    def _parse(self, text: str) -> int | None:
        if text.isascii() and text.isdigit() and len(text) <= 6:
            return int(text)
        if text in ("半小时", "半个小时", "半小時"):
            return 30
        match = self._FORM.fullmatch(text)
        if not match or (not text.isascii() and not re.search(r"[分小时時]", text)):
            return None
        minutes = float(match[1] or 0) * 60 + int(match[2] or 0)
        return int(minutes) if minutes == int(minutes) else None

    def _format(self, value: int, language: Language) -> str:
        return str(value)


class MomentKind(_TypedKind[dt.date]):
    """A date, or a date with a time (see `moments`); without a zone it is in the plan's time zone."""

    def json_schema(self) -> dict[str, Any]:
        return {"type": ["string", "null"], "examples": ["2026-08-20 22:00", "2026-08-20"]}

    def _parse(self, text: str) -> dt.date | None:
        return moments.parse(text)

    def _format(self, value: dt.date, language: Language) -> str:
        return moments.write(value)

    def _object(self, value: object) -> dt.date | Unread | Nothing | None:
        return moments.canonical(value) if isinstance(value, dt.date) else super()._object(value)


class ListKind(Kind["tuple[T, ...] | Nothing"], Generic[T]):
    """Several entries in one cell: empty is not stated, a word for "none" alone is `Nothing`."""

    inline: ClassVar[bool] = False
    """Whether short entries stand side by side in a cell, or each on a line of its own."""

    def accept(self, value: object) -> tuple[T, ...] | Nothing:
        if value is None:
            return ()
        if isinstance(value, Nothing):
            value = value.word
        if isinstance(value, str):
            text = normalise(value)
            lines = [text] if self.inline and text[:1].isdigit() and _COUNTED.fullmatch(text) else lines_of(text)
            entries = tuple([entry for line in lines for entry in self._of_line(line)])
        else:
            values = value if isinstance(value, list | tuple) else [value]
            entries = tuple(itertools.chain.from_iterable(map(self._of_object, values)))
        if len(entries) == 1 and is_none_word(str(entries[0])):
            return Nothing(str(entries[0]))
        return entries

    def write(self, value: tuple[T, ...] | Nothing, language: Language = "zh") -> str:
        if isinstance(value, Nothing):
            return value.word
        if len(value) > 1 and not self.inline:
            return numbered(map(str, value))
        return self._side_by_side(value, "、" if language == "zh" else ", ")

    @functools.cached_property
    def _side_by_side(self) -> Callable[[tuple[T, ...], str], str]:
        """The entries with a separator between them, where that is read as the same entries; quick where they come again."""

        @functools.lru_cache(maxsize=1024)
        def written(entries: tuple[T, ...], separator: str) -> str:
            words = [str(entry) for entry in entries]
            plain = separator.join(words)
            return plain if self.accepted(plain) == entries else numbered(words)

        return written

    def dump(self, value: tuple[T, ...] | Nothing) -> Any:
        if isinstance(value, Nothing):
            return value.word
        return list(map(str, value)) or None

    def json_schema(self) -> dict[str, Any]:
        return {"anyOf": [{"type": "array", "items": self._item_schema()}, {"type": ["string", "null"]}]}

    def _item_schema(self) -> dict[str, Any]:
        return {"type": ["string", "number"]}

    def _of_object(self, value: object) -> Sequence[T]:
        """The canonical entries that one object stands for."""
        text = from_object(value)
        return self._of_line(text) if text else ()

    @abstractmethod
    def _of_line(self, text: str) -> Sequence[T]:
        """The canonical entries of one line of a cell, which is normalised and not blank."""


class ItemsKind(ListKind[str]):
    """A list of sentences, one a line or numbered."""

    def _of_line(self, text: str) -> Sequence[str]:
        return (text,)


class PeopleKind(ListKind[str]):
    """Names, divided by 、 , ; / & or line ends outside brackets: 张三/李四, 王五（深圳）."""

    inline: ClassVar[bool] = True

    def _of_line(self, text: str) -> Sequence[str]:
        return split_outside_brackets(text, NAMES)


class WordsKind(ListKind[str]):
    """Short words, divided by 、 , ; or line ends: numbers of verification points, names of iterations."""

    inline: ClassVar[bool] = True

    def _of_line(self, text: str) -> Sequence[str]:
        return split_outside_brackets(text, WORDS)


class DependenciesKind(ListKind[Dependency]):
    """Systems, each with a version bound if there is one. A slash belongs to a name: "CRM/产品管理" is one system."""

    inline: ClassVar[bool] = True
    _BOUND: ClassVar = regex(
        r"(?P<system>.*?[^\s<>=≥≤(（])\s*(?P<open>[(（])?\s*(?P<op>>=|<=|==|≥|≤|>|<|=)?\s*"
        r"(?P<version>[vV]?\d+(?:\.[0-9A-Za-z*]+)*(?:[-+][0-9A-Za-z.\-]+)?)\s*(?P<up>\+|及以上|以上|and up|or later)?\s*(?P<close>[)）])?",
        re.DOTALL,
    )
    _OPERATOR: ClassVar = {"≥": ">=", "≤": "<=", "==": "=", None: ""}

    def _item_schema(self) -> dict[str, Any]:
        entry = {"system": {"type": "string"}, "version": {"type": ["string", "number"]}}
        item = {"type": "object", "properties": entry, "required": ["system"], "additionalProperties": False}
        return {"anyOf": [{"type": "string"}, item]}

    def _of_object(self, value: object) -> Sequence[Dependency]:
        if isinstance(value, Mapping):
            value = Dependency(**_only(value, "system", "version"))
        return super()._of_object(str(value) if isinstance(value, Dependency) else value)

    def _of_line(self, text: str) -> Sequence[Dependency]:
        return [self._one(part) for part in split_outside_brackets(text, WORDS)]

    def _one(self, text: str) -> Dependency:
        match = self._BOUND.fullmatch(text)
        if not match or bool(match["open"]) != bool(match["close"]):
            return Dependency(text)
        marked = match["op"] or match["up"] or match["open"] or "." in match["version"]
        spaced = match["op"] or match["open"] or text[match.end("system")] == " "
        if not (marked and spaced) or (match["op"] and match["up"]):
            return Dependency(text)
        operator = ">=" if match["up"] else self._OPERATOR.get(match["op"], match["op"])
        found = Dependency(match["system"], f"{operator}{match['version']}")
        return found if str(found) == text or self._one(str(found)) == found else Dependency(text)


class ChangesKind(ListKind[Change]):
    """What changes, a line each, with its kind where the text says so: 【新增】…, [Fixed] …, `feat(pay): …`, 优化：…"""

    _MARK: ClassVar = regex(
        r"(?P<mark>【[^【】\n]{1,12}】|\[[^\[\]\n]{1,12}\]|(?i:[a-z]{2,8})(?:\([^()\n]{1,40}\))?!?:|[^\W\x00-\x7f]{2,4}：)\s*(?P<text>.*)",
        re.DOTALL,
    )

    def _item_schema(self) -> dict[str, Any]:
        kinds = [str(kind) for kind in ChangeKind]
        entry = {"kind": {"enum": kinds}, "mark": {"type": "string"}, "text": {"type": "string"}}
        item = {"type": "object", "properties": entry, "required": ["text"], "additionalProperties": False}
        return {"anyOf": [{"type": "string"}, item]}

    def _of_object(self, value: object) -> Sequence[Change]:
        if isinstance(value, Mapping):
            value = self._from_mapping(value)
        return super()._of_object(str(value) if isinstance(value, Change) else value)

    def _of_line(self, text: str) -> Sequence[Change]:
        match = self._MARK.fullmatch(text) if text[0] in "【[" or ":" in text or "：" in text else None
        if match and match["text"] and mark_word(match["mark"]) in KIND_OF_MARK:
            return (Change(match["text"], match["mark"]),)
        return (Change(text),)

    def _from_mapping(self, value: Mapping[Any, Any]) -> Change:
        given = _only(value, "text", "mark", "kind")
        kind = given.pop("kind", None)
        if kind is not None and not given.get("mark"):
            found = KIND_OF_MARK.get(kind.lower())
            if found is None:
                known = "、".join(str(k) for k in ChangeKind)
                raise Refused(
                    f"未知的变更类型“{kind}”；可用：{known}", f'unknown kind of change "{kind}"; known: {known}'
                )
            given["mark"] = f"【{found.zh}】"
        return Change(**given)


def _only(value: Mapping[Any, Any], *keys: str) -> dict[str, str]:
    if unknown := [key for key in value if key not in keys]:
        known = ", ".join(keys)
        raise Refused(f"未知的键“{unknown[0]}”；可用：{known}", f'unknown key "{unknown[0]}"; known: {known}')
    if keys[0] not in value:
        raise Refused(f"缺少“{keys[0]}”", f'"{keys[0]}" is missing')
    return {key: from_object(each) for key, each in value.items() if each is not None}


# A list in a cell, as people number it: `1.`, `1、`, `1)`, `（1）`, `①`; and as they bullet it.
_NUMBER: Final = regex(r"^(?:\d{1,3}[^\S\n]?(?:[、．)）]|\.(?!\d))|[(（]\d{1,3}[)）]|[①-⑳])[^\S\n]*", re.MULTILINE)
_COUNTED: Final = regex(r"\d{1,3}(?:[^\S\n]*[、，,;；][^\S\n]*\d{1,3})+")
"""`1、2、3` side by side: words, where a number before a sentence would be its place in a list."""
_BULLET: Final = regex(r"^(?:[•●▪◦·][^\S\n]*|[-*–][^\S\n]+)", re.MULTILINE)
_INDENT: Final = "   "
NAMES: Final = regex(r"[、，,;；/／\n]|(?<!\b[A-Z])[&＆]|[&＆](?![A-Z]\b)")
"""What divides the names of people in a cell."""
WORDS: Final = regex(r"[、，,;；\n]")
"""What divides short words in a cell."""
_OPEN, _CLOSE = "(（[【〔", ")）]】〕"
_BRACKETS: Final = frozenset(_OPEN + _CLOSE)


def lines_of(text: str) -> list[str]:
    """The entries of a cell that lists them: numbered or bulleted where the first line is, else one a line.

    A line of a numbered or bulleted list that has no number of its own goes on with the entry before it.
    """
    if not text[:1].isalpha():
        for mark in (_NUMBER, _BULLET):
            if mark.match(text):
                entries = mark.split(text)[1:]
                return [entry for each in entries if (entry := each.replace(f"\n{_INDENT}", "\n").strip())]
    return [line for line in map(str.strip, text.split("\n")) if line]


def without_mark(line: str) -> tuple[str, str]:
    """The number of an entry of a list, blank where it has a bullet or nothing, and its text: `1、备份` -> `1`, `备份`."""
    if match := _NUMBER.match(line):
        return re.sub(r"\D", "", match[0]) or str(ord(match[0][0]) - ord("①") + 1), line[match.end() :].strip()
    match = _BULLET.match(line)
    return "", line[match.end() :].strip() if match else line


def numbered(entries: Iterable[str]) -> str:
    """A list as numbered lines; further lines of an entry are indented, so that `lines_of` gives the entries back."""
    return "\n".join(f"{i}. {entry}".replace("\n", f"\n{_INDENT}") for i, entry in enumerate(entries, 1))


def split_outside_brackets(text: str, separator: re.Pattern[str]) -> list[str]:
    """The non-blank parts of `text` between separators that stand in no bracket; unbalanced brackets are plain text."""
    if _BRACKETS.isdisjoint(text) or not _balanced(text):
        return [part for part in map(str.strip, separator.split(text)) if part]
    parts, start, depth = [], 0, 0
    for i, char in enumerate(text):
        if char in _OPEN:
            depth += 1
        elif char in _CLOSE:
            depth -= 1
        elif not depth and separator.match(text, i):
            parts.append(text[start:i])
            start = i + 1
    parts.append(text[start:])
    return [part for part in map(str.strip, parts) if part]


def _balanced(text: str) -> bool:
    depth = 0
    for char in text:
        depth += (char in _OPEN) - (char in _CLOSE)
        if depth < 0:
            return False
    return depth == 0
