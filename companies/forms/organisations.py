"""What people type about organisations, members and keys. What is right is decided where it is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _lazy

from companies.models import ApiKey, Organisation, Role
from companies.profiles.organisation import home_choices, kind_words, role_words

_LASTS: Final = (
    ("30", _lazy("30 days")),
    ("90", _lazy("90 days")),
    ("365", _lazy("a year")),
    ("0", _lazy("until it is revoked")),
)

_ADDRESS_WRONG: Final = {
    "required": _lazy("Write an e-mail address."),
    "invalid": _lazy("Write an e-mail address, such as name@example.com."),
}


def _line(**attributes: str) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "form-control", **attributes})


def _choice() -> forms.Select:
    return forms.Select(attrs={"class": "form-select"})


class OrganisationForm(forms.Form):
    """A new organisation, or another name for one. version: of what was read; empty for a new one."""

    name = forms.CharField(
        label=_lazy("Name"),
        widget=_line(autocomplete="organization"),
        max_length=200,
        error_messages={"required": _lazy("Write the name of the organisation.")},
    )
    kind = forms.ChoiceField(label=_lazy("Kind"), choices=Organisation.Kind.choices, widget=_choice())
    home = forms.ChoiceField(
        label=_lazy("Country or region"), help_text=_lazy("Where its exporters are"), widget=_choice(), required=False
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = self.fields["kind"]
        homes = self.fields["home"]
        assert isinstance(kinds, forms.ChoiceField)  # noqa: S101 declared above
        assert isinstance(homes, forms.ChoiceField)  # noqa: S101 declared above
        kinds.choices = [(kind.value, kind_words(kind)) for kind in Organisation.Kind]
        homes.choices = [("", _lazy("not stated")), *home_choices()]


class RoleForm(forms.Form):
    """Another role for a member, and the version of the one that was read."""

    role = forms.ChoiceField(choices=Role.choices)
    version = forms.IntegerField()


class InviteForm(forms.Form):
    """An address to invite, and the role it is invited to."""

    email = forms.EmailField(
        label=_lazy("E-mail address"),
        widget=forms.EmailInput(attrs={"class": "form-control", "autocomplete": "off"}),
        max_length=254,
        error_messages=_ADDRESS_WRONG,
    )
    role = forms.ChoiceField(label=_lazy("Role"), widget=_choice(), initial=Role.OFFICER)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = self.fields["role"]
        assert isinstance(roles, forms.ChoiceField)  # noqa: S101 declared above
        roles.choices = [(role.value, role_words(role)) for role in Role]


class KeyForm(forms.Form):
    """A new key: its name, what it can do, for how long, from where."""

    name = forms.CharField(
        label=_lazy("Name"),
        help_text=_lazy("What uses it, such as a spreadsheet or a nightly job"),
        widget=_line(autocomplete="off"),
        max_length=100,
        error_messages={"required": _lazy("Give the key a name.")},
    )
    scopes = forms.MultipleChoiceField(
        label=_lazy("It can"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _lazy("Choose at least one thing that it can do.")},
    )
    lasts = forms.ChoiceField(label=_lazy("It works for"), choices=_LASTS, widget=_choice(), initial="90")
    networks = forms.CharField(
        label=_lazy("Only from these addresses"),
        help_text=_lazy("One a line, such as 192.0.2.0/24; empty: from anywhere"),
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
        max_length=1200,
        required=False,
    )

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scopes = self.fields["scopes"]
        assert isinstance(scopes, forms.MultipleChoiceField)  # noqa: S101 declared above
        scopes.choices = list(choices)
        scopes.initial = [ApiKey.Scope.READ_RECORDS]

    def expires_at(self) -> dt.datetime | None:
        """When it ends; None: not by itself."""
        days = int(self.cleaned_data["lasts"])
        return timezone.now() + dt.timedelta(days=days) if days else None


class FirstAdminForm(forms.Form):
    """Who runs the installation from now on."""

    name = forms.CharField(
        label=_lazy("Your name"),
        widget=_line(autocomplete="name"),
        max_length=150,
        error_messages={"required": _lazy("Write your name, as colleagues know you.")},
    )
    email = forms.EmailField(
        label=_lazy("E-mail address"),
        help_text=_lazy("You sign in with it"),
        widget=forms.EmailInput(attrs={"class": "form-control", "autocomplete": "username"}),
        max_length=254,
        error_messages=_ADDRESS_WRONG,
    )
    password = forms.CharField(
        label=_lazy("Password"),
        help_text=_lazy("At least 8 characters; a few words are better than a riddle"),
        widget=forms.PasswordInput(attrs={"class": "form-control", "autocomplete": "new-password"}),
        strip=False,
        max_length=1000,
        error_messages={"required": _lazy("Choose a password.")},
    )
    organisation = forms.CharField(
        label=_lazy("Name of your organisation"),
        help_text=_lazy("You become its admin too; it can also be created later"),
        widget=_line(autocomplete="organization"),
        max_length=200,
        required=False,
    )
