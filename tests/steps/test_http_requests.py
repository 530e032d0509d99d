"""What `call: http` sends."""

from typing import Any

import pytest
from tests.servers.http_files import HttpFiles

from .serving import MIRROR, Caller


async def test_a_call_is_a_request(web: HttpFiles, call: Caller) -> None:
    """Method, path, query, headers and body arrive as they were given."""
    url = web.serve("/pets", MIRROR)

    heard = await call(
        method="post",
        endpoint={"uri": f"{url}?page=1"},
        headers={"X-Shop": "lumen", "X-Count": 3, "X-None": None},
        query={"tag": ["a b", "c&d"], "sold": True, "none": None},
        body={"name": "Milou", "tags": ["ü"]},
    )

    assert (heard["method"], heard["path"]) == ("POST", "/pets")
    assert heard["query"] == [["page", "1"], ["tag", "a b"], ["tag", "c&d"], ["sold", "true"]]
    assert heard["headers"]["x-shop"] == "lumen"
    assert heard["headers"]["x-count"] == "3"
    assert "x-none" not in heard["headers"]
    assert heard["headers"]["content-type"] == "application/json"
    assert heard["body"] == '{"name":"Milou","tags":["ü"]}'


@pytest.mark.parametrize(
    ("content_type", "body", "sent"),
    [
        pytest.param(None, "text", '"text"', id="a text without a type is JSON"),
        pytest.param(None, [1, None], "[1,null]", id="a list is JSON"),
        pytest.param(None, 0, "0", id="a number is JSON"),
        pytest.param(None, False, "false", id="a boolean is JSON"),
        pytest.param("application/json", '{"a": 1}', '{"a": 1}', id="JSON that is text already"),
        pytest.param("application/json", "a", '"a"', id="a text that is no JSON"),
        pytest.param(
            "application/merge-patch+json", {"a": None}, '{"a":null}', id="a kind of JSON"
        ),
        pytest.param("text/plain", "as it is\n", "as it is\n", id="text"),
        pytest.param("application/xml; charset=utf-8", "<a/>", "<a/>", id="XML"),
        pytest.param(
            "application/x-www-form-urlencoded",
            {"a": "1 2", "b": ["x", "y"], "c": None, "d": True},
            "a=1+2&b=x&b=y&d=true",
            id="a form",
        ),
        pytest.param("application/octet-stream", "aGVsbG8=", "hello", id="bytes as base64"),
    ],
)
async def test_a_body_follows_its_content_type(
    web: HttpFiles, call: Caller, content_type: str | None, body: Any, sent: str
) -> None:
    """JSON where nobody says anything else."""
    url = web.serve("/", MIRROR)
    headers = {"content-type": content_type} if content_type else {}

    heard = await call(method="put", endpoint=url, headers=headers, body=body)

    assert heard["body"] == sent
    assert heard["headers"]["content-type"] == (content_type or "application/json")


async def test_a_form_may_come_in_parts(web: HttpFiles, call: Caller) -> None:
    """A multipart form has a boundary that its header names."""
    url = web.serve("/", MIRROR)

    heard = await call(
        method="post",
        endpoint=url,
        headers={"Content-Type": "multipart/form-data"},
        body={'na"me': "x", "several": [1, 2]},
    )

    boundary = heard["headers"]["content-type"].partition("boundary=")[2]
    assert heard["body"].split(f"--{boundary}") == [
        "",
        '\r\nContent-Disposition: form-data; name="na%22me"\r\n\r\nx\r\n',
        '\r\nContent-Disposition: form-data; name="several"\r\n\r\n1\r\n',
        '\r\nContent-Disposition: form-data; name="several"\r\n\r\n2\r\n',
        "--\r\n",
    ]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/xml", {"a": 1}),
        ("application/octet-stream", "not base64!"),
        ("application/x-www-form-urlencoded", {"a": {"b": 1}}),
        ("application/x-www-form-urlencoded", [1]),
        ("text/plain; charset=klingon", "x"),
    ],
)
async def test_a_body_that_does_not_fit_is_refused(
    web: HttpFiles, call: Caller, content_type: str, body: Any
) -> None:
    """Nothing is sent."""
    said = await call.fails(
        "validation",
        400,
        method="post",
        endpoint=web.url("/"),
        headers={"Content-Type": content_type},
        body=body,
    )

    assert said.startswith("Body not usable: ")
    assert web.requests == []


@pytest.mark.parametrize(
    "headers",
    [
        {"X-A": "a\r\nX-B: b"},
        {"X-A\r\nX-B": "b"},
        {"X A": "b"},
        {"": "b"},
        {"X-A": "a\0"},
        {"Host": "elsewhere"},
        {"content-length": "0"},
        {"Transfer-Encoding": "chunked"},
        {"X-A": {"b": 1}},
        "X-A: b",
    ],
)
async def test_headers_cannot_smuggle(web: HttpFiles, call: Caller, headers: Any) -> None:
    """No second request, no other host."""
    await call.fails("validation", 400, method="get", endpoint=web.url("/"), headers=headers)

    assert web.requests == []


@pytest.mark.parametrize("method", ["", "GET /x HTTP/1.1\r\n", "GÉT", None, {"a": 1}])
async def test_a_method_is_a_word(web: HttpFiles, call: Caller, method: Any) -> None:
    """Anything else is refused."""
    await call.fails("validation", 400, method=method, endpoint=web.url("/"))

    assert web.requests == []


@pytest.mark.parametrize(
    "endpoint",
    [
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "/relative",
        "",
        "http://",
        "http://127.0.0.1:99999/",
        "http://user:password@127.0.0.1/",
        "http://[::1/",
        "http://a b/",
        {"url": "http://127.0.0.1/"},
        7,
        None,
    ],
)
async def test_an_endpoint_is_an_address(call: Caller, endpoint: Any) -> None:
    """Anything else is a mistake in the definition."""
    said = await call.fails("configuration", 400, method="get", endpoint=endpoint)

    assert "password" not in said.replace("Name and password", "")


async def test_an_unsafe_call_says_which_it_is(web: HttpFiles, call: Caller) -> None:
    """A server can tell the second attempt of a call from another call."""
    url = web.serve("/", MIRROR)

    async def key(method: str, **changes: Any) -> str | None:
        call.attempt(**changes)
        heard = await call(method=method, endpoint=url)
        return heard["headers"].get("idempotency-key")

    first = await key("post", attempt=1)

    assert first is not None
    assert await key("post", attempt=2) == first
    assert await key("post", activity_id="another") != first
    assert await key("patch", activity_id="another") is not None
    assert await key("put") is None
    assert await key("get") is None


async def test_an_author_may_say_that_too(web: HttpFiles, call: Caller) -> None:
    """Their own key stands."""
    url = web.serve("/", MIRROR)

    heard = await call(method="post", endpoint=url, headers={"idempotency-key": "order-7"})

    assert heard["headers"]["idempotency-key"] == "order-7"


async def test_letters_beyond_ascii_arrive(web: HttpFiles, call: Caller) -> None:
    """In path, query and headers."""
    url = web.serve("/caf%C3%A9", MIRROR)

    heard = await call(
        method="get", endpoint=web.url("/café"), query={"ü": "ß"}, headers={"X-Name": "Zoë"}
    )

    assert url.endswith(heard["path"])
    assert heard["query"] == [["ü", "ß"]]
    assert heard["headers"]["x-name"] == "Zoë"
