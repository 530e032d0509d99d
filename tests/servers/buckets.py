"""What Google's and Microsoft's stores answer over HTTP, as far as we use it; objects in memory.

The shapes of requests and answers are those of the public XML APIs; accounts are not checked.
"""

import re
import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Literal
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from typing_extensions import override

Kind = Literal["gs", "az"]


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    kind: ClassVar[Kind]
    objects: ClassVar[dict[str, bytes]]

    def do_PUT(self) -> None:
        self.objects[self._key()] = self._body()
        self._say(201 if self.kind == "az" else 200, headers=self._about(self._key()))

    def do_GET(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        if "list-type" in asked or asked.get("comp") == ["list"]:
            self._say(200, self._listing(asked.get("prefix", [""])[0]).encode())
        elif self._key() not in self.objects:
            self._say(404)
        else:
            self._say(200, self.objects[self._key()], headers=self._about(self._key()))

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_DELETE(self) -> None:
        known = self.objects.pop(self._key(), None)
        self._say(404 if known is None else 202 if self.kind == "az" else 204)

    def do_POST(self) -> None:
        """Azure's way to delete several at once."""
        sent = self._body().decode()
        parts: list[str] = []
        for number, path in enumerate(re.findall(r"DELETE (\S+) HTTP", sent)):
            known = self.objects.pop(self._key(path), None)
            said = "202 Accepted" if known is not None else "404 The specified blob does not exist."
            parts.append(
                f"--batch\r\nContent-Type: application/http\r\nContent-ID: {number}\r\n\r\n"
                f"HTTP/1.1 {said}\r\nx-ms-request-id: {number}\r\n\r\n"
            )
        body = "".join([*parts, "--batch--\r\n"]).encode()
        self._say(202, body, headers={"Content-Type": "multipart/mixed; boundary=batch"})

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def _key(self, path: str = "") -> str:
        """Below the bucket; Azure's emulator has the account before it."""
        parts = unquote(urlsplit(path or self.path).path).lstrip("/").split("/")
        return "/".join(parts[2 if self.kind == "az" else 1 :])

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", "0")))

    def _about(self, key: str) -> dict[str, str]:
        return {
            "ETag": f'"{md5(self.objects[key], usedforsecurity=False).hexdigest()}"',
            "Last-Modified": f"{datetime.now(UTC):%a, %d %b %Y %H:%M:%S} GMT",
            "x-ms-version": "2023-11-03",
        }

    def _listing(self, prefix: str) -> str:
        return "".join(
            (
                '<?xml version="1.0" encoding="UTF-8"?>',
                "<EnumerationResults><Blobs>" if self.kind == "az" else "<ListBucketResult>",
                *(self._entry(key) for key in sorted(self.objects) if key.startswith(prefix)),
                "</Blobs><NextMarker/></EnumerationResults>"
                if self.kind == "az"
                else "<IsTruncated>false</IsTruncated></ListBucketResult>",
            )
        )

    def _entry(self, key: str) -> str:
        size, about = len(self.objects[key]), self._about(key)
        tag = escape(about["ETag"])
        if self.kind == "gs":
            moment = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
            return (
                f"<Contents><Key>{escape(key)}</Key><LastModified>{moment}</LastModified>"
                f"<ETag>{tag}</ETag><Size>{size}</Size></Contents>"
            )
        return (
            f"<Blob><Name>{escape(key)}</Name><Properties>"
            f"<Last-Modified>{about['Last-Modified']}</Last-Modified>"
            f"<Content-Length>{size}</Content-Length><Content-Type>x/y</Content-Type>"
            f"<Etag>{tag}</Etag><BlobType>BlockBlob</BlobType></Properties></Blob>"
        )

    def _say(
        self, status: int, body: bytes = b"", *, headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


@contextmanager
def bucket_server(kind: Kind) -> Generator[str]:
    """Serve one kind of store; gives the address."""
    answers = type("Answers", (_Answers,), {"kind": kind, "objects": {}})
    server = ThreadingHTTPServer(("127.0.0.1", 0), answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
