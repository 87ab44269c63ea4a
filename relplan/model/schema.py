"""The JSON Schema of plan files, from the same records as everything else; editors complete and check with it."""

from __future__ import annotations

from typing import Any, Final

from relplan.model.columns import columns_of
from relplan.model.entries import PARTS
from relplan.model.fields import Row
from relplan.model.part import Part, fields_of
from relplan.model.plan import ReleasePlan, model_at
from relplan.model.table import ReleaseItem

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a plan file."""
    definitions: dict[str, Any] = {}
    root = _object(ReleasePlan, (), definitions)
    return {"$schema": DIALECT, "title": "relplan release plan", **root, "$defs": definitions}


def _object(model: type[Part], path: tuple[str, ...], definitions: dict[str, Any]) -> dict[str, Any]:
    columns = {bound.field: bound for bound in columns_of(model)}
    properties: dict[str, Any] = {}
    for name in fields_of(model):
        if bound := columns.get(name):
            column = bound.column
            properties[name] = {"title": f"{column.zh} / {column.en}", **bound.kind.json_schema()}
            if column.hint_zh:
                properties[name]["description"] = f"{column.hint_zh} / {column.hint_en}"
        elif name == "extra":
            properties[name] = {"type": "object", "additionalProperties": {"type": ["string", "number", "null"]}}
        else:
            properties[name] = _nested(model, (*path, name), definitions)
    if "after" in properties:
        properties["after"]["enum"] = [*PARTS, None]
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _nested(owner: type[Part], path: tuple[str, ...], definitions: dict[str, Any]) -> dict[str, Any]:
    model = ReleaseItem if path == ("table", "rows") else model_at(path)
    if model is None:
        return {}
    if path != ("table",) and issubclass(model, Row):
        rows = {"type": "array", "items": _reference(model, path, definitions)}
        return {"anyOf": [rows, {"type": ["string", "null"]}]}
    if path == ("table",):
        rows = _nested(owner, ("table", "rows"), definitions)
        table = {"type": "object", "properties": {"rows": rows}, "additionalProperties": False}
        return {"anyOf": [table, rows]}
    return {"anyOf": [_reference(model, path, definitions, bare=True), {"type": ["string", "array", "null"]}]}


def _reference(
    model: type[Part], path: tuple[str, ...], definitions: dict[str, Any], bare: bool = False
) -> dict[str, Any]:
    """A reference to the definition of a model; an entry of a list may be written as plain text."""
    name = model.__name__
    if name not in definitions:
        definitions[name] = {}
        entry = {"description": (model.__doc__ or "").strip().partition("\n")[0], **_object(model, path, definitions)}
        definitions[name] = entry if bare else {"anyOf": [entry, {"type": ["string", "number"]}]}
    return {"$ref": f"#/$defs/{name}"}
