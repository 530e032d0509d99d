"""What `store.url` may say, and what is said when the database will not have us."""

from pathlib import Path

import pytest
from tests.postgres import Postgres
from tests.store.conftest import settings_for

from everloom.engine import free_port
from everloom.store import (
    StoreAddressInvalid,
    StoreRefused,
    StoreUnavailable,
    has_store,
    open_store,
)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        pytest.param("sec:ret", "no address", id="no-address"),
        pytest.param("postgresql://ann:sec@ret:x/y", "no address", id="no-port"),
        pytest.param("mysql://ann:secret@host/name", "`mysql`", id="another-database"),
        pytest.param("sqlite://", "no file", id="no-file"),
        pytest.param("sqlite:///:memory:", "no file", id="memory"),
    ],
)
async def test_an_address_that_names_no_database_is_refused(
    tmp_path: Path, url: str, says: str
) -> None:
    """Without saying what it is: it may hold a password."""
    with pytest.raises(StoreAddressInvalid, match=says) as caught:
        async with open_store(settings_for(tmp_path, url)):
            pass

    assert "secret" not in f"{caught.value.message}{caught.value.hint}"
    assert caught.value.__cause__ is None


async def test_a_file_may_be_named(tmp_path: Path) -> None:
    """Relative to the folder of the settings; its own folder is made."""
    async with open_store(settings_for(tmp_path, "sqlite:///deep/down/my.db")) as store:
        await store.check()

    assert (tmp_path / "deep" / "down" / "my.db").exists()


async def test_whether_there_is_a_store_is_known_without_opening_it(tmp_path: Path) -> None:
    """Where one is named, or where the file is that is used when none is."""
    assert not has_store(settings_for(tmp_path))
    assert has_store(settings_for(tmp_path, "postgresql://host/name"))
    async with open_store(settings_for(tmp_path)):
        assert has_store(settings_for(tmp_path))


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file is where it should be."""
    (tmp_path / "taken").write_text("a file")

    with pytest.raises(StoreRefused, match="taken"):
        async with open_store(settings_for(tmp_path, "sqlite:///taken/my.db")):
            pass


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """And left as it is."""
    (tmp_path / "my.db").write_text("Dear diary, " * 100)

    with pytest.raises(StoreRefused, match=r"my\.db"):
        async with open_store(settings_for(tmp_path, "sqlite:///my.db")):
            pass

    assert (tmp_path / "my.db").read_text().startswith("Dear diary")


async def test_a_database_that_is_away_is_named(tmp_path: Path) -> None:
    """With host, port and name, and without the password."""
    port = free_port()
    url = f"postgresql://ann:secret@127.0.0.1:{port}/shop"

    with pytest.raises(StoreUnavailable, match=f"127.0.0.1:{port}/shop") as caught:
        async with open_store(settings_for(tmp_path, url)):
            pass

    assert "secret" not in f"{caught.value.message}{caught.value.hint}"


@pytest.mark.parametrize("what", ["password", "database"])
async def test_a_database_that_will_not_have_us_is_no_matter_of_time(
    postgres: Postgres, tmp_path: Path, what: str
) -> None:
    """A wrong password, or no such database."""
    url = postgres.url(password="secret") if what == "password" else postgres.url("nothing")

    with pytest.raises(StoreRefused) as caught:
        async with open_store(settings_for(tmp_path, url)):
            pass

    assert not caught.value.retryable
    assert "secret" not in f"{caught.value.message}{caught.value.hint}"
    assert "only-for-tests" not in f"{caught.value.message}{caught.value.hint}"
