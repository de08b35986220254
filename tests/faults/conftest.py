"""Servers of their own for the tests of faults, one set for each test process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker
from pytest_httpserver import HTTPServer

from tests.companies.post_office import PostOffice, post_office
from tests.config.servers_at_will import servers_at_will
from tests.faults import site as sites
from tests.faults.site import Servers, Staff, Undisturbed, Upstream, lines


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """PostgreSQL and Valkey that a test may kill, with the reference facts."""
    folder = tmp_path_factory.mktemp("faults")
    with servers_at_will(folder) as at_will:
        started = Servers(folder, at_will)
        started.prepare()
        yield started


@pytest.fixture(scope="session")
def upstream_server() -> Iterator[HTTPServer]:
    """One address for the whole session: a worker learns it when it starts."""
    with HTTPServer(host="127.0.0.1", port=0, threaded=True) as server:
        yield server


@pytest.fixture
def site(servers: Servers, django_db_blocker: DjangoDbBlocker) -> Iterator[Servers]:
    """The servers without any job or figure, this process looking at their database."""
    with django_db_blocker.unblock():
        connection.close()
        before = dict(connection.settings_dict)
        connection.settings_dict.update(servers.database())
        try:
            servers.clear()
            yield servers
        finally:
            connection.close()
            connection.settings_dict.clear()
            connection.settings_dict.update(before)


@pytest.fixture
def upstream(upstream_server: HTTPServer) -> Iterator[Upstream]:
    """The provider, in its first state."""
    provider = Upstream(upstream_server)
    provider.begin(sites.series())
    yield provider
    provider.release()


@pytest.fixture(scope="session")
def session_post() -> Iterator[PostOffice]:
    """The mail server of all tests of this process."""
    with post_office() as here:
        yield here


@pytest.fixture
def post(session_post: PostOffice) -> PostOffice:
    """The mail server, which has taken nothing yet."""
    session_post.clear()
    return session_post


@pytest.fixture(scope="session")
def session_staff(servers: Servers, upstream_server: HTTPServer, session_post: PostOffice) -> Iterator[Staff]:
    """A worker and a beat for all tests of this process."""
    provider = f"worldbank={upstream_server.url_for('').rstrip('/')}"
    # Nobody looks for alerts or sends letters by the clock: tests of them say when.
    seldom = {"ALERT_LOOK_SECONDS": "86400", "ALERT_LETTER_SECONDS": "86400"}
    at_work = Staff(servers, SOURCE_URLS=provider, EMAIL_URL=session_post.url, **seldom)
    yield at_work
    at_work.close()


@pytest.fixture
def staff(session_staff: Staff) -> Staff:
    """A worker and a beat, both alive whatever the test before did to them."""
    session_staff.complete()
    return session_staff


@pytest.fixture
def undisturbed(site: Servers, staff: Staff, upstream: Upstream) -> Undisturbed:  # noqa: ARG001 they do it
    """A refresh that nobody disturbed; the tables are empty again."""
    job = sites.ended(sites.request())
    assert lines(job) == ["asked 0", "begun 1", "published 1", "ended 1"]
    seen = Undisturbed(sites.published(), job.counts)
    site.clear()
    upstream.begin(sites.series())
    return seen
