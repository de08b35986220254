"""docker-compose.yml and the Dockerfile: what a deployment relies on."""

import re

import pytest
import yaml

from tests.config.checkout import CHECKOUT

COMPOSE = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())
DOCKERFILE = (CHECKOUT / "Dockerfile").read_text()
OURS = ("prepare", "web", "worker", "beat")


def test_the_five_services_and_the_one_that_prepares() -> None:
    assert set(COMPOSE["services"]) == {*OURS, "postgres", "valkey"}


@pytest.mark.parametrize("name", ["web", "worker", "beat", "postgres", "valkey"])
def test_every_lasting_service_is_watched(name: str) -> None:
    assert COMPOSE["services"][name]["healthcheck"]["test"]
    assert COMPOSE["services"][name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", OURS)
def test_secrets_come_from_the_environment_and_debugging_is_off(name: str) -> None:
    variables = COMPOSE["services"][name]["environment"]
    assert variables["DEBUG"] == "0"
    assert variables["SECRET_KEY"].startswith("${SECRET_KEY:?")
    assert "${POSTGRES_PASSWORD:?" in variables["DATABASE_URL"]


@pytest.mark.parametrize("name", OURS)
def test_our_containers_have_no_rights_they_do_not_need(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["cap_drop"] == ["ALL"]
    assert service["read_only"] is True
    assert "no-new-privileges:true" in service["security_opt"]
    assert re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE) == ["sogdia"]


def test_the_database_is_made_with_the_locale_of_the_embedded_one() -> None:
    service = COMPOSE["services"]["postgres"]
    for word in ("UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"):
        assert word in service["environment"]["POSTGRES_INITDB_ARGS"]
    assert service["image"] == "postgres:18"
    assert service["volumes"] == ["postgres:/var/lib/postgresql"]


def test_a_full_queue_drops_nothing() -> None:
    assert "noeviction" in COMPOSE["services"]["valkey"]["command"]
