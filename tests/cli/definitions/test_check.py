"""`everloom definitions check`, typed."""

import pytest
from tests.cli.definitions.conftest import HELLO, Terminal

KEYS = ["code", "pointer", "line", "column", "message", "hint", "severity"]

TWO_ERRORS = """
document: {dsl: 1.0.3, namespace: samples, name: wrong, version: 1.0.0}
surprise: true
do:
  - greet:
      set: {text: hello}
      then: nowhere
"""

A_WARNING = """
document: {dsl: 1.0.3, namespace: samples, name: doubtful, version: 1.0.0}
do:
  - greet:
      set: {text: .name}
"""


async def test_a_right_definition_has_no_problems(alone: Terminal) -> None:
    """And the exit code says so."""
    outcome = await alone.type("check", alone.write("hello.yaml", HELLO), "--json")

    assert outcome.code == 0
    assert outcome.document == {"problems": []}


async def test_every_problem_is_one_object(alone: Terminal) -> None:
    """All at once, in the order of the text, each with its place."""
    outcome = await alone.type("check", alone.write("wrong.yaml", TWO_ERRORS), "--json")

    problems = outcome.document["problems"]
    assert outcome.code == 2
    assert all(list(each) == KEYS for each in problems)
    assert {each["severity"] for each in problems} == {"error"}
    assert ("/surprise", 3, 1) in {
        (each["pointer"], each["line"], each["column"]) for each in problems
    }
    assert outcome.err == ""


async def test_people_get_lines_that_an_editor_takes(alone: Terminal) -> None:
    """File, line, column; what to do below it; a summary at the end."""
    outcome = await alone.type("check", alone.write("wrong.yaml", TWO_ERRORS))

    lines = outcome.out.splitlines()
    assert outcome.code == 2
    assert any(line.startswith("wrong.yaml:3:1: error key-unknown: ") for line in lines)
    assert lines[-1].endswith("errors.") or lines[-1] == "1 error."


async def test_a_file_without_an_end_is_too_large(alone: Terminal) -> None:
    """Nobody reads it to the end."""
    outcome = await alone.type("check", "/dev/zero", "--json")

    assert outcome.code == 2
    assert "too-large" in [each["code"] for each in outcome.document["problems"]]


async def test_warnings_refuse_nothing(alone: Terminal) -> None:
    """They are listed; published examples of the standard have some."""
    outcome = await alone.type("check", alone.write("doubtful.yaml", A_WARNING), "--json")

    assert outcome.code == 0
    assert [each["severity"] for each in outcome.document["problems"]] == ["warning"]


async def test_a_definition_is_read_from_standard_input(alone: Terminal) -> None:
    """As JSON too, which is YAML."""
    outcome = await alone.type("check", "-", stdin=TWO_ERRORS)

    assert outcome.code == 2
    assert "standard input:3:1: error" in outcome.out


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(None, "file-unreadable", id="missing"),
        pytest.param(b"\xff\xfe\x00", "not-utf8", id="not text"),
        pytest.param(b"", "not-a-definition", id="empty"),
        pytest.param(b"a: [", "syntax", id="no YAML"),
        pytest.param(b"[1, 2]", "not-a-definition", id="a list"),
    ],
)
async def test_what_is_no_definition_is_a_problem_as_well(
    alone: Terminal, content: bytes | None, code: str
) -> None:
    """One shape of answer for whoever reads it."""
    if content is not None:
        (alone.folder / "odd.yaml").write_bytes(content)

    outcome = await alone.type("check", "odd.yaml", "--json")

    assert outcome.code == 2
    assert code in [each["code"] for each in outcome.document["problems"]]
    assert "Traceback" not in outcome.err
