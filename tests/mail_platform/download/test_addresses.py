"""Where a download may connect to."""

import asyncio
import socket
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.servers.http_files import File, HttpFiles, Status, http_files, redirect

from everloom.core import EverloomError
from mail_platform.download import AddressRefused, CertificateRefused, HostNotFound, SourceRefused
from mail_platform.download.addresses import is_public

from .conftest import Bring


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.9.1",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "224.0.0.1",
        "255.255.255.255",
        "240.0.0.1",
        "192.0.2.1",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:a9fe:a9fe",
        "64:ff9b::7f00:1",
        "64:ff9b::10.0.0.1",
        "2002:7f00:1::",
        "2002:c0a8:101::1",
        "2001:0:7f00:1::",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    """Private, local, link-local, multicast, reserved, metadata, and the ways IPv6 hides them."""
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"],
)
def test_addresses_that_are_public(address: str) -> None:
    """The open internet, also through a translating network."""
    assert is_public(address)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f000001",
        "127.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "169.254.169.254",
        "0.0.0.0",
    ],
)
async def test_urls_to_private_addresses_are_refused(
    bring: Bring, server: HttpFiles, host: str
) -> None:
    """However the address is written, nothing is sent to it."""
    port = server.address.rpartition(":")[2]

    with pytest.raises(AddressRefused) as caught:
        await bring({"url": f"http://{host}:{port}/feed.csv"}, allow_private_addresses=False)

    assert (caught.value.code, caught.value.retryable) == ("address-refused", False)
    assert server.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://host/x",
        "http://",
        "/etc/passwd",
        "",
        "gopher://x",
        "http://0177.0.0.1/x",
    ],
)
async def test_other_urls_are_refused(bring: Bring, url: str) -> None:
    """Only HTTP and HTTPS with a host."""
    with pytest.raises(SourceRefused):
        await bring({"url": url})


async def test_unknown_host(bring: Bring) -> None:
    """A host that does not exist is not tried again."""
    with pytest.raises(HostNotFound) as caught:
        await bring({"url": "http://no-such-host.invalid/feed.csv"})

    assert not caught.value.retryable


class Resolver:
    """A name server that answers differently each time it is asked."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def getaddrinfo(self, _host: str, port: int, **_: object) -> list[object]:
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answer, port))]


async def test_connection_goes_to_the_address_that_was_checked(
    bring: Bring, server: HttpFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name is looked up once, so a second answer cannot lead elsewhere; the host's name is kept."""
    resolver = Resolver("127.0.0.1", "127.0.0.2")
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolver.getaddrinfo)
    server.serve("/feed.csv", File(b"id\n"))
    port = server.address.rpartition(":")[2]

    await bring({"url": f"http://feeds.example:{port}/feed.csv"})

    assert resolver.asked == 1
    assert server.requests[0].headers["host"] == f"feeds.example:{port}"


async def test_each_hop_is_checked(
    bring: Bring, server: HttpFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A redirect to a private address is refused, though the first address was fine."""
    resolver = Resolver("127.0.0.1", "169.254.169.254")
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolver.getaddrinfo)
    monkeypatch.setattr("mail_platform.download.addresses.is_public", "127.0.0.1".__eq__)
    server.serve("/feed.csv", redirect("http://metadata.example/latest"))
    port = server.address.rpartition(":")[2]

    with pytest.raises(AddressRefused, match=r"metadata\.example"):
        await bring({"url": f"http://a.example:{port}/feed.csv"}, allow_private_addresses=False)


async def test_credentials_are_sent_to_their_host_and_shown_to_nobody(
    bring: Bring, server: HttpFiles, caplog: pytest.LogCaptureFixture
) -> None:
    """The password of a URL goes to that host only, and into no message and no log."""
    caplog.set_level("DEBUG")
    async with http_files() as other:
        other.serve("/feed.csv", Status(403))
        server.serve("/a", redirect("/b?token=secret-token"))
        server.serve("/b", redirect(other.url("/feed.csv?token=secret-token")))
        url = server.url("/a").replace("http://", "http://user:secret-password@")

        with pytest.raises(EverloomError) as caught:
            await bring({"url": url})

        assert [asked.headers.get("authorization") for asked in server.requests] == [
            "Basic dXNlcjpzZWNyZXQtcGFzc3dvcmQ="
        ] * 2
        assert "authorization" not in other.requests[0].headers
    said = f"{caught.value} {caught.value.hint} {caplog.text}"
    assert "secret-password" not in said
    assert "secret-token" not in said
    assert "dXNlcjpz" not in said


@pytest.mark.parametrize(
    ("names", "trusted", "accepted"),
    [
        pytest.param(["feeds.example"], True, True, id="right"),
        pytest.param(["other.example"], True, False, id="another-name"),
        pytest.param(["feeds.example"], False, False, id="nobody-vouches"),
    ],
)
async def test_certificate_is_checked_against_the_name_in_the_url(
    bring: Bring,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    names: list[str],
    *,
    trusted: bool,
    accepted: bool,
) -> None:
    """Though the connection goes to an address, the certificate has to be that of the name."""
    certificate, key = _certificate(tmp_path, names)
    monkeypatch.setenv(
        "SSL_CERT_FILE", str(certificate if trusted else _certificate(tmp_path, [])[0])
    )
    resolver = Resolver("127.0.0.1")
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolver.getaddrinfo)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)

    async with http_files(tls) as server:
        server.serve("/feed.csv", File(b"id\n1\n"))
        port = server.address.rpartition(":")[2]
        bringing = bring({"url": f"https://feeds.example:{port}/feed.csv"})
        if accepted:
            assert (await bringing).size == 5
        else:
            with pytest.raises(CertificateRefused, match=r"feeds\.example"):
                await bringing


async def test_https_is_not_left_for_http(
    bring: Bring, server: HttpFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A redirect from https to http is refused."""
    certificate, key = _certificate(tmp_path, ["127.0.0.1"])
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)

    async with http_files(tls) as secure:
        url = secure.serve("/feed.csv", redirect(server.serve("/feed.csv", File(b"id\n"))))
        with pytest.raises(SourceRefused, match="from https to http"):
            await bring({"url": url})

    assert server.requests == []


def _certificate(folder: Path, names: list[str]) -> tuple[Path, Path]:
    """A certificate that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Everloom tests")])
    now = datetime.now(UTC)
    shown = [
        x509.IPAddress(ip_address(each)) if each[0].isdigit() else x509.DNSName(each)
        for each in names or ["nobody.example"]
    ]
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName(shown), critical=False)
        .sign(key, hashes.SHA256())
    )
    stem = "-".join(names) or "nobody"
    files = folder / f"{stem}.pem", folder / f"{stem}.key"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files
