"""The formats relplan reads and writes: one read-only registry. Their modules load when first used."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import PurePath
from types import MappingProxyType
from typing import Any, Final

from msgspec import Struct

from relplan.errors import ReadError, WriteError, problem, suggest


class Format(Struct, frozen=True):
    """A file format.

    Attributes:
        name: as `relplan.api.render` takes it.
        endings: of its files, with the dot; the first one is the usual.
        reader: `module:function` from bytes, a name and `ReadOptions` to `Read`, or blank.
        writer: `module:function` from a `Document` to bytes, or blank; with a theme it takes a theme's bytes too.
        plan_writer: `module:function` from a `ReleasePlan` to bytes, or blank.
        document: which document it holds where none is named.
        theme: the ending of the files that can give it its look, or blank.
    """

    name: str
    endings: tuple[str, ...]
    reader: str = ""
    writer: str = ""
    plan_writer: str = ""
    document: str = "plan"
    theme: str = ""

    def load(self, use: str) -> Any:
        """The function for `use`: `reader`, `writer` or `plan_writer`."""
        module, _, function = str(getattr(self, use)).partition(":")
        return getattr(importlib.import_module(f"relplan.{module}"), function)


FORMATS: Final[Mapping[str, Format]] = MappingProxyType(
    {
        each.name: each
        for each in (
            Format("yaml", (".yaml", ".yml"), "readers.planfile:read_yaml", plan_writer="writers.planfile:write_yaml"),
            Format("json", (".json",), "readers.jsonfile:read_json", plan_writer="writers.planfile:write_json"),
            Format("xlsm", (".xlsm", ".xltx", ".xltm"), "readers.spreadsheets:read_xlsx"),
            Format("xlsx", (".xlsx",), "readers.spreadsheets:read_xlsx", "writers.xlsx:write", document="workbook"),
            Format("xls", (".xls", ".xlt", ".et"), "readers.spreadsheets:read_xls"),
            Format("xlsb", (".xlsb",), "readers.spreadsheets:read_xls"),
            Format("ods", (".ods", ".ots"), "readers.spreadsheets:read_ods"),
            Format("csv", (".csv",), "readers.spreadsheets:read_csv"),
            Format("tsv", (".tsv", ".tab"), "readers.spreadsheets:read_csv"),
            Format("md", (".md", ".markdown"), "readers.documents.markdownfile:read_md", "markdown.write:write"),
            Format("txt", (".txt", ".text"), "readers.documents.textfile:read_txt"),
            Format("docx", (".docx",), "readers.documents.docx:read_docx", "writers.docx:write", theme=".docx"),
            Format(
                "html",
                (".html", ".htm"),
                "readers.documents.htmlfile:read_html",
                writer="writers.html:write",
                theme=".css",
            ),
        )
    }
)

_WORKBOOKS: Final = frozenset(("xlsx", "xlsm", "xls", "xlsb", "ods"))
_TEXTS: Final = frozenset(("csv", "tsv", "html"))


def for_reading(path: str) -> Format:
    """The format of a file to read, by its ending.

    Raises:
        ReadError: no reader knows the ending.
    """
    return _by_ending(path, "reader", ReadError)


def of_content(data: bytes) -> str:
    """The name of the format that a file has, by its content; blank where it cannot be told."""
    from relplan.readers.content import kind

    return kind(data)


def by_content(chosen: Format, data: bytes) -> Format:
    """The format a file really has, where its content tells plainly that its ending is wrong; else `chosen`.

    Only sheets and pages bear each other's endings: export systems and mail programs rename them.
    """
    if chosen.name not in _WORKBOOKS | _TEXTS:
        return chosen
    from relplan.readers.content import packed_kind, table_kind

    packed = packed_kind(data)
    if packed in _WORKBOOKS and FORMATS[packed].reader != chosen.reader:
        return FORMATS[packed]
    found = chosen if packed or chosen.name == "html" else FORMATS.get(table_kind(data), chosen)
    return chosen if found.reader == chosen.reader else found


def for_writing(path: str, use: str = "writer") -> Format:
    """The format of a file to write, by its ending; `use` is `writer` for documents, `plan_writer` for plan files.

    Raises:
        WriteError: no writer knows the ending.
    """
    return _by_ending(path, use, WriteError)


def named(name: str, use: str = "writer") -> Format:
    """The format of that name.

    Raises:
        ReadError, WriteError: there is none that can be used so.
    """
    found = FORMATS.get(name)
    if found is None or not getattr(found, use):
        known = [each.name for each in FORMATS.values() if getattr(each, use)]
        hint = suggest(name, known)
        error = ReadError if use == "reader" else WriteError
        raise error(
            problem(
                f"没有格式“{name}”{hint.zh}；可用：{'、'.join(known)}",
                f'there is no format "{name}"{hint.en}; known: {", ".join(known)}',
            )
        )
    return found


def _by_ending(path: str, use: str, error: type[ReadError | WriteError]) -> Format:
    ending = PurePath(path).suffix.lower()
    for each in FORMATS.values():
        if ending in each.endings and getattr(each, use):
            return each
    known = [end for each in FORMATS.values() if getattr(each, use) for end in each.endings]
    verb_zh, verb_en = ("读取", "read") if use == "reader" else ("写入", "written")
    shown = ending or PurePath(path).name
    raise error(
        problem(
            f"无法{verb_zh}扩展名为“{shown}”的文件；可用：{'、'.join(known)}",
            f'files ending in "{shown}" cannot be {verb_en}; known: {", ".join(known)}',
            path,
        )
    )
