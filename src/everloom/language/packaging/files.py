"""The files of an ejected package. It runs with its own commands, and replays the runs made before."""

import json
import shlex
import sys
from collections.abc import Mapping

from everloom.language.compiling import Compiled
from everloom.language.compiling.docstrings import docstring, sentence
from everloom.language.compiling.literals import text_literal
from everloom.language.definition import Definition, FunctionCatalog, Json

from .samples import sample_of
from .stubs import Stub, stubs_of

_LONGEST_NAME = 60
_TAKEN = sys.stdlib_module_names | {
    "everloom",
    "google",
    "pydantic",
    "pytest",
    "temporalio",
    "tests",
}


def package_files(
    definition: Definition,
    compiled: Compiled,
    *,
    functions: FunctionCatalog | None = None,
    histories: Mapping[str, Json] | None = None,
) -> dict[str, str]:
    """The files of the package, by their paths in it.

    Args:
        definition: The definition.
        compiled: What it was compiled to.
        functions: Functions of the default catalog, for typed stubs of those that are called.
        histories: Histories of runs, by a name; the package's tests replay them.
    """
    package = _package_name(compiled)
    stubs = stubs_of(compiled.activities, functions or {})
    tests = {
        f"tests/histories/{name}.json": _json(history)
        for name, history in (histories or {}).items()
    }
    return {
        "pyproject.toml": _project(definition, package),
        "README.md": _readme(definition, compiled, package),
        "definition.json": _json(definition.value),
        f"{package}/__init__.py": _init(definition),
        f"{package}/workflow.py": compiled.source,
        f"{package}/activities.py": _activities(stubs),
        f"{package}/worker.py": _worker(definition, compiled),
        "tests/conftest.py": _conftest(definition, compiled, package, stubs),
        "tests/test_run.py": _test_run(),
        "tests/test_replay.py": _test_replay(compiled, package),
        **tests,
    }


def _package_name(compiled: Compiled) -> str:
    """A name that hides no module that the package, or what it imports, needs."""
    name = compiled.module_name[:_LONGEST_NAME]
    return f"{name}_workflow" if name in _TAKEN else name


def _json(value: Json) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _toml(text: str) -> str:
    """A text of TOML; JSON writes the same, but for one character and those beyond 16 bits."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _title(definition: Definition) -> str:
    return " ".join((definition.model.document.title or definition.name).split())


def _init(definition: Definition) -> str:
    return "\n".join(docstring(sentence(_title(definition)), 0)) + "\n"


def _project(definition: Definition, package: str) -> str:
    name = f"{definition.namespace}-{definition.name}".lower()
    return f"""\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = {_toml(name)}
version = {_toml(definition.version)}
description = {_toml(_title(definition))}
readme = "README.md"
requires-python = ">=3.11"
dependencies = ["everloom[dev,grpc,mcp]"]

[project.optional-dependencies]
test = ["everloom[testing]"]

[project.scripts]
{package.replace("_", "-")} = "{package}.worker:main"

[tool.hatch.build.targets.wheel]
packages = ["{package}"]

[tool.pytest.ini_options]
pythonpath = ["."]
asyncio_mode = "auto"
asyncio_default_fixture_loop_scope = "function"

[tool.ruff]
line-length = 100
"""


def _readme(definition: Definition, compiled: Compiled, package: str) -> str:
    summary = definition.model.document.summary
    about = f"\n{summary.strip()}\n" if summary else ""
    return f"""\
# {_title(definition)}
{about}
The workflow `{definition.type_name}` in Python. It was compiled from `definition.json`; from here on
the Python is yours to change.

| file | holds |
|---|---|
| `{package}/workflow.py` | the workflow: class `{compiled.class_name}`, a method for each task |
| `{package}/activities.py` | what it calls |
| `{package}/worker.py` | the worker, and the commands below |
| `tests/` | a run on a real Temporal, and the replay of runs |

```shell
python -m pip install -e '.[test]'
python -m {package}.worker run --input {shlex.quote(json.dumps(_sample(definition)))}
python -m {package}.worker serve
python -m pytest
```

`run` and `serve` reach Temporal as the `temporal` command does: by `TEMPORAL_ADDRESS`, a profile, or
at `localhost:7233` (`temporal server start-dev`). What calls may reach, run and know is said by the
settings of Everloom: `everloom settings http run secrets`.

Runs that began before a change go on with the changed code. Record a history of one and put it into
`tests/histories` before you change what a run does: `python -m pytest` tells whether it replays.
"""


def _activities(stubs: list[Stub]) -> str:
    imports = sorted({each.imported for each in stubs if each.imported})
    needs_stubs = any(not each.imported for each in stubs)
    lines = ['"""What the workflow calls in the world outside."""', ""]
    lines.append("from collections.abc import Callable, Sequence")
    lines.append(
        f"from typing import Any{', TypedDict' if any(each.types for each in stubs) else ''}"
    )
    lines += [
        "",
        "from everloom.settings import load_settings",
        "from everloom.steps import step_activities",
    ]
    lines += imports
    if needs_stubs:
        lines.append("from temporalio import activity")
    for each in stubs:
        if each.lines:
            lines += ["", "", *each.lines]
    names = "".join(f", {each.function}" for each in stubs)
    lines += [
        "",
        "",
        "def activities() -> Sequence[Callable[..., Any]]:",
        '    """Everything that a worker of this workflow has to serve."""',
        f"    return [*step_activities(load_settings()){names}]",
    ]
    return "\n".join(lines) + "\n"


def _worker(definition: Definition, compiled: Compiled) -> str:
    cls = compiled.class_name
    queue = text_literal(f"{definition.namespace}-{definition.name}")
    return f'''\
"""The worker of the workflow, and its commands: `serve` and `run`."""

import argparse
import asyncio
import json
from typing import Any
from uuid import uuid4

from everloom.plugin import EverloomPlugin
from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.worker import Worker

from .activities import activities
from .workflow import {cls}

QUEUE = {queue}


async def connect() -> Client:
    """Reach Temporal as the `temporal` command does."""
    config: Any = ClientConfig.load_client_connect_config()
    return await Client.connect(
        config.pop("target_host", "localhost:7233"), **config, plugins=[EverloomPlugin()]
    )


def worker(client: Client) -> Worker:
    """A worker for the workflow and all that it calls."""
    return Worker(client, task_queue=QUEUE, workflows=[{cls}], activities=activities())


async def serve() -> None:
    """Serve the workflow until the process is ended."""
    await worker(await connect()).run()


async def run(given: Any) -> Any:
    """Run the workflow once, and give back its output."""
    client = await connect()
    async with worker(client):
        return await client.execute_workflow(
            {cls}.run, given, id=f"{{QUEUE}}-{{uuid4()}}", task_queue=QUEUE
        )


def main() -> None:
    """Do what was typed."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="serve the workflow")
    running = commands.add_parser("run", help="run the workflow once")
    running.add_argument("--input", default="null", help="its input, as JSON")
    typed = parser.parse_args()
    if typed.command == "serve":
        asyncio.run(serve())
    else:
        print(json.dumps(asyncio.run(run(json.loads(typed.input))), indent=2))  # noqa: T201


if __name__ == "__main__":
    main()
'''


def _sample(definition: Definition) -> Json:
    given = definition.model.input
    schema = given.schema_.document if given and given.schema_ else None
    return sample_of(schema)


def _conftest(definition: Definition, compiled: Compiled, package: str, stubs: list[Stub]) -> str:
    cls = compiled.class_name
    names = [name for name in compiled.activities if name.startswith("everloom.")]
    names += [each.wire_name for each in stubs]
    fakes = "".join(f"    {text_literal(name)}: answer,\n" for name in names)
    answers = f"\n{fakes}" if fakes else ""
    return f'''\
"""One run of the workflow on a real Temporal, with stand-ins for what it calls."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from everloom.flow import STATE_QUERY
from temporalio.client import WorkflowHandle

from {package}.activities import activities
from {package}.workflow import {cls}

INPUT = json.loads({text_literal(json.dumps(_sample(definition)))})


async def answer(given: Any) -> Any:
    """What every call answers here. Give each of them an answer of its own as you need it."""
    return {{}}


FAKES = {{{answers}}}


@pytest.fixture
async def run(everloom_worker: Any, everloom_temporal: Any) -> AsyncIterator[WorkflowHandle]:
    """A run that has ended, or that waits for an event; everything else would be a mistake."""
    async with everloom_worker({cls}, *activities(), fakes=FAKES) as worker:
        client = await everloom_temporal.get_client()
        handle = await client.start_workflow(
            {cls}.run, INPUT, id="{package}-test", task_queue=worker.queue
        )
        ended = asyncio.ensure_future(handle.result())
        while not ended.done() and not (await handle.query(STATE_QUERY))["listening"]:
            await asyncio.wait([ended], timeout=0.1)
        if not ended.done():
            await handle.terminate()
        await asyncio.wait([ended])
        ended.exception()
        yield handle
'''


def _test_run() -> str:
    return '''\
"""What a run of the workflow comes to."""

from temporalio.client import WorkflowFailureError, WorkflowHandle
from temporalio.exceptions import ApplicationError


async def test_a_run_comes_to_its_end(run: WorkflowHandle) -> None:
    """A run ends by its output, by a fault of its own, or it waits for an event."""
    try:
        await run.result()
    except WorkflowFailureError as error:
        cause = error.cause
        # A fault carries its problem (RFC 7807); a mistake in the code would not.
        assert not isinstance(cause, ApplicationError) or cause.details, str(cause)
'''


def _test_replay(compiled: Compiled, package: str) -> str:
    cls = compiled.class_name
    return f'''\
"""Runs that were made before go on with today's code."""

from pathlib import Path

from everloom.plugin import EverloomPlugin
from temporalio.client import WorkflowHandle, WorkflowHistory
from temporalio.worker import Replayer

from {package}.workflow import {cls}

HISTORIES = Path(__file__).parent / "histories"


async def test_a_run_replays(run: WorkflowHandle) -> None:
    """The run that was just made replays."""
    replayer = Replayer(workflows=[{cls}], plugins=[EverloomPlugin()])

    await replayer.replay_workflow(await run.fetch_history())


async def test_runs_of_before_replay() -> None:
    """So does every history in `histories/`: what `temporal workflow show --output json` writes."""
    replayer = Replayer(workflows=[{cls}], plugins=[EverloomPlugin()])

    for path in sorted(HISTORIES.glob("*.json")):
        history = WorkflowHistory.from_json(path.stem, path.read_text(encoding="utf-8"))
        await replayer.replay_workflow(history)
'''
