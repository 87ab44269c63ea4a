"""The go-live process: the log beside a plan, the board, the gates and the rollback decision."""

from __future__ import annotations

import datetime as dt
import functools
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from relplan import files, formats
from relplan.errors import Language, Message, Place, PlanError, Problem, ReadError, Refused, RelplanError, problem
from relplan.resources import template_bytes

if TYPE_CHECKING:
    from relplan.model.plan import ReleasePlan
    from relplan.process.decision import Decision
    from relplan.process.gates import Changed, GateVerdict
    from relplan.process.items import Item
    from relplan.process.log import LogEntry
    from relplan.process.model import Process
    from relplan.process.papers import Papers
    from relplan.process.state import State

BUILT_IN = "process.yaml"


class GoLive(Struct, frozen=True):
    """A plan on its way: with its process, its log, and what the log says of each item.

    Attributes:
        plan: the plan as it is now.
        process: the process it goes by.
        state: what has been logged.
        path: of the log; blank where it has none.
        torn: what there is to tell of a last line of the log that was cut off.
    """

    plan: ReleasePlan
    process: Process
    state: State
    path: str = ""
    torn: Problem | None = None

    def items(self) -> tuple[Item, ...]:
        """Everything that can be logged."""
        from relplan.process.items import items

        return items(self.plan, self.process)

    def gates(self) -> tuple[GateVerdict, ...]:
        """How all gates stand, in the order of the process."""
        from relplan.process.gates import verdicts

        return verdicts(self.plan, self.process, self.state, self._changed())

    def gate(self, name: str = "") -> GateVerdict:
        """How a gate stands; without a name the first that is not passed.

        Raises:
            PlanError: there is no such gate.
        """
        from relplan.process.gates import gate_named, next_gate, verdict

        if not name:
            return next_gate(self.gates())
        try:
            gate = gate_named(self.process, name)
        except Refused as error:
            raise PlanError(Problem(error.message)) from None
        return verdict(self.plan, self.process, gate, self.state, self._changed())

    def decision(self, now: dt.datetime) -> Decision:
        """Whether to go on or to roll back at a moment.

        Raises:
            PlanError: the plan does not say what it takes to decide.
        """
        from relplan.process.decision import decide

        return decide(self.plan, self.state, now)

    def papers(self, language: Language) -> Papers:
        """What the papers of the process show."""
        from relplan.process.papers import Papers

        return Papers(
            plan=self.plan, process=self.process, state=self.state, language=language, changed=self._changed()
        )

    def _changed(self) -> Changed:
        from relplan.process.gates import change_words, differences

        def changed(digest: str) -> Message | None:
            old = _approved_plan(self.path, digest)
            return change_words(differences(old, self.plan)) if old is not None else None

        return changed


def process(path: str | FilePath = "") -> Process:
    """The process in a file, else the built-in one.

    Raises:
        ReadError, PlanError: the file is not there, or no valid process.
    """
    from relplan.readers.planfile import read_process

    return read_process(files.read(str(path)), str(path)) if path else _built_in()


@functools.cache
def _built_in() -> Process:
    from relplan.readers.planfile import read_process

    return read_process(template_bytes(BUILT_IN), BUILT_IN)


def log_path(plan: str | FilePath) -> str:
    """The log beside a plan: `plan.yaml` has `plan.log.jsonl`.

    Raises:
        ReadError: the plan comes from standard input, which has nothing beside it.
    """
    from relplan.process.log import ENDING

    if str(plan) == files.STANDARD:
        raise ReadError(problem("从标准输入读取的计划没有日志；请给出计划文件", "a plan from standard input has no log; name its file"))  # fmt: skip
    return str(FilePath(plan).with_suffix(ENDING))


def moment(text: str) -> dt.datetime:
    """A moment with its zone, from `2026-08-20T22:05+08:00`.

    Raises:
        PlanError: it is none, or has no zone.
    """
    from relplan.process.log import moment as read

    try:
        return read(text)
    except Refused as error:
        raise PlanError(Problem(error.message)) from None


def golive(plan: ReleasePlan, path: str | FilePath = "", process_path: str | FilePath = "") -> GoLive:
    """A plan with its process and its log; `path` is that of the plan, blank: it has no log.

    Raises:
        ReadError: the log is not readable, of another release, or has a line that is none of its own.
        PlanError: the process is not valid.
    """
    from relplan.process.log import Log, read_log, release_name
    from relplan.process.state import state_of

    known = process(process_path)
    if not path or str(path) == files.STANDARD:
        return GoLive(plan, known, state_of(()))
    where = log_path(path)
    present = files.read(where) if FilePath(where).exists() else b""
    log = read_log(present, where, release_name(plan.product, plan.version)) if present else Log()
    return GoLive(plan, known, state_of(log.entries), where, log.torn)


def _approved_path(log: str, digest: str) -> str:
    return f"{log.removesuffix('.log.jsonl')}.approved-{digest[:12]}.yaml"


def _approved_plan(log: str, digest: str) -> ReleasePlan | None:
    """The approved plan that is kept beside the log; one that was changed since is none."""
    from relplan.api.reading import load

    try:
        kept = load(_approved_path(log, digest)).plan
    except RelplanError:
        return None
    return kept if kept.digest == digest else None


def add_to_log(
    carried: GoLive,
    reference: str,
    status: str,
    at: dt.datetime,
    *,
    by: str = "",
    value: str = "",
    evidence: str = "",
    note: str = "",
) -> LogEntry:
    """Log what became of an item, on disk when this returns. An approval keeps a copy of the plan beside the log.

    Args:
        carried: the plan with its log.
        reference: the item, as people see it (`V.3`, `gate:go-live/minutes`) or by its stable id.
        status: what became of it; an item takes only some.
        at: when, with its zone.
        by, value, evidence, note: who, what was measured, what shows it, anything else; a waiver needs its reason as `note`.

    Raises:
        PlanError: there is no such item, it does not take the status, or a waiver has no reason.
        ReadError: the log has become unreadable.
        WriteError: the log cannot be written.
    """
    entry = _entry(carried, reference, status, at, by=by, value=value, evidence=evidence, note=note)
    _append(carried, [entry])
    return entry


def add_lines(carried: GoLive, data: bytes, name: str) -> tuple[LogEntry, ...]:
    """Add the lines of another log, such as the run sheet exports; those that are there already are left out.

    Returns:
        What was added.

    Raises:
        ReadError: a line is none of a log of this release, or about something the plan does not have; nothing is added.
        WriteError: the log cannot be written.
    """
    from relplan.process.log import read_log, release_name

    log = read_log(data, name, release_name(carried.plan.product, carried.plan.version))
    if log.torn:
        raise ReadError(log.torn)
    problems, added = [], []
    present = {each.line() for each in carried.state.entries}
    for number, each in enumerate(log.entries, 1):
        try:
            entry = _checked(carried, each)
        except Refused as error:
            problems.append(Problem(error.message, Place(name, line=number)))
            continue
        if entry.line() not in present:
            added.append(entry)
    if problems:
        raise ReadError(problems)
    if added:
        _append(carried, added)
    return tuple(added)


def _entry(carried: GoLive, reference: str, status: str, at: dt.datetime, **said: str) -> LogEntry:
    from relplan.model.text import normalise
    from relplan.process.items import find
    from relplan.process.log import LogEntry, release_name, status_of

    try:
        item = find(reference, carried.items())
        entry = LogEntry(
            at=at,
            release=release_name(carried.plan.product, carried.plan.version),
            ref=item.ref,
            status=status_of(status, item.statuses),
            text=item.text.text(carried.plan.language),
            plan=carried.plan.digest,
            **{name: normalise(text) for name, text in said.items()},
        )
        _checked(carried, entry).line()
    except Refused as error:
        raise PlanError(Problem(error.message)) from None
    return entry


def _checked(carried: GoLive, entry: LogEntry) -> LogEntry:
    """An entry under the stable id of its item.

    Raises:
        Refused: there is no such item, it does not take the status, or a waiver has no reason.
    """
    from relplan.process.items import find
    from relplan.process.log import Status, status_of

    item = find(entry.ref, carried.items())
    status_of(str(entry.status), item.statuses)
    if entry.status is Status.WAIVE and not entry.note:
        raise Refused("豁免要写明理由（--note）", "a waiver needs its reason (--note)")
    return replace(entry, ref=item.ref)


def _append(carried: GoLive, entries: list[LogEntry]) -> None:
    from relplan.process.log import Status, read_log

    if any(each.status is Status.APPROVED for each in entries):
        _keep_plan(carried)
    lines = "".join(each.line() for each in entries).encode()

    def behind(present: bytes) -> tuple[int, bytes]:
        # All of it was read before; what others have added since comes from this very function.
        last = present.rfind(b"\n", 0, -1) + 1
        if read_log(present[last:], carried.path, entries[0].release).torn:
            return last, lines
        return len(present), lines if not present or present.endswith(b"\n") else b"\n" + lines

    files.append(carried.path, behind)


def _keep_plan(carried: GoLive) -> None:
    writer = formats.named("yaml", "plan_writer").load("plan_writer")
    files.write({_approved_path(carried.path, carried.plan.digest): writer(carried.plan)})


def board(
    carried: GoLive, now: dt.datetime, form: str = "text", *, language: Language = "zh", everything: bool = False
) -> bytes:
    """The board: what is open, whose it is, the time left.

    Args:
        carried: the plan with its log.
        now: the moment it is looked at.
        form: `text`, `md` or `json`.
        language: of its words; names and texts are the plan's.
        everything: what is done as well.
    """
    from relplan.process.board import board_of
    from relplan.process.report import board_text, json_text

    made = board_of(carried.plan, carried.items(), carried.state, now)
    return (json_text(made.data(language)) if form == "json" else board_text(made, language, form, everything)).encode()


def gate_report(found: GateVerdict, form: str = "text", *, language: Language = "zh", plan: ReleasePlan) -> bytes:
    """How a gate stands, as `text`, `md` or `json`."""
    from relplan.process.report import gate_data, gate_text, json_text

    return (
        json_text(gate_data(found, plan, language)) if form == "json" else gate_text(found, plan, language, form)
    ).encode()


def decision_report(
    found: Decision, now: dt.datetime, form: str = "text", *, language: Language = "zh", plan: ReleasePlan
) -> bytes:
    """The rollback decision, as `text`, `md` or `json`."""
    from relplan.process.report import decision_data, decision_text, json_text

    if form == "json":
        return json_text(decision_data(found, plan, now, language)).encode()
    return decision_text(found, plan, language, form).encode()
