"""An S3 service on loopback, spoken by moto; objects live in its memory."""

from collections.abc import Generator
from contextlib import contextmanager

import httpx2
from moto.server import ThreadedMotoServer

KEY_ID = "everloom-test"
SECRET = "everloom-test-secret"


@contextmanager
def s3_server(bucket: str) -> Generator[str]:
    """Serve S3 with one empty bucket; gives the address."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        address = f"http://{host}:{port}"
        httpx2.put(f"{address}/{bucket}").raise_for_status()
        yield address
    finally:
        server.stop()
