"""How does a JSON value become the body of a request? As its `Content-Type` says; else as JSON."""

import base64
import binascii
import json
import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from everloom.flow import Fault, Json, step_fault

from .media_types import MediaType, media_type
from .shapes import is_list, is_object

_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"


@dataclass(frozen=True)
class Body:
    """The body of a request."""

    content: bytes
    content_type: str | None
    """None: there is no body."""


def body_of(value: Json, content_type: str | None, *, files: Collection[str] = frozenset()) -> Body:
    """The body that holds a value.

    A text under a type of its own stands as it is; bytes come as base64, as answers give them.

    Args:
        value: Null: no body.
        content_type: What the author says it is. None: JSON.
        files: Fields of a multipart form that are files, and so given as base64.

    Raises:
        Fault: The value does not fit the type.
    """
    if value is None:
        return Body(b"", None)
    if content_type is None:
        return Body(json_text(value).encode("utf-8", "replace"), _JSON)
    kind = media_type(content_type)
    if kind.is_json:
        return Body(_written_json(value), content_type)
    if kind.name == _FORM:
        return Body(_form(value), content_type)
    if kind.name == _MULTIPART:
        return _multipart(value, files)
    return Body(_text(value, kind), content_type)


def scalar(value: Json) -> str | None:
    """A value as a header, a parameter or a field of a form holds it; None: it is no scalar."""
    if isinstance(value, str):
        return value
    return json.dumps(value) if isinstance(value, bool | int | float) else None


def json_text(value: Json) -> str:
    """A value as JSON, without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _written_json(value: Json) -> bytes:
    """A value as JSON; a text that is JSON already, because its author made it so, as it is."""
    if isinstance(value, str):
        try:
            if isinstance(json.loads(value), dict | list):
                return value.encode("utf-8", "replace")
        except ValueError:
            pass
    return json_text(value).encode("utf-8", "replace")


def _form(value: Json) -> bytes:
    if isinstance(value, str):
        return value.encode("utf-8", "replace")
    return urlencode(list(_fields(value)), errors="replace").encode()


def _multipart(value: Json, files: Collection[str]) -> Body:
    boundary = uuid.uuid4().hex
    parts: list[bytes] = []
    for name, text in _fields(value):
        quoted = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{quoted}"'
        if name in files:
            head += f'; filename="{quoted}"\r\nContent-Type: application/octet-stream'
            held = _bytes(text, f"The file `{name}`")
        else:
            held = text.encode("utf-8", "replace")
        parts += [f"{head}\r\n\r\n".encode("utf-8", "replace"), held, b"\r\n"]
    parts.append(f"--{boundary}--\r\n".encode())
    return Body(b"".join(parts), f"{_MULTIPART}; boundary={boundary}")


def _fields(value: Json) -> Iterator[tuple[str, str]]:
    """The fields of a form; a list is a field that comes several times."""
    if not is_object(value):
        raise _misfit("A form is made of an object with fields.")
    for name, held in value.items():
        for each in held if is_list(held) else [held]:
            if each is None:
                continue
            text = scalar(each)
            if text is None:
                raise _misfit(f"The field `{name}` of a form holds an object.")
            yield name, text


def _text(value: Json, kind: MediaType) -> bytes:
    if not isinstance(value, str):
        raise _misfit(f"A body of type `{kind.name}` is a text, not an object, a list or a number.")
    if kind.is_binary:
        return _bytes(value, f"A body of type `{kind.name}`")
    try:
        return value.encode(kind.charset or "utf-8", "replace")
    except LookupError:
        raise _misfit(f"There is no character set `{kind.charset}`.") from None


def _bytes(text: str, what: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise _misfit(f"{what} is given as base64.") from None


def _misfit(detail: str) -> Fault:
    return step_fault("validation", title="Body not usable", detail=detail)
