"""Whole imports as a user starts them: workflow, worker process, database."""

from uuid import uuid4

import pytest
from tests.mail_platform.whole.site import Site, line

from everloom.objects import open_objects
from everloom.temporal import RunFailed
from mail_platform.models import FileSource, ImportReport, ImportRequest, Limits, Mode
from mail_platform.workflows import ProductImport


def numbers(report: ImportReport) -> tuple[int, int, int, int, int]:
    """Created, updated, unchanged, refused, deactivated."""
    counts = report.counts
    return counts.created, counts.updated, counts.unchanged, counts.refused, counts.deactivated


async def imported(site: Site, request: ImportRequest) -> ImportReport:
    """The report of an import of its own id."""
    return await (await site.start(request)).result()


async def test_the_report_counts_what_happened_to_each_row(site: Site) -> None:
    """A first load creates; a second one updates what differs and leaves the rest alone."""
    first = await imported(site, site.feed(*map(line, range(250)), feed="counts"))
    changed = [line(number, price="7.77 EUR" if number < 3 else None) for number in range(260)]
    second = await imported(site, site.feed(*changed, feed="counts"))

    assert numbers(first) == (250, 0, 0, 0, 0)
    assert numbers(second) == (10, 3, 247, 0, 0)
    assert (second.rows, second.format, second.preset) == (260, "csv", "generic")
    assert second.rows_per_second > 0


async def test_mirror_deactivates_what_the_file_lacks_and_only_in_its_feed(site: Site) -> None:
    """Another feed's products stay; a product that comes back is active again."""
    await imported(site, site.feed(*map(line, range(120)), feed="mirrored"))
    await imported(site, site.feed(line(1), feed="bystander"))

    fewer = site.feed(*map(line, range(110)), feed="mirrored").model_copy(
        update={"mode": Mode.MIRROR}
    )
    mirrored = await imported(site, fewer)
    back = await imported(site, site.feed(*map(line, range(120)), feed="mirrored"))

    assert numbers(mirrored) == (0, 0, 110, 0, 10)
    assert numbers(back) == (0, 10, 110, 0, 0)
    assert [row[-1] for row in site.rows("bystander")] == [True]


async def test_a_dry_run_counts_and_writes_nothing(site: Site) -> None:
    """The same numbers as the real thing, and an untouched table."""
    request = site.feed(*map(line, range(150)), feed="dry")

    report = await imported(site, request.model_copy(update={"dry_run": True}))

    assert numbers(report) == (150, 0, 0, 0, 0)
    assert report.dry_run
    assert site.rows("dry") == []


async def test_bad_rows_are_refused_with_their_reasons_and_hold_nobody_back(site: Site) -> None:
    """They come out as a CSV with line, column, value, code and reason."""
    lines = [*map(line, range(148)), line(148, price="cheap"), line(149, title="")]

    report = await imported(site, site.feed(*lines, feed="refused"))

    assert numbers(report) == (148, 0, 0, 2, 0)
    assert [(problem.line, problem.code) for problem in report.problems] == [
        (150, "price-invalid"),
        (151, "title-missing"),
    ]
    table = open_objects(site.temporal.settings).get(report.refused_key).decode().splitlines()
    assert table[0] == "line,column,value,code,reason"
    assert table[1].startswith("150,price,cheap,price-invalid,")


async def test_a_file_that_is_mostly_wrong_stops_the_import(site: Site) -> None:
    """The limit on refused rows ends it with a code, and the report with the rows is kept."""
    lines = [line(number, price="cheap") for number in range(300)]
    request = site.feed(*lines, feed="wrong").model_copy(update={"limits": Limits(refused=150)})
    run = await site.start(request)

    with pytest.raises(RunFailed) as caught:
        await run.result()

    assert caught.value.failure_type == "too-many-refused"
    report = await run.query(ProductImport.report)
    assert report is not None
    assert (report.status, report.counts.refused) == ("failed", 200)
    assert report.refused_key


async def test_an_import_is_cancelled_between_batches(site: Site) -> None:
    """What is stored stays whole batches, nothing is deactivated, and the report says where."""
    lines = [line(number) for number in range(6_000)]
    request = site.feed(*lines, feed="cancelled").model_copy(update={"mode": Mode.MIRROR})
    run = await site.start(request)
    await site.batches(run, 2)

    await run.cancel("the shop closed")

    with pytest.raises(RunFailed) as caught:
        await run.result()
    assert caught.value.status == "cancelled"
    report = await run.query(ProductImport.report)
    assert report is not None
    assert report.status == "cancelled"
    stored = len(site.rows("cancelled"))
    assert 0 < stored < 6_000
    assert stored % 100 == 0
    assert report.counts.deactivated == 0
    left = [info.key for info in site.objects.list("imports") if run.id in info.key]
    assert left == [], "the batch that was parsed ahead stayed behind"


async def test_the_same_id_twice_is_one_import(site: Site) -> None:
    """The second start finds the first run and its report."""
    request = site.feed(*map(line, range(100)), feed="twice")
    id = f"import-{uuid4()}"

    first = await ProductImport.execute(site.temporal, request, id=id)
    second = await ProductImport.execute(site.temporal, request, id=id)

    assert first == second


async def test_a_file_outside_the_feed_folders_is_refused(site: Site) -> None:
    """Nothing else on the worker's disk can be read, and whether it is there is not told."""
    request = ImportRequest(source=FileSource(file="../everloom.yaml"))

    with pytest.raises(RunFailed) as caught:
        await imported(site, request)

    assert caught.value.failure_type == "source-refused"
