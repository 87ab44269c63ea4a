"""What is said of settings that there are not, or that have a wrong value."""

from __future__ import annotations

from collections.abc import Iterable

from relplan.errors import Message, ReadError, problem


def unknown(key: str, hint: Message, known: Iterable[str], path: str) -> ReadError:
    """There is no setting `key`; `hint` is the one that was meant, perhaps."""
    listed = ", ".join(known)
    return ReadError(
        problem(
            f"未知的设置“{key}”{hint.zh or f'；可用：{listed}'}",
            f'unknown setting "{key}"{hint.en or f"; known: {listed}"}',
            path or None,
        )
    )


def wrong(key: str, takes: str, path: str) -> ReadError:
    """The value of the setting `key` is not what it `takes`."""
    return ReadError(problem(f"设置“{key}”应为：{takes}", f'the setting "{key}" takes: {takes}', path or None))
