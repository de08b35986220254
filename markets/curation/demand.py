"""Versions of demand profiles: what a version is made of, and how the next one is published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, Final

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from markets.curation.tables import check_columns, column_problems
from markets.errors import EditConflict, InvalidValue, NotFound
from markets.models import (
    Area,
    Category,
    CategoryFact,
    DemandProfile,
    Document,
    MarketCharacter,
    Theme,
    ThemeStatement,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementEntry:
    """What a document states about a theme, in our words. document empty: nobody's document says it.

    scope: `market`, or `region` for what is said of the neighbours together.
    """

    theme: str
    text_en: str
    text_zh: str = ""
    text_ru: str = ""
    document: str = ""
    locator: str = ""
    scope: str = ThemeStatement.Scope.MARKET.value


@dataclass(frozen=True, slots=True, kw_only=True)
class CharacterEntry:
    """How a document characterises the market. is_stated False: it says that the document does not."""

    text_en: str
    text_zh: str = ""
    text_ru: str = ""
    document: str = ""
    locator: str = ""
    is_stated: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryFactEntry:
    """One field of a category card with its source and date. category empty: true of every category.

    value: in `unit`; None when the fact is words only.
    """

    field: str
    text_en: str
    text_zh: str = ""
    text_ru: str = ""
    category: str = ""
    value: Decimal | None = None
    unit: str = ""
    period: str = ""
    source_kind: str = ""
    source: str = ""
    document: str = ""
    locator: str = ""
    source_on: str = ""
    licence: str = ""


Entry = StatementEntry | CharacterEntry | CategoryFactEntry


@dataclass(frozen=True, slots=True)
class ProfileContent:
    """All that one version says, in the order in which it is shown."""

    statements: Sequence[StatementEntry] = ()
    characters: Sequence[CharacterEntry] = ()
    category_facts: Sequence[CategoryFactEntry] = ()


def publish_profile(
    area: str,
    *,
    author: AbstractBaseUser,
    note: str,
    statements: Sequence[StatementEntry],
    characters: Sequence[CharacterEntry],
    category_facts: Sequence[CategoryFactEntry],
    based_on_version: int | None,
) -> DemandProfile:
    """Publish an editor's version of an area's profile. It is known from this moment on.

    based_on_version: the version the editor began from; None when there was none.
    Raises NotFound for the area, InvalidValue for content that cannot stand, EditConflict when
    somebody published in the meantime. Then nothing is written.
    """
    content = ProfileContent(tuple(statements), tuple(characters), tuple(category_facts))
    with transaction.atomic():
        market = locked_market(area)
        current = current_profile(area)
        if (current.version if current else None) != (based_on_version or None):
            raise EditConflict(area=market.name, author=_author_of(current), current=current)
        return write_version(market, content, author=author, note=note)


def current_profile(area: str) -> DemandProfile | None:
    """The newest version of the area's profile; None where there is none yet."""
    versions = DemandProfile.objects.filter(area=area).select_related("author")
    return versions.order_by("-version").first()


def write_version(
    market: Area,
    content: ProfileContent,
    *,
    author: AbstractBaseUser | None = None,
    note: str = "",
    facts_sha256: str = "",
) -> DemandProfile:
    """Write the next version with all its rows. The caller holds the lock on the area.

    facts_sha256: the bundled facts it was made from; empty for an editor's version.
    Raises InvalidValue.
    """
    now = timezone.now()
    current = current_profile(market.code)
    profile = DemandProfile(
        area=market,
        version=current.version + 1 if current else 1,
        author_id=author.pk if author else None,
        published_at=now,
        known_from=now,
        note=note.strip(),
        facts_sha256=facts_sha256,
    )
    _check(profile)
    tables = _rows(profile, content)
    profile.save()
    for rows in tables:
        if rows:
            type(rows[0])._default_manager.bulk_create(rows)  # noqa: SLF001 the way to any model's manager
    return profile


# ---------------------------------------------------------------- entries into rows
_MODELS: Final[Mapping[type, type[models.Model]]] = {
    StatementEntry: ThemeStatement,
    CharacterEntry: MarketCharacter,
    CategoryFactEntry: CategoryFact,
}
_REFERENCES: Final[Mapping[str, type[models.Model]]] = {
    "theme": Theme,
    "document": Document,
    "category": Category,
}
KnownCodes = Mapping[str, frozenset[str]]


def known_codes() -> KnownCodes:
    """The codes that an entry may name: themes, documents, categories."""
    return {
        name: frozenset(model._default_manager.values_list("pk", flat=True))  # noqa: SLF001 see above
        for name, model in _REFERENCES.items()
    }


def entry_row(entry: Entry, known: KnownCodes, place: str = "") -> models.Model:
    """The row that states the entry, not yet of any version. place: how a fault names the entry.

    Raises InvalidValue for an unknown code, an empty text and what its columns cannot hold.
    """
    values: dict[str, Any] = {}
    for column in fields(entry):
        value = getattr(entry, column.name)
        value = value.strip() if isinstance(value, str) else value
        if column.name not in _REFERENCES:
            values[column.name] = value
            continue
        if (value or column.name == "theme") and value not in known[column.name]:
            raise InvalidValue(parameter=place + column.name, value=repr(value), expected=_("no such code"))
        values[f"{column.name}_id"] = value or None
    row = _MODELS[type(entry)](**values)
    _check(row, place)
    return row


def _rows(profile: DemandProfile, content: ProfileContent) -> list[list[models.Model]]:
    """Checked rows of the version, one list for each table, in the order given."""
    known = known_codes()
    parts: dict[str, Sequence[Entry]] = {
        "statements": content.statements,
        "characters": content.characters,
        "category_facts": content.category_facts,
    }
    tables = [
        [entry_row(entry, known, f"{part}[{place}].") for place, entry in enumerate(entries)]
        for part, entries in parts.items()
    ]
    for rows in tables:
        for sort, row in enumerate(rows):
            row.profile, row.sort = profile, sort  # type: ignore[attr-defined] # all three have them
    return tables


def _check(row: models.Model, place: str = "") -> None:
    try:
        check_columns(row)
    except ValidationError as refused:
        problems = column_problems(refused)
        column = next(iter(refused.message_dict))
        raise InvalidValue(parameter=place + column, value=repr(getattr(row, column)), expected=problems) from refused


def locked_market(code: str) -> Area:
    """The area, held until the transaction ends so that versions follow one another.

    Raises NotFound, also for a group: what is said of a group stands in its members' profiles.
    """
    market = Area.objects.select_for_update().filter(code=code, is_aggregate=False).first()
    if market is None:
        raise NotFound(kind=_("market"), key=code)
    return market


def _author_of(profile: DemandProfile | None) -> str:
    if profile is None:
        return _("nobody: it has no version yet")
    if profile.facts_sha256:
        return _("the facts the product came with")
    return profile.author.get_full_name() if profile.author else _("a former editor")
