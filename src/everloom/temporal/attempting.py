"""One attempt to connect, and why it failed. Who waits and tries again is `connecting.py`."""

import asyncio
import re
from datetime import timedelta

from temporalio.client import Client
from temporalio.converter import DataConverter
from temporalio.service import RPCError, RPCStatusCode

from everloom.core import EverloomError

from .connection import Connection, unavailable
from .errors import ConnectionInvalid
from .keys import key_refused

ATTEMPT_LIMIT = timedelta(seconds=10)
"""How long one attempt to connect may take: a server that is stopped or overloaded accepts and
then says nothing."""

BROKEN = "transport error"
"""What the SDK's core says of a connection that broke; it leaves the status open then."""

_REASON = re.compile(r'(?:message|error): "((?:[^"\\]|\\.)+)"')
_DENIED = ("code: Unauthenticated", "code: PermissionDenied")


def is_broken(error: RPCError) -> bool:
    """Whether a call failed because nobody answers there, or the handshake fails now."""
    if error.status == RPCStatusCode.UNKNOWN:
        return error.message == BROKEN
    return error.status == RPCStatusCode.UNAVAILABLE


async def connect_once(connection: Connection, converter: DataConverter) -> Client:
    """Connect, in one attempt.

    Raises:
        ConnectionInvalid: The address or the certificates cannot be used, here or at the server.
        TemporalDenied: Temporal does not let us in.
        TemporalUnavailable: Nobody answers there.
    """
    try:
        async with asyncio.timeout(ATTEMPT_LIMIT.total_seconds()):
            return await Client.connect(
                connection.address,
                namespace=connection.namespace,
                api_key=connection.api_key,
                tls=connection.tls,
                rpc_metadata=connection.metadata,
                data_converter=converter,
                connect_timeout=ATTEMPT_LIMIT,
            )
    except TimeoutError:
        limit = f"{ATTEMPT_LIMIT.total_seconds():g} s"
        raise unavailable(connection.address, f"no answer within {limit}") from None
    except ValueError as error:
        raise _invalid(connection.address, str(error)) from error
    except RuntimeError as error:
        raise await _refused(connection, str(error)) from error


async def find_tls_fault(connection: Connection) -> ConnectionInvalid | None:
    """Why TLS does not come about; None when that is not what is wrong."""
    from .diagnosis import diagnose  # noqa: PLC0415 - only a connection that failed needs it

    return await asyncio.to_thread(diagnose, connection)


async def _refused(connection: Connection, said: str) -> EverloomError:
    """The core's own words say little about TLS; so it is looked at anew."""
    found = _REASON.findall(said)
    reason = found[-1].rstrip(".") if found else " ".join(said.split())[:300]
    if any(sign in said for sign in _DENIED):
        return key_refused(connection, reason)
    return await find_tls_fault(connection) or unavailable(connection.address, reason)


def _invalid(address: str, reason: str) -> ConnectionInvalid:
    return ConnectionInvalid(
        f"The connection to {address!r} cannot be set up: {reason}.",
        hint="Look at TEMPORAL_ADDRESS and the TEMPORAL_TLS_* variables, or at the profile.",
    )
