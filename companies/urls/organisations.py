"""Addresses of organisations: pages and API."""

from __future__ import annotations

from django.urls import URLPattern, path

from companies.views import joining, keys, members, organisations

pages: list[URLPattern] = [
    path("org/", organisations.organisation, name="organisation"),
    path("org/new/", organisations.organisation_new, name="organisation_new"),
    path("org/leave/", organisations.leave, name="organisation_leave"),
    path("org/switch/", organisations.switch, name="organisation_switch"),
    path("org/members/", members.members, name="members"),
    path("org/members/<int:key>/role/", members.member_role, name="member_role"),
    path("org/members/<int:key>/remove/", members.member_remove, name="member_remove"),
    path("org/invitations/<uuid:key>/withdraw/", members.invitation_withdraw, name="invitation_withdraw"),
    path("invitations/", joining.invitation, name="invitation"),
    path("first-admin/", joining.first_admin, name="first_admin"),
    path("my/api-keys/", keys.keys, name="keys"),
    path("my/api-keys/<uuid:key>/revoke/", keys.key_revoke, name="key_revoke"),
]
api: list[URLPattern] = []
