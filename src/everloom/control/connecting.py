"""Which Temporal is meant, and where its web interface shows a run."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from urllib.parse import quote

from everloom.engine import find_engine, running_here
from everloom.settings import Settings
from everloom.temporal import TemporalService


def temporal_service(settings: Settings) -> TemporalService:
    """The way to Temporal: a given address, else the engine that runs in the settings' folder.

    The engine may listen on another port than the default one, when that was taken. Without the look
    into its folder, a command would talk to whatever listens on the default port.
    """
    engine = find_engine(settings)
    if engine is None:
        return TemporalService(settings)
    return TemporalService(settings, address=engine.address, namespace=engine.namespace)


@asynccontextmanager
async def open_temporal(settings: Settings) -> AsyncGenerator[TemporalService]:
    """The way to Temporal for one command."""
    service = temporal_service(settings)
    try:
        yield service
    finally:
        await service.close()


def run_page(settings: Settings, temporal: TemporalService, workflow_id: str) -> str | None:
    """Where Temporal's web interface shows a run; None when nobody here knows where that is."""
    engine = running_here(settings)
    if engine is None or engine.ui_url is None or engine.address != temporal.address:
        return None
    namespace, run = quote(temporal.namespace, safe=""), quote(workflow_id, safe="")
    return f"{engine.ui_url.rstrip('/')}/namespaces/{namespace}/workflows/{run}"
