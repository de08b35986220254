"""Alert rules of a person: made, altered, paused, taken up again, removed; and alerts marked as read."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from companies.access import Action, Actor, actor_of_person, hidden, require_own, seen
from companies.alerts.fields import ALTERED, REMEMBERED, label
from companies.alerts.reading import checked, entries_of
from companies.changes import change_row, fields_of, remember
from companies.errors import FieldsRejected, InvalidField, RulePaused, TooMany, VersionConflict, VersionMissing
from companies.models import Alert, AlertRule, TargetMarket, User
from companies.queries.alerts import one_rule
from companies.records.reading import Reading

# So many rules of one person are looked through with every release; nobody reads what more would tell.
MOST_RULES: Final = 200
_SAME: Final = ("kind", "market", "indicator", "currency", "base", "dataset", "organisation", "company", "direction")


@transaction.atomic
def make_rule(actor: Actor, values: Mapping[str, Any]) -> AlertRule:
    """A new rule of the actor's own; what was published before counts for nothing.

    values: as `alerts.reading.checked` takes them. Raises FieldsRejected with every fault, also for a rule that the
    person has in these very words; TooMany; SignInNeeded, ScopeMissing, NotAllowed.
    """
    person = require_own(actor, Action.TRACK)
    columns = checked(actor, values)
    _alone(person)
    rule = AlertRule(person=person, **columns)
    _refuse_twin(rule)
    count = AlertRule.objects.filter(person=person, removed_at=None).count()
    if count >= MOST_RULES:
        raise TooMany(count=count + 1, kind=_("alert rules"), most=MOST_RULES)
    return _made(actor, rule)


@transaction.atomic
def change_rule(actor: Actor, key: object, version: int | None, values: Mapping[str, Any]) -> AlertRule:
    """The rule with other numbers, another direction or target market; what is not named stays.

    What it is about stays as well. With other words it begins anew: what was published before counts for nothing.
    Raises as `make_rule` does; HiddenObject, VersionMissing, VersionConflict.
    """
    rule = _held(actor, key, version)
    columns = checked(actor, entries_of(rule) | _alterations(rule, values))
    before = fields_of(rule, REMEMBERED)
    for name in ALTERED:
        column = "target_id" if name == "target" else name
        setattr(rule, column, columns.get(column, "" if name == "direction" else None))
    if fields_of(rule, ALTERED) == {name: before[name] for name in ALTERED}:
        return rule
    _alone(rule.person)
    _refuse_twin(rule)
    if any(getattr(rule, name) != before[name] for name in ("direction", "threshold", "change_pct")):
        rule.begins_at = Now()
    return _written(actor, "edited", rule, before)


@transaction.atomic
def pause_rule(actor: Actor, key: object, version: int | None) -> AlertRule:
    """It tells nothing from now on. Raises HiddenObject, VersionMissing, VersionConflict, RulePaused."""
    rule = _held(actor, key, version)
    if rule.paused_at is not None:
        raise RulePaused(state=_("paused"))
    before = fields_of(rule, REMEMBERED)
    rule.paused_at = Now()
    return _written(actor, "paused", rule, before)


@transaction.atomic
def resume_rule(actor: Actor, key: object, version: int | None) -> AlertRule:
    """It tells again; what was published meanwhile counts for nothing.

    Raises HiddenObject, VersionMissing, VersionConflict, RulePaused.
    """
    rule = _held(actor, key, version)
    if rule.paused_at is None:
        raise RulePaused(state=_("in force"))
    before = fields_of(rule, REMEMBERED)
    rule.paused_at, rule.begins_at = None, Now()
    return _written(actor, "resumed", rule, before)


@transaction.atomic
def remove_rule(actor: Actor, key: object, version: int | None) -> None:
    """It is gone; what it told stays in the list of alerts. Raises HiddenObject, VersionMissing, VersionConflict."""
    _end(actor, _held(actor, key, version))


# ---------------------------------------------------------------- of a target market
@transaction.atomic
def rule_for_target(actor: Actor, target: TargetMarket) -> AlertRule | None:
    """The rule that a new target market brings: tell me of any figure of the market that is revised.

    A person has it once for a market: the one there is already is given back, be it paused. None where they have as
    many rules as are kept. Raises SignInNeeded, ScopeMissing.
    """
    person = require_own(actor, Action.TRACK)
    _alone(person)
    mine = AlertRule.objects.filter(person=person, removed_at=None)
    kind = AlertRule.Kind.REVISED
    known = mine.filter(kind=kind, market_id=target.market_id, indicator=None).order_by("created_at", "pk").first()
    if known is not None:
        return known
    if mine.count() >= MOST_RULES:
        return None
    return _made(actor, AlertRule(person=person, target=target, kind=kind, market_id=target.market_id))


def hold_rules_of(target: TargetMarket) -> None:
    """Hold the rules that hang on a target market before anything is logged, as everyone does who writes of a rule."""
    hanging = AlertRule.objects.filter(target=target, removed_at=None)
    list(hanging.select_for_update(no_key=True).order_by("pk").values_list("pk"))


@transaction.atomic
def end_rules_of(actor: Actor, target: TargetMarket) -> int:
    """Remove the rules that hang on a target market which ends; how many went.

    The one for any revision of a market goes on where its person tracks that market for other goods.
    """
    hanging = AlertRule.objects.filter(target=target, removed_at=None).select_related("person")
    ended = 0
    for rule in hanging.select_for_update(of=("self",), no_key=True).order_by("pk"):
        other = _other_target(rule, target)
        if other is None:
            _end(actor, rule)
            ended += 1
        else:
            before = fields_of(rule, REMEMBERED)
            rule.target = other
            _written(actor, "edited", rule, before)
    return ended


# ---------------------------------------------------------------- reading
def mark_read(actor: Actor, keys: Collection[object]) -> int:
    """Mark these alerts as read; how many were unread. Raises HiddenObject for the first that is not the actor's."""
    require_own(actor, Action.TRACK)
    wanted = {str(key): _alert_id(key) for key in keys}
    mine = seen(actor, Alert)
    known = set(mine.filter(pk__in=wanted.values()).values_list("pk", flat=True))
    for text, key in wanted.items():
        if key not in known:
            raise hidden(Alert, text)
    return mine.filter(pk__in=known, read_at=None).update(read_at=Now())


def mark_all_read(actor: Actor, *, up_to: object = None) -> int:
    """Mark all alerts as read; how many were unread. up_to: none that is newer than this one, which was shown.

    Raises HiddenObject for an `up_to` that is not the actor's.
    """
    require_own(actor, Action.TRACK)
    mine = seen(actor, Alert).filter(read_at=None)
    if up_to is not None:
        newest = _alert_id(up_to)
        if not seen(actor, Alert).filter(pk=newest).exists():
            raise hidden(Alert, up_to)
        mine = mine.filter(pk__lte=newest)
    return mine.update(read_at=Now())


def _alert_id(key: object) -> uuid.UUID:
    try:
        return key if isinstance(key, uuid.UUID) else uuid.UUID(str(key))
    except ValueError as unreadable:
        raise hidden(Alert, key) from unreadable


# ---------------------------------------------------------------- how they are written
def _alone(person: User) -> None:
    """Hold the person's rules still until the transaction ends, so that two requests at once make no twin."""
    User.objects.select_for_update(no_key=True).only("pk").get(pk=person.pk)


def _held(actor: Actor, key: object, version: int | None) -> AlertRule:
    """The rule, locked, in the version the writer names."""
    require_own(actor, Action.TRACK)
    row = one_rule(actor, key)
    if version is None:
        raise VersionMissing
    locked = AlertRule.objects.select_for_update(of=("self",), no_key=True).select_related("person").get(pk=row.pk)
    if locked.removed_at is not None:
        raise hidden(AlertRule, key)
    if locked.version != version:
        raise VersionConflict(kind=_("The alert rule"), author=locked.person.shown_name)
    return locked


def _alterations(rule: AlertRule, values: Mapping[str, Any]) -> dict[str, Any]:
    """What is to be altered. Raises FieldsRejected for what a rule is about, where it is not the same."""
    reading, known = Reading(), entries_of(rule)
    reading.only(values, (*known, *ALTERED, *_SAME))
    for name in values:
        if name not in ALTERED and str(values[name] or "") != str(known.get(name, "")):
            reading.refuse(f"/{name}", label(name), _("a rule stays about the same thing; make another rule"))
    reading.finish()
    return {name: values[name] for name in values if name in ALTERED}


def _refuse_twin(rule: AlertRule) -> None:
    """Raises FieldsRejected where the person has a rule of the same words already, paused or not."""
    words = {**fields_of(rule, _SAME), "threshold": rule.threshold, "change_pct": rule.change_pct}
    twins = AlertRule.objects.filter(Q(person_id=rule.person_id, removed_at=None), **words).exclude(pk=rule.pk)
    if twins.exists():
        expected = _("you have this very rule already")
        fault = InvalidField(pointer="/kind", field=label("kind"), expected=expected)
        raise FieldsRejected(faults=(fault,), count=1)


def _made(actor: Actor, rule: AlertRule) -> AlertRule:
    rule.save(force_insert=True)
    rule.refresh_from_db()
    _remembered(actor, "made", rule, {})
    return rule


def _end(actor: Actor, rule: AlertRule) -> None:
    before = fields_of(rule, REMEMBERED)
    rule.removed_at = Now()
    _written(actor, "removed", rule, before)


def _written(actor: Actor, action: str, rule: AlertRule, before: Mapping[str, Any]) -> AlertRule:
    rule.version += 1
    rule.updated_at = Now()
    rule.save()
    rule.refresh_from_db()
    _remembered(actor, action, rule, before)
    return rule


def _remembered(actor: Actor, action: str, rule: AlertRule, before: Mapping[str, Any]) -> None:
    """A rule is its person's alone: the log of the organisation whose records it watches does not tell of it."""
    remember([change_row(actor, action, rule, before=before, after=fields_of(rule, REMEMBERED), is_personal=True)])


def _other_target(rule: AlertRule, ending: TargetMarket) -> TargetMarket | None:
    """Where the rule for any revision of a market goes on: another target of that market, the person's own or of a
    company where they work. What a colleague tracks and lets them read is the colleague's wish, not theirs.
    """
    if rule.kind != AlertRule.Kind.REVISED or rule.indicator_id is not None:
        return None
    theirs = seen(actor_of_person(rule.person), TargetMarket)
    tracked = Q(person=rule.person) | Q(organisation__isnull=False)
    others = theirs.filter(tracked, market_id=rule.market_id, removed_at=None).exclude(pk=ending.pk)
    return others.order_by("created_at", "pk").first()
