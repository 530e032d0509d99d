"""Run a program to its end, and say in a fault why it did not get there."""

import asyncio
import errno
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import ByteSize

from everloom.core import format_duration
from everloom.flow import Fault, step_fault

from .child import Command, Ended, started
from .limits import Limits


@dataclass(frozen=True)
class Finished:
    """What a program that ran to its end left."""

    code: int
    """Exit code; 128 and more for a signal, as a shell tells it."""

    output: bytes
    """What it wrote to standard output."""

    stderr: str

    folder: Path
    """Where it lay; gone by now."""

    @property
    def stdout(self) -> str:
        """What it wrote to standard output, as text."""
        return _text(self.output)

    def complaint(self) -> str:
        """What it wrote to standard error, without the place on this machine where it lay."""
        tidy = self.stderr.replace(f"{self.folder}/work/../", "")
        return tidy.replace(f"{self.folder}/", "").rstrip()


async def run_to_end(command: Command, limits: Limits) -> Finished:
    """Run a program, and all that it begins, to its end.

    Raises:
        Fault: It could not be started, took too long, or took more than it may.
    """
    try:
        async with started(command, limits) as child:
            async with asyncio.timeout(limits.time.total_seconds()):
                said, complained, ended = await asyncio.gather(
                    _read(child.stdout, limits.output, child.stop),
                    _read(child.stderr, limits.output, child.stop),
                    child.ended(),
                )
            folder = child.folder
    except TimeoutError:
        raise took_too_long(limits) from None
    for written, where in ((said, "standard output"), (complained, "standard error")):
        if len(written) > limits.output:
            raise _stopped(f"It wrote more than {_size(limits.output)} to {where} (`run.output`).")
    if ended.code is None:
        raise fault_of_end(ended, command, limits)
    return Finished(ended.code, said, _text(complained), folder)


def took_too_long(limits: Limits) -> Fault:
    """The fault of a process that did not end in time."""
    detail = f"It had not ended after {format_duration(limits.time)} (`run.timeout`)."
    return step_fault("timeout", title="Process stopped", detail=detail)


def fault_of_end(ended: Ended, command: Command, limits: Limits) -> Fault:
    """The fault of a process that has no exit code."""
    if ended.refused:
        return _refused(ended.refused, command.arguments[0])
    match ended.stopped:
        case "memory":
            return _stopped(f"It took more than {_size(limits.memory)} (`run.memory`).")
        case "processes":
            return _stopped(f"It had more than {limits.processes} processes at a time.")
        case _:
            return _stopped("What watches over it was ended from outside.")


def _refused(number: int, program: str) -> Fault:
    if number == errno.ENOENT:
        detail = f"There is no program {program!r} on this worker."
        return step_fault("configuration", title="Process not startable", detail=detail)
    if number == errno.E2BIG:
        detail = "Its arguments and variables are too long for the system: hand them on by `stdin`."
    else:
        detail = f"The system does not start {program!r}: {os.strerror(number)}."
    return step_fault("runtime", title="Process not startable", detail=detail)


def _stopped(detail: str) -> Fault:
    return step_fault("runtime", title="Process stopped", detail=detail)


async def _read(stream: asyncio.StreamReader, most: int, stop: Callable[[], None]) -> bytes:
    """What a stream holds; when that is too much, a byte more than it may, and the program stops."""
    parts: list[bytes] = []
    left = most + 1
    while left and (part := await stream.read(min(left, 65536))):
        parts.append(part)
        left -= len(part)
    if not left:
        stop()
    return b"".join(parts)


def _size(number: int) -> str:
    return ByteSize(number).human_readable()


def _text(written: bytes) -> str:
    return written.decode("utf-8", errors="replace")
