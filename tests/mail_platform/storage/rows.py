"""Batches for tests: normalised CSV, and a short way to store it."""

import csv
import io
from collections.abc import Iterable, Mapping

from mail_platform.models import PRODUCT_COLUMNS, Counts
from mail_platform.products import Products
from mail_platform.storage import ReadRows

Fields = Mapping[str, str]


def row(product_id: str, **fields: str) -> Fields:
    """One product; its title is its id unless said otherwise."""
    return {"product_id": product_id, "title": product_id.upper(), **fields}


def rows(*numbers: int, **fields: str) -> list[Fields]:
    """Products `p0001`, ... by number."""
    return [row(f"p{number:04}", **fields) for number in numbers]


def written(products: Iterable[Fields]) -> bytes:
    """Products as a batch."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([each.get(name, "") for name in PRODUCT_COLUMNS] for each in products)
    return text.getvalue().encode()


def reader(content: bytes, chunk: int = 7) -> ReadRows:
    """A batch in chunks that cut lines and characters anywhere."""
    return lambda: (content[at : at + chunk] for at in range(0, len(content), chunk))


class Importing:
    """One import of one feed, batch after batch."""

    def __init__(
        self,
        products: Products,
        import_id: str = "import-1",
        *,
        feed: str = "shop",
        mirror: bool = False,
        dry_run: bool = False,
    ) -> None:
        self.products = products
        self.import_id = import_id
        self.feed = feed
        self.mirror = mirror
        self.dry_run = dry_run

    def store(self, batch: int, content: bytes | Iterable[Fields]) -> Counts:
        """Store a batch."""
        content = content if isinstance(content, bytes) else written(content)
        return self.products.store_batch(
            import_id=self.import_id,
            feed=self.feed,
            batch=batch,
            read_rows=reader(content),
            mirror=self.mirror,
            dry_run=self.dry_run,
        )

    def finish(self) -> int:
        """Finish it."""
        return self.products.finish(
            import_id=self.import_id, feed=self.feed, mirror=self.mirror, dry_run=self.dry_run
        )
