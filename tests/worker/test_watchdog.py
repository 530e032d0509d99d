"""A blocked event loop is noticed, and the one who blocks it is named."""

from tests.worker.conftest import Application


async def test_blocking_activity_is_named_once_with_its_line(application: Application, source: str):
    """Type, workflow and the blocking line, also in a task that the activity began; one warning.

    A plain function blocks only its thread, and nobody is warned.
    """
    application.set(watchdog="200ms")
    line = next(
        number
        for number, text in enumerate(source.splitlines(), start=1)
        if "the blocking line" in text
    )
    async with application.worker("--processes", "1") as worker:
        await worker.event("worker polls")
        harmless = await application.start("threading", 0.6)
        assert await harmless.result() == "threaded"
        assert not worker.events("activity blocks the event loop")

        run = await application.start("blocking", 1.0)
        assert await run.result() == "blocked"

        (warning,) = worker.events("activity blocks the event loop")
        assert (warning["activity"], warning["workflow_id"]) == ("block", run.id)
        assert warning["place"] == f"{application.code}:{line} in _block"
