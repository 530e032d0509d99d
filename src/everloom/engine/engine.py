"""The embedded Temporal of a folder: start it, or join the one that runs there."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path

import psutil
from temporalio.envconfig import ClientConfigProfile

from everloom.core import format_duration
from everloom.settings import EngineSettings, Settings, temporal_environment

from .binary import find_binary
from .claim import Claim, Holder, Process, Running, folder_invalid, read_holder, try_claim
from .command import Listening, server_command
from .errors import EngineFailed, EngineHeld
from .ports import choose_port
from .server import Server, answers, launch

LOOK_EVERY = 0.05
"""Seconds between two looks at a folder that somebody else holds."""

ATTEMPTS = 3
"""Starts with other ports, when somebody takes a free one between our look and the server's."""


class Engine:
    """A Temporal that answers. Ours to stop, unless we joined it."""

    def __init__(
        self,
        folder: Path,
        running: Running,
        *,
        server: Server | None,
        since: datetime | None = None,
        notes: tuple[str, ...] = (),
    ) -> None:
        self.folder = folder
        """Where its database, log and lock live."""
        self.address = running.address
        """Where clients find it: `127.0.0.1:7233`."""
        self.ui_url = running.ui_url
        """Temporal's own web interface; None when it is switched off."""
        self.namespace = running.namespace
        self.pid = running.server.pid
        """Pid of the server."""
        self.notes = notes
        """What a person should be told, for example that a port was taken."""
        self.since = since
        """When a joined engine was started; None when it is ours."""
        self._process = running.server
        self._server = server

    @property
    def joined(self) -> bool:
        """Whether another process started it, and will stop it."""
        return self._server is None

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.folder / "temporal.log"

    async def wait(self) -> None:
        """Wait until the server has ended, for whatever reason."""
        if self._server is not None:
            await self._server.wait()
            return
        while True:
            if self._process.find() is None:
                return
            await asyncio.sleep(LOOK_EVERY)

    async def stop(self) -> None:
        """End the server in order; a joined one is left alone."""
        if self._server is not None:
            await self._server.stop()


def engine_needed(settings: Settings) -> bool:
    """Whether no address of a Temporal is given, by `TEMPORAL_ADDRESS` or a profile.

    A profile that cannot be read is no reason to start anything: connecting says what is wrong.
    """
    environment = temporal_environment()
    chosen = settings.temporal.config_file
    named = settings.path(chosen) if chosen else environment.get("TEMPORAL_CONFIG_FILE")
    try:
        profile = ClientConfigProfile.load(
            settings.temporal.profile,
            config_source=Path(named) if named else None,
            config_file_strict=True,
            override_env_vars=environment,
        )
    except RuntimeError:
        return False
    # The SDK passes over a named file that is missing; an address was meant to stand in it.
    return not profile.address and not (named and not Path(named).is_file())


@asynccontextmanager
async def embedded_engine(settings: Settings) -> AsyncGenerator[Engine]:
    """The engine of the settings' folder, stopped at the end if it was started here.

    Raises:
        BinaryMissing, BinaryInvalid: There is nothing to start.
        EngineFolderInvalid: The folder cannot be used.
        EngineHeld: Another process holds the folder, and what it runs does not answer.
        EngineFailed: The server ended, or did not answer in time.
        PortTaken: A port that was asked for is in use.
    """
    engine = await start_engine(settings)
    try:
        yield engine
    finally:
        await engine.stop()


async def start_engine(settings: Settings) -> Engine:
    """Start the engine of the settings' folder, or join it; `stop` it afterwards.

    Raises:
        BinaryMissing, BinaryInvalid: There is nothing to start.
        EngineFolderInvalid: The folder cannot be used.
        EngineHeld: Another process holds the folder, and what it runs does not answer.
        EngineFailed: The server ended, or did not answer in time.
        PortTaken: A port that was asked for is in use.
    """
    folder = settings.path(settings.engine.folder)
    try:
        async with asyncio.timeout(settings.engine.start_timeout.total_seconds()):
            claim_or_engine = await _claim_or_join(folder)
    except TimeoutError:
        raise _held(folder, settings.engine) from None
    if isinstance(claim_or_engine, Engine):
        return claim_or_engine
    claim = claim_or_engine
    try:
        return await _start(settings, folder, claim)
    finally:
        claim.close()


async def _claim_or_join(folder: Path) -> Claim | Engine:
    """The folder if it is free, else the engine in it, whichever is first."""
    while (claim := try_claim(folder)) is None:
        holder = read_holder(folder)
        if holder is not None and (engine := await _join(folder, holder)) is not None:
            return engine
        await asyncio.sleep(LOOK_EVERY)
    return claim


async def _join(folder: Path, holder: Holder) -> Engine | None:
    """The holder's engine when it answers. One whose owner is gone is ended instead."""
    running = holder.running
    if running is None:
        return None
    if holder.owner.find() is None:
        _end_orphan(running.server)
        return None
    if not await answers(running.address, running.namespace):
        return None
    return Engine(folder, running, server=None, since=holder.since)


def _end_orphan(server: Process) -> None:
    """Kill a server that outlived its owner; its launcher does the same where there still is one."""
    found = server.find()
    if found is not None:
        with suppress(psutil.NoSuchProcess):  # it may end this moment
            found.kill()


async def _start(settings: Settings, folder: Path, claim: Claim) -> Engine:
    binary = await find_binary(settings)
    for _ in range(ATTEMPTS - 1):
        try:
            return await _try_to_start(settings, folder, claim, binary)
        except EngineFailed as error:
            if "address already in use" not in error.message:
                raise
    return await _try_to_start(settings, folder, claim, binary)


async def _try_to_start(settings: Settings, folder: Path, claim: Claim, binary: Path) -> Engine:
    wanted = settings.engine
    listening, notes = _choose_ports(wanted)
    command = server_command(
        binary,
        folder / "temporal.db",
        listening,
        namespace=wanted.namespace,
        tuned=wanted.tuned,
        one_partition=_keeps_one_partition(folder, tuned=wanted.tuned),
    )
    try:
        server = launch(command, log=folder / "temporal.log", lock=claim.descriptor)
    except OSError as error:
        raise folder_invalid(folder, error) from error
    try:
        await server.wait_until_ready(
            listening, namespace=wanted.namespace, within=wanted.start_timeout
        )
        running = Running(
            server=Process.of(server.pid),
            address=listening.address,
            ui_url=listening.ui_url,
            namespace=wanted.namespace,
        )
        claim.publish(running)
    except BaseException:
        server.kill()  # also when we are cancelled: nothing may be left behind
        raise
    return Engine(folder, running, server=server, notes=notes)


def _keeps_one_partition(folder: Path, *, tuned: bool) -> bool:
    """Whether the database has never had queues in several partitions.

    A mark beside it says so. One of an older version has none, and a stock server takes it away.
    """
    mark = folder / "one-partition"
    if not tuned:
        mark.unlink(missing_ok=True)
    elif not (folder / "temporal.db").exists():
        mark.touch()
    return mark.exists()


def _choose_ports(wanted: EngineSettings) -> tuple[Listening, tuple[str, ...]]:
    defaults = EngineSettings()
    port = choose_port(wanted.ip, wanted.port, default=defaults.port, setting="engine.port")
    if not wanted.ui:
        return Listening(ip=wanted.ip, port=port.port, ui_port=None), _notes(port.note)
    ui = choose_port(wanted.ip, wanted.ui_port, default=defaults.ui_port, setting="engine.ui_port")
    listening = Listening(ip=wanted.ip, port=port.port, ui_port=ui.port, ui_codec=wanted.ui_codec)
    return listening, _notes(port.note, ui.note)


def _notes(*notes: str) -> tuple[str, ...]:
    return tuple(note for note in notes if note)


def _held(folder: Path, wanted: EngineSettings) -> EngineHeld:
    holder = read_holder(folder)
    who = holder.sentence() if holder is not None else "a process that has not said who it is"
    return EngineHeld(
        f"The engine's folder {str(folder)!r} is held by {who}, "
        f"and no Temporal answered there within {format_duration(wanted.start_timeout)}.",
        hint="Stop that process, or set `engine.folder` to another folder.",
    )
