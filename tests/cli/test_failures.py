"""Errors: one block, one document, never a trace."""

from pathlib import Path

import pytest
from tests.cli.conftest import Type

from everloom.cli.failures import exit_code, report
from everloom.core import Conflict, EverloomError, Invalid, NotFound, Problem, Unavailable


@pytest.mark.parametrize(
    ("error", "code"),
    [(Invalid("x"), 2), (NotFound("x"), 2), (Conflict("x"), 1), (Unavailable("x"), 3)],
    ids=["invalid", "not-found", "conflict", "unavailable"],
)
def test_the_exit_code_follows_the_category(error: EverloomError, code: int) -> None:
    """A script can tell wrong input from something that is away."""
    assert exit_code(error) == code


def test_an_error_is_one_block(capsys: pytest.CaptureFixture[str]) -> None:
    """Message, parts with their places, hint, code; nothing on standard output."""
    problem = Problem("a-part", "Part is wrong.", "Mend it.", "file.py:3")

    code = report(Invalid("All is wrong.", hint="Begin anew.", problems=[problem]), as_json=False)

    written = capsys.readouterr()
    assert (code, written.out) == (2, "")
    assert written.err.splitlines() == [
        "error: All is wrong.",
        "  - file.py:3: Part is wrong. Mend it.",
        "Begin anew.",
        "code: invalid",
    ]


def test_an_error_of_several_tasks_is_found_in_their_group(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Where things run side by side, Python wraps what went wrong."""
    group = ExceptionGroup("tasks", [ExceptionGroup("inner", [Unavailable("It is away.")])])

    assert report(group, as_json=False) == 3
    assert "It is away." in capsys.readouterr().err


def test_what_nobody_foresaw_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It says how to see more."""
    monkeypatch.chdir(tmp_path)

    code = report(ZeroDivisionError("by zero"), as_json=False)

    written = capsys.readouterr().err
    assert code == 1
    assert "ZeroDivisionError: by zero" in written
    assert "EVERLOOM_LOG__LEVEL=debug" in written
    assert "Traceback" not in written


def test_the_trace_of_what_nobody_foresaw_is_there_for_who_asks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With the log level `debug`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EVERLOOM_LOG__LEVEL", "debug")

    with pytest.raises(ZeroDivisionError) as raised:
        _ = 1 / 0
    report(raised.value, as_json=False)

    assert "Traceback (most recent call last)" in capsys.readouterr().err


async def test_settings_that_are_wrong_stop_every_command(everloom: Type) -> None:
    """All of them at once, each with the nearest right name."""
    outcome = await everloom("runs", "list", "--json", EVERLOOM_WORKR__DRAIN="1m")

    error = outcome.document["error"]
    assert outcome.code == 2
    assert error["code"] == "settings-invalid"
    assert error["problems"][0]["hint"] == "Did you mean `worker`?"
    assert error["problems"][0]["place"] == "EVERLOOM_WORKR__DRAIN"


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        pytest.param(("dev", "--run"), "everloom dev --help", id="command"),
        pytest.param(("runs", "list", "--status"), "everloom runs list --help", id="in a group"),
        pytest.param(("--bogus",), "everloom --help", id="none"),
    ],
)
async def test_usage_points_to_the_help_of_the_command(
    everloom: Type, typed: tuple[str, ...], named: str
) -> None:
    """An option without its value names the help of the command it was typed for."""
    outcome = await everloom(*typed)

    assert outcome.code == 2
    assert f"`{named}` shows what it takes." in outcome.err
