"""The form of how often letters with alerts come."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from companies.models import AlertMail


class AlertLettersForm(forms.Form):
    """One of three."""

    frequency = forms.ChoiceField(
        label=_("How often letters come"),
        choices=[
            (AlertMail.Frequency.DAILY, _("At most once a day")),
            (AlertMail.Frequency.WEEKLY, _("At most once a week")),
            (AlertMail.Frequency.NEVER, _("Never: I look here")),
        ],
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
    )
