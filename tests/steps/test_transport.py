"""What becomes of calls when the network or the server fails: faults, in time, with a sentence."""

import asyncio
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trustme
from tests.servers.certificates import Authority, server_side
from tests.servers.http_files import Asked, File, HttpFiles, http_files

from everloom.settings import HttpSettings

from .serving import MIRROR, Caller, caller

HURRIED = HttpSettings.model_validate({"private": True, "timeout": "250ms"})


def tls(leaf: trustme.LeafCert) -> ssl.SSLContext:
    """How a server of HTTP/1.1 shows a certificate."""
    context = server_side(leaf)
    context.set_alpn_protocols(["http/1.1"])
    return context


@asynccontextmanager
async def raw(answer: bytes) -> AsyncGenerator[str]:
    """A server that says these bytes to whatever it hears, and hangs up."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


class Dripping:
    """Sends a byte now and then, and never comes to an end."""

    async def answer(self, _asked: Asked, writer: asyncio.StreamWriter, /) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
        never = asyncio.Event()
        while not writer.is_closing():
            writer.write(b".")
            await writer.drain()
            try:
                await asyncio.wait_for(never.wait(), 0.02)
            except TimeoutError:
                continue


async def test_a_server_that_keeps_silent_is_given_up(web: HttpFiles) -> None:
    """A timeout that the definition can catch."""
    held = File(b"x" * 10, hold_after=5)
    url = web.serve("/", held)

    async with caller(HURRIED) as call:
        said = await call.fails("timeout", 408, method="get", endpoint=url)
    held.release.set()

    assert said.startswith("No answer in time: 127.0.0.1 ")


async def test_a_server_that_drips_is_given_up(web: HttpFiles) -> None:
    """The limit is for the whole, not for each byte."""
    url = web.serve("/", Dripping())

    async with caller(HURRIED) as call:
        said = await call.fails("timeout", 408, method="get", endpoint=url)

    assert said == "No answer in time: 127.0.0.1 had not answered after 250ms (`http.timeout`)."


async def test_dns_that_keeps_silent_is_given_up() -> None:
    """Also before there is a connection."""

    async def silent(_host: str, _port: int) -> list[str]:
        await asyncio.Event().wait()
        return []

    settings = HttpSettings.model_validate({"connect_timeout": "50ms"})
    async with caller(settings, resolve=silent) as call:
        said = await call.fails("timeout", 408, method="get", endpoint="http://slow.example/")

    assert said == "No answer in time: slow.example could not be connected to in time."


async def test_a_port_where_nobody_listens(web: HttpFiles, call: Caller) -> None:
    """The server is away."""
    async with http_files() as gone:
        url = gone.url("/")

    said = await call.fails("communication", 500, method="get", endpoint=url)

    assert said == "Connection failed: 127.0.0.1 does not take connections."


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"not http at all",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nBad Header : x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 200_000,
    ],
)
async def test_a_server_that_does_not_speak_http(call: Caller, answer: bytes) -> None:
    """It broke off, or talks rubbish."""
    async with raw(answer) as url:
        said = await call.fails("communication", 500, method="get", endpoint=url)

    assert "broke off" in said


async def test_an_untrusted_certificate_is_refused(call: Caller) -> None:
    """And the sentence says why."""
    leaf = Authority().issue("127.0.0.1", "localhost")
    async with http_files(tls(leaf)) as server:
        said = await call.fails("communication", 500, method="get", endpoint=server.url("/"))

    assert said.startswith("Certificate not trusted: The certificate of 127.0.0.1 is not trusted: ")
    assert server.requests == []


async def test_an_authority_of_ones_own_is_trusted(tmp_path: Path) -> None:
    """For its certificates, the names in them, and the time they last."""
    authority = Authority()
    ca_file = authority.write(tmp_path / "ca.pem")
    settings = HttpSettings(private=True, ca_file=ca_file)

    async with (
        caller(settings) as call,
        http_files(tls(authority.issue("127.0.0.1"))) as right,
        http_files(tls(authority.issue("127.0.0.2"))) as misnamed,
        http_files(tls(authority.issue("127.0.0.1", days=-1))) as expired,
    ):
        right.serve("/", MIRROR)
        assert await call(method="get", endpoint=right.url("/"))
        for wrong in (misnamed, expired):
            said = await call.fails("communication", 500, method="get", endpoint=wrong.url("/"))
            assert said.startswith("Certificate not trusted: ")


async def test_the_authorities_of_the_environment_are_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`SSL_CERT_FILE`, as for other programs."""
    authority = Authority()
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.write(tmp_path / "ca.pem")))

    async with caller() as call, http_files(tls(authority.issue("127.0.0.1"))) as server:
        assert await call(method="get", endpoint=server.serve("/", MIRROR))


async def test_http_where_tls_was_meant(call: Caller) -> None:
    """There is no secure connection, and nothing is sent without one."""
    async with raw(b"HTTP/1.1 400 Bad Request\r\n\r\n") as url:
        said = await call.fails(
            "communication", 500, method="get", endpoint=url.replace("http:", "https:")
        )

    assert said.startswith("No secure connection: ")


async def test_cookies_do_not_pass_from_call_to_call(web: HttpFiles, call: Caller) -> None:
    """Two definitions share a worker, and nothing else."""
    url = web.serve("/login", File(b"{}", headers={"Set-Cookie": "session=1; Path=/"}))
    web.serve("/", MIRROR)

    first = await call(method="get", endpoint=url, output="response")
    heard = await call(method="get", endpoint=web.url("/"))

    assert first["headers"]["Set-Cookie"] == "session=1; Path=/"
    assert "cookie" not in heard["headers"]
