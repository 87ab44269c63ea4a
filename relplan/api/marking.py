"""Workbooks with what was found in their cells."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from msgspec.structs import replace

from relplan import files
from relplan.errors import (
    Language,
    Place,
    Problem,
    WriteError,
)
from relplan.model.read import Read
from relplan.readers.options import DEFAULT as DEFAULT_OPTIONS
from relplan.readers.options import ReadOptions

if TYPE_CHECKING:
    from relplan.findings import Checked
    from relplan.writers.marked.styles import MarkKind


def marked_copy(
    path: str | FilePath, read: Read, language: Language = "zh", *, options: ReadOptions = DEFAULT_OPTIONS
) -> bytes:
    """The workbook `path` with its bad cells coloured, commented and listed on a sheet of their own; else as it is.

    Args:
        path: the .xlsx or .xlsm file that `read` came from.
        read: what was read from it; its notices say which cells are bad.
        language: of what is written there.
        options: how it was read.

    Raises:
        ReadError: the file cannot be read.
        WriteError: it is no such workbook, or too damaged to be marked.
    """
    from relplan.model.report import in_order

    return _marked(path, [(notice.kind, notice.problem) for notice in in_order(read)], language, read, options)


def marked_check(
    path: str | FilePath,
    read: Read,
    checked: Checked,
    language: Language = "zh",
    *,
    options: ReadOptions = DEFAULT_OPTIONS,
) -> bytes:
    """The workbook `path` with the cells of findings coloured and commented, and all findings listed on a sheet of their own.

    Args:
        path: the .xlsx or .xlsm file that `read` came from.
        read: what was read from it; it tells where tables are.
        checked: what the check of it came to.
        language: of what is written there.
        options: how it was read.

    Raises:
        ReadError, WriteError: as `marked_copy`.
    """
    from relplan.writers.findings.cells import marks

    return _marked(path, marks(checked), language, read, options)


def marked_changes(
    path: str | FilePath,
    found: Sequence[tuple[MarkKind, Problem]],
    language: Language,
    read: Read,
    options: ReadOptions,
) -> bytes:
    """The workbook `path` with changes marked that were found by a comparison; raises as `marked_copy` does."""
    return _marked(path, found, language, read, options)


def _marked(
    path: str | FilePath,
    found: Sequence[tuple[MarkKind, Problem]],
    language: Language,
    read: Read,
    options: ReadOptions,
) -> bytes:
    from relplan.writers.marked import mark

    data = b"" if str(path) == files.STANDARD else files.read(str(path), options.limit)
    try:
        return mark(data, found, language, read)
    except WriteError as error:
        raise WriteError([replace(each, place=Place(str(path))) for each in error.problems]) from None
