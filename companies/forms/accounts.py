"""Forms of accounts: coming in, and how a person likes to read."""

from __future__ import annotations

import zoneinfo
from typing import Any

from allauth.account import forms as library
from allauth.mfa.base import forms as second
from allauth.mfa.totp import forms as totp
from django import forms
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from companies.models import User
from companies.profiles.organisation import home_choices
from companies.profiles.starting import WORK_WORDS
from markets.models import Area, Currency

PASSWORD_RULE = _("At least 8 characters. No common word, not only digits, nothing like your name or address.")


class _OurWords:
    """Labels, help and classes of ours in a form of the library; a placeholder is no label."""

    fields: dict[str, forms.Field]
    words: dict[str, Any] = {}
    helped: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.widget.attrs["class"] = "form-control"
            field.label = self.words.get(name, field.label)
            field.help_text = self.helped.get(name, "")


class SignUpForm(_OurWords, library.SignupForm):
    """Name, address and password of somebody new."""

    words = {"email": _("E-mail address"), "password1": _("Password")}
    helped = {"name": _("Colleagues see it beside what you enter."), "password1": PASSWORD_RULE}
    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ["name", "email", "password1"]

    def try_save(self, request: HttpRequest) -> Any:
        """The same work and the same answer whether or not the address has an account already."""
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
        return super().try_save(request)


class SignInForm(_OurWords, library.LoginForm):
    """Address and password."""

    words = {"login": _("E-mail address"), "password": _("Password")}


class ResetForm(_OurWords, library.ResetPasswordForm):
    """The address a code is sent to."""

    words = {"email": _("E-mail address")}


class NewPasswordForm(_OurWords, library.ResetPasswordKeyForm):
    """The new password after a code proved whose account it is."""

    words = {"password1": _("New password"), "password2": _("New password, again")}
    helped = {"password1": PASSWORD_RULE}


class ChangePasswordForm(_OurWords, library.ChangePasswordForm):
    """The old password and the new one."""

    words = {"oldpassword": _("Current password"), **NewPasswordForm.words}
    helped = NewPasswordForm.helped


class SetPasswordForm(_OurWords, library.SetPasswordForm):
    """A first password for somebody who came in by a link."""

    words = NewPasswordForm.words
    helped = NewPasswordForm.helped


class AddressForm(_OurWords, library.AddEmailForm):
    """Another address instead of the present one."""

    words = {"email": _("New e-mail address")}


class PasswordAgainForm(_OurWords, library.ReauthenticateForm):
    """The password once more, before something that matters."""

    words = {"password": _("Password")}


class AddressCodeForm(_OurWords, library.ConfirmEmailVerificationCodeForm):
    """The code that was sent to a new address."""

    words = {"code": _("Code from the letter")}


class ResetCodeForm(_OurWords, library.ConfirmPasswordResetCodeForm):
    """The code that was sent to set a new password."""

    words = {"code": _("Code from the letter")}


class SecondStepForm(_OurWords, second.AuthenticateForm):
    """A code of the authenticator app, or a recovery code."""

    words = {"code": _("Code")}
    helped = {"code": _("Six digits from your authenticator app, or one of your recovery codes.")}


class SecondStepAgainForm(_OurWords, second.ReauthenticateForm):
    """The same, before something that matters."""

    words = SecondStepForm.words
    helped = SecondStepForm.helped


class AppForm(_OurWords, totp.ActivateTOTPForm):
    """The first code of an authenticator app, which proves that it holds the secret."""

    words = {"code": _("Code from the app")}
    helped = {"code": _("Six digits; they change every half a minute.")}


class _CurrencyField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Currency) -> str:
        return f"{obj.code} · {obj.name}"


class SettingsForm(forms.ModelForm):
    """A person's name and ways of reading; what is left empty is decided by the page."""

    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", _("As the page is opened")), *settings.LANGUAGES],
        help_text=_("Pages open in it after you sign in, and letters are written in it."),
    )
    number_style = forms.ChoiceField(
        label=_("Large numbers"),
        required=False,
        choices=[
            ("", _("As usual in the language")),
            ("short", _("million, billion")),
            ("myriad", _("万, 亿")),
        ],
    )
    currency = _CurrencyField(
        Currency.objects.all(),
        label=_("Currency"),
        required=False,
        empty_label=_("No preference"),
        help_text=_("Amounts are converted into it where you choose no other."),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False, help_text=_("Moments are told in it."))
    work = forms.ChoiceField(
        label=_("What you do"),
        required=False,
        choices=[("", _("Not said")), *((work, words) for work, (words, _note) in WORK_WORDS.items())],
    )
    home = forms.ChoiceField(
        label=_("Where you sell from"), required=False, help_text=_("What markets buy from there stands beside them.")
    )

    class Meta:
        model = User
        fields = ("name", "language", "number_style", "currency", "time_zone", "work", "home")
        labels = {"name": _("Your name")}
        help_texts = {"name": _("Colleagues see it beside what you enter.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith("Etc/"))
        self.fields["time_zone"].choices = [("", _("UTC")), *((zone, zone.replace("_", " ")) for zone in zones)]  # type: ignore[attr-defined]
        self.fields["home"].choices = [("", _("not stated")), *home_choices()]  # type: ignore[attr-defined]
        self.fields["name"].required = True
        for field in self.fields.values():
            is_choice = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if is_choice else "form-control"

    def clean_home(self) -> Area | None:
        """The market that was chosen; None where none was."""
        return Area.objects.filter(pk=self.cleaned_data["home"]).first()
