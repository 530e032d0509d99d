"""What somebody wants a project to be, as typed. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ByteSize, TypeAdapter, ValidationError

from everloom.control import parse_share
from everloom.core import Invalid, parse_duration
from everloom.store import AutomaticRollback, Limits

RUNS = 20
"""Ended runs before a version is judged, when nobody says how many."""

WINDOW_SECONDS = 600
"""Seconds that a version is watched, when nobody says how long."""

_DEFAULT = "default"
_OFF = "off"
_SIZE: TypeAdapter[ByteSize] = TypeAdapter(ByteSize)


class ProjectOptionInvalid(Invalid):
    """An option about a project is not what it takes."""

    code = "project-option-invalid"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What was typed; None: nothing was said of it."""

    title: str | None = None
    description: str | None = None
    priority: int | None = None
    activities: str | None = None
    starts_per_minute: str | None = None
    definition_size: str | None = None
    payload_size: str | None = None
    roll_back: str | None = None
    roll_back_runs: int | None = None
    roll_back_window: str | None = None

    def changes(self, limits: Limits, rollback: AutomaticRollback | None) -> dict[str, Any]:
        """What changes, beginning with the limits and the roll-back that there are.

        Raises:
            ProjectOptionInvalid, ShareInvalid: An option is not what it takes.
        """
        said: dict[str, Any] = {
            "title": self.title,
            "description": self.description,
            "priority": self.priority,
        }
        changed = {name: value for name, value in said.items() if value is not None}
        if new := dict(self._limits()):
            changed["limits"] = replace(limits, **new)
        if self.roll_back or self.roll_back_runs is not None or self.roll_back_window is not None:
            changed["rollback"] = self._rollback(rollback)
        return changed

    def _limits(self) -> Iterator[tuple[str, int | None]]:
        counts = {"activities": self.activities, "starts_per_minute": self.starts_per_minute}
        for name, text in counts.items():
            if text is not None:
                yield name, _count(name, text)
        sizes = {"definition_bytes": self.definition_size, "payload_bytes": self.payload_size}
        for name, text in sizes.items():
            if text is not None:
                yield name, _size(name.replace("bytes", "size"), text)

    def _rollback(self, before: AutomaticRollback | None) -> AutomaticRollback | None:
        if self.roll_back == _OFF:
            return None
        if self.roll_back is None and before is None:
            raise ProjectOptionInvalid(
                "There is no automatic roll-back whose runs or window could be changed.",
                hint="Say at which share of failures: `--roll-back 20%`.",
            )
        made = before or AutomaticRollback(failures=1, runs=RUNS, window_seconds=WINDOW_SECONDS)
        if self.roll_back is not None:
            made = replace(made, failures=parse_share(self.roll_back) / 100)
        if self.roll_back_runs is not None:
            made = replace(made, runs=self.roll_back_runs)
        if self.roll_back_window is not None:
            made = replace(made, window_seconds=_seconds(self.roll_back_window))
        return made


def _count(name: str, text: str) -> int | None:
    if text == _DEFAULT:
        return None
    if not text.isdecimal():
        option = f"--{name.replace('_', '-')}"
        raise ProjectOptionInvalid(
            f"`{option}`: {text!r} is not a number.",
            hint=f"A number, or `{_DEFAULT}`: as the settings say.",
        )
    return int(text)


def _size(name: str, text: str) -> int | None:
    if text == _DEFAULT:
        return None
    try:
        return int(_SIZE.validate_python(text))
    except ValidationError:
        raise ProjectOptionInvalid(
            f"`--{name.replace('_', '-')}`: {text!r} is not a size.",
            hint=f"As in `512KiB` or `2MiB`, or `{_DEFAULT}`: as the settings say.",
        ) from None


def _seconds(text: str) -> int:
    try:
        return round(parse_duration(text).total_seconds())
    except ValueError as error:
        raise ProjectOptionInvalid(f"`--roll-back-window`: {error}.") from None
