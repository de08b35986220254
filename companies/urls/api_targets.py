"""Addresses of target markets, alert rules and alerts in the API."""

from __future__ import annotations

from typing import Final

from django.urls import URLPattern, path

from companies.api import alert_rules, alerts, target_entries, targets

_TARGET: Final = "target-markets/<uuid:id>/"
_RULE: Final = "alert-rules/<uuid:id>/"
pages: list[URLPattern] = []
api: list[URLPattern] = [
    path("target-markets/", targets.TargetListView.as_view(), name="target_market_list"),
    path(_TARGET, targets.TargetView.as_view(), name="target_market"),
    path(f"{_TARGET}restore/", targets.RestoreView.as_view(), name="target_market_restore"),
    path(f"{_TARGET}share/", targets.ShareView.as_view(), name="target_market_share"),
    path(f"{_TARGET}unshare/", targets.UnshareView.as_view(), name="target_market_unshare"),
    path(f"{_TARGET}finish-action/", targets.FinishView.as_view(), name="target_market_finish_action"),
    path(f"{_TARGET}entries/", target_entries.EntryListView.as_view(), name="target_entry_list"),
    path(f"{_TARGET}entries/<uuid:entry>/", target_entries.EntryView.as_view(), name="target_entry"),
    path("alert-rules/", alert_rules.RuleListView.as_view(), name="alert_rule_list"),
    path(_RULE, alert_rules.RuleView.as_view(), name="alert_rule"),
    path(f"{_RULE}pause/", alert_rules.PauseView.as_view(), name="alert_rule_pause"),
    path(f"{_RULE}preview/", alert_rules.PreviewView.as_view(), name="alert_rule_preview"),
    path(f"{_RULE}resume/", alert_rules.ResumeView.as_view(), name="alert_rule_resume"),
    path("alerts/", alerts.AlertListView.as_view(), name="alert_list"),
    path("alerts/read/", alerts.ReadSeveralView.as_view(), name="alert_read_several"),
    path("alerts/<uuid:id>/", alerts.AlertView.as_view(), name="alert"),
    path("alerts/<uuid:id>/read/", alerts.ReadView.as_view(), name="alert_read"),
]
