"""Addresses of alerts and of their rules: pages and API."""

from __future__ import annotations

from typing import Final

from django.urls import URLPattern, path

from companies.views import alert_rules, alerts

_ONE: Final = "my/alerts/rules/<uuid:key>/"
pages: list[URLPattern] = [
    path("my/alerts/", alerts.alert_list, name="alert_list"),
    path("my/alerts/read/", alerts.alert_read, name="alert_read"),
    path("my/alerts/rules/", alert_rules.rule_list, name="rule_list"),
    path("my/alerts/rules/new/", alert_rules.rule_new, name="rule_new"),
    path(_ONE, alert_rules.rule, name="rule"),
    path(f"{_ONE}pause/", alert_rules.rule_pause, name="rule_pause"),
    path(f"{_ONE}resume/", alert_rules.rule_resume, name="rule_resume"),
    path(f"{_ONE}remove/", alert_rules.rule_remove, name="rule_remove"),
]
api: list[URLPattern] = []
