"""Word documents as templates: tags are found in the XML tree, moved to where what they repeat begins and ends, and the tree is printed."""

from __future__ import annotations

from relplan.office.word.fill import fill, inspect

__all__ = ["fill", "inspect"]
