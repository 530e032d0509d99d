"""What went wrong when there was no answer, or none that can be used? Faults with a clear sentence."""

import ssl
from collections.abc import Iterator

import httpx2

from everloom.flow import Fault, step_fault


def unusable_answer(host: str, what: str) -> Fault:
    """The fault of a server whose answer cannot be used: it `what`."""
    return step_fault("communication", title="Answer not usable", detail=f"{host} {what}.")


def fault_of_mishap(error: httpx2.HTTPError, host: str) -> Fault:
    """The fault behind an error of the HTTP client. What its own text quotes is not repeated."""
    if isinstance(error, httpx2.TimeoutException):
        verb = "be connected to" if isinstance(error, httpx2.ConnectTimeout) else "answer"
        detail = f"{host} could not {verb} in time."
        return step_fault("timeout", title="No answer in time", detail=detail)
    if isinstance(error, httpx2.ConnectError):
        return _fault_of_connecting(error, host)
    if isinstance(error, httpx2.DecodingError):
        return unusable_answer(host, "sent a body that is not what its `Content-Encoding` says")
    if isinstance(error, httpx2.RemoteProtocolError):
        return unusable_answer(host, "broke off, or did not answer in HTTP")
    if isinstance(error, httpx2.NetworkError):
        detail = f"The connection to {host} broke off."
        return step_fault("communication", title="Connection lost", detail=detail)
    detail = f"{host} could not be called: {type(error).__name__}."
    return step_fault("communication", title="Call failed", detail=detail)


def _fault_of_connecting(error: httpx2.ConnectError, host: str) -> Fault:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            detail = f"The certificate of {host} is not trusted: {cause.verify_message}."
            return step_fault("communication", title="Certificate not trusted", detail=detail)
        if isinstance(cause, ssl.SSLError):
            detail = f"{host} does not speak TLS as it should: {cause.reason}."
            return step_fault("communication", title="No secure connection", detail=detail)
    detail = f"{host} does not take connections."
    return step_fault("communication", title="Connection failed", detail=detail)


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__
