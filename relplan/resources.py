"""The files in `templates/`: templates, labels and themes, everything a user may copy and change."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path as FilePath
from types import MappingProxyType
from typing import Any

from relplan.errors import Language


@functools.cache
def templates_dir() -> FilePath:
    """The folder of the built-in templates: inside the installed package, or beside it in a checkout."""
    package = FilePath(__file__).resolve().parent
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"


def template_bytes(name: str) -> bytes:
    """The content of one built-in file."""
    return (templates_dir() / name).read_bytes()


@functools.cache
def labels(language: Language) -> Mapping[str, Any]:
    """The words of documents in `language`, from `labels.<language>.yaml`."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loaded = yaml.load(template_bytes(f"labels.{language}.yaml"), loader)  # noqa: S506
    return MappingProxyType(loaded)
