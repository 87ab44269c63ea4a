"""The board, the gates and the rollback decision as text, Markdown and plain data."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from relplan.errors import Language, Message
from relplan.model import moments
from relplan.model.plan import ReleasePlan
from relplan.process.board import PARTS, Board, Line
from relplan.process.decision import Answer, Decision
from relplan.process.gates import CheckState, CheckVerdict, GateVerdict
from relplan.process.log import release_name
from relplan.resources import labels

_ANSWERS: Final[Mapping[Answer, Message]] = {
    Answer.GO_ON: Message("继续", "GO ON"),
    Answer.WAIT: Message("继续，等待验证", "GO ON, verification is open"),
    Answer.ROLL_BACK: Message("回退", "ROLL BACK"),
    Answer.ROLLING_BACK: Message("正在回退", "ROLLING BACK"),
    Answer.ROLLED_BACK: Message("已回退", "ROLLED BACK"),
}
_STATES: Final[Mapping[CheckState, tuple[str, Message]]] = {
    CheckState.MET: ("[x]", Message("满足", "met")),
    CheckState.WAIVED: ("[~]", Message("豁免", "waived")),
    CheckState.OPEN: ("[ ]", Message("未满足", "open")),
    CheckState.STALE: ("[!]", Message("需重新批准", "to be approved anew")),
}


def json_text(data: Mapping[str, Any]) -> str:
    """Plain data as JSON, with its line end."""
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def clock(at: dt.datetime, plan: ReleasePlan) -> str:
    """A moment in the zone of the plan: `2026-08-20 22:05`."""
    import zoneinfo

    return moments.write(at.astimezone(zoneinfo.ZoneInfo(plan.time_zone)).replace(tzinfo=None, second=0, microsecond=0))


def _cell(text: str) -> str:
    """Text in a cell of a Markdown table."""
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def _markdown(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(headers)} |"
    yield f"|{' --- |' * len(headers)}"
    yield from (f"| {' | '.join(map(_cell, row))} |" for row in rows)


# The board


def board_text(board: Board, language: Language, form: str, everything: bool) -> str:
    """The board as `text` or `md`: what is open, with all of it where `everything` is asked for."""
    return "\n".join((*_board_head(board, language, form), *_board_parts(board, language, form, everything))) + "\n"


def _board_head(board: Board, language: Language, form: str) -> Iterator[str]:
    say = Message("第 {n} 次", "attempt {n}").text(language).format(n=board.attempt)
    title = board.release + (f"（{say}）" if board.attempt > 1 else "")
    yield f"# {title}\n" if form == "md" else title
    if board.deadline is not None and board.minutes_left is not None:
        yield deadline_words(board.deadline, board.minutes_left).text(language)


def deadline_words(deadline: dt.datetime, left: int) -> Message:
    """How far the deadline is."""
    when = f"{moments.write(deadline.replace(tzinfo=None))}"
    if left < 0:
        return Message(f"回退时限 {when} 已过 {length(-left, 'zh')}", f"the rollback deadline {when} was {length(-left, 'en')} ago")  # fmt: skip
    return Message(
        f"离回退时限 {when} 还有 {length(left, 'zh')}", f"{length(left, 'en')} to the rollback deadline {when}"
    )


def length(minutes: int, language: Language) -> str:
    """A length of time as people say it."""
    days, rest = divmod(minutes, 24 * 60)
    hours, left = divmod(rest, 60)
    zh = "".join(f"{n} {word}" for n, word in ((days, "天"), (hours, "小时"), (left, "分钟")) if n) or "0 分钟"
    en = " ".join(f"{n} {word}" for n, word in ((days, "d"), (hours, "h"), (left, "min")) if n) or "0 min"
    return zh if language == "zh" else en


def _board_parts(board: Board, language: Language, form: str, everything: bool) -> Iterator[str]:
    words = labels(language)
    for part in PARTS:
        lines = board.of(part)
        if not lines:
            continue
        met = sum(not each.is_open for each in lines)
        title = words["sections"].get(part) or words["process"][part]
        yield f"\n## {title} {met}/{len(lines)}\n" if form == "md" else f"\n{title} {met}/{len(lines)}"
        shown = [each for each in lines if everything or each.is_open]
        yield from (
            _board_table(shown, language) if form == "md" else (f"  {_line_text(each, language)}" for each in shown)
        )
    if board.gone:
        yield "\n" + Message("日志中有、计划中已没有的步骤：", "Logged, but no longer in the plan:").text(language)
        yield from (f"  {each.ref}  {each.status.label(language)}  {each.text}" for each in board.gone)


def _line_text(line: Line, language: Language) -> str:
    entry = line.entry
    mark = "[ ]" if entry is None else "[!]" if line.is_open else "[x]"
    said = [line.item.shown, line.item.text.text(language)]
    owners = line.item.owners.text(language)
    said += [f"({owners})"] if owners else []
    said += [entry.status.label(language)] if entry else []
    said += [text for text in (entry.by, entry.value, entry.note) if text] if entry else []
    return f"{mark} " + "  ".join(said)


def _board_table(lines: Sequence[Line], language: Language) -> Iterator[str]:
    headers = Message("编号|内容|负责人|状态|备注", "No.|What|Owner|Status|Note").text(language).split("|")
    for_each = (
        (
            each.item.shown,
            each.item.text.text(language),
            each.item.owners.text(language),
            each.entry.status.label(language) if each.entry else "",
            each.entry.note if each.entry else "",
        )
        for each in lines
    )
    yield from _markdown(headers, for_each)


# Gates


def gate_data(found: GateVerdict, plan: ReleasePlan, language: Language) -> Mapping[str, Any]:
    """How a gate stands, as plain data."""
    return {
        "release": release_name(plan.product, plan.version),
        "gate": found.gate.id,
        "name": found.gate.name.text(language),
        "verdict": "GO" if found.go else "NO-GO",
        "waived": len(found.waived),
        "checks": [
            {
                "ref": each.ref,
                "text": each.text.text(language),
                "owner": each.owners.text(language),
                "state": str(each.state),
                "why": each.why.text(language),
                "since": each.since.isoformat() if each.since else None,
                "by": each.by,
            }
            for each in found.checks
        ],
    }


def gate_text(found: GateVerdict, plan: ReleasePlan, language: Language, form: str) -> str:
    """How a gate stands, as `text` or `md`: GO or NO-GO, then its checks, open ones with owner and since when."""
    release = release_name(plan.product, plan.version)
    head = f"{'GO' if found.go else 'NO-GO'}  {found.gate.id}: {found.gate.name.text(language)}"
    count = Message(
        f"{len(found.checks)} 项检查，{len(found.open)} 项未满足，{len(found.waived)} 项豁免",
        f"{len(found.checks)} checks, {len(found.open)} open, {len(found.waived)} waived",
    ).text(language)
    if form != "md":
        lines = (f"  {_check_text(each, plan, language)}" for each in found.checks)
        return "\n".join((f"{head}  ({release})", *lines, count)) + "\n"
    headers = Message("检查项|内容|负责人|状态|说明|始于", "Check|What|Owner|State|Why|Since").text(language).split("|")
    rows = (
        (
            each.ref.removeprefix("gate:"),
            each.text.text(language),
            each.owners.text(language),
            _STATES[each.state][1].text(language),
            each.why.text(language),
            clock(each.since, plan) if each.since else "",
        )
        for each in found.checks
    )
    return "\n".join((f"# {head}\n", f"{release}\n", *_markdown(headers, rows), f"\n{count}")) + "\n"


def state_words(found: CheckVerdict, language: Language) -> str:
    """How a check stands, in a word."""
    return _STATES[found.state][1].text(language)


def _check_text(each: CheckVerdict, plan: ReleasePlan, language: Language) -> str:
    mark, _ = _STATES[each.state]
    words = f"{mark} {each.ref.removeprefix('gate:')}  {each.text.text(language)}"
    if each.state is CheckState.MET:
        return words
    owners = each.owners.text(language)
    since = Message("自 {t} 起", "since {t}").text(language).format(t=clock(each.since, plan)) if each.since else ""
    return "  ".join(
        (words, each.why.text(language), *((f"({owners})",) if owners else ()), *((since,) if since else ()))
    )


# The rollback decision


def decision_data(found: Decision, plan: ReleasePlan, now: dt.datetime, language: Language) -> Mapping[str, Any]:
    """The rollback decision as plain data."""
    return {
        "release": release_name(plan.product, plan.version),
        "answer": str(found.answer),
        "why": found.why.text(language),
        "now": now.isoformat(),
        "deadline": found.deadline.isoformat(),
        "minutes_left": found.minutes_left,
        "rollback_minutes": found.rollback_minutes,
        "rollback_steps_without_minutes": found.unstated,
        "latest_rollback_start": found.latest_start.isoformat() if found.latest_start else None,
        "points": [
            {
                "ref": each.item.shown,
                "text": each.item.text.text(language),
                "status": str(each.entry.status) if each.entry else None,
                "at": each.entry.at.isoformat() if each.entry else None,
                "in_time": each.in_time,
            }
            for each in found.points
        ],
    }


def decision_text(found: Decision, plan: ReleasePlan, language: Language, form: str) -> str:
    """The rollback decision as `text` or `md`."""
    head = f"{_ANSWERS[found.answer].text(language)}: {found.why.text(language)}"
    times = [deadline_words(found.deadline, found.minutes_left), *_rollback_words(found, plan)]
    points = [_point_text(each, plan, language) for each in found.points]
    if form == "md":
        return "\n".join((f"# {head}\n", *(f"{each.text(language)}\n" for each in times), *(f"- {_cell(each)}" for each in points))) + "\n"  # fmt: skip
    return "\n".join((head, *(f"  {each.text(language)}" for each in times), *(f"  {each}" for each in points))) + "\n"


def _rollback_words(found: Decision, plan: ReleasePlan) -> Iterator[Message]:
    if found.rollback_minutes is None:
        yield Message("回退步骤没有写时长", "the steps of the rollback do not say how long they take")
        return
    zh = f"，另有 {found.unstated} 步没有写时长" if found.unstated else ""
    en = f", {found.unstated} steps do not say" if found.unstated else ""
    yield Message(f"回退需要 {length(found.rollback_minutes, 'zh')}{zh}", f"rolling back takes {length(found.rollback_minutes, 'en')}{en}")  # fmt: skip
    if found.latest_start:
        when = clock(found.latest_start, plan)
        yield Message(f"最晚 {when} 开始回退，才能在窗口内完成", f"to end within the window it has to begin by {when}")


def _point_text(point: Any, plan: ReleasePlan, language: Language) -> str:
    entry = point.entry
    mark = "[x]" if point.in_time else "[ ]" if entry is None else "[!]"
    said = f"  {entry.status.label(language)} {clock(entry.at, plan)}" if entry else ""
    return f"{mark} {point.item.shown}  {point.item.text.text(language)}{said}"
