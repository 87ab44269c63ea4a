"""In which language the command speaks: that of the user's locale. Documents never depend on it."""

from __future__ import annotations

import functools
import os
from typing import Literal


@functools.cache
def language() -> Literal["zh", "en"]:
    """`zh` where the locale is Chinese, else `en`."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(variable):
            return "zh" if value.lower().startswith("zh") else "en"
    if os.name == "nt":
        import locale

        return "zh" if (locale.getlocale()[0] or "").lower().startswith(("zh", "chinese")) else "en"
    return "en"


def say(zh: str, en: str) -> str:
    """The sentence in the user's language."""
    return zh if language() == "zh" else en
