"""The words of the change log: what was done, to what kind of thing, to which field, by which way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.models import Change
from companies.records.fields import LABELS

ACTIONS: Final[Mapping[str, Promise]] = {
    "accepted": pgettext_lazy("change", "accepted"),
    "add_second_factor": pgettext_lazy("change", "switched two-step sign-in on"),
    "approved": pgettext_lazy("change", "approved"),
    "archived": pgettext_lazy("change", "archived"),
    "asked": pgettext_lazy("change", "asked for"),
    "became_first_admin": pgettext_lazy("change", "became the first admin"),
    "cancelled": pgettext_lazy("change", "cancelled"),
    "change_account": pgettext_lazy("change", "changed"),
    "change_address": pgettext_lazy("change", "changed the e-mail address"),
    "change_password": pgettext_lazy("change", "changed the password"),
    "choose_settings": pgettext_lazy("change", "chose settings"),
    "commented": pgettext_lazy("change", "commented"),
    "confirm_address": pgettext_lazy("change", "confirmed the e-mail address"),
    "deleted": pgettext_lazy("change", "deleted"),
    "edited": pgettext_lazy("change", "edited"),
    "entered": pgettext_lazy("change", "entered"),
    "erase_account": pgettext_lazy("change", "deleted the account"),
    "invited": pgettext_lazy("change", "invited"),
    "keep_account": pgettext_lazy("change", "took the deletion back"),
    "left": pgettext_lazy("change", "left"),
    "made": pgettext_lazy("change", "made"),
    "make_recovery_codes": pgettext_lazy("change", "made recovery codes"),
    "published": pgettext_lazy("change", "published"),
    "registered": pgettext_lazy("change", "registered"),
    "remove_address": pgettext_lazy("change", "removed an e-mail address"),
    "remove_second_factor": pgettext_lazy("change", "switched two-step sign-in off"),
    "removed": pgettext_lazy("change", "removed"),
    "reopened": pgettext_lazy("change", "reopened"),
    "reset_password": pgettext_lazy("change", "set a new password by code"),
    "restored": pgettext_lazy("change", "restored"),
    "returned": pgettext_lazy("change", "sent back"),
    "revoked": pgettext_lazy("change", "revoked"),
    "saved": pgettext_lazy("change", "saved"),
    "selected": pgettext_lazy("change", "selected"),
    "shared": pgettext_lazy("change", "shared"),
    "sign_up": pgettext_lazy("change", "signed up"),
    "submitted": pgettext_lazy("change", "submitted"),
    "take_personal_data": pgettext_lazy("change", "took the personal data"),
    "want_deletion": pgettext_lazy("change", "asked for deletion"),
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
# Those of an export record are called as its form calls them.
FIELDS: Final[Mapping[str, Promise]] = {
    **LABELS,
    "archived_at": _("Archived at"),
    "archived_by": _("Archived by"),
    "archived_reason": _("Reason for archiving"),
    "contacts": _("Contacts"),
    "count": _("Number"),
    "created_by": _("Entered by"),
    "decided_at": _("Decided at"),
    "decided_by": _("Decided by"),
    "decision_note": _("Reason for the decision"),
    "deletion_wanted_at": _("Deletion asked for at"),
    "edited_by": _("Edited by"),
    "ended_at": _("Ended at"),
    "estimate_pct": _("Estimate within, %"),
    "expires_at": _("Ends at"),
    "exports": _("Files dropped"),
    "fewest_companies": _("Fewest companies"),
    "frequency": _("Frequency"),
<<<<<<< HEAD
    "growth_base": _("Base of the growth"),
    "home": _("Country or region"),
    "hs_code": _("HS code"),
    "hs_revision": _("HS revision"),
    "incoterm": _("Incoterm"),
=======
    "home": _("Home"),
>>>>>>> rev2
    "invitation": _("Invitation"),
    "invitations": _("Invitations withdrawn"),
    "invited_by": _("Invited by"),
    "is_default": _("Opens by default"),
    "is_shared": _("Shared with colleagues"),
    "kind": _("Kind"),
    "keys": _("Keys revoked"),
    "language": _("Language"),
    "lines": _("Product lines"),
    "name": _("Name"),
    "names": _("Names"),
    "networks": _("Networks"),
    "number": _("Number"),
    "number_style": _("Number style"),
    "organisation": _("Organisation"),
    "origin": _("Origin"),
    "origin_reference": _("Reference of the origin"),
    "prefix": _("Beginning of the key"),
    "period_from_on": _("First day"),
    "period_to_on": _("Last day"),
    "place": _("City or town"),
    "query": _("Filters, order and columns"),
    "registration_number": _("Registration number"),
    "removed_at": _("Removed at"),
    "removed_by": _("Removed by"),
    "removed_reason": _("Reason for removing"),
    "revoked_at": _("Revoked at"),
    "role": _("Role"),
    "rule": _("Rules"),
    "scopes": _("Scopes"),
    "sector": _("Sector"),
    "selections": _("Selections dropped"),
    "sessions": _("Signed out, times"),
    "share_links": _("Links ended"),
    "status": _("Status"),
    "submitted_at": _("Submitted at"),
    "submitted_by": _("Submitted by"),
    "text": _("Text"),
    "time_zone": _("Time zone"),
    "told": _("Sums told"),
    "user": _("Person"),
    "value_printed": _("Value as printed"),
    "version": _("Version"),
    "withheld": _("Sums withheld"),
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
