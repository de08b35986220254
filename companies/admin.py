"""Staff pages for accounts. What belongs to organisations is theirs: staff of the installation does not see it."""

from __future__ import annotations

from allauth.account import admin as addresses
from allauth.mfa import admin as second_factors
from allauth.usersessions import admin as sessions
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from companies.accounts.people import take_second_factor
from companies.door import actor_of
from companies.models import User

# The library's own pages would show staff what opens an account: they are taken off.
admin.site.unregister([addresses.EmailAddress, second_factors.Authenticator, sessions.UserSession])


@admin.register(User)
class PersonAdmin(UserAdmin):
    """People by their address; who may run the installation is set here."""

    ordering = ("email",)
    list_display = ("email", "name", "is_staff", "is_active", "date_joined")
    search_fields = ("email", "name")
    fieldsets = (
        (None, {"fields": ("email", "password", "name")}),
        (_("Reading"), {"fields": ("language", "number_style", "currency", "time_zone")}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        (_("Dates"), {"fields": ("last_login", "date_joined", "deletion_wanted_at", "left_at")}),
    )
    actions = ("take_second_factors",)
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("email", "usable_password", "password1", "password2")}),)

    @admin.action(description=_("Take the second factor away"), permissions=["change"])
    def take_second_factors(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """For people who lost theirs: they sign in by password and set it up anew."""
        taken = sum(take_second_factor(actor_of(request), person) for person in people)
        messages.info(request, _("Second factors taken away: %(count)s") % {"count": taken})
