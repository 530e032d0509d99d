"""`call: http`: one request to a server, and its answer."""

import uuid
from collections.abc import Sequence, Set

from temporalio import activity

from everloom.flow import HTTP, Json, StepRequest
from everloom.settings import origin_of

from .answering import Step, answering
from .http_answers import checked, output
from .http_requests import HttpCall, http_call
from .means import Activity, Means

_KEYS = uuid.UUID("0d5f3a2e-7b1c-4a57-9f0e-2c8f6f1b9d34")


class HttpCalls:
    """Calls over HTTP."""

    def __init__(self, means: Means) -> None:
        self._means = means

    def activities(self) -> Sequence[Activity]:
        """Its activities."""
        return [self.call]

    async def close(self) -> None:
        """Connections belong to the means."""

    @activity.defn(name=HTTP)
    async def call(self, request: StepRequest) -> Json:
        """Send a request, and return what is asked for of the answer.

        Raises:
            Fault: There was no answer, or none with success.
        """
        async with answering(request, self._means.secrets) as step:
            call = http_call(step.arguments, self._means.outgoing, key=idempotency_key())
            hidden = {name for name in call.request.headers if step.is_deferred(f"/headers/{name}")}
            return await perform(call, step, self._means, hidden=hidden)


async def perform(call: HttpCall, step: Step, means: Means, *, hidden: Set[str]) -> Json:
    """Send a call and return what it asks for.

    Args:
        call: What to send.
        step: The step that it answers.
        means: What sends it.
        hidden: Names of headers that are made of secrets, in small letters.

    Raises:
        Fault: There was no answer, or none with success.
    """
    auth = await means.authentication.scheme(
        call.authentication, step, origin=origin_of(str(call.request.url))
    )
    answer = await means.outgoing.send(call.request, auth=auth, follow=call.follow)
    checked(answer, follow=call.follow, veil=step.veil)
    return output(answer, call.output, hidden=hidden, veil=step.veil)


def idempotency_key() -> str | None:
    """What a server can tell a repeated request by: the same at each attempt of this activity."""
    if not activity.in_activity():
        return None
    info = activity.info()
    parts = (info.namespace, info.workflow_id, info.workflow_run_id, info.activity_id)
    return str(uuid.uuid5(_KEYS, "\0".join(part or "" for part in parts)))
