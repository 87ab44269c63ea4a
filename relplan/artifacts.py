"""The files that a list or a plan names, held against those in a folder; and the lists of a folder's files."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path as FilePath
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from relplan import files
from relplan.checksums import (
    ALGORITHMS,
    Digest,
    Entry,
    Verification,
    Verified,
    digests_in,
    hashed,
    read_manifest,
    shown,
    write_manifest,
)
from relplan.errors import Language, Message, Path, Place, Problem, ReadError, place_of, problem, suggest

if TYPE_CHECKING:
    from relplan.model.entries import Package, Script
    from relplan.model.plan import ReleasePlan
    from relplan.model.read import Read

Progress: TypeAlias = Callable[[int, int], None]
"""Told how many bytes have been read, and how many there are."""

DEFAULT_ALGORITHM: Final = "sha256"

PARTS: Final = ("packages", "scripts")
"""The parts of a plan whose entries name a file and its checksum."""


class Listing(Struct, frozen=True):
    """A list of files as its bytes, how many files are in it, and what was left out, and why."""

    data: bytes
    count: int
    skipped: tuple[Problem, ...] = ()


class _Hashing:
    """Hashes files under a folder, and tells how far it has come."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._total, self._progress, self._done = total, progress, 0

    def digests(self, path: FilePath, algorithms: Iterable[str]) -> dict[str, Digest]:
        """The digests of a file; raises `ReadError`."""
        return hashed(self._counted(files.chunks(path)), algorithms)

    def _counted(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            yield chunk
            self._done += len(chunk)
            if self._progress:
                self._progress(self._done, max(self._done, self._total))


def known_algorithm(name: str) -> str:
    """The algorithm of that name, however it is written (`SHA-256`).

    Raises:
        ReadError: there is no such algorithm.
    """
    plain = name.lower().replace("-", "").removesuffix("sum")
    if plain in ALGORITHMS:
        return plain
    hint, known = suggest(plain, ALGORITHMS), ", ".join(ALGORITHMS)
    zh, en = hint.zh or f"；可用：{known}", hint.en or f"; known: {known}"
    raise ReadError(problem(f"没有校验算法“{name}”{zh}", f'there is no checksum algorithm "{name}"{en}'))


# Lists


def listing(
    paths: Sequence[str],
    algorithm: str = DEFAULT_ALGORITHM,
    *,
    without: Iterable[str] = (),
    progress: Progress | None = None,
) -> Listing:
    """The list of one folder's files, by their paths in it; or of several files and folders, by their paths from the current one.

    Args:
        paths: files and folders.
        algorithm: one of `ALGORITHMS`.
        without: files to leave out, such as the list itself; so is the file that standard output goes into.
        progress: told how far it is.

    Raises:
        ReadError: something cannot be read, or lies outside the current folder.
    """
    algorithm = known_algorithm(algorithm)
    alone = len(paths) == 1 and os.path.isdir(paths[0])
    root = files.real(paths[0] if alone else ".")
    found = files.tree(paths[0]) if alone else _gathered(paths, root)
    if found.unreadable:
        raise ReadError(_all_shown(found.unreadable))
    barred = {files.real(path) for path in without}
    sizes = {name: size for name, size in found.sizes.items() if not _is_barred(root / name, barred)}
    hashing = _Hashing(sum(sizes.values()), progress)
    data = write_manifest((name, hashing.digests(root / name, [algorithm])[algorithm]) for name in sizes)
    return Listing(data, len(sizes), _all_shown(found.skipped))


def _is_barred(path: FilePath, barred: set[FilePath]) -> bool:
    return files.real(path) in barred or files.is_output(path)


def _gathered(paths: Sequence[str], root: FilePath) -> files.Tree:
    """The files and folders named, as the files of one folder."""
    sizes: dict[str, int] = {}
    skipped: list[Problem] = []
    unreadable: list[Problem] = []
    for path in paths:
        if not os.path.isdir(path):
            size = files.size(path)
            sizes[_inside(path, root)] = size
            continue
        tree = files.tree(path)
        inner = _inside(path, root)
        sizes |= {posixpath.join(inner, name): size for name, size in tree.sizes.items()}
        skipped += tree.skipped
        unreadable += tree.unreadable
    return files.Tree({name: sizes[name] for name in sorted(sizes)}, tuple(skipped), tuple(unreadable))


def _inside(path: str, root: FilePath) -> str:
    """A path as one from the folder `root`; the last name may be a link, which keeps its own name."""
    named = FilePath(path)
    here = files.real(path) if os.path.isdir(path) else files.real(named.parent) / named.name
    if not here.is_relative_to(root):
        zh = "不在当前文件夹中，清单无法用相对路径列出；请到它所在的文件夹运行"
        en = "lies outside the current folder, so that a list cannot name it; run this in its folder"
        raise ReadError(problem(zh, en, path))
    inner = here.relative_to(root).as_posix()
    return "" if inner == "." else inner


def verify_list(path: str, folder: str | None = None, progress: Progress | None = None) -> Verification:
    """Hold the files that a list names against those in `folder`, by default that in which the list lies.

    Nothing outside the folder is read, whatever the list names. Files of the folder that the list does not name are told as
    `extra`; not so beside a list that belongs to a single file (`app.jar.md5`).

    Raises:
        ReadError: the list or the folder cannot be read.
    """
    manifest = read_manifest(files.read(path), path if path != files.STANDARD else "<stdin>")
    root = FilePath(folder if folder is not None else "." if path == files.STANDARD else FilePath(path).parent)
    tree = files.tree(root)
    where = [_found(entry, root, tree) for entry in manifest.entries]
    hashing = _Hashing(sum(tree.sizes.get(name, 0) for name in where), progress)
    name = "<stdin>" if path == files.STANDARD else path
    checked = [
        _held(entry, found, root, hashing, Place(name, line=entry.line))
        for entry, found in zip(manifest.entries, where, strict=True)
    ]
    if not (len(checked) == 1 and FilePath(path).stem == manifest.entries[0].name):
        checked += _extra(tree, {*where}, root, FilePath(path))
    return Verification(tuple(checked), manifest.problems, (*manifest.remarks, *_all_shown(tree.unreadable)))


def _found(entry: Entry, root: FilePath, tree: files.Tree) -> str:
    """The path of an entry's file in the tree; where none is there, blank."""
    for name in entry.names():
        inner = posixpath.normpath(name)
        if inner in tree.sizes:
            return inner
        if not _leads_out(inner, root) and os.path.isfile(root / inner):
            return _through_links(inner, root)
    return ""


def _leads_out(name: str, root: FilePath) -> bool:
    return not files.real(root / name).is_relative_to(files.real(root))


def _through_links(name: str, root: FilePath) -> str:
    """The path of a file in the tree that is reached through a link to a folder, or under another case of its letters."""
    return files.real(root / name).relative_to(files.real(root)).as_posix()


def _held(entry: Entry, found: str, root: FilePath, hashing: _Hashing, place: Place) -> Verified:
    """An entry of a list held against its file."""
    verified = Verified(shown(entry.name), "ok", stated=(entry.digest,), place=place)
    if not found and _leads_out(entry.name, root):
        return replace(verified, verdict="outside", message=_of(verified.name, _OUTSIDE))
    if not found:
        return replace(verified, verdict="missing", message=_missing(verified.name))
    return _compared(verified, root / found, hashing)


def _compared(verified: Verified, path: FilePath, hashing: _Hashing) -> Verified:
    """An entry held against the file at `path`: all digests that are stated must be its own."""
    try:
        actual = hashing.digests(path, [digest.algorithm for digest in verified.stated])
    except ReadError as error:
        return replace(verified, verdict="unreadable", message=_of(verified.name, error.problems[0].message))
    own = tuple(actual.values())
    wrong = next((digest for digest in verified.stated if actual[digest.algorithm] != digest), None)
    if wrong is None:
        return replace(verified, found=own)
    return replace(verified, verdict="differs", found=own, message=_differs(verified.name, wrong, actual))


def _extra(tree: files.Tree, named: set[str], root: FilePath, path: FilePath) -> Iterator[Verified]:
    """The files that no entry names, but for the list itself."""
    for name in tree.sizes:
        if name not in named and files.real(root / name) != files.real(path):
            yield Verified(shown(name), "extra")


# Plans


class Folder:
    """The folder with the packages and scripts of a release, in which files are found by what a plan calls them.

    Raises:
        ReadError: there is no such folder.
    """

    def __init__(self, path: str | FilePath) -> None:
        self.root, self.tree = FilePath(path), files.tree(path)
        self._paths: dict[str, list[str]] = {}
        for each in self.tree.sizes:
            self._paths.setdefault(PurePosixPath(each).name, []).append(each)

    def candidates(self, name: str) -> Sequence[str]:
        """The files, by their paths in the folder, that a name may mean: the one at that path, else all of that bare name."""
        path = posixpath.normpath(name.strip().replace("\\", "/"))
        return [path] if path in self.tree.sizes else self._paths.get(PurePosixPath(path).name, [])

    def find(self, name: str) -> str | None:
        """The path of the one file that a name means; None where there is none, or more than one."""
        found = self.candidates(name)
        return found[0] if len(found) == 1 else None

    def read(self, path: str) -> bytes:
        """The content of a file that `find` found; raises `ReadError` as `files.read` does."""
        return files.read(str(self.root / path))

    def digest(self, path: str, algorithm: str) -> str:
        """The digest of a file that `find` found, in lower-case hexadecimal digits; `algorithm` is one of `ALGORITHMS`.

        Raises:
            ReadError: the file cannot be read.
        """
        return hashed(files.chunks(self.root / path), [algorithm])[algorithm].value


def verify_plan(read: Read, folder: str, progress: Progress | None = None) -> Verification:
    """Hold the packages and scripts of a plan against the files in `folder`, each by its path, else by its bare name.

    An entry without a file is looked for by its name. A checksum that is not stated is told, with the verdict `no-checksum`.

    Raises:
        ReadError: the folder cannot be read.
    """
    there = Folder(folder)
    entries = list(_entries(read.plan))
    where = [there.candidates(_called(entry)) for _, entry in entries]
    hashing = _Hashing(sum(there.tree.sizes[each[0]] for each in where if len(each) == 1), progress)
    checked = [
        _entry_held(
            entry,
            Verified(shown(_called(entry)), "ok", place=place_of(read.places, path), path=path),
            found,
            there.root,
            hashing,
        )
        for (path, entry), found in zip(entries, where, strict=True)
    ]
    return Verification(tuple(checked), remarks=_all_shown(there.tree.unreadable))


def _entries(plan: ReleasePlan) -> Iterator[tuple[Path, Package | Script]]:
    """The entries that may name a file, each with the path of its checksum."""
    for part in PARTS:
        for position, entry in enumerate(getattr(plan, part)):
            yield (part, position, "checksum"), entry


def _called(entry: Package | Script) -> str:
    """What the file of an entry is called: as the entry itself, where it names none."""
    return entry.file or entry.name or ""


def _entry_held(
    entry: Package | Script, verified: Verified, found: Sequence[str], root: FilePath, hashing: _Hashing
) -> Verified:
    """An entry of a plan held against the files it may mean."""
    stated, name = digests_in(entry.checksum), verified.name
    verified = replace(verified, stated=stated.digests)
    if stated.malformed:
        return replace(verified, verdict="malformed", message=_of(name, stated.malformed[0]))
    if len(found) > 1:
        return replace(verified, verdict="ambiguous", message=_ambiguous(name, found))
    if not found and entry.file is None:
        return replace(verified, verdict="missing" if stated.digests else "unstated", message=_of(name, _UNSTATED))
    if not found:
        return replace(verified, verdict="missing", message=_missing(name))
    if not stated.digests:
        return replace(verified, verdict="no-checksum", message=_of(name, _NO_CHECKSUM))
    return _compared(verified, root / found[0], hashing)


def with_checksums(
    read: Read,
    verification: Verification,
    folder: str,
    algorithm: str = DEFAULT_ALGORITHM,
    progress: Progress | None = None,
) -> tuple[ReleasePlan, Verification]:
    """The plan with the checksums filled in that `verification` has found wanting; and what became of its entries then.

    Raises:
        ReadError: a file cannot be read any more.
    """
    algorithm = known_algorithm(algorithm)
    there, entries = Folder(folder), dict(_entries(read.plan))
    wanting = {
        each.path: path
        for each in verification.files
        if each.verdict == "no-checksum" and (path := there.find(_called(entries[each.path])))
    }
    hashing = _Hashing(sum(there.tree.sizes[path] for path in wanting.values()), progress)
    filled = {path: hashing.digests(there.root / name, [algorithm])[algorithm] for path, name in wanting.items()}
    told = tuple(
        replace(each, verdict="written", message=None, found=(filled[each.path],)) if each.path in filled else each
        for each in verification.files
    )
    return _filled(read.plan, filled), replace(verification, files=told)


def _filled(plan: ReleasePlan, digests: Mapping[Path, Digest]) -> ReleasePlan:
    parts = {str(part): list(getattr(plan, str(part))) for part, *_ in digests}
    for (part, position, field), digest in digests.items():
        entries, index = parts[str(part)], int(position)
        entries[index] = entries[index].replace(**{str(field): digest.value})
    return plan.replace(**{part: tuple(entries) for part, entries in parts.items()})


def report(verification: Verification, language: Language) -> dict[str, Any]:
    """A verification as plain data, with its messages in `language`."""
    return {
        "passed": verification.passed,
        "counts": verification.counts(),
        "files": [_verified(each, language) for each in verification.files],
        "problems": [_told(each, language) for each in verification.problems],
        "remarks": [_told(each, language) for each in verification.remarks],
    }


def _verified(each: Verified, language: Language) -> dict[str, Any]:
    data = {
        "name": each.name,
        "verdict": each.verdict,
        "message": each.message.text(language) if each.message else None,
        "stated": {digest.algorithm: digest.value for digest in each.stated},
        "found": {digest.algorithm: digest.value for digest in each.found},
        "place": str(each.place) if each.place else None,
        "path": list(each.path),
    }
    return {key: value for key, value in data.items() if value}


def _told(each: Problem, language: Language) -> dict[str, str | None]:
    return {"place": str(each.place) if each.place else None, "message": each.message.text(language)}


# Words

_OUTSIDE: Final = Message(
    "名称指向文件夹之外，未读取；请改用相对路径，或指明所在的文件夹",
    "the name leads out of the folder, so it was not read; write a path inside it, or name the folder",
)
_UNSTATED: Final = Message(
    "未写文件名，无法校验；请填写“文件”", 'no file is stated, so nothing was verified; fill in "file"'
)
_NO_CHECKSUM: Final = Message(
    "计划中没有校验值；用 --write 填写", "the plan states no checksum; fill it in with --write"
)


def _missing(name: str) -> Message:
    return Message(f"找不到 {name}；请上传，或改正名称", f"{name} is not there; upload it, or correct the name")


def _of(name: str, message: Message) -> Message:
    """What is to be said of a file, behind its name."""
    return Message(f"{name}：{message.zh}", f"{name}: {message.en}")


def _differs(name: str, stated: Digest, actual: Mapping[str, Digest]) -> Message:
    kind, own = ALGORITHMS[stated.algorithm], actual[stated.algorithm].value
    return Message(
        f"{name} 的 {kind} 应为 {stated.value}，实际为 {own}；文件有误，或校验值已过时",
        f"{name}: the {kind} should be {stated.value} and is {own}; the wrong file, or an old checksum",
    )


def _ambiguous(name: str, found: Sequence[str]) -> Message:
    several = ", ".join(map(shown, found[:3])) + (" …" if len(found) > 3 else "")
    return Message(
        f"有多个文件可能是 {name}：{several}；请写出路径", f"several files may be {name}: {several}; write its path"
    )


def _all_shown(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems whose places can stand in a line of text."""
    return tuple(
        replace(each, place=replace(each.place, file=shown(each.place.file))) if each.place else each
        for each in problems
    )
