"""Which company a row is of: by its id, its registration number, or a name it is known under. Never by a likeness."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from rapidfuzz import fuzz, process

from companies.access import Actor, seen
from companies.importing.checking.faults import Fault, Suggestion
from companies.importing.plan import REGISTER
from companies.models import Company, CompanyName, ExportRecord
from companies.models.names import plain_name
from companies.queries import naming
from companies.queries.namesakes import parted

MOST_NEAR: Final = 3
# Names that look alike are sought for so many unknown names of a file; beyond them only those that sound the same.
MOST_LOOKED_FOR: Final = 300
LONGEST_NAME: Final = 300
_ALIKE_PCT: Final = 82


@dataclass(frozen=True, slots=True)
class Firm:
    """A company of the organisation."""

    id: uuid.UUID
    name: str
    place: str
    number: str
    is_archived: bool

    @property
    def suggestion(self) -> Suggestion:
        """Told apart by its place from others of its name; its number is not for everybody who may import."""
        return Suggestion(str(self.id), f"{self.name} ({self.place})" if self.place else self.name)


@dataclass(frozen=True, slots=True)
class Whom:
    """What was found. entry: as `records.entering` takes it, `+NAME` for one to be registered; empty with a fault."""

    entry: str = ""
    fault: Fault | None = None


class Firms:
    """The companies of one organisation, by everything a file may call them. Each wording is looked up once."""

    def __init__(self, actor: Actor, organisation_id: uuid.UUID, *, register: bool) -> None:
        self._register = register
        companies = seen(actor, Company).filter(organisation_id=organisation_id)
        rows = companies.values_list("pk", "name", "place", "registration_number", "archived_at")
        self.by_id = {key: Firm(key, name, place, number, when is not None) for key, name, place, number, when in rows}
        self._by_number = _grouped((firm.number.casefold(), firm) for firm in self.by_id.values() if firm.number)
        # Without a join: right after an import registered thousands, the database still takes a join of them for small.
        names = CompanyName.objects.filter(company_id__in=list(self.by_id))
        kept = list(names.values_list("company_id", "folded", "latin", "sound"))
        self._by_name = _grouped((folded, self.by_id[key]) for key, folded, _latin, _sound in kept)
        self._by_latin = _grouped((spelt, self.by_id[key]) for key, _folded, spelt, _sound in kept)
        self._by_sound = _grouped((heard, self.by_id[key]) for key, _folded, _latin, heard in kept)
        self._found: dict[tuple[str, str], Whom] = {}
        self._looked_for = 0

    @property
    def archived_by_id(self) -> dict[uuid.UUID, bool]:
        """Each company, and whether it is archived: what `records.checking.Known` wants to know."""
        return {key: firm.is_archived for key, firm in self.by_id.items()}

    def whom(self, said: str, number: str, register: str = "") -> Whom:
        """The company that a row names so. said: its name or id; number: its registration number; either may be empty.

        register: the name under which a company that is not known is registered, where a person said so.
        """
        key = said, f"{number}\0{register}"
        if key not in self._found:
            self._found[key] = self._whom(said, number, register)
        return self._found[key]

    def _whom(self, said: str, number: str, register: str) -> Whom:
        if register:
            return self._named(register, must_register=True)
        numbered = self._by_number.get(number.casefold(), []) if number else []
        if not numbered:
            return self._named(said) if said else _unknown_number(number)
        living = [firm for firm in numbered if not firm.is_archived] or numbered
        called = self._by_name.get(naming.fold(said), []) if said else []
        if called and not set(called) & set(living):
            context = {"name": living[0].name}
            near = tuple(firm.suggestion for firm in called[:MOST_NEAR])
            return Whom(fault=Fault("company_number", "company_disagrees", number, context, near))
        meant = [firm for firm in living if firm in called] or living
        return _taken(meant, "company_number", number)

    def _named(self, said: str, *, must_register: bool = False) -> Whom:
        if firm := self._with_id(said):
            return _taken([firm], "company", said)
        called, registers = self._called(said), must_register or self._register
        if registers:
            # A company put away without a record, such as one whose import was undone, stands in nobody's way.
            called = [firm for firm in called if firm.id not in self._idle]
        if called:
            return _taken([firm for firm in called if not firm.is_archived] or called, "company", said)
        name = plain_name(said)
        if registers and naming.fold(name) and len(name) <= LONGEST_NAME:
            return Whom(f"{REGISTER}{name}")
        return Whom(fault=Fault("company", "unknown_company", said, {}, self._near(said)))

    def _called(self, said: str) -> list[Firm]:
        """The companies of this name, also where our own list told one apart from its namesakes."""
        called = self._by_name.get(naming.fold(said), [])
        name, place, key = parted(said)
        if key:
            firm = self._with_id(key)
            return [firm] if firm is not None and naming.fold(name) == naming.fold(firm.name) else called
        if place:
            there = [firm for firm in self._by_name.get(naming.fold(name), []) if firm.place == place]
            return list(dict.fromkeys([*called, *there]))
        return called

    @cached_property
    def _idle(self) -> set[uuid.UUID]:
        """Archived companies that no record is of."""
        archived = {firm.id for firm in self.by_id.values() if firm.is_archived}
        records = ExportRecord.objects.filter(company_id__in=archived, removed_at__isnull=True).order_by()
        return archived - set(records.values_list("company_id", flat=True).distinct())

    def _with_id(self, said: str) -> Firm | None:
        try:
            return self.by_id.get(uuid.UUID(said))
        except ValueError:
            return None

    def _near(self, said: str) -> tuple[Suggestion, ...]:
        """Companies whose names are spelt or sound the same, then those that look alike."""
        spelt, heard = naming.latin_core(said), naming.same_sound(said)
        alike = [*self._by_latin.get(spelt, []), *(self._by_sound.get(heard, []) if heard else [])]
        self._looked_for += 1
        if len(alike) < MOST_NEAR and self._looked_for <= MOST_LOOKED_FOR:
            found = process.extract(
                spelt, self._by_latin.keys(), scorer=fuzz.ratio, score_cutoff=_ALIKE_PCT, limit=MOST_NEAR
            )
            alike += [firm for name, _score, _at in found for firm in self._by_latin[name]]
        living = dict.fromkeys(firm for firm in alike if not firm.is_archived)
        return tuple(firm.suggestion for firm in list(living)[:MOST_NEAR])


def same_name(entry: str) -> str:
    """What tells companies apart among the entries of a file: the id, or the folded name of one to be registered."""
    return f"{REGISTER}{naming.fold(entry.removeprefix(REGISTER))}" if entry.startswith(REGISTER) else entry


def _taken(firms: list[Firm], field: str, said: str) -> Whom:
    if len(firms) > 1:
        near = tuple(firm.suggestion for firm in firms[:MOST_NEAR])
        return Whom(fault=Fault(field, "ambiguous_company", said, {}, near))
    firm = firms[0]
    if firm.is_archived:
        return Whom(fault=Fault(field, "archived_company", said, {"name": firm.name}))
    return Whom(str(firm.id))


def _unknown_number(number: str) -> Whom:
    return Whom(fault=Fault("company_number", "unknown_number", number)) if number else Whom()


def _grouped(pairs: Iterable[tuple[str, Firm]]) -> Mapping[str, list[Firm]]:
    """The companies of each wording, each once."""
    found: dict[str, list[Firm]] = defaultdict(list)
    for wording, firm in pairs:
        if wording and firm not in found[wording]:
            found[wording].append(firm)
    return dict(found)
