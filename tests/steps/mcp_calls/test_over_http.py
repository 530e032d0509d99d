"""`call: mcp` over streamable HTTP: every method, faults, limits, addresses, credentials."""

import asyncio
import logging
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.servers.http_files import HttpFiles, Status
from tests.steps.mcp_calls.workshop import Caller, Watched, caller, fails, http_workshop
from tests.waiting import eventually

from everloom.flow import Deferred, Json
from everloom.settings import HttpSettings

Shop = tuple[str, Watched]


def over_http(endpoint: Json, **given: Json) -> Json:
    return {"http": {"endpoint": endpoint, **given}}


@pytest.mark.parametrize("stateless", [False, True])
async def test_every_method_gives_its_result(call: Caller, *, stateless: bool) -> None:
    """As the server sent it."""
    async with http_workshop(stateless=stateless) as (url, _):
        there = over_http(url)
        tools = await call(there, "tools/list")
        added = await call(there, "tools/call", {"name": "add", "arguments": {"a": 40, "b": 2}})
        prompts = await call(there, "prompts/list")
        prompt = await call(there, "prompts/get", {"name": "greet", "arguments": {"name": "Ada"}})
        resources = await call(there, "resources/list")
        hours = await call(there, "resources/read", {"uri": "workshop://hours"})
        bench = await call(there, "resources/read", {"uri": "workshop://benches/3"})
        templates = await call(there, "resources/templates/list")

    assert [each["name"] for each in tools["tools"]] == [
        "add",
        "break_it",
        "hang",
        "fill",
        "client",
    ]
    assert added["content"] == [{"type": "text", "text": "42"}]
    assert added["structuredContent"] == {"result": 42}
    assert [each["name"] for each in prompts["prompts"]] == ["greet"]
    assert prompt["messages"][0]["content"]["text"] == "Greet Ada warmly."
    assert [each["uri"] for each in resources["resources"]] == ["workshop://hours"]
    assert hours["contents"][0]["text"] == "9 to 5"
    assert bench["contents"][0]["text"] == "bench 3"
    assert templates["resourceTemplates"][0]["uriTemplate"] == "workshop://benches/{number}"


@pytest.mark.parametrize("version", ["2025-06-18", "2025-03-26", "2024-11-05"])
async def test_the_server_hears_who_asks_in_which_version(
    call: Caller, shop: Shop, version: str
) -> None:
    """As the definition has it."""
    answer = await call(
        over_http(shop[0]),
        "tools/call",
        {"name": "client"},
        client={"name": "tester", "version": "9.8"},
        protocolVersion=version,
    )

    assert answer["content"][0]["text"] == f"tester 9.8 {version}"


async def test_usually_we_are_everloom(call: Caller, shop: Shop) -> None:
    """And speak the standard's version of the protocol."""
    answer = await call(over_http(shop[0]), "tools/call", {"name": "client"})

    assert answer["content"][0]["text"].startswith("everloom ")
    assert answer["content"][0]["text"].endswith(" 2025-06-18")


@pytest.mark.parametrize(
    ("method", "parameters", "said"),
    [
        (
            "tools/call",
            {"name": "break_it", "arguments": {"what": "the vase"}},
            "the vase is broken",
        ),
        ("tools/call", {"name": "unknown"}, "unknown"),
        ("tools/call", {"name": "add", "arguments": {"a": "x"}}, "add"),
        ("prompts/get", {"name": "unknown"}, "`prompts/get` failed"),
        ("resources/read", {"uri": "workshop://gone"}, "`resources/read` failed"),
    ],
)
async def test_an_error_of_the_server_is_a_fault(
    call: Caller, shop: Shop, method: str, parameters: Json, said: str
) -> None:
    """Of the type `runtime`, also when only the tool says that it failed."""
    kind, status, detail = await fails(call(over_http(shop[0]), method, parameters))

    assert (kind, status) == ("runtime", 500)
    assert said in detail


@pytest.mark.parametrize(
    ("given", "kind", "said"),
    [
        ({"method": "tools/delete"}, "configuration", "`method` is 'tools/delete'"),
        ({"protocolVersion": "2026-07-28"}, "configuration", "`protocolVersion` is '2026-07-28'"),
        ({"method": "tools/call", "parameters": {}}, "validation", "name"),
        ({"parameters": ["a"]}, "configuration", "`parameters` is no object"),
        ({"transport": {}}, "configuration", "either `http` or `stdio`"),
        ({"transport": {"http": {}, "stdio": {}}}, "configuration", "either `http` or `stdio`"),
        ({"transport": {"http": {}, "options": {"a": "b"}}}, "configuration", "none are known"),
        ({"transport": {"http": {"endpoint": "ftp://a"}}}, "configuration", "`http://`"),
        ({"timeout": "soon"}, "expression", "no duration"),
    ],
)
async def test_arguments_that_make_no_call_are_a_fault(
    call: Caller, given: dict[str, Any], kind: str, said: str
) -> None:
    """Nothing is sent."""
    arguments = {"transport": over_http("http://127.0.0.1:1/mcp"), **given}

    found, status, detail = await fails(call(**arguments))

    assert (found, status) == (kind, 400)
    assert said in detail


async def test_headers_and_credentials_are_sent_with_each_request(
    shop: Shop, tmp_path: Path
) -> None:
    """The fault does not show them."""
    (tmp_path / "token").write_text("t0p-secret-token", encoding="utf-8")
    url, watched = shop
    deferred = [Deferred(at="/transport/http/headers/x-key", expression='"key " + $secrets.token')]
    endpoint = {"uri": url, "authentication": {"bearer": {"use": "token"}}}
    async with caller(secrets=tmp_path) as call:
        await call(over_http(endpoint, headers={"x-plain": "yes"}), deferred=deferred)
        _, _, detail = await fails(
            call(
                over_http(endpoint),
                "tools/call",
                {"name": "break_it", "arguments": {"what": "t0p-secret-token"}},
            )
        )

    assert {each.get("authorization") for each in watched.headers} == {"Bearer t0p-secret-token"}
    first = [each for each in watched.headers if "x-key" in each]
    assert len(first) >= 3
    assert {each["x-key"] for each in first} == {"key t0p-secret-token"}
    assert {each["x-plain"] for each in first} == {"yes"}
    assert "t0p-secret" not in detail


async def test_an_answer_that_takes_too_long_is_a_timeout(call: Caller, shop: Shop) -> None:
    """By the call's own `timeout`."""
    hanging = call(
        over_http(shop[0]), "tools/call", {"name": "hang"}, timeout={"milliseconds": 300}
    )

    assert await fails(hanging) == (
        "timeout",
        408,
        "The MCP server had not answered after 300ms.",
    )


async def test_without_a_timeout_of_its_own_a_call_has_that_of_requests(shop: Shop) -> None:
    """The setting `http.timeout`."""
    async with caller(HttpSettings(private=True, timeout=timedelta(milliseconds=300))) as call:
        kind, _, _ = await fails(call(over_http(shop[0]), "tools/call", {"name": "hang"}))

    assert kind == "timeout"


async def test_a_cancelled_call_ends_at_once(call: Caller, shop: Shop) -> None:
    """Cancellation goes through the library."""
    running = asyncio.create_task(call(over_http(shop[0]), "tools/call", {"name": "hang"}))
    await eventually(lambda: len(shop[1].headers) >= 3)

    call.environment.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running


async def test_an_answer_that_is_too_large_is_a_fault(shop: Shop) -> None:
    """All answers of a call together count."""
    small = HttpSettings(private=True, max_response=50_000)  # pyright: ignore[reportArgumentType]
    async with caller(small) as call:
        large = call(
            over_http(shop[0]), "tools/call", {"name": "fill", "arguments": {"size": 60_000}}
        )
        kind, _, detail = await fails(large)

    assert kind == "communication"
    assert "more than 50000 bytes (`http.max_response`)" in detail


async def test_a_server_that_is_not_there_is_a_fault(call: Caller) -> None:
    """Of communication, as for all calls."""
    kind, status, detail = await fails(call(over_http("http://127.0.0.1:1/mcp")))

    assert (kind, status) == ("communication", 500)
    assert "127.0.0.1" in detail


@pytest.mark.parametrize(
    ("answer", "kind", "status"),
    [
        (Status(503), "communication", 503),
        (Status(401), "communication", 401),
        (Status(404, b"<h1>no</h1>"), "communication", 404),
        (Status(200, b"hello"), "runtime", 500),
        (Status(200, b"{", {"Content-Type": "application/json"}), "runtime", 500),
        (Status(200, b"{}", {"Content-Encoding": "gzip"}), "communication", 500),
        (
            Status(
                400,
                b'{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"go away"}}',
                {"Content-Type": "application/json"},
            ),
            "runtime",
            500,
        ),
    ],
)
async def test_a_server_that_does_not_speak_the_protocol_is_a_fault(
    call: Caller,
    web: HttpFiles,
    caplog: pytest.LogCaptureFixture,
    answer: Status,
    kind: str,
    status: int,
) -> None:
    """Nothing of its answer is logged."""
    web.serve("/mcp", answer)

    with caplog.at_level(logging.DEBUG):
        found, code, _ = await fails(call(over_http(web.url("/mcp"))))

    assert (found, code) == (kind, status)
    assert [each for each in caplog.records if each.name.startswith(("mcp", "client"))] == []


async def test_private_addresses_are_refused_unless_they_are_permitted(shop: Shop) -> None:
    """By the policy of all calls; a rewritten origin is reached whatever it says."""
    origin = shop[0].removesuffix("/mcp")
    strict = HttpSettings(rewrite={"https://tools.example": origin})
    async with caller(strict) as call:
        kind, status, _ = await fails(call(over_http(shop[0])))
        found = await call(over_http("https://tools.example/mcp"))

    assert (kind, status) == ("authorization", 403)
    assert len(found["tools"]) == 5


async def test_a_redirect_to_another_origin_is_not_followed(call: Caller, web: HttpFiles) -> None:
    """What was meant for one server is not shown to another."""
    web.serve("/mcp", Status(307, headers={"Location": "http://127.0.0.2:9/mcp"}))

    kind, status, _ = await fails(call(over_http(web.url("/mcp"))))

    assert (kind, status) == ("runtime", 500)


async def test_without_its_library_a_call_says_what_to_install(
    call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is an extra."""
    ours = [each for each in sys.modules if each.startswith("everloom.steps.mcp_calls.sessions")]
    for name in ours:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "mcp_types", None)

    kind, status, detail = await fails(call(over_http("http://127.0.0.1:1/mcp")))

    assert (kind, status) == ("configuration", 400)
    assert "`everloom[mcp]`" in detail
