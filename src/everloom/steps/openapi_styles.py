"""How is a value of a parameter written? The styles of OpenAPI 3, which those of 2.0 are a part of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal
from urllib.parse import quote

from everloom.flow import Json

from .http_bodies import json_text, scalar
from .http_requests import invalid
from .shapes import is_list, is_object

Place = Literal["path", "query", "header", "cookie", "form"]

_RESERVED = ":/?#[]@!$&'()*+,;="
_SEPARATORS = {"spaceDelimited": "%20", "pipeDelimited": "%7C", "tabDelimited": "%09"}

Encode = Callable[[str], str]


@dataclass(frozen=True)
class Parameter:
    """A parameter of an operation."""

    name: str
    place: Place
    required: bool = False
    style: str = "form"
    explode: bool = True
    as_json: bool = False
    """Whether its value is written as JSON, as `content: application/json` has it."""

    allow_reserved: bool = False
    is_file: bool = False


@dataclass(frozen=True)
class _Parts:
    """A value, taken apart and encoded: one text, several, or pairs."""

    texts: Sequence[str] = ()
    pairs: Sequence[tuple[str, str]] | None = None
    is_single: bool = False

    def joined(self, by: str) -> str:
        """Everything in a row: keys and values of pairs alternate."""
        if self.pairs is None:
            return by.join(self.texts)
        return by.join(each for pair in self.pairs for each in pair)

    def assigned(self, by: str) -> str:
        """Pairs as assignments, anything else in a row."""
        if self.pairs is None:
            return by.join(self.texts)
        return by.join(f"{key}={text}" for key, text in self.pairs)


def in_path(parameter: Parameter, value: Json) -> str:
    """A value as a part of a path.

    Raises:
        Fault: It has no place there: it is empty, or would lead to another path.
    """
    parts = _taken_apart(parameter, value, partial(quote, safe=""))
    match parameter.style:
        case "label":
            by = "." if parameter.explode else ","
            text = "." + (parts.assigned(by) if parameter.explode else parts.joined(by))
        case "matrix":
            text = _matrix(parameter, parts)
        case _:
            text = parts.assigned(",") if parameter.explode else parts.joined(",")
    if text in {"", ".", ".."}:
        raise invalid(f"{text!r} as `{parameter.name}` would lead to another path.")
    return text


def in_query(parameter: Parameter, value: Json) -> list[str]:
    """A value as parts of a query, such as `status=sold`.

    Raises:
        Fault: It has no place there.
    """
    name = quote(parameter.name, safe="")
    encode = partial(quote, safe=_RESERVED if parameter.allow_reserved else "")
    parts = _taken_apart(parameter, value, encode)
    if parameter.style == "deepObject" and parts.pairs is not None:
        return [f"{name}%5B{key}%5D={text}" for key, text in parts.pairs]
    if parameter.style in _SEPARATORS and not parameter.explode:
        return [f"{name}={parts.joined(_SEPARATORS[parameter.style])}"]
    if parameter.explode and parts.pairs is not None:
        return [f"{key}={text}" for key, text in parts.pairs]
    if parameter.explode:
        return [f"{name}={text}" for text in parts.texts]
    return [f"{name}={parts.joined(',')}"]


def in_header(parameter: Parameter, value: Json) -> str:
    """A value as a header.

    Raises:
        Fault: It has no place there.
    """
    parts = _taken_apart(parameter, value, str)
    return parts.assigned(",") if parameter.explode else parts.joined(",")


def in_cookie(parameter: Parameter, value: Json) -> str:
    """A value as a cookie, such as `session=1`.

    Raises:
        Fault: It has no place there.
    """
    encode = partial(quote, safe="!#$%&'()*+-./:<=>?@[]^_`{|}~")
    parts = _taken_apart(parameter, value, encode)
    return f"{parameter.name}={parts.joined(',')}"


def _matrix(parameter: Parameter, parts: _Parts) -> str:
    name = quote(parameter.name, safe="")
    if not parameter.explode or parts.is_single:
        return f";{name}={parts.joined(',')}"
    if parts.pairs is not None:
        return f";{parts.assigned(';')}"
    return "".join(f";{name}={text}" for text in parts.texts)


def _taken_apart(parameter: Parameter, value: Json, encode: Encode) -> _Parts:
    if parameter.as_json:
        return _Parts([encode(json_text(value))], is_single=True)
    if is_object(value):
        pairs = [
            (encode(key), encode(_scalar(parameter, each)))
            for key, each in value.items()
            if each is not None
        ]
        return _Parts(pairs=pairs)
    if is_list(value):
        return _Parts([encode(_scalar(parameter, each)) for each in value if each is not None])
    return _Parts([encode(_scalar(parameter, value))], is_single=True)


def _scalar(parameter: Parameter, value: Json) -> str:
    text = scalar(value)
    if text is None:
        raise invalid(f"The parameter `{parameter.name}` has lists or objects inside each other.")
    return text
