"""A TLS endpoint in front of the engine, on loopback: real handshakes, real alerts, a look at keys.

TLS is pumped by hand: `asyncio`'s own server drops the alert that says why it refused a client, and
that alert is what the tests are about.
"""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from hpack import Decoder, Encoder, NeverIndexedHeaderTuple
from typing_extensions import override

CHUNK = 2**16
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, WINDOW_UPDATE, CONTINUATION = 0, 1, 8, 9
END_STREAM, END_HEADERS, PADDED, PRIORITY = 0x1, 0x4, 0x8, 0x20
PERMISSION_DENIED, UNAUTHENTICATED = 7, 16

Write = Callable[[bytes], None]


@dataclass
class TlsFront:
    """What it demands, and who came."""

    engine: str
    """Address of the engine it passes on to."""

    tls: ssl.SSLContext | None
    """How it shows itself and whom it lets in; None: without TLS."""

    keys: frozenset[str] | None = None
    """API keys it takes; None: it does not look."""

    answers: Mapping[str, tuple[int, str]] = field(default_factory=dict[str, tuple[int, str]])
    """gRPC status and words for keys it knows and refuses."""

    port: int = 0
    opened: int = 0
    """Connections whose handshake went through."""

    refused: list[str] = field(default_factory=list[str])
    """Why handshakes failed, in OpenSSL's words."""

    _open: dict[asyncio.Task[Any], asyncio.StreamWriter] = field(
        default_factory=dict[asyncio.Task[Any], asyncio.StreamWriter]
    )

    @property
    def address(self) -> str:
        """Where it listens, by a name that certificates can carry."""
        return f"localhost:{self.port}"

    async def cut(self) -> None:
        """Break every connection; who comes back has to shake hands anew."""
        open_now = dict(self._open)
        for writer in open_now.values():
            writer.transport.abort()
        await asyncio.gather(*open_now)

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        task = asyncio.current_task()
        assert task is not None
        self._open[task] = writer
        try:
            with suppress(OSError):
                await self._serve(reader, writer)
        finally:
            del self._open[task]
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        outside = Plain(reader, writer) if self.tls is None else Tls(self.tls, reader, writer)
        try:
            await outside.handshake()
        except ssl.SSLError as error:
            self.refused.append(error.reason or str(error))
            return
        self.opened += 1
        host, _, port = self.engine.rpartition(":")
        inside_reader, inside_writer = await asyncio.open_connection(host, int(port))
        inside = Plain(inside_reader, inside_writer)
        gate = Gate(self, inside.write, outside.write)
        ways = {
            asyncio.create_task(_pass(outside, gate.take)),
            asyncio.create_task(_pass(inside, outside.write)),
        }
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            inside_writer.close()


class Plain:
    """A connection as it is."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def handshake(self) -> None:
        """Nothing to agree on."""

    async def read(self) -> bytes:
        """What came; empty at the end."""
        return await self._reader.read(CHUNK)

    def write(self, data: bytes) -> None:
        """Send."""
        self._writer.write(data)


class Tls(Plain):
    """A connection inside TLS; the alert that ends a handshake is really sent."""

    def __init__(
        self,
        context: ssl.SSLContext,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        super().__init__(reader, writer)
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)

    @override
    async def handshake(self) -> None:
        """Agree with the client, or tell it why not."""
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                await self._take_in()
            else:
                return
            finally:
                self._send_out()

    @override
    async def read(self) -> bytes:
        while True:
            try:
                return self._tls.read(CHUNK)
            except ssl.SSLWantReadError:
                await self._take_in()
            except ssl.SSLError:
                return b""

    @override
    def write(self, data: bytes) -> None:
        with suppress(ssl.SSLError):
            self._tls.write(data)
        self._send_out()

    async def _take_in(self) -> None:
        self._send_out()
        data = await super().read()
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()

    def _send_out(self) -> None:
        if data := self._outgoing.read():
            super().write(data)


class Gate:
    """Looks at the `authorization` of each request and answers those that may not come in.

    Headers go on newly encoded: a request that is held back would else leave the two ends with
    different tables of header names.
    """

    def __init__(self, front: TlsFront, onwards: Write, back: Write) -> None:
        self._front = front
        self._onwards = onwards
        self._back = back
        self._decoder, self._encoder = Decoder(), Encoder()
        self._buffer = b""
        self._block = b""
        self._held: set[int] = set()
        self._started = False

    def take(self, data: bytes) -> None:
        """Pass on what the client sends, except what it has no key for."""
        if self._front.keys is None:
            self._onwards(data)
            return
        self._buffer += data
        if not self._started:
            if len(self._buffer) < len(PREFACE):
                return
            self._started = True
            self._onwards(self._buffer[: len(PREFACE)])
            self._buffer = self._buffer[len(PREFACE) :]
        while len(self._buffer) >= 9:
            size = 9 + int.from_bytes(self._buffer[:3], "big")
            if len(self._buffer) < size:
                return
            frame, self._buffer = self._buffer[:size], self._buffer[size:]
            self._pass_frame(frame)

    def _pass_frame(self, frame: bytes) -> None:
        kind, flags, stream = frame[3], frame[4], int.from_bytes(frame[5:9], "big")
        if kind in {HEADERS, CONTINUATION}:
            self._block += _fragment(kind, flags, frame[9:])
            if flags & END_HEADERS:
                block, self._block = self._block, b""
                self._decide(stream, flags & END_STREAM, block)
        elif stream in self._held:
            if kind == DATA and len(frame) > 9:  # the client may send as much anew
                self._back(_frame(WINDOW_UPDATE, 0, 0, (len(frame) - 9).to_bytes(4, "big")))
        else:
            self._onwards(frame)

    def _decide(self, stream: int, ends: int, block: bytes) -> None:
        headers = [(str(name), str(value)) for name, value in self._decoder.decode(block)]
        refusal = self._refusal(dict(headers).get("authorization", ""))
        if refusal is None:
            encoded = self._encoder.encode(headers)
            self._onwards(_frame(HEADERS, END_HEADERS | ends, stream, encoded))
            return
        status, words = refusal
        self._held.add(stream)
        answer = {
            ":status": "200",
            "content-type": "application/grpc",
            "grpc-status": str(status),
            "grpc-message": words,
        }
        told = Encoder().encode([NeverIndexedHeaderTuple(*pair) for pair in answer.items()])
        self._back(_frame(HEADERS, END_HEADERS | END_STREAM, stream, told))

    def _refusal(self, authorization: str) -> tuple[int, str] | None:
        key = authorization.removeprefix("Bearer ")
        if self._front.keys is None or key in self._front.keys:
            return None
        return self._front.answers.get(key, (PERMISSION_DENIED, "Request unauthorized."))


def _fragment(kind: int, flags: int, payload: bytes) -> bytes:
    if kind == CONTINUATION:
        return payload
    end = len(payload)
    if flags & PADDED:
        end -= payload[0]
        payload, end = payload[1:], end - 1
    return payload[5 if flags & PRIORITY else 0 : end]


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return (
        len(payload).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big") + payload
    )


async def _pass(source: Plain, take: Write) -> None:
    with suppress(OSError):
        while data := await source.read():
            take(data)


@asynccontextmanager
async def tls_front(
    engine: str,
    tls: ssl.SSLContext | None,
    *,
    keys: frozenset[str] | None = None,
    answers: Mapping[str, tuple[int, str]] | None = None,
) -> AsyncGenerator[TlsFront]:
    """Serve on a free port of 127.0.0.1 while the block runs."""
    front = TlsFront(engine, tls, keys, answers or {})
    server = await asyncio.start_server(front.accept, "127.0.0.1", 0)
    front.port = server.sockets[0].getsockname()[1]
    try:
        yield front
    finally:
        server.close()
        await asyncio.sleep(0)  # who came just now gets as far as being counted
        await front.cut()
        await server.wait_closed()
