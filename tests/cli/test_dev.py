"""`everloom dev`, as people and programs use it: real processes, a real Temporal of its own."""

import base64
import json
import re
import signal
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import psutil
import pytest
import yaml
from tests.waiting import eventually
from tests.worker.commands import Command, everloom

from everloom.engine import Engine, free_port
from everloom.temporal import TemporalService, count_runs

NAPPING = Path(__file__).parents[1] / "worker" / "napping.py"


class Folder:
    """A checkout with one application and settings of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.code = path / "napper" / "work.py"
        self.code.parent.mkdir()
        (self.code.parent / "__init__.py").touch()
        source = NAPPING.read_text(encoding="utf-8")
        self.code.write_text(source.replace("queue-under-test", "standard"), encoding="utf-8")
        settings = {
            "catalog": {"packages": ["napper"]},
            "engine": {"port": free_port(), "ui_port": free_port()},
            "worker": {"health_port": 0},
            "api": {"port": free_port()},
        }
        self.settle(**settings)

    def serve(self, queue: str) -> None:
        """Serve a queue that no other test has."""
        source = self.code.read_text(encoding="utf-8").replace('"standard"', f'"{queue}"')
        self.code.write_text(source, encoding="utf-8")
        self.settle(queues={"bind": {queue: "standard"}})

    def settle(self, **sections: Any) -> None:
        """Write the settings, with these sections besides those there are."""
        file = self.path / "everloom.yaml"
        known: dict[str, Any] = yaml.safe_load(file.read_text("utf-8")) if file.exists() else {}
        file.write_text(yaml.safe_dump(known | sections), encoding="utf-8")

    @asynccontextmanager
    async def dev(self, *arguments: str, **environment: str) -> AsyncGenerator[Command]:
        """`everloom dev` in this folder; whatever it left behind is killed at the end."""
        async with everloom(self.path, "dev", *arguments, environment=environment) as command:
            yield command


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A folder in which nothing has run yet."""
    return Folder(tmp_path)


def addresses(command: Command) -> dict[str, str]:
    """What is said below `Ready`."""
    below = command.said[command.said.index("Ready") + 1 :]
    rows = [re.fullmatch(r"  (\S+(?: \S+)*?) {2,}(.+)", line) for line in below]
    return {row[1]: row[2] for row in rows if row is not None}


def answers(address: str) -> bool:
    """Whether a GET is answered with 200."""
    try:
        with urlopen(address, timeout=10) as answer:  # noqa: S310 - our own address
            return answer.status == 200
    except URLError:
        return False


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    headers: Mapping[str, str]
    body: bytes


def ask(address: str, body: Any = None, **headers: str) -> Answer:
    """GET, or POST something as JSON."""
    data = None if body is None else json.dumps(body).encode()
    headers["Content-Type"] = "application/json"
    with urlopen(Request(address, data, headers), timeout=10) as answer:  # noqa: S310 - our own address
        return Answer(answer.headers, answer.read())


def text_as_sent(text: str) -> str:
    """A text as payloads have it in JSON."""
    return base64.b64encode(text.encode()).decode()


async def test_once_prints_the_result_alone_and_leaves_nothing(folder: Folder):
    """Standard output is one JSON document; afterwards no process is left, and the exit code is 0."""
    async with folder.dev("--run", "napping", "--input", "0.1", "--once") as dev:
        await dev.says("Ready", within=40)
        family = dev.children()

        assert await dev.exit_code(within=40) == 0

    assert json.loads(dev.output) == "slept"
    assert not any(process.is_running() for process in family)


async def test_once_gives_a_failed_run_as_json(folder: Folder):
    """A run that fails ends the command with 1; the error is the document and a sentence."""
    folder.code.write_text(
        folder.code.read_text(encoding="utf-8").replace('note("nap")', "raise activity_failed()")
        + "\n\ndef activity_failed() -> Exception:\n"
        "    from temporalio.exceptions import ApplicationError\n\n"
        '    return ApplicationError("out of beds", non_retryable=True)\n',
        encoding="utf-8",
    )
    async with folder.dev("--run", "napping", "--input", "1", "--once") as dev:
        assert await dev.exit_code(within=60) == 1

    document = json.loads(dev.output)
    assert set(document) == {"error"}
    talk = "\n".join(dev.said)
    assert "out of beds" in talk
    assert "Traceback" not in talk
    assert "activity failed" in [line["event"] for line in dev.lines]


async def test_broken_code_with_once_ends_with_2(folder: Folder):
    """Nothing waits for a mending hand where nobody is there; the problem is the document."""
    folder.code.write_text("import nothing_of_this_name\n", encoding="utf-8")
    async with folder.dev("--run", "napping", "--once") as dev:
        assert await dev.exit_code(within=40) == 2

    assert json.loads(dev.output)["error"]["code"] in {"worker-code-invalid", "companion-down"}


async def test_stays_up_serves_and_reloads_until_ctrl_c(folder: Folder):
    """API docs, Temporal's UI and health answer; saved code is served; Ctrl-C ends all with 0.

    A second `everloom dev` joins the Temporal of the first, takes other ports, and leaves it running.
    """
    async with folder.dev("--run", "greeting") as dev:
        await dev.says("Everything stays up", within=40)
        assert dev.output == b""
        found = addresses(dev)
        assert answers(found["API"])
        assert answers(found["Temporal UI"])
        assert answers(found["Health"])
        with pytest.raises(HTTPError, match="404"):  # nothing to decode: nobody is let in
            ask(found["API"].replace("/docs", "/codec/decode"), {"payloads": []})

        async with folder.dev("--run", "greeting", "--once") as second:
            assert await second.exit_code(within=60) == 0
            assert "(joined" in addresses(second)["Temporal"]
            assert addresses(second)["API"] != found["API"]
            assert json.loads(second.output) == "hello"
        assert answers(found["Health"])

        source = folder.code.read_text(encoding="utf-8")
        folder.code.write_text(source.replace('"hello"', '"good evening"'), encoding="utf-8")
        await dev.event("worker reloaded")
        await eventually(lambda: answers(found["API"]))

        dev.signal(signal.SIGINT)
        assert await dev.exit_code(within=30) == 0
    assert dev.output.strip() == b"hello", dev.said
    assert len([line for line in dev.said if "API" in line]) == 1  # not again at each reload


async def test_temporals_web_interface_shows_what_is_encrypted(folder: Folder):
    """It is told where the codec is, its page may ask there, and no other page may; the words come back."""
    secret = base64.b64encode(b"." * 32).decode()
    folder.settle(payloads={"encrypt_with": "2026", "keys": {"2026": secret}})
    async with folder.dev("--run", "greeting", "--id", "sealed") as dev:
        await dev.says("Everything stays up", within=40)
        found = addresses(dev)
        page, api = found["Temporal UI"], found["API"].removesuffix("/docs")

        codec = json.loads(ask(f"{page}/api/v1/settings").body)["Codec"]["Endpoint"]
        assert codec == f"{api}/codec"
        run = f"{page}/api/v1/namespaces/default/workflows/sealed/history"
        last = json.loads(ask(run).body)["history"]["events"][-1]
        result = last["workflowExecutionCompletedEventAttributes"]["result"]
        assert result["payloads"][0]["metadata"]["encoding"] == text_as_sent("binary/encrypted")

        answer = ask(f"{codec}/decode", result, Origin=page)
        assert answer.headers["Access-Control-Allow-Origin"] == page
        [payload] = json.loads(answer.body)["payloads"]
        assert payload["data"] == text_as_sent('"hello"')
        with pytest.raises(HTTPError, match="403"):
            ask(f"{codec}/decode", result, Origin="http://elsewhere.test")


async def test_killed_dev_leaves_no_process(folder: Folder):
    """After kill -9 workers, API and Temporal end; the next start finds a free folder."""
    async with folder.dev() as dev:
        await dev.says("Ready", within=40)
        family = dev.children()
        assert len(family) >= 3

        dev.process.kill()

        await eventually(lambda: not any(_lives(process) for process in family), within=10)


async def test_nothing_is_started_where_temporal_is_given(folder: Folder, engine: Engine):
    """With `TEMPORAL_ADDRESS` set, that Temporal is used and the folder stays without one."""
    folder.serve("dev-with-a-given-temporal")

    async with folder.dev("--run", "greeting", "--once", TEMPORAL_ADDRESS=engine.address) as dev:
        assert await dev.exit_code(within=60) == 0

    assert json.loads(dev.output) == "hello"
    assert not (folder.path / ".everloom" / "temporal.db").exists()


async def test_an_edit_that_breaks_an_open_run_is_held(
    folder: Folder, engine: Engine, temporal: TemporalService
):
    """The place and the run are told, and the old code goes on."""
    folder.serve("dev-with-an-open-run")
    nap = ("--run", "napping", "--input", "60", "--id", "a-long-nap")
    async with folder.dev(*nap, TEMPORAL_ADDRESS=engine.address) as dev:
        await dev.event("watching for changes", within=40)
        await eventually((folder.path / "notes.txt").exists, within=40)
        await eventually(lambda: _is_listed(temporal, "a-long-nap"))

        source = folder.code.read_text(encoding="utf-8")
        folder.code.write_text(source.replace('name="nap"', 'name="doze"'), encoding="utf-8")

        await dev.says("code: edit-breaks-runs")
        said = "\n".join(dev.said)
        assert "would break 1 running workflow" in said
        assert "a-long-nap" in said
        assert "activity `nap`, the code with activity `doze`" in said
        assert dev.events("worker reloaded") == []
        await temporal.terminate_workflow("a-long-nap", None, "no more needed")


async def _is_listed(temporal: TemporalService, id: str) -> bool:
    return await count_runs(temporal, f"WorkflowId = '{id}' AND CloseTime IS NULL") == 1


async def test_once_without_a_run_is_refused(folder: Folder):
    """`--once` alone has nothing to print."""
    async with folder.dev("--once") as dev:
        assert await dev.exit_code() == 2

    assert json.loads(dev.output)["error"]["code"] == "usage"


def _lives(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
