"""An import of 10,000 rows, step by step, against bare work on the same rows; and the memory it takes.

The file is the messy one of the tests, as CSV in GB18030 and as XLSX. Prints one JSON line. Two bare things are
measured in the same run: `copy_cells_s` takes the CSV's text apart by Python's own reader and writes all cells by
COPY, and `copy_records_s` writes the finished records by COPY, into plain tables. Ratios are multiples of these:
reading (the child process, the rows kept, the columns looked at) and checking of the first, writing all records with
their lines in the change log and taking them back of the second. Seconds are for the reader. `child_mb` is the most
that the child which reads the file has held. Then a web process of two workers takes the XLSX ten times:
`web_mb_before` and `web_mb_after` are both workers together, counted after some uploads that warm them up.

All of it is really written: run it on servers of its own, as `make bench` does.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

import httpx2  # noqa: E402 - Django must be set up first
import psutil  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from companies.access import Actor, actor_of_person  # noqa: E402
from companies.importing import tables  # noqa: E402
from companies.importing.doing import fixing, steps  # noqa: E402
from companies.importing.doing.mapping import choose_mapping  # noqa: E402
from companies.importing.doing.running import run_work  # noqa: E402
from companies.importing.doing.uploading import upload  # noqa: E402
from companies.importing.plan import Mapping, Policy  # noqa: E402
from companies.models import Import, Membership, Organisation, Role  # noqa: E402
from companies.records.companies import register_named  # noqa: E402
from markets import curation, jobs, search  # noqa: E402
from tests.companies import messy_file  # noqa: E402

ROUNDS = 5
WARM, UPLOADS = 4, 10
MB = 1024 * 1024
NEW = "/en/records/imports/new/"
# The child's memory is asked for by a parent that holds next to nothing itself: a child begins as its parent's copy.
READER = """
import json, resource, sys
from markets.confined import Limits, answered
program, told, limits = sys.argv[1:]
for line in answered(program, (told,), sys.stdin.buffer, Limits(**json.loads(limits))):
    pass
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


# ---------------------------------------------------------------- the import
def office() -> Actor:
    """Somebody who may import, in an organisation that knows the companies of the file."""
    person = get_user_model().objects.create_user(f"{uuid.uuid4()}@example.com")
    organisation = Organisation.objects.create(name="Bench", home_id="CHN")
    Membership.objects.create(organisation=organisation, user=person, role=Role.OFFICER)
    actor = actor_of_person(person, wanted=organisation.pk)
    register_named(actor, messy_file.COMPANIES, "CHN")
    return actor


def working_s(imported: Import) -> float:
    """Seconds of the work that was asked for, done here."""
    held = jobs.claim(imported.job_id)
    if held is None:
        raise SystemExit("the work is somebody else's: run this on servers without a worker")

    def work() -> None:
        with jobs.held_to_the_end(held):
            run_work(held)

    took = seconds(work)
    imported.refresh_from_db()
    return took


def steps_of(actor: Actor, name: str, content: bytes) -> tuple[dict[str, float], Import]:
    """The seconds of each step of an import of this file, and the import."""
    took = {}
    imported = upload(actor, name, [content])
    took["read"] = working_s(imported)
    suggested = Mapping.unpacked(imported.mapping)
    mapping = replace(suggested, constants={"hs_revision": "HS2022", **suggested.constants})
    imported = choose_mapping(actor, imported.pk, imported.version, mapping)
    took["check"] = working_s(imported)
    korea = {"destination": {messy_file.NOBODYS_COUNTRY: "KOR"}}
    imported = fixing.fix_values(actor, imported.pk, imported.version, korea)
    took["check_again"] = working_s(imported)
    imported = fixing.choose_policy(actor, imported.pk, imported.version, Policy(errors="others"))
    imported = steps.commit(actor, imported.pk, imported.version)
    took["commit"] = working_s(imported)
    return took, imported


def undo_s(actor: Actor, imported: Import) -> float:
    return working_s(steps.undo(actor, imported.pk, imported.version))


# ---------------------------------------------------------------- the same work, bare
def copied_s(columns: str, rows: Callable[[], Iterable[Iterable[object]]]) -> float:
    """The median of some times of writing the rows into a plain table made so."""

    def work() -> None:
        with connection.cursor() as cursor, cursor.copy("COPY plain FROM STDIN") as copy:
            for row in rows():
                copy.write_row(row)

    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE plain {columns}")
    took = statistics.median(seconds(work) for _round in range(ROUNDS))
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE plain")
    return took


def copy_cells_s(content: bytes) -> float:
    names = ", ".join(f"c{number} text" for number in range(len(messy_file.GROUPS)))
    return copied_s(f"({names})", lambda: csv.reader(io.StringIO(content.decode("gb18030"), newline="")))


def copy_records_s(imported: Import) -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM companies_exportrecord WHERE organisation_id = %s", [imported.organisation_id])
        rows = cursor.fetchall()
    return copied_s("AS SELECT * FROM companies_exportrecord LIMIT 0", lambda: rows)


# ---------------------------------------------------------------- memory
def child_mb(name: str, content: bytes) -> float:
    """The most that the child which reads a file has held."""
    told = json.dumps({"name": name, "choices": {}, "languages": ["zh-hans", "en", "ru"]})
    limits = {each: getattr(tables.LIMITS, each) for each in tables.LIMITS.__dataclass_fields__}
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        command = [sys.executable, "-c", READER, tables.PROGRAM, told, json.dumps(limits)]
        answer = subprocess.run(command, stdin=file, capture_output=True, check=True)  # noqa: S603 our own program
    return round(int(answer.stdout) / 1024, 1)


@contextmanager
def web() -> Iterator[tuple[str, psutil.Process]]:
    """A web process as the product runs one, and its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "granian", "config.wsgi:application", "--interface", "wsgi", "--port", str(port),
        "--no-ws", "--workers", "2", "--blocking-threads", "4", "--log-level", "error",
    ]  # fmt: skip
    serving = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 our own
    try:
        yield f"http://127.0.0.1:{port}", psutil.Process(serving.pid)
    finally:
        serving.terminate()
        serving.wait()


def uploads(browser: httpx2.Client, name: str, content: bytes) -> None:
    """As a browser hands a file in."""
    hidden = dict(re.findall(r'name="(csrfmiddlewaretoken|once)"\s+value="([^"]+)"', browser.get(NEW).text))
    answer = browser.post(NEW, data=hidden, files={"file": (name, content)})
    if not answer.has_redirect_location:
        raise SystemExit(f"the file was not taken: {answer.status_code}")


def waits(browser: httpx2.Client) -> None:
    """Until the web process answers."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        try:
            browser.get(NEW)
        except httpx2.TransportError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the web process does not answer")


def held_mb(process: psutil.Process) -> float:
    """What a process and its children hold, in memory of their own."""
    return round(sum(each.memory_full_info().uss for each in (process, *process.children(recursive=True))) / MB, 1)


def web_mb(name: str, content: bytes) -> dict[str, float]:
    signed_in = Client()
    signed_in.force_login(office().person)
    cookies = {settings.SESSION_COOKIE_NAME: signed_in.cookies[settings.SESSION_COOKIE_NAME].value}
    with web() as (address, process), httpx2.Client(base_url=address, cookies=cookies, timeout=60) as browser:
        waits(browser)
        for _time in range(WARM):
            uploads(browser, name, content)
        before = held_mb(process)
        for _time in range(UPLOADS):
            uploads(browser, name, content)
        return {"web_mb_before": before, "web_mb_after": held_mb(process)}


def main() -> None:
    call_command("migrate", verbosity=0)
    curation.load_reference()
    search.rebuild_index()
    file = messy_file.made()
    contents = {"orders.csv": messy_file.as_csv(file), "orders.xlsx": messy_file.as_xlsx(file)}
    cells = copy_cells_s(contents["orders.csv"])
    told: dict[str, object] = {"benchmark": "import_records", "rows": messy_file.ROWS, "copy_cells_s": round(cells, 3)}
    for name, content in contents.items():
        form, actor = name.rpartition(".")[2], office()
        took, imported = steps_of(actor, name, content)
        records = copy_records_s(imported)
        took["undo"] = undo_s(actor, imported)
        told[f"{form}_records"] = imported.counts["entered"]
        told[f"{form}_copy_records_s"] = round(records, 3)
        for step, step_s in took.items():
            told[f"{form}_{step}_s"] = round(step_s, 2)
            told[f"{form}_ratio_{step}"] = round(step_s / (records if step in ("commit", "undo") else cells), 1)
        told[f"{form}_child_mb"] = child_mb(name, content)
    print(json.dumps(told | web_mb("orders.xlsx", contents["orders.xlsx"])))


main()
