"""Checksums: the digests that a cell or a list of files states, lists as `md5sum -c` takes them, and the hashing of bytes."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Final

from msgspec import Struct

from relplan.errors import Message, Path, Place, Problem, ReadError, problem
from relplan.patterns import regex

ALGORITHMS: Final[Mapping[str, str]] = {
    "md5": "MD5",
    "sha1": "SHA-1",
    "sha256": "SHA-256",
    "sha384": "SHA-384",
    "sha512": "SHA-512",
}
"""The kinds of checksum, by the names of the programs that make them (`md5sum`), each with what it is called."""

_DIGITS: Final[Mapping[str, int]] = {"md5": 32, "sha1": 40, "sha256": 64, "sha384": 96, "sha512": 128}
_OF_LENGTH: Final = {digits: algorithm for algorithm, digits in _DIGITS.items()}


class Digest(Struct, frozen=True):
    """A checksum: the name of its algorithm, one of `ALGORITHMS`, and its hexadecimal digits in lower case."""

    algorithm: str
    value: str

    def __str__(self) -> str:
        return f"{ALGORITHMS[self.algorithm]} {self.value}"


class Digests(Struct, frozen=True):
    """What a cell states: the digests in their order, and what is wrong with words that look like one."""

    digests: tuple[Digest, ...] = ()
    malformed: tuple[Message, ...] = ()


# Words of a cell

_LABEL: Final = r"(?P<label>(?:md|sha|sm|crc|blake|b2)[0-9a-z]{0,8}?(?:[-_/][0-9]{1,4}){0,2})(?:sum)?"
_GAP: Final = r"(?:\([^()\n]*\))?(?:\s*(?:[:=|]|值|校验值|校验码|checksum)+\s*|\s+|-)"
_END: Final = r"(?![0-9a-z_/-]|\.[0-9a-z])"
_WORD: Final = regex(
    rf"(?<![a-z0-9]){_LABEL}\s*{_GAP}(?P<labelled>[0-9a-z]{{8,}}){_END}"
    rf"|(?<![0-9a-z_./-])(?P<bare>[0-9a-z]{{24,}}){_END}",
    re.IGNORECASE | re.ASCII,
)
_PAIRS: Final = regex(
    r"(?<![0-9a-z])[0-9a-f]{2}(?:(?P<gap>[ :])[0-9a-f]{2})(?:(?P=gap)[0-9a-f]{2}){14,}(?![0-9a-z])", re.I
)
_NO_HEX: Final = regex(r"[^0-9a-f]", re.IGNORECASE)


def digests_in(text: str | None) -> Digests:
    """The digests in a text such as `MD5: abc…`, `sha256:…`, bare digits, or several of them.

    Words in full width and digits in pairs (`d4 1d 8c …`) are read too. Words that are no digest (见附件) are passed over;
    a wrong number of digits, a letter that is no digit, and two values of one kind are named in `malformed`.
    """
    plain = _PAIRS.sub(lambda match: re.sub(r"[ :]", "", match[0]), unicodedata.normalize("NFKC", text or ""))
    found: dict[Digest, None] = {}
    malformed: list[Message] = []
    for match in _WORD.finditer(plain):
        word = match["labelled"] or match["bare"]
        if len(_NO_HEX.findall(word)) * 5 > len(word):
            continue
        read = _digest(word, match["label"] or "")
        if isinstance(read, Message):
            malformed.append(read)
        else:
            found[read] = None
    return Digests(tuple(found), (*malformed, *_contradictions(found)))


def _digest(word: str, label: str = "") -> Digest | Message:
    """The digest that a word is, or what is wrong with it; its length tells its kind, which the label must agree with."""
    named = re.sub(r"[^a-z0-9]", "", label.lower().replace("sha2-", "sha"))
    if bad := _NO_HEX.search(word):
        return _no_digit(word, bad.start(), named)
    algorithm = _OF_LENGTH.get(len(word), "")
    if named and named not in ALGORITHMS:
        return _unknown_kind(label)
    if not algorithm or named not in ("", algorithm):
        return _wrong_length(len(word), named)
    return Digest(algorithm, word.lower())


def _no_digit(word: str, at: int, named: str) -> Message:
    kind = ALGORITHMS.get(named, "")
    return Message(
        f"{kind or ''}校验值“{word}”的第 {at + 1} 个字符“{word[at]}”不是十六进制数字（0–9、a–f）；请重新复制",
        f'character {at + 1} of the {kind + " " if kind else ""}checksum "{word}" is "{word[at]}", '
        "no hexadecimal digit (0-9, a-f); copy it again",
    )


def _unknown_kind(label: str) -> Message:
    known = ", ".join(ALGORITHMS.values())
    return Message(
        f"不支持校验算法“{label}”；可用：{known}", f'the kind of checksum "{label}" is not known; known: {known}'
    )


def _wrong_length(digits: int, named: str) -> Message:
    """That so many digits are no digest, or none of the kind named."""
    other = ALGORITHMS.get(_OF_LENGTH.get(digits, ""), "")
    nearest = named or min(_DIGITS, key=lambda each: abs(_DIGITS[each] - digits))
    kind, wanted = ALGORITHMS[nearest], _DIGITS[nearest]
    return Message(
        f"校验值为 {digits} 位，不是 {kind}（{wanted} 位）" + (f"，而像 {other}" if other else "") + "；请重新复制",
        f"{digits} digits are no {kind} ({wanted})" + (f" but look like {other}" if other else "") + "; copy it again",
    )


def _contradictions(digests: Iterable[Digest]) -> Iterator[Message]:
    """One message for each kind that is stated with several values."""
    kinds = [digest.algorithm for digest in digests]
    for algorithm in dict.fromkeys(kinds):
        if kinds.count(algorithm) > 1:
            kind = ALGORITHMS[algorithm]
            yield Message(f"有多个不同的 {kind}；只保留一个", f"there are several {kind} that differ; keep one")


# Hashing


def hashed(chunks: Iterable[bytes], algorithms: Iterable[str]) -> dict[str, Digest]:
    """The digests of a content that comes in pieces, by algorithm; one pass for all of them."""
    # Nothing here relies on MD5 against attackers, and systems in FIPS mode refuse it unless told so.
    running = {each: hashlib.new(each, usedforsecurity=False) for each in algorithms}
    for chunk in chunks:
        for each in running.values():
            each.update(chunk)
    return {name: Digest(name, each.hexdigest()) for name, each in running.items()}


# Lists


class Entry(Struct, frozen=True):
    """A line of a list: a file's name with `/` between folders, its digest, the line (from 1); `raw`: the name before decoding.

    Bytes of a name that are no UTF-8 stand in it as Python keeps them in paths (surrogate escapes).
    """

    name: str
    digest: Digest
    line: int
    raw: str = ""

    def names(self) -> tuple[str, ...]:
        """The names under which the file may lie: as written, in its bytes, composed otherwise, with `\\` between folders."""
        spelled = (self.name, self.raw, *(unicodedata.normalize(form, self.name) for form in ("NFC", "NFD")))
        return tuple(dict.fromkeys(each for each in (*spelled, self.name.replace("\\", "/")) if each))


class Manifest(Struct, frozen=True):
    """A list that was read: its entries; the lines that cannot be read; what other programs make of it otherwise than it looks."""

    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...] = ()
    remarks: tuple[Problem, ...] = ()


def write_manifest(digests: Iterable[tuple[str, Digest]]) -> bytes:
    """A list of names and digests that `md5sum -c`, `sha256sum -c` … take: sorted by name, UTF-8, LF."""
    lines = (_line(name, digest) for name, digest in sorted(digests, key=lambda pair: _bytes(pair[0])))
    return b"".join(lines)


_ESCAPES: Final = {"\\": "\\\\", "\n": "\\n", "\r": "\\r"}
_UNESCAPES: Final = {written: character for character, written in _ESCAPES.items()}


def _bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")


def _line(name: str, digest: Digest) -> bytes:
    """A line as GNU coreutils 9 writes it: where the name has to be escaped, a backslash begins the line."""
    escaped = re.sub(r"[\\\n\r]", lambda match: _ESCAPES[match[0]], name)
    mark = "" if escaped == name else "\\"
    return f"{mark}{digest.value}  ".encode() + _bytes(escaped) + b"\n"


_GNU: Final = regex(r"[ \t]*(?P<escaped>\\?)(?P<digest>\w+)(?P<gap>[ \t][ *]?)(?P<name>.+)", re.DOTALL)
_BSD: Final = regex(
    r"[ \t]*(?P<escaped>\\?)(?P<label>[A-Za-z][\w/-]*) ?\((?P<name>.+)\)[ \t]*=[ \t]*(?P<digest>\w+)[ \t]*", re.DOTALL
)
_BARE: Final = regex(r"\s*(?P<digest>[0-9A-Fa-f]{32,})\s*")
_SIDECAR: Final = regex(rf"(?P<file>.+)\.(?:{'|'.join(ALGORITHMS)})(?:sum)?", re.IGNORECASE | re.DOTALL)


def read_manifest(data: bytes, name: str = "") -> Manifest:
    """The list in `data`, a file of that `name`: GNU or BSD lines, in UTF-8, UTF-16 or GB18030, whatever its line ends.

    Raises:
        ReadError: no line of it can be read, with what is wrong with the first.
    """
    lines, remarks = _lines(data, name)
    reader = _Reader(name)
    for number, raw in enumerate(lines, 1):
        reader.line(number, raw)
    if not reader.entries:
        raise ReadError(next(iter(reader.problems), problem("清单中没有校验值", "the list holds no checksum", name)))
    return Manifest(tuple(reader.entries), tuple(reader.problems), (*remarks, *reader.remarks()))


def _lines(data: bytes, name: str) -> tuple[list[bytes], list[Problem]]:
    """The lines of a list, and what is odd about the whole."""
    remarks = []
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16", "replace").encode("utf-8", "replace")
        zh, en = "清单是 UTF-16：md5sum -c 读不了；请另存为不带 BOM 的 UTF-8", "the list is in UTF-16, which md5sum -c cannot read; save it as UTF-8 without BOM"  # fmt: skip
        remarks.append(problem(zh, en, name))
    elif data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
        zh, en = "清单带 BOM：md5sum -c 会跳过首行且仍返回 0；请另存为不带 BOM 的 UTF-8", "the list begins with a BOM: md5sum -c skips its first line and still exits 0; save it as UTF-8 without BOM"  # fmt: skip
        remarks.append(Problem(Message(zh, en), Place(name, line=1)))
    if b"\r\n" in data:
        zh, en = "清单以 CRLF 换行：旧版 md5sum -c 找不到文件；请改为 LF", "the lines end in CRLF: older md5sum -c find no file; save it with LF"  # fmt: skip
        remarks.append(problem(zh, en, name))
    return data.replace(b"\r\n", b"\n").split(b"\n"), remarks


class _Reader:
    """The lines of a list while they are read."""

    def __init__(self, name: str) -> None:
        self.entries: list[Entry] = []
        self.problems: list[Problem] = []
        self._name = name
        self._noted: dict[str, tuple[int, Message]] = {}

    def remarks(self) -> list[Problem]:
        """What is odd about lines, each oddity once, at the first line that has it."""
        return [Problem(message, Place(self._name, line=line)) for line, message in self._noted.values()]

    def line(self, number: int, raw: bytes) -> None:
        """Read a line."""
        text = raw.decode("utf-8", "surrogateescape")
        if not text.strip() or text.startswith("#"):
            return
        read = self._entry(number, text)
        if isinstance(read, Message):
            self.problems.append(Problem(read, Place(self._name, line=number)))
        else:
            self.entries.append(read)

    def _note(self, number: int, kind: str, message: Message) -> None:
        self._noted.setdefault(kind, (number, message))

    def _entry(self, number: int, text: str) -> Entry | Message:
        match = _BSD.fullmatch(text) or _GNU.fullmatch(text)
        if match is None:
            return self._bare(number, text)
        parts = match.groupdict()
        digest = _digest(parts["digest"], parts.get("label") or "")
        if isinstance(digest, Message):
            return digest if parts.get("label") or _is_like_hex(parts["digest"]) else _NO_ENTRY
        raw = _unescaped(parts["name"]) if parts["escaped"] else parts["name"]
        if not raw or "\0" in raw:
            return _BAD_NAME
        if parts.get("gap") in (" ", "\t"):
            self._note(number, "gap", _ONE_BLANK)
        name, encoding = _decoded(_bytes(raw))
        if encoding in _ENCODING_REMARKS:
            self._note(number, encoding, _ENCODING_REMARKS[encoding])
        return Entry(name, digest, number, raw)

    def _bare(self, number: int, text: str) -> Entry | Message:
        match, sidecar = _BARE.fullmatch(text), _SIDECAR.fullmatch(PurePosixPath(self._name).name)
        if match is None:
            return _NO_ENTRY
        digest = _digest(match["digest"])
        if isinstance(digest, Message):
            return digest
        if sidecar is None:
            return _NO_NAME
        self._note(number, "bare", _BARE_DIGEST)
        return Entry(sidecar["file"], digest, number)


def _decoded(name: bytes) -> tuple[str, str]:
    """A name as text, and its encoding: `utf-8`, `gb18030`, or `bytes` where it is neither."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return name.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return name.decode("utf-8", "surrogateescape"), "bytes"


def _unescaped(name: str) -> str:
    """A name without its escapes; blank where one is unknown."""
    if re.search(r"\\(?![\\nr])", re.sub(r"\\\\", "", name)):
        return ""
    return re.sub(r"\\[\\nr]", lambda match: _UNESCAPES[match[0]], name)


def _is_like_hex(word: str) -> bool:
    return len(word) >= 24 and len(_NO_HEX.findall(word)) * 5 <= len(word)


_ENCODING_REMARKS: Final = {
    "gb18030": Message(
        "文件名是 GB18030 编码：在 UTF-8 系统上 md5sum -c 找不到文件；请另存为 UTF-8",
        "names are in GB18030: on UTF-8 systems md5sum -c does not find the files; save the list as UTF-8",
    ),
    "bytes": Message(
        "文件名不是 UTF-8，也不是 GB18030；按原字节查找",
        "a name is neither UTF-8 nor GB18030; looked for by its bytes",
    ),
}
_ONE_BLANK: Final = Message(
    "校验值与文件名之间只有一个空格：md5sum -c 跳过与首行格式不同的行且仍返回 0；应为两个空格",
    "one blank between digest and name: md5sum -c skips lines that differ in this from the first and still exits 0; put two",
)
_BARE_DIGEST: Final = Message(
    "只有校验值，没有文件名：md5sum -c 不认；已按清单的文件名对应",
    "a digest without a name, which md5sum -c refuses; taken for the file that the list is named after",
)
_NO_NAME: Final = Message(
    "只有校验值，没有文件名；请写成“校验值  文件名”", 'a digest without a name; write it like "digest  name"'
)
_NO_ENTRY: Final = Message(
    "不是校验清单的行；应为“校验值  文件名”或“MD5 (文件名) = 校验值”",
    'no line of a checksum list; write "digest  name" or "MD5 (name) = digest"',
)
_BAD_NAME: Final = Message(
    "文件名有误；行首有反斜杠时，名称中的反斜杠只能用作 \\\\、\\n 和 \\r",
    "the name is wrong; in a line that begins with a backslash, one in the name may only begin \\\\, \\n or \\r",
)


# Verdicts

GOOD: Final = frozenset(("ok", "written", "extra", "unstated"))
"""The verdicts with which a verification is passed."""

VERDICTS: Final[Mapping[str, Message]] = {
    "ok": Message("一致", "OK"),
    "differs": Message("不一致", "differs"),
    "missing": Message("缺失", "missing"),
    "outside": Message("越界", "outside"),
    "unreadable": Message("无法读取", "unreadable"),
    "ambiguous": Message("重名", "ambiguous"),
    "malformed": Message("格式错误", "malformed"),
    "no-checksum": Message("无校验值", "no checksum"),
    "written": Message("已填写", "filled in"),
    "unstated": Message("未写文件", "no file"),
    "extra": Message("多余", "extra"),
}
"""What can be said of a file that a list or a plan names (`extra`: that it does not name), and the words for it."""


class Verified(Struct, frozen=True):
    """What became of one entry.

    Attributes:
        name: the file as the list or plan names it.
        verdict: one of `VERDICTS`.
        message: what is wrong and what to do; None where nothing is.
        stated: the digests it should have.
        found: those that it has.
        place: where it is stated.
        path: of the checksum in the plan; `()` in a list.
    """

    name: str
    verdict: str
    message: Message | None = None
    stated: tuple[Digest, ...] = ()
    found: tuple[Digest, ...] = ()
    place: Place | None = None
    path: Path = ()


class Verification(Struct, frozen=True):
    """What became of all entries, in the order of the list or plan; lines that cannot be read; remarks that fail nothing."""

    files: tuple[Verified, ...]
    problems: tuple[Problem, ...] = ()
    remarks: tuple[Problem, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every line was read and every file is as stated."""
        return not self.problems and all(each.verdict in GOOD for each in self.files)

    def counts(self) -> dict[str, int]:
        """How many files have each verdict, without those that none has."""
        verdicts = [each.verdict for each in self.files]
        return {name: count for name in VERDICTS if (count := verdicts.count(name))}


def shown(name: str) -> str:
    """A name as a line of text can hold it: control characters and bytes that are no UTF-8 are written `\\n`, `\\x1b`, `\\xff`."""
    text = _bytes(name).decode("utf-8", "backslashreplace")
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)
