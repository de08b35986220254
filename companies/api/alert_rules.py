"""`/alert-rules/`: what a person wants to be told of, each rule one sentence."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Final

from companies.access import Action, hidden, require_own
from companies.alerts.previewing import MONTHS
from companies.alerts.rules import change_rule, make_rule, pause_rule, remove_rule, resume_rule
from companies.api.door import PersonDoor, PersonListView, PersonRecordView
from companies.api.targets import NO_ID, UUID_FORM
from companies.api.writing import Entry, writing
from companies.models import AlertRule
from companies.profiles.alert_rules import RuleRecord, rule_records
from companies.profiles.rule_previews import RulePreview, rule_preview
from companies.queries.alerts import rules
from markets.door.address import list_parameters, record_parameters
from markets.door.parameters import MARKET_FORM, Parameter, choice, codes, number, sort

_MOST_MONTHS: Final = 120
_EXAMPLE: Final = {"kind": "changes", "market": "KAZ", "indicator": "NY.GDP.MKTP.CD", "change_pct": "5"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBody:
    """Tell me when this happens.

    kind: `crosses` or `changes` of an indicator in a market; `revised` of any figure of a market, or of one indicator;
    `rate_crosses` or `rate_changes` of a currency against a base; `record_approved` of an organisation, by default
    where you work, of one company or to one market where it is named; `source_late` of a dataset. target: the id of the
    target market it belongs to. threshold: in the unit of the indicator, or units of `currency` for one `base`.
    change_pct: more than so many per cent. direction: `up`, `down`, or empty for either way.
    """

    kind: str
    target: uuid.UUID | None = None
    market: str | None = None
    indicator: str | None = None
    currency: str | None = None
    base: str | None = None
    dataset: str | None = None
    organisation: uuid.UUID | None = None
    company: uuid.UUID | None = None
    threshold: str | Decimal | None = None
    change_pct: str | Decimal | None = None
    direction: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChangeBody:
    """Other numbers, another direction, another target market: what a rule is about stays for its whole life."""

    target: uuid.UUID | None = None
    threshold: str | Decimal | None = None
    change_pct: str | Decimal | None = None
    direction: str | None = None


class _Rules(PersonDoor):
    """What all addresses of alert rules share."""

    model = AlertRule
    record: ClassVar[type] = RuleRecord

    def named(self, key: object) -> AlertRule:
        """The rule of the address; what was removed is not there."""
        rule: AlertRule = super().named(key)
        if rule.removed_at is not None:
            raise hidden(AlertRule, key)
        return rule

    def records(self, rows: Sequence[Any]) -> Sequence[RuleRecord]:
        """The same rules as on the pages."""
        return rule_records(self.actor, rows)


class RuleListView(_Rules, PersonListView):
    """Alert rules: what you want to be told of. Nobody else sees them."""

    http_method_names = ("get", "head", "options", "post")
    sorts: ClassVar = {"created": ("created_at", "id")}
    parameters: ClassVar[Sequence[Parameter]] = list_parameters(
        RuleRecord,
        codes("kind", "Only of these kinds.", "revised,changes", "|".join(AlertRule.Kind.values)),
        codes("market", "Only of these markets.", "KAZ,UZB", MARKET_FORM),
        codes("target", "Only those of these target markets, by id.", NO_ID, UUID_FORM),
        choice("state", "Only those in force, or only those that rest.", ("in_force", "paused")),
        sort("-created"),
    )

    def rows(self) -> Any:
        """The rules that match."""
        require_own(self.actor, Action.READ_TARGETS)
        wanted = {
            "kind__in": self.asked["kind"],
            "market_id__in": self.asked["market"],
            "target_id__in": self.asked["target"],
        }
        found = rules(self.actor).filter(**{name: value for name, value in wanted.items() if value})
        state = self.asked["state"]
        return found if state is None else found.filter(paused_at__isnull=state == "in_force")

    @writing(needs=Action.TRACK, body=RuleBody, status=201, address="api:alert_rule", example=_EXAMPLE)
    def post(self, entry: Entry) -> Any:
        """Make a rule: it tells of what happens from now on."""
        return make_rule(self.actor, entry.values)


class RuleView(_Rules, PersonRecordView):
    """One alert rule."""

    http_method_names = ("get", "head", "options", "patch", "delete")
    parameters: ClassVar[Sequence[Parameter]] = record_parameters(RuleRecord)

    @writing(needs=Action.TRACK, body=RuleChangeBody, is_partial=True, names_version=True, example={"change_pct": "10"})
    def patch(self, entry: Entry) -> Any:
        """Change the fields that are sent; with other words the rule begins anew."""
        return change_rule(self.actor, entry.key, entry.version, entry.values)

    @writing(needs=Action.TRACK, names_version=True, status=204)
    def delete(self, entry: Entry) -> Any:
        """Remove a rule: it tells nothing from then on; the alerts it gave stay."""
        return remove_rule(self.actor, entry.key, entry.version)


class PauseView(_Rules):
    """Pausing a rule."""

    http_method_names = ("post", "options")

    @writing(needs=Action.TRACK, names_version=True)
    def post(self, entry: Entry) -> Any:
        """Let a rule rest: what happens meanwhile is never told."""
        return pause_rule(self.actor, entry.key, entry.version)


class ResumeView(_Rules):
    """Resuming a rule."""

    http_method_names = ("post", "options")

    @writing(needs=Action.TRACK, names_version=True)
    def post(self, entry: Entry) -> Any:
        """Put a rule in force again, for what happens from now on."""
        return resume_rule(self.actor, entry.key, entry.version)


class PreviewView(_Rules, PersonRecordView):
    """What a rule would have told: judged by what was published in the last months, as it became known."""

    record: ClassVar[type] = RulePreview
    parameters: ClassVar[Sequence[Parameter]] = record_parameters(
        RulePreview, number("months", "How many months to look back.", 1, _MOST_MONTHS, MONTHS)
    )

    def found(self, **codes_: Any) -> RulePreview:
        """The preview of the rule of the address."""
        return rule_preview(self.actor, self.named(codes_["id"]), self.asked["months"])
