"""What all pages share: which requests they take, what may be asked of them, and how they answer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext as _

from markets import downloads
from markets.door.failures import away_page, failure_page
from markets.door.keeping import kept
from markets.errors import InvalidRequest, InvalidValue, MarketsError
from markets.profiles.difference import Between
from markets.profiles.tables import Table
from markets.vocabulary import AsOf

View = Callable[..., HttpResponse]
LONGEST_WORD = 200
# A shared cache may keep a public page this long; a browser asks again each time.
SHARED_SECONDS = 60

log = logging.getLogger(__name__)


class Tabular(Protocol):
    """A page whose data is one table."""

    def table(self) -> Table: ...


class ManyTables(Protocol):
    """A page whose data is several tables, the main one first."""

    def tables(self) -> tuple[Table, ...]: ...


def page_view(view: View) -> View:
    """A view that answers GET and HEAD, tells every foreseen failure as a page, and says how it may be cached."""
    return page_view_of(lambda: None)(view)


def page_view_of(state: Callable[[], object]) -> Callable[[View], View]:
    """The same for pages of data that are not the markets' alone: `state` tells when that has changed."""

    def wrapped(view: View) -> View:
        @wraps(view)
        def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            def make() -> HttpResponse:
                return view(request, *args, **kwargs)

            return _answered(request, lambda: cacheable(request, kept(request, make, state)))

        return answering

    return wrapped


def live_view(view: View) -> View:
    """The same for what changes while it is looked at: made anew each time, and never kept by anyone."""

    @wraps(view)
    def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = _answered(request, lambda: view(request, *args, **kwargs))
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        response.headers["Cache-Control"] = "no-store"
        return response

    return answering


def _answered(request: HttpRequest, make: Callable[[], HttpResponse]) -> HttpResponse:
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    try:
        refuse_unprintable(request)
        return make()
    except MarketsError as failure:
        return failure_page(request, failure)
    except (OperationalError, InterfaceError) as away:
        log.warning("the database does not answer: %s", away)
        return away_page()


def refuse_unprintable(request: HttpRequest) -> None:
    """Raises InvalidRequest for a NUL character, which no name and no database text holds."""
    if "\x00" in request.path or any("\x00" in text for pair in request.GET.lists() for text in (pair[0], *pair[1])):
        raise InvalidRequest(reason=_("the address holds a character that cannot be printed"))


def cacheable(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Public pages may be shared for a minute; what a signed-in person sees stays with that person."""
    patch_vary_headers(response, ("Accept-Language", "Cookie"))
    if request.COOKIES:
        patch_cache_control(response, private=True, no_cache=True)
    elif response.status_code == 200:
        patch_cache_control(response, public=True, max_age=0, s_maxage=SHARED_SECONDS)
    return response


def answer(request: HttpRequest, template: str, page: object, *, status: int = 200, **beside: object) -> HttpResponse:
    """The page itself; beside: what only some readers are shown with it."""
    return render(request, template, {"page": page, **beside}, status=status)


def moved(request: HttpRequest, written: str, right: str) -> HttpResponse:
    """The way to the same page under the address that spells a code right, with its query."""
    address = f"/{right}/".join(request.path.rsplit(f"/{written}/", 1))
    query = request.META.get("QUERY_STRING", "")
    return redirect(f"{address}?{query}" if query else address, permanent=True)


def answer_with_table(request: HttpRequest, template: str, page: Tabular) -> HttpResponse:
    """The page, or its table as a file when `?download=` asks for one."""
    form = download_form(request)
    if form is None:
        return answer(request, template, page)
    return downloads.response(page.table(), form, as_of=as_of(request), with_bom=with_bom(request))


def answer_with_tables(request: HttpRequest, template: str, page: ManyTables) -> HttpResponse:
    """The page, or its tables as a file when `?download=` asks for one; `?table=` asks for one of them."""
    form = download_form(request)
    if form is None:
        return answer(request, template, page)
    tables = page.tables()
    if asked := word(request, "table"):
        tables = tuple(table for table in tables if table.key == asked)
    if not tables:
        keys = ", ".join(table.key for table in page.tables())
        raise InvalidValue(parameter="table", value=asked, expected=_("choose one of %(keys)s") % {"keys": keys})
    return downloads.response(tables, form, as_of=as_of(request), with_bom=with_bom(request))


def as_of(request: HttpRequest) -> AsOf | None:
    """The moment of knowledge asked for. Raises InvalidValue; an empty word means now."""
    text = request.GET.get("as_of", "").strip()
    return AsOf.parse(text) if text else None


def moment(request: HttpRequest, name: str, *, from_start: bool = False) -> AsOf | None:
    """A day or moment of the query; a day means its end, or its start where the question is what came since then.

    Raises InvalidValue; an empty word means none.
    """
    text = word(request, name)
    try:
        return (AsOf.parse_start(text) if from_start else AsOf.parse(text)) if text else None
    except InvalidValue as wrong:
        raise InvalidValue(parameter=name, value=text, expected=wrong.context["expected"]) from wrong


def between(request: HttpRequest) -> Between | None:
    """The two moments whose difference is asked for: `from` and `to`. Raises InvalidValue."""
    return Between.of(moment(request, "from"), moment(request, "to"))


def download_form(request: HttpRequest) -> downloads.Form | None:
    """The file form asked for. Raises InvalidValue for one that is not made here."""
    text = request.GET.get("download", "")
    if not text:
        return None
    try:
        return downloads.Form(text)
    except ValueError as unknown:
        expected = _("choose csv, xlsx or json")
        raise InvalidValue(parameter="download", value=text, expected=expected) from unknown


def with_bom(request: HttpRequest) -> bool:
    """Whether a CSV begins with a byte order mark: `bom=1`, for Excel. Raises InvalidValue for another word."""
    text = request.GET.get("bom", "")
    if text not in ("", "0", "1"):
        raise InvalidValue(parameter="bom", value=text, expected=_("write 1 or 0"))
    return text == "1"


def word(request: HttpRequest, name: str) -> str:
    """One word of the query, without surrounding blanks. Raises InvalidValue when it is endless."""
    text = request.GET.get(name, "").strip()
    if len(text) > LONGEST_WORD:
        expected = _("at most %(most)s characters") % {"most": LONGEST_WORD}
        raise InvalidValue(parameter=name, value=text, expected=expected)
    return text
