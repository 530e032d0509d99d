"""Which network addresses may be fetched from.

A name is resolved once and the connection goes to an address that was checked, so that a name server
cannot show one address to the check and another one to the connection (DNS rebinding).
"""

import asyncio
import ipaddress
import socket
from collections.abc import Iterator

from .errors import AddressRefused, HostNotFound, SourceUnavailable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


async def resolve(host: str, port: int, *, allow_private: bool) -> list[str]:
    """The addresses of a host that may be connected to, in the resolver's order.

    Raises:
        AddressRefused: None of them is public.
        HostNotFound: There is no such host.
        SourceUnavailable: The name server does not answer.
    """
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
            raise SourceUnavailable(f"The name of {host!r} could not be looked up.") from None
        raise HostNotFound(host) from None
    addresses = list(dict.fromkeys(str(info[4][0]) for info in found))
    allowed = [address for address in addresses if allow_private or is_public(address)]
    if not allowed:
        raise AddressRefused(host)
    return allowed


def is_public(address: str) -> bool:
    """Whether an address lies on the public internet, in each of the ways it can be written."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    return all(_is_public(each) for each in (parsed, *_embedded(parsed)))


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None or address in _NAT64:
            return True  # the address in it is what counts
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _embedded(address: Address) -> Iterator[Address]:
    """IPv4 addresses that packets to an IPv6 address may end up at."""
    if isinstance(address, ipaddress.IPv4Address):
        return
    if address in _NAT64 or int(address) >> 32 == 0:
        yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    for inner in (address.ipv4_mapped, address.sixtofour):
        if inner is not None:
            yield inner
