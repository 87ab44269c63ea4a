"""ORD: the order of the steps, and steps that the release table asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from relplan.checks.changes import database_change, rows_words
from relplan.checks.pairs import PAIRS, Pair, unpaired
from relplan.checks.rule import Hit, hit, rule
from relplan.checks.steps import PlannedStep, short
from relplan.checks.subject import Subject
from relplan.checks.systems import SystemNames
from relplan.errors import Path
from relplan.findings import Severity
from relplan.model.text import is_none_word
from relplan.model.values import Action
from relplan.patterns import regex
from relplan.sequence.names import name_key

_BEFORE_NIGHT: Final = ("preparation", "deployment")
"""The parts in which something is changed; they follow one another."""


def _sure(*steps: PlannedStep) -> Severity | None:
    """A warning where what one of the steps does was guessed."""
    return None if all(each.declared for each in steps) else Severity.WARNING


def _changing(subject: Subject, *actions: Action) -> list[PlannedStep]:
    """The steps of preparation and deployment that do one of these, in their order."""
    return [each for each in subject.of(*_BEFORE_NIGHT) if each.does(*actions)]


def _apart(one: PlannedStep, other: PlannedStep) -> bool:
    """Whether both name their system, and not the same one."""
    systems = one.step.system, other.step.system
    return all(systems) and name_key(systems[0] or "") != name_key(systems[1] or "")


def _before(one: PlannedStep, other: PlannedStep) -> bool:
    """Whether a step of preparation or deployment comes before another one."""
    return (_BEFORE_NIGHT.index(one.part), one.index) < (_BEFORE_NIGHT.index(other.part), other.index)


@rule(
    "ORD112",
    "system-without-step",
    Severity.WARNING,
    needs=("table", "steps"),
    checks=(
        "发布过程的部署步骤写明系统时，清单的每个系统都有部署步骤，步骤的系统也都在清单中。有一步说不出是哪个系统时，不检查清单。",
        "Where the deployment steps name their systems, each system of the table has one, and each system of a step is in the table. "
        "Where a step names none, the table is not held against them.",
    ),
    why=("清单上有、步骤里没有的系统，当晚会漏掉。", "A system that no step deploys is left out on the night."),
    fix=("加上步骤，或改正系统名称", "add the step, or mend the name of the system"),
)
def system_without_step(subject: Subject) -> Iterator[Hit]:
    deploying = _changing(subject, Action.DEPLOY, Action.RESTORE)
    named = _systems_of(subject, deploying)
    if deploying and all(named.values()):
        deployed = set().union(*named.values())
        for row in subject.rows:
            if row.item.system and name_key(row.item.system) not in deployed:
                yield hit(
                    row.at("system"),
                    f"没有部署“{short(row.item.system)}”的步骤",
                    f'no step deploys "{short(row.item.system)}"',
                )
    known = {name_key(row.item.system) for row in subject.rows if row.item.system}
    for step in deploying:
        if step.step.system and name_key(step.step.system) not in known:
            yield hit(
                step.path,
                f"{step.name.zh}的系统“{step.step.system}”不在发布清单中",
                f'the system "{step.step.system}" of {step.name.en} is not in the release table',
            )


def _systems_of(subject: Subject, steps: Iterable[PlannedStep]) -> Mapping[Path, frozenset[str]]:
    """The systems of steps by their paths: the stated one, else those of the release table that its words name."""
    names = SystemNames(row.item.system for row in subject.rows if row.item.system)
    return {
        each.path: frozenset((name_key(each.step.system),) if each.step.system else names.within(each.step.text or ""))
        for each in steps
    }


@rule(
    "ORD113",
    "db-change-without-step",
    Severity.ERROR,
    needs=("steps",),
    checks=(
        "清单有 DDL 或 DML，或计划列出了脚本时，有执行 SQL 的步骤。有步骤没有声明动作时为警告。",
        "Where the table has DDL or DML, or the plan lists scripts, a step runs SQL. "
        "As long as a step does not declare its action, it is a warning.",
    ),
    why=(
        "没有步骤就没有人执行，应用会连上没有升级的库。",
        "What is in no step no one runs, and the application meets a database that was not upgraded.",
    ),
    fix=("加上执行脚本的步骤，放在部署应用之前", "add the step, before the applications are deployed"),
)
def db_change_without_step(subject: Subject) -> Iterator[Hit]:
    if _changing(subject, Action.SQL):
        return
    severity = _sure(*subject.of(*_BEFORE_NIGHT))
    zh, en = "但没有执行 SQL 的步骤", "but no step runs SQL"
    if change := database_change(subject):
        severity = severity if change.certain else Severity.WARNING
        columns = "、".join(dict.fromkeys(cell.column.upper() for cell in change.cells))
        verb = "has" if len({cell.row.index for cell in change.cells}) == 1 else "have"
        yield hit(
            change.cells[0].path,
            f"{change.rows.zh}有 {columns}，{zh}",
            f"{change.rows.en} {verb} {columns.replace('、', ' or ')}, {en}",
            severity=severity,
        )
    elif subject.plan.scripts:
        yield hit(
            subject.listed(("scripts",)),
            f"计划列出了数据库脚本，{zh}",
            f"the plan lists database scripts, {en}",
            severity=severity,
        )


@rule(
    "ORD114",
    "config-without-step",
    Severity.WARNING,
    needs=("table", "steps"),
    checks=("清单有配置更新时，有更新配置的步骤。", "Where a row changes configuration, a step applies it."),
    why=("新版本会用旧配置启动。", "The new version starts with the old configuration."),
    fix=("加上更新配置的步骤", "add the step"),
)
def config_without_step(subject: Subject) -> Iterator[Hit]:
    rows = [row for row in subject.rows if (text := row.item.configuration) and not is_none_word(text)]
    told = any("配置" in (step.step.text or "") for step in subject.of(*_BEFORE_NIGHT))
    if rows and not told and not _changing(subject, Action.CONFIG):
        where = rows_words(row.index for row in rows)
        yield hit(
            rows[0].at("configuration"),
            f"{where.zh}有配置更新，但没有更新配置的步骤",
            f"{where.en} {'changes' if len(rows) == 1 else 'change'} configuration, but no step applies it",
        )


_SCRIPT_FILE: Final = regex(r"[^\s,，;；、（）()<>“”\"'|]+\.sql\b", re.IGNORECASE)


@rule(
    "ORD115",
    "script-not-listed",
    Severity.WARNING,
    needs=("steps",),
    checks=(
        "上传步骤列出了脚本文件时，清单和脚本附录中的每个脚本都在其中。",
        "Where the upload steps name script files, every script of the table and of the appendix is among them.",
    ),
    why=("没有上传的脚本，当晚执行不了。", "A script that was not uploaded cannot be run on the night."),
    fix=("列入上传步骤，或删除", "name it in the upload step, or drop it"),
)
def script_not_listed(subject: Subject) -> Iterator[Hit]:
    uploading = _changing(subject, Action.UPLOAD)
    listed = {_base(name) for step in uploading for name in _SCRIPT_FILE.findall(step.step.text or "")}
    for path, name in _script_files(subject) if listed else ():
        if _base(name) not in listed:
            yield hit(path, f"脚本 {name} 没有列入上传步骤", f"the script {name} is in no upload step")


def _script_files(subject: Subject) -> Iterator[tuple[Path, str]]:
    for cell in subject.sql_cells:
        for name in _SCRIPT_FILE.findall(str(getattr(cell.row.item, cell.column))):
            yield cell.path, name
    for index, script in enumerate(subject.plan.scripts if isinstance(subject.plan.scripts, tuple) else ()):
        for name in _SCRIPT_FILE.findall(script.file or script.name or ""):
            yield ("scripts", index), name


def _base(name: str) -> str:
    """The name of a file without its folders, lower case."""
    return re.split(r"[/\\]", name)[-1].lower()


_STORES: Final[tuple[tuple[tuple[Action, ...], re.Pattern[str]], ...]] = (
    (
        (Action.SQL,),
        regex(r"数据|(?<![仓报])[库表]|\bdb\b|database|\btables?\b|schema|mysqldump|pg_dump|expdp", re.IGNORECASE),
    ),
    ((Action.CONFIG,), regex(r"配置|参数|config|nacos|apollo", re.IGNORECASE)),
    (
        (Action.DEPLOY,),
        regex(r"html|web|前端|应用|镜像|程序|包|目录|代码|image|\bapp|package|\bjar\b|\bwar\b", re.IGNORECASE),
    ),
)
"""What a backup protects from, by the words that say what is backed up."""
_OWN_BACKUP: Final = regex(r"含备份|包含备份|自动备份|先备份|backs? up")


@rule(
    "ORD116",
    "backup-after-change",
    Severity.ERROR,
    needs=("steps",),
    checks=(
        "备份在它要保护的变更之前。有一步的动作是从文字推测的时为警告。",
        "A backup comes before the change that it protects from. Where what a step does was guessed, it is a warning.",
    ),
    why=(
        "变更之后的备份，还原出来的还是变更后的样子。",
        "What is backed up after the change cannot bring back what was before it.",
    ),
    fix=("把备份移到变更之前", "move the backup before the change"),
)
def backup_after_change(subject: Subject) -> Iterator[Hit]:
    backups = _changing(subject, Action.BACKUP)
    told: set[Path] = set()
    for actions, words in _STORES:
        protecting = [each for each in backups if _protects(each, words)]
        changes = [each for each in _changing(subject, *actions) if not _OWN_BACKUP.search(each.step.text or "")]
        late = _late(protecting, changes)
        if late and late[0].path not in told:
            told.add(late[0].path)
            backup, change = late
            yield hit(
                backup.path,
                f"{backup.name.zh}排在{change.name.zh}之后",
                f"{backup.name.en} comes after {change.name.en}",
                severity=_sure(backup, change),
            )


def _protects(backup: PlannedStep, words: re.Pattern[str]) -> bool:
    """Whether a backup is of such a store; one that does not say what it is of may be of any."""
    text = f"{backup.step.text or ''} {backup.step.command or ''}"
    return bool(words.search(text)) or not any(each.search(text) for _, each in _STORES)


def _late(backups: Sequence[PlannedStep], changes: Sequence[PlannedStep]) -> tuple[PlannedStep, PlannedStep] | None:
    """The first backup and the first change, where the backup is for that change and comes after it.

    A backup that further steps follow which deploy something may be for those.
    """
    if not backups or not changes or not _before(changes[0], backups[0]) or _apart(backups[0], changes[0]):
        return None
    further = changes[-1].does(Action.DEPLOY) and _before(backups[0], changes[-1])
    return None if further else (backups[0], changes[0])


@rule(
    "ORD117",
    "verify-package-late",
    Severity.WARNING,
    needs=("steps",),
    checks=("更新包在部署之前校验。", "Packages are verified before they are deployed."),
    why=(
        "装上以后才发现包是坏的或被换过。",
        "That a package is broken or was exchanged shows only when it is installed.",
    ),
    fix=("先校验，再部署", "verify first"),
)
def verify_package_late(subject: Subject) -> Iterator[Hit]:
    verifying = _changing(subject, Action.VERIFY_PACKAGE)[:1]
    for step, deploy in zip(verifying, _changing(subject, Action.DEPLOY)[:1], strict=False):
        if _before(deploy, step):
            yield hit(
                step.path, f"{step.name.zh}排在{deploy.name.zh}之后", f"{step.name.en} comes after {deploy.name.en}"
            )


@rule(
    "ORD118",
    "unpaired-step",
    Severity.ERROR,
    needs=("steps",),
    checks=(
        "限制、停止、摘除的，之后都有步骤解除、启动、挂回，回退过程也一样。动作是推测的，或只有对象对不上时，为警告；"
        "发布时限制或停止了、回退过程却没有恢复的步骤时，为建议。",
        "What is restricted or stopped is reopened or started by a later step, in the rollback too. Where the action was guessed, or only the "
        "words say that it is something else that is reopened, it is a warning; advice where the deployment restricts or stops and the rollback does not undo it.",
    ),
    why=(
        "发布完成了，客户却进不来，或定时任务、监控一直停着。",
        "The release is done, yet customers are locked out, or jobs and monitoring stay off.",
    ),
    fix=("加上恢复的步骤，回退过程中也要有", "add the step that undoes it, to the rollback too"),
)
def unpaired_step(subject: Subject) -> Iterator[Hit]:
    forward, back = list(subject.of("preparation", "deployment", "verification")), list(subject.of("rollback"))
    for pair in PAIRS:
        for open_step in (*unpaired(forward, pair), *unpaired(back, pair)):
            unsure = open_step.by_words or not open_step.step.declared
            yield hit(
                open_step.step.path,
                f"{open_step.step.name.zh}之后没有{pair.undone.zh}的步骤",
                f"no step after {open_step.step.name.en} {pair.undone.en}",
                severity=Severity.WARNING if unsure else None,
            )
        yield from _left_by_rollback(subject, pair, forward, back)


def _left_by_rollback(
    subject: Subject, pair: Pair, forward: Sequence[PlannedStep], back: Sequence[PlannedStep]
) -> Iterator[Hit]:
    """What the deployment restricts or stops is still so when the rollback begins before it is undone."""
    opener = next((each for each in forward if pair.opens(each)), None)
    if opener and back and not any(pair.closes(each) or pair.opens(each) for each in back):
        yield hit(
            subject.listed(("rollback", "steps")),
            f"回退过程没有{pair.undone.zh}的步骤，而{opener.name.zh}到那时可能仍然有效",
            f"no step of the rollback {pair.undone.en}, though {opener.name.en} may still be in force by then",
            severity=Severity.ADVICE,
        )


@rule(
    "ORD121",
    "step-order-against-dependency",
    Severity.WARNING,
    needs=("steps",),
    checks=(
        "SQL 在部署应用之前执行；被依赖的系统在依赖它的系统之前部署。",
        "SQL is run before the applications are deployed, and a system is deployed after those it depends on.",
    ),
    why=(
        "新程序连上旧表会报错；流程规定 DBA 应提前执行数据库脚本。",
        "A new version meets old tables and fails; by the process the DBA runs the scripts beforehand.",
    ),
    fix=("调换步骤的先后；确实要这样的，说明理由", "swap the steps; where it is meant so, say why"),
)
def step_order_against_dependency(subject: Subject) -> Iterator[Hit]:
    deploying, running = _changing(subject, Action.DEPLOY), _changing(subject, Action.SQL)
    systems = _systems_of(subject, [*deploying, *running])
    yield from _before_sql(
        [each for each in deploying if not _without_sql(subject, systems[each.path])], running, systems
    )
    yield from _before_needed(subject, deploying, systems)


def _without_sql(subject: Subject, systems: Iterable[str]) -> bool:
    """Whether these are systems whose rows all say that there is no SQL."""
    rows = [row for system in systems for row in subject.by_system.get(system, ())]
    return bool(rows) and all(is_none_word(row.item.ddl or "") and is_none_word(row.item.dml or "") for row in rows)


def _before_sql(
    deploying: Sequence[PlannedStep], running: Sequence[PlannedStep], systems: Mapping[Path, frozenset[str]]
) -> Iterator[Hit]:
    """The first deployment of a system that comes before the first SQL for it; SQL without a system is for all."""
    first: dict[str, PlannedStep] = {}
    for each in running:
        for system in systems[each.path] or ("",):
            first.setdefault(system, each)
    told: set[Path] = set()
    for step in deploying:
        own = [first[system] for system in systems[step.path] if system in first]
        for_all = [first[""]] if "" in first else [] if systems[step.path] else running[:1]
        sql = next((each for each in own or for_all if _before(step, each)), None)
        if sql and sql.path not in told:
            told.add(sql.path)
            yield hit(
                step.path,
                f"{step.name.zh}先更新应用，{sql.name.zh}才执行 SQL",
                f"{step.name.en} updates the application, and the SQL is run only in {sql.name.en}",
            )


def _before_needed(
    subject: Subject, deploying: Sequence[PlannedStep], systems: Mapping[Path, frozenset[str]]
) -> Iterator[Hit]:
    """The first deployment of a system that comes before that of a system it depends on."""
    first: dict[str, PlannedStep] = {}
    for step in deploying:
        for system in systems[step.path]:
            first.setdefault(system, step)
    for standing in subject.order.standings:
        row = subject.rows[standing.row]
        own = first.get(name_key(row.item.system or ""))
        for need in standing.needs if own and not standing.cyclic else ():
            needed = first.get(name_key(need.system))
            if own and needed and _before(own, needed):
                yield hit(
                    own.path,
                    f"{own.name.zh}部署的“{row.item.system}”依赖“{need.system}”，而{needed.name.zh}才部署它",
                    f'{own.name.en} deploys "{row.item.system}", which needs "{need.system}", deployed only by {needed.name.en}',
                )
