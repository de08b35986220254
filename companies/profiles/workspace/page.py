"""The workspace: the markets a person tracks, each with its key figures, what changed, and what is to be done."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from companies.access import Action, Actor
from companies.profiles.alerts import AlertRecord, alert_records
from companies.profiles.people import PersonRef
from companies.profiles.targets import TargetRecord, target_records
from companies.profiles.workspace.lines import WorkspaceLine, due_of
from companies.profiles.workspace.news import MarketNews, market_news
from companies.profiles.workspace.numbers import home_market, market_numbers, trade_by_market
from companies.profiles.workspace.sales import sales_beside
from companies.profiles.workspace.tables import targets_tables
from companies.queries.alerts import alerts, unread_count
from companies.queries.targets import targets
from companies.queries.workspace import DUES, OVERDUE, WEEK, WorkspaceQuestion
from markets.profiles.comparison import FEWEST_MARKETS, MOST_MARKETS
from markets.profiles.observations import AreaKey
from markets.profiles.tables import Table
from markets.vocabulary import AsOf, reader

# The order of the board's columns, and of the rows of the table.
STATUSES: Final = ("exporting", "future", "not_interested")
# More than these are no page; filters lead to the others.
MOST_SHOWN: Final = 200
MOST_ALERTS: Final = 3


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """The target markets of one status."""

    status: str
    lines: tuple[WorkspaceLine, ...]


@dataclass(frozen=True, slots=True)
class TaskGroup:
    """The next actions that are due at one time, the earliest first."""

    due: str
    lines: tuple[WorkspaceLine, ...]

    @property
    def is_soon(self) -> bool:
        """Whether it is late or due within a week."""
        return self.due in (OVERDUE, WEEK)


@dataclass(frozen=True, slots=True)
class Since:
    """From when news are told. why: `visit`, the end of the visit before; `asked` for; `began`, on the first visit:
    when the first of the shown target markets was tracked.
    """

    at: dt.datetime
    why: str


@dataclass(frozen=True, slots=True)
class WorkspacePage:
    """The workspace. total: how many target markets there are, shown or not; counts: by whose they are.

    owners: who sees to any of them. news: of the shown markets; since None: there is nothing to have news of.
    unread: how many alerts wait; alerts: the newest of them. may_read_records: whether the reader has any to read.
    """

    question: WorkspaceQuestion
    lines: tuple[WorkspaceLine, ...]
    total: int
    left_out: int
    counts: Mapping[str, int]
    owners: tuple[PersonRef, ...]
    me: int
    home: AreaKey
    since: Since | None
    news: tuple[MarketNews, ...]
    unread: int
    alerts: tuple[AlertRecord, ...]
    may_read_records: bool

    @property
    def columns(self) -> tuple[BoardColumn, ...]:
        """The lines by status."""
        return tuple(
            BoardColumn(status, tuple(line for line in self.lines if line.target.status == status))
            for status in STATUSES
        )

    @property
    def tasks(self) -> tuple[TaskGroup, ...]:
        """The next actions, those that are late first; only times at which something is due."""
        groups = (
            TaskGroup(due, tuple(sorted((line for line in self.lines if line.due == due), key=_day))) for due in DUES
        )
        return tuple(group for group in groups if group.lines)

    @property
    def codes(self) -> tuple[str, ...]:
        """The shown markets, each once."""
        return tuple(dict.fromkeys(line.target.market for line in self.lines))

    @property
    def compared(self) -> tuple[str, ...]:
        """The markets that one click compares; none where there are too few."""
        return self.codes[:MOST_MARKETS] if len(self.codes) >= FEWEST_MARKETS else ()

    def tables(self) -> tuple[Table, ...]:
        """The target markets, their figures, and the own sales, as the page shows them."""
        return targets_tables(self.lines)


def workspace(
    actor: Actor, question: WorkspaceQuestion, visited: dt.datetime | None, now: dt.datetime
) -> WorkspacePage:
    """The workspace of whoever asks. visited: the end of the visit before. Raises SignInNeeded."""
    every = _in_order(target_records(actor, targets(actor)))
    today = now.astimezone(ZoneInfo(reader().time_zone or "UTC")).date()
    wanted = [target for target in every if _matches(target, question, today)]
    shown = wanted[:MOST_SHOWN]
    home = home_market(actor)
    markets = tuple(dict.fromkeys(target.market for target in shown))
    trade = trade_by_market(markets, home.iso3)
    numbers, sales = market_numbers(trade), sales_beside(actor, shown, trade)
    since, unread = _since(question, visited, shown), unread_count(actor)
    return WorkspacePage(
        question=question,
        lines=tuple(
            WorkspaceLine(target, due_of(target, today), numbers[target.market], sales[target.id]) for target in shown
        ),
        total=len(every),
        left_out=len(wanted) - len(shown),
        counts=Counter(target.kept_by for target in every),
        owners=tuple({target.owner.number: target.owner for target in every if target.owner}.values()),
        me=actor.person.pk,
        home=home,
        since=since,
        news=market_news(actor, markets, home.iso3, since.at) if since else (),
        unread=unread,
        alerts=tuple(alert_records(actor, alerts(actor, unread=True)[:MOST_ALERTS])) if unread else (),
        may_read_records=actor.may(Action.READ),
    )


def _in_order(found: Sequence[TargetRecord]) -> list[TargetRecord]:
    return sorted(found, key=lambda each: (STATUSES.index(each.status), each.market_name, each.goods, str(each.id)))


def _matches(target: TargetRecord, question: WorkspaceQuestion, today: dt.date) -> bool:
    return (
        question.kept_by in ("", target.kept_by)
        and question.status in ("", target.status)
        and question.due in ("", due_of(target, today))
        and question.owner in ("", str(target.owner.number) if target.owner else "")
    )


def _since(question: WorkspaceQuestion, visited: dt.datetime | None, shown: Sequence[TargetRecord]) -> Since | None:
    if question.since:
        return Since(AsOf.parse_start(question.since).at, "asked")
    if visited is not None:
        return Since(visited, "visit")
    return Since(min(target.created_at for target in shown), "began") if shown else None


def _day(line: WorkspaceLine) -> dt.date:
    return line.target.next_action_on or dt.date.max
