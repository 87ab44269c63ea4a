"""What a document shows a second time, or works out: compared with the plan instead of read into it."""

from __future__ import annotations

import re
from typing import Any, Final

from msgspec import Struct, field

from relplan.errors import LANGUAGES, Language, Path, Place
from relplan.model.celltext import MomentKind, WordsKind
from relplan.model.columns import normalise_header
from relplan.patterns import regex
from relplan.readers.draft import Draft
from relplan.resources import labels

_WEEKDAYS: Final = regex(
    "|".join(re.escape(str(labels(each)["dated"]).replace("{date}", "").format(weekday=day)) for each in LANGUAGES for day in labels(each)["weekdays"])
)  # fmt: skip
_BEFORE: Final = regex(
    r"[在于]?\s*(?P<deadline>[^，。,\n]{2,40}?)\s*(?:之?前|以前)[，,]?\s*(?:仍|还|尚)?(?:未|没有|不能)(?:全部)?(?:通过|完成)验证点?\s*(?:[（(](?P<points>[^（）()]+)[）)])?"
)


class Derived(Struct):
    """Takes what only repeats the plan, and compares it once the plan has been read."""

    draft: Draft
    _kept: list[tuple[str, str, Place]] = field(default_factory=list)

    def title(self, words: str, place: Place) -> None:
        """The title of the document."""
        self.draft.state(("title",), words, place)

    def takes(self, key: str, value: str, place: Place) -> bool:
        """Whether a pair repeats something by its key; if so it is kept for `compare`."""
        word = next((word for word in _COMPARED for each in LANGUAGES if labels(each).get(word) == key), "")
        word = word or ("owner" if normalise_header(key) in _OWNERS else "")
        if word:
            self._kept.append((word, _undated(value), place))
        return bool(word)

    def repeats(self, text: str, place: Place) -> bool:
        """Whether a line is a sentence of relplan's own; if so what it says is kept for `compare`."""
        for language in LANGUAGES:
            match = _sentence(language).fullmatch(text)
            if match:
                self._kept.append(("deadline", _undated(match["deadline"]), place))
                self._kept.append(("points", match["points"], place))
                return True
            start = f"{labels(language)['deadline']}{labels(language)['colon']}"
            if text.startswith(start):
                self._kept.append(("deadline", _undated(text.removeprefix(start)), place))
                return True
        return False

    def deadline_in(self, text: str, place: Place) -> None:
        """State the deadline and the verification points that a sentence names: 在 01:00 前未通过验证点（1、2）."""
        if match := _BEFORE.search(text):
            self._state_first(("rollback", "deadline"), match["deadline"], place)
            if match["points"]:
                self._state_first(("rollback", "points"), match["points"], place)

    def compare(self) -> None:
        """Say where what was repeated differs from the plan; what the plan does not state is stated by it."""
        self._own_title()
        for word, value, place in self._kept:
            _COMPARED[word](self, value, place)

    def _own_title(self) -> None:
        """A title that relplan made up itself states nothing."""
        data = self.draft.data
        for language in LANGUAGES:
            words = (data.get("product"), data.get("version"), labels(language)["documents"]["plan"])
            if data.get("title") == " ".join(word for word in words if word):
                del data["title"]
                self.draft.label(self.draft.places.pop(("title",)))
                return

    def _deadline(self, value: str, place: Place) -> None:
        self._fact(("rollback", "deadline"), value, place, MomentKind())

    def _points(self, value: str, place: Place) -> None:
        everything = [labels(each)["points_all"] for each in LANGUAGES]
        stated = [str(each) for each in WordsKind().accept(self.draft.at(("rollback", "points")))]
        if value in (*everything, "、".join(stated), ", ".join(stated)) or is_gap(value):
            self.draft.label(place)
        else:
            self._fact(("rollback", "points"), value, place, WordsKind())

    def _window(self, value: str, place: Place) -> None:
        start, mark, end = value.partition(" – ")
        stated = [self.draft.at(("window", name)) for name in ("start", "end")]
        shown = [_written(each) for each in stated]
        if is_gap(value) or (mark and shown == [_written(start), _written(end)]) or value == " – ".join(shown):
            self.draft.label(place)
        elif not any(stated) and not self.draft.at(("window", "text")):
            self.draft.state(("window", "text"), value, place)
        else:
            self._differs(" – ".join(shown), place)

    def _owner(self, value: str, place: Place) -> None:
        people = [_name(each) for each in self.draft.at(("participants",)) or []]
        deciders = str(self.draft.at(("rollback", "decider")) or "")
        if is_gap(value) or value in people or value in deciders:
            self.draft.label(place)
        else:
            self.draft.append(("participants",), {"name": value, "roles": labels("zh")["owner"]}, place)

    def _risk(self, value: str, place: Place) -> None:
        self.draft.label(place)

    def _fact(self, path: Path, value: str, place: Place, kind: Any) -> None:
        stated = self.draft.at(path)
        if is_gap(value) or (stated and _squeezed(kind.accept(stated)) == _squeezed(kind.accept(value))):
            self.draft.label(place)
        elif stated:
            self._differs(str(stated), place)
        else:
            self.draft.state(path, value, place)

    def _state_first(self, path: Path, value: str, place: Place) -> None:
        if not self.draft.at(path):
            self.draft.state(path, value, place)

    def _differs(self, stated: str, place: Place) -> None:
        self.draft.note(
            "unplaced",
            f"与文档中另一处写的“{stated}”不一致，以那一处为准",
            f'differs from "{stated}" elsewhere in the document, which stands',
            place,
        )


_OWNERS: Final = frozenset(
    map(
        normalise_header,
        (
            "负责人",
            "总负责人",
            "项目负责人",
            "上线负责人",
            "投产负责人",
            "变更负责人",
            "项目经理",
            "release manager",
            "owner",
        ),
    )
)
"""Keys of a cover under which stands who answers for the release."""

_COMPARED: Final = {
    "release_window": Derived._window,
    "owner": Derived._owner,
    "overall_risk": Derived._risk,
    "deadline": Derived._deadline,
    "points": Derived._points,
}


def _sentence(language: Language) -> re.Pattern[str]:
    """relplan's own sentence of when to go back, with what it says as groups."""
    pattern = re.escape(str(labels(language)["trigger"]))
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.*)", pattern), re.DOTALL)


def _undated(text: str) -> str:
    """A text without the days of the week that documents add to dates."""
    return _WEEKDAYS.sub("", text).strip()


def is_gap(text: str) -> bool:
    """Whether a text is the mark of something that is not stated."""
    return text in [labels(each)["gap"] for each in LANGUAGES]


def _squeezed(value: object) -> str:
    """A value's words, for comparing: pages make one blank of several."""
    return " ".join(str(value).split())


def _written(value: object) -> str:
    """A moment as documents show it; a gap's words where there is none."""
    if not value or is_gap(str(value)):
        return ""
    kind = MomentKind()
    return kind.write(kind.accept(value))


def _name(entry: object) -> str:
    return str(entry.get("name", "")) if isinstance(entry, dict) else re.split(r"[（(]", str(entry))[0].strip()
