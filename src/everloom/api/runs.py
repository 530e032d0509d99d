"""/runs: start, list, show and cancel runs."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response, status
from pydantic import BaseModel, ConfigDict

from everloom.catalog import Catalog
from everloom.control import (
    RunFilter,
    Shown,
    Started,
    StartRequest,
    Why,
    cancel_run,
    explain_wait,
    find_runs,
    show_run,
    start_run,
)
from everloom.core import Duration
from everloom.settings import Settings
from everloom.temporal import RunInfo, TemporalService, get_temporal_service

from .dependencies import get_settings

router = APIRouter(prefix="/runs", tags=["runs"])

Temporal = Annotated[TemporalService, Depends(get_temporal_service)]
CurrentSettings = Annotated[Settings, Depends(get_settings)]


class StartBody(BaseModel):
    """What to start."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    workflow: str
    """Wire name of the workflow."""

    input: Any = None
    """Its input; checked before anything starts."""

    id: str | None = None
    """Id of the run; starting twice with it is safe. None: one is made."""

    start_delay: Duration | None = None
    """Begin only after this time: `30s`, `5m`."""


class CancelBody(BaseModel):
    """Why a run shall stop."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    reason: str = ""
    """Shown with the run."""


class RunList(BaseModel):
    """Runs, the youngest first."""

    runs: list[RunInfo]


class CancelAnswer(BaseModel):
    """The run was asked to stop; it may take a while over it."""

    id: str


@router.post("", status_code=status.HTTP_201_CREATED, summary="Start a run")
async def start(
    *,
    body: StartBody,
    request: Request,
    response: Response,
    settings: CurrentSettings,
    temporal: Temporal,
) -> Started:
    """Start a workflow; 200 instead of 201 when a run of that id exists already."""
    wanted = StartRequest(
        workflow=body.workflow, input=body.input, id=body.id, start_delay=body.start_delay
    )
    started = await start_run(settings, request.app.state.catalog, temporal, wanted)
    if started.existed:
        response.status_code = status.HTTP_200_OK
    return started


@router.get("", summary="List runs")
async def list_all(
    *,
    temporal: Temporal,
    workflow: Annotated[str | None, Query(description="Only of this workflow.")] = None,
    status: Annotated[str | None, Query(description="Only `running`, `failed`, ...")] = None,
    query: Annotated[str | None, Query(description="A list filter of Temporal's own.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="At most so many.")] = 50,
) -> RunList:
    """List runs, the youngest first."""
    wanted = RunFilter(workflow=workflow, status=status, query=query)
    return RunList(runs=await find_runs(temporal, wanted, limit=limit))


@router.post("/{id:path}/cancel", status_code=status.HTTP_202_ACCEPTED, summary="Cancel a run")
async def cancel(id: str, body: CancelBody, temporal: Temporal) -> CancelAnswer:
    """Ask a run to stop in an orderly way; it may clean up first."""
    await cancel_run(temporal, id, body.reason)
    return CancelAnswer(id=id)


@router.get("/{id:path}/why", summary="Say why a run waits")
async def why(*, id: str, request: Request, temporal: Temporal) -> Why:
    """Say in one sentence why a run does not go on, and from what that is concluded."""
    catalog: Catalog = request.app.state.catalog
    return await explain_wait(temporal, id, catalog=lambda: catalog)


@router.get("/{id:path}", summary="Show a run")
async def show(
    *,
    id: str,
    settings: CurrentSettings,
    temporal: Temporal,
    history: Annotated[bool, Query(description="Sum up its history too.")] = False,
) -> Shown:
    """Show one run: status, input, result, what it waits for and why it failed."""
    return await show_run(settings, temporal, id, with_history=history)
