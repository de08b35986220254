"""Alert rules: the list, the builder with its preview, one rule, and what can be done with it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from companies.access import Action, Actor, require_own
from companies.alerts.fields import LABELS, taken_by
from companies.alerts.rules import change_rule, make_rule, pause_rule, remove_rule, resume_rule
from companies.door import actor_of, person_action, person_page, person_view, version_sent
from companies.errors import FieldsRejected, RulePaused, TooMany, VersionConflict
from companies.forms.alerts import RuleForm, initial_of, kind_asked
from companies.forms.faults import tell
from companies.models import AlertRule
from companies.profiles.alert_choices import rule_choices
from companies.profiles.alert_pages import (
    RulePage,
    ShownPreview,
    TargetRef,
    rule_page,
    rules_page,
    shown_preview,
    target_ref,
)
from companies.profiles.alert_words import KIND_WORDS
from companies.queries.alerts import one_rule
from markets.door.page import answer, word
from markets.errors import MarketsError

# What a new rule begins with where nothing else is asked for.
_FIRST: Final[dict[str, dict[str, str]]] = {
    AlertRule.Kind.CHANGES: {"change_pct": "10"},
    AlertRule.Kind.RATE_CROSSES: {"base": "USD"},
    AlertRule.Kind.RATE_CHANGES: {"base": "USD", "change_pct": "2"},
}


@dataclass(frozen=True, slots=True)
class Builder:
    """A rule that is being made. kinds: each with its words and the address that begins it; form None: choose one."""

    kinds: tuple[tuple[str, str, str], ...]
    kind: str = ""
    form: RuleForm | None = None
    target: TargetRef | None = None
    preview: ShownPreview | None = None
    problems: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RuleForms:
    """A rule and the form that alters it; form None: nothing of it can be altered. version: the one that was read."""

    shown: RulePage
    form: RuleForm | None
    version: int
    problems: tuple[tuple[str, str], ...] = ()


@person_page
def rule_list(request: HttpRequest) -> HttpResponse:
    """A person's rules."""
    return answer(request, "companies/alert_rules.html", rules_page(actor_of(request)))


@person_view
def rule_new(request: HttpRequest) -> HttpResponse:
    """Choose what to watch, then fill the blanks; look at what it would have told before it is made."""
    actor, kind = actor_of(request), kind_asked(word(request, "kind"))
    require_own(actor, Action.TRACK)
    if not kind:
        return _builder(request, Builder(_kinds(request), target=_target(actor, word(request, "target"))))
    if request.method != "POST":
        return _builder(request, _begun(request, actor, kind))
    form = _form(actor, kind, request.POST)
    if not form.is_valid():
        return _builder(request, _with(request, kind, form), status=422)
    try:
        if "preview" in request.POST:
            preview = shown_preview(actor, {**form.values(), "kind": kind})
            return _builder(request, _with(request, kind, form, preview))
        rule = make_rule(actor, {**form.values(), "kind": kind})
    except (FieldsRejected, TooMany) as failure:
        tell(form, failure)
        return _builder(request, _with(request, kind, form), status=422)
    messages.success(request, _("From now on you will be told. You find it under Alerts."))
    return redirect("companies:rule", rule.pk)


@person_view
def rule(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One rule: what it told, what it would have told, and the form that alters its numbers."""
    actor = actor_of(request)
    found = one_rule(actor, key)
    if request.method != "POST":
        return _shown(request, actor, found, _alteration(found))
    form = _alteration(found, request.POST)
    if form is not None and form.is_valid():
        try:
            change_rule(actor, key, version_sent(request.POST.get("version", "")), form.values())
        except (FieldsRejected, VersionConflict) as failure:
            tell(form, failure)
        else:
            messages.success(request, _("The rule is changed; it begins anew from now."))
            return redirect("companies:rule", key)
    return _shown(request, actor, found, form, status=422)


@person_action
def rule_pause(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Let a rule tell nothing for now."""
    return _done(request, key, pause_rule, _("The rule is paused; it tells nothing until you take it up again."))


@person_action
def rule_resume(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Let a paused rule tell again."""
    return _done(request, key, resume_rule, _("The rule is in force again, from now on."))


@person_action
def rule_remove(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Remove a rule; what it told stays in the list of alerts."""
    return _done(request, key, remove_rule, _("The rule is removed. What it told stays under Alerts."))


def _done(
    request: HttpRequest, key: uuid.UUID, write: Callable[[Actor, object, int | None], object], told: str
) -> HttpResponse:
    try:
        write(actor_of(request), key, version_sent(request.POST.get("version", "")))
    except (VersionConflict, RulePaused) as failure:
        messages.error(request, failure.message(_))
    else:
        messages.success(request, told)
    return redirect("companies:rule_list")


# ---------------------------------------------------------------- the builder
def _builder(request: HttpRequest, page: Builder, *, status: int = 200) -> HttpResponse:
    return answer(request, "companies/alert_rule_new.html", page, status=status)


def _begun(request: HttpRequest, actor: Actor, kind: str) -> Builder:
    """The form with what the address names filled in."""
    asked = {name: word(request, name) for name in LABELS if word(request, name)}
    if actor.working_in is not None:
        asked.setdefault("organisation", str(actor.working_in))
    target = _target(actor, asked.get("target", ""))
    if target is not None and "market" not in asked:
        asked["market"] = target.market
    initial = {name: text.upper() if name in ("market", "currency", "base") else text for name, text in asked.items()}
    form = RuleForm(
        kind=kind,
        choices=rule_choices(
            actor, taken_by(kind), organisation=initial.get("organisation", ""), company=initial.get("company", "")
        ),
        initial=_FIRST.get(kind, {}) | initial,
    )
    return Builder(_kinds(request), kind, form, target)


def _form(actor: Actor, kind: str, given: Any) -> RuleForm:
    takes, place, company = taken_by(kind), given.get("organisation", ""), given.get("company", "")
    return RuleForm(given, kind=kind, choices=rule_choices(actor, takes, organisation=place, company=company))


def _with(request: HttpRequest, kind: str, form: RuleForm, preview: ShownPreview | None = None) -> Builder:
    """The form as it was sent, with what is wrong in it or what it would have told."""
    target = _target(actor_of(request), form.cleaned_data.get("target", "") if form.is_bound else "")
    return Builder(_kinds(request), kind, form, target, preview, form.problems())


def _target(actor: Actor, key: str) -> TargetRef | None:
    """The target market a rule is made for; None for none, or for what is not there."""
    try:
        return target_ref(actor, key) if key else None
    except MarketsError:
        return None


def _kinds(request: HttpRequest) -> tuple[tuple[str, str, str], ...]:
    """Each kind with the address that begins it; what is filled in already goes along."""
    found = []
    has_organisation = bool(actor_of(request).where(Action.READ))
    for kind, words in KIND_WORDS.items():
        if kind == AlertRule.Kind.RECORD_APPROVED and not has_organisation:
            continue
        asked = request.GET.copy()
        asked["kind"] = str(kind)
        found.append((str(kind), str(words), f"?{asked.urlencode()}"))
    return tuple(found)


# ---------------------------------------------------------------- one rule
def _alteration(found: AlertRule, given: Any = None) -> RuleForm | None:
    """The form that alters a rule's numbers; None where it has none."""
    indicator = found.indicator_id or ""
    form = RuleForm(given, kind=found.kind, indicator=indicator, initial=initial_of(found))
    return form if form.fields else None


def _shown(
    request: HttpRequest, actor: Actor, found: AlertRule, form: RuleForm | None, *, status: int = 200
) -> HttpResponse:
    problems = form.problems() if form is not None and form.is_bound else ()
    shown = rule_page(actor, found.pk, with_preview=bool(word(request, "would")))
    page = RuleForms(shown, form, found.version, problems)
    return answer(request, "companies/alert_rule.html", page, status=status)
