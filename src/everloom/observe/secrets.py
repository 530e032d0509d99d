"""What must not be logged: values under names that look secret, and what looks secret in any text."""

import dataclasses
import math
import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, SecretStr
from structlog.typing import EventDict, WrappedLogger

MASK = "**********"

DEEPEST = 8
"""How deep nested values are looked into; what lies deeper is shown as masked text."""

_WORDS = (
    r"pass(?:word|wd|phrase)|secret|token|api[_-]?key|access[_-]?key|private[_-]?key"
    r"|encryption[_-]?key|credential|authorization|cookie"
)
_SECRET = re.compile(_WORDS, re.IGNORECASE)
_NOT_SECRET = re.compile(r"task_?token|tokens?_(used|left|count)|max_tokens", re.IGNORECASE)

# Each begins at a fixed word, and what repeats is bounded: a long text must not hold up its process.
_IN_TEXT: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL
        ),
        MASK,
    ),
    # The last @ before the path: a password may have one itself.
    (re.compile(r"(?<=://)([^/?#@:\s'\"]*):([^/?#\s'\"]*)@"), rf"\1:{MASK}@"),
    (re.compile(r"(?<=://)[^/?#@:\s'\"]{20,}@"), f"{MASK}@"),
    (re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{6,}", re.IGNORECASE), rf"\1 {MASK}"),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}(\.[\w-]*)?"), MASK),
    (
        re.compile(
            rf"((?:{_WORDS})[\w-]{{0,40}}[\"']?\s{{0,4}}[=:]\s{{0,4}})(?!(?:Bearer|Basic)\s)"
            r"(\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|[^\s\"',;&)}\]]+)",
            re.IGNORECASE,
        ),
        rf"\1{MASK}",
    ),
)


def mask_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Hide secrets in every field and in the line's own words."""
    for name, value in event.items():
        event[name] = masked(name, value)
    return event


def masked(name: str, value: Any, depth: int = 0) -> Any:
    """A value as it may be shown under a name."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, SecretStr) or _is_secret(name):
        return MASK if value != "" else value
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # JSON has no word for it
    if isinstance(value, int | float):
        return value
    if depth >= DEEPEST or isinstance(value, str):
        return masked_text(str(value))
    return _inside(name, value, depth + 1)


def masked_text(text: str) -> str:
    """A text without the secrets that can be told by their looks."""
    for pattern, instead in _IN_TEXT:
        text = pattern.sub(instead, text)
    return text


def _is_secret(name: str) -> bool:
    return bool(_SECRET.search(name)) and not _NOT_SECRET.search(name)


def _inside(name: str, value: Any, depth: int) -> Any:
    if isinstance(value, BaseModel):
        value = dict(value)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        inner: Mapping[Any, Any] = value  # pyright: ignore[reportUnknownVariableType] - any mapping
        return {str(key): masked(str(key), each, depth) for key, each in inner.items()}
    if isinstance(value, list | tuple | set | frozenset):
        several: list[Any] = list(value)  # pyright: ignore[reportUnknownArgumentType]
        return [masked(name, each, depth) for each in several]
    try:
        said, spelled = str(value), repr(value)
    except Exception:  # noqa: BLE001 - anything may be in somebody's `__str__`, and the line counts
        return f"<{type(value).__name__} that cannot be shown>"
    shown = masked_text(said)
    return value if (shown, masked_text(spelled)) == (said, spelled) else shown
