"""What can go wrong with the object store, and how obstore's words for it become ours."""

import re
from collections.abc import Generator
from contextlib import contextmanager

from obstore.exceptions import (
    BaseError,
    PermissionDeniedError,
    PreconditionError,
    UnauthenticatedError,
)

from everloom.core import Conflict, Invalid, NotFound, Unavailable

_FULL = re.compile(r"os error (?:28|27|122)\b|StorageFull|QuotaExceeded")
"""ENOSPC, EFBIG, EDQUOT, and what S3-compatible services answer."""


class ObjectKeyInvalid(Invalid):
    """A key that no store takes, or that leads out of it."""

    code = "object-key-invalid"

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(
            f"{key[:200]!r} is no key of an object: {reason}.",
            hint="Write keys as `folder/name`.",
        )


class ObjectsAddressInvalid(Invalid):
    """`store.objects` names no store we can open."""

    code = "objects-address-invalid"


class ObjectNotFound(NotFound):
    """There is no object with this key."""

    code = "object-not-found"

    def __init__(self, key: str) -> None:
        super().__init__(
            f"There is no object {key!r}.",
            hint="It was deleted, never written, or lies in another store: compare `store.objects`.",
        )
        self.key = key


class ObjectChanged(Conflict):
    """The object was replaced while it was read."""

    code = "object-changed"

    def __init__(self, key: str) -> None:
        super().__init__(
            f"The object {key!r} was replaced while it was read.", hint="Read it again."
        )
        self.key = key


class ObjectsUnavailable(Unavailable):
    """The store does not do what it is asked; trying again later may work."""

    code = "objects-unavailable"


class ObjectsFull(ObjectsUnavailable):
    """There is no room left."""

    code = "objects-full"


@contextmanager
def translated(key: str, doing: str) -> Generator[None]:
    """Raise obstore's errors as ours.

    Args:
        key: The object that was worked on.
        doing: `read`, `written`, `listed`, `deleted`: completes "could not be ...".

    Raises:
        ObjectNotFound: It does not exist.
        ObjectChanged: It is no longer the one that was asked for.
        ObjectsFull: No room is left.
        ObjectsUnavailable: Anything else.
    """
    try:
        yield
    except FileNotFoundError as error:
        if doing == "written":
            raise _unavailable(key, doing, error) from error
        raise ObjectNotFound(key) from None
    except PreconditionError:
        raise ObjectChanged(key) from None
    except (BaseError, OSError) as error:
        if _FULL.search(str(error)):
            raise ObjectsFull(
                f"The object {key!r} could not be {doing}: the object store is full.",
                hint="Make room where `store.objects` points to; finished imports can be deleted.",
            ) from error
        raise _unavailable(key, doing, error) from error


def _unavailable(key: str, doing: str, error: Exception) -> ObjectsUnavailable:
    said = str(error).partition("\n")[0]
    denied = isinstance(error, (PermissionDeniedError, UnauthenticatedError, PermissionError))
    return ObjectsUnavailable(
        f"The object {key!r} could not be {doing}: {said}.",
        hint="Check the rights and the keys of `store.objects`."
        if denied
        else "Check that the store named by `store.objects` is there and can be reached.",
    )
