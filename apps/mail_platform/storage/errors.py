"""What can go wrong with the database, and how the drivers' words for it become ours.

No message holds a secret: the address is shown without user, password and options, and statements
are shown without their values.
"""

import re
import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager

import psycopg
from sqlalchemy import exc

from everloom.core import Conflict, EverloomError, Invalid, NotFound, Unavailable


class DatabaseUnavailable(Unavailable):
    """The database does not answer; trying again later may work."""

    code = "database-away"


class DatabaseBusy(Unavailable):
    """Somebody else holds what we need; trying again works."""

    code = "database-busy"


class DatabaseFull(Unavailable):
    """There is no room left; nothing was changed, and trying again works once there is."""

    code = "database-full"


class DatabaseRefused(Invalid):
    """The database is there and will not have us: name, password, rights, or no database at all."""

    code = "database-refused"


class DatabaseAddressInvalid(Invalid):
    """`apps.mail_platform.database` names no database we can open."""

    code = "database-address-invalid"


class DatabaseNewer(Conflict):
    """The tables were made by a later version than this one."""

    code = "database-newer"


class BatchInvalid(Invalid):
    """A batch that holds something else than normalised rows."""

    code = "batch-invalid"


class MirrorEmpty(Conflict):
    """A mirror import without a single row would make the whole feed inactive."""

    code = "mirror-empty"

    def __init__(self, feed: str, active: int) -> None:
        super().__init__(
            f"The mirror import of feed {feed!r} brought no row: all of its {active} products "
            "would become inactive, so none does.",
            hint="Look at the file. To empty a feed on purpose, import its rows as out of stock.",
        )


class ImportConflict(Conflict):
    """An import's id is taken by an import that is finished, or of another feed."""

    code = "import-conflict"


class ProductNotFound(NotFound):
    """There is no such product."""

    code = "product-not-found"

    def __init__(self, feed: str, product_id: str) -> None:
        super().__init__(
            f"Feed {feed!r} has no product {product_id!r}.",
            hint="Search for it: it may have come with another feed.",
        )


class PageInvalid(Invalid):
    """A search cannot go on from there."""

    code = "page-invalid"


_REFUSED_AT_SIGN_IN = re.compile(
    r"authentication failed|does not exist|no pg_hba\.conf entry|no password supplied"
    r"|not permitted to log in|permission denied|not currently accepting connections"
)
"""libpq gives errors of connecting no code, only words. Other words, or words in another language,
count as away: trying once too often does no harm."""


_BUGS = (psycopg.ProgrammingError, sqlite3.ProgrammingError)
"""Misuse of a driver. It is ours to mend, and stays as it is; what the server says is a subclass."""


@contextmanager
def translated(shown: str) -> Generator[None]:
    """Raise the errors of SQLAlchemy and the drivers as ours.

    Args:
        shown: The database as people may see it.

    Raises:
        DatabaseUnavailable: It does not answer, or stopped answering.
        DatabaseBusy: Somebody else holds what we need.
        DatabaseFull: It has no room left.
        DatabaseRefused: It will not have us.
        BatchInvalid: It will not have the rows.
    """
    try:
        yield
    except exc.DBAPIError as error:
        if type(error.orig) in _BUGS:
            raise
        raise _ours(error.orig, shown) from error
    except (psycopg.Error, sqlite3.Error) as error:
        if type(error) in _BUGS:
            raise
        raise _ours(error, shown) from error
    except exc.TimeoutError as error:  # of the pool: all connections are in use
        raise DatabaseBusy(f"All connections to {shown} are in use.") from error


def _ours(error: BaseException | None, shown: str) -> EverloomError:
    if isinstance(error, psycopg.Error):
        return _of_postgresql(error)(shown, _first_line(error))
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(error)(shown, _first_line(error))
    return _away(shown, _first_line(error))


_Maker = Callable[[str, str], EverloomError]


def _of_postgresql(error: psycopg.Error) -> _Maker:
    state = error.sqlstate
    if state is None:
        return _refused if _REFUSED_AT_SIGN_IN.search(str(error)) else _away
    return _BY_STATE.get(state) or _BY_CLASS.get(state[:2], _away)


def _of_sqlite(error: sqlite3.Error) -> _Maker:
    code = getattr(error, "sqlite_errorcode", None)
    return _away if code is None else _BY_RESULT.get(code & 0xFF, _away)


def _away(shown: str, said: str) -> EverloomError:
    return DatabaseUnavailable(
        f"The database {shown} does not answer: {said}.",
        hint="Check that it runs and can be reached; the import goes on by itself.",
    )


def _busy(shown: str, said: str) -> EverloomError:
    return DatabaseBusy(
        f"The database {shown} is held by somebody else: {said}.",
        hint="It is tried again; look for long transactions if this goes on.",
    )


def _full(shown: str, said: str) -> EverloomError:
    return DatabaseFull(
        f"The database {shown} has no room left: {said}.",
        hint="Make room; the import goes on by itself.",
    )


def _refused(shown: str, said: str) -> EverloomError:
    return DatabaseRefused(
        f"The database {shown} refuses: {said}.",
        hint="Check `apps.mail_platform.database`: name, user, password and rights.",
    )


def _invalid(shown: str, said: str) -> EverloomError:
    return BatchInvalid(
        f"The database {shown} does not take the rows: {said}.",
        hint="A batch is CSV in UTF-8 without header, in the order of `PRODUCT_COLUMNS`.",
    )


_BY_STATE: dict[str, _Maker] = {
    "53100": _full,  # disk full
    "40001": _busy,  # serialization failure
    "40P01": _busy,  # deadlock
    "42501": _refused,  # insufficient privilege
    "25006": _refused,  # read-only transaction
}
_BY_CLASS: dict[str, _Maker] = {
    "21": _invalid,  # cardinality violation: a key twice
    "22": _invalid,  # data exception
    "23": _invalid,  # integrity constraint violation
    "28": _refused,  # invalid authorization
    "3D": _refused,  # invalid catalog name
    "3F": _refused,  # invalid schema name
    "42": _refused,  # an undefined table: somebody else's schema
    "55": _busy,  # lock not available
}
_BY_RESULT: dict[int, _Maker] = {
    sqlite3.SQLITE_BUSY: _busy,
    sqlite3.SQLITE_LOCKED: _busy,
    sqlite3.SQLITE_FULL: _full,
    sqlite3.SQLITE_PERM: _refused,
    sqlite3.SQLITE_READONLY: _refused,
    sqlite3.SQLITE_CANTOPEN: _refused,
    sqlite3.SQLITE_CORRUPT: _refused,
    sqlite3.SQLITE_NOTADB: _refused,
    sqlite3.SQLITE_AUTH: _refused,
    sqlite3.SQLITE_CONSTRAINT: _invalid,
    sqlite3.SQLITE_MISMATCH: _invalid,
    sqlite3.SQLITE_TOOBIG: _invalid,
}


def _first_line(error: BaseException | None) -> str:
    return str(error).partition("\n")[0].rstrip(".") or type(error).__name__
