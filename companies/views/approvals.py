"""The queue of approvals: what waits, and deciding on several at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from companies.access import Actor, seen
from companies.door import actor_of, person_view, version_sent
from companies.models import ExportRecord
from companies.profiles.approvals import approvals_queue
from companies.profiles.records import RecordEntry, record_entries
from companies.records.deciding_together import Decision, Verdict, decide_together
from markets.door.page import answer, word


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one record. record None: it is not there any more. refused: in words; empty where decided."""

    record: RecordEntry | None
    refused: str


@person_view
def approvals(request: HttpRequest) -> HttpResponse:
    """Records that wait for a decision, the oldest first; POST decides on those that were ticked."""
    actor = actor_of(request)
    if request.method != "POST":
        return answer(request, "companies/approvals.html", approvals_queue(actor, request.GET, word(request, "after")))
    chosen = [_chosen(text) for text in request.POST.getlist("record")]
    verdict = Verdict.SEND_BACK if request.POST.get("verdict") == Verdict.SEND_BACK else Verdict.APPROVE
    note = request.POST.get("note", "")
    queue = approvals_queue(actor, request.GET, word(request, "after"))
    problems = _problems(chosen, verdict, note)
    if problems:
        ticked = {key for key, _version in chosen}
        return answer(
            request, "companies/approvals.html", queue, status=422, problems=problems, note=note, ticked=ticked
        )
    decided = decide_together(actor, chosen, verdict, note)
    queue = approvals_queue(actor, request.GET)
    results = _results(actor, decided)
    refused = sum(bool(result.refused) for result in results)
    done = len(results) - refused
    return answer(
        request, "companies/approvals.html", queue, results=results, verdict=verdict.value, done=done, refused=refused
    )


def _chosen(text: str) -> tuple[str, int | None]:
    """A ticked record: its id and the version that was looked at."""
    key, _colon, version = text.partition(":")
    return key, version_sent(version)


def _problems(chosen: Sequence[object], verdict: Verdict, note: str) -> list[tuple[str, str]]:
    problems = []
    if not chosen:
        problems.append(("queue", _("Choose at least one record.")))
    if verdict is Verdict.SEND_BACK and not note.strip():
        problems.append(("decision-note", _("Say what has to be put right before you send records back.")))
    return problems


def _results(actor: Actor, decided: Sequence[Decision]) -> list[Result]:
    rows = seen(actor, ExportRecord).filter(pk__in=[each.key for each in decided if _is_id(each)])
    entries = {str(entry.id): entry for entry in record_entries(actor, rows)}
    return [Result(entries.get(each.key), each.refused.message(_) if each.refused else "") for each in decided]


def _is_id(decision: Decision) -> bool:
    """What is no id at all is refused as hidden, and names no row."""
    return decision.refused is None or decision.refused.code != "hidden_object"
