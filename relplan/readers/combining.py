"""One plan of several files: what they say alike is said once, what they say differently is kept and told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from msgspec import Struct, field

from relplan.errors import Message, Path, Place, Problem, place_of
from relplan.model.fields import Row
from relplan.model.part import fields_of
from relplan.model.plan import ReleasePlan, Window
from relplan.model.read import Notice, NoticeKind, Read, bound_column, collector_paused
from relplan.model.table import Extra
from relplan.model.values import Nothing

FACTS: Final[tuple[Path, ...]] = (
    *((name,) for name in ("title", "product", "version", "kind", "goal", "language", "time_zone")),
    *(("rollback", name) for name in ("deadline", "decider", "text")),
    *(("tests", name) for name in ("scope", "environment", "criteria", "document")),
)
"""What a plan says once; `window` is another such fact."""

Named: TypeAlias = Callable[[Any], object]
"""What an entry of a list is known by; entries that are known by nothing are the same only where they are equal."""


def _by(*fields: str) -> Named:
    return lambda row: tuple(getattr(row, name) for name in fields) if getattr(row, fields[0]) else row


LISTS: Final[Mapping[Path, Named]] = {
    **dict.fromkeys([("impact",), ("iterations",), ("rollback", "points")], lambda text: text),
    **dict.fromkeys([("preparation",), ("deployment",), ("verification",), ("rollback", "steps")], _by("text")),
    ("participants",): _by("name"),
    ("table", "rows"): _by("system", "version"),
    ("scripts",): _by("name", "version"),
    ("packages",): _by("name", "version"),
    ("external_software",): _by("name", "version", "host"),
    ("services_to_stop",): _by("service", "system"),
    ("tests", "cases"): _by("text", "number"),
    ("tests", "runs"): lambda run: run,
    ("issues",): _by("title", "number"),
    ("meetings",): _by("topic", "at"),
    ("monitoring",): _by("target", "metric"),
    ("exemptions",): _by("rule", "where"),
    ("sections",): _by("title", "text"),
}
MOST_ALIKE: Final = 100
"""Where more entries of a list have one name, only equal ones are taken for the same."""

_BLANK: Final = (None, ())


def combined(reads: Sequence[Read]) -> Read:
    """One plan of several, which come first in their order.

    Entries of the same name (rows: system and version; steps: their text) that differ in nothing but what one of them leaves
    blank become one, the fuller. Those that differ both stay, with a notice. Of a fact the first word stands, others are
    reported as not placed. Places, notices and labels are those of all.
    """
    if len(reads) == 1:
        return reads[0]
    whole = _Whole()
    with collector_paused():
        for read in reads:
            _Part(whole, read).take()
        if ("language",) not in whole.places and any(map(_is_chinese, reads)):
            whole.facts.pop(("language",), None)  # files in English and in Chinese make a plan in Chinese
        return whole.read()


def _is_chinese(read: Read) -> bool:
    return read.language == "zh"


class _Whole(Struct):
    """What has been combined so far."""

    facts: dict[Path, Any] = field(default_factory=dict)
    lists: dict[Path, list[Any]] = field(default_factory=lambda: defaultdict(list))
    named: dict[Path, dict[object, list[int]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    places: dict[Path, Place] = field(default_factory=dict)
    further: dict[Place, Path] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    labels: set[Place] = field(default_factory=set)

    def note(self, kind: NoticeKind, zh: str, en: str, place: Place | None) -> None:
        self.notices.append(Notice(kind, Problem(Message(zh, en), place)))

    def place(self, path: Path) -> Place:
        return place_of(self.places, path) or Place()

    def read(self) -> Read:
        data: dict[str, Any] = {}
        for path, value in [*self.facts.items(), *self.lists.items()]:
            box = data
            for step in path[:-1]:
                box = box.setdefault(str(step), {})
            box[str(path[-1])] = value
        plan = ReleasePlan.from_data(data)
        rows = plan.table.rows
        numbers = [{pair.header: i for i, pair in enumerate(row.extra)} for row in rows]
        places = {_numbered(path, numbers): place for path, place in self.places.items()}
        further = {place: _numbered(path, numbers) for place, path in self.further.items()}
        return Read(plan, places, tuple(self.notices), frozenset(self.labels), further)


def _numbered(path: Path, numbers: Sequence[Mapping[str, int]]) -> Path:
    """The path of an extra column by its number, which the order of all rows decides, instead of its header."""
    if len(path) < 5 or path[3] != "extra":
        return path
    return (*path[:4], numbers[int(path[2])].get(str(path[4]), path[4]), *path[5:])


class _Part:
    """Takes one file into the whole."""

    def __init__(self, whole: _Whole, read: Read) -> None:
        self._whole, self._read = whole, read
        self._moves: dict[Path, list[int]] = {}
        self._refused: set[Path] = set()
        self._taken: list[tuple[Path, Path]] = []

    def take(self) -> None:
        for path in FACTS:
            value = _at(self._read.plan, path)
            if value not in _BLANK and self._is_stated(path, value):
                self._fact(path, value)
        if self._read.plan.window.stated():
            self._window(self._read.plan.window)
        for path in LISTS:
            self._list(path, _at(self._read.plan, path))
        self._whole.notices += self._read.notices
        self._whole.labels |= self._read.labels
        self._carry_places()

    def _is_stated(self, path: Path, value: object) -> bool:
        """Whether a fact is more than the default: of language and time zone a file may say nothing."""
        return path in self._read.places or value != getattr(_DEFAULTS, str(path[0]))

    def _is_inferred(self, path: Path, places: Mapping[Path, Place]) -> bool:
        """Whether no word states a language or time zone, which a reader may infer from other words."""
        return len(path) == 1 and path[0] in ("language", "time_zone") and path not in places

    def _fact(self, path: Path, value: object) -> None:
        known = self._whole.facts.get(path)
        if known is None:
            self._whole.facts[path] = value
            self._taken.append((path, path))
        elif not _same(known, value) and not self._is_inferred(path, self._read.places):
            if self._is_inferred(path, self._whole.places):
                self._whole.facts[path] = value
            else:
                self._refuse(path, _words(path, value), _words(path, known))

    def _window(self, window: Window) -> None:
        path: Path = ("window",)
        known = self._whole.facts.get(path)
        if known is None:
            self._whole.facts[path] = window
            self._taken.append((path, path))
        elif _differing(known, window):
            self._refuse(path, (_window_words(window),) * 2, (_window_words(known),) * 2)
        else:
            self._whole.facts[path] = self._fuller(known, window, path, path)

    def _refuse(self, path: Path, words: tuple[str, str], known: tuple[str, str]) -> None:
        """Say that a value does not go in, at each place where it stands."""
        self._refused.add(path)
        there = self._whole.place(path)
        for place in self._places_of(path):
            zh, en = f"“{words[0]}”已在 {there} 写为“{known[0]}”", f'"{words[1]}" is "{known[1]}" at {there}'
            self._whole.note("unplaced", zh, en, place)

    def _places_of(self, path: Path) -> list[Place | None]:
        found = [place for each, place in self._read.places.items() if each[: len(path)] == path]
        found += [place for place, each in self._read.further.items() if each[: len(path)] == path]
        return list(dict.fromkeys(found)) or [place_of(self._read.places, path)]

    # Lists

    def _list(self, path: Path, entries: Any) -> None:
        whole = self._whole
        if isinstance(entries, Nothing):
            self._nothing(path, entries)
            return
        if not entries:
            return
        if isinstance(none := whole.facts.get(path), Nothing):
            self._overrule(path, none)
        start = len(whole.lists[path])
        moves: list[int | None] = [None] * len(entries)
        used: set[int] = set()
        for fits in (self._equal, self._alike):
            for i, entry in enumerate(entries):
                if moves[i] is None and (found := fits(path, entry, start, used)) is not None:
                    moves[i] = found
                    used.add(found)
        for i, entry in enumerate(entries):
            if (at := moves[i]) is None:
                moves[i] = self._append(path, i, entry, start, used)
            elif isinstance(entry, Row):
                whole.lists[path][at] = self._fuller(whole.lists[path][at], entry, (*path, i), (*path, at))
        self._moves[path] = [at for at in moves if at is not None]

    def _rivals(self, path: Path, entry: Any, start: int, used: set[int]) -> list[int]:
        """The entries of the files before that have the name of `entry` and are not the same as another one of this file."""
        named = self._whole.named[path].get(LISTS[path](entry), ())
        return [at for at in named if at < start and at not in used]

    def _equal(self, path: Path, entry: Any, start: int, used: set[int]) -> int | None:
        known = self._whole.lists[path]
        return next((at for at in self._rivals(path, entry, start, used) if known[at] == entry), None)

    def _alike(self, path: Path, entry: Any, start: int, used: set[int]) -> int | None:
        """An entry that says all that `entry` says, else the only one that differs in nothing but blanks."""
        rivals, known = self._rivals(path, entry, start, used), self._whole.lists[path]
        if not rivals or len(rivals) > MOST_ALIKE:
            return None
        found = [at for at in rivals if not _differing(known[at], entry)]
        holding = [at for at in found if not _added(known[at], entry)]
        return holding[0] if holding else found[0] if len(found) == 1 else None

    def _append(self, path: Path, i: int, entry: Any, start: int, used: set[int]) -> int:
        whole = self._whole
        at = len(whole.lists[path])
        if rivals := self._rivals(path, entry, start, used):
            self._tell(path, i, entry, rivals[0])
        whole.lists[path].append(entry)
        whole.named[path][LISTS[path](entry)].append(at)
        self._taken.append(((*path, i), (*path, at)))
        return at

    def _tell(self, path: Path, i: int, entry: Row, rival: int) -> None:
        """Say that an entry differs from one of the same name in a file before."""
        whole, known = self._whole, self._whole.lists[path][rival]
        here = place_of(self._read.places, (*path, i)) or Place()
        pairs = [
            (
                _field_words((*path, rival), known, name),
                whole.place((*path, rival, *_field_path(known, name))),
                _field_words((*path, i), entry, name),
                self._place_of_field((*path, i), entry, name) or here,
            )
            for name in _differing(known, entry)
        ]
        title, there = _shown(getattr(entry, entry.main) or "…"), whole.place((*path, rival))
        zh = "；".join(f"{a[0]}“{a[2]}”（{p}）、“{b[2]}”（{q}）" for a, p, b, q in pairs) or "不止一条与它相符"
        en = "; ".join(f'{a[1]} "{a[3]}" ({p}), "{b[3]}" ({q})' for a, p, b, q in pairs) or "more than one fits it"
        whole.note(
            "guessed",
            f"“{title}”在 {there} 也有，两条都已保留：{zh}",
            f'"{title}" is at {there} too, both are kept: {en}',
            here,
        )

    def _place_of_field(self, path: Path, entry: Row, name: str) -> Place | None:
        """The place of a field, or of the extra column of that header, in an entry of this file."""
        headers = [pair.header for pair in getattr(entry, "extra", ())]
        by_number = self._read.places.get((*path, "extra", headers.index(name))) if name in headers else None
        return by_number or place_of(self._read.places, (*path, *_field_path(entry, name)))

    def _nothing(self, path: Path, none: Nothing) -> None:
        """Take a stated "none"; entries that other files state go before it."""
        if known := self._whole.lists.get(path):
            words = f"{len(known)}"
            self._refused.add(path)
            for place in self._places_of(path):
                self._contradicted(none, words, self._whole.place((*path, 0)), place)
        elif path not in self._whole.facts:
            self._whole.facts[path] = none
            self._taken.append((path, path))

    def _overrule(self, path: Path, none: Nothing) -> None:
        """Let go of a "none" that a file before states, for this one has entries."""
        whole = self._whole
        del whole.facts[path]
        there = place_of(self._read.places, (*path, 0)) or Place()
        gone = [each for each in whole.places if each[: len(path)] == path]
        places = dict.fromkeys(whole.places.pop(each) for each in gone)
        places |= dict.fromkeys(place for place, each in whole.further.items() if each[: len(path)] == path)
        whole.further = {place: each for place, each in whole.further.items() if each[: len(path)] != path}
        for place in places:
            self._contradicted(none, f"{len(_at(self._read.plan, path))}", there, place)

    def _contradicted(self, none: Nothing, count: str, there: Place, place: Place | None) -> None:
        zh, en = f"“{none}”未读入：{there} 起有 {count} 项", f'"{none}" is not read: there are {count} from {there} on'
        self._whole.note("unplaced", zh, en, place)

    def _fuller(self, known: Any, other: Any, there: Path, here: Path) -> Any:
        """`known` with what only `other` (which stands `there` in this file) says."""
        changes = _added(known, other)
        self._taken += [((*there, name), (*here, name)) for name in changes if name != "extra"]
        return known.replace(**changes) if changes else known

    # Places

    def _carry_places(self) -> None:
        """Bring the places of this file under the paths of the whole."""
        whole = self._whole
        begun: set[Place] = set()
        further: dict[Place, Path] = {}
        for path, place in self._read.places.items():
            new = self._moved(path) if path else None
            if new is None:
                continue
            if whole.places.setdefault(new, place) == place:
                begun.add(place)
            else:
                further[place] = new
        further |= {place: new for place, path in self._read.further.items() if (new := self._moved(path)) is not None}
        whole.further |= {place: path for place, path in further.items() if place not in begun}
        for old, new in self._taken:
            if new not in whole.places and (found := place_of(self._read.places, old)):
                whole.places[new] = found

    def _moved(self, path: Path) -> Path | None:
        """The path in the whole of what stands at `path` in this file; None where it did not go in."""
        for head in (path[:1], path[:2]):
            if head in self._refused:
                return None
            moves = self._moves.get(head)
            if moves is not None and len(path) > len(head) and isinstance(i := path[len(head)], int) and i < len(moves):
                return (*head, moves[i], *self._by_header(head, i, path[len(head) + 1 :]))
        return path

    def _by_header(self, head: Path, i: int, rest: Path) -> Path:
        if rest[:1] != ("extra",) or len(rest) < 2 or not isinstance(rest[1], int):
            return rest
        pairs: Sequence[Extra] = _at(self._read.plan, head)[i].extra
        return ("extra", pairs[rest[1]].header, *rest[2:]) if rest[1] < len(pairs) else rest


_DEFAULTS: Final = ReleasePlan()


def _at(plan: ReleasePlan, path: Path) -> Any:
    value: Any = plan
    for step in path:
        value = getattr(value, str(step))
    return value


def _same(one: object, other: object) -> bool:
    return one == other or (isinstance(one, Nothing) and isinstance(other, Nothing))


def _differing(one: Any, other: Any) -> list[str]:
    """The fields, and the headers of extra columns, of which two entries say different things."""
    if not isinstance(one, Row | Window):
        return []
    found = [
        name
        for name, value in vars(other).items()
        if name != "extra" and value not in _BLANK and (known := getattr(one, name)) not in _BLANK
        if not _same(known, value)
    ]
    mine, theirs = ({pair.header: pair.text for pair in getattr(each, "extra", ())} for each in (one, other))
    return found + [header for header in theirs if mine.get(header, theirs[header]) != theirs[header]]


def _added(one: Any, other: Any) -> dict[str, Any]:
    """The fields in which `other` says something and `one` nothing, with the values of both together."""
    added = {name: value for name, value in vars(other).items() if value not in _BLANK and getattr(one, name) in _BLANK}
    headers = {pair.header for pair in getattr(one, "extra", ())}
    if new := tuple(pair for pair in getattr(other, "extra", ()) if pair.header not in headers):
        added["extra"] = (*one.extra, *new)
    return added


def _words(path: Path, value: Any) -> tuple[str, str]:
    """How a value is written in both languages, on one line and not too long."""
    bound = bound_column(path)
    if bound is None:
        return (_shown(str(value)),) * 2
    return _shown(bound.kind.write(value, "zh")), _shown(bound.kind.write(value, "en"))


def _field_words(path: Path, entry: Row, name: str) -> tuple[str, str, str, str]:
    """What a field is called, and its value: each in Chinese and English."""
    bound = bound_column((*path, name))
    if bound is None:
        text = next((pair.text for pair in getattr(entry, "extra", ()) if pair.header == name), "")
        return name, name, _shown(text), _shown(text)
    return bound.column.zh, bound.column.en.lower(), *_words((*path, name), getattr(entry, name))


def _field_path(entry: Row, name: str) -> Path:
    """The path in an entry for a field, or for the header of an extra column."""
    return (name,) if name in fields_of(type(entry)) else ("extra", name)


def _window_words(window: Window) -> str:
    ends = [_words(("window", name), getattr(window, name))[0] for name in ("start", "end")]
    return window.text or " - ".join(filter(None, ends))


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 40 else f"{line[:40]}…"
