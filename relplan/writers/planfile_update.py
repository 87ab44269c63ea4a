"""A plan file changed where its plan changed: comments, blank lines, the order of keys and the notation of the rest stay.

The file says the old plan. Its nodes are walked beside the data of the old and of the new plan; what is the same in both is
not touched, whatever form it is written in. Entries of a list are known again by what names them, else by where they stand.
Comments on lines of their own always stay; those at the end of a line, or inside an entry, go when the entry goes.
"""

from __future__ import annotations

import codecs
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import yaml

from relplan.errors import Path, WriteError, problem
from relplan.model.identity import as_fields, matches
from relplan.model.plan import ReleasePlan
from relplan.patterns import regex
from relplan.writers.planfile import item, mapping, quoted, scalar
from relplan.writers.yaml_spans import Edits, Unsuited, YamlText, is_empty

_WRAPPED: Final[Mapping[Path, str]] = {("table",): "rows", ("rollback",): "steps"}
"""Parts that may be written as the list they hold, and the key of that list."""


def updated(old: bytes, old_plan: ReleasePlan, new_plan: ReleasePlan, name: str = "") -> bytes:
    """The YAML file `old` (of that `name`), which says `old_plan`, changed to say `new_plan`.

    Raises:
        WriteError: it is written in a way that cannot be changed in its place.
    """
    if old_plan == new_plan:
        return old
    mark, encoding = _encoding(old)
    source = YamlText(old[len(mark) :].decode(encoding))
    change = _Change(Edits(source))
    try:
        change.pairs(source.root(), old_plan.data(), new_plan.data(), ())
    except Unsuited:
        raise refusal(name) from None
    return mark + change.edits.applied(0, len(source.text)).encode(encoding)


def gone(old: Any, new: Any, path: Path = ()) -> Iterator[Path]:
    """The paths of what the data of an old plan says and that of a new one says nothing about; what changed is not gone."""
    if old == new:
        return
    old, new = as_fields(old, path), as_fields(new, path)
    if isinstance(old, dict) and isinstance(new, dict):
        for name, value in old.items():
            if name in new:
                yield from gone(value, new[name], (*path, name))
            else:
                yield (*path, name)
    elif isinstance(old, list) and isinstance(new, list):
        kept = {i: each for i, each in zip(_matches(old, new, path), new, strict=True) if i is not None}
        for i, value in enumerate(old):
            if i in kept:
                yield from gone(value, kept[i], (*path, i))
            else:
                yield (*path, i)


def refusal(name: str) -> WriteError:
    """What to say of a file that cannot be changed in its place."""
    return WriteError(
        problem(
            "这个计划文件的写法不能就地修改；换一个名字，或用 --force 重写（不保留注释）",
            "this plan file is written in a way that cannot be changed in its place; choose another name, or --force "
            "to write it anew without its comments",
            name,
        )
    )


def _encoding(data: bytes) -> tuple[bytes, str]:
    """The byte order mark that a file begins with, and its encoding."""
    marks = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
    return next(((mark, name) for mark, name in marks.items() if data.startswith(mark)), (b"", "utf-8"))


_IN_FLOW: Final = -1


class _Change:
    """Changes nodes from what the old plan says to what the new one says."""

    def __init__(self, edits: Edits) -> None:
        self.edits, self._source = edits, edits.source

    def value(self, node: Any, head: int, column: int, old: Any, new: Any, path: Path) -> None:
        """Change the value whose key or dash ends at `head` (or is in flow notation) and begins in `column`."""
        if isinstance(node, yaml.MappingNode):
            old, new = as_fields(old, path), as_fields(new, path)
        elif isinstance(node, yaml.SequenceNode) and (inner := _WRAPPED.get(path)):
            old, new, path = _unwrapped(old, inner), _unwrapped(new, inner), (*path, inner)
        if isinstance(node, yaml.MappingNode) and isinstance(new, dict) and not _out_of_order(node, new, path):
            change = self._flow_pairs if node.flow_style else self.pairs
            if change(node, old if isinstance(old, dict) else {}, new, path):
                return
        elif isinstance(node, yaml.SequenceNode) and isinstance(new, list) and _lines_up(node, old):
            if not node.flow_style:
                self._items(node, old, new, path)
                return
            if self._flow_items(node, old, new, path):
                return
        if head == _IN_FLOW:
            self._rewrite(node, new)
        else:
            self._put(node, head, column, new, path)

    # Block notation

    def pairs(self, node: Any, old: Mapping[str, Any], new: Mapping[str, Any], path: Path) -> bool:
        """Change a mapping; False, and nothing is done, where none of its keys stays."""
        if node.flow_style:
            return self._flow_pairs(node, old, new, path)
        kept = {key.value: (key, value) for key, value in node.value if key.value in new or _is_blank(value)}
        on_dash = self._is_on_dash(node)
        if on_dash and not kept:
            return False
        self._remove_pairs(node, kept, on_dash)
        column = node.start_mark.column
        for name, (key, value) in kept.items():
            if name in new and _is_other(value, name, old, new, path):
                head = self._source.colon_end(key)
                self.value(value, head, column, old.get(name), new[name], (*path, name))
        for anchor, names in _missing(kept, old, new, path, node.value[0][0].value if on_dash else "").items():
            lines: list[str] = []
            mapping({name: new[name] for name in names}, " " * column, lines)
            if anchor is None:
                at = self._source.line_start(node.value[0][0].start_mark.index)
            else:
                at = self._source.next_line(self._source.pair_end(*kept[anchor]))
            self.edits.put_lines(at, lines, column)
        return True

    def _is_on_dash(self, node: Any) -> bool:
        """Whether the first key of a mapping stands on the line of a list's dash."""
        first = node.value[0][0].start_mark.index
        before = self._source.text[self._source.line_start(first) : first]
        if before.strip(" -\t"):
            raise Unsuited
        return "-" in before

    def _remove_pairs(self, node: Any, kept: Mapping[str, Any], on_dash: bool) -> None:
        source = self._source
        for i, (key, value) in enumerate(node.value):
            if key.value in kept:
                continue
            start, end = key.start_mark.index, source.pair_end(key, value)
            if i == 0 and on_dash:
                follower = next(k for k, _ in node.value if k.value in kept).start_mark.index
                between = source.text[end:follower]
                if between.strip() or node.value[1][0].value not in kept:
                    self.edits.replace(start, end + len(between) - len(between.lstrip(" ")), "")
                else:
                    self.edits.replace(start, follower, "")
            else:
                self.edits.replace(source.line_start(start), source.next_line(end), "")
                self.edits.level(source.next_line(end), node.start_mark.column)

    def _put(self, node: Any, head: int, column: int, value: Any, path: Path) -> None:
        """Write a value anew; a comment at the end of its first line stays."""
        source = self._source
        first, lines = _rendered(value, column, path)
        start, end = (head, head) if is_empty(node) else (node.start_mark.index, source.end(node))
        if source.line_start(start) != source.line_start(head):  # it begins on a line below its key
            begin, start, head_end = source.line_start(start), head, head
        else:
            head_end = end if is_empty(node) else source.head_end(node)
            begin = source.next_line(head_end)
        if isinstance(value, dict):  # its first key stands behind a dash, in the column of the others below it
            start = head
        blank = " " if first and start == head else ""
        self.edits.replace(start if first else head, head_end, blank + first)
        self.edits.put_lines(source.next_line(head_end), lines, column)
        if end > begin:
            self.edits.replace(begin, source.next_line(end), "")
        if lines or end > begin:
            self.edits.level(source.next_line(max(end, head_end)), column)

    def _items(self, node: Any, old: Sequence[Any], new: Sequence[Any], path: Path) -> None:
        """Change a list."""
        dashes = self._source.dashes(node)
        said = [(each, dash) for each, dash in zip(node.value, dashes, strict=True) if not _is_blank(each)]
        sources = _matches(old, new, path)
        if sources == list(range(len(old))):
            for (each, dash), before, after in zip(said, old, new, strict=True):
                self._item(each, dash, node.start_mark.column, before, after, path)
            return
        self._reorder(node, dashes, [each for each, _ in said], old, new, sources, path)

    def _item(self, node: Any, dash: int, column: int, old: Any, new: Any, path: Path) -> None:
        if old != new or _is_written_otherwise(node, new, path):
            self.value(node, dash + 1, column, old, new, (*path, 0))

    def _reorder(
        self,
        node: Any,
        dashes: list[int],
        said: list[Any],
        old: Sequence[Any],
        new: Sequence[Any],
        sources: list[int | None],
        path: Path,
    ) -> None:
        """Put the entries of a list into a new order, some of them gone and some new, each with the comments above it."""
        column = node.start_mark.column
        spans = self._spans(node, dashes)
        above = self._comments_above(node, spans, {id(said[i]) for i in sources if i is not None}, column)
        pieces: list[str] = []
        for i, entry in zip(sources, new, strict=True):
            if i is None:
                lines: list[str] = []
                item(entry, " " * column, lines)
                pieces.append("".join(f"{line}\n" for line in lines).replace("\n", self._source.newline))
                continue
            dash, start, end = spans[id(said[i])]
            inner = _Change(Edits(self._source))
            inner._item(said[i], dash, column, old[i], entry, path)
            pieces += [above.get(id(said[i]), ""), inner.edits.applied(start, end)]
        first, last = spans[id(node.value[0])], spans[id(node.value[-1])]
        # The pieces have the line ends of the file already.
        self.edits.replace(first[1], last[2], "".join([*pieces, above.get(0, "")]).replace("\r\n", "\n"))
        self.edits.level(last[2], column)

    def _spans(self, node: Any, dashes: list[int]) -> dict[int, tuple[int, int, int]]:
        """The dash of each entry, and where its lines begin and end."""
        source = self._source
        return {
            id(each): (dash, source.line_start(dash), source.next_line(dash if is_empty(each) else source.end(each)))
            for each, dash in zip(node.value, dashes, strict=True)
        }

    def _comments_above(
        self, node: Any, spans: Mapping[int, tuple[int, int, int]], kept: set[int], column: int
    ) -> dict[int, str]:
        """The lines above each entry that stays, with the comments of entries before it that do not; 0: below them all."""
        above: dict[int, str] = {}
        waiting, at = "", spans[id(node.value[0])][1]
        for each in node.value:
            _, start, end = spans[id(each)]
            lines = Edits(self._source)
            lines.level(at, column)
            text = lines.applied(at, start)
            if id(each) in kept:
                above[id(each)], waiting = waiting + text, ""
            elif text.strip():
                waiting += text
            at = end
        above[0] = waiting
        return above

    # Flow notation: {a: b}, [a, b]

    def _flow_pairs(self, node: Any, old: Mapping[str, Any], new: Mapping[str, Any], path: Path) -> bool:
        kept = {key.value: (key, value) for key, value in node.value if key.value in new or _is_blank(value)}
        if not kept:
            return bool(path) is False and self._rewrite(node, new)
        for name, (key, value) in kept.items():
            if name in new and _is_other(value, name, old, new, path):
                self._flow_value(value, self._flow_end(key, value), old.get(name), new[name], (*path, name))
        spans = [(key.start_mark.index, self._flow_end(key, value)) for key, value in node.value]
        at = {key.value: i for i, (key, _) in enumerate(node.value)}
        missing = _missing(kept, old, new, path, "")
        added = {
            None if anchor is None else at[anchor]: [_flow_pair(name, new[name]) for name in names]
            for anchor, names in missing.items()
        }
        self._flow_elements(spans, [key.value in kept for key, _ in node.value], added)
        return True

    def _flow_end(self, key: Any, value: Any) -> int:
        if value.start_mark.index < value.end_mark.index:
            return int(value.end_mark.index)
        try:
            return self._source.colon_end(key)
        except Unsuited:
            return int(key.end_mark.index)

    def _flow_items(self, node: Any, old: Sequence[Any], new: Sequence[Any], path: Path) -> bool:
        places = [i for i, each in enumerate(node.value) if not _is_blank(each)]
        sources = _rising(_matches(old, new, path))
        if all(i is None for i in sources):
            return False
        added: dict[int | None, list[str]] = defaultdict(list)
        anchor: int | None = None
        for i, entry in zip(sources, new, strict=True):
            if i is None:
                added[anchor].append(_flow(entry))
                continue
            anchor = places[i]
            each = node.value[anchor]
            if old[i] != entry or _is_written_otherwise(each, entry, path):
                self._flow_value(each, each.end_mark.index, old[i], entry, (*path, 0))
        kept = {places[i] for i in sources if i is not None}
        spans = [(each.start_mark.index, each.end_mark.index) for each in node.value]
        self._flow_elements(spans, [i in kept for i in range(len(spans))], added)
        return True

    def _flow_value(self, node: Any, end: int, old: Any, new: Any, path: Path) -> None:
        if node.start_mark.index == node.end_mark.index:
            colon = "" if self._source.text[end - 1] == ":" else ":"
            self.edits.replace(end, end, f"{colon} {_flow(new)}")
        elif isinstance(node, yaml.ScalarNode):
            self._rewrite(node, new)
        else:
            self.value(node, _IN_FLOW, 0, old, new, path)

    def _rewrite(self, node: Any, value: Any) -> bool:
        self.edits.replace(node.start_mark.index, node.end_mark.index, _flow(value))
        return True

    def _flow_elements(
        self, spans: list[tuple[int, int]], kept: list[bool], added: Mapping[int | None, list[str]]
    ) -> None:
        """Take elements out, each with one comma, and put others in behind those at the positions given."""
        source, last = self._source, max(i for i, stays in enumerate(kept) if stays)
        for anchor, texts in added.items():
            if anchor is None:
                self.edits.replace(spans[0][0], spans[0][0], "".join(f"{text}, " for text in texts))
            else:
                self.edits.replace(spans[anchor][1], spans[anchor][1], "".join(f", {text}" for text in texts))
        for i, (start, end) in enumerate(spans):
            if kept[i]:
                continue
            before, after = (end, spans[i + 1][0]) if i < last else (spans[i - 1][1], start)
            comma = source.comma(before, after)
            if source.text[before:after].strip(" ") == ",":
                self.edits.replace(min(start, before), max(end, after), "")
            else:
                self.edits.replace(start, end, "")
                self.edits.replace(comma, comma + 1, "")


def _rendered(value: Any, column: int, path: Path) -> tuple[str, list[str]]:
    """What stands behind a key or a dash that begins in `column`, and the lines below it."""
    indent, lines = " " * column, list[str]()
    if isinstance(value, dict | list) and not isinstance(path[-1], int):
        mapping({"": value}, indent, lines)
        return "", lines[1:]
    if isinstance(value, dict):
        item(value, indent, lines)
        lines = "\n".join(lines).split("\n")
        return lines[0].removeprefix(f"{indent}- "), lines[1:]
    first, *rest = scalar(value, indent).split("\n")
    return first, rest


_FLOW_PLAIN: Final = regex(r"[^\W\d_](?:[^\W_]|[ ._/()（）-])*(?<! )")


def _flow(value: Any) -> str:
    """A value in flow notation."""
    if isinstance(value, dict):
        return "{" + ", ".join(_flow_pair(key, each) for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, str) and not _FLOW_PLAIN.fullmatch(value):
        return quoted(value)
    return scalar(value, "")


def _flow_pair(key: str, value: Any) -> str:
    return f"{key if key.isidentifier() and key.isascii() else quoted(key)}: {_flow(value)}"


def _is_blank(node: Any) -> bool:
    """Whether a node states nothing."""
    if isinstance(node, yaml.ScalarNode):
        return not node.value.strip() or (node.style is None and node.value in ("~", "null", "Null", "NULL"))
    if isinstance(node, yaml.MappingNode):
        return all(_is_blank(value) for _, value in node.value)
    return all(_is_blank(each) for each in node.value)


def _is_other(value: Any, name: str, old: Mapping[str, Any], new: Mapping[str, Any], path: Path) -> bool:
    """Whether the value of a key has to change."""
    if name not in old or old[name] != new[name]:
        return True
    return (bool(path) and _is_blank(value)) or _out_of_order(value, new[name], (*path, name))


def _missing(
    kept: Mapping[str, Any], old: Mapping[str, Any], new: Mapping[str, Any], path: Path, on_dash: str
) -> dict[str | None, list[str]]:
    """The keys that are to come in, by the key they come behind; None: before all others.

    Nothing comes before the key `on_dash`, nor, where that goes, before the first that is kept. What the plan says without
    a word in the file (its language, its time zone) comes in when it changes.
    """
    anchor = (on_dash if on_dash in kept else next(iter(kept), None)) if on_dash else None
    found: dict[str | None, list[str]] = defaultdict(list)
    for name, value in new.items():
        if name in kept:
            anchor = name
        elif path or old.get(name) != value:
            found[anchor].append(name)
    return found


def _unwrapped(data: Any, inner: str) -> Any:
    return data[inner] if isinstance(data, dict) and set(data) == {inner} else data


def _lines_up(node: Any, old: Any) -> bool:
    """Whether a list in the file has an entry for each in the plan's data."""
    return isinstance(old, list) and sum(1 for each in node.value if not _is_blank(each)) == len(old)


def _out_of_order(node: Any, new: Any, path: Path) -> bool:
    """Whether the extra columns of a row stand in another order than they should: it is the only order that counts."""
    if path[-1:] != ("extra",) or not isinstance(node, yaml.MappingNode) or not isinstance(new, dict):
        return False
    standing = [key.value for key, value in node.value if key.value in new and not _is_blank(value)]
    return standing != [name for name in new if name in standing]


def _is_written_otherwise(node: Any, new: Any, path: Path) -> bool:
    """Whether an entry says something that only held where it stood.

    That is a step's number that was no more than its position, and the order of a row's extra columns.
    """
    if not isinstance(node, yaml.MappingNode):
        return False
    own = {key.value: value for key, value in node.value}
    fields = as_fields(new, (*path, 0))
    if "number" in own and not _is_blank(own["number"]) and "number" not in fields:
        return True
    return "extra" in own and _out_of_order(own["extra"], fields.get("extra"), ("extra",))


def _matches(old: Sequence[Any], new: Sequence[Any], path: Path) -> list[int | None]:
    """For each new entry the old one that it was, or in whose place it stands; None for one that is new."""
    found = matches(old, new, path)
    free = set(range(len(old))).difference(found)
    for j in range(len(new)):
        before = -1 if j == 0 else found[j - 1]
        if found[j] is None and before is not None and before + 1 in free:
            found[j] = before + 1
            free.discard(before + 1)
    return found


def _rising(sources: list[int | None]) -> list[int | None]:
    """The same without those that would go backwards."""
    found: list[int | None] = []
    last = -1
    for i in sources:
        found.append(i if i is not None and i > last else None)
        last = i if i is not None and i > last else last
    return found
