"""What stands in an external resource of a definition? A text that another server has."""

from dataclasses import dataclass

from everloom.flow import Json, step_fault
from everloom.settings import origin_of

from .answering import Step
from .http_answers import checked
from .http_requests import endpoint_of
from .means import Means
from .shapes import is_object


@dataclass(frozen=True)
class Resource:
    """A resource that was read."""

    url: str
    """Where it was found, after redirects."""

    text: str


async def read_resource(given: Json, step: Step, means: Means) -> Resource:
    """Read an external resource.

    Args:
        given: The resource as the standard describes it: an object with an `endpoint`.
        step: The call it is for.
        means: The door to reach it by.

    Raises:
        Fault: It cannot be had, or is no text.
    """
    uri, policy = endpoint_of(given.get("endpoint") if is_object(given) else None)
    request = means.outgoing.request("GET", uri)
    origin = origin_of(str(request.url))
    auth = await means.authentication.scheme(policy, step, origin=origin)
    answer = await means.outgoing.send(request, auth=auth, follow=True)
    checked(answer, follow=False, veil=step.veil)
    try:
        return Resource(str(answer.request.url), answer.body.decode("utf-8-sig"))
    except UnicodeDecodeError:
        detail = f"What {request.url.host} has there is no text in UTF-8."
        raise step_fault("configuration", title="Resource not usable", detail=detail) from None
