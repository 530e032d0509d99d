"""Which web pages of other addresses may ask what: the codec endpoint, and nothing else. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

_METHODS = "POST"
_HEADERS = "authorization, authorization-extras, content-type, x-namespace"


@dataclass(frozen=True)
class Crossing:
    """Paths that pages of some origins may ask."""

    prefix: str = ""
    """The paths begin with it; empty: none."""
    origins: frozenset[str] = frozenset()
    """Of the pages: `https://temporal.example.com`."""

    def allows(self, path: str, origin: str | None) -> bool:
        """Whether a page of this origin may ask this path."""
        return bool(self.prefix) and path.startswith(self.prefix) and origin in self.origins

    def headers(self, path: str, origin: str | None) -> Mapping[str, str]:
        """What an answer must say so that a browser gives it to the page."""
        if origin is None or not self.allows(path, origin):
            return {}
        return {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Credentials": "true",
            "Access-Control-Allow-Methods": _METHODS,
            "Access-Control-Allow-Headers": _HEADERS,
            "Access-Control-Max-Age": "600",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "Vary": "Origin",
        }
