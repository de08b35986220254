"""The page of one target market: where it stands and why, what comes next, what was noted, what was done to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone

from companies.access import Action, Actor
from companies.models import TargetMarket
from companies.profiles.alert_rules import RuleRecord, rule_records
from companies.profiles.changes import ChangeRecord, change_records
from companies.profiles.people import PersonRef, person_ref
from companies.profiles.target_words import STATUS_WORDS, sold_words
from companies.profiles.targets import EntryRecord, TargetRecord, entry_records, target_records
from companies.queries import alerts as alert_rows
from companies.queries import targets as rows
from markets import wording
from markets.queries import newest_observations, reference

Offered = tuple[tuple[Any, Any], ...]


@dataclass(frozen=True, slots=True)
class StatusTold:
    """A status it was given, with the reason said then. person None: an account that is gone."""

    at: dt.datetime
    words: str
    reason: str
    person: PersonRef | None


@dataclass(frozen=True, slots=True)
class TargetChoices:
    """What forms of the page offer. numbers: newest values of the market by id, in groups by subject."""

    owners: Offered = ()
    numbers: Offered = ()
    records: Offered = ()


@dataclass(frozen=True, slots=True)
class TargetPage:
    """A target market with all that belongs to it.

    entries, statuses, history: newest first. rules: the reader's own, of it or of its market. is_overdue: the day of
    the next action has passed. may_share: there is an organisation that could read it. home: what the reader calls
    their organisation; empty where there is none.
    """

    record: TargetRecord
    entries: tuple[EntryRecord, ...]
    statuses: tuple[StatusTold, ...]
    rules: tuple[RuleRecord, ...]
    history: tuple[ChangeRecord, ...]
    choices: TargetChoices
    is_overdue: bool
    may_share: bool
    home: str

    @property
    def has_older_entries(self) -> bool:
        """Whether there are more notes than are shown."""
        return self.record.entries > len(self.entries)

    @property
    def may_write(self) -> bool:
        """Whether the reader may change it now."""
        return self.record.may_change and self.record.removed_at is None


def target_page(actor: Actor, key: object) -> TargetPage:
    """The page of a target market, a removed one too. Raises SignInNeeded, HiddenObject."""
    target = rows.one_target(actor, key)
    (record,) = target_records(actor, [target])
    may_write = record.may_change and record.removed_at is None
    homes = rows.organisation_names(actor, [actor.working_in])
    return TargetPage(
        record=record,
        entries=tuple(entry_records(actor, rows.entries(actor, target)[: rows.MOST_TOLD])),
        statuses=tuple(
            StatusTold(
                at=step.at,
                words=str(STATUS_WORDS[step.status]),
                reason=step.reason,
                person=person_ref(step.person) if step.person else None,
            )
            for step in reversed(rows.statuses(target))
        ),
        rules=tuple(rule_records(actor, _rules(actor, target))),
        history=tuple(change_records(actor, rows.history_of_target(actor, target))),
        choices=_choices(actor, target) if may_write else TargetChoices(),
        is_overdue=target.next_action_on is not None and target.next_action_on < timezone.localdate(),
        may_share=record.is_own and bool(homes),
        home=next(iter(homes.values()), ""),
    )


def values_of(record: TargetRecord) -> dict[str, str]:
    """What can be changed of it, as its form writes it."""
    day = record.next_action_on
    return {
        "status": record.status,
        "reason": record.reason,
        "stage": record.stage,
        "owner": str(record.owner.number) if record.owner else "",
        "next_action": record.next_action,
        "next_action_on": day.isoformat() if day else "",
    }


def owner_choices(target: TargetMarket) -> Offered:
    """Who can see to it: those who read it as colleagues, and whose own it is."""
    place = target.organisation_id or target.shared_with_id
    people = list(rows.people_who_may_own(place)) if place else []
    if target.person is not None and target.person not in people:
        people.insert(0, target.person)
    return tuple((str(each.pk), person_ref(each).name) for each in people)


def company_choices(actor: Actor) -> Offered:
    """The companies that the actor may track markets for, where they work."""
    if actor.working_in is None or not actor.may(Action.TRACK_COMPANIES):
        return ()
    return tuple((str(key), name) for key, name in rows.companies_in_use(actor))


def _rules(actor: Actor, target: TargetMarket) -> Any:
    return alert_rows.rules(actor).filter(Q(target=target.pk) | Q(market=target.market_id))


def _choices(actor: Actor, target: TargetMarket) -> TargetChoices:
    return TargetChoices(
        owners=owner_choices(target),
        numbers=_numbers(target.market_id),
        records=tuple(
            (str(each.pk), f"{each.company.name}, {sold_words(each)}") for each in rows.records_to(actor, target)
        ),
    )


def _numbers(market: str) -> Offered:
    """The newest values of a market, each under its subject: `GDP (current US$), 2023: 262.6 bn`."""
    indicators = {each.code: each for each in reference().indicators}
    found = {row.indicator_id: row for row in newest_observations(list(indicators), [market])}
    groups: dict[str, list[tuple[int, str]]] = {}
    for code, indicator in indicators.items():
        row = found.get(code)
        if row is None or row.value is None:
            continue
        value = wording.amount(row.value, indicator.unit, indicator.decimals)
        told = f"{indicator.name}, {wording.period_words(row.period)}: {value}"
        groups.setdefault(indicator.group, []).append((row.pk, told))
    return tuple((str(wording.GROUP_WORDS[group]), tuple(told)) for group, told in groups.items())


def said(choices: TargetChoices) -> Any:
    """How an entry reads in words: codes by their names."""
    names: Mapping[str, Mapping[str, str]] = {
        "owner": dict(choices.owners),
        "status": {key: str(words) for key, words in STATUS_WORDS.items()},
    }
    return lambda name, value: [names.get(name, {}).get(value, value)] if value else []
