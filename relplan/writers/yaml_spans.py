"""The text of a YAML file, where its nodes stand in it, and changes to single spans that leave all the rest as it is."""

from __future__ import annotations

import bisect
import re
from typing import Any, Final

import yaml

from relplan.patterns import regex

_BREAK: Final = regex("\r\n|[\n\r\x85\u2028\u2029]")
_BLOCK_HEAD: Final = regex(r"[|>][-+\d]*")
_COLON: Final = regex(r"[ \t]*:")
_COMMENT: Final = regex(r"([ \t]*)(#?)")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Unsuited(Exception):
    """A notation of YAML that is not changed in its place, such as keys behind a `?`."""


class YamlText:
    """A YAML text with its lines and its root node. Positions count characters; lines end where YAML says."""

    def __init__(self, text: str) -> None:
        self.text = text
        breaks = list(_BREAK.finditer(text))
        self.newline = breaks[0].group() if breaks and breaks[0].group() == "\r\n" else "\n"
        if not breaks or breaks[-1].end() < len(text):
            self.text += self.newline
            breaks = list(_BREAK.finditer(self.text))
        self._starts = [0, *(each.end() for each in breaks)]
        self._ends = [*(each.start() for each in breaks), len(self.text)]

    def root(self) -> Any:
        """The root node."""
        return yaml.compose(self.text, Loader=_LOADER)

    def line_start(self, at: int) -> int:
        """Where the line of a position begins."""
        return self._starts[bisect.bisect_right(self._starts, at) - 1]

    def line_end(self, at: int) -> int:
        """Where the line of a position ends, before its break."""
        return self._ends[bisect.bisect_right(self._starts, at) - 1]

    def next_line(self, at: int) -> int:
        """Where the line behind that of a position begins; the end of the text behind the last one."""
        after = bisect.bisect_right(self._starts, at)
        return self._starts[after] if after < len(self._starts) else len(self.text)

    def end(self, node: Any) -> int:
        """Where the content of a node ends; the marks of block nodes stand behind the comments that follow."""
        start, end = node.start_mark.index, node.end_mark.index
        if isinstance(node, yaml.ScalarNode):
            return start + len(self.text[start:end].rstrip()) if node.style in ("|", ">") else int(end)
        if node.flow_style:
            return int(end)
        if isinstance(node, yaml.MappingNode):
            return self.pair_end(*node.value[-1])
        last = node.value[-1]
        return self.dashes(node)[-1] + 1 if is_empty(last) else self.end(last)

    def pair_end(self, key: Any, value: Any) -> int:
        """Where a key and its value end."""
        return self.colon_end(key) if is_empty(value) else self.end(value)

    def colon_end(self, key: Any) -> int:
        """The position behind the colon of a key."""
        found = _COLON.match(self.text, key.end_mark.index)
        if found is None:
            raise Unsuited
        return found.end()

    def dashes(self, node: Any) -> list[int]:
        """Where the dashes of a block list stand."""
        column, found, at = node.start_mark.column, [], self.line_start(node.start_mark.index)
        dash = re.compile(rf"^ {{{column}}}-(?=\s)", re.MULTILINE)
        for each in node.value:
            match = dash.search(self.text, at)
            if match is None or self.after_comments(at) < match.start():
                raise Unsuited
            found.append(match.end() - 1)
            at = self.next_line(match.start() if is_empty(each) else self.end(each))
        return found

    def after_comments(self, at: int) -> int:
        """The first line from `at` on, which begins a line, that is neither blank nor a comment."""
        while at < len(self.text):
            match = _COMMENT.match(self.text, at)
            if match is None or (not match[2] and match.end() < self.line_end(at)):
                return at
            at = self.next_line(at)
        return at

    def head_end(self, node: Any) -> int:
        """Where the content of a node's first line ends; for text over several lines in quotes or bare, all of it."""
        start = node.start_mark.index
        if isinstance(node, yaml.ScalarNode):
            block = _BLOCK_HEAD.match(self.text, start) if node.style in ("|", ">") else None
            return block.end() if block else int(node.end_mark.index)
        if node.flow_style or not isinstance(node, yaml.MappingNode):
            return self.end(node)
        key, value = node.value[0]
        if is_empty(value) or value.start_mark.line != key.start_mark.line:
            return self.colon_end(key)
        return self.head_end(value)

    def comma(self, after: int, before: int) -> int:
        """Where the comma between two elements of a flow collection stands."""
        while after < before and self.text[after] != ",":
            after = self.line_end(after) if self.text[after] == "#" else after + 1
        if after == before:
            raise Unsuited
        return after


def is_empty(node: Any) -> bool:
    """Whether nothing stands where a value belongs."""
    return isinstance(node, yaml.ScalarNode) and node.start_mark.index == node.end_mark.index


class Edits:
    """Changes to spans of a text."""

    def __init__(self, source: YamlText) -> None:
        self.source = source
        self._changes: list[tuple[int, int, int, str]] = []
        self._levels: dict[int, int] = {}

    def replace(self, start: int, end: int, text: str) -> None:
        """Put `text` in the place of a span; where the span is empty, behind what else is put there."""
        if start != end or text:
            self._changes.append((start, end, len(self._changes), text.replace("\n", self.source.newline)))

    def put_lines(self, at: int, lines: list[str], column: int) -> None:
        """Put lines, of which one may be a block of text, before the line that begins at `at`."""
        self.replace(at, at, "".join(f"{line}\n" for line in lines))
        if lines and "\n" in lines[-1]:
            self.level(at, column)

    def level(self, at: int, column: int) -> None:
        """Let the comment lines from `at` on stand no deeper than `column`, else a block of text before takes them in."""
        end = self.source.after_comments(at)
        while at < end:
            self._levels[at] = min(column, self._levels.get(at, column))
            at = self.source.next_line(at)

    def applied(self, start: int, end: int) -> str:
        """The text of a span with its changes."""
        pieces, at = [], start
        for first, last, _, text in sorted([*self._changes, *self._indents()]):
            if start <= first and last <= end and first >= at:
                pieces += [self.source.text[at:first], text]
                at = last
        return "".join(pieces) + self.source.text[at:end]

    def _indents(self) -> list[tuple[int, int, int, str]]:
        found = []
        for at, column in self._levels.items():
            match = _COMMENT.match(self.source.text, at)
            if match and match[2] and len(match[1]) > column:
                found.append((at + column, match.end(1), -1, ""))
        return found
