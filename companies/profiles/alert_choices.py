"""What may be chosen for the blanks of an alert rule, in the active language."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from companies.access import Action, Actor, seen
from companies.models import Company, Organisation
from markets import queries, wording
from markets.queries import FOCUS_MARKETS
from markets.queries import rates as stored

Choice = tuple[str, str]
# More companies than this are found by name elsewhere; a rule for one of them is begun on its own page.
MOST_COMPANIES: Final = 200
_PLACES: Final = ("country", "world")


@dataclass(frozen=True, slots=True)
class RuleChoices:
    """Codes with their names. indicators: by subject, each with its unit in words."""

    markets: tuple[Choice, ...] = ()
    indicators: tuple[tuple[str, tuple[Choice, ...]], ...] = ()
    currencies: tuple[Choice, ...] = ()
    datasets: tuple[Choice, ...] = ()
    organisations: tuple[Choice, ...] = ()
    companies: tuple[Choice, ...] = ()


def rule_choices(actor: Actor, takes: frozenset[str], *, organisation: str = "", company: str = "") -> RuleChoices:
    """The choices for the entries that a kind of rule takes. company: one that is chosen already, kept among them."""
    place = _place(actor, organisation)
    return RuleChoices(
        markets=_markets() if "market" in takes else (),
        indicators=_indicators() if "indicator" in takes else (),
        currencies=_currencies() if "currency" in takes else (),
        datasets=_datasets() if "dataset" in takes else (),
        organisations=_organisations(actor) if "organisation" in takes else (),
        companies=_companies(actor, place, company) if "company" in takes and place else (),
    )


def people_unit(unit: str) -> Decimal:
    """How many of the unit people read a stored unit has: 1,000,000 of `usd_million`, else 1."""
    return wording.in_full(1, unit)


def unit_of(indicator: str) -> str:
    """The unit an indicator is stored in; empty where there is no such indicator."""
    code = indicator.casefold()
    return next((each.unit for each in queries.reference().indicators if each.code.casefold() == code), "")


def _markets() -> tuple[Choice, ...]:
    order = {code: place for place, code in enumerate(FOCUS_MARKETS)}
    areas = [area for area in queries.reference().areas.values() if area.kind in _PLACES]
    areas.sort(key=lambda area: (order.get(area.code, len(order)), not area.is_aggregate, area.name))
    return tuple((area.code, area.name) for area in areas)


def _indicators() -> tuple[tuple[str, tuple[Choice, ...]], ...]:
    by_group: dict[str, list[Choice]] = {}
    for each in queries.reference().indicators:
        name = _("%(name)s (%(unit)s)") % {"name": each.name, "unit": wording.unit_words(each.unit)}
        by_group.setdefault(each.group, []).append((each.code, name))
    return tuple((str(wording.GROUP_WORDS[group]), tuple(choices)) for group, choices in by_group.items())


def _currencies() -> tuple[Choice, ...]:
    return tuple((each.code, f"{each.code} · {each.name}") for each in stored.currencies(stored.currency_codes()))


def _datasets() -> tuple[Choice, ...]:
    """Those that are downloaded by the clock: no other one can be late."""
    rows = queries.datasets().filter(refresh_every__isnull=False)
    return tuple(rows.values_list("pk", "name"))


def _organisations(actor: Actor) -> tuple[Choice, ...]:
    rows = Organisation.objects.filter(pk__in=actor.where(Action.READ)).order_by("name", "pk")
    return tuple((str(key), name) for key, name in rows.values_list("pk", "name"))


def _companies(actor: Actor, place: uuid.UUID, chosen: str) -> tuple[Choice, ...]:
    rows = seen(actor, Company).filter(organisation_id=place, archived_at=None).order_by("name", "pk")
    found = [(str(key), name) for key, name in rows.values_list("pk", "name")[:MOST_COMPANIES]]
    if chosen and chosen not in dict(found) and (key := _key(chosen)):
        found += [(str(one), name) for one, name in rows.filter(pk=key).values_list("pk", "name")]
    return tuple(found)


def _place(actor: Actor, text: str) -> uuid.UUID | None:
    """The organisation whose companies are offered: the one that is chosen, else where the actor works."""
    wanted = _key(text) or actor.working_in
    return wanted if wanted in actor.where(Action.READ) else None


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
