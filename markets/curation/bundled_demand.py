"""Documents, themes and the first versions of demand profiles, as the fact tables state them."""

from __future__ import annotations

import hashlib
import logging
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from django.db.models import Q
from django.utils import timezone

from markets.curation.demand import (
    CategoryFactEntry,
    CharacterEntry,
    Entry,
    ProfileContent,
    StatementEntry,
    current_profile,
    entry_row,
    known_codes,
    locked_market,
    write_version,
)
from markets.curation.products import product_ids, product_of
from markets.curation.tables import (
    FactRow,
    LoadOutcome,
    content_sha256,
    drop_unused,
    fact_table,
    load_once,
    upsert,
)
from markets.errors import InvalidValue
from markets.models import (
    Area,
    DemandProfile,
    Document,
    Indicator,
    Membership,
    Theme,
    ThemeProduct,
    ThemeStatement,
)
from markets.sources.bundled import FACTS

TABLES: Final = (
    "documents.csv",
    "themes.csv",
    "theme_products.csv",
    "theme_statements.csv",
    "market_characters.csv",
    "category_facts.csv",
    "memberships.csv",
)
_REGION: Final = ThemeStatement.Scope.REGION.value
_PLACE: Final = ("source", "locator")
_COLONS: Final = {"en": ": ", "zh": "：", "ru": ": "}

E = TypeVar("E", StatementEntry, CharacterEntry, CategoryFactEntry)

log = logging.getLogger(__name__)


def load_demand_profiles(facts: Path = FACTS) -> LoadOutcome:
    """Bring documents, themes and bundled profile versions to what the fact tables state.

    An area whose bundled facts changed gets its next version, unless an editor has published since:
    then the editor's stays and the log says so. Raises FactsInvalid with the table and line.
    """
    sha256 = content_sha256([facts / table for table in TABLES])
    return load_once("demand", sha256, partial(_load, facts))


def _load(facts: Path) -> dict[str, int]:
    documents, themes = _documents(facts), _themes(facts)
    upsert(Document, documents, ["code"])
    upsert(Theme, themes, ["slug"])
    theme_products = upsert(
        ThemeProduct, _theme_products(facts, {theme.slug for theme in themes}), ["theme", "product"]
    )
    ThemeProduct.objects.exclude(pk__in=[row.pk for row in theme_products]).delete()
    published = _publish_changed(_contents(facts))
    drop_unused(Document.objects.exclude(code__in=[document.code for document in documents]))
    drop_unused(Theme.objects.exclude(slug__in=[theme.slug for theme in themes]))
    return {"documents": len(documents), "themes": len(themes), "profile versions": published}


# ---------------------------------------------------------------- documents and themes
def _documents(facts: Path) -> list[Document]:
    texts = ["publisher", "title", "kind", "language", "note"]
    return [
        row.checked(
            Document(
                code=row.stated("code"),
                published_on=row.day("published_on"),
                **row.texts("published_note"),
                **{column: row.text(column) for column in texts},
            )
        )
        for row in fact_table(facts / "documents.csv", ["code", "published_on", "published_note_*", *texts], ["code"])
    ]


def _themes(facts: Path) -> list[Theme]:
    columns = ["slug", "name_*", "description_*", "indicator", "comparator", "threshold"]
    columns += ["rule_*", "sort"]
    indicators = frozenset(Indicator.objects.values_list("code", flat=True))
    rows = fact_table(facts / "themes.csv", columns, ["slug"])
    return [_theme(row, indicators) for row in rows]


def _theme(row: FactRow, indicators: Container[str]) -> Theme:
    rule = [row.text(column) for column in ("indicator", "comparator", "threshold")]
    if any(rule) and not all(rule):
        raise row.wrong("indicator, comparator and threshold are stated together or not at all")
    theme = Theme(
        slug=row.stated("slug"),
        indicator_id=row.known("indicator", indicators) if any(rule) else None,
        comparator=row.text("comparator"),
        threshold=row.decimal("threshold"),
        sort=row.whole("sort"),
        **row.texts("name"),
        **row.texts("description"),
        **row.texts("rule"),
    )
    return row.checked(theme)


def _theme_products(facts: Path, themes: Container[str]) -> list[ThemeProduct]:
    ids = product_ids()
    columns = ["theme", "classification", "code", "note_*"]
    return [
        row.checked(
            ThemeProduct(
                theme_id=row.known("theme", themes),
                product_id=product_of(row, ids),
                **row.texts("note"),
            )
        )
        for row in fact_table(facts / "theme_products.csv", columns, columns[:3])
    ]


# ---------------------------------------------------------------- what the tables say of each area
EntriesByArea = Mapping[str, Sequence[E]]


class _Reader:
    """Reads entries by the area they speak of, checking each against what stands in the database."""

    def __init__(self, facts: Path) -> None:
        self.facts = facts
        self.known = known_codes()
        self.areas = Area.objects.in_bulk()

    def entries(
        self, table: str, columns: Sequence[str], entry_of: Callable[[FactRow], E | None]
    ) -> dict[str, list[E]]:
        """The entries of one table by area. Raises FactsInvalid."""
        found: dict[str, list[E]] = defaultdict(list)
        for row in fact_table(self.facts / table, ["area", *columns]):
            area = self.areas[row.known("area", self.areas)]
            entry = entry_of(row)
            if entry is not None:
                self._check(row, area, entry)
                found[area.code].append(entry)
        return found

    def _check(self, row: FactRow, area: Area, entry: Entry) -> None:
        if isinstance(entry, StatementEntry) and area.is_aggregate != (entry.scope == _REGION):
            raise row.wrong(f"scope {entry.scope!r} does not fit {area.code}")
        try:
            entry_row(entry, self.known)
        except InvalidValue as wrong:
            raise row.wrong(str(wrong)) from wrong


def _contents(facts: Path) -> dict[str, ProfileContent]:
    """What a bundled version of each market's profile says, its groups' entries after its own."""
    reader = _Reader(facts)
    source = ["document", "locator", "text_*"]
    statements = reader.entries("theme_statements.csv", ["theme", *source, "scope"], _statement)
    characters = reader.entries("market_characters.csv", [*source, "is_stated"], _character)
    columns = ["category", "field", "text_*", "value", "unit", "period", "source_kind", "source"]
    columns += ["locator", "source_on", "licence"]
    category_facts = reader.entries("category_facts.csv", columns, _category_fact)
    of_groups = {
        code: [_spoken_of(reader.areas[code], fact) for fact in entries]
        for code, entries in category_facts.items()
        if reader.areas[code].is_aggregate
    }
    category_facts |= of_groups
    groups_by_market = _groups_by_market({*statements, *characters, *category_facts}, reader.areas)
    return {
        market: ProfileContent(
            statements=_gathered(statements, market, groups),
            characters=_gathered(characters, market, groups),
            category_facts=_gathered(category_facts, market, groups),
        )
        for market, groups in groups_by_market.items()
    }


def _statement(row: FactRow) -> StatementEntry:
    return StatementEntry(
        theme=row.stated("theme"),
        document=row.text("document"),
        locator=row.text("locator"),
        scope=row.stated("scope"),
        **row.texts("text"),
    )


def _character(row: FactRow) -> CharacterEntry:
    return CharacterEntry(
        document=row.text("document"),
        locator=row.text("locator"),
        is_stated=row.flag("is_stated"),
        **row.texts("text"),
    )


def _category_fact(row: FactRow) -> CategoryFactEntry | None:
    """None for a membership: those stand in the groups' own table, with their days."""
    if row.stated("field") == "membership":
        return None
    is_from_document = row.text("source_kind") == "document"
    category = row.text("category")
    return CategoryFactEntry(
        category="" if category == "*" else category,
        field=row.text("field"),
        value=row.decimal("value"),
        unit=row.text("unit"),
        period=row.text("period"),
        source_kind=row.stated("source_kind"),
        document=row.stated("source") if is_from_document else "",
        locator=row.text("locator") if is_from_document else "",
        # Only a document has lines to point at; elsewhere the place belongs to the source's name.
        source="" if is_from_document else ", ".join(filter(None, map(row.text, _PLACE))),
        source_on=row.text("source_on"),
        licence=row.text("licence"),
        **row.texts("text"),
    )


def _spoken_of(group: Area, fact: CategoryFactEntry) -> CategoryFactEntry:
    """The fact with the group's name before it: in a member's card it must not pass for the member's own."""
    texts: dict[str, Any] = {
        f"text_{language}": f"{name}{colon}{text}" if text else ""
        for language, colon in _COLONS.items()
        for name in [getattr(group, f"name_{language}") or group.name_en]
        for text in [getattr(fact, f"text_{language}")]
    }
    return replace(fact, **texts)


def _groups_by_market(spoken_of: Iterable[str], areas: Mapping[str, Area]) -> dict[str, list[str]]:
    """Markets spoken of, by themselves or through a group they are in today, with those groups."""
    found: dict[str, list[str]] = {code: [] for code in spoken_of if not areas[code].is_aggregate}
    today = timezone.now().date()
    in_force = Membership.objects.filter(
        Q(from_on=None) | Q(from_on__lte=today),
        Q(to_on=None) | Q(to_on__gt=today),
        group__in=[code for code in spoken_of if areas[code].is_aggregate],
        member__is_aggregate=False,
    )
    for group, member in in_force.values_list("group", "member").order_by("group").distinct():
        found.setdefault(member, []).append(group)
    return dict(sorted(found.items()))


def _gathered(entries: EntriesByArea[E], market: str, groups: Sequence[str]) -> tuple[E, ...]:
    return tuple(entry for code in (market, *groups) for entry in entries.get(code, ()))


# ---------------------------------------------------------------- versions
def _publish_changed(contents: Mapping[str, ProfileContent]) -> int:
    """Publish what differs from the bundled version in force; how many versions that made."""
    bundled = DemandProfile.objects.exclude(facts_sha256="")
    latest = dict(bundled.order_by("area", "version").values_list("area", "facts_sha256"))
    published = 0
    for area in sorted({*contents, *latest}):
        content = contents.get(area, ProfileContent())
        sha256 = fingerprint(content)
        if latest.get(area) == sha256:
            continue
        market = locked_market(area)
        current = current_profile(area)
        if current and not current.facts_sha256:
            log.warning(
                "Bundled facts of %s changed; version %d by an editor stays in force.",
                area,
                current.version,
            )
            continue
        write_version(market, content, facts_sha256=sha256)
        published += 1
    return published


def fingerprint(content: ProfileContent) -> str:
    """Hash of what the content says. A new kind of field changes it only where it says something."""
    entries: list[Entry] = [*content.statements, *content.characters, *content.category_facts]
    said = [(type(entry).__name__, [(name, str(value)) for name, value in _stated_fields(entry)]) for entry in entries]
    return hashlib.sha256(repr(said).encode()).hexdigest()


def _stated_fields(entry: Entry) -> list[tuple[str, object]]:
    values = [(column, getattr(entry, column.name)) for column in fields(entry)]
    return [(column.name, value) for column, value in values if value != column.default]
