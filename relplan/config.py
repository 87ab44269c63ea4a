"""Settings of a team: `relplan.toml`, or `[tool.relplan]` in `pyproject.toml`, of the nearest folder upwards.

lang = "zh"                 # language of documents, where --lang does not say it
audience = "internal"       # of release notes
theme = "company.docx"      # look of Word or HTML; relative to this file
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path as FilePath
from typing import Any, Final

from relplan import files
from relplan.errors import Place, ReadError, problem, suggest

NAME: Final = "relplan.toml"


@dataclass(frozen=True, slots=True)
class Config:
    """The settings; blank where none is made.

    Attributes:
        lang: `zh` or `en`, the language of documents.
        audience: `internal` or `customer`, whom release notes are for.
        theme: the path of a theme.
    """

    lang: str = ""
    audience: str = ""
    theme: str = ""


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


_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {"lang": ("zh", "en"), "audience": ("internal", "customer")}


def _checked(own: Mapping[str, Any], path: str) -> Config:
    known = [each.name for each in fields(Config)]
    for key, value in own.items():
        if key not in known:
            hint, listed = suggest(key, known), ", ".join(known)
            raise ReadError(
                problem(
                    f"未知的设置“{key}”{hint.zh or f'；可用：{listed}'}",
                    f'unknown setting "{key}"{hint.en or f"; known: {listed}"}',
                    Place(path),
                )
            )
        if not isinstance(value, str) or value not in _CHOICES.get(key, (value,)):
            listed = ", ".join(_CHOICES.get(key, ('"…"',)))
            raise ReadError(problem(f"设置“{key}”应为：{listed}", f'the setting "{key}" takes: {listed}', Place(path)))
    theme = str(FilePath(path).parent / own["theme"]) if "theme" in own else ""
    return Config(own.get("lang", ""), own.get("audience", ""), theme)
