"""How Temporal is reached: from the `temporal` command's own profiles and variables.

Made once, tried once: who waits and tries again is `connecting.py`.
"""

import asyncio
import re
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from temporalio.client import Client
from temporalio.converter import DataConverter
from temporalio.envconfig import ClientConfigProfile
from temporalio.service import TLSConfig

from everloom.settings import Settings, temporal_environment

from .errors import ConnectionInvalid, TemporalDenied, TemporalUnavailable

DEFAULT_ADDRESS = "127.0.0.1:7233"
DEFAULT_NAMESPACE = "default"
FILE_VARIABLE = "TEMPORAL_CONFIG_FILE"
ATTEMPT_LIMIT = timedelta(seconds=10)
"""How long one attempt to connect may take: a server that is stopped or overloaded accepts and
then says nothing."""

_ADDRESS = re.compile(r"[^\s/@]+:\d{1,5}")
_REASON = re.compile(r'(?:message|error): "((?:[^"\\]|\\.)+)"')
_QUOTED_LINE = re.compile(r"\s*\d*\s*\|")
"""`3 | api_key = "secret`, and the line below it that points at the place."""
_BAD_CERTIFICATE = "ParseError"


@dataclass(frozen=True, kw_only=True)
class Connection:
    """Everything that is needed to connect."""

    address: str
    namespace: str
    api_key: str | None = field(default=None, repr=False)
    tls: bool | TLSConfig | None = field(default=None, repr=False)
    metadata: dict[str, str] = field(default_factory=dict[str, str], repr=False)


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
            hint="Look at TEMPORAL_TLS_CLIENT_CERT_PATH, TEMPORAL_TLS_CLIENT_KEY_PATH and "
            "TEMPORAL_TLS_SERVER_CA_CERT_PATH, or at `tls` in the profile.",
        ) from error
    return Connection(
        address=_checked(profile.address or DEFAULT_ADDRESS),
        namespace=space,
        api_key=profile.api_key,
        tls=tls,
        metadata=dict(profile.grpc_meta),
    )


def read_profile(settings: Settings) -> ClientConfigProfile:
    """The profile of the `temporal` command's TOML file, with the variables over it.

    Raises:
        ConnectionInvalid: The file or the profile is missing, or is not what it should be.
    """
    environment = temporal_environment()
    file = _named_file(settings, environment)
    if file is not None and not file.is_file():
        raise ConnectionInvalid(
            f"There is no file {str(file)!r} with connection profiles.",
            hint=f"Look at `temporal.config_file` and at {FILE_VARIABLE}.",
        )
    try:
        return ClientConfigProfile.load(
            settings.temporal.profile,
            config_source=file,
            config_file_strict=True,
            override_env_vars=environment,
        )
    except RuntimeError as error:
        place = repr(str(file)) if file else "the TOML file of the `temporal` command"
        # Without the cause: it quotes the line of the file, and a key may stand on it.
        raise ConnectionInvalid(
            f"The connection profile cannot be used: {_without_quotes(str(error))}.",
            hint=f"Look into {place}, and at the TEMPORAL_* variables.",
        ) from None


async def connect_once(connection: Connection, converter: DataConverter) -> Client:
    """Connect, in one attempt.

    Raises:
        ConnectionInvalid: The address or the certificates cannot be used.
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
        raise _refused(connection.address, str(error)) from error


def unavailable(address: str, reason: str) -> TemporalUnavailable:
    """The error for a Temporal that does not answer."""
    return TemporalUnavailable(
        f"Temporal at {address} does not answer: {reason}.",
        hint="Start it with `everloom dev`, or set TEMPORAL_ADDRESS to where it runs.",
    )


def denied(address: str, reason: str) -> TemporalDenied:
    """The error for a Temporal that does not let us in."""
    return TemporalDenied(
        f"Temporal at {address} denies it: {reason}.",
        hint="Look at TEMPORAL_API_KEY, the client certificate, and what they are allowed.",
    )


def _without_quotes(said: str) -> str:
    """A message of the TOML reader without the line that it quotes: a key may stand on it."""
    kept = [line for line in said.splitlines() if not _QUOTED_LINE.match(line)]
    return ", ".join(line.strip() for line in kept if line.strip())


def _refused(address: str, said: str) -> TemporalUnavailable | TemporalDenied | ConnectionInvalid:
    found = _REASON.findall(said)
    reason = found[-1].rstrip(".") if found else " ".join(said.split())[:300]
    if _BAD_CERTIFICATE in said:
        return _invalid(address, "the certificate or its key cannot be read")
    if "code: Unauthenticated" in said or "code: PermissionDenied" in said:
        return denied(address, reason)
    return unavailable(address, reason)


def _invalid(address: str, reason: str) -> ConnectionInvalid:
    return ConnectionInvalid(
        f"The connection to {address!r} cannot be set up: {reason}.",
        hint="Look at TEMPORAL_ADDRESS and the TEMPORAL_TLS_* variables, or at the profile.",
    )


def _named_file(settings: Settings, environment: dict[str, str]) -> Path | None:
    if settings.temporal.config_file is not None:
        return settings.path(settings.temporal.config_file)
    named = environment.get(FILE_VARIABLE)
    return Path(named) if named else None


def _checked(address: str) -> str:
    if _ADDRESS.fullmatch(address):
        return address
    raise ConnectionInvalid(
        f"{address!r} is not an address of Temporal.",
        hint="Write host and port, without `http://`: `127.0.0.1:7233`.",
    )
