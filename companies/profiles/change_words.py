"""The words of the change log: what was done, to what kind of thing, to which field, by which way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.models import Change

ACTIONS: Final[Mapping[str, Promise]] = {
    "accepted": pgettext_lazy("change", "accepted"),
    "approved": pgettext_lazy("change", "approved"),
    "archived": pgettext_lazy("change", "archived"),
    "commented": pgettext_lazy("change", "commented"),
    "edited": pgettext_lazy("change", "edited"),
    "entered": pgettext_lazy("change", "entered"),
    "invited": pgettext_lazy("change", "invited"),
    "made": pgettext_lazy("change", "made"),
    "published": pgettext_lazy("change", "published"),
    "registered": pgettext_lazy("change", "registered"),
    "removed": pgettext_lazy("change", "removed"),
    "reopened": pgettext_lazy("change", "reopened"),
    "restored": pgettext_lazy("change", "restored"),
    "returned": pgettext_lazy("change", "sent back"),
    "revoked": pgettext_lazy("change", "revoked"),
    "shared": pgettext_lazy("change", "shared"),
    "submitted": pgettext_lazy("change", "submitted"),
    "withdrawn": pgettext_lazy("change", "withdrawn"),
}
KINDS: Final[Mapping[str, Promise]] = {
    "apikey": _("API key"),
    "company": _("Company"),
    "exportrecord": _("Export record"),
    "invitation": _("Invitation"),
    "listexport": _("File"),
    "membership": _("Membership"),
    "organisation": _("Organisation"),
    "publication": _("Publication"),
    "recordcomment": _("Comment"),
    "savedview": _("Saved view"),
    "selection": _("Selection"),
    "sharelink": _("Link for readers"),
    "user": _("Account"),
}
FIELDS: Final[Mapping[str, Promise]] = {
    "archived_at": _("Archived at"),
    "archived_by": _("Archived by"),
    "archived_reason": _("Reason for archiving"),
    "category": _("Category"),
    "company": _("Company"),
    "contacts": _("Contacts"),
    "corridor": _("Transport corridor"),
    "count": _("Number"),
    "created_by": _("Entered by"),
    "currency": _("Currency"),
    "customs_office": _("Customs office"),
    "decided_at": _("Decided at"),
    "decided_by": _("Decided by"),
    "decision_note": _("Reason for the decision"),
    "deletion_wanted_at": _("Deletion asked for at"),
    "destination": _("Destination"),
    "document_reference": _("Document reference"),
    "edited_by": _("Edited by"),
    "ended_at": _("Ended at"),
    "expires_at": _("Ends at"),
    "frequency": _("Frequency"),
    "growth_base": _("Base of the growth"),
    "home": _("Home"),
    "hs_code": _("HS code"),
    "hs_revision": _("HS revision"),
    "incoterm": _("Incoterm"),
    "is_default": _("Opens by default"),
    "is_shared": _("Shared with colleagues"),
    "kind": _("Kind"),
    "language": _("Language"),
    "lines": _("Product lines"),
    "multiplier": _("Multiplier"),
    "name": _("Name"),
    "names": _("Names"),
    "net_weight_kg": _("Net weight, kg"),
    "networks": _("Networks"),
    "note": _("Note"),
    "number": _("Number"),
    "number_style": _("Number style"),
    "organisation": _("Organisation"),
    "origin": _("Origin"),
    "origin_reference": _("Reference of the origin"),
    "period": _("Period"),
    "period_from_on": _("First day"),
    "period_to_on": _("Last day"),
    "place": _("Place"),
    "query": _("Filters, order and columns"),
    "quantity": _("Quantity"),
    "quantity_unit": _("Unit of the quantity"),
    "registration_number": _("Registration number"),
    "removed_at": _("Removed at"),
    "removed_by": _("Removed by"),
    "removed_reason": _("Reason for removing"),
    "revoked_at": _("Revoked at"),
    "role": _("Role"),
    "rule": _("Rules"),
    "scopes": _("Scopes"),
    "sector": _("Sector"),
    "settlement_currency": _("Settlement currency"),
    "stated_growth_pct": _("Growth as stated, %"),
    "status": _("Status"),
    "submitted_at": _("Submitted at"),
    "submitted_by": _("Submitted by"),
    "text": _("Text"),
    "time_zone": _("Time zone"),
    "user": _("Person"),
    "value": _("Value"),
    "value_note": _("Why there is no value"),
    "value_printed": _("Value as printed"),
    "version": _("Version"),
    "withdrawn_at": _("Withdrawn at"),
    "year": _("Year"),
}
WAYS: Final[Mapping[str, Promise]] = {
    Change.Via.WEB: _("Web page"),
    Change.Via.API: _("API"),
    Change.Via.IMPORT: _("Import"),
    Change.Via.JOB: _("Background job"),
    Change.Via.COMMAND: _("Command"),
}


def told(words: Mapping[str, Promise], key: str) -> str:
    """What a key is called in the active language; the key itself, parted into words, where nobody named it yet."""
    return str(words[key]) if key in words else key.replace("_", " ")
