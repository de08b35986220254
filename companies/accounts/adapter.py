"""How the library of accounts is made to fit: what is remembered, what is sent, who asks, what is counted for whom."""

from __future__ import annotations

import base64
import hashlib
import logging
from contextlib import AbstractContextManager, nullcontext
from smtplib import SMTPException
from typing import TYPE_CHECKING, Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.httpkit import clean_client_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse, translate_url
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from rest_framework.throttling import BaseThrottle

from companies.access import Action, actor_of_person, organisations
from companies.accounts.people import keep_account
from companies.accounts.wishes import kept_wish
from companies.changes import changed
from companies.models import Organisation, User
from companies.models.names import plain_name
from markets.door.request import request_id

if TYPE_CHECKING:
    from rest_framework.request import Request

log = logging.getLogger(__name__)

NO_ADDRESS = "::"
# Letters that tell of a change to the account; each is remembered under its own name.
NOTICES = {
    "account/email/password_changed": "change_password",
    "account/email/password_set": "change_password",
    "account/email/password_reset": "reset_password",
    "account/email/email_changed": "change_address",
    "account/email/email_confirm": "confirm_address",
    "account/email/email_deleted": "remove_address",
    "mfa/email/totp_activated": "add_second_factor",
    "mfa/email/totp_deactivated": "remove_second_factor",
    "mfa/email/recovery_codes_generated": "make_recovery_codes",
}


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up, sign-in and letters. Every change of an account is remembered, without its address."""

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:  # noqa: FBT001, FBT002 the library's signature
        """A new person, not yet in: their address has to be confirmed."""
        user.name = plain_name(form.cleaned_data["name"])
        user.language = translation.get_language() or ""
        with transaction.atomic():
            saved: User = super().save_user(request, user, form, commit)
            if commit:
                changed(actor_of_person(saved, request_id=request_id(request)), "sign_up", saved)
        return saved

    def post_login(self, request: HttpRequest, user: User, **known: Any) -> HttpResponse:
        """Whoever signs in reads their own language, and takes back a deletion they had asked for."""
        response: HttpResponse = super().post_login(request, user, **known)
        if user.deletion_wanted_at is not None:
            keep_account(actor_of_person(user, request_id=request_id(request)))
            messages.success(request, _("You signed in, so your account is kept. Nothing was deleted."))
        if user.language and "Location" in response.headers:
            response.headers["Location"] = translate_url(response.headers["Location"], user.language)
        return response

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where nobody asked for a page: to what they wished to watch, to the questions of a beginning, or to work."""
        person = request.user
        if not isinstance(person, User):
            return reverse("markets:home")
        if kept_wish(request.session) is not None:
            return reverse("companies:watch_kept")
        if person.began_at is None:
            return reverse("companies:start")
        return reverse("companies:record_list" if _works_on_records(person) else "companies:workspace")

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """The same for whoever has just made an account: they are in by now."""
        return self.get_login_redirect_url(request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002
        """Back to the settings, which say that it was done."""
        return reverse("companies:settings")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A letter in the language of whoever has the address, else in that of the page."""
        owner = User.objects.filter(email=email).first()
        with _in_language_of(owner):
            super().send_mail(template_prefix, email, {**context, "site_url": settings.SITE_URL})

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """A letter that tells of a change, which is remembered too."""
        changed(
            actor_of_person(user, request_id=request_id(self.request)),
            NOTICES.get(template_prefix, "change_account"),
            user,
        )
        try:
            super().send_notification_mail(template_prefix, user, context, email)
        except (SMTPException, OSError) as failed:
            log.warning("the letter that tells person %s of a change was not sent: %s", user.pk, type(failed).__name__)

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address as the limits of the API count it: our own proxies alone are believed. `::`: not known."""
        return clean_client_ip(BaseThrottle().get_ident(cast("Request", request)) or "") or NO_ADDRESS

    def is_safe_url(self, url: str) -> bool:
        """Whether it leads to a page of this very site."""
        request: HttpRequest = self.request
        return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:  # noqa: ARG002
        """Attempts on an account count together, under whatever name of this site and port they are sent."""
        return str(credentials.get("email", "")).lower()


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of second factors are encrypted with the site's own secret: the database alone opens nobody's account."""

    def encrypt(self, text: str) -> str:
        return _lock().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _lock().decrypt(encrypted_text.encode()).decode()


def _works_on_records(person: User) -> bool:
    """Whether they enter or decide on records in a trade office: their work begins with its list."""
    actor = actor_of_person(person)
    places = organisations(actor).filter(pk__in=actor.where(Action.WRITE), kind=Organisation.Kind.TRADE_OFFICE)
    return places.exists()


def _lock() -> Fernet:
    key = hashlib.sha256(b"second factors of " + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def _in_language_of(person: User | None) -> AbstractContextManager[Any]:
    return translation.override(person.language) if person and person.language else nullcontext()
