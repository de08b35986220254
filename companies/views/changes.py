"""The change log of an organisation, as a page and as files."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from companies.door import actor_of, person_page
from companies.profiles.change_log import MOST_IN_FILE, SHOWN, change_log
from companies.queries.changes import ChangeQuestion
from markets import downloads
from markets.door.page import answer, download_form, moment, with_bom, word
from markets.errors import InvalidValue

# Digits that any number of a change or a person has room for.
_LONGEST: Final = 18


@person_page
def audit(request: HttpRequest) -> HttpResponse:
    """The newest changes that match, or a file of them when `?download=` asks for one."""
    question = ChangeQuestion(
        person=_number(request, "person"),
        kind=word(request, "kind"),
        action=word(request, "action"),
        object_id=word(request, "object"),
        since=_day(request, "from", from_start=True),
        until=_day(request, "to", from_start=False),
    )
    before, form = _number(request, "before"), download_form(request)
    limit = SHOWN if form is None else MOST_IN_FILE
    page = change_log(actor_of(request), question, before=before, limit=limit)
    if form is None:
        asked = {name: word(request, name) for name in ("person", "kind", "action", "object", "from", "to")}
        return answer(request, "companies/audit.html", page, asked=asked, is_narrowed=any(asked.values()))
    return downloads.response(page.table(), form, with_bom=with_bom(request))


def _number(request: HttpRequest, name: str) -> int | None:
    """Raises InvalidValue."""
    text = word(request, name)
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST):
        raise InvalidValue(parameter=name, value=text, expected=_("it is a whole number"))
    return int(text)


def _day(request: HttpRequest, name: str, *, from_start: bool) -> dt.datetime | None:
    """The start of the first day asked for, or the end of the last, UTC. Raises InvalidValue."""
    found = moment(request, name, from_start=from_start)
    return found.at if found else None
