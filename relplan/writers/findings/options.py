"""What a report of findings may be asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from msgspec import Struct

from relplan.errors import Language
from relplan.findings import Checked, Severity


class ReportOptions(Struct, frozen=True):
    """What a report may be asked for; each format takes what concerns it.

    Attributes:
        colour: text: colours for a terminal.
        verbose: text: all findings, however many of one rule there are.
        fail_on: junit: the mildest severity that fails a test; None: none does.
        help_base: sarif: the address of the page about all rules, to which `#` and the code of a rule are added; blank: no links.
    """

    colour: bool = False
    verbose: bool = False
    fail_on: Severity | None = Severity.ERROR
    help_base: str = ""


DEFAULT: Final = ReportOptions()

Writer: TypeAlias = Callable[[Sequence[Checked], Language, ReportOptions], bytes]
"""From the checks of some plans to the bytes of a report in a language."""
