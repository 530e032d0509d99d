"""/imports: start, follow and read product imports. /products: list and search what they brought."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, Self
from urllib.parse import quote
from uuid import uuid4

from fastapi import (
    APIRouter,
    Depends,
    File,
    Form,
    Query,
    Request,
    Response,
    UploadFile,
    status,
)
from fastapi.exceptions import RequestValidationError
from fastapi.responses import StreamingResponse
from pydantic import Field, TypeAdapter, ValidationError, model_validator

from everloom.api import get_temporal_service, provided
from everloom.core import Conflict, EverloomError, NotFound, Unavailable
from everloom.objects import Objects
from everloom.temporal import (
    RunExists,
    RunFailed,
    RunInfo,
    RunNotFound,
    TemporalService,
    list_runs,
    read_run,
)

from .models import ImportProgress, ImportReport, ImportRequest, Shape
from .products import Products
from .storage import Product, ProductPage
from .workflows import ProductImport

WORKFLOW = "product-import"
_ID = r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$"
_BLOCK = 1024**2
_PATIENCE = 3.0
"""Seconds a worker may take over saying how far an import is."""

_LAST_LINK = 'ExecutionStatus != "ContinuedAsNew"'
"""A long import goes on in a new run of the same id; only the last one says how it stands."""

_OPTIONS = TypeAdapter(dict[str, Any])
_NO_REFUSED = b"line,column,value,code,reason\n"

imports = APIRouter(prefix="/imports", tags=["imports"])
products = APIRouter(prefix="/products", tags=["products"])

Temporal = Annotated[TemporalService, Depends(get_temporal_service)]
Store = Annotated[Objects, Depends(provided(Objects))]
Catalogue = Annotated[Products, Depends(provided(Products))]
ImportId = Annotated[
    str | None,
    Field(pattern=_ID, description="Starting twice with one id is safe. None: one is made."),
]


class ImportNotFound(NotFound):
    """There is no import of this id."""

    code = "import-not-found"

    def __init__(self, id: str) -> None:
        super().__init__(
            f"There is no import {id!r}.", hint="`GET /api/v1/imports` lists the youngest."
        )


class ImportRunning(Conflict):
    """The import has not ended yet."""

    code = "import-running"

    def __init__(self, id: str) -> None:
        super().__init__(
            f"The import {id!r} has not ended yet.", hint="Follow it, and ask again at its end."
        )


class StartImport(ImportRequest):
    """An import, and the id it shall have."""

    id: ImportId = None

    @model_validator(mode="after")
    def _has_nothing_to_resume(self) -> Self:
        if self.resume is not None:
            raise ValueError("`resume` is set by the import itself; leave it out")
        return self

    def request(self) -> ImportRequest:
        """The import alone."""
        return ImportRequest.model_validate(self.model_dump(exclude={"id"}))


class StartedImport(Shape):
    """An import that runs, or ran."""

    id: str
    existed: bool
    """An import of this id was there already; it is the one that is meant."""


class UploadedFile(Shape):
    """A file that an import may name as its source: `{"object": ...}`."""

    object: str
    size: int
    """Bytes."""


class ImportView(Shape):
    """How an import stands."""

    id: str
    status: str
    """`running`, `completed`, `failed`, `cancelled`, `terminated` or `timed-out`."""

    started: datetime
    closed: datetime | None
    progress: ImportProgress | None = None
    """How far it has come; None when no worker is there to say it."""

    report: ImportReport | None = None
    """How it ended, when it did with a report."""

    error_code: str = ""
    error: str = ""
    """Why it failed."""


class ImportList(Shape):
    """Imports, the youngest first."""

    imports: tuple[ImportView, ...]


class CancelImport(Shape):
    """Why an import shall stop."""

    reason: str = ""


@imports.post("", status_code=status.HTTP_201_CREATED, summary="Start an import")
async def start_import(body: StartImport, response: Response, temporal: Temporal) -> StartedImport:
    """Import a file from a URL, an upload or a feed folder; 200 when the id is known already."""
    return await _start(temporal, body.request(), body.id, response)


@imports.post("/files", status_code=status.HTTP_201_CREATED, summary="Upload and import a file")
async def import_file(
    *,
    file: Annotated[UploadFile, File(description="The product file.")],
    options: Annotated[
        str, Form(description="The import as JSON, without `source`: feed, preset, mode, ...")
    ] = "{}",
    response: Response,
    temporal: Temporal,
    objects: Store,
) -> StartedImport:
    """Upload a file in a form and import it; 200 when the id is known already."""
    key = _upload_key(file.filename or "")
    wanted = _with_source(options, key)
    blocks = iter(lambda: file.file.read(_BLOCK), b"")
    await asyncio.to_thread(objects.put_stream, key, blocks)
    try:
        started = await _start(temporal, wanted.request(), wanted.id, response)
    except EverloomError as error:
        if not error.retryable:  # else it may have started all the same
            await objects.adelete(key)
        raise
    if started.existed:
        await objects.adelete(key)  # the import that runs has its own
    return started


@imports.post("/uploads", status_code=status.HTTP_201_CREATED, summary="Upload a file")
async def upload_file(
    request: Request,
    objects: Store,
    name: Annotated[str, Query(description="Name of the file, with its ending.")] = "",
) -> UploadedFile:
    """Take the body as a file that a later import names as `{"object": ...}`; nothing is imported.

    The body is streamed into the object store, so that it may be larger than the memory.
    """
    key = _upload_key(name)
    await objects.aput_stream(key, request.stream())
    return UploadedFile(object=key, size=objects.size(key))


@imports.get("", summary="List imports")
async def list_imports(
    temporal: Temporal,
    limit: Annotated[int, Query(ge=1, le=1000, description="At most so many.")] = 50,
) -> ImportList:
    """List imports, the youngest first, without progress and reports."""
    runs = list_runs(temporal, f'WorkflowType = "{WORKFLOW}" AND {_LAST_LINK}', limit=limit)
    return ImportList(imports=tuple([_view(run) async for run in runs]))


@imports.get("/{id}", summary="Follow an import")
async def show_import(id: str, temporal: Temporal) -> ImportView:
    """Show how an import stands: status, progress, and its report or error at the end."""
    run = await _read(temporal, id)
    if run.status == "completed":
        return _view(run).model_copy(
            update={"report": await ProductImport.at(temporal, id).result()}
        )
    if run.is_open:
        return _view(run).model_copy(update={"progress": await _progress(temporal, id)})
    return await _failed(temporal, run)


@imports.get("/{id}/report", summary="Read the report")
async def read_report(id: str, temporal: Temporal) -> ImportReport:
    """Read how an import ended."""
    run = await _read(temporal, id)
    if run.is_open:
        raise ImportRunning(id)
    broken_off = None if run.status == "completed" else await _report(temporal, id)
    return broken_off or await ProductImport.at(temporal, id).result()


@imports.get(
    "/{id}/refused",
    summary="Read the refused rows",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {}}}},
)
async def read_refused(id: str, temporal: Temporal, objects: Store) -> StreamingResponse:
    """Read all refused rows with line, column, value, code and reason, as CSV."""
    report = await read_report(id, temporal)
    key = report.refused_key
    if key:
        await objects.aread(key, 0, 1)  # so that a missing object is an error, not a broken answer
    return StreamingResponse(
        objects.astream(key) if key else _nothing_refused(),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{quote(id, safe="")}-refused.csv"'},
    )


@imports.post("/{id}/cancel", status_code=status.HTTP_202_ACCEPTED, summary="Cancel an import")
async def cancel_import(id: str, body: CancelImport, temporal: Temporal) -> ImportView:
    """Ask an import to stop after the batch it is at; what is stored stays."""
    run = await _read(temporal, id)
    if run.is_open:
        await ProductImport.at(temporal, id).cancel(body.reason)
    return _view(run)


@products.get("", summary="List and search products")
def search_products(
    *,
    catalogue: Catalogue,
    text: Annotated[str, Query(description="Words in title, brand, product id or GTIN.")] = "",
    feed: Annotated[str | None, Query(description="Only of this feed.")] = None,
    active: Annotated[bool | None, Query(description="Only active, or only inactive.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="Products on a page.")] = 50,
    after: Annotated[str | None, Query(description="`after` of the page before.")] = None,
) -> ProductPage:
    """Find products page by page, in the order of feed and product id."""
    return catalogue.search(text, feed=feed, active=active, limit=limit, after=after)


@products.get("/{feed}/{product_id:path}", summary="Show a product")
def show_product(feed: str, product_id: str, catalogue: Catalogue) -> Product:
    """Show one product."""
    return catalogue.get(feed, product_id)


async def _start(
    temporal: TemporalService, wanted: ImportRequest, id: str | None, response: Response
) -> StartedImport:
    id = id or f"{WORKFLOW}-{uuid4()}"
    try:
        await ProductImport.start(temporal, wanted, id=id, if_exists="fail")
    except RunExists:
        await _read(temporal, id)  # an id of another workflow's run is not ours to hand out
        response.status_code = status.HTTP_200_OK
        return StartedImport(id=id, existed=True)
    response.headers["Location"] = f"imports/{quote(id, safe='')}"
    return StartedImport(id=id, existed=False)


async def _read(temporal: TemporalService, id: str) -> RunInfo:
    try:
        run = (await read_run(temporal, id)).info
    except RunNotFound:
        raise ImportNotFound(id) from None
    if run.workflow != WORKFLOW:
        raise ImportNotFound(id)
    return run


async def _progress(temporal: TemporalService, id: str) -> ImportProgress | None:
    try:
        async with asyncio.timeout(_PATIENCE):
            return await ProductImport.at(temporal, id).query(ProductImport.progress)
    except (Unavailable, TimeoutError):
        return None  # no worker is there; the status is still worth an answer


async def _report(temporal: TemporalService, id: str) -> ImportReport | None:
    """The report of an import that was broken off, from the worker that remembers it."""
    try:
        async with asyncio.timeout(_PATIENCE):
            return await ProductImport.at(temporal, id).query(ProductImport.report)
    except (Unavailable, TimeoutError):
        return None


async def _failed(temporal: TemporalService, run: RunInfo) -> ImportView:
    try:
        report = await ProductImport.at(temporal, run.id).result()
    except RunFailed as error:
        said: dict[str, object] = {"error_code": error.failure_type, "error": error.reason}
        said["report"] = await _report(temporal, run.id)
        return _view(run).model_copy(update=said)
    return _view(run).model_copy(update={"report": report})


def _view(run: RunInfo) -> ImportView:
    return ImportView(id=run.id, status=run.status, started=run.started, closed=run.closed)


def _with_source(options: str, key: str) -> StartImport:
    try:
        given = _OPTIONS.validate_json(options)
        return StartImport.model_validate({**given, "source": {"object": key}})
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False)
        raise RequestValidationError(
            [{**each, "loc": ("body", "options", *each["loc"])} for each in found]
        ) from None


def _upload_key(name: str) -> str:
    """A key of its own for each upload; the name stays readable, for finding out the format."""
    last = re.sub(r"[^A-Za-z0-9._-]+", "_", re.split(r"[/\\]", name)[-1]).strip(".")[-100:]
    return f"uploads/{uuid4()}/{last or 'upload'}"


async def _nothing_refused() -> AsyncIterator[bytes]:
    yield _NO_REFUSED


router = APIRouter()
router.include_router(imports)
router.include_router(products)
