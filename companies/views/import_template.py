"""The file to fill in for an import."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from companies.access import Action, require
from companies.door import actor_of, person_page
from companies.importing.templates import FORMS, template
from markets import downloads
from markets.door.page import word
from markets.errors import InvalidValue


@person_page
def file(request: HttpRequest) -> HttpResponse:
    """`form=xlsx` or `csv`, in the reader's language unless `language=` names another of the product's."""
    require(actor_of(request), Action.IMPORT)
    form = _one_of(request, "form", [each.value for each in FORMS], FORMS[0].value)
    language = _one_of(request, "language", [code for code, _name in settings.LANGUAGES], get_language() or "en")
    name = f"sogdia-records-template-{language}.{form}"
    return downloads.attachment(template(language, downloads.Form(form)), downloads.Form(form), name)


def _one_of(request: HttpRequest, name: str, known: list[str], usual: str) -> str:
    asked = word(request, name) or usual
    if asked not in known:
        raise InvalidValue(
            parameter=name, value=asked, expected=_("choose one of %(keys)s") % {"keys": ", ".join(known)}
        )
    return asked
