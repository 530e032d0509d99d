"""Where Temporal is and how to get in, as settings, profile and variables say."""

import re
from dataclasses import dataclass, field

from temporalio.service import TLSConfig

from everloom.settings import Settings

from .errors import ConnectionInvalid, TemporalDenied, TemporalUnavailable
from .profile import TLS_CA, TLS_CERTIFICATE, TLS_KEY, read_profile

DEFAULT_ADDRESS = "127.0.0.1:7233"
DEFAULT_NAMESPACE = "default"

_ADDRESS = re.compile(r"[^\s/@]+:\d{1,5}")


@dataclass(frozen=True, kw_only=True)
class Connection:
    """Everything that is needed to connect."""

    address: str
    namespace: str
    api_key: str | None = field(default=None, repr=False)
    tls: bool | TLSConfig | None = field(default=None, repr=False)
    metadata: dict[str, str] = field(default_factory=dict[str, str], repr=False)

    @property
    def uses_tls(self) -> bool:
        """Whether it speaks TLS: as told, else when there is an API key to protect."""
        return bool(self.api_key) if self.tls is None else bool(self.tls)


def read_connection(
    settings: Settings, *, address: str | None = None, namespace: str | None = None
) -> Connection:
    """How the settings, profiles and `TEMPORAL_*` variables say to connect.

    Args:
        settings: They name the profile and its file.
        address: Connect here instead, without the profile's key and TLS: those belong to the
            profile's own address, not to an engine of this machine.
        namespace: Use this namespace instead of the profile's.

    Raises:
        ConnectionInvalid: A profile, file or certificate is missing or cannot be read.
    """
    profile = read_profile(settings)
    space = namespace or profile.namespace or DEFAULT_NAMESPACE
    if address is not None:
        return Connection(address=_checked(address), namespace=space)
    try:
        tls = profile.tls.to_connect_tls_config() if profile.tls else None
    except OSError as error:
        raise ConnectionInvalid(
            f"The certificate or key {error.filename!r} cannot be read: {error.strerror}.",
            hint=f"Look at {TLS_CERTIFICATE}, {TLS_KEY} and {TLS_CA}, or at `tls` in the profile.",
        ) from error
    if isinstance(tls, TLSConfig) and bool(tls.client_cert) != bool(tls.client_private_key):
        raise _half_a_pair(tls)
    return Connection(
        address=_checked(profile.address or DEFAULT_ADDRESS),
        namespace=space,
        api_key=_sendable(profile.api_key.strip()) if profile.api_key else None,
        tls=tls,
        metadata=dict(profile.grpc_meta),
    )


def unavailable(address: str, reason: str) -> TemporalUnavailable:
    """The error for a Temporal that does not answer."""
    return TemporalUnavailable(
        f"Temporal at {address} does not answer: {reason}.",
        reason=reason,
        hint="Start it with `everloom dev`, or set TEMPORAL_ADDRESS to where it runs.",
    )


def denied(address: str, reason: str) -> TemporalDenied:
    """The error for a Temporal that does not let us in."""
    return TemporalDenied(
        f"Temporal at {address} denies it: {reason}.",
        hint="Look at TEMPORAL_API_KEY, the client certificate, and what they are allowed.",
    )


def _half_a_pair(tls: TLSConfig) -> ConnectionInvalid:
    there, missing, variable = (
        ("client certificate", "key", TLS_KEY)
        if tls.client_cert
        else ("key of a client certificate", "certificate", TLS_CERTIFICATE)
    )
    return ConnectionInvalid(
        f"There is a {there} without its {missing}.",
        hint=f"Set {variable}, or `tls` in the profile.",
    )


def _sendable(key: str) -> str:
    """The SDK leaves out what no header can carry, and connects without a key."""
    if key.isascii() and key.isprintable():
        return key
    raise ConnectionInvalid(
        "The API key cannot be sent: it holds a line break or a letter that no key has.",
        hint="Look at TEMPORAL_API_KEY, or at `api_key` in the profile.",
    )


def _checked(address: str) -> str:
    if _ADDRESS.fullmatch(address):
        return address
    raise ConnectionInvalid(
        f"{address!r} is not an address of Temporal.",
        hint="Write host and port, without `http://`: `127.0.0.1:7233`.",
    )
