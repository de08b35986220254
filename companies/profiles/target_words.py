"""The statuses, stages and notes of a target market in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from companies.models import ExportRecord
from markets import wording

STATUS_WORDS: Final[Mapping[str, Promise]] = {
    "exporting": _lazy("Currently exporting"),
    "future": _lazy("Future interest"),
    "not_interested": _lazy("Not interested"),
}
STAGE_WORDS: Final[Mapping[str, Promise]] = {
    "": pgettext_lazy("stage", "Not said"),
    "exploring": _lazy("Looking into it"),
    "contacts": _lazy("Talking to buyers"),
    "offer": _lazy("Offer or samples sent"),
    "first_order": _lazy("First order"),
    "regular": _lazy("Regular trade"),
}
ENTRY_WORDS: Final[Mapping[str, Promise]] = {
    "note": _lazy("Note"),
    "visit": _lazy("Visit"),
    "document": _lazy("Document"),
    "record": _lazy("Export record"),
    "number": _lazy("Number"),
}


def goods_words(category_name: str, product: str, product_name: str) -> str:
    """The goods of a target market: a category, a product with its code, or all goods."""
    if product:
        return f"{product} {product_name}".strip()
    return category_name or _("All goods")


def sold_words(record: ExportRecord) -> str:
    """The period of an export record and its amount, where it has one: `Dec 2024, CN¥900,000`."""
    period = wording.period_words(record.period)
    if record.value is None or record.currency_id is None:
        return period
    return f"{period}, {wording.money(record.value, record.currency_id)}"
