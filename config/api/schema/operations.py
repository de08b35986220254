"""The operations of the OpenAPI document: each address and method, by what its view declares."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any, cast

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry

from companies.api.bodies import MOST_AT_ONCE
from companies.api.door import PersonDoor
from companies.api.writing import Write
from config.api.schema import shapes
from config.api.schema.shapes import Schema, path_parameters, query_parameter
from config.api.schema.types import Components
from markets.door.address import Door, ListView, RecordView

_KEY_OR_NONE: Sequence[Schema] = ({}, {"key": []})
_KEY_OR_SESSION: Sequence[Schema] = ({"key": []}, {"session": []})
# What a method does to the thing or list at an address; a POST to anything else is what the address says.
_DOES = {"PATCH": "edit", "DELETE": "remove"}


class ApiSchema(AutoSchema):
    """One operation of the document. Only our own addresses are described."""

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: ComponentRegistry
    ) -> Schema | None:
        """Everything about one method of one address; None for what is not part of the API."""
        if not isinstance(self.view, Door):
            return None
        self.registry, self.path, self.path_prefix = registry, path, path_prefix
        self.path_regex, self.method = path_regex, method.upper()
        self.components = Components(registry)
        self.words = [word for word in path.removeprefix(path_prefix.strip("^")).split("/") if word]
        self.is_named = any("{" in word for word in self.words)
        if self.method == "GET":
            return self._read()
        write = getattr(getattr(self.view, self.method.lower(), None), "write", None)
        return None if write is None else self._written(write)

    # ---------------------------------------------------------------- reading
    def _read(self) -> Schema:
        is_list = isinstance(self.view, ListView)
        is_thing = not self.words or isinstance(self.view, RecordView) or self.is_named
        described = inspect.cleandoc(type(self.view).__doc__ or "")
        named = self._named("list" if is_list or not is_thing else "read")
        is_private = isinstance(self.view, PersonDoor)
        return {
            # Two addresses that differ in a code alone would have one name.
            "operationId": getattr(self.view, "operation", named),
            "summary": described.split(":")[0].split(".")[0],
            "description": described,
            "tags": [self._resource()],
            "security": list(_KEY_OR_SESSION if is_private else _KEY_OR_NONE),
            "parameters": [
                *path_parameters(self._resource(), self.words),
                *map(query_parameter, cast("Door", self.view).parameters),
            ],
            "responses": dict(sorted(self._answers_of_reading(is_list=is_list, is_private=is_private).items())),
        }

    def _answers_of_reading(self, *, is_list: bool, is_private: bool) -> Schema:
        view, problem = cast("Any", self.view), self.components.problem
        is_in_part = any(parameter.name == "fields" for parameter in view.parameters)
        record = self.components.in_part(view.record) if is_in_part else self.components.reference(view.record)
        found = self.components.page_of(record) if is_list else record
        has_version = is_private and "version" in view.record.__dataclass_fields__
        etag = shapes.VERSION if has_version else shapes.ETAG
        headers = ({} if is_list and is_private else etag) | shapes.REQUEST_ID | (shapes.LINK if is_list else {})
        answers: Schema = {
            "200": {
                "description": "Found",
                "headers": headers,
                "content": {"application/json": {"schema": found}}
                | {form: {"schema": {"type": "string"}} for form in view.also_as},
            },
            "400": problem("A parameter is unknown or has a wrong value"),
            "405": problem("Only GET, HEAD and OPTIONS"),
            **self._answers_of_all(),
        }
        if not (is_list and is_private):
            answers["304"] = {"description": "Not changed since the ETag in If-None-Match"}
        if isinstance(view, RecordView) and type(view).plainly is not RecordView.plainly:
            answers["308"] = {"description": "The same thing under the plain form of its code"}
        if is_private:
            answers |= self._answers_to_members()
        if self.is_named:
            answers["404"] = problem("There is no such thing")
        return answers

    # ---------------------------------------------------------------- writing
    def _written(self, write: Write) -> Schema:
        described = inspect.cleandoc(getattr(self.view, self.method.lower()).__doc__ or "")
        is_list = isinstance(self.view, ListView)
        headers = [shapes.IF_MATCH] if write.names_version else []
        headers += [shapes.IDEMPOTENCY_KEY] if self.method == "POST" else []
        said: Schema = {
            "operationId": getattr(
                self.view, "operation", self._named(_DOES.get(self.method, "create" if is_list else ""))
            ),
            "summary": described.split(":")[0].split(".")[0],
            "description": described,
            "tags": [self._resource()],
            "security": list(_KEY_OR_SESSION),
            "parameters": [
                *path_parameters(self._resource(), self.words),
                *headers,
                *map(query_parameter, write.parameters),
            ],
            "responses": dict(sorted(self._answers_of_writing(write).items())),
        }
        if write.body is not None:
            content: Schema = {"schema": self._body(write)}
            if write.example:
                content["example"] = dict(write.example)
            said["requestBody"] = {"required": write.is_required, "content": {"application/json": content}}
        if write.files:
            said["requestBody"] = {"required": True, "content": {each: _file_as(each) for each in write.files}}
        return said

    def _body(self, write: Write) -> Schema:
        body = self.components.body(cast("type", write.body), is_partial=write.is_partial)
        if not write.takes_many:
            return body
        return {"oneOf": [body, {"type": "array", "items": body, "minItems": 1, "maxItems": MOST_AT_ONCE}]}

    def _answers_of_writing(self, write: Write) -> Schema:
        problem = self.components.problem
        answers: Schema = {
            str(write.status): self._done(write),
            "400": problem("The body is no JSON, or a parameter or header has a wrong value"),
            "405": problem("The header Allow names the methods there are"),
            "413": problem("The body is larger than is read here"),
            "415": problem("The body is not application/json"),
            "422": problem("Entries are wrong or unknown; `errors` names each. Nothing was changed"),
            **self._answers_of_all(),
            **self._answers_to_members(),
        }
        if self.is_named or getattr(self.view, "names_others", False):
            answers["404"] = problem("There is no such thing")
        if write.names_version:
            answers["412"] = problem("It was changed by somebody else since: read it again, then decide")
            answers["428"] = problem("The header If-Match is missing")
        return answers

    def _done(self, write: Write) -> Schema:
        if write.status == 204:
            return {"description": "Done", "headers": dict(shapes.REQUEST_ID)}
        kind = cast("Any", self.view).record
        record = self.components.reference(kind)
        if write.takes_many:
            many = {"type": "array", "items": record, "maxItems": MOST_AT_ONCE}
            record = {"anyOf": [record, {"type": "object", "required": ["data"], "properties": {"data": many}}]}
        headers = shapes.REQUEST_ID | (shapes.REPLAYED if self.method == "POST" else {})
        headers |= shapes.VERSION if "version" in kind.__dataclass_fields__ else {}
        headers |= shapes.LOCATION if write.address else {}
        return {"description": "Done", "headers": headers, "content": {"application/json": {"schema": record}}}

    # ---------------------------------------------------------------- what they share
    def _resource(self) -> str:
        return self.words[0] if self.words else "index"

    def _named(self, what: str) -> str:
        words = [word for word in self.words or ["index"] if "{" not in word]
        return "_".join([*words, what] if what else words)

    def _answers_of_all(self) -> Schema:
        problem = self.components.problem
        return {
            "401": problem("The key that was sent does not hold"),
            "406": problem("Only application/json is offered"),
            "429": problem("Too many requests in this minute; Retry-After says when to try again"),
            "500": problem("Failed, and logged under the request_id"),
            "503": problem("The data cannot be reached; Retry-After says when to try again"),
        }

    def _answers_to_members(self) -> Schema:
        problem = self.components.problem
        return {
            "401": problem("No valid key or session was sent"),
            "403": problem("The role or the key's scopes do not allow this"),
            "409": problem("Not in the state that things are in, or another request is being answered"),
        }


def _file_as(media_type: str) -> Schema:
    """A file as the body itself, or as the one field of a form."""
    file = {"type": "string", "format": "binary"}
    if media_type != "multipart/form-data":
        return {"schema": file}
    return {"schema": {"type": "object", "required": ["file"], "properties": {"file": file}}}
