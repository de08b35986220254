"""A person decides on what the gates held back: sees the differences, says why, and is shown what will change."""

from __future__ import annotations

import csv
import io
import re
import time
from dataclasses import replace
from decimal import Decimal

import pytest
from django.conf import settings as product
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from markets import sources
from markets.ingest import PublishOutcome, publish
from markets.models import HeldRow, Observation, Release, TradeTotal
from markets.refresh import discard_held, publish_held, rehearse_held
from markets.views import holds
from tests.factories import GDP, POPULATION, ReleaseFactory, delivery, row
from tests.markets.job_world import held_observations, held_trade, held_twice_said, staff
from tests.markets.page_text import main, page

pytestmark = pytest.mark.django_db

LANGUAGES = [code for code, _name in product.LANGUAGES]
WHY = "The publisher confirms the new unit."


def review(release: Release) -> str:
    return f"/en/releases/{release.pk}/review/"


def decided(client: Client, release: Release, decision: str, *, is_sure: bool = True, status: int = 200) -> str:
    """The words of the page after a decision."""
    sent = {"decision": decision, "note": WHY} | ({"is_sure": "1"} if is_sure else {})
    response = client.post(review(release), sent, follow=True)
    assert response.status_code == status
    return main(response.content.decode())


def in_force(area: str = "KGZ", indicator: str = GDP) -> Decimal | None:
    return Observation.objects.get(area=area, indicator=indicator, known_to=None).value


# ---------------------------------------------------------------- who may
def test_only_staff_decides(client: Client) -> None:
    release = held_observations()
    assert client.get(review(release)).headers["Location"].startswith("/en/staff/login/?next=")
    assert "decide" not in page(client, f"/en/releases/{release.pk}/").lower()
    client.force_login(get_user_model().objects.create_user("reader"))
    sent = {"decision": "publish", "note": WHY, "is_sure": "1"}
    assert client.post(review(release), sent).status_code == 403
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = staff().cookies
    assert strict.post(review(release), sent).status_code == 403
    release.refresh_from_db()
    assert release.state == Release.State.HELD


def test_staff_finds_the_way_from_every_page_that_tells_of_it() -> None:
    release, client = held_observations(), staff()
    for address in ("/en/data/", "/en/data/worldbank/", f"/en/releases/{release.pk}/"):
        assert f'href="{review(release)}"' in page(client, address), address
        assert review(release) not in page(Client(), address)
    assert "1 vintage waits for a decision" in main(page(client, "/en/data/"))
    assert "no-store" in client.get(review(release)).headers["Cache-Control"]


# ---------------------------------------------------------------- what is seen
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shows_why_and_row_by_row_what_would_change(language: str) -> None:
    release = held_observations()
    text = page(staff(), f"/{language}/releases/{release.pk}/review/")
    assert f"/releases/{release.pk}/payloads/" in text
    if language != "en":
        return
    told = main(text)
    assert "values moved by more than half" in told
    assert "New : 1" in told
    assert "Other value : 11" in told
    assert "Gone : 1" in told
    assert "Kyrgyzstan GDP 2023 101 303 +200.0% Other value" in told
    assert "Kazakhstan GDP 2023 100 — x — Gone" in told
    assert "13 rows, biggest changes first; page 1 of 1" in told
    assert told.index("Kazakhstan GDP") < told.index("Kyrgyzstan GDP") < told.index("United Kingdom GDP")


def test_of_values_that_moved_alike_the_largest_come_first() -> None:
    release = held_observations()
    release.held_rows.all().delete()
    moved = [("KGZ", "3.1", "3.72"), ("KAZ", "9000", "10800.4"), ("TJK", "5", "50"), ("UZB", "700", "840")]
    HeldRow.objects.bulk_create(
        HeldRow(
            release=release, slice=GDP, subject=area, period="2023", frequency="A",
            old_value=old, value=new, verdict="revised",
        )
        for area, old, new in moved
    )  # fmt: skip
    told = main(page(staff(), review(release)))
    names = ["Tajikistan GDP", "Kazakhstan GDP", "Uzbekistan GDP", "Kyrgyzstan GDP"]
    assert sorted(names, key=told.index) == names


def test_what_changed_meanwhile_is_told_beside_what_was_in_force_then() -> None:
    release = held_observations()
    publish(delivery(row(150, area="KGZ"), body=b"meanwhile"), sources.card("worldbank"))
    assert "150 101 when it came 303 +102.0%" in main(page(staff(), review(release)))


def test_rows_are_chosen_by_series_and_verdict_and_downloaded_as_chosen() -> None:
    release, client = held_observations(), staff()
    HeldRow.objects.create(
        release=release, slice=POPULATION, subject="KAZ", period="2023", frequency="A", value=7, verdict="agreed"
    )
    assert "1 rows, biggest changes first" in main(page(client, f"{review(release)}?verdict=withdrawn"))
    chosen = main(page(client, f"{review(release)}?slice={POPULATION}"))
    assert "1 rows, biggest changes first" in chosen
    assert "Changes nothing : 1" in chosen
    for wrong in ("?verdict=odd", "?slice=odd", "?page=x", "?page=-1"):
        page(client, review(release) + wrong, 400)
    body = client.get(f"{review(release)}?verdict=revised&download=csv").content.decode()
    rows = list(csv.DictReader(io.StringIO(body.split("\r\n\r\n")[0])))
    assert len(rows) == 11
    assert ("KGZ", "101", "303") in [(row["subject"], row["value_now"], row["value"]) for row in rows]


def test_seventeen_thousand_rows_are_paged_at_once() -> None:
    release, client = held_observations(), staff()
    HeldRow.objects.bulk_create(
        HeldRow(
            release=release,
            slice=GDP,
            subject="FRA",
            period=str(1000 + number % 1000),
            frequency="A",
            value=number,
            old_value=number + 1,
            verdict="revised",
        )
        for number in range(17_000)
    )
    page(client, review(release))
    began = time.monotonic()
    with CaptureQueriesContext(connection) as asked:
        told = main(page(client, f"{review(release)}?page=170"))
    assert time.monotonic() - began < 3
    assert len(asked) <= 12
    assert "17,013 rows, biggest changes first; page 170 of 171" in told
    assert "Page before" in told
    assert "Next page" in told
    assert "page 171 of 171" in main(page(client, f"{review(release)}?page=99999"))


# ---------------------------------------------------------------- deciding
def test_without_a_reason_nothing_is_decided() -> None:
    release, client = held_observations(), staff()
    for sent in ({"decision": "publish"}, {"decision": "publish", "note": "  "}, {"decision": "burn", "note": WHY}):
        response = client.post(review(release), sent)
        assert response.status_code == 422
        assert "There is a problem" in response.content.decode()
    release.refresh_from_db()
    assert release.state == Release.State.HELD


def test_before_anything_changes_it_is_shown_what_will() -> None:
    release, client = held_observations(), staff()
    told = decided(client, release, "publish", is_sure=False)
    for words in (
        "1 value is added",
        "11 values are replaced by others",
        "1 value is withdrawn",
        "0 values get more digits",
        f"Why: {WHY}",
    ):
        assert words in told
    release.refresh_from_db()
    assert (release.state, in_force()) == (Release.State.HELD, 101)
    assert "Nothing changes" in decided(client, release, "discard", is_sure=False)
    assert Release.objects.get(pk=release.pk).state == Release.State.HELD


def test_published_is_in_force_with_who_when_and_why() -> None:
    release, client = held_observations(), staff()
    told = decided(client, release, "publish")
    assert "It is published and in force." in told
    assert in_force() == 303
    assert Observation.objects.get(area="KAZ", indicator=GDP, known_to=None).value is None
    assert "Decided by aigul; only staff reads this." in told
    assert f"Why: {WHY}" in told
    public = main(page(Client(), f"/en/releases/{release.pk}/"))
    assert "a person looked at it and published it on" in public
    assert WHY in public
    assert "aigul" not in public
    assert "waits for a decision" not in main(page(Client(), "/en/data/"))
    assert "aigul" not in Client().get(f"/api/v1/releases/{release.pk}/").content.decode()


def test_discarded_changes_nothing() -> None:
    release, client = held_observations(), staff()
    assert "It is discarded." in decided(client, release, "discard")
    assert in_force() == 101
    assert "Its values were never in force." in main(page(Client(), f"/en/releases/{release.pk}/"))


def test_a_total_of_trade_is_decided_the_same_way() -> None:
    release, client = held_trade(), staff("erlan")
    told = main(page(client, review(release)))
    assert "Kazakhstan, imports, US Dollar" in told
    assert "World" in told
    assert "1,000 3,000 +200.0%" in told
    assert "Kazakhstan, imports, US Dollar" in main(page(Client(), f"/en/releases/{release.pk}/"))
    decided(client, release, "publish")
    assert TradeTotal.objects.get(partner="WLD", known_to=None).value == 3000
    told = main(page(Client(), f"/en/releases/{release.pk}/"))
    assert "Kazakhstan, imports, US Dollar 0 1 0 0 1" in told


def test_what_is_said_twice_can_only_be_discarded() -> None:
    release, client = held_twice_said(), staff()
    text = page(client, review(release))
    assert 'value="publish"' not in text
    assert "only the publisher can say which holds" in main(text)
    assert main(text).count("named twice") == 2
    decided(client, release, "publish", status=400)
    assert Release.objects.get(pk=release.pk).state == Release.State.HELD
    assert not Observation.objects.exists()
    decided(client, release, "discard")
    assert Release.objects.get(pk=release.pk).state == Release.State.DISCARDED


# ---------------------------------------------------------------- two people
@pytest.mark.parametrize("is_sure", [True, False])
@pytest.mark.parametrize("decision", ["publish", "discard"])
def test_who_comes_second_is_told_who_decided_and_changes_nothing(decision: str, *, is_sure: bool) -> None:
    release, first, second = held_observations(), staff("aigul"), staff("bolat")
    page(second, review(release))
    decided(first, release, "discard")
    told = decided(second, release, decision, is_sure=is_sure, status=409)
    assert "aigul decided on" in told
    assert "Its state is now: Discarded." in told
    assert "Nothing was changed by you." in told
    assert "It is decided already" in main(page(second, review(release)))
    assert in_force() == 101


def test_another_who_decides_between_the_look_and_the_word_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page still finds it held, and the row is decided when the lock is got."""
    release, client = held_observations(), staff()
    seen = holds.decision(release.pk)
    publish_held(release.pk, by=None, note="faster")
    answers = iter([seen])
    whole = holds.decision
    monkeypatch.setattr(holds, "decision", lambda key: next(answers, None) or whole(key))
    assert "It is decided already" in decided(client, release, "publish", status=409)


def test_what_no_longer_differs_is_discarded() -> None:
    release, client = held_observations(), staff()
    rehearsed = rehearse_held(release.pk)
    assert (rehearsed.added, rehearsed.revised, rehearsed.withdrawn) == (1, 11, 1)
    other = ReleaseFactory(state="held", problems=release.problems, title="The same again")
    rows = HeldRow.objects.filter(release=release).values()
    HeldRow.objects.bulk_create(HeldRow(**(kept | {"id": None, "release_id": other.pk})) for kept in rows)
    decided(client, release, "publish")
    assert "Nothing in it differs any more" in decided(client, other, "publish", is_sure=False)
    assert "so it was discarded" in decided(client, other, "publish")
    assert Release.objects.get(pk=other.pk).state == Release.State.DISCARDED


def test_a_release_that_was_never_held_has_nothing_to_decide() -> None:
    client, release = staff(), ReleaseFactory()
    assert "was never held back" in main(page(client, review(release)))
    assert client.post(review(release), {"decision": "discard", "note": WHY}).status_code == 409
    assert client.get("/en/releases/999999/review/").status_code == 404


def test_a_decision_is_seen_at_once_on_pages_that_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(product, "PAGE_CACHE_SECONDS", 60)
    release, client = held_observations(), staff()
    address = f"/en/data/?{timezone.now().timestamp()}"
    assert re.search("waits for a decision", page(Client(), address))
    decided(client, release, "publish")
    assert not re.search("waits for a decision", page(Client(), address))


# ---------------------------------------------------------------- the same comes again
def lacking() -> PublishOutcome:
    """Two countries, where each vintage must name a third."""
    card = replace(sources.card("worldbank"), required=("USA",))
    return publish(delivery(row(5, area="KAZ"), row(6, area="KGZ"), body=b"lacking", covers_all=True), card)


def test_what_was_published_is_not_held_when_it_comes_again() -> None:
    first = lacking()
    assert first.held_release
    publish_held(first.held_release.pk, by=None)
    again = lacking()
    assert (again.held, again.held_release, again.release) == ({}, None, None)


def test_what_was_discarded_is_neither_held_nor_published_when_it_comes_again() -> None:
    first = lacking()
    assert first.held_release
    discard_held(first.held_release.pk, by=None)
    again = lacking()
    assert (again.held, again.held_release, again.release) == ({}, None, None)
    assert not Observation.objects.exists()


def test_a_release_of_which_no_row_was_kept_is_not_published_as_if_nothing_differed() -> None:
    release: Release = ReleaseFactory(state="held", problems=[{"code": "release_held", "message": "GDP moved"}])
    client = staff()
    assert "no row of it was kept" in decided(client, release, "publish", is_sure=False, status=400)
    assert "discard it and refresh again" in decided(client, release, "publish", status=400)
    release.refresh_from_db()
    assert release.state == Release.State.HELD
    decided(client, release, "discard")


# ---------------------------------------------------------------- what comes while it waits
def test_what_was_published_meanwhile_is_the_newer_word() -> None:
    release = held_observations()
    meanwhile = publish(delivery(row(150, area="KGZ"), body=b"meanwhile"), sources.card("worldbank"))
    assert meanwhile.release is not None
    published = publish_held(release.pk, by=None, note=WHY)
    assert published.state == Release.State.PUBLISHED
    assert in_force() == 150
    assert in_force("GBR") == 5


def test_a_newer_delivery_of_the_same_takes_the_place_of_the_one_that_waits(client: Client) -> None:
    release = held_observations()
    newer = held_observations(factor=4)
    assert newer != release
    release.refresh_from_db()
    assert (release.state, release.decided_by) == (Release.State.DISCARDED, None)
    assert list(Release.objects.filter(state=Release.State.HELD)) == [newer]
    assert "A newer delivery of the same is held in its place." in main(page(client, f"/en/releases/{release.pk}/"))


def test_what_a_newer_hold_displaced_was_not_decided_on_and_is_held_again_when_it_comes_again() -> None:
    first = held_observations()
    held_observations(factor=4)
    again = held_observations()
    assert again != first
    assert list(Release.objects.filter(state=Release.State.HELD)) == [again]
