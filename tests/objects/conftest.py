"""The two stores every promise about objects is tested on."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.servers.s3 import KEY_ID, SECRET, s3_server

from everloom.objects import Objects, open_objects
from everloom.settings import Settings, StoreSettings


@pytest.fixture(scope="session")
def s3_address() -> Iterator[str]:
    with s3_server("tests") as address:
        yield address


@pytest.fixture(params=["folder", "s3"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings that name a store of its own for each test."""
    if request.param == "folder":
        return Settings(folder=tmp_path)
    address: str = request.getfixturevalue("s3_address")
    store = StoreSettings.model_validate(
        {
            "objects": f"s3://tests/{uuid.uuid4().hex}",
            "objects_endpoint": address,
            "objects_region": "eu-central-1",
            "objects_key_id": KEY_ID,
            "objects_secret": SECRET,
        }
    )
    return Settings(folder=tmp_path, store=store)


@pytest.fixture
def objects(settings: Settings) -> Objects:
    return open_objects(settings)
