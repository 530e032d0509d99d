"""Put the API together: edge, error table, health, docs, runs, and the applications' routes."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from everloom import __version__
from everloom.catalog import discover
from everloom.control import temporal_service
from everloom.core import EverloomError
from everloom.observe import get_logger
from everloom.settings import Settings
from everloom.temporal import TemporalService, get_temporal_service

from .applications import find_routers
from .codec import codec_crossing, codec_router
from .dependencies import Provided
from .description import PROBLEM_ANSWER, DescribedApi
from .docs import router as docs
from .edge import Edge
from .errors import add_error_answers
from .health import probes
from .health import router as health
from .runs import router as runs

_log = get_logger(__name__)

PREFIX = "/api/v1"


def create_app(settings: Settings, temporal: TemporalService | None = None) -> FastAPI:
    """The API, ready for any ASGI server. It starts and answers while Temporal is away.

    Args:
        settings: What it is made of.
        temporal: An own connection to Temporal, which the caller closes. None: one is made.

    Raises:
        CatalogInvalid: Something is wrong with the code of the packages.
        RoutesInvalid: An application's module `routes` cannot be used.
    """
    catalog = discover(settings)
    service = temporal or temporal_service(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        opened = Provided(catalog, settings, service)
        app.state.provided = opened
        try:
            await opened.providers()
        except EverloomError as error:
            _log.warning("applications cannot be opened yet", error=error.message, code=error.code)
        try:
            yield
        finally:
            await opened.close()
            if temporal is None:
                await service.close()

    app = DescribedApi(
        title="Everloom",
        summary="Durable workflows on Temporal.",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        responses=PROBLEM_ANSWER,
    )
    app.state.settings = settings
    app.state.catalog = catalog
    app.dependency_overrides[get_temporal_service] = lambda: service
    app.add_middleware(Edge, settings=settings.api, crossing=codec_crossing(settings.payloads))
    add_error_answers(app)
    app.include_router(probes)
    app.include_router(docs)
    app.include_router(codec_router(settings))
    for router in (health, runs, *find_routers(settings)):
        app.include_router(router, prefix=PREFIX)
    return app
