"""What the values kept in the change log are called: codes by their names, choices and moments in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import singledispatch
from typing import Any, Final

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import gettext as _

from companies.models import (
    AlertRule,
    Change,
    Company,
    CompanyName,
    ExportRecord,
    Import,
    Membership,
    Organisation,
    Publication,
    TargetMarket,
    User,
)
from companies.profiles.change_words import FIELDS, told
from companies.profiles.people import person_ref
from companies.profiles.target_words import ENTRY_WORDS, goods_words
from markets import wording
from markets.models import Area, Category, Dataset, Indicator
from markets.queries import reference

# Whose keys are told by name. Of the project's own tables only what the log of one organisation, or of one person's
# own things, can point to.
_NAMED: Final[Sequence[type[models.Model]]] = (
    Area, Category, Company, Dataset, Indicator, Organisation, TargetMarket, User,
)  # fmt: skip
# Kinds of things with a name of their own, and what of them must be read with it.
_THINGS: Final[Mapping[type[models.Model], Sequence[str]]] = {
    AlertRule: ("market", "indicator", "currency", "dataset"),
    Company: (),
    ExportRecord: ("company", "destination"),
    Import: (),
    Membership: ("user",),
    Organisation: (),
    Publication: (),
    TargetMarket: ("market", "category"),
    User: (),
}


@dataclass(frozen=True, slots=True)
class Names:
    """What the keys of some changes are called now. by_model: key, as text -> name; things: kind and id -> name."""

    by_model: Mapping[type[models.Model], Mapping[str, str]]
    things: Mapping[tuple[str, str], str]

    def of_thing(self, kind: str, key: str) -> str:
        """The name of the thing that was changed; empty where it has none."""
        return self.things.get((kind, key), "")

    def words(self, kind: str, name: str, value: Any) -> str:
        """A kept value as people read it; empty for nothing."""
        if value is None or value in ("", [], {}):
            return ""
        if (kind, name) == ("targetmarket", "kind"):  # of a note: it has a row of its own, the log has its target
            return told(ENTRY_WORDS, value)
        field = _column(kind, name)
        target = _named_target(field)
        if target is not None:
            return self.by_model[target].get(str(value), str(value))
        if isinstance(value, list):
            return "; ".join(_one_of_many(each) for each in value)
        if isinstance(value, Mapping):
            return "; ".join(f"{told(FIELDS, member)}: {_one_of_many(each)}" for member, each in value.items())
        return _plain_words(field, name, value)


def names_of(rows: Sequence[Change]) -> Names:
    """The names of all that the rows speak of, in one query a kind, however many rows there are."""
    keys: dict[type[models.Model], set[str]] = {model: set() for model in _NAMED}
    for model, key in (pair for row in rows for pair in _pointed_at(row)):
        keys[model].add(key)
    by_model = {model: _names(model, wanted) for model, wanted in keys.items()}
    things: dict[tuple[str, str], str] = {}
    for model, beside in _THINGS.items():
        kind = model._meta.model_name or ""  # noqa: SLF001 Django's documented name
        wanted = {row.object_id for row in rows if row.object_kind == kind}
        found = _found(model, wanted, beside) if wanted else ()
        things |= {(kind, str(each.pk)): _thing_name(each) for each in found}
    return Names(by_model, things)


def _pointed_at(row: Change) -> Iterator[tuple[type[models.Model], str]]:
    for name in row.before.keys() | row.after.keys():
        target = _named_target(_column(row.object_kind, name))
        if target is not None:
            yield from ((target, str(value)) for value in (row.before.get(name), row.after.get(name)) if value)


def _named_target(field: models.Field[Any, Any] | None) -> type[models.Model] | None:
    """The table that a column's keys point into, where its rows are told by name."""
    target = field.related_model if field is not None and field.is_relation else None
    return target if target in _NAMED else None


def _column(kind: str, name: str) -> models.Field[Any, Any] | None:
    """The column that a kept field was read from; None for what is kept under a name of its own."""
    try:
        field = apps.get_model("companies", kind)._meta.get_field(name)  # noqa: SLF001 Django's documented name
    except (LookupError, FieldDoesNotExist):
        return None
    return field if isinstance(field, models.Field) else None


def _names(model: type[models.Model], keys: Iterable[str]) -> Mapping[str, str]:
    wanted = set(keys)
    beside = _THINGS.get(model, ())
    return {str(each.pk): _thing_name(each) for each in _found(model, wanted, beside)} if wanted else {}


def _found(model: type[models.Model], keys: Iterable[str], beside: Sequence[str]) -> Iterable[models.Model]:
    # Keys of the log were keys of rows once, so each has its column's form.
    rows: models.QuerySet[models.Model] = model._default_manager.filter(pk__in=set(keys))  # noqa: SLF001 Django's name
    return rows.select_related(*beside) if beside else rows


@singledispatch
def _thing_name(thing: models.Model) -> str:
    return str(getattr(thing, "name", ""))


@_thing_name.register
def _person_name(thing: User) -> str:
    return person_ref(thing).name


@_thing_name.register
def _member_name(thing: Membership) -> str:
    return person_ref(thing.user).name


@_thing_name.register
def _publication_name(thing: Publication) -> str:
    return _("%(year)s, number %(number)s") % {"year": thing.year, "number": thing.number}


@_thing_name.register
def _record_name(thing: ExportRecord) -> str:
    return f"{thing.company.name} → {thing.destination.name}, {wording.period_words(thing.period)}"


@_thing_name.register
def _import_name(thing: Import) -> str:
    return thing.file_name


@_thing_name.register
def _target_name(thing: TargetMarket) -> str:
    goods = goods_words(thing.category.name if thing.category else "", thing.product, "")
    return f"{thing.market.name}, {goods}"


@_thing_name.register
def _rule_name(thing: AlertRule) -> str:
    about = (thing.market, thing.indicator, thing.currency, thing.dataset)
    return ", ".join(each.name for each in about if each is not None)


def _one_of_many(value: Any) -> str:
    """One entry of a list: its filled members one after another."""
    if isinstance(value, Mapping):
        return ", ".join(_member_words(name, member) for name, member in value.items() if member not in (None, ""))
    return str(value)


def _member_words(name: str, value: Any) -> str:
    """A member of a company's names or lines: codes by their names here too."""
    if name == "category":
        return next((each.name for each in reference().categories if each.slug == value), str(value))
    if name == "kind":
        return _(dict(CompanyName.Kind.choices).get(value, str(value)))
    return str(value)


def _plain_words(field: models.Field[Any, Any] | None, name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    words = str(value)
    if field is None:
        return words
    if choices := dict(field.flatchoices):
        return _(str(choices.get(value, value)))
    if isinstance(field, models.DecimalField):
        # Every digit as it was kept: 20.70 became 20.7 is a change too.
        words = wording.number(Decimal(value), len(words.partition(".")[2]))
    elif isinstance(field, models.DateTimeField):
        words = wording.moment_words(dt.datetime.fromisoformat(value))
    elif isinstance(field, models.DateField):
        words = wording.day_words(dt.date.fromisoformat(value))
    elif name == "period":
        words = wording.period_words(value)
    return words
