"""Every failure the people's side of the product foresees; one tree with `markets.errors`, read by the same doors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from markets.errors import InvalidRequest, MarketsError, NotFound


class CompaniesError(MarketsError):
    """This could not be done: {reason}. Nothing was changed."""

    code = "companies_error"
    http_status = 409


class SignInNeeded(CompaniesError):
    """This needs a person who is signed in, or a valid key. Sign in and try again."""

    code = "not_authenticated"
    http_status = 401


class PageTokenMissing(CompaniesError):
    """A write of a signed-in person needs the token of the page in the header X-CSRFToken. Send it, or use a key."""

    code = "page_token_missing"
    http_status = 403


class NotAllowed(CompaniesError):
    """Your role in {organisation} does not allow this. Ask an admin of the organisation for the role {needed}."""

    code = "not_allowed"
    http_status = 403


class ScopeMissing(NotAllowed):
    """The key {key} has not the scope {scope}. Make a key with that scope."""

    code = "scope_missing"


class NoOrganisation(CompaniesError):
    """You belong to no organisation yet. Create one, or ask an admin for an invitation."""

    code = "no_organisation"


class HiddenObject(NotFound):
    """There is no {kind} {key} here. Check the address; if a colleague sent it, ask them for access."""

    code = "hidden_object"


class VersionConflict(CompaniesError):
    """{kind} was changed by {author} since you read it. Nothing of yours was saved: look at it again, then decide."""

    code = "version_conflict"
    http_status = 412


class VersionMissing(CompaniesError):
    """This change names no version. Send the ETag of what you read in the header If-Match."""

    code = "version_missing"
    http_status = 428


class OwnWork(CompaniesError):
    """You entered or submitted this record yourself. Somebody else with the role reviewer has to decide on it."""

    code = "own_work"
    http_status = 403


class WrongState(CompaniesError):
    """The record is {state}, so this cannot be done with it. Look at it again; somebody may have been quicker."""

    code = "wrong_state"


class Archived(CompaniesError):
    """{kind} is archived. Restore it first; nothing was changed."""

    code = "archived"


class InUse(CompaniesError):
    """{kind} is used by {count} others, so it stays. Remove or move those first."""

    code = "in_use"


class LastAdmin(CompaniesError):
    """An organisation needs an admin. Make somebody else an admin first; nothing was changed."""

    code = "last_admin"


class InvitationGone(CompaniesError):
    """This invitation is used, withdrawn or too old. Ask for a new one."""

    code = "invitation_gone"
    http_status = 410


class InvitedOther(CompaniesError):
    """This invitation is for another address than yours. Sign in with the address the letter came to."""

    code = "invited_other"
    http_status = 403


class LetterNotSent(CompaniesError):
    """The mail server does not take the letter, so nobody was invited. Try again later, or tell the operator."""

    code = "letter_not_sent"
    http_status = 503
    retry = True


class MailAway(CompaniesError):
    """The mail server does not answer, so no letter was sent. They wait, and are tried again."""

    code = "mail_away"
    http_status = 503
    retry = True


class TooManyToday(CompaniesError):
    """That is {most} {kind} within a day, which is the limit. Nothing was changed: go on tomorrow."""

    code = "too_many_today"
    http_status = 429


class TooManyThisHour(CompaniesError):
    """That is {most} {kind} within an hour, which is the limit. Nothing was changed: go on in {minutes} minutes.

    wait_s: seconds until the next one is taken.
    """

    code = "too_many_this_hour"
    http_status = 429

    @property
    def wait(self) -> float | None:
        """Seconds until it may be asked again, where that is known."""
        seconds: float | None = self.context.get("wait_s")
        return seconds


class FirstAdminLinkGone(CompaniesError):
    """This link is used, too old, or replaced by a newer one. A new one is printed by `manage.py first_admin`."""

    code = "first_admin_link_gone"
    http_status = 410


class AdminExists(CompaniesError):
    """Somebody runs this installation already. They can let others do so on the staff pages."""

    code = "admin_exists"


class LinkGone(CompaniesError):
    """This link has ended. Ask the person who sent it for a new one."""

    code = "link_gone"
    http_status = 410


class SelectionChanged(CompaniesError):
    """{changed} of the {count} selected records were changed since you selected them. Nothing was changed:
    look at the preview again.
    """

    code = "selection_changed"


class TooMany(CompaniesError):
    """This asks for {count} {kind} at once; at most {most} are taken. Ask for less at a time."""

    code = "too_many"
    http_status = 422


class TooManyOpen(CompaniesError):
    """{count} {kind} are being made already, the most at one time. Wait until one is ready, or cancel one."""

    code = "too_many_open"
    http_status = 429


class KeyReused(CompaniesError):
    """The Idempotency-Key was sent before with another request. Take a new key for a new request."""

    code = "idempotency_key_reused"
    http_status = 422


class KeyInProgress(CompaniesError):
    """A request with this Idempotency-Key is still being answered. Wait a moment, then send it again."""

    code = "idempotency_key_in_progress"
    retry = True


class InvalidField(InvalidRequest):
    """{field}: {expected}."""

    code = "invalid_field"
    http_status = 422


class UnknownField(InvalidField):
    """There is no field {field} here. Use one of: {allowed}."""

    code = "unknown_field"


class FieldsRejected(InvalidRequest):
    """Nothing was changed, for entries are wrong: {count}. Each is named below.

    faults: one InvalidField for each; its `pointer` is the JSON pointer of the entry (`/value`, `/3/period`), `field`
    the label people see, `expected` what is wrong and how to put it right.
    """

    code = "fields_rejected"
    http_status = 422


class PreviewChanged(CompaniesError):
    """Records of {year} were changed since the preview was made. Nothing was published: look at the preview again."""

    code = "preview_changed"


class NothingToPublish(CompaniesError):
    """No sum of {year} can be published: the approved records are too few, or of too few companies.
    Approve more records, then try again.
    """

    code = "nothing_to_publish"


class AlreadyWithdrawn(CompaniesError):
    """This publication was withdrawn before. Nothing was changed."""

    code = "already_withdrawn"


class FileTooLarge(CompaniesError):
    """The file {name} has more than {most} bytes, the most that is taken. Split it, and import the parts."""

    code = "file_too_large"
    http_status = 413


class FileRefused(CompaniesError):
    """The file {name} was not read. {reason}. Nothing was changed.

    why: the code of the refusal (`importing.reading.form.Refusal`); facts: the numbers its sentence needs; reason: that
    sentence before they are filled in (`importing.refusals.file_refused` knows it).
    """

    code = "file_refused"
    http_status = 422

    def message(self, translate: Callable[[str], str] = str) -> str:
        """The sentence of the refusal in the translator's language, with its facts."""
        facts = {name: str(value) for name, value in self.context.get("facts", {}).items()}
        reason = translate(self.context.get("reason", "")).format_map(defaultdict(lambda: "–", facts))
        return translate(self.template).format(name=self.context.get("name", "–"), reason=reason.rstrip(" .。"))


class ImportElsewhere(CompaniesError):
    """The import of {name} is at another step by now: {step}. Look at it again; somebody may have gone on with it."""

    code = "import_elsewhere"


class ImportAtWork(CompaniesError):
    """The import of {name} is being worked on this moment. Wait until that is done, then go on."""

    code = "import_at_work"
    retry = True


class MappingOpen(CompaniesError):
    """{count} questions about the columns are open. Answer them first: nothing is guessed.

    questions: each as `importing.mapping.questions` asks it.
    """

    code = "mapping_open"
    http_status = 422


class ImportRejected(CompaniesError):
    """{count} rows are wrong, so none was imported. Put them right, leave them out, or import the others alone."""

    code = "import_rejected"
    http_status = 422


class ImportOutdated(CompaniesError):
    """{count} records or companies changed after {name} was checked, so nothing was imported. Every row was checked
    again: look at the new result, then import.
    """

    code = "import_outdated"


class NothingToImport(CompaniesError):
    """No row of {name} would change anything. Nothing was imported."""

    code = "nothing_to_import"
    http_status = 422


class AlreadyImported(CompaniesError):
    """This very file was imported on {on} by {by}. Go on only if it is meant to be imported again.

    earlier: the id of that import.
    """

    code = "already_imported"


class UndoOver(CompaniesError):
    """An import can be undone for {days} days; these are over. Edit or remove the records themselves."""

    code = "undo_over"
    http_status = 410


class AlreadyTracked(CompaniesError):
    """{market} is among the target markets already, for the same goods. Nothing was changed: open that one.

    target: its id.
    """

    code = "already_tracked"


class TargetOfColleague(NotAllowed):
    """{name} tracks this target market and shares it to be read. Only they can change it; nothing was changed."""

    code = "target_of_colleague"


class NothingToShare(CompaniesError):
    """You belong to no organisation that could read this. Join or create one first."""

    code = "nothing_to_share"


class RulePaused(CompaniesError):
    """This rule is {state} already. Look at it again; it may have been changed elsewhere."""

    code = "rule_paused"


class LetterRefused(CompaniesError):
    """This link to end letters is not valid any more. Sign in and choose under Alerts how often you get letters."""

    code = "letter_refused"
    http_status = 410
