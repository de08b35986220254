"""The workspace: the markets a person tracks, as a table, as a board, and as files."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from companies.door import actor_of, person_page
from companies.profiles import workspace as profiles
from companies.queries.workspace import WorkspaceQuestion
from companies.targets.visiting import look_in
from markets.door.page import answer_with_tables, download_form

# Words of the address that say how it is handed out; all others are its question.
OWN_WORDS: Final = ("download", "bom", "table")


@person_page
def workspace(request: HttpRequest) -> HttpResponse:
    """What is tracked, what changed since the last visit, what is due; `?download=` gives it as a file."""
    actor, now = actor_of(request), timezone.now()
    given = request.GET.copy()
    for word in OWN_WORDS:
        given.pop(word, None)
    question = WorkspaceQuestion.of(given)
    # A file is no visit: what it would tell as seen was not looked at.
    visited = None if download_form(request) else look_in(actor, now)
    page = profiles.workspace(actor, question, visited, now)
    return answer_with_tables(request, "companies/workspace.html", page)
