"""A gRPC service on loopback, and calls to it as a worker makes them."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import pytest
from google.protobuf import json_format
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from grpc_tools import protoc
from temporalio.testing import ActivityEnvironment

from everloom.flow import Deferred, Fault, Json, StepRequest
from everloom.settings import HttpSettings, SecretSettings, Settings
from everloom.steps import means_of
from everloom.steps.grpc_calls import GrpcCalls

ERRORS = "https://open-workflow-specification.org/spec/1.0.0/errors/"

PROTO = """
syntax = "proto3";
package people.v1;
import "google/protobuf/timestamp.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/wrappers.proto";
/* import "nowhere.proto"; */
service Greeter {
  rpc Greet (Person) returns (Greeting);
  rpc GreetEach (Person) returns (stream Greeting);
  rpc GreetAll (stream Person) returns (Greeting);
  rpc Chat (stream Person) returns (stream Greeting);
}
service Other { rpc Greet (Person) returns (Greeting); }
enum Mood { MOOD_UNKNOWN = 0; MOOD_GLAD = 1; }
message Person {
  string first_name = 1;
  int64 number = 2;
  Mood mood = 3;
  google.protobuf.Timestamp born = 4;
  google.protobuf.Struct notes = 5;
  google.protobuf.Int32Value shoe = 6;
  bytes picture = 7;
  map<string, double> weights = 8;
  repeated Person children = 9;
  oneof contact { string mail = 10; string phone = 11; }
}
message Greeting { string text = 1; Person person = 2; int32 count = 3; }
"""


def messages(folder: Path) -> dict[str, Any]:
    """The messages of the proto by name, compiled apart from what is tested."""
    source, target = folder / "people.proto", folder / "people.set"
    source.write_text(PROTO, encoding="utf-8")
    bundled = Path(protoc.__file__).parent / "_proto"
    assert (
        protoc.main(  # pyright: ignore[reportUnknownMemberType]
            [
                "",
                f"-I{folder}",
                f"-I{bundled}",
                "--include_imports",
                f"--descriptor_set_out={target}",
                str(source),
            ]
        )
        == 0
    )
    pool = DescriptorPool()
    for file in FileDescriptorSet.FromString(target.read_bytes()).file:
        pool.AddSerializedFile(file.SerializeToString())
    names = ("Person", "Greeting")
    return {
        name: GetMessageClass(pool.FindMessageTypeByName(f"people.v1.{name}")) for name in names
    }


@dataclass
class Greeter:
    """What the service was asked, and how it answers."""

    classes: dict[str, Any]
    asked: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    authorizations: list[Any] = field(default_factory=list[Any])
    refusal: tuple[grpc.StatusCode, str] | None = None
    never: asyncio.Event | None = None
    ended: list[str] = field(default_factory=list[str])
    port: int = 0

    async def greet(self, person: Any, context: Any) -> Any:
        self.asked.append(json_format.MessageToDict(person))
        self.authorizations.append(dict(context.invocation_metadata()).get("authorization"))
        if self.refusal is not None:
            await context.abort(*self.refusal)
        if self.never is not None:
            try:
                await self.never.wait()
            finally:
                self.ended.append("greet")
        return self.classes["Greeting"](text=f"Hello {person.first_name}", person=person)

    async def greet_each(self, person: Any, _: Any) -> AsyncIterator[Any]:
        for number in range(person.number):
            yield self.classes["Greeting"](text=f"{person.first_name} {number}", count=number)

    async def greet_all(self, persons: AsyncIterator[Any], _: Any) -> Any:
        names = [each.first_name async for each in persons]
        return self.classes["Greeting"](text=" and ".join(names), count=len(names))

    async def chat(self, persons: AsyncIterator[Any], _: Any) -> AsyncIterator[Any]:
        async for each in persons:
            yield self.classes["Greeting"](text=f"Hello {each.first_name}")

    def handlers(self) -> grpc.GenericRpcHandler:
        reads, writes = (
            self.classes["Person"].FromString,
            self.classes["Greeting"].SerializeToString,
        )
        made: Any = grpc
        shapes = {
            "Greet": made.unary_unary_rpc_method_handler(self.greet, reads, writes),
            "GreetEach": made.unary_stream_rpc_method_handler(self.greet_each, reads, writes),
            "GreetAll": made.stream_unary_rpc_method_handler(self.greet_all, reads, writes),
            "Chat": made.stream_stream_rpc_method_handler(self.chat, reads, writes),
        }
        return made.method_handlers_generic_handler("people.v1.Greeter", shapes)


@asynccontextmanager
async def serving(
    greeter: Greeter, credentials: grpc.ServerCredentials | None = None
) -> AsyncGenerator[Greeter]:
    """The service on a port of its own, while the block runs."""
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((greeter.handlers(),))
    if credentials is None:
        greeter.port = server.add_insecure_port("127.0.0.1:0")
    else:
        greeter.port = server.add_secure_port("127.0.0.1:0", credentials)
    await server.start()
    try:
        yield greeter
    finally:
        await server.stop(None)


class Caller:
    """The activity of a worker, for one proto and one service."""

    def __init__(self, calls: GrpcCalls, proto: str, port: int) -> None:
        self._activity = calls.call
        self._proto = proto
        self._port = port
        self.environment = ActivityEnvironment()

    async def __call__(
        self,
        method: str,
        arguments: Json = None,
        *,
        deferred: Sequence[Deferred] = (),
        proto: Json = None,
        **service: Json,
    ) -> Json:
        """What the method answers."""
        given = {
            "proto": proto or {"endpoint": self._proto},
            "service": {
                "name": "people.v1.Greeter",
                "host": "127.0.0.1",
                "port": self._port,
                **service,
            },
            "method": method,
            "arguments": arguments,
        }
        request = StepRequest(
            arguments=given, deferred=tuple(deferred), secrets=("token",), instance="/do/0/greet"
        )
        return await self.environment.run(self._activity, request)


@asynccontextmanager
async def caller(
    proto: str, port: int, http: HttpSettings | None = None, *, secrets: Path | None = None
) -> AsyncGenerator[Caller]:
    """The activity of a worker with these settings, while the block runs."""
    means = means_of(
        Settings(http=http or HttpSettings(private=True), secrets=SecretSettings(folder=secrets))
    )
    try:
        yield Caller(GrpcCalls(means), proto, port)
    finally:
        await means.outgoing.close()


async def fails(running: Any) -> tuple[str, int, str]:
    """Type, status and detail of the fault that something ends with."""
    with pytest.raises(Fault) as raised:
        await running
    problem = raised.value.problem
    assert problem["instance"] == "/do/0/greet"
    return problem["type"].removeprefix(ERRORS), problem["status"], problem["detail"]
