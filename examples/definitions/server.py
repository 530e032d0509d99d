# ruff: noqa: INP001 - a folder of examples, no package
"""Every shop, bank and post that the examples call, as one small server on this machine.

    python server.py [PORT]

`everloom.yaml` beside it sends their addresses here. It needs nothing but Python, keeps what it is
told in memory, and answers the same to everybody.
"""

import json
import re
import sys
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

PORT = 8099
ADA, LINUS = ("Analytical Engines", 12), ("Kernels and Co", 340)
COMPANIES = {"engines.example": ADA, "kernels.example": LINUS}
PAGES = [
    [{"sku": "L-1", "price": 10}, {"sku": "L-2", "price": 12.5}],
    [{"sku": "L-3", "price": 7}, {"sku": "L-4", "price": "cheap"}],
    [{"sku": "L-5", "price": 3}, {"sku": "L-6", "price": 99}],
]
PETS = [
    {"id": 1, "name": "Milou", "kind": "dog", "status": "available"},
    {"id": 2, "name": "Tom", "kind": "cat", "status": "available"},
]
SLOW = 1.0
"""Seconds that slow carriers think."""


@dataclass(frozen=True)
class Request:
    """What somebody asks for."""

    method: str
    host: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any
    found: tuple[str, ...] = ()
    """Parts of the path that differ from request to request."""


class Refused(Exception):
    """An answer that is no success."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass
class World:
    """What is remembered between two requests."""

    asked: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def times(self, what: str) -> int:
        """How often this was asked, this time included."""
        with self.lock:
            self.asked[what] += 1
            return self.asked[what]


WORLD = World()
Answer = Callable[[Request], Any]
ANSWERS: list[tuple[str, re.Pattern[str], Answer]] = []


def answers(method: str, pattern: str) -> Callable[[Answer], Answer]:
    """Let a function answer requests whose host and path fit a pattern."""

    def kept(answer: Answer) -> Answer:
        ANSWERS.append((method, re.compile(pattern), answer))
        return answer

    return kept


@answers("POST", r"[^/]+/(approvals|messages|assignments)")
def accept(request: Request) -> Any:
    """Take a message."""
    return {"id": f"message-{request.body.get('to', '')}"}


@answers("POST", r"(?:stock|bank|post|collection)\.example/(\w+)s")
def create(request: Request) -> Any:
    """Make a reservation, a payment, a parcel or a case."""
    if request.body.get("country") == "Atlantis":
        raise Refused(422)
    known = (request.body.get(key) for key in ("orderId", "reference", "invoice"))
    return {"id": f"{request.found[0]}-{next(each for each in known if each)}"}


@answers("DELETE", r"(?:stock|bank|travel)\.example/\w+/(.+)")
def delete(_: Request) -> Any:
    """Take something back."""
    return None


@answers("GET", r"supplier\.example/products")
def page(request: Request) -> Any:
    """One page of the supplier's products."""
    number = int(request.query["page"])
    return {"products": PAGES[number - 1], "next": number + 1 if number < len(PAGES) else None}


@answers("PUT", r"(?:catalogue|crm)\.example/\w+/(.+)")
def put(request: Request) -> Any:
    """Store something; the CRM wants a token."""
    if request.host != "crm.example":
        return request.body
    if request.headers.get("authorization") != "Bearer token-of-everloom":
        raise Refused(401)
    return {"id": request.found[0], **request.body, "by": "everloom"}


@answers("POST", r"login\.example/oauth2/token")
def token(request: Request) -> Any:
    """A token for who knows the secret."""
    if request.body.get("client_secret") != "not-a-real-secret":
        raise Refused(401)
    return {"access_token": "token-of-everloom", "token_type": "Bearer", "expires_in": 3600}


@answers("POST", r"(\w+)\.example/hooks")
def hook(request: Request) -> Any:
    """Take a webhook; the search engine is down."""
    if request.host == "search.example":
        raise Refused(503)
    return {"taken": True}


@answers("GET", r"weather\.example/forecasts/(.+)")
def forecast(request: Request) -> Any:
    """The weather, two times of three an excuse."""
    city = request.found[0]
    if city == "Atlantis":
        raise Refused(404)
    if WORLD.times(f"weather of {city}") % 3:
        raise Refused(503)
    return {"city": city, "rain": 0.8}


@answers("POST", r"video\.example/jobs")
def begin(request: Request) -> Any:
    """Start a job."""
    file = request.body["file"]
    return {"id": f"{WORLD.times('jobs')}-{file}"}


@answers("GET", r"video\.example/jobs/\d+-(.+)")
def job(request: Request) -> Any:
    """A job is done at the third look, unless it fails at the second."""
    looks, file = WORLD.times(request.path), request.found[0]
    if file == "broken.mov" and looks == 2:
        return {"state": "failed", "url": None}
    done = looks >= 3
    url = f"https://video.example/files/{file}" if done else None
    return {"state": "done" if done else "busy", "url": url}


@answers("GET", r"companies\.example/domains/(.+)")
def company(request: Request) -> Any:
    """Whose domain it is."""
    if request.found[0] not in COMPANIES:
        raise Refused(404)
    name, employees = COMPANIES[request.found[0]]
    return {"name": name, "employees": employees}


@answers("GET", r"bank\.example/invoices/(.+)")
def invoice(request: Request) -> Any:
    """An invoice is paid at the second look, unless it never is."""
    number = request.found[0]
    return {"paid": number != "I-never" and WORLD.times(number) % 2 == 0}


@answers("GET", r"(sea|rail|road)\.example/quotes")
def quote(request: Request) -> Any:
    """A price; the road is closed, and the sea takes its time."""
    carrier = request.found[0]
    if carrier == "road":
        raise Refused(503)
    if carrier == "sea":
        threading.Event().wait(SLOW)
    return {"carrier": carrier, "price": float(request.query["kilos"]) * 2.1}


@answers("GET", r"(first|second)-bank\.example/rates/(\w+)/(\w+)")
def rate(request: Request) -> Any:
    """A rate; the first bank is closed, and the second knows one currency."""
    if request.found[0] == "first" or request.found[2] != "USD":
        raise Refused(503)
    return {"rate": 1.08}


@answers("GET", r"shop\.example/sales")
def sales(_: Request) -> Any:
    """What was sold in a day."""
    return [{"amount": 60}, {"amount": 30}, {"amount": 150}]


@answers("DELETE", r"(?:crm|mail|shop)\.example/people/(.+)")
def forget(request: Request) -> Any:
    """Delete somebody's data; the shop is busy every other time."""
    if request.host == "shop.example" and WORLD.times(request.path) % 2:
        raise Refused(503)
    return None


@answers("POST", r"travel\.example/bookings")
def book(request: Request) -> Any:
    """Book a hotel or a flight; there is no flight to Full."""
    what, city = request.body["what"], request.body["city"]
    if what == "flight" and city == "Full":
        raise Refused(409)
    if WORLD.times(f"{what} in {city}") % 2:
        raise Refused(503)
    return {"id": f"{what}-{city}"}


@answers("GET", r"petstore\.example/openapi\.json")
def document(_: Request) -> Any:
    """What the pet store can be asked for."""
    status = {"name": "status", "in": "query", "schema": {"type": "string"}}
    order = {
        "type": "object",
        "properties": {"petId": {"type": "integer"}, "quantity": {"type": "integer"}},
    }
    answer = {"200": {"description": "It worked."}}
    body = {"content": {"application/json": {"schema": order}}}
    return {
        "openapi": "3.0.3",
        "info": {"title": "Pet store", "version": "1.0.0"},
        "servers": [{"url": "https://petstore.example"}],
        "paths": {
            "/pets": {"get": {"operationId": "findPetsByStatus", "parameters": [status], "responses": answer}},
            "/orders": {"post": {"operationId": "placeOrder", "requestBody": body, "responses": answer}},
        },
    }  # fmt: skip


@answers("GET", r"petstore\.example/pets")
def pets(request: Request) -> Any:
    """The pets of a status."""
    return [pet for pet in PETS if pet["status"] == request.query.get("status")]


@answers("POST", r"petstore\.example/orders")
def order_pet(request: Request) -> Any:
    """Order a pet."""
    return {"id": request.body["petId"], "status": "placed"}


@answers("POST", r"mcp\.example/mcp")
def mcp(request: Request) -> Any:
    """A server of the Model Context Protocol with one tool."""
    said = request.body
    if "id" not in said:
        raise Refused(202)
    return {"jsonrpc": "2.0", "id": said["id"], "result": _result(said)}


def _result(said: dict[str, Any]) -> Any:
    if said["method"] == "initialize":
        return {
            "protocolVersion": said["params"]["protocolVersion"],
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "answers", "version": "1.0.0"},
        }
    if said["method"] == "tools/list":
        return {"tools": [{"name": "search", "inputSchema": {"type": "object"}}]}
    return {"content": [{"type": "text", "text": "Refunds take five days."}], "isError": False}


class Handler(BaseHTTPRequestHandler):
    """Reads requests, and writes what the functions above answer."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        """Find who answers, and pass the answer on."""
        try:
            status, value = 200, _answer(self._request())
        except Refused as error:
            status, value = error.status, {"title": "refused"} if error.status > 299 else None
        if value is None and status == 200:
            status = 204
        body = b"" if value is None else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - names of the library

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _request(self) -> Request:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        raw = self.rfile.read(int(headers.get("content-length", 0)))
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        host = headers.get("host", "").partition(":")[0]
        return Request(self.command, host, parts.path, query, headers, _body(raw, headers))


def _body(raw: bytes, headers: dict[str, str]) -> Any:
    if not raw:
        return {}
    if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return {name: values[-1] for name, values in parse_qs(raw.decode()).items()}
    return json.loads(raw)


def _answer(request: Request) -> Any:
    for method, pattern, answer in ANSWERS:
        match = pattern.fullmatch(f"{request.host}{request.path}")
        if method == request.method and match:
            return answer(replace(request, found=match.groups()))
    raise Refused(404)


def serve(port: int = PORT) -> ThreadingHTTPServer:
    """A server on this machine's own address; `serve_forever` lets it answer."""
    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


if __name__ == "__main__":
    serve(int(sys.argv[1]) if len(sys.argv) > 1 else PORT).serve_forever()
