"""Definitions run one after the other by `everloom definitions run --batch`, and what came of them."""

import importlib.util
import json
import threading
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from typing import Any

import yaml
from tests.docs.pages import ROOT
from tests.docs.terminal import Terminal

EXAMPLES = ROOT / "examples" / "definitions"
Json = Any


@dataclass(frozen=True)
class Case:
    """One run, and what must come of it."""

    name: str
    definition: str
    """Its text."""
    input: Json
    expected: Mapping[str, Json]
    events: Sequence[Json] = ()
    others: Sequence[str] = ()
    """Texts of the definitions that it may run."""

    def line(self) -> str:
        """What the list of a batch says of it."""
        told = {"definition": self.definition, "input": self.input}
        return json.dumps({**told, "with": list(self.others), "events": list(self.events)})


async def run_all(terminal: Terminal, cases: Sequence[Case]) -> dict[str, Json]:
    """Run all, and give each one's result by its name."""
    listed = "".join(f"{case.line()}\n" for case in cases)
    terminal.write("cases.jsonl", listed)
    done = await terminal.type(
        "everloom definitions run --batch cases.jsonl 2>talk.txt", within=300
    )
    talk = (terminal.folder / "talk.txt").read_text(encoding="utf-8")
    assert done.code == 0, f"{done.output}\n{talk}"
    results = [json.loads(line) for line in done.output.splitlines()]
    return {case.name: result for case, result in zip(cases, results, strict=True)}


@contextmanager
def the_world(terminal: Terminal, *modules: str) -> Generator[None]:
    """Everything that definitions of the pages and the examples call, on a port that nobody has.

    Args:
        terminal: Where they are run.
        modules: Files of Python with activities, beside those of the examples.
    """
    server = _serving()
    settings = yaml.safe_load((EXAMPLES / "everloom.yaml").read_text(encoding="utf-8"))
    address = f"http://127.0.0.1:{server.server_port}"
    settings["http"]["rewrite"] = dict.fromkeys(settings["http"]["rewrite"], address)
    settings["catalog"]["packages"] += [name.removesuffix(".py") for name in modules]
    terminal.write("everloom.yaml", yaml.safe_dump(settings))
    for name in ("archive.py", "secrets.yaml"):
        terminal.write(name, (EXAMPLES / name).read_text(encoding="utf-8"))
    answering = threading.Thread(target=server.serve_forever)
    answering.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        answering.join()


def _serving() -> ThreadingHTTPServer:
    """The server of the examples, loaded afresh: what it remembers is one test's."""
    spec = importlib.util.spec_from_file_location("definition_world", EXAMPLES / "server.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.serve(0)


def differences(case: Case, result: Mapping[str, Json]) -> list[str]:
    """What of a result is not as it has to be; what is not expected may be anything."""
    found = [
        f"{key}: {result.get(key)!r} is not {wanted!r}"
        for key, wanted in case.expected.items()
        if key in {"status", "output"} and result.get(key) != wanted
    ]
    error: dict[str, Json] = result.get("error") or {}
    for key, wanted in case.expected.get("error", {}).items():
        if error.get(key) != wanted:
            found.append(f"error.{key}: {error.get(key)!r} is not {wanted!r}")
    for key, told in _told(result).items():
        if key in case.expected and case.expected[key] != told:
            found.append(f"{key}: {told!r} is not {case.expected[key]!r}")
    return [f"{each} in {json.dumps(result)}" for each in found]


def _told(result: Mapping[str, Json]) -> dict[str, Json]:
    trace: list[dict[str, str]] = result.get("trace", [])
    events: list[dict[str, Json]] = result.get("events", [])
    return {
        "completed": [each["name"] for each in trace if each["status"] == "completed"],
        "retried": [each["name"] for each in trace if each["status"] == "retried"],
        "emitted": [each["type"] for each in events],
    }
