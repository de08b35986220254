"""What a person says of themselves when they begin, and the target markets that come of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from companies.access import Action, Actor, require_own
from companies.changes import changed, fields_of
from companies.errors import AlreadyTracked, InvalidField
from companies.models import Interest, TargetMarket, User
from companies.queries.watching import interests, own_targets
from companies.records.checking import refuse
from companies.targets.tracking import track
from markets.queries import products, reference

# So many target markets come of the answers at once, and so many goods can be named.
MOST_TARGETS: Final = 12
MOST_GOODS: Final = 24
_SAID: Final = ("language", "work", "home")


class Place(NamedTuple):
    """A market with goods: a category, a product, or neither for all goods."""

    market: str
    category: str = ""
    product: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """What came of the answers. person: as they are now. targets: those that are new.

    left_out: how many were too many at once. not_again: how many their owner had removed, so that they stay so.
    """

    person: User
    targets: tuple[TargetMarket, ...] = ()
    left_out: int = 0
    not_again: int = 0


@transaction.atomic
def begin(actor: Actor, answers: Mapping[str, Any]) -> Begun:
    """Keep the answers that are named; whoever gives none has begun too, and is asked no more.

    answers: `language`, `work` and `home` as texts, empty for no answer; `categories` (slugs) and `products` (HS codes)
    together, which take the place of those named before; `markets` (codes), each of which is tracked for each of the
    person's goods, 12 at most. What they track already stays as it is. Raises SignInNeeded, ScopeMissing;
    FieldsRejected with every fault at once.
    """
    person = User.objects.select_for_update().get(pk=require_own(actor, Action.TRACK).pk)
    refuse(_faults(answers))
    before = _said_of(person, actor)
    for name in _SAID:
        if name in answers:
            _take(person, name, answers[name])
    is_first = person.began_at is None
    if is_first:
        person.began_at = Now()
    person.save(update_fields=[*_SAID, "began_at"])
    person.refresh_from_db()
    if "categories" in answers or "products" in answers:
        _choose_goods(person, answers)
    after = _said_of(person, actor)
    if is_first or before != after:
        changed(actor, "began", person, before=before, after=after)
    return _tracked(actor, person, answers.get("markets", ()))


def _tracked(actor: Actor, person: User, markets: Iterable[str]) -> Begun:
    chosen = list(dict.fromkeys(markets))
    goods = [(each.category_id or "", each.product) for each in interests(actor)] or [("", "")]
    wanted, not_again = _not_yet(actor, [Place(market, *good) for market in chosen for good in goods])
    made = [_made(actor, place) for place in wanted[:MOST_TARGETS]]
    return Begun(person, tuple(each for each in made if each), len(wanted[MOST_TARGETS:]), not_again)


def _not_yet(actor: Actor, places: Sequence[Place]) -> tuple[list[Place], int]:
    """Those not tracked yet, and how many of the others stay removed.

    To tick a market of which nothing is tracked any more is to ask for it; to tick one that is tracked asks for what
    was never there, not for what its owner took out.
    """
    live: set[Place] = set()
    removed: set[Place] = set()
    for each in own_targets(actor).filter(market_id__in={place.market for place in places}):
        (live if each.removed_at is None else removed).add(_place(each))
    tracked = {place.market for place in live}
    open_places = [place for place in places if place not in live]
    wanted = [place for place in open_places if place not in removed or place.market not in tracked]
    return wanted, len(open_places) - len(wanted)


def _made(actor: Actor, place: Place) -> TargetMarket | None:
    """None where another request of the same person was faster."""
    try:
        with transaction.atomic():
            return track(actor, place._asdict())
    except AlreadyTracked:
        return None


def _place(target: TargetMarket) -> Place:
    return Place(target.market_id, target.category_id or "", target.product)


def _take(person: User, name: str, said: str) -> None:
    if name == "home":
        person.home_id = said or None
    else:
        setattr(person, name, said)


def _choose_goods(person: User, answers: Mapping[str, Any]) -> None:
    named = [(slug, "") for slug in answers.get("categories", ())] + [
        ("", code) for code in answers.get("products", ())
    ]
    wanted = dict.fromkeys(named)
    known = {(each.category_id or "", each.product): each for each in Interest.objects.filter(person=person)}
    Interest.objects.filter(pk__in=[known[gone].pk for gone in known.keys() - wanted.keys()]).delete()
    Interest.objects.bulk_create(
        Interest(person=person, category_id=category or None, product=product)
        for category, product in wanted
        if (category, product) not in known
    )


def _said_of(person: User, actor: Actor) -> dict[str, Any]:
    goods = [each.category_id or each.product for each in interests(actor)]
    return {**fields_of(person, _SAID), "goods": ", ".join(goods)}


def _faults(answers: Mapping[str, Any]) -> list[InvalidField]:
    markets = {code for code, area in reference().areas.items() if not area.is_aggregate}
    categories = {each.slug for each in reference().categories}
    languages = {code for code, _name in settings.LANGUAGES}
    named = list(answers.get("products", ()))
    known = set(products().filter(code__in=named).values_list("code", flat=True)) if named else set()
    goods = len({*answers.get("categories", ()), *named})
    judged = (
        ("language", _("Language"), _one(answers, "language"), languages),
        ("work", _("What you do"), _one(answers, "work"), set(User.Work.values)),
        ("home", _("Home market"), _one(answers, "home"), markets),
        ("categories", _("Product categories"), answers.get("categories", ()), categories),
        ("products", _("Products"), named, known),
        ("markets", _("Target markets"), answers.get("markets", ()), markets),
    )
    faults = [
        InvalidField(pointer=f"/{name}", field=label, expected=_("choose from the list"))
        for name, label, given, allowed in judged
        if not _all_in(given, allowed)
    ]
    if goods > MOST_GOODS:
        expected = _("name at most %(most)s, those that matter most") % {"most": MOST_GOODS}
        faults.append(InvalidField(pointer="/categories", field=_("Products"), expected=expected))
    return faults


def _one(answers: Mapping[str, Any], name: str) -> tuple[str, ...]:
    given = answers.get(name, "")
    return (given,) if given else ()


def _all_in(given: Iterable[str], allowed: Collection[str]) -> bool:
    return all(each in allowed for each in given)
