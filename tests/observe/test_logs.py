"""Logs: one format, fields of the run, no secrets, nothing on standard output."""

import json
import logging
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr
from typing_extensions import override

from everloom.observe import get_logger, set_up_logs
from everloom.observe.secrets import masked_text
from everloom.settings import LogSettings


@pytest.fixture(autouse=True)
def restored_logging():
    """Logging as the test runner had it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


class Account(BaseModel):
    """Settings with something secret."""

    password: str


@dataclass
class Login:
    """The same, as a dataclass."""

    secret: str


def only_line(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The one JSON line on standard error."""
    captured = capsys.readouterr()
    assert captured.out == ""
    (line,) = captured.err.splitlines()
    return json.loads(line)


def test_json_line_carries_time_level_logger_event_and_fields(capsys: pytest.CaptureFixture[str]):
    """A machine finds the four standing fields first, then what the caller said."""
    set_up_logs(LogSettings(format="json"))

    get_logger("everloom.worker").info("worker ready", port=8081)

    line = only_line(capsys)
    assert list(line)[:4] == ["time", "level", "logger", "event"]
    assert line["event"] == "worker ready"
    assert line["port"] == 8081


def test_plain_library_lines_come_out_in_the_same_format(capsys: pytest.CaptureFixture[str]):
    """What the SDK or uvicorn logs by the standard library looks like our own lines."""
    set_up_logs(LogSettings(format="json"))

    logging.getLogger("uvicorn.error").warning("port %d is busy", 80)

    line = only_line(capsys)
    assert (line["logger"], line["event"]) == ("uvicorn.error", "port 80 is busy")


def test_run_of_the_sdk_becomes_fields(capsys: pytest.CaptureFixture[str]):
    """Workflow, run, activity, attempt and queue are fields of their own."""
    set_up_logs(LogSettings(format="json"))
    said = {
        "workflow_type": "import",
        "workflow_id": "import-1",
        "workflow_run_id": "r1",
        "activity_type": "download",
        "attempt": 2,
        "task_queue": "standard",
    }

    logging.getLogger("temporalio.activity").warning("slow", extra={"temporal_activity": said})

    line = only_line(capsys)
    expected = {
        "workflow": "import",
        "workflow_id": "import-1",
        "run": "r1",
        "activity": "download",
        "attempt": 2,
        "queue": "standard",
    }
    assert expected.items() <= line.items()
    assert "temporal_activity" not in line


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"password": "hunter2"}, id="by name"),
        pytest.param({"headers": {"Authorization": "hunter2"}}, id="inside a mapping"),
        pytest.param({"api_keys": ["hunter2"]}, id="inside a list"),
        pytest.param({"database": "postgresql://me:hunter2@host/name"}, id="inside an address"),
        pytest.param({"database": "postgresql://me:p@hunter2@host/x"}, id="an @ in a password"),
        pytest.param({"remote": "https://hunter2-hunter2-hunter2@host/x"}, id="a token as user"),
        pytest.param({"call": {"a": [{"b": {"token": "hunter2"}}]}}, id="deep inside"),
        pytest.param({"settings": Account(password="hunter2")}, id="inside a model"),
        pytest.param({"settings": Login(secret="hunter2")}, id="inside a dataclass"),
        pytest.param({"key": SecretStr("hunter2")}, id="SecretStr"),
        pytest.param({"sent": "Authorization: Bearer hunter2hunter2"}, id="bearer in a text"),
        pytest.param({"sent": "basic hunter2hunter2"}, id="basic in a text"),
        pytest.param({"sent": "POST /x?api_key=hunter2&page=1"}, id="query of an address"),
        pytest.param({"sent": '{"api_key": "hunter2"}'}, id="JSON in a text"),
        pytest.param({"error": ValueError("password='hunter2'")}, id="words of an exception"),
        pytest.param({"secrets": {"database": "hunter2"}}, id="a mapping of secrets"),
        pytest.param({"pin_tokens": {"hunter2"}}, id="inside a set"),
        pytest.param(
            {"file": "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----"}, id="PEM"
        ),
    ],
)
@pytest.mark.parametrize("form", ["json", "console"])
def test_secrets_never_reach_the_log(
    capsys: pytest.CaptureFixture[str], fields: dict[str, Any], form: Any
):
    """A value under a name that looks secret is masked, however deep it lies."""
    set_up_logs(LogSettings(format=form))

    get_logger("everloom").info("connected", **fields)

    said = capsys.readouterr().err
    assert "hunter2" not in said
    assert "**********" in said


@pytest.mark.parametrize("form", ["json", "console"])
def test_secrets_in_a_trace_never_reach_the_log(capsys: pytest.CaptureFixture[str], form: Any):
    """Words of exceptions, those behind them, and the lines of code beside them are masked."""
    set_up_logs(LogSettings(format=form))

    try:
        try:
            int("https://me:hunter2@host")
        except ValueError as error:
            raise RuntimeError("Authorization: Bearer hunter2hunter2") from error
    except RuntimeError:
        get_logger("everloom").exception("it failed")

    said = capsys.readouterr().err
    assert "RuntimeError" in said
    assert "ValueError" in said
    assert "hunter2" not in said


def test_what_is_no_secret_is_left_alone(capsys: pytest.CaptureFixture[str]):
    """Numbers, addresses without passwords, keys of objects and counts of tokens stay readable."""
    set_up_logs(LogSettings(format="json"))
    fields = {
        "rows": 5,
        "key": "imports/1.csv",
        "address": "http://127.0.0.1:8000/x",
        "tokens_used": 12,
        "done": True,
        "user": "me@host.example",
    }

    get_logger("everloom").info("the author passed the tokenizer", **fields)

    line = only_line(capsys)
    assert fields.items() <= line.items()
    assert line["event"] == "the author passed the tokenizer"


class Hidden:
    """Looks harmless as text, and is spelled with a secret."""

    @override
    def __str__(self) -> str:
        """What people see."""
        return "a client"

    @override
    def __repr__(self) -> str:
        """What a console shows."""
        return "Client(password='hunter2')"


class Unshowable:
    """Fails when it is shown."""

    @override
    def __str__(self) -> str:
        """Fail."""
        raise RuntimeError("hunter2 cannot be shown")


@pytest.mark.parametrize("form", ["json", "console"])
def test_lines_that_cannot_be_written_tell_no_secret(capsys: pytest.CaptureFixture[str], form: Any):
    """What fails while a line is made is told with its place, and without what the line holds."""
    set_up_logs(LogSettings(format=form))

    logging.getLogger("shop").warning("%d orders of %s", "many", {"password": "hunter2"})
    get_logger("shop").warning("sold", client=Hidden(), what=Unshowable())

    said = capsys.readouterr().err
    assert "hunter2" not in said
    assert "Traceback" not in said
    failed, sold = said.splitlines()
    assert "log line cannot be written" in failed
    assert "test_logs.py:" in failed
    assert "<Unshowable that cannot be shown>" in sold


def test_each_line_is_json_whatever_the_number(capsys: pytest.CaptureFixture[str]):
    """JSON has neither NaN nor infinity."""
    set_up_logs(LogSettings(format="json"))

    get_logger("shop").info("measured", rate=float("nan"), limits=[float("inf"), 1.5])

    def refuse(word: str) -> None:
        raise AssertionError(word)

    line = json.loads(capsys.readouterr().err, parse_constant=refuse)
    assert (line["rate"], line["limits"]) == ("nan", ["inf", 1.5])


def test_long_texts_hold_nobody_up():
    """A megabyte of anything is looked through in the blink of an eye, whatever it repeats."""
    for piece in ("x", "token", "token=", "://", "eyJ", "Bearer ", "-----BEGIN PRIVATE KEY-----"):
        began = time.process_time()

        masked_text(piece * (2**20 // len(piece)))

        assert time.process_time() - began < 3, piece


def test_level_of_the_settings_holds(capsys: pytest.CaptureFixture[str]):
    """What is less severe than the level is not written."""
    set_up_logs(LogSettings(level="warning"))

    get_logger("everloom").info("nothing special")

    assert capsys.readouterr().err == ""


def test_setting_up_twice_writes_each_line_once(capsys: pytest.CaptureFixture[str]):
    """The later set-up replaces the earlier one."""
    set_up_logs(LogSettings())
    set_up_logs(LogSettings(format="json"))

    get_logger("everloom").info("once")

    assert only_line(capsys)["event"] == "once"


def test_exception_is_one_json_line(capsys: pytest.CaptureFixture[str]):
    """A trace stays inside its line."""
    set_up_logs(LogSettings(format="json"))

    try:
        int("broken")
    except ValueError:
        get_logger("everloom").exception("it failed")

    assert "ValueError: invalid literal" in only_line(capsys)["exception"]


def test_lines_before_the_set_up_never_touch_standard_output():
    """A program that never set up logs keeps its standard output for data."""
    program = "from everloom.observe import get_logger; get_logger('x').warning('early')"

    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert ended.stdout == b""
    assert b"early" in ended.stderr
