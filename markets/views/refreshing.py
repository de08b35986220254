"""Staff asks for a refresh: by download, or from files of the publisher's. This process only keeps their bytes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Self

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from markets import refresh as refreshing
from markets import sources
from markets.door.bodies import size_beyond
from markets.door.page import answer
from markets.errors import NotFound
from markets.forms import MOST_UPLOAD_BYTES, UploadForm, problems_of
from markets.forms.uploads import too_large
from markets.jobs import wake_later
from markets.models import Job
from markets.profiles import dataset_page
from markets.profiles.datasets import DatasetLine
from markets.views.staff import staff_view


@dataclass(frozen=True, slots=True)
class RefreshForms:
    """What staff can do to refresh a dataset. key: sent with either form, so that a double click is one job."""

    dataset: DatasetLine
    key: str
    upload: UploadForm | None
    most: str
    problems: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, dataset: DatasetLine, given: UploadForm | None = None, *, refused: str = "") -> Self:
        """The forms of a dataset, blank or as they were sent and refused."""
        source = sources.readable(dataset.id)
        blank = UploadForm(endings=source.endings) if source else None
        problems = problems_of(given) if given else []
        if refused:
            problems = [(blank["delivered"].id_for_label if blank else "", refused)]
        return cls(dataset, uuid.uuid4().hex, given or blank, filesizeformat(MOST_UPLOAD_BYTES), tuple(problems))


def _small_enough(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Looks at the announced size before anything of the body is read: not even the form's token may cost more."""

    @wraps(view)
    def answering(request: HttpRequest, key: str) -> HttpResponse:
        size = size_beyond(request, MOST_UPLOAD_BYTES)
        if size is None:
            return view(request, key)
        forms = RefreshForms.of(dataset_page(key).dataset, refused=too_large(size))
        return answer(request, "markets/refresh.html", forms, status=413)

    return answering


@csrf_protect
def _asked(request: HttpRequest, key: str) -> HttpResponse:
    """The forms, or the job that was asked for by one of them."""
    dataset = dataset_page(key).dataset
    if request.method != "POST":
        return answer(request, "markets/refresh.html", RefreshForms.of(dataset))
    if request.POST.get("by") != "files":
        return _queued(request, key)
    source = sources.readable(key)
    if source is None:
        return _queued(request, key)
    form = UploadForm(request.POST, request.FILES, endings=source.endings)
    if not form.is_valid():
        return answer(request, "markets/refresh.html", RefreshForms.of(dataset, form), status=422)
    uploads = [(file.name, file.content_type or "", file.read()) for file in form.cleaned_data["delivered"]]
    return _queued(request, key, uploads=uploads)


# The token of the form is looked at inside, once the size of what was sent is known.
refresh = csrf_exempt(staff_view(_small_enough(_asked)))


def _queued(request: HttpRequest, key: str, **more: Any) -> HttpResponse:
    """Leave the job, wake a worker when there is one to wake, and show what becomes of it."""
    idempotency_key = _idempotency_key(request, key)
    with transaction.atomic():
        job = refreshing.request(key, requested_by=request.user, idempotency_key=idempotency_key, **more)
        wake_later(job)
    _told(request, job, idempotency_key)
    return redirect("markets:job", job.pk)


def _told(request: HttpRequest, job: Job, idempotency_key: str | None) -> None:
    if idempotency_key and job.idempotency_key != idempotency_key:
        messages.info(request, _("The same was asked for before and is still open: this is that job."))
    else:
        messages.success(request, _("The refresh is asked for. This page shows how it goes; you may leave it."))


def _idempotency_key(request: HttpRequest, dataset: str) -> str | None:
    """The key of the form as this person's own; None where none was sent. Raises NotFound for another thing."""
    sent = request.POST.get("key", "")
    if not sent:
        return None
    try:
        return f"refresh:{dataset}:{request.user.pk}:{uuid.UUID(sent).hex}"
    except ValueError as unknown:
        raise NotFound(kind=_("key of a form"), key=sent) from unknown
