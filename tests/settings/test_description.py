"""What `everloom settings` is made of."""

from collections.abc import Callable
from pathlib import Path

import pytest

from everloom.settings import describe_settings, load_with_sources, settings_schema

Write = Callable[[str], Path]


def test_each_value_is_told_with_its_source(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """Default, file and variable can be told apart."""
    write("api: {port: 9000}")
    monkeypatch.setenv("EVERLOOM_LOG__LEVEL", "debug")

    rows = {row.name: row for row in describe_settings(load_with_sources())}

    assert (rows["api.port"].value, rows["api.port"].source) == ("9000", "everloom.yaml")
    assert (rows["log.level"].value, rows["log.level"].source) == ("debug", "EVERLOOM_LOG__LEVEL")
    assert (rows["worker.drain"].value, rows["worker.drain"].source) == ("30s", "default")


def test_every_setting_has_a_meaning() -> None:
    """A setting nobody explained is a setting nobody finds."""
    silent = [row.name for row in describe_settings(load_with_sources()) if not row.meaning]

    assert silent == []


def test_secrets_are_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret is shown as set, and never as what it is."""
    monkeypatch.setenv("EVERLOOM_STORE__OBJECTS_SECRET", "hunter2")

    rows = describe_settings(load_with_sources())

    assert "hunter2" not in repr(rows)
    assert {row.name: row.value for row in rows}["store.objects_secret"] == "**********"


def test_the_schema_names_every_section() -> None:
    """Editors complete from it."""
    properties = settings_schema()["properties"]

    assert {"temporal", "engine", "workflows", "activities", "queues", "worker"} <= set(properties)


def test_the_schema_writes_durations_as_people_do() -> None:
    """What an editor offers as the default can be put into the file."""
    assert settings_schema()["$defs"]["WorkerSettings"]["properties"]["drain"]["default"] == "30s"
