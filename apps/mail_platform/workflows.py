"""Import a product file: download, parse and store it batch by batch, and tell how it went.

While one batch is stored the next is parsed; batches are stored one after the other. So a crash
repeats at most one batch, and the store recognises a batch that it has already.
"""

import asyncio
import re
from collections.abc import Sequence
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception
from typing_extensions import override

from everloom.authoring import Policy, Workflow, call, workflow_type

from .download import DownloadActivities
from .errors import TooManyRefused
from .models import (
    DownloadRequest,
    Finish,
    FinishRequest,
    ImportProgress,
    ImportReport,
    ImportRequest,
    ImportState,
    Mode,
    Notice,
    ObjectSource,
    Outcome,
    ParsedBatch,
    ParseRequest,
    UpsertRequest,
)
from .notices import NoticeActivities
from .parsing_activity import ParseActivities
from .reports import make_notice, make_report, refused_file
from .upserts import UpsertActivities

TRANSFER = Policy(timeout=timedelta(hours=2), heartbeat=timedelta(seconds=15), attempts=10)
PARSING = Policy(  # waited for, also when cancelled: nothing is put behind the clean-up's back
    timeout=timedelta(minutes=10), heartbeat=timedelta(seconds=15), await_cancel=True
)
STORING = Policy(  # without end: a database that is away for an hour costs an hour, not the import
    timeout=timedelta(minutes=15),
    heartbeat=timedelta(seconds=15),
    attempts=0,
    cap=timedelta(seconds=15),
    await_cancel=True,
)
TELLING = Policy(timeout=timedelta(minutes=1), attempts=5)

SHOWN_PROBLEMS = 20


@workflow_type(name="product-import", queue="standard")
class ProductImport(Workflow[ImportRequest, ImportReport]):
    """Import one product file.

    Starting it twice with one id is safe: the second start finds the first run. A row that cannot be
    used is refused and reported, because one bad price must not hold back ten thousand products.
    """

    def __init__(self) -> None:
        self._progress = ImportProgress()
        self._ended: ImportReport | None = None
        self._done = ImportState(import_id="", started_at=workflow.now())

    @override
    async def run(self, input: ImportRequest) -> ImportReport:
        self._done = input.resume or ImportState(
            import_id=_import_id(), started_at=workflow.info().start_time
        )
        try:
            await self._bring(input)
            await self._take_in(input)
            self._show("finishing")
            finish = await self._finish(
                input, mirror=input.mode is Mode.MIRROR, upload=_used_up(input)
            )
        except (Exception, asyncio.CancelledError) as error:
            if not isinstance(error, workflow.ContinueAsNewError):
                await self._break_off(input, error)
            raise
        self._show("done")
        return await self._close(input, finish, "completed")

    @workflow.query
    def progress(self) -> ImportProgress:
        """How far this import has come."""
        return self._progress

    @workflow.query
    def report(self) -> ImportReport | None:
        """How this import ended, also when it was cancelled or failed; None while it goes on."""
        return self._ended

    async def _bring(self, request: ImportRequest) -> None:
        """Bring the file into the object store, unless the run before this one did."""
        if self._done.download is not None:
            self._show("importing", share=_share_read(self._done))
            return
        self._show("downloading")
        wanted = DownloadRequest(
            import_id=self._done.import_id, source=request.source, limits=request.limits
        )
        download = await call(DownloadActivities.download, wanted, policy=TRANSFER)
        self._keep(download=download)

    async def _take_in(self, request: ImportRequest) -> None:
        """Parse and store, batch by batch, with one batch parsed ahead."""
        ahead = self._parse_ahead(request)
        try:
            while ahead is not None:
                batch = await ahead
                self.stop_if_cancelled()
                self._read(request, batch)
                turn_page = workflow.info().is_continue_as_new_suggested()
                ahead = None if turn_page else self._parse_ahead(request)
                await self._store(request, batch)
                self.stop_if_cancelled()
                if turn_page and batch.next is not None:
                    workflow.continue_as_new(request.model_copy(update={"resume": self._done}))
        finally:
            if ahead is not None:
                ahead.cancel()
                await asyncio.gather(ahead, return_exceptions=True)

    def _parse_ahead(self, request: ImportRequest) -> asyncio.Task[ParsedBatch] | None:
        if self._done.cursor is None or self._done.download is None:
            return None
        wanted = ParseRequest(
            import_id=self._done.import_id,
            request=request.model_copy(update={"resume": None}),
            download=self._done.download,
            cursor=self._done.cursor,
            dialect=self._done.dialect,
        )
        return asyncio.create_task(call(ParseActivities.parse, wanted, policy=PARSING))

    def _read(self, request: ImportRequest, batch: ParsedBatch) -> None:
        """Note what was parsed; a file that is mostly refused is not what it was taken for.

        Raises:
            TooManyRefused: More rows were refused than the limit allows.
        """
        done = self._done
        refused = done.counts.refused + batch.refused
        self._keep(
            dialect=batch.dialect,
            cursor=batch.next,
            rows=done.rows + batch.rows + batch.refused,
            counts=done.counts.model_copy(update={"refused": refused}),
            problems=(*done.problems, *batch.problems)[:SHOWN_PROBLEMS],
            refused_keys=(*done.refused_keys, *([batch.refused_key] if batch.refused_key else [])),
        )
        self._show("importing", share=batch.progress)
        if refused > request.limits.refused:
            raise TooManyRefused(refused, request.limits.refused, self._done.problems)

    async def _store(self, request: ImportRequest, batch: ParsedBatch) -> None:
        counts = await call(
            UpsertActivities.upsert,
            UpsertRequest(
                import_id=self._done.import_id,
                feed=request.feed,
                batch=batch.batch,
                key=batch.key,
                rows=batch.rows,
                mirror=request.mode is Mode.MIRROR,
                dry_run=request.dry_run,
            ),
            policy=STORING,
            summary=f"Store batch {batch.batch + 1}: {batch.rows} rows",
        )
        self._keep(counts=self._done.counts + counts, batches=self._done.batches + 1)
        self._show("importing", share=batch.progress)

    async def _finish(
        self, request: ImportRequest, *, mirror: bool = False, upload: str = ""
    ) -> Finish:
        return await call(
            UpsertActivities.finish,
            FinishRequest(
                import_id=self._done.import_id,
                feed=request.feed,
                mirror=mirror,
                dry_run=request.dry_run,
                refused_keys=self._done.refused_keys,
                upload=upload,
            ),
            policy=STORING,
        )

    async def _break_off(self, request: ImportRequest, error: BaseException) -> None:
        """Clean up and tell after a failure or a cancellation, which stays the run's outcome.

        Nothing is deactivated: products after the point of the break would look like missing ones.
        """
        said = "" if is_cancelled_exception(error) else _reason(error)
        try:
            finish = await self._finish(request)
        except ActivityError as second:  # a database that will not have us: tell all the more
            workflow.logger.warning(
                "clean-up after a broken-off import failed", extra={"reason": _reason(second)}
            )
            finish = Finish(deactivated=0, refused_key=refused_file(self._done))
        await self._close(request, finish, "failed" if said else "cancelled", said)

    async def _close(
        self, request: ImportRequest, finish: Finish, outcome: Outcome, error: str = ""
    ) -> ImportReport:
        info = workflow.info()
        report = make_report(
            request,
            self._done,
            finish,
            outcome=outcome,
            error=error,
            id=info.workflow_id,
            now=workflow.now(),
        )
        self._ended = report
        told = await _tell(request, make_notice(report))
        self._ended = report.model_copy(update={"notified": tuple(told)})
        return self._ended

    def _keep(self, **changes: object) -> None:
        self._done = self._done.model_copy(update=changes)

    def _show(self, stage: str, *, share: float | None = None) -> None:
        done = self._done
        self._progress = ImportProgress.model_validate(
            {
                "stage": stage,
                "share": self._progress.share if share is None else share,
                "rows": done.rows,
                "counts": done.counts,
                "batches": done.batches,
            }
        )
        self.state = self._progress


async def _tell(request: ImportRequest, notice: Notice) -> Sequence[str]:
    """Tell the administrators; that they cannot be reached does not make an import fail."""
    if not request.notify:
        return ()
    try:
        return await call(NoticeActivities.notify, notice, policy=TELLING)
    except ActivityError as error:
        workflow.logger.warning(
            "nobody could be told of the import's end", extra={"reason": _reason(error)}
        )
        return ()


def _share_read(done: ImportState) -> float:
    """How much of the file lies before the next batch."""
    if done.cursor is None or done.download is None:
        return 0.0
    return done.cursor.offset / max(done.download.size, 1)


def _used_up(request: ImportRequest) -> str:
    """The upload that nobody needs any more once this import is complete; empty when there is none.

    After a trial the same upload is imported in earnest.
    """
    is_trial = request.dry_run or request.limits.rows is not None
    return "" if is_trial or not isinstance(request.source, ObjectSource) else request.source.object


def _import_id() -> str:
    """A name for object keys: the workflow id as far as it fits, and what no other run has."""
    info = workflow.info()
    readable = re.sub(r"[^A-Za-z0-9._-]+", "-", info.workflow_id).strip("-.")[:80]
    return f"{readable}-{info.first_execution_run_id[:8]}"


def _reason(error: BaseException) -> str:
    """What went wrong, as the activity that failed says it: not in the words of a driver below it."""
    while isinstance(error, ActivityError) and error.cause is not None:
        error = error.cause
    return getattr(error, "message", "") or str(error) or type(error).__name__
