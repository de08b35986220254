"""The timetable of beat is what the source cards say."""

from config.celery import ASK_AT_LEAST_EVERY, app, timetable
from markets import sources


def test_each_card_with_a_cadence_has_its_entry() -> None:
    expected = {card.id: min(card.refresh_every, ASK_AT_LEAST_EVERY) for card in sources.cards() if card.refresh_every}
    entries = [entry for entry in timetable().values() if "args" in entry]
    assert {entry["args"][0]: entry["schedule"] for entry in entries} == expected
    assert expected


def test_the_task_of_the_timetable_exists() -> None:
    app.loader.import_default_modules()
    assert {entry["task"] for entry in timetable().values()} <= set(app.tasks)


def test_lost_work_is_swept_up_several_times_a_minute() -> None:
    assert timetable()["sweep jobs"]["schedule"].total_seconds() <= 30
