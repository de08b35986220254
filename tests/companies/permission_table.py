"""The table of permissions: who may ask each address with which method.

read, write: `anyone`, `person` (signed in), `staff`, or an action of `companies.access` that the role must allow; None
where the method is not taken. write counts for the methods of `writes`.
thing: what the address names, in `permission_world`; another organisation's must not be found.
may_miss: the address names something public that these tests do not make.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from companies.access import Action

ANYONE, PERSON, STAFF = "anyone", "person", "staff"
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

    def needed(self, method: str) -> str | None:
        """What the method asks for; None where it is not taken."""
        if method in {"GET", "HEAD"}:
            return self.read
        return self.write if method in self.writes else None

    @property
    def is_private(self) -> bool:
        """Whether somebody must be signed in for anything here: a refusal of the method may come after that."""
        return ANYONE not in {self.read, self.write}


EXEMPT: Final[Mapping[str, str]] = {
    "livez": "health: any method is answered",
    "readyz": "health: any method is answered",
    "robots.txt": "a fixed text",
    "favicon.ico": "a redirect to a static file",
    "^api(?:/|$)": "nothing is here, whatever the method",
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
        read=None, write=Action.MANAGE, thing="membership", sent={"data": {"role": "officer", "version": "1"}}
    ),
    "companies:member_remove": Row(read=Action.MANAGE, write=Action.MANAGE, thing="membership"),
    "companies:invitation_withdraw": Row(read=None, write=Action.MANAGE, thing="invitation"),
    "companies:invitation": Row(write=ANYONE, may_miss=True),
    "companies:first_admin": Row(write=ANYONE, may_miss=True),
    "companies:keys": Row(read=Action.OWN_KEYS, write=Action.OWN_KEYS),
    "companies:key_revoke": Row(read=None, write=Action.MANAGE, thing="key"),
}
_PUBLISHED: Final[Mapping[str, Row]] = {
    "companies:published": _ANYBODY,
    "companies:published_organisation": Row(thing="", fixed={"key": _NO_JOB}, may_miss=True),
    "companies:publishing": Row(
        read=Action.REVIEW, write=Action.REVIEW, sent={"data": {"year": "2024", "fingerprint": ""}}
    ),
    "companies:publication_withdraw": Row(read=None, write=Action.REVIEW, thing="publication"),
    "companies:approvals": Row(read=Action.REVIEW, write=Action.REVIEW),
    "companies:changes": Row(read=Action.READ_CHANGES),
    "api:published_sums": _ANYBODY,
}
_COMPANIES: Final[Mapping[str, Row]] = {
    "companies:company_list": Row(read=Action.READ),
    "companies:company_new": Row(read=Action.WRITE, write=Action.WRITE),
    "companies:company": Row(read=Action.READ, thing="company"),
    "companies:company_edit": Row(read=Action.WRITE, write=Action.WRITE, thing="company"),
    "companies:company_archive": Row(read=Action.WRITE, write=Action.WRITE, thing="company"),
    "companies:company_restore": Row(read=None, write=Action.WRITE, thing="company"),
}
TABLE: Final[Mapping[str, Row]] = {**_MARKETS, **_API, **_ORGANISATIONS, **_PUBLISHED, **_COMPANIES}
