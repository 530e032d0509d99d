"""Make the demo files again: `python -m mail_platform.demo.make`. The same bytes each time."""

import gzip
import io
import sys
from pathlib import Path

from .layouts import LAYOUTS, write_layout

FOLDER = Path(__file__).parent


def main() -> None:
    """Write each file beside this one."""
    for layout in LAYOUTS:
        path = FOLDER / f"{layout.name}.gz"
        path.write_bytes(_pack(write_layout(layout)))
        sys.stdout.write(f"{path.name}: {path.stat().st_size // 1024} KiB\n")


def _pack(data: bytes) -> bytes:
    """Without name and time, so that equal files are equal."""
    buffer = io.BytesIO()
    with gzip.GzipFile("", "wb", compresslevel=9, fileobj=buffer, mtime=0) as packed:
        packed.write(data)
    return buffer.getvalue()


if __name__ == "__main__":
    main()
