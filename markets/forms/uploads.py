"""Files of a provider that a person hands in. They are kept as they are; a worker reads them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any, Final

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from markets import wording

# All files of one form together.
MOST_UPLOAD_BYTES: Final = 64 * 1024 * 1024
LONGEST_NAME: Final = 200


class ManyFiles(forms.ClearableFileInput):
    """A field for several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or more files, each with a name and something in it."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Every file in turn. Raises ValidationError."""
        given = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(each, initial) for each in given or [None]]


class UploadForm(forms.Form):
    """The files a dataset is read from. endings: of those that its source reads, such as `.xls`."""

    delivered = FilesField(
        label=_lazy("Files"),
        max_length=LONGEST_NAME,
        error_messages={
            "required": _lazy("Choose at least one file."),
            "empty": _lazy("A file is empty. Hand in the file as the publisher gives it out."),
        },
    )

    def __init__(self, *args: Any, endings: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.endings = tuple(endings)
        field = self.fields["delivered"]
        field.widget.attrs |= {"class": "form-control", "accept": ",".join(self.endings)}
        field.help_text = _("%(endings)s; at most %(most)s together.") % {
            "endings": wording.listed(self.endings),
            "most": filesizeformat(MOST_UPLOAD_BYTES),
        }

    def clean_delivered(self) -> list[UploadedFile]:
        """Files of the right endings, small enough together. Raises ValidationError."""
        files: list[UploadedFile] = self.cleaned_data["delivered"]
        for file in files:
            if PurePath(file.name or "").suffix.lower() not in self.endings:
                words = {"name": file.name, "endings": wording.listed(self.endings)}
                raise forms.ValidationError(_("%(name)s is not read here: only files that end in %(endings)s.") % words)
        size = sum(file.size or 0 for file in files)
        if size > MOST_UPLOAD_BYTES:
            raise forms.ValidationError(too_large(size))
        return files


def too_large(size_bytes: int) -> str:
    """Why so many bytes are refused, and what to do."""
    words = {"size": filesizeformat(size_bytes), "most": filesizeformat(MOST_UPLOAD_BYTES)}
    return _("The files are %(size)s together; at most %(most)s are taken. Hand them in one by one.") % words
