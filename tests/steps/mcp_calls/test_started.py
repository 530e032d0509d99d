"""`call: mcp` with a server that is started for it: a process like those of scripts."""

import asyncio
import json
import sys
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from tests.steps.mcp_calls.workshop import Caller, caller, fails, program
from tests.steps.processes.programs import marked
from tests.waiting import eventually

from everloom.flow import Deferred, Json
from everloom.settings import RunSettings

BY_HAND = """
import json, sys
for line in sys.stdin:
    asked = json.loads(line)
    if asked["method"] == "initialize":
        result = {
            "protocolVersion": asked["params"]["protocolVersion"],
            "capabilities": {},
            "serverInfo": {"name": "by hand", "version": "1"},
        }
    else:
        result = json.loads(sys.argv[1])
    if "id" in asked:
        print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": result}), flush=True)
"""
"""A server that has one answer to everything, and starts at once."""


def speaking(code: str, *arguments: str, **environment: Json) -> Json:
    """A program in Python that speaks for itself."""
    return {
        "stdio": {
            "command": sys.executable,
            "arguments": ["-c", code, *arguments],
            "environment": environment,
        }
    }


async def test_a_server_is_started_and_asked(call: Caller) -> None:
    """Over its input and output."""
    answer = await call(
        {"stdio": program()}, "tools/call", {"name": "add", "arguments": {"a": 40, "b": 2}}
    )

    assert answer["structuredContent"] == {"result": 42}


async def test_a_tool_that_fails_is_a_fault(call: Caller) -> None:
    """As over HTTP."""
    failed = {"content": [{"type": "text", "text": "the vase is broken"}], "isError": True}

    failing = call(speaking(BY_HAND, json.dumps(failed)), "tools/call", {"name": "break_it"})

    assert await fails(failing) == (
        "runtime",
        500,
        "The tool `break_it` failed: the vase is broken.",
    )


async def test_no_server_is_started_unless_the_setting_allows_it() -> None:
    """`run.allow` names them apart from scripts."""
    async with caller(run=RunSettings(allow=("script", "shell"))) as call:
        kind, status, detail = await fails(call({"stdio": program()}))

    assert (kind, status) == ("authorization", 403)
    assert """EVERLOOM_RUN__ALLOW='["script","shell","mcp-stdio"]'""" in detail


@pytest.mark.parametrize(
    ("stdio", "kind", "said"),
    [
        ({}, "configuration", "`stdio` needs a `command`"),
        ({"command": "no-such-server"}, "configuration", "no program 'no-such-server'"),
        ({"command": "sh", "arguments": "-c"}, "validation", "must be a list"),
    ],
)
async def test_a_server_that_cannot_be_started_is_a_fault(
    call: Caller, stdio: Json, kind: str, said: str
) -> None:
    """It says why."""
    found, status, detail = await fails(call({"stdio": stdio}))

    assert (found, status) == (kind, 400)
    assert said in detail


async def test_a_server_that_ends_instead_of_answering_is_a_fault(tmp_path: Path) -> None:
    """It tells what the server complained about, without secrets."""
    (tmp_path / "token").write_text("t0p-secret-token", encoding="utf-8")
    deferred = [Deferred(at="/transport/stdio/environment/TOKEN", expression="$secrets.token")]
    dying = speaking("import os, sys; sys.exit('no rights for ' + os.environ['TOKEN'])")
    async with caller(run=RunSettings(allow=("mcp-stdio",)), secrets=tmp_path) as call:
        kind, status, detail = await fails(call(dying, deferred=deferred))

    assert (kind, status) == ("runtime", 500)
    assert detail.startswith("It ended with exit code 1 instead of answering:\nno rights for")
    assert "t0p-secret" not in detail


async def test_a_server_may_say_what_is_no_message(call: Caller) -> None:
    """Lines that nobody understands are passed over."""
    there = speaking(f"print('Welcome!', flush=True)\n{BY_HAND}", '{"tools": []}')

    assert await call(there) == {"tools": []}


@pytest.mark.parametrize(
    ("code", "said"),
    [
        pytest.param(
            "print('x' * 200_000, flush=True); input()", "more than 65536 bytes", id="line"
        ),
        pytest.param(
            "import sys\nfor _ in range(1000): sys.stderr.write('x' * 4096)\nsys.exit(3)",
            "exit code 3",
            id="complaints",
        ),
        pytest.param(
            "import mmap\nheld = mmap.mmap(-1, 1 << 28)\n"
            "for _ in range(256): held.write(bytes(1 << 20))\ninput()",
            "`run.memory`",
            id="memory",
        ),
    ],
)
async def test_a_server_that_takes_too_much_is_a_fault(code: str, said: str) -> None:
    """It has the limits of scripts."""
    small = RunSettings(allow=("mcp-stdio",), output="64KiB", memory="128MiB")  # pyright: ignore[reportArgumentType]
    async with caller(run=small) as call:
        kind, status, detail = await fails(call(speaking(code)))

    assert (kind, status) == ("runtime", 500)
    assert said in detail


async def test_a_server_that_does_not_answer_is_ended_with_all_it_began() -> None:
    """After the time that processes have, where the call has no other."""
    mark = uuid4().hex
    code = (
        "import signal, subprocess, sys\n"
        "subprocess.Popen(['/bin/sh', '-c', 'sleep 30; : ' + sys.argv[1]])\n"
        "signal.pause()"
    )
    brief = RunSettings(allow=("mcp-stdio",), timeout=timedelta(milliseconds=500))
    async with caller(run=brief) as call:
        kind, status, _ = await fails(call(speaking(code, mark)))

    assert (kind, status) == ("timeout", 408)
    assert marked(mark) == []


async def test_a_cancelled_call_ends_the_server(call: Caller) -> None:
    """Nothing goes on running."""
    mark = uuid4().hex
    running = asyncio.create_task(call(speaking("import signal; signal.pause()", mark)))
    await eventually(lambda: len(marked(mark)) >= 1)

    call.environment.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running
    assert marked(mark) == []
