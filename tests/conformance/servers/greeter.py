"""A gRPC service, with all four shapes of a call."""

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import Message
from grpc_tools import protoc

PROTO = """syntax = "proto3";
package loom;

service Greeter {
  rpc Greet (Name) returns (Greeting);
  rpc GreetEach (Name) returns (stream Greeting);
  rpc GreetTogether (stream Name) returns (Greeting);
  rpc Refuse (Name) returns (Greeting);
  rpc Whoami (Name) returns (Greeting);
}

message Name { string name = 1; int32 times = 2; }
message Greeting { string message = 1; repeated string names = 2; int64 length = 3; }
"""


def _messages() -> tuple[type[Message], type[Message]]:
    """The two messages of the proto, made from its text."""
    with TemporaryDirectory() as folder:
        source, target = Path(folder) / "greeter.proto", Path(folder) / "set"
        source.write_text(PROTO, encoding="utf-8")
        arguments = ["", f"-I{folder}", f"--descriptor_set_out={target}", str(source)]
        compiling: Any = protoc
        assert compiling.main(arguments) == 0
        files = descriptor_pb2.FileDescriptorSet.FromString(target.read_bytes())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    found: dict[str, Any] = message_factory.GetMessageClassesForFiles(["greeter.proto"], pool)
    return found["loom.Name"], found["loom.Greeting"]


class _Greeter:
    """The service. Its messages are made at run time, so nothing is known of their fields."""

    def __init__(self, name: type[Message], greeting: type[Message]) -> None:
        self._greeting: Any = greeting
        self.reads: Any = name.FromString

    def greet(self, request: Any, _: grpc.ServicerContext) -> Any:
        text = f"Hello, {request.name}!"
        return self._greeting(message=text, names=[request.name], length=len(text))

    def greet_each(self, request: Any, _: grpc.ServicerContext) -> Iterator[Any]:
        for number in range(request.times):
            yield self._greeting(message=f"Hello {number + 1}, {request.name}!")

    def greet_together(self, requests: Iterator[Any], _: grpc.ServicerContext) -> Any:
        names = [each.name for each in requests]
        return self._greeting(message="Hello, " + " and ".join(names) + "!", names=names)

    def refuse(self, request: Any, context: grpc.ServicerContext) -> Any:
        context.abort(grpc.StatusCode.NOT_FOUND, f"nobody is called {request.name}")

    def whoami(self, _: Any, context: grpc.ServicerContext) -> Any:
        told = dict(context.invocation_metadata() or ())
        scheme = str(told.get("authorization", "nobody")).split(" ")[0]
        return self._greeting(message=scheme)


@contextmanager
def greeter() -> Generator[int]:
    """Serve it for the time of the block, and yield its port."""
    name, greeting = _messages()
    service = _Greeter(name, greeting)
    shape: dict[str, Any] = {
        "request_deserializer": service.reads,
        "response_serializer": greeting.SerializeToString,
    }
    methods: dict[str, Any] = {
        "Greet": grpc.unary_unary_rpc_method_handler(service.greet, **shape),
        "GreetEach": grpc.unary_stream_rpc_method_handler(service.greet_each, **shape),
        "GreetTogether": grpc.stream_unary_rpc_method_handler(service.greet_together, **shape),
        "Refuse": grpc.unary_unary_rpc_method_handler(service.refuse, **shape),
        "Whoami": grpc.unary_unary_rpc_method_handler(service.whoami, **shape),
    }
    server = grpc.server(ThreadPoolExecutor(4))
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler("loom.Greeter", methods),)
    )
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield port
    finally:
        server.stop(None).wait()
