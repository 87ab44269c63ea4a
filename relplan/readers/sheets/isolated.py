"""Reading in a process of its own, with limits of time and memory: a hostile file ends that process, not this one.

The child takes the file on its standard input and answers with JSON, so nothing it says is ever run. Where the
system knows no limit of memory (Windows), the limit of time stands alone.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import subprocess
import sys
from typing import Any, Final

from relplan.errors import Place, ReadError, problem

SECONDS: Final = 10
"""How long a file may take."""

MEMORY: Final = 2**30
"""Bytes of address space the process may take."""

_START: Final = (
    "import sys; sys.path[:] = sys.argv[3:]; from relplan.readers.sheets.isolated import work; work(*sys.argv[1:3])"
)


def run(function: str, data: bytes, name: str, limit: int = 1) -> Any:
    """What a function of relplan makes of a file, in a process of its own.

    Args:
        function: `module:function` from the bytes and `limit` to what JSON can hold; it may raise `ReadError`.
        data: the file.
        name: of the file, for messages.
        limit: how many times the limits of time and memory it may reach.

    Raises:
        ReadError: the function refused the file, failed, died, or reached a limit.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", _START, function, str(limit), *map(os.path.abspath, sys.path)],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS * limit,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ReadError(
            problem(
                f"读取超过 {SECONDS * limit} 秒；文件可能已损坏，请打开后另存为 .xlsx 再读",
                f"reading took more than {SECONDS * limit} seconds; the file may be broken: open it and save it as .xlsx",
                name,
            )
        ) from None
    except OSError as error:
        raise ReadError(
            problem(f"无法启动读取进程：{error}", f"cannot start a process to read it: {error}", name)
        ) from None
    if done.returncode:
        raise _died(name)
    return _value(json.loads(done.stdout), name)


def _value(answer: Any, name: str) -> Any:
    if "value" in answer:
        return answer["value"]
    if "problems" in answer:
        raise ReadError([problem(zh, en, Place(name, sheet=sheet)) for zh, en, sheet in answer["problems"]])
    reason = answer["failed"]
    raise ReadError(
        problem(
            f"文件已损坏，无法读取（{reason}）；请打开后另存为 .xlsx",
            f"the file is broken and cannot be read ({reason}); open it and save it as .xlsx",
            name,
        )
    )


def _died(name: str) -> ReadError:
    return ReadError(
        problem(
            "文件已损坏或过大，读取进程被中止；请打开后另存为 .xlsx 再读",
            "the file is broken or too large, the process that read it died; open it and save it as .xlsx",
            name,
        )
    )


def work(function: str, limit: str) -> None:
    """What the child does: read standard input with `function`, write the answer to standard output."""
    _restrict(int(limit))
    data = sys.stdin.buffer.read()
    sys.stdout.buffer.write(json.dumps(_answer(function, data, int(limit))).encode())


def _restrict(limit: int) -> None:
    """Set the limit of memory, and leave no core file behind, where the system knows such limits."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY * limit, MEMORY * limit))


def _answer(function: str, data: bytes, limit: int) -> dict[str, Any]:
    module, _, attribute = function.partition(":")
    try:
        return {"value": getattr(importlib.import_module(f"relplan.{module}"), attribute)(data, limit)}
    except ReadError as error:
        return {
            "problems": [
                [each.message.zh, each.message.en, each.place.sheet if each.place else ""] for each in error.problems
            ]
        }
    except MemoryError:
        raise SystemExit(1) from None
    except BaseException as error:  # a panic of a native library is no Exception
        words = " ".join(str(error).split()) or type(error).__name__
        return {"failed": words[:200]}
