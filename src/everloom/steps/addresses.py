"""Which addresses may the calls of a definition reach?

Names are only a first look: what counts is the address that is really connected to, after DNS and
after each redirect. Decimal, octal and mapped spellings of an address are no names for it here,
because they too are judged by what they resolve to. Pure: no DNS, no network.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import translate
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from everloom.settings import HttpSettings

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_RESERVED = tuple(
    ip_network(each)
    for each in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "2001::/23", "2001:db8::/32", "3fff::/20",
        "168.63.129.16/32",  # Azure answers this one from the host itself, with secrets of the machine
    )
)  # fmt: skip
"""What IANA set apart. Written out, because Python's own list differs from version to version."""

_UNICAST = ip_network("2000::/3")
"""All that has been given out of IPv6."""

_TRANSLATED = (ip_network("64:ff9b::/96"), ip_network("::/96"))
"""Networks of IPv6 whose last 32 bits are an address of IPv4."""


@dataclass(frozen=True)
class _Places:
    """Hosts, patterns of hosts and networks, as a setting lists them."""

    hosts: tuple[re.Pattern[str], ...]
    networks: tuple[Network, ...]

    def names(self, host: str) -> bool:
        return any(pattern.fullmatch(host) for pattern in self.hosts)

    def holds(self, address: Address) -> bool:
        return any(address in network for network in self.networks)


@dataclass(frozen=True)
class AddressPolicy:
    """What the settings `http.allow`, `http.deny` and `http.private` come to."""

    allow: _Places
    deny: _Places
    private: bool

    def refuses(self, host: str) -> bool:
        """Whether a host may not be reached whatever its addresses are, so that DNS need not be asked."""
        name = _name(host)
        return self.deny.names(name) or not (self._lists(name) or self.allow.networks)

    def permitted(self, host: str, addresses: Sequence[str]) -> list[str]:
        """Those addresses of a host that may be connected to.

        Args:
            host: As it stands in the URL.
            addresses: All that it resolves to.
        """
        if self.refuses(host):
            return []
        return [each for each in addresses if self._permits(_name(host), each)]

    def _permits(self, name: str, written: str) -> bool:
        address = _innermost(ip_address(written))
        if self.deny.holds(address):
            return False
        if self.allow.holds(address):
            return True
        return self._lists(name) and (self.private or is_public(address))

    def _lists(self, name: str) -> bool:
        return not (self.allow.hosts or self.allow.networks) or self.allow.names(name)


def address_policy(settings: HttpSettings) -> AddressPolicy:
    """The policy that the settings describe."""
    return AddressPolicy(
        allow=_places(settings.allow), deny=_places(settings.deny), private=bool(settings.private)
    )


def is_public(address: Address) -> bool:
    """Whether an address belongs to the public internet, and to no service of the machine."""
    inner = _innermost(address)
    if isinstance(inner, IPv6Address) and inner not in _UNICAST:
        return False
    return not any(inner in network for network in _RESERVED)


def _name(host: str) -> str:
    return host.lower().rstrip(".")


def _innermost(address: Address) -> Address:
    """The address of IPv4 that one of IPv6 stands for, if it does."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if any(address in network for network in _TRANSLATED) and int(address) > 1:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _places(written: Iterable[str]) -> _Places:
    hosts: list[re.Pattern[str]] = []
    networks: list[Network] = []
    for each in written:
        try:
            networks.append(ip_network(each))
        except ValueError:
            hosts.append(re.compile(translate(each)))
    return _Places(tuple(hosts), tuple(networks))
