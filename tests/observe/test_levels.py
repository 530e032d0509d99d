"""Another log level for a while: who is obeyed, and for how long."""

import logging
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from tests.waiting import eventually

from everloom.observe import (
    LevelFileInvalid,
    follow_orders,
    order_level,
    read_orders,
    set_up_logs,
    withdraw_orders,
)
from everloom.settings import EngineSettings, LogSettings, Settings

SOON = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def restored_levels() -> Generator[None]:
    """Logging as the test runner had it."""
    root, core = logging.getLogger(), logging.getLogger("temporalio.core")
    kept = (root.handlers[:], root.level, core.level)
    yield
    root.handlers[:] = kept[0]
    root.setLevel(kept[1])
    core.setLevel(kept[2])
    logging.getLogger("shop").setLevel(logging.NOTSET)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Of a folder in which nothing was ordered yet."""
    return Settings(folder=tmp_path)


def test_orders_stand_beside_each_other_and_end(settings: Settings):
    """Each logger has its order; one whose time is over is none."""
    order_level(settings, "", "debug", SOON)
    order_level(settings, "shop", "error", SOON)
    order_level(settings, "", "warning", SOON)
    order_level(settings, "gone", "debug", timedelta(seconds=-1))

    held = {order.logger: order.level for order in read_orders(settings)}

    assert held == {"": "warning", "shop": "error"}
    assert withdraw_orders(settings) == 2
    assert read_orders(settings) == ()


def test_orders_at_the_same_time_are_all_kept(settings: Settings):
    """Each command reads what the one before wrote."""
    names = [f"shop.{number}" for number in range(20)]

    def order(name: str) -> None:
        order_level(settings, name, "debug", SOON)

    with ThreadPoolExecutor(20) as several:
        list(several.map(order, names))

    assert sorted(order.logger for order in read_orders(settings)) == sorted(names)


async def test_running_process_takes_orders_over_and_goes_back(settings: Settings):
    """Level and logger follow the order, and the settings hold again when its time is over."""
    set_up_logs(LogSettings())
    follow_orders(settings)
    root, shop = logging.getLogger(), logging.getLogger("shop")

    order_level(settings, "shop", "debug", timedelta(seconds=2))

    await eventually(lambda: shop.isEnabledFor(logging.DEBUG))
    assert not root.isEnabledFor(logging.DEBUG)
    await eventually(lambda: not shop.isEnabledFor(logging.DEBUG))


def test_order_that_holds_already_holds_from_the_first_line(settings: Settings):
    """A process that starts, or starts anew after a crash, need not wait for it."""
    set_up_logs(LogSettings())
    order_level(settings, "", "debug", SOON)

    follow_orders(settings)

    assert logging.getLogger("anything").isEnabledFor(logging.DEBUG)
    assert logging.getLogger("temporalio.core").isEnabledFor(logging.DEBUG)
    withdraw_orders(settings)


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_file_that_others_could_have_written_is_not_obeyed(settings: Settings, mode: int):
    """Only who runs the processes orders."""
    order_level(settings, "", "debug", SOON)
    (file,) = (settings.folder / ".everloom").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600

    file.chmod(mode)

    assert read_orders(settings) == ()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"orders": [{"level": "loud"}]}'])
def test_broken_file_is_no_order(settings: Settings, content: str):
    """Nonsense changes nothing."""
    order_level(settings, "", "debug", SOON)
    (file,) = (settings.folder / ".everloom").iterdir()

    file.write_text(content)

    assert read_orders(settings) == ()


def test_folder_that_cannot_be_written_is_named(tmp_path: Path):
    """The error says which file, and what to do."""
    (tmp_path / "file").touch()
    settings = Settings(folder=tmp_path, engine=EngineSettings(folder=Path("file/below")))

    with pytest.raises(LevelFileInvalid, match="file/below") as refused:
        order_level(settings, "", "debug", SOON)

    assert "engine.folder" in refused.value.hint
