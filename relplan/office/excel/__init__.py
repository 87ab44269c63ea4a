"""Workbooks as templates: what stands on each new sheet is planned first, then the sheet is written, and all that refers to rows follows."""

from __future__ import annotations

from relplan.office.excel.fill import fill, inspect

__all__ = ["fill", "inspect"]
