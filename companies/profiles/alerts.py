"""Alerts as pages, letters and programs see them: what happened, old and new with their vintages, and why."""

from __future__ import annotations

import copy
import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from companies.access import Actor, seen
from companies.alerts.facts import Facts, Firing, Side
from companies.models import Alert, AlertRule, Change, ExportRecord
from companies.profiles.alert_rules import Watched, area_key, indicator_key, seen_targets
from companies.profiles.alert_words import change_words, happened, rate_words, sentence, series_words
from companies.queries.alerts import edits_of_rules
from markets import queries, wording
from markets.models import Indicator
from markets.profiles import figures
from markets.profiles.figures import Change as Difference
from markets.profiles.figures import Point, Provenance, change_between
from markets.profiles.observations import AreaKey, IndicatorKey

# What of a rule's words its person may alter.
_WORDS = ("direction", "threshold", "change_pct")


@dataclass(frozen=True, slots=True)
class ToldValue:
    """A value as one vintage stated it. value None: missing, and `obs_status` says why; never zero.

    words: the value with its unit, in the active language. provenance: the vintage, where it is known.
    """

    value: Decimal | None
    period: str
    obs_status: str
    words: str
    provenance: Provenance | None


@dataclass(frozen=True, slots=True)
class RevisedFigure:
    """One of the figures that a release revised or withdrew. difference: of the new value from the old one."""

    indicator: IndicatorKey
    unit: str
    decimals: int
    old: ToldValue
    new: ToldValue
    difference: Difference | None

    @property
    def moved(self) -> str:
        """The difference in words; empty where it cannot be told."""
        return change_words(self.difference, self.decimals)


@dataclass(frozen=True, slots=True)
class ToldRecord:
    """An export record that was approved, for whoever sees it still."""

    id: uuid.UUID
    company: str
    destination: str
    destination_name: str
    period: str


@dataclass(frozen=True, slots=True)
class RuleKey:
    """The rule an alert came of. sentence: in the words it had then; is_altered: it has others now."""

    id: uuid.UUID
    sentence: str
    is_altered: bool
    is_removed: bool


@dataclass(frozen=True, slots=True)
class AlertRecord:
    """One alert: what came true, and of which rule.

    headline: what happened, in one sentence of the active language. old, new: the two values that are compared; of a
    revision those of the first of `revised`. change_pct: from old to new, null where it cannot be told. revised: ten at
    most of the `count` figures that one release revised. record: what was approved; null where it is no longer seen.
    dataset, since, state: of a source that is `late` or `failing`. release: of news from the market tables.
    target: the target market, where it is there still.
    """

    id: uuid.UUID
    kind: str
    headline: str
    rule: RuleKey
    target: uuid.UUID | None
    market: AreaKey | None
    indicator: IndicatorKey | None
    unit: str
    decimals: int
    currency: str | None
    base: str | None
    old: ToldValue | None
    new: ToldValue | None
    change_pct: Decimal | None
    revised: tuple[RevisedFigure, ...]
    count: int
    record: ToldRecord | None
    dataset: Watched | None
    since: str
    state: str
    release: int | None
    fired_at: dt.datetime
    read_at: dt.datetime | None

    @property
    def is_unread(self) -> bool:
        """Whether nobody has marked it as read."""
        return self.read_at is None

    @property
    def series(self) -> IndicatorKey | None:
        """The indicator that all it tells is of, also where the rule is for any; None where there is none."""
        return self.revised[0].indicator if self.revised and self.count == 1 else self.indicator

    @property
    def moved(self) -> str:
        """How the value moved, in words: per cent of a rate, of a series what suits its unit."""
        if self.revised:
            return self.revised[0].moved
        if self.indicator is None or self.old is None or self.new is None:
            return "" if self.change_pct is None else f"{wording.difference(self.change_pct, 1)}%"
        old, new = (Point(side.period, side.value) for side in (self.old, self.new))
        return change_words(change_between(self.unit, old, new), self.decimals)

    @property
    def more_revised(self) -> int:
        """How many revised figures are not listed."""
        return self.count - len(self.revised)


def alert_records(actor: Actor, rows: Iterable[Alert]) -> list[AlertRecord]:
    """The alerts in their order; a few questions more, however many they are.

    rows: of what the actor sees, as `queries.alerts.alerts` reads them.
    """
    found = list(rows)
    return _records_of(actor, found, _edits(found)) if found else []


def firing_records(actor: Actor, rule: AlertRule, firings: Iterable[Firing]) -> list[AlertRecord]:
    """What a rule would have told, as alerts that nobody was told, in the words it has now; in their order."""
    found = [
        Alert(
            rule=rule,
            person_id=rule.person_id,
            event=firing.event,
            facts=firing.facts.packed(),
            release_id=firing.release,
            fired_at=dt.datetime.fromisoformat(firing.at),
        )
        for firing in firings
    ]
    return _records_of(actor, found, {}) if found else []


def _records_of(actor: Actor, rows: Sequence[Alert], edits: Mapping[str, Sequence[Change]]) -> list[AlertRecord]:
    found = [(alert, Facts.unpacked(alert.facts)) for alert in rows]
    known = _Known(
        sources=_sources(facts for _alert, facts in found),
        indicators={each.code: each for each in queries.reference().indicators},
        records=_told_records(actor, (facts.record for _alert, facts in found)),
        targets=seen_targets(actor, (alert.target_id for alert, _facts in found)),
        edits=edits,
    )
    return [_record(alert, facts, known) for alert, facts in found]


@dataclass(frozen=True, slots=True)
class _Known:
    """What all the alerts of a list share."""

    sources: Mapping[int, Provenance]
    indicators: Mapping[str, Indicator]
    records: Mapping[str, ToldRecord]
    targets: frozenset[uuid.UUID]
    edits: Mapping[str, Sequence[Change]]


def _record(alert: Alert, facts: Facts, known: _Known) -> AlertRecord:
    rule = _as_it_was(alert, known.edits.get(str(alert.rule_id), ()))
    record = known.records.get(facts.record)
    indicator = rule.indicator
    old, new = _told(rule, facts, known)
    return AlertRecord(
        id=alert.pk,
        kind=rule.kind,
        headline=happened(rule, facts, record_period=record.period if record else ""),
        rule=RuleKey(rule.pk, sentence(rule), rule is not alert.rule, rule.removed_at is not None),
        target=alert.target_id if alert.target_id in known.targets else None,
        market=area_key(rule),
        indicator=indicator_key(rule),
        unit=indicator.unit if indicator else "",
        decimals=indicator.decimals if indicator else 0,
        currency=rule.currency_id,
        base=rule.base_id,
        old=old,
        new=new,
        change_pct=facts.change_pct,
        revised=tuple(_revised(each.indicator, each.old, each.new, known) for each in facts.revised),
        count=facts.count,
        record=record,
        dataset=Watched(rule.dataset.pk, rule.dataset.name) if rule.dataset else None,
        since=facts.since,
        state=facts.state,
        release=alert.release_id,
        fired_at=alert.fired_at,
        read_at=alert.read_at,
    )


def _told(rule: AlertRule, facts: Facts, known: _Known) -> tuple[ToldValue | None, ToldValue | None]:
    """The old and the new value of an alert, each None where there is none."""
    # A rule for any figure of a market names no indicator: its values are those of the first that was revised.
    code = rule.indicator_id or (facts.revised[0].indicator if facts.revised else "")
    return _pair(facts.old, facts.new, known.indicators.get(code), known)


def _revised(code: str, old: Side, new: Side, known: _Known) -> RevisedFigure:
    indicator = known.indicators[code]
    was, now = _pair(old, new, indicator, known)
    assert was is not None and now is not None  # noqa: S101, PT018 both sides were given
    return RevisedFigure(
        indicator=IndicatorKey(code, indicator.name),
        unit=indicator.unit,
        decimals=indicator.decimals,
        old=was,
        new=now,
        difference=change_between(indicator.unit, Point(old.period, old.value), Point(new.period, new.value)),
    )


def _pair(
    old: Side | None, new: Side | None, indicator: Indicator | None, known: _Known
) -> tuple[ToldValue | None, ToldValue | None]:
    """Two values, short; with all their digits where the two would read alike."""
    values = {side.value for side in (old, new) if side is not None and side.value is not None}
    words = {value: _words(value, indicator) for value in values}
    if len(set(words.values())) < len(values):
        words = {value: _in_full(value, indicator) for value in values}
    return _value(old, words, known), _value(new, words, known)


def _words(value: Decimal, indicator: Indicator | None) -> str:
    return rate_words(value) if indicator is None else series_words(value, indicator.unit, indicator.decimals)


def _in_full(value: Decimal, indicator: Indicator | None) -> str:
    return wording.number(value) if indicator is None else wording.full_amount(value, indicator.unit)


def _value(side: Side | None, words: Mapping[Decimal, str], known: _Known) -> ToldValue | None:
    if side is None:
        return None
    told = wording.NO_VALUE if side.value is None else words[side.value]
    return ToldValue(side.value, side.period, side.obs_status, told, known.sources.get(side.release or 0))


def _as_it_was(alert: Alert, edits: Sequence[Change]) -> AlertRule:
    """The rule in the words it had when it came true; the rule itself where they are the same. edits: newest first."""
    then: dict[str, object] = {}
    for edit in edits:
        if edit.at >= alert.fired_at:
            then |= {name: edit.before[name] for name in _WORDS if name in edit.before}
    if not then:
        return alert.rule
    rule = copy.copy(alert.rule)
    for name, value in then.items():
        setattr(rule, name, Decimal(str(value)) if name != "direction" and value is not None else value)
    return rule


def _edits(found: Sequence[Alert]) -> Mapping[str, Sequence[Change]]:
    """What was altered of the rules since their alerts were made, by the rule's id; asked only where anything was."""
    altered = {alert.rule_id for alert in found if alert.rule.updated_at > alert.fired_at}
    by_rule: dict[str, list[Change]] = {}
    for edit in edits_of_rules(altered, min(alert.fired_at for alert in found)):
        by_rule.setdefault(edit.object_id, []).append(edit)
    return by_rule


def _sources(told: Iterable[Facts]) -> Mapping[int, Provenance]:
    """The vintages that the values name; one question."""
    wanted = set()
    for facts in told:
        sides = [facts.old, facts.new, *(side for each in facts.revised for side in (each.old, each.new))]
        wanted |= {side.release for side in sides if side is not None and side.release is not None}
    return {key: figures.provenance(row) for key, row in queries.releases_by_id(wanted).items()} if wanted else {}


def _told_records(actor: Actor, keys: Iterable[str]) -> Mapping[str, ToldRecord]:
    """The approved records that the actor sees, by their id."""
    wanted = {key for key in keys if key}
    if not wanted:
        return {}
    rows = seen(actor, ExportRecord).filter(pk__in=wanted, removed_at=None).select_related("company", "destination")
    return {
        str(row.pk): ToldRecord(row.pk, row.company.name, row.destination_id, row.destination.name, row.period)
        for row in rows
    }
