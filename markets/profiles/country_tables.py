"""What a market's page shows beside its figures, as tables for its files: demand, categories, access, gaps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from markets.profiles.demand import CardFact, CardField, CategoryCard, DocumentRef, Statement, ThemeCard
from markets.profiles.figures import Missing
from markets.profiles.tables import Cell, Column, Table

if TYPE_CHECKING:
    from markets.profiles.country import CountryProfile

YES, NO = "yes", "no"


def demand_tables(page: CountryProfile) -> tuple[Table, ...]:
    """Every table of a market's page but that of its figures, each named after the page."""
    makers = (_characters, _themes, _categories, _memberships, _notes, _documents)
    return tuple(make(page) for make in makers)


def _table(
    page: CountryProfile, key: str, title: str, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]
) -> Table:
    return Table(
        name=f"profile-{page.market.iso3.lower()}-{key}",
        title=_("%(market)s: %(table)s") % {"market": page.market.name, "table": title},
        columns=columns,
        rows=rows,
        key=key,
        label=title,
    )


def _place(document: DocumentRef | None) -> tuple[str, str]:
    return (document.code, document.locator) if document else ("", "")


def _characters(page: CountryProfile) -> Table:
    columns = [
        Column("statement", _("Statement")),
        Column("is_stated", _("Stated")),
        Column("document", _("Document")),
        Column("locator", _("Place in the document")),
    ]
    rows = [(c.text, YES if c.is_stated else NO, *_place(c.document)) for c in page.characters]
    return _table(page, "characters", _("One country, one policy"), columns, rows)


def _themes(page: CountryProfile) -> Table:
    """A row for each statement; a theme of which nobody speaks has one row without a statement."""
    columns = [
        Column("theme", _("Code")),
        Column("name", _("Theme")),
        Column("strength", _("Strength")),
        Column("scope", _("Scope")),
        Column("statement", _("Statement")),
        Column("document", _("Document")),
        Column("locator", _("Place in the document")),
        Column("rule", _("Rule")),
        Column("rule_met", _("Rule met")),
        Column("indicator", _("Indicator")),
        Column("value", _("Value"), is_number=True),
        Column("period", _("Period")),
        Column("products", _("HS codes")),
    ]
    rows = [_theme_cells(theme, statement) for theme in page.themes for statement in (theme.statements or (None,))]
    return _table(page, "themes", _("Themes of demand"), columns, rows)


def _theme_cells(theme: ThemeCard, statement: Statement | None) -> tuple[Cell, ...]:
    figure = theme.figure
    return (
        theme.slug,
        theme.name,
        theme.strength,
        statement.scope if statement else "",
        statement.text if statement else "",
        *_place(statement.document if statement else None),
        theme.rule,
        "" if theme.passes is None else YES if theme.passes else NO,
        figure.indicator.code if figure else "",
        figure.value if figure else None,
        figure.period if figure else "",
        " ".join(product.code for product in theme.products),
    )


def _categories(page: CountryProfile) -> Table:
    """A row for each fact; a field without any has one row that says so."""
    columns = [
        Column("category", _("Code")),
        Column("name", _("Category")),
        Column("field", _("Field")),
        Column("text", _("Text")),
        Column("value", _("Value"), is_number=True),
        Column("unit", _("Unit")),
        Column("period", _("Period")),
        Column("document", _("Document")),
        Column("locator", _("Place in the document")),
        Column("source", _("Source")),
        Column("source_on", _("Day of the source")),
        Column("licence", _("Licence")),
        Column("missing", _("Why missing")),
    ]
    rows = [
        _fact_cells(card, field, fact)
        for card in page.categories
        for field in card.fields
        for fact in (field.facts or (None,))
    ]
    return _table(page, "categories", _("By product category"), columns, rows)


def _fact_cells(card: CategoryCard, field: CardField, fact: CardFact | None) -> tuple[Cell, ...]:
    head = (card.slug, card.name, field.field)
    if fact is None:
        return (*head, "", None, *[""] * 7, Missing.NOT_LOADED.value)
    told = (fact.text, fact.value, fact.unit, fact.period)
    return (*head, *told, *_place(fact.document), fact.source, fact.source_on, fact.licence, "")


def _memberships(page: CountryProfile) -> Table:
    columns = [
        Column("group", _("Code")),
        Column("name", _("Group")),
        Column("member", _("Member")),
        Column("from_on", _("Since")),
        Column("note", _("Note")),
        Column("citation", _("Source")),
    ]
    rows = [
        (
            line.group,
            line.name,
            YES if line.is_member else NO,
            line.from_on.isoformat() if line.from_on else "",
            line.note,
            line.citation,
        )
        for line in page.memberships
    ]
    return _table(page, "memberships", _("Memberships"), columns, rows)


def _notes(page: CountryProfile) -> Table:
    """Remarks to read the figures with, then the indicators that have no value, each with the reason."""
    columns = [
        Column("kind", _("Kind")),
        Column("text", _("Text")),
        Column("indicator", _("Code")),
        Column("missing", _("Why missing")),
    ]
    missing = Missing.NOT_LOADED if page.as_of is None else Missing.NOT_KNOWN_THEN
    rows: list[tuple[Cell, ...]] = [("caveat", text, "", "") for text in page.caveats]
    rows += [("gap", gap.name, gap.code, missing.value) for gap in page.gaps]
    return _table(page, "notes", _("Notes and gaps"), columns, rows)


def _documents(page: CountryProfile) -> Table:
    columns = [
        Column("document", _("Code")),
        Column("publisher", _("Publisher")),
        Column("title", _("Title")),
        Column("published_on", _("Day")),
        Column("note", _("Note")),
    ]
    rows = [
        (d.code, d.publisher, d.title, d.published_on.isoformat() if d.published_on else "", d.published_note)
        for d in page.documents
    ]
    return _table(page, "documents", _("Documents"), columns, rows)
