"""One call of a gRPC method, whatever it streams. Needs the library `grpcio`."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import grpc
import grpc.aio
from google.protobuf.message import Message

from everloom.core import format_duration
from everloom.flow import Fault, Json, step_fault

from .methods import Method
from .servers import Server
from .statuses import fault_of_status


@dataclass(frozen=True)
class Terms:
    """Within what a call is made."""

    timeout: timedelta
    connect_timeout: timedelta
    largest: int
    """Bytes that may be received."""

    authorities: bytes | None
    """Certificate authorities that are trusted, in PEM; None: those of the library."""


async def call_method(
    method: Method,
    server: Server,
    messages: Sequence[Message],
    *,
    terms: Terms,
    authorization: str | None,
) -> Json:
    """Call a method: what it answers, as a list when it streams.

    Raises:
        Fault: The server cannot be reached, took too long, or answered with a status other than OK.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + terms.timeout.total_seconds()
    metadata = (("authorization", authorization),) if authorization else ()
    sent = (each.SerializeToString() for each in messages)
    try:
        async with asyncio.timeout_at(until), _channel(server, terms) as channel:
            # All four shapes are the same on the wire: what differs is how many messages there are.
            received = channel.stream_stream(method.path)(
                sent, timeout=until - loop.time(), metadata=metadata
            )
            bounded = _bounded(received, method, terms.largest)
            answers = [method.json(each) async for each in bounded]
    except grpc.aio.AioRpcError as error:
        if error.code() is grpc.StatusCode.DEADLINE_EXCEEDED and loop.time() >= until - 0.05:
            raise _late(server, terms) from None
        raise fault_of_status(error.code().name, error.details() or "", method.path) from None
    except TimeoutError:
        raise _late(server, terms) from None
    return answers if method.gives_stream else _only(answers, method)


def _only(answers: list[Json], method: Method) -> Json:
    if len(answers) != 1:
        said = f"`{method.path}` answered with {len(answers)} messages, and not with one."
        raise step_fault("communication", title="Answer not usable", detail=said)
    return answers[0]


async def _bounded(
    received: AsyncIterable[bytes], method: Method, largest: int
) -> AsyncIterator[bytes]:
    size = 0
    async for each in received:
        size += len(each)
        if size > largest:
            raise step_fault(
                "communication",
                title="Answer not usable",
                detail=f"`{method.path}` answered with more than {largest} bytes"
                " (`http.max_response`).",
            )
        yield each


@asynccontextmanager
async def _channel(server: Server, terms: Terms) -> AsyncGenerator[Any]:
    """A connection to one of the server's addresses. Its own types know nothing of our messages."""
    for target in server.targets:
        channel = _open(target, server, terms)
        try:
            if await _connected(channel, terms.connect_timeout):
                yield channel
                return
        finally:
            await channel.close()
    what = "" if server.name is None else ", or its certificate is not trusted"
    raise step_fault(
        "communication",
        title="Server not reachable",
        detail=f"{server.place} could not be connected to{what}.",
        status=503,
    )


def _open(target: str, server: Server, terms: Terms) -> grpc.aio.Channel:
    options: list[tuple[str, str | int]] = [
        ("grpc.default_authority", server.authority),
        ("grpc.enable_http_proxy", 0),
        ("grpc.enable_retries", 0),
        ("grpc.use_local_subchannel_pool", 1),
        ("grpc.max_receive_message_length", terms.largest),
        ("grpc.max_send_message_length", -1),
    ]
    if server.name is None:
        return grpc.aio.insecure_channel(target, options)
    options.append(("grpc.ssl_target_name_override", server.name))
    return grpc.aio.secure_channel(
        target, grpc.ssl_channel_credentials(root_certificates=terms.authorities), options
    )


async def _connected(channel: grpc.aio.Channel, within: timedelta) -> bool:
    try:
        async with asyncio.timeout(within.total_seconds()):
            state = channel.get_state(try_to_connect=True)
            while state is not grpc.ChannelConnectivity.READY:
                if state is grpc.ChannelConnectivity.TRANSIENT_FAILURE:
                    return False
                await channel.wait_for_state_change(state)
                state = channel.get_state(try_to_connect=True)
    except TimeoutError:
        return False
    return True


def _late(server: Server, terms: Terms) -> Fault:
    return step_fault(
        "timeout",
        title="No answer in time",
        detail=f"{server.place} had not answered after {format_duration(terms.timeout)}"
        " (`http.timeout`).",
    )
