"""Addresses of target markets."""

from __future__ import annotations

from django.urls import URLPattern, path

from companies.views import targets

_ONE = "my/targets/<uuid:key>/"
pages: list[URLPattern] = [
    path("my/targets/new/", targets.new, name="target_new"),
    path(_ONE, targets.target, name="target"),
    path(f"{_ONE}edit/", targets.edit, name="target_edit"),
    path(f"{_ONE}status/", targets.status, name="target_status"),
    path(f"{_ONE}action-done/", targets.action_done, name="target_action_done"),
    path(f"{_ONE}share/", targets.share, name="target_share"),
    path(f"{_ONE}unshare/", targets.unshare, name="target_unshare"),
    path(f"{_ONE}remove/", targets.remove, name="target_remove"),
    path(f"{_ONE}restore/", targets.restore, name="target_restore"),
    path(f"{_ONE}entries/", targets.entry_add, name="target_entry_add"),
    path(f"{_ONE}entries/<uuid:entry>/remove/", targets.entry_remove, name="target_entry_remove"),
]
api: list[URLPattern] = []
