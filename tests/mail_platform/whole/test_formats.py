"""Every preset and every format, plain and packed, through whole imports."""

import csv
import gzip
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.mail_platform.whole.site import Row, Site

import mail_platform.demo
from mail_platform.models import FileSource, ImportRequest
from mail_platform.workflows import ProductImport

DEMO = Path(mail_platform.demo.__file__).parent
SOME = 400

PRODUCTS: list[dict[str, Any]] = [
    {
        "product_id": f"p-{number}",
        "title": f'Lamp "{number}", größer',
        "price": f"{number}.50",
        "currency": "EUR",
        "brand": "Lumen",
    }
    for number in range(1, SOME + 1)
]


def as_table(delimiter: str) -> Iterator[str]:
    """The products as a table, quoted where they must be."""

    class Line:
        def write(self, text: str, /) -> str:
            return text

    writer = csv.writer(Line(), delimiter=delimiter)
    yield writer.writerow(PRODUCTS[0])
    for product in PRODUCTS:
        yield writer.writerow(product.values())


FILES = {
    "csv": "".join(as_table(",")),
    "tsv": "".join(as_table("\t")),
    "json": json.dumps(PRODUCTS, ensure_ascii=False, indent=1),
    "jsonl": "\n".join(json.dumps(product) for product in PRODUCTS),
}


def expected() -> list[Row]:
    """The products as they are stored."""
    rows = [
        (each["product_id"], each["title"], Decimal(each["price"]), each["brand"], True)
        for each in PRODUCTS
    ]
    return sorted(rows)


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("format", sorted(FILES))
async def test_every_format_gives_the_same_products(
    site: Site, format: str, *, packed: bool
) -> None:
    """The format is found out, also when nothing but the content tells it."""
    feed = f"{format}-{'gz' if packed else 'plain'}"
    content = FILES[format].encode()
    (site.folder / "feeds" / feed).write_bytes(gzip.compress(content) if packed else content)
    request = ImportRequest(source=FileSource(file=feed), feed=feed, batch_rows=150)

    report = await (await site.start(request)).result()

    assert (report.format, report.rows, report.problems) == (format, SOME, ())
    assert site.rows(feed) == expected()


@pytest.mark.parametrize(
    ("file", "preset"),
    [
        ("google", "google-merchant"),
        ("shopify", "shopify"),
        ("woocommerce", "woocommerce"),
        ("generic", "generic"),
    ],
)
async def test_every_preset_is_found_out_and_imports_its_demo_file(
    site: Site, file: str, preset: str
) -> None:
    """Some 10,000 products, a few of them refused; imported again, nothing changes."""
    name = f"products-{file}.csv.gz"
    (site.folder / "feeds" / name).write_bytes((DEMO / name).read_bytes())
    request = ImportRequest(source=FileSource(file=name), feed=f"demo-{file}", currency="EUR")

    first = await (await site.start(request)).result()
    again = await ProductImport.execute(site.temporal, request)

    assert first.preset == preset
    assert 9_000 < first.counts.created < 11_000
    assert 0 < first.counts.refused < 50
    assert again.counts.unchanged == first.counts.created
    assert again.counts.created == again.counts.updated == 0
