"""`/published-sums/`: what organisations publish of their approved export records, for everybody."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, ClassVar, Final

from django.db.models import F, QuerySet

from companies.models import PublishedSum
from companies.profiles.published import PublishedSumRecord, sum_records
from companies.queries.published import published_sums
from markets.door.address import FIGURES_SECONDS, ListView, list_parameters
from markets.door.parameters import MARKET_FORM, SLUG_FORM, Parameter, code, codes, sort

_ID_FORM: Final = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


class PublishedSumListView(ListView):
    """Sums of approved export records, as organisations publish them: by year, market, category and currency.

    Withheld sums stand in the list without a value, with `status` c and the kind of reason in `withheld`. Never add
    categories, currencies, or groups of markets to their members; `WLD` is the organisation's sum over all single
    markets, not the world's imports. What a source states for a whole year or its months counts; a year to date never.
    """

    record = PublishedSumRecord
    fresh_seconds = FIGURES_SECONDS
    sorts: ClassVar = {"year": ("year", "pk"), "published_at": ("published_at", "pk")}
    parameters: ClassVar[Sequence[Parameter]] = list_parameters(
        PublishedSumRecord,
        code(
            "organisation",
            "Only what this organisation publishes, by its id.",
            "01890a5d-ac96-774b-bcce-b302099a8057",
            _ID_FORM,
        ),
        codes("market", "Only these markets, commas between them; WLD is all single markets.", "KAZ,UZB", MARKET_FORM),
        codes("category", "Only these categories, commas between them.", "appliances", SLUG_FORM),
        codes("currency", "Only these currencies, commas between them.", "CNY,USD", r"[A-Z]{3}"),
        code("year", "Only this year.", "2024", r"[12]\d{3}"),
        sort("year", "published_at"),
    )

    def rows(self) -> QuerySet[PublishedSum]:
        """The sums that match."""
        asked = self.asked
        rows = published_sums().select_related("publication__organisation")
        rows = rows.annotate(year=F("publication__year"), published_at=F("publication__published_at"))
        if asked["organisation"]:
            rows = rows.filter(publication__organisation=uuid.UUID(asked["organisation"]))
        if asked["year"]:
            rows = rows.filter(publication__year=int(asked["year"]))
        for parameter, column in (("market", "destination"), ("category", "category"), ("currency", "currency")):
            if asked[parameter]:
                rows = rows.filter(**{f"{column}__in": asked[parameter]})
        return rows

    def records(self, rows: Sequence[Any]) -> list[PublishedSumRecord]:
        """The sums as everybody reads them."""
        return sum_records(rows)
