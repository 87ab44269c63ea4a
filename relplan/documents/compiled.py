"""Compiled templates: those of this process, and the built-in ones in files as well, for compiling takes longer than rendering."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
from importlib.util import cache_from_source
from pathlib import Path as FilePath
from typing import Any, Final

import jinja2.compiler
from jinja2.bccache import Bucket

from relplan.documents import sandbox
from relplan.resources import templates_dir

_MOST: Final = 64
"""Templates whose code is kept in memory."""


class _Compiled(jinja2.FileSystemBytecodeCache):
    """What was compiled in this process; of the built-in templates also in earlier ones. Their code stands in `__pycache__`
    beside them, where Python puts that of its modules: not where it must not be written (`PYTHONDONTWRITEBYTECODE`) or cannot be.
    """

    def __init__(self) -> None:
        templates = templates_dir()
        self._templates = str(templates)
        self._codes: dict[tuple[str, str], Any] = {}
        super().__init__(str(FilePath(cache_from_source(str(templates / "template.py"))).parent), "%s.jinja")

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        folder, file = os.path.split(filename or "")
        return file if folder == self._templates else super().get_cache_key(name, filename)

    def get_source_checksum(self, source: str) -> str:
        return super().get_source_checksum(f"{_made_by()}\n{source}")

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))
        if bucket.code is None and _is_built_in(bucket):
            try:
                super().load_bytecode(bucket)
            except Exception:  # whatever is wrong with the file: the template is compiled anew
                bucket.reset()
            self._keep(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._keep(bucket)
        if _is_built_in(bucket) and not sys.dont_write_bytecode:
            with contextlib.suppress(OSError):
                os.makedirs(self.directory, exist_ok=True)
                super().dump_bytecode(bucket)

    def _keep(self, bucket: Bucket) -> None:
        if len(self._codes) >= _MOST:
            self._codes.clear()
        self._codes[bucket.key, bucket.checksum] = bucket.code


def _is_built_in(bucket: Bucket) -> bool:
    return "." in bucket.key  # a file's name; the keys of others are digests


@functools.cache
def _made_by() -> str:
    """What tells that the code is made by this very Jinja and this very sandbox."""
    makers = (os.stat(str(module.__file__)) for module in (jinja2.compiler, sandbox))
    return " ".join(f"{maker.st_mtime_ns} {maker.st_size}" for maker in makers)


@functools.cache
def compiled_templates() -> _Compiled:
    """The compiled templates of this process."""
    return _Compiled()
