"""What is made of a built-in file is kept beside it for the next run, as Python keeps the code of its modules: in `__pycache__`.

Compiling a template, or reading labels with a library for YAML, takes longer than all that is done with them afterwards.
Nothing is kept where Python must not write bytecode (`PYTHONDONTWRITEBYTECODE`), or where the folder cannot be written to.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import sys
from importlib.util import cache_from_source
from pathlib import Path as FilePath
from typing import Any

from relplan import files
from relplan.errors import WriteError


def find(path: FilePath, source: object) -> Any:
    """What was made of the built-in file at `path` when `source` was the same; None where nothing is kept.

    `source` is all that it depends on, as plain data: the content of the file, and what else goes into it.
    """
    try:
        before, made = marshal.loads(FilePath(_beside(path)).read_bytes())  # noqa: S302  # whoever may write there may write our modules too
    except (OSError, EOFError, ValueError, TypeError):
        return None
    return made if before == source else None


def keep(path: FilePath, source: Any, made: Any) -> None:
    """Keep what was made of the built-in file at `path`: plain data, or compiled code."""
    if sys.dont_write_bytecode:
        return
    name = _beside(path)
    with contextlib.suppress(WriteError):
        files.make_folder(os.path.dirname(name))
        files.write({name: marshal.dumps((source, made))})


def made_by(*modules: FilePath) -> str:
    """What tells the modules that make something, as they are now, from other versions of them: a part of a `source`."""
    return " ".join(f"{said.st_mtime_ns} {said.st_size}" for said in map(os.stat, modules))


def _beside(path: FilePath) -> str:
    """`templates/__pycache__/plan.md.j2.cpython-311.kept`: what `marshal` writes is of one version of Python."""
    return cache_from_source(f"{path}.py").removesuffix(".pyc") + ".kept"
