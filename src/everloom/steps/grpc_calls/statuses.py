"""What does a gRPC status mean to a definition? A fault of communication, with a status of HTTP."""

from everloom.flow import Fault, step_fault

HTTP_STATUSES = {
    "CANCELLED": 499,
    "UNKNOWN": 500,
    "INVALID_ARGUMENT": 400,
    "DEADLINE_EXCEEDED": 504,
    "NOT_FOUND": 404,
    "ALREADY_EXISTS": 409,
    "PERMISSION_DENIED": 403,
    "RESOURCE_EXHAUSTED": 429,
    "FAILED_PRECONDITION": 400,
    "ABORTED": 409,
    "OUT_OF_RANGE": 400,
    "UNIMPLEMENTED": 501,
    "INTERNAL": 500,
    "UNAVAILABLE": 503,
    "DATA_LOSS": 500,
    "UNAUTHENTICATED": 401,
}

LONGEST_MESSAGE = 300


def fault_of_status(name: str, message: str, path: str) -> Fault:
    """The fault of a call that ended with a status other than `OK`.

    Args:
        name: The status, such as `NOT_FOUND`.
        message: What came with it.
        path: The method that was called.
    """
    said = " ".join(message.split())[:LONGEST_MESSAGE].rstrip(". ")
    detail = f"`{path}` ended with {name}: {said}." if said else f"`{path}` ended with {name}."
    status = HTTP_STATUSES.get(name, 500)
    return step_fault("communication", title=f"gRPC {name}", detail=detail, status=status)
