"""relplan: one validated release plan, and every document a release needs made from it.

The names in `__all__` are the library; they load when first used. See `relplan.api`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from relplan.api import document, dumps, load, loads, render, render_to, save, schema
    from relplan.errors import RelplanError
    from relplan.model.plan import ReleasePlan
    from relplan.model.read import Read

__version__ = "0.1.0"

_HOMES = {
    "ReleasePlan": "relplan.model.plan",
    "Read": "relplan.model.read",
    "RelplanError": "relplan.errors",
}

__all__ = [
    "Read",
    "ReleasePlan",
    "RelplanError",
    "document",
    "dumps",
    "load",
    "loads",
    "render",
    "render_to",
    "save",
    "schema",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'relplan' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES.get(name, "relplan.api")), name)
