"""What can be looked at without Temporal: the code, folders, ports."""

import asyncio
import json
import os
import tempfile
from collections.abc import Sequence, Sized
from pathlib import Path
from uuid import uuid4

from everloom.catalog import Catalog, discover, open_providers
from everloom.core import EverloomError
from everloom.engine import engine_needed, find_binary, find_engine, port_holder
from everloom.objects import open_objects
from everloom.settings import Settings
from everloom.temporal import TemporalService

from .findings import Finding, error, from_error, ok, warning

PATIENCE = 2.0
"""Seconds that something on this machine may take to answer."""


def look_at_code(settings: Settings) -> tuple[Catalog | None, list[Finding]]:
    """What the packages declare; None when something is wrong with them."""
    try:
        catalog = discover(settings)
    except EverloomError as failed:
        return None, from_error("code", failed)
    if not catalog.workflows and not catalog.activities:
        remedy = "Name packages in `catalog.packages`, and folders in `catalog.paths`."
        return catalog, [warning("code", "No workflow and no activity was found.", remedy)]
    queues = ", ".join(f"`{queue}`" for queue in catalog.queues())
    workflows = _count(catalog.workflows, "workflow", "workflows")
    activities = _count(catalog.activities, "activity", "activities")
    return catalog, [ok("code", f"Found {workflows} and {activities} on the queues {queues}.")]


def _count(things: Sized, one: str, many: str) -> str:
    return f"{len(things)} {one if len(things) == 1 else many}"


async def look_at_needs(
    catalog: Catalog, settings: Settings, temporal: TemporalService
) -> list[Finding]:
    """Whether what activities are given can be opened: databases, clients."""
    if not catalog.providers:
        return []
    try:
        async with open_providers(catalog, settings, {TemporalService: temporal}):
            return [ok("providers", f"All {len(catalog.providers)} can be opened.")]
    except EverloomError as failed:
        return from_error("providers", failed)


async def look_at_folders(settings: Settings) -> list[Finding]:
    """Whether the places that must be written to can be."""
    findings = [await _look_at_objects(settings)]
    if engine_needed(settings):
        folder = settings.path(settings.engine.folder)
        findings.append(await asyncio.to_thread(_look_at_folder, "engine folder", folder))
    return findings


async def look_at_engine(settings: Settings) -> list[Finding]:
    """Where Temporal comes from, when no address is given."""
    if not engine_needed(settings):
        return [ok("engine", "Not needed: an address of Temporal is given.")]
    running = find_engine(settings)
    if running is not None:
        shown = f", its web interface at {running.ui_url}" if running.ui_url else ""
        return [ok("engine", f"Runs at {running.address} (pid {running.server.pid}){shown}.")]
    try:
        binary = await find_binary(settings)
    except EverloomError as failed:
        return from_error("engine", failed)
    return [
        warning("engine", f"Does not run; {binary} can be started.", "Start it: `everloom dev`.")
    ]


async def look_at_ports(settings: Settings) -> list[Finding]:
    """Whether what listens on our ports is ours."""
    wanted = [
        ("api.port", settings.api.host, settings.api.port),
        ("worker.health_port", settings.worker.health_host, settings.worker.health_port),
    ]
    if engine_needed(settings) and find_engine(settings) is None:
        wanted.append(("engine.port", settings.engine.ip, settings.engine.port))
    found = [await _look_at_port(name, host, port) for name, host, port in wanted if port]
    return [*found, *_clashes(wanted)]


def _clashes(wanted: Sequence[tuple[str, str, int]]) -> list[Finding]:
    return [
        error(f"port {port}", f"`{first}` and `{second}` are the same.", "Change one of them.")
        for index, (first, _, port) in enumerate(wanted)
        for second, _, other in wanted[index + 1 :]
        if port and port == other
    ]


async def _look_at_objects(settings: Settings) -> Finding:
    place = settings.store.objects
    key = f"doctor/{uuid4()}"
    try:
        objects = open_objects(settings)
        await objects.aput(key, b"written by `everloom doctor`")
        await objects.adelete(key)
    except EverloomError as failed:
        return error("object store", failed.message, failed.hint or "Look at `store.objects`.")
    return ok("object store", f"{place} can be written to.")


def _look_at_folder(about: str, folder: Path) -> Finding:
    """Try it: permissions alone say nothing about full or read-only disks."""
    existing = next(each for each in (folder, *folder.parents) if each.exists())
    try:
        with tempfile.NamedTemporaryFile(dir=existing, prefix=".doctor-") as probe:
            probe.write(b"x")
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as failed:
        said = f"{existing} cannot be written to: {failed.strerror}."
        return error(about, said, "Make it writable, free the disk, or set `engine.folder`.")
    return ok(about, f"{folder} can be written to.")


async def _look_at_port(name: str, host: str, port: int) -> Finding:
    about = f"port {port}"
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - where others listen
    answer = await _ask_health(target, port)
    if answer is None:
        return ok(about, f"Free for `{name}`.")
    if answer:
        return ok(about, f"What listens there answers as Everloom does (`{name}`).")
    taken = f"`{name}` is taken by {await asyncio.to_thread(port_holder, port)}."
    return warning(about, taken, f"Stop that process, or give `{name}` another port.")


async def _ask_health(host: str, port: int) -> str | None:
    """The status in the answer of what listens on a port.

    Empty when it does not speak our language, None when nothing listens.
    """
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return None
    try:
        async with asyncio.timeout(PATIENCE):
            writer.write(f"GET /healthz HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
            answer = await _read_all(reader)
        body = json.loads(answer.partition(b"\r\n\r\n")[2])
        return str(body.get("status", "")) if isinstance(body, dict) else ""  # pyright: ignore[reportUnknownArgumentType, reportUnknownMemberType] - anything may answer there
    except (OSError, TimeoutError, ValueError):
        return ""
    finally:
        writer.close()


async def _read_all(reader: asyncio.StreamReader) -> bytes:
    """The whole answer, unless it is absurdly long."""
    answer = b""
    while len(answer) < 65536 and (more := await reader.read(65536)):
        answer += more
    return answer
