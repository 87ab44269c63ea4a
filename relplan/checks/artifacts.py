"""ART: packages and scripts, and what tells that they are the right ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from relplan.checks.changes import rows_words
from relplan.checks.rule import Hit, hit, rule
from relplan.checks.settings import Folder
from relplan.checks.steps import short
from relplan.checks.subject import Subject
from relplan.checks.systems import version_key
from relplan.checks.texts import placeholder
from relplan.checksums import ALGORITHMS, Digest, Digests, digests_in, read_manifest
from relplan.errors import Message, Path, Place, ReadError
from relplan.findings import Severity, Stage
from relplan.model.entries import Package, Script
from relplan.model.text import is_none_word
from relplan.patterns import regex
from relplan.sql.cells import CellKind

_PACKAGES: Final = ("packages",)
_FILES: Final = ("packages", "files")
_SHOWN: Final = 8
"""Digits of a checksum that messages show."""


class _Artifact(Struct, frozen=True):
    """A package or script that the plan lists, and where; `kind` is what messages call it."""

    path: Path
    entry: Package | Script
    kind: Message

    @property
    def name(self) -> str:
        """What its file is called, else the entry."""
        return (self.entry.file or self.entry.name or "").strip()

    @property
    def digests(self) -> Digests:
        """What its checksum says."""
        return digests_in(self.entry.checksum)

    @property
    def title(self) -> Message:
        """What messages call it: 安装包“app.jar”."""
        return Message(f"{self.kind.zh}“{short(self.name, 40)}”", f'{self.kind.en} "{short(self.name, 40)}"')


def _artifacts(subject: Subject) -> Iterator[_Artifact]:
    for part, kind in (("packages", Message("安装包", "package")), ("scripts", Message("脚本", "script"))):
        for index, entry in enumerate(getattr(subject.plan, part)):
            yield _Artifact((part, index), entry, kind)


_LIST: Final = regex(r"[\w.-]*(?:md5|sha\d{1,3}|checksum)[\w.-]*", re.IGNORECASE)
"""A checksum may be in a list of its own: md5sum.txt."""


@rule(
    "ART101",
    "checksum-missing",
    Severity.ERROR,
    needs=_PACKAGES,
    due=Stage.PROD,
    checks=(
        "每个安装包和脚本文件都有 MD5、SHA-256 等校验值，或写明它在哪个清单中。",
        "Every package and script file has a checksum such as MD5 or SHA-256, or names the list that holds it.",
    ),
    why=(
        "没有校验值，就看不出上传的是不是测试过的那一个。",
        "Without one no one can tell whether what was uploaded is what was tested.",
    ),
    fix=("用 relplan checksum 生成并填写", "make it with relplan checksum and fill it in"),
)
def checksum_missing(subject: Subject) -> Iterator[Hit]:
    """Entries of scripts that name no file have nothing to hash."""
    for each in _artifacts(subject):
        stated = each.entry.checksum or ""
        is_file = isinstance(each.entry, Package) or bool(_FILE_NAME.fullmatch(each.name))
        if not is_file or each.digests.digests or each.digests.malformed or _LIST.search(stated):
            continue
        zh, en = (f"的校验值写的是“{short(stated)}”", f'has "{short(stated)}" for a checksum') if stated else ("没有校验值", "has no checksum")  # fmt: skip
        yield hit((*each.path, "checksum"), f"{each.title.zh}{zh}", f"the {each.title.en} {en}")


@rule(
    "ART102",
    "checksum-malformed",
    Severity.ERROR,
    needs=_PACKAGES,
    checks=(
        "校验值是 32、40、64、96 或 128 位十六进制数字，与所写的算法相符。",
        "Checksums have 32, 40, 64, 96 or 128 hexadecimal digits, as their kind asks for.",
    ),
    why=(
        "写错的校验值在当晚一定不符，查起来分不清是文件错还是值错。",
        "A wrong checksum is certain to differ on the night, and no one knows whether the file is wrong or the value.",
    ),
    fix=("重新复制校验值", "copy the checksum again"),
)
def checksum_malformed(subject: Subject) -> Iterator[Hit]:
    for each in _artifacts(subject):
        for message in each.digests.malformed:
            yield _told((*each.path, "checksum"), Message(each.title.zh, f"the {each.title.en}"), message)


def _told(path: Path, name: Message, message: Message, place: Place | None = None) -> Hit:
    """A message that ends in its cure, behind the name of what it is about."""
    zh, _, cure_zh = message.zh.partition("；请")
    en, _, cure_en = message.en.partition("; ")
    if not (cure_zh and cure_en):
        return hit(path, f"{name.zh}：{message.zh}", f"{name.en}: {message.en}", place=place)
    return hit(path, f"{name.zh}：{zh}", f"{name.en}: {en}", fix=(cure_zh, cure_en), place=place)


@rule(
    "ART103",
    "checksum-mismatch",
    Severity.ERROR,
    needs=_FILES,
    checks=(
        "目录中的文件与计划的校验值相符。",
        "The files in the folder have the checksums that the plan states.",
    ),
    why=(
        "文件不是测试过的那一个，或计划没有更新。",
        "The file is not the one that was tested, or the plan is an old one.",
    ),
    fix=("换成正确的文件，或更新校验值", "put in the right file, or bring the checksum up to date"),
)
def checksum_mismatch(subject: Subject) -> Iterator[Hit]:
    folder = subject.settings.files
    for each in _artifacts(subject):
        found = folder.find(each.name) if folder and each.name else None
        if folder and found:
            for digest in each.digests.digests:
                if message := _difference(folder, found, digest):
                    yield hit((*each.path, "checksum"), message.zh, message.en)


def _difference(folder: Folder, path: str, stated: Digest) -> Message | None:
    """What is wrong with a file that a digest is stated of; None where nothing is."""
    kind = ALGORITHMS[stated.algorithm]
    try:
        own = folder.digest(path, stated.algorithm)
    except ReadError as error:
        first = error.problems[0].message
        return Message(f"无法读取 {path}：{first.zh}", f"cannot read {path}: {first.en}")
    if own == stated.value:
        return None
    return Message(
        f"{path} 的 {kind} 与计划不符：文件为 {own[:_SHOWN]}…，计划为 {stated.value[:_SHOWN]}…",
        f"the {kind} of {path} differs from the plan: {own[:_SHOWN]}… in the folder, {stated.value[:_SHOWN]}… in the plan",
    )


@rule(
    "ART104",
    "artifact-missing",
    Severity.ERROR,
    needs=_FILES,
    checks=(
        "计划列出的安装包、脚本和回退脚本都在目录中，每个名称只有一个文件。",
        "The packages, scripts and undo scripts that the plan lists are in the folder, one file for each name.",
    ),
    why=("当晚要用的文件还没有上传，或名称写错。", "What the night needs was not uploaded, or its name is wrong."),
    fix=(
        "上传文件，或改正名称；有多个同名文件时写上路径",
        "upload the file or mend its name; where several have it, write the path",
    ),
)
def artifact_missing(subject: Subject) -> Iterator[Hit]:
    folder = subject.settings.files
    for path, name in _named_files(subject):
        candidates = folder.candidates(name) if folder else ()
        if not candidates:
            yield hit(path, f"目录中找不到 {name}", f"{name} is not in the folder")
        elif len(candidates) > 1:
            several = ", ".join(candidates[:3])
            yield hit(path, f"有多个文件可能是 {name}：{several}", f"several files may be {name}: {several}")


def _named_files(subject: Subject) -> Iterator[tuple[Path, str]]:
    """The files that the entries name; the name of an entry is one where it has an ending."""
    for each in _artifacts(subject):
        field = "file" if each.entry.file else "name"
        if each.name and (each.entry.file or _FILE_NAME.fullmatch(each.name)) and not placeholder(each.name):
            yield (*each.path, field), each.name
        undo = each.entry.undo if isinstance(each.entry, Script) else None
        if undo and _FILE_NAME.fullmatch(undo.strip()) and not placeholder(undo):
            yield (*each.path, "undo"), undo.strip()


_FILE_NAME: Final = regex(r"[^\s，。；、：:]*[^\s，。；、：:.]\.(?:[A-Za-z]\w{0,7})(?:\.(?:gz|bz2|xz|zst))?")
_MANIFEST: Final = regex(r"(?<![\w./-])(?:[\w./-]*[._-])?(?:md5|sha\d{1,3}|checksum)s?(?:sums?)?(?:\.(?:txt|md5|sha\d+|lst|list))?(?![\w./-])|[\w./-]+\.(?:md5|sha\d{1,3})(?![\w./-])", re.IGNORECASE)  # fmt: skip


@rule(
    "ART105",
    "suspicious-manifest",
    Severity.WARNING,
    needs=("files",),
    checks=(
        "计划提到的校验值清单（md5sum.txt 等），md5sum -c、sha256sum -c 能读出每一行。",
        "Lists of checksums that the plan names, such as md5sum.txt, are read by md5sum -c and sha256sum -c line by line.",
    ),
    why=(
        "带 BOM 的清单，md5sum 会跳过首行且仍然返回成功。",
        "Of a list with a byte order mark md5sum skips the first line and still succeeds.",
    ),
    fix=("用 relplan checksum 重新生成清单", "make the list anew with relplan checksum"),
)
def suspicious_manifest(subject: Subject) -> Iterator[Hit]:
    folder = subject.settings.files
    seen: set[str] = set()
    for path, text, _ in subject.texts:
        for match in _MANIFEST.finditer(text):
            found = folder.find(match[0]) if folder else None
            if folder and found and found not in seen:
                seen.add(found)
                yield from _manifest_remarks(folder, found, path)


def _manifest_remarks(folder: Folder, name: str, path: Path) -> Iterator[Hit]:
    try:
        manifest = read_manifest(folder.read(name), name)
        remarks = (*manifest.problems, *manifest.remarks)
    except ReadError as error:
        remarks = error.problems
    for each in remarks:
        yield _told(path, Message(f"清单 {name}", f"list {name}"), each.message, each.place or Place(name))


_GENERATED: Final = regex(
    r"(?<![运执]行)(?:生成|产出|导出|编译|构建|打包|制作).{0,10}(?:脚本|sql|增量|补丁|安装包|更新包|jar|war)|"
    r"(?:脚本|sql|安装包|更新包|补丁|jar包?)[，,]?(?:需要?|由|在|现场|当晚|当天|临时|届时|发布时|上线时).{0,10}(?:生成|产出|导出|编译|构建|打包)|"
    r"\b(?:generate|build|compile|export|produce)s?\b.{0,24}\b(?:scripts?|sql|packages?|jars?|images?)\b|"
    r"\b(?:scripts?|sql|packages?|jars?|images?)\b.{0,24}\b(?:generated|built|compiled|produced)\b",
    re.IGNORECASE,
)
_BEFOREHAND: Final = regex(
    r"(?:发布|上线|投产|升级|变更)(?:之)?前|前一?[日天晚]|事先|提前|已生成|已打包|冻结|复核后|评审后|固化|"
    r"备份|回[退滚]|日志|报告|报表|\bbefore\b|in advance|already|beforehand|frozen|\bprevious day\b|backup|rollback|report|\blog",
    re.IGNORECASE,
)


@rule(
    "ART106",
    "generated-at-release",
    Severity.WARNING,
    checks=(
        "脚本和安装包在发布之前就有，不是发布时才生成、编译或打包。",
        "Scripts and packages are there before the release; none is generated, compiled or packed while it goes on.",
    ),
    why=(
        "当晚才生成的东西没有人评审过，也没有在预热环境跑过。",
        "What is made on the night was reviewed by no one and has never run in pre-production.",
    ),
    fix=(
        "发布前生成，复核后附上并登记校验值",
        "make it before the release, have it reviewed, attach it and note its checksum",
    ),
)
def generated_at_release(subject: Subject) -> Iterator[Hit]:
    for path, name, text in _said_of_making(subject):
        if _GENERATED.search(text) and not _BEFOREHAND.search(text):
            said = "" if short(text) in name.zh else short(text, 40)
            yield hit(
                path,
                f"{name.zh}：脚本或安装包在发布时才生成，无法事先评审{f'（{said}）' if said else ''}",
                f"{name.en}: a script or package is made during the release and cannot be reviewed before{f' ({said})' if said else ''}",
            )


def _said_of_making(subject: Subject) -> Iterator[tuple[Path, Message, str]]:
    """What is said of scripts, packages and the steps of the night, each with its place."""
    for each in _artifacts(subject):
        title = Message(each.title.zh, f"the {each.title.en}")
        for field in ("name", "note"):
            if text := getattr(each.entry, field):
                yield (*each.path, field), title, text
    for step in subject.of("deployment"):
        yield (*step.path, "text"), step.name, step.step.text or ""
    for cell in subject.sql_cells:
        if cell.cell.kind in (CellKind.PROSE, CellKind.FILES, CellKind.ATTACHMENT):
            yield cell.path, cell.name, cell.cell.text


_VERSIONS: Final = regex(r"(?<![\d.])[vV]?(?P<version>\d{1,6}(?:\.\d{1,6}){1,4})(?!\.?\d)")


@rule(
    "ART107",
    "name-version-mismatch",
    Severity.WARNING,
    needs=_PACKAGES,
    checks=(
        "安装包和脚本的文件名中的版本，就是它的版本；没有写版本的脚本，是计划或清单中的版本。",
        "The version in the name of a package or script is its own; of a script that states none it is one of the plan or its table.",
    ),
    why=(
        "文件名是上一次的，很可能整个文件都是上一次的。",
        "With the name of the last release it is likely to be the file of the last release.",
    ),
    fix=("改正文件名或版本", "mend the name or the version"),
)
def name_version_mismatch(subject: Subject) -> Iterator[Hit]:
    planned = [subject.plan.version, *(row.item.version for row in subject.rows)]
    for each in _artifacts(subject):
        in_name = _versions_in(each.name)
        own = [each.entry.version] if each.entry.version else planned if isinstance(each.entry, Script) else []
        known = frozenset(key for text in own for key in _versions_in(text or "").values())
        if in_name and known and not known & frozenset(in_name.values()):
            name, stated = next(iter(in_name)), each.entry.version or subject.plan.version or ""
            yield hit(
                (*each.path, "file" if each.entry.file else "name"),
                f"{each.title.zh}的版本 {name} 与{'所写的版本' if each.entry.version else '计划的版本'}{' ' + stated if stated else ''} 不一致",
                f"the version {name} in the {each.title.en} differs from {'its own' if each.entry.version else 'that of the plan'}"
                f"{', ' + stated if stated else ''}",
            )


def _versions_in(text: str) -> dict[str, tuple[int, ...]]:
    """The versions that a text names, each with what it is compared by."""
    found = ((match["version"], version_key(match["version"])) for match in _VERSIONS.finditer(text))
    return {version: key for version, key in found if key}


_BETWEEN_BRANCHES: Final = regex(r"[（(【\[][^（()）】\[\]]*[）)】\]]|(?:分支|和|与|及|[\s,，;；、])+")
"""What stands between the names of branches: remarks in brackets too."""


@rule(
    "ART109",
    "branch-not-found",
    Severity.ERROR,
    needs=("table", "git"),
    checks=(
        "清单的发布分支都在代码库中，按完整的名称。",
        "The branches of the release table are in the repository, by their full names.",
    ),
    why=("当晚找不到分支，就没有可以部署的代码。", "On the night there is no code to deploy."),
    fix=("推送分支，或改正名称", "push the branch, or mend the name"),
)
def branch_not_found(subject: Subject) -> Iterator[Hit]:
    there = subject.settings.branches or frozenset()
    missing: dict[str, list[int]] = {}
    for row in subject.rows:
        text = row.item.branch or ""
        if not is_none_word(text) and not placeholder(text):
            for name in filter(None, _BETWEEN_BRANCHES.split(text)):
                plain = name.removeprefix("refs/heads/")
                if plain not in there and plain.removeprefix("origin/") not in there:
                    missing.setdefault(name, []).append(row.index)
    for name, rows in missing.items():
        words = rows_words(rows)
        yield hit(
            subject.rows[rows[0]].at("branch"),
            f"代码库中没有分支 {name}（{words.zh}）",
            f"the repository has no branch {name} ({words.en})",
        )
