"""The door of the API for what belongs to people: who asks, what they may, and that nobody else keeps the answer."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import Model
from django.http import HttpResponse
from django.utils.cache import patch_cache_control
from rest_framework.request import Request
from rest_framework.response import Response

from companies.access import Action, Actor, actor_of_key, one, require_for, seen
from companies.api.keys import KeyAuthentication, PersonSession
from companies.door import actor_of
from companies.models import ApiKey, Change
from markets.door.address import Door, ListView, RecordView, chosen, unless_known
from markets.door.parameters import Parameter, read_query
from markets.door.request import request_id


class PersonDoor(Door):
    """An address for members of organisations: by key or session, never kept by a cache, for no other site to read.

    model: the table whose rows it shows; thing: the one that its address names, where it is another.
    """

    authentication_classes = (KeyAuthentication, PersonSession)
    varies_by = (*Door.varies_by, "Authorization", "Cookie")
    fresh_seconds = 0
    model: ClassVar[type[Model]]
    thing: ClassVar[type[Model] | None] = None

    @cached_property
    def actor(self) -> Actor:
        """Whoever asks, with the roles of this moment."""
        key, number = self.request.auth, request_id(self.request._request)  # noqa: SLF001 the plain request below DRF's
        if isinstance(key, ApiKey):
            return actor_of_key(key, request_id=number)
        person = actor_of(self.request._request)  # noqa: SLF001 see above
        return replace(person, via=Change.Via.API, request_id=number)

    def question(self, request: Request) -> Mapping[str, Any]:
        """What is asked, of those who may ask at all. Raises SignInNeeded, InvalidRequest."""
        _ = self.actor.person
        return read_query(request.GET, self.parameters_of(request.method or ""))

    def parameters_of(self, method: str) -> Sequence[Parameter]:
        """What may be asked with a method; what is written has words of its own."""
        write = getattr(getattr(self, method.lower(), None), "write", None)
        return self.parameters if write is None else write.parameters

    def named(self, key: object) -> Any:
        """The thing of the address. Raises HiddenObject where it does not exist for the actor."""
        return one(self.actor, self.thing or self.model, key)

    def permit(self, action: Action, thing: Any) -> None:
        """The actor may do this with the thing of the address; None where it names none.

        Raises what `companies.access` says of each.
        """
        require_for(self.actor, action, thing)

    def records(self, rows: Sequence[Any]) -> Sequence[Any]:
        """The records of some rows, in their order."""
        raise NotImplementedError

    def shown(self, keys: Sequence[object]) -> Sequence[Any]:
        """The records of the rows with these keys, in their order, as they stand now."""
        rows = {row.pk: row for row in self.shown_rows().filter(pk__in=keys)}
        return self.records([rows[key] for key in keys])

    def shown_rows(self) -> Any:
        """The rows that exist for the actor, with what their records are made of."""
        return seen(self.actor, self.model)

    def tell_caches(self, request: Request, response: Any) -> None:
        """Nobody keeps it; a thing has its ETag, which begins with its version where it has one: writes name it."""
        patch_cache_control(response, private=True, no_store=True)
        if isinstance(response, ThingResponse):
            response.add_post_render_callback(lambda rendered: self._with_etag(request, rendered, response.version))

    def etag(self, version: int | None, content: bytes) -> str:
        """The version, and after it what tells these very bytes, shown to this person, from any others."""
        digest = hashlib.sha256(f"{self.actor.person.pk} ".encode() + content).hexdigest()[:24]
        return f'"{digest}"' if version is None else f'"{version}-{digest}"'

    def _with_etag(self, request: Request, response: HttpResponse, version: int | None) -> Any:
        etag = self.etag(version, response.content)
        if "If-None-Match" in request.headers and "If-Match" not in request.headers:
            return unless_known(request, response, etag)
        response["ETag"] = etag
        return None


class ThingResponse(Response):
    """An answer about one thing, in one version; None for what has no versions."""

    def __init__(self, data: Any, version: int | None, **beside: Any) -> None:
        super().__init__(data, **beside)
        self.version = version


class PersonRecordView(PersonDoor, RecordView):
    """The address of one thing of an organisation or a person."""

    def get(self, request: Request, **codes: Any) -> Response:  # noqa: ARG002 DRF's signature
        """The thing, with its version in the ETag; only the wanted members of it with `fields`."""
        found = self.found(**codes)
        version = getattr(found, "version", None)
        return ThingResponse(chosen([found], self.asked.get("fields"))[0], version)

    def found(self, **codes: Any) -> Any:
        """The record with this id. Raises HiddenObject."""
        return self.shown([self.named(codes["id"]).pk])[0]


class PersonListView(PersonDoor, ListView):
    """The address of a list of an organisation: `{data, page, meta}`, one page at a time.

    complete_until: from when to ask again for what changes; None where that was not asked. Set before rows are read.
    """

    complete_until: dt.datetime | None = None

    def meta(self, *, is_empty: bool) -> dict[str, Any]:  # noqa: ARG002 an empty answer says enough
        """From when to ask again."""
        return {} if self.complete_until is None else {"complete_until": self.complete_until}

    def position(self, row: Any) -> list[Any]:
        """Where a row stands, in words that a cursor can hold."""
        return [_word(value) for value in super().position(row)]


def _word(value: Any) -> Any:
    is_moment = isinstance(value, dt.datetime)
    return str(value) if isinstance(value, uuid.UUID) or (isinstance(value, dt.date) and not is_moment) else value
