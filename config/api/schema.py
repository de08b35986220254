"""The OpenAPI document: parameters from what each address declares, answers from the dataclasses themselves."""

from __future__ import annotations

import dataclasses
import datetime as dt
import inspect
import types
import typing
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, Final

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent

from config.api.problems import MEDIA_TYPE, problem_kinds
from config.api.rendering import SAID_AS
from markets.door.address import Door, ListView, RecordView
from markets.door.parameters import INDICATOR_FORM, LIMIT_MOST, SLUG_FORM, Parameter

Schema = dict[str, Any]

_PLAIN: Final[Mapping[Any, Schema]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    Decimal: {"type": "string", "format": "decimal", "pattern": r"^-?\d+(\.\d+)?$"},
    dt.datetime: {"type": "string", "format": "date-time"},
    dt.date: {"type": "string", "format": "date"},
}
# The codes in addresses, with one that exists.
_IN_PATH: Final[Mapping[tuple[str, str], tuple[str, Schema, Any]]] = {
    ("markets", "iso3"): ("ISO 3166 alpha-3 code", {"type": "string", "pattern": "^[A-Z]{3}$"}, "KAZ"),
    ("markets", "partner"): ("ISO 3166 alpha-3 code", {"type": "string", "pattern": "^[A-Z]{3}$"}, "CHN"),
    ("markets", "code"): ("Indicator code", {"type": "string", "pattern": f"^{INDICATOR_FORM}$"}, "NY.GDP.MKTP.CD"),
    ("products", "code"): ("HS 2022 code", {"type": "string", "pattern": r"^\d{2}(\d{2}){0,2}$"}, "8418"),
    ("categories", "slug"): ("Category", {"type": "string", "pattern": f"^{SLUG_FORM}$"}, "appliances"),
    ("indicators", "code"): ("Indicator code", {"type": "string", "pattern": f"^{INDICATOR_FORM}$"}, "NY.GDP.MKTP.CD"),
    ("datasets", "id"): ("Dataset", {"type": "string", "pattern": f"^{SLUG_FORM}$"}, "worldbank"),
    ("releases", "id"): ("Number of the release", {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}, 1),
    ("jobs", "id"): (
        "Job",
        {"type": "string", "format": "uuid"},
        "00000000-0000-4000-8000-000000000000",
    ),
    ("problems", "code"): ("Code of the problem", {"type": "string", "pattern": "^[a-z_]{1,40}$"}, "invalid_value"),
}
_PROBLEM_TEXT: Final = {"type": "string"}
_PROBLEM: Final[Schema] = {
    "type": "object",
    "description": "RFC 9457. `code` is constant; `title` and `detail` are in the language of the request.",
    "required": ["type", "title", "status", "detail", "instance", "code", "request_id", "errors"],
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "Address that explains this kind of problem"},
        "title": _PROBLEM_TEXT,
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": _PROBLEM_TEXT,
        "instance": {"type": "string", "format": "uri-reference", "description": "Path of the request"},
        "code": _PROBLEM_TEXT,
        "request_id": {**_PROBLEM_TEXT, "description": "The same as in the header X-Request-ID"},
        "errors": {
            "type": "array",
            "description": "Every fault: of a parameter by its name, of a body's field by JSON pointer",
            "items": {
                "type": "object",
                "required": ["code", "detail"],
                "properties": {
                    "parameter": _PROBLEM_TEXT,
                    "pointer": _PROBLEM_TEXT,
                    "code": _PROBLEM_TEXT,
                    "detail": _PROBLEM_TEXT,
                },
            },
        },
    },
}
_PAGE: Final[Schema] = {
    "type": "object",
    "required": ["next", "prev", "limit"],
    "properties": {
        "next": {"type": ["string", "null"], "format": "uri"},
        "prev": {"type": ["string", "null"], "format": "uri"},
        "limit": {"type": "integer", "minimum": 1, "maximum": LIMIT_MOST},
    },
}
_META: Final[Schema] = {
    "type": "object",
    "description": "What holds for the whole list. Members that are not named here may be added.",
    "properties": {
        "total": {"type": "integer", "minimum": 0, "description": "Records that match, with `count=exact`"},
        "as_of": {"type": "string", "format": "date-time"},
        "complete_until": {
            "type": "string",
            "format": "date-time",
            "description": "Ask again with this as `updated_since`, and nothing that was recorded is missed",
        },
        "note": {"type": "string", "description": "Why there is nothing: no vintage was public at `as_of`"},
        "withheld_datasets": {
            "type": "array",
            "items": {"type": "string"},
            "description": "Left out, because their licence does not let them be passed on to everyone",
        },
    },
}
_HEADERS: Final[Schema] = {
    "ETag": {"schema": {"type": "string"}, "description": "Send it as If-None-Match: 304 when nothing changed"},
    "X-Request-ID": {"schema": {"type": "string"}},
}


class ApiSchema(AutoSchema):
    """One operation of the document. Only our own addresses are described."""

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: ComponentRegistry
    ) -> Schema | None:
        """Everything about one method of one address; None for what is not part of the API."""
        if not isinstance(self.view, Door) or method.upper() != "GET":
            return None
        self.registry, self.path, self.path_prefix = registry, path, path_prefix
        self.path_regex, self.method = path_regex, method.upper()
        words = [word for word in path.removeprefix(path_prefix.strip("^")).split("/") if word]
        resource = words[0] if words else "index"
        is_list = isinstance(self.view, ListView)
        is_named = any("{" in word for word in words)
        kind = "read" if not words or is_named or isinstance(self.view, RecordView) else "list"
        described = inspect.cleandoc(type(self.view).__doc__ or "")
        named = "_".join([*(word for word in words or ["index"] if "{" not in word), kind])
        return {
            # Two addresses that differ in a code alone would have one name.
            "operationId": getattr(self.view, "operation", named),
            "summary": described.split(":")[0].split(".")[0],
            "description": described,
            "tags": [resource],
            "security": [{}],
            "parameters": [*_path_parameters(resource, words), *map(_query_parameter, self.view.parameters)],
            "responses": self._responses(is_list=is_list, is_named=is_named),
        }

    def _responses(self, *, is_list: bool, is_named: bool) -> Schema:
        kind, parameters = self.view.record, self.view.parameters  # type: ignore[attr-defined]
        is_in_part = any(parameter.name == "fields" for parameter in parameters)
        record = self._in_part(kind) if is_in_part else self._reference(kind)
        found = self._list(record) if is_list else record
        headers = {**_HEADERS}
        if is_list:
            headers["Link"] = {"schema": {"type": "string"}, "description": "The same as page.next and page.prev"}
        responses: Schema = {
            "200": {"description": "Found", "headers": headers, "content": {"application/json": {"schema": found}}},
            "304": {"description": "Not changed since the ETag in If-None-Match"},
            "400": self._problem("A parameter is unknown or has a wrong value"),
            "405": self._problem("Only GET, HEAD and OPTIONS"),
            "406": self._problem("Only application/json is offered"),
            "429": self._problem("Too many requests in this minute; Retry-After says when to try again"),
            "500": self._problem("Failed, and logged under the request_id"),
            "503": self._problem("The data cannot be reached; Retry-After says when to try again"),
        }
        if isinstance(self.view, RecordView) and type(self.view).plainly is not RecordView.plainly:
            responses["308"] = {"description": "The same thing under the plain form of its code"}
        if is_named:
            responses["404"] = self._problem("There is no such thing")
        return dict(sorted(responses.items()))

    def _problem(self, description: str) -> Schema:
        schema = self._component("Problem", _PROBLEM | {"examples": [_example_problem()]})
        return {"description": description, "content": {MEDIA_TYPE: {"schema": schema}}}

    def _list(self, record: Schema) -> Schema:
        return {
            "type": "object",
            "required": ["data", "page", "meta"],
            "properties": {
                "data": {"type": "array", "items": record, "maxItems": LIMIT_MOST},
                "page": self._component("Page", _PAGE),
                "meta": self._component("Meta", _META),
            },
        }

    def _in_part(self, record: type) -> Schema:
        """A record as a whole, or only those of its members that `fields` names."""
        whole = self._of_dataclass(record)
        part = {"type": "object", "description": "Only the members that `fields` names.", "minProperties": 1}
        part |= {"properties": whole["properties"], "additionalProperties": False}
        return {"anyOf": [self._reference(record), self._component(f"{record.__name__}InPart", part)]}

    def _reference(self, record: type) -> Schema:
        """The schema of a dataclass as a component of its own name."""
        component = ResolvedComponent(name=record.__name__, type=ResolvedComponent.SCHEMA, schema={}, object=record)
        if component not in self.registry:
            self.registry.register(component)  # the name first: a dataclass may hold itself
            component.schema = self._of_dataclass(record)
        return component.ref

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
            return self._reference(hint)
        if isinstance(hint, type) and issubclass(hint, str):  # an enumeration of words
            return {"type": "string", "enum": [str(word) for word in hint]}  # type: ignore[attr-defined]
        inner = typing.get_args(hint)
        if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
            kinds = [self._of_type(kind) for kind in inner if kind is not type(None)]
            return _or_null(kinds[0]) if len(kinds) == 1 else {"anyOf": [*kinds, {"type": "null"}]}
        if typing.get_origin(hint) in (tuple, list, Sequence):
            if inner[-1] is Ellipsis or len(inner) == 1:
                return {"type": "array", "items": self._of_type(inner[0])}
            size = len(inner)
            places = [self._of_type(kind) for kind in inner]
            return {"type": "array", "prefixItems": places, "minItems": size, "maxItems": size}
        raise TypeError(f"{hint} has no form in JSON Schema; say it here")

    def _component(self, name: str, schema: Schema) -> Schema:
        component = ResolvedComponent(name=name, type=ResolvedComponent.SCHEMA, schema=schema, object=name)
        self.registry.register_on_missing(component)
        return component.ref


def _or_null(schema: Schema) -> Schema:
    if "$ref" in schema:
        return {"oneOf": [schema, {"type": "null"}]}
    return schema | {"type": [schema["type"], "null"]}


def _path_parameters(resource: str, words: Sequence[str]) -> list[Schema]:
    parameters = []
    for name in (word.strip("{}") for word in words if word.startswith("{")):
        description, schema, example = _IN_PATH[resource, name]
        parameters.append(
            {
                "name": name,
                "in": "path",
                "required": True,
                "description": description,
                "schema": schema,
                "example": example,
            }
        )
    return parameters


def _query_parameter(parameter: Parameter) -> Schema:
    schema: Schema = {
        "name": parameter.name,
        "in": "query",
        "description": parameter.description,
        "schema": dict(parameter.schema),
    }
    if parameter.schema["type"] == "array":
        schema |= {"style": "form", "explode": False}
    if parameter.example:
        # Not as `example` of the parameter: Swagger would send the examples of all parameters at once.
        schema["schema"]["examples"] = [_example(parameter)]
        if "enum" not in parameter.schema:
            schema["description"] += f" For example `{parameter.example}`."
    return schema


def _example(parameter: Parameter) -> Any:
    if parameter.schema["type"] == "array":
        return parameter.example.split(",")
    return int(parameter.example) if parameter.schema["type"] == "integer" else parameter.example


@cache
def _example_problem() -> Schema:
    kind = problem_kinds()["invalid_value"]
    detail = "limit cannot be 0: it is a whole number from 1 to 1000."
    return {
        "type": "https://sogdia.example/api/v1/problems/invalid_value/",
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "instance": "/api/v1/markets/",
        "code": kind.code,
        "request_id": "0b7c5c9f4f5e4f0b8a1f4f0c6d1e2a3b",
        "errors": [{"parameter": "limit", "code": kind.code, "detail": detail}],
    }
