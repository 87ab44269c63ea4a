"""The form of YAML in which relplan writes plan files: what the writer and the reader of that form both hold to."""

from __future__ import annotations

from typing import Final

from relplan.patterns import regex

BLOCK: Final = regex(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]*")
"""Text that may stand as it is, line ends and tabs among it."""

_OPENING: Final = frozenset("【（《“")
_ODD: Final = regex(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
# Words that YAML 1.1 or 1.2 would read as something else than text stay in quotes, for other tools' sake.
_NOT_TEXT: Final = frozenset(("true", "false", "yes", "no", "on", "off", "null", "y", "n"))


def is_plain(text: str) -> bool:
    """Whether a text of one line may stand bare: YAML reads it as that very text."""
    return (
        (((first := text[:1]).isalnum() and not first.isdecimal()) or first in _OPENING)
        and (text.isprintable() or not _ODD.search(text))
        and not (": " in text or " #" in text or text.endswith(":"))
        and (len(text) > 5 or text.casefold() not in _NOT_TEXT)
    )
