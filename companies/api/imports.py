"""`/imports/`: files with export records, handed in, decided on and followed by programs."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import Any, ClassVar, Final

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse
from django.utils.http import parse_header_parameters
from django.utils.translation import gettext as _
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request

from companies.access import Action, require, seen
from companies.api.door import PersonDoor, PersonListView, PersonRecordView, ThingResponse
from companies.api.import_bodies import CommitBody, DecisionsBody, choices_of, fixes_of, mapping_of, policy_of
from companies.api.once import named_key
from companies.api.writing import Entry, Write, writing
from companies.errors import FieldsRejected, FileTooLarge, InvalidField, KeyReused
from companies.importing.doing import fixing, steps
from companies.importing.doing.mapping import choose_mapping
from companies.importing.doing.uploading import upload
from companies.importing.reading.form import MOST_BYTES
from companies.models import Import, ImportVerdict
from companies.profiles.import_records import ImportedRow, ImportRecord, import_records, imported_rows
from markets import wording
from markets.door.address import list_parameters, record_parameters
from markets.door.bodies import size_beyond
from markets.door.parameters import LANG, Parameter, codes, sort, text
from markets.errors import InvalidRequest
from markets.jobs import wake_later

_CHUNK: Final = 64 * 1024
_FORM: Final = "multipart/form-data"
# A file as the body itself: what it is its bytes tell, so the type only has to be no form and no JSON.
_RAW: Final = (
    "text/csv",
    "text/tab-separated-values",
    "text/plain",
    "application/octet-stream",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.spreadsheet",
)
_KEYS: Final = uuid.UUID("6c9d1b1e-6a5c-4f0b-9a39-0c9d6f6f1d11")
_NAME: Final = text("name", "What the file is called, where the request does not say it.", "records.csv", 255)


class _Imports(PersonDoor):
    """What all addresses of imports share."""

    model = Import

    def shown_rows(self) -> Any:
        """With their people and jobs."""
        return seen(self.actor, Import).select_related("created_by", "job")

    def records(self, rows: Sequence[Any]) -> list[Any]:
        """The imports."""
        return import_records(rows)


class ImportListView(_Imports, PersonListView):
    """Imports: files of the organisation on their way to export records, and those that are done."""

    http_method_names = ("get", "head", "options", "post")
    record = ImportRecord
    sorts: ClassVar = {"created": ("created_at", "id")}
    parameters: ClassVar[Sequence[Parameter]] = list_parameters(
        ImportRecord,
        codes("step", "Only those at these steps.", "read,checked", "|".join(Import.Step.values)),
        sort("-created"),
    )

    def rows(self) -> Any:
        """The imports that match."""
        require(self.actor, Action.IMPORT)
        rows = self.shown_rows().filter(organisation=self.actor.organisation_id)
        return rows.filter(step__in=self.asked["step"]) if self.asked["step"] else rows

    def post(self, request: Request) -> ThingResponse:
        """Hand in a file: as the body itself, or as `file` of a form. It is read in the background.

        With an Idempotency-Key the same file sent again leads to the import that it made before.
        """
        require(self.actor, Action.IMPORT)
        plain = request._request  # noqa: SLF001 the plain request below DRF's, whose body is taken piece by piece
        if size_beyond(plain, MOST_BYTES) is not None:
            raise FileTooLarge(name=_("you sent"), most=wording.number(MOST_BYTES))
        key = self._id_of(named_key(request))
        with _file(plain, self.asked["name"]) as (name, pieces):
            sent = _Sent(pieces)
            imported = upload(self.actor, name, sent, key=key)
            if not sent.is_begun and sent.sha256() != imported.sha256:
                raise KeyReused
        if imported.job is not None and sent.is_begun:
            wake_later(imported.job)
        (record,) = self.shown([imported.pk])
        headers = {"Location": reverse("api:import", kwargs={"id": imported.pk})}
        headers |= {} if sent.is_begun else {"Idempotency-Replayed": "true"}
        return ThingResponse(record, record.version, status=201, headers=headers)

    post.write = Write(  # type: ignore[attr-defined]
        needs=Action.IMPORT, files=(_FORM, *_RAW), status=201, address="api:import", parameters=(_NAME, LANG)
    )

    def _id_of(self, key: str | None) -> uuid.UUID | None:
        """The id of the import that a key of this person, or of this program, makes."""
        holder = self.actor.api_key.pk if self.actor.api_key else ""
        owner = f"{self.actor.organisation_id} {self.actor.person.pk} {holder}"
        return None if key is None else uuid.uuid5(_KEYS, f"{owner} {key}")


class ImportView(_Imports, PersonRecordView):
    """One import: how it was read, what its columns are, what is wrong with its rows, and what goes on.

    Look again while `work` is open; a write names the version that was read.
    """

    http_method_names = ("get", "head", "options", "patch", "delete")
    record = ImportRecord
    parameters: ClassVar[Sequence[Parameter]] = record_parameters(ImportRecord)

    @writing(
        needs=Action.IMPORT,
        body=DecisionsBody,
        is_partial=True,
        names_version=True,
        example={"policy": {"errors": "others"}},
    )
    def patch(self, entry: Entry) -> Any:
        """Decide one thing: how it is read, what the columns are, what is put right, or what becomes of rows."""
        stated = {name: value for name, value in entry.values.items() if value is not None}
        if len(stated) != 1:
            fault = InvalidField(pointer="", field=_("the body"), expected=_("decide one thing at a time"))
            raise FieldsRejected(faults=(fault,), count=1)
        ((name, value),) = stated.items()
        return _woken(_DECISIONS[name](self, entry, value))

    @writing(needs=Action.IMPORT, names_version=True, status=204)
    def delete(self, entry: Entry) -> Any:
        """Discard a file that was not imported."""
        return steps.discard(self.actor, entry.key, entry.version)


class CommitView(_Imports):
    """Importing what was checked."""

    http_method_names = ("post", "options")
    record = ImportRecord

    @writing(needs=Action.IMPORT, body=CommitBody, names_version=True)
    def post(self, entry: Entry) -> Any:
        """Import what the newest check found: all of it, or nothing."""
        again = bool(entry.values.get("again"))
        return _woken(steps.commit(self.actor, entry.key, entry.version, again=again))


class UndoView(_Imports):
    """Taking an import back."""

    http_method_names = ("post", "options")
    record = ImportRecord

    @writing(needs=Action.IMPORT, names_version=True)
    def post(self, entry: Entry) -> Any:
        """Take back what an import brought, where nobody has changed it since."""
        return _woken(steps.undo(self.actor, entry.key, entry.version))


class RowListView(PersonListView):
    """Rows: what becomes of each row of a file, by the newest check."""

    model = ImportVerdict
    thing = Import
    record = ImportedRow
    sorts: ClassVar = {"number": ("number",)}
    parameters: ClassVar[Sequence[Parameter]] = list_parameters(
        ImportedRow,
        codes("outcome", "Only rows of which this becomes.", "error,conflict", "|".join(ImportVerdict.Outcome.values)),
        sort("number"),
    )

    def get(self, request: Request, **codes_: Any) -> Any:
        """One page of the rows of the import of the address."""
        self.of = self.named(codes_["id"])
        return super().get(request)

    def rows(self) -> Any:
        """The rows that match."""
        rows = ImportVerdict.objects.filter(of=self.of)
        return rows.filter(outcome__in=self.asked["outcome"]) if self.asked["outcome"] else rows

    def records(self, rows: Sequence[Any]) -> list[ImportedRow]:
        """The rows."""
        return imported_rows(rows)


class _Sent:
    """The bytes of a file as they come. is_begun: whether anybody took them."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces
        self.is_begun = False

    def __iter__(self) -> Iterator[bytes]:
        self.is_begun = True
        yield from self._pieces

    def sha256(self) -> str:
        """Of bytes that nobody took."""
        digest = hashlib.sha256()
        for piece in self._pieces:
            digest.update(piece)
        return digest.hexdigest()


@contextmanager
def _file(plain: HttpRequest, named: str | None) -> Iterator[tuple[str, Iterable[bytes]]]:
    """The name and the bytes of the one file of a request, all of them here: who sends slowly keeps nobody waiting.

    Raises UnsupportedMediaType, InvalidRequest.
    """
    kind = (plain.content_type or "").lower()
    if kind == _FORM:
        given = _files(plain)
        if len(given) != 1:
            raise InvalidRequest(reason=_("send one file, as `file` of the form"))
        yield named or given[0].name or "", given[0].chunks()
        return
    if kind not in _RAW:
        raise UnsupportedMediaType(kind)
    _way, said = parse_header_parameters(plain.headers.get("Content-Disposition", ""))
    with TemporaryFile() as whole:
        while piece := plain.read(_CHUNK):
            whole.write(piece)
        whole.seek(0)
        yield named or said.get("filename", ""), iter(lambda: whole.read(_CHUNK), b"")


def _files(plain: HttpRequest) -> Sequence[UploadedFile]:
    """What a form names `file`. Raises InvalidRequest for a form that is none."""
    try:
        return plain.FILES.getlist("file")
    except MultiPartParserError as broken:
        raise InvalidRequest(reason=_("send one file, as `file` of the form")) from broken


def _woken(imported: Import) -> Import:
    if imported.job is not None and imported.job.is_open:
        wake_later(imported.job)
    return imported


def _mapped(view: PersonDoor, entry: Entry, value: Mapping[str, Any]) -> Import:
    name = value.get("save_as") or ""
    return choose_mapping(view.actor, entry.key, entry.version, mapping_of(value), save_as=name)


def _with_policy(view: PersonDoor, entry: Entry, value: Mapping[str, Any]) -> Import:
    before = view.named(entry.key).policy
    return fixing.choose_policy(view.actor, entry.key, entry.version, policy_of(value, before))


_DECISIONS: Final[Mapping[str, Any]] = {
    "choices": lambda view, entry, value: steps.choose_reading(view.actor, entry.key, entry.version, choices_of(value)),
    "mapping": _mapped,
    "fixes": lambda view, entry, value: fixing.fix_values(view.actor, entry.key, entry.version, fixes_of(value)),
    "leave_out_rows": lambda view, entry, value: fixing.leave_out_rows(view.actor, entry.key, entry.version, value),
    "keep_twins": lambda view, entry, value: fixing.keep_twins(view.actor, entry.key, entry.version, keep=value),
    "register": lambda view, entry, value: fixing.register_unknown(
        view.actor, entry.key, entry.version, register=value
    ),
    "scale": lambda view, entry, value: fixing.choose_scale(view.actor, entry.key, entry.version, value),
    "policy": _with_policy,
}
