"""Where do the functions of catalogs lie? `name:version@catalog`, as an address of a file."""

import re

from .models.access import Endpoint, EndpointObject
from .models.workflow import Use

CATALOGED = re.compile(r"(?P<name>[^@\s]+):(?P<version>[^:@\s]+)@(?P<catalog>[^@\s]+)")
"""How a function of a catalog is called: `name:version@catalog`."""

_HUB = re.compile(
    r"https://github\.com/(?P<owner>[^/]+)/(?P<name>[^/]+?)(?:\.git)?"
    r"(?:/tree/(?P<branch>[^/]+)(?P<folder>/.*)?)?/?"
)
_LAB = re.compile(r"(?P<start>https://gitlab\.com/.+?)/-/tree/(?P<branch>[^/]+)(?P<folder>/.*)?/?")


def function_address(call: str, use: Use) -> str | None:
    """Where a function of a catalog lies; None when the call means something else."""
    found = None if call in use.functions else CATALOGED.fullmatch(call)
    if found is None or found["catalog"] not in use.catalogs:
        return None
    root = _raw(address_of(use.catalogs[found["catalog"]].endpoint))
    return f"{root}/functions/{found['name']}/{found['version']}/function.yaml"


def address_of(endpoint: Endpoint) -> str:
    """The address of an endpoint, whichever way it is written."""
    return endpoint.uri if isinstance(endpoint, EndpointObject) else endpoint


def _raw(address: str) -> str:
    """Where the files themselves lie that a page of a repository shows."""
    if found := _HUB.fullmatch(address):
        branch, folder = found["branch"] or "HEAD", (found["folder"] or "").rstrip("/")
        start = f"https://raw.githubusercontent.com/{found['owner']}/{found['name']}"
        return f"{start}/{'refs/heads/' if found['branch'] else ''}{branch}{folder}"
    if found := _LAB.fullmatch(address):
        return f"{found['start']}/-/raw/{found['branch']}{(found['folder'] or '').rstrip('/')}"
    return address.rstrip("/")
