"""`everloom.testing` for pytest: fixtures, a marker and an option. Loaded in every run of pytest.

So it imports nothing before a test asks for it. All fixtures are plain functions: they work with
pytest-asyncio in either mode, with any loop scope, and with anyio. Under xdist each worker process
has a server of its own.
"""

from collections.abc import Awaitable, Callable, Generator, Iterator
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

MARKER = "everloom"
FOLDER = "histories"


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--record-histories`."""
    parser.getgroup("everloom").addoption(
        "--record-histories",
        action="store_true",
        help="Write the histories that tests record, instead of asking that they are there.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """The marker's help."""
    config.addinivalue_line(
        "markers",
        f"{MARKER}(replay=True, skip_time=False): whether the runs of the test are replayed at its "
        "end, and whether they skip the time that they would wait.",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes `everloom_history` runs once for each file of `histories/` beside it."""
    if "everloom_history" in metafunc.fixturenames:
        files = sorted((metafunc.definition.path.parent / FOLDER).rglob("*.json"))
        metafunc.parametrize(
            "everloom_history", files, indirect=True, ids=[file.stem for file in files]
        )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Beside a run's failure stands its whole chain of causes."""
    report = yield
    error = call.excinfo.value if call.excinfo is not None else None
    if error is not None and type(error).__name__ in {"RunFailed", "WorkflowFailureError"}:
        from everloom.testing import causes_of  # noqa: PLC0415 - see the module

        report.sections.append(("why the run failed", causes_of(error)))
    return report


@pytest.fixture(scope="session")
def everloom_settings(pytestconfig: pytest.Config) -> Any:
    """The settings of the tests: those of the project's root folder. Override it for others."""
    from everloom.settings import load_settings  # noqa: PLC0415 - see the module

    return load_settings(pytestconfig.rootpath)


@pytest.fixture(scope="session")
def everloom_server(
    everloom_settings: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """One real Temporal for the session: an `everloom.testing.Server`."""
    from everloom.testing import start_server  # noqa: PLC0415 - see the module

    folder = tmp_path_factory.mktemp("everloom")
    server = _alone(partial(start_server, everloom_settings, folder))
    yield server
    _alone(server.stop)


@pytest.fixture
def everloom_temporal(everloom_server: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """The test's own way to Temporal: an `everloom.testing.Temporal`."""
    temporal = everloom_server.open()
    if not _marked(request).get("skip_time", False):
        yield temporal
        return
    with temporal.skipping_time():
        yield temporal


@pytest.fixture
def everloom_worker(
    everloom_temporal: Any, request: pytest.FixtureRequest
) -> Callable[..., AbstractAsyncContextManager[Any]]:
    """Serve workflows over the test's way; the arguments are those of `testing.worker`."""
    from everloom.testing import worker  # noqa: PLC0415 - see the module

    return partial(worker, everloom_temporal, replay=_marked(request).get("replay", True))


@pytest.fixture
def everloom_process(
    everloom_temporal: Any, request: pytest.FixtureRequest
) -> Callable[..., AbstractAsyncContextManager[Any]]:
    """Serve them in a process that can be killed; arguments as for `testing.worker_process`."""
    from everloom.testing import worker_process  # noqa: PLC0415 - see the module

    return partial(worker_process, everloom_temporal, replay=_marked(request).get("replay", True))


@pytest.fixture
def everloom_record(
    everloom_temporal: Any, request: pytest.FixtureRequest
) -> Callable[[Any, str], Awaitable[Any]]:
    """Keep the history of a run under a name.

    With `--record-histories` it is written to `histories/` beside the test; otherwise it has to be
    there.
    """
    from everloom.testing import RecordedHistory, record_history  # noqa: PLC0415 - see the module

    folder = Path(request.path).parent / FOLDER
    recording = request.config.getoption("--record-histories")

    async def record(run: Any, name: str) -> Any:
        file = folder / f"{name}.json"
        if recording:
            return await record_history(everloom_temporal, run, file)
        recorded = RecordedHistory(file, everloom_temporal.settings)
        recorded.read()
        return recorded

    return record


@pytest.fixture
def everloom_history(request: pytest.FixtureRequest, everloom_settings: Any) -> Any:
    """One of the recorded histories beside the test: `await everloom_history.replay()`."""
    from everloom.testing import RecordedHistory  # noqa: PLC0415 - see the module

    return RecordedHistory(request.param, everloom_settings)


def _marked(request: pytest.FixtureRequest) -> dict[str, bool]:
    """What the markers say; the test's own goes before that of its class or module."""
    said: dict[str, bool] = {}
    for marker in reversed(list(request.node.iter_markers(MARKER))):
        unknown = [*marker.args, *sorted(set(marker.kwargs) - {"replay", "skip_time"})]
        if unknown:
            pytest.fail(
                f"`@pytest.mark.{MARKER}` takes `replay=` and `skip_time=`, "
                f"not {', '.join(map(repr, unknown))}.",
                pytrace=False,
            )
        said.update(marker.kwargs)
    return said


def _alone(run: Callable[[], Any]) -> Any:
    """Run a coroutine function in a thread and a loop of its own: this one's may be in use."""
    import asyncio  # noqa: PLC0415 - see the module
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - see the module

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(run())).result()
