"""Background work as it goes on: the list, one job live, and what staff may do to it."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from markets import jobs
from markets.door.page import answer, answer_with_table, live_view, word
from markets.errors import InvalidRequest
from markets.jobs import wake_later
from markets.models import Job
from markets.profiles import job_list, job_page, job_payload
from markets.profiles.jobs import JobPage
from markets.views.data import raw_bytes
from markets.views.staff import is_staff, staff_view


@live_view
def listing(request: HttpRequest) -> HttpResponse:
    """Jobs that wait, that run, and that ended."""
    page = job_list(word(request, "dataset"), word(request, "state"), word(request, "before"))
    return answer_with_table(request, "markets/jobs.html", page)


@live_view
def job(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One job. `part=live` is what changes while it is open, `part=said` the sentence a screen reader speaks."""
    page = job_page(key, is_staff=is_staff(request))
    part = word(request, "part")
    if part == "said":
        if word(request, "heard") == heard(page):
            return HttpResponse(status=204)
        return answer(request, "markets/_job_said.html", page, heard=heard(page))
    if part != "live":
        return answer(request, "markets/job.html", page, heard=heard(page))
    if page.job.is_open:
        return answer(request, "markets/_job_live.html", page)
    # It has ended: everything is shown anew, in the place of what was live.
    response = answer(request, "markets/_job.html", page)
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#job", "outerHTML"
    return response


def heard(page: JobPage) -> str:
    """What a listener has been told when told this: nothing is said twice."""
    shown = page.job
    return f"{shown.state}-{shown.attempts}-{shown.progress.done}-{shown.progress.total}-{int(shown.is_slow)}"


@staff_view
def payload(request: HttpRequest, key: uuid.UUID, sha256: str) -> HttpResponse:
    """Bytes that a job was given, whatever they are: for staff alone, for no licence speaks of them."""
    return raw_bytes(request, job_payload(key, sha256))


@staff_view
def cancel(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Cancel a job that is open."""
    return _done(request, key, jobs.cancel, _("The job was asked to stop."))


@staff_view
def retry(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Let a job that failed, was given up or was cancelled wait for a worker again."""
    return _done(request, key, jobs.retry, _("The job waits for a worker again."))


def _done(request: HttpRequest, key: uuid.UUID, change: Callable[[Job], Job], told: str) -> HttpResponse:
    """Do it and show the job; whoever comes here by a plain link is shown the job alone."""
    found = get_object_or_404(Job, pk=key, dataset__isnull=False)
    if request.method == "POST":
        try:
            changed = change(found)
        except InvalidRequest as refused:
            messages.warning(request, refused.message(_))
        else:
            messages.success(request, told)
            if changed.state == Job.State.QUEUED:
                wake_later(changed)
    return redirect("markets:job", key)
