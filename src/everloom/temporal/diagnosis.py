"""Why does TLS to Temporal not come about? Looked at with Python's own `ssl`, after a failure.

The SDK's core says little more than "transport error". So the same handshake is tried again, with
the same material and to the same address; keys go nowhere else, and never onto the disk. Where it
fails before the server is known, a second handshake without our certificate reads the server's.
"""

import ssl
from datetime import UTC, datetime

from cryptography import x509
from temporalio.service import TLSConfig

from .connection import Connection
from .errors import (
    ClientCertificateExpired,
    ClientCertificateMissing,
    ClientCertificateRefused,
    ConnectionInvalid,
    ServerCertificateExpired,
    ServerCertificateUntrusted,
    ServerNameMismatch,
    TlsExpected,
    TlsFailed,
    TlsNotSpoken,
)
from .handshakes import (
    client_context,
    connected,
    expected_name,
    is_name,
    shown_certificate,
    speaks_plain,
    speaks_tls,
)
from .profile import TLS, TLS_CA, TLS_CERTIFICATE, TLS_KEY, TLS_NAME

WORD_LIMIT = 0.5
"""Seconds in which a server that refuses us after the handshake says so."""

_NOT_YET, _EXPIRED, _NAMES = 9, 10, frozenset({62, 64})
"""OpenSSL's codes for what is wrong with a certificate."""

_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG"})
_MISSING = frozenset(
    {
        "TLSV13_ALERT_CERTIFICATE_REQUIRED",
        "SSLV3_ALERT_HANDSHAKE_FAILURE",
        "SSLV3_ALERT_BAD_CERTIFICATE",
        "SSLV3_ALERT_NO_CERTIFICATE",
    }
)
_ABOUT_CERTIFICATE = _MISSING | {
    "TLSV1_ALERT_UNKNOWN_CA",
    "TLSV1_ALERT_ACCESS_DENIED",
    "SSLV3_ALERT_CERTIFICATE_EXPIRED",
    "SSLV3_ALERT_CERTIFICATE_REVOKED",
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
    "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE",
}
_IN_WORDS = {
    "TLSV1_ALERT_UNKNOWN_CA": "it was issued by an authority that the server does not trust",
    "SSLV3_ALERT_CERTIFICATE_REVOKED": "it was revoked",
}


def diagnose(connection: Connection) -> ConnectionInvalid | None:
    """What is wrong with TLS; None when something else is. Blocks, for a few seconds at most."""
    tls = connection.tls if isinstance(connection.tls, TLSConfig) else TLSConfig()
    if not connection.uses_tls:
        return _tls_expected(connection) if speaks_tls(connection) else None
    name = expected_name(connection, tls)
    if not is_name(name):
        return ConnectionInvalid(
            f"{name!r} is no name that a certificate could be for.",
            hint=f"Look at {TLS_NAME} (`server_name` below `tls` in the profile), and at the host "
            "in TEMPORAL_ADDRESS.",
        )
    try:
        context = client_context(tls)
    except ConnectionInvalid as error:
        return error
    return _try_handshake(connection, tls, context)


def _try_handshake(
    connection: Connection, tls: TLSConfig, context: ssl.SSLContext
) -> ConnectionInvalid | None:
    try:
        with (
            connected(connection) as plain,
            context.wrap_socket(plain, server_hostname=expected_name(connection, tls)) as secured,
        ):
            # In TLS 1.3 a client is refused after its side of the handshake is done.
            secured.settimeout(WORD_LIMIT)
            secured.recv(1)
    except ssl.SSLCertVerificationError as error:
        return _server_fault(connection, tls, error)
    except ssl.SSLError as error:
        return _fault(connection, tls, error)
    except OSError:
        return _tls_not_spoken(connection) if speaks_plain(connection) else None
    return None


def _fault(connection: Connection, tls: TLSConfig, error: ssl.SSLError) -> ConnectionInvalid | None:
    reason = error.reason or ""
    if reason in _NO_TLS or (isinstance(error, ssl.SSLEOFError) and speaks_plain(connection)):
        return _tls_not_spoken(connection)
    if reason in _ABOUT_CERTIFICATE:
        return _client_fault(connection, tls, reason)
    if not reason or isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return None  # it went away, without a word about TLS
    words = reason.lower().replace("_", " ")
    return TlsFailed(
        f"{_where(connection)} and we do not agree on TLS: {words}.",
        hint="Look at the TLS versions and names that the server takes.",
    )


def _server_fault(
    connection: Connection, tls: TLSConfig, error: ssl.SSLCertVerificationError
) -> ConnectionInvalid:
    shown, name = shown_certificate(connection, tls), expected_name(connection, tls)
    if error.verify_code in {_EXPIRED, _NOT_YET}:
        return ServerCertificateExpired(
            f"{_where(connection)} shows a certificate {_dates(shown, error.verify_message)}.",
            hint="Renew it at the server, and look whether this machine's clock is right.",
        )
    if error.verify_code in _NAMES:
        names = ", ".join(_names(shown)) if shown is not None else "another name"
        return ServerNameMismatch(
            f"{_where(connection)} shows a certificate for {names}, not for {name}.",
            hint=f"Call it by that name in TEMPORAL_ADDRESS, or set {TLS_NAME} "
            "(`server_name` below `tls` in the profile) to it.",
        )
    issuer = f" ({shown.issuer.rfc4514_string()})" if shown is not None else ""
    trusted = f"the one in {TLS_CA}" if tls.server_root_ca_cert else "those of this machine"
    return ServerCertificateUntrusted(
        f"{_where(connection)} shows a certificate of another authority{issuer} than {trusted}.",
        hint=f"Set {TLS_CA} (`server_ca_cert_path` below `tls` in the profile) to the certificate "
        "of that authority, if this is your server.",
    )


def _client_fault(connection: Connection, tls: TLSConfig, reason: str) -> ConnectionInvalid:
    if not tls.client_cert:
        return ClientCertificateMissing(
            f"{_where(connection)} wants a client certificate, and none is set.",
            hint=f"Set {TLS_CERTIFICATE} and {TLS_KEY}, or `client_cert_path` and "
            "`client_key_path` below `tls` in the profile.",
        )
    ours = x509.load_pem_x509_certificate(tls.client_cert)
    if reason == "SSLV3_ALERT_CERTIFICATE_EXPIRED" or not _is_valid_now(ours):
        return ClientCertificateExpired(
            f"{_where(connection)} refuses the client certificate {_dates(ours, 'has expired')}.",
            hint=f"Renew {TLS_CERTIFICATE} (`client_cert_path` below `tls` in the profile); a new "
            "file is taken over without a restart.",
        )
    words = _IN_WORDS.get(reason, reason.lower().replace("_", " "))
    return ClientCertificateRefused(
        f"{_where(connection)} refuses the client certificate: {words} "
        f"(issuer {ours.issuer.rfc4514_string()}).",
        hint=f"Look at {TLS_CERTIFICATE} (`client_cert_path` below `tls` in the profile).",
    )


def _tls_expected(connection: Connection) -> ConnectionInvalid:
    return TlsExpected(
        f"{_where(connection)} speaks TLS, and the connection was tried without.",
        hint=f"Set {TLS}=true; and {TLS_CA} for an authority of your own, {TLS_CERTIFICATE} and "
        f"{TLS_KEY} for a client certificate. Or say so in the profile: `tls`.",
    )


def _tls_not_spoken(connection: Connection) -> ConnectionInvalid:
    return TlsNotSpoken(
        f"{_where(connection)} does not speak TLS, and the connection was tried with it.",
        hint=f"Take {TLS} and the {TLS}_* variables away, or `tls` in the profile; with an API key "
        f"also set {TLS}=false. Or look at the port in TEMPORAL_ADDRESS.",
    )


def _names(certificate: x509.Certificate) -> list[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ["no name"]
    return [str(each.value) for each in found]


def _is_valid_now(certificate: x509.Certificate) -> bool:
    now = datetime.now(UTC)
    return certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc


def _dates(certificate: x509.Certificate | None, otherwise: str) -> str:
    if certificate is None:
        return f"that {otherwise}"
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if begins > datetime.now(UTC):
        return f"that is valid only from {begins:%Y-%m-%d %H:%M} UTC on"
    return f"that expired on {ends:%Y-%m-%d %H:%M} UTC"


def _where(connection: Connection) -> str:
    return f"Temporal at {connection.address}"
