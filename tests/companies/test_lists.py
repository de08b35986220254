"""The list of records: its question as an address, its page, its saved views; nothing of others anywhere."""

from __future__ import annotations

import uuid

import pytest
from django.http import QueryDict
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from companies.errors import FieldsRejected, HiddenObject, NotAllowed, VersionConflict
from companies.models import Change, Company, ExportRecord, SavedView, User
from companies.profiles.record_list import record_list
from companies.queries.records import COLUMNS, SORTS, RecordQuestion, days_of, matching
from companies.queries.views import views_shown
from companies.records import views
from markets.errors import InvalidValue, UnknownParameter
from tests.companies.office import CompanyFactory, Office, RecordFactory, office

pytestmark = pytest.mark.django_db
LIST = "/en/records/"


@pytest.fixture
def here() -> Office:
    return office()


@pytest.fixture
def company(here: Office) -> Company:
    found: Company = CompanyFactory(organisation=here.organisation, created_by=here.officer)
    return found


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def found(here: Office, text: str) -> set[uuid.UUID]:
    return set(matching(here.actor("officer"), RecordQuestion.of_text(text)).values_list("pk", flat=True))


# ---------------------------------------------------------------- the question
@given(
    status=st.sets(st.sampled_from(["draft", "approved"])),
    sort=st.sampled_from([sign + word for word in SORTS for sign in ("", "-")]),
    columns=st.sets(st.sampled_from(COLUMNS)),
    search=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
    mine=st.sampled_from(["", "1"]),
)
def test_a_question_and_its_address_are_one(
    status: set[str], sort: str, columns: set[str], search: str, mine: str
) -> None:
    given_words = QueryDict(mutable=True)
    given_words.setlist("status", list(status))
    given_words["columns"] = ",".join(columns)
    given_words["sort"], given_words["search"], given_words["mine"] = sort, search, mine
    question = RecordQuestion.of(given_words)
    assert RecordQuestion.of_text(question.text()) == question
    view = RecordQuestion.of_text("status=returned&hs=84&mine=1&sort=value&columns=note")
    assert RecordQuestion.of(QueryDict(question.text(view)), view) == question


@pytest.mark.parametrize(
    "text",
    [
        "status=paid",
        "destination=XXQ",
        "category=none",
        "hs=841",
        "hs=84_",
        "period_from=2024-13",
        "period_to=yesterday",
        "currency=yuan",
        "company=1",
        "sort=password",
        "sort=company__organisation",
        "columns=password",
        "mine=maybe",
        "updated_since=soon",
        "period_from=2024,2025",
        "search=" + "x" * 201,
        "currency=" + ",".join(f"A{a}{b}" for a in "ABCDEFGHIJK" for b in "ABCDEFGHIJK"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(text: str, here: Office) -> None:
    with pytest.raises(InvalidValue) as refused:
        RecordQuestion.of_text(text)
    assert refused.value.context["parameter"] == text.partition("=")[0]
    assert signed_in(here.officer).get(f"{LIST}?{text}").status_code == 400


@pytest.mark.parametrize(
    "name", ["org", "organisation", "company__organisation", "created_by", "removed_at", "note__regex"]
)
def test_an_unknown_filter_is_refused(name: str, here: Office) -> None:
    with pytest.raises(UnknownParameter):
        RecordQuestion.of_text(f"{name}=1")
    assert signed_in(here.officer).get(f"{LIST}?{name}=1").status_code == 400


def test_days_of_every_form_of_period() -> None:
    told = {period: tuple(map(str, days_of(period))) for period in ("2024", "2024-Q2", "2024-02", "2025-01/2025-04")}
    assert told == {
        "2024": ("2024-01-01", "2024-12-31"),
        "2024-Q2": ("2024-04-01", "2024-06-30"),
        "2024-02": ("2024-02-01", "2024-02-29"),
        "2025-01/2025-04": ("2025-01-01", "2025-04-30"),
    }


def test_each_filter_finds_its_records_alone(here: Office, company: Company) -> None:
    other = CompanyFactory(
        organisation=here.organisation, created_by=here.officer, name="Haier", search_text="haier 海尔"
    )
    base = RecordFactory(company=company)
    of_other = RecordFactory(company=other, document_reference="CD-77")
    group = RecordFactory(company=company, destination_id="EAEU", hs_code="8450", currency_id="USD")
    month = RecordFactory(
        company=company, period="2023-04", period_from_on="2023-04-01", period_to_on="2023-04-30", corridor="rail"
    )
    mine = RecordFactory(company=company, created_by=here.admin, origin="api", category_id=None)
    submitted = RecordFactory(company=company, status="submitted", submitted_by=here.officer)
    assert found(here, f"company={other.pk}") == {of_other.pk}
    assert found(here, "search=海尔") == found(here, "search=HAIER cd-77") == {of_other.pk}
    assert found(here, "destination=EAEU") == {group.pk}
    assert found(here, "destination=EAEU&members=1") == {
        each.pk for each in (base, of_other, group, month, mine, submitted)
    }
    assert found(here, "hs=8450") == found(here, "currency=USD") == {group.pk}
    assert found(here, "period_to=2023") == found(here, "period_from=2023-04&period_to=2023-04") == {month.pk}
    assert month.pk not in found(here, "period_from=2024")
    assert found(here, "corridor=rail") == {month.pk}
    assert found(here, "origin=api") == {mine.pk}
    assert found(here, "status=submitted,approved") == {submitted.pk}
    assert mine.pk not in found(here, "mine=1")
    assert base.pk in found(here, "mine=1")
    assert found(here, "category=appliances") == {each.pk for each in (base, of_other, group, month, submitted)}
    assert found(here, "updated_since=2999-01-01") == set()


def test_removed_records_are_in_no_list(here: Office, company: Company) -> None:
    gone = RecordFactory(company=company, removed_at="2026-01-01T00:00:00Z", removed_by=here.officer)
    assert found(here, "") == set()
    assert gone in matching(here.actor("officer"), RecordQuestion(), with_removed=True)


# ---------------------------------------------------------------- the page
def test_the_page_shows_ones_own_and_no_others(here: Office, company: Company) -> None:
    elsewhere = office()
    foreign = RecordFactory(
        company=CompanyFactory(organisation=elsewhere.organisation, created_by=elsewhere.officer, name="Hidden Ltd")
    )
    own = RecordFactory(company=company)
    page = signed_in(here.officer).get(LIST)
    text = page.content.decode()
    assert page.status_code == 200
    assert page["Cache-Control"] == "private, no-store"
    assert str(own.pk) in text
    assert "Hidden Ltd" not in text
    assert str(foreign.pk) not in text
    listed = record_list(here.actor("viewer"), RecordQuestion.of_text(f"company={foreign.company_id}"))
    assert listed.total == 0
    assert "Hidden Ltd" not in str(listed.chips)
    assert Client().get(LIST).status_code == 302


def test_totals_on_the_page_are_by_currency(here: Office, company: Company) -> None:
    RecordFactory(company=company)
    RecordFactory(company=company, period="2024-04", period_from_on="2024-04-01", period_to_on="2024-04-30")
    RecordFactory(company=company, destination_id="UZB", currency_id="USD")
    RecordFactory(company=company, destination_id="KGZ", value=None, value_note="not stated", currency=None)
    totals = record_list(here.actor("viewer"), RecordQuestion()).totals
    assert [(total.currency, total.value, total.counted) for total in totals.by_currency] == [
        ("CNY", 1_000_000, 1),
        ("USD", 1_000_000, 1),
    ]
    assert (totals.count, totals.inside, totals.apart, totals.without_value) == (4, 1, 0, 1)
    page = signed_in(here.viewer).get(LIST).content.decode()
    assert "1 record inside wider ones is not added again." in " ".join(page.split())


def test_pages_hold_each_record_once_in_every_order(here: Office, company: Company) -> None:
    for number in range(120):
        RecordFactory(company=company, value=number % 3)
    actor = here.actor("viewer")
    for word in SORTS:
        for sign in ("", "-"):
            question = RecordQuestion.of_text(f"sort={sign}{word}")
            seen = [row.id for page in (1, 2, 3) for row in record_list(actor, question, page=page).rows]
            assert len(seen) == len(set(seen)) == 120
    assert record_list(actor, RecordQuestion(), page=99).page == 3


def test_a_filled_form_becomes_one_short_address(here: Office, company: Company) -> None:
    RecordFactory(company=company)
    sent = signed_in(here.officer).get(
        f"{LIST}?apply=1&view=all&search=&status=&status=draft&columns=&columns=company&columns=value&rows=100"
    )
    assert sent.status_code == 302
    assert sent["Location"] == "/en/records/?view=all&rows=100&status=draft&columns=company,value"


@pytest.mark.parametrize("words", ["page=0", "page=x", "rows=1000000000", "rows=51", "download=pdf"])
def test_no_endless_page_is_given(words: str, here: Office) -> None:
    assert signed_in(here.officer).get(f"{LIST}?{words}").status_code == 400


def test_one_currency_is_shown_only_when_asked_for_with_its_rates(here: Office, company: Company) -> None:
    RecordFactory(company=company)
    client = signed_in(here.officer)
    assert "≈" not in client.get(LIST).content.decode()
    refused = client.get(f"{LIST}total/?in=XXX")
    assert refused.status_code == 400


# ---------------------------------------------------------------- saved views
def test_a_shared_view_shows_a_colleague_the_same_rows(here: Office, company: Company) -> None:
    kept = RecordFactory(company=company, destination_id="UZB")
    RecordFactory(company=company)
    view = views.save_view(here.actor("officer"), "Uzbekistan", "destination=UZB")
    client = signed_in(here.reviewer)
    assert client.get(f"{LIST}?view={view.pk}").status_code == 404
    views.share_view(here.actor("officer"), view.pk, 1)
    for user in (here.officer, here.reviewer, here.viewer):
        page = signed_in(user).get(f"{LIST}?view={view.pk}").context["page"]
        assert [row.id for row in page.rows] == [kept.pk]
        assert not page.is_changed
    page = client.get(f"{LIST}?view={view.pk}&destination=").context["page"]
    assert page.total == 2
    assert page.is_changed


def test_views_are_changed_by_their_owner_or_an_admin_and_remembered(here: Office) -> None:
    officer, admin, reviewer = here.actor("officer"), here.actor("admin"), here.actor("reviewer")
    view = views.save_view(officer, " My  view ", "status=draft", is_shared=True)
    assert view.name == "My view"
    with pytest.raises(NotAllowed):
        views.delete_view(reviewer, view.pk, 1)
    with pytest.raises(NotAllowed):
        views.make_default(officer, view.pk, 1)
    views.make_default(admin, view.pk, 1)
    with pytest.raises(VersionConflict):
        views.change_view(officer, view.pk, 1, name="Other")
    assert signed_in(here.viewer).get(LIST).context["page"].view.id == view.pk
    assert signed_in(here.viewer).get(f"{LIST}?view=all").context["page"].view is None
    views.delete_view(admin, view.pk, 2)
    actions = Change.objects.filter(object_kind="savedview").order_by("id").values_list("action", flat=True)
    assert list(actions) == ["saved", "edited", "deleted"]


def test_there_is_one_default_of_a_person_and_one_for_all(here: Office) -> None:
    officer, admin = here.actor("officer"), here.actor("admin")
    own, other = (views.save_view(officer, name, "") for name in ("own", "other"))
    shared, later = (views.save_view(admin, name, "", is_shared=True) for name in ("shared", "later"))
    for actor, view in ((officer, own), (officer, other), (admin, shared), (admin, later)):
        views.make_default(actor, view.pk, 1)
    assert {view.name for view in SavedView.objects.filter(is_default=True)} == {"other", "later"}
    assert signed_in(here.officer).get(LIST).context["page"].view.name == "other"
    assert signed_in(here.viewer).get(LIST).context["page"].view.name == "later"


def test_a_viewer_saves_for_oneself_and_shares_nothing(here: Office) -> None:
    viewer = here.actor("viewer")
    view = views.save_view(viewer, "mine", "")
    for act in (
        lambda: views.save_view(viewer, "all", "", is_shared=True),
        lambda: views.share_view(viewer, view.pk, 1),
    ):
        with pytest.raises(NotAllowed):
            act()
    with pytest.raises(FieldsRejected):
        views.save_view(viewer, "mine", "")
    assert [each.name for each in views_shown(viewer)] == ["mine"]


@pytest.mark.parametrize("do", ["rename", "update", "share", "default", "delete"])
def test_a_view_of_others_does_not_exist(do: str, here: Office) -> None:
    elsewhere = office()
    view = views.save_view(elsewhere.actor("admin"), "theirs", "", is_shared=True)
    client = signed_in(here.admin)
    sent = client.post(f"{LIST}views/{view.pk}/", {"do": do, "version": "1", "name": "x"})
    assert (
        sent.status_code == client.post(f"{LIST}views/{uuid.uuid4()}/", {"do": do, "version": "1"}).status_code == 404
    )
    assert client.get(f"{LIST}?view={view.pk}").status_code == 404
    with pytest.raises(HiddenObject):
        views.change_view(here.actor("admin"), view.pk, 1, name="x")
    view.refresh_from_db()
    assert view.version == 1
    assert ExportRecord.objects.count() == 0
