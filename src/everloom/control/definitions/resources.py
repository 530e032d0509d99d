"""Fetch what a definition refers to elsewhere: schemas, and functions of catalogs.

It goes the way of a `call: http`, so the same addresses may be reached, the same secrets used, the
same limits hold. What came is pinned by its hash in the compiled text: no run depends on what is
there later.
"""

import asyncio
import base64
import hashlib
from collections.abc import Awaitable, Callable, Iterable

from everloom.flow import HTTP, Fault, Json, StepRequest
from everloom.language import (
    Definition,
    DefinitionProblem,
    ResourceRequest,
    wanted_resources,
)
from everloom.language.reading import read
from everloom.settings import Settings

from .sources import problem

AT_ONCE = 8
"""Resources that are fetched side by side."""

Fetched = tuple[dict[str, tuple[Json, str]], tuple[DefinitionProblem, ...]]


async def fetch_resources(settings: Settings, definition: Definition) -> Fetched:
    """Everything that a definition needs from elsewhere, and a problem for each that was not to be had.

    Nothing is connected to when it needs nothing.
    """
    wanted = wanted_resources(definition)
    if not wanted:
        return {}, ()
    # A third of the time of a short command, and few definitions need it.
    from everloom.steps import Steps  # noqa: PLC0415

    steps = Steps(settings)
    try:
        call = next(each for each in steps.activities() if _name(each) == HTTP)
        return await _Fetching(call, definition).fetch(wanted)
    finally:
        await steps.close()


class _Fetching:
    def __init__(self, call: Callable[..., Awaitable[Json]], definition: Definition) -> None:
        self._call = call
        self._definition = definition
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def fetch(self, wanted: Iterable[ResourceRequest]) -> Fetched:
        each_once = {each.uri: each for each in wanted}
        found: dict[str, tuple[Json, str]] = {}
        problems: list[DefinitionProblem] = []
        answers = await asyncio.gather(*(self._one(each) for each in each_once.values()))
        for request, answer in zip(each_once.values(), answers, strict=True):
            if isinstance(answer, DefinitionProblem):
                problems.append(answer)
            else:
                found[request.uri] = answer
        return found, tuple(problems)

    async def _one(self, wanted: ResourceRequest) -> tuple[Json, str] | DefinitionProblem:
        endpoint: Json = {"uri": wanted.uri, "authentication": wanted.authentication}
        request = StepRequest(
            arguments={"method": "get", "endpoint": endpoint, "output": "raw", "redirect": True},
            secrets=tuple(self._definition.model.use.secrets),
            instance=wanted.pointer,
        )
        try:
            async with self._turns:
                body = base64.b64decode(await self._call(request) or "")
        except Fault as fault:
            said = fault.problem.get("detail") or fault.problem.get("title") or "no reason given"
            return self._problem(wanted, "resource-unavailable", f"cannot be fetched: {said}")
        value = read(body)
        if value.root is None:
            why = value.problems[0].message if value.problems else "it is empty"
            return self._problem(wanted, "resource-unreadable", f"is neither JSON nor YAML: {why}")
        return value.value, hashlib.sha256(body).hexdigest()

    def _problem(self, wanted: ResourceRequest, code: str, what: str) -> DefinitionProblem:
        place = self._definition.reading.find(wanted.pointer).key_place
        message = f"The {wanted.kind} at {wanted.uri!r} {what.rstrip('.')}."
        hint = "The settings `http` say what may be reached." if code.endswith("available") else ""
        return problem(code, message, hint, pointer=wanted.pointer, place=place)


def _name(activity: object) -> str | None:
    return getattr(getattr(activity, "__temporal_activity_definition", None), "name", None)
