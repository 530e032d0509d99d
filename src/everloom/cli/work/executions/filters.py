"""Which runs somebody means: `status=running,definition=shop.order,since=2h`. Pure but for the clock."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from everloom.control.executions import RunsFilter
from everloom.core import Invalid, did_you_mean, parse_duration
from everloom.store import ExecutionStatus


class WhereInvalid(Invalid):
    """What says which runs are meant cannot be read."""

    code = "runs-where-invalid"


def read_filter(text: str) -> RunsFilter:
    """Read `WHAT=VALUE,…`.

    Raises:
        WhereInvalid: It is not that.
    """
    found: dict[str, Any] = {}
    for part in text.split(","):
        name, equals, value = (each.strip() for each in part.partition("="))
        if not equals or not value:
            raise WhereInvalid(
                f"{part!r} does not say what has to be what.", hint="As in `status=running`."
            )
        if name not in _READERS:
            raise WhereInvalid(
                f"Runs have no {name!r} to go by.", hint=did_you_mean(name, list(_READERS))
            )
        read = _READERS[name](value)
        if twice := found.keys() & read.keys():
            raise WhereInvalid(f"`{text}` says twice what `{twice.pop()}` is.")
        found |= read
    return RunsFilter(**found)


def read_workflow(text: str | None) -> tuple[str | None, str | None]:
    """Definition and version in `shop.order` or `shop.order@1.0.0`; None where none is named."""
    if text is None:
        return None, None
    definition, at, version = text.rpartition("@")
    return (definition, version) if at else (text, None)


def read_status(text: str) -> ExecutionStatus:
    """A status in Temporal's words or ours.

    Raises:
        WhereInvalid: It is none.
    """
    spelled = "canceled" if text == "cancelled" else text
    try:
        return ExecutionStatus(spelled)
    except ValueError:
        known = [*ExecutionStatus, "cancelled"]
        raise WhereInvalid(
            f"There is no status {text!r}.", hint=did_you_mean(text, known)
        ) from None


def read_moment(text: str) -> datetime:
    """How long ago, or a moment: `2h`, `2026-03-01`, `2026-03-01T06:00`; local time.

    Raises:
        WhereInvalid: It is neither.
    """
    try:
        return datetime.now(UTC) - parse_duration(text)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        raise WhereInvalid(
            f"{text!r} is neither a span nor a moment.", hint="As in `2h` or `2026-03-01T06:00`."
        ) from None


def _named(text: str) -> Mapping[str, str]:
    definition, version = read_workflow(text)
    parts = {"definition": definition, "version": version}
    return {name: value for name, value in parts.items() if value is not None}


_READERS: Mapping[str, Callable[[str], Mapping[str, Any]]] = {
    "status": lambda text: {"status": read_status(text)},
    "definition": _named,
    "type": _named,
    "version": lambda text: {"version": text},
    "since": lambda text: {"since": read_moment(text)},
    "until": lambda text: {"until": read_moment(text)},
}
