"""A person's decision on a release that was held back."""

from __future__ import annotations

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _lazy

PUBLISH: Final = "publish"
DISCARD: Final = "discard"


class DecisionForm(forms.Form):
    """Publish or discard, and why. is_sure: what will change was shown, and the person wants it."""

    decision = forms.ChoiceField(choices=((PUBLISH, PUBLISH), (DISCARD, DISCARD)))
    note = forms.CharField(
        label=_lazy("Why?"),
        help_text=_lazy("Stands on the page of the release, for everyone to read"),
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
        max_length=1000,
        error_messages={"required": _lazy("Say why you publish or discard it.")},
    )
    is_sure = forms.BooleanField(required=False, widget=forms.HiddenInput)
