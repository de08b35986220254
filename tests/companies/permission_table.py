"""The table of permissions: who may ask each address with which method.

read, write: `anyone`, `person` (signed in), `staff`, or an action of `companies.access` that the role must allow; None
where the method is not taken. write counts for the methods of `writes`.
thing: what the address names, in `permission_world`; another organisation's must not be found.
owners: the roles whose people alone it exists for, where it is somebody's own: for others it is not found.
hidden: whether it is not found, rather than refused, by whoever may not do this: they do not see such things at all.
answers: what people are answered by the state of these tests before anything is asked of them: by role, or by `person`
for all who are signed in; 401 is also a page that sends people to the way in.
may_miss: the address names something that these tests do not make.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from companies.access import Action
from companies.models import Role

ANYONE, PERSON, STAFF = "anyone", "person", "staff"
ANONYMOUS, STRANGER = "anonymous", "stranger"
_NO_JOB: Final = "00000000-0000-4000-8000-000000000000"
# What stands in addresses that name nothing of an organisation.
FIXED: Final[Mapping[str, Any]] = {
    "iso3": "KAZ",
    "partner": "CHN",
    "slug": "appliances",
    "topic": "ranks",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One address."""

    read: str | None = ANYONE
    write: str | None = None
    writes: frozenset[str] = frozenset({"POST"})
    thing: str = ""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    query: str = ""
    is_json: bool = False
    body: str = "{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    sent: Mapping[str, Any] = field(default_factory=dict)
    may_miss: bool = False
    owners: frozenset[str] = frozenset()
    hidden: bool = False
    answers: Mapping[str, int] = field(default_factory=dict)

    def needed(self, method: str) -> str | None:
        """What the method asks for; None where it is not taken."""
        if method in {"GET", "HEAD"}:
            return self.read
        return self.write if method in self.writes else None

    @property
    def is_private(self) -> bool:
        """Whether somebody must be signed in for anything here."""
        return ANYONE not in {self.read, self.write}

    def answer(self, role: str) -> int | None:
        """The status that this role is answered whatever is asked; None where it depends."""
        is_signed_in = role != ANONYMOUS
        return self.answers.get(role, self.answers.get(PERSON) if is_signed_in else None)


EXEMPT: Final[Mapping[str, str]] = {
    "livez": "health: any method is answered",
    "readyz": "health: any method is answered",
    "robots.txt": "a fixed text",
    "favicon.ico": "a redirect to a static file",
    "^api(?:/|$)": "nothing is here, whatever the method",
    "password_change/": "a redirect to the page where everybody changes their password",
}

_ANYBODY: Final = Row()
_MISSING: Final = Row(may_miss=True)
_STAFF_FORM: Final = Row(read=STAFF, write=STAFF, may_miss=True)
_MARKETS: Final[Mapping[str, Row]] = {
    "api_itself:index": _ANYBODY,
    "api_itself:openapi": _ANYBODY,
    "api_itself:docs": _ANYBODY,
    "api_itself:problem_list": _ANYBODY,
    "api_itself:problem": Row(fixed={"code": "not_found"}),
    "api:markets": _ANYBODY,
    "api:market": _ANYBODY,
    "api:market_profile": _ANYBODY,
    "api:market_series": Row(fixed={"code": "SP.POP.TOTL"}),
    "api:compare": Row(query="?markets=KAZ,UZB"),
    "api:market_trade": _MISSING,
    "api:market_trade_pair": _MISSING,
    "api:products": _ANYBODY,
    "api:product": Row(fixed={"code": "8418"}),
    "api:categories": _ANYBODY,
    "api:category": _ANYBODY,
    "api:indicators": _ANYBODY,
    "api:indicator": Row(fixed={"code": "SP.POP.TOTL"}),
    "api:observations": _ANYBODY,
    "api:revisions": _ANYBODY,
    "api:exchange_rates": _ANYBODY,
    "api:trade_totals": _ANYBODY,
    "api:flows": _ANYBODY,
    "api:flow": Row(fixed={"exporter": "CHN", "importer": "KAZ", "product": "8541"}),
    "api:datasets": _ANYBODY,
    "api:dataset": Row(fixed={"id": "worldbank"}),
    "api:job": Row(fixed={"id": _NO_JOB}, may_miss=True),
    "api:releases": _ANYBODY,
    "api:release": Row(fixed={"id": 1}, may_miss=True),
    "markets:home": _ANYBODY,
    "markets:market_list": _ANYBODY,
    "markets:country": _ANYBODY,
    "markets:profile_edit": _STAFF_FORM,
    "markets:series": Row(fixed={"code": "SP.POP.TOTL"}),
    "markets:compare": Row(query="?m=KAZ,UZB"),
    "markets:trade": _MISSING,
    "markets:trade_pair": _MISSING,
    "markets:search": _ANYBODY,
    "markets:search_suggestions": _ANYBODY,
    "markets:indicator_list": _ANYBODY,
    "markets:indicator": Row(fixed={"code": "SP.POP.TOTL"}),
    "markets:products": _ANYBODY,
    "markets:product": Row(fixed={"code": "8418"}),
    "markets:category_list": _ANYBODY,
    "markets:category": _ANYBODY,
    "markets:flow": Row(fixed={"exporter": "CHN", "importer": "KAZ", "product": "8541"}),
    "markets:exchange_rates": _ANYBODY,
    "markets:data": _ANYBODY,
    "markets:dataset": Row(fixed={"key": "worldbank"}),
    "markets:refresh": Row(read=STAFF, write=STAFF, fixed={"key": "worldbank"}),
    "markets:job_list": _ANYBODY,
    "markets:job": Row(fixed={"key": _NO_JOB}, may_miss=True),
    "markets:job_cancel": Row(read=STAFF, write=STAFF, fixed={"key": _NO_JOB}, may_miss=True),
    "markets:job_retry": Row(read=STAFF, write=STAFF, fixed={"key": _NO_JOB}, may_miss=True),
    "markets:job_payload": Row(read=STAFF, write=STAFF, fixed={"key": _NO_JOB, "sha256": "0" * 64}, may_miss=True),
    "markets:revisions": _ANYBODY,
    "markets:revision_feed": _ANYBODY,
    "markets:release": Row(fixed={"key": 1}, may_miss=True),
    "markets:review": Row(read=STAFF, write=STAFF, fixed={"key": 1}, may_miss=True),
    "markets:payload": Row(fixed={"key": 1, "sha256": "0" * 64}, may_miss=True),
    "markets:help": _ANYBODY,
    "markets:methods": _ANYBODY,
}
_IF_MATCH: Final = {"If-Match": '"1"'}
_COMPANY_ACTION: Final = Row(
    read=None, write=Action.WRITE, thing="company", is_json=True, body='{"reason": "closed"}', headers=_IF_MATCH
)
_RECORD_ACTION: Final = Row(read=None, write=Action.WRITE, thing="record", is_json=True, body="", headers=_IF_MATCH)
_API: Final[Mapping[str, Row]] = {
    "api:company_list": Row(read=Action.READ, write=Action.WRITE, is_json=True),
    "api:company": Row(
        read=Action.READ,
        write=Action.WRITE,
        writes=frozenset({"PATCH"}),
        thing="company",
        is_json=True,
        body='{"note": "seen"}',
        headers=_IF_MATCH,
    ),
    "api:company_archive": _COMPANY_ACTION,
    "api:company_restore": replace(_COMPANY_ACTION, body=""),
    "api:export_record_list": Row(read=Action.READ, write=Action.WRITE, is_json=True),
    "api:export_record": Row(
        read=Action.READ,
        write=Action.WRITE,
        writes=frozenset({"PATCH", "DELETE"}),
        thing="record",
        is_json=True,
        body='{"note": "seen"}',
        headers=_IF_MATCH,
    ),
    "api:export_record_submit": _RECORD_ACTION,
    "api:export_record_approve": replace(_RECORD_ACTION, write=Action.REVIEW),
    "api:export_record_send_back": replace(_RECORD_ACTION, write=Action.REVIEW),
    "api:export_record_reopen": _RECORD_ACTION,
    "api:export_record_comment_list": Row(
        read=Action.READ, write=Action.WRITE, thing="record", is_json=True, body='{"text": "seen"}'
    ),
    "api:change_list": Row(read=Action.READ_CHANGES),
}
_ORGANISATIONS: Final[Mapping[str, Row]] = {
    "companies:organisation": Row(read=Action.READ, write=Action.MANAGE),
    "companies:organisation_new": Row(read=PERSON, write=PERSON),
    "companies:organisation_leave": Row(read=Action.READ, write=Action.READ),
    "companies:organisation_switch": Row(read=None, write=PERSON, may_miss=True),
    "companies:members": Row(read=Action.READ, write=Action.MANAGE),
    "companies:member_role": Row(
        read=None, write=Action.MANAGE, thing="membership", sent={"role": "officer", "version": "1"}
    ),
    "companies:member_remove": Row(read=Action.MANAGE, write=Action.MANAGE, thing="membership"),
    "companies:invitation_withdraw": Row(read=None, write=Action.MANAGE, thing="invitation", hidden=True),
    "companies:invitation": Row(write=ANYONE, may_miss=True),
    "companies:first_admin": Row(write=ANYONE, may_miss=True),
    "companies:keys": Row(read=Action.OWN_KEYS, write=Action.OWN_KEYS),
    # a viewer's own, which the admin sees and ends too
    "companies:key_revoke": Row(
        read=None, write=Action.OWN_KEYS, thing="key", owners=frozenset({Role.VIEWER, Role.ADMIN})
    ),
}
_PUBLISHED: Final[Mapping[str, Row]] = {
    "companies:published": _ANYBODY,
    "companies:published_organisation": Row(thing="", fixed={"key": _NO_JOB}, may_miss=True),
    "companies:publishing": Row(read=Action.REVIEW, write=Action.REVIEW, sent={"year": "2024", "fingerprint": ""}),
    "companies:publication_withdraw": Row(read=None, write=Action.REVIEW, thing="publication"),
    "companies:approvals": Row(read=Action.REVIEW, write=Action.REVIEW),
    "companies:changes": Row(read=Action.READ_CHANGES),
    "api:published_sums": _ANYBODY,
}
_FORM_OF_RECORD: Final = Row(read=None, write=Action.WRITE, thing="record", sent={"version": "1"})
_COMPANIES: Final[Mapping[str, Row]] = {
    "companies:company_list": Row(read=Action.READ),
    "companies:company_new": Row(read=Action.WRITE, write=Action.WRITE),
    "companies:company": Row(read=Action.READ, thing="company"),
    "companies:company_edit": Row(read=Action.WRITE, write=Action.WRITE, thing="company"),
    "companies:company_archive": Row(read=Action.WRITE, write=Action.WRITE, thing="company"),
    "companies:company_restore": Row(read=None, write=Action.WRITE, thing="company"),
    "companies:record_new": Row(read=Action.WRITE, write=Action.WRITE),
    "companies:record": Row(read=Action.READ, thing="record"),
    "companies:record_edit": Row(read=Action.WRITE, write=Action.WRITE, thing="record"),
    "companies:record_submit": _FORM_OF_RECORD,
    "companies:record_approve": replace(_FORM_OF_RECORD, write=Action.REVIEW),
    "companies:record_send_back": replace(_FORM_OF_RECORD, write=Action.REVIEW),
    "companies:record_reopen": _FORM_OF_RECORD,
    "companies:record_remove": _FORM_OF_RECORD,
    "companies:record_comment": _FORM_OF_RECORD,
}
_OFFICER: Final = frozenset({Role.OFFICER})
_LISTS: Final[Mapping[str, Row]] = {
    "companies:record_list": Row(read=Action.READ),
    "companies:record_total": Row(read=Action.READ),
    # shared with everybody; one's own view is every member's to save
    "companies:view_new": Row(read=None, write=Action.WRITE, sent={"name": "Shared", "query": "", "is_shared": "1"}),
    # somebody else's that is shared: seen by all, changed by whoever manages
    "companies:view_change": Row(
        read=None, write=Action.MANAGE, thing="view", sent={"do": "rename", "name": "Other", "version": "1"}
    ),
    "companies:selection_new": Row(read=None, write=Action.WRITE),
    "companies:selection": Row(read=Action.WRITE, write=Action.WRITE, thing="selection", owners=_OFFICER),
    "companies:selection_undo": Row(read=None, write=Action.WRITE, thing="selection", owners=_OFFICER),
    "companies:exports": Row(read=Action.READ),
    "companies:export": Row(read=Action.READ, thing="export", owners=_OFFICER),
    "companies:export_cancel": Row(read=None, write=Action.READ, thing="export", owners=_OFFICER),
    "companies:import_template": Row(read=Action.IMPORT, query="?form=csv"),
    "companies:shares": Row(read=Action.SHARE_OUTSIDE, write=Action.SHARE_OUTSIDE),
    # an admin's own, which a reviewer neither sees nor ends
    "companies:share_revoke": Row(read=None, write=Action.SHARE_OUTSIDE, thing="share", owners=frozenset({Role.ADMIN})),
    "companies:shared": Row(may_miss=True),
}
_FORM_OF_IMPORT: Final = Row(read=None, write=Action.IMPORT, thing="import", hidden=True, sent={"version": "1"})
_IMPORTS: Final[Mapping[str, Row]] = {
    # a file is not JSON: what is sent here is refused for its kind, after whoever may not import
    "api:import_list": Row(read=Action.IMPORT, write=Action.IMPORT, is_json=True),
    "api:import": Row(
        read=Action.IMPORT,
        write=Action.IMPORT,
        writes=frozenset({"PATCH", "DELETE"}),
        thing="import",
        hidden=True,
        is_json=True,
        body='{"keep_twins": true}',
        headers=_IF_MATCH,
    ),
    "api:import_commit": Row(
        read=None, write=Action.IMPORT, thing="import", hidden=True, is_json=True, body="", headers=_IF_MATCH
    ),
    "api:import_undo": Row(
        read=None, write=Action.IMPORT, thing="import", hidden=True, is_json=True, body="", headers=_IF_MATCH
    ),
    "api:import_rows": Row(read=Action.IMPORT, thing="import", hidden=True),
    "companies:import_list": Row(read=Action.IMPORT),
    "companies:import_new": Row(read=Action.IMPORT, write=Action.IMPORT),
    "companies:import": Row(read=Action.IMPORT, thing="import", hidden=True),
    "companies:import_progress": Row(read=Action.IMPORT, thing="import", hidden=True),
    "companies:import_again": _FORM_OF_IMPORT,
    "companies:import_discard": _FORM_OF_IMPORT,
    "companies:import_preview": Row(read=Action.IMPORT, thing="import", hidden=True),
    "companies:import_commit": _FORM_OF_IMPORT,
    "companies:import_done": Row(read=Action.IMPORT, thing="import", hidden=True),
    "companies:import_undo": _FORM_OF_IMPORT,
    "companies:import_read": Row(
        read=Action.IMPORT, write=Action.IMPORT, thing="import", hidden=True, sent={"version": "1"}
    ),
    "companies:import_map": Row(
        read=Action.IMPORT, write=Action.IMPORT, thing="import", hidden=True, sent={"version": "1"}
    ),
    "companies:import_check": Row(read=Action.IMPORT, thing="import", hidden=True),
    "companies:import_fix": replace(_FORM_OF_IMPORT, sent={"version": "1", "do": "register_all"}),
    "companies:import_rows": Row(read=Action.IMPORT, thing="import", hidden=True),
    "companies:import_errors": Row(read=Action.IMPORT, thing="import", hidden=True),
    "companies:import_annotated": Row(read=Action.IMPORT, thing="import", hidden=True),
    "companies:import_map_save": replace(_FORM_OF_IMPORT, sent={"save_as": "Name"}),
    "companies:mapping_list": Row(read=Action.IMPORT),
    "companies:mapping_change": Row(
        read=None, write=Action.IMPORT, thing="mapping", hidden=True, sent={"version": "1", "name": "Name"}
    ),
}
# Everybody's own, in no organisation too. The things here are the officer's alone: for others they are not there.
_MINE: Final = Row(read=Action.READ_TARGETS, write=Action.TRACK, is_json=True, headers=_IF_MATCH)
_OWN_THING: Final = replace(_MINE, thing="target", owners=_OFFICER, hidden=True)
_OWN_ACTION: Final = replace(_OWN_THING, read=None, body="")
_OWN_PAGE: Final = Row(read=Action.READ_TARGETS, thing="target", owners=_OFFICER, sent={"version": "1"})
_OWN_FORM: Final = replace(_OWN_PAGE, read=None, write=Action.TRACK)
_OWN_EDITED: Final = frozenset({"PATCH", "DELETE"})
_TARGETS: Final[Mapping[str, Row]] = {
    "api:target_market_list": _MINE,
    "api:target_market": replace(_OWN_THING, writes=_OWN_EDITED, body='{"reason": "seen"}'),
    "api:target_market_restore": replace(_OWN_ACTION, thing="removed_target"),
    "api:target_market_share": _OWN_ACTION,
    "api:target_market_unshare": _OWN_ACTION,
    "api:target_market_finish_action": _OWN_ACTION,
    "api:target_entry_list": replace(_OWN_THING, body='{"text": "seen"}'),
    "api:target_entry": replace(_OWN_ACTION, writes=frozenset({"DELETE"})),
    "api:alert_rule_list": _MINE,
    "api:alert_rule": replace(_OWN_THING, thing="rule", writes=_OWN_EDITED, body='{"change_pct": "5"}'),
    "api:alert_rule_pause": replace(_OWN_ACTION, thing="rule"),
    "api:alert_rule_resume": replace(_OWN_ACTION, thing="rule"),
    "api:alert_rule_preview": replace(_OWN_THING, thing="rule", write=None),
    "api:alert_list": replace(_MINE, write=None),
    "api:alert_read_several": replace(_MINE, read=None),
    "api:alert": replace(_OWN_THING, thing="alert", write=None),
    "api:alert_read": replace(_OWN_ACTION, thing="alert"),
    "companies:workspace": Row(read=PERSON),
    # who has no account goes to make one, with the wish kept
    "companies:watch": Row(write=ANYONE),
    "companies:watch_kept": Row(read=PERSON),
    "companies:start": Row(read=PERSON, write=PERSON),
    "companies:target_new": Row(read=PERSON, write=PERSON),
    "companies:target": _OWN_PAGE,
    "companies:target_edit": replace(_OWN_PAGE, write=Action.TRACK),
    "companies:target_status": _OWN_FORM,
    "companies:target_action_done": _OWN_FORM,
    "companies:target_share": _OWN_FORM,
    "companies:target_unshare": _OWN_FORM,
    "companies:target_remove": _OWN_FORM,
    "companies:target_restore": replace(_OWN_FORM, thing="removed_target"),
    "companies:target_entry_add": replace(_OWN_FORM, sent={"kind": "note", "text": "Seen"}),
    "companies:target_entry_remove": _OWN_FORM,
    "companies:alert_list": Row(read=PERSON),
    "companies:alert_read": Row(read=None, write=PERSON),
    "companies:rule_list": Row(read=PERSON),
    "companies:rule_new": Row(read=PERSON, write=PERSON),
    "companies:rule": replace(_OWN_PAGE, write=Action.TRACK, thing="rule"),
    "companies:rule_pause": replace(_OWN_FORM, thing="rule"),
    "companies:rule_resume": replace(_OWN_FORM, thing="rule"),
    "companies:rule_remove": replace(_OWN_FORM, thing="rule"),
    "companies:alert_letters": Row(read=PERSON, write=PERSON),
    # the signed token of a letter says whose letters end
    "companies:alert_unsubscribe": Row(write=ANYONE),
}
# The library's own pages: what they show is the person's alone, for no address names anybody. A form takes PUT as POST.
_FORM: Final = frozenset({"POST", "PUT"})
_DOOR: Final = Row(write=ANYONE, writes=_FORM)
_OWN: Final = Row(read=PERSON, write=PERSON, writes=_FORM)
# Whoever is in already is sent on, whatever is asked.
_ENTRANCE: Final = replace(_DOOR, answers={PERSON: 302})
# Nobody is in the middle of anything here: whoever is in is sent on, others to the way in.
_STEP: Final = replace(_DOOR, answers={PERSON: 302, ANONYMOUS: 401})
# Nobody has a second factor here.
_NO_FACTOR: Final = {PERSON: 404}
_ACCOUNTS: Final[Mapping[str, Row]] = {
    "companies:settings": Row(read=PERSON, write=PERSON),
    "companies:privacy": Row(read=PERSON),
    "companies:privacy_file": Row(read=None, write=PERSON),
    "companies:leave": Row(read=None, write=PERSON),
    "account_login": _ENTRANCE,
    "account_logout": Row(write=ANYONE),
    "account_signup": _ENTRANCE,
    "account_inactive": _ANYBODY,
    "account_reauthenticate": _OWN,
    "account_email": _OWN,
    "account_email_verification_sent": _STEP,
    "account_change_password": _OWN,
    # everybody here has a password, and is sent to the page that changes it
    "account_set_password": replace(_OWN, answers={PERSON: 302}),
    "account_reset_password": _DOOR,
    # nobody has asked for a code: all are sent back to where one does
    "account_confirm_password_reset_code": replace(_DOOR, answers={PERSON: 401, ANONYMOUS: 401}),
    "account_complete_password_reset": replace(_DOOR, answers={PERSON: 302, ANONYMOUS: 302}),
    "account_password_reset_completed": _ANYBODY,
    "mfa_index": Row(read=PERSON),
    "mfa_authenticate": _STEP,
    # without a second factor people prove who they are by their password
    "mfa_reauthenticate": replace(_OWN, answers={PERSON: 302}),
    "mfa_activate_totp": _OWN,
    "mfa_deactivate_totp": replace(_OWN, answers=_NO_FACTOR),
    "mfa_view_recovery_codes": Row(read=PERSON, answers=_NO_FACTOR),
    "mfa_generate_recovery_codes": _OWN,
    "mfa_download_recovery_codes": Row(read=PERSON, answers=_NO_FACTOR),
    "usersessions_list": _OWN,
}
TABLE: Final[Mapping[str, Row]] = {
    **_MARKETS,
    **_API,
    **_ORGANISATIONS,
    **_COMPANIES,
    **_LISTS,
    **_IMPORTS,
    **_PUBLISHED,
    **_TARGETS,
    **_ACCOUNTS,
}
