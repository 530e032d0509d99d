"""Run what each line of a list says, one after the other, on one Temporal."""

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

import typer
from pydantic_core import to_json

from everloom.cli.exits import OK
from everloom.cli.output import Output
from everloom.control.definitions import (
    CatalogFunctions,
    DefinitionRefused,
    Source,
    check_events,
    check_run_input,
    lost,
    prepare,
    read_source,
)
from everloom.core import EverloomError, Invalid, NotFound, Unavailable, did_you_mean, is_object
from everloom.observe import get_logger
from everloom.settings import Settings
from everloom.temporal import TemporalUnavailable

from .playing import Play, play
from .reports import refusal, refusal_of, say_found
from .stage import Stage

KEYS = ("definition", "file", "input", "with", "events")

log = get_logger("everloom.definitions")


class BatchMissing(NotFound):
    """The list of `--batch` cannot be read."""

    code = "batch-missing"


class BatchLineInvalid(Invalid):
    """A line of a list says nothing that can be run."""

    code = "batch-line-invalid"


class BatchLineFailed(Unavailable):
    """Something unforeseen kept a line of a list from being run."""

    code = "batch-line-failed"


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What was typed."""

    list: str
    others: tuple[str, ...]
    """Further definitions for every line."""
    timeout: timedelta
    """Of each run."""


async def run_batch(batch: Batch, settings: Settings) -> int:
    """Answer every line with one line, as soon as its run has ended.

    Raises:
        BatchMissing: The list cannot be read.
        TemporalUnavailable: The Temporal that was named is away.
    """
    out = Output(as_json=True)
    with ExitStack() as files:
        lines = _opened(batch.list, files)
        async with Stage(settings) as stage:
            answering = _Answering(batch, settings, stage, out)
            async for number, line in _lines(lines):
                await answering.answer(number, line)
    return OK


class _Answering:
    """Answers line after line."""

    def __init__(self, batch: Batch, settings: Settings, stage: Stage, out: Output) -> None:
        self._batch = batch
        self._settings = settings
        self._stage = stage
        self._out = out
        self._functions = CatalogFunctions(settings, bound=False)
        self._told = 0

    async def answer(self, number: int, line: bytes) -> None:
        """Answer one line, whatever it is. What is wrong with it stays with it."""
        before = self._told
        try:
            await self._run(number, _parsed(line))
        except DefinitionRefused as error:
            say_found(self._out, error.found)
            self._tell(refusal(error.found, error.main))
        except TemporalUnavailable as error:
            if not self._stage.owns_engine:
                raise  # the one that was named is away for all lines
            self._tell_lost(before, error)  # the next line gets another one
        except Unavailable as error:
            self._tell_lost(before, error)
        except EverloomError as error:
            self._tell_failed(before, error)
        except BrokenPipeError:
            raise typer.Abort from None  # nobody reads the answers any more
        except Exception as error:
            log.exception("line failed", line=number)
            said = BatchLineFailed(f"Line {number} failed: {type(error).__name__}: {error}.")
            self._tell_failed(before, said)

    async def _run(self, number: int, line: Mapping[str, Any]) -> None:
        folder = Path(self._batch.list).parent
        given = check_run_input(line.get("input"))
        events = check_events(line.get("events") or ())
        sources = [
            _main(number, line, folder),
            *(
                _other(number, each, place, folder)
                for place, each in enumerate(line.get("with") or ())
            ),
            *(read_source(each) for each in self._batch.others),
        ]
        try:
            async with asyncio.timeout(self._batch.timeout.total_seconds()):
                prepared = await prepare(self._settings, sources[0], sources[1:], self._functions)
        except TimeoutError:
            raise BatchLineInvalid("What it refers to could not be fetched in time.") from None
        wanted = Play(
            prepared=prepared,
            input=given,
            timeout=self._batch.timeout,
            events=events,
        )
        await play(self._stage, wanted, lambda outcome: self._tell(outcome.as_json()))

    def _tell_lost(self, before: int, error: Unavailable) -> None:
        if self._told == before:
            self._tell(lost(error).as_json())

    def _tell_failed(self, before: int, error: EverloomError) -> None:
        if self._told == before:
            self._tell(refusal_of(error))

    def _tell(self, result: Mapping[str, Any]) -> None:
        self._told += 1
        self._out.line(to_json(result, inf_nan_mode="null").decode())
        sys.stdout.flush()


def _opened(given: str, files: ExitStack) -> BinaryIO:
    if given == "-":
        return sys.stdin.buffer
    try:
        return files.enter_context(Path(given).open("rb"))
    except OSError as error:
        raise BatchMissing(
            f"The list {given!r} cannot be read: {error.strerror}.",
            hint="Relative paths start at the current folder.",
        ) from None


async def _lines(opened: BinaryIO) -> AsyncGenerator[tuple[int, bytes]]:
    """The lines that say something. Who writes the list may still be at it, so none is waited for here."""
    number = 0
    while line := await asyncio.to_thread(opened.readline):
        number += 1
        if line.strip():
            yield number, line


def _parsed(line: bytes) -> Mapping[str, Any]:
    """A line as an object with known keys.

    Raises:
        BatchLineInvalid: It is none.
    """
    try:
        said: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BatchLineInvalid(f"The line is not JSON: {error}.") from None
    if not is_object(said):
        raise BatchLineInvalid("The line is no object.", hint=f"It has the keys {', '.join(KEYS)}.")
    for key in said:
        if key not in KEYS:
            raise BatchLineInvalid(f"There is no key {key!r}.", hint=did_you_mean(key, KEYS))
    if ("definition" in said) == ("file" in said):
        raise BatchLineInvalid(
            "The line has to have either `definition` or `file`.",
            hint="`definition` holds YAML or JSON as a text, or an object; `file` names a file.",
        )
    for key in ("with", "events"):
        if not isinstance(said.get(key, []), list | None):
            raise BatchLineInvalid(f"`{key}` is no list.")
    return said


def _main(number: int, line: Mapping[str, Any], folder: Path) -> Source:
    if "file" in line:
        return _from_file(line["file"], folder)
    return _source(line["definition"], f"definition of line {number}")


def _other(number: int, given: Any, place: int, folder: Path) -> Source:
    """A further definition: an object, a text, or the name of a file."""
    name = f"with[{place}] of line {number}"
    if is_object(given) and given.keys() == {"file"}:
        return _from_file(given["file"], folder)
    if is_object(given) and given.keys() == {"definition"}:
        return _source(given["definition"], name)
    is_text = isinstance(given, str) and ("\n" in given or given.lstrip().startswith("{"))
    if isinstance(given, str) and not is_text:
        return _from_file(given, folder)
    return _source(given, name)


def _source(given: Any, name: str) -> Source:
    if isinstance(given, str) or is_object(given):
        return Source(name, given)
    raise BatchLineInvalid(f"The {name} is neither a text nor an object.")


def _from_file(given: Any, folder: Path) -> Source:
    """Names start at the current folder, else at the list's."""
    if not isinstance(given, str):
        raise BatchLineInvalid("`file` is no name of a file.")
    return read_source(given, None if Path(given).exists() else folder)
