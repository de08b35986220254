"""`/target-markets/`: the markets people and companies want to sell to, tracked, changed and followed by programs."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from companies.access import Action, hidden, require_own, require_target
from companies.api.door import PersonDoor, PersonListView, PersonRecordView
from companies.api.writing import Entry, writing
from companies.models import TargetMarket
from companies.profiles.targets import TargetRecord, target_records
from companies.queries.settled import settled_until
from companies.queries.targets import KEPT_BY, targets
from companies.targets.changing import change_target, finish_action
from companies.targets.removing import remove_target, restore_target
from companies.targets.sharing import share_target, unshare_target
from companies.targets.tracking import track
from markets.door.address import list_parameters, record_parameters
from markets.door.parameters import LANG, MARKET_FORM, SLUG_FORM, Parameter, choice, codes, moment, sort, text

UUID_FORM: Final = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
NO_ID: Final = "00000000-0000-4000-8000-000000000000"
_EXAMPLE: Final = {
    "market": "KAZ",
    "category": "appliances",
    "status": "future",
    "next_action": "Ask the agent in Almaty for his price list",
    "next_action_on": "2026-03-02",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetChangeBody:
    """What is said of a target market.

    status: `exporting`, `future` or `not_interested`, with its reason, which `not_interested` needs. stage:
    `exploring`, `contacts`, `offer`, `first_order`, `regular`, or empty. owner: the number of the person in charge, as
    in `owner.number`. next_action: what to do next, with its day.
    """

    status: str | None = None
    reason: str | None = None
    stage: str | None = None
    owner: int | None = None
    next_action: str | None = None
    next_action_on: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetBody:
    """A market to track.

    market: its code. category, product: for these goods alone, by the category or by an HS code of 2, 4 or 6 digits;
    neither: for all goods. company: the id of the company whose target market it is; null: your own. with_rule: false
    makes no alert rule for it. The rest as in a change.
    """

    market: str
    category: str | None = None
    product: str | None = None
    company: uuid.UUID | None = None
    status: str | None = None
    reason: str | None = None
    stage: str | None = None
    owner: int | None = None
    next_action: str | None = None
    next_action_on: str | None = None
    with_rule: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishBody:
    """What came of the next action."""

    said: str | None = None


def standing(target: TargetMarket) -> TargetMarket:
    """The target market, unless it was removed. Raises HiddenObject."""
    if target.removed_at is not None:
        raise hidden(TargetMarket, target.pk)
    return target


class _Targets(PersonDoor):
    """What all addresses of target markets share."""

    model = TargetMarket
    record: ClassVar[type] = TargetRecord

    def permit(self, action: Action, thing: Any) -> None:
        """One's own is changed by oneself, a company's by who may track for companies, a colleague's by nobody else."""
        if thing is None:
            super().permit(action, thing)
        else:
            require_target(self.actor, thing)

    def records(self, rows: Sequence[Any]) -> Sequence[TargetRecord]:
        """The same target markets as on the pages."""
        return target_records(self.actor, rows)


class _Standing(_Targets):
    """An address of a target market that is there."""

    def named(self, key: object) -> TargetMarket:
        """The target market of the address; what was removed is not there."""
        return standing(super().named(key))


class TargetListView(_Targets, PersonListView):
    """Target markets: your own, those of companies where you work, and those that colleagues share to be read.

    To keep a copy in step, ask again with `updated_since` set to the last answer's `meta.complete_until`: what was
    changed is told as it stands now, and what was removed as a tombstone with `removed_at`.
    """

    http_method_names = ("get", "head", "options", "post")
    sorts: ClassVar = {"updated": ("updated_at", "id"), "created": ("created_at", "id")}
    parameters: ClassVar[Sequence[Parameter]] = list_parameters(
        TargetRecord,
        codes("market", "Only these markets.", "KAZ,UZB", MARKET_FORM),
        codes("category", "Only for these categories.", "appliances", SLUG_FORM),
        codes("status", "Only in these states.", "exporting,future", "|".join(TargetMarket.Status.values)),
        codes("company", "Only of these companies, by id.", NO_ID, UUID_FORM),
        choice("kept_by", "Only your own, those of companies, or those that colleagues share.", KEPT_BY),
        moment(
            "updated_since",
            "Only what was changed or removed since then: a day (its start, UTC) or a moment, itself included.",
            "2025-06-30",
            from_start=True,
        ),
        sort("updated", "created"),
    )

    def rows(self) -> Any:
        """The target markets that match; those that were removed too, for readers that follow changes."""
        require_own(self.actor, Action.READ_TARGETS)
        asked, since = self.asked, self.asked["updated_since"]
        # Before the rows are read: what is committed between the two is told, and asked for once more.
        self.complete_until = settled_until() if since else None
        found = targets(
            self.actor,
            kept_by=asked["kept_by"] or "",
            markets=asked["market"] or (),
            statuses=asked["status"] or (),
            with_removed=since is not None,
        )
        beside = {
            "category_id__in": asked["category"],
            "company_id__in": asked["company"],
            "updated_at__gte": since.at if since else None,
        }
        return found.filter(**{name: value for name, value in beside.items() if value})

    @writing(needs=Action.TRACK, body=TargetBody, status=201, address="api:target_market", example=_EXAMPLE)
    def post(self, entry: Entry) -> Any:
        """Track a market: for all goods, a category or a product; your own, or a company's."""
        values = dict(entry.values)
        with_rule = values.pop("with_rule", None) is not False
        return track(self.actor, values, with_rule=with_rule)


class TargetView(_Standing, PersonRecordView):
    """One target market. What was removed is told as a tombstone only in the list, with `updated_since`."""

    http_method_names = ("get", "head", "options", "patch", "delete")
    parameters: ClassVar[Sequence[Parameter]] = record_parameters(TargetRecord)

    @writing(
        needs=Action.TRACK,
        body=TargetChangeBody,
        is_partial=True,
        names_version=True,
        example={"status": "not_interested", "reason": "The certificate costs more than we would earn"},
    )
    def patch(self, entry: Entry) -> Any:
        """Change the fields that are sent. Market and goods stay: track another one instead."""
        return change_target(self.actor, entry.key, entry.version, entry.values)

    @writing(
        needs=Action.TRACK,
        names_version=True,
        status=204,
        parameters=(text("reason", "Why it goes.", "no demand", 500), LANG),
    )
    def delete(self, entry: Entry) -> Any:
        """Remove a target market, with its alert rules: nothing but you brings it back, and its history stays."""
        return remove_target(self.actor, entry.key, entry.version, self.asked["reason"] or "")


class RestoreView(_Targets):
    """Taking a removed target market back."""

    http_method_names = ("post", "options")

    @writing(needs=Action.TRACK, names_version=True)
    def post(self, entry: Entry) -> Any:
        """Bring a removed target market back, with its history."""
        return restore_target(self.actor, entry.key, entry.version)


class ShareView(_Standing):
    """Sharing a target market."""

    http_method_names = ("post", "options")

    @writing(needs=Action.TRACK, names_version=True)
    def post(self, entry: Entry) -> Any:
        """Let the members of your organisation read a target market of your own."""
        return share_target(self.actor, entry.key, entry.version)


class UnshareView(_Standing):
    """Ending the sharing of a target market."""

    http_method_names = ("post", "options")

    @writing(needs=Action.TRACK, names_version=True)
    def post(self, entry: Entry) -> Any:
        """Keep a target market to yourself again."""
        return unshare_target(self.actor, entry.key, entry.version)


class FinishView(_Standing):
    """Finishing the next action."""

    http_method_names = ("post", "options")

    @writing(needs=Action.TRACK, body=FinishBody, names_version=True, example={"said": "He sent the list"})
    def post(self, entry: Entry) -> Any:
        """Finish the next action; what came of it is kept as a note."""
        return finish_action(self.actor, entry.key, entry.version, entry.values.get("said") or "")
