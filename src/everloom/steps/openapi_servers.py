"""Which server does an operation belong to? The first that its document names, and HTTP can call."""

import re

import httpx2

from everloom.flow import Json

from .openapi_documents import Found, Part, unusable_document
from .shapes import is_list, is_object

_VARIABLE = re.compile(r"\{([^{}]*)\}")


def server_of(found: Found) -> str:
    """The address that the paths of an operation follow.

    Raises:
        Fault: None of its servers can be called over HTTP.
    """
    if found.is_swagger:
        return _swagger_server(found)
    root = Part(found.root.content, found.root)
    for holder in (found.operation, found.item, root):
        servers = holder.node.get("servers")
        if is_list(servers) and servers:
            return _first(servers, holder.document.url)
    return _callable("/", found.root.url)


def _first(servers: list[Json], base: str) -> str:
    for server in servers:
        url = server.get("url") if is_object(server) else None
        if isinstance(url, str):
            joined = _joined(_filled(url, server.get("variables")), base)
            if joined is not None:
                return joined
    raise unusable_document("None of its `servers` can be called over HTTP.")


def _filled(url: str, variables: Json) -> str:
    """The address with the defaults of its variables."""

    def default(found: re.Match[str]) -> str:
        variable = variables.get(found[1]) if is_object(variables) else None
        value = variable.get("default") if is_object(variable) else None
        if value is None:
            raise unusable_document(f"The variable `{found[1]}` of a server has no default.")
        return str(value)

    return _VARIABLE.sub(default, url)


def _swagger_server(found: Found) -> str:
    content, base = found.root.content, httpx2.URL(found.root.url)
    named = found.operation.node.get("schemes") or content.get("schemes") or [base.scheme]
    schemes = [each for each in ("https", "http") if is_list(named) and each in named]
    if not schemes:
        raise unusable_document("None of its `schemes` is `http` or `https`.")
    host = content.get("host") or base.netloc.decode("ascii")
    path = str(content.get("basePath") or "/")
    return _callable(f"{schemes[0]}://{host}/{path.lstrip('/')}", found.root.url)


def _callable(url: str, base: str) -> str:
    joined = _joined(url, base)
    if joined is None:
        raise unusable_document("Its server is no address that can be called.")
    return joined


def _joined(url: str, base: str) -> str | None:
    """An address as seen from its document; None: HTTP cannot call it."""
    try:
        joined = httpx2.URL(base).join(url)
    except (httpx2.InvalidURL, ValueError):
        return None
    if joined.scheme not in {"http", "https"} or not joined.host:
        return None
    return str(joined.copy_with(query=None, fragment=None))
