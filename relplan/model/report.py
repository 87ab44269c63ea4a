"""What became of each word of the input: the values, labels and notices of a reading, in the order of the files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias, get_args

from relplan.errors import Path, Place
from relplan.model.read import Notice, NoticeKind, Read
from relplan.patterns import regex

_Key: TypeAlias = tuple[int, ...]
_CELL: Final = regex(r"([A-Z]+)(\d*)")


def in_order(read: Read) -> list[Notice]:
    """The notices by file, sheet and place; files and sheets as they came."""
    key = place_order(read, [notice.problem.place or Place() for notice in read.notices])
    return sorted(read.notices, key=lambda notice: key(notice.problem.place or Place()))


def place_order(read: Read, places: Sequence[Place]) -> Callable[[Place], tuple[int, ...]]:
    """By what to sort `places` of a reading: by file, sheet and spot; files and sheets as they came."""
    on_one_sheet = len({(place.file, place.sheet) for place in places}) < 2
    return _order(places if on_one_sheet else _places(read))


def report(read: Read) -> dict[str, Any]:
    """A reading as plain data, for programs: `files`, `values`, `labels`, `notices` and `counts`.

    Each value has the `path` in the plan and the `place` it was read from. Of parts that begin where their first value
    stands only that value is listed; a place that gave several values is listed with each.
    """
    key = _order(_places(read))
    values = sorted(_values(read), key=lambda value: key(value[1]))
    labels = sorted(read.labels, key=key)
    notices = in_order(read)
    kinds = {kind: sum(1 for each in notices if each.kind == kind) for kind in get_args(NoticeKind)}
    return {
        "files": list(dict.fromkeys(place.file for place in _places(read) if place.file)),
        "values": [{"path": path_text(path), "place": str(place)} for path, place in values],
        "labels": [str(place) for place in labels],
        "notices": [_notice(each) for each in notices],
        "counts": {"rows": len(read.plan.table.rows), "values": len(values), "labels": len(labels), **kinds},
    }


def path_text(path: Path) -> str:
    """`table.rows[0].version`; words that are no identifiers stand in brackets and quotes."""
    text = ""
    for step in path:
        if isinstance(step, str) and step.isidentifier():
            text += f".{step}" if text else step
        else:
            text += f"[{step}]" if isinstance(step, int) else f'["{step}"]'
    return text


def _notice(notice: Notice) -> dict[str, str]:
    message = notice.problem.message
    return {"kind": notice.kind, "place": str(notice.problem.place or ""), "zh": message.zh, "en": message.en}


def _values(read: Read) -> Iterable[tuple[Path, Place]]:
    covered = {(path[:n], place) for path, place in read.places.items() for n in range(len(path))}
    yield from (each for each in read.places.items() if each[0] and each not in covered)
    yield from ((path, place) for place, path in read.further.items())


def _places(read: Read) -> Iterable[Place]:
    yield from read.places.values()
    yield from read.further
    yield from (notice.problem.place for notice in read.notices if notice.problem.place)
    yield from sorted(read.labels, key=str)


def _order(known: Iterable[Place]) -> Callable[[Place], _Key]:
    """By what to sort places; their files and sheets come as in `known`."""
    sheets: dict[tuple[str, str], int] = {}
    files: dict[str, int] = {}
    for place in known:
        files.setdefault(place.file, len(files))
        sheets.setdefault((place.file, place.sheet), len(sheets))
    return lambda place: _key(place, files, sheets)


def _key(place: Place, files: Mapping[str, int], sheets: Mapping[tuple[str, str], int]) -> _Key:
    start = (files.get(place.file, -1), sheets.get((place.file, place.sheet), -1) if place.sheet else -1, place.line)
    cell = _CELL.fullmatch(place.cell)
    if cell:
        return (*start, int(cell[2] or 0), _column(cell[1]))
    return (*start, *map(int, re.findall(r"\d+", place.cell)), place.column)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
