"""`call: grpc` as an activity."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from temporalio import activity

from everloom.flow import GRPC, Json, StepRequest, step_fault
from everloom.settings import origin_of
from everloom.steps.answering import Step, answering
from everloom.steps.means import Activity, Means
from everloom.steps.shapes import is_object

from .methods import find_method
from .protos import Protos
from .servers import Server, authorities, find_server


class GrpcCalls:
    """Calls of gRPC services."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._protos = Protos(means)

    def activities(self) -> Sequence[Activity]:
        """Its activities."""
        return [self.call]

    async def close(self) -> None:
        """Nothing is held: a connection lasts as long as its call."""

    @activity.defn(name=GRPC)
    async def call(self, request: StepRequest) -> Json:
        """Call a method, and return its message, or a list of them when it streams.

        Raises:
            Fault: Proto, service or arguments do not fit, or the call did not end well.
        """
        async with answering(request, self._means.secrets) as step:
            calling = _calling()
            given = step.arguments
            service = given.get("service")
            proto = await self._protos.read(given.get("proto"), step)
            method = find_method(
                proto.pool,
                proto.main,
                service=_name(service, "name"),
                method=_name(given, "method"),
            )
            messages = method.messages(given.get("arguments"))
            server = await find_server(service, self._means.outgoing)
            return await calling.call_method(
                method,
                server,
                messages,
                terms=self._terms(calling),
                authorization=await self._authorization(service, server, step),
            )

    def _terms(self, calling: Any) -> Any:
        http = self._means.settings.http
        return calling.Terms(
            timeout=http.timeout,
            connect_timeout=http.connect_timeout,
            largest=http.max_response,
            authorities=authorities(self._means.settings),
        )

    async def _authorization(self, service: Json, server: Server, step: Step) -> str | None:
        policy = service.get("authentication") if is_object(service) else None
        origin = origin_of(f"https://{server.place}")
        return await self._means.authentication.authorization(policy, step, origin=origin)


def _calling() -> Any:
    """The module that needs the libraries."""
    try:
        import_module("grpc_tools")
        return import_module("everloom.steps.grpc_calls.calling")
    except ModuleNotFoundError:
        raise step_fault(
            "configuration",
            title="gRPC not installed",
            detail="This worker has no libraries for gRPC: install `everloom[grpc]` there.",
        ) from None


def _name(given: Json, key: str) -> str:
    name = given.get(key) if is_object(given) else None
    if not isinstance(name, str) or not name:
        raise step_fault(
            "configuration",
            title="Service not usable",
            detail=f"`{key}` must be the name of what is called.",
        )
    return name
