"""`call: openapi`: an operation of a described service, called by its id."""

from collections.abc import Sequence

from temporalio import activity

from everloom.core import pointer
from everloom.flow import OPENAPI, Json, StepRequest
from everloom.settings import origin_of

from .answering import Step, answering
from .http_calls import idempotency_key, perform
from .http_requests import HttpCall, endpoint_of, invalid, output_of
from .means import Activity, Means
from .openapi_documents import Documents, Reader
from .openapi_operations import Operation, find_operation
from .openapi_requests import operation_request
from .outgoing import callable_url
from .shapes import is_object


class OpenApiCalls:
    """Calls of operations that an OpenAPI document describes."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._documents = Documents(means.outgoing)

    def activities(self) -> Sequence[Activity]:
        """Its activities."""
        return [self.call]

    async def close(self) -> None:
        """Connections belong to the means."""

    @activity.defn(name=OPENAPI)
    async def call(self, request: StepRequest) -> Json:
        """Call an operation, and return what is asked for of the answer.

        Raises:
            Fault: The operation is unknown, its parameters do not fit, or the call fails.
        """
        async with answering(request, self._means.secrets) as step:
            operation = await self._operation(step)
            hidden = {
                each.name.lower()
                for each in operation.parameters
                if step.is_deferred(pointer(("parameters", each.name)))
            }
            return await perform(self._call(operation, step), step, self._means, hidden=hidden)

    async def _operation(self, step: Step) -> Operation:
        resource = step.arguments.get("document")
        url, policy = endpoint_of(resource.get("endpoint") if is_object(resource) else None)
        origin = origin_of(str(callable_url(url)))
        auth = await self._means.authentication.scheme(policy, step, origin=origin)
        document = await self._documents.read(url, Reader(auth, policy))
        return await find_operation(
            self._documents, document, str(step.arguments.get("operationId"))
        )

    def _call(self, operation: Operation, step: Step) -> HttpCall:
        given: Json = step.arguments.get("parameters") or {}
        if not is_object(given):
            raise invalid("`parameters` is no object.")
        values = {name: value for name, value in given.items() if value is not None}
        return HttpCall(
            operation_request(operation, values, self._means.outgoing, key=idempotency_key()),
            step.arguments.get("authentication"),
            output_of(step.arguments),
            follow=step.arguments.get("redirect") is True,
        )
