"""A process that stores a batch, and stops in the middle of it until somebody kills it.

Arguments: address of the database, batch, rows in it.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from tests.mail_platform.storage.rows import rows, written

from mail_platform.products import Products
from mail_platform.storage import open_database


def halting(content: bytes) -> Iterator[bytes]:
    """Half of a batch, and then nothing more."""
    yield content[: len(content) // 2]
    print("half", flush=True)  # noqa: T201 - the parent waits for it
    sys.stdin.read()


def main(address: str, batch: int, count: int) -> None:
    """Store a batch that does not come to its end."""
    content = written(rows(*range(count)))
    Products(open_database(address, Path)).store_batch(
        import_id="import-1", feed="shop", batch=batch, read_rows=lambda: halting(content)
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
