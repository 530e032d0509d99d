"""What can be sent to a run? JSON, without what Python's reader takes besides, and not too deep."""

import json

from everloom.core import Json
from everloom.payloads import DEEPEST, nests_too_deep

ROOM = 10
"""Levels that are added around a value on its way: a list of arguments, an event, a request."""


def cannot_be_sent(value: Json) -> str:
    """Why a value cannot be sent to a run; empty when it can."""
    try:
        text = json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except RecursionError:
        return _TOO_DEEP
    except ValueError as error:
        return str(error)
    around = b"[" * ROOM + text + b"]" * ROOM
    return _TOO_DEEP if nests_too_deep(around) else ""


_TOO_DEEP = f"it nests deeper than {DEEPEST - ROOM} levels"
