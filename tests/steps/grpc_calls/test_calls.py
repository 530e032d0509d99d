"""`call: grpc` against a real service: messages, shapes, statuses, limits, TLS, addresses."""

import asyncio
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
import trustme
from tests.servers.http_files import HttpFiles
from tests.steps.grpc_calls.greeter import Caller, Greeter, caller, fails, serving
from tests.waiting import eventually

from everloom.flow import Deferred
from everloom.settings import HttpSettings

PERSON = {
    "firstName": "Zoë",
    "number": "9007199254740993",
    "mood": "MOOD_GLAD",
    "born": "1990-01-02T03:04:05Z",
    "notes": {"a": [1.0, None, "x"]},
    "shoe": 38,
    "picture": "AAEC",
    "weights": {"kg": 61.5},
    "children": [{"firstName": "Bo"}],
    "phone": "1",
}


async def test_a_message_is_json_both_ways(call: Caller, greeter: Greeter) -> None:
    """As Protocol Buffers map it: camel case, long numbers as texts, names of enums, known types."""
    answer = await call("Greet", PERSON)

    assert answer == {"text": "Hello Zoë", "person": PERSON}
    assert greeter.asked == [PERSON]


async def test_fields_may_be_named_as_in_the_proto(call: Caller) -> None:
    """And numbers given as numbers, members of enums too."""
    answer = await call("Greet", {"first_name": "Ada", "number": 7, "mood": 1})

    assert answer["person"] == {"firstName": "Ada", "number": "7", "mood": "MOOD_GLAD"}


@pytest.mark.parametrize(
    ("method", "arguments", "answer"),
    [
        ("Greet", None, {"text": "Hello ", "person": {}}),
        (
            "GreetEach",
            {"firstName": "A", "number": 2},
            [{"text": "A 0"}, {"text": "A 1", "count": 1}],
        ),
        ("GreetEach", {}, []),
        ("GreetAll", [{"firstName": "A"}, {"firstName": "B"}], {"text": "A and B", "count": 2}),
        ("GreetAll", {"firstName": "A"}, {"text": "A", "count": 1}),
        (
            "Chat",
            [{"firstName": "A"}, {"firstName": "B"}],
            [{"text": "Hello A"}, {"text": "Hello B"}],
        ),
        ("Chat", [], []),
    ],
)
async def test_every_shape_of_a_method_can_be_called(
    call: Caller, method: str, arguments: Any, answer: Any
) -> None:
    """What a method streams is a list."""
    assert await call(method, arguments) == answer


async def test_a_service_may_be_named_without_its_package(call: Caller) -> None:
    """When it stands in the file that the definition names."""
    assert (await call("Greet", {}, name="Greeter"))["text"] == "Hello "


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (grpc.StatusCode.NOT_FOUND, 404),
        (grpc.StatusCode.UNAVAILABLE, 503),
        (grpc.StatusCode.UNAUTHENTICATED, 401),
        (grpc.StatusCode.PERMISSION_DENIED, 403),
        (grpc.StatusCode.INVALID_ARGUMENT, 400),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, 429),
        (grpc.StatusCode.UNIMPLEMENTED, 501),
        (grpc.StatusCode.DEADLINE_EXCEEDED, 504),
        (grpc.StatusCode.INTERNAL, 500),
        (grpc.StatusCode.ABORTED, 409),
    ],
)
async def test_a_status_is_a_fault_of_communication(
    call: Caller, greeter: Greeter, code: grpc.StatusCode, status: int
) -> None:
    """With the status of HTTP that means the same."""
    greeter.refusal = (code, "no such\nperson.")

    assert await fails(call("Greet", {})) == (
        "communication",
        status,
        f"`/people.v1.Greeter/Greet` ended with {code.name}: no such person.",
    )


async def test_a_method_that_the_server_does_not_have_is_a_fault(call: Caller) -> None:
    """Though the proto has it."""
    kind, status, _ = await fails(call("Greet", {}, name="people.v1.Other"))

    assert (kind, status) == ("communication", 501)


@pytest.mark.parametrize(
    ("method", "arguments", "service", "said"),
    [
        ("Great", {}, {}, "no method 'Great'. It has: `Greet`, `GreetEach`"),
        ("Greet", {}, {"name": "Greater"}, "no service 'Greater'. It has: `people.v1.Greeter`"),
        ("", {}, {}, "`method` must be the name"),
        ("Greet", {}, {"host": ""}, "It needs a `host`"),
        ("Greet", {}, {"port": "many"}, "It has the port 'many'"),
        (
            "Greet",
            {},
            {"authentication": {"digest": {"username": "a", "password": "b"}}},
            "`digest`",
        ),
    ],
)
async def test_what_the_proto_does_not_have_is_a_fault_of_configuration(
    call: Caller, method: str, arguments: Any, service: dict[str, Any], said: str
) -> None:
    """It says what there is."""
    kind, status, detail = await fails(call(method, arguments, **service))

    assert (kind, status) == ("configuration", 400)
    assert said in detail


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"colour": "green"}, "no field named"),
        ({"number": "many"}, "number"),
        ({"mood": "SAD"}, "mood"),
        ([{"number": 1}], "takes one message"),
        ("Ada", "people.v1.Person"),
        ({"mail": "a", "phone": "b"}, "oneof"),
    ],
)
async def test_arguments_that_are_no_message_are_a_fault_of_validation(
    call: Caller, greeter: Greeter, arguments: Any, said: str
) -> None:
    """Nothing is sent."""
    kind, status, detail = await fails(call("Greet", arguments))

    assert (kind, status, greeter.asked) == ("validation", 400, [])
    assert said in detail


async def test_credentials_travel_as_metadata(
    greeter: Greeter, protos: HttpFiles, token: Path
) -> None:
    """Of basic, bearer and a secret; the fault of the service does not show them."""
    deferred = [Deferred(at="/service/authentication/bearer/token", expression="$secrets.token")]
    async with caller(protos.url("/people.proto"), greeter.port, secrets=token) as call:
        await call("Greet", {}, authentication={"basic": {"username": "ada", "password": "x:y"}})
        await call("Greet", {}, authentication={"bearer": {"use": "token"}})
        greeter.refusal = (grpc.StatusCode.NOT_FOUND, "not for t0p-secret-token")
        _, _, detail = await fails(
            call("Greet", {}, deferred=deferred, authentication={"bearer": {}})
        )

    assert greeter.authorizations == [
        "Basic YWRhOng6eQ==",
        "Bearer t0p-secret-token",
        "Bearer t0p-secret-token",
    ]
    assert "t0p-secret" not in detail


async def test_an_answer_that_takes_too_long_is_a_timeout(
    greeter: Greeter, protos: HttpFiles
) -> None:
    """And the call is ended at the server."""
    greeter.never = asyncio.Event()
    brief = HttpSettings(private=True, timeout=timedelta(milliseconds=300))
    async with caller(protos.url("/people.proto"), greeter.port, brief) as call:
        kind, status, detail = await fails(call("Greet", {}))

    assert (kind, status) == ("timeout", 408)
    assert "300ms (`http.timeout`)" in detail
    await eventually(lambda: greeter.ended == ["greet"])


async def test_a_cancelled_call_is_ended_at_the_server(call: Caller, greeter: Greeter) -> None:
    """Nobody works on for nothing."""
    greeter.never = asyncio.Event()
    running = asyncio.create_task(call("Greet", {}))
    await eventually(lambda: len(greeter.asked) == 1)

    call.environment.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running
    await eventually(lambda: greeter.ended == ["greet"])


@pytest.mark.parametrize("method", ["Greet", "GreetEach"])
async def test_an_answer_that_is_too_large_is_a_fault(
    greeter: Greeter, protos: HttpFiles, method: str
) -> None:
    """Each message counts, and all messages of a stream together."""
    small = HttpSettings(private=True, max_response=5_000)  # pyright: ignore[reportArgumentType]
    async with caller(protos.url("/people.proto"), greeter.port, small) as call:
        kind, status, _ = await fails(call(method, {"firstName": "x" * 2_600, "number": 3}))

    assert kind == "communication"
    assert status in {429, 500}


async def test_a_server_that_is_not_there_is_a_fault(call: Caller) -> None:
    """With the status of a service that is away."""
    kind, status, detail = await fails(call("Greet", {}, port=1))

    assert (kind, status) == ("communication", 503)
    assert detail == "127.0.0.1:1 could not be connected to."


async def test_private_addresses_are_refused_unless_they_are_permitted(
    greeter: Greeter, protos: HttpFiles
) -> None:
    """By the policy of all calls; the proto is fetched through a permitted origin here."""
    strict = HttpSettings(rewrite={"https://protos.example": protos.url("")})
    async with caller("https://protos.example/people.proto", greeter.port, strict) as call:
        kind, status, detail = await fails(call("Greet", {}, host="localhost"))

    assert (kind, status) == ("authorization", 403)
    assert "localhost may not be reached" in detail
    assert greeter.asked == []


async def test_a_rewritten_origin_is_reached_whatever_the_policy_says(
    greeter: Greeter, protos: HttpFiles
) -> None:
    """Its scheme says whether there is TLS."""
    rewrite = {
        "https://protos.example": protos.url(""),
        "https://people.example": f"http://127.0.0.1:{greeter.port}",
        "http://people.example:50051": f"http://127.0.0.1:{greeter.port}",
    }
    async with caller(
        "https://protos.example/people.proto", 443, HttpSettings(rewrite=rewrite)
    ) as call:
        assert (await call("Greet", {}, host="people.example", port=None))["text"] == "Hello "
        assert (await call("Greet", {}, host="people.example", port=50051))["text"] == "Hello "


@pytest.mark.parametrize(
    ("named", "is_trusted"),
    [
        pytest.param("localhost", True, id="the server's"),
        pytest.param("elsewhere.example", False, id="another server's"),
        pytest.param("localhost", False, id="of an unknown authority"),
    ],
)
async def test_a_certificate_must_be_the_servers_and_trusted(
    classes: dict[str, Any], protos: HttpFiles, tmp_path: Path, *, named: str, is_trusted: bool
) -> None:
    """As for all calls; `http.ca_file` says which authorities are."""
    authority = trustme.CA()
    issued = authority.issue_cert(named)
    chain = b"".join(each.bytes() for each in issued.cert_chain_pems)
    pair = (issued.private_key_pem.bytes(), chain)
    trusted = authority if is_trusted or named != "localhost" else trustme.CA()
    trusted.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    async with serving(Greeter(classes), grpc.ssl_server_credentials([pair])) as greeter:
        rewrite = {
            "https://people.example": f"https://localhost:{greeter.port}",
            "http://protos.example": protos.url(""),
        }
        http = HttpSettings(rewrite=rewrite, ca_file=tmp_path / "ca.pem")
        async with caller("http://protos.example/people.proto", 443, http) as call:
            if is_trusted:
                assert (await call("Greet", {}, host="people.example"))["text"] == "Hello "
                return
            kind, status, detail = await fails(call("Greet", {}, host="people.example"))

    assert (kind, status) == ("communication", 503)
    assert "its certificate is not trusted" in detail


async def test_without_its_libraries_a_call_says_what_to_install(
    call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are an extra."""
    for name in [
        each for each in sys.modules if each.startswith("everloom.steps.grpc_calls.calling")
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "grpc", None)

    kind, status, detail = await fails(call("Greet", {}))

    assert (kind, status) == ("configuration", 400)
    assert "`everloom[grpc]`" in detail


def test_steps_are_there_without_the_libraries_of_extras() -> None:
    """A worker without them serves everything else."""
    code = (
        "import sys\n"
        "for name in ('grpc', 'grpc_tools', 'mcp', 'mcp_types'): sys.modules[name] = None\n"
        "from everloom.settings import Settings\n"
        "from everloom.steps import step_activities\n"
        "print(len(step_activities(Settings())))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert int(done.stdout) >= 7
