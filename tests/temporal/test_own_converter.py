"""An application may bring its own data converter, named by a setting."""

from pathlib import Path
from uuid import uuid4

import pytest

from everloom.settings import CatalogSettings, Settings, TemporalSettings
from everloom.temporal import ConverterInvalid, data_converter

SOURCE = """
from temporalio.converter import DataConverter

ready = DataConverter()
made = lambda: ready
wrong = 5
"""


@pytest.fixture
def module(tmp_path: Path) -> str:
    """A module of the application."""
    name = f"own_{uuid4().hex[:8]}"
    (tmp_path / f"{name}.py").write_text(SOURCE, encoding="utf-8")
    return name


def named(folder: Path, name: str) -> Settings:
    """Settings that name a converter."""
    catalog = CatalogSettings(paths=(folder,))
    return Settings(folder=folder, catalog=catalog, temporal=TemporalSettings(converter=name))


def test_the_named_converter_takes_the_place_of_ours(tmp_path: Path, module: str) -> None:
    """The object itself, or what a function makes."""
    ready = data_converter(named(tmp_path, f"{module}:ready"))

    assert data_converter(named(tmp_path, f"{module}:made")) is ready
    assert type(ready).__module__.startswith("temporalio.")


@pytest.mark.parametrize("attribute", ["wrong", "missing"])
def test_what_is_none_is_refused(tmp_path: Path, module: str, attribute: str) -> None:
    """With the name as it was written, what was found, and how it has to be."""
    with pytest.raises(ConverterInvalid) as refused:
        data_converter(named(tmp_path, f"{module}:{attribute}"))

    assert f"'{module}:{attribute}'" in refused.value.message
    assert "package.module:name" in refused.value.hint


def test_a_module_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """As a mistake in the settings, not as a failed import."""
    with pytest.raises(ConverterInvalid, match="No module named"):
        data_converter(named(tmp_path, "nowhere_at_all:converter"))
