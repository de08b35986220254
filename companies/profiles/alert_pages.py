"""The pages of alerts: the list of what was told, the rules, one rule, and what a rule would have told."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import QueryDict

from companies.access import Action, Actor, one, require_own
from companies.alerts.previewing import MONTHS
from companies.alerts.reading import checked
from companies.models import Alert, AlertRule, TargetMarket
from companies.profiles.alert_rules import RuleRecord, rule_records
from companies.profiles.alert_words import KIND_WORDS, sentence
from companies.profiles.alerts import AlertRecord, alert_records
from companies.profiles.rule_previews import RulePreview, WouldTell, rule_preview
from companies.queries.alerts import MOST_COUNTED, alerts, one_rule, rules, unread_count

SHOWN: Final = 30
OF_RULE: Final = 10
# A rule that would have told more often than this is told so by their number.
FIRINGS_SHOWN: Final = 50
_MOST_CHOICES: Final = 100
_PUBLISHED: Final = (*AlertRule.OF_SERIES, *AlertRule.OF_RATES)


@dataclass(frozen=True, slots=True)
class AlertQuestion:
    """Which alerts are asked for; what is empty asks for all. unread: only those not read."""

    market: str = ""
    rule: uuid.UUID | None = None
    unread: bool = False

    def query(self, page: int) -> str:
        """The same as an address asks for it."""
        asked = QueryDict(mutable=True)
        words = {"market": self.market, "rule": str(self.rule or ""), "unread": "1" if self.unread else ""}
        for name, value in {**words, "page": str(page) if page > 1 else ""}.items():
            if value:
                asked[name] = value
        return asked.urlencode()

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is asked for at all."""
        return bool(self.market or self.rule or self.unread)


@dataclass(frozen=True, slots=True)
class AlertsPage:
    """Alerts that match: those not read first, then the newest. unread: of all, counted to `MOST_COUNTED`.

    newest: the newest of all when the page was made, up to which "mark all" marks; None where there is none. markets,
    rules: what may be asked for, by code or id.
    """

    question: AlertQuestion
    records: tuple[AlertRecord, ...]
    unread: int
    newest: uuid.UUID | None
    page: int
    pages: int
    markets: tuple[tuple[str, str], ...]
    rules: tuple[tuple[uuid.UUID, str], ...]
    has_rules: bool

    @property
    def has_many_unread(self) -> bool:
        """Whether there are more than are counted."""
        return self.unread >= MOST_COUNTED

    @property
    def before(self) -> str:
        """The address of the page before this one; empty on the first."""
        return "?" + self.question.query(self.page - 1) if self.page > 1 else ""

    @property
    def after(self) -> str:
        """The address of the page after this one; empty on the last."""
        return "?" + self.question.query(self.page + 1) if self.page < self.pages else ""


@dataclass(frozen=True, slots=True)
class ShownPreview:
    """What a rule would have told, the newest first. sentence: the rule in words; hidden: how many are not listed.

    of_publications: what was looked at was published; else records were approved, or downloads ran.
    """

    sentence: str
    of_publications: bool
    told: RulePreview
    firings: tuple[WouldTell, ...]
    hidden: int


@dataclass(frozen=True, slots=True)
class RulesPage:
    """A person's rules, the newest first."""

    records: tuple[RuleRecord, ...]


@dataclass(frozen=True, slots=True)
class TargetRef:
    """The target market a rule hangs on."""

    id: uuid.UUID
    name: str
    market: str


@dataclass(frozen=True, slots=True)
class RulePage:
    """One rule, what it told lately, and what it would have told; preview None where that was not asked for."""

    record: RuleRecord
    kind_words: str
    target: TargetRef | None
    told: tuple[AlertRecord, ...]
    preview: ShownPreview | None


def alerts_page(actor: Actor, question: AlertQuestion, number: int) -> AlertsPage:
    """A page of the actor's alerts. Raises SignInNeeded, ScopeMissing."""
    require_own(actor, Action.READ_TARGETS)
    rows = alerts(actor, market=question.market, rule=question.rule, unread=question.unread or None)
    count = rows.count()
    pages = max(1, -(-count // SHOWN))
    page = min(number, pages)
    shown = _unread_first(rows)[(page - 1) * SHOWN : page * SHOWN]
    known = rules(actor, with_removed=True).filter(alerts__isnull=False).distinct()[:_MOST_CHOICES]
    choices = [(rule, sentence(rule)) for rule in known]
    return AlertsPage(
        question=question,
        records=tuple(alert_records(actor, shown)),
        unread=unread_count(actor),
        newest=alerts(actor).select_related(None).order_by("-pk").values_list("pk", flat=True).first(),
        page=page,
        pages=pages,
        markets=tuple(sorted({(r.market.code, r.market.name) for r, _said in choices if r.market}, key=lambda m: m[1])),
        rules=tuple((rule.pk, said) for rule, said in choices),
        has_rules=bool(choices) or rules(actor).exists(),
    )


def rules_page(actor: Actor) -> RulesPage:
    """The actor's rules. Raises SignInNeeded, ScopeMissing."""
    require_own(actor, Action.READ_TARGETS)
    return RulesPage(tuple(rule_records(actor, rules(actor))))


def rule_page(actor: Actor, key: object, *, with_preview: bool = False) -> RulePage:
    """One rule of the actor. with_preview: two years of a whole market take seconds, so it is made when asked for.

    Raises SignInNeeded, HiddenObject.
    """
    rule = rules(actor).get(pk=one_rule(actor, key).pk)
    (record,) = rule_records(actor, [rule])
    return RulePage(
        record=record,
        kind_words=str(KIND_WORDS[rule.kind]),
        target=target_ref(actor, record.target) if record.target else None,
        told=tuple(alert_records(actor, alerts(actor, rule=rule.pk)[:OF_RULE])),
        preview=shown_preview(actor, rule) if with_preview else None,
    )


def shown_preview(actor: Actor, rule: AlertRule | Mapping[str, Any]) -> ShownPreview:
    """What a rule of the actor's, or one with these entries, would have told in the last two years.

    Raises SignInNeeded, ScopeMissing; for entries as `alerts.reading.checked` does.
    """
    if not isinstance(rule, AlertRule):
        person = require_own(actor, Action.READ_TARGETS)
        rule = AlertRule(person=person, **checked(actor, rule))
    told = rule_preview(actor, rule, MONTHS)
    newest = tuple(reversed(told.firings))[:FIRINGS_SHOWN]
    return ShownPreview(sentence(rule), rule.kind in _PUBLISHED, told, newest, told.count - len(newest))


def target_ref(actor: Actor, key: object) -> TargetRef:
    """A target market by its name: the market, and the goods where it is for some. Raises HiddenObject."""
    row = one(actor, TargetMarket, key)
    goods = row.category.name if row.category else row.product
    return TargetRef(row.pk, f"{row.market.name} · {goods}" if goods else row.market.name, row.market_id)


def _unread_first(rows: QuerySet[Alert]) -> QuerySet[Alert]:
    is_read = Case(When(read_at=None, then=Value(0)), default=Value(1), output_field=IntegerField())
    return rows.order_by(is_read, "-pk")
