"""Whatever is sent, the API answers with 400, 404, 405 or 406 as a problem, and never with 500."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.markets.api_world import publish_world

pytestmark = pytest.mark.django_db

LISTS = ("markets", "products", "categories", "indicators", "observations", "trade-totals", "datasets", "releases")
THINGS = (
    "markets/KAZ/",
    "markets/KAZ/profile/",
    "markets/KAZ/trade/",
    "markets/KAZ/trade/CHN/",
    "markets/KAZ/indicators/NY.GDP.MKTP.CD/",
    "products/84/",
    "categories/appliances/",
    "indicators/NY.GDP.MKTP.CD/",
    "datasets/worldbank/",
)
LONG = "x" * 100_000


def refusal(path: str, status: int = 400, method: str = "get", **headers: str) -> dict:
    """The problem that an address answers with."""
    response = getattr(Client(), method)(f"/api/v1/{path}", headers=headers)
    assert response.status_code == status, response.content[:300]
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert problem["request_id"] == response["X-Request-ID"]
    assert len(response.content) < 4000
    return problem


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    "query",
    [
        "limit=999999999", "limit=0", "limit=-1", "limit=abc", "limit=", "limit=1.5", "limit=1e3", "limit=٣",
        "limit=+5", f"limit={'9' * 5000}", "limit=1&limit=2", f"cursor={LONG}", "cursor=x", "cursor=", "sort=password",
        "sort=--iso3", "fields=password", "fields=", "fields=iso3,,name", "count=all", "lang=de", "lang=",
    ],
)  # fmt: skip
def test_a_bad_value_in_a_list_is_refused_by_its_name(name: str, query: str) -> None:
    problem = refusal(f"{name}/?{query}")
    assert problem["code"] == "invalid_value"
    assert [fault["parameter"] for fault in problem["errors"]] == [query.split("=", maxsplit=1)[0]]


@pytest.mark.parametrize("path", [*(f"{name}/" for name in LISTS), *THINGS, "", "problems/", "openapi.json"])
@pytest.mark.parametrize("name", ["foo", "Limit", "limit[]", "iso3__in", "ordering", "format", "%20", LONG])
def test_an_unknown_parameter_is_refused_and_the_known_ones_are_named(path: str, name: str) -> None:
    problem = refusal(f"{path}?{name}=1")
    assert problem["code"] == "unknown_parameter"
    assert "lang" in problem["detail"]


@pytest.mark.parametrize("moment", ["2025-13-45", "yesterday", "", "0000-00-00", "1e400", "20250101", "9999-99", LONG])
@pytest.mark.parametrize(
    "path",
    ["observations/", "markets/KAZ/profile/", "indicators/NY.GDP.MKTP.CD/", "indicators/", THINGS[2]],
)
def test_a_bad_as_of_is_refused(path: str, moment: str) -> None:
    assert refusal(f"{path}?as_of={moment}")["errors"][0]["parameter"] == "as_of"


@pytest.mark.parametrize("moment", ["2025-06-30", "2025-06-30T12:00:00Z", "2025-06-30T12:00:00%2B08:00", "2999-12-31"])
def test_a_day_or_a_moment_is_an_as_of(moment: str) -> None:
    assert Client().get(f"/api/v1/observations/?as_of={moment}").status_code == 200


@pytest.mark.parametrize("path", [*(f"{name}/" for name in LISTS), *THINGS])
@pytest.mark.parametrize("text", ["%00", "a%00b", "%FF", "%C3%28", "%ED%A0%80"])
def test_a_value_that_is_no_text_is_refused(path: str, text: str) -> None:
    refusal(f"{path}?lang={text}")
    refusal(f"{path}?{text}=1")


@pytest.mark.parametrize("name", LISTS)
def test_a_nul_in_the_path_is_refused(name: str) -> None:
    refusal(f"{name}/%00/")
    refusal(f"{name}/a%00b/")
    refusal(f"{name}%00/")


@pytest.mark.parametrize("name", [name for name in LISTS if name != "observations"])
@pytest.mark.parametrize(
    "code", ["%FF", "%0A", "..%2F..%2Fetc", "'%20OR%201=1--", "x" * 5000, "%E5%86%B0", "{{7*7}}", "-1"]
)
def test_a_strange_code_is_not_found(name: str, code: str) -> None:
    refusal(f"{name}/{code}/", 404)


@pytest.mark.parametrize("parameter", ["search", "group", "dataset", "parent", "level", "state", "market", "indicator"])
def test_a_very_long_value_is_refused_and_not_repeated(parameter: str) -> None:
    for name in LISTS:
        refusal(f"{name}/?{parameter}={LONG}")


def test_every_fault_is_told_at_once() -> None:
    problem = refusal("observations/?limit=0&foo=1&as_of=never")
    assert [(fault["parameter"], fault["code"]) for fault in problem["errors"]] == [
        ("limit", "invalid_value"),
        ("foo", "unknown_parameter"),
        ("as_of", "invalid_value"),
    ]
    assert problem["code"] == "invalid_value"
    assert problem["detail"] == problem["errors"][0]["detail"]


def test_a_thousand_parameters_are_refused() -> None:
    assert refusal("markets/?" + "&".join(f"p{n}=1" for n in range(1500)))["code"] == "malformed"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace"])
@pytest.mark.parametrize("path", [*(f"{name}/" for name in LISTS), *THINGS])
def test_writing_to_what_is_only_read_is_refused(path: str, method: str) -> None:
    response = getattr(Client(), method)(f"/api/v1/{path}")
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, OPTIONS"
    assert response.json()["code"] == "method_not_allowed"


def test_an_unknown_method_is_refused() -> None:
    response = Client().generic("BREW", "/api/v1/markets/")
    assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")


@pytest.mark.parametrize(
    "accept", ["text/html", "text/csv", "application/xml", "image/png", "nonsense", "a/b/c;;;=", "*"]
)
def test_a_form_that_is_not_offered_is_refused(accept: str) -> None:
    assert refusal("markets/", 406, Accept=accept)["code"] == "not_acceptable"


@pytest.mark.parametrize(
    "accept",
    ["", "*/*", "application/*", "application/json", "application/problem+json", "text/html, */*;q=0.1", ", ,*/*"],
)
def test_json_is_given_to_whoever_takes_it(accept: str) -> None:
    response = Client().get("/api/v1/markets/KAZ/", headers={"Accept": accept})
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")


@pytest.mark.parametrize(
    "path", ["nothing", "nothing/", "markets/KAZ/nothing/", "markets/KAZ/profile/x/", "v2/", "../v1"]
)
def test_an_unknown_address_is_a_problem(path: str) -> None:
    assert refusal(path, 404)["code"] == "unknown_address"


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v2/markets/", "/api/%0A", "/api/v1/x%0Ay"])
def test_everything_below_api_answers_as_the_api(path: str) -> None:
    response = Client().get(path)
    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
    assert Client().post(path).status_code == 404


def test_a_forgotten_slash_is_put_right() -> None:
    response = Client().get("/api/v1/markets?limit=2")
    assert (response.status_code, response["Location"]) == (308, "/api/v1/markets/?limit=2")
    assert len(Client().get(response["Location"]).json()["data"]) == 2


@pytest.mark.parametrize("language", ["ru", "zh-hans"])
def test_a_refusal_is_told_in_the_language_of_the_request_with_the_same_code(language: str) -> None:
    told = Client().get(f"/api/v1/markets/?limit=0&lang={language}")
    assert told["Content-Language"] == language
    assert told.json()["code"] == refusal("markets/?limit=0")["code"]


def test_a_request_id_of_the_client_is_kept_when_it_is_a_plain_one() -> None:
    assert refusal("nothing/", 404, **{"X-Request-ID": "import-2025.06_30"})["request_id"] == "import-2025.06_30"
    for strange in ("short", "x" * 65, "two words here", "line\\nbreak-here", "<script>alert"):
        assert refusal("nothing/", 404, **{"X-Request-ID": strange})["request_id"] != strange


class AnyText(TestCase):
    """Any text as any value."""

    @given(name=st.sampled_from(LISTS), parameter=st.text(max_size=12), value=st.text(max_size=60))
    @settings(max_examples=60)
    def test_no_text_breaks_a_list(self, name: str, parameter: str, value: str) -> None:
        response = Client().get(f"/api/v1/{name}/", {parameter: value})
        assert response.status_code == 400

    @given(value=st.text(min_size=1, max_size=60))
    @settings(max_examples=60)
    def test_no_search_breaks(self, value: str) -> None:
        for name in ("markets", "products", "indicators"):
            assert Client().get(f"/api/v1/{name}/", {"search": value}).status_code in (200, 400)

    @given(code=st.text(min_size=1, max_size=30))
    @settings(max_examples=60)
    def test_no_code_breaks_a_thing(self, code: str) -> None:
        for name in ("markets", "products", "categories", "indicators", "datasets", "releases"):
            assert Client().get(f"/api/v1/{name}/{quote(code, safe='')}/").status_code in (200, 308, 400, 404)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("products/84.18/", "products/8418/"),
        ("products/84%2018/?lang=ru&fields=path", "products/8418/?lang=ru&fields=path"),
        ("products/8418.21/", "products/841821/"),
        ("markets/kaz/", "markets/KAZ/"),
        ("markets/Kaz/profile/?as_of=2025-01-01", "markets/KAZ/profile/?as_of=2025-01-01"),
        ("markets/kaz/indicators/NY.GDP.MKTP.CD/", "markets/KAZ/indicators/NY.GDP.MKTP.CD/"),
    ],
)
def test_a_code_written_otherwise_leads_to_its_one_address(written: str, plain: str) -> None:
    publish_world()
    response = Client().get(f"/api/v1/{written}")
    assert (response.status_code, response["Location"]) == (308, f"/api/v1/{plain}")
    assert Client().get(response["Location"]).status_code == 200


@pytest.mark.parametrize("path", ["products/98.76/", "products/a.b/", "products/84.1/", "markets/xxx/", "markets/wld/"])
def test_what_is_nowhere_leads_nowhere(path: str) -> None:
    assert Client().get(f"/api/v1/{path}").status_code == 404
