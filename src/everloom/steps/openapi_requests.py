"""What does a call of an operation send? The values of its parameters, each where it belongs.

The body has no name in OpenAPI 3: it is the parameter `body`, or an object of all parameters that
the document does not place elsewhere.
"""

import re
from collections.abc import Mapping

import httpx2

from everloom.core import did_you_mean
from everloom.flow import Json

from .http_bodies import Body, body_of
from .http_requests import carrying, headers_of, invalid, with_query
from .openapi_documents import unusable_document
from .openapi_operations import Operation
from .openapi_parameters import BodyShape
from .openapi_styles import Parameter, Place, in_cookie, in_header, in_path, in_query
from .outgoing import Outgoing

_IN_BRACES = re.compile(r"\{([^{}]*)\}")
_BODY = "body"

Values = Mapping[str, Json]


def operation_request(
    operation: Operation, values: Values, outgoing: Outgoing, *, key: str | None
) -> httpx2.Request:
    """The request that calls an operation.

    Args:
        operation: What is called.
        values: Of its parameters, by name.
        outgoing: Makes the request.
        key: `Idempotency-Key` of what is not safe to send twice.

    Raises:
        Fault: A parameter is missing or unknown, or has a value that does not fit.
    """
    placed = {place: _given(operation, values, place) for place in _PLACES}
    body = _body_value(operation, values, placed["form"])
    _check_complete(operation, values, body)
    headers = headers_of({each.name: in_header(each, value) for each, value in placed["header"]})
    cookies = [in_cookie(each, value) for each, value in placed["cookie"]]
    if cookies:
        headers["Cookie"] = "; ".join(cookies)
    query = "&".join(part for each, value in placed["query"] for part in in_query(each, value))
    path = _path(operation, placed["path"])
    return carrying(
        outgoing,
        operation.method,
        with_query(operation.server + path, query),
        headers=headers,
        body=_written(operation.body, body, headers),
        key=key,
    )


_PLACES: tuple[Place, ...] = ("path", "query", "header", "cookie", "form")


def _given(operation: Operation, values: Values, place: Place) -> list[tuple[Parameter, Json]]:
    return [
        (each, values[each.name])
        for each in operation.parameters
        if each.place == place and each.name in values
    ]


def _path(operation: Operation, given: list[tuple[Parameter, Json]]) -> str:
    if not operation.path.startswith("/"):
        raise unusable_document(f"`{operation.path}` is no path.")
    known = {each.name: in_path(each, value) for each, value in given}

    def filled(found: re.Match[str]) -> str:
        if found[1] not in known:
            raise unusable_document(f"`{operation.path}` has a part that is no parameter.")
        return known[found[1]]

    return _IN_BRACES.sub(filled, operation.path)


def _body_value(operation: Operation, values: Values, fields: list[tuple[Parameter, Json]]) -> Json:
    placed = {each.name for each in operation.parameters}
    left = {name: value for name, value in values.items() if name not in placed}
    if fields:
        _refuse(left, operation)
        return {each.name: value for each, value in fields}
    shape = operation.body
    if shape is None:
        _refuse(left, operation)
        return None
    whole = shape.name if shape.name in left else _BODY
    if set(left) == {whole} and (whole == shape.name or whole not in shape.properties):
        return left[whole]
    if shape.properties:
        _refuse(
            {name: value for name, value in left.items() if name not in shape.properties}, operation
        )
    return left or None


def _refuse(left: Values, operation: Operation) -> None:
    """Refuse what has no place, and is most likely misspelt."""
    if not left:
        return
    name = min(left)
    known = {each.name for each in operation.parameters}
    if operation.body is not None:
        known |= operation.body.properties | {operation.body.name or _BODY}
    raise invalid(f"`{operation.id}` has no parameter `{name}`. {did_you_mean(name, known)}")


def _check_complete(operation: Operation, values: Values, body: Json) -> None:
    missing = [
        each.name for each in operation.parameters if each.required and each.name not in values
    ]
    if operation.body is not None and operation.body.required and body is None:
        missing.append(operation.body.name or _BODY)
    if missing:
        names = ", ".join(f"`{name}`" for name in missing)
        raise invalid(f"`{operation.id}` needs a value for {names}.")


def _written(shape: BodyShape | None, value: Json, headers: httpx2.Headers) -> Body:
    if shape is None or value is None:
        return Body(b"", None)
    return body_of(value, headers.get("content-type", shape.content_type), files=shape.files)
