"""When two people changed one thing: what the second typed beside what stands now, to choose from field by field.

How a page of edits uses it:

1. The form has two hidden fields beside its own: `version`, and `base` with `sealed(values)`, the values it began from.
2. On POST the view makes `values` from the form, leaves out those of `left_to_others(request.POST)`, and calls the
   use-case with the posted version.
3. On `VersionConflict` it shows `companies/_merge.html` with `merge(...)`: the same entries as hidden fields, the
   version that stands now, and a choice for each field that differs. Its POST arrives at step 2 again.

A use-case changes what it is given and leaves the rest, so a field left to the others is simply not given.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from companies.changes import plain

VERSION: Final = "version"
BASE: Final = "base"
KEEP: Final = "keep-"
YOURS: Final = "yours"
THEIRS: Final = "theirs"
_NOT_CARRIED: Final = frozenset({VERSION, BASE, "csrfmiddlewaretoken"})

# The value of a field in words, a line each; none where it is empty.
Said = Callable[[str, Any], Sequence[str]]


class Posted(Protocol):
    """A form as it was sent: Django's QueryDict."""

    def lists(self) -> Iterable[tuple[str, list[str]]]: ...


@dataclass(frozen=True, slots=True)
class MergeField:
    """A field that two people see differently.

    base, yours, theirs: lines of words, empty for an empty field; base None where the form did not say what it began
    from. keep: what is chosen beforehand: who alone changed the field, and your own where both did (`is_contested`).
    """

    name: str
    label: str
    base: Sequence[str] | None
    yours: Sequence[str]
    theirs: Sequence[str]
    keep: str
    is_contested: bool


@dataclass(frozen=True, slots=True)
class Merge:
    """What stands between a save and the thing as it is now.

    message: who changed it meanwhile. version, base: of the thing as it is now, to save against. carried: (name,
    value) of everything that was typed. is_settled: nothing differs, so there is nothing to choose.
    """

    message: str
    version: int
    base: str
    fields: Sequence[MergeField]
    carried: Sequence[tuple[str, str]]

    @property
    def is_settled(self) -> bool:
        return not self.fields


def sealed(values: Mapping[str, Any]) -> str:
    """Values for the hidden field `base`."""
    return json.dumps(plain(values), ensure_ascii=False, separators=(",", ":"))


def left_to_others(posted: Mapping[str, Any]) -> set[str]:
    """Names of the fields for which what stands now was chosen."""
    return {name.removeprefix(KEEP) for name in posted if name.startswith(KEEP) and posted[name] == THEIRS}


def merge(
    labels: Mapping[str, str],
    *,
    yours: Mapping[str, Any],
    theirs: Mapping[str, Any],
    version: int,
    posted: Posted,
    message: str,
    said: Said,
) -> Merge:
    """What differs between what was typed and what stands now (`theirs`, in `version`), in the order of the labels."""
    sent = {name: values for name, values in posted.lists() if values}
    base = _unsealed(sent.get(BASE, [""])[-1])
    mine, now = plain(yours), plain(theirs)
    fields = [
        _field(name, label, base, (mine[name], now[name]), said)
        for name, label in labels.items()
        if name in mine and mine[name] != now[name]
    ]
    carried = [(name, value) for name, values in sent.items() if _is_carried(name) for value in values]
    return Merge(message, version, sealed(theirs), fields, carried)


def _field(name: str, label: str, base: Mapping[str, Any] | None, sides: tuple[Any, Any], said: Said) -> MergeField:
    mine, now = sides
    is_known = base is not None and name in base
    began = base[name] if base is not None and is_known else None
    keep = THEIRS if is_known and began == mine else YOURS
    return MergeField(
        name=name,
        label=str(label),
        base=said(name, began) if is_known else None,
        yours=said(name, mine),
        theirs=said(name, now),
        keep=keep,
        is_contested=not is_known or began not in (mine, now),
    )


def _is_carried(name: str) -> bool:
    return name not in _NOT_CARRIED and not name.startswith(KEEP)


def _unsealed(text: str) -> Mapping[str, Any] | None:
    """What the form began from; None where it does not say so in a readable way."""
    try:
        base = json.loads(text)
    except ValueError:
        return None
    return base if isinstance(base, dict) else None
