"""An import whose history grows long goes on in a new run, and nobody notices."""

import json
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment
from tests.mail_platform.whole.site import HEADER, line, worker_of, write_settings

from everloom.control import follow_run
from everloom.engine import find_binary
from everloom.settings import Settings
from everloom.temporal import TemporalService
from mail_platform.models import FileSource, ImportProgress, ImportRequest, Mode
from mail_platform.products import open_products
from mail_platform.workflows import ProductImport

ROWS = 2_000


@pytest.fixture
async def impatient(tmp_path: Path) -> AsyncGenerator[TemporalService]:
    """A Temporal that finds histories long after some sixty events, and a worker of its own."""
    binary = await find_binary(Settings(folder=tmp_path))
    write_settings(tmp_path, f"sqlite:///{tmp_path}/products.db")
    server = await WorkflowEnvironment.start_local(  # pyright: ignore[reportUnknownMemberType]
        dev_server_existing_path=str(binary),
        dev_server_extra_args=[
            "--dynamic-config-value",
            "limit.historyCount.suggestContinueAsNew=60",
        ],
    )
    async with server:
        address = server.client.service_client.config.target_host
        settings = Settings.model_validate(json.loads((tmp_path / "everloom.yaml").read_text()))
        settings = settings.model_copy(update={"folder": tmp_path})
        temporal = TemporalService(settings, address=address, namespace="default")
        async with worker_of(tmp_path, address):
            yield temporal
        await temporal.close()


async def test_a_long_import_goes_on_in_new_runs(impatient: TemporalService) -> None:
    """One id, one report, every row once, the mirror over all runs; progress never goes back."""
    folder = impatient.settings.folder
    lines = [line(number, price="cheap" if number % 100 == 99 else None) for number in range(ROWS)]
    (folder / "feeds" / "long.csv").write_text(HEADER + "".join(lines))
    request = ImportRequest(
        source=FileSource(file="long.csv"), preset="generic", batch_rows=100, mode=Mode.MIRROR
    )
    run = await ProductImport.start(impatient, request, id="long")

    seen = [
        ImportProgress.model_validate(sight.progress)
        async for sight in follow_run(impatient, run.id)
        if sight.progress is not None
    ]
    report = await run.result()

    client = await impatient.get_client()
    runs = [each async for each in client.list_workflows('WorkflowId = "long"')]
    assert len(runs) > 1
    assert (report.rows, report.counts.created, report.counts.refused) == (ROWS, 1_980, 20)
    assert len(report.problems) == 20
    products = open_products(impatient.settings)
    assert products.counts().active == 1_980
    products.close()
    assert [each.rows for each in seen] == sorted(each.rows for each in seen)
    shares = [each.share for each in seen]
    assert shares == sorted(shares)
