"""Compiled definitions: loaded from their text, served by a worker, replayed."""

import linecache
import sys
import traceback
from uuid import uuid4

import pytest
from temporalio.workflow import NondeterminismError
from tests.worker.compiled_samples import BUG, HELLO, Sample, sample

from everloom.authoring import StartOptions
from everloom.catalog import Catalog
from everloom.settings import Settings
from everloom.temporal import TemporalService, read_history
from everloom.worker import WorkerCodeInvalid
from everloom.worker.definitions import (
    SourceChanged,
    SourceInvalid,
    catalog_activities,
    load_definition,
    replay_definitions,
    serve_definitions,
)

ADA = {"name": "Ada"}


def fresh(word: str) -> str:
    """A name that no other test has."""
    return f"{word}-{uuid4().hex}"


async def start(temporal: TemporalService, compiled: Sample, queue: str, input: object) -> str:
    """Start a run."""
    options = StartOptions(id=fresh("compiled"), queue=queue)
    await temporal.start_workflow(compiled.type_name, input, options)
    return options.id


async def result(temporal: TemporalService, compiled: Sample, queue: str, input: object) -> object:
    """Start a run and wait for its result."""
    return await temporal.workflow_result(await start(temporal, compiled, queue, input), None, None)


async def test_a_definition_is_served_from_its_text(
    settings: Settings, temporal: TemporalService
) -> None:
    """No file, no import path."""
    compiled, queue = sample(HELLO), fresh("queue")

    async with serve_definitions(settings, temporal, [compiled], queue=queue):
        assert await result(temporal, compiled, queue, ADA) == {"text": "Hello, Ada!"}


async def test_definitions_of_equal_names_do_not_meet(
    settings: Settings, temporal: TemporalService
) -> None:
    """Each queue has its own; another project may well have the same name."""
    ours, theirs = sample(HELLO), sample('return "Bonjour"')
    here, there = fresh("here"), fresh("there")

    async with (
        serve_definitions(settings, temporal, [ours], queue=here),
        serve_definitions(settings, temporal, [theirs], queue=there),
    ):
        assert await result(temporal, ours, here, ADA) == {"text": "Hello, Ada!"}
        assert await result(temporal, theirs, there, ADA) == "Bonjour"


def test_loading_leaves_no_module_behind() -> None:
    """What was forgotten is gone."""
    before = set(sys.modules)

    loaded = load_definition(sample(HELLO))

    assert {name for name in set(sys.modules) - before if "definition" in name} == set()
    assert loaded.file in linecache.cache
    loaded.forget()
    assert loaded.file not in linecache.cache


def test_a_trace_shows_the_compiled_line() -> None:
    """Who looks into a worker's log sees the text that ran."""
    loaded = load_definition(sample(HELLO))
    failing = sample("return here.nothing()")
    loaded.forget()
    loaded = load_definition(failing)
    method = vars(loaded.cls)["greet"].__wrapped__
    try:
        method(None, None).send(None)
    except AttributeError:
        shown = traceback.format_exc()
    else:
        shown = ""
    finally:
        loaded.forget()

    assert f'File "{loaded.file}"' in shown
    assert "return here.nothing()" in shown


def test_changed_source_is_not_loaded() -> None:
    """Its hash is the one it was published with."""
    with pytest.raises(SourceChanged, match=r"samples\.greet@1\.0\.0"):
        load_definition(sample(HELLO).tampered())


@pytest.mark.parametrize(
    "compiled",
    [
        pytest.param(sample("return ]"), id="no Python"),
        pytest.param(sample(HELLO, type_name="samples.other@1.0.0"), id="another type"),
    ],
)
def test_what_is_no_such_workflow_is_told(compiled: Sample) -> None:
    """A sentence, not a trace."""
    wanted = Sample("samples.greet@1.0.0", "Greet", compiled.source, compiled.sha256)

    with pytest.raises(SourceInvalid, match=r"samples\.greet@1\.0\.0"):
        load_definition(wanted)
    assert not [file for file in linecache.cache if "samples.greet@1.0.0" in file]


async def test_two_of_one_name_on_one_queue_are_refused(
    settings: Settings, temporal: TemporalService
) -> None:
    """The SDK's own words, in ours."""
    with pytest.raises(WorkerCodeInvalid, match="More than one"):
        async with serve_definitions(
            settings, temporal, [sample(HELLO), sample(BUG)], queue=fresh("queue")
        ):
            pass


async def test_a_history_is_replayed_as_it_was_served(
    settings: Settings, temporal: TemporalService
) -> None:
    """With the code that made it; other code is told."""
    compiled, queue = sample("await sleep(here, timedelta(milliseconds=1))", HELLO), fresh("queue")
    async with serve_definitions(settings, temporal, [compiled], queue=queue):
        id = await start(temporal, compiled, queue, ADA)
        await temporal.workflow_result(id, None, None)
    history = await read_history(temporal, id)

    await replay_definitions(settings, [compiled], history)
    with pytest.raises(NondeterminismError):
        await replay_definitions(settings, [sample(HELLO)], history)


async def test_no_activity_of_the_catalog_is_opened_for_nothing(
    settings: Settings, temporal: TemporalService
) -> None:
    """Most definitions call none."""
    async with catalog_activities(settings, Catalog(), {"nobody"}, temporal=temporal) as found:
        assert list(found) == []
