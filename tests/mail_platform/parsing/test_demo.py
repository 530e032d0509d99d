"""The demo files are what their script makes, and what their presets are for."""

import gzip
from pathlib import Path

import pytest
from tests.mail_platform.parsing.reading import read_file

from mail_platform.demo import make
from mail_platform.demo.layouts import LAYOUTS, PRODUCTS, Layout, write_layout
from mail_platform.models import FileSource, ImportRequest

FOLDER = Path(make.__file__).parent
LAYOUT = pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)


@LAYOUT
def test_the_script_makes_the_files_of_the_repository(layout: Layout) -> None:
    """To the byte, and small enough to be carried along."""
    packed = (FOLDER / f"{layout.name}.gz").read_bytes()

    assert gzip.decompress(packed) == write_layout(layout)
    assert len(packed) < 400 * 1024


@LAYOUT
def test_a_demo_file_is_good_but_for_a_dozen_rows(layout: Layout) -> None:
    """Under its own preset, found out by itself, in both lanes."""
    data = write_layout(layout)

    reading = read_file(data, currency="EUR")

    assert reading.dialect.preset in {layout.name[9:-4], f"{layout.name[9:-4]}-merchant"}
    assert len(reading.good) == PRODUCTS
    assert len(reading.refused) == 12
    assert len({code for _, code in reading.codes}) >= 7
    assert reading.raw == read_file(data, currency="EUR", fast=False).raw


def test_make_run_imports_a_demo_file() -> None:
    """The request it sends is valid and names a file that is there."""
    request = ImportRequest.model_validate_json((FOLDER / "import.json").read_bytes())

    assert isinstance(request.source, FileSource)
    assert (FOLDER / request.source.file).is_file()
    assert request.feed == "demo"
