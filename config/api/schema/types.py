"""Dataclasses as JSON Schema: what an answer is made of, and what a body may say."""

from __future__ import annotations

import dataclasses
import datetime as dt
import inspect
import types
import typing
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent

from companies.api.bodies import MOST_INNER
from config.api.problems import MEDIA_TYPE
from config.api.rendering import SAID_AS
from config.api.schema.shapes import META, PAGE, PROBLEM, Schema, example_problem
from markets.door.parameters import LIMIT_MOST

_PLAIN: Final[Mapping[Any, Schema]] = {
    Any: {"description": "Any value of JSON"},
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    Decimal: {"type": "string", "format": "decimal", "pattern": r"^-?\d+(\.\d+)?$"},
    uuid.UUID: {"type": "string", "format": "uuid"},
    dt.datetime: {"type": "string", "format": "date-time"},
    dt.date: {"type": "string", "format": "date"},
}


_FIGURE: Final[Schema] = {"description": "Digits as printed, or a number", "type": ["string", "number", "null"]}


class Components:
    """The named schemas of a document."""

    def __init__(self, registry: ComponentRegistry) -> None:
        self.registry = registry

    def reference(self, record: type) -> Schema:
        """The schema of a dataclass as a component of its own name."""
        component = ResolvedComponent(name=record.__name__, type=ResolvedComponent.SCHEMA, schema={}, object=record)
        if component not in self.registry:
            self.registry.register(component)  # the name first: a dataclass may hold itself
            component.schema = self._of_dataclass(record)
        return component.ref

    def in_part(self, record: type) -> Schema:
        """A record as a whole, or only those of its members that `fields` names."""
        whole = self._of_dataclass(record)
        part = {"type": "object", "description": "Only the members that `fields` names.", "minProperties": 1}
        part |= {"properties": whole["properties"], "additionalProperties": False}
        return {"anyOf": [self.reference(record), self.named(f"{record.__name__}InPart", part)]}

    def page_of(self, record: Schema) -> Schema:
        """One page of a list."""
        return {
            "type": "object",
            "required": ["data", "page", "meta"],
            "properties": {
                "data": {"type": "array", "items": record, "maxItems": LIMIT_MOST},
                "page": self.named("Page", PAGE),
                "meta": self.named("Meta", META),
            },
        }

    def problem(self, description: str) -> Schema:
        """A refusal."""
        schema = self.named("Problem", PROBLEM | {"examples": [example_problem()]})
        return {"description": description, "content": {MEDIA_TYPE: {"schema": schema}}}

    def body(self, kind: type, *, is_partial: bool = False) -> Schema:
        """What may be sent: nothing but these fields. is_partial: only those that change."""
        hints = typing.get_type_hints(kind)
        schema: Schema = {
            "type": "object",
            "description": inspect.cleandoc(kind.__doc__ or ""),
            "properties": {field.name: self._of_field(hints[field.name]) for field in dataclasses.fields(kind)},
            "additionalProperties": False,
        }
        required = [each.name for each in dataclasses.fields(kind) if each.default is dataclasses.MISSING]
        if is_partial:
            return self.named(f"{kind.__name__}InPart", schema | {"minProperties": 1})
        return self.named(kind.__name__, schema | ({"required": required} if required else {}))

    def _of_field(self, hint: Any) -> Schema:
        """The form of a field of a body; what it is made of is refused beyond its own fields too."""
        inner = typing.get_args(hint)
        if {str, Decimal} <= set(inner):
            return dict(_FIGURE)
        if typing.get_origin(hint) is tuple and dataclasses.is_dataclass(inner[0]):
            return {"type": "array", "items": self.body(typing.cast("type", inner[0])), "maxItems": MOST_INNER}
        if isinstance(hint, types.UnionType) and len(inner) == 2 and typing.get_origin(inner[0]) is tuple:
            return _or_null(self._of_field(inner[0]))
        if isinstance(hint, types.UnionType) and len(inner) == 2 and dataclasses.is_dataclass(inner[0]):
            return _or_null(self.body(typing.cast("type", inner[0])))
        return self._of_type(hint)

    def _of_dataclass(self, record: type) -> Schema:
        hints = typing.get_type_hints(record)
        members = [field.name for field in dataclasses.fields(record)]
        return {
            "type": "object",
            "description": inspect.cleandoc(record.__doc__ or ""),
            "required": [SAID_AS.get(name, name) for name in members],
            "properties": {SAID_AS.get(name, name): self._of_type(hints[name]) for name in members},
        }

    def _of_type(self, hint: Any) -> Schema:
        if hint in _PLAIN:
            return dict(_PLAIN[hint])
        if dataclasses.is_dataclass(hint) and isinstance(hint, type):
            return self.reference(hint)
        if isinstance(hint, type) and issubclass(hint, str):  # an enumeration of words
            return {"type": "string", "enum": [str(word) for word in hint]}  # type: ignore[attr-defined]
        inner = typing.get_args(hint)
        if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
            kinds = [self._of_type(kind) for kind in inner if kind is not type(None)]
            return _or_null(kinds[0]) if len(kinds) == 1 else {"anyOf": [*kinds, {"type": "null"}]}
        return self._of_several(hint)

    def _of_several(self, hint: Any) -> Schema:
        """Lists, places and what is named by texts."""
        inner = typing.get_args(hint)
        if typing.get_origin(hint) in (tuple, list, Sequence):
            if inner[-1] is Ellipsis or len(inner) == 1:
                return {"type": "array", "items": self._of_type(inner[0])}
            size = len(inner)
            places = [self._of_type(kind) for kind in inner]
            return {"type": "array", "prefixItems": places, "minItems": size, "maxItems": size}
        return self._of_mapping(hint)

    def _of_mapping(self, hint: Any) -> Schema:
        """What is named by texts. Raises TypeError for what nothing is said of here."""
        if typing.get_origin(hint) is not Mapping:
            raise TypeError(f"{hint} has no form in JSON Schema; say it here")
        return {"type": "object", "additionalProperties": self._of_type(typing.get_args(hint)[1])}

    def named(self, name: str, schema: Schema) -> Schema:
        component = ResolvedComponent(name=name, type=ResolvedComponent.SCHEMA, schema=schema, object=name)
        self.registry.register_on_missing(component)
        return component.ref


def _or_null(schema: Schema) -> Schema:
    if "$ref" in schema:
        return {"oneOf": [schema, {"type": "null"}]}
    return schema | {"type": [schema["type"], "null"]}
