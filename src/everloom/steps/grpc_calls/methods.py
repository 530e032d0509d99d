"""Which method is called, and how does JSON become its messages and back?

By the mapping that Protocol Buffers have for JSON: names in camel case, 64-bit numbers as texts,
bytes in base 64, and fields with their default left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from google.protobuf import json_format
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass

from everloom.core import did_you_mean
from everloom.flow import Fault, Json, step_fault
from everloom.steps.shapes import is_list


@dataclass(frozen=True)
class Method:
    """A method of a service."""

    described: MethodDescriptor
    pool: DescriptorPool

    @property
    def path(self) -> str:
        """As it is called: `/package.Service/Method`."""
        return f"/{self.described.containing_service.full_name}/{self.described.name}"

    @property
    def takes_stream(self) -> bool:
        """Whether it takes any number of messages."""
        return self.described.client_streaming

    @property
    def gives_stream(self) -> bool:
        """Whether it answers with any number of messages."""
        return self.described.server_streaming

    def messages(self, given: Json) -> list[Message]:
        """The messages to send: one for an object, and one for each item of a list.

        Raises:
            Fault: The arguments are no such messages.
        """
        if is_list(given):
            if not self.takes_stream:
                raise _misfit(f"`{self.path}` takes one message, and `arguments` is a list.")
            return [self._message(each) for each in given]
        return [self._message({} if given is None else given)]

    def json(self, answer: bytes) -> Json:
        """A message that was received, as JSON.

        Raises:
            Fault: It is no such message.
        """
        try:
            message = GetMessageClass(self.described.output_type).FromString(answer)
            return json_format.MessageToDict(message, descriptor_pool=self.pool)
        except (DecodeError, json_format.Error, TypeError, ValueError):
            raise step_fault(
                "communication",
                title="Answer not usable",
                detail=f"`{self.path}` answered with what is no {self.described.output_type.name}.",
            ) from None

    def _message(self, given: Json) -> Message:
        kind = self.described.input_type
        try:
            return json_format.ParseDict(given, GetMessageClass(kind)(), descriptor_pool=self.pool)
        except (json_format.ParseError, TypeError, ValueError, AttributeError) as error:
            said = " ".join(str(error).split()).rstrip(".")
            raise _misfit(f"`arguments` are no {kind.full_name}: {said}.") from None


def find_method(pool: DescriptorPool, file: str, *, service: str, method: str) -> Method:
    """The method of a name.

    Args:
        pool: What the proto describes.
        file: The file that the definition names; its services may be named without their package.
        service: Name of the service.
        method: Name of the method.

    Raises:
        Fault: There is no such service or method.
    """
    there = list(_services(pool, file))
    found = next((each for each in there if service in {each.full_name, each.name}), None)
    found = found or _imported(pool, service)
    if found is None:
        raise _unknown("service", service, [each.full_name for each in there])
    described = found.methods_by_name.get(method)
    if described is None:
        raise _unknown("method", method, [each.name for each in found.methods])
    return Method(described, pool)


def _services(pool: DescriptorPool, file: str) -> Iterator[ServiceDescriptor]:
    yield from pool.FindFileByName(file).services_by_name.values()


def _imported(pool: DescriptorPool, service: str) -> ServiceDescriptor | None:
    try:
        return pool.FindServiceByName(service)
    except KeyError:
        return None


def _unknown(what: str, name: str, known: list[str]) -> Fault:
    listed = ", ".join(f"`{each}`" for each in known[:20]) or "none"
    hint = did_you_mean(name, known)
    return step_fault(
        "configuration",
        title=f"Unknown {what}",
        detail=f"The proto has no {what} {name[:100]!r}. It has: {listed}. {hint}".rstrip(),
    )


def _misfit(detail: str) -> Fault:
    return step_fault("validation", title="Arguments do not fit", detail=detail)
