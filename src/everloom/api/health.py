"""Is it alive, and can it work? For people, load balancers and orchestrators."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Response, status
from pydantic import BaseModel, ConfigDict

from everloom.temporal import TemporalService, get_temporal_service

probes = APIRouter(tags=["health"])
router = APIRouter(tags=["health"])

Temporal = Annotated[TemporalService, Depends(get_temporal_service)]


class Alive(BaseModel):
    """The process answers."""

    status: Literal["alive"] = "alive"


class Readiness(BaseModel):
    """Whether requests that need Temporal can work now."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    status: Literal["ready", "not-ready"]
    reasons: list[str] = []
    """Why not."""


class TemporalHealth(BaseModel):
    """How Temporal is."""

    model_config = ConfigDict(use_attribute_docstrings=True, from_attributes=True)

    status: Literal["healthy", "unhealthy"]
    namespace: str
    address: str
    error: str | None = None
    """Why it is unhealthy."""


@probes.get("/healthz", summary="Alive")
async def alive() -> Alive:
    """Answer as long as the process can answer anything; Temporal may be away."""
    return Alive()


@probes.get(
    "/readyz",
    summary="Ready",
    responses={503: {"model": Readiness, "description": "Temporal is away"}},
)
async def ready(temporal: Temporal, response: Response) -> Readiness:
    """Answer 200 when Temporal can be reached, else 503 with the reason."""
    health = await temporal.health()
    if health.status == "healthy":
        return Readiness(status="ready")
    response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    return Readiness(status="not-ready", reasons=[health.error or "Temporal does not answer."])


@router.get("/health", summary="Temporal's health")
async def health(temporal: Temporal) -> TemporalHealth:
    """Say how Temporal is; 200 also when it is unhealthy, because this answer itself worked."""
    return TemporalHealth.model_validate(await temporal.health())
