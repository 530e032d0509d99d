"""A note on a payload: keep this one outside of Temporal, however small it is.

A workflow may send many payloads at once, each of them small, and together more than fits into one
message: then Temporal ends the run. Those that would be too many get this note. Pure.
"""

from temporalio.api.common.v1 import Payload

_NOTE = "everloom-outside"


def put_outside(payload: Payload) -> None:
    """Note that a payload is to be kept outside."""
    payload.metadata[_NOTE] = b"1"


def is_outside(payload: Payload) -> bool:
    """Whether a payload has the note."""
    return _NOTE in payload.metadata
