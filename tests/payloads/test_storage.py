"""Payloads outside of Temporal: written once, checked when they are read, never lost silently."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.client import WorkflowFailureError
from temporalio.converter import StorageDriverStoreContext, StorageDriverWorkflowInfo
from temporalio.exceptions import ApplicationError
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner
from tests.servers.s3 import KEY_ID, SECRET, s3_server
from tests.waiting import eventually

from everloom.objects import ObjectsAddressInvalid
from everloom.payloads import (
    PayloadDamaged,
    PayloadMissing,
    PayloadReferenceInvalid,
    PayloadStore,
    namespace_prefix,
    stored_name,
)
from everloom.settings import Settings, StoreSettings
from everloom.temporal import data_converter, read_input

from .conftest import LONG, Place, Room
from .sample import WORKFLOWS, text_of

DAY = datetime(2026, 11, 21, 9, tzinfo=UTC)


def context(run: str = "r-1") -> StorageDriverStoreContext:
    info = StorageDriverWorkflowInfo(namespace="default", id="order/42 ä", run_id=run)
    return StorageDriverStoreContext(info)


@pytest.fixture
def s3_room(place: Place, tmp_path: Path) -> Any:
    """A room whose object store is an S3 bucket."""
    with s3_server("payloads") as address:
        store = StoreSettings.model_validate(
            {
                "objects": f"s3://payloads/{uuid4().hex}",
                "objects_endpoint": address,
                "objects_region": "eu-central-1",
                "objects_key_id": KEY_ID,
                "objects_secret": SECRET,
            }
        )
        yield Room(Settings(folder=tmp_path, store=store), place)


async def test_long_payloads_lie_outside_and_short_ones_inside(room: Room) -> None:
    """By default only what is long goes to the object store, and whoever reads it notices nothing."""
    async with room.worker() as client:
        run = await room.start(client, "sample.carry", LONG, 2)
        short = await room.start(client, "sample.carry", 1000, 2)

        assert await run.result() == 2 * LONG
        assert await short.result() == 2000

    names = [stored_name(key) for key in room.stored()]
    assert [name.workflow_id for name in names if name] == [run.id], "one text is stored once"
    history = (await run.fetch_history()).to_json()
    assert text_of(100) not in history
    assert len(history) < 30_000


async def test_client_worker_and_replay_find_what_lies_outside(room: Room) -> None:
    """Inputs and results of any length reach clients, other clients and replays."""
    async with room.worker() as client:
        run = await room.start(client, "sample.keep", text_of(LONG))
        await run.signal("end")
        assert await run.result() == text_of(LONG)
    other = room.service()

    assert (await read_input(other, run.id)) == (text_of(LONG),)
    before = room.stored()
    replayer = Replayer(
        workflows=WORKFLOWS,
        workflow_runner=UnsandboxedWorkflowRunner(),
        data_converter=data_converter(room.settings),
    )
    await replayer.replay_workflow(await run.fetch_history())
    assert room.stored() == before, "a replay writes nothing"


async def test_it_works_in_a_bucket(s3_room: Room) -> None:
    """An S3 bucket does the same as a folder."""
    async with s3_room.worker() as client:
        run = await s3_room.start(client, "sample.carry", LONG, 3)
        assert await run.result() == 3 * LONG

    assert len(s3_room.stored()) == 1
    for service in s3_room.opened:
        await service.close()


async def test_switched_off_it_still_reads_what_was_stored(room: Room) -> None:
    """Whoever switches it off does not lose the runs from before."""
    async with room.worker() as client:
        run = await room.start(client, "sample.keep", text_of(LONG))
        assert await run.query("length") == 7

    async with room.worker(external=False) as client:
        await client.get_workflow_handle(run.id).signal("end")
        assert await client.get_workflow_handle(run.id).result() == text_of(LONG)

    assert len(room.stored()) == 1


async def test_lost_object_holds_the_run_up_and_does_not_lose_it(room: Room) -> None:
    """While an object is away the run waits with a clear reason; back again, the run goes on."""
    folder = room.settings.folder / ".everloom" / "objects" / "payloads"
    async with room.worker() as client:
        run = await room.start(client, "sample.keep", text_of(LONG))
        assert await run.query("length") == 7
        shutil.move(folder, folder.with_name("away"))
        await run.signal("end")

        async def failing() -> str:
            history = await run.fetch_history()
            failed = [
                each.workflow_task_failed_event_attributes.failure
                for each in history.events
                if each.HasField("workflow_task_failed_event_attributes")
            ]
            return failed[0].message if failed else ""

        said = await eventually(failing, within=20)
        assert f"A payload of the run '{run.id}'" in said
        assert f"is missing: {folder.parent} has no object 'payloads/default/" in said
        assert "a folder is for one machine" in said
        shutil.move(folder.with_name("away"), folder)
        assert await run.result() == text_of(LONG)


async def test_damaged_object_is_named(room: Room) -> None:
    """What is not what was written is said with run, object and what was found."""
    store = PayloadStore(room.settings)
    [claim] = await store.store(context(), [Payload(data=b"x" * 100)])
    key = claim.claim_data["key"]
    await store.objects.aput(key, b"x" * 99)

    with pytest.raises(PayloadDamaged, match=r"'order/42 ä' \(r-1\).* has 99 bytes") as caught:
        await store.read(key)

    assert caught.value.code == "payload-damaged"
    assert caught.value.retryable


async def test_only_payloads_are_ever_read(room: Room) -> None:
    """A reference that names anything else in the object store is refused."""
    store = PayloadStore(room.settings)
    await store.objects.aput("imports/secret", b"not for you")

    for key in ("imports/secret", "payloads/../imports/secret", "payloads/a/b/c/1-abc"):
        with pytest.raises(PayloadReferenceInvalid):
            await store.read(key)
    with pytest.raises(PayloadMissing):
        await store.read(f"payloads/default/w/r/20261121-{'0' * 64}")


async def test_a_payload_is_used_again_within_its_day_only(tmp_path: Path) -> None:
    """No reference ever goes to an object that is old enough to be cleaned up."""
    now = [DAY]
    store = PayloadStore(Settings(folder=tmp_path), now=lambda: now[0])
    payload = Payload(data=b"x" * 1000)

    first = await store.store(context(), [payload])
    now[0] = DAY + timedelta(hours=14)
    same_day = await store.store(context(), [payload])
    now[0] = DAY + timedelta(hours=15)
    next_day = await store.store(context(), [payload])

    keys = [claims[0].claim_data["key"] for claims in (first, same_day, next_day)]
    assert keys[0] == keys[1] != keys[2]
    assert "/order=2F42=20=C3=A4/r-1/20261121-" in keys[0]
    name = stored_name(keys[0])
    assert name is not None
    assert (name.namespace, name.workflow_id, name.run_id) == ("default", "order/42 ä", "r-1")


@pytest.mark.parametrize(
    "id", ["..", ".", "a" * 1000, "x/../../y", "~activity", "🙂" * 250], ids=lambda id: id[:10]
)
async def test_any_workflow_id_makes_a_key(tmp_path: Path, id: str) -> None:
    """Whatever a workflow is called, its payloads stay below their namespace."""
    store = PayloadStore(Settings(folder=tmp_path))
    target = StorageDriverWorkflowInfo(namespace="default", id=id, run_id="r")

    [claim] = await store.store(StorageDriverStoreContext(target), [Payload(data=b"x")])

    key = claim.claim_data["key"]
    name = stored_name(key)
    assert name is not None
    assert name.workflow_id.rstrip("…") == id[: len(name.workflow_id.rstrip("…"))]
    assert key.startswith("payloads/default/")
    assert (await store.read(key)).data == b"x"


def test_what_no_encoding_takes_is_a_prefix_too() -> None:
    """Bytes of a command line that are no text are looked for, and found nowhere."""
    assert namespace_prefix("default", "\udcff") == "payloads/default/=ED=B3=BF"


async def test_activity_without_its_input_tells_why(room: Room) -> None:
    """An activity whose input is lost fails with our code and words, not with the SDK's bare ones."""
    converter = data_converter(room.settings)
    with pytest.raises(PayloadMissing) as caught:
        await PayloadStore(room.settings).read(f"payloads/default/w/r/20261121-{'0' * 64}")
    sdk = ApplicationError("Failed decoding arguments")
    sdk.__cause__ = caught.value
    failure = Failure()

    await converter.encode_failure(sdk, failure)

    assert failure.application_failure_info.type == "payload-missing"
    assert not failure.application_failure_info.non_retryable
    assert "A payload of the run 'w' (r) is missing" in failure.message


def test_wrong_address_is_said_at_once(tmp_path: Path) -> None:
    """A store that cannot be opened is refused before anything runs."""
    store = StoreSettings(objects="ftp://somewhere")

    with pytest.raises(ObjectsAddressInvalid):
        data_converter(Settings(folder=tmp_path, store=store))


async def test_store_that_is_away_fails_the_start(room: Room, unused_tcp_port: int) -> None:
    """A long input whose store is away is not sent; the client is told, and nothing has started."""
    store = StoreSettings.model_validate(
        {
            "objects": "s3://bucket",
            "objects_endpoint": f"http://127.0.0.1:{unused_tcp_port}",
            "objects_region": "eu-central-1",
            "objects_key_id": "id",
            "objects_secret": "secret-of-the-store",
        }
    )
    away = Room(room.settings.model_copy(update={"store": store}), room.place)
    client = await away.service().get_client()

    with pytest.raises(Exception, match="could not be") as caught:
        await away.start(client, "sample.keep", text_of(LONG))

    assert not isinstance(caught.value, WorkflowFailureError)
    assert "secret-of-the-store" not in str(caught.value)
    await away.opened[0].close()
