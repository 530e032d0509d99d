"""Starting the worker of a project while no host is there."""

from pathlib import Path
from uuid import uuid4

from tests.control.publishing.shop import BY, opened, settings_in

from everloom.control.placement import start_worker
from everloom.control.projects import create_project, delete_project, placement_id, read_project
from everloom.settings import Settings
from everloom.store import WorkerStatus
from everloom.temporal import TemporalService, read_run


async def test_a_project_that_was_deleted_leaves_no_placement_to_the_next_of_its_name(
    settings: Settings, temporal: TemporalService, tmp_path: Path
) -> None:
    """Nobody was there to end it; the new project is placed all the same, as itself."""
    name = f"ada/{uuid4().hex[:8].translate(str.maketrans('0123456789', 'ghijklmnop'))}"
    here = settings_in(tmp_path, settings)
    hosts = here.hosts.model_copy(update={"queue": f"hosts-{uuid4().hex[:8]}"})
    here = here.model_copy(update={"hosts": hosts})
    async with opened(here, temporal, project=name) as p:
        await start_worker(p, name, by=BY)
        queue = (await read_project(p, name)).queue
        await delete_project(p, name, by=BY)
        made = await create_project(p, name, by=BY)

        status = await start_worker(p, name, by=BY)

        placed = (await read_run(temporal, placement_id(queue))).info
        assert status.status is WorkerStatus.STARTING
        assert placed.memo == {"everloom-project": made.id}
        await temporal.terminate_workflow(placement_id(queue), None, "the test is over")
