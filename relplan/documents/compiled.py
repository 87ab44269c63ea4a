"""Compiled templates: those of this process, and the built-in ones of earlier runs."""

from __future__ import annotations

import functools
import os
from pathlib import Path as FilePath
from typing import Any, Final

import jinja2.compiler
from jinja2.bccache import Bucket

from relplan import kept
from relplan.documents import sandbox
from relplan.resources import templates_dir

_MOST: Final = 64
"""Templates whose code is kept in memory."""


class CompiledTemplates(jinja2.BytecodeCache):
    """Gives the code of a template that has been compiled before. That of built-in ones outlives the process."""

    def __init__(self) -> None:
        self._built_in = str(templates_dir())
        self._codes: dict[tuple[str, str], Any] = {}

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        return filename or name

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))
        if bucket.code is None and self._is_built_in(bucket):
            bucket.code = kept.find(FilePath(bucket.key), _source(bucket))
            if bucket.code is not None:
                self._remember(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._remember(bucket)
        if self._is_built_in(bucket):
            kept.keep(FilePath(bucket.key), _source(bucket), bucket.code)

    def _is_built_in(self, bucket: Bucket) -> bool:
        return os.path.dirname(bucket.key) == self._built_in

    def _remember(self, bucket: Bucket) -> None:
        if len(self._codes) >= _MOST:
            self._codes.clear()
        self._codes[bucket.key, bucket.checksum] = bucket.code


def _source(bucket: Bucket) -> tuple[str, str]:
    return bucket.checksum, _makers()


@functools.cache
def _makers() -> str:
    """What tells this Jinja and this sandbox, which make the code, from all others."""
    return kept.made_by(*(FilePath(str(module.__file__)) for module in (jinja2.compiler, sandbox)))


@functools.cache
def compiled_templates() -> CompiledTemplates:
    """The compiled templates of this process."""
    return CompiledTemplates()
