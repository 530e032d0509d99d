r"""A real HTTP server on loopback that behaves as badly as it is told to.

    async with http_files() as server:
        server.serve("/feed.csv", File(b"id,title\n", cuts=[4]))
        ... server.url("/feed.csv") ... server.requests

Each request has a connection of its own. Everything is counted in bytes and requests, never in time.
"""

import asyncio
import ssl
import zlib
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    """Names in lower case."""

    body: bytes = b""


class Answer(Protocol):
    """What a path does with a request."""

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter, /) -> None:
        """Write the response, or some of it."""
        ...


@dataclass
class Status:
    """A bare answer."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict[str, str])

    async def answer(self, _asked: Asked, writer: asyncio.StreamWriter, /) -> None:
        head = {"Content-Length": str(len(self.body)), **self.headers}
        writer.write(_head(self.status, head) + self.body)
        await writer.drain()


@dataclass
class InTurn:
    """One answer after the other; the last one stays."""

    answers: list[Answer]

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter, /) -> None:
        now = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        await now.answer(asked, writer)


@dataclass
class File:
    """A file, with ranges and validators, that may be cut, held or lied about."""

    body: bytes
    content_type: str = "text/csv"
    etag: str | None = '"v1"'
    last_modified: str | None = None
    ranges: bool = True
    headers: dict[str, str] = field(default_factory=dict[str, str])
    length: int | None = None
    """Content-Length that is told; None is the truth."""

    sized: bool = True
    """False: no Content-Length; the end of the connection is the end of the file."""

    cuts: Sequence[int] = ()
    """Bytes sent before the connection is cut, one for each request in turn."""

    hold_after: int | None = None
    """Send so many bytes, then nothing until `release` is set."""

    release: asyncio.Event = field(default_factory=asyncio.Event)
    _served: int = 0

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter, /) -> None:
        start = self._start_of(asked)
        if start is not None and start >= len(self.body):
            writer.write(_head(416, {"Content-Range": f"bytes */{len(self.body)}"}))
            return
        body = self.body[start or 0 :]
        cut = self.cuts[self._served] if self._served < len(self.cuts) else None
        self._served += 1
        writer.write(_head(200 if start is None else 206, self._headers(start, len(body))))
        if self.hold_after is not None and cut is None:
            writer.write(body[: self.hold_after])
            await writer.drain()
            await self.release.wait()
            body = body[self.hold_after :]
        writer.write(body if cut is None else body[:cut])
        await writer.drain()

    def _start_of(self, asked: Asked) -> int | None:
        wanted = asked.headers.get("range", "")
        condition = asked.headers.get("if-range")
        holds = condition is None or condition in {self.etag, self.last_modified}
        if not self.ranges or not holds or not wanted.startswith("bytes="):
            return None
        return int(wanted.removeprefix("bytes=").partition("-")[0])

    def _headers(self, start: int | None, sent: int) -> dict[str, str]:
        head = {"Content-Type": self.content_type}
        if self.sized:
            head["Content-Length"] = str(sent if self.length is None else self.length)
        if self.ranges:
            head["Accept-Ranges"] = "bytes"
        if self.etag is not None:
            head["ETag"] = self.etag
        if self.last_modified is not None:
            head["Last-Modified"] = self.last_modified
        if start is not None:
            end = len(self.body) - 1
            head["Content-Range"] = f"bytes {start}-{end}/{len(self.body)}"
        return {**head, **self.headers}


@dataclass
class Bomb:
    """A gzip file that unpacks to `size` zeros, made while it is sent; it has no proper end."""

    size: int
    headers: dict[str, str] = field(default_factory=dict[str, str])
    sent: int = 0

    async def answer(self, _asked: Asked, writer: asyncio.StreamWriter, /) -> None:
        writer.write(_head(200, {"Content-Type": "text/csv", **self.headers}))
        for chunk in self._chunks():
            self.sent += len(chunk)
            writer.write(chunk)
            await writer.drain()

    def _chunks(self) -> Iterator[bytes]:
        packing = zlib.compressobj(9, zlib.DEFLATED, 31)
        begin = packing.compress(b"") + packing.flush(zlib.Z_FULL_FLUSH)
        # After a full flush the same bytes unpack to the same zeros, as often as they are repeated.
        megabyte = packing.compress(bytes(1024**2)) + packing.flush(zlib.Z_FULL_FLUSH)
        yield begin
        for _ in range(self.size // 1024**2):
            yield megabyte


def redirect(to: str, status: int = 302) -> Status:
    """An answer that sends on to another address."""
    return Status(status, headers={"Location": to})


class HttpFiles:
    """Paths, and what was asked for."""

    def __init__(self) -> None:
        self.address = ""
        self.requests: list[Asked] = []
        self._answers: dict[str, Answer] = {}

    def serve(self, path: str, answer: Answer) -> str:
        """Answer a path so from now on; gives its URL."""
        self._answers[path] = answer
        return self.url(path)

    def url(self, path: str) -> str:
        """The address of a path."""
        return f"{self.address}{path}"

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection: one request, one answer."""
        with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            asked = await _read(reader)
            self.requests.append(asked)
            path = asked.path.partition("?")[0]
            await self._answers.get(path, Status(404)).answer(asked, writer)
        writer.close()
        with suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()


@asynccontextmanager
async def http_files(tls: ssl.SSLContext | None = None) -> AsyncGenerator[HttpFiles]:
    """Serve on a free port of 127.0.0.1 while the block runs."""
    files = HttpFiles()
    server = await asyncio.start_server(files.connected, "127.0.0.1", 0, ssl=tls)
    port: int = server.sockets[0].getsockname()[1]
    files.address = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    async with server:
        yield files


async def _read(reader: asyncio.StreamReader) -> Asked:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _ = lines[0].split(" ", 2)
    pairs = (line.partition(":") for line in lines[1:] if line)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(method, path, headers, body)


def _head(status: int, headers: dict[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join([*lines, "Connection: close"]) + "\r\n\r\n").encode("latin-1")
