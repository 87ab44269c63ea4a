"""A proposal as SQL for people to review: what can be run, and all else as comments."""

from __future__ import annotations

from collections.abc import Iterator

from relplan.errors import Language, Message
from relplan.sql.names import shown
from relplan.sql.undo.reversal import Context, Level, Proposal, Reversal, Step

_GAP = Message("【待补充】", "[TO FILL IN] ")
_TITLE = Message(
    "回退建议，请逐条审核、补全后再使用；它不是回退方案，也没有执行过",
    "A proposal to be reviewed and completed before use; it is no rollback plan, and nothing of it has been run",
)
_SAVE = Message(
    "建议在发布之前执行的备份（去掉行首的 --；回退时不要执行）：",
    "Copies to be made BEFORE the release (without the leading --; not to be run on the way back):",
)
_NOTHING = Message("没有需要回退的语句", "nothing here needs to be reversed")


def as_text(proposal: Proposal, language: Language, source: str = "") -> str:
    """The proposal as SQL in reverse order; counts, reasons, gaps and copies as comments, which cannot be run by mistake."""
    lines = [*_head(proposal, language, source), *_copies(proposal, language)]
    for reversal in proposal.reversals:
        lines += ["", *map(_ended, reversal.context), *([""] if reversal.context else [])]
        lines += _reversal(reversal, language)
    return "\n".join(lines) + "\n"


def summary(proposal: Proposal, language: Language) -> str:
    """How many statements there are of each level, in one line."""
    counts = [f"{level.label.text(language)} {count}" for level, count in proposal.counts.items() if count]
    if not counts:
        return _NOTHING.text(language)
    total, same = len(proposal.reversals), proposal.unchanging
    words = ("、" if language == "zh" else ", ").join(counts)
    if language == "zh":
        return f"需要回退的语句 {total} 条：{words}" + (f"；另有 {same} 条不改变数据和结构" if same else "")
    statements = "statement" if total == 1 else "statements"
    more = f"; {same} more {'changes' if same == 1 else 'change'} neither data nor structure" if same else ""
    return f"{total} {statements} to reverse: {words}{more}"


def _comment(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield f"-- {line.rstrip()}"


def _head(proposal: Proposal, language: Language, source: str) -> Iterator[str]:
    title = _TITLE.text(language)
    yield from _comment(f"{source}: {title}" if source else title)
    yield from _comment(summary(proposal, language))
    for level, count in proposal.counts.items():
        if count:
            separator = "：" if language == "zh" else ": "
            yield from _comment(f"  {level.label.text(language)}{separator}{level.meaning.text(language)}")


def _copies(proposal: Proposal, language: Language) -> Iterator[str]:
    if not proposal.backups:
        return
    yield ""
    yield from _comment(_SAVE.text(language))
    context: Context = ()
    for backup in proposal.backups:
        if backup.context != context:
            context = backup.context
            for sql in filter(None, context):
                yield from _comment(_ended(sql))
        yield from _comment(f"{backup.sql};")


def _ended(sql: str) -> str:
    """A statement with what ends it; a line for a client as it is."""
    return sql if sql.upper().startswith(("\\", ":", "CONN")) else f"{sql};"


def _reversal(reversal: Reversal, language: Language) -> Iterator[str]:
    statement = reversal.statement
    words = shown(statement.tokens) or statement.text.strip().split("\n")[0]
    spot = f"{statement.place.line}:{statement.place.column}"
    yield from _comment(f"{reversal.number}. {spot} [{reversal.level.label.text(language)}] {' '.join(words.split())}")
    for note in reversal.answer.notes:
        yield from _comment(note.text(language))
    if reversal.level in (Level.NONE, Level.UNKNOWN):
        yield from _comment(_GAP.text(language) + reversal.level.meaning.text(language))
    for step in reversal.answer.steps:
        yield from _step(step, language)


def _step(step: Step, language: Language) -> Iterator[str]:
    if step.gap:
        yield from _comment(_GAP.text(language) + step.gap.text(language))
    else:
        yield _ended(step.sql)
