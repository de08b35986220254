"""The four questions of a beginning, each with what may be answered and what is known already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from companies.access import Action, Actor, require_own
from companies.models import User
from companies.profiles.organisation import home_choices
from companies.queries.watching import interests, own_targets
from companies.targets.starting import MOST_TARGETS, Begun
from markets.queries import FOCUS_MARKETS, products, reference
from markets.search import MAX_CHARACTERS, find

LAST: Final = 4
_MOST_FOUND: Final = 8
_LANGUAGE, _WORK, _GOODS, _MARKETS = range(1, LAST + 1)
WORK_WORDS: Final[Mapping[str, tuple[Promise, Promise]]] = {
    User.Work.EXPORTER: (_lazy("I sell abroad"), _lazy("or want to begin")),
    User.Work.TRADE_OFFICE: (_lazy("I help companies export"), _lazy("in a trade office, chamber or association")),
    User.Work.RESEARCH: (_lazy("I study markets"), _lazy("for an article, a course or a decision")),
}
TRACKED, REMOVED = "tracked", "removed"


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer. note: what helps to choose it. standing: `tracked` or `removed` of a market, else empty."""

    value: str
    name: str
    is_chosen: bool
    note: str = ""
    standing: str = ""


@dataclass(frozen=True, slots=True)
class StartPage:
    """One question. choices: what it offers; others: what it offers in a fold, open where something in it is chosen.

    more: what was chosen or found beside these.
    homes: markets to sell from, of the last question. words: what was looked for; found: how much that gave.
    """

    number: int
    choices: tuple[Choice, ...]
    others: tuple[Choice, ...] = ()
    more: tuple[Choice, ...] = ()
    homes: tuple[Choice, ...] = ()
    words: str = ""
    found: int = 0

    @property
    def numbers(self) -> range:
        """Of all questions."""
        return range(1, LAST + 1)

    @property
    def is_open(self) -> bool:
        """Whether something in the fold is chosen."""
        return any(each.is_chosen for each in self.others)

    @property
    def is_last(self) -> bool:
        return self.number == LAST


def start_page(actor: Actor, number: int, given: Mapping[str, Any] | None = None, words: str = "") -> StartPage:
    """A question with the answers known, or those just given. words: what to look for beside the choices.

    Raises SignInNeeded.
    """
    person = require_own(actor, Action.TRACK)
    if number == _LANGUAGE:
        chosen = (given or {}).get("language") or person.language or get_language()
        return StartPage(number, tuple(Choice(code, name, code == chosen) for code, name in settings.LANGUAGES))
    if number == _WORK:
        chosen = person.work if given is None else given.get("work")
        works = (Choice(work, str(name), work == chosen, str(note)) for work, (name, note) in WORK_WORDS.items())
        return StartPage(number, tuple(works))
    if number == _GOODS:
        return _goods(actor, given, words[:MAX_CHARACTERS])
    return _markets(actor, person, given, words[:MAX_CHARACTERS])


def told(begun: Begun) -> list[str]:
    """What is said of the target markets that came of the answers: how many, and why not more."""
    count = len(begun.targets)
    said = []
    if count:
        text = ngettext("You track %(count)s more market now.", "You track %(count)s more markets now.", count)
        said.append(text % {"count": count})
    if begun.left_out:
        text = ngettext(
            "%(most)s come at once, so %(count)s was left out. Add it yourself where it matters.",
            "%(most)s come at once, so %(count)s were left out. Add those that matter yourself.",
            begun.left_out,
        )
        said.append(text % {"most": MOST_TARGETS, "count": begun.left_out})
    if begun.not_again:
        text = ngettext(
            "%(count)s that you removed stays removed.", "%(count)s that you removed stay removed.", begun.not_again
        )
        said.append(text % {"count": begun.not_again})
    return said


def _goods(actor: Actor, given: Mapping[str, Any] | None, words: str) -> StartPage:
    if given is None:
        known = list(interests(actor))
        given = {
            "categories": [each.category_id for each in known if each.category_id],
            "products": [each.product for each in known if each.product],
        }
    first, others = (
        tuple(
            Choice(each.slug, each.name, each.slug in given["categories"])
            for each in reference().categories
            if each.is_focus == is_focus
        )
        for is_focus in (True, False)
    )
    found = [hit.key for hit in find(words, limit=_MOST_FOUND, kinds=("product",)).of("product")] if words else []
    return StartPage(_GOODS, first, others, _products(given["products"], found), words=words, found=len(found))


def _products(chosen: Sequence[str], found: Sequence[str]) -> tuple[Choice, ...]:
    """Products by code: those chosen, then those found."""
    codes = list(dict.fromkeys([*chosen, *found]))
    named = {each.code: each.name for each in products().filter(code__in=codes)} if codes else {}
    return tuple(Choice(code, named[code], code in chosen, code) for code in codes if code in named)


def _markets(actor: Actor, person: User, given: Mapping[str, Any] | None, words: str) -> StartPage:
    standing = _standing(actor)
    chosen = given["markets"] if given else ()
    home = given["home"] if given else person.home_id
    areas = {code: area.name for code, area in reference().areas.items() if not area.is_aggregate}
    found = [hit.key for hit in find(words, limit=_MOST_FOUND, kinds=("market",)).of("market")] if words else []
    offered = [code for code in FOCUS_MARKETS if code in areas]
    beside = [code for code in dict.fromkeys([*chosen, *found, *standing]) if code in areas and code not in offered]

    def choices(codes: Iterable[str]) -> tuple[Choice, ...]:
        return tuple(
            Choice(code, areas[code], code in chosen, _standing_words(standing.get(code)), standing.get(code, ""))
            for code in codes
        )

    homes = tuple(Choice(code, name, code == home) for code, name in [("", _("not stated")), *home_choices()])
    shown = [code for code in found if code in areas]
    return StartPage(_MARKETS, choices(offered), more=choices(beside), homes=homes, words=words, found=len(shown))


def _standing(actor: Actor) -> dict[str, str]:
    """Markets the person tracks, or tracked until they removed them all: these are never ticked by themselves."""
    rows = own_targets(actor).order_by("market_id").values_list("market_id", "removed_at")
    standing: dict[str, str] = {}
    for market, removed_at in rows:
        if removed_at is None or market not in standing:
            standing[market] = TRACKED if removed_at is None else REMOVED
    return standing


def _standing_words(standing: str | None) -> str:
    return {TRACKED: _("you track it"), REMOVED: _("you removed it")}.get(standing or "", "")
