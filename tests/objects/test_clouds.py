"""Google Cloud Storage and Azure: the same store behind other addresses."""

import base64
import json
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.converter import StorageDriverStoreContext
from tests.servers.buckets import Kind, bucket_server

from everloom.objects import ObjectNotFound, open_objects
from everloom.payloads import PayloadStore
from everloom.settings import Settings, StoreSettings


@pytest.mark.parametrize("kind", ["gs", "az"])
async def test_objects_lie_in_other_clouds(kind: Kind, tmp_path: Path) -> None:
    """Objects are put, read, listed and deleted; payloads are kept there."""
    with bucket_server(kind) as address:
        emulator = {"gcs_base_url": address, "disable_oauth": True}
        account = {"client_email": "", "private_key": "", "private_key_id": "", **emulator}
        (tmp_path / "account.json").write_text(json.dumps(account), encoding="utf-8")
        store = StoreSettings.model_validate(
            {
                "objects": f"{kind}://bucket/{uuid4().hex}",
                "objects_endpoint": f"{address}/account" if kind == "az" else address,
                "objects_account": "account",
                "objects_credentials": "account.json",
                "objects_secret": base64.b64encode(b"key").decode(),
            }
        )
        settings = Settings(folder=tmp_path, store=store)
        objects = open_objects(settings)
        objects.put("a/b", b"words")
        payloads = PayloadStore(settings)
        [claim] = await payloads.store(StorageDriverStoreContext(), [Payload(data=b"x" * 9)])

        assert objects.get("a/b") == b"words"
        assert [info.key for info in objects.list("a")] == ["a/b"]
        assert objects.size("a/b") == 5
        assert (await payloads.read(claim.claim_data["key"])).data == b"x" * 9
        objects.delete("a/b")
        with pytest.raises(ObjectNotFound):
            objects.get("a/b")
