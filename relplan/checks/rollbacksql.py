"""RBK: what the way back takes where SQL has run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from relplan.checks.counterparts import IRREVERSIBLE, ChangeKind, kinds_in, own_rollback, said_of, undoing
from relplan.checks.rows import PlannedRow
from relplan.checks.rule import Hit, Words, hit, rule
from relplan.checks.scripts import DESTRUCTIVE, PlannedDanger, PlannedScript, PlannedStatement
from relplan.checks.settings import Folder
from relplan.checks.steps import PlannedStep
from relplan.checks.subject import Subject
from relplan.errors import Message, Path, ReadError
from relplan.findings import Severity
from relplan.model.entries import Script as ListedScript
from relplan.model.text import is_none_word
from relplan.model.values import Action
from relplan.patterns import regex
from relplan.sql import Danger, DangerKind, Dialect, Kind, Script, Statement, read, read_bytes
from relplan.sql.cells import CellKind, cell_of
from relplan.sql.undo import propose

_SQL: Final = ("sql",)
_BEFORE_NIGHT: Final = ("preparation", "deployment")


def _destructive(subject: Subject) -> Iterator[PlannedDanger]:
    return (each for each in subject.dangers if each.danger.kind in DESTRUCTIVE)


def _words(danger: Danger) -> Message:
    """What messages call a danger: the words of the script."""
    words = danger.words or danger.subject
    if danger.kind is DangerKind.NO_WHERE:
        return Message(f"{words}（没有 WHERE）", f"{words} (no WHERE)")
    return Message(f"{words} ", words)


# Backups

_OF_FILES: Final = regex(
    r"html|web|前端|目录|\bjars?\b|\bwars?\b|镜像|安装包|程序|应用|配置|image|config|folder", re.IGNORECASE
)
_OF_DATA: Final = regex(
    r"数据|(?<!仓)库(?!存)|(?<![报图列])表|\bdb\b|database|table|schema|mysqldump|pg_dump|expdp|\bdump\b|\bdata\b|mysql|oracle|postgres",
    re.IGNORECASE,
)
_SPEAKS_OF_BACKUP: Final = regex(r"备份|備份|快照|镜像库|导出|back ?up|snapshot|dump|export", re.IGNORECASE)
_OPTIONAL: Final = regex(r"可选|根据实际|视情况|按需|如需|必要时|optional|if needed|as needed", re.IGNORECASE)
_WILL_RUN: Final = regex(r"本次.{0,20}(?:执行|备份|必须)|(?:this time|here).{0,20}(?:run|done|required)", re.IGNORECASE)


class _Backups:
    """The steps that back up the database before SQL runs."""

    def __init__(self, subject: Subject) -> None:
        steps = tuple(subject.of(*_BEFORE_NIGHT))
        first = next(
            (at for at, each in enumerate(steps) if each.does(Action.SQL) and each.part == "deployment"), len(steps)
        )
        of_data = [(at < first, each) for at, each in enumerate(steps) if each.does(Action.BACKUP) and _of_data(each)]
        self._before = [each for is_before, each in of_data if is_before]
        guessed = [
            each for each in steps if not each.declared and _of_data(each) and _SPEAKS_OF_BACKUP.search(said_of(each))
        ]
        self._maybe = bool(guessed) or (bool(of_data) and not steps[first].declared if first < len(steps) else False)

    def lack(self) -> tuple[str, str, Severity | None] | None:
        """What is to be said of them in Chinese and English, and how much it weighs; None where there is nothing to say."""
        if any(not _is_optional(each) for each in self._before):
            return None
        if self._before:
            name = self._before[0].name
            return f"之前的备份（{name.zh}）是可选的", f"the backup before %s is optional ({name.en})", Severity.WARNING
        severity = Severity.WARNING if self._maybe else None
        return "之前没有备份数据库的步骤", "no step backs up the database before %s", severity


def _of_data(step: PlannedStep) -> bool:
    """Whether a backup is of the database; one that does not say of what is taken for it."""
    words = said_of(step)
    return bool(_OF_DATA.search(words)) or not _OF_FILES.search(words)


def _is_optional(step: PlannedStep) -> bool:
    said = f"{step.step.condition or ''}\n{step.step.text or ''}"
    return bool(_OPTIONAL.search(said)) and not _WILL_RUN.search(said)


@rule(
    "RBK103",
    "destructive-without-backup",
    Severity.ERROR,
    needs=_SQL,
    checks=(
        "删除、清空或没有 WHERE 的语句之前，有备份数据库的步骤，或同一脚本先备份了那张表。备份是可选的，或只从文字看像备份，为警告。",
        "Before statements that drop, empty or write without WHERE, a step backs up the database, or the script itself copies the table. "
        "A backup that is optional, or that only looks like one by its words, is a warning.",
    ),
    why=("删掉的数据没有备份就回不来。", "Data that is gone without a backup does not come back."),
    fix=("在执行 SQL 之前备份这张表或数据库", "back up the table or the database before the SQL runs"),
)
def destructive_without_backup(subject: Subject) -> Iterator[Hit]:
    lack = _Backups(subject).lack()
    if lack is None:
        return
    zh, en, severity = lack
    copied = _copied_tables(subject.statements)
    for each in _destructive(subject):
        if not _is_copied(each, copied):
            what = _words(each.danger)
            yield hit(
                each.path,
                f"{each.name.zh}：{what.zh}{zh}",
                f"{each.name.en}: {en.replace('%s', what.en)}",
                severity=severity,
                place=each.place,
            )


_SOURCE: Final = regex(r"\bFROM\s+(?P<name>[\w.$`\"\[\]]+)", re.IGNORECASE)
_COPIES: Final = regex(r"\bCREATE\s+TABLE\b[^;]*?\bSELECT\b|\bINSERT\s+INTO\b[^;]*?\bSELECT\b|\bSELECT\b[^;]*?\bINTO\b", re.IGNORECASE)  # fmt: skip


def _copied_tables(statements: Iterable[PlannedStatement]) -> dict[tuple[Path, str], int]:
    """The tables that scripts copy into others: the first statement of each script that does, by script and table."""
    found: dict[tuple[Path, str], int] = {}
    for each in statements:
        if each.statement.verb in ("CREATE TABLE", "INSERT", "SELECT") and _COPIES.search(each.statement.text[:4000]):
            for match in _SOURCE.finditer(each.statement.text[:4000]):
                found.setdefault((each.script.path, _bare(match["name"])), each.index)
    return found


def _is_copied(each: PlannedDanger, copied: dict[tuple[Path, str], int]) -> bool:
    if each.statement is None:
        return False
    tables = {_bare(named.table or named.name) for named in each.statement.statement.objects}
    return any(copied.get((each.script.path, table), each.statement.index) < each.statement.index for table in tables)


def _bare(name: str) -> str:
    return name.strip('`"[]').rpartition(".")[2].strip('`"[]').casefold()


# Scripts to go back


def _runs_undo_scripts(step: PlannedStep) -> bool:
    return step.does(Action.SQL) or bool(re.search(r"\.sql\b|回[退滚]脚本|rollback script|undo script", said_of(step), re.IGNORECASE))  # fmt: skip


@rule(
    "RBK104",
    "rollback-sql-missing",
    Severity.WARNING,
    needs=_SQL,
    checks=(
        "修改数据库的每一行有自己的回退方案，每个脚本有回退脚本，或回退过程执行回退脚本。回退过程只是还原备份的为建议。",
        "Every row that changes the database has a rollback of its own, every script its undo script, or the rollback runs undo scripts. "
        "Where the rollback only restores a backup, it is advice.",
    ),
    why=(
        "没有回退脚本就只能还原整库备份，备份之后的数据都会丢失。",
        "Without a script to undo it, all that is left is to restore the backup and lose what came after it.",
    ),
    fix=("写出回退脚本，由写脚本的人复核", "write the undo script; who wrote the script reviews it"),
)
def rollback_sql_missing(subject: Subject) -> Iterator[Hit]:
    listed = _listed(subject)
    if any(_runs_undo_scripts(step) for step in subject.of("rollback")):
        return
    restores = any(ChangeKind.SQL in undoing(step) for step in subject.of("rollback"))
    severity = Severity.ADVICE if restores else None
    for index, script in enumerate(listed):
        if not _has_undo(script):
            name = script.file or script.name or ""
            yield hit(("scripts", index), f"脚本“{name}”没有回退脚本", f'the script "{name}" has no undo script', severity=severity)  # fmt: skip
    if not (listed and all(map(_has_undo, listed))):
        for cell in _changing_first(subject):
            yield hit(
                cell.path,
                f"{cell.name.zh} 没有回退脚本",
                f"{cell.name.en} has no undo script",
                severity=severity,
                fix=_suggestion(cell),
            )


_LONGEST_SUGGESTION: Final = 120
"""Characters; a longer one is left to `relplan sql --undo`."""


def _suggestion(script: PlannedScript) -> Words | None:
    """The cure with what is proposed to reverse the last statement that a statement can reverse; None where there is none."""
    if any(danger.kind is DangerKind.SECRET for danger in script.script.dangers):
        return None
    for reversal in propose(script.script).reversals:
        sql = "; ".join(reversal.sql)
        if sql and len(sql) <= _LONGEST_SUGGESTION and "\n" not in sql and not reversal.level.needs_someone:
            label, meaning = reversal.level.label, reversal.level.meaning
            return (
                f"写出回退脚本，由写脚本的人复核；第 {reversal.number} 句可参考：{sql}（{label.zh}：{meaning.zh}）",
                f"write the undo script and have its author review it; for statement {reversal.number} consider: {sql} ({label.en}: {meaning.en})",
            )
    return None


def _listed(subject: Subject) -> tuple[ListedScript, ...]:
    """The plan's own list of scripts; none where it says that there are none."""
    return subject.plan.scripts if isinstance(subject.plan.scripts, tuple) else ()


def _has_undo(script: ListedScript) -> bool:
    return bool(script.undo and not is_none_word(script.undo))


def _changing_first(subject: Subject) -> Iterator[PlannedScript]:
    """The first cell of each row whose SQL changes something and whose rollback says nothing of the database."""
    seen: set[int] = set()
    for each in subject.statements:
        row = each.script.row
        if (
            row is None
            or row.index in seen
            or each.statement.kind not in (Kind.DDL, Kind.DML, Kind.DCL, Kind.PROCEDURAL)
        ):
            continue
        seen.add(row.index)
        if not own_rollback(row):
            yield each.script


@rule(
    "RBK105",
    "irreversible-not-declared",
    Severity.ERROR,
    needs=_SQL,
    checks=(
        "删除、清空或没有 WHERE 的语句，计划说明它不可回退，或怎样找回数据（还原备份、回退脚本）。该行的回退方案没有提到数据库时为警告。",
        "Of statements that drop, empty or write without WHERE, the plan says that they cannot be undone, or how the data comes back "
        "(a backup restored, an undo script). Where the row has a rollback that does not speak of the database, it is a warning.",
    ),
    why=(
        "大家以为能回退，到要回退时才发现回不去。",
        "All believe that there is a way back, and find out that there is none when they need it.",
    ),
    fix=(
        "写明不可回退和怎样向前修复，或写明怎样还原数据",
        "say that it cannot be undone and how it is mended forward, or how the data is restored",
    ),
)
def irreversible_not_declared(subject: Subject) -> Iterator[Hit]:
    if _restores_data(subject):
        return
    undoes = _undone_scripts(subject)
    for each in _destructive(subject):
        row = each.script.row
        if each.script.path in undoes or (row and _declares(row)):
            continue
        what = _words(each.danger)
        yield hit(
            each.path,
            f"{each.name.zh}：{what.zh}不可回退，计划没有说明",
            f"{each.name.en}: {what.en} cannot be undone, and the plan does not say so",
            severity=Severity.WARNING if row and own_rollback(row) else None,
            place=each.place,
        )


def _restores_data(subject: Subject) -> bool:
    """Whether the rollback restores the database, or the plan as a whole says that there is no way back."""
    text = subject.plan.rollback.text or ""
    steps = tuple(subject.of("rollback"))
    return (
        bool(IRREVERSIBLE.search(text))
        or any(ChangeKind.SQL in undoing(step) for step in steps)
        or any(IRREVERSIBLE.search(said_of(step)) for step in steps)
    )


def _undone_scripts(subject: Subject) -> frozenset[Path]:
    """The scripts of the plan that have an undo script, or a note that there is none to have."""
    listed = _listed(subject)
    return frozenset(
        ("scripts", index)
        for index, script in enumerate(listed)
        if _has_undo(script) or IRREVERSIBLE.search(f"{script.note or ''}\n{script.undo or ''}")
    )


def _declares(row: PlannedRow) -> bool:
    """Whether a row says how its data comes back, or that it does not."""
    item = row.item
    texts = (item.rollback, item.risk_description, item.risk_control, item.note)
    return ChangeKind.SQL in kinds_in(own_rollback(row)) or any(IRREVERSIBLE.search(text) for text in texts if text)


_IF_NOT_EXISTS: Final = regex(r"\bIF\s+NOT\s+EXISTS\b", re.IGNORECASE)
_DROPS: Final = (DangerKind.DROP_TABLE, DangerKind.DROP_COLUMN, DangerKind.DROP_INDEX, DangerKind.DROP_DATABASE)


@rule(
    "RBK113",
    "unsafe-rollback-sql",
    Severity.WARNING,
    needs=_SQL,
    checks=(
        "回退的 SQL 不删除用 IF NOT EXISTS 建的对象，删改数据都有 WHERE。",
        "The SQL of a rollback drops nothing that was made with IF NOT EXISTS, and writes nothing without WHERE.",
    ),
    why=(
        "对象原来就在时，IF NOT EXISTS 什么也没有建，回退却把原来的删掉。",
        "Where the object was there before, IF NOT EXISTS made nothing, and the rollback destroys the old one.",
    ),
    fix=(
        "去掉 IF NOT EXISTS，或先核对对象是否原有；加上 WHERE",
        "remove IF NOT EXISTS, or find out first whether it was there; add the WHERE",
    ),
)
def unsafe_rollback_sql(subject: Subject) -> Iterator[Hit]:
    maybe_old = _made_if_missing(subject.statements)
    for path, name, script in _undo_scripts(subject):
        if script is None:
            yield hit(path, f"{name.zh} 不是可读的文本", f"{name.en} is no text that can be read")
            continue
        for statement in script.statements:
            for zh, en in _unsafe(statement, maybe_old):
                yield hit(path, f"{name.zh}：{zh}", f"{name.en}: {en}", place=statement.place if script.name else None)


def _made_if_missing(statements: Iterable[PlannedStatement]) -> frozenset[str]:
    return frozenset(
        _bare(each.statement.objects[0].name)
        for each in statements
        if each.statement.kind is Kind.DDL
        and each.statement.objects
        and _IF_NOT_EXISTS.search(each.statement.text[:400])
    )


def _unsafe(statement: Statement, maybe_old: frozenset[str]) -> Iterator[tuple[str, str]]:
    for danger in statement.dangers:
        words = danger.words or danger.subject
        if danger.kind in _DROPS and _bare(danger.subject) in maybe_old:
            yield f"{words} 可能删除原有的对象（它用 IF NOT EXISTS 建立）", f"{words} may drop what was there before (it is made with IF NOT EXISTS)"  # fmt: skip
        elif danger.kind in (DangerKind.NO_WHERE, DangerKind.TRUNCATE):
            yield f"{words} 会删改整张表的数据", f"{words} writes all rows of the table"


_LIKE_SQL: Final = regex(r"\b(?:drop|delete|truncate|alter|update)\b", re.IGNORECASE)


def _undo_scripts(subject: Subject) -> Iterator[tuple[Path, Message, Script | None]]:
    """The SQL of rollbacks: what rows state, and the undo scripts in the folder; None for a file that is no text."""
    dialect, folder = subject.settings.dialect, subject.settings.files
    for row in subject.rows:
        text = own_rollback(row)
        if _LIKE_SQL.search(text) and cell_of(text, dialect).kind is CellKind.SQL:
            yield (
                row.at("rollback"),
                Message(f"{row.name.zh}的回退方案", f"the rollback of {row.name.en}"),
                read(text, dialect),
            )
    for index, listed in enumerate(_listed(subject) if folder else ()):
        found = folder.find(listed.undo) if folder and listed.undo else None
        if folder and found:
            name = Message(f"回退脚本 {found}", f"undo script {found}")
            yield ("scripts", index, "undo"), name, _script_of(folder, found, dialect)


def _script_of(folder: Folder, name: str, dialect: Dialect) -> Script | None:
    try:
        return read_bytes(folder.read(name), dialect, name)
    except ReadError:
        return None
