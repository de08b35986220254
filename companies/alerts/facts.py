"""What an alert tells: old and new with period, status and release, as they were when the rule came true.

Kept as JSON beside the alert, so that it says the same for ever; words and names are made when it is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Side:
    """A value as one vintage stated it. value None: missing, and `obs_status` says why; never zero.

    release: the vintage; None where no release stated it.
    """

    value: Decimal | None
    period: str
    obs_status: str = ""
    release: int | None = None

    def packed(self) -> dict[str, Any]:
        """As JSON keeps it exactly."""
        value = None if self.value is None else format(self.value, "f")
        return {"value": value, "period": self.period, "obs_status": self.obs_status, "release": self.release}

    @classmethod
    def unpacked(cls, kept: Mapping[str, Any]) -> Self:
        """The same, read back."""
        value = None if kept["value"] is None else Decimal(kept["value"])
        return cls(value, kept["period"], kept["obs_status"], kept["release"])


@dataclass(frozen=True, slots=True)
class Revised:
    """One of the values that a release revised or withdrew."""

    indicator: str
    old: Side
    new: Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What came true. Which fields are filled depends on the kind of the rule.

    old, new: the two values that are compared; of a revision those of the first of `revised`. revised: the values that
    the release changed, those of key figures and of newer periods first, ten at most; count: how many there were.
    change_pct: from old to new, None where old is missing or zero. record, company: ids. since: the moment from which
    a source is late or fails; state: `late` or `failing`.
    """

    old: Side | None = None
    new: Side | None = None
    change_pct: Decimal | None = None
    revised: tuple[Revised, ...] = ()
    count: int = 0
    record: str = ""
    company: str = ""
    since: str = ""
    state: str = ""

    def packed(self) -> dict[str, Any]:
        """As JSON keeps it: only what is filled."""
        kept: dict[str, Any] = {
            "old": self.old.packed() if self.old else None,
            "new": self.new.packed() if self.new else None,
            "change_pct": None if self.change_pct is None else format(self.change_pct, "f"),
            "revised": [
                {"indicator": each.indicator, "old": each.old.packed(), "new": each.new.packed()}
                for each in self.revised
            ],
        }
        kept |= {name: getattr(self, name) for name in ("count", "record", "company", "since", "state")}
        return {name: value for name, value in kept.items() if value}

    @classmethod
    def unpacked(cls, kept: Mapping[str, Any]) -> Self:
        """The same, read back."""
        known = {field.name for field in fields(cls)}
        found: dict[str, Any] = {name: value for name, value in kept.items() if name in known}
        for name in ("old", "new"):
            if name in found:
                found[name] = Side.unpacked(found[name])
        if "change_pct" in found:
            found["change_pct"] = Decimal(found["change_pct"])
        found["revised"] = tuple(
            Revised(each["indicator"], Side.unpacked(each["old"]), Side.unpacked(each["new"]))
            for each in kept.get("revised", ())
        )
        return cls(**found)


@dataclass(frozen=True, slots=True)
class Firing:
    """That a rule comes true by one event. event: its key, the same however often it is looked at.

    at: when it became known, as an ISO moment; release: of news from the market tables.
    """

    event: str
    facts: Facts
    at: str
    release: int | None = None
