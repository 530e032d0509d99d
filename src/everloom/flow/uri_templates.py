"""URI templates of the standard: simple string expansion (RFC 6570, level 1), and no more.

A name in braces is a property of the task's input, word for word: `{pet.id}` is the property
`pet.id`. Pure, and the same at every replay.
"""

import json
import re
from urllib.parse import quote

from .faults import Fault, Json, standard_fault

_EXPRESSION = re.compile(r"\{([^{}]*)\}")


def expand_uri(template: str, data: Json) -> str:
    """A URI with the values of its template put in.

    Args:
        template: For example `https://api.example.com/pets/{petId}`.
        data: What `.` is. What it does not have is left empty.

    Raises:
        Fault: A value is a list or an object, which a URI has no place for, or leads elsewhere.
    """
    values: dict[str, Json] = data if isinstance(data, dict) else {}  # pyright: ignore[reportUnknownVariableType] - JSON

    def expanded(found: re.Match[str]) -> str:
        whole = found[1]
        names = [whole] if whole in values else [name.strip() for name in whole.split(",")]
        written = [_written(name, values[name]) for name in names if values.get(name) is not None]
        return ",".join(written)

    uri = _EXPRESSION.sub(expanded, template)
    _check_path(template, uri)
    return uri


def _check_path(template: str, uri: str) -> None:
    """Refuse a value that would lead out of the path it was meant for, as `..` does.

    Slashes of values are encoded, so the segments of both stand for each other.
    """
    segments = zip(
        template.partition("?")[0].split("/"), uri.partition("?")[0].split("/"), strict=False
    )
    for written, filled in segments:
        if filled in {".", ".."} and written != filled:
            raise _unusable(f"`{written}` became `{filled}`, which would lead to another path.")


def _written(name: str, value: Json) -> str:
    if isinstance(value, dict | list):
        kind = "an object" if isinstance(value, dict) else "a list"
        raise _unusable(f"`{{{name}}}` is {kind}, and a URI takes a text, a number or a boolean.")
    text = value if isinstance(value, str) else json.dumps(value)
    return quote(text, safe="~", errors="replace")


def _unusable(detail: str) -> Fault:
    return standard_fault("expression", title="URI template not usable", detail=detail)
