"""Handshakes with what a connection is made of, and looks at who answers. For `diagnosis.py` only.

Keys go nowhere but where the connection would go, and never onto the disk. Everything here blocks.
"""

import os
import socket
import ssl
from collections.abc import Generator
from contextlib import contextmanager, suppress

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from temporalio.service import TLSConfig

from .connection import Connection
from .errors import ConnectionInvalid
from .profile import TLS_CA, TLS_CERTIFICATE, TLS_KEY

LIMIT = 2.0
"""Seconds that each step may take."""

_PARTIAL_CHAIN = 0x80000
"""OpenSSL's flag: any certificate we were given may be trusted, as the SDK's core does."""

_HTTP2_GREETING = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\x04\0\0\0\0\0"
_HTTP2_SETTINGS = 4


def client_context(tls: TLSConfig) -> ssl.SSLContext:
    """The handshake as the SDK makes it.

    Raises:
        ConnectionInvalid: A certificate or key is none, or the two do not belong together.
    """
    context = _plain_context()
    context.hostname_checks_common_name = False
    context.verify_flags |= _PARTIAL_CHAIN
    if tls.server_root_ca_cert is None:
        context.load_default_certs()
    else:
        try:
            context.load_verify_locations(cadata=tls.server_root_ca_cert.decode())
        except (ssl.SSLError, ValueError) as error:
            raise _unreadable("certificate of the server's authority", TLS_CA) from error
    if tls.client_cert and tls.client_private_key:
        _load_pair(context, tls.client_cert, tls.client_private_key)
    return context


def _plain_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_alpn_protocols(["h2"])
    return context


def _load_pair(context: ssl.SSLContext, certificate: bytes, key: bytes) -> None:
    try:
        ours = x509.load_pem_x509_certificate(certificate)
    except ValueError as error:
        raise _unreadable("client certificate", TLS_CERTIFICATE) from error
    try:
        private = load_pem_private_key(key, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _unreadable("key of the client certificate", TLS_KEY) from error
    if _spelled(private.public_key()) != _spelled(ours.public_key()):
        raise ConnectionInvalid(
            "The key does not belong to the client certificate.",
            hint=f"Look at {TLS_CERTIFICATE} and {TLS_KEY}, or at `tls` in the profile.",
        )
    with _readable(certificate) as certificate_path, _readable(key) as key_path:
        try:
            context.load_cert_chain(certificate_path, key_path)
        except ssl.SSLError as error:  # such as a key that is too short
            words = (error.reason or str(error)).lower().replace("_", " ")
            raise ConnectionInvalid(
                f"The client certificate cannot be used: {words}.",
                hint=f"Look at {TLS_CERTIFICATE} and {TLS_KEY}, or at `tls` in the profile.",
            ) from error


def _spelled(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


@contextmanager
def _readable(content: bytes) -> Generator[str]:
    """A name under which OpenSSL can read something once: a pipe, never a file on the disk."""
    reading, writing = os.pipe()
    try:
        os.set_blocking(writing, False)
        with os.fdopen(writing, "wb", buffering=0) as stream:
            stream.write(content)
        yield f"/dev/fd/{reading}"
    finally:
        os.close(reading)


def _unreadable(what: str, variable: str) -> ConnectionInvalid:
    return ConnectionInvalid(
        f"The {what} cannot be read: it is not in PEM form.",
        hint=f"Look at {variable}, or at `tls` in the profile.",
    )


@contextmanager
def connected(connection: Connection) -> Generator[socket.socket]:
    """A socket to where the connection goes, without TLS yet."""
    host, _, port = connection.address.rpartition(":")
    with socket.create_connection((host.strip("[]"), int(port)), timeout=LIMIT) as plain:
        yield plain


def speaks_tls(connection: Connection) -> bool:
    """Whether a server that was talked to without TLS answers a handshake, or refuses it in TLS."""
    context = _plain_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        name = expected_name(connection, TLSConfig())
        with connected(connection) as plain, context.wrap_socket(plain, server_hostname=name):
            return True
    except ssl.SSLError as error:
        return "ALERT" in (error.reason or "")
    except (OSError, UnicodeError):  # the latter: a host that no resolver is asked for
        return False


def speaks_plain(connection: Connection) -> bool:
    """Whether the server answers HTTP/2 without TLS."""
    with suppress(OSError), connected(connection) as plain:
        plain.sendall(_HTTP2_GREETING)
        answer = plain.recv(9)
        return len(answer) > 3 and answer[3] == _HTTP2_SETTINGS
    return False


def shown_certificate(connection: Connection, tls: TLSConfig) -> x509.Certificate | None:
    """What the server shows, without trusting it and without showing ours."""
    context = _plain_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    name = expected_name(connection, tls)
    with (
        suppress(OSError, ValueError),
        connected(connection) as plain,
        context.wrap_socket(plain, server_hostname=name) as secured,
    ):
        shown = secured.getpeercert(binary_form=True)
        return x509.load_der_x509_certificate(shown) if shown else None
    return None


def is_name(text: str) -> bool:
    """Whether it could be the name of a machine at all."""
    try:
        return bool(text.encode("idna"))
    except UnicodeError:
        return False


def expected_name(connection: Connection, tls: TLSConfig) -> str:
    """The name that the server's certificate has to carry."""
    host = connection.address.rpartition(":")[0].strip("[]")
    return tls.verification_server_name or tls.domain or host
