"""The log of a release: one line of JSON for each thing that was done, only ever added to.

A line begins with its moment in UTC, so that logs are merged by putting them behind one another and sorting the lines.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import asdict

from relplan.errors import Place, Problem, ReadError, Refused, problem, suggest
from relplan.model.text import normalise
from relplan.model.values import Choice


class Status(Choice):
    """What is logged of something."""

    DONE = "done", "完成", "Done"
    PASS = "pass", "通过", "Passed"
    FAIL = "fail", "失败", "Failed"
    SKIP = "skip", "跳过", "Skipped"
    WAIVE = "waive", "豁免", "Waived"
    SENT = "sent", "已发送", "Sent"
    APPROVED = "approved", "已批准", "Approved"


ENDING: Final = ".log.jsonl"
"""What the name of a log ends in, in place of the plan's `.yaml`."""

MAX_LINE: Final = 64 * 1024
"""Bytes of a line at most."""


class LogEntry(Struct, frozen=True):
    """One thing that was done.

    Attributes:
        at: when, with its zone.
        release: the product and version of the plan.
        ref: the stable id of the step, check or notice.
        status: what became of it.
        text: what the step said then.
        by: who did it.
        value: what was measured.
        evidence: a file or link that shows it.
        note: anything else; of a waiver the reason.
        plan: the digest of the plan it was about.
    """

    at: dt.datetime
    release: str
    ref: str
    status: Status
    text: str = ""
    by: str = ""
    value: str = ""
    evidence: str = ""
    note: str = ""
    plan: str = ""

    def line(self) -> str:
        """The entry as a line of a log, with its end."""
        said: dict[str, Any] = {name: value for name, value in asdict(self).items() if value}
        said["at"] = self.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
        said["status"] = str(self.status)
        line = json.dumps(said, ensure_ascii=False, separators=(", ", ": ")) + "\n"
        if len(line.encode()) > MAX_LINE:
            most = MAX_LINE // 1024
            raise Refused(f"这一条超过 {most} KiB；长的内容请放在文件中，用 --evidence 指明", f"the entry is longer than {most} KiB; put the long part into a file and name it with --evidence")  # fmt: skip
        return line


class Log(Struct, frozen=True):
    """What a log file holds: its entries in the order of their moments, each once, and what is to be told of the file."""

    entries: tuple[LogEntry, ...] = ()
    torn: Problem | None = None


def release_name(product: str | None, version: str | None) -> str:
    """What entries call the release of a plan."""
    return " ".join(word for word in (product, version) if word)


def read_log(data: bytes, name: str, release: str | None = None) -> Log:
    """The log in a file's content; a last line that was cut off while it was written is left out and told.

    Args:
        data: the content.
        name: of the file, for messages.
        release: what the entries have to be about; None: anything.

    Raises:
        ReadError: a line is no entry of a log, or of another release; with every such line.
    """
    lines = data.split(b"\n")
    tail = lines.pop()
    torn = None
    if tail.strip():
        whole = _entry(tail, Place(name, line=len(lines) + 1))
        if isinstance(whole, Problem):
            torn = problem(
                f"最后一行不完整（写入时被中断），未计入：{_shown(tail)}",
                f"the last line is torn, its writing was cut off; it does not count: {_shown(tail)}",
                Place(name, line=len(lines) + 1),
            )
        else:
            lines.append(tail)
    found = [(_entry(line, Place(name, line=at)), line, at) for at, line in enumerate(lines, 1) if line.strip()]
    problems = [each for each, _, _ in found if isinstance(each, Problem)]
    problems += [
        _other_release(each, release, Place(name, line=at))
        for each, _, at in found
        if isinstance(each, LogEntry) and release is not None and each.release != release
    ][:1]
    if problems:
        raise ReadError(problems)
    unique = {line: each for each, line, _ in found if isinstance(each, LogEntry)}
    return Log(tuple(each for _, each in sorted(unique.items(), key=lambda pair: (pair[1].at, pair[0]))), torn)


def _shown(line: bytes) -> str:
    text = line.decode("utf-8", "replace")
    return text if len(text) <= 60 else text[:60] + "…"


def _other_release(entry: LogEntry, release: str, place: Place) -> Problem:
    return problem(
        f"这是“{entry.release}”的日志，计划是“{release}”",
        f'this is the log of "{entry.release}", the plan is "{release}"',
        place,
    )


_NAMES: Final = LogEntry.__struct_fields__


def _entry(line: bytes, place: Place) -> LogEntry | Problem:
    """The entry a line holds, or what is wrong with it."""
    try:
        said = json.loads(line)
        return entry_of(said)
    except Refused as error:
        return Problem(error.message, place)
    except (ValueError, RecursionError):
        return problem(
            f"不是日志的一行：{_shown(line)}；日志只由 relplan log 写入",
            f"this is no line of a log: {_shown(line)}; only relplan log writes to it",
            place,
        )


def entry_of(said: Any) -> LogEntry:
    """The entry that plain data says.

    Raises:
        Refused: it is none: a key that does not exist, a time without a zone, an unknown status.
    """
    if not isinstance(said, dict) or not all(isinstance(value, str) for value in said.values()):
        raise Refused("不是日志的一行：应为键和文本", "this is no line of a log: it takes keys and texts")
    for key in said:
        if key not in _NAMES:
            hint = suggest(key, _NAMES)
            raise Refused(f"未知的键“{key}”{hint.zh}", f'unknown key "{key}"{hint.en}')
    for key in ("at", "release", "ref", "status"):
        if not said.get(key):
            raise Refused(f"缺少“{key}”", f'"{key}" is missing')
    texts = {name: normalise(value) for name, value in said.items() if name not in ("at", "status")}
    return LogEntry(at=moment(said["at"]), status=status_of(said["status"]), **texts)


def moment(text: str) -> dt.datetime:
    """A moment with its zone: `2026-08-20T22:05:00+08:00`, `2026-08-20 14:05Z`.

    Raises:
        Refused: it is no moment, or has no zone.
    """
    try:
        found = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        raise Refused(f"“{text}”不是时间；请写成 2026-08-20T22:05+08:00", f'"{text}" is no moment; write it like 2026-08-20T22:05+08:00') from None  # fmt: skip
    if found.tzinfo is None:
        raise Refused(f"“{text}”没有时区；请写成 {text.strip()}+08:00", f'"{text}" has no zone; write it like {text.strip()}+08:00')  # fmt: skip
    return found


def status_of(word: str, known: Iterable[Status] = Status) -> Status:
    """The status that a word means, in either language.

    Raises:
        Refused: there is none, or it is not among `known`.
    """
    words = {text.lower(): each for each in known for text in (str(each), each.zh, each.en)}
    if (found := words.get(word.strip().lower())) is None:
        hint = suggest(word, [str(each) for each in known])
        listed = ", ".join(str(each) for each in known)
        raise Refused(f"没有状态“{word}”{hint.zh or f'；可用：{listed}'}", f'there is no status "{word}"{hint.en or f"; known: {listed}"}')  # fmt: skip
    return found
