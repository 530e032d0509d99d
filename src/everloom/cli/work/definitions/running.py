"""Run one definition, or each one of a list."""

import asyncio
import signal
import sys
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import typer
import yaml
from pydantic_core import to_json

from everloom.cli.exits import FAILED, OK, USAGE
from everloom.cli.failures import UsageInvalid
from everloom.cli.output import Output
from everloom.cli.work.inputs import read_duration, read_input
from everloom.control.definitions import (
    CatalogFunctions,
    DefinitionRefused,
    EventsInvalid,
    RunOutcome,
    check_run_input,
    parse_events,
    prepare,
    read_source,
)
from everloom.core import Invalid, NotFound, format_duration
from everloom.observe import set_up_logs
from everloom.settings import Settings, load_settings
from everloom.worker.definitions import set_up_runtime

from .batch import Batch, run_batch
from .playing import Play, play
from .reports import refusal, say_found
from .stage import Stage

LONGEST = timedelta(days=365)


class SecretsFileInvalid(Invalid):
    """The file of `--secrets` holds no secrets by name."""

    code = "secrets-file-invalid"


class EventsFileMissing(NotFound):
    """The file of `--events` cannot be read."""

    code = "events-file-missing"


@dataclass(frozen=True, kw_only=True)
class Call:
    """What was typed."""

    file: str | None
    batch: str | None
    input: str | None
    id: str | None
    timeout: str
    secrets: str | None
    others: tuple[str, ...]
    events: str | None
    as_json: bool


def run(call: Call) -> int:
    """Run what was asked for; return the exit code."""
    _check(call)
    settings = _with_secrets(load_settings(), call.secrets)
    set_up_logs(settings.log)
    set_up_runtime(settings)
    timeout = _timeout(call.timeout)
    if call.batch is not None:
        batch = Batch(list=call.batch, others=call.others, timeout=timeout)
        return _until_interrupted(run_batch(batch, settings))
    events = _read_events(call.events) if call.events is not None else ()
    given = check_run_input(read_input(call.input))
    plan = _Plan(call.file or "", call.others, given, call.id, timeout, events)
    return _until_interrupted(_run_one(plan, settings, Output(as_json=call.as_json)))


@dataclass(frozen=True)
class _Plan:
    """What was typed, read and found right."""

    file: str
    others: tuple[str, ...]
    input: Any
    id: str | None
    timeout: timedelta
    events: tuple[dict[str, Any], ...]


async def _run_one(plan: _Plan, settings: Settings, out: Output) -> int:
    outcomes: list[RunOutcome] = []

    def tell(outcome: RunOutcome) -> None:
        outcomes.append(outcome)
        _show(out, outcome)

    async with Stage(settings) as stage:
        try:
            sources = [read_source(each) for each in (plan.file, *plan.others)]
            functions = CatalogFunctions(settings, bound=False)
            prepared = await prepare(settings, sources[0], sources[1:], functions)
        except DefinitionRefused as error:
            say_found(out, error.found)
            if out.as_json:
                out.line(to_json(refusal(error.found, error.main)).decode())
            return USAGE
        say_found(out, prepared.warnings)
        wanted = Play(
            prepared=prepared,
            input=plan.input,
            timeout=plan.timeout,
            id=plan.id,
            events=plan.events,
        )
        await play(stage, wanted, tell)
    return OK if outcomes[0].status == "completed" else FAILED


def _show(out: Output, outcome: RunOutcome) -> None:
    """The result as data, everything else as talk."""
    if out.as_json:
        out.line(to_json(outcome.as_json(), inf_nan_mode="null").decode())
        return
    for entry in outcome.trace:
        out.say(f"{entry.get('status', ''):<10} {entry.get('pointer', '')}")
    for event in outcome.events:
        out.say(f"emitted    {to_json(event).decode()}")
    error = outcome.error
    if error is not None:
        said = [str(error[name]) for name in ("title", "detail") if error[name]]
        out.say(f"{outcome.status}: {': '.join(said)} ({error['type']}, {error['status']})")
        if error["instance"]:
            out.say(f"At {error['instance']}.")
    if outcome.status == "completed":
        out.value(outcome.output)


def _check(call: Call) -> None:
    if (call.file is None) == (call.batch is None):
        raise UsageInvalid(
            "Name either a definition, or a list of them with `--batch`.",
            hint="`everloom definitions run order.yaml`",
        )
    alone = {"--input": call.input, "--id": call.id, "--events": call.events}
    given = [name for name, value in alone.items() if value is not None]
    if call.batch is not None and given:
        raise UsageInvalid(
            f"`{given[0]}` is for one run, and `--batch` has many.",
            hint="Each line of the list has its own `input` and `events`.",
        )
    read_from_stdin = [call.file == "-", call.input == "@-", call.batch == "-", call.events == "-"]
    if sum(read_from_stdin) > 1:
        raise UsageInvalid("Standard input can be read once only.")


def _timeout(given: str) -> timedelta:
    timeout = read_duration(given, "--timeout") or timedelta(0)
    if not timedelta(0) < timeout <= LONGEST:
        raise UsageInvalid(
            f"`--timeout` has to be more than 0 and at most {format_duration(LONGEST)}.",
            hint="Write it as `60s` or `5m`.",
        )
    return timeout


def _with_secrets(settings: Settings, given: str | None) -> Settings:
    """The settings with the file of secrets that was named, once it was looked at.

    Raises:
        SecretsFileInvalid: It holds no secrets by name.
    """
    if given is None:
        return settings
    path = Path(given).absolute()
    try:
        held = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _secrets_invalid(given, f"it cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, yaml.YAMLError):  # their words would quote what is secret
        raise _secrets_invalid(given, "it is neither JSON nor YAML") from None
    if not isinstance(held, dict):
        raise _secrets_invalid(given, "it is no object with names and secrets")
    for name, value in held.items():  # pyright: ignore[reportUnknownVariableType] - checked here
        if not isinstance(name, str) or not isinstance(value, str | dict):
            raise _secrets_invalid(given, f"`{name}` is neither a text nor an object")
    secrets = settings.secrets.model_copy(update={"file": path})
    return settings.model_copy(update={"secrets": secrets})


def _secrets_invalid(given: str, why: str) -> SecretsFileInvalid:
    return SecretsFileInvalid(
        f"{given!r} holds no secrets: {why}.",
        hint="Write `name: text`, or `name: {username: …, password: …}`.",
    )


def _read_events(given: str) -> tuple[dict[str, Any], ...]:
    """The events of a file.

    Raises:
        EventsFileMissing: It cannot be read.
        EventsInvalid: Some of it are no events.
    """
    try:
        text = sys.stdin.read() if given == "-" else Path(given).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise EventsFileMissing(
            f"The events in {given!r} cannot be read: {error.strerror}.",
            hint="Relative paths start at the current folder.",
        ) from None
    except UnicodeDecodeError:
        raise EventsInvalid(f"{given!r} is not text in UTF-8.") from None
    return parse_events(text, given)


def _until_interrupted(work: Coroutine[Any, Any, int]) -> int:
    """Do it. A polite end (SIGTERM) is an interrupt: what was started is stopped."""

    async def main() -> int:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - we are one
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await work

    try:
        return asyncio.run(main())
    except asyncio.CancelledError:
        raise typer.Abort from None
