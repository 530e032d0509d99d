"""Compression and encryption: what is written is unreadable without the key, and readable with it."""

import asyncio
import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowFailureError
from tests.waiting import eventually

from everloom.payloads import (
    PayloadCodecs,
    PayloadKeyMissing,
    PayloadKeyWrong,
    PayloadUnreadable,
)
from everloom.settings import PayloadSettings, Settings, SettingsInvalid, load_settings
from everloom.temporal import read_input, read_run, read_waits, run_events

from .conftest import LONG, Room, key, random_text
from .sample import text_of

SECRET = "the customer's number is 4711"


def codec(**section: object) -> PayloadCodecs:
    return PayloadCodecs.of(Settings(payloads=PayloadSettings.model_validate(section)))


def encrypting(*ids: str) -> dict[str, object]:
    """Settings with keys of these ids; the last one encrypts."""
    return {"keys": {id: key(id) for id in ids}, "encrypt_with": ids[-1]}


@given(st.binary(max_size=5000), st.sampled_from(["plain", "packed", "sealed", "packed, sealed"]))
def test_whatever_is_written_is_read_again(data: bytes, how: str) -> None:
    """Every payload comes back as it was, metadata included."""
    keys = encrypting("a") if "sealed" in how else {}
    made = codec(compress="packed" in how, compress_from=0, **keys)
    payload = Payload(metadata={"encoding": b"json/plain", "more": b"\xff"}, data=data)

    [written] = asyncio.run(made.encode([payload]))
    [read] = asyncio.run(made.decode([written]))

    assert read == payload


async def test_compression_is_used_only_where_it_helps() -> None:
    """Short payloads, and those that do not get smaller, stay as they are."""
    made = codec(compress=True)
    short = Payload(data=b"a" * 100)
    noise = Payload(data=os.urandom(5000))
    text = Payload(data=b"again and " * 500)

    written = await made.encode([short, noise, text])

    assert written[:2] == [short, noise]
    assert written[2].ByteSize() < 200
    assert written[2].metadata["encoding"] == b"binary/zstd"


async def test_histories_that_are_mixed_are_read() -> None:
    """Plain, compressed and encrypted with a former key: reading goes by the payload alone."""
    payload = Payload(data=b"words " * 500)
    plain, packed, former = codec(), codec(compress=True), codec(**encrypting("2025"))
    written = [
        *await plain.encode([payload]),
        *await packed.encode([payload]),
        *await former.encode([payload]),
    ]

    assert await codec(**encrypting("2025", "2026")).decode(written) == [payload] * 3


async def test_lost_key_is_named_and_never_shown() -> None:
    """Without the key, or with another one under its id, the error names the id only."""
    [written] = await codec(**encrypting("2025")).encode([Payload(data=b"words")])
    other = codec(keys={"2025": key("other")}, encrypt_with="2025")

    with pytest.raises(PayloadKeyMissing, match="'2025', which is not there") as missing:
        await codec(**encrypting("2026")).decode([written])
    with pytest.raises(PayloadKeyWrong, match="cannot be decrypted with the key '2025'") as wrong:
        await other.decode([written])

    for caught in (missing, wrong):
        assert key("2025") not in f"{caught.value}{caught.value.hint}"
        assert key("other") not in f"{caught.value}{caught.value.hint}{other.__dict__}"


async def test_changed_text_is_refused() -> None:
    """A payload that somebody changed on its way is not decrypted to something else."""
    made = codec(**encrypting("a"))
    [written] = await made.encode([Payload(data=b"pay 10")])
    written.data = written.data[:-1] + bytes([written.data[-1] ^ 1])

    with pytest.raises(PayloadKeyWrong):
        await made.decode([written])


async def test_bomb_is_not_unpacked() -> None:
    """A few bytes that claim to be gigabytes are refused before they are unpacked."""
    [bomb] = await codec(compress=True).encode([Payload(data=b"\0" * 50_000_000)])
    assert bomb.ByteSize() < 10_000

    with pytest.raises(PayloadUnreadable, match="claims to hold 50000"):
        codec().read(bomb, largest=1_000_000)


@pytest.mark.parametrize(
    ("section", "says"),
    [
        pytest.param(
            {"keys": {"a": "c2hvcnQ="}}, "The key `a` has 5 bytes, and not 32", id="short"
        ),
        pytest.param({"keys": {"a": key("x")[:32]}}, "has 24 bytes, and not 32", id="24 bytes"),
        pytest.param({"keys": {"a": "not base64!"}}, "The key `a` is not base64", id="no base64"),
        pytest.param(
            {"keys": {"2026": key("x")}, "encrypt_with": "2027"},
            "There is no key `2027`.*Did you mean",
            id="unknown",
        ),
        pytest.param({"keys": {"a b": key("x")}}, "is no id of a key", id="id"),
        pytest.param({"key_files": {"a": "no-such-file"}}, "cannot be read", id="file"),
    ],
)
def test_wrong_keys_are_refused_at_start_up(
    tmp_path: Path, section: dict[str, object], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that is none is refused when the settings are read, and never repeated."""
    (tmp_path / "pyproject.toml").touch()
    for name, value in section.items():
        text = value if isinstance(value, str) else str(value).replace("'", '"')
        monkeypatch.setenv(f"EVERLOOM_PAYLOADS__{name.upper()}", text)

    with pytest.raises(SettingsInvalid) as caught:
        load_settings(tmp_path)

    said = " ".join(problem.sentence() for problem in caught.value.problems)
    assert re.search(says, said), said
    assert key("x")[:20] not in said
    assert "not base64!" not in said


def test_key_from_a_file(tmp_path: Path) -> None:
    """A file holds 32 bytes, or their base64 with a line end."""
    raw = bytes(range(224, 256))
    (tmp_path / "raw").write_bytes(raw)
    (tmp_path / "text").write_text(f"{key('a')}\n", encoding="utf-8")
    section = PayloadSettings.model_validate(
        {"key_files": {"raw": "raw", "text": "text"}, "encrypt_with": "raw"}
    )

    assert PayloadCodecs.of(Settings(folder=tmp_path, payloads=section)).encrypts


async def test_nothing_of_an_encrypted_run_can_be_read(room: Room) -> None:
    """Inputs, results and words of failures are encrypted, in Temporal and in the object store."""
    settings = encrypting("2026")
    async with room.worker(**settings) as client:
        failed = await room.start(client, "sample.failing", SECRET)
        with pytest.raises(WorkflowFailureError):
            await failed.result()
        long = f"{SECRET} {random_text(LONG)}"
        kept = await room.start(client, "sample.keep", long)
        await kept.signal("end")
        assert await kept.result() == long

    histories = [await each.fetch_history() for each in (failed, kept)]
    raw = b"".join(event.SerializeToString() for each in histories for event in each.events)
    assert SECRET.encode() not in raw
    assert b"Encoded failure" in raw
    assert all(SECRET.encode() not in room.objects.get(stored) for stored in room.stored())
    assert len(room.stored()) >= 1
    reading = room.service(**settings)
    assert await read_input(reading, failed.id) == (SECRET,)
    said = [event.failure async for event in run_events(reading, failed.id)]
    assert SECRET in said


async def test_what_a_run_waits_for_is_told_in_plain_words(room: Room, tmp_path: Path) -> None:
    """Why an activity is tried again, and why a run failed, can be read by whoever has the key."""
    settings = encrypting("2026")
    reading = room.service(**settings)
    async with room.worker(**settings) as client:
        failed = await room.start(client, "sample.failing", SECRET)
        with pytest.raises(WorkflowFailureError):
            await failed.result()
        assert (await read_waits(reading, failed.id)).end == SECRET

        file = tmp_path / "go"
        beating = await room.start(client, "sample.beating", str(file))

        async def said() -> bool:
            waits = await read_waits(reading, beating.id)
            return any(each.pending.last_failure == "not yet" for each in waits.activities)

        await eventually(said)
        file.touch()
        await beating.result()


async def test_keys_are_rotated_under_way(room: Room) -> None:
    """A run that began plain goes on encrypted, and on with the next key, with all keys at hand."""
    async with room.worker() as client:
        run = await room.start(client, "sample.relay", text_of(2000), 0)
        waiting = await room.start(client, "sample.keep", text_of(2000))
        assert await waiting.query("length") == 7

    async with room.worker(**encrypting("first")) as client:
        await client.get_workflow_handle(waiting.id).signal("end")
        assert await client.get_workflow_handle(waiting.id).result() == text_of(2000)
        second = await room.start(client, "sample.keep", text_of(3000))
        assert await second.query("length") == 7

    async with room.worker(**encrypting("first", "next")) as client:
        for handle in (run, second):
            await client.get_workflow_handle(handle.id).signal("end")
        assert await client.get_workflow_handle(run.id).result() == 2000
        assert await client.get_workflow_handle(second.id).result() == text_of(3000)


async def test_worker_without_the_key_waits_for_it(room: Room) -> None:
    """A worker that lacks a key does not fail the run; one that has it goes on."""
    async with room.worker(**encrypting("2026")) as client:
        run = await room.start(client, "sample.keep", SECRET)
        assert await run.query("length") == 7

    async with room.worker() as client:
        await client.get_workflow_handle(run.id).signal("end")

        async def failing() -> bool:
            history = await client.get_workflow_handle(run.id).fetch_history()
            return "encrypted with the key '2026', which is not there" in history.to_json()

        await eventually(failing, within=20)
        assert (await read_run(room.service(), run.id)).info.is_open

    async with room.worker(**encrypting("2026")) as client:
        assert await client.get_workflow_handle(run.id).result() == SECRET
