"""How the words of the drivers become ours. The drivers themselves are not imported: one may be missing.

No message holds a secret: the address is shown without user, password and options, and statements
are shown without their values.
"""

import re
from collections.abc import Generator
from contextlib import contextmanager
from typing import NoReturn

from sqlalchemy import exc

from everloom.core import EverloomError

from .errors import RowMissing, StoreOutdated, StoreRefused, StoreUnavailable

_REFUSED_AT_SIGN_IN = re.compile(
    r"authentication failed|does not exist|no pg_hba\.conf entry|no password supplied"
    r"|not permitted to log in|permission denied|not currently accepting connections"
)
"""libpq gives errors of connecting no code, only words. Other words, or words in another language,
count as away: trying once too often does no harm."""

_NO_SUCH = re.compile(r"no such (table|column)|table \S+ has no column")
"""SQLite gives these no code of their own."""

_AWAY, _BUSY, _FULL, _REFUSED, _SCHEMA, _REFERENCE = range(6)

_BY_STATE = {
    "53100": _FULL,  # disk full
    "40001": _BUSY,  # serialization failure
    "40P01": _BUSY,  # deadlock
    "42501": _REFUSED,  # insufficient privilege
    "25006": _REFUSED,  # read-only transaction: a standby
    "25P03": _BUSY,  # the transaction did nothing for too long
    "57014": _BUSY,  # the statement took longer than it may
    "55P03": _BUSY,  # lock not available
    "42P01": _SCHEMA,  # undefined table
    "42703": _SCHEMA,  # undefined column
    "23503": _REFERENCE,  # foreign key violation
}
_BY_CLASS = {"08": _AWAY, "57": _AWAY, "53": _BUSY, "58": _AWAY, "28": _REFUSED, "3D": _REFUSED}

_BY_RESULT = {
    "SQLITE_BUSY": _BUSY,
    "SQLITE_LOCKED": _BUSY,
    "SQLITE_FULL": _FULL,
    "SQLITE_IOERR": _AWAY,
    "SQLITE_PERM": _REFUSED,
    "SQLITE_READONLY": _REFUSED,
    "SQLITE_CANTOPEN": _REFUSED,
    "SQLITE_CORRUPT": _REFUSED,
    "SQLITE_NOTADB": _REFUSED,
    "SQLITE_AUTH": _REFUSED,
    "SQLITE_CONSTRAINT_FOREIGNKEY": _REFERENCE,
}


@contextmanager
def translated(shown: str) -> Generator[None]:
    """Raise what SQLAlchemy raises as our own errors; misuse of it, which is ours to mend, stays.

    Args:
        shown: The database as people may see it.

    Raises:
        StoreUnavailable: It does not answer, or not in time.
        StoreRefused: It will not have us.
        StoreOutdated: Its tables are not those of the code.
        RowMissing: Something belongs to a row that is not there.
    """
    try:
        yield
    except exc.DBAPIError as error:
        kind = _kind_of(error)
        if kind is None:
            raise
        _raise(kind, shown, error)
    except exc.TimeoutError as error:  # of the pool: all connections are in use
        raise StoreUnavailable(
            f"All connections to the database {shown} are in use.",
            hint="Raise `store.pool_size`, or look for transactions that take long.",
        ) from error
    except OSError as error:  # of connecting, where a driver lets it through
        _raise(_AWAY, shown, error)


def _kind_of(error: exc.DBAPIError) -> int | None:
    cause = error.orig
    state: object = getattr(cause, "sqlstate", None)
    if isinstance(state, str):
        return _BY_STATE.get(state, _BY_CLASS.get(state[:2]))
    result: object = getattr(cause, "sqlite_errorname", None)
    if isinstance(result, str):
        if _NO_SUCH.match(str(cause)):
            return _SCHEMA
        return _BY_RESULT.get(result, _BY_RESULT.get("_".join(result.split("_")[:2])))
    if isinstance(error, exc.OperationalError | exc.InterfaceError) or error.connection_invalidated:
        return _REFUSED if _REFUSED_AT_SIGN_IN.search(str(cause)) else _AWAY
    return None


def _raise(kind: int, shown: str, error: Exception) -> NoReturn:
    cause = error.orig if isinstance(error, exc.DBAPIError) else error
    said = str(cause).strip().partition("\n")[0].rstrip(".") or type(cause).__name__
    raise _ours(kind, shown, said) from (None if kind == _REFUSED else error)


def _ours(kind: int, shown: str, said: str) -> EverloomError:
    if kind == _BUSY:
        return StoreUnavailable(
            f"The database {shown} was busy for too long: {said}.",
            hint="Try again; look for long transactions if this goes on.",
        )
    if kind == _FULL:
        return StoreUnavailable(
            f"The database {shown} has no room left: {said}.", hint="Make room."
        )
    if kind == _REFUSED:
        return StoreRefused(
            f"The database {shown} refuses: {said}.",
            hint="Check `store.url`: name, user, password and rights.",
        )
    if kind == _SCHEMA:
        return StoreOutdated(
            f"The database {shown} has other tables than the code: {said}.",
            hint="Restart with the newest Everloom; if that helps not, restore a backup.",
        )
    if kind == _REFERENCE:
        return RowMissing("row", "that something belongs to")
    return StoreUnavailable(
        f"The database {shown} does not answer: {said}.",
        hint="Check that it runs and that `store.url` is right, then try again.",
    )
