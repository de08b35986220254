"""Staff pages of the market tables: everything can be looked at, nothing changed.

Facts change by their tables and their sources, demand profiles by a page of their own that publishes the
next version; a correction here would have no author, no date and no source.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.contrib import admin
from django.db.models import Model, URLField
from django.http import HttpRequest

from markets import models


class ReadOnlyAdmin(admin.ModelAdmin):
    """A table to look at, for every member of staff."""

    show_full_result_count = False
    formfield_overrides = {URLField: {"assume_scheme": "https"}}
    list_per_page = 50

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Staff sees the tables in the list of applications."""
        return _is_staff(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 Django's signature
        """Staff may look at every row."""
        return _is_staff(request)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 Django's signature, with a row for inlines
        """Nobody adds a fact here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 Django's signature
        """Nobody changes a fact here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 Django's signature
        """Nobody deletes a fact here."""
        return False


def _is_staff(request: HttpRequest) -> bool:
    user = request.user
    return user.is_active and getattr(user, "is_staff", False)


# What each table shows in its list: Django's own options of an admin page.
PAGES: Final[Mapping[type[Model], Mapping[str, Any]]] = {
    models.Area: {
        "list_display": ("code", "name_en", "name_zh", "name_ru", "is_aggregate", "currency"),
        "list_filter": ("is_aggregate", "kind", "subregion"),
        "list_select_related": ("currency",),
        "search_fields": ("code", "iso2", "m49", "name_en", "name_zh", "name_ru"),
    },
    models.RejectedRow: {
        "list_display": ("release", "file", "line", "reason"),
        "list_filter": ("reason",),
        "list_select_related": ("release",),
        "search_fields": ("file", "text"),
    },
    models.Currency: {
        "list_display": ("code", "name_en", "name_zh", "name_ru", "minor_digits"),
        "search_fields": ("code", "name_en", "name_zh", "name_ru"),
    },
    models.Membership: {
        "list_display": ("group", "member", "from_on", "to_on", "citation"),
        "list_filter": (("group", admin.RelatedOnlyFieldListFilter),),
        "list_select_related": ("group", "member"),
        "search_fields": ("member__code", "member__name_en"),
    },
    models.Product: {
        "list_display": ("code", "classification", "plain_en", "plain_zh", "plain_ru", "label_en"),
        "list_filter": ("classification", "section"),
        "search_fields": ("^code", "plain_en", "plain_zh", "plain_ru", "label_en"),
    },
    models.Category: {
        "list_display": ("slug", "name_en", "name_zh", "name_ru", "is_focus", "sort"),
        "list_filter": ("is_focus",),
    },
    models.CategoryProduct: {
        "list_display": ("category", "product", "note_en"),
        "list_filter": ("category",),
        "list_select_related": ("category", "product"),
        "search_fields": ("^product__code",),
    },
    models.SearchTerm: {
        "list_display": ("text", "language", "kind", "key", "weight"),
        "list_filter": ("kind", "language"),
        "search_fields": ("folded", "key"),
    },
    models.Dataset: {
        "list_display": ("id", "name", "publisher", "licence", "redistribution", "refresh_every"),
    },
    models.Release: {
        "list_display": ("title", "dataset", "state", "transport", "known_from", "added", "revised"),
        "list_filter": ("dataset", "state", "transport"),
        "list_select_related": ("dataset",),
        "search_fields": ("title", "request"),
    },
    models.ReleaseSlice: {
        "list_display": ("release", "slice", "added", "revised", "withdrawn", "unchanged"),
        "list_filter": ("release__dataset",),
        "list_select_related": ("release", "slice"),
        "search_fields": ("slice__key",),
    },
    models.Slice: {
        "list_display": ("key", "dataset", "current", "checked_at"),
        "list_filter": ("dataset",),
        "list_select_related": ("dataset", "current"),
        "search_fields": ("key",),
    },
    models.Payload: {
        "list_display": ("sha256", "content_type", "size_bytes", "stored_at"),
        "search_fields": ("^sha256",),
    },
    models.Job: {
        "list_display": ("created_at", "kind", "dataset", "state", "attempts", "started_at", "finished_at"),
        "list_filter": ("state", "dataset", "transport"),
        "list_select_related": ("dataset",),
    },
    models.JobEvent: {
        "list_display": ("at", "job", "attempt", "code"),
        "list_filter": ("code", "job__dataset"),
        "list_select_related": ("job",),
    },
    models.JobAnswer: {
        "list_display": ("retrieved_at", "job", "request"),
        "list_select_related": ("job",),
        "search_fields": ("request",),
    },
    models.HeldRow: {
        "list_display": ("release", "slice", "subject", "period", "old_value", "value", "verdict"),
        "list_filter": ("verdict", "release__dataset"),
        "list_select_related": ("release",),
        "search_fields": ("=subject", "=period", "slice"),
    },
    models.TradeTotal: {
        "list_display": (
            "reporter",
            "flow",
            "partner",
            "period",
            "value",
            "currency",
            "obs_status",
            "dataset",
            "known_to",
        ),
        "list_filter": ("dataset", "flow", "frequency", "obs_status"),
        "list_select_related": ("reporter", "partner", "currency", "dataset"),
        "search_fields": ("=reporter__code", "=partner__code", "=period"),
    },
    models.ExchangeRate: {
        "list_display": ("currency", "base", "kind", "period", "value", "dataset", "known_to"),
        "list_filter": ("dataset", "kind", "frequency"),
        "list_select_related": ("currency", "base", "dataset"),
        "search_fields": ("=currency__code", "=base__code", "=period"),
    },
    models.UnmappedCode: {
        "list_display": ("scheme", "code", "label", "dataset", "rows", "last_seen_at"),
        "list_filter": ("dataset", "scheme"),
        "list_select_related": ("dataset",),
    },
    models.LoadedFacts: {
        "list_display": ("name", "sha256", "loaded_at"),
    },
    models.Indicator: {
        "list_display": ("code", "name_en", "dataset", "group", "unit", "direction", "is_headline"),
        "list_filter": ("dataset", "group", "is_headline"),
        "list_select_related": ("dataset",),
        "search_fields": ("code", "name_en", "name_zh", "name_ru"),
    },
    models.Observation: {
        "list_display": ("indicator", "area", "period", "value", "obs_status", "release", "known_to"),
        "list_filter": ("frequency", "obs_status", "indicator__dataset"),
        "list_select_related": ("indicator", "area", "release"),
        "search_fields": ("=indicator__code", "=area__code", "=period"),
    },
    models.AreaCaveat: {
        "list_display": ("area", "indicators", "period_from", "period_to", "is_rankable", "text_en"),
        "list_filter": ("is_rankable",),
        "list_select_related": ("area",),
    },
    models.Document: {
        "list_display": ("code", "publisher", "title", "published_on", "published_note_en", "kind"),
    },
    models.Theme: {
        "list_display": ("slug", "name_en", "indicator", "comparator", "threshold", "sort"),
        "list_select_related": ("indicator",),
    },
    models.ThemeProduct: {
        "list_display": ("theme", "product", "note_en"),
        "list_filter": ("theme",),
        "list_select_related": ("theme", "product"),
    },
    models.DemandProfile: {
        "list_display": ("area", "version", "author", "published_at", "note"),
        "list_select_related": ("area", "author"),
        "search_fields": ("area__code", "area__name_en"),
    },
    models.ThemeStatement: {
        "list_display": ("profile", "theme", "scope", "document", "locator", "text_en"),
        "list_filter": ("theme", "scope"),
        "list_select_related": ("profile", "document", "theme"),
        "search_fields": ("profile__area__code", "text_en", "text_zh", "text_ru"),
    },
    models.MarketCharacter: {
        "list_display": ("profile", "is_stated", "document", "locator", "text_en"),
        "list_filter": ("is_stated",),
        "list_select_related": ("profile", "document"),
        "search_fields": ("profile__area__code", "text_en", "text_zh", "text_ru"),
    },
    models.CategoryFact: {
        "list_display": ("profile", "category", "field", "text_en", "source_kind", "source_on"),
        "list_filter": ("category", "field", "source_kind"),
        "list_select_related": ("profile", "document", "category"),
        "search_fields": ("profile__area__code", "text_en", "text_zh", "text_ru"),
    },
}
for _model, _options in PAGES.items():
    admin.site.register(_model, ReadOnlyAdmin, **_options)
