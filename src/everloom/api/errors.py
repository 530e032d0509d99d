"""The one table from errors to HTTP answers. Routes raise; nothing else computes a status.

No answer ever holds a trace: what nobody foresaw is logged with the request's id, which the answer
names.
"""

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from everloom.core import Conflict, EverloomError, Invalid, NotFound, Problem, Unavailable
from everloom.observe import get_logger

from .edge import BodyTooLarge, request_id_of, safe_headers
from .problems import problem_response

_log = get_logger(__name__)

_BY_CATEGORY: tuple[tuple[type[EverloomError], HTTPStatus], ...] = (
    (NotFound, HTTPStatus.NOT_FOUND),
    (Conflict, HTTPStatus.CONFLICT),
    (Invalid, HTTPStatus.UNPROCESSABLE_ENTITY),
    (Unavailable, HTTPStatus.SERVICE_UNAVAILABLE),
)

_BY_CODE = {
    "body-too-large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "codec-denied": HTTPStatus.FORBIDDEN,
    "codec-token-missing": HTTPStatus.UNAUTHORIZED,
    "objects-full": HTTPStatus.INSUFFICIENT_STORAGE,
    "provider-failed": HTTPStatus.SERVICE_UNAVAILABLE,
}
"""Where the category alone would mislead."""


_HEADERS = {
    HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": "5"},
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": "Bearer"},
}


class RequestInvalid(Invalid):
    """A request's body or parameters do not fit."""

    code = "request-invalid"


class RouteUnknown(NotFound):
    """The API has nothing at this path."""

    code = "route-unknown"


class MethodNotAllowed(Invalid):
    """The path exists, but not for this method."""

    code = "method-not-allowed"


class ContentTypeUnsupported(Invalid):
    """A request's body is of a type that the path does not take."""

    code = "content-type-unsupported"


class RequestRefused(Invalid):
    """A request was refused for a reason that its HTTP status says."""

    code = "request-refused"


class RequestFailed(EverloomError):
    """Something went wrong in the API that nobody foresaw."""

    code = "request-failed"


def add_error_answers(app: FastAPI) -> None:
    """Answer every error of an application from the table."""
    app.add_exception_handler(EverloomError, _answer_ours)
    app.add_exception_handler(RequestValidationError, _answer_validation)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(Exception, _answer_unexpected)


def status_of(error: EverloomError) -> HTTPStatus:
    """The HTTP status of an error of ours."""
    found = next((status for kind, status in _BY_CATEGORY if isinstance(error, kind)), None)
    return _BY_CODE.get(error.code) or found or HTTPStatus.INTERNAL_SERVER_ERROR


async def _answer_ours(request: Request, error: Exception) -> Response:
    if not isinstance(error, EverloomError):
        raise error
    status = status_of(error)
    return _answer(request, error, status, _HEADERS.get(status))


async def _answer_validation(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    problems = [
        Problem(
            "request-invalid",
            f"{detail['msg'].removeprefix('Value error, ')}.",
            "",
            ".".join(str(part) for part in detail["loc"]),
        )
        for detail in error.errors()
    ]
    invalid = RequestInvalid(
        "The request does not fit.", hint="`/docs` shows what it takes.", problems=problems
    )
    return _answer(request, invalid, HTTPStatus.UNPROCESSABLE_ENTITY)


async def _answer_http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code < HTTPStatus.BAD_REQUEST:
        return Response(status_code=error.status_code, headers=error.headers)
    return _answer(request, _ours(request, error), error.status_code, error.headers)


async def _answer_unexpected(request: Request, error: Exception) -> Response:
    request_id = request_id_of(request.scope)
    _log.error("request failed", request=request_id, path=request.url.path, exc_info=error)
    failed = RequestFailed(
        "Something unexpected went wrong.",
        hint=f"The log says what, at request {request_id}.",
    )
    # This answer is given outside of everything else, so the edge does not add its headers.
    headers = safe_headers(request.url.path, request_id)
    return _answer(request, failed, HTTPStatus.INTERNAL_SERVER_ERROR, headers)


def _ours(request: Request, error: HTTPException) -> EverloomError:
    path = request.url.path
    match error.status_code:
        case HTTPStatus.NOT_FOUND:
            return RouteUnknown(f"There is nothing at `{path}`.", hint="`/docs` lists all paths.")
        case HTTPStatus.METHOD_NOT_ALLOWED:
            allowed = (error.headers or {}).get("Allow", "another")
            return MethodNotAllowed(
                f"`{path}` does not take {request.method}.", hint=f"It takes {allowed}."
            )
        case HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return BodyTooLarge(
                "The body is larger than this server takes.",
                hint="The setting `api.body_limit` says how large it may be.",
            )
        case HTTPStatus.UNSUPPORTED_MEDIA_TYPE:
            return ContentTypeUnsupported(f"{error.detail}.", hint="`/docs` shows what it takes.")
        case _:
            return RequestRefused(f"{error.detail}.".replace("..", "."))


def _answer(
    request: Request,
    error: EverloomError,
    status: int,
    headers: Mapping[str, str] | None = None,
) -> Response:
    request_id = request_id_of(request.scope)
    return problem_response(error, status=status, request_id=request_id, headers=headers)
