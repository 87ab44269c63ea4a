"""CMP: what a plan leaves out, and what of its form still stands in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from relplan.checks.rule import Hit, hit, rule
from relplan.checks.settings import SAMPLE_NAMES
from relplan.checks.steps import PARTS, short
from relplan.checks.subject import Subject
from relplan.checks.texts import is_blank, placeholder, todo
from relplan.errors import Message, Path, Place
from relplan.findings import Severity, Stage
from relplan.model.columns import columns_of
from relplan.model.table import ReleaseItem
from relplan.model.text import is_none_word
from relplan.model.values import RiskLevel

REQUIRED: Final = ("system", "version", "changes", "branch", "developers", "testers")
"""What every row of a release table states."""

_COLUMNS: Final = {bound.field: bound.column for bound in columns_of(ReleaseItem)}


@rule(
    "CMP101",
    "missing-required-field",
    Severity.ERROR,
    needs=("table",),
    checks=(
        "发布清单的每一行都有系统、版本、变更内容、分支、开发人员和测试人员。",
        "Every row of the release table states system, version, changes, branch, developers and testers.",
    ),
    why=(
        "当晚没有人能从计划中得知缺少的内容，只能临时去问。",
        "On the night no one can tell from the plan what is missing, and someone has to be asked.",
    ),
    fix=("补全；确实没有的写“无”", "fill it in; write none where there is truly none"),
)
def missing_required_field(subject: Subject) -> Iterator[Hit]:
    """Fields that no row states are a missing column (PLN004)."""
    stated = [name for name in REQUIRED if any(not is_blank(getattr(row.item, name)) for row in subject.rows)]
    for row in subject.rows:
        for name in stated:
            if is_blank(getattr(row.item, name)):
                column = _COLUMNS[name]
                yield hit(
                    row.at(name),
                    f"{row.name.zh}缺少“{column.zh}”",
                    f'{row.name.en} has no "{column.en.lower()}"',
                )


@rule(
    "CMP102",
    "missing-risk-level",
    Severity.ERROR,
    needs=("table",),
    due=Stage.TEST,
    checks=("发布清单的每一行都有风险等级。", "Every row of the release table states its risk level."),
    why=(
        "没有等级就无法决定谁盯守、谁审核、先发布哪一个。",
        "Without a level no one can decide who watches, who reviews and what goes first.",
    ),
    fix=("选择 重大、高、中 或 低", "choose critical, high, medium or low"),
)
def missing_risk_level(subject: Subject) -> Iterator[Hit]:
    for row in subject.rows:
        if is_blank(row.item.risk_level):
            yield hit(row.at("risk_level"), f"{row.name.zh}未填写风险等级", f"{row.name.en} has no risk level")


_DETAIL: Final = {
    RiskLevel.CRITICAL: Severity.ERROR,
    RiskLevel.HIGH: Severity.ERROR,
    RiskLevel.MEDIUM: Severity.WARNING,
}


@rule(
    "CMP103",
    "missing-risk-detail",
    Severity.ERROR,
    needs=("table",),
    checks=(
        "高风险和重大风险的行写明风险描述和风险控制；中风险缺少时为警告。",
        "Rows of high and critical risk say what the risk is and how it is controlled; for medium risk it is a warning.",
    ),
    why=(
        "知道风险高却没有写会怎样、怎样控制，出事时只能现想办法。",
        "A high risk without a word on what can happen and how it is contained leaves everything to be invented on the night.",
    ),
    fix=("写明可能出什么问题、怎样控制", "say what can go wrong and how it is contained"),
)
def missing_risk_detail(subject: Subject) -> Iterator[Hit]:
    for row in subject.rows:
        level = row.risk
        if level is None or level not in _DETAIL:
            continue
        for name in ("risk_description", "risk_control"):
            text = getattr(row.item, name)
            if text and not is_none_word(text):
                continue
            column = _COLUMNS[name]
            said_zh, said_en = (f"写的是“{text}”", f'says "{text}"') if text else ("为空", "is blank")
            yield hit(
                row.at(name),
                f"{row.name.zh}风险等级为“{level.zh}”，但“{column.zh}”{said_zh}",
                f'{row.name.en} is of {level.en.lower()} risk, but "{column.en.lower()}" {said_en}',
                severity=_DETAIL[level],
            )


@rule(
    "CMP104",
    "unfilled-placeholder",
    Severity.ERROR,
    due=Stage.PROD,
    checks=(
        "没有留下模板的占位文字：XXXX、X月X日、VX.X.X、____、{{…}}、单独的“……”。",
        "Nothing of a template is left: XXXX, X月X日, VX.X.X, ____, {{…}}, a lone ellipsis.",
    ),
    why=(
        "照着占位文字执行，会用错文件、错过时间。",
        "Who acts on a placeholder takes the wrong file or misses the time.",
    ),
    fix=("换成真实的内容", "replace it with the real value"),
)
def unfilled_placeholder(subject: Subject) -> Iterator[Hit]:
    seen: set[Place] = set()
    for path, text, code in subject.texts:
        if (word := placeholder(text, code)) and _is_new(subject.place(path), seen):
            yield hit(path, f"还有模板占位“{short(word)}”：{short(text, 40)}", f'still holds the placeholder "{short(word)}": {short(text, 40)}')  # fmt: skip


@rule(
    "CMP105",
    "todo-marker",
    Severity.ERROR,
    due=Stage.PROD,
    checks=(
        "没有留下待办的字样：TODO、TBD、FIXME、待定、待补充、待确认。",
        "No open question is left: TODO, TBD, FIXME, to be confirmed.",
    ),
    why=("当晚不是做决定的时候。", "The night of the release is no time for decisions."),
    fix=("先定下来，或移到待决事项中", "decide it, or move it to the list of open questions"),
)
def todo_marker(subject: Subject) -> Iterator[Hit]:
    seen: set[Place] = set()
    for path, text, _ in subject.texts:
        if (word := todo(text)) and _is_new(subject.place(path), seen):
            yield hit(path, f"仍含“{word}”：{short(text, 40)}", f'still says "{word}": {short(text, 40)}')


def _is_new(place: Place | None, seen: set[Place]) -> bool:
    """Whether a place was not told of yet: documents say some things twice, and lines give several values."""
    if place is None:
        return True
    if place in seen:
        return False
    seen.add(place)
    return True


@rule(
    "CMP106",
    "sample-name",
    Severity.WARNING,
    checks=(
        "没有留下示例的人名：张三、李四、王五、赵六、John Doe。",
        "No one of the examples is left among the people: 张三, 李四, 王五, 赵六, John Doe.",
    ),
    why=("没有人会去做“张三”的事。", "No one will do what John Doe has to do."),
    fix=(
        "写上真实的人；真有人叫这个名字，就加到设置 check.names 中",
        "name the real person; if someone is called so, add the name to the setting check.names",
    ),
)
def sample_name(subject: Subject) -> Iterator[Hit]:
    allowed = {name.lower() for name in subject.settings.names}
    for path, name in _people(subject):
        if name.lower() in SAMPLE_NAMES and name.lower() not in allowed:
            yield hit(path, f"“{name}”像是示例中的人名", f'"{name}" looks like a name of the example')


def _people(subject: Subject) -> Iterator[tuple[Path, str]]:
    plan = subject.plan
    lists: list[tuple[Path, object]] = [(("rollback", "decider"), plan.rollback.decider)]
    for index, each in enumerate(subject.participants):
        if each.name:
            yield ("participants", index, "name"), each.name.strip()
    lists += [((*step.path, "owner"), step.step.owner) for step in subject.steps]
    for row in subject.rows:
        lists += [(row.at(name), getattr(row.item, name)) for name in ("developers", "testers", "owner", "reviewer")]
    for path, names in lists:
        for index, name in enumerate(names if isinstance(names, tuple) else ()):
            yield (*path, index), name.strip()


_SECTIONS: Final = {
    "impact": Message("影响范围", "Impact"),
    "participants": Message("参与人员", "Participants"),
    **{part: name for part, name in PARTS.items() if part != "rollback"},
}
"""Of the eight sections those that no rule of their own asks for (TIM101, RBK101, RBK106 ask for the others)."""


@rule(
    "CMP107",
    "empty-section",
    Severity.ERROR,
    due=Stage.TEST,
    checks=(
        "影响范围、参与人员、发布准备、发布过程、发布验证都有内容。",
        "Impact, participants, preparation, deployment and verification all say something.",
    ),
    why=(
        "上线流程要求方案写明这些内容，缺一项就有一件事没人想过。",
        "The process asks the plan for each of them; where one is missing, something was not thought of.",
    ),
    fix=("补上这一节；确实没有的写“无”", "add the section; write none where there is truly none"),
)
def empty_section(subject: Subject) -> Iterator[Hit]:
    for part, name in _SECTIONS.items():
        if is_blank(getattr(subject.plan, part)):
            yield hit((part,), f"缺少“{name.zh}”一节", f'the section "{name.en}" is missing')
