"""What a use-case refused, told beside the fields of the form it came by."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _

from companies.errors import CompaniesError, FieldsRejected


def tell(form: forms.Form, failure: FieldsRejected | CompaniesError) -> None:
    """Put each fault to its field, and what is not of one field to the form as a whole."""
    if not isinstance(failure, FieldsRejected):
        form.add_error(None, failure.message(_))
        return
    for fault in failure.context["faults"]:
        field = fault.context["pointer"].strip("/").split("/")[0]
        if field in form.fields:
            form.add_error(field, _capital(fault.context["expected"]))
        else:
            form.add_error(None, fault.message(_))


def _capital(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}" if words.endswith((".", "。")) else f"{words[:1].upper()}{words[1:]}."
