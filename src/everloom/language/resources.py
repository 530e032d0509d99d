"""What has to be fetched before a definition can be compiled: schemas, and functions of catalogs.

Pure: it says what is wanted. Whoever may use the network fetches it, and gives it back as `Resources`,
by which checking and compiling stay the same for the same input.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from everloom.core import pointer

from .addresses import address_of, function_address
from .checking.functions import calls_in
from .checking.options import parts_of_options
from .checking.parts import PartAt, parts_of
from .checking.walking import lists_of
from .definition import Definition, Json
from .models.access import Authentication, Endpoint, EndpointObject
from .models.data import Schema
from .models.options import workflow_options
from .models.tasks import CallFunction
from .models.workflow import Use


@dataclass(frozen=True)
class ResourceRequest:
    """Something that a definition refers to, and that lies elsewhere."""

    pointer: str
    """JSON pointer to the place that refers to it."""
    kind: Literal["schema", "function"]
    uri: str
    authentication: dict[str, Json] | None = None
    """Who fetches it: a policy of the standard, names of policies replaced by what they hold."""


def wanted_resources(definition: Definition) -> list[ResourceRequest]:
    """What has to be fetched for a definition, each address once."""
    found: dict[str, ResourceRequest] = {}
    for request in (*_schemas(definition), *_functions(definition)):
        found.setdefault(request.uri, request)
    return list(found.values())


def _schemas(definition: Definition) -> Iterator[ResourceRequest]:
    model = definition.model
    options = workflow_options(model.document.metadata)
    for at in (*parts_of(model), *parts_of_options(options)):
        if isinstance(at.part, Schema) and at.part.resource is not None:
            yield _schema(at.part, at, model.use)


def _schema(schema: Schema, at: PartAt, use: Use) -> ResourceRequest:
    assert schema.resource is not None  # noqa: S101 - the caller has looked
    endpoint = schema.resource.endpoint
    path = pointer((*at.steps, "resource"))
    return ResourceRequest(path, "schema", address_of(endpoint), _policy(endpoint, use))


def _functions(definition: Definition) -> Iterator[ResourceRequest]:
    use = definition.model.use
    for at in calls_in(list(lists_of(definition.model))):
        task = at.task
        assert isinstance(task, CallFunction)  # noqa: S101 - `calls_in` gives no others
        uri = function_address(task.call, use)
        if uri is not None:
            endpoint = use.catalogs[task.call.rpartition("@")[2]].endpoint
            path = pointer((*at.steps, "call"))
            yield ResourceRequest(path, "function", uri, _policy(endpoint, use))


def _policy(endpoint: Endpoint, use: Use) -> dict[str, Json] | None:
    policy = endpoint.authentication if isinstance(endpoint, EndpointObject) else None
    if policy is None:
        return None
    if policy.use is not None:
        policy = use.authentications[policy.use]
    return _plain(policy)


def _plain(policy: Authentication) -> dict[str, Json]:
    return policy.model_dump(mode="json", by_alias=True, exclude_unset=True)
