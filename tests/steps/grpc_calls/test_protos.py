"""Protos of `call: grpc`: what they import, where that lies, and when they are read anew."""

import asyncio
from pathlib import PurePosixPath
from typing import Any

import pytest
from tests.servers.http_files import HttpFiles, Status
from tests.steps.grpc_calls.greeter import PROTO, Caller, Greeter, caller, fails

from everloom.flow import Fault
from everloom.steps.external_resources import Resource
from everloom.steps.grpc_calls.sources import gather_sources, root_of


def served(server: HttpFiles, path: str, text: str) -> None:
    server.serve(path, Status(200, text.encode()))


async def test_what_a_proto_imports_is_fetched_beside_it(
    greeter: Greeter, protos: HttpFiles
) -> None:
    """By the names that imports use, from the folder they begin in."""
    head = PROTO.replace("enum Mood", 'import "people/v1/mood.proto";\n// enum Mood')
    head = head.replace("// enum Mood { MOOD_UNKNOWN = 0; MOOD_GLAD = 1; }", "")
    mood = 'syntax = "proto3"; package people.v1;\nimport "plain/none.proto";\n'
    served(protos, "/all/people/v1/people.proto", head)
    served(
        protos, "/all/people/v1/mood.proto", mood + "enum Mood { MOOD_UNKNOWN = 0; MOOD_GLAD = 1; }"
    )
    served(protos, "/all/people/v1/plain/none.proto", 'syntax = "proto3";')
    async with caller(protos.url("/all/people/v1/people.proto"), greeter.port) as call:
        answer = await call("Greet", {"mood": "MOOD_GLAD"})

    assert answer["person"] == {"mood": "MOOD_GLAD"}


@pytest.mark.parametrize(
    ("folder", "path", "root"),
    [
        ("/protos", "item.proto", "/protos"),
        ("/protos/shop/v1", "shop/v1/item.proto", "/protos"),
        ("/protos/shop/v1", "v1/item.proto", "/protos/shop"),
        ("/protos/shop/v1", "shop/item.proto", "/protos/shop/v1"),
        ("/", "shop/item.proto", "/"),
        ("/shop", "shop/v1/item.proto", "/"),
    ],
)
def test_imports_begin_above_a_folder_that_ends_as_they_begin(
    folder: str, path: str, root: str
) -> None:
    """Otherwise in the folder itself."""
    assert root_of(PurePosixPath(folder), path) == PurePosixPath(root)


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        pytest.param("no proto at all", "configuration", "people.proto:1:1", id="nonsense"),
        pytest.param('import "../secret.proto";', "configuration", "no plain path", id="above"),
        pytest.param('import "/etc/hostname";', "configuration", "no plain path", id="absolute"),
        pytest.param('import "gone.proto";', "communication", "gone.proto answered 404", id="gone"),
        pytest.param('import "people.proto";', "configuration", "does not compile", id="itself"),
    ],
)
async def test_a_proto_that_cannot_be_used_is_a_fault(
    greeter: Greeter, protos: HttpFiles, text: str, kind: str, said: str
) -> None:
    """It says why, without a place on this machine."""
    served(protos, "/bad/people.proto", f'{text}\nsyntax = "proto3";')
    async with caller(protos.url("/bad/people.proto"), greeter.port) as call:
        found, _, detail = await fails(call("Greet", {}))

    assert found == kind
    assert said in detail
    assert "everloom-" not in detail


async def test_too_many_imports_are_refused() -> None:
    """A proto must not have a worker fetch without end."""

    async def fetch(url: str) -> Resource:
        number = int(url.rpartition("/")[2].removesuffix(".proto"))
        return Resource(url, f'import "{number + 1}.proto";')

    kind, _, detail = await _fault(
        gather_sources(Resource("https://a/0.proto", 'import "1.proto";'), fetch)
    )

    assert kind.endswith("configuration")
    assert "more than 64 files" in detail


async def test_files_of_the_worker_are_no_protos(call: Caller) -> None:
    """Neither by their path nor as a URL."""
    for endpoint in ("file:///etc/hostname", "people.proto"):
        kind, status, _ = await fails(call("Greet", {}, proto={"endpoint": endpoint}))
        assert (kind, status) == ("configuration", 400)


async def test_a_proto_is_read_once_for_many_calls(call: Caller, protos: HttpFiles) -> None:
    """Also when the first calls come at once."""
    await asyncio.gather(*(call("Greet", {}) for _ in range(5)))
    await call("GreetAll", [])

    assert len(protos.requests) == 1


async def _fault(running: Any) -> tuple[str, int, str]:
    with pytest.raises(Fault) as raised:
        await running
    problem = raised.value.problem
    return problem["type"], problem["status"], problem["detail"]
