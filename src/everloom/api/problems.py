"""Errors as the API answers them: RFC 9457 problem documents, with our code, hint and parts."""

from collections.abc import Mapping
from http import HTTPStatus

from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from everloom.core import EverloomError

MEDIA_TYPE = "application/problem+json"


class ProblemPart(BaseModel):
    """One thing that is wrong."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    code: str
    """Stable, kebab-case."""

    message: str
    """What is wrong with which thing."""

    hint: str = ""
    """What to do."""

    place: str = ""
    """Where: a field of the body, a parameter, a setting."""


class ProblemDocument(BaseModel):
    """Why a request failed (RFC 9457)."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    type: str
    """`urn:everloom:error:<code>`."""

    title: str
    """The meaning of the status."""

    status: int
    """The HTTP status."""

    detail: str
    """What is wrong with which thing, and what was found."""

    code: str
    """Stable, kebab-case; `docs/reference/errors.md` lists all."""

    hint: str = ""
    """What to do."""

    problems: list[ProblemPart] = []
    """The parts, when several things are wrong at once."""

    request_id: str
    """Also in the header `X-Request-ID` and in the log."""


def problem_response(
    error: EverloomError,
    *,
    status: int,
    request_id: str,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """The answer to a request that failed."""
    document = ProblemDocument(
        type=f"urn:everloom:error:{error.code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=error.message,
        code=error.code,
        hint=error.hint,
        problems=[
            ProblemPart(
                code=problem.code, message=problem.message, hint=problem.hint, place=problem.place
            )
            for problem in error.problems
        ],
        request_id=request_id,
    )
    return JSONResponse(
        document.model_dump(), status_code=status, media_type=MEDIA_TYPE, headers=headers
    )
