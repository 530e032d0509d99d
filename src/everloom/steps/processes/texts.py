"""How do arguments, variables and input become what a program can be given? Texts without zeros."""

import json
import re

from everloom.flow import Fault, Json, step_fault

_UNUSABLE = re.compile("[\0\ud800-\udfff]")
"""What the system's interface has no way to hand on: a zero byte, half of a character."""


def as_text(value: Json) -> str:
    """A text as it is, nothing for null, and JSON for everything else."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def text_of(value: Json, what: str) -> str:
    """A value as a text that a program can be given.

    Args:
        value: Any JSON.
        what: What it is, for the fault.

    Raises:
        Fault: It holds a character that no program can be given.
    """
    text = as_text(value)
    if _UNUSABLE.search(text):
        raise unusable(f"{what} holds a zero byte or half of a character.")
    return text


def texts_of(values: Json, what: str) -> tuple[str, ...]:
    """Arguments in their order; none for null.

    Raises:
        Fault: They are no list, or one of them cannot be handed on.
    """
    if values is None:
        return ()
    if not isinstance(values, list):
        raise unusable(f"{what} must be a list.")
    several: list[Json] = values  # pyright: ignore[reportUnknownVariableType] - JSON
    return tuple(text_of(each, f"{what}, number {at},") for at, each in enumerate(several, 1))


def variables_of(values: Json) -> dict[str, str]:
    """Environment variables; none for null.

    Raises:
        Fault: They are no object, or one of them cannot be handed on.
    """
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise unusable("`environment` must be an object.")
    several: dict[str, Json] = values  # pyright: ignore[reportUnknownVariableType] - JSON
    for name in several:
        if not name or "=" in name or _UNUSABLE.search(name):
            raise unusable(f"`environment` has {name!r}, which is no name of a variable.")
    return {name: text_of(each, f"The variable {name!r}") for name, each in several.items()}


def unusable(detail: str) -> Fault:
    """The fault of arguments that no program can be started with."""
    return step_fault("validation", title="Process not startable", detail=detail)
