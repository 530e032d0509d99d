"""What went in and came out, as far as it can be shown. Nothing that somebody stored harms a reading."""

import json
from collections.abc import Iterator, Sequence

from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.converter import DataConverter

from everloom.control.drawn import opened
from everloom.core import Json, is_list, is_object, steps_of
from everloom.observe import masked, masked_text
from everloom.payloads import find_reference, nests_too_deep
from everloom.temporal import reveal_failure, telling_message

from .shapes import Hidden, TaskError, Value

LARGEST = 64 * 1024
"""Bytes of a value that is shown."""

_PROBE = "probe"
_STEP = frozenset({"arguments", "deferred", "secrets", "instance"})
"""What the request of a step says: people see its arguments."""


async def read_value(payloads: Sequence[Payload], converter: DataConverter) -> Value | None:
    """What some payloads hold: nothing for none, a list for several."""
    if not payloads:
        return None
    found = [await _one(each, converter) for each in payloads]
    if len(found) == 1:
        return found[0]
    values = [each.value for each in found]
    problem: Hidden = ""
    for each in found:
        problem = problem or each.problem
    return Value(value=values, bytes=sum(each.bytes for each in found), problem=problem)


async def read_error(failure: Failure, converter: DataConverter) -> TaskError:
    """Why something failed, in the words of the failure that says why."""
    revealed = Failure()
    revealed.CopyFrom(failure)
    await reveal_failure(revealed, converter)
    return TaskError(type=_type_of(revealed), message=masked_text(telling_message(revealed)))


async def _one(payload: Payload, converter: DataConverter) -> Value:
    if find_reference(payload) is not None:
        return Value(bytes=payload.ByteSize(), problem="outside")
    if payload.ByteSize() > LARGEST:
        return Value(bytes=payload.ByteSize(), problem="too-large")
    inner = await opened(payload, converter)
    size = inner.ByteSize()
    if size > LARGEST or nests_too_deep(inner.data):
        return Value(bytes=size, problem="too-large")
    try:
        return Value(value=hidden(_asked(_parsed(inner))), bytes=size)
    except ValueError:
        return Value(bytes=size, problem="unreadable")


def _parsed(payload: Payload) -> Json:
    match payload.metadata.get("encoding"):
        case b"binary/null":
            return None
        case b"json/plain" | b"json/protobuf":
            return json.loads(payload.data)
        case other:
            raise ValueError(other)


def hidden(value: Json, name: str = "") -> Json:
    """A value without what looks secret."""
    if name and masked(name, _PROBE) != _PROBE:
        return masked(name, str(value)) if value not in (None, "") else value
    if is_object(value):
        return {key: hidden(each, key) for key, each in value.items()}
    if is_list(value):
        return [hidden(each, name) for each in value]
    return masked(name, value)


def _asked(value: Json) -> Json:
    """The arguments of a step, with the expressions that only its worker evaluates."""
    if not is_object(value) or value.keys() != _STEP or not is_object(value["arguments"]):
        return value
    for each in value["deferred"] if is_list(value["deferred"]) else ():
        _put(value["arguments"], each)
    return value["arguments"]


def _put(arguments: Json, deferred: Json) -> None:
    at, expression = deferred.get("at"), deferred.get("expression")
    steps = steps_of(at) if isinstance(at, str) else ()
    found: Json = arguments
    for step in steps[:-1]:
        found = _inside(found, step)
    if steps and is_object(found):
        found[steps[-1]] = f"${{ {expression} }}"
    elif steps and is_list(found) and steps[-1].isdecimal() and int(steps[-1]) < len(found):
        found[int(steps[-1])] = f"${{ {expression} }}"


def _inside(value: Json, step: str) -> Json:
    if is_object(value):
        return value.get(step)
    if is_list(value) and step.isdecimal() and int(step) < len(value):
        return value[int(step)]
    return None


def _type_of(failure: Failure) -> str:
    for each in _causes(failure):
        if each.HasField("application_failure_info"):
            return each.application_failure_info.type or "Failed"
        if each.HasField("timeout_failure_info"):
            return "timed-out"
        if each.HasField("canceled_failure_info"):
            return "cancelled"
        if each.HasField("terminated_failure_info"):
            return "terminated"
    return "failed"


def _causes(failure: Failure) -> Iterator[Failure]:
    yield failure
    while failure.HasField("cause"):
        failure = failure.cause
        yield failure
