"""Links for readers without an account: what members see of them, and what a reader sees through one."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, replace
from typing import Final

from companies.access import Action, Actor, require, working_on
from companies.accounts.sharing import in_force, link_of
from companies.models import ShareLink
from companies.profiles.people import PersonRef, person_ref
from companies.profiles.record_list import INSIDE_ONLY, ListedRecord, columns_of, listed
from companies.profiles.record_totals import RecordTotals, record_totals
from companies.queries.paging import page_number
from companies.queries.records import USUAL_COLUMNS, RecordQuestion, matching
from markets.profiles.tables import Column

LINK_DAYS: Final = 30
SHARED_ROWS: Final = 100


@dataclass(frozen=True, slots=True)
class LinkLine:
    """A link as members see it; its secret is known to nobody any more."""

    id: uuid.UUID
    name: str
    query: str
    maker: PersonRef
    is_mine: bool
    is_in_force: bool
    is_revoked: bool
    created_at: dt.datetime
    expires_at: dt.datetime
    last_used_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class LinksPage:
    """The links a member may see: one's own; an admin those of all. query: of the list that is to be shared next."""

    links: tuple[LinkLine, ...]
    query: str


@dataclass(frozen=True, slots=True)
class SharedPage:
    """A list as a reader without an account sees it: no people, no references, no remarks."""

    name: str
    organisation: str
    columns: tuple[Column, ...]
    rows: tuple[ListedRecord, ...]
    totals: RecordTotals
    expires_at: dt.datetime
    page: int
    pages: int
    secret: str

    @property
    def previous_page(self) -> int:
        """The page before this one."""
        return self.page - 1

    @property
    def next_page(self) -> int:
        """The page after this one."""
        return self.page + 1


def links_page(actor: Actor, query: str) -> LinksPage:
    """The links, newest first. Raises NotAllowed; InvalidValue for a query that is none."""
    require(actor, Action.SHARE_OUTSIDE)
    rows = working_on(actor, ShareLink).select_related("membership__user").order_by("-created_at", "id")
    living = set(working_on(actor, ShareLink).filter(in_force()).values_list("pk", flat=True))
    links = tuple(
        LinkLine(
            id=link.pk,
            name=link.name,
            query=link.query,
            maker=person_ref(link.membership.user),
            is_mine=link.membership.user_id == actor.person.pk,
            is_in_force=link.pk in living,
            is_revoked=link.revoked_at is not None,
            created_at=link.created_at,
            expires_at=link.expires_at,
            last_used_at=link.last_used_at,
        )
        for link in rows
    )
    return LinksPage(links, RecordQuestion.of_text(query).text())


def shared_page(secret: str, page_text: str = "") -> SharedPage:
    """What a link leads to. Raises LinkGone; InvalidValue for a page that is none."""
    link, maker = link_of(secret)
    kept = RecordQuestion.of_text(link.query)
    columns = tuple(name for name in kept.columns if name not in INSIDE_ONLY)
    question = replace(kept, columns=columns or tuple(name for name in USUAL_COLUMNS if name not in INSIDE_ONLY))
    rows = matching(maker, question)
    totals = record_totals(maker, question)
    pages = max(1, -(-totals.count // SHARED_ROWS))
    page = min(page_number(page_text), pages)
    return SharedPage(
        name=link.name,
        organisation=link.organisation.name,
        columns=tuple(columns_of(question.columns)),
        rows=tuple(listed(rows[(page - 1) * SHARED_ROWS : page * SHARED_ROWS], question.columns)),
        totals=totals,
        expires_at=link.expires_at,
        page=page,
        pages=pages,
        secret=secret,
    )
