"""What a visitor wants to watch, kept in their session while they make an account or sign in."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import Final

from django.contrib.sessions.backends.base import SessionBase

# As long as it takes to make an account and wait for its letter; whoever uses the browser later wished for nothing.
WISH_LASTS_SECONDS: Final = 3600
_KEPT_AS: Final = "wish"
_SINCE: Final = "since"


@dataclass(frozen=True, slots=True)
class Wish:
    """A market to watch: for all goods, for a category by its slug, or for a product by its HS code."""

    market: str
    category: str = ""
    product: str = ""


def keep_wish(session: SessionBase, wish: Wish) -> None:
    """Remember the wish until its visitor is signed in; it takes the place of an earlier one."""
    session[_KEPT_AS] = {**asdict(wish), _SINCE: int(time.time())}


def kept_wish(session: SessionBase) -> Wish | None:
    """What the visitor wished for not long ago; None where there is nothing, or it is old."""
    kept = dict(session.get(_KEPT_AS) or {})
    is_fresh = time.time() - kept.pop(_SINCE, 0) <= WISH_LASTS_SECONDS
    return Wish(**kept) if kept and is_fresh else None


def taken_wish(session: SessionBase) -> Wish | None:
    """The same, and from now on it is kept no more."""
    wish = kept_wish(session)
    session.pop(_KEPT_AS, None)
    return wish
