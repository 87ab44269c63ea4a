"""What the text of a single cell may stand for: errors, 是 where a script belongs, levels of risk, links, statements."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from relplan.errors import Path, Place, ReadError, problem, suggest
from relplan.grids import Grid, Spot
from relplan.model.text import NO, YES, is_none_word
from relplan.model.values import RiskLevel
from relplan.patterns import regex
from relplan.readers.draft import Draft
from relplan.readers.options import ReadOptions
from relplan.readers.sheets.headers import SQL

DITTO: Final = frozenset(("同上", "同上。", "同上行", "同下", "同下。", "同下行", "ditto", "Ditto", "DITTO", "〃", "″"))
"""Words for "what stands in the row above" and, with 同下, "in the row below"."""

_ERRORS: Final = frozenset(("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#GETTING_DATA"))

_DECIMAL: Final = regex(r"[\d.]+")

SPECIAL: Final = _ERRORS | YES | NO
"""Texts that may have something to be said about them, whatever else the sheet tells."""

_SCRIPTS: Final = frozenset(("ddl", "dml", "configuration", SQL))
_VERSIONS: Final = frozenset(("version", "previous_version", "branch", "previous_branch"))
_NAMES: Final = frozenset(
    (*_VERSIONS, "order", "system", "risk_level", "dependencies", "developers", "testers", "group", "owner", "reviewer", "status")
)  # fmt: skip
"""Fields whose words are compared or counted: a link is kept beside them, not in them."""


def risk_levels(options: ReadOptions) -> Mapping[str, str]:
    """From a word of a risk column, in its plainest form, to the level that the user says it means.

    Raises:
        ReadError: the user names a level there is none of.
    """
    known = {word.lower(): str(level) for level in RiskLevel for word in (str(level), level.zh, level.en)}
    levels: dict[str, str] = {}
    for word, meant in options.risks.items():
        if meant.lower() not in known:
            hint = suggest(meant, known)
            choices = [str(level) for level in RiskLevel]
            zh, en = f"没有风险等级“{meant}”{hint.zh}", f'there is no risk level "{meant}"{hint.en}'
            raise ReadError(problem(f"{zh}；可用：{'、'.join(choices)}", f"{en}; known: {', '.join(choices)}"))
        levels[_plain(word)] = known[meant.lower()]
    return levels


def _plain(word: str) -> str:
    return unicodedata.normalize("NFKC", word).strip().lower()


def _doubtful(text: str) -> tuple[str, str]:
    """What to say of a version that the sheet holds as a number or a date, which loses what was typed."""
    if not _DECIMAL.fullmatch(text):
        return (
            f"“{text}”在表中是日期；如果原本是版本号，请改为文本",
            f'"{text}" is a date in the sheet; if a version was meant, make it text',
        )
    typed = f"{text}0" if "." in text else f"{text}.0"
    return (
        f"“{text}”在表中是数字；如果原本是 {typed} 之类，请改为文本",
        f'"{text}" is a number in the sheet; if it was meant as {typed} or the like, make it text',
    )


class Cells:
    """Looks at the cells of a table one by one, and says where a text may not be what was meant."""

    def __init__(self, grid: Grid, draft: Draft, risks: Mapping[str, str], own: bool) -> None:
        self._grid, self._draft, self._risks, self._own = grid, draft, risks, own
        self.is_watchful = bool(risks or grid.numbers or grid.struck or grid.links or grid.unsaved)
        """Whether each cell has to be looked at; else those alone whose text is in `SPECIAL`."""

    def checked(self, row: int, column: int, field: str, text: str, source: Spot) -> str:
        """The text to read for a cell. Notices are about the cell itself, not those that a merged cell fills."""
        if field == "risk_level" and self._risks:
            text = self._risks.get(_plain(text), text)
        if source == (row, column):
            self._tell(field, text, source)
        if field not in _NAMES and (url := self._url(source)):
            return f"{text} ({url})"
        return text

    def link_beside(self, column: int, field: str, spot: Spot) -> str:
        """The link of a cell whose own text must stay as it is; blank for none."""
        return self._url(spot) if field in _NAMES else ""

    def _url(self, spot: Spot) -> str:
        url = self._grid.links.get(spot, "")
        text = self._grid.text(*spot)
        return "" if self._own or not url or url.removeprefix("mailto:").rstrip("/") in text else url

    def _tell(self, field: str, text: str, spot: Spot) -> None:
        if text in _ERRORS:
            zh, en = f"单元格是错误值 {text}；请改正公式", f"the cell holds the error {text}; mend its formula"
            self._note("unreadable", zh, en, spot)
        elif spot in self._grid.unsaved:
            zh = "公式没有保存结果，按公式原文保留；请用 Excel 打开并保存"
            self._note("unreadable", zh, "the formula has no saved result; open the file in Excel and save it", spot)
        elif field in _VERSIONS and spot in self._grid.numbers:
            self._note("guessed", *_doubtful(text), spot)
        elif field in _SCRIPTS and field != SQL and not self._own:
            self._tell_answer(text, spot)
        if spot in self._grid.struck:
            zh, en = "文字有删除线，仍按原文读入", "the text is struck through; it was read as it stands"
            self._note("guessed", zh, en, spot)

    def _tell_answer(self, text: str, spot: Spot) -> None:
        if text in YES:
            zh = f"只写了“{text}”，没有脚本或配置的内容；请补上"
            self._note("guessed", zh, f'only "{text}" stands here, the script itself is missing; add it', spot)
        elif text in NO:
            zh, en = f"“{text}”按原文保留；没有内容请写“无”", f'"{text}" is kept as it stands; write "none" for none'
            self._note("guessed", zh, en, spot)

    def _note(self, kind: Any, zh: str, en: str, spot: Spot) -> None:
        self._draft.note(kind, zh, en, self._grid.place(self._draft.name, *spot))

    def sort(
        self,
        text: str,
        spot: Spot,
        entry: dict[str, Any],
        inner: dict[Path, Spot],
        also: list[tuple[Place, Path]],
    ) -> None:
        """Put the statements of a cell into DDL and DML of an entry; what is no statement goes into DML as it stands."""
        from relplan.sql.cells import sorted_statements  # few sheets have one column for both

        found, place = sorted_statements(text), self._grid.place(self._draft.name, *spot)
        if found is None and is_none_word(text):
            parts = {"ddl": text, "dml": text}
        elif found is None:
            parts = {"dml": text}
            self._tell_no_statement(text, place)
        else:
            parts = {"ddl": found.ddl, "dml": found.dml}
            zh, en = "SQL 按首个关键字分到 DDL 与 DML", "the SQL was sorted into DDL and DML by its first keywords"
            self._draft.note("guessed", zh, en, place)
        for field, part in parts.items():
            if part and field not in entry:
                entry[field], inner[field,] = part, spot
            elif part:
                entry[field] = part if is_none_word(entry[field]) else f"{entry[field]}\n{part}"
                also.append((place, (field,)))

    def _tell_no_statement(self, text: str, place: Place) -> None:
        if text in YES:
            zh, en = (
                f"只写了“{text}”，没有脚本；请补上",
                f'only "{text}" stands here, the script itself is missing; add it',
            )
        else:
            zh, en = "不是 SQL 语句，全文放入 DML", "no SQL statement, kept whole in DML"
        self._draft.note("guessed", zh, en, place)
