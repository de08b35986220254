"""The forms that stand in the OpenAPI document by themselves: codes in addresses, problems, pages, headers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from config.api.problems import problem_kinds
from markets.door.parameters import INDICATOR_FORM, LIMIT_MOST, SLUG_FORM, Parameter

Schema = dict[str, Any]

NO_ID: Final = "00000000-0000-4000-8000-000000000000"

# The codes in addresses, with one that exists.
IN_PATH: Final[Mapping[tuple[str, str], tuple[str, Schema, Any]]] = {
    ("markets", "iso3"): ("ISO 3166 alpha-3 code", {"type": "string", "pattern": "^[A-Z]{3}$"}, "KAZ"),
    ("markets", "partner"): ("ISO 3166 alpha-3 code", {"type": "string", "pattern": "^[A-Z]{3}$"}, "CHN"),
    ("markets", "code"): ("Indicator code", {"type": "string", "pattern": f"^{INDICATOR_FORM}$"}, "NY.GDP.MKTP.CD"),
    ("flows", "exporter"): ("ISO 3166 alpha-3 code", {"type": "string", "pattern": "^[A-Z]{3}$"}, "CHN"),
    ("flows", "importer"): ("ISO 3166 alpha-3 code", {"type": "string", "pattern": "^[A-Z]{3}$"}, "KAZ"),
    ("flows", "product"): ("HS code of any revision", {"type": "string", "pattern": r"^\d{2}(\d{2}){0,2}$"}, "8541"),
    ("products", "code"): ("HS 2022 code", {"type": "string", "pattern": r"^\d{2}(\d{2}){0,2}$"}, "8418"),
    ("categories", "slug"): ("Category", {"type": "string", "pattern": f"^{SLUG_FORM}$"}, "appliances"),
    ("indicators", "code"): ("Indicator code", {"type": "string", "pattern": f"^{INDICATOR_FORM}$"}, "NY.GDP.MKTP.CD"),
    ("datasets", "id"): ("Dataset", {"type": "string", "pattern": f"^{SLUG_FORM}$"}, "worldbank"),
    ("releases", "id"): ("Number of the release", {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}, 1),
    ("jobs", "id"): ("Job", {"type": "string", "format": "uuid"}, NO_ID),
    ("companies", "id"): ("Company", {"type": "string", "format": "uuid"}, NO_ID),
    ("imports", "id"): ("Import", {"type": "string", "format": "uuid"}, NO_ID),
    ("export-records", "id"): ("Export record", {"type": "string", "format": "uuid"}, NO_ID),
    ("target-markets", "id"): ("Target market", {"type": "string", "format": "uuid"}, NO_ID),
    ("target-markets", "entry"): ("Note or evidence", {"type": "string", "format": "uuid"}, NO_ID),
    ("alert-rules", "id"): ("Alert rule", {"type": "string", "format": "uuid"}, NO_ID),
    ("alerts", "id"): ("Alert", {"type": "string", "format": "uuid"}, NO_ID),
    ("problems", "code"): ("Code of the problem", {"type": "string", "pattern": "^[a-z_]{1,40}$"}, "invalid_value"),
}
_TEXT: Final = {"type": "string"}
PROBLEM: Final[Schema] = {
    "type": "object",
    "description": "RFC 9457. `code` is constant; `title` and `detail` are in the language of the request.",
    "required": ["type", "title", "status", "detail", "instance", "code", "request_id", "errors"],
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "Address that explains this kind of problem"},
        "title": _TEXT,
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": _TEXT,
        "instance": {"type": "string", "format": "uri-reference", "description": "Path of the request"},
        "code": _TEXT,
        "request_id": {**_TEXT, "description": "The same as in the header X-Request-ID"},
        "errors": {
            "type": "array",
            "description": "Every fault: of a parameter by its name, of a body's field by JSON pointer",
            "items": {
                "type": "object",
                "required": ["code", "detail"],
                "properties": {
                    "parameter": _TEXT,
                    "pointer": _TEXT,
                    "code": _TEXT,
                    "detail": _TEXT,
                },
            },
        },
    },
}
PAGE: Final[Schema] = {
    "type": "object",
    "required": ["next", "prev", "limit"],
    "properties": {
        "next": {"type": ["string", "null"], "format": "uri"},
        "prev": {"type": ["string", "null"], "format": "uri"},
        "limit": {"type": "integer", "minimum": 1, "maximum": LIMIT_MOST},
    },
}
META: Final[Schema] = {
    "type": "object",
    "description": "What holds for the whole list. Members that are not named here may be added.",
    "properties": {
        "total": {"type": ["integer", "null"], "minimum": 0, "description": "Records that match, with `count=exact`"},
        "as_of": {"type": "string", "format": "date-time"},
        "complete_until": {
            "type": "string",
            "format": "date-time",
            "description": "Ask again with this as `updated_since`, and nothing that was recorded is missed",
        },
        "total_above": {"type": "integer", "description": "More records match than are counted; `total` is null"},
        "loaded": {
            "type": "array",
            "description": "Of trade of single products: the datasets and years that are loaded at all",
            "items": {
                "type": "object",
                "required": ["dataset", "years"],
                "properties": {"dataset": _TEXT, "years": {"type": "array", "items": {"type": "integer"}}},
            },
        },
        "note": {"type": "string", "description": "Why there is nothing: not loaded, or not public at `as_of`"},
        "withheld_datasets": {
            "type": "array",
            "items": {"type": "string"},
            "description": "Left out, because their licence does not let them be passed on to everyone",
        },
    },
}
REQUEST_ID: Final[Schema] = {"X-Request-ID": {"schema": {"type": "string"}}}
ETAG: Final[Schema] = {
    "ETag": {"schema": {"type": "string"}, "description": "Send it as If-None-Match: 304 when nothing changed"},
}
VERSION: Final[Schema] = {
    "ETag": {
        "schema": {"type": "string", "pattern": r'^(W/)?"\d+-[0-9a-f]+"$'},
        "description": "Begins with the version; send it as If-Match with what you change, or as If-None-Match",
    },
}
LINK: Final[Schema] = {"Link": {"schema": {"type": "string"}, "description": "The same as page.next and page.prev"}}
LOCATION: Final[Schema] = {"Location": {"schema": {"type": "string"}, "description": "Where the new thing stands"}}
REPLAYED: Final[Schema] = {
    "Idempotency-Replayed": {
        "schema": {"type": "string", "const": "true"},
        "description": "Only on an answer that was given before, to the same request with the same Idempotency-Key",
    },
}
IF_MATCH: Final[Schema] = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of what you read: what somebody changed meanwhile is not overwritten.",
    "schema": {"type": "string", "pattern": r'^(W/)?"\d{1,9}(-[0-9a-f]{1,64})?"$'},
    "example": '"1"',
}
IDEMPOTENCY_KEY: Final[Schema] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A word of your own for this request: sent again within 24 hours, it is done once.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[\x20-\x7e]+$"},
    "example": "row-2025-04-17-1",
}


def path_parameters(resource: str, words: Sequence[str]) -> list[Schema]:
    """The codes that stand in an address."""
    parameters = []
    for name in (word.strip("{}") for word in words if word.startswith("{")):
        description, schema, example = IN_PATH[resource, name]
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


def query_parameter(parameter: Parameter) -> Schema:
    """What may be asked, as the view declares it."""
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
def example_problem() -> Schema:
    """What a refusal looks like."""
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
