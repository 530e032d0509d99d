"""Where is a gRPC service, and how is it spoken to?

The address policy is that of all calls, and what was checked is what is connected to. With TLS,
unless the server is on a private address and its port is no usual one of TLS: inside a cluster or on
the own machine services listen without. What stands in `http.rewrite` decides by its scheme.
"""

import ipaddress
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx2

from everloom.flow import Fault, Json, step_fault
from everloom.settings import Settings
from everloom.steps.addresses import is_public
from everloom.steps.connecting import look_up
from everloom.steps.outgoing import Outgoing
from everloom.steps.shapes import is_object

TLS_PORTS = frozenset({443, 8443})


@dataclass(frozen=True)
class Server:
    """A server to connect to."""

    host: str
    port: int
    """As the definition names them."""

    addresses: tuple[str, ...]
    """Where it is, permitted all."""

    at_port: int
    """The port there."""

    name: str | None
    """What its certificate must be for; None: without TLS."""

    @property
    def place(self) -> str:
        """Host and port, as the definition names them."""
        return _written(self.host, self.port)

    @property
    def authority(self) -> str:
        """Who is asked: what the certificate is for, where there is one."""
        return self.place if self.name is None else _written(self.name, self.at_port)

    @property
    def targets(self) -> list[str]:
        """The addresses as gRPC writes them, those of IPv4 first."""
        old = [f"{each}:{self.at_port}" for each in self.addresses if ":" not in each]
        new = [
            f"[{each.partition('%')[0]}]:{self.at_port}" for each in self.addresses if ":" in each
        ]
        families = (("ipv4", old), ("ipv6", new))
        return [f"{family}:{','.join(several)}" for family, several in families if several]


async def find_server(service: Json, outgoing: Outgoing) -> Server:
    """The server of a service.

    Args:
        service: `with.service`.
        outgoing: Knows what may be reached.

    Raises:
        Fault: It is none, unknown, or not permitted.
    """
    host, port = _place(service)
    elsewhere = _rewritten(host, port, outgoing)
    if elsewhere is None:
        addresses = await outgoing.addresses(host, port)
        return Server(
            host, port, tuple(addresses), port, host if _is_tls(port, addresses) else None
        )
    at = elsewhere.port or (443 if elsewhere.scheme == "https" else 80)
    try:
        addresses = await look_up(elsewhere.host, at)
    except OSError:
        detail = f"{elsewhere.host}, which `http.rewrite` names, is no known host."
        raise step_fault("communication", title="Host not found", detail=detail) from None
    name = elsewhere.host if elsewhere.scheme == "https" else None
    return Server(host, port, tuple(addresses), at, name)


def authorities(settings: Settings) -> bytes | None:
    """The certificate authorities that are trusted, in PEM; None: those that gRPC brings along."""
    file = settings.http.ca_file
    if file is not None:
        return settings.path(file).read_bytes()
    usual = ssl.get_default_verify_paths().cafile or ""
    return Path(usual).read_bytes() if usual else None


def _written(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _is_tls(port: int, addresses: Sequence[str]) -> bool:
    return port in TLS_PORTS or any(is_public(ipaddress.ip_address(each)) for each in addresses)


def _rewritten(host: str, port: int, outgoing: Outgoing) -> httpx2.URL | None:
    for scheme in ("https", "http"):
        url = httpx2.URL(f"{scheme}://{_written(host, port)}")
        found = outgoing.transport.rewritten(url)
        if found is not None:
            return found
    return None


def _place(service: Json) -> tuple[str, int]:
    given = service if is_object(service) else {}
    host, port = given.get("host"), given.get("port")
    try:
        number = 443 if port is None else int(port)
        httpx2.URL(f"https://{_written(str(host), number)}")
    except (TypeError, ValueError, httpx2.InvalidURL):
        raise _unusable(f"It has the port {str(port)[:40]!r}.") from None
    if not isinstance(host, str) or not host or not 0 < number < 65536 or set(host) & set("/@?#\\"):
        raise _unusable("It needs a `host`, and a `port` where that is not 443.")
    return host, number


def _unusable(detail: str) -> Fault:
    return step_fault("configuration", title="Service not usable", detail=detail)
