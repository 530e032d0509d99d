"""Packages written for one test, and settings that name them."""

import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from everloom.settings import CatalogSettings, QueueSettings, Settings

Package = Callable[..., Settings]
_numbers = itertools.count()


@pytest.fixture
def package(tmp_path: Path) -> Iterator[Package]:
    """Write a package of the given modules and get settings that name it.

    The text `PACKAGE` in a module stands for the package's name, which no other test has.
    """
    name = f"app_under_test_{next(_numbers)}"
    before = list(sys.path)

    def write(**modules: str) -> Settings:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "__init__.py").touch()
        for module, text in modules.items():
            source = dedent(text).replace("PACKAGE", name)
            (folder / f"{module}.py").write_text(source, encoding="utf-8")
        return Settings(
            folder=tmp_path,
            catalog=CatalogSettings(packages=(name,)),
            queues=QueueSettings(bind={"mail": "background"}),
        )

    yield write
    sys.path[:] = before
    for module in [each for each in sys.modules if each.split(".")[0] == name]:
        del sys.modules[module]
