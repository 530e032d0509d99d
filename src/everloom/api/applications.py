"""Routes that applications bring along: a module `routes` with a `router` in their package."""

import importlib
from importlib.util import find_spec

from fastapi import APIRouter

from everloom.core import Invalid
from everloom.settings import Settings


class RoutesInvalid(Invalid):
    """An application's module `routes` cannot be used."""

    code = "routes-invalid"


def find_routers(settings: Settings) -> list[APIRouter]:
    """The routers of the packages in the settings. The catalog must have been discovered before.

    Raises:
        RoutesInvalid: A module `routes` cannot be imported or has no `router`.
    """
    return [_router_of(f"{name}.routes") for name in settings.catalog.packages if _has_routes(name)]


def _has_routes(name: str) -> bool:
    """An application in a single file has no room for a module `routes`."""
    found = find_spec(name)
    is_package = found is not None and found.submodule_search_locations is not None
    return is_package and find_spec(f"{name}.routes") is not None


def _router_of(name: str) -> APIRouter:
    try:
        module = importlib.import_module(name)
    except (Exception, SystemExit) as error:
        raise RoutesInvalid(
            f"The module `{name}` cannot be imported: {type(error).__name__}: {error}.",
            hint="Mend it, or take its package out of `catalog.packages`.",
        ) from error
    router = getattr(module, "router", None)
    if not isinstance(router, APIRouter):
        raise RoutesInvalid(
            f"The module `{name}` has no `router`.",
            hint="Write `router = APIRouter()` in it, and hang its routes on that.",
        )
    return router
