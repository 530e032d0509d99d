"""The activities bring batches from the object store into the products, and clean up at the end."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from temporalio.testing import ActivityEnvironment
from tests.mail_platform.storage.rows import rows, written
from typing_extensions import override

from everloom.authoring import find_activity_binding, is_provider
from everloom.objects import ObjectNotFound, Objects, open_objects
from everloom.settings import Settings
from mail_platform.models import Counts, Finish, FinishRequest, UpsertRequest
from mail_platform.products import Products
from mail_platform.providers import products as provide_products
from mail_platform.storage import MirrorEmpty
from mail_platform.upserts import UpsertActivities

IMPORT = "import-1"


@pytest.fixture
def objects(tmp_path: Path) -> Objects:
    return open_objects(Settings(folder=tmp_path))


@pytest.fixture
def activities(products: Products, objects: Objects) -> UpsertActivities:
    return UpsertActivities(products=products, objects=objects)


def upsert_request(batch: int = 0, **changes: object) -> UpsertRequest:
    """A request for a batch of two rows."""
    fields = {
        "import_id": IMPORT,
        "feed": "shop",
        "batch": batch,
        "key": f"imports/{IMPORT}/batches/{batch:05}.csv",
        "rows": 2,
        "mirror": False,
        "dry_run": False,
        **changes,
    }
    return UpsertRequest.model_validate(fields)


def finish_request(*refused_keys: str, mirror: bool = False) -> FinishRequest:
    """A request to finish."""
    return FinishRequest(
        import_id=IMPORT, feed="shop", mirror=mirror, dry_run=False, refused_keys=refused_keys
    )


def test_batch_comes_from_the_object_store(
    activities: UpsertActivities, objects: Objects, products: Products
) -> None:
    """What lies under the key is stored."""
    request = upsert_request()
    objects.put(request.key, written(rows(1, 2)))

    assert activities.upsert(request) == Counts(created=2)
    assert products.counts("shop").active == 2


def test_batch_without_good_rows_has_no_object(activities: UpsertActivities) -> None:
    """An empty key is an empty batch."""
    assert activities.upsert(upsert_request(key="", rows=0)) == Counts()


def test_repeated_batch_needs_no_object(activities: UpsertActivities, objects: Objects) -> None:
    """A batch that is stored already is answered from the ledger."""
    request = upsert_request()
    objects.put(request.key, written(rows(1, 2)))
    first = activities.upsert(request)
    objects.delete(request.key)

    assert activities.upsert(request) == first


def test_missing_batch_stores_nothing(activities: UpsertActivities, products: Products) -> None:
    """A key that leads nowhere is an error, not an empty batch."""
    with pytest.raises(ObjectNotFound):
        activities.upsert(upsert_request())

    assert products.counts().active == 0


def test_refused_rows_become_one_file(activities: UpsertActivities, objects: Objects) -> None:
    """Parts are joined in order below one header, and the parts are gone."""
    keys = [f"imports/{IMPORT}/refused/{batch:05}.csv" for batch in range(2)]
    objects.put(keys[0], b'7,Price,x,price-invalid,"No, not a price."\n')
    objects.put(keys[1], b"9,,,row-fields,Too few.\n")
    objects.put(f"imports/{IMPORT}/source/1/00000", b"...")
    objects.put(f"imports/{IMPORT}/batches/00000.csv", b"...")

    done = activities.finish(finish_request(*keys))

    assert done == Finish(deactivated=0, refused_key=f"imports/{IMPORT}/refused.csv")
    assert objects.get(done.refused_key) == (
        b"line,column,value,code,reason\n"
        b'7,Price,x,price-invalid,"No, not a price."\n'
        b"9,,,row-fields,Too few.\n"
    )
    assert [info.key for info in objects.list(f"imports/{IMPORT}")] == [done.refused_key]


def test_finishing_twice_is_finishing_once(
    activities: UpsertActivities, objects: Objects, products: Products
) -> None:
    """An attempt that died after its last step is repeated without harm."""
    refused = f"imports/{IMPORT}/refused/00000.csv"
    objects.put(refused, b"1,,,x,y\n")
    products.store_batch(
        import_id="before", feed="shop", batch=0, read_rows=lambda: [written(rows(1, 2))]
    )
    request = upsert_request(mirror=True)
    objects.put(request.key, written(rows(1)))
    activities.upsert(request)

    first = activities.finish(finish_request(refused, mirror=True))
    again = activities.finish(finish_request(refused, mirror=True))

    assert again == first == Finish(deactivated=1, refused_key=f"imports/{IMPORT}/refused.csv")
    assert objects.get(first.refused_key).count(b"\n") == 2


def test_nothing_refused_leaves_no_file(activities: UpsertActivities, objects: Objects) -> None:
    """Without refused rows there is no file of them."""
    assert activities.finish(finish_request()) == Finish(deactivated=0, refused_key="")
    assert objects.list(f"imports/{IMPORT}") == []


def test_empty_mirror_keeps_the_refused_rows(
    activities: UpsertActivities, objects: Objects, products: Products
) -> None:
    """When every row was refused, the reasons are what people need."""
    products.store_batch(
        import_id="before", feed="shop", batch=0, read_rows=lambda: [written(rows(1, 2))]
    )
    refused = f"imports/{IMPORT}/refused/00000.csv"
    objects.put(refused, b"1,,,x,y\n")

    with pytest.raises(MirrorEmpty):
        activities.finish(finish_request(refused, mirror=True))

    assert [info.key for info in objects.list(f"imports/{IMPORT}")] == [
        f"imports/{IMPORT}/refused.csv"
    ]
    assert products.counts("shop").active == 2


class CancellingObjects(Objects):
    """A store during whose reading the run is cancelled."""

    def __init__(self, content: bytes, environment: ActivityEnvironment) -> None:
        self._content = content
        self._environment = environment

    @override
    def stream(self, key: str, chunk_size: int = 1) -> Iterator[bytes]:
        self._environment.cancel()
        yield self._content


def test_cancelled_run_waits_for_its_batch(products: Products) -> None:
    """A batch that is being stored when the run is cancelled is stored and counted."""
    environment = ActivityEnvironment()
    objects = CancellingObjects(written(rows(1, 2)), environment)
    activities = UpsertActivities(products=products, objects=objects)

    assert environment.run(activities.upsert, upsert_request()) == Counts(created=2)
    assert products.counts().active == 2


def test_activities_are_declared() -> None:
    """Names and queue are what histories hold."""
    bindings = [
        find_activity_binding(each) for each in (UpsertActivities.upsert, UpsertActivities.finish)
    ]

    assert [(each.name, each.queue) for each in bindings if each] == [
        ("upsert-products", "standard"),
        ("finish-import", "standard"),
    ]


def test_products_are_provided(tmp_path: Path) -> None:
    """A worker gets the products from the settings, and closes them."""
    assert is_provider(provide_products)
    provided = provide_products(Settings(folder=tmp_path))

    assert next(provided).counts().active == 0
    assert next(provided, None) is None
