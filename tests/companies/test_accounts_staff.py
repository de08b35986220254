"""What staff of the installation do for people's accounts."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from companies.models import Change
from tests.companies.office import PersonFactory

pytestmark = pytest.mark.django_db


def test_staff_take_the_second_factor_of_who_lost_it_away_and_it_is_remembered() -> None:
    staff, person, other = PersonFactory(is_staff=True, is_superuser=True), PersonFactory(), PersonFactory()
    for each in (person, other):
        Authenticator.objects.create(user=each, type=Authenticator.Type.TOTP, data={"secret": "-"})
    client = Client()
    client.force_login(staff)
    sent = {"action": "take_second_factors", "_selected_action": [person.pk]}
    response = client.post(reverse("admin:companies_user_changelist"), sent, follow=True)
    assert "Second factors taken away: 1" in response.content.decode()
    assert list(Authenticator.objects.values_list("user", flat=True)) == [other.pk]
    change = Change.objects.get()
    assert (change.actor, change.action, change.object_id) == (staff, "remove_second_factor", str(person.pk))
