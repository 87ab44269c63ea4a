"""The only module that touches files: reads them whole, writes them whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path as FilePath
from typing import IO, Final

from msgspec import Struct

from relplan.errors import Message, Place, Problem, ReadError, WriteError, problem

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
    except (OSError, ValueError) as error:
        raise unreadable(error, path) from None
    if len(data) > most:
        size = most // 2**20
        raise ReadError(problem(f"文件超过 {size} MiB", f"the file is larger than {size} MiB", path))
    return data


CHUNK_BYTES: Final = 2**20


def chunks(path: str | FilePath) -> Iterator[bytes]:
    """The content of a plain file in pieces of at most `CHUNK_BYTES`, however large it is.

    Raises:
        ReadError: it is not there, is no plain file, or cannot be read; while the pieces are asked for.
    """
    try:
        # Opening a pipe that no one writes to would wait for ever.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(handle, "rb", buffering=0) as source:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise ReadError(problem("不是普通文件", "this is no plain file", str(path)))
            while piece := source.read(CHUNK_BYTES):
                yield piece
    except (OSError, ValueError) as error:
        raise unreadable(error, str(path)) from None


def size(path: str | FilePath) -> int:
    """The size of a plain file in bytes.

    Raises:
        ReadError: it is not there, is no plain file, or cannot be looked at.
    """
    try:
        status = os.stat(path)
    except (OSError, ValueError) as error:
        raise unreadable(error, str(path)) from None
    if not stat.S_ISREG(status.st_mode):
        raise ReadError(problem("不是普通文件", "this is no plain file", str(path)))
    return status.st_size


def unreadable(error: OSError | ValueError, path: str) -> ReadError:
    """The refusal to read a file, from what the system says."""
    match error:
        case FileNotFoundError():
            return ReadError(problem("没有这个文件", "there is no such file", path))
        case IsADirectoryError():
            return ReadError(problem("这是一个文件夹，不是文件", "this is a folder, not a file", path))
        case PermissionError():
            return ReadError(problem("没有读取权限", "no permission to read it", path))
    return ReadError(problem(f"无法读取：{error}", f"cannot be read: {error}", path))


class Tree(Struct, frozen=True):
    """The files under a folder.

    Attributes:
        sizes: in bytes, by path relative to the folder, with `/` between folders; links to files inside it are files.
        skipped: what was left out, and why.
        unreadable: folders that could not be looked into.
    """

    sizes: Mapping[str, int]
    skipped: tuple[Problem, ...] = ()
    unreadable: tuple[Problem, ...] = ()


def tree(folder: str | FilePath) -> Tree:
    """All files under a folder, hidden ones too, by their paths; links to folders and out of the folder are not followed.

    Raises:
        ReadError: it is no folder.
    """
    if not os.path.isdir(folder):
        zh, en = (
            ("这不是文件夹", "this is no folder")
            if os.path.exists(folder)
            else ("没有这个文件夹", "there is no such folder")
        )
        raise ReadError(problem(zh, en, str(folder)))
    return _Walk(real(folder), str(folder)).run()


def real(path: str | FilePath) -> FilePath:
    """A path without links; of one that leads in circles, as far as it leads."""
    return FilePath(os.path.realpath(path))


class _Walk:
    """A folder while it is looked through."""

    def __init__(self, root: FilePath, name: str) -> None:
        self._root, self._name = root, name
        self._sizes: dict[str, int] = {}
        self._skipped: list[Problem] = []
        self._unreadable: list[Problem] = []

    def run(self) -> Tree:
        waiting = [""]
        while waiting:
            waiting.extend(self._folders_in(waiting.pop()))
        order = sorted(self._sizes)
        return Tree({name: self._sizes[name] for name in order}, _by_text(self._skipped), _by_text(self._unreadable))

    def _folders_in(self, inner: str) -> list[str]:
        """Note the files of a folder; returns the folders in it."""
        try:
            with os.scandir(self._root / inner) as entries:
                return [f"{name}/" for entry in entries if (name := self._folder(entry, inner + entry.name))]
        except OSError:
            self._unreadable.append(
                problem("没有权限查看此文件夹", "no permission to look into this folder", self._at(inner.rstrip("/")))
            )
            return []

    def _folder(self, entry: os.DirEntry[str], name: str) -> str:
        """Note a file or what keeps it out; returns the name of a folder, else blank."""
        try:
            if entry.is_dir(follow_symlinks=False):
                return name
            reason = self._link_refused(entry) if entry.is_symlink() else None
            status = entry.stat() if reason is None else None
        except OSError as error:
            reason, status = Message(f"无法查看：{error.strerror}", f"cannot be looked at: {error.strerror}"), None
        if status is not None and stat.S_ISREG(status.st_mode):
            self._sizes[name] = status.st_size
        else:
            self._skipped.append(Problem(reason or _SPECIAL, Place(self._at(name))))
        return ""

    def _link_refused(self, entry: os.DirEntry[str]) -> Message | None:
        target = real(entry.path)
        if not os.path.exists(target):
            return Message("链接的目标不存在", "a link to nothing")
        if not target.is_relative_to(self._root):
            return Message("链接指向文件夹之外", "a link out of the folder")
        return Message("链接指向文件夹", "a link to a folder") if os.path.isdir(target) else None

    def _at(self, name: str) -> str:
        return f"{self._name.rstrip('/')}/{name}" if name else self._name


_SPECIAL: Final = Message("不是普通文件（管道、设备等）", "no plain file (a pipe, a device …)")


def _by_text(problems: list[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda each: each.text("en")))


def is_output(path: str | FilePath) -> bool:
    """Whether standard output goes into this file."""
    try:
        return os.path.samestat(os.fstat(sys.stdout.fileno()), os.stat(path))
    except (OSError, ValueError):
        return False


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


def make_folder(path: str) -> None:
    """Make a folder where it is not there.

    Raises:
        WriteError: it cannot be made, or is a file.
    """
    try:
        os.makedirs(path, exist_ok=True)
    except OSError as error:
        raise WriteError(
            problem(f"无法建立文件夹：{error.strerror}", f"the folder cannot be made: {error.strerror}", path)
        ) from None


def append(path: str, line: Callable[[bytes], tuple[int, bytes]]) -> None:
    """Add to a file that several programs may be adding to: whole lines, on disk when this returns.

    Args:
        path: the file; made where it is not there.
        line: from what the file holds to how much of that stays (a tail that was cut off does not) and what comes behind it.
            It is asked while no other program adds to the file; what it raises leaves the file as it was.

    Raises:
        WriteError: the file cannot be written.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        with os.fdopen(handle, "r+b", buffering=0) as file, _locked(file):
            present = file.read()
            kept, added = line(present)
            if kept < len(present):
                file.truncate(kept)
            file.seek(kept)
            while added:
                added = added[file.write(added) :]
            os.fsync(file.fileno())
        if not present:
            _sync(FilePath(path).resolve().parent)
    except OSError as error:
        raise _refused(path, error) from None


@contextlib.contextmanager
def _locked(file: IO[bytes]) -> Iterator[None]:
    """Hold a file against other programs that ask for it likewise; the system lets go of it when this program ends."""
    if sys.platform == "win32":
        import msvcrt

        file.seek(_FAR)
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        file.seek(0)
        try:
            yield
        finally:
            file.seek(_FAR)
            msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
    else:
        import fcntl

        fcntl.flock(file.fileno(), fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(file.fileno(), fcntl.LOCK_UN)


_FAR: Final = 2**40
"""Where Windows holds the lock: behind all that a log will ever hold, for what is locked there cannot be read."""


def _present(path: str) -> bytes | None:
    """What the file holds; None where there is none, or it is no plain file."""
    try:
        return FilePath(path).read_bytes() if FilePath(path).is_file() else None
    except OSError:
        return None


_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
"""A file of its own, whatever stands there. (`tempfile` brings random numbers along, which take a hundredth of a start.)"""


def _written_beside(path: str, data: bytes) -> FilePath:
    target = FilePath(path).resolve()
    if target.is_dir():
        raise IsADirectoryError(path)
    if target.exists() and not target.is_file():
        raise WriteError(problem("不是普通文件，不能覆盖", "this is no plain file and is not written over", path))
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(path)
    temporary = target.with_name(f".{target.name[:40]}.{os.urandom(8).hex()}.part")
    handle = os.open(temporary, _NEW, 0o600)
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
