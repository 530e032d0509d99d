"""Where settings come from, and what is said when they are wrong."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from everloom.settings import SettingsInvalid, load_settings, load_with_sources

Write = Callable[[str], Path]


def problems() -> list[str]:
    """What loading complains about, one line each."""
    with pytest.raises(SettingsInvalid) as caught:
        load_settings()
    return [problem.sentence() for problem in caught.value.problems]


def test_the_documented_defaults_hold() -> None:
    """Without file and variables the limits are those the documentation promises."""
    settings = load_settings()

    assert settings.workflows.execution_timeout == timedelta(hours=24)
    assert settings.workflows.run_timeout == timedelta(hours=2)
    assert settings.workflows.task_timeout == timedelta(seconds=10)
    assert settings.activities.start_to_close == timedelta(minutes=20)
    assert (settings.activities.retry.attempts, settings.activities.retry.coefficient) == (5, 2.0)


@pytest.mark.parametrize(
    ("queue", "tasks", "activities", "workers", "rate"),
    [
        pytest.param("high-priority", 100, 50, 5, 100, id="high-priority"),
        pytest.param("standard", 50, 25, 3, 50, id="standard"),
        pytest.param("background", 10, 5, 1, 10, id="background"),
        pytest.param("scheduled", 5, 5, 1, None, id="scheduled"),
    ],
)
def test_the_four_profiles_are_there(
    queue: str, tasks: int, activities: int, workers: int, rate: float | None
) -> None:
    """Each built-in profile is a queue of its name with the documented limits."""
    profile = load_settings().queues.find_profile(queue)

    assert profile is not None
    assert profile.model_dump() == {
        "workflow_tasks": tasks,
        "activities": activities,
        "workers": workers,
        "rate": rate,
    }


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("queues:\n  bind:\n    mail: standrad\n", 3, id="unknown profile"),
        pytest.param("queues:\n  profiles: {}\n  default: standrad\n", 3, id="unknown queue"),
        pytest.param("worker:\n  threads: 4\n  dran: 5s\n", 3, id="misspelt key"),
        pytest.param("workers:\n  threads: 4\n", 1, id="misspelt section"),
        pytest.param("catalog:\n  packages:\n    - 1\n", 2, id="wrong value"),
    ],
)
def test_what_is_wrong_in_the_file_is_told_with_its_line(
    write: Write, text: str, line: int
) -> None:
    """Nobody has to search for it."""
    write(text)

    [problem] = problems()

    assert problem.startswith(f"everloom.yaml:{line}: ")


def test_another_process_finds_the_same_settings(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when relative paths start somewhere else: worker processes read them anew."""
    write("worker: {threads: 4}")
    monkeypatch.setenv("EVERLOOM_FOLDER", "/elsewhere")

    loaded = load_with_sources()

    assert load_settings(loaded.start) == loaded.settings
    assert loaded.settings.worker.threads == 4


def test_the_file_wins_over_defaults_and_the_environment_over_the_file(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each level overrides only what it names."""
    write("worker: {drain: 5m, threads: 4}")
    monkeypatch.setenv("EVERLOOM_WORKER__DRAIN", "1h30m")

    worker = load_settings().worker

    assert worker.drain == timedelta(minutes=90)
    assert worker.threads == 4
    assert worker.watchdog == timedelta(seconds=1)


def test_the_older_file_name_is_read_too(folder: Path) -> None:
    """`config.yaml` serves where there is no `everloom.yaml`."""
    (folder / "config.yaml").write_text("api: {port: 9000}", encoding="utf-8")

    assert load_settings().api.port == 9000


def test_a_file_above_the_current_folder_counts_within_the_project(
    write: Write, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commands work from any folder of a project, and relative paths start at its file."""
    write("engine: {folder: data}")
    inner = folder / "src" / "deep"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)

    settings = load_settings()

    assert settings.path(settings.engine.folder) == folder / "data"


def test_own_profiles_and_queues_come_from_settings(write: Write) -> None:
    """A queue follows the profile it is bound to."""
    write(
        "queues:\n"
        "  profiles: {slow: {workflow_tasks: 2, activities: 1, rate: 30/m}}\n"
        "  bind: {mail-slow: slow}\n"
    )

    profile = load_settings().queues.find_profile("mail-slow")

    assert profile is not None
    assert (profile.activities, profile.rate) == (1, 0.5)


def test_a_misspelt_field_in_the_file_gets_the_nearest_name(write: Write) -> None:
    """The wrong key, the file and the right key stand in one line."""
    write("worker: {drian: 5s}")

    assert problems() == [
        "everloom.yaml:1: There is no setting `worker.drian`. Did you mean `drain`?"
    ]


def test_a_misspelt_section_in_the_file_gets_the_nearest_name(write: Write) -> None:
    """Sections are checked as fields are."""
    write("wroker: {drain: 5s}")

    assert problems() == ["everloom.yaml:1: There is no setting `wroker`. Did you mean `worker`?"]


def test_a_misspelt_section_in_a_variable_gets_the_nearest_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A variable that would be ignored is refused."""
    monkeypatch.setenv("EVERLOOM_WORKR__DRAIN", "5s")

    assert problems() == [
        "EVERLOOM_WORKR__DRAIN: There is no section `workr`. Did you mean `worker`?"
    ]


def test_a_misspelt_field_in_a_variable_gets_the_nearest_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Deep ones too: here a field of a profile."""
    monkeypatch.setenv("EVERLOOM_QUEUES__PROFILES__SLOW__ACTIVITEIS", "1")

    assert any("Did you mean `activities`?" in problem for problem in problems())


def test_all_problems_are_told_at_once(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mending one does not lead to the next."""
    write("worker: {drain: 30}\napi: {port: 99999999}")
    monkeypatch.setenv("EVERLOOM_LOG__LEVEL", "loud")

    told = problems()

    assert len(told) == 3
    assert any("write it as `30s`" in problem for problem in told)


def test_a_file_that_is_no_yaml_is_told_with_its_line(write: Write) -> None:
    """Line and column, no traceback."""
    write("worker:\n  drain: [5s\n")

    [problem] = problems()

    assert problem.startswith("everloom.yaml:3:1: The file is not YAML")


def test_a_queue_bound_to_no_profile_is_refused(write: Write) -> None:
    """It would only show when a worker starts."""
    write("queues: {bind: {mail: standrad}}")

    assert problems() == [
        (
            "everloom.yaml:1: Queue `mail` follows the profile `standrad`, which is not there. "
            "Did you mean `standard`?"
        )
    ]


def test_a_named_file_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong path must not fall back to defaults."""
    monkeypatch.setenv("EVERLOOM_CONFIG", "nowhere.yaml")

    assert problems() == ["EVERLOOM_CONFIG: There is no file 'nowhere.yaml'."]
