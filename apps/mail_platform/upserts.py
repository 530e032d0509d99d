"""The activities `upsert-products` and `finish-import`.

Both may be tried again at any point: what is done already is found done.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from typing import TypeVar

from temporalio import activity
from temporalio.exceptions import CancelledError

from everloom.authoring import activity_type, beating
from everloom.core import EverloomError
from everloom.objects import Objects

from .models import Counts, Finish, FinishRequest, UpsertRequest
from .products import Products
from .reports import refused_key

ResultT = TypeVar("ResultT")

_REFUSED_HEADER = b"line,column,value,code,reason\n"


class UpsertActivities:
    """Stores batches, with what it needs."""

    def __init__(self, *, products: Products, objects: Objects) -> None:
        self._products = products
        self._objects = objects

    @activity_type(name="upsert-products", queue="standard")
    def upsert(self, request: UpsertRequest) -> Counts:
        """Store one batch of products.

        Raises:
            ObjectNotFound: The batch is gone: the import was finished.
            EverloomError: As `Products.store_batch`.
        """

        def read_rows() -> Iterable[bytes]:
            return self._objects.stream(request.key) if request.key else ()

        return _undisturbed(
            lambda: self._products.store_batch(
                import_id=request.import_id,
                feed=request.feed,
                batch=request.batch,
                read_rows=read_rows,
                mirror=request.mirror,
                dry_run=request.dry_run,
            )
        )

    @activity_type(name="finish-import", queue="standard")
    def finish(self, request: FinishRequest) -> Finish:
        """Finish the import: deactivate what is missing, join refused rows, clean up.

        Raises:
            MirrorEmpty: A mirror import without a row.
            EverloomError: As `Products.finish`. The refused rows are joined all the same, and what
                will not be tried again is cleaned up.
        """
        return _undisturbed(lambda: self._finish(request))

    def _finish(self, request: FinishRequest) -> Finish:
        refused = self._join_refused(request)
        try:
            deactivated = self._products.finish(
                import_id=request.import_id,
                feed=request.feed,
                mirror=request.mirror,
                dry_run=request.dry_run,
            )
        except EverloomError as error:
            if not error.retryable:  # nobody comes back for what lies there
                self._clean_up(request.import_id)
            raise
        # Last: an attempt that dies before still finds everything it needs.
        self._clean_up(request.import_id)
        if request.upload:
            self._objects.delete(request.upload)
        return Finish(deactivated=deactivated, refused_key=refused)

    def _join_refused(self, request: FinishRequest) -> str:
        key = refused_key(request.import_id)
        if not request.refused_keys:
            return ""
        if self._objects.find(key) is None:  # objects are whole: if it is there, it is complete
            self._objects.put_stream(key, self._refused(request.refused_keys))
        return key

    def _refused(self, keys: Iterable[str]) -> Iterator[bytes]:
        yield _REFUSED_HEADER
        for key in keys:
            yield from self._objects.stream(key)

    def _clean_up(self, import_id: str) -> None:
        for part in ("source", "batches", "refused"):
            self._objects.delete_prefix(f"imports/{import_id}/{part}")


def _undisturbed(work: Callable[[], ResultT]) -> ResultT:
    """Work to its end, with signs of life, also when the run is cancelled meanwhile.

    Without the shield a cancellation would be raised in the middle of a transaction. With it, work
    that is done is reported as done: the counts of a cancelled import hold its last batch, too.
    """
    shielded = (
        activity.shield_thread_cancel_exception() if activity.in_activity() else nullcontext()
    )
    done: list[ResultT] = []
    try:
        with shielded, beating():
            done.append(work())
    except CancelledError:
        if not done:
            raise
    return done[0]
