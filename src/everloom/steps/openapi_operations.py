"""Which operation is meant, and what does it take? One shape for Swagger 2.0, OpenAPI 3.0 and 3.1."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from everloom.core import did_you_mean
from everloom.flow import step_fault

from .openapi_documents import Document, Documents, Found, Part, is_swagger, unusable_document
from .openapi_parameters import BodyShape, body_shape, parameters_of
from .openapi_servers import server_of
from .openapi_styles import Parameter
from .shapes import is_object

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@dataclass(frozen=True)
class Operation:
    """An operation, whatever version its document has."""

    id: str
    method: str
    server: str
    path: str
    """Parameters still stand in braces here."""

    parameters: tuple[Parameter, ...]
    body: BodyShape | None


async def find_operation(documents: Documents, document: Document, id: str) -> Operation:
    """The operation with this id.

    Raises:
        Fault: There is none, or the document cannot be used.
    """
    if not is_swagger(document) and not str(document.content.get("openapi", "")).startswith("3."):
        raise unusable_document("It is neither Swagger 2.0 nor OpenAPI 3.")
    known: list[str] = []
    async for found in _operations(documents, document):
        name = found.operation.node.get("operationId")
        if name == id:
            return await _operation(documents, found, id)
        if isinstance(name, str):
            known.append(name)
    raise step_fault(
        "configuration",
        title="Operation not found",
        detail=f"The document has no operation `{id}`. {did_you_mean(id, known)}",
    )


async def _operations(documents: Documents, document: Document) -> AsyncGenerator[Found]:
    paths = document.content.get("paths")
    for path, node in paths.items() if is_object(paths) else ():
        item = await documents.follow(Part(node, document))
        if not is_object(item.node):
            continue
        for method in _METHODS:
            operation = item.node.get(method)
            if is_object(operation):
                yield Found(path, method, item, Part(operation, item.document), document)


async def _operation(documents: Documents, found: Found, id: str) -> Operation:
    return Operation(
        id=id,
        method=found.method.upper(),
        server=server_of(found).rstrip("/"),
        path=found.path,
        parameters=await parameters_of(documents, found),
        body=await body_shape(documents, found),
    )
