"""Every failure the product foresees, in one tree.

A class says three things: what happened (its docstring's first paragraph, the message people read,
with the context filled in), which HTTP status a door answers with, and whether trying again can help.
Doors hand `message` their translator; nobody else decides what a person is told.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

# Entries of a context that are words of ours, and so are translated with the message; the others are facts.
_WORDS: Final = ("expected", "kind", "needed")


class MarketsError(Exception):
    """Something went wrong: {reason}."""

    code: ClassVar[str] = "error"
    http_status: ClassVar[int] = 500
    retry: ClassVar[bool] = False

    def __init__(self, **context: Any) -> None:
        self.context = context
        super().__init__(self.template.format_map(_Shown(context)))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled by class and context: a worker hands its failures to its parent, which reads `retry`."""
        return _rebuilt, (type(self), self.context)

    @property
    def template(self) -> str:
        """The message before its context is filled in: the class docstring's first paragraph."""
        return message_template(type(self))

    def message(self, translate: Callable[[str], str] = str) -> str:
        """The message in the language of a translator such as gettext, the words of ours in its context too."""
        said = ((name, self.context.get(name)) for name in _WORDS)
        words = {name: translate(word) for name, word in said if word and isinstance(word, str)}
        return translate(self.template).format_map(_Shown(self.context | words))


class SourceError(MarketsError):
    """The source {source} failed: {reason}."""

    code = "source_error"
    http_status = 502


class SourceUnavailable(SourceError):
    """The source {source} does not answer: {reason}. The last good numbers stay; it is tried again later."""

    code = "source_unavailable"
    http_status = 503
    retry = True

    @property
    def retry_after_s(self) -> float | None:
        """Seconds the source asks us to wait; None when it names none."""
        return self.context.get("retry_after_s")


class SourceRefused(SourceError):
    """The source {source} refused the request: {reason}. Check the key, the quota and the licence."""

    code = "source_refused"


class NoPayload(SourceError):
    """There is no payload file of {source} at {path}. Name a file, or a directory that holds {endings}."""

    code = "no_payload"
    http_status = 404


class SourceChanged(SourceError):
    """The answer of {source} is not in its documented form: {reason}. Nothing was published."""

    code = "source_changed"


class SyntheticData(SourceError):
    """The figures of {file} are invented, made to measure speed. They are published in a database for benchmarks
    or tests alone, where SYNTHETIC_DATA is set.
    """

    code = "synthetic_data"
    http_status = 422


class IngestError(MarketsError):
    """The rows of {dataset} failed a check: {reason}. Nothing was published."""

    code = "ingest_error"
    http_status = 422


class UnknownCode(IngestError):
    """{dataset} uses the {scheme} code {code}, which is not known here. Add it to the code list, then refresh again."""

    code = "unknown_code"


class DuplicateRow(IngestError):
    """{dataset} states two different values for {key}. Nothing of that slice was published.

    Only the publisher can say which holds.
    """

    code = "duplicate_row"


class ReleaseHeld(IngestError):
    """The new vintage of {dataset} is held for review: {reason}. The last published numbers stay in force."""

    code = "release_held"


class HeldUnknown(ReleaseHeld):
    """The new vintage of {dataset} is held for review: none of its rows has a code that is known here.
    The last published numbers stay in force.
    """

    code = "held_unknown"


class HeldEmpty(ReleaseHeld):
    """The new vintage of {dataset} is held for review: it states no value at all; empty is not a deletion.
    The last published numbers stay in force.
    """

    code = "held_empty"


class HeldImpossible(ReleaseHeld):
    """The new vintage of {dataset} is held for review: {figure}, and a figure of this kind is never below zero."""

    code = "held_impossible"


class HeldLeap(ReleaseHeld):
    """The new vintage of {dataset} is held for review: {figure} is more than ten times off; the unit may have
    changed. The last published numbers stay in force.
    """

    code = "held_leap"


class HeldShrunk(ReleaseHeld):
    """The new vintage of {dataset} is held for review: {gone} of {before} values are gone ({share},
    at most {most} may be). The last published numbers stay in force.
    """

    code = "held_shrunk"


class HeldMoved(ReleaseHeld):
    """The new vintage of {dataset} is held for review: {moved} of {before} values moved by more than half ({share},
    at most {most} may); the unit may have changed. The last published numbers stay in force.
    """

    code = "held_moved"


class HeldTotalMoved(ReleaseHeld):
    """The new vintage of {dataset} is held for review: a total moved by {share}, at most {most} may: {figure}."""

    code = "held_total_moved"


class HeldIncomplete(ReleaseHeld):
    """The new vintage of {dataset} is held for review: it says nothing of {missing}, which each vintage must name."""

    code = "held_incomplete"


class HeldTruncated(ReleaseHeld):
    """The new vintage of {dataset} is held for review: it has exactly {rows} rows, where the provider cuts answers."""

    code = "held_truncated"


class HeldAggregates(ReleaseHeld):
    """The new vintage of {dataset} is held for review: its members exceed its total in {figure}; a group of
    countries may stand among the countries. The last published numbers stay in force.
    """

    code = "held_aggregates"


class HeldRejected(ReleaseHeld):
    """The new vintage of {dataset} is held for review: {rejected} of {read} rows cannot be published ({share}, at most
    {most} may be): {reasons}. The last published numbers stay in force.
    """

    code = "held_rejected"


class YearBusy(IngestError):
    """{dataset} was read all the time, so nothing could take its place. Nothing was published; try again later."""

    code = "year_busy"
    http_status = 503
    retry = True


class HoldDecided(IngestError):
    """The release {release} of {dataset} waits for nobody: it is {state}. Look at its page; nothing was changed."""

    code = "hold_decided"
    http_status = 409


class FactsInvalid(IngestError):
    """The fact table {table} is wrong at line {line}: {reason}. Correct the file and load again."""

    code = "facts_invalid"


class RefreshRunning(MarketsError):
    """A refresh of {dataset} is already running since {since}. Wait for it; this one changed nothing."""

    code = "refresh_running"
    http_status = 409


class JobTakenOver(MarketsError):
    """The job {job} is in other hands by now. This process wrote nothing more; the job's page shows who goes on."""

    code = "job_taken_over"
    http_status = 409


class JobStopped(MarketsError):
    """The job {job} was asked to stop. What it had published stays; start it again to go on."""

    code = "job_stopped"
    http_status = 409


class JobGivenUp(MarketsError):
    """The work was given up after {attempts} attempts: its worker stopped each time without a word. Try it again.

    If it stops again, the worker's log tells what ended the process.
    """

    code = "job_given_up"


class StorageFull(MarketsError):
    """There is no room left to store {what}. Nothing was published; make room, then try again."""

    code = "storage_full"
    http_status = 507


class ReadingBroken(MarketsError):
    """The file could not be read to its end: it is damaged, or holds far more than it seems to.
    Open it in its own program, save it again, and send that.

    limit: what ran out (`memory`, `time`, `answer`), or `broken` where the reader itself gave up.
    """

    code = "reading_broken"
    http_status = 422


class NotComparable(MarketsError):
    """These figures are not set against each other: {reason}. Compare figures of one kind, currency and period."""

    code = "not_comparable"
    http_status = 422


class InvalidRequest(MarketsError):
    """The request cannot be understood: {reason}. Correct it and send it again."""

    code = "invalid_request"
    http_status = 400


class InvalidValue(InvalidRequest):
    """{parameter} cannot be {value}: {expected}."""

    code = "invalid_value"


class UnknownParameter(InvalidRequest):
    """There is no parameter {parameter} here. Use one of: {allowed}."""

    code = "unknown_parameter"


class NotFound(MarketsError):
    """There is no {kind} with the code {key}. Check the code, or search by name."""

    code = "not_found"
    http_status = 404


class FilesBusy(MarketsError):
    """As many large files as may be ({most}) are being given out at this moment. Ask again in a minute."""

    code = "files_busy"
    http_status = 503


class EditConflict(MarketsError):
    """The profile of {area} was changed by {author} since you opened it. Your text is kept: compare and save again."""

    code = "edit_conflict"
    http_status = 412


def message_template(error_class: type[MarketsError]) -> str:
    """First paragraph of the class docstring, on one line."""
    documented = inspect.getdoc(error_class) or ""
    return " ".join(documented.split("\n\n")[0].split())


def error_tree(root: type[MarketsError] = MarketsError) -> list[type[MarketsError]]:
    """All foreseen failures, parents before children (for documentation and translation)."""
    found = [root]
    for child in root.__subclasses__():
        found += error_tree(child)
    return found


def stored(error: BaseException) -> dict[str, Any]:
    """A failure as it is kept with a job: its code, its message, and the context to tell it again in any language."""
    if not isinstance(error, MarketsError):
        return {"code": type(error).__name__, "message": _Shown.cut(error)}
    context = {name: _Shown.cut(value) for name, value in error.context.items() if value is not None}
    return {"code": error.code, "message": str(error), "context": context}


def told_again(kept: Mapping[str, Any], translate: Callable[[str], str] = str) -> str:
    """What `stored` kept, in the language of a translator; as it was kept where the failure was not foreseen."""
    found = _class_of(kept)
    if found is None or "context" not in kept:
        return str(kept.get("message", ""))
    return found(**kept["context"]).message(translate)


def is_foreseen(kept: Mapping[str, Any]) -> bool:
    """Whether what `stored` kept is a failure of this tree; another one's message may name anything."""
    return _class_of(kept) is not None


def _class_of(kept: Mapping[str, Any]) -> type[MarketsError] | None:
    return next((each for each in error_tree() if each.code == kept.get("code")), None)


def _rebuilt(error_class: type[MarketsError], context: dict[str, Any]) -> MarketsError:
    return error_class(**context)


class _Shown(dict[str, Any]):
    """Context for a message: what was not given shows as a dash, and long values are cut."""

    LONGEST = 200

    def __init__(self, context: dict[str, Any]) -> None:
        super().__init__({name: self.cut(value) for name, value in context.items()})
        if "reason" in self:
            # The sentence it stands in has a stop of its own.
            self["reason"] = str(self["reason"]).rstrip(" .")

    def __missing__(self, key: str) -> str:
        return "–"

    @classmethod
    def cut(cls, value: Any) -> str:
        shown = str(value).replace("\x00", "\\0")
        return shown if len(shown) <= cls.LONGEST else shown[: cls.LONGEST] + "…"
