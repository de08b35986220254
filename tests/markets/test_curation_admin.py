"""Staff can look at every market table, and change none of them there."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import CompositePrimaryKey, Model
from django.test import Client
from django.urls import reverse

# Django's documented Model API has an underscore before its names.
# ruff: noqa: SLF001
# Rows of the cube have a key of many columns, by which no page of the admin can name them.
TABLES = tuple(
    table
    for table in apps.get_app_config("markets").get_models()
    if not isinstance(table._meta.pk, CompositePrimaryKey)
)


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(get_user_model().objects.create_user("dana", is_staff=True))
    return client


def address(table: type[Model], page: str, *keys: object) -> str:
    return reverse(f"admin:markets_{table._meta.model_name}_{page}", args=keys)


def test_every_market_table_has_a_page() -> None:
    assert not [table.__name__ for table in TABLES if not admin.site.is_registered(table)]


@pytest.mark.django_db
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_staff_sees_the_table_a_search_and_a_row(table: type[Model], staff: Client) -> None:
    assert staff.get(address(table, "changelist")).status_code == 200
    assert staff.get(address(table, "changelist"), {"q": "KAZ"}).status_code == 200
    row = table._default_manager.first()
    if row is not None:
        page = staff.get(address(table, "change", row.pk))
        assert page.status_code == 200
        assert b'name="_save"' not in page.content


@pytest.mark.django_db
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_nothing_is_added_changed_or_deleted_there(table: type[Model], staff: Client) -> None:
    before = table._default_manager.count()
    assert staff.post(address(table, "add"), {}).status_code == 403
    row = table._default_manager.first()
    if row is not None:
        assert staff.post(address(table, "change", row.pk), {}).status_code == 403
        assert staff.post(address(table, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert table._default_manager.count() == before


@pytest.mark.django_db
def test_others_see_nothing(client: Client) -> None:
    client.force_login(get_user_model().objects.create_user("ordinary"))
    for table in TABLES:
        assert client.get(address(table, "changelist")).status_code == 302
