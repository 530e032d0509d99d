"""What `call: http` returns."""

import base64
import json
from typing import Any

import pytest
from tests.servers.http_files import Bomb, File, HttpFiles, Status, redirect

from everloom.settings import HttpSettings

from .serving import MIRROR, Caller, caller, says

SMALL = HttpSettings.model_validate({"private": True, "max_response": "64KiB"})


def typed(body: bytes, content_type: str | None, **headers: str) -> Status:
    told = {} if content_type is None else {"Content-Type": content_type}
    return Status(200, body, {**told, **headers})


@pytest.mark.parametrize(
    ("body", "content_type", "content"),
    [
        pytest.param(b'{"a": [1, null]}', "application/json", {"a": [1, None]}, id="JSON"),
        pytest.param(b'{"a": 1}', "application/hal+json; v=1", {"a": 1}, id="a kind of JSON"),
        pytest.param(b'\xef\xbb\xbf{"a": 1}', "application/json", {"a": 1}, id="JSON with a BOM"),
        pytest.param('"ü"'.encode("utf-16"), "application/json", "ü", id="JSON in UTF-16"),
        pytest.param(b'"\\ud83d"', "application/json", "?", id="half a character"),
        pytest.param(b"1e999", "application/json", 1.7976931348623157e308, id="a huge number"),
        pytest.param(b"12345678901234567890", "text/json", 12345678901234567890, id="an id"),
        pytest.param("<ä/>".encode(), "application/xml", "<ä/>", id="XML"),
        pytest.param("ä".encode("latin-1"), "text/plain; charset=ISO-8859-1", "ä", id="Latin 1"),
        pytest.param(b"a\xffb", "text/plain", "a\ufffdb", id="text that is broken"),
        pytest.param(b"x", "text/plain; charset=klingon", "x", id="an unknown character set"),
        pytest.param(b"a,b\n", "text/csv", "a,b\n", id="CSV"),
        pytest.param(b"\x89PNG", "image/png", "iVBORw==", id="an image"),
        pytest.param(b"x", "application/octet-stream", "eA==", id="bytes"),
        pytest.param(b"x", "application/vnd.unheard-of", "eA==", id="an unknown type"),
        pytest.param(b"[1]", None, [1], id="JSON that nobody announced"),
        pytest.param(b"one", None, "one", id="text that nobody announced"),
        pytest.param(b"\xff\xfe\xfa", None, "//76", id="bytes that nobody announced"),
        pytest.param(b"", "application/json", None, id="nothing"),
    ],
)
async def test_content_follows_its_type(
    web: HttpFiles, call: Caller, body: bytes, content_type: str | None, content: Any
) -> None:
    """JSON is read, text is text, anything else is base64."""
    url = web.serve("/", typed(body, content_type))

    assert await call(method="get", endpoint=url) == content


@pytest.mark.parametrize(
    "body",
    [b"{", b"<html>", b"NaN", b"[1e400, Infinity]", b"[" * 100_000, b"9" * 5000, b'{"a": "\xff"}'],
)
async def test_what_says_it_is_json_is_held_to_it(
    web: HttpFiles, call: Caller, body: bytes
) -> None:
    """The fault names the server, not what it sent."""
    url = web.serve("/", typed(body, "application/json"))

    said = await call.fails("communication", 500, method="get", endpoint=url)

    assert said == "Answer not usable: 127.0.0.1 says it sends JSON, and does not."


async def test_raw_is_the_bytes(web: HttpFiles, call: Caller) -> None:
    """As base64, whatever their type; null when there are none."""
    url = web.serve("/", typed(b'{"a": 1}', "application/json"))
    empty = web.serve("/empty", Status(204))

    assert base64.b64decode(await call(method="get", endpoint=url, output="raw")) == b'{"a": 1}'
    assert await call(method="get", endpoint=empty, output="raw") is None


async def test_a_response_tells_all_of_it(web: HttpFiles, call: Caller) -> None:
    """Request, status, headers and content; what is private in the request is covered."""
    url = web.serve("/pets/1", says({"id": 1}, 201, headers={"x-page": "2", "X-PAGE": "3"}))

    response = await call(
        method="get",
        endpoint={"uri": url, "authentication": {"bearer": {"token": "t0p-secret"}}},
        headers={"Cookie": "session=5", "X-Shop": "lumen"},
        query={"a": 1},
        output="response",
    )

    assert response["statusCode"] == 201
    assert response["content"] == {"id": 1}
    assert response["headers"]["Content-Type"] == "application/json"
    assert response["headers"]["X-Page"] == "2, 3"
    assert response["request"]["method"] == "get"
    assert response["request"]["uri"] == f"{url}?a=1"
    assert response["request"]["headers"]["X-Shop"] == "lumen"
    assert response["request"]["headers"]["Cookie"] == "**********"
    assert response["request"]["headers"]["Authorization"] == "**********"
    assert "t0p-secret" not in json.dumps(response)


async def test_an_unknown_output_is_refused(web: HttpFiles, call: Caller) -> None:
    """Before anything is sent."""
    await call.fails("validation", 400, method="get", endpoint=web.url("/"), output="xml")

    assert web.requests == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 418, 429, 500, 503, 599])
async def test_anything_but_success_is_a_fault_with_its_status(
    web: HttpFiles, call: Caller, status: int
) -> None:
    """So that a definition can catch it by number."""
    url = web.serve("/pets", Status(status, b"secret details"))

    said = await call.fails("communication", status, method="get", endpoint=f"{url}?key=hidden")

    assert said.startswith(f"{status}")
    assert f"GET {url} answered {status}." in said
    assert "secret details" not in said
    assert "hidden" not in said


async def test_a_problem_of_the_server_is_told(web: HttpFiles, call: Caller) -> None:
    """RFC 9457 is made for that."""
    problem = {"title": "Out of stock", "detail": "Only 3 left."}
    url = web.serve("/", says(problem, 409, headers={"Content-Type": "application/problem+json"}))

    said = await call.fails("communication", 409, method="get", endpoint=url)

    assert said == f"409 Conflict: GET {url} answered 409: Only 3 left."


async def test_a_redirect_is_a_fault_unless_it_is_asked_for(web: HttpFiles, call: Caller) -> None:
    """The standard's default."""
    url = web.serve("/old", redirect("/new", 307))
    web.serve("/new", MIRROR)

    await call.fails("communication", 307, method="get", endpoint=url)
    await call.fails("communication", 307, method="get", endpoint=url, redirect=False)
    heard = await call(method="get", endpoint=url, redirect=True)

    assert heard["path"] == "/new"


async def test_a_status_that_leads_nowhere_is_an_answer_then(web: HttpFiles, call: Caller) -> None:
    """300 to 399 count as success, and some of them lead nowhere."""
    url = web.serve("/", Status(304))

    response = await call(method="get", endpoint=url, redirect=True, output="response")

    assert (response["statusCode"], response["content"]) == (304, None)


@pytest.mark.parametrize(
    ("status", "method", "becomes"),
    [
        (301, "post", "GET"),
        (302, "post", "GET"),
        (303, "put", "GET"),
        (307, "post", "POST"),
        (308, "patch", "PATCH"),
        (302, "put", "PUT"),
    ],
)
async def test_a_redirect_keeps_or_drops_what_it_should(
    web: HttpFiles, call: Caller, status: int, method: str, becomes: str
) -> None:
    """Method and body, as RFC 9110 has it."""
    url = web.serve("/old", redirect("/new", status))
    web.serve("/new", MIRROR)

    heard = await call(method=method, endpoint=url, body={"a": 1}, redirect=True)

    assert heard["method"] == becomes
    assert heard["body"] == ("" if becomes == "GET" else '{"a":1}')
    assert ("content-type" in heard["headers"]) == (becomes != "GET")


async def test_redirects_end(web: HttpFiles) -> None:
    """A circle is a fault."""
    url = web.serve("/", redirect("/"))

    async with caller(HttpSettings(private=True, max_redirects=3)) as call:
        said = await call.fails("communication", 500, method="get", endpoint=url, redirect=True)

    assert "redirects more than 3 times" in said
    assert len(web.requests) == 4


@pytest.mark.parametrize("to", ["ftp://127.0.0.1/", "http://u:p@127.0.0.1/", "data:,x"])
async def test_a_redirect_leads_to_an_address(web: HttpFiles, call: Caller, to: str) -> None:
    """Anything else is a fault of the server."""
    url = web.serve("/", redirect(to))

    said = await call.fails("communication", 500, method="get", endpoint=url, redirect=True)

    assert "redirects to no address" in said


async def test_too_much_is_not_read(web: HttpFiles) -> None:
    """Announced or not."""
    announced = web.serve("/announced", File(bytes(100_000)))
    silent = web.serve("/silent", File(bytes(100_000), sized=False))
    fits = web.serve("/fits", File(bytes(60_000)))

    async with caller(SMALL) as call:
        for url in (announced, silent):
            said = await call.fails("communication", 500, method="get", endpoint=url)
            assert "more than 64.0KiB (`http.max_response`)" in said
        assert len(await call(method="get", endpoint=fits)) == 60_000


async def test_a_bomb_does_not_go_off(web: HttpFiles) -> None:
    """What a gzip file unpacks to counts, and reading stops there."""
    bomb = Bomb(1024**3, headers={"Content-Encoding": "gzip"})
    url = web.serve("/", bomb)

    async with caller(SMALL) as call:
        said = await call.fails("communication", 500, method="get", endpoint=url)

    assert "http.max_response" in said
    assert bomb.sent < 2_000_000


@pytest.mark.parametrize("encoding", ["br", "gzip, gzip", "compress"])
async def test_an_encoding_that_nobody_asked_for_is_refused(
    web: HttpFiles, call: Caller, encoding: str
) -> None:
    """Layers upon layers take time to unpack, and what is unknown cannot be."""
    url = web.serve("/", typed(b"x", "text/plain", **{"Content-Encoding": encoding}))

    said = await call.fails("communication", 500, method="get", endpoint=url)

    assert "encoded its answer" in said


async def test_a_broken_encoding_is_a_fault(web: HttpFiles, call: Caller) -> None:
    """Not a text full of rubbish."""
    url = web.serve("/", typed(b"not gzip", "text/plain", **{"Content-Encoding": "gzip"}))

    said = await call.fails("communication", 500, method="get", endpoint=url)

    assert "`Content-Encoding`" in said
