"""Authorities and certificates made for one test: right, expired, of another authority."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme

NAME = "localhost"


@dataclass(frozen=True)
class Files:
    """A certificate and its key on disk."""

    certificate: Path
    key: Path


class Authority:
    """One that issues certificates."""

    def __init__(self, name: str = "Everloom tests") -> None:
        self._ca = trustme.CA(organization_name=name)

    @property
    def pem(self) -> bytes:
        """Its own certificate."""
        return self._ca.cert_pem.bytes()

    def write(self, file: Path) -> Path:
        """Save its own certificate."""
        file.write_bytes(self.pem)
        return file

    def issue(self, *names: str, days: int = 30) -> trustme.LeafCert:
        """A certificate; with days below zero it expired that long ago."""
        ends = datetime.now(UTC) + timedelta(days=days)
        begins = min(datetime.now(UTC), ends) - timedelta(days=1)
        return self._ca.issue_cert(*(names or (NAME,)), not_before=begins, not_after=ends)

    def write_client(self, folder: Path, name: str = "client", *, days: int = 30) -> Files:
        """Save a client's certificate and key."""
        return write(self.issue("client.example", days=days), folder, name)


def write(leaf: trustme.LeafCert, folder: Path, name: str) -> Files:
    """Save a certificate and its key."""
    folder.mkdir(exist_ok=True)
    files = Files(folder / f"{name}.pem", folder / f"{name}.key")
    # The key first: who looks in between finds a pair that does not fit, as with any such save.
    leaf.private_key_pem.write_to_path(files.key)
    files.certificate.write_bytes(b"".join(blob.bytes() for blob in leaf.cert_chain_pems))
    return files


def server_side(leaf: trustme.LeafCert, *, clients_of: Authority | None = None) -> ssl.SSLContext:
    """How a server shows a certificate, and of whom it wants one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["h2"])
    leaf.configure_cert(context)  # pyright: ignore[reportUnknownMemberType] - also takes pyOpenSSL's
    if clients_of is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=clients_of.pem.decode())
    return context
