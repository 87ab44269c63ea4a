"""Settings of a team: `relplan.toml`, or `[tool.relplan]` in `pyproject.toml`, of the nearest folder upwards.

lang = "zh"                 # language of documents, where --lang does not say it
audience = "internal"       # of release notes
templates = "templates"     # folder with changed copies of templates, labels, themes, process; relative to this file
theme = "company.docx"      # look of Word or HTML; relative to this file

[import]                    # how files are read
sheets = ["发布表"]
limit = 2
columns = { "版本" = "version" }
risks = { "1" = "critical" }

[check]                     # how plans are checked: see `relplan.config.checking`
stage = "prod"
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import replace

from relplan import files
from relplan.config.refusals import unknown, wrong
from relplan.errors import ReadError, problem, suggest
from relplan.readers.options import DEFAULT, ReadOptions

if TYPE_CHECKING:
    from relplan.config.checking import CheckConfig

NAME: Final = "relplan.toml"
IMPORT: Final = "import"
"""The table of settings that say how files are read."""
CHECK: Final = "check"
"""The table of settings that say how plans are checked."""


class Config(Struct, frozen=True):
    """The settings; blank where none is made.

    Attributes:
        lang: `zh` or `en`, the language of documents.
        audience: `internal`, `customer` or `ops`, whom release notes are for.
        theme: the path of a theme.
        templates: the path of a folder with changed copies of templates, labels, themes and process.
        reading: how files are read.
        process: the path of the go-live process.
        check: what the table `[check]` says, if there is one.
    """

    lang: str = ""
    audience: str = ""
    theme: str = ""
    reading: ReadOptions = DEFAULT
    check: CheckConfig | None = None
    process: str = ""
    templates: str = ""

    @property
    def checking(self) -> CheckConfig:
        """How plans are checked."""
        from relplan.config.checking import CheckConfig

        return self.check or CheckConfig()


def load(path: str = "", start: FilePath | None = None) -> Config:
    """The settings in the file `path`, or in the nearest file from the folder `start` upwards, or none.

    Raises:
        ReadError: the named file is not there; a file is no TOML, or has unknown keys or values.
    """
    if path:
        return _read(path)
    here = (start or FilePath.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / NAME).is_file():
            return _read(str(folder / NAME))
        if (folder / "pyproject.toml").is_file():
            found = _tables(str(folder / "pyproject.toml"))
            if "relplan" in found.get("tool", {}):
                return _checked(found["tool"]["relplan"], str(folder / "pyproject.toml"))
    return Config()


def reading(raw: Mapping[str, Any], options: ReadOptions = DEFAULT, path: str = "") -> ReadOptions:
    """How to read files: what `raw` says, else what `options` say. `columns` and `risks` add to those of `options`.

    Args:
        raw: `sheets`, a list of names; `columns`, from header to field; `risks`, from word to risk level; `limit`, a number.
        options: what holds where `raw` says nothing.
        path: the file that says it, for messages.

    Raises:
        ReadError: there is no such setting, field or risk level, or a value is not of its kind.
    """
    known = ReadOptions.__struct_fields__
    for key, value in raw.items():
        if key not in known:
            raise unknown(f"{IMPORT}.{key}", suggest(key, known), known, path)
        if not _IS_OF_KIND[key](value):
            raise wrong(f"{IMPORT}.{key}", _KINDS[key], path)
    columns, risks = _fields(raw.get("columns", {}), path), _levels(raw.get("risks", {}), path)
    return replace(
        options,
        sheets=tuple(raw.get("sheets", options.sheets)),
        columns={**options.columns, **columns},
        risks={**options.risks, **risks},
        limit=raw.get("limit", options.limit),
    )


def _is_words(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)


def _is_pairs(value: object) -> bool:
    return isinstance(value, Mapping) and all(isinstance(each, str) for each in value.values())


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


_IS_OF_KIND: Final = {"sheets": _is_words, "columns": _is_pairs, "risks": _is_pairs, "limit": _is_count}
_KINDS: Final = {
    "sheets": '["…"]',
    "columns": '{ "版本" = "version" }',
    "risks": '{ "1" = "critical" }',
    "limit": "1, 2, 3 …",
}


def _fields(columns: Mapping[str, str], path: str) -> Mapping[str, str]:
    """The fields that headers mean, each named by its own name or by one of its headers."""
    if not columns:
        return columns
    from relplan.model.columns import columns_of, header_index
    from relplan.model.table import ReleaseItem

    known = [bound.field for bound in columns_of(ReleaseItem)]
    found = {}
    for header, name in columns.items():
        meant = name if name in known else header_index(ReleaseItem).field(name)
        if meant is None:
            hint = suggest(name, known)
            listed = ", ".join(known)
            raise ReadError(
                problem(
                    f"列“{header}”：发布清单没有字段“{name}”{hint.zh or f'；可用：{listed}'}",
                    f'column "{header}": the release table has no field "{name}"{hint.en or f"; known: {listed}"}',
                    path or None,
                )
            )
        found[header] = meant
    return found


def _levels(risks: Mapping[str, str], path: str) -> Mapping[str, str]:
    """The risk levels that words mean, by their word in plan files."""
    if not risks:
        return risks
    from relplan.model.celltext import ChoiceKind
    from relplan.model.values import RiskLevel

    found = {}
    for word, level in risks.items():
        known = ChoiceKind(RiskLevel).accept(level)
        if not isinstance(known, RiskLevel):
            listed = ", ".join(map(str, RiskLevel))
            raise ReadError(
                problem(
                    f"风险“{word}”：没有等级“{level}”；可用：{listed}",
                    f'risk "{word}": there is no level "{level}"; known: {listed}',
                    path or None,
                )
            )
        found[word] = str(known)
    return found


def _read(path: str) -> Config:
    tables = _tables(path)
    own = tables.get("tool", {}).get("relplan", {}) if FilePath(path).name == "pyproject.toml" else tables
    return _checked(own, path)


def _tables(path: str) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(files.read(path).decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ReadError(problem(f"TOML 有误：{error}", f"broken TOML: {error}", path)) from None


_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {"lang": ("zh", "en"), "audience": ("internal", "customer", "ops")}
_TEXTS: Final = ("lang", "audience", "theme", "process", "templates")
_TABLES: Final = (IMPORT, CHECK)


def _checked(own: Mapping[str, Any], path: str) -> Config:
    known = (*_TEXTS, *_TABLES)
    for key, value in own.items():
        if key not in known:
            raise unknown(key, suggest(key, known), known, path)
        if key in _TABLES:
            if not isinstance(value, Mapping):
                raise wrong(key, f"[{key}]", path)
        elif not isinstance(value, str) or value not in _CHOICES.get(key, (value,)):
            raise wrong(key, ", ".join(_CHOICES.get(key, ('"…"',))), path)
    theme, process, templates = (
        str(FilePath(path).parent / own[key]) if own.get(key) else "" for key in ("theme", "process", "templates")
    )
    if templates and not process and (FilePath(templates) / "process.yaml").is_file():
        process = str(FilePath(templates) / "process.yaml")
    return Config(
        own.get("lang", ""),
        own.get("audience", ""),
        theme,
        reading(own.get(IMPORT, {}), path=path),
        _checking(own[CHECK], path) if CHECK in own else None,
        process,
        templates,
    )


def _checking(raw: Mapping[str, Any], path: str) -> CheckConfig:
    from relplan.config.checking import checking

    return checking(raw, path)
