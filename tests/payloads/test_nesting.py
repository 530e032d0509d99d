"""What nests too deep is refused where it is made, because nobody could read it again."""

import json
from typing import Any

import pytest
from pydantic_core import from_json
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ActivityError, ApplicationError

from everloom.payloads import DEEPEST, PayloadTooDeep, nests_too_deep

from .conftest import Room
from .sample import nested


def is_readable(text: bytes) -> bool:
    """Whether pydantic takes it."""
    try:
        from_json(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("around", ["[]", '{"a":1}', '"]["', '{"}":"{"}', "1"])
@pytest.mark.parametrize("levels", [1, DEEPEST - 2, DEEPEST - 1, DEEPEST + 2, 5 * DEEPEST])
def test_it_is_told_from_the_text(levels: int, around: str) -> None:
    """Also where texts hold brackets; what cannot be read is never let through."""
    lists = ("[" * levels + around + "]" * levels).encode()
    objects = ('{"a":' * levels + around + "}" * levels).encode()

    for text in (lists, objects):
        assert is_readable(text) or nests_too_deep(text)
    assert nests_too_deep(lists) == (levels > DEEPEST)


def test_what_is_wide_is_not_deep() -> None:
    """However much there is of it."""
    wide = json.dumps([{"tags": ["[", {"at": [1, 2]}]}] * 1000)

    assert not nests_too_deep(wide.encode())
    assert not nests_too_deep(b'["' + b"[" * 1000 + b'"]')


@pytest.mark.parametrize(
    ("levels", "own"),
    [
        pytest.param(DEEPEST + 20, 0, id="written, and not read"),
        pytest.param(DEEPEST + 200, 0, id="not even written"),
    ],
)
async def test_result_of_an_activity_that_nests_too_deep_fails_it(
    room: Room, levels: int, own: int
) -> None:
    """Otherwise the run would try to read it for ever."""
    async with room.worker() as client:
        run = await room.start(client, "sample.nest", levels, own)

        with pytest.raises(WorkflowFailureError) as caught:
            await run.result()

    failed: Any = caught.value.cause
    assert isinstance(failed, ActivityError)
    assert isinstance(failed.cause, ApplicationError)
    assert failed.cause.type == "payload-too-deep"
    assert failed.cause.non_retryable
    assert "comes out of the activity `nest`" in str(failed.cause)


async def test_result_of_a_run_that_nests_too_deep_fails_it(room: Room) -> None:
    """Nobody could read what it did otherwise."""
    async with room.worker() as client:
        run = await room.start(client, "sample.nest", 3, DEEPEST + 20)

        with pytest.raises(WorkflowFailureError) as caught:
            await run.result()

    cause = caught.value.cause
    assert isinstance(cause, ApplicationError)
    assert cause.type == "payload-too-deep"


async def test_client_is_told_what_nests_too_deep(room: Room) -> None:
    """Before anything starts."""
    client = await room.service().get_client()

    with pytest.raises(PayloadTooDeep, match=r"run 'deep' nests deeper than 200 levels"):
        await room.start(client, "sample.keep", nested(DEEPEST + 20), id="deep")
