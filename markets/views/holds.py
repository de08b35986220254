"""Staff decides on a release that the gates held back: looks, says why, and is shown what it does."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from markets import refresh as refreshing
from markets.door.page import answer, answer_with_table, download_form, word
from markets.errors import HoldDecided, InvalidValue
from markets.forms import DecisionForm, problems_of
from markets.forms.deciding import DISCARD
from markets.models import Release
from markets.profiles import decision, review_page
from markets.profiles.holds import ReviewPage
from markets.profiles.provenance import ReleaseLine
from markets.profiles.slices import SliceRef
from markets.refresh import Rehearsal
from markets.views.staff import staff_view


@dataclass(frozen=True, slots=True)
class Review:
    """A held release under the eyes of a person. problems: (id of the field, message)."""

    shown: ReviewPage
    form: DecisionForm
    problems: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a decision will do, before it is done. rehearsal None: it is discarded, and nothing changes."""

    release: ReleaseLine
    form: DecisionForm
    decision: str
    note: str
    rehearsal: Rehearsal | None
    stays_out: tuple[SliceRef, ...] = ()


@staff_view
def review(request: HttpRequest, key: int) -> HttpResponse:
    """The differences of a held release, and the decision on it."""
    if decision(key).release.state != Release.State.HELD:
        return answer(request, "markets/review_decided.html", decision(key), status=_status_of(request))
    if request.method == "POST":
        return _decided(request, key)
    is_file = download_form(request) is not None
    shown = review_page(
        key,
        slice_key=word(request, "slice"),
        verdict=word(request, "verdict"),
        number=_number(request),
        is_whole=is_file,
    )
    if is_file:
        return answer_with_table(request, "markets/review.html", shown)
    return answer(request, "markets/review.html", Review(shown, DecisionForm()))


def _decided(request: HttpRequest, key: int) -> HttpResponse:
    form = DecisionForm(request.POST)
    if not form.is_valid():
        page = Review(review_page(key), form, tuple(problems_of(form)))
        return answer(request, "markets/review.html", page, status=422)
    wish, note = form.cleaned_data["decision"], form.cleaned_data["note"]
    try:
        if form.cleaned_data["is_sure"]:
            return _carried_out(request, key, wish, note)
        confirmation = Confirmation(decision(key).release, form, wish, note, None)
        if wish != DISCARD:
            confirmation = _rehearsed(confirmation)
    except HoldDecided:
        # Another person was faster.
        return answer(request, "markets/review_decided.html", decision(key), status=HoldDecided.http_status)
    return answer(request, "markets/review_confirm.html", confirmation)


def _rehearsed(confirmation: Confirmation) -> Confirmation:
    """With what publishing would do now."""
    rehearsal = refreshing.rehearse_held(confirmation.release.id)
    kept_out = {held.slice.key: held.slice for held in review_page(confirmation.release.id).slices}
    stays_out = tuple(kept_out[key] for key in rehearsal.stays_out if key in kept_out)
    return replace(confirmation, rehearsal=rehearsal, stays_out=stays_out)


def _carried_out(request: HttpRequest, key: int, wish: str, note: str) -> HttpResponse:
    if wish == DISCARD:
        refreshing.discard_held(key, by=request.user, note=note)
        messages.success(request, _("It is discarded. What was in force stays; the same delivery is not held again."))
    elif refreshing.publish_held(key, by=request.user, note=note).state == Release.State.DISCARDED:
        messages.info(request, _("Nothing in it differs any more from what is in force, so it was discarded."))
    else:
        messages.success(request, _("It is published and in force."))
    return redirect("markets:release", key)


def _status_of(request: HttpRequest) -> int:
    """Whoever only looks finds a page; whoever wanted to decide is told that it was decided."""
    return HoldDecided.http_status if request.method == "POST" else 200


def _number(request: HttpRequest) -> int:
    """The number of the page asked for. Raises InvalidValue."""
    text = word(request, "page") or "1"
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise InvalidValue(parameter="page", value=text, expected=_("write a number from 1 on"))
    return int(text)
