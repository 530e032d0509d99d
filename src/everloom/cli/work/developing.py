"""Everything on one machine: Temporal, workers, API, and a first run if wished.

Each part is a process of its own; this one holds them together and imports no application code.
"""

import asyncio
import json
import signal
import socket
from contextlib import AsyncExitStack
from dataclasses import dataclass

from everloom.cli.exits import AWAY
from everloom.cli.failures import UsageInvalid, exit_code, find_ours, show_error
from everloom.cli.output import Output
from everloom.engine import Engine, embedded_engine, engine_needed, free_port, port_holder
from everloom.observe import follow_orders, set_up_logs
from everloom.settings import Loaded, Settings, load_with_sources
from everloom.store import has_store
from everloom.worker import Companion, CompanionDown, Supervisor, TetheredCommand, WorkerOptions

from .decoding import codec_environment, with_codec

LOOK_EVERY = 1.0
"""Seconds between two looks whether anybody has made a project."""


@dataclass(frozen=True, kw_only=True)
class Develop:
    """What was typed."""

    run: str | None
    input: str | None
    id: str | None
    once: bool
    reload: bool


def develop(call: Develop) -> int:
    """Run everything until Ctrl-C, or until the one run has ended; return the exit code."""
    try:
        return asyncio.run(_develop(call, Output(as_json=False)))
    except Exception as error:
        ours = find_ours(error)
        if ours is None:
            raise
        show_error(ours, as_json=call.once)
        return exit_code(ours)


async def _develop(call: Develop, out: Output) -> int:
    _check(call)
    loaded = load_with_sources()
    set_up_logs(loaded.settings.log)
    follow_orders(loaded.settings)
    async with AsyncExitStack() as stack:
        supervisor = _supervisor(loaded, call)
        stack.push_async_callback(supervisor.close)
        await supervisor.warm_up()
        place = _ApiPlace.choose(loaded.settings, out)
        engine = None
        if engine_needed(loaded.settings):
            wanted = with_codec(loaded.settings, place.url)
            engine = await stack.enter_async_context(embedded_engine(wanted))
            for note in engine.notes:
                out.say(note)
        return await _Stage(call, loaded, engine, supervisor, out, place=place).play()


def _supervisor(loaded: Loaded, call: Develop) -> Supervisor:
    options = WorkerOptions(
        processes=1,
        reload=call.reload,
        any_health_port=True,
        may_idle=call.run is None,
        tell=lambda error: show_error(error, as_json=False),
    )
    return Supervisor(loaded, options)


def _check(call: Develop) -> None:
    if call.run is None and (call.once or call.input is not None or call.id is not None):
        raise UsageInvalid(
            "`--once`, `--input` and `--id` say something about a run, and there is none.",
            hint="Name the workflow: `--run WORKFLOW`.",
        )
    if call.input == "@-":
        raise UsageInvalid(
            "`everloom dev` cannot read an input from standard input.",
            hint="Write it into a file: `--input @input.json`.",
        )


@dataclass(frozen=True)
class _ApiPlace:
    """Where the API listens. Known before Temporal starts, whose web interface may ask it."""

    host: str
    port: int

    @classmethod
    def choose(cls, settings: Settings, out: Output) -> "_ApiPlace":
        """The place of the settings, with a free port when that one is taken."""
        host = settings.api.host
        return cls(host, _choose_port(host, settings.api.port, out))

    @property
    def url(self) -> str:
        """Its address for a browser."""
        return (
            f"http://[{self.host}]:{self.port}"
            if ":" in self.host
            else f"http://{self.host}:{self.port}"
        )


class _Stage:
    """The parts that play together, once Temporal is there."""

    def __init__(
        self,
        call: Develop,
        loaded: Loaded,
        engine: Engine | None,
        supervisor: Supervisor,
        out: Output,
        *,
        place: "_ApiPlace",
    ) -> None:
        self._call = call
        self._settings = loaded.settings
        self._out = out
        self._engine = engine
        self._environment = _environment(engine)
        self._engine_lost = False
        self._api_url = place.url
        self._api = Companion(
            # Quiet: `Ready` names the address, once.
            ["api", "--host", place.host, "--port", str(place.port), "--quiet"],
            {**self._environment, **codec_environment(loaded.settings, engine)},
            place=(place.host, place.port),
            lasting=call.reload,
        )
        # Quiet as well: what its projects do is seen where one looks at projects.
        self._host = Companion(["host"], self._environment, lasting=True)
        self._supervisor = supervisor
        supervisor.on_reload(self._api.change)
        supervisor.on_reload(self._host.change)

    async def play(self) -> int:
        """Play the story; then end the workers, and after them the API."""
        workers = asyncio.create_task(self._supervisor.run(self._environment))
        api = asyncio.create_task(self._api.run())
        guard = asyncio.create_task(self._guard())
        projects = asyncio.create_task(self._carry_projects())
        story = asyncio.create_task(self._story())
        try:
            await asyncio.wait([story, workers, api, guard], return_when=asyncio.FIRST_COMPLETED)
            told = story.result() if story.done() else None
            self._supervisor.stop()
            drained = await workers
        finally:
            for task in (story, guard, projects):
                task.cancel()
            self._api.stop()
            await asyncio.gather(story, guard, projects, return_exceptions=True)
            await api
        if self._engine_lost:
            return AWAY
        return drained if told is None else told

    async def _story(self) -> int:
        """Wait until all answer, say so, run what shall run. Ends only with `--once`."""
        await self._supervisor.ready.wait()
        await self._api.wait_until_answers()
        self._say_ready()
        if self._call.run is not None:
            code = await self._run(self._call.run)
            if self._call.once:
                return code
            self._out.say("Everything stays up, and follows what you save. Ctrl-C ends it.")
        return await asyncio.get_running_loop().create_future()

    async def _carry_projects(self) -> None:
        """Be a host, from the moment there is a place where projects can be."""
        if self._call.once:
            return
        await self._supervisor.ready.wait()
        while not has_store(self._settings):  # noqa: ASYNC110 - another process makes it
            await asyncio.sleep(LOOK_EVERY)
        await self._host.run()

    async def _run(self, workflow: str) -> int:
        """One run, by the command that everybody uses for it."""
        call = self._call
        command = await TetheredCommand.start(
            [
                "run",
                workflow,
                "--follow",
                *(["--input", call.input] if call.input is not None else []),
                *(["--id", call.id] if call.id is not None else []),
                *(["--json"] if call.once else []),
            ],
            self._environment,
            captured=call.once,
        )
        try:
            output = await command.output()
            code = await asyncio.shield(command.ended)
        finally:
            await command.end()
        if call.once:
            self._print_result(output)
        return code

    def _print_result(self, output: bytes) -> None:
        """The result alone, or the error as the run's command gave it."""
        try:
            document = json.loads(output)
        except ValueError:
            raise CompanionDown(
                "`everloom run` ended without a result.", hint="What it said stands above."
            ) from None
        self._out.document(document if "error" in document else document["result"])

    async def _guard(self) -> None:
        """Notice that the Temporal of this folder has ended, whoever started it."""
        if self._engine is None:
            await asyncio.get_running_loop().create_future()
            return
        await self._engine.wait()
        self._engine_lost = True
        whose = "of the other `everloom dev` " if self._engine.joined else ""
        self._out.say(f"The Temporal {whose}has ended; nothing can go on without it.")
        self._supervisor.kill(signal.SIGTERM)

    def _say_ready(self) -> None:
        engine = self._engine
        rows = [("API", f"{self._api_url}/docs")]
        if engine is not None and engine.ui_url is not None:
            rows.append(("Temporal UI", engine.ui_url))
        rows.append(("Health", f"{self._supervisor.health_address}/readyz"))
        if engine is not None:
            joined = " (joined: another process runs it)" if engine.joined else ""
            rows.append(("Temporal", f"{engine.address}, namespace {engine.namespace}{joined}"))
        self._out.say("Ready")
        for name, value in rows:
            self._out.say(f"  {name:<12} {value}")


def _environment(engine: Engine | None) -> dict[str, str]:
    """How every part reaches the same Temporal."""
    if engine is None:
        return {}
    return {"TEMPORAL_ADDRESS": engine.address, "TEMPORAL_NAMESPACE": engine.namespace}


def _choose_port(host: str, wanted: int, out: Output) -> int:
    """The wanted port, or a free one that is named."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, wanted))
        except OSError:
            port = free_port(host)
            out.say(
                f"Port {wanted} (`api.port`) is taken by {port_holder(wanted)}; "
                f"the API uses {port} instead."
            )
            return port
    return wanted
