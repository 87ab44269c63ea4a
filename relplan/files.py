"""The only module that touches files: reads them whole, writes them whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Final

from relplan.errors import ReadError, WriteError, problem

STANDARD: Final = "-"
"""The name that means standard input or output."""

MAX_BYTES: Final = 256 * 2**20


def read(path: str, limit: int = 1) -> bytes:
    """The content of a file, or of standard input for `-`.

    Raises:
        ReadError: it is not there, is a directory, may not be read, or is larger than `limit` times `MAX_BYTES`.
    """
    most = MAX_BYTES * limit
    try:
        if path == STANDARD:
            data = sys.stdin.buffer.read(most + 1)
        else:
            with open(path, "rb") as source:
                data = source.read(most + 1)
    except FileNotFoundError:
        raise ReadError(problem("没有这个文件", "there is no such file", path)) from None
    except IsADirectoryError:
        raise ReadError(problem("这是一个文件夹，不是文件", "this is a folder, not a file", path)) from None
    except PermissionError:
        raise ReadError(problem("没有读取权限", "no permission to read it", path)) from None
    except (OSError, ValueError) as error:
        raise ReadError(problem(f"无法读取：{error}", f"cannot be read: {error}", path)) from None
    if len(data) > most:
        size = most // 2**20
        raise ReadError(problem(f"文件超过 {size} MiB", f"the file is larger than {size} MiB", path))
    return data


def changed(contents: Mapping[str, bytes]) -> list[str]:
    """The paths whose files do not hold these contents."""
    return [path for path, data in contents.items() if path != STANDARD and _present(path) != data]


def write(contents: Mapping[str, bytes]) -> list[str]:
    """Write all files, or none: each is written beside its place and moved there when all are on disk.

    A file that holds its content already is not touched. `-` is standard output.

    Returns:
        The paths that were written.

    Raises:
        WriteError: a file cannot be written; none is changed.
    """
    targets = {path: data for path, data in contents.items() if path != STANDARD and _present(path) != data}
    ready: list[tuple[str, FilePath]] = []
    try:
        for path, data in targets.items():
            ready.append((path, _written_beside(path, data)))
        for path, temporary in ready:
            os.replace(temporary, FilePath(path).resolve())
    except OSError as error:
        raise _refused(path, error) from None
    finally:
        for _, temporary in ready:
            with contextlib.suppress(OSError):
                temporary.unlink()
    for folder in {FilePath(path).resolve().parent for path in targets}:
        _sync(folder)
    if STANDARD in contents:
        sys.stdout.buffer.write(contents[STANDARD])
        sys.stdout.buffer.flush()
    return list(targets)


def _present(path: str) -> bytes | None:
    """What the file holds; None where there is none, or it is no plain file."""
    try:
        return FilePath(path).read_bytes() if FilePath(path).is_file() else None
    except OSError:
        return None


def _written_beside(path: str, data: bytes) -> FilePath:
    target = FilePath(path).resolve()
    if target.is_dir():
        raise IsADirectoryError(path)
    if target.exists() and not target.is_file():
        raise WriteError(problem("不是普通文件，不能覆盖", "this is no plain file and is not written over", path))
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(path)
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:40]}.", suffix=".part", dir=target.parent)
    temporary = FilePath(name)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        temporary.chmod(_mode(target))
    except OSError:
        temporary.unlink()
        raise
    return temporary


def _mode(target: FilePath) -> int:
    """The permissions of the file that is replaced, or what a new file would get."""
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask


def _sync(folder: FilePath) -> None:
    """Make the moves last through a power cut, where the system lets a folder be synced."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _refused(path: str, error: OSError) -> WriteError:
    folder = FilePath(path).resolve().parent
    if isinstance(error, IsADirectoryError):
        return WriteError(problem("这是一个文件夹，不是文件", "this is a folder, not a file", path))
    if not folder.is_dir():
        return WriteError(
            problem(f"文件夹 {folder} 不存在；请先建立它", f"the folder {folder} is not there; make it first", path)
        )
    if isinstance(error, PermissionError):
        return WriteError(
            problem(
                "没有写入权限，或文件正被其他程序打开", "no permission to write, or another program has it open", path
            )
        )
    return WriteError(problem(f"无法写入：{error.strerror}", f"cannot be written: {error.strerror}", path))
