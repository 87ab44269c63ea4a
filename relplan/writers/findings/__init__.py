"""Findings as reports: text for people, Markdown for reviews, and the formats that editors and CI systems read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from types import MappingProxyType
from typing import Final

from relplan.errors import WriteError, problem, suggest
from relplan.writers.findings import as_json, github, junit, markdown, sarif, text
from relplan.writers.findings.options import DEFAULT, ReportOptions, Writer

__all__ = ["DEFAULT", "ENDINGS", "FORMATS", "ReportOptions", "Writer", "format_for", "named"]

FORMATS: Final[Mapping[str, Writer]] = MappingProxyType(
    {
        "text": text.write,
        "json": as_json.write,
        "github": github.write,
        "sarif": sarif.write,
        "junit": junit.write,
        "md": markdown.write,
    }
)
"""The formats of reports, by name."""

ENDINGS: Final[Mapping[str, str]] = MappingProxyType(
    {".txt": "text", ".json": "json", ".sarif": "sarif", ".sarif.json": "sarif", ".xml": "junit", ".md": "md"}
)
"""The names of formats by the endings of files."""


def named(name: str) -> Writer:
    """What writes the format of that name.

    Raises:
        WriteError: there is no such format.
    """
    if name not in FORMATS:
        hint, known = suggest(name, FORMATS), ", ".join(FORMATS)
        zh, en = (
            f"没有“{name}”这种报告；可用：{known}{hint.zh}",
            f'there is no report "{name}"; known: {known}{hint.en}',
        )
        raise WriteError(problem(zh, en))
    return FORMATS[name]


def format_for(path: str) -> str:
    """The name of the format of a report, by the ending of its file.

    Raises:
        WriteError: no report is written with that ending.
    """
    name = PurePath(path).name.lower()
    found = [ending for ending in ENDINGS if name.endswith(ending)]
    if not found:
        known = " ".join(ENDINGS)
        raise WriteError(
            problem(f"检查报告没有这种格式；可用的扩展名：{known}", f"no report has this ending; known: {known}", path)
        )
    return ENDINGS[max(found, key=len)]
