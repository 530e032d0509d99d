"""Write down who did what with a run, once it is done."""

from collections.abc import Sequence

from everloom.control.projects import Platform, note
from everloom.core import Json, Unavailable
from everloom.observe import get_logger
from everloom.store import Execution, Project, RowMissing, StoreRefused

from .recording import Batch, new_batch_id, record_batch

log = get_logger("everloom.runs")


async def tell(
    p: Platform,
    project: Project,
    action: str,
    id: str,
    *,
    by: str,
    after: Json = None,
    runs: Sequence[Execution] = (),
) -> None:
    """Add what was done to the audit log, and how runs are now to their rows.

    Temporal has done it already. An error here would say that it was not done, so while the store is
    away it goes to the log of this process instead; the rows are put right by the next comparison.
    """
    try:
        async with p.store.begin() as tx:
            await note(
                tx,
                by=by,
                action=action,
                subject=id,
                project_id=project.id,
                after=after,
            )
            if runs:
                await record_batch(tx, Batch(id=new_batch_id(), runs=runs))
    except (Unavailable, StoreRefused, RowMissing) as error:
        log.warning(
            "audit entry not written",
            action=action,
            run=id,
            project=f"{project.owner}/{project.name}",
            by=by,
            reason=error.message,
        )
