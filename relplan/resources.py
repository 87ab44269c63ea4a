"""The files in `templates/`: templates, labels and themes, everything a user may copy and change."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from pathlib import Path as FilePath
from types import MappingProxyType
from typing import Any, Final

from relplan import kept
from relplan.errors import Language, TemplateError, problem, suggest

_Words = Mapping[str, Any]
_FREE: Final = ("documents",)
"""Labels to which a changed copy may add: the titles of documents of its own."""


@functools.cache
def templates_dir() -> FilePath:
    """The folder of the built-in templates: inside the installed package, or beside it in a checkout."""
    package = FilePath(__file__).resolve().parent
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"


class _Copies:
    """A folder with changed copies of built-in files."""

    def __init__(self, folder: FilePath) -> None:
        self.folder = folder
        self._labels: dict[Language, _Words] = {}

    def labels(self, language: Language) -> _Words:
        if language not in self._labels:
            path = self.folder / f"labels.{language}.yaml"
            built_in = _built_in_labels(language)
            found = _merged(built_in, _read(path), str(path)) if path.is_file() else built_in
            self._labels[language] = MappingProxyType(found)
        return self._labels[language]


_copies: ContextVar[_Copies | None] = ContextVar("copies", default=None)


@contextlib.contextmanager
def templates_from(folder: str | FilePath) -> Iterator[None]:
    """Within this context, files in `folder` take the place of built-in ones of the same name; a blank name changes nothing.

    A changed `labels.zh.yaml` may hold only the words that differ.

    Raises:
        TemplateError: there is no such folder; labels in it are not those that documents have.
    """
    if not folder:
        yield
        return
    path = FilePath(folder)
    if not path.is_dir():
        raise TemplateError(problem("没有这个模板文件夹", "there is no such folder of templates", str(folder)))
    token = _copies.set(_Copies(path))
    try:
        yield
    finally:
        _copies.reset(token)


def template_folders() -> tuple[FilePath, ...]:
    """Where templates are looked for, in this order."""
    copies = _copies.get()
    return (copies.folder, templates_dir()) if copies else (templates_dir(),)


def template_path(name: str) -> FilePath:
    """The file of that name that counts: a changed copy, or the built-in one."""
    return next((path for folder in template_folders() if (path := folder / name).is_file()), templates_dir() / name)


def template_bytes(name: str) -> bytes:
    """The content of one of the files, see `template_path`."""
    return template_path(name).read_bytes()


def labels(language: Language) -> _Words:
    """The words of documents in `language`, from `labels.<language>.yaml`."""
    copies = _copies.get()
    return copies.labels(language) if copies else _built_in_labels(language)


@functools.cache
def _built_in_labels(language: Language) -> _Words:
    path = templates_dir() / f"labels.{language}.yaml"
    source = path.read_bytes()
    found = kept.find(path, source)
    if found is None:
        found = _read(path)
        kept.keep(path, source, found)
    return MappingProxyType(found)


def _read(path: FilePath) -> dict[str, Any]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        loaded = yaml.load(path.read_bytes(), loader)  # noqa: S506
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        words = " ".join(str(error).split())
        raise TemplateError(problem(f"YAML 有误：{words}", f"broken YAML: {words}", str(path))) from None
    if not isinstance(loaded, dict):
        raise TemplateError(problem("应为键和文字", "keys with words are expected", str(path)))
    return loaded


def _merged(built_in: _Words, own: _Words, path: str, at: str = "") -> dict[str, Any]:
    """The built-in words with those that a copy has instead."""
    found = dict(built_in)
    for key, value in own.items():
        name = f"{at}{key}"
        before = built_in.get(key)
        if before is None and at.rstrip(".") not in _FREE:
            hint = suggest(str(key), [str(each) for each in built_in])
            raise TemplateError(problem(f"没有标签“{name}”{hint.zh}", f'there is no label "{name}"{hint.en}', path))
        if before is not None and type(value) is not type(before):
            raise TemplateError(problem(f"标签“{name}”的形式不对", f'the label "{name}" is not of its kind', path))
        found[key] = _merged(before, value, path, f"{name}.") if isinstance(before, dict) else value
    return found
