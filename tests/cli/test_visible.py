"""Control characters of others never reach a terminal."""

import pytest

from everloom.cli.failures import show_error
from everloom.cli.output import Output
from everloom.cli.visible import visible
from everloom.core import Invalid

ORDER = "\x1b]0;mine\x07\x1b[2J\r\u202e\x9b31m"
SHOWN = r"\x1b]0;mine\x07\x1b[2J\r\u202e\x9b31m"


@pytest.mark.parametrize("text", ["", "plain", "Größe: 3 €\n\tnext", "日本語", "🍵"])
def test_what_is_no_order_stays(text: str) -> None:
    """Also letters of all scripts, and lines."""
    assert visible(text) == text


def test_talk_shows_orders(capsys: pytest.CaptureFixture[str]) -> None:
    """Names of tasks and details of errors are written by whoever wrote the definition."""
    Output(as_json=False).say(f"faulted    /do/0/{ORDER}")

    assert capsys.readouterr().err == f"faulted    /do/0/{SHOWN}\n"


def test_errors_show_orders(capsys: pytest.CaptureFixture[str]) -> None:
    """Other programs' words are in them."""
    show_error(Invalid(f"It said {ORDER}", hint=ORDER), as_json=False)

    said = capsys.readouterr().err
    assert said.count(SHOWN) == 2
    assert "\x1b" not in said


def test_a_result_in_a_file_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    """Only a terminal obeys."""
    Output(as_json=False).value("\u202ehidden")

    assert capsys.readouterr().out == "\u202ehidden\n"


def test_a_result_on_a_terminal_shows_orders(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A definition may give back any text."""
    monkeypatch.setenv("FORCE_COLOR", "1")

    Output(as_json=False).value(ORDER)

    assert capsys.readouterr().out == f"{SHOWN}\n"
