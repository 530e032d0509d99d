"""Documents of OpenAPI as short as can be, and a service that they describe."""

from typing import Any

from tests.servers.http_files import HttpFiles

from everloom.flow import OPENAPI

from .serving import MIRROR, Caller, Reply, says


def operation(**changes: Any) -> dict[str, Any]:
    return {"operationId": "it", "responses": {}, **changes}


def three(paths: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A document of OpenAPI 3."""
    return {"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": paths, **changes}


def two(paths: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A document of Swagger 2.0."""
    return {"swagger": "2.0", "info": {"title": "t", "version": "1"}, "paths": paths, **changes}


def parameter(name: str, place: str, **changes: Any) -> dict[str, Any]:
    return {"name": name, "in": place, **changes}


class Described:
    """A service with a document, which a call answers with what it was asked."""

    def __init__(self, web: HttpFiles, call: Caller) -> None:
        self.web, self.call = web, call
        self.document: dict[str, Any] = {}
        self.url = web.serve("/docs/openapi.json", Reply(lambda _: says(self.document)))

    def arguments(self, given: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {
            "step": OPENAPI,
            "document": {"endpoint": self.url},
            "operationId": "it",
            "parameters": given,
            **more,
        }

    async def hears(self, path: str, **given: Any) -> Any:
        """What arrives at a path."""
        self.web.serve(path, MIRROR)
        return await self.call(**self.arguments(given))

    async def fails(self, kind: str, status: int, **given: Any) -> str:
        return await self.call.fails(kind, status, **self.arguments(given))
